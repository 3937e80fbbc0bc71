//! Playbooks of users, good and bad.

use crate::analyst::offline::playbook::own::*;

const GOOD: &str = r#"
[[playbook]]
id = "ledger-lock"
depth = 2
title = "The ledger lock is held too long"
mechanism = ["6: ledger lock wait | waiting for ledger lock"]
samples = ["waiting for ledger lock held by batch 7"]
not_samples = ["ledger lock released"]
[[playbook.checks]]
id = "holder"
en = "Who holds the ledger lock?"
run = "ledgerctl locks"
see = "a holder older than a minute"
"#;

fn load(text: &str) -> (Vec<Own>, Vec<Problem>) {
    read(Path::new("own.toml"), text)
}

#[test]
fn a_playbook_in_english_alone_is_whole() {
    let (own, problems) = load(GOOD);
    assert_eq!(problems, []);
    let playbook = &own[0].playbook;
    assert_eq!(playbook.title[1], "The ledger lock is held too long");
    assert_eq!(playbook.checks[0].zh, "Who holds the ledger lock?");
    let (registry, problems) = join(&Registry::built_in(), own);
    assert_eq!(problems, []);
    assert!(registry.index("ledger-lock").is_some());
    assert!(registry.playbooks.len() == Registry::built_in().playbooks.len() + 1);
}

#[test]
fn a_bad_one_is_reported_with_its_line_and_the_rest_loads() {
    let table = [
        ("[[playbook]]\nid = 7\n", 2, "invalid type"),
        ("[[playbook]]\nid = \"x\"\ndepth = 1\ntitel = \"y\"\n", 4, "unknown field `titel`"),
        ("[[playbook]]\nid = \"x y\"\ndepth = 1\ntitle = \"y\"\nmechanism = []\n", 2, "is no id"),
        ("[[playbook]]\nid = \"x\"\ndepth = 1\ntitle = \"y\"\nmechanism = []\n", 5, "nothing tells"),
        (
            "[[playbook]]\nid = \"x\"\ndepth = 1\ntitle = \"y\"\nmechanism = [\"6: abcdef\"]\nsamples = [\"z\"]\n",
            6,
            "does not match",
        ),
        ("stray = 1\n", 1, "belongs to no playbook"),
    ];
    for (bad, line, text) in table {
        let both = format!("{bad}{GOOD}");
        let (own, problems) = load(&both);
        assert_eq!(own.len(), 1, "{bad}");
        assert_eq!(problems.len(), 1, "{bad}");
        assert_eq!(problems[0].line, line, "{bad}");
        assert!(problems[0].to_string().contains(text), "{}", problems[0]);
    }
}

#[test]
fn the_text_of_every_built_in_one_is_found() {
    let built_in = Registry::built_in();
    // What stands for "unknown" has no signals of its own.
    for playbook in built_in.playbooks.iter().filter(|playbook| !playbook.mechanism.is_empty()) {
        let text = text_of(&playbook.id).unwrap();
        assert_eq!(parse(text).map(|read| read.id).ok().as_ref(), Some(&playbook.id), "{text}");
    }
}

#[test]
fn one_takes_the_place_of_a_built_in_one_and_twins_are_told() {
    let built_in = Registry::built_in();
    let id = &built_in.playbooks[3].id;
    let mine = GOOD.replace("ledger-lock", id);
    let (mut own, _) = load(&mine);
    own.extend(load(&mine).0);
    let (registry, problems) = join(&built_in, own);
    assert_eq!(registry.playbooks.len(), built_in.playbooks.len());
    assert_eq!(registry.playbooks[3].title[0], "The ledger lock is held too long");
    assert_eq!(problems.len(), 1);
    let lost = GOOD.replace("depth = 2", "depth = 2\nleads_to = [\"nowhere\"]");
    let (registry, problems) = join(&built_in, load(&lost).0);
    assert!(registry.index("ledger-lock").is_none());
    assert!(problems[0].text.contains("\"nowhere\""), "{}", problems[0]);
}

#[test]
fn what_could_do_harm_or_nothing_is_refused_where_it_stands() {
    let table = [
        ("6: ledger", "inf: ledger", 6, "is no weight"),
        ("6: ledger", "-3: ledger", 6, "is no weight"),
        ("6: ledger lock wait", "6: | ledger lock wait", 6, "is no phrase"),
        ("The ledger", "\\u001b[2JThe ledger", 2, "drive a terminal"),
        ("ledgerctl locks", "ledgerctl locks {nowhere}", 12, "there is no name {nowhere}"),
        ("ledgerctl locks", "kubectl delete pod x", 12, "changes something"),
        ("holder\"", "the holder\"", 10, "is no id of a step"),
    ];
    for (good, bad, line, text) in table {
        let (own, problems) = load(&GOOD.replacen(good, bad, 1));
        assert!(own.is_empty(), "{bad}");
        assert!(problems[0].text.contains(text), "{}", problems[0]);
        assert_eq!(problems[0].line, line, "{}", problems[0]);
    }
}

#[test]
fn the_head_may_be_spaced_and_commented_and_a_mark_may_stand_before_it() {
    for head in ["\u{feff}[[playbook]]", "[[ playbook ]]", "[[playbook]] # ours"] {
        let (own, problems) = load(GOOD.trim_start().replacen("[[playbook]]", head, 1).as_str());
        assert_eq!((own.len(), problems), (1, vec![]), "{head}");
    }
}
