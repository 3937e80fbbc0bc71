//! Which records of a page pass, and the rows they make, with the lines around them.

use std::ops::Range;

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::page::{Kind, Page, PageLine, Pages, Span};
use crate::log::filter::{RecordText, Sieve};
use crate::log::record::Shape;
use crate::log::template::Miner;
use crate::log::time::Micros;

/// Pages looked back for the time of a record without one.
const TIME_PAGES: usize = 4;
/// Pages looked at on either side for lines around a record.
const AROUND_PAGES: usize = 4;

/// A line of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) source: SourceId,
    /// Offset of the first line of its record.
    pub(super) head: u64,
    /// What merged views are ordered by.
    pub(super) key: Micros,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) continuation: bool,
    pub(super) around: bool,
    pub(super) at: Option<Micros>,
    pub(super) level: Option<Level>,
    pub(super) number: Option<u64>,
    pub(super) template: Option<u32>,
}

/// A record that passes, and the lines around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) head: u64,
    pub(super) key: Micros,
    pub(super) rows: Vec<Row>,
}

/// What is found in a page.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Records that pass, in the order of the text.
    pub(super) items: Vec<Item>,
    /// Latest time of its records, whether they pass or not.
    pub(super) latest: Option<Micros>,
    /// Where to look again when the text grows.
    pub(super) open: Option<u64>,
}

/// What judging takes.
pub(super) struct Judge<'a> {
    pub(super) source: SourceId,
    pub(super) channel: &'a Channel,
    pub(super) pages: &'a mut Pages,
    pub(super) sieve: &'a Sieve,
    pub(super) miner: &'a Miner,
    pub(super) around: usize,
    /// Records are ordered by time.
    pub(super) timed: bool,
}

/// A record: lines of its page.
#[derive(Debug, Clone)]
struct Record {
    lines: Range<usize>,
    at: Option<Micros>,
    /// The time it is ordered by.
    key: Option<Micros>,
    level: Option<Level>,
    passes: bool,
}

/// A line of a record that passes, or of one that stands near.
#[derive(Debug, Clone, Copy)]
struct Near {
    line: PageLine,
    /// Time of its record.
    at: Option<Micros>,
    level: Option<Level>,
    passes: bool,
}

/// The end of a long line is still looked for: ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending;

