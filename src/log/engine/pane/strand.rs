//! One source of a view: the records that pass, found page by page in both directions from where the view was cut in.
//!
//! Every record is known by the offset of its first line, its head. Heads from `behind_to` to `ahead_to` were looked
//! at; those that pass are in the rows of the view, or wait here to be merged into them.

use std::collections::VecDeque;

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::page::{PAGE, Pages, Span};
use crate::log::engine::pane::record::{Item, Row};
use crate::log::engine::pane::skip::{skip_ahead, skip_behind, stretch_at};
use crate::log::engine::pane::tools::Tools;
use crate::log::source::tape::Tape;
use crate::log::template::Miner;
use crate::log::time::Micros;

/// Bytes looked through for a text at once, at first and at most.
const BLOCK_MIN: u64 = 256 * 1024;
const BLOCK_MAX: u64 = 1024 * 1024;
/// How far a record reaches behind its head: to the end of the next page and a long line over it.
const REACH: u64 = 4 * PAGE;

/// The text as it was when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    epoch: u32,
    start: u64,
    /// Start of the present generation.
    base: u64,
    end: u64,
}

impl Stamp {
    fn of(channel: &Channel) -> Self {
        let tape = channel.tape();
        let base = tape.current().map_or(0, |segment| segment.base);
        Self { epoch: channel.epoch, start: tape.start(), base, end: tape.end() }
    }
}

/// How the text changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Not at all.
    None,
    /// Records with these heads are to be found anew: from here on, and those before there.
    Anew { from: u64, before: u64 },
    /// It is another text.
    Other,
}

/// What comes next on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A record with this key.
    Record(Micros),
    /// Not known; with a key no further away than this.
    Unknown(Micros),
    /// Nothing.
    Nothing,
}

impl Next {
    /// What it is ordered by.
    pub(super) fn key(self) -> Option<Micros> {
        match self {
            Self::Record(key) | Self::Unknown(key) => Some(key),
            Self::Nothing => None,
        }
    }
}

/// One source of a view.
#[derive(Debug)]
pub(super) struct Strand {
    pub(super) source: SourceId,
    stamp: Stamp,
    /// Heads below it were looked at.
    pub(super) ahead_to: u64,
    /// Heads from it on were looked at.
    pub(super) behind_to: u64,
    ahead: VecDeque<Item>,
    behind: VecDeque<Item>,
    ahead_key: Micros,
    behind_key: Micros,
    /// Where to look again when the text grows.
    open: Option<u64>,
    /// Up to here no text that is looked for stands ahead, or from here on behind.
    quiet_ahead: u64,
    quiet_behind: u64,
    block: u64,
    next_ahead: Option<Next>,
    next_behind: Option<Next>,
}

impl Strand {
    /// A source, cut in at an offset.
    pub(super) fn new(source: SourceId, channel: &Channel, at: u64) -> Self {
        Self {
            source,
            stamp: Stamp::of(channel),
            ahead_to: at,
            behind_to: at,
            ahead: VecDeque::new(),
            behind: VecDeque::new(),
            ahead_key: Micros::MIN,
            behind_key: Micros::MAX,
            open: None,
            quiet_ahead: 0,
            quiet_behind: u64::MAX,
            block: BLOCK_MIN,
            next_ahead: None,
            next_behind: None,
        }
    }

    /// Takes note of what happened to the text.
    pub(super) fn refresh(&mut self, channel: &Channel, pages: &mut Pages) -> Change {
        let (old, new) = (self.stamp, Stamp::of(channel));
        if old == new {
            return Change::None;
        }
        if old.epoch != new.epoch || new.end < self.behind_to {
            return Change::Other;
        }
        self.stamp = new;
        let mut from = self.open.take().unwrap_or(u64::MAX);
        if (old.start, old.base) != (new.start, new.base) {
            pages.forget(self.source);
            if old.base != new.base {
                from = from.min(new.base.saturating_sub(REACH).max(old.base));
            }
        }
        if new.end < old.end {
            pages.forget(self.source);
            from = from.min(new.end.saturating_sub(REACH).max(new.base));
        }
        from = from.max(self.behind_to);
        self.ahead.retain(|item| item.head < from);
        self.behind.retain(|item| item.head < from && item.head >= new.start);
        self.ahead_to = self.ahead_to.min(from);
        self.quiet_ahead = self.quiet_ahead.min(from);
        self.behind_to = self.behind_to.max(new.start).min(self.ahead_to);
        (self.next_ahead, self.next_behind) = (None, None);
        Change::Anew { from, before: new.start }
    }

