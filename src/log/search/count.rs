//! How many lines hold a hit: counted a bounded piece at a time, and on as lines arrive.

use std::collections::BTreeMap;

use crate::incident::{Level, SourceId};
use crate::log::record::Reader;
use crate::log::search::find::sources;
use crate::log::search::ground::{Ground, Grounds, Needs, records};
use crate::log::search::judge::Judge;
use crate::log::search::matcher::Matcher;
use crate::log::search::piece::{self, PIECE, Piece};
use crate::log::view::{CountAnswer, CountRequest, Target};

/// Most places that are remembered of what was passed.
const PASSED_MAX: usize = 8192;

/// A count under way.
#[derive(Debug)]
pub(crate) struct Count {
    request: CountRequest,
    /// Absent where there is nothing that can be counted.
    aim: Option<Aim>,
    parts: BTreeMap<SourceId, Part>,
    /// Sources to go on with; the last one first.
    due: Vec<SourceId>,
    piece: Piece,
    /// Counting up to the mark, from a place before it that was passed.
    probe: Option<Part>,
    /// Lines up to the mark.
    before: Option<u64>,
}

#[derive(Debug)]
struct Aim {
    /// Absent: records of level error or worse.
    matcher: Option<Matcher>,
    judge: Judge,
    needs: Needs,
}

/// What was counted of one source.
#[derive(Debug, Default)]
struct Part {
    /// Lines the source had when it was last looked at.
    read: u64,
    /// Where counting goes on: up to here all lines are complete.
    at: u64,
    /// A line goes on there.
    inside: bool,
    /// The line that goes on there was counted.
    counted: bool,
    lines: u64,
    /// The unfinished last line: whether it holds a hit, and up to where it was looked through.
    tail: (u64, u64),
    reader: Option<Reader>,
    /// Starts of lines, far from each other, with the lines with a hit before them.
    passed: Vec<(u64, u64)>,
}

impl Count {
    pub(crate) fn new(request: CountRequest) -> Self {
        let matcher = match &request.target {
            Target::Text(pattern) => Matcher::new(pattern).map(Some),
            Target::Bad => Ok(None),
        };
        let aim = matcher.ok().zip(Judge::new(&request.filter).ok()).map(|(matcher, judge)| {
            let needs = Needs::of(&request.filter, matcher.is_none());
            Aim { matcher, judge, needs }
        });
        let (parts, due, piece) = (BTreeMap::new(), Vec::new(), Piece::default());
        Self { request, aim, parts, due, piece, probe: None, before: None }
    }

    /// Whether a question is this one, its number and its mark aside.
    pub(crate) fn asks_as(&self, other: &CountRequest) -> bool {
        let own = &self.request;
        (own.scope, &own.filter, &own.target) == (other.scope, &other.filter, &other.target)
    }

    /// Takes over another number and another mark.
    pub(crate) fn mark(&mut self, request: CountRequest) {
        self.request = request;
        (self.probe, self.before) = (None, None);
    }

    /// Counts a piece further up to the mark; false when it is reached, or not yet passed by the count of all.
    fn approach(&mut self, grounds: &impl Grounds) -> bool {
        let (Some(aim), Some(mark), None) = (&mut self.aim, self.request.mark, self.before) else {
            return false;
        };
        let known =
            self.request.scope.source().filter(|source| *source == mark.source && aim.matcher.is_some());
        let part = known.and_then(|source| self.parts.get(&source));
        let (Some(part), Some(ground)) = (part, grounds.ground(mark.source)) else { return false };
        let end = piece::line_end(ground.tape, mark.start.max(mark.end.saturating_sub(1))).max(mark.end);
        if part.at < end {
            self.before = (part.tail.1 >= mark.end).then_some(part.lines + part.tail.0);
            return false;
        }
        let probe = self.probe.get_or_insert_with(|| part.before(mark.start));
        if probe.step(ground, aim, &mut self.piece, end) {
            return true;
        }
        self.before = Some(probe.lines + probe.tail.0);
        self.probe = None;
        false
    }

    /// Notes which sources there are now.
    pub(crate) fn prepare(&mut self, grounds: &impl Grounds) {
        let Some(aim) = &mut self.aim else { return };
        // Ascending: both lists are looked through once.
        self.due = sources(self.request.scope, &aim.judge, grounds);
        if aim.judge.is_void(grounds) {
            self.due.clear();
        }
        self.parts.retain(|source, _| self.due.binary_search(source).is_ok());
        self.due.reverse();
    }

