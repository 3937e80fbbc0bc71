//! The commands fit where the system runs, and use the names by which people measure it.

use sevdeck::analyst::offline::Offline;
use sevdeck::incident::triage::{Language, Triage};

use super::case::prose;

fn commands(triage: &Triage) -> Vec<String> {
    let steps = triage.checklist.iter().map(|step| step.command.clone());
    let missing = triage.missing.iter().map(|missing| missing.command.clone());
    steps.chain(missing).chain(triage.mitigations.iter().filter_map(|one| one.command.clone())).collect()
}

#[test]
fn kubectl_is_for_clusters() {
    let hosts = [
        "requests to the shop fail since 10:02, HTTP 502 on all pages\nsystemctl status says active (running), journalctl is full of timeouts\n09:58 deployed shop 4.2",
        "10:02 登录全部失败\n这台是虚拟机，/var/log/auth.log 里全是超时\n09:58 发布 auth 4.2",
    ];
    for text in hosts {
        let all = commands(&Offline::new().triage(&prose(text, Language::En)));
        assert!(all.iter().any(|command| command.contains("journalctl")), "{all:?}");
        assert!(!all.iter().any(|command| command.contains("kubectl")), "{all:?}");
    }
    let clusters = [
        "requests to the shop fail since 10:02, HTTP 502 on all pages\nkubectl get pods: 3 of 8 ready, /var/log is fine on the node\n09:58 deployed shop 4.2",
        "requests to the shop fail since 10:02, HTTP 502 on all pages\n09:58 deployed shop 4.2",
    ];
    for text in clusters {
        let all = commands(&Offline::new().triage(&prose(text, Language::En)));
        assert!(all.iter().any(|command| command.contains("kubectl")), "{all:?}");
    }
}

#[test]
fn what_requests_are_measured_of_is_the_service() {
    let said = [
        ("p99 of search went 90ms -> 640ms, timeouts in the log", Some("search")),
        ("orders 5xx spikes of 10 s every 8 min since midnight", Some("orders")),
        ("new service \"quotes\" fails for half of the pods", Some("quotes")),
        ("checkout-api p99 4 s, search p99 40 ms", Some("checkout-api")),
        ("error rate of the database queries is up, timeouts", None),
        ("error rate for users in Europe is 12%", None),
    ];
    for (text, service) in said {
        let all = commands(&Offline::new().triage(&prose(text, Language::En)));
        let asked = all.iter().find(|command| command.contains("http_requests_total")).unwrap();
        let wanted = format!("job=\"{}\"", service.unwrap_or("<service>"));
        assert!(asked.contains(&wanted), "{text}: {asked}");
    }
}
