//! One incident as a team described it, and what a triage of it must and must not say.

use jiff::Timestamp;
use serde_json::Value;
use sevdeck::incident::triage::Language;
use sevdeck::incident::{Author, Event, IncidentId, Recorded};
use sevdeck::store::{Location, Record};

use crate::support::home::Home;

const TEXT: &str = include_str!("payment_pool.txt");

fn triage(home: &Home, lang: &str) -> Value {
    home.write("incident.txt", TEXT);
    let run = home.run(["triage", "--json", "--lang", lang, "--context", "incident.txt"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.out).unwrap()
}

fn texts<'a>(items: &'a Value, key: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap_or_default()).collect()
}

/// Figures of a text: runs of digits with what belongs to a number.
fn figures(text: &str) -> Vec<String> {
    let figure = regex::Regex::new(r"\d+(?:[.:,]\d+)*").unwrap();
    figure.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn the_cause_is_found_with_evidence_that_is_there() {
    let home = Home::new();
    let triage = triage(&home, "en");
    let first = &triage["hypotheses"][0];
    let cause = first["cause"].as_str().unwrap().to_lowercase();
    assert!(cause.contains("connection") && cause.contains("exhaust"), "{cause}");
    let evidence = texts(&first["evidence"], "quote").join("\n");
    for words in ["too many clients already", "500 / 500", "settlement batch", "ledger_entries"] {
        assert!(evidence.contains(words), "{words} in {evidence}");
    }
    for hypothesis in triage["hypotheses"].as_array().unwrap() {
        let pieces = hypothesis["evidence"].as_array().unwrap();
        assert!(!pieces.is_empty(), "no padding: {hypothesis}");
        for piece in pieces.iter().chain(hypothesis["against"].as_array().unwrap()) {
            assert_eq!(piece["verified"], true, "{piece}");
            let (start, end) = (&piece["place"]["start"], &piece["place"]["end"]);
            let (start, end) = (start.as_u64().unwrap() as usize, end.as_u64().unwrap() as usize);
            assert_eq!(&TEXT[start..end], piece["quote"].as_str().unwrap());
        }
    }
    assert!(
        ["SEV1", "SEV2"].contains(&triage["severity"]["level"].as_str().unwrap()),
        "{}",
        triage["severity"]
    );
}

#[test]
fn the_three_schedules_that_do_not_fit_are_reported() {
    let home = Home::new();
    let triage = triage(&home, "en");
    let told = triage["contradictions"].as_array().unwrap().iter().any(|contradiction| {
        let quotes = texts(&contradiction["quotes"], "quote").join("\n");
        quotes.contains("*/30 * * * *") && quotes.contains("every 30s") && quotes.contains("nightly")
    });
    assert!(told, "{}", triage["contradictions"]);
}

#[test]
fn nothing_that_changes_state_is_in_the_checklist_and_the_index_is_built_without_blocking() {
    let home = Home::new();
    let triage = triage(&home, "en");
    for step in triage["checklist"].as_array().unwrap() {
        assert_eq!(step["effect"], "reads", "{step}");
        let command = step["command"].as_str().unwrap().to_lowercase();
        for word in
            ["terminate", "kill", "delete", "restart", "rollback", "alter ", "create ", "drop ", "update "]
        {
            assert!(!command.contains(word), "{command}");
        }
    }
    let mitigations = triage["mitigations"].as_array().unwrap();
    assert!(mitigations.iter().all(|m| !m["risk"].as_str().unwrap().is_empty()));
    assert!(mitigations.iter().all(|m| !m["rollback"].as_str().unwrap().is_empty()));
    let commands = texts(&triage["mitigations"], "command").join("\n").to_uppercase();
    assert!(commands.contains("CONCURRENTLY"), "{commands}");
    assert!(commands.contains("PG_TERMINATE_BACKEND"), "{commands}");
}

#[test]
fn every_figure_is_in_the_text() {
    let home = Home::new();
    let triage = triage(&home, "en");
    let known = figures(TEXT);
    for text in [&triage["summary"], &triage["customer_impact"], &triage["severity"]["reasoning"]] {
        for figure in figures(text.as_str().unwrap()) {
            assert!(known.contains(&figure), "{figure} of {text} is not in the text");
        }
    }
    let impact = triage["customer_impact"].as_str().unwrap();
    assert!(!impact.contains("thousands"), "{impact}");
}

#[test]
fn the_summary_of_the_postmortem_is_filled() {
    let home = Home::new();
    for (lang, heading) in [("en", "## Summary"), ("zh", "## ")] {
        let triage = triage(&home, lang);
        let postmortem = triage["postmortem"].as_str().unwrap();
        let section = postmortem.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
        assert!(section.trim().chars().count() > 40 && !section.contains("[FILL IN]"), "{lang}: {section}");
    }
}

#[test]
fn a_twin_in_the_record_is_not_similar() {
    let home = Home::new();
    let at = Timestamp::now();
    let incident = IncidentId::new(at, 7);
    let mut record = Record::open(&Location::Folder(home.store()), at);
    let (title, service) =
        ("payment-svc: Database connections are exhausted".to_owned(), "payment-svc".to_owned());
    let event = Event::IncidentOpened { incident: incident.clone(), title, service, language: Language::En };
    record.append(&incident, &[Recorded { seq: 1, at, by: Author::Person("ada".into()), event }]);
    drop(record);
    assert_eq!(triage(&home, "en")["similar"], Value::Array(Vec::new()));
}

#[test]
fn the_same_text_gives_the_same_triage() {
    let home = Home::new();
    let strip = |mut triage: Value| {
        triage["run"] = Value::Null;
        triage
    };
    assert_eq!(strip(triage(&home, "en")), strip(triage(&home, "en")));
}
