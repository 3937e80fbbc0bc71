//! Bad input: every kind has a message with a next step, or sensible behaviour, and its exit code.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use serde_json::Value;

use crate::support::home::{Home, Run};

const LOG: &str = "\
2026-03-01T14:01:58Z INFO request served in 12 ms\n\
2026-03-01T14:02:00Z ERROR connection refused: db:5432\n\
2026-03-01T14:02:01Z ERROR connection refused: db:5432\n";

/// A failure with this exit code whose message has these words and a next step on a line of its own.
fn refused(run: &Run, code: i32, words: &str) {
    assert_eq!(run.code, Some(code), "{run:?}");
    assert!(run.out.is_empty(), "{run:?}");
    assert!(run.err.starts_with("sevdeck: ") && run.err.contains(words), "{run:?}");
    assert!(run.err.lines().any(|line| line.starts_with("  ")), "no next step: {run:?}");
}

fn triaged(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn what_is_not_there_or_not_a_log_is_refused() {
    let home = Home::new();
    fs::create_dir(home.path("empty")).unwrap();
    home.write("pictures/a.png", [0x89, b'P', b'N', b'G', 0, 0, 0, 0]);
    refused(&home.run(["triage", "no.log"]), 3, "no.log: no such file or directory");
    refused(&home.run(["triage", "empty"]), 3, "empty: the folder is empty");
    refused(&home.run(["triage", "pictures"]), 3, "pictures");
    refused(&home.run(["triage", "*.nothing"]), 3, "no file has such a name");
    refused(&home.run(["triage", "--context", "no.md"]), 3, "no.md");
    refused(&home.run(["triage", "/dev/null"]), 3, "not a regular file");
}

#[test]
fn a_file_that_may_not_be_read_is_refused_with_the_reason() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let path = home.write("secret.log", LOG);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    let run = home.run(["triage", "secret.log"]);
    if fs::File::open(&path).is_ok() {
        // Nothing is unreadable to root.
        assert_eq!(run.code, Some(0), "{run:?}");
    } else {
        refused(&run, 3, "secret.log: permission denied");
    }
}

#[test]
fn one_source_that_cannot_be_read_does_not_keep_the_others_from_being() {
    let home = Home::new();
    home.write("app.log", LOG);
    let run = home.run(["triage", "--json", "no.log", "app.log"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains("no.log: no such file"), "{run:?}");
    let triage: Value = serde_json::from_str(&run.out).unwrap();
    assert!(run.out.contains("connection refused"), "{triage}");
}

#[test]
fn an_empty_file_gives_a_triage_that_says_what_is_missing() {
    let home = Home::new();
    home.write("empty.log", "");
    let run = home.run(["triage", "--json", "empty.log"]);
    let triage = triaged(&run);
    assert!(run.err.contains("empty"), "{run:?}");
    for hypothesis in triage["hypotheses"].as_array().unwrap() {
        assert_eq!(hypothesis["confidence"], "low", "nothing is believed without evidence: {hypothesis}");
    }
}

#[test]
fn a_binary_file_is_refused_and_left_out_beside_a_log() {
    let home = Home::new();
    let program = fs::read(std::env::current_exe().unwrap()).unwrap();
    home.write("core.log", &program[..256 * 1024]);
    home.write("app.log", LOG);
    refused(&home.run(["triage", "core.log"]), 3, "does not look like text");
    let run = home.run(["triage", "--json", "core.log", "app.log"]);
    triaged(&run);
    assert!(run.err.contains("core.log: does not look like text"), "{run:?}");
}

#[test]
fn a_context_of_five_megabytes_is_read_whole() {
    let home = Home::new();
    let mut text =
        "14:00 UTC nothing of note in this line of a very long chat, all is well here\n".repeat(70_000);
    text.push_str("14:02 UTC payment-svc: FATAL: sorry, too many clients already\n");
    assert!(text.len() > 5_000_000);
    home.write("chat.md", text);
    let run = home.run(["triage", "--json", "--context", "chat.md"]);
    triaged(&run);
    assert!(run.out.contains("too many clients already"), "the last line counts too");
}

#[test]
fn nothing_to_read_is_wrong_use() {
    let home = Home::new();
    refused(&home.run(["triage"]), 2, "nothing to read");
    let run = home.run(["triage", "--json", "--markdown", "x"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    refused(&home.run(["app.log", "incidents"]), 2, "do not go together");
    let run = home.run(["--lang", "xx", "incidents"]);
    refused(&run, 2, "xx");
    let run = home.run(["--config", "no.toml", "incidents"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn what_is_piped_in_is_read_and_not_kept() {
    let home = Home::new();
    for args in [&["triage", "--json"][..], &["triage", "--json", "-"]] {
        let run = home.run_with(LOG.as_bytes(), args);
        triaged(&run);
        assert!(run.out.contains("connection refused"), "{run:?}");
    }
    let spools = fs::read_dir(home.path(".cache/sevdeck/run")).map_or(0, Iterator::count);
    assert_eq!(spools, 0, "standard input is not left behind");
    assert!(home.run(["incidents"]).out.is_empty());
}

#[test]
fn the_cockpit_without_a_terminal_names_the_way_that_needs_none() {
    let home = Home::new();
    home.write("app.log", LOG);
    for args in [&["app.log"][..], &["demo"], &["resume"], &[]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.out.is_empty(), "no escape sequence went out: {run:?}");
        assert!(run.err.contains("not a terminal") && run.err.contains("sevdeck triage"), "{run:?}");
    }
}

#[test]
fn a_wrong_setting_is_named_with_its_line_and_passed_over() {
    let home = Home::new();
    home.write(".config/sevdeck/config.toml", "language = 'en'\nthme = 'dark'\n");
    home.write("app.log", LOG);
    let run = home.run(["triage", "--json", "app.log"]);
    triaged(&run);
    assert!(run.err.contains("config.toml:2: unknown key \"thme\""), "{run:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    home.write("app.log", LOG.repeat(400));
    let mut command = home.sevdeck(["triage", "--json", "app.log"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{err}");
    assert!(!err.contains("panicked"), "{err}");
}

#[test]
fn help_and_version_are_answered() {
    let home = Home::new();
    for args in [&["--help"][..], &["triage", "--help"], &["demo", "-h"], &["--version"]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.contains("sevdeck") && run.err.is_empty(), "{run:?}");
    }
    let help = home.run(["--help"]).out;
    for command in ["demo", "resume", "triage", "incidents", "show", "Exit codes"] {
        assert!(help.contains(command), "{help}");
    }
}

#[test]
fn a_line_by_a_person_is_read_as_prose_with_or_without_a_break() {
    for text in
        ["site is slow since 13:05, sales says\n", "site is slow, sales says", "13:05 sales: \"slow??\""]
    {
        let home = Home::new();
        home.write("note.txt", text);
        for run in
            [home.run(["triage", "--json", "note.txt"]), home.run_with(text.as_bytes(), ["triage", "--json"])]
        {
            let triage = triaged(&run);
            assert_eq!(triage["severity"]["level"], "SEV3", "{text}: {triage}");
            let first = &triage["hypotheses"][0];
            assert_eq!(first["confidence"], "low", "{text}");
            assert_eq!(first["evidence"][0]["quote"], text.trim_end(), "{text}");
            assert_eq!(first["evidence"][0]["verified"], true, "{text}");
        }
    }
}