    /// Looks through one more piece; false when there is nothing more to look through now.
    pub(crate) fn step(&mut self, grounds: &impl Grounds) -> bool {
        if self.approach(grounds) {
            return true;
        }
        let Some(aim) = &mut self.aim else { return false };
        while let Some(source) = self.due.last() {
            if let Some(ground) = grounds.ground(*source) {
                let part = self.parts.entry(*source).or_default();
                // A text that was replaced is counted anew.
                let replaced = part.at > ground.tape.end() || ground.lane.lines < part.read;
                if replaced {
                    *part = Part::default();
                    (self.probe, self.before) = (None, None);
                }
                part.read = ground.lane.lines;
                if part.step(ground, aim, &mut self.piece, ground.tape.end()) || replaced {
                    return true;
                }
            }
            self.due.pop();
        }
        false
    }

    /// What was counted so far.
    pub(crate) fn answer(&self, grounds: &impl Grounds) -> CountAnswer {
        let (mut done, mut total) = (0, 0);
        for (source, part) in &self.parts {
            let Some(ground) = grounds.ground(*source) else { continue };
            let (start, end) = (ground.tape.start(), ground.tape.end());
            done += part.at.max(part.tail.1).clamp(start, end) - start;
            total += end - start;
        }
        let lines = self.parts.values().map(|part| part.lines + part.tail.0).sum();
        let share = if done == total { 1.0 } else { done as f32 / total as f32 };
        CountAnswer { id: self.request.id, lines, share, before: self.before }
    }
}

impl Part {
    /// What was counted up to a place at or before an offset.
    fn before(&self, offset: u64) -> Self {
        let at = self.passed.partition_point(|(start, _)| *start <= offset);
        let (at, lines) = at.checked_sub(1).map_or((0, 0), |at| self.passed[at]);
        Self { at, lines, ..Self::default() }
    }

    /// Notes that counting has come to the start of a line.
    fn pass(&mut self) {
        if self.passed.len() >= PASSED_MAX {
            let mut number = 0;
            self.passed.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
        let stride = self.at / PASSED_MAX as u64 * 2;
        if self.passed.last().is_none_or(|(last, _)| self.at >= last + stride.max(PIECE as u64)) {
            self.passed.push((self.at, self.lines));
        }
    }

    /// Counts a piece further, not beyond `end`.
    fn step(&mut self, ground: Ground<'_>, aim: &mut Aim, piece: &mut Piece, end: u64) -> bool {
        if aim.matcher.is_none()
            && aim.judge.passes_all()
            && let Some((lines, counted)) = ground.bad()
        {
            let moved = (self.lines, self.at) != (lines, counted);
            // An unfinished last line is not waited for.
            let complete = if ground.lane.read_to() >= end { end } else { counted };
            (self.lines, self.at, self.tail) = (lines, counted, (0, complete));
            return moved;
        }
        if self.at >= end || self.tail.1 == end {
            return false;
        }
        if !self.inside {
            self.pass();
        }
        let (stop, may) = ground.ahead(self.at, aim.needs);
        let stop = stop.min(end);
        if !may {
            (self.at, self.inside, self.counted) = (stop, false, false);
            return true;
        }
        if !piece.ahead(ground.tape, self.at, stop, !self.inside) {
            self.at = stop.min(end);
            return self.at < end;
        }
        let tail = !piece.closes && piece.next >= end;
        let lines = self.count(ground, aim, piece, tail);
        if tail {
            self.tail = (lines, end);
            return true;
        }
        self.tail = (0, 0);
        self.lines += lines;
        self.counted = !piece.closes && (self.counted || lines > 0);
        (self.at, self.inside) = (piece.next, !piece.closes);
        true
    }

    fn count(&mut self, ground: Ground<'_>, aim: &mut Aim, piece: &mut Piece, tail: bool) -> u64 {
        let Aim { matcher, judge, .. } = aim;
        let Some(matcher) = matcher else {
            let mut lines = 0;
            let kept = self.reader.get_or_insert_with(|| ground.lane.reader());
            // An unfinished line is read again when it is longer.
            let mut reader = kept.clone();
            records(piece, &mut reader, tail, &mut |found| {
                let bad = found.level.is_some_and(Level::is_bad);
                lines += u64::from(bad && judge.passes_record(ground, &found));
                true
            });
            if !tail {
                *kept = reader;
            }
            return lines;
        };
        matcher.prepare(&mut piece.bytes);
        let mut from = usize::from(!piece.opens);
        if self.counted {
            match memchr::memchr(b'\n', &piece.bytes) {
                Some(line_break) => from = line_break + 1,
                None => return 0,
            }
        }
        if judge.passes_all() {
            return matcher.count_lines(&piece.bytes, from);
        }
        let mut lines = 0;
        while let Some((start, end)) = matcher.next(&piece.bytes, from) {
            lines += u64::from(judge.passes(ground, piece.at + start as u64));
            let Some(line_break) = memchr::memchr(b'\n', &piece.bytes[end..]) else { break };
            from = end + line_break + 1;
        }
        lines
    }
}
