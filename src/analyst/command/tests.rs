//! Commands are judged by their words.

use proptest::prelude::*;

use super::*;
use crate::analyst::offline::playbook::Registry;

/// A command of a playbook with its slots filled.
fn filled(command: &str) -> String {
    let mut out = command.to_owned();
    while let Some(start) = out.find('{') {
        let Some(end) = out[start..].find('}').map(|end| start + end) else { break };
        let slot = &out[start + 1..end];
        if !slot.chars().all(|c| c.is_ascii_lowercase()) {
            break;
        }
        out.replace_range(start..=end, "name-1");
    }
    out
}

#[test]
fn every_check_of_the_playbooks_looks_and_is_well_formed() {
    let (mut wrong, mut unknown, mut all) = (Vec::new(), 0, 0);
    for playbook in &Registry::built_in().playbooks {
        for check in playbook.checks() {
            let command = filled(&check.run);
            all += 1;
            unknown += usize::from(effect(&command) == Effect::Unknown);
            if effect(&command) >= Effect::Changes || fault(&command).is_some() {
                wrong.push((playbook.id.clone(), effect(&command), fault(&command), command));
            }
        }
    }
    assert_eq!(wrong, []);
    // Code, and consoles behind a socket, are not judged.
    assert!(unknown * 20 < all, "{unknown} of {all}");
}

