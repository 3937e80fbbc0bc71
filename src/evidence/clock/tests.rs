//! Times in the forms that people and logs use.

use super::*;

fn moments(text: &str) -> Vec<String> {
    let now = "2026-11-21T15:00:00Z".parse().unwrap();
    let mut resolver = Resolver::new(text, now);
    let chinese = is_chinese(text);
    let mut found = Vec::new();
    for line in text.lines() {
        for stated in scan(line, chinese) {
            found.extend(resolver.resolve(&stated).map(|moment| moment.at.to_string()));
        }
    }
    found
}

#[test]
fn times_with_zones_and_dates() {
    let table: &[(&str, &[&str])] = &[
        ("14:02 UTC down", &["2026-11-21T14:02:00Z"]),
        ("2026-03-09T16:21:09Z x", &["2026-03-09T16:21:09Z"]),
        ("2026-03-09 16:21:09.123 +0800 x", &["2026-03-09T08:21:09Z"]),
        ("[2026/03/09 16:21:09] x", &["2026-03-09T16:21:09Z"]),
        ("times in CET\n2026-01-02 10:00", &["2026-01-02T09:00:00Z"]),
        ("2026-08-05，北京时间\n10:12 告警", &["2026-08-05T02:12:00Z"]),
        ("2026-09-03（日志为 UTC，聊天为北京时间）\n14:21 首页 503", &["2026-09-03T06:21:00Z"]),
        ("2026-09-03 logs are UTC, chat is CET\n14:21 down", &["2026-09-03T13:21:00Z"]),
        ("2026-09-03 统计（02:00-02:05）", &["2026-09-03T02:00:00Z", "2026-09-03T02:05:00Z"]),
        ("2026年8月5日 10:12", &["2026-08-05T10:12:00Z"]),
        ("May 22, 2026 09:15 set", &["2026-05-22T09:15:00Z"]),
        ("2026-05-30\nrun of May 21 14:00", &["2026-05-21T14:00:00Z"]),
        ("2026-03-04 9:12 PM PST", &["2026-03-05T05:12:00Z"]),
        ("notAfter=Mar  4 05:00:00 2026 GMT", &["2026-03-04T05:00:00Z"]),
        ("2026-01-01\n23:58 a\n00:03 b", &["2026-01-01T23:58:00Z", "2026-01-02T00:03:00Z"]),
        ("2026-01-02\n02:00:03-02:05:50 backup", &["2026-01-02T02:00:03Z", "2026-01-02T02:05:50Z"]),
        ("16:30 is later than now, so it was yesterday", &["2026-11-20T16:30:00Z"]),
    ];
    for (text, expected) in table {
        assert_eq!(moments(text), *expected, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_time_is_none() {
    for text in
        ["10.0.0.1:5432", "00:0c:29:3e:5f:01", "ratio 16:9", "v1:20abc", "25:61", "2026-13-45", "a1:23"]
    {
        assert!(moments(text).is_empty(), "{text}: {:?}", moments(text));
    }
}

#[test]
fn an_inferred_date_is_marked() {
    let now: Timestamp = "2026-11-21T15:00:00Z".parse().unwrap();
    let mut open = Resolver::new("14:02 x", now);
    let mut dated = Resolver::new("2026-11-01\n14:02 x", now);
    let stated = scan("14:02 x", false);
    assert!(open.resolve(&stated[0]).unwrap().assumed);
    assert!(!dated.resolve(&stated[0]).unwrap().assumed);
}
