//! Bad input: every kind has a message with a next step, or sensible behaviour, and its exit code.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
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

#[test]
fn what_is_no_regular_file_is_refused_at_once_and_never_waited_for() {
    let home = Home::new();
    home.write("app.log", LOG);
    let made = std::process::Command::new("mkfifo").arg(home.path("pipe")).status().unwrap();
    assert!(made.success());
    let _socket = UnixListener::bind(home.path("socket")).unwrap();
    symlink("one", home.path("other")).unwrap();
    symlink("other", home.path("one")).unwrap();
    symlink("nowhere", home.path("dangling")).unwrap();
    let odd = [
        ("pipe", "not a regular file"),
        ("socket", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("one", "symbolic links"),
        ("dangling", "no such file"),
    ];
    for (name, words) in odd {
        refused(&home.run(["triage", name]), 3, words);
        refused(&home.run(["triage", "--context", name]), 3, words);
        let run = home.run(["triage", name, "app.log"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(run.out.contains("connection refused"), "the log is read all the same: {run:?}");
    }
    refused(&home.run(["triage", "--context", "."]), 3, "is a directory");
}

#[test]
fn a_context_over_the_limit_is_sent_to_the_sources() {
    let home = Home::new();
    home.write("chat.md", "a line\n".repeat(3_000_000));
    let run = home.run(["triage", "--context", "chat.md"]);
    refused(&run, 3, "over 16 MiB");
    assert!(run.err.contains("SOURCE"), "{run:?}");
}

/// A gzip file of this text.
fn gzip(home: &Home, text: &str) -> Vec<u8> {
    let plain = home.write("plain", text);
    let run = std::process::Command::new("gzip").arg("-c").arg(plain).output().unwrap();
    assert!(run.status.success());
    run.stdout
}

#[test]
fn a_compressed_file_that_is_named_is_read_whatever_its_name_and_a_folder_leaves_it_out() {
    let home = Home::new();
    let bytes = gzip(&home, LOG);
    home.write("logs/app.log", &bytes);
    let run = home.run(["triage", "--json", "logs/app.log"]);
    triaged(&run);
    assert!(run.out.contains("connection refused"), "{run:?}");
    refused(&home.run(["triage", "logs"]), 3, "no log files in there");
    let run = home.run(["logs", "records", "--lines", "logs/app.log"]);
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 3), "{run:?}");

    home.write("cut.gz", &bytes[..bytes.len() - 9]);
    for args in [&["triage", "cut.gz"][..], &["logs", "records", "cut.gz"]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.err.contains("cut.gz: damaged"), "{run:?}");
        assert!(run.out.contains("connection refused"), "what is whole is read: {run:?}");
    }
}

#[test]
fn a_command_is_read_to_its_end_and_its_failure_is_said() {
    let home = Home::new();
    home.write("app.log", LOG);
    let run = home.run(["triage", "--json", "cmd:cat app.log"]);
    triaged(&run);
    assert!(run.out.contains("connection refused") && run.err.is_empty(), "{run:?}");
    let run = home.run(["logs", "findings", "cmd:cat app.log; echo it broke >&2; exit 3"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("the command failed: exit code 3: it broke"), "{run:?}");
    let run = home.run(["triage", "cmd:no-such-program -f"]);
    refused(&run, 3, "there is no such program");
    let left = fs::read_dir(home.path(".cache/sevdeck/run")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn the_journal_of_a_unit_is_read_with_time_process_and_level() {
    let home = Home::new();
    let script = "#!/bin/sh\n[ \"$3\" = --no-pager ] || exit 9\n\
        echo '{\"__REALTIME_TIMESTAMP\":\"1772373720000000\",\"_HOSTNAME\":\"db1\",\"SYSLOG_IDENTIFIER\":\"postgres\",\
        \"_PID\":\"71\",\"PRIORITY\":\"3\",\"MESSAGE\":\"sorry, too many clients already\"}'\n";
    let program = home.write("bin/journalctl", script);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", home.path("bin").display(), std::env::var("PATH").unwrap());
    let args = ["triage", "--json", "journal:postgresql"];
    let run = Run::of(home.sevdeck(args).env("PATH", path).output().unwrap());
    triaged(&run);
    let triage: Value = serde_json::from_str(&run.out).unwrap();
    let evidence = &triage["hypotheses"][0]["evidence"][0];
    assert_eq!(evidence["quote"], "ERROR: sorry, too many clients already", "{run:?}");
    assert_eq!(triage["timeline"][0]["at"], "2026-03-01T14:02:00Z", "{run:?}");

    let shell = home.path("none");
    fs::create_dir(&shell).unwrap();
    let run = Run::of(home.sevdeck(["triage", "journal:postgresql"]).env("PATH", shell).output().unwrap());
    refused(&run, 3, "journalctl is not installed here");
}

#[test]
fn a_source_that_is_named_twice_is_read_once() {
    let home = Home::new();
    home.write("app.log", LOG);
    let once = triaged(&home.run(["triage", "--json", "app.log"]));
    let twice = triaged(&home.run(["triage", "--json", "app.log", "app.log", "*.log"]));
    assert_eq!(once["hypotheses"], twice["hypotheses"]);
}

#[test]
fn more_files_than_are_followed_are_no_failure() {
    let home = Home::new();
    for number in 0..300 {
        home.write(&format!("many/{number:03}.log"), LOG);
    }
    let run = home.run(["triage", "--json", "many/*.log"]);
    triaged(&run);
    assert!(run.out.contains("connection refused"), "{run:?}");
}

#[test]
fn names_cannot_drive_the_terminal() {
    let home = Home::new();
    let name = "a b\u{e9}\u{1b}[31m\u{1b}]0;title\u{7}\u{202e}.log";
    home.write(name, LOG);
    for how in ["--json", "--markdown"] {
        let run = home.run(["triage", how, name]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.out.contains("a b\u{e9}"), "{run:?}");
        assert!(!run.out.contains(['\u{1b}', '\u{7}']), "{run:?}");
        assert!(how == "--json" || !run.out.contains('\u{202e}'), "programs get the name as it is: {run:?}");
    }
    let run = home.run(["triage", "no\u{1b}[2J.log"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(!run.err.contains('\u{1b}'), "{run:?}");
    refused(
        &home.run([OsStr::from_bytes(b"triage"), OsStr::from_bytes(b"\xff.log")]),
        2,
        "not a name in UTF-8",
    );
}

#[test]
fn without_a_home_incidents_are_in_the_temporary_folder() {
    let home = Home::new();
    let run = Run::of(home.sevdeck(["incidents"]).env_remove("HOME").output().unwrap());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(home.path("tmp").read_dir().unwrap().count() > 0, "{run:?}");
}

#[test]
fn what_is_kept_is_for_its_owner_alone() {
    let home = Home::new();
    home.write("app.log", LOG);
    let run = home.run(["incidents"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut left = vec![home.store()];
    while let Some(path) = left.pop() {
        let kept = fs::metadata(&path).unwrap();
        assert_eq!(kept.permissions().mode() & 0o077, 0, "{}", path.display());
        if kept.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
}
