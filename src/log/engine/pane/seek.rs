//! Where a view is cut in: the offset, in each of its sources, of a moment, of a line by its number, of a record.

use std::ops::Range;

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::page::{PAGE, Span};
use crate::log::engine::pane::record::{Judge, Pending};
use crate::log::engine::pane::show::line_offset;
use crate::log::engine::pane::skip::is_indexed;
use crate::log::engine::pane::strand::Strand;
use crate::log::engine::pane::tools::Tools;
use crate::log::engine::pane::{Pane, Pin, Place, Sources};
use crate::log::source::tape::Tape;
use crate::log::time::Micros;

/// Pages looked through one by one; of more, the middle tells on which side to go on.
const PAGES_IN_TURN: u64 = 4;
/// Pages within a long line gone back at a time.
const BACK: usize = 64;

/// A place that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seek {
    /// A record: its source, an offset in it.
    Offset(SourceId, u64),
    /// The same; the line that holds the offset was looked for from the end to here.
    Back(SourceId, u64, u64),
    /// The first record of this time or later.
    Time(Micros),
    /// A line by its number.
    Line(SourceId, u64),
    /// The same time in every source, found for so many of them; of one the offset is known.
    Cut(Micros, Option<(SourceId, u64)>, usize),
}

impl Pane {
    /// Looks a bounded piece further for a place, and cuts in there; what is left to do.
    pub(super) fn find(&mut self, seek: Seek, sources: Sources<'_>) -> Option<Seek> {
        match seek {
            Seek::Offset(source, offset) => {
                let Some(channel) = self.of(source, sources) else {
                    self.place = Place::End;
                    return None;
                };
                let tape = channel.tape();
                let offset = offset.clamp(tape.start(), tape.end());
                Some(Seek::Back(source, offset, offset))
            }
            Seek::Back(source, offset, from) => self.go_back(source, offset, from, sources),
            Seek::Time(since) => Some(Seek::Cut(since, None, 0)),
            Seek::Line(source, number) => {
                let channel = self.of(source, sources)?;
                let Some(offset) = line_offset(channel, number) else {
                    return Some(Seek::Line(source, number));
                };
                let middle = self.height as i64 / 2;
                self.place = Place::Pinned(Pin::At(source, offset), middle);
                Some(Seek::Offset(source, offset))
            }
            Seek::Cut(since, own, done) => self.go_on(since, own, done, sources),
        }
    }

    /// Whether a place waits for lines to be counted.
    pub(super) fn waits(&self, sources: Sources<'_>) -> bool {
        let Some(Seek::Line(source, number)) = &self.seek else { return false };
        self.of(*source, sources)
            .is_some_and(|channel| channel.has_more() && channel.lane.counted().1.max(1) < *number)
    }

