//! `sevdeck logs`: what pipes and people get.

use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use crate::support::home::Home;

const LOG: &str = "\
2026-03-01T14:00:00Z INFO user alice logged in from 10.0.0.1\n\
2026-03-01T14:00:01Z INFO user bob logged in from 10.0.0.2\n\
2026-03-01T14:00:02Z INFO user carol logged in from 10.0.0.3\n\
2026-03-01T14:00:03Z ERROR order 7 failed\n\
\tat shop.Order.run(Order.java:7)\n";

#[test]
fn templates_tell_the_template_of_every_line() {
    let home = Home::new();
    let run = home.run_with(LOG.as_bytes(), ["logs", "templates", "--lines", "-"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<(&str, &str)> = run.out.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], lines[2]);
    assert_eq!(lines[0].1, "user <*> logged in from <*>");
    assert_eq!(lines[3], lines[4], "a trace belongs to its record");
    let again = home.run_with(LOG.as_bytes(), ["logs", "templates", "--lines"]);
    assert_eq!(run.out, again.out, "piped input is read, and ids are stable");
}

#[test]
fn templates_are_counted() {
    let home = Home::new();
    home.write("a.log", LOG);
    home.write("b.log", "2026-03-01T15:00:00Z WARN user dave logged in from 10.0.0.9\n");
    let run = home.run(["logs", "templates", "--json", "a.log", "b.log"]);
    let rows: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2, "{run:?}");
    assert_eq!(rows[0]["count"], 4);
    assert_eq!(rows[0]["level"], "warn");
    assert_eq!(rows[0]["first"], "2026-03-01T14:00:00Z");
    assert_eq!(rows[0]["last"], "2026-03-01T15:00:00Z");
    let table = home.run(["logs", "templates", "a.log"]).out;
    assert!(table.lines().nth(1).unwrap().contains("3  INFO"), "{table}");
    assert!(table.contains("order <*> failed"), "{table}");
}

#[test]
fn records_are_printed_with_time_and_level() {
    let home = Home::new();
    home.write("a.log", LOG);
    let run = home.run(["logs", "records", "--json", "a.log"]);
    let rows: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 4, "{run:?}");
    assert_eq!(rows[3]["time"], "2026-03-01T14:00:03Z");
    assert_eq!(rows[3]["level"], "error");
    assert_eq!(rows[3]["line"], 4);
    assert!(rows[3]["text"].as_str().unwrap().contains("Order.java:7"), "a record has all its lines");
    let lines = home.run(["logs", "records", "--json", "--lines", "a.log"]).out;
    assert_eq!(lines.lines().count(), 5);
    let plain = home.run(["logs", "records", "a.log"]).out;
    assert!(plain.starts_with("2026-03-01T14:00:00.000Z  INFO    2026"), "{plain}");
}

#[test]
fn findings_are_those_of_the_engine() {
    let home = Home::new();
    home.write("a.log", LOG);
    let run = home.run(["logs", "findings", "--json", "a.log"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let rows: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().any(|row| row["quotes"][0]["line"] == 4), "{run:?}");
}

#[test]
fn hostile_bytes_come_out_harmless() {
    let home = Home::new();
    let run = home.run_with(b"ERROR: \x1b[2J\xff gone\n", ["logs", "templates"]);
    assert!(!run.out.contains('\x1b'), "{run:?}");
    let run = home.run_with(b"ERROR: \x1b[2J\xff gone\n", ["logs", "records"]);
    assert!(!run.out.contains('\x1b'), "{run:?}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let home = Home::new();
    for what in ["templates", "records", "findings"] {
        let run = home.run(["logs", what, "no.log"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.err.contains("no.log"), "{run:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    home.write("a.log", LOG.repeat(20_000));
    for args in [["logs", "records", "a.log"], ["logs", "templates", "--lines"]] {
        let mut command = home.sevdeck(args.iter().filter(|arg| **arg != "--lines"));
        if args[2] == "--lines" {
            command.args(["--lines", "a.log"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}
