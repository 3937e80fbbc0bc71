//! Whether the record that holds a hit passes a filter, and when it was written.

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::filter::{Filter, RecordText, Sieve};
use crate::log::search::ground::{Found, Ground, Grounds};
use crate::log::search::piece::{self, Piece};
use crate::log::time::Micros;

/// Bytes before a line in which the head of its record is looked for.
const HEAD_MAX: usize = 64 * 1024;
/// Bytes read first on the way back to the head.
const FIRST: usize = 1024;
/// Bytes of a record in which the texts of a filter are looked for.
const RECORD_MAX: usize = 64 * 1024;

/// Judges records.
#[derive(Debug)]
pub(crate) struct Judge {
    sieve: Sieve,
    /// The record judged last, and the verdict.
    last: Option<(SourceId, u64, u64, bool)>,
    /// Templates there were when that was looked up, and whether none of them is the one that is asked for.
    void: (usize, bool),
}

/// The first line of a record, as far as a filter asks for it.
#[derive(Debug, Clone, Copy)]
struct First {
    start: u64,
    at: Option<Micros>,
    level: Option<Level>,
    /// Time of a record before it, looked for where it has none itself.
    before: Option<Micros>,
}

impl Judge {
    /// Judges by a filter; says what is wrong with one of its expressions.
    pub(crate) fn new(filter: &Filter) -> Result<Self, String> {
        Ok(Self { sieve: Sieve::new(filter)?, last: None, void: (usize::MAX, false) })
    }

    /// Whether records of this source can pass.
    pub(crate) fn admits(&self, source: SourceId) -> bool {
        self.sieve.wants(source)
    }

    /// Whether no record can pass by what is known now: no template has the id that is asked for.
    pub(crate) fn is_void(&mut self, grounds: &impl Grounds) -> bool {
        if self.sieve.template().is_none() {
            return false;
        }
        let miner = grounds.miner();
        if self.void.0 != miner.patterns().len() {
            self.void = (miner.patterns().len(), self.sieve.is_void(miner));
        }
        self.void.1
    }

    /// Whether there is nothing to judge.
    pub(crate) fn passes_all(&self) -> bool {
        self.sieve.is_open()
    }

    /// Whether the record passes that holds what stands at `offset`.
    pub(crate) fn passes(&mut self, ground: Ground<'_>, offset: u64) -> bool {
        if self.passes_all() {
            return true;
        }
        let source = ground.lane.source;
        if let Some((_, _, _, verdict)) =
            self.last.filter(|(of, start, end, _)| *of == source && (*start..*end).contains(&offset))
        {
            return verdict;
        }
        let first = head_of(ground, offset);
        let whole = self.sieve.needs_text() || self.sieve.needs_template();
        let text = if whole { record_of(ground, first.start) } else { Vec::new() };
        let verdict = self.judge(ground, first.at, first.level, &text);
        let end = (first.start + text.len() as u64).max(offset.saturating_add(1));
        self.last = Some((source, first.start, end, verdict));
        verdict
    }

    /// Whether a record passes whose first line is at hand.
    pub(crate) fn passes_record(&self, ground: Ground<'_>, found: &Found<'_>) -> bool {
        let (at, level) = (found.at, found.level);
        match found.text {
            Some(text) => self.judge(ground, at, level, text),
            None if self.sieve.needs_text() => self.judge(ground, at, level, &record_of(ground, found.start)),
            None => self.judge(ground, at, level, found.line),
        }
    }

    fn judge(&self, ground: Ground<'_>, at: Option<Micros>, level: Option<Level>, text: &[u8]) -> bool {
        let template = if self.sieve.needs_template() { ground.template(text) } else { None };
        let source = ground.lane.source;
        self.sieve.passes(&RecordText { source, at, level, template: template.as_deref(), text })
    }
}

/// The lines of the record that begins at `start`, as far as they are looked at.
fn record_of(ground: Ground<'_>, start: u64) -> Vec<u8> {
    let mut size = 4 * FIRST;
    loop {
        let mut bytes = vec![0; size];
        let read = ground.tape.read(start, &mut bytes);
        bytes.truncate(read);
        let mut reader = ground.lane.reader();
        let mut from = 0;
        while from < read {
            let Some(end) = memchr::memchr(b'\n', &bytes[from..]).map(|at| from + at + 1) else { break };
            if reader.read(clean::trim_break(&bytes[from..end])).is_head() && from > 0 {
                bytes.truncate(from);
                return bytes;
            }
            from = end;
        }
        if read < size || size >= RECORD_MAX {
            return bytes;
        }
        size *= 4;
    }
}

/// When the record was written that holds what stands at `offset`; of one without a time: the one before it with one.
pub(crate) fn time_of(ground: Ground<'_>, offset: u64) -> Option<Micros> {
    let found = head_of(ground, offset);
    found.at.or(found.before)
}

/// The head of the record that holds what stands at `offset`.
fn head_of(ground: Ground<'_>, offset: u64) -> First {
    let (line, _) = piece::line_start(ground.tape, offset);
    let mut found = First { start: line, at: None, level: None, before: None };
    let (mut is_head, mut plain) = (false, Vec::new());
    let mut at = piece::line_end(ground.tape, line).max(offset.saturating_add(1));
    let mut piece = Piece::default();
    let floor = line.saturating_sub(HEAD_MAX as u64);
    while at > floor && piece.back(ground.tape, at, floor, FIRST) {
        for (start, bytes) in lines_back(&piece) {
            // Each line is read as if it stood alone: read backwards, lines would teach a reader wrongly.
            let bytes = if clean::uncolour(bytes, &mut plain) { &plain } else { bytes };
            let head = ground.lane.reader().read(bytes);
            if start > line || !head.is_head() {
                continue;
            }
            if is_head {
                found.before = head.at;
            } else {
                is_head = true;
                found = First { start, at: head.at, level: head.level, before: None };
            }
            if head.at.is_some() {
                return found;
            }
        }
        at = piece.next;
    }
    found
}

/// The lines of a piece with where they begin, the last one first.
fn lines_back(piece: &Piece) -> impl Iterator<Item = (u64, &[u8])> {
    let mut end = piece.bytes.len();
    std::iter::from_fn(move || {
        let bytes = &piece.bytes[..end];
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let start = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
        (end > 0).then(|| {
            end = start;
            (piece.at + start as u64, clean::trim_break(&bytes[start..]))
        })
    })
}
