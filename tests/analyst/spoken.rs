//! What people say in two or three lines, English and Chinese: the mechanism that a good colleague would think of first.

use serde::Deserialize;
use sevdeck::analyst::offline::Offline;
use sevdeck::incident::triage::{Confidence, Language, SeverityLevel};

use super::case::prose;

#[derive(Deserialize)]
struct Said {
    id: Vec<String>,
    text: String,
}

#[derive(Deserialize)]
struct All {
    said: Vec<Said>,
}

/// The tables of reports, and how many each holds at least.
const TABLES: [(&str, usize); 3] = [
    (include_str!("fixtures/spoken.toml"), 380),
    (include_str!("fixtures/spoken_data.toml"), 160),
    (include_str!("fixtures/spoken_net.toml"), 180),
];

fn of(table: &str) -> Vec<Said> {
    toml::from_str::<All>(table).unwrap().said
}

fn all() -> Vec<Said> {
    TABLES.iter().flat_map(|(table, _)| of(table)).collect()
}

/// Where nothing is wrong, there is no mechanism.
const NOTHING: &str = "none";

#[test]
fn the_mechanism_leads_in_nine_of_ten_short_reports() {
    for (table, least) in TABLES {
        let all = of(table);
        let mut missed = Vec::new();
        for said in &all {
            let first = Offline::new().triage(&prose(&said.text, Language::En)).hypotheses.into_iter().next();
            let id = first.map_or_else(|| NOTHING.to_owned(), |first| first.id);
            if !said.id.contains(&id) {
                missed.push(format!("{:?} not {id}: {}", said.id, said.text.trim()));
            }
        }
        assert!(all.len() >= least, "{}", all.len());
        assert!(missed.len() * 10 <= all.len(), "{} of {}:\n{}", missed.len(), all.len(), missed.join("\n"));
    }
}

#[test]
fn the_shortest_reports_are_never_held_with_high_confidence() {
    for said in all().iter().filter(|said| said.text.chars().count() < 120) {
        let triage = Offline::new().triage(&prose(&said.text, Language::En));
        assert!(triage.hypotheses.iter().all(|one| one.confidence < Confidence::High), "{}", said.text);
    }
}

#[test]
fn almost_nothing_gets_an_honest_answer() {
    let reports = [
        "site is slow??",
        "help",
        "500s",
        "something is off with payments since lunch",
        "customer X cannot upload, others fine",
        "it's dns, it's always dns",
        "用户说登不上",
        "监控红了一片",
        "老板说 App 打不开，我这边是好的",
    ];
    for text in reports {
        let triage = Offline::new().triage(&prose(text, Language::En));
        let [only] = &triage.hypotheses[..] else { panic!("{text}: {:?}", triage.hypotheses) };
        assert_eq!((only.id.as_str(), only.confidence), ("not-enough-evidence", Confidence::Low), "{text}");
        assert!(triage.summary.contains(text) && triage.title.contains(text), "{text}: {}", triage.summary);
        assert!(triage.checklist.len() >= 3 && !triage.missing.is_empty(), "{text}");
        let level = triage.severity.unwrap().level;
        assert_eq!(level, SeverityLevel::Sev3, "{text}: reported, and of unknown extent");
    }
}

#[test]
fn good_news_is_no_incident() {
    for text in ["all good, deploy finished, no errors", "今天一切正常，没有告警"] {
        let triage = Offline::new().triage(&prose(text, Language::En));
        assert_eq!(triage.hypotheses, [], "{text}");
        assert_eq!(triage.severity.unwrap().level, SeverityLevel::Sev4, "{text}");
    }
}
