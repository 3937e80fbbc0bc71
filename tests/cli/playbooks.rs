//! `sevdeck playbooks`, and the playbooks of users at work.

use serde_json::Value;

use crate::support::home::Home;

const OWN: &str = r#"
[[playbook]]
id = "ledger-lock"
depth = 2
title = "The ledger lock is held too long"
mechanism = ["6: waiting for the ledger lock"]
samples = ["worker 4 is waiting for the ledger lock"]
[[playbook.checks]]
id = "holder"
en = "Who holds the ledger lock?"
run = "ledgerctl locks"
see = "a holder older than a minute"

[[playbook]]
id = "broken"
depth = 2
titel = "A word is misspelt"
"#;

const NOTES: &str = "\
14:02 ERROR worker 4 is waiting for the ledger lock since 94 s\n\
14:03 ERROR worker 7 is waiting for the ledger lock since 101 s\n\
14:03 ana: payments stand still\n";

#[test]
fn a_playbook_of_the_user_is_believed_and_a_broken_one_is_reported_with_its_line() {
    let home = Home::new();
    home.write(".config/sevdeck/playbooks/ours.toml", OWN);
    let notes = home.write("notes.txt", NOTES);
    let run = home.run(["triage", "--json", "--context", notes.to_str().unwrap()]);
    let triage: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(triage["hypotheses"][0]["id"], "ledger-lock", "{run:?}");
    assert_eq!(triage["checklist"][0]["command"], "ledgerctl locks");
    assert!(run.err.contains("ours.toml:17: unknown field `titel`"), "{}", run.err);

    let check = home.run(["playbooks", "check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(check.out.contains("ours.toml:2: ledger-lock: in order, 1 samples"), "{}", check.out);
    assert!(check.err.contains("ours.toml:17"), "{}", check.err);

    let list = home.run(["playbooks", "list"]).out;
    let line = list.lines().find(|line| line.starts_with("ledger-lock ")).unwrap();
    assert!(line.contains("held too long") && line.contains("ours.toml"), "{line}");
    let text = home.run(["playbooks", "show", "ledger-lock"]).out;
    assert!(text.contains("ledgerctl locks") && !text.contains("titel"), "{text}");
}

#[test]
fn what_a_built_in_one_prints_is_an_example_that_passes_the_check() {
    let home = Home::new();
    let list = home.run(["playbooks", "list"]).out;
    let id = list.lines().next().and_then(|line| line.split(' ').next()).unwrap();
    let text = home.run(["playbooks", "show", id]).out;
    let file = home.write("mine.toml", text);
    let check = home.run(["playbooks", "check", file.to_str().unwrap()]);
    assert_eq!(check.code, Some(0), "{check:?}");
    let wrong = home.run(["playbooks", "show", "no-such-thing"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("no-such-thing") && wrong.err.contains("playbooks list"), "{}", wrong.err);
}
