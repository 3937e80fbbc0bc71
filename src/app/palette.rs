//! Finding commands and incidents by a few letters.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::app::PastIncident;
use crate::app::command::{COMMANDS, CommandInfo};

/// The commands that `query` finds, best first; all of them for an empty query.
pub fn matches(query: &str) -> Vec<&'static CommandInfo> {
    best(query, COMMANDS.iter(), |info| format!("{} {}", info.title, info.name))
}

/// The incidents that `query` finds, best first; all of them, in their own order, for an empty query.
pub fn incidents<'a>(query: &str, past: &'a [PastIncident]) -> Vec<&'a PastIncident> {
    best(query, past.iter(), |one| {
        format!("{} {} {} {} {}", one.title, one.service, one.severity, one.status, one.id)
    })
}

fn best<T>(query: &str, items: impl Iterator<Item = T>, text: impl Fn(&T) -> String) -> Vec<T> {
    let matcher = SkimMatcherV2::default();
    let scored = items.filter_map(|item| Some((matcher.fuzzy_match(&text(&item), query)?, item)));
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}
