//! Lines that something wrapped around the lines of a program.

use crate::incident::Level;
use crate::log::record::{Reader, Shape};
use crate::log::time::timestamp;

fn reader() -> Reader {
    let mut reader = Reader::default();
    reader.set_now("2026-03-02T00:00:00Z".parse().unwrap());
    reader
}

const INFO: Option<Level> = Some(Level::Info);
const WARN: Option<Level> = Some(Level::Warn);
const ERROR: Option<Level> = Some(Level::Error);

/// Lines at 10:00:00.5 with their level and message.
const WRAPPED: &[(&str, Option<Level>, &str)] = &[
    ("2026-03-01T10:00:00.5Z stdout F 2026-03-01 11:00:00 ERROR it broke", ERROR, "it broke"),
    (r#"2026-03-01T10:00:00.5Z stderr F {"level":"warn","ts":1,"msg":"slow"}"#, WARN, "slow"),
    ("2026-03-01T10:00:00.5Z stdout F just words", None, "just words"),
    (
        r#"{"log":"2026-03-01 11:00:00 ERROR it broke\n","stream":"stdout","time":"2026-03-01T10:00:00.5Z"}"#,
        ERROR,
        "it broke",
    ),
    (
        r#"{"log":"{\"level\":\"warn\",\"msg\":\"said \\\"no\\\"\",\"n\":1}\n","stream":"stderr","time":"2026-03-01T10:00:00.5Z"}"#,
        WARN,
        r#"said \\\"no\\\""#,
    ),
    (r#"Mar  1 10:00:00.5 node app[7]: {"level":"error","msg":"it broke"}"#, ERROR, "it broke"),
    ("2026-03-01T10:00:00.5Z node kubelet[7]: E0301 10:00:00.4 7 pod.go:1] it broke", ERROR, "it broke"),
    (
        r#"Mar  1 10:00:00.5 node d[7]: time="2026-03-01T10:00:00Z" level=info msg="it works""#,
        INFO,
        "it works",
    ),
    (
        "2026-03-01T10:00:00.5+00:00 heroku[router]: at=error code=H12 desc=x",
        ERROR,
        "heroku[router]: at=error code=H12 desc=x",
    ),
    (r#"web-1  | {"time":"2026-03-01T10:00:00.5Z","level":"error","msg":"it broke"}"#, ERROR, "it broke"),
    (
        r#"{"t":{"$date":"2026-03-01T10:00:00.5Z"},"s":"W","c":"NETWORK","msg":"slow","attr":{"x":1}}"#,
        WARN,
        "slow",
    ),
    (
        r#"{"@timestamp":"2026-03-01T10:00:00.5Z","log":{"level":"error"},"message":"it broke"}"#,
        ERROR,
        "it broke",
    ),
    (
        r#"{"timestamp":"2026-03-01T10:00:00.5Z","severity":"ERROR","jsonPayload":{"message":"it broke"}}"#,
        ERROR,
        "it broke",
    ),
    (r#"{"__REALTIME_TIMESTAMP":"1772359200500000","PRIORITY":"3","MESSAGE":"it broke"}"#, ERROR, "it broke"),
    (
        r#"{"version":"1.1","host":"a","short_message":"it broke","timestamp":1772359200.5,"level":3}"#,
        ERROR,
        "it broke",
    ),
    (
        r#"{"name":"a","level":50,"msg":"it broke","time":"2026-03-01T10:00:00.500Z","v":0}"#,
        ERROR,
        "it broke",
    ),
    (r#"{"level":"error","ts":1772359200.5,"caller":"a.go:1","msg":"it broke"}"#, ERROR, "it broke"),
    (r#"{"level":40,"time":1772359200500,"pid":7,"msg":"slow"}"#, WARN, "slow"),
    (r#"{"@t":"2026-03-01T10:00:00.5Z","@mt":"it broke {Id}","@l":"Error","Id":7}"#, ERROR, "it broke {Id}"),
];

#[test]
fn the_line_within_tells_level_and_message() {
    for &(line, level, message) in WRAPPED {
        let head = reader().read(line.as_bytes());
        assert!(head.is_head(), "{line}");
        assert_eq!(head.level, level, "{line}");
        assert_eq!(String::from_utf8_lossy(head.message[0]), message, "{line}");
        assert_eq!(head.at.and_then(timestamp), Some("2026-03-01T10:00:00.5Z".parse().unwrap()), "{line}");
    }
}

#[test]
fn lines_that_were_cut_and_traces_go_on() {
    let mut reader = reader();
    let lines = [
        ("2026-03-01T10:00:00Z stdout P first half, ", true),
        ("2026-03-01T10:00:00Z stderr F meanwhile", true),
        ("2026-03-01T10:00:00Z stdout F second half", false),
        ("2026-03-01T10:00:01Z stdout F ERROR: it broke", true),
        ("2026-03-01T10:00:01Z stdout F \tat a.b.C(C.java:1)", false),
        (r#"{"log":"ERROR: half ","stream":"stdout","time":"2026-03-01T10:00:02Z"}"#, true),
        (r#"{"log":"and half\n","stream":"stdout","time":"2026-03-01T10:00:02Z"}"#, false),
        (r#"{"log":"\tat a.b.C(C.java:1)\n","stream":"stdout","time":"2026-03-01T10:00:02Z"}"#, false),
        (r#"{"log":"INFO: next\n","stream":"stdout","time":"2026-03-01T10:00:03Z"}"#, true),
    ];
    for (line, is_head) in lines {
        assert_eq!(reader.read(line.as_bytes()).is_head(), is_head, "{line}");
    }
}

#[test]
fn an_export_of_the_journal_has_one_record_for_each_message() {
    let mut reader = reader();
    let export = "__CURSOR=s=7;i=1\n__REALTIME_TIMESTAMP=1772359200500000\nPRIORITY=3\nMESSAGE=it broke\n_PID=7\n\n\
                  __CURSOR=s=7;i=2\n__REALTIME_TIMESTAMP=1772359201500000\nMESSAGE=next\n";
    let heads: Vec<_> = export.lines().map(|line| reader.read(line.as_bytes())).collect();
    let heads: Vec<_> = heads.into_iter().filter(crate::log::record::Head::is_head).collect();
    assert_eq!(heads.len(), 2);
    assert_eq!((heads[0].level, heads[0].message[0]), (Some(Level::Error), &b"it broke"[..]));
    assert_eq!(heads[1].at.unwrap() - heads[0].at.unwrap(), 1_000_000);
    assert_eq!(heads[1].level, None);
}

#[test]
fn a_line_that_is_only_a_time_gives_it_to_the_lines_below() {
    let mut reader = reader();
    assert_eq!(reader.read(b"2026-03-01T10:00:00.5+00:00").shape, Shape::Blank);
    let below = reader.read(b"Thread 1 advanced to log sequence 77");
    assert_eq!(below.at.and_then(timestamp), Some("2026-03-01T10:00:00.5Z".parse().unwrap()));
    reader.read(b"# Time: 2026-03-01T10:00:07Z");
    let query = reader.read(b"# Query_time: 12.5  Lock_time: 0.1 Rows_sent: 1");
    assert_eq!(query.at.and_then(timestamp), Some("2026-03-01T10:00:07Z".parse().unwrap()));
}

#[test]
fn a_table_that_names_its_columns_gives_levels_by_status() {
    let mut reader = reader();
    reader.read(b"#Fields: date time s-ip cs-method cs-uri-stem sc-status time-taken");
    let head = reader.read(b"2026-03-01 10:00:00 10.0.0.1 GET /x 503 15");
    assert_eq!(head.level, Some(Level::Error));
}
