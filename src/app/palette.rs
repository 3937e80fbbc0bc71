//! Finding commands and incidents by a few letters.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::app::command::{COMMANDS, CommandInfo};
use crate::app::moment::{Clock, Goto};
use crate::app::msg::LogFile;
use crate::app::{App, PastIncident, Scope};

/// What the palette offers.
#[derive(Debug, Clone, Copy)]
pub enum Choice {
    /// Going to a time or a line.
    Go(Goto),
    /// A command.
    Do(&'static CommandInfo),
}

/// What `query` finds: a time or a line to go to, where it reads as one, then commands, best first.
pub fn choices(query: &str, clock: &Clock) -> Vec<Choice> {
    let goto = query.starts_with(|c: char| c.is_ascii_digit() || ":-+".contains(c));
    let goto = goto.then(|| clock.goto(query).ok()).flatten().map(Choice::Go);
    goto.into_iter().chain(matches(query).into_iter().map(Choice::Do)).collect()
}

/// The sources that `query` finds, best first; all of them, in the order of the tabs, for an empty query.
pub fn sources(query: &str, app: &App) -> Vec<Scope> {
    best(query, app.scopes(), |scope| {
        let source = scope.source().and_then(|source| app.incident.sources.get(&source));
        let path = source.and_then(|source| source.path.as_deref()).unwrap_or_default();
        format!("{} {path}", app.scope_name(*scope))
    })
}

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

/// The likely logs that `query` finds, best first; all of them, in their own order, for an empty query.
pub fn logs<'a>(query: &str, app: &'a App) -> Vec<&'a LogFile> {
    best(query, app.logs_here.iter().flatten(), |file| file.path.clone())
}

fn best<T>(query: &str, items: impl Iterator<Item = T>, text: impl Fn(&T) -> String) -> Vec<T> {
    let matcher = SkimMatcherV2::default();
    let scored = items.filter_map(|item| Some((matcher.fuzzy_match(&text(&item), query)?, item)));
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}
