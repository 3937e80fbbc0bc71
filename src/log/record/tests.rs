//! Lines of the formats in the field, as records.

use crate::incident::Level;
use crate::log::record::{Reader, Shape};

fn reader() -> Reader {
    let mut reader = Reader::default();
    reader.set_now("2026-03-02T00:00:00Z".parse().unwrap());
    reader
}

#[test]
fn level_and_message_of_usual_lines() {
    let table: &[(&str, Option<Level>, &str)] = &[
        (
            "2026-03-01 10:00:00.123 UTC [77] FATAL:  sorry, too many clients already",
            Some(Level::Fatal),
            "sorry, too many clients already",
        ),
        (
            "2026-03-01T10:00:00Z ERROR payments [ab12] connection refused",
            Some(Level::Error),
            "payments [ab12] connection refused",
        ),
        (
            "2026/03/01 10:00:00 [error] 7#7: *1 connect() failed",
            Some(Level::Error),
            "7#7: *1 connect() failed",
        ),
        ("E0301 10:00:00.123456       7 x.go:1] broken", Some(Level::Error), "broken"),
        ("W [01/Mar/2026:10:00:00 +0000] paper is low", Some(Level::Warn), "paper is low"),
        ("<11>Mar  1 10:00:00 host app[7]: broken", Some(Level::Error), "broken"),
        ("Mar  1 10:00:00 host app[7]: fine", None, "fine"),
        ("03-01 10:00:00.250  1702  2395 W Tag: x", Some(Level::Warn), "x"),
        ("1:M 01 Mar 2026 10:00:00.003 # Can't save", Some(Level::Warn), "# Can't save"),
        ("[3574] 01 Mar 10:00:00.731 # run id", Some(Level::Warn), "# run id"),
        ("(2026-03-01  8:52:40): [be] [add] (0x0040): gone", Some(Level::Error), "[be] [add] (0x0040): gone"),
        ("03-01 10:00:00.870 V/Config( 1766): set", Some(Level::Trace), "set"),
        (
            "2026-03-01T10:00:00Z [7F03ECE76700 verbose 'x'] done",
            Some(Level::Trace),
            "[7F03ECE76700 verbose 'x'] done",
        ),
        (
            "- 1772359200 2026.03.01 R02-M1-N0-C:J12 2026-03-01-10.00.00.6 R02-M1-N0-C:J12 RAS KERNEL INFO ok then",
            Some(Level::Info),
            "ok then",
        ),
        ("ERROR in contacting the server", Some(Level::Error), "ERROR in contacting the server"),
        ("FATAL: no time at all", Some(Level::Fatal), "no time at all"),
        (r#"{"ts":"2026-03-01T10:00:00Z","level":"warn","msg":"slow"}"#, Some(Level::Warn), "slow"),
        (r#"time=2026-03-01T10:00:00Z level=error msg="it broke""#, Some(Level::Error), "it broke"),
        (
            r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /x HTTP/1.1" 503 7"#,
            Some(Level::Error),
            r#""GET /x HTTP/1.1" 503 7"#,
        ),
        (
            r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /x HTTP/1.1" 404 7"#,
            Some(Level::Warn),
            r#""GET /x HTTP/1.1" 404 7"#,
        ),
        ("java.lang.IllegalStateException: no", Some(Level::Error), "java.lang.IllegalStateException: no"),
    ];
    for (line, level, message) in table {
        let head = reader().read(line.as_bytes());
        assert_eq!(head.level, *level, "{line}");
        assert_eq!(String::from_utf8_lossy(head.message[0]), *message, "{line}");
    }
}

#[test]
fn traces_go_on_with_their_record() {
    let mut reader = reader();
    assert!(reader.read(b"2026-03-01T10:00:00Z ERROR boom").is_head());
    for line in [
        "\tat x.y(Z.java:1)",
        "Caused by: java.io.EOFException",
        "  File \"x.py\", line 3",
        "... 12 more",
        "Traceback (most recent call last):",
    ] {
        assert_eq!(reader.read(line.as_bytes()).shape, Shape::Continuation, "{line}");
    }
    assert_eq!(reader.read(b"  ").shape, Shape::Blank);
}

#[test]
fn untimed_lines_continue_records_only_in_a_timed_log() {
    let mut reader = reader();
    assert!(reader.read(b"some words").is_head());
    for second in 0..20 {
        reader.read(format!("2026-03-01T10:00:{second:02}Z INFO ok").as_bytes());
    }
    assert_eq!(reader.read(b"java.lang.OutOfMemoryError: heap").shape, Shape::Continuation);
    assert!(reader.read(b"ERROR: a bare message").is_head());
}
