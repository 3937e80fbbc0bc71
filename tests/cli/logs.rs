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
    let first: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!((first[0], first.last()), ("3", Some(&"<*>")), "{table}");
    assert!(table.contains("order <*> failed"), "{table}");
    assert!(
        table.contains("5 lines · 4 records · 2 templates · 2026-03-01 14:00:00 to 14:00:03 UTC (3 s)"),
        "{table}"
    );
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
fn that_nothing_passes_is_said_beside_the_output() {
    let home = Home::new();
    home.write("a.log", LOG);
    for what in ["records", "templates"] {
        let run = home.run(["logs", what, "--json", "--since", "yesterday", "a.log"]);
        assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{run:?}");
        let span = "5 lines read, they go from 2026-03-01T14:00:00Z to 2026-03-01T14:00:03Z";
        assert!(run.err.contains(span), "{run:?}");
    }
}

#[test]
fn only_what_is_wanted_is_printed() {
    let home = Home::new();
    home.write("a.log", LOG);
    let table: [(&[&str], &[u64]); 12] = [
        (&["--level", "warn"], &[4]),
        (&["--level", "info"], &[1, 2, 3, 4]),
        (&["--since", "14:00:02"], &[3, 4]),
        (&["--since", "2026-03-01T14:00:01Z", "--until", "2026-03-01T15:00:03+01:00"], &[2, 3]),
        (&["--since", "15m"], &[]),
        (&["--since", "-15m"], &[]),
        (&["--until", "15m ago"], &[1, 2, 3, 4]),
        (&["--filter", "-bob 10.0.0"], &[1, 3]),
        (&["--filter", "Order.java"], &[4]),
        (&["--filter", "level:error"], &[4]),
        (&["--tz", "+01:00", "--until", "15:00:01"], &[1]),
        (&["--tz", "+01:00", "--since", "14:00:01"], &[1, 2, 3, 4]),
    ];
    for (options, expected) in table {
        let run = home.run(["logs", "records", "--json"].iter().chain(options).chain(&["a.log"]));
        let found: Vec<u64> = run.out.lines().map(number_of).collect();
        assert_eq!(found, expected, "{options:?}: {run:?}");
    }
    let lines = home.run(["logs", "records", "--json", "--lines", "--filter", "Order.java", "a.log"]);
    assert_eq!(lines.out.lines().map(number_of).collect::<Vec<_>>(), [4, 5], "all lines of a record pass");
    let run = home.run(["logs", "templates", "--lines", "--level", "error", "a.log"]);
    assert_eq!(run.out.lines().count(), 2, "{run:?}");
}

fn number_of(line: &str) -> u64 {
    serde_json::from_str::<Value>(line).unwrap()["line"].as_u64().unwrap()
}

#[test]
fn a_zone_moves_times_that_do_not_name_theirs() {
    let home = Home::new();
    home.write("a.log", "2026-03-01 14:00:00 INFO one\n2026-03-01T14:00:00Z INFO two\n");
    let time = |zone: &[&str]| {
        let run = home.run(["logs", "records", "--json"].iter().chain(zone).chain(&["a.log"]));
        let rows = run.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| row["time"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(time(&[]), ["2026-03-01T14:00:00Z", "2026-03-01T14:00:00Z"]);
    assert_eq!(time(&["--tz", "-05:00"]), ["2026-03-01T19:00:00Z", "2026-03-01T14:00:00Z"]);
    let findings = home.run(["logs", "findings", "--tz", "+02:00", "a.log"]);
    assert!(findings.out.contains("2026-03-01 12:00:00 to 14:00:00 UTC"), "{findings:?}");
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let home = Home::new();
    home.write("a.log", LOG);
    let table: [&[&str]; 9] = [
        &["records", "--level", "loud"],
        &["records", "--since", "soon"],
        &["records", "--since", "14:00:02", "--until", "14:00:01"],
        &["records", "--filter", "/(/"],
        &["records", "--filter", "level:loud"],
        &["records", "--tz", "Mars/Olympus"],
        &["templates", "--tz", "+99:00"],
        &["findings", "--lines"],
        &["findings", "--level", "x y"],
    ];
    for options in table {
        let run = home.run(["logs"].iter().chain(options).chain(&["a.log"]));
        assert_eq!(run.code, Some(2), "{options:?}: {run:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{options:?}: {run:?}");
    }
}

/// A template that is found to be more general with the lines that follow: its id is that of its last text.
#[test]
fn the_same_template_has_the_same_id_everywhere() {
    let home = Home::new();
    let words = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    ];
    let log = |words: &[&str]| -> String {
        let lines = words.iter().flat_map(|word| {
            (0..3).map(move |second| {
                format!("2026-03-01T14:00:0{second}Z INFO cache region {word} was filled by worker\n")
            })
        });
        lines.collect()
    };
    home.write("a.log", log(&words));
    home.write("b.log", log(&words.iter().rev().copied().collect::<Vec<_>>()));
    let ids = |arguments: &[&str], key: &str| -> Vec<String> {
        let run = home.run(["logs"].iter().chain(arguments));
        let rows = run.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut ids: Vec<String> = rows.map(|row| row[key].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let templates = ids(&["templates", "--json", "a.log"], "id");
    assert_eq!(templates, ids(&["templates", "--json", "b.log"], "id"));
    assert_eq!(templates, ids(&["templates", "--json", "--lines", "b.log"], "id"));
    assert_eq!(templates, ids(&["records", "--json", "a.log"], "template"));
    assert_eq!(templates, ids(&["records", "--json", "--lines", "b.log"], "template"));
    let filter = format!("template:{}", templates[0]);
    let found = home.run(["logs", "records", "--filter", &filter, "a.log"]);
    assert_eq!(found.out.lines().count(), 36, "{found:?}");
    let counted = home.run(["logs", "templates", "--json", "--filter", &filter, "b.log"]);
    assert!(counted.out.contains("\"count\":36"), "{counted:?}");
}

#[test]
fn findings_are_a_table_for_people() {
    let home = Home::new();
    home.write("a.log", LOG);
    let run = home.run(["logs", "findings", "a.log"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let heading = run.out.lines().next().unwrap();
    assert_eq!(heading, "2026-03-01 14:00 UTC", "{run:?}");
    assert!(run.out.contains("a.log:4  2026-03-01T14:00:03Z ERROR order 7 failed"), "{run:?}");
    for what in ["findings", "templates"] {
        let output = home.sevdeck(["logs", what, "a.log"]).env("LANG", "C").output().unwrap();
        assert!(
            output.status.success() && !output.stdout.is_empty() && output.stdout.is_ascii(),
            "{output:?}"
        );
    }
    let none = home.run(["logs", "findings", "--since", "15:00", "a.log"]);
    assert_eq!(none.out.lines().count(), 1, "figures only: {none:?}");
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

#[test]
fn a_line_of_nothing_but_a_time_has_that_time_and_gives_it_to_those_below() {
    let home = Home::new();
    let log =
        "# Time: 2021-01-26T23:45:57Z\n# User@Host: root[root]\n# Time: 170213 16:00:33\n# Query_time: 1.2\n";
    let run = home.run_with(log.as_bytes(), ["logs", "records", "--json", "--lines", "-"]);
    let times: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["time"].clone()).collect();
    let [one, other] = ["2021-01-26T23:45:57Z", "2017-02-13T16:00:33Z"];
    assert_eq!(times, [one, one, other, other]);
}
