//! What people say in two or three lines, English and Chinese: the mechanism that a good colleague would think of first.

use serde::Deserialize;
use sevdeck::analyst::offline::Offline;
use sevdeck::incident::triage::{Confidence, Language};

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

fn all() -> Vec<Said> {
    toml::from_str::<All>(include_str!("fixtures/spoken.toml")).unwrap().said
}

#[test]
fn the_mechanism_leads_in_nine_of_ten_short_reports() {
    let all = all();
    let mut missed = Vec::new();
    for said in &all {
        let first = Offline::new().triage(&prose(&said.text, Language::En)).hypotheses.into_iter().next();
        let id = first.map(|first| first.id).unwrap_or_default();
        if !said.id.contains(&id) {
            missed.push(format!("{:?} not {id}: {}", said.id, said.text.trim()));
        }
    }
    assert!(all.len() >= 160, "{}", all.len());
    assert!(missed.len() * 10 <= all.len(), "{} of {}:\n{}", missed.len(), all.len(), missed.join("\n"));
}

#[test]
fn the_shortest_reports_are_never_held_with_high_confidence() {
    for said in all().iter().filter(|said| said.text.chars().count() < 120) {
        let triage = Offline::new().triage(&prose(&said.text, Language::En));
        assert!(triage.hypotheses.iter().all(|one| one.confidence < Confidence::High), "{}", said.text);
    }
}
