//! A filter made ready to judge records.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use regex::bytes::{Regex, RegexBuilder};

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::filter::{Filter, Pattern, What};
use crate::log::template::Miner;
use crate::log::time::Micros;

/// Longest text of a pattern, bytes.
const PATTERN_MAX: usize = 1024;
/// Most memory of a compiled expression, and of what it remembers while it searches, bytes.
const REGEX_MAX: usize = 1 << 20;

/// What a filter asks about a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordText<'a> {
    pub(crate) source: SourceId,
    /// Its own time.
    pub(crate) at: Option<Micros>,
    pub(crate) level: Option<Level>,
    /// Id of its template; looked at only where [`Sieve::needs_template`].
    pub(crate) template: Option<&'a str>,
    /// All its lines, raw, with their breaks; looked at only where [`Sieve::needs_text`].
    pub(crate) text: &'a [u8],
}

/// Judges records.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    level: Option<Level>,
    since: Option<Micros>,
    until: Option<Micros>,
    sources: BTreeSet<SourceId>,
    texts: Vec<(Regex, bool)>,
    templates: Vec<(String, bool)>,
    /// A text that is not in a block is in none of its lines.
    blockwise: bool,
    /// Words that all records have that pass.
    hints: Vec<(String, Regex)>,
}

impl Sieve {
    /// Makes a filter ready; the error says which expression is wrong.
    pub(crate) fn new(filter: &Filter) -> Result<Self, String> {
        let mut sieve = Self {
            level: filter.level,
            since: filter.since.map(Timestamp::as_microsecond),
            until: filter.until.map(Timestamp::as_microsecond),
            sources: filter.sources.clone(),
            blockwise: true,
            ..Self::default()
        };
        for term in &filter.terms {
            match &term.what {
                What::Text(pattern) => {
                    // `\A` and `\z` stand for the ends of a line.
                    sieve.blockwise &=
                        !(pattern.regex && (pattern.text.contains("\\A") || pattern.text.contains("\\z")));
                    sieve.texts.push((pattern.compile()?, term.exclude));
                }
                What::Template(id) => sieve.templates.push((id.clone(), term.exclude)),
            }
        }
        Ok(sieve)
    }

    /// Whether a record passes.
    pub(crate) fn passes(&self, record: &RecordText<'_>) -> bool {
        self.passes_head(record) && self.passes_text(record.text)
    }

    /// Whether a record passes, its text and its template aside.
    pub(crate) fn passes_facts(&self, record: &RecordText<'_>) -> bool {
        self.level.is_none_or(|least| record.level >= Some(least))
            && self.since.is_none_or(|since| record.at.is_some_and(|at| at >= since))
            && self.until.is_none_or(|until| record.at.is_some_and(|at| at < until))
            && self.wants(record.source)
    }

    /// Whether a record passes, its text aside.
    pub(crate) fn passes_head(&self, record: &RecordText<'_>) -> bool {
        self.passes_facts(record)
            && self.templates.iter().all(|(id, exclude)| {
                record.template.is_some_and(|own| own.starts_with(id.as_str())) != *exclude
            })
    }

    /// Whether the lines of a record pass.
    pub(crate) fn passes_text(&self, text: &[u8]) -> bool {
        self.texts.iter().all(|(regex, exclude)| has(regex, text) != *exclude)
    }

    /// Whether records of a source can pass.
    pub(crate) fn wants(&self, source: SourceId) -> bool {
        self.sources.is_empty() || self.sources.contains(&source)
    }

