//! The leading mechanism stays when notes come in another order, with other names, or beside an unrelated change.

use sevdeck::analyst::offline::Offline;
use sevdeck::incident::Triage;
use sevdeck::incident::triage::{Confidence, Language, SeverityLevel};

use super::case::prose;

const POOL: [&str; 5] = [
    "2026-03-10 11:02 alert: cart-api error rate 0.1% -> 22%, customers cannot check out",
    "11:03 cart-api ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms",
    "11:05 postgres: FATAL: sorry, too many clients already, 500 / 500 connections in use",
    "10:58 cart-api 4.2.0 deployed: maximum pool size 20 -> 200",
    "11:07 network: no packet loss, latency normal",
];

fn english(lines: &[&str]) -> Triage {
    Offline::new().triage(&prose(&lines.join("\n"), Language::En))
}

#[test]
fn the_order_of_the_notes_does_not_matter() {
    let first = english(&POOL);
    for turn in 1..POOL.len() {
        let mut lines = POOL;
        lines.rotate_left(turn);
        let other = english(&lines);
        let same = other.hypotheses[0].id == first.hypotheses[0].id;
        assert!(same || other.hypotheses[0].confidence < first.hypotheses[0].confidence, "turned by {turn}");
    }
}

#[test]
fn the_names_of_services_do_not_matter() {
    let renamed: Vec<String> = POOL.iter().map(|line| line.replace("cart-api", "ledger-sync")).collect();
    let renamed = english(&renamed.iter().map(String::as_str).collect::<Vec<_>>());
    let first = english(&POOL);
    assert_eq!(renamed.hypotheses[0].id, first.hypotheses[0].id);
    assert_eq!(renamed.hypotheses[0].confidence, first.hypotheses[0].confidence);
    assert!(renamed.hypotheses[0].cause.contains("ledger-sync 4.2.0"), "{}", renamed.hypotheses[0].cause);
}

#[test]
fn a_deploy_after_the_symptom_sets_nothing_off() {
    let mut lines = POOL.to_vec();
    lines.push("11:20 blog-web 9.1.0 deployed: new footer");
    let cause = english(&lines).hypotheses[0].cause.clone();
    assert!(cause.contains("cart-api 4.2.0") && !cause.contains("blog-web"), "{cause}");
}

#[test]
fn a_change_that_was_taken_back_without_effect_is_not_the_trigger() {
    let mut lines = POOL.to_vec();
    lines.push("11:00 promo-web 3.0.1 deployed: promotion page");
    lines.push("11:12 promo-web 3.0.1 rolled back, no effect");
    let cause = english(&lines).hypotheses[0].cause.clone();
    assert!(!cause.contains("promo-web"), "{cause}");
}

#[test]
fn what_people_say_for_sure_is_still_a_claim() {
    let text = "2026-03-10 11:02 alert: upload error rate 31%
11:04 mira: it is the certificate, expired for sure
11:05 jon: lets fail over the database!!
11:06 upload-api ERROR write failed: No space left on device
11:08 df: /data 100% used";
    let triage = Offline::new().triage(&prose(text, Language::En));
    assert_eq!(triage.hypotheses[0].id, "disk-full");
    let certificate = triage.hypotheses.iter().find(|hypothesis| hypothesis.id == "tls-certificate");
    assert!(certificate.is_none_or(|hypothesis| hypothesis.confidence == Confidence::Low));
}

#[test]
fn chinese_opinions_are_claims_too() {
    let text = "2026-03-10 北京时间
11:02 告警：上传接口错误率 31%
11:04 小陈：那就是防火墙丢包
11:06 upload-api ERROR write failed: No space left on device
11:08 df -h：/data 已用 100%";
    let triage = Offline::new().triage(&prose(text, Language::Zh));
    assert_eq!(triage.hypotheses[0].id, "disk-full");
}

#[test]
fn the_extent_decides_the_level() {
    let table = [
        ("10:02 alert: checkout error rate 0.2% -> 1.4%\n10:04 ERROR checkout failed", SeverityLevel::Sev3),
        ("10:02 lb pool web 0/12 healthy\n10:03 ERROR 503 no server available", SeverityLevel::Sev1),
        ("10:02 payment fails in 9 of 30 shops\n10:03 ERROR payment timed out", SeverityLevel::Sev2),
        (
            "10:02 alert: checkout 5xx 12%\n10:03 ERROR checkout failed\n10:09 back to normal",
            SeverityLevel::Sev3,
        ),
        ("10:02 ledger: 40 customers were paid twice\n10:03 ERROR duplicate run", SeverityLevel::Sev1),
    ];
    for (text, level) in table {
        let triage = Offline::new().triage(&prose(text, Language::En));
        assert_eq!(triage.severity.map(|severity| severity.level), Some(level), "{text}");
    }
}
