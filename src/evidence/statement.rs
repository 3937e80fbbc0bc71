//! Statements: a case file cut into the smallest pieces that say something, each with its place, its times and what
//! kind of thing it says. Prose is cut at lines, at inner times and at sentences; a log record is one statement.

use std::cell::OnceCell;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::evidence::case_file::{CaseFile, CaseText, NOTES};
use crate::evidence::clock::{self, Moment, Resolver};
use crate::evidence::hostile;
use crate::evidence::lexicon::{self, Sense, Senses};
use crate::incident::{Finding, Level, Place, Quote, SourceId};

mod cut;
mod marks;
mod pairs;
mod traits;

use cut::{clip, heads_changes, is_heading, is_row, segments, sentences, shape, trim_line, trim_piece};
pub use marks::marks;
pub use pairs::none_left;
use traits::{denies_alert, is_alarming, is_api_change, is_claim, is_low, strong_failure};
pub use traits::{fractions, is_full, is_within, level_of};

/// Most statements read from the prose of a case; what comes after them is not analysed.
pub const STATEMENTS_MAX: usize = 20_000;

/// Statements of one shape (equal but for digits) that are kept; the rest is only counted.
const PER_SHAPE: u32 = 4;

/// Rows of a table of one shape that are kept: one of them may stand out.
const ROWS: u32 = 64;

/// Longest statement, bytes; the rest of a longer one is not analysed.
const STATEMENT_MAX: usize = 4096;

/// Where a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A text written or pasted by a person.
    Prose,
    /// Records of a log, through a template or a finding.
    Log,
}

/// The smallest piece of evidence that says something.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// Its words.
    pub text: &'a str,
    /// The piece of the line around it that goes with the same time.
    pub segment: &'a str,
    /// Source.
    pub source: SourceId,
    /// Short name of the source.
    pub name: &'a str,
    /// Where `text` stands.
    pub place: Option<Place>,
    /// Line from 1.
    pub line: Option<u64>,
    /// Prose or log.
    pub origin: Origin,
    /// When, where it says so itself or the piece of line it stands in does.
    pub at: Option<Timestamp>,
    /// The date was inferred.
    pub assumed: bool,
    /// Times written in the segment; only on its first statement.
    pub moments: Vec<Moment>,
    /// What its words point to.
    pub senses: Senses,
    /// Level, where it is a log record.
    pub level: Option<Level>,
    /// A guess, an opinion or a question of a person: never evidence for a cause.
    pub claim: bool,
    /// Says that something is well.
    pub healthy: bool,
    /// Says that something was changed.
    pub change: bool,
    /// Text that addresses a model: never obeyed, never evidence.
    pub hostile: bool,
    /// Records (or equal lines) it stands for.
    pub count: u64,
    /// The finding it comes from.
    pub finding: Option<&'a Finding>,
    /// Its identifiers, once somebody asked for them: see [`Self::marks`].
    marks: OnceCell<Vec<String>>,
}

impl Statement<'_> {
    /// Identifiers in its words, each once.
    pub fn marks(&self) -> &[String] {
        self.marks.get_or_init(|| marks(self.text))
    }

    /// Whether it may carry a cause.
    pub fn is_evidence(&self) -> bool {
        !self.claim && !self.hostile
    }

    /// Whether it reports that something is wrong.
    pub fn is_bad(&self) -> bool {
        let routine = self.origin == Origin::Log
            && self.finding.is_none()
            && self.level.is_some_and(|level| level <= Level::Warn);
        self.is_evidence()
            && !self.healthy
            && !routine
            && (self.senses.has(Sense::Bad) || self.level.is_some_and(Level::is_bad))
    }

    /// The statement as a verified quote.
    pub fn quote(&self) -> Quote {
        let words = first_line(self.text).trim_end();
        let exact = |place: &Place| place.end.checked_sub(place.start) == Some(self.text.len() as u64);
        let cut = |place: Place| Place { end: place.start + words.len() as u64, ..place };
        Quote {
            quote: words.to_owned(),
            source: self.name.to_owned(),
            line: self.line,
            verified: self.place.is_some(),
            place: self.place.map(|place| if exact(&place) { cut(place) } else { place }),
        }
    }
}

