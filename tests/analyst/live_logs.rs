//! Live logs without a word from a person.

use sevdeck::analyst::offline::Offline;
use sevdeck::incident::finding::RateChange;
use sevdeck::incident::triage::{Confidence, Language, SeverityLevel};
use sevdeck::incident::{Finding, FindingKind, Level};

use super::case::{line, prose, template};

const FATAL: &str = "2026-11-21 14:02:11.482 UTC [18213] app@shop FATAL:  sorry, too many clients already";
const LAST: &str = "2026-11-21 14:09:58.001 UTC [19944] app@shop FATAL:  sorry, too many clients already";

fn postgres(ended: Option<&str>) -> sevdeck::evidence::CaseFile {
    let mut case = prose("", Language::En);
    case.texts.clear();
    case.templates = vec![
        template(FATAL, LAST, 100, ["2026-11-21T14:02:11Z", "2026-11-21T14:09:58Z"], 4312),
        template(
            "2026-11-21 13:00:00.000 UTC [1] LOG:  checkpoint starting: time",
            "2026-11-21 14:05:00.000 UTC [1] LOG:  checkpoint starting: time",
            3,
            ["2026-11-21T13:00:00Z", "2026-11-21T14:05:00Z"],
            14,
        ),
    ];
    case.findings = vec![Finding {
        id: "burst-t100".to_owned(),
        kind: FindingKind::Burst,
        subject: "FATAL: sorry, too many clients already".to_owned(),
        at: "2026-11-21T14:02:11Z".parse().ok(),
        ended: ended.and_then(|ended| ended.parse().ok()),
        strength: 95,
        level: Some(Level::Fatal),
        rate: Some(RateChange { before: 0.0, peak: 41.0 }),
        quotes: vec![line(FATAL, 100)],
        template: Some("t100".to_owned()),
    }];
    case
}

#[test]
fn a_flood_of_refused_connections_is_understood_from_the_log_alone() {
    let triage = Offline::new().triage(&postgres(None));
    let first = &triage.hypotheses[0];
    assert_eq!(first.id, "db-connections");
    assert!(first.confidence <= Confidence::Medium, "what set it off is not known");
    assert_eq!(first.evidence[0].line, Some(100));
    assert!(first.evidence.iter().all(|quote| quote.verified && quote.place.is_some()));
    assert!(triage.checklist[0].command.contains("pg_stat_activity"));
    assert_eq!(triage.severity.unwrap().level, SeverityLevel::Sev2);
    assert!(
        triage.summary.contains("14:02:11") && triage.summary.contains("still going on"),
        "{}",
        triage.summary
    );
    let onset = triage.timeline.iter().find(|entry| entry.text.contains("too many clients")).unwrap();
    assert_eq!(onset.at.to_string(), "2026-11-21T14:02:11Z");
    let fix = triage.mitigations.iter().find(|fix| fix.action.contains("Terminate the sessions")).unwrap();
    assert!(!fix.risk.is_empty() && !fix.rollback.is_empty());
}

#[test]
fn when_it_ends_the_summary_and_the_timeline_say_so() {
    let triage = Offline::new().triage(&postgres(Some("2026-11-21T14:09:58Z")));
    assert!(triage.summary.contains("ended at 14:09:58"), "{}", triage.summary);
    assert!(triage.timeline.iter().any(|entry| entry.text.starts_with("ended")));
}

#[test]
fn more_records_of_the_same_kind_are_no_new_revision() {
    let before = Offline::new().triage(&postgres(None));
    let mut case = postgres(None);
    case.templates[0].count += 500;
    assert_eq!(Offline::new().triage(&case), before);
}

#[test]
fn application_logs_alone_lead_to_the_mechanism() {
    let table = [
        ("2026-11-21 14:00:01 ERROR [http-1] java.lang.OutOfMemoryError: Java heap space", "out-of-memory"),
        (
            "2026/11/21 14:00:01 http: Accept error: accept tcp [::]:80: accept4: too many open files; retrying",
            "file-descriptors",
        ),
        (
            "2026-11-21 14:00:01 ERROR sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached",
            "db-connections",
        ),
        (
            "2026/11/21 14:00:01 [error] 7#7: *3 no live upstreams while connecting to upstream, client: 10.0.0.9",
            "load-balancer",
        ),
        ("14:00:01 Warning Failed pod/web-5d Failed to pull image \"r/x:1\": manifest unknown", "image-pull"),
        ("2026-11-21T14:00:01Z ERROR x509: certificate has expired or is not yet valid", "tls-certificate"),
        ("2026-11-21 14:00:01 ERROR Lock wait timeout exceeded; try restarting transaction", "db-locks"),
        ("kernel: EXT4-fs warning: No space left on device", "disk-full"),
    ];
    for (text, id) in table {
        let mut case = prose("", Language::En);
        case.texts.clear();
        case.templates = vec![template(text, text, 5, ["2026-11-21T14:00:01Z", "2026-11-21T14:00:01Z"], 80)];
        let triage = Offline::new().triage(&case);
        assert_eq!(triage.hypotheses.first().map(|hypothesis| hypothesis.id.as_str()), Some(id), "{text}");
    }
}

#[test]
fn routine_records_are_no_change_and_no_harm() {
    let routine = [
        "2026-11-21 14:00:00.000 UTC [1] LOG:  checkpoint complete: wrote 2673 buffers; 0 WAL file(s) added, 1 recycled",
        "2026-11-21 14:00:01.000 UTC [7] LOG:  automatic vacuum of table \"app.public.sessions\": index scans: 1",
        "2026-11-21T14:00:02Z postgres-primary cpu=22% active_connections: 61 / 500 (max_connections) waiting_queries: 0",
        "2026-11-21T14:00:03Z WARN  card declined code=54",
    ];
    let mut case = prose("", Language::En);
    case.texts.clear();
    let at = ["2026-11-21T14:00:00Z", "2026-11-21T14:05:00Z"];
    case.templates = (1..).zip(routine).map(|(number, text)| template(text, text, number, at, 9)).collect();
    let triage = Offline::new().triage(&case);
    assert!(triage.hypotheses.is_empty(), "{:?}", triage.hypotheses);
    assert!(triage.timeline.is_empty(), "{:?}", triage.timeline);
    assert_eq!(triage.severity.unwrap().level, SeverityLevel::Sev4);
}
