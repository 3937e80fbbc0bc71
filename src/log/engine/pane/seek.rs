//! Where a view is cut in: the offset, in each of its sources, of a moment, of a line by its number, of a record.

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::page::{PAGE, Span};
use crate::log::engine::pane::record::Pending;
use crate::log::engine::pane::show::line_offset;
use crate::log::engine::pane::strand::{Strand, Tools, is_indexed};
use crate::log::engine::pane::{Pane, Pin, Place, Sources};
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
    /// The same time in every source, found for some of them; of one the offset is known.
    Cut(Micros, Option<(SourceId, u64)>, Vec<u64>),
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
            Seek::Time(since) => Some(Seek::Cut(since, None, Vec::new())),
            Seek::Line(source, number) => {
                let channel = self.of(source, sources)?;
                let Some(offset) = line_offset(channel, number) else {
                    return Some(Seek::Line(source, number));
                };
                let middle = self.height as i64 / 2;
                self.place = Place::Pinned(Pin::At(source, offset), middle);
                Some(Seek::Offset(source, offset))
            }
            Seek::Cut(since, own, cuts) => self.go_on(since, own, cuts, sources),
        }
    }

    /// Whether a place waits for lines to be counted.
    pub(super) fn waits(&self, sources: Sources<'_>) -> bool {
        let Some(Seek::Line(source, number)) = &self.seek else { return false };
        self.of(*source, sources)
            .is_some_and(|channel| channel.has_more() && channel.lane.counted().1.max(1) < *number)
    }

    fn of<'a>(&self, source: SourceId, sources: Sources<'a>) -> Option<&'a Channel> {
        let part = self.strands.iter().any(|strand| strand.source == source);
        sources.channels.get(&source).filter(|_| part)
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
            self.cut_at(&[start], sources);
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
        Some(Seek::Cut(since, Some((source, own)), Vec::new()))
    }

    /// Finds the time in one more source; cuts in when it is found in all.
    fn go_on(
        &mut self,
        since: Micros,
        own: Option<(SourceId, u64)>,
        mut cuts: Vec<u64>,
        sources: Sources<'_>,
    ) -> Option<Seek> {
        let Some(strand) = self.strands.get(cuts.len()) else {
            self.cut_at(&cuts, sources);
            return None;
        };
        let source = strand.source;
        let known = own.filter(|(own, _)| *own == source).map(|(_, offset)| offset);
        let channel = sources.channels.get(&source)?;
        if let Ok(cut) =
            known.ok_or(Pending).or_else(|_| first_since(&mut self.tools, source, channel, since, sources))
        {
            cuts.push(cut);
        }
        Some(Seek::Cut(since, own, cuts))
    }

    /// Starts over at these offsets.
    fn cut_at(&mut self, cuts: &[u64], sources: Sources<'_>) {
        self.rows.clear();
        for (strand, cut) in self.strands.iter_mut().zip(cuts) {
            if let Some(channel) = sources.channels.get(&strand.source) {
                *strand = Strand::new(strand.source, channel, *cut);
            }
        }
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
    let known = stretches.iter().position(|stretch| stretch.last >= since).filter(|_| is_indexed(channel));
    let (start, end) = match known {
        Some(at) => (stretches[at].start, stretches.get(at + 1).map_or(counted, |next| next.start)),
        None => (counted, tape.end()),
    };
    let start = start.max(tape.start());
    let mut judge = tools.judge(source, channel, sources.miner);
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
            return Ok(found);
        }
        span = here.after(tape);
        if here.end >= end && known.is_some() {
            break;
        }
    }
    Ok(end.max(start))
}
