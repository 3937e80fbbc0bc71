//! The pipeline of one source: lines -> records -> templates, counts and findings. Pure: bytes in, state out.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::{Level, SourceId};
use crate::log::facts::{Batch, Facts, Looker};
use crate::log::finding::hostile::judge;
use crate::log::finding::{Detectors, Observed, Sample};
use crate::log::frame::{Framer, RawLine};
use crate::log::histogram::Counter;
use crate::log::index::Index;
use crate::log::losses::LineLosses;
use crate::log::quote::{Span, quote};
use crate::log::record::{Head, Reader, Shape};
use crate::log::skew::{Arrivals, Ids};
use crate::log::stats::Stats;
use crate::log::template::{Miner, Pattern};
use crate::log::time::Micros;

/// Largest source that can be a text written by people, bytes.
pub(crate) const PROSE_MAX: u64 = 256 * 1024;

/// What all sources share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) miner: Miner,
    pub(crate) stats: Stats,
    pub(crate) counter: Counter,
    pub(crate) ids: Ids,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            miner: Miner::default(),
            stats: Stats::default(),
            counter: Counter::default(),
            ids: Ids::default(),
        }
    }

    /// A source starts over: what stood in it stands nowhere any more.
    pub(crate) fn forget(&mut self, source: SourceId) {
        self.stats.forget(source);
        self.ids.forget(source);
    }

    /// All templates, by index.
    pub(crate) fn patterns(&self) -> &[Pattern] {
        self.miner.patterns()
    }
}

/// The share of a machine's lines decides whether a source is a log; once decided it takes more to change.
#[derive(Debug, Clone, Copy, Default)]
struct Authors {
    machine: u64,
    people: u64,
    is_log: bool,
}

impl Authors {
    fn note(&mut self, head: &Head<'_>) {
        match head.shape {
            Shape::Blank | Shape::Continuation => return,
            _ if head.is_machine() => self.machine += 1,
            _ => self.people += 1,
        }
        let total = self.machine + self.people;
        self.is_log = match total {
            1 => self.machine == 1,
            _ if self.is_log => self.machine * 5 >= total * 2,
            _ => self.machine * 5 > total * 3,
        };
    }
}

/// One source.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) source: SourceId,
    pub(crate) name: String,
    framer: Framer,
    reader: Reader,
    looker: Looker,
    pub(crate) detectors: Detectors,
    pub(crate) index: Index,
    /// Lines before the first one read here, plus those read.
    pub(crate) lines: u64,
    pub(crate) records: u64,
    pub(crate) first: Option<Micros>,
    pub(crate) last: Option<Micros>,
    authors: Authors,
    /// Written by people whatever it looks like.
    context: bool,
    /// Written by a program whatever it looks like.
    log: bool,
    /// Line numbers are known.
    pub(crate) numbered: bool,
    /// Lines are analysed; else they are counted only (binary content).
    pub(crate) analysed: bool,
    now: Micros,
    pub(crate) losses: LineLosses,
    /// What is read now was written just now: all before was read already.
    pub(crate) arriving: bool,
    pub(crate) arrivals: Arrivals,
    /// The newest record of this block.
    newest: Option<(Micros, Span)>,
    /// A line without its colours.
    plain: Vec<u8>,
    /// Lines before the present generation.
    pub(crate) base_lines: u64,
}

impl Lane {
    /// A source whose first byte stands at a logical offset, with a number of lines before it.
    pub(crate) fn new(source: SourceId, name: &str, start: u64, lines: u64) -> Self {
        Self {
            source,
            name: name.to_owned(),
            framer: Framer::new(start),
            reader: Reader::default(),
            looker: Looker::default(),
            detectors: Detectors::new(source, name),
            index: Index::new(start, lines),
            lines,
            records: 0,
            first: None,
            last: None,
            authors: Authors::default(),
            context: false,
            log: false,
            numbered: true,
            analysed: true,
            now: 0,
            losses: LineLosses::default(),
            arriving: false,
            arrivals: Arrivals::default(),
            newest: None,
            plain: Vec::new(),
            base_lines: lines,
        }
    }

    /// A source written by people.
    pub(crate) fn context(source: SourceId, name: &str) -> Self {
        Self { context: true, ..Self::new(source, name, 0, 0) }
    }

    /// Whether it reads as a text written by people.
    pub(crate) fn is_prose(&self) -> bool {
        let short = self.framer.at() <= PROSE_MAX;
        self.context || (!self.log && short && !self.authors.is_log && self.authors.people > 0)
    }

    /// It is a log, whatever its lines look like.
    pub(crate) fn set_log(&mut self, log: bool) {
        self.log = log;
    }

    /// Whether people wrote it whatever it looks like.
    pub(crate) fn is_context(&self) -> bool {
        self.context
    }

    /// Logical offset up to which bytes were taken in.
    pub(crate) fn read_to(&self) -> u64 {
        self.framer.at()
    }

    /// Logical offset up to which lines are complete and counted.
    pub(crate) fn counted_to(&self) -> u64 {
        self.framer.line_start()
    }

    /// The same with the lines that were counted ahead of analysis: that offset, and the lines before it.
    pub(crate) fn counted(&self) -> (u64, u64) {
        let own = (self.counted_to(), self.lines);
        self.index.counted_ahead().map_or(own, |ahead| ahead.max(own))
    }

