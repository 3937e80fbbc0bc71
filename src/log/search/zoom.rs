//! How the records of a stretch of time are spread over levels: from what is counted anyway where that is fine enough,
//! else read from the parts of the text that can hold records of that time.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::incident::{Level, SourceId};
use crate::log::filter::Filter;
use crate::log::record::Reader;
use crate::log::search::find::sources;
use crate::log::search::ground::{Grounds, Needs, records};
use crate::log::search::judge::Judge;
use crate::log::search::piece::Piece;
use crate::log::time::{Micros, timestamp};
use crate::log::view::{Scope, ZoomAnswer, ZoomRequest};

/// A histogram under way.
#[derive(Debug)]
pub(crate) struct Zoom {
    request: ZoomRequest,
    /// Absent where an expression of the filter is not valid: nothing passes.
    judge: Option<Judge>,
    needs: Needs,
    /// Of the first bucket, microseconds.
    from: Micros,
    /// Of a bucket, microseconds.
    width: Micros,
    buckets: Vec<[u32; 4]>,
    parts: BTreeMap<SourceId, Part>,
    /// Sources that are looked at.
    sources: Vec<SourceId>,
    /// How many of them are looked through.
    done: usize,
    /// What is counted anyway is enough.
    counted: bool,
    piece: Piece,
}

/// Where looking through one source stands.
#[derive(Debug, Default)]
struct Part {
    at: u64,
    /// A line goes on there.
    inside: bool,
    reader: Option<Reader>,
}

impl Zoom {
    pub(crate) fn new(request: ZoomRequest) -> Self {
        let count = request.buckets.clamp(1, ZoomRequest::BUCKETS_MAX);
        let (from, to) = (request.from.as_microsecond(), request.to.as_microsecond());
        let width = (to.saturating_sub(from).max(1) as u64).div_ceil(count as u64) as Micros;
        let own = Needs::of(&request.filter, false);
        // The last bucket is as wide as the others.
        let end = from.saturating_add(width.saturating_mul(count as Micros));
        let needs = Needs { from: own.from.max(from), to: own.to.min(end), heads: true, ..own };
        Self {
            judge: Judge::new(&request.filter).ok(),
            needs,
            from,
            width,
            buckets: vec![[0; 4]; count],
            parts: BTreeMap::new(),
            sources: Vec::new(),
            done: 0,
            counted: false,
            piece: Piece::default(),
            request,
        }
    }

    /// Notes which sources there are now, and what is counted of them anyway.
    pub(crate) fn prepare(&mut self, grounds: &impl Grounds) {
        let Some(judge) = &mut self.judge else { return };
        let void = judge.is_void(grounds);
        self.counted = self.parts.is_empty() && counted(&self.request, self.width, grounds).is_some();
        self.sources = if void { Vec::new() } else { sources(self.request.scope, judge, grounds) };
        self.done = 0;
    }

    /// Looks through one more piece; false when there is nothing more to look through now.
    pub(crate) fn step(&mut self, grounds: &impl Grounds) -> bool {
        let Some(judge) = self.judge.as_ref().filter(|_| !self.counted) else { return false };
        for source in &self.sources[self.done..] {
            let Some(ground) = grounds.ground(*source) else {
                self.done += 1;
                continue;
            };
            let part = self.parts.entry(*source).or_default();
            // A record counts once its first line was read and indexed.
            let end = ground.lane.counted_to();
            if part.at >= end {
                self.done += 1;
                continue;
            }
            let (stop, may) = ground.ahead(part.at, self.needs);
            if !may || !self.piece.ahead(ground.tape, part.at, stop.min(end), !part.inside) {
                (part.at, part.inside) = (stop.min(end), false);
                return true;
            }
            let reader = part.reader.get_or_insert_with(|| ground.lane.reader());
            let (from, width, needs, buckets) = (self.from, self.width, self.needs, &mut self.buckets);
            records(&self.piece, reader, false, &mut |found| {
                let inside = found.at.filter(|at| (needs.from..needs.to).contains(at));
                if let Some(at) = inside
                    && judge.passes_record(ground, &found)
                    && let Some(bucket) = buckets.get_mut(((at - from) / width) as usize)
                {
                    bucket[class(found.level)] += 1;
                }
                true
            });
            (part.at, part.inside) = (self.piece.next, !self.piece.closes);
            return true;
        }
        false
    }

    /// The histogram so far.
    pub(crate) fn answer(&self, grounds: &impl Grounds) -> ZoomAnswer {
        let id = self.request.id;
        let ends = |from: Micros, width: Micros, count: usize| {
            let to = from.saturating_add(width.saturating_mul(count as i64));
            (timestamp(from).unwrap_or(Timestamp::MIN), timestamp(to).unwrap_or(Timestamp::MAX))
        };
        if self.counted
            && let Some((start, width, buckets)) = counted(&self.request, self.width, grounds)
        {
            let (from, to) = ends(start, width, buckets.len());
            return ZoomAnswer { id, from, to, buckets, share: self.share(grounds, true) };
        }
        let (from, to) = ends(self.from, self.width, self.buckets.len());
        ZoomAnswer { id, from, to, buckets: self.buckets.clone(), share: self.share(grounds, false) }
    }

    fn share(&self, grounds: &impl Grounds, counted: bool) -> f32 {
        let (mut done, mut total) = (0, 0);
        for source in &self.sources {
            let Some(ground) = grounds.ground(*source) else { continue };
            let (start, end) = (ground.tape.start(), ground.tape.end());
            let complete = ground.lane.counted_to();
            let at = if counted { complete } else { self.parts.get(source).map_or(0, |part| part.at) };
            // An unfinished last line is not waited for.
            let at = if at >= complete && ground.lane.read_to() >= end { end } else { at };
            done += at.clamp(start, end) - start;
            total += end - start;
        }
        if done == total { 1.0 } else { done as f32 / total as f32 }
    }
}

/// The histogram by what is counted anyway: start, width and buckets; absent where that is not fine enough.
fn counted(
    request: &ZoomRequest,
    width: Micros,
    grounds: &impl Grounds,
) -> Option<(Micros, Micros, Vec<[u32; 4]>)> {
    let all = match request.scope {
        Scope::Merged => true,
        Scope::Source(source) => grounds.logs() == [source],
    };
    // Levels that are counted one by one may be asked for alone.
    let least = request.filter.level;
    let others = Filter { level: None, ..(*request.filter).clone() };
    if !all || !others.is_empty() || least.is_some_and(|least| least < Level::Warn) {
        return None;
    }
    let (from, to) = (request.from.as_microsecond(), request.to.as_microsecond());
    let (start, width, mut buckets) = grounds.counter().zoom(from, to, width)?;
    if let Some(least) = least {
        let kept = class(Some(least)) + 1;
        for bucket in &mut buckets {
            bucket[kept..].fill(0);
        }
    }
    Some((start, width, buckets))
}

/// The class of a level in a bucket.
fn class(level: Option<Level>) -> usize {
    match level {
        Some(Level::Fatal) => 0,
        Some(Level::Error) => 1,
        Some(Level::Warn) => 2,
        _ => 3,
    }
}
