//! How texts are cut and what kind of thing each piece says.

use super::*;

fn case(text: &str) -> CaseFile {
    CaseFile::of_texts(&[text], "2026-11-21T15:00:00Z".parse().unwrap())
}

#[test]
fn a_pod_that_runs_is_healthy_and_one_that_does_not_is_not() {
    let healthy = |text: &str| only(text, |s| s.healthy);
    assert!(healthy("orders-7c9-2xkqv   1/1  Running            0          3d"));
    assert!(!healthy("orders-7c9-wq8zl   0/1  CrashLoopBackOff   14 (2m ago)   51m"));
    assert!(!healthy("orders-7c9-wq8zl   1/1  Running   7 (2m ago)   51m"));
}

#[test]
fn a_pasted_record_has_the_level_that_its_field_names() {
    for (text, level) in [
        (r#"level=fatal msg="cannot parse rules""#, Some(Level::Fatal)),
        (r#"{"ts":1,"level":"error","msg":"refused"}"#, Some(Level::Error)),
        ("t=09:02 lvl=eror msg=refused", None),
        ("t=09:02 lvl=warn msg=refused", Some(Level::Warn)),
        ("loglevel=debug was set at noon", None),
        ("the water level: fatal for the cellar", None),
    ] {
        assert_eq!(level_of(text), level, "{text}");
    }
}

fn only(text: &str, check: impl Fn(&Statement<'_>) -> bool) -> bool {
    let case = case(text);
    let reading = Reading::new(&case);
    assert!(!reading.statements.is_empty(), "{text}");
    check(&reading.statements[0])
}

#[test]
fn a_line_is_cut_at_inner_times_and_sentences() {
    let table: &[(&str, &[&str])] = &[
        ("06:10 \"broken network?\" 06:12 curl -> 401", &["06:10 \"broken network?\"", "06:12 curl -> 401"]),
        ("10:05 又一次；10:10 又一次", &["10:05 又一次", "10:10 又一次"]),
        ("08:21 commit applied 08:22, TTL 3600", &["08:21 commit applied 08:22, TTL 3600"]),
        ("cart: no errors. redis: normal.", &["cart: no errors.", "redis: normal."]),
        ("a query (no index; full scan) ran", &["a query (no index; full scan) ran"]),
        ("- bullet e.g. this one", &["bullet e.g. this one"]),
        ("2026-01-01 10:00:00 ERROR a. b", &["2026-01-01 10:00:00 ERROR a. b"]),
    ];
    for (text, expected) in table {
        let case = case(text);
        let texts: Vec<&str> = Reading::new(&case).statements.iter().map(|s| s.text).collect();
        assert_eq!(texts, *expected);
    }
}

#[test]
fn opinions_are_no_evidence() {
    for text in [
        "14:06 — \"DB looks healthy, CPU is fine\"",
        "08:50 \"ISP outage reported\"",
        "maybe the cache?",
        "我怀疑是网络",
        "11:22 \"db must be slow\"",
    ] {
        assert!(only(text, |s| s.claim), "{text}");
    }
    for text in
        ["repeated \"FATAL: sorry, too many clients\" in the log", "UPDATE stock SET qty=1 WHERE id=?"]
    {
        assert!(only(text, |s| !s.claim), "{text}");
    }
}

#[test]
fn well_wrong_and_changed() {
    assert!(only("CPU: 35% (normal)", |s| s.healthy && !s.is_bad()));
    assert!(only("disk 48% used, CPU 20%", |s| s.healthy));
    assert!(
        only("active_connections: 500 / 500 (normal)", |s| !s.healthy),
        "a limit that is reached is not well"
    );
    assert!(only("error rate 0.1% -> 12%", |s| s.is_bad() && !s.healthy));
    assert!(only("13:50 payment-svc v2.41 shipped", |s| s.change));
    assert!(only("12:44 PutBucketPolicy bucket=x", |s| s.change));
    assert!(only("No infra/DB changes in past 7 days.", |s| !s.change));
    assert!(only("09:52 cart-cleaner 上线", |s| s.change));
}

#[test]
fn limits_are_recognised() {
    for text in ["500 / 500", "busy threads 200/200", "1,024 of 1,024 used"] {
        assert!(is_full(text), "{text}");
    }
    for text in ["12 / 500", "2026/11/21", "/var/500/500", "1/1 Running", "v2/2"] {
        assert!(!is_full(text), "{text}");
    }
}

#[test]
fn equal_lines_are_counted_not_kept() {
    let text = "10:00 ERROR req 1 failed\n".repeat(500);
    let case = case(&text);
    let reading = Reading::new(&case);
    assert!(reading.statements.len() <= 4);
    assert!(reading.statements[0].count > 490);
}

#[test]
fn places_are_byte_exact() {
    let text = "变更\n- 09:52 上线 v2。正常\n";
    let case = case(text);
    for s in Reading::new(&case).statements {
        let place = s.place.unwrap();
        assert_eq!(&text[place.start as usize..place.end as usize], s.text);
    }
}
