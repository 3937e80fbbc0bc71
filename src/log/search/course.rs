//! The way of a search through one source, a bounded piece at a time, in either direction.

use crate::incident::{Level, Place, SourceId};
use crate::log::record::Reader;
use crate::log::search::ground::{Found, Ground, Needs, records};
use crate::log::search::judge::Judge;
use crate::log::search::matcher::{Hit, Matcher};
use crate::log::search::piece::{self, PIECE, Piece};
use crate::log::time::Micros;

/// Bytes of the first piece on the way back; the next hit is often near.
const FIRST: usize = 4 * 1024;

/// What is looked for, and where it can be.
#[derive(Debug)]
pub(crate) struct Aim {
    /// Absent: records of level error or worse.
    pub(crate) matcher: Option<Matcher>,
    pub(crate) judge: Judge,
    pub(crate) needs: Needs,
    pub(crate) backward: bool,
}

/// Where a search begins in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// At an offset, which may lie within a line.
    At(u64),
    /// At the first record of this moment or later; `after`: later only.
    Time { at: Micros, after: bool },
}

/// How a search gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is more to look through.
    More,
    /// Found.
    Hit(Place),
    /// There is nothing up to the end (or the start).
    End,
}

/// The way through one source.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) source: SourceId,
    start: Start,
    /// Where the next piece begins (or ends, on the way back).
    pub(crate) at: u64,
    /// Nothing was looked through yet.
    fresh: bool,
    opens: bool,
    size: usize,
    piece: Piece,
    reader: Option<Reader>,
    /// Bytes passed over or looked through.
    pub(crate) passed: u64,
    /// Hits are given up to here (or down to here).
    until: Option<u64>,
}

impl Course {
    pub(crate) fn new(source: SourceId, start: Start, until: Option<u64>) -> Self {
        let at = if let Start::At(at) = start { at } else { 0 };
        Self {
            source,
            start,
            at,
            fresh: true,
            opens: true,
            size: FIRST,
            piece: Piece::default(),
            reader: None,
            passed: 0,
            until,
        }
    }

    /// Where it began; absent while it still has to find its beginning.
    pub(crate) fn began(&self) -> Option<u64> {
        if let Start::At(at) = self.start { Some(at) } else { None }
    }

    /// Looks through one more piece.
    pub(crate) fn step(&mut self, ground: Ground<'_>, aim: &mut Aim) -> Progress {
        if let Start::Time { at, after } = self.start {
            self.at = place_of(ground, at, after);
            self.start = Start::At(self.at);
            return Progress::More;
        }
        let before = self.at.clamp(ground.tape.start(), ground.tape.end());
        let progress = if aim.backward { self.step_back(ground, aim) } else { self.step_on(ground, aim) };
        self.fresh = false;
        self.passed += before.abs_diff(self.at.clamp(ground.tape.start(), ground.tape.end()));
        progress
    }

    fn step_on(&mut self, ground: Ground<'_>, aim: &mut Aim) -> Progress {
        let from = self.at;
        if self.until.is_some_and(|until| from > until) {
            return Progress::End;
        }
        if self.fresh && from > ground.tape.start() {
            (self.at, self.opens) = piece::line_start(ground.tape, from);
        }
        let (end, may) = ground.ahead(self.at, aim.needs);
        if !may {
            (self.at, self.opens) = (end.max(from), true);
            return Progress::More;
        }
        if !self.piece.ahead(ground.tape, self.at, end, self.opens) {
            if end < ground.tape.end() {
                self.at = end;
                return Progress::More;
            }
            return Progress::End;
        }
        (self.at, self.opens) = (self.piece.next, self.piece.closes);
        let skip = from.saturating_sub(self.piece.at) as usize;
        let hit = if let Some(matcher) = &mut aim.matcher {
            first_text(&mut self.piece, matcher, &mut aim.judge, ground, skip)
        } else {
            let reader = self.reader.get_or_insert_with(|| ground.lane.reader());
            first_bad(&self.piece, reader, &aim.judge, ground, from)
        };
        hit.map_or(Progress::More, |(start, end)| self.hit(start, end))
    }

