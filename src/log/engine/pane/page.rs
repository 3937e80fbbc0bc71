//! Pages: a source on a fixed grid, each page read and understood on its own, so that a line is judged the same
//! whichever way one comes to it. A page owns the records that begin in it, to the end of the next page at most.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::engine::channel::Channel;
use crate::log::frame::KEPT_MAX;
use crate::log::record::{Reader, Shape};
use crate::log::source::tape::Tape;
use crate::log::time::Micros;

/// Bytes of a page.
pub(super) const PAGE: u64 = 32 * 1024;
/// Bytes before a page that are read as well: what stands there tells how to read what follows.
const LEAD: u64 = 2 * 1024;
/// Bytes behind a page that are read with it at first, to end its last record.
const OVER: usize = 4 * 1024;
/// Times farther apart than this, microseconds, are far from each other: an hour.
const FAR: u64 = 60 * 60 * 1_000_000;
/// Pages that are kept.
const PAGES_MAX: usize = 24;
/// Lines without a break for long whose ends are remembered.
const ENDS_MAX: usize = 64;
/// Bytes looked through for the end of a long line at a time.
const END_SLICE: u64 = 4 * 1024 * 1024;
/// Bytes read at a time while looking for the end of a long line.
const END_BLOCK: usize = 256 * 1024;

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Bounds of the generation it is part of: lines and records do not go over them.
    pub(super) base: u64,
    pub(super) limit: u64,
}

impl Span {
    /// The page that holds an offset; the last one for the end of the text.
    pub(super) fn at(tape: &Tape, offset: u64) -> Option<Self> {
        let (base, limit) = match tape.bounds(offset)? {
            (base, limit) if base == limit => tape.before(base)?,
            bounds => bounds,
        };
        let start = base + (offset.clamp(base, limit - 1) - base) / PAGE * PAGE;
        Some(Self { start, end: (start + PAGE).min(limit), base, limit })
    }

    /// The page before it.
    pub(super) fn before(self, tape: &Tape) -> Option<Self> {
        if self.start > self.base {
            return Self::at(tape, self.start - 1);
        }
        tape.before(self.base).and_then(|(_, end)| Self::at(tape, end - 1))
    }

    /// The page after it.
    pub(super) fn after(self, tape: &Tape) -> Option<Self> {
        if self.end < tape.end() { Self::at(tape, self.end) } else { None }
    }
}

/// What a line is to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Head,
    More,
    Blank,
}

/// A line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageLine {
    pub(super) start: u64,
    /// One past its last byte, line break excluded.
    pub(super) end: u64,
    pub(super) kind: Kind,
    pub(super) at: Option<Micros>,
    /// The time it is ordered by: its own, unless that is far from those around it.
    pub(super) key: Option<Micros>,
    pub(super) level: Option<Level>,
}

/// A page, read.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) span: Span,
    /// Offset of the first byte of `data`.
    from: u64,
    data: Vec<u8>,
    /// Its lines, and those of its last record that stand behind it.
    pub(super) lines: Vec<PageLine>,
    /// End of the text when the page was read, where what follows may change it.
    pub(super) open: Option<u64>,
}

impl Page {
    /// Whether a record begins in it.
    pub(super) fn has_head(&self) -> bool {
        self.lines.iter().any(|line| line.kind == Kind::Head)
    }

    /// The bytes from one offset to another, as far as they were read.
    pub(super) fn bytes(&self, start: u64, end: u64) -> &[u8] {
        let at = |offset: u64| (offset.saturating_sub(self.from) as usize).min(self.data.len());
        &self.data[at(start)..at(end).max(at(start))]
    }

    /// The last time in it.
    pub(super) fn last_time(&self) -> Option<Micros> {
        self.lines.iter().rev().find_map(|line| line.key)
    }

