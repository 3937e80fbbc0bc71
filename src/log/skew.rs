//! Clocks that disagree. Two ways to know: a line that is read as it is written has a time of its own and one on our
//! wall; and the id of a request or trace that stands in two sources was there at nearly the same moment. Medians with
//! a small spread count, single differences do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::incident::SourceId;
use crate::log::quote::Span;
use crate::log::time::Micros;

/// Most ids remembered; at the limit half of them go, by their hash, so that those that stay are the same in every
/// source (distinct sampling: Gibbons, VLDB 2001).
const IDS_MAX: usize = 2048;
/// Most sources remembered for one id.
const PLACES_MAX: usize = 3;
/// An id that comes more often in one source than this names something that lasts, not a request.
const RARE_MAX: u8 = 16;
/// Lines of a template after which it is known whether they hold ids.
const PROBED: u8 = 3;
/// Least ids that two sources share.
const SHARED_MIN: usize = 8;
/// Least and most lines whose arrival is remembered.
const ARRIVALS_MIN: usize = 5;
const ARRIVALS: usize = 32;
/// Differences of less than this are no skew, microseconds.
const SKEW_MIN: Micros = 1_000_000;
/// Differences that are a finding.
pub(crate) const NOTABLE: Micros = 2_000_000;
/// Lines may arrive this late for other reasons (buffers, slow requests that are dated by their start): no skew.
const LATE_MAX: Micros = 30_000_000;
/// Spread of the differences that is still one and the same skew.
const SPREAD_MAX: Micros = 500_000;
/// The same for arrivals, as a part of the skew: two minutes that vary by seconds are two minutes.
const SPREAD_SHARE: Micros = 16;
const SPREAD_MOST: Micros = 5_000_000;
/// Lines that arrive within less time than this tell nothing.
const TOOK_MIN: Micros = 1_000_000;
/// A clock that gains or loses more than one part in so many is none.
const DRIFT_SHARE: Micros = 4;
/// The finest step of a clock that shows whole seconds.
const SECOND: Micros = 1_000_000;
/// Shortest id of hexadecimal digits.
const ID_MIN: usize = 16;
/// How far into a line an id is looked for, bytes.
const REACH: usize = 1024;

/// Where and when an id was first seen in a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sighting {
    pub(crate) source: SourceId,
    pub(crate) at: Micros,
    pub(crate) span: Span,
    /// How often, up to [`RARE_MAX`] and one more.
    times: u8,
}

/// The ids of all sources.
#[derive(Debug)]
pub(crate) struct Ids {
    sources: BTreeSet<SourceId>,
    /// By template: lines looked at without an id, or [`CARRIES`].
    probes: Vec<u8>,
    seen: HashMap<u64, Vec<Sighting>>,
    /// Hashes above are not remembered.
    ceiling: u64,
}

/// Lines of this template hold ids.
const CARRIES: u8 = u8::MAX;

impl Default for Ids {
    fn default() -> Self {
        Self { sources: BTreeSet::new(), probes: Vec::new(), seen: HashMap::new(), ceiling: u64::MAX }
    }
}

/// Two sources whose clocks disagree, with an id both hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disagreement {
    pub(crate) one: Sighting,
    pub(crate) other: Sighting,
    /// How far the clock of `other` is ahead.
    pub(crate) ahead: Micros,
}

impl Ids {
    /// Takes a record in. With one source there is nothing to compare.
    #[inline]
    pub(crate) fn record(&mut self, template: u32, source: SourceId, at: Micros, line: &[u8], span: Span) {
        if self.sources.len() < 2 {
            if !self.sources.contains(&source) {
                self.sources.insert(source);
            }
            return;
        }
        let index = template as usize;
        if index >= self.probes.len() {
            self.probes.resize(index + 1, 0);
        }
        if (PROBED..CARRIES).contains(&self.probes[index]) {
            return;
        }
        let Some(id) = find(line) else {
            if self.probes[index] != CARRIES {
                self.probes[index] += 1;
            }
            return;
        };
        self.probes[index] = CARRIES;
        self.sources.insert(source);
        self.note(id, Sighting { source, at, span, times: 1 });
    }

    fn note(&mut self, id: u64, sighting: Sighting) {
        if id > self.ceiling {
            return;
        }
        let places = self.seen.entry(id).or_default();
        if let Some(known) = places.iter_mut().find(|known| known.source == sighting.source) {
            known.times = (known.times + 1).min(RARE_MAX + 1);
        } else if places.len() < PLACES_MAX {
            places.push(sighting);
        }
        if self.seen.len() > IDS_MAX {
            self.ceiling /= 2;
            let ceiling = self.ceiling;
            self.seen.retain(|id, _| *id <= ceiling);
        }
    }

    /// A source starts over.
    pub(crate) fn forget(&mut self, source: SourceId) {
        for places in self.seen.values_mut() {
            places.retain(|place| place.source != source);
        }
    }

    /// The pairs of sources that disagree.
    pub(crate) fn disagreements(&self) -> Vec<Disagreement> {
        let mut pairs: BTreeMap<(SourceId, SourceId), Vec<Disagreement>> = BTreeMap::new();
        for places in self.seen.values() {
            for one in places.iter().filter(|place| place.times <= RARE_MAX) {
                for other in places.iter().filter(|place| place.times <= RARE_MAX) {
                    if one.source < other.source {
                        let found = Disagreement { one: *one, other: *other, ahead: other.at - one.at };
                        pairs.entry((one.source, other.source)).or_default().push(found);
                    }
                }
            }
        }
        pairs.into_values().filter_map(agreed).collect()
    }

