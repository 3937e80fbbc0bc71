//! Log records as statements: through a template's example, or a finding.

use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::case_file::NOTES;
use crate::evidence::clock::Moment;
use crate::evidence::lexicon::{self, Sense, Senses};
use crate::evidence::statement::words::{Vocabulary, words};
use crate::evidence::statement::{Origin, Statement, is_within};
use crate::incident::{Finding, Level, Place, Quote};

/// What a finding adds to the record it rests on.
pub(super) fn mark<'a>(statement: &mut Statement<'a>, finding: &'a Finding) {
    use crate::incident::FindingKind as Kind;
    // Of several findings on one record the burst is kept: it knows the rate, and when it was over.
    if statement.finding.is_none_or(|known| known.kind != Kind::Burst) {
        statement.finding = Some(finding);
    }
    match finding.kind {
        Kind::Deploy => statement.change = !statement.level.is_some_and(Level::is_bad),
        Kind::Burst
        | Kind::NewTemplate
        | Kind::Silence
        | Kind::Saturation
        | Kind::LevelShift
        | Kind::Growth
        | Kind::Slowdown => {
            statement.senses.add(Sense::Bad);
            statement.healthy = false;
        }
        Kind::Hostile => statement.hostile = true,
        Kind::Gap | Kind::Restart | Kind::Skew => {}
    }
}

/// A log record as a statement.
pub(super) fn record<'a>(
    quote: &'a Quote,
    at: Option<Timestamp>,
    level: Option<Level>,
    known: &mut Vocabulary,
) -> Statement<'a> {
    let whole = words(known, &quote.quote);
    let logged = whole.logged();
    let text = &quote.quote[logged.start..];
    let own = if logged.start == 0 { Arc::clone(&whole) } else { words(known, text) };
    let mut senses = logged.senses;
    let informational = level.is_some_and(|level| level <= Level::Notice);
    if !level.is_some_and(Level::is_bad) && logged.within {
        senses.remove(Sense::Bad);
    }
    Statement {
        text,
        segment: text,
        source: quote.place.map_or(NOTES, |place| place.source),
        name: &quote.source,
        place: quote.place.filter(|_| quote.verified).map(|place| from(place, &quote.quote, logged.start)),
        line: quote.line,
        origin: Origin::Log,
        at,
        assumed: false,
        moments: at.map(|at| Moment { at, assumed: false, range: 0..0, offset: 0 }).into_iter().collect(),
        senses,
        level,
        claim: false,
        vain: false,
        healthy: informational && senses.has(Sense::Healthy) && !senses.has(Sense::Bad),
        // Ordinary records are full of words for changes (a checkpoint has files added); a finding tells which is one.
        change: logged.change
            && !informational
            && !level.is_some_and(Level::is_bad)
            && !senses.has(Sense::Bad),
        hostile: whole.is_instruction(),
        count: 1,
        finding: None,
        words: Arc::clone(&own),
        around: own,
    }
}

/// What a log line says as a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logged {
    /// Where its words begin.
    start: usize,
    /// What its first line points to.
    senses: Senses,
    /// Measured against limits, with room left.
    within: bool,
    /// Something was changed.
    change: bool,
}

impl Logged {
    pub(super) fn of(line: &str) -> Self {
        let (start, text) = message(line);
        let first = first_line(text);
        Self {
            start,
            senses: lexicon::senses(first),
            within: is_within(first),
            change: lexicon::names_change(first),
        }
    }
}

/// A log line without what stands before its words.
pub fn unstamped(line: &str) -> &str {
    message(line).1
}

/// The words of a record without its time, process, account and logger, and where they begin.
fn message(line: &str) -> (usize, &str) {
    let mut start = crate::log::message_start(line);
    for _ in 0..3 {
        let Some((word, _)) = line.get(start..).and_then(|rest| rest.split_once(' ')) else { break };
        let process = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
        let process = process.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let account = word.contains('@') && !word.contains(['.', '/', ':', '=']);
        if !(process || account) {
            break;
        }
        start += word.len() + 1;
    }
    match line.get(start..) {
        Some(words) if words.trim().len() >= 8 => (start, words),
        _ => (0, line),
    }
}

/// The place of a quote from byte `start` on. Quotes are cleaned for display; where that changed their length, the
/// whole place is the answer.
fn from(place: Place, quote: &str, start: usize) -> Place {
    let exact = place.end.checked_sub(place.start) == Some(quote.len() as u64);
    if exact { Place { start: place.start + start as u64, ..place } } else { place }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}