    fn step_back(&mut self, ground: Ground<'_>, aim: &mut Aim) -> Progress {
        let from = self.at.min(ground.tape.end());
        self.at = from;
        if self.until.is_some_and(|until| from < until) {
            return Progress::End;
        }
        let inside = self.fresh && from < ground.tape.end() && piece::line_start(ground.tape, from).0 < from;
        let end = if inside { piece::line_end(ground.tape, from) } else { from };
        let (floor, may) = ground.back(end, aim.needs);
        if !may {
            self.at = floor;
            return if floor <= ground.tape.start() { Progress::End } else { Progress::More };
        }
        if !self.piece.back(ground.tape, end, floor, self.size) {
            if floor > ground.tape.start() {
                self.at = floor;
                return Progress::More;
            }
            return Progress::End;
        }
        self.size = (self.size * 4).min(PIECE);
        self.at = self.piece.next.min(from);
        let hit = if let Some(matcher) = &mut aim.matcher {
            let to = (from.saturating_sub(self.piece.at) as usize).min(self.piece.bytes.len());
            last_text(&mut self.piece, matcher, &mut aim.judge, ground, to)
        } else {
            last_bad(&self.piece, &mut ground.lane.reader(), &aim.judge, ground, from)
        };
        hit.map_or(Progress::More, |(start, end)| self.hit(start, end))
    }

    fn hit(&self, start: u64, end: u64) -> Progress {
        Progress::Hit(Place { source: self.source, start, end })
    }
}

fn first_text(
    piece: &mut Piece,
    matcher: &mut Matcher,
    judge: &mut Judge,
    ground: Ground<'_>,
    skip: usize,
) -> Option<(u64, u64)> {
    matcher.prepare(&mut piece.bytes);
    // In the middle of a line there is no start of a line.
    let mut from = skip.max(usize::from(!piece.opens));
    while let Some(hit) = matcher.next(&piece.bytes, from) {
        let (start, end) = placed(piece, hit);
        if judge.passes(ground, start) {
            return Some((start, end));
        }
        from = hit.1;
    }
    None
}

fn last_text(
    piece: &mut Piece,
    matcher: &mut Matcher,
    judge: &mut Judge,
    ground: Ground<'_>,
    to: usize,
) -> Option<(u64, u64)> {
    matcher.prepare(&mut piece.bytes);
    let mut found = None;
    matcher.each_back(&piece.bytes, usize::from(!piece.opens), to, &mut |hit| {
        let (start, end) = placed(piece, hit);
        let passes = judge.passes(ground, start);
        found = passes.then_some((start, end));
        !passes
    });
    found
}

fn placed(piece: &Piece, (start, end): Hit) -> (u64, u64) {
    (piece.at + start as u64, piece.at + end as u64)
}

fn first_bad(
    piece: &Piece,
    reader: &mut Reader,
    judge: &Judge,
    ground: Ground<'_>,
    from: u64,
) -> Option<(u64, u64)> {
    let mut hit = None;
    records(piece, reader, true, &mut |found| {
        if found.start >= from && is_bad(&found) && judge.passes_record(ground, &found) {
            hit = Some((found.start, found.end));
        }
        hit.is_none()
    });
    hit
}

fn is_bad(found: &Found<'_>) -> bool {
    found.level.is_some_and(Level::is_bad)
}

fn last_bad(
    piece: &Piece,
    reader: &mut Reader,
    judge: &Judge,
    ground: Ground<'_>,
    to: u64,
) -> Option<(u64, u64)> {
    let mut all = Vec::new();
    records(piece, reader, true, &mut |found| {
        if found.start < to && is_bad(&found) {
            all.push(found);
        }
        found.start < to
    });
    let hit = all.into_iter().rev().find(|found| judge.passes_record(ground, found));
    hit.map(|found| (found.start, found.end))
}

/// Where the first record of this moment or later stands.
fn place_of(ground: Ground<'_>, at: Micros, after: bool) -> u64 {
    let wanted = |time: Micros| if after { time > at } else { time >= at };
    let stretches = ground.lane.index.stretches();
    let held = stretches.iter().position(|stretch| stretch.last != Micros::MIN && wanted(stretch.last));
    let (mut from, to) = match held {
        Some(number) => {
            let next = stretches.get(number + 1).map_or(u64::MAX, |next| next.start);
            (stretches[number].start, next)
        }
        None => (ground.lane.counted_to(), u64::MAX),
    };
    let mut piece = Piece::default();
    let mut reader = ground.lane.reader();
    let mut found = None;
    // What is not analysed yet is taken to be newer; a stretch is looked through whole, and is short.
    while held.is_some() && found.is_none() && piece.ahead(ground.tape, from, to, true) {
        records(&piece, &mut reader, true, &mut |record| {
            found = record.at.filter(|time| wanted(*time)).map(|_| record.start);
            found.is_none()
        });
        from = piece.next;
    }
    found.unwrap_or(from)
}