    /// A reader that knows what this one knows, for lines out of order.
    pub(crate) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Sets the zone of times that do not name theirs; UTC without.
    pub(crate) fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.reader.set_zone(zone);
    }

    pub(crate) fn set_now(&mut self, now: Timestamp) {
        // By the minute, so that readers of blocks ahead of their turn agree with this one.
        let seconds = now.as_second();
        self.reader.set_now(Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(now));
        self.now = now.as_microsecond();
    }

    /// Takes a block in.
    #[cfg(test)]
    pub(crate) fn push(&mut self, block: &[u8], shared: &mut Shared) {
        let mut batch = Batch::default();
        batch.read(block, &self.reader);
        self.take_in(block, &batch, shared);
    }

    /// Takes a block in whose lines were looked at.
    pub(crate) fn take_in(&mut self, block: &[u8], batch: &Batch, shared: &mut Shared) {
        let mut framer = std::mem::take(&mut self.framer);
        self.losses.begin(block, framer.line_start() < framer.at());
        if self.analysed {
            let (head, tail) = batch.borders(block);
            let start = framer.at();
            framer.push(head, &mut |line| self.look(line, shared));
            framer.pass(batch.len());
            let mut reader = std::mem::take(&mut self.reader);
            let mut looker = std::mem::take(&mut self.looker);
            let take = |line: RawLine<'_>, facts: &Facts| self.line(line, facts, shared);
            batch.settle(block, start, &mut reader, &mut looker, take);
            (self.reader, self.looker) = (reader, looker);
            framer.push(tail, &mut |_| {});
        } else {
            framer.push(block, &mut |line| self.count(line));
        }
        self.framer = framer;
        if let Some((at, span)) = self.newest.take()
            && self.arriving
        {
            self.arrivals.note(at, self.now, span);
        }
    }

    /// The generation is over: an unfinished line is complete.
    pub(crate) fn finish(&mut self, shared: &mut Shared) {
        let mut framer = std::mem::take(&mut self.framer);
        framer.finish(&mut |line| self.look(line, shared));
        self.framer = framer;
        self.index.note_exact(self.framer.at(), self.lines);
        self.base_lines = self.lines;
    }

    /// The source is over: an unfinished line is complete.
    pub(crate) fn end(&mut self, shared: &mut Shared) {
        let base_lines = self.base_lines;
        self.finish(shared);
        self.base_lines = base_lines;
    }

    /// Goes on at another logical offset (bytes between were lost).
    pub(crate) fn skip_to(&mut self, offset: u64) {
        if self.framer.at() != offset {
            self.framer = Framer::new(offset);
            self.index.note_exact(offset, self.lines);
        }
    }

    fn count(&mut self, line: RawLine<'_>) {
        self.index.note(line.start, self.lines);
        self.lines += 1;
    }

    /// Takes in a line that stood across blocks.
    fn look(&mut self, line: RawLine<'_>, shared: &mut Shared) {
        if self.analysed {
            let facts = self.looker.look(line.bytes, &mut self.reader);
            self.line(line, &facts, shared);
        } else {
            self.count(line);
        }
    }

    fn line(&mut self, line: RawLine<'_>, facts: &Facts, shared: &mut Shared) {
        self.count(line);
        let number = self.numbered.then_some(self.lines);
        self.losses.note(line);
        let head = facts.head();
        if line.end <= PROSE_MAX {
            self.authors.note(&head);
        }
        if facts.suspicious
            && let Some(hostility) = judge(line.bytes)
        {
            let quote = self.detectors.quote(line.bytes, line.start, line.end, number);
            self.detectors.hostile(hostility, Sample { at: head.at.or(self.last), quote });
        }
        if head.is_head() && self.context {
            self.records += 1;
            self.note_time(head.at);
        } else if head.is_head() {
            self.record(facts, line, number, shared);
        }
    }

    fn note_time(&mut self, at: Option<Micros>) {
        if let Some(at) = at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = self.last.max(Some(at));
        }
    }

    fn record(&mut self, facts: &Facts, line: RawLine<'_>, number: Option<u64>, shared: &mut Shared) {
        let head = &facts.head();
        self.records += 1;
        self.note_time(head.at);
        let bad = head.level.is_some_and(Level::is_bad);
        self.index.record(head.at, bad);
        let counted = head.at.filter(|at| shared.counter.record(*at, head.level));
        let access = head.shape == Shape::Access;
        let mined = shared.miner.sketched(facts.sketch).unwrap_or_else(|| {
            let message = facts.message(line.bytes, &mut self.plain);
            shared.miner.mine_sketched(facts.sketch, message, access, bad)
        });
        let span = Span { start: line.start, end: line.end, number };
        if let Some(at) = head.at {
            self.newest = Some((at, span));
            shared.ids.record(mined.template, self.source, at, line.bytes, span);
        }
        let example = || quote(&self.name, self.source, line.bytes, span);
        shared.stats.note(mined.template, self.source, head, span, example);
        if let Some(at) = counted {
            shared.stats.note_time(mined.template, at);
        }
        let observed = Observed {
            template: mined.template,
            traits: mined.traits,
            at: head.at,
            level: head.level,
            start: line.start,
            end: line.end,
            number,
            bytes: line.bytes,
            access,
        };
        self.detectors.record(&observed, self.now);
    }
}

#[cfg(test)]
mod tests;
