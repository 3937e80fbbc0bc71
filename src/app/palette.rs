//! Finding commands and incidents by a few letters. Shared by what is drawn and by what Enter does.

use std::cmp::Reverse;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::app::PastIncident;
use crate::app::command::{COMMANDS, Command, CommandInfo};

/// Commands for the letters, best first; all of them in the order of help for no letters.
pub fn matches(query: &str) -> Vec<&'static CommandInfo> {
    let shown = COMMANDS.iter().filter(|info| info.command != Command::Palette);
    best(query, shown, |info| format!("{} {}", info.name, info.title))
}

/// Past incidents for the letters, best first; in the order given for no letters.
pub fn incidents<'a>(query: &str, past: &'a [PastIncident]) -> Vec<&'a PastIncident> {
    best(query, past.iter(), |past| {
        format!("{} {} {} {} {}", past.title, past.service, past.severity, past.status, past.id)
    })
}

fn best<T>(query: &str, all: impl Iterator<Item = T>, text: impl Fn(&T) -> String) -> Vec<T> {
    let query = query.trim();
    if query.is_empty() {
        return all.collect();
    }
    let matcher = SkimMatcherV2::default();
    let mut scored: Vec<(i64, T)> =
        all.filter_map(|item| Some((matcher.fuzzy_match(&text(&item), query)?, item))).collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_the_command() {
        for (query, expected) in [("postm", Command::Postmortem), ("ruleout", Command::RuleOutHypothesis), ("sev2", Command::DeclareSev2)] {
            assert_eq!(matches(query)[0].command, expected, "{query}");
        }
        assert_eq!(matches("").len(), COMMANDS.len() - 1);
        assert!(matches("zzqx").is_empty());
    }

    #[test]
    fn incidents_are_found_by_service_and_keep_their_order_without_letters() {
        let past = |id: &str, service: &str| PastIncident {
            id: id.into(),
            title: "Connections exhausted".into(),
            service: service.into(),
            severity: "SEV2".into(),
            status: "resolved".into(),
            opened_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let all = [past("1", "mail"), past("2", "payment")];
        assert_eq!(incidents("pay", &all)[0].id, "2");
        assert_eq!(incidents(" ", &all).iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    }
}
