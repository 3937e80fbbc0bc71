//! The same evidence gives the same bytes, whichever process reads it: nothing hangs on the order of a hash map, whose
//! seed differs between processes.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::support::home::Home;

/// Processes that read the same.
const PROCESSES: usize = 3;

/// What a process says, but for when and how long it worked, which comes last.
fn triage(home: &Home, args: &[OsString]) -> String {
    let run = home.run([&["triage".into(), "--json".into()], args].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let (said, when) = run.out.rsplit_once("\n  \"run\": {").unwrap();
    assert!(when.contains("latency_ms") && said.contains("hypotheses"), "{}", run.out);
    said.to_owned()
}

fn assert_same(home: &Home, args: &[OsString]) {
    let first = triage(home, args);
    for _ in 1..PROCESSES {
        assert_eq!(triage(home, args), first, "{args:?}");
    }
}

/// The texts of tuned incidents, of which each begins with a full date: without one times are of today.
fn contexts() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/tuned");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| {
        let scenario: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
        scenario["context"].as_str().unwrap().to_owned()
    });
    texts.filter(|text| text.chars().take(400).collect::<String>().contains("202")).collect()
}

#[test]
fn notes_are_read_the_same_in_every_process() {
    let home = Home::new();
    let contexts = contexts();
    assert!(contexts.len() >= 30, "{}", contexts.len());
    for (number, text) in contexts.iter().enumerate().step_by(contexts.len() / 10) {
        let file = home.write(&format!("{number}.txt"), text);
        let lang = if number % 2 == 0 { "en" } else { "zh" };
        assert_same(&home, &["--lang".into(), lang.into(), "--context".into(), file.into()]);
    }
}

#[test]
fn logs_of_several_sources_are_read_the_same_in_every_process() {
    let home = Home::new();
    let stamp = |n: usize| format!("2026-03-10T11:{:02}:{:02}Z", n / 60, n % 60);
    let log = |name: &str, words: &[&str]| {
        let line = |n: usize| {
            let level = if n > 900 { ["ERROR", "FATAL", "WARN"][n % 3] } else { "INFO" };
            format!("{} {level} {name}-{} {} id={n}\n", stamp(n), n % 4, words[n * 7 / 3 % words.len()])
        };
        home.write(&format!("{name}.log"), (0..1200).map(line).collect::<String>())
    };
    let kinds: [(&str, &[&str]); 3] = [
        (
            "cart-api",
            &["connection refused by db-1:5432", "timed out waiting for a connection", "request served"],
        ),
        (
            "postgres",
            &["sorry, too many clients already", "checkpoint complete", "deadlock detected", "autovacuum"],
        ),
        (
            "price-worker",
            &["retry scheduled", "no space left on device", "job done", "cart-api 4.2.0 deployed"],
        ),
    ];
    let notes =
        "2026-03-10 UTC\n11:16 alert: cart-api error rate 0.1% -> 22%\n11:14 cart-api 4.2.0 deployed\n";
    let mut args = vec!["--context".into(), home.write("notes.txt", notes).into()];
    args.extend(kinds.map(|(name, words)| log(name, words).into()));
    assert_same(&home, &args);
}
