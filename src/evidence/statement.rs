//! Statements: a case file cut into the smallest pieces that say something, each with its place, its times and what
//! kind of thing it says. Prose is cut at lines, at inner times and at sentences; a log record is one statement.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::case_file::CaseFile;
use crate::evidence::clock::Moment;
use crate::evidence::lexicon::{Sense, Senses};
use crate::incident::{Finding, Level, Place, Quote, SourceId};

mod asides;
mod cut;
mod fraction;
mod level;
mod marks;
mod pairs;
mod prose;
mod record;
mod references;
mod traits;
mod vain;
mod words;

pub use asides::{Asides, Shares};
pub use fraction::{fractions, is_full, is_gone, is_within};
pub use level::level_of;
pub use pairs::none_left;
use prose::Prose;
pub use record::unstamped;
use record::{first_line, mark, record};
pub use references::without_references;
pub use traits::is_ready_row;
pub use words::{Vocabulary, Words};

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
    /// Something was tried and changed nothing.
    pub vain: bool,
    /// Says that something was changed.
    pub change: bool,
    /// Text that addresses a model: never obeyed, never evidence.
    pub hostile: bool,
    /// Records (or equal lines) it stands for.
    pub count: u64,
    /// The finding it comes from.
    pub finding: Option<&'a Finding>,
    /// What `text` says by itself.
    pub words: Arc<Words>,
    /// What `segment` says by itself.
    pub around: Arc<Words>,
}

impl Statement<'_> {
    /// Identifiers in its words, each once.
    pub fn marks(&self) -> &[String] {
        self.words.marks()
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
        Self::with(case, &mut Vocabulary::default())
    }

    /// Reads `case`, of which the words that are `known` are not looked at again.
    pub fn with(case: &'a CaseFile, known: &mut Vocabulary) -> Self {
        let mut reading = Self::default();
        let mut shapes = HashMap::new();
        for text in &case.texts {
            Prose::new(text, case.now, known).read(&mut reading, &mut shapes);
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
            let mut statement = record(quote, template.first, template.level, known);
            statement.count = template.count;
            reading.statements.push(statement);
        }
        for finding in &case.findings {
            let Some(quote) = finding.quotes.first().filter(|quote| !quote.quote.is_empty()) else {
                continue;
            };
            let told = quote.place.and_then(|place| seen.get(&place)).copied();
            if let Some(told) = told {
                mark(&mut reading.statements[told], finding);
            } else {
                let mut statement = record(quote, finding.at, finding.level, known);
                mark(&mut statement, finding);
                reading.statements.push(statement);
            }
        }
        reading
    }
}

#[cfg(test)]
mod tests;
