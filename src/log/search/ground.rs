//! What a question is asked of: the text of a source, what is known about it, and which stretches can be passed over.

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::filter::Filter;
use crate::log::histogram::Counter;
use crate::log::index::Stretch;
use crate::log::lane::Lane;
use crate::log::record::{Reader, Shape};
use crate::log::search::piece::Piece;
use crate::log::source::tape::Tape;
use crate::log::template::Miner;
use crate::log::time::Micros;

/// The sources a question can be asked of.
pub(crate) trait Grounds {
    /// One of them.
    fn ground(&self, source: SourceId) -> Option<Ground<'_>>;

    /// Those of a merged view: logs, and not texts written by people.
    fn logs(&self) -> Vec<SourceId>;

    /// The templates of all of them.
    fn miner(&self) -> &Miner;

    /// What is counted over all of them.
    fn counter(&self) -> &Counter;
}

/// One source.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) tape: &'a Tape,
    pub(crate) lane: &'a Lane,
    pub(crate) miner: &'a Miner,
}

/// What a stretch must have to be looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Records of level error or worse.
    pub(crate) bad: bool,
    /// Records at or after this moment.
    pub(crate) from: Micros,
    /// Records before this moment.
    pub(crate) to: Micros,
    /// Only first lines of records are looked for; else also lines that go on with a record of an earlier stretch.
    pub(crate) heads: bool,
}

impl Needs {
    /// What a filter asks for.
    pub(crate) fn of(filter: &Filter, bad: bool) -> Self {
        let micros = |at: jiff::Timestamp| at.as_microsecond();
        Self {
            bad: bad || filter.level.is_some_and(Level::is_bad),
            from: filter.since.map_or(Micros::MIN, micros),
            to: filter.until.map_or(Micros::MAX, micros),
            heads: bad,
        }
    }

    fn is_nothing(self) -> bool {
        !self.bad && self.from == Micros::MIN && self.to == Micros::MAX
    }

    fn met_by(self, stretch: &Stretch) -> bool {
        let timeless = self.from == Micros::MIN && self.to == Micros::MAX;
        (!self.bad || stretch.bad > 0) && (timeless || (stretch.first < self.to && stretch.last >= self.from))
    }
}