    /// Reads a page; absent while the end of a long line is looked for.
    fn read(source: SourceId, channel: &Channel, span: Span, ends: &mut Ends) -> Option<Self> {
        let tape = channel.tape();
        let mut reader = channel.lane.reader();
        let from = span.base.max(span.start.saturating_sub(LEAD));
        let size = (span.end - from) as usize + OVER;
        let mut page = Self { span, from, data: Vec::with_capacity(size), lines: Vec::new(), open: None };
        page.load(tape, size);
        let mut at = 0;
        if from > span.base {
            at = memchr::memchr(b'\n', &page.data).map_or(page.data.len(), |found| found + 1);
        }
        let mut headed = false;
        let (mut before, mut after, mut whole) = (None, None, false);
        loop {
            let start = from + at as u64;
            let behind = start >= span.end;
            if start >= span.limit || (behind && (!headed || start >= span.end + PAGE)) {
                break;
            }
            let (end, next) = page.line_end(source, tape, at, ends)?;
            let kept = &page.data[at..page.data.len().min((end - from) as usize)];
            let line = read_line(&mut reader, kept, start, end);
            if behind && line.kind == Kind::Head {
                (after, whole) = (line.at, true);
                break;
            }
            if start < span.start {
                before = line.at.or(before);
            } else {
                headed |= line.kind == Kind::Head;
                page.lines.push(line);
            }
            at = (next - from) as usize;
        }
        let ended = !whole && (from + at as u64 >= span.limit || span.end == span.limit);
        page.open = (ended && span.limit == tape.end()).then(|| tape.end());
        place_strays(before, &mut page.lines, after);
        Some(page)
    }

    /// End of the line that begins at this place in `data`, break excluded, and start of the next one.
    fn line_end(&mut self, source: SourceId, tape: &Tape, at: usize, ends: &mut Ends) -> Option<(u64, u64)> {
        let start = self.from + at as u64;
        let mut looked = at;
        loop {
            if let Some(found) = memchr::memchr(b'\n', self.data.get(looked..).unwrap_or_default()) {
                let end = looked + found;
                let cr = end > at && self.data[end - 1] == b'\r';
                return Some((self.from + (end - usize::from(cr)) as u64, self.from + end as u64 + 1));
            }
            looked = self.data.len();
            let known = self.from + looked as u64;
            if known >= self.span.limit {
                return Some((self.span.limit, self.span.limit));
            }
            if known - start >= KEPT_MAX as u64 {
                return ends.find((source, start), known, self.span.limit, tape);
            }
            let before = self.data.len();
            self.load(tape, before + OVER.max(before - at));
            if self.data.len() == before {
                // The bytes are gone.
                return Some((known.max(start), self.span.limit));
            }
        }
    }

    /// Reads on until `data` has so many bytes, or the generation ends.
    fn load(&mut self, tape: &Tape, size: usize) {
        let size = size.min((self.span.limit - self.from) as usize);
        let before = self.data.len();
        self.data.resize(size.max(before), 0);
        let read = tape.read(self.from + before as u64, &mut self.data[before..]);
        self.data.truncate(before + read);
    }
}

/// Reads one line. The only place here that knows how lines are read.
fn read_line(reader: &mut Reader, bytes: &[u8], start: u64, end: u64) -> PageLine {
    let bytes = clean::without_escapes(bytes);
    let head = reader.read(&bytes);
    let kind = match head.shape {
        Shape::Continuation => Kind::More,
        Shape::Blank => Kind::Blank,
        _ => Kind::Head,
    };
    PageLine { start, end, kind, at: head.at, key: head.at, level: head.level }
}

/// Gives each line whose time is far from both the one before and the one after, while these are near each other, the
/// time before it: one record with a wrong date neither holds up those that follow nor draws anybody there. `first` and
/// `last` are the times around the page.
fn place_strays(first: Option<Micros>, lines: &mut [PageLine], last: Option<Micros>) {
    let own = lines.iter().enumerate().filter_map(|(at, line)| Some((Some(at), line.at?)));
    let around = |at: Option<Micros>| at.map(|at| (None, at));
    let timed: Vec<(Option<usize>, Micros)> =
        around(first).into_iter().chain(own).chain(around(last)).collect();
    let near = |one: Micros, other: Micros| one.abs_diff(other) <= FAR;
    for around in timed.windows(3) {
        let [(_, before), (Some(at), own), (_, after)] = *around else { continue };
        if near(before, after) && !near(before, own) && !near(own, after) {
            lines[at].key = Some(before);
        }
    }
}