/// A case file, read.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    /// Statements in the order of the sources and of their lines.
    pub statements: Vec<Statement<'a>>,
    /// Some prose was left out because there is too much of it.
    pub cut: bool,
}

impl<'a> Reading<'a> {
    /// Reads `case`.
    pub fn new(case: &'a CaseFile) -> Self {
        let mut reading = Self::default();
        let mut shapes = HashMap::new();
        for text in &case.texts {
            Prose::new(text, case.now).read(&mut reading, &mut shapes);
        }
        let mut seen: HashMap<Place, usize> = HashMap::new();
        for template in &case.templates {
            // The newest record is not read: it changes with every record, and so would what is written.
            let quote = &template.example;
            if quote.quote.is_empty() {
                continue;
            }
            if let Some(place) = quote.place {
                seen.insert(place, reading.statements.len());
            }
            let mut statement = record(quote, template.first, template.level);
            statement.count = template.count;
            reading.statements.push(statement);
        }
        for finding in &case.findings {
            let Some(quote) = finding.quotes.first().filter(|quote| !quote.quote.is_empty()) else {
                continue;
            };
            let known = quote.place.and_then(|place| seen.get(&place)).copied();
            if let Some(known) = known {
                mark(&mut reading.statements[known], finding);
            } else {
                let mut statement = record(quote, finding.at, finding.level);
                mark(&mut statement, finding);
                reading.statements.push(statement);
            }
        }
        reading
    }
}

/// What a finding adds to the record it rests on.
fn mark<'a>(statement: &mut Statement<'a>, finding: &'a Finding) {
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
fn record(quote: &Quote, at: Option<Timestamp>, level: Option<Level>) -> Statement<'_> {
    let (start, text) = message(&quote.quote);
    let mut senses = lexicon::senses(first_line(text));
    let informational = level.is_some_and(|level| level <= Level::Notice);
    if !level.is_some_and(Level::is_bad) && is_within(first_line(text)) {
        senses.remove(Sense::Bad);
    }
    Statement {
        text,
        segment: text,
        source: quote.place.map_or(NOTES, |place| place.source),
        name: &quote.source,
        place: quote.place.filter(|_| quote.verified).map(|place| from(place, &quote.quote, start)),
        line: quote.line,
        origin: Origin::Log,
        at,
        assumed: false,
        moments: at.map(|at| Moment { at, assumed: false, range: 0..0, offset: 0 }).into_iter().collect(),
        senses,
        level,
        claim: false,
        healthy: informational && senses.has(Sense::Healthy) && !senses.has(Sense::Bad),
        // Ordinary records are full of words for changes (a checkpoint has files added); a finding tells which is one.
        change: lexicon::names_change(first_line(text))
            && !informational
            && !level.is_some_and(Level::is_bad)
            && !senses.has(Sense::Bad),
        hostile: hostile::is_instruction(&quote.quote),
        count: 1,
        finding: None,
        marks: OnceCell::new(),
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

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

/// Cuts one text.
struct Prose<'a> {
    source: &'a CaseText,
    resolver: Resolver,
    chinese: bool,
    changes: bool,
    after_heading: bool,
}

impl<'a> Prose<'a> {
    fn new(source: &'a CaseText, now: Timestamp) -> Self {
        Self {
            source,
            resolver: Resolver::new(&source.text, now),
            chinese: clock::is_chinese(&source.text),
            changes: false,
            after_heading: false,
        }
    }