impl Ground<'_> {
    /// Id of the template of a record with these lines, as a digest tells it, where there is such a template.
    pub(crate) fn template(&self, text: &[u8]) -> Option<String> {
        let line = text.split(|byte| *byte == b'\n').next()?;
        let (line, mut plain) = (clean::trim_break(line), Vec::new());
        let line = if clean::uncolour(line, &mut plain) { &plain } else { line };
        let mut reader = self.lane.reader();
        let head = reader.read(line);
        let bad = head.level.is_some_and(Level::is_bad);
        let template = self.miner.locate(head.message, head.shape == Shape::Access, bad)?;
        Some(self.miner.id(self.miner.settled(template)))
    }

    /// Up to where the text from `at` on can be looked through in one go, and whether it can hold what is needed.
    pub(crate) fn ahead(&self, at: u64, needs: Needs) -> (u64, bool) {
        let stretches = self.lane.index.stretches();
        let counted = self.lane.counted_to();
        if needs.is_nothing() || !self.is_indexed() || at >= counted {
            return (u64::MAX, true);
        }
        let Some(number) = stretches.partition_point(|stretch| stretch.start <= at).checked_sub(1) else {
            return (stretches.first().map_or(u64::MAX, |first| first.start), true);
        };
        let may = |number: usize| self.may(number, needs);
        let held = may(number);
        let end = (number + 1..stretches.len()).find(|next| may(*next) != held);
        (end.map_or(counted, |next| stretches[next].start), held)
    }

    /// Down to where the text before `end` can be looked through in one go, and whether it can hold what is needed.
    pub(crate) fn back(&self, end: u64, needs: Needs) -> (u64, bool) {
        let stretches = self.lane.index.stretches();
        let counted = self.lane.counted_to();
        if needs.is_nothing() || !self.is_indexed() {
            return (0, true);
        }
        if end > counted {
            return (counted, true);
        }
        let Some(number) = stretches.partition_point(|stretch| stretch.start < end).checked_sub(1) else {
            return (0, true);
        };
        let held = self.may(number, needs);
        let first = (0..number).rev().take_while(|before| self.may(*before, needs) == held).last();
        let first = first.unwrap_or(number);
        // Nothing is known of what stands before the first stretch.
        (stretches[first].start, held)
    }

    fn may(&self, number: usize, needs: Needs) -> bool {
        let stretches = self.lane.index.stretches();
        if needs.met_by(&stretches[number]) {
            return true;
        }
        // Its first lines may go on with a record that stands before it.
        let timed = |stretch: &&Stretch| stretch.first != Micros::MAX;
        let mut earlier = stretches[..number].iter().rev();
        !needs.heads
            && (number.checked_sub(1).is_some_and(|before| needs.met_by(&stretches[before]))
                || (stretches[number].first == Micros::MAX
                    && earlier.find(timed).is_some_and(|before| needs.met_by(before))))
    }

    /// Whether the index tells times and levels of its records.
    fn is_indexed(&self) -> bool {
        self.lane.analysed && !self.lane.is_context()
    }

    /// Records of level error or worse, and up to where they are counted; absent where the index does not tell.
    pub(crate) fn bad(&self) -> Option<(u64, u64)> {
        let stretches = self.lane.index.stretches();
        let whole = stretches.first().is_some_and(|first| first.start <= self.tape.start());
        let bad = stretches.iter().map(|stretch| u64::from(stretch.bad)).sum();
        (whole && self.is_indexed()).then(|| (bad, self.lane.counted_to()))
    }

    /// The earliest (or the latest) time that records from (or before) `at` on can be expected to have.
    pub(crate) fn frontier(&self, at: u64, backward: bool) -> Micros {
        let stretches = self.lane.index.stretches();
        let last = self.lane.last.unwrap_or(Micros::MIN);
        if at >= self.lane.counted_to() && !backward {
            return last;
        }
        let number = stretches.partition_point(|stretch| stretch.start < at.max(1)).saturating_sub(1);
        if backward {
            let timed = stretches[..=number].iter().rev().find(|stretch| stretch.last != Micros::MIN);
            timed.map_or(last, |stretch| stretch.last)
        } else {
            let timed = stretches[number..].iter().find(|stretch| stretch.first != Micros::MAX);
            timed.map_or(last, |stretch| stretch.first)
        }
    }
}

/// A record in a piece.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    /// Its time.
    pub(crate) at: Option<Micros>,
    /// Its level.
    pub(crate) level: Option<Level>,
    /// Where it begins.
    pub(crate) start: u64,
    /// Where its first line ends, line break excluded.
    pub(crate) end: u64,
    /// Its first line.
    pub(crate) line: &'a [u8],
    /// All its lines; absent where they may go on beyond the piece.
    pub(crate) text: Option<&'a [u8]>,
}

/// Hands out the records that begin in a piece until `take` says stop. One whose first line is unfinished is handed out
/// where `tail` says so.
pub(crate) fn records<'a>(
    piece: &'a Piece,
    reader: &mut Reader,
    tail: bool,
    take: &mut impl FnMut(Found<'a>) -> bool,
) {
    let bytes = piece.bytes.as_slice();
    // The rest of a line longer than a piece is no line.
    let mut from =
        if piece.opens { 0 } else { memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1) };
    let mut open: Option<(Found<'a>, usize)> = None;
    let mut plain = Vec::new();
    while from < bytes.len() {
        let found = memchr::memchr(b'\n', &bytes[from..]);
        if found.is_none() && !tail && !piece.closes {
            break;
        }
        let end = found.map_or(bytes.len(), |at| from + at);
        let line = bytes[from..end].strip_suffix(b"\r").unwrap_or(&bytes[from..end]);
        let head = reader.read(if clean::uncolour(line, &mut plain) { &plain } else { line });
        if head.is_head() {
            let start = piece.at + from as u64;
            let (at, level) = (head.at, head.level);
            let next = Found { at, level, start, end: start + line.len() as u64, line, text: None };
            if let Some((before, begin)) = open.replace((next, from))
                && !take(Found { text: Some(&bytes[begin..from]), ..before })
            {
                return;
            }
        }
        from = end + 1;
    }
    if let Some((last, _)) = open {
        take(last);
    }
}
