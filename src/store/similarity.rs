//! How alike two texts are, by shared trigrams: the `similarity()` of PostgreSQL's `pg_trgm`.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::incident::IncidentId;
use crate::incident::triage::Similar;
use crate::store::IncidentSummary;

/// Least similarity that is worth showing, percent. A signature of a title and a few symptoms of an unrelated
/// incident stays below it.
const LEAST: u8 = 15;
/// Most incidents shown.
const MOST: usize = 5;
/// Incidents of one service and title that were opened this close together are the same incident, seconds.
const TWIN_S: i64 = 3600;
/// Two incidents whose texts are this alike say the same; the newest stands for them, percent.
const SAME: f64 = 0.9;

/// Similarity of two texts, 0 to 1: shared trigrams over all trigrams.
pub fn similarity(a: &str, b: &str) -> f64 {
    overlap(&trigrams(a), &trigrams(b))
}

/// The incidents whose title, service and summary are most like `text`, at most five. `not` itself, and what was
/// opened within an hour of `at` under the same title and service, is left out.
pub fn similar(text: &str, past: &[IncidentSummary], not: &IncidentId, at: Timestamp) -> Vec<Similar> {
    let wanted = trigrams(text);
    let this = past.iter().find(|known| known.id == *not);
    let twin = |score: f64, known: &IncidentSummary| {
        let named_alike = this.is_some_and(|this| {
            known.title.to_lowercase() == this.title.to_lowercase()
                && known.service.to_lowercase() == this.service.to_lowercase()
        });
        let close = (known.opened_at.as_second() - at.as_second()).abs() <= TWIN_S;
        close && (named_alike || score >= SAME)
    };
    let mut found: Vec<_> = past
        .iter()
        .filter(|known| known.id != *not)
        .map(|known| {
            let trigrams = trigrams(&format!("{} {} {}", known.title, known.service, known.summary));
            (overlap(&wanted, &trigrams), known, trigrams)
        })
        .filter(|(score, known, _)| percent(*score) >= LEAST && !twin(*score, known))
        .collect();
    found.sort_by(|(a, known_a, _), (b, known_b, _)| {
        b.total_cmp(a).then_with(|| known_b.opened_at.cmp(&known_a.opened_at))
    });
    let mut kept: Vec<(f64, &IncidentSummary, BTreeSet<[char; 3]>)> = Vec::new();
    for candidate in found {
        if kept.len() == MOST {
            break;
        }
        if !kept.iter().any(|(_, _, trigrams)| overlap(trigrams, &candidate.2) >= SAME) {
            kept.push(candidate);
        }
    }
    let show = |(score, known, _): (f64, &IncidentSummary, _)| Similar {
        id: known.id.to_string(),
        title: known.title.clone(),
        percent: percent(score),
        summary: known.summary.clone(),
    };
    kept.into_iter().map(show).collect()
}

/// The set of trigrams: words are runs of letters and digits in lower case, each with two blanks before it and one
/// behind.
fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let lower = text.to_lowercase();
    let mut set = BTreeSet::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let (mut a, mut b) = (' ', ' ');
        for c in word.chars().chain([' ']) {
            set.insert([a, b, c]);
            (a, b) = (b, c);
        }
    }
    set
}

fn overlap(a: &BTreeSet<[char; 3]>, b: &BTreeSet<[char; 3]>) -> f64 {
    let shared = a.intersection(b).count();
    let all = a.len() + b.len() - shared;
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

fn percent(score: f64) -> u8 {
    (score * 100.0).round().clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests;