    fn read(&mut self, reading: &mut Reading<'a>, shapes: &mut HashMap<u64, (u32, usize)>) {
        let text: &'a str = &self.source.text;
        let mut offset = 0;
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            let start = offset;
            offset += raw.len();
            let line = trim_line(raw);
            if line.is_empty() {
                if !self.after_heading {
                    self.changes = false;
                }
                continue;
            }
            if reading.statements.len() >= STATEMENTS_MAX {
                reading.cut = true;
                return;
            }
            let (kept, at) = shapes.entry(shape(line)).or_insert((0, reading.statements.len()));
            *kept += 1;
            if *kept > if is_row(line) { ROWS } else { PER_SHAPE } {
                if let Some(first) = reading.statements.get_mut(*at) {
                    first.count += 1;
                }
                continue;
            }
            let begin = start + (line.as_ptr() as usize - raw.as_ptr() as usize);
            self.line(line, begin, index as u64 + 1, reading);
        }
    }

    fn line(&mut self, line: &'a str, begin: usize, number: u64, reading: &mut Reading<'a>) {
        let line = clip(line, STATEMENT_MAX);
        let stated = clock::scan(line, self.chinese);
        if is_heading(line, stated.iter().any(|stated| stated.time.is_some())) {
            self.changes = heads_changes(line);
            self.after_heading = true;
            if let Some(date) = stated.iter().find_map(|stated| stated.date) {
                self.resolver.heading(date);
            }
        } else {
            self.after_heading = false;
        }
        let moments: Vec<Moment> = self.resolver.line(&stated);
        let log_like = level_of(line).is_some();
        for (from, to) in segments(line, &moments) {
            let segment = &line[from..to];
            let inner: Vec<Moment> = moments
                .iter()
                .filter(|moment| (from..to).contains(&moment.range.start))
                .map(|moment| Moment {
                    range: moment.range.start - from..moment.range.end - from,
                    ..moment.clone()
                })
                .collect();
            // Who writes for a model writes several sentences: what stands around the one that shows it goes with it.
            let hostile = hostile::is_instruction(segment);
            let cuts = if log_like { vec![(0, segment.len())] } else { sentences(segment) };
            let mut opening = true;
            let mut asked = false;
            for (low, high) in cuts {
                let text = trim_piece(&segment[low..high]);
                if text.is_empty() {
                    continue;
                }
                let at = begin + (text.as_ptr() as usize - line.as_ptr() as usize);
                let said = |moment: &&Moment| (low..high).contains(&moment.range.start);
                let moments: Vec<Moment> = inner.iter().filter(said).cloned().collect();
                let earlier = reading.statements.last().filter(|_| !opening);
                let inherited = earlier.and_then(|last| last.at.map(|at| (at, last.assumed)));
                let time = moments.first().map(|moment| (moment.at, moment.assumed)).or(inherited);
                opening = false;
                let mut statement = self.statement(text, segment, (at, number), time);
                statement.moments = moments;
                statement.hostile = hostile;
                // Who asks and answers in one breath, without a figure, still guesses.
                if asked && !text.bytes().any(|byte| byte.is_ascii_digit()) && !text.starts_with("->") {
                    statement.claim |= statement.level.is_none() && !statement.healthy;
                    statement.change &= !statement.claim;
                }
                asked |= text.ends_with(['?', '？']);
                reading.statements.push(statement);
            }
        }
    }

    fn statement(
        &self,
        text: &'a str,
        segment: &'a str,
        (at, number): (usize, u64),
        time: Option<(Timestamp, bool)>,
    ) -> Statement<'a> {
        let mut senses = lexicon::senses(text);
        if is_full(text) {
            senses.add(Sense::Bad);
        }
        if text.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("page ") {
            senses.add(Sense::Alert);
        }
        if denies_alert(text) {
            senses.remove(Sense::Alert);
            if !strong_failure(text) {
                senses.remove(Sense::Bad);
            }
        }
        let level = level_of(text);
        let claim = is_claim(text, senses, level, time.is_some());
        let healthy =
            !claim && (senses.has(Sense::Healthy) || is_low(text)) && !is_alarming(text, senses, level);
        let logged_failure = level.is_some_and(Level::is_bad);
        let changed = senses.has(Sense::Change) || self.changes && time.is_some() || is_api_change(text);
        Statement {
            text,
            segment,
            source: self.source.source,
            name: &self.source.name,
            place: Some(Place {
                source: self.source.source,
                start: at as u64,
                end: (at + text.len()) as u64,
            }),
            line: Some(number),
            origin: Origin::Prose,
            at: time.map(|(at, _)| at),
            assumed: time.is_some_and(|(_, assumed)| assumed),
            moments: Vec::new(),
            senses,
            level,
            claim,
            healthy,
            change: changed && !claim && !logged_failure && !senses.has(Sense::NoChange),
            hostile: false,
            count: 1,
            finding: None,
            marks: OnceCell::new(),
        }
    }
}

#[cfg(test)]
mod tests;
