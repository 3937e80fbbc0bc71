//! What is said where no playbook knows the mechanism: the records that are most of the trouble, since when, and how
//! much of it they are; and when a log is but steady background.

use crate::analyst::offline::belief::{Belief, is_failing};
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::scene::{Scene, room};
use crate::analyst::offline::weigh::Trouble;
use crate::evidence::CaseFile;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::triage::Missing;
use crate::incident::{FindingKind, Level};

/// Characters of the words that are quoted.
const WORDS: usize = 70;

/// Share of bad records, percent, up to which they are background.
const BACKGROUND: u64 = 5;

/// Strength from which a new kind of bad record is no background.
const NOTABLE: u8 = 60;

/// Whether `belief` stands for an unknown mechanism that records show.
pub fn is_logged(scene: &Scene<'_>, belief: &Belief) -> bool {
    scene.playbook(belief.candidate.playbook).mechanism.is_empty() && record(scene, belief).is_some()
}

fn record<'s>(scene: &'s Scene<'_>, belief: &Belief) -> Option<&'s Statement<'s>> {
    let first = belief.candidate.carriers.first()?;
    Some(scene.statement(first.statement)).filter(|s| s.origin == Origin::Log)
}

fn words(scene: &Scene<'_>, statement: &Statement<'_>) -> String {
    let text = telling(statement.text);
    phrase(text, 0, room(scene.zh(), text, WORDS))
}