impl Judge<'_> {
    /// Reads a page and picks the records that begin in `heads` and pass; absent while it takes longer.
    pub(super) fn find(&mut self, span: Span, heads: Range<u64>) -> Option<Found> {
        let page = self.pages.get(self.source, self.channel, span)?;
        let records = self.records(&page)?;
        let mut found = Found::default();
        let mut time = None;
        if page.open.is_some() {
            let last = records.last().map_or(span.start, |record| page.lines[record.lines.start].start);
            found.open = Some(last);
        }
        for (number, record) in records.iter().enumerate() {
            let head = page.lines[record.lines.start].start;
            found.latest = found.latest.max(record.key);
            time = record.key.or(time);
            if !record.passes || !heads.contains(&head) {
                continue;
            }
            if self.timed && time.is_none() {
                time = Some(self.time_before(span)?);
            }
            let key = if self.timed { time.unwrap_or(Micros::MIN) } else { 0 };
            let (rows, open) = self.rows(&page, &records, number, key)?;
            if open {
                found.open = Some(found.open.map_or(head, |open| open.min(head)));
            }
            if !rows.is_empty() {
                found.items.push(Item { head, key, rows });
            }
        }
        Some(found)
    }

    /// Offset of the first record of a page, in `heads`, that has this time or a later one.
    pub(super) fn first_since(
        &mut self,
        span: Span,
        heads: Range<u64>,
        since: Micros,
    ) -> Result<Option<u64>, Pending> {
        let page = self.pages.get(self.source, self.channel, span).ok_or(Pending)?;
        let mut lines =
            page.lines.iter().filter(|line| line.kind == Kind::Head && heads.contains(&line.start));
        Ok(lines.find(|line| line.key.is_some_and(|at| at >= since)).map(|line| line.start))
    }

    /// The first time in a page.
    pub(super) fn first_time(&mut self, span: Span) -> Result<Option<Micros>, Pending> {
        let page = self.pages.get(self.source, self.channel, span).ok_or(Pending)?;
        Ok(page.lines.iter().find_map(|line| line.key))
    }

    /// The time of the record that holds an offset; of the one before, where it has none.
    pub(super) fn time_at(&mut self, offset: u64) -> Option<Micros> {
        let span = Span::at(self.channel.tape(), offset)?;
        let page = self.pages.get(self.source, self.channel, span)?;
        let before = page.lines.iter().rev().filter(|line| line.start <= offset).find_map(|line| line.key);
        before.or_else(|| self.time_before(span)).filter(|at| *at != Micros::MIN)
    }

    /// The last time before a page, as far as it is found nearby or in the index.
    fn time_before(&mut self, span: Span) -> Option<Micros> {
        let lane = &self.channel.lane;
        if lane.last.is_none() && lane.counted_to() >= span.start {
            return Some(Micros::MIN);
        }
        let mut before = span;
        for _ in 0..TIME_PAGES {
            let Some(span) = before.before(self.channel.tape()) else { return Some(Micros::MIN) };
            let page = self.pages.get(self.source, self.channel, span)?;
            if let Some(at) = page.last_time() {
                return Some(at);
            }
            before = span;
        }
        let stretches = lane.index.stretches();
        let until = stretches.partition_point(|stretch| stretch.start < before.start);
        let known = stretches[..until].iter().rev().skip(1).map(|stretch| stretch.last);
        Some(known.take(256).find(|last| *last != Micros::MIN).unwrap_or(Micros::MIN))
    }

    /// The records of a page, judged. Lines at its start that go on with a record of the page before are that
    /// record's; where no record begins in that page either, they stand for themselves.
    fn records(&mut self, page: &Page) -> Option<Vec<Record>> {
        let mut records: Vec<Range<usize>> = Vec::new();
        for (at, line) in page.lines.iter().enumerate() {
            match records.last_mut() {
                Some(last) if line.kind != Kind::Head => last.end = at + 1,
                _ => records.push(at..at + 1),
            }
        }
        let led = page.lines.first().is_some_and(|line| line.kind != Kind::Head);
        if led && page.span.start > page.span.base {
            let before = Span::at(self.channel.tape(), page.span.start - 1)?;
            if self.pages.get(self.source, self.channel, before)?.has_head() {
                records.remove(0);
            }
        }
        Some(records.into_iter().map(|lines| self.judge(page, lines)).collect())
    }

    fn judge(&self, page: &Page, lines: Range<usize>) -> Record {
        let (first, last) = (page.lines[lines.start], page.lines[lines.end - 1]);
        let text = page.bytes(first.start, last.end);
        let mut record = Record { lines, at: first.at, key: first.key, level: first.level, passes: true };
        if self.sieve.is_open() {
            return record;
        }
        let id;
        let mut facts =
            RecordText { source: self.source, at: first.at, level: first.level, template: None, text };
        record.passes = self.sieve.passes_facts(&facts);
        if record.passes && self.sieve.needs_template() {
            let line = page.bytes(first.start, first.end);
            let hinted = self.sieve.has_hints(line);
            let template = if hinted { template_of(self.channel, self.miner, line) } else { None };
            id = template.map(|at| self.miner.id(self.miner.settled(at)));
            facts.template = id.as_deref();
        }
        record.passes = record.passes && self.sieve.passes(&facts);
        record
    }

    /// The rows of a record, and whether they may change when the text grows.
    fn rows(
        &mut self,
        page: &Page,
        records: &[Record],
        number: usize,
        key: Micros,
    ) -> Option<(Vec<Row>, bool)> {
        let source = self.source;
        let head = page.lines[records[number].lines.start].start;
        let row = |near: &Near| Row {
            source,
            head,
            key,
            start: near.line.start,
            end: near.line.end,
            continuation: near.line.kind == Kind::More,
            around: !near.passes,
            at: near.line.at.or(near.at),
            level: near.level,
            number: None,
            template: None,
        };
        let own = self.lines(page, &records[number..=number]);
        if self.around == 0 || self.sieve.is_open() {
            return Some((own.iter().filter(|near| near.passes).map(row).collect(), false));
        }
        let before = self.before(page.span, self.lines(page, &records[..number]))?;
        let mut after: Vec<Near> = own.iter().filter(|near| !near.passes).copied().collect();
        after.extend(self.lines(page, &records[number + 1..]));
        let (after, open) = self.after(page.span, after)?;
        let own = own.iter().filter(|near| near.passes);
        Some((before.iter().chain(own).chain(&after).map(row).collect(), open))
    }

    /// The lines of records. Blank lines at the end of a record do not pass with it, unless everything does.
    fn lines(&self, page: &Page, records: &[Record]) -> Vec<Near> {
        let mut lines = Vec::new();
        for record in records {
            let blank = |at: &usize| page.lines[*at].kind == Kind::Blank;
            let blanks = record.lines.clone().skip(1).rev().take_while(blank).count();
            let blanks = if self.sieve.is_open() { 0 } else { blanks };
            let end = record.lines.end - blanks;
            lines.extend(record.lines.clone().map(|at| Near {
                line: page.lines[at],
                at: record.at,
                level: record.level,
                passes: record.passes && at < end,
            }));
        }
        lines
    }

    fn lines_in(&mut self, span: Span) -> Option<(Vec<Near>, Option<u64>)> {
        let page = self.pages.get(self.source, self.channel, span)?;
        let records = self.records(&page)?;
        Some((self.lines(&page, &records), page.open))
    }

    /// The lines shown before a record, of those that stand before it in its page and in earlier ones. What stands
    /// between two records that pass goes to the first of them before it goes to the second.
    fn before(&mut self, mut span: Span, mut lines: Vec<Near>) -> Option<Vec<Near>> {
        let mut found = Vec::new();
        let mut last = false;
        for _ in 0..=AROUND_PAGES {
            let between = lines.iter().rev().take_while(|near| !near.passes).count();
            last = between < lines.len();
            found.extend(lines.drain(lines.len() - between..).rev());
            if last || found.len() >= 2 * self.around {
                break;
            }
            let Some(earlier) = span.before(self.channel.tape()) else { break };
            span = earlier;
            (lines, _) = self.lines_in(span)?;
        }
        let taken = if last { self.around.min(found.len()) } else { 0 };
        found.truncate((found.len() - taken).min(self.around));
        found.reverse();
        Some(found)
    }

    /// The lines shown behind a record, and whether more may come.
    fn after(&mut self, mut span: Span, mut lines: Vec<Near>) -> Option<(Vec<Near>, bool)> {
        let mut found = Vec::new();
        for _ in 0..=AROUND_PAGES {
            let between = lines.iter().take_while(|near| !near.passes).count();
            let last = between < lines.len();
            found.extend(lines.drain(..between));
            if last || found.len() >= self.around {
                break;
            }
            let Some(later) = span.after(self.channel.tape()) else { return Some((found, true)) };
            span = later;
            (lines, _) = self.lines_in(span)?;
        }
        found.truncate(self.around);
        Some((found, false))
    }
}

/// The template of a record's first line, where it is known.
pub(super) fn template_of(channel: &Channel, miner: &Miner, line: &[u8]) -> Option<u32> {
    let line = clean::without_escapes(line);
    let head = channel.lane.reader().read(&line);
    if !head.is_head() {
        return None;
    }
    let bad = head.level.is_some_and(Level::is_bad);
    miner.locate(head.message, head.shape == Shape::Access, bad)
}