    /// How far the clock of each source is ahead of the others, where one is.
    pub(crate) fn skews(&self) -> BTreeMap<SourceId, Micros> {
        let mut all: BTreeMap<SourceId, Vec<Micros>> = BTreeMap::new();
        for found in self.disagreements() {
            all.entry(found.other.source).or_default().push(found.ahead);
            all.entry(found.one.source).or_default().push(-found.ahead);
        }
        let skew = |mut ahead: Vec<Micros>| {
            ahead.sort_unstable();
            let (low, high) = (ahead[(ahead.len() - 1) / 2], ahead[ahead.len() / 2]);
            if low.abs() <= high.abs() { low } else { high }
        };
        let all = all.into_iter().map(|(source, ahead)| (source, skew(ahead)));
        all.filter(|(_, skew)| skew.abs() >= SKEW_MIN).collect()
    }
}

/// What the ids of two sources agree on: the pair of sightings in the middle.
fn agreed(mut found: Vec<Disagreement>) -> Option<Disagreement> {
    if found.len() < SHARED_MIN {
        return None;
    }
    found.sort_unstable_by_key(|one| (one.ahead, one.one.span.start, one.other.span.start));
    let ahead: Vec<Micros> = found.iter().map(|one| one.ahead).collect();
    (spread(&ahead) <= SPREAD_MAX).then(|| found[found.len() / 2])
}

/// The width of the middle half of sorted differences.
fn spread(sorted: &[Micros]) -> Micros {
    sorted[sorted.len() * 3 / 4] - sorted[sorted.len() / 4]
}

/// How late the lines of one source arrive, by its own clock; negative where they come from the future.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arrivals {
    /// How far ahead a line was, and when it was read.
    seen: Vec<(Micros, Micros)>,
    next: usize,
    /// Lines that show a part of a second.
    fractions: usize,
    told: Option<Off>,
}

/// A clock that is off by ours, or lines that come late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Off {
    /// How far the source's clock is ahead of ours.
    pub(crate) ahead: Micros,
    /// The line that made it certain.
    pub(crate) span: Span,
}

impl Arrivals {
    /// A line with the time `at` was read at `now`, as it was written.
    pub(crate) fn note(&mut self, at: Micros, now: Micros, span: Span) {
        if self.seen.len() < ARRIVALS {
            self.seen.push((at - now, now));
        } else {
            self.seen[self.next % ARRIVALS] = (at - now, now);
        }
        self.next += 1;
        self.fractions += usize::from(at % SECOND != 0);
        self.told = match (self.skew(), self.told) {
            // What is told moves when a person would notice.
            (Some(ahead), Some(told)) if (ahead - told.ahead).abs() <= allowed(told.ahead, SECOND) => {
                Some(told)
            }
            (Some(ahead), _) => Some(Off { ahead, span }),
            (None, _) => None,
        };
    }

    /// How far the source's clock is off, where it is.
    pub(crate) fn off(&self) -> Option<Off> {
        self.told
    }

    fn skew(&self) -> Option<Micros> {
        if self.seen.len() < ARRIVALS_MIN {
            return None;
        }
        let mut sorted: Vec<Micros> = self.seen.iter().map(|(ahead, _)| *ahead).collect();
        sorted.sort_unstable();
        // A line of a whole second was written half a second later, all in all.
        let step = if self.fractions == 0 { SECOND } else { 0 };
        let median = sorted[sorted.len() / 2] + step / 2;
        let skewed = median >= NOTABLE || median <= -LATE_MAX;
        // A log that is written anew, faster or slower than it was, runs along with no clock.
        let (took, drift) = self.drift()?;
        let runs_along = took >= TOOK_MIN && drift.abs() <= took / DRIFT_SHARE + step;
        (skewed && runs_along && spread(&sorted) <= allowed(median, step)).then_some(median)
    }

    /// How long the lines took to arrive, and by how much the later half is farther ahead than the earlier.
    fn drift(&self) -> Option<(Micros, Micros)> {
        let mut seen = self.seen.clone();
        seen.sort_unstable_by_key(|(_, now)| *now);
        let took = seen.last()?.1 - seen.first()?.1;
        let middle = |half: &mut [(Micros, Micros)]| {
            half.sort_unstable();
            half.get(half.len() / 2).map(|(ahead, _)| *ahead)
        };
        let (earlier, later) = seen.split_at_mut(self.seen.len() / 2);
        Some((took, middle(later)? - middle(earlier)?))
    }
}

/// Spread of arrivals that is still one and the same skew, with a clock of such steps.
fn allowed(skew: Micros, step: Micros) -> Micros {
    (skew.abs() / SPREAD_SHARE).clamp(SPREAD_MAX, SPREAD_MOST) + step
}

/// Hash of the first id of a line: a UUID, or sixteen hexadecimal digits and more, with digits and letters.
fn find(line: &[u8]) -> Option<u64> {
    let line = &line[..line.len().min(REACH)];
    let mut at = 0;
    while at < line.len() {
        if !(line[at].is_ascii_hexdigit()) {
            at += 1;
            continue;
        }
        let start = at;
        while at < line.len() && (line[at].is_ascii_hexdigit() || line[at] == b'-') {
            at += 1;
        }
        let run = &line[start..at];
        let free =
            |byte: Option<&u8>| !byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if run.len() >= ID_MIN
            && free(start.checked_sub(1).map(|at| &line[at]))
            && free(line.get(at))
            && is_id(run)
        {
            return Some(hash(run));
        }
    }
    None
}

fn is_id(run: &[u8]) -> bool {
    let dashes = memchr::memchr_iter(b'-', run).count();
    let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = run.len() - dashes - digits;
    (dashes == 0 || (dashes == 4 && run.len() == 36)) && digits >= 2 && letters >= 2
}

/// 64-bit FNV-1a, mixed so that high bits are as good as low ones.
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ (hash >> 29)).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

#[cfg(test)]
mod tests;