/// A record from its first word of language on: some carry several times and the names of places before it.
fn telling(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..6 {
        let Some((word, after)) = rest.split_once(' ') else { break };
        let label = word.bytes().any(|byte| byte.is_ascii_digit())
            && word.contains(['-', '.', ':'])
            && !word.chars().any(|c| c.is_lowercase() || !c.is_ascii());
        if !label || after.trim().len() < 8 {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// What is seen: the words of the records, since when, and how much of the trouble they are.
pub fn seen(scene: &Scene<'_>, belief: &Belief) -> Option<String> {
    let statement = record(scene, belief)?;
    let words = words(scene, statement);
    let since = since(scene, statement);
    let often = rounded(statement.count);
    let share = statement.count as f64 / logged(scene).max(1) as f64;
    let part = match share {
        share if share >= 0.9 => ["nearly all of the errors", "几乎全部错误"],
        share if share >= 0.5 => ["most of the errors", "大部分错误"],
        share if share >= 0.2 => ["a good part of the errors", "相当一部分错误"],
        _ => ["one of many kinds of errors", "多种错误之一"],
    };
    let part = scene.say(part[0], part[1]);
    Some(match (scene.zh(), since, often) {
        (false, Some(since), Some(often)) => {
            format!("Cause unknown: “{words}” since {since} (at least {often} times, {part})")
        }
        (false, Some(since), None) => format!("Cause unknown: “{words}” since {since} ({part})"),
        (false, None, _) => format!("Cause unknown: “{words}” ({part})"),
        (true, Some(since), Some(often)) => {
            format!("原因未知：自 {since} 起出现“{words}”（至少 {often} 次，{part}）")
        }
        (true, Some(since), None) => format!("原因未知：自 {since} 起出现“{words}”（{part}）"),
        (true, None, _) => format!("原因未知：“{words}”（{part}）"),
    })
}

/// The title of an incident whose cause is not known.
pub fn title(scene: &Scene<'_>, belief: &Belief) -> Option<String> {
    let words = words(scene, record(scene, belief)?);
    Some(if scene.zh() {
        format!("原因未知：“{words}”")
    } else {
        format!("Cause unknown: “{words}”")
    })
}

/// What to look at: the first of these records and what came before it.
pub fn next_check(scene: &Scene<'_>, belief: &Belief) -> Option<String> {
    let statement = record(scene, belief)?;
    let words = words(scene, statement);
    let at = since(scene, statement);
    let place =
        statement.line.map_or_else(|| statement.name.to_owned(), |line| format!("{}:{line}", statement.name));
    Some(match (scene.zh(), at) {
        (false, Some(at)) => format!(
            "Read the first “{words}” at {place} with the lines before it, and find out what was changed or restarted shortly before {at}"
        ),
        (false, None) => format!(
            "Read the first “{words}” at {place} with the lines before it, and find out what was changed then"
        ),
        (true, Some(at)) => {
            format!("查看 {place} 处首条“{words}”及其之前的记录，并确认 {at} 之前不久有什么变更或重启")
        }
        (true, None) => format!("查看 {place} 处首条“{words}”及其之前的记录，并确认当时有什么变更"),
    })
}

/// What would have to be known.
pub fn missing(scene: &Scene<'_>) -> Option<Missing> {
    let belief = scene.leading()?;
    let statement = record(scene, belief).filter(|_| is_logged(scene, belief))?;
    let words = words(scene, statement);
    let (what, why) = if scene.zh() {
        (format!("“{words}”由什么引起"), "没有已知机制与这些记录相符".to_owned())
    } else {
        (format!("What brings about “{words}”"), "No known mechanism fits these records".to_owned())
    };
    let command = statement.line.map_or_else(
        || "tail -n 200 <log file>".to_owned(),
        |line| format!("sed -n '{},{}p' <log file>", line.saturating_sub(30).max(1), line + 5),
    );
    Some(Missing { what, why, command })
}

fn since(scene: &Scene<'_>, statement: &Statement<'_>) -> Option<String> {
    let at = statement.at?;
    let age = scene.case.now.duration_since(at).as_hours();
    let form = if (0..20).contains(&age) { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    Some(at.strftime(form).to_string())
}

/// Records of the logs that show a failure.
fn logged(scene: &Scene<'_>) -> u64 {
    let failing = scene.reading.statements.iter().filter(|s| s.origin == Origin::Log && is_failing(s));
    failing.map(|s| s.count).sum()
}

/// A count that says how many without changing at each record: one figure and zeros, from 10 on.
fn rounded(count: u64) -> Option<u64> {
    let unit = 10_u64.pow(count.max(1).ilog10());
    (count >= 10).then_some(count / unit * unit)
}

/// The rounded counts that our sentences may name.
pub fn figures(case: &CaseFile) -> impl Iterator<Item = String> + '_ {
    case.templates.iter().filter_map(|template| rounded(template.count)).map(|count| count.to_string())
}

/// Whether a case is nothing but logs with few bad records at an even rate.
pub fn is_steady(case: &CaseFile, reading: &Reading<'_>) -> bool {
    let written = reading.statements.iter().any(|s| s.origin == Origin::Prose);
    let sudden = case.findings.iter().any(|finding| match finding.kind {
        FindingKind::Burst => finding.level.is_none_or(|level| level >= Level::Warn),
        FindingKind::Saturation
        | FindingKind::Silence
        | FindingKind::Deploy
        | FindingKind::Growth
        | FindingKind::Slowdown => true,
        FindingKind::NewTemplate => finding.strength >= NOTABLE,
        FindingKind::LevelShift => finding.level.is_some_and(Level::is_bad),
        FindingKind::Restart | FindingKind::Gap | FindingKind::Hostile | FindingKind::Skew => false,
    });
    let fatal = case.templates.iter().any(|template| template.level == Some(Level::Fatal));
    let read: u64 = case.sources.iter().map(|source| source.records).sum();
    let all = read.max(case.templates.iter().map(|template| template.count).sum());
    !written && !sudden && !fatal && Trouble::of(reading).records() * 100 <= all * BACKGROUND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_places_before_the_words_go() {
        let table = [
            ("2005.08.12 R44-M0:J18 2005-08-12-23.25.12.13 KERNEL data TLB error", "KERNEL data TLB error"),
            ("10.0.0.9:50010:Got exception while serving", "10.0.0.9:50010:Got exception while serving"),
            ("rotor bank out of balance", "rotor bank out of balance"),
            ("10.0.0.9 down", "10.0.0.9 down"),
        ];
        for (text, words) in table {
            assert_eq!(telling(text), words);
        }
    }

    #[test]
    fn counts_do_not_move_with_each_record() {
        assert_eq!(rounded(539), Some(500));
        assert_eq!(rounded(540), rounded(599));
        assert_eq!(rounded(12), Some(10));
        assert_eq!(rounded(7), None);
    }
}