    fn of<'a>(&self, source: SourceId, sources: Sources<'a>) -> Option<&'a Channel> {
        let part = self.strands.binary_search_by_key(&source, |strand| strand.source);
        sources.channels.get(&source).filter(|_| part.is_ok())
    }

    /// Goes back from an offset to the page in which its line begins.
    fn go_back(
        &mut self,
        source: SourceId,
        offset: u64,
        mut from: u64,
        sources: Sources<'_>,
    ) -> Option<Seek> {
        let channel = self.of(source, sources)?;
        let tape = channel.tape();
        for _ in 0..BACK {
            let Some(span) = Span::at(tape, from) else { break };
            let Some(page) = self.tools.pages.get(source, channel, span) else {
                return Some(Seek::Back(source, offset, from));
            };
            let begins = page.lines.iter().any(|line| line.start <= offset);
            let before = span.before(tape);
            match before {
                // Its record may begin in the page before.
                _ if begins => return self.arrive(source, offset, before.unwrap_or(span).start, sources),
                Some(before) => from = before.end - 1,
                None => return self.arrive(source, offset, span.start, sources),
            }
            if from < span.base {
                return self.arrive(source, offset, span.start, sources);
            }
        }
        Some(Seek::Back(source, offset, from))
    }

    /// The line at an offset begins not before `start`.
    fn arrive(&mut self, source: SourceId, offset: u64, start: u64, sources: Sources<'_>) -> Option<Seek> {
        let channel = self.of(source, sources)?;
        if !self.tools.timed {
            self.cut_at(start, sources);
            return None;
        }
        let miner = sources.miner;
        let mut judge = self.tools.judge(source, channel, miner);
        let since = judge.time_at(offset).unwrap_or(Micros::MIN);
        // The first record of this time: where all others are cut in, too.
        let mut own = start;
        let mut span = Span::at(channel.tape(), start);
        while let Some(here) = span.filter(|span| span.start <= offset) {
            let Ok(first) = judge.first_since(here, start..offset + 1, since) else { break };
            if let Some(first) = first {
                own = first;
                break;
            }
            own = own.max(here.start);
            span = here.after(channel.tape());
        }
        Some(Seek::Cut(since, Some((source, own)), 0))
    }

    /// Finds the time in one more source and cuts in there, up to the last one.
    fn go_on(
        &mut self,
        since: Micros,
        own: Option<(SourceId, u64)>,
        done: usize,
        sources: Sources<'_>,
    ) -> Option<Seek> {
        self.rows.clear();
        let Some(strand) = self.strands.get_mut(done) else {
            self.reset_heads();
            return None;
        };
        let source = strand.source;
        let known = own.filter(|(own, _)| *own == source).map(|(_, offset)| offset);
        let channel = sources.channels.get(&source)?;
        let found =
            known.ok_or(Pending).or_else(|_| first_since(&mut self.tools, source, channel, since, sources));
        let Ok(cut) = found else { return Some(Seek::Cut(since, own, done)) };
        *strand = Strand::new(source, channel, cut);
        // What stands there was just read: before it is forgotten over the other sources, it is taken in.
        strand.scan_ahead(channel, &mut self.tools, sources.miner);
        strand.scan_behind(channel, &mut self.tools, sources.miner);
        Some(Seek::Cut(since, own, done + 1))
    }

    /// Starts over at an offset of the only source.
    fn cut_at(&mut self, cut: u64, sources: Sources<'_>) {
        self.rows.clear();
        for strand in &mut self.strands {
            if let Some(channel) = sources.channels.get(&strand.source) {
                *strand = Strand::new(strand.source, channel, cut);
            }
        }
        self.reset_heads();
    }
}

/// Offset of the first record of this time or later: the index tells the stretch, the text the record.
fn first_since(
    tools: &mut Tools,
    source: SourceId,
    channel: &Channel,
    since: Micros,
    sources: Sources<'_>,
) -> Result<u64, Pending> {
    let (tape, lane) = (channel.tape(), &channel.lane);
    let stretches = lane.index.stretches();
    let counted = if is_indexed(channel) { lane.counted_to().min(tape.end()) } else { tape.start() };
    let mut judge = tools.judge(source, channel, sources.miner);
    let mut passed = 0;
    loop {
        let later = stretches[passed..].iter().position(|stretch| stretch.last >= since);
        let known = later.map(|at| passed + at).filter(|_| is_indexed(channel));
        let (start, end) = match known {
            Some(at) => (stretches[at].start, stretches.get(at + 1).map_or(counted, |next| next.start)),
            None => (counted, tape.end()),
        };
        let within = start.max(tape.start())..end;
        let found = first_in(&mut judge, tape, within.clone(), known.is_some(), since)?;
        match (found, known) {
            (Some(found), _) => return Ok(found),
            // The only later record there is one with a wrong date.
            (None, Some(at)) => passed = at + 1,
            (None, None) => return Ok(within.end.max(within.start)),
        }
    }
}

/// The first record of this time or later in a part of the text, or where there is `more` behind it, in that part only.
fn first_in(
    judge: &mut Judge<'_>,
    tape: &Tape,
    Range { start, end }: Range<u64>,
    more: bool,
    since: Micros,
) -> Result<Option<u64>, Pending> {
    let (mut low, mut high) = (start, end);
    while high - low > PAGES_IN_TURN * PAGE {
        let Some(middle) = Span::at(tape, low + (high - low) / 2).filter(|middle| middle.start > low) else {
            break;
        };
        let later = judge.first_time(middle)?.is_some_and(|at| at >= since);
        *(if later { &mut high } else { &mut low }) = middle.start;
    }
    let mut span = Span::at(tape, low).filter(|_| low < tape.end());
    while let Some(here) = span {
        if let Some(found) = judge.first_since(here, start..u64::MAX, since)? {
            return Ok(Some(found));
        }
        span = here.after(tape);
        if here.end >= end && more {
            break;
        }
    }
    Ok(None)
}
