//! What moves in many sources at once is one thing: a share of errors, the time that requests take.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::incident::Finding;
use crate::log::finding::join::add;

/// Sources that show the same from which on it is told once.
const MANY: usize = 3;
/// Names that are told.
const NAMED: usize = 3;
/// What begins within this time is one.
const TOGETHER: SignedDuration = SignedDuration::from_secs(120);

/// A finding about a whole source, before it is known whether others show the same.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    /// What moved, in which unit, from which figure to which.
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) figures: [f64; 2],
    /// The source's name.
    pub(crate) source: String,
    /// Without a subject.
    pub(crate) finding: Finding,
}

/// Findings of single sources, and one for those that many share.
pub(crate) fn told(mut all: Vec<Common>) -> Vec<Finding> {
    all.sort_by_cached_key(|one| (one.what.clone(), one.finding.at, one.finding.id.clone()));
    let mut told = Vec::new();
    let mut rest = all.as_slice();
    while let Some(first) = rest.first() {
        let same = |one: &&Common| one.what == first.what && is_near(one, first.finding.at);
        let (group, others) = rest.split_at(rest.iter().take_while(same).count());
        match group {
            [_, ..] if group.len() >= MANY => told.push(shared(group, first)),
            _ => told.extend(group.iter().map(single)),
        }
        rest = others;
    }
    told
}

fn is_near(one: &Common, first: Option<Timestamp>) -> bool {
    match (one.finding.at, first) {
        (Some(at), Some(first)) => at.duration_since(first) <= TOGETHER,
        (at, first) => at == first,
    }
}

fn figures(one: &Common) -> String {
    let [before, since] = one.figures;
    match one.unit {
        "%" => format!("{before} % \u{2192} {since} %"),
        unit => format!("{before} \u{2192} {since} {unit}"),
    }
}

fn single(one: &Common) -> Finding {
    let subject = format!("{} in {}: {}", one.what, one.source, figures(one));
    Finding { subject, ..one.finding.clone() }
}

/// One for all: the figures are those of the source that moved most.
fn shared(group: &[Common], first: &Common) -> Finding {
    let mut joined = BTreeMap::new();
    // The name stays when others join: it is of the source with the least number.
    let least = group.iter().map(|one| &one.finding.id).min_by_key(|id| (id.len(), *id));
    let id = format!("{}-many", least.unwrap_or(&first.finding.id));
    for one in group {
        add(&mut joined, Finding { id: id.clone(), ..one.finding.clone() });
    }
    let mut names: Vec<&str> = group.iter().map(|one| one.source.as_str()).collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let most = group.iter().max_by(|one, other| one.figures[1].total_cmp(&other.figures[1])).unwrap_or(first);
    let (what, count, names) = (&first.what, group.len(), names.join(", "));
    let subject = format!("{what} in {count} sources ({names}{more}): up to {}", figures(most));
    let finding = joined.remove(&id).unwrap_or_else(|| first.finding.clone());
    // That many show it makes it surer.
    Finding { subject, strength: finding.strength.saturating_add(10).min(100), ..finding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::FindingKind;
    use crate::log::finding::join::blank;

    fn common(what: &str, source: u32, second: i64) -> Common {
        let mut finding = blank(format!("level-{what}-{source}"), FindingKind::LevelShift);
        finding.at = Timestamp::from_second(second).ok();
        finding.strength = 50;
        let figures = [1.0, 10.0 + f64::from(source)];
        Common { what: what.to_owned(), unit: "%", figures, source: format!("web-{source}.log"), finding }
    }

    #[test]
    fn what_many_sources_show_at_once_is_told_once() {
        let many = (1..=5).map(|source| common("errors", source, 1000 + i64::from(source)));
        let later = common("errors", 6, 9000);
        let other = common("warnings", 1, 1000);
        let told = told(many.chain([later, other]).collect());
        let subjects: Vec<&str> = told.iter().map(|finding| finding.subject.as_str()).collect();
        assert_eq!(
            subjects,
            [
                "errors in 5 sources (web-1.log, web-2.log, web-3.log and 2 more): up to 1 % \u{2192} 15 %",
                "errors in web-6.log: 1 % \u{2192} 16 %",
                "warnings in web-1.log: 1 % \u{2192} 11 %",
            ]
        );
        assert_eq!((told[0].strength, told[0].at), (60, Timestamp::from_second(1001).ok()));
        assert_eq!(told[0].id, "level-errors-1-many");
    }

    #[test]
    fn two_are_told_each() {
        assert_eq!(told(vec![common("errors", 1, 0), common("errors", 2, 0)]).len(), 2);
    }
}