    /// Nothing that was there when it was cut in can pass.
    pub(super) fn exhaust(&mut self) {
        (self.ahead_to, self.behind_to) = (self.stamp.end, self.stamp.start);
    }

    /// Bytes not looked at ahead.
    pub(super) fn rest_ahead(&self) -> u64 {
        self.stamp.end.saturating_sub(self.ahead_to)
    }

    /// Whether there is nothing more towards the end.
    pub(super) fn is_exhausted_ahead(&self) -> bool {
        self.ahead.is_empty() && self.ahead_to >= self.stamp.end
    }

    /// Whether there is nothing more towards the start.
    pub(super) fn is_exhausted_behind(&self) -> bool {
        self.behind.is_empty() && self.behind_to <= self.stamp.start
    }

    /// Bytes looked at, and there.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.ahead_to.saturating_sub(self.behind_to), self.stamp.end - self.stamp.start)
    }

    /// What comes next towards the end.
    pub(super) fn next_ahead(&mut self, channel: &Channel, timed: bool) -> Next {
        let next = match self.ahead.front() {
            Some(item) => Next::Record(item.key),
            None if self.ahead_to >= self.stamp.end => Next::Nothing,
            None => self.next_ahead.unwrap_or_else(|| {
                let known =
                    if timed { stretch_at(channel, self.ahead_to).map(|(first, _)| first) } else { None };
                Next::Unknown(self.ahead_key.max(known.unwrap_or(Micros::MIN)))
            }),
        };
        self.next_ahead = Some(next);
        next
    }

    /// What comes next towards the start.
    pub(super) fn next_behind(&mut self, channel: &Channel, timed: bool) -> Next {
        let next = match self.behind.back() {
            Some(item) => Next::Record(item.key),
            None if self.behind_to <= self.stamp.start => Next::Nothing,
            None => self.next_behind.unwrap_or_else(|| {
                let before = self.behind_to - 1;
                let known = if timed { stretch_at(channel, before).map(|(_, last)| last) } else { None };
                Next::Unknown(self.behind_key.min(known.unwrap_or(Micros::MAX)))
            }),
        };
        self.next_behind = Some(next);
        next
    }

    /// The next record towards the end, where it was found.
    pub(super) fn take_ahead(&mut self) -> Option<Item> {
        self.next_ahead = None;
        self.ahead.pop_front()
    }

    /// The next record towards the start, where it was found.
    pub(super) fn take_behind(&mut self) -> Option<Item> {
        self.next_behind = None;
        self.behind.pop_back()
    }

    /// A record was dropped from the end of the rows.
    pub(super) fn give_back_ahead(&mut self, row: &Row) {
        self.ahead.clear();
        (self.ahead_to, self.ahead_key) = (row.head, row.key);
        self.quiet_ahead = self.quiet_ahead.min(row.head);
        self.next_ahead = None;
    }

    /// A record was dropped from the start of the rows.
    pub(super) fn give_back_behind(&mut self, row: &Row) {
        self.behind.clear();
        (self.behind_to, self.behind_key) = (row.head + 1, row.key);
        self.quiet_behind = self.quiet_behind.max(row.head + 1);
        self.next_behind = None;
    }

    /// Looks a bounded piece further towards the end.
    pub(super) fn scan_ahead(&mut self, channel: &Channel, tools: &mut Tools, miner: &Miner) {
        self.next_ahead = None;
        let tape = channel.tape();
        self.ahead_to = skip_ahead(channel, &tools.sieve, self.ahead_to.max(tape.start()));
        if tools.sieve.skips_blocks() && self.ahead_to >= self.quiet_ahead && !self.leap_ahead(tape, tools) {
            return;
        }
        let Some(span) = Span::at(tape, self.ahead_to).filter(|_| self.ahead_to < tape.end()) else {
            self.ahead_to = tape.end();
            return;
        };
        let heads = self.ahead_to..span.end;
        let Some(found) = tools.judge(self.source, channel, miner).find(span, heads) else { return };
        self.note_open(found.open);
        self.ahead_to = found.items.get(tools.waiting).map_or(span.end, |item| item.head);
        if tools.timed && self.ahead_to == span.end {
            let latest = found.latest.unwrap_or(Micros::MIN);
            self.take_in_ahead(found.items);
            self.ahead_key = self.ahead_key.max(latest);
        } else {
            self.take_in_ahead(found.items.into_iter().take(tools.waiting));
        }
    }

    /// Looks a bounded piece further towards the start.
    pub(super) fn scan_behind(&mut self, channel: &Channel, tools: &mut Tools, miner: &Miner) {
        self.next_behind = None;
        let tape = channel.tape();
        self.behind_to = skip_behind(channel, &tools.sieve, self.behind_to);
        if self.behind_to <= tape.start() {
            return;
        }
        if tools.sieve.skips_blocks() && self.behind_to <= self.quiet_behind && !self.leap_behind(tape, tools)
        {
            return;
        }
        let Some(span) = Span::at(tape, self.behind_to - 1) else {
            self.behind_to = tape.start();
            return;
        };
        let heads = span.start..self.behind_to;
        let Some(found) = tools.judge(self.source, channel, miner).find(span, heads) else { return };
        self.note_open(found.open);
        let over = found.items.len().saturating_sub(tools.waiting);
        self.behind_to = over.checked_sub(1).map_or(span.start, |last| found.items[last].head + 1);
        for mut item in found.items.into_iter().skip(over).rev() {
            self.behind_key = self.behind_key.min(item.key);
            item.rows.iter_mut().for_each(|row| row.key = self.behind_key);
            self.behind.push_front(Item { key: self.behind_key, ..item });
        }
    }

    fn take_in_ahead(&mut self, items: impl IntoIterator<Item = Item>) {
        for mut item in items {
            self.ahead_key = self.ahead_key.max(item.key);
            item.rows.iter_mut().for_each(|row| row.key = self.ahead_key);
            self.ahead.push_back(Item { key: self.ahead_key, ..item });
        }
    }

    fn note_open(&mut self, open: Option<u64>) {
        self.open = self.open.into_iter().chain(open).min();
    }

    /// Leaves out a block without the text that is looked for; true where a page is to be read next.
    fn leap_ahead(&mut self, tape: &Tape, tools: &mut Tools) -> bool {
        let at = self.ahead_to;
        let Some((base, limit)) = tape.bounds(at).filter(|(_, limit)| at < *limit) else { return true };
        let end = limit.min(at + self.block);
        let block = read(&mut tools.block, tape, at, end);
        let found = tools.sieve.matches(block, false);
        let known = at + found.map_or(block.len(), |found| found) as u64;
        // A record with a match there may begin that much earlier.
        let page = base + (known - base) / PAGE * PAGE;
        let next = page.saturating_sub(REACH).max(at);
        if found.is_some() || block.is_empty() {
            self.block = BLOCK_MIN;
            (self.ahead_to, self.quiet_ahead) = (next, known.max(at + 1));
            return true;
        }
        self.block = (self.block * 2).min(BLOCK_MAX);
        if end < limit {
            self.ahead_to = if next > at { next } else { at };
            self.quiet_ahead = if next > at { 0 } else { known };
            return next <= at;
        }
        if limit == tape.end() {
            self.note_open(Some(limit.saturating_sub(2 * REACH).max(at)));
        }
        self.ahead_to = limit;
        false
    }

    /// The same towards the start.
    fn leap_behind(&mut self, tape: &Tape, tools: &mut Tools) -> bool {
        let Some((base, limit)) = tape.bounds(self.behind_to - 1) else { return true };
        let end = limit.min(self.behind_to + REACH);
        let start = base.max(self.behind_to.saturating_sub(self.block));
        let block = read(&mut tools.block, tape, start, end);
        if limit == tape.end() && end == limit {
            self.note_open(Some(start.max(limit.saturating_sub(2 * REACH)).max(base)));
        }
        let Some(found) = tools.sieve.matches(block, true) else {
            self.block = (self.block * 2).min(BLOCK_MAX);
            self.behind_to = start;
            return false;
        };
        self.block = BLOCK_MIN;
        self.behind_to = self.behind_to.min(start + found as u64 + 1);
        self.quiet_behind = Span::at(tape, self.behind_to - 1).map_or(0, |span| span.start);
        true
    }
}

/// Bytes from one offset to another, of one generation.
fn read<'a>(block: &'a mut Vec<u8>, tape: &Tape, start: u64, end: u64) -> &'a [u8] {
    block.resize((end - start) as usize, 0);
    let read = tape.read(start, block);
    &block[..read]
}
