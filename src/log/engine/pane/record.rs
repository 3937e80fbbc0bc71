//! Which records of a page pass, and the rows they make, with the lines around them.

use std::ops::Range;
use std::sync::Arc;

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
    level: Option<Level>,
    passes: bool,
}

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
            found.latest = found.latest.max(record.at);
            time = record.at.or(time);
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
    ) -> Option<Option<u64>> {
        let page = self.pages.get(self.source, self.channel, span)?;
        let mut lines =
            page.lines.iter().filter(|line| line.kind == Kind::Head && heads.contains(&line.start));
        Some(lines.find(|line| line.at.is_some_and(|at| at >= since)).map(|line| line.start))
    }

    /// The first time in a page.
    pub(super) fn first_time(&mut self, span: Span) -> Option<Option<Micros>> {
        let page = self.pages.get(self.source, self.channel, span)?;
        Some(page.lines.iter().find_map(|line| line.at))
    }

    /// The time of the record that holds an offset; of the one before, where it has none.
    pub(super) fn time_at(&mut self, offset: u64) -> Option<Micros> {
        let span = Span::at(self.channel.tape(), offset)?;
        let page = self.pages.get(self.source, self.channel, span)?;
        let before = page.lines.iter().rev().filter(|line| line.start <= offset).find_map(|line| line.at);
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
        let mut record = Record { lines, at: first.at, level: first.level, passes: true };
        if self.sieve.is_open() {
            return record;
        }
        let mut facts =
            RecordText { source: self.source, at: first.at, level: first.level, template: None, text };
        record.passes = self.sieve.passes_facts(&facts);
        if record.passes && self.sieve.needs_template() {
            let template = template_of(self.channel, self.miner, page.bytes(first.start, first.end));
            facts.template = template.map(|at| self.miner.patterns()[at as usize].id.as_str());
        }
        record.passes = record.passes && self.sieve.passes(&facts);
        record
    }

    /// The rows of a record, and whether they may change when the text grows.
    fn rows(
        &mut self,
        page: &Arc<Page>,
        records: &[Record],
        number: usize,
        key: Micros,
    ) -> Option<(Vec<Row>, bool)> {
        let record = &records[number];
        let head = page.lines[record.lines.start].start;
        let mut own = record.lines.clone();
        while !self.sieve.is_open() && own.len() > 1 && page.lines[own.end - 1].kind == Kind::Blank {
            own.end -= 1;
        }
        let source = self.source;
        let row = |line: &PageLine, of: &Record, around: bool| Row {
            source,
            head,
            key,
            start: line.start,
            end: line.end,
            continuation: line.kind == Kind::More,
            around,
            at: line.at.or(of.at),
            level: of.level,
            number: None,
            template: None,
        };
        let mut rows: Vec<Row> = own.clone().map(|at| row(&page.lines[at], record, false)).collect();
        if self.around == 0 || self.sieve.is_open() {
            return Some((rows, false));
        }
        let (before, after, open) = self.neighbours(page, records, number, own.end)?;
        let mut all: Vec<Row> = before.iter().map(|(line, of)| row(line, of, true)).collect();
        all.append(&mut rows);
        all.extend(after.iter().map(|(line, of)| row(line, of, true)));
        Some((all, open))
    }

    /// The lines around a record that do not pass themselves: before it, behind it, and whether more may come.
    /// Between two records that pass, lines behind the first go before lines ahead of the second.
    fn neighbours(
        &mut self,
        page: &Arc<Page>,
        records: &[Record],
        number: usize,
        own_end: usize,
    ) -> Option<(Vec<(PageLine, Record)>, Vec<(PageLine, Record)>, bool)> {
        let mut ahead: Vec<(PageLine, Record)> = Vec::new();
        let lines_of = |page: &Page, record: &Record| -> Vec<(PageLine, Record)> {
            record.lines.clone().map(|at| (page.lines[at], record.clone())).collect()
        };
        let mut before: Vec<(PageLine, Record)> = Vec::new();
        let mut bounded = false;
        // Backward, nearest first.
        let (mut span, mut known) = (page.span, Some((Arc::clone(page), records[..number].to_vec())));
        for _ in 0..=AROUND_PAGES {
            let (page, records) = match known.take() {
                Some(known) => known,
                None => {
                    let Some(earlier) = span.before(self.channel.tape()) else { break };
                    span = earlier;
                    let page = self.pages.get(self.source, self.channel, span)?;
                    let records = self.records(&page)?;
                    (page, records)
                }
            };
            for record in records.iter().rev() {
                bounded |= record.passes;
                if bounded {
                    // Blank lines at its end are not shown with it.
                    let blank =
                        record.lines.clone().rev().take_while(|at| page.lines[*at].kind == Kind::Blank);
                    before.extend(
                        blank
                            .filter(|at| *at > record.lines.start)
                            .map(|at| (page.lines[at], record.clone())),
                    );
                    break;
                }
                before.extend(lines_of(&page, record).into_iter().rev());
            }
            if bounded || before.len() >= 2 * self.around {
                break;
            }
        }
        let gap = before.len();
        let keep =
            if bounded { gap.saturating_sub(self.around).min(self.around) } else { gap.min(self.around) };
        before.truncate(keep);
        before.reverse();
        // Forward.
        let own = &records[number];
        ahead.extend((own_end..own.lines.end).map(|at| (page.lines[at], own.clone())));
        let (mut span, mut known) = (page.span, Some((Arc::clone(page), records[number + 1..].to_vec())));
        let mut open = None;
        for _ in 0..=AROUND_PAGES {
            let (page, records) = match known.take() {
                Some(known) => known,
                None => {
                    let Some(later) = span.after(self.channel.tape()) else { break };
                    span = later;
                    let page = self.pages.get(self.source, self.channel, span)?;
                    let records = self.records(&page)?;
                    (page, records)
                }
            };
            open = page.open;
            let passing = records.iter().position(|record| record.passes);
            let until = passing.unwrap_or(records.len());
            ahead.extend(records[..until].iter().flat_map(|record| lines_of(&page, record)));
            if passing.is_some() || ahead.len() >= self.around {
                open = None;
                break;
            }
        }
        ahead.truncate(self.around);
        Some((before, ahead, open.is_some()))
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