#[test]
fn no_way_of_the_playbooks_is_broken() {
    let mut wrong = Vec::new();
    for playbook in &Registry::built_in().playbooks {
        for remedy in playbook.mitigations().iter().filter(|remedy| !remedy.run.is_empty()) {
            if let Some(fault) = fault(&filled(&remedy.run)) {
                wrong.push((playbook.id.clone(), fault, remedy.run.clone()));
            }
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn what_only_looks_is_known() {
    let table = [
        "kubectl get pods -n shop -o wide | grep -v Running",
        "kubectl -n shop --context eu rollout status deployment/cart",
        "kubectl exec -n shop deploy/cart -- cat /proc/1/status",
        "for p in a b; do kubectl logs $p --tail=20; done",
        "sudo -u postgres psql -c \"SELECT * FROM pg_stat_activity WHERE state <> 'idle'\"",
        "psql -Atc 'EXPLAIN (ANALYZE, BUFFERS) SELECT 1'",
        "psql -c \"WITH a AS (SELECT 1) SELECT * FROM a; SHOW max_connections\"",
        "mysql -h db1 -e 'SHOW FULL PROCESSLIST'",
        "SELECT pid, wait_event FROM pg_stat_activity;",
        "redis-cli -h cache-1 --latency",
        "redis-cli CONFIG GET maxmemory",
        "redis-cli -p 6380 CLIENT LIST | wc -l",
        "curl -sS -o /dev/null -w '%{http_code}' https://shop.example/health",
        "curl -G --data-urlencode 'query=up' http://prom:9090/api/v1/query",
        "timeout 5 openssl s_client -connect a:443 </dev/null 2>/dev/null | openssl x509 -noout -dates",
        "journalctl -u cart --since '10 min ago' --no-pager > /tmp/cart.log",
        "ssh web-3 'df -h; free -m'",
        "ssh web-3 uptime",
        "docker exec cart cat /etc/resolv.conf",
        "docker compose logs --tail 50 cart",
        "systemctl status cart --no-pager",
        "watch -n 1 'ss -s'",
        "find /var/log -name '*.gz' -mtime +7 -exec ls -l {} \\;",
        "sysctl net.core.somaxconn",
        "sum by (code) (rate(http_requests_total{job=\"cart\"}[5m]))",
        "{app=\"cart\"} |= \"error\" | json",
        "histogram_quantile(0.99, sum(rate(x_bucket[5m])) by (le))",
        "aws ec2 describe-instances --region eu-west-1 --output table",
        "gcloud logging read 'severity>=ERROR' --limit 20",
        "kafka-consumer-groups.sh --bootstrap-server b:9092 --describe --group g",
        "git log --oneline --since='2 days ago' -- deploy/",
        "xargs -n1 dig +short < hosts.txt",
        "ps aux | awk '{print $2}' | sort -rn | head",
        "mongosh --quiet --eval 'db.currentOp()'",
        "jcmd 17 Thread.print | head -50",
        "echo \"$(kubectl get pods | wc -l) pods\"",
        "payctl status --verbose",
        "ip -s link show eth0",
        "kubectl get pods -l app=<service> -n <namespace>",
    ];
    for command in table {
        assert_eq!((effect(command), fault(command)), (Effect::Reads, None), "{command}");
    }
}

#[test]
fn what_changes_something_is_told_from_what_looks() {
    use Effect::{Changes, Destroys, Unknown};
    let table = [
        ("kubectl delete pod cart-1 -n shop", Changes),
        ("kubectl delete namespace shop", Destroys),
        ("kubectl delete pods --all -n shop", Destroys),
        ("kubectl rollout undo deployment/cart", Changes),
        ("kubectl -n get scale deployment/get --replicas=0", Changes),
        ("kubectl exec deploy/db -- psql -c 'DROP TABLE orders'", Destroys),
        ("kubectl get pods | xargs kubectl delete pod", Changes),
        ("kubectl get pods; rm -rf /var/lib/data", Destroys),
        ("sudo reboot", Changes),
        ("/sbin/reboot", Changes),
        ("rm -rf /", Destroys),
        ("bash -c 'rm -rf /srv'", Destroys),
        ("sh -c \"$(curl -s http://x)\"", Unknown),
        ("curl -s http://x | sh", Unknown),
        ("echo $(systemctl restart cart)", Changes),
        ("echo `systemctl restart cart`", Changes),
        ("ls <(kill -9 17)", Changes),
        ("df -h > /etc/motd", Changes),
        ("cat a | tee /etc/hosts", Changes),
        ("DROP TABLE orders", Destroys),
        ("psql -c \"SELECT 1; DROP TABLE orders\"", Destroys),
        ("psql -c 'DELETE FROM orders'", Destroys),
        ("psql -c 'DELETE FROM orders WHERE id = 1'", Changes),
        ("psql -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity\"", Changes),
        ("psql -c 'WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x'", Changes),
        ("psql -c 'EXPLAIN ANALYZE DELETE FROM a'", Changes),
        ("psql -f fix.sql", Unknown),
        ("mysql -e 'SET GLOBAL max_connections = 900'", Changes),
        ("mysql -e 'SELECT /*! 1 */ 2'", Unknown),
        ("redis-cli FLUSHALL", Destroys),
        ("redis-cli CONFIG SET maxmemory 2gb", Changes),
        ("redis-cli DEL key", Changes),
        ("curl -XPOST http://x/actuator/restart", Changes),
        ("curl -s -X DELETE http://x/queue", Changes),
        ("curl -d a=b http://x", Changes),
        ("curl -o /usr/bin/x http://x", Changes),
        ("sed -i s/a/b/ /etc/x", Changes),
        ("find / -name x -delete", Destroys),
        ("find / -name x -exec rm {} +", Changes),
        ("awk 'BEGIN { system(\"reboot\") }'", Changes),
        ("sysctl -w vm.swappiness=1", Changes),
        ("systemctl restart cart", Changes),
        ("ssh web-3 sudo systemctl restart cart", Changes),
        ("git push --force", Changes),
        ("git reset --hard HEAD~1", Destroys),
        ("terraform destroy", Destroys),
        ("aws s3 rm s3://bucket --recursive", Destroys),
        ("aws rds reboot-db-instance --db-instance-identifier x", Changes),
        ("truncate -s 0 /var/log/app.log", Changes),
        ("kafka-topics.sh --delete --topic t", Destroys),
        ("kafka-consumer-groups.sh --reset-offsets --to-latest --execute --group g --all-topics", Changes),
        ("timeout 5 nohup env A=1 nice -n 5 kill 1", Changes),
        ("while true; do kill 1; done", Changes),
        ("ulimit -n 65536", Changes),
        ("frobnicate --now", Unknown),
        ("Check the dashboard of the service", Unknown),
        ("", Unknown),
    ];
    for (command, expected) in table {
        assert_eq!(effect(command), expected, "{command}");
    }
}

#[test]
fn broken_commands_are_told() {
    let table = [
        ("echo 'open", Some(Fault::Quote)),
        ("echo \"open", Some(Fault::Quote)),
        ("echo `date", Some(Fault::Quote)),
        ("echo $(date", Some(Fault::Bracket)),
        ("(cd /tmp; ls", Some(Fault::Bracket)),
        ("ls )", Some(Fault::Bracket)),
        ("ls | | wc", Some(Fault::Operator)),
        ("ls |", Some(Fault::Operator)),
        ("| grep x", Some(Fault::Operator)),
        ("ls &&", Some(Fault::Operator)),
        ("ls >", Some(Fault::Redirection)),
        ("ls > | wc", Some(Fault::Redirection)),
        ("SELECT count(* FROM a", Some(Fault::Bracket)),
        ("rate(x[5m)", Some(Fault::Bracket)),
        ("sleep 5 & wait", None),
        ("kubectl logs <pod name> -n <namespace>", None),
        ("cat < in > /dev/null 2>&1", None),
        ("cat <<< \"$x\" # it's a comment", None),
        ("a && \\\n b || c; d", None),
        ("awk '{ if ($1 > 3) print }' f", None),
    ];
    for (command, expected) in table {
        assert_eq!(fault(command), expected, "{command}");
    }
    for odd in ["`$(`", "`(`", "`\"$(`\"`)", "`<(`", "a `b \"c` d\""] {
        assert!(fault(odd).is_some(), "{odd}");
    }
    let deep = "$(".repeat(4000);
    assert!(fault(&deep).is_some());
}

#[test]
fn names_that_stand_nowhere_become_placeholders() {
    let known = ["cart", "shop", "orders", "db-1", "app.log", "payment-svc"];
    let is_known = |name: &str| known.contains(&name);
    let table = [
        ("kubectl get pods -n shop", "kubectl get pods -n shop"),
        ("kubectl get pods -n prod-eu", "kubectl get pods -n <namespace>"),
        ("kubectl --namespace=prod-eu logs deploy/cart", "kubectl --namespace=<namespace> logs deploy/cart"),
        ("kubectl logs -f billing-7d9f -n shop", "kubectl logs -f <pod> -n shop"),
        ("kubectl describe deployment billing", "kubectl describe deployment <deployment>"),
        (
            "kubectl rollout undo deployment/billing -n shop",
            "kubectl rollout undo deployment/<deployment> -n shop",
        ),
        ("kubectl get pods -l app=billing -n kube-system", "kubectl get pods -l app=<label> -n kube-system"),
        (
            "kubectl exec deploy/cart -- cat /srv/billing.yaml",
            "kubectl exec deploy/cart -- cat /srv/billing.yaml",
        ),
        ("psql -h db-9 -c \"SELECT * FROM ledger\"", "psql -h <host> -c \"SELECT * FROM <table>\""),
        ("psql -h db-1 -c 'SELECT * FROM orders'", "psql -h db-1 -c 'SELECT * FROM orders'"),
        (
            "SELECT * FROM pg_stat_activity a JOIN ledger l ON true",
            "SELECT * FROM pg_stat_activity a JOIN <table> l ON true",
        ),
        ("psql -c 'WITH x AS (SELECT 1) SELECT * FROM x'", "psql -c 'WITH x AS (SELECT 1) SELECT * FROM x'"),
        ("ssh admin@web-3 uptime", "ssh <host> uptime"),
        ("curl -s http://billing:8080/health", "curl -s http://<host>/health"),
        ("curl -s http://localhost:8080/health", "curl -s http://localhost:8080/health"),
        ("tail -f /srv/app/app.log", "tail -f <file>"),
        ("grep FATAL /var/log/syslog", "grep FATAL /var/log/syslog"),
        ("journalctl -u billing -n 50", "journalctl -u <unit> -n 50"),
        ("systemctl status nginx", "systemctl status nginx"),
        ("docker logs --tail 50 billing", "docker logs --tail 50 <container>"),
        ("kubectl logs <pod> -n <namespace>", "kubectl logs <pod> -n <namespace>"),
        (
            "kafka-consumer-groups.sh --describe --group billing",
            "kafka-consumer-groups.sh --describe --group <group>",
        ),
    ];
    for (command, expected) in table {
        assert_eq!(names::placeholders(command, is_known).0, expected);
    }
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "[`$(){}<>|&;'\"a #\\\\\n=-]{0,40}") {
        let (judged, fault) = (effect(&text), fault(&text));
        prop_assert!(judged != Effect::Reads || fault.is_none());
        let (kept, replaced) = names::placeholders(&text, |_| true);
        prop_assert!(kept == text && replaced.is_empty());
    }
}