/// How far the end of a line was looked for.
#[derive(Debug, Clone, Copy)]
struct End {
    looked: u64,
    found: bool,
}

/// Ends of long lines, found piece by piece.
#[derive(Debug, Default)]
struct Ends {
    known: BTreeMap<(SourceId, u64), End>,
}

impl Ends {
    /// End of a line and start of the next one; absent when it takes longer.
    fn find(&mut self, line: (SourceId, u64), from: u64, limit: u64, tape: &Tape) -> Option<(u64, u64)> {
        if self.known.len() >= ENDS_MAX && !self.known.contains_key(&line) {
            self.known.pop_first();
        }
        let end = self.known.entry(line).or_insert(End { looked: from, found: false });
        let slice = end.looked + END_SLICE;
        let mut block = vec![0; END_BLOCK];
        while !end.found && end.looked < limit.min(slice) {
            let most = (limit - end.looked).min(END_BLOCK as u64) as usize;
            let read = tape.read(end.looked, &mut block[..most]);
            if read == 0 {
                return Some((limit, limit));
            }
            let found = memchr::memchr(b'\n', &block[..read]);
            end.found = found.is_some();
            end.looked += found.unwrap_or(read) as u64;
        }
        if end.found {
            let mut last = [0];
            let cr = tape.read(end.looked - 1, &mut last) == 1 && last[0] == b'\r';
            return Some((end.looked - u64::from(cr), end.looked + 1));
        }
        (end.looked >= limit).then_some((limit, limit))
    }
}

/// Pages that were read.
#[derive(Debug, Default)]
pub(super) struct Pages {
    kept: VecDeque<(SourceId, Arc<Page>)>,
    ends: Ends,
}

impl Pages {
    /// A page; absent while it takes longer: ask again.
    pub(super) fn get(&mut self, source: SourceId, channel: &Channel, span: Span) -> Option<Arc<Page>> {
        let end = channel.tape().end();
        let known = self.kept.iter().position(|(of, page)| {
            *of == source && page.span.start == span.start && page.open.is_none_or(|seen| seen == end)
        });
        if let Some((_, page)) = known.and_then(|at| self.kept.get(at)) {
            return Some(Arc::clone(page));
        }
        let page = Arc::new(Page::read(source, channel, span, &mut self.ends)?);
        self.kept.retain(|(of, old)| (*of, old.span.start) != (source, span.start));
        if self.kept.len() >= PAGES_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back((source, Arc::clone(&page)));
        Some(page)
    }

    /// Forgets a source: what stands at its offsets is not what stood there.
    pub(super) fn forget(&mut self, source: SourceId) {
        self.kept.retain(|(of, _)| *of != source);
        self.ends.known.retain(|(of, _), _| *of != source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_date_is_known_by_those_around_it_also_at_the_ends_of_a_page() {
        const HOUR: Micros = 3_600_000_000;
        let lines = |times: &[Micros]| -> Vec<PageLine> {
            let line = |at: &Micros| PageLine {
                start: 0,
                end: 0,
                kind: Kind::Head,
                at: Some(*at * HOUR),
                key: Some(*at * HOUR),
                level: None,
            };
            times.iter().map(line).collect()
        };
        let keys = |first: Option<Micros>, times: &[Micros], last: Option<Micros>| -> Vec<Micros> {
            let mut lines = lines(times);
            place_strays(first.map(|at| at * HOUR), &mut lines, last.map(|at| at * HOUR));
            lines.iter().map(|line| line.key.unwrap() / HOUR).collect()
        };
        assert_eq!(keys(None, &[10, 90, 10], None), [10, 10, 10]);
        assert_eq!(keys(Some(10), &[90, 10, 10], Some(11)), [10, 10, 10]);
        assert_eq!(keys(Some(10), &[10, 10, 90], Some(11)), [10, 10, 10]);
        assert_eq!(keys(Some(10), &[90], Some(11)), [10]);
        // Nothing tells at the ends of a text; and a log may pause for long.
        assert_eq!(keys(None, &[90, 10, 10], None), [90, 10, 10]);
        assert_eq!(keys(Some(10), &[90, 90], Some(91)), [90, 90]);
    }
}