    /// Whether the lines of a record are looked at.
    pub(crate) fn needs_text(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Whether the template of a record is looked at.
    pub(crate) fn needs_template(&self) -> bool {
        !self.templates.is_empty()
    }

    /// Whether everything passes.
    pub(crate) fn is_open(&self) -> bool {
        !self.needs_text()
            && !self.needs_template()
            && self.level.is_none()
            && self.since.is_none()
            && self.until.is_none()
            && self.sources.is_empty()
    }

    /// Whether a record with a line in this block of text can pass: false only where none can. Much cheaper than to
    /// judge them one by one.
    pub(crate) fn may_pass_block(&self, block: &[u8]) -> bool {
        let mut wanted = self.texts.iter().filter(|(_, exclude)| !exclude);
        // Escapes may stand in the middle of what is looked for.
        !self.blockwise
            || wanted.all(|(regex, _)| regex.is_match(block))
            || memchr::memchr(0x1b, block).is_some()
    }

    /// Where in a block of text a record can pass: the lines of one that does reach beyond the offset found, or with
    /// `last` begin before it. Absent where no record with a line in it can pass.
    pub(crate) fn matches(&self, block: &[u8], last: bool) -> Option<usize> {
        if !self.may_pass_block(block) {
            return None;
        }
        let wanted = self.wanted();
        if !self.blockwise || memchr::memchr(0x1b, block).is_some() {
            return Some(if last { block.len() } else { 0 });
        }
        if last {
            // An expression may match over several lines and hide a match within: ends are sure, starts are not.
            wanted.filter_map(|regex| regex.find_iter(block).last()).map(|found| found.end()).min()
        } else {
            wanted.filter_map(|regex| regex.find(block)).map(|found| found.start()).max()
        }
    }

    /// Whether blocks can be left out by [`Self::may_pass_block`].
    pub(crate) fn skips_blocks(&self) -> bool {
        self.blockwise && self.wanted().next().is_some()
    }

    /// What a line must have.
    fn wanted(&self) -> impl Iterator<Item = &Regex> {
        let hints = self.hints.iter().map(|(_, regex)| regex);
        self.texts.iter().filter(|(_, exclude)| !exclude).map(|(regex, _)| regex).chain(hints)
    }

    /// The one template that records must have, by its id or the beginning of it.
    pub(crate) fn template(&self) -> Option<&str> {
        let mut wanted = self.templates.iter().filter(|(_, exclude)| !exclude);
        wanted.next().map(|(id, _)| id.as_str())
    }

    /// Whether records of this template have one of the templates that all must have.
    fn names(&self, id: &str) -> bool {
        self.templates.iter().any(|(wanted, exclude)| !exclude && id.starts_with(wanted.as_str()))
    }

    /// Whether a template is asked for that no record has, so that none passes. To be asked again when there are more
    /// templates.
    pub(crate) fn is_void(&self, miner: &Miner) -> bool {
        let own = |at: u32| miner.settled(at) == at && self.names(&miner.id(at));
        self.template().is_some() && !(0..miner.patterns().len() as u32).any(own)
    }

    /// Whether a line has the words that were set.
    pub(crate) fn has_hints(&self, line: &[u8]) -> bool {
        self.hints.is_empty() || {
            let line = clean::without_escapes(line);
            self.hints.iter().all(|(_, regex)| regex.is_match(&line))
        }
    }

    /// Sets words, as they are written, that stand in the first line of all records that pass: blocks without them are
    /// left out.
    pub(crate) fn set_hints(&mut self, words: Vec<String>) {
        if self.hints.iter().map(|(word, _)| word).ne(&words) {
            let regex = |word: String| Some((Regex::new(&regex::escape(&word)).ok()?, word));
            self.hints = words.into_iter().filter_map(regex).map(|(regex, word)| (word, regex)).collect();
        }
    }

    /// Whether a record can pass that stands among records of these times (the earliest and the latest) of which so
    /// many are of level error or worse.
    pub(crate) fn may_pass_stretch(&self, first: Micros, last: Micros, bad: u32) -> bool {
        self.since.is_none_or(|since| last >= since)
            && self.until.is_none_or(|until| first < until)
            && (bad > 0 || !self.level.is_some_and(Level::is_bad))
    }
}

/// Whether one of the lines has a match.
fn has(regex: &Regex, text: &[u8]) -> bool {
    // What is not in all lines is in none of them; most often there is one.
    let text: Cow<'_, [u8]> = clean::without_escapes(text);
    let text = clean::trim_break(&text);
    if memchr::memchr(b'\n', text).is_none() {
        return regex.is_match(text);
    }
    text.split(|byte| *byte == b'\n').any(|line| regex.is_match(line.strip_suffix(b"\r").unwrap_or(line)))
}

impl Pattern {
    /// The pattern made ready to search raw bytes of lines; the error says what is wrong with an expression.
    pub(crate) fn compile(&self) -> Result<Regex, String> {
        let shown = || self.text.chars().take(40).collect::<String>();
        if self.text.len() > PATTERN_MAX {
            return Err(format!("{}…: longer than {PATTERN_MAX} bytes; a part of it will do", shown()));
        }
        let text = if self.regex { Cow::Borrowed(&self.text) } else { Cow::Owned(regex::escape(&self.text)) };
        RegexBuilder::new(&text)
            .case_insensitive(!self.minds_case())
            .unicode(self.regex || !self.text.is_ascii())
            .multi_line(true)
            .crlf(true)
            .size_limit(REGEX_MAX)
            .dfa_size_limit(REGEX_MAX)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => {
                    format!("/{}/: too large when made ready; repeat less, as in /a{{1,20}}/", shown())
                }
                other => {
                    let cause = other.to_string();
                    let cause = cause.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    format!(
                        "/{}/: {cause}; an expression reads as in /timed? out/, exact words as in \"(x\"",
                        shown()
                    )
                }
            })
    }

    /// Whether upper and lower case are told apart: it holds an upper-case letter that is not part of an escape.
    pub(crate) fn minds_case(&self) -> bool {
        if !self.regex {
            return self.text.chars().any(char::is_uppercase);
        }
        let text = self.text.replace("(?P", "(?");
        let mut symbols = text.chars().peekable();
        while let Some(symbol) = symbols.next() {
            if symbol != '\\' {
                if symbol.is_uppercase() {
                    return true;
                }
                continue;
            }
            let class = symbols.next();
            if matches!(class, Some('p' | 'P' | 'x' | 'u' | 'U')) && symbols.peek() == Some(&'{') {
                symbols.by_ref().find(|symbol| *symbol == '}');
            } else if matches!(class, Some('p' | 'P')) {
                symbols.next();
            }
        }
        false
    }
}
