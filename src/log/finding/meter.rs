//! Meters: a number that a template carries with a name (`lag=…`, `took … ms`), followed over time. What should stay
//! low and rises steadily is growth (Mann-Kendall's tau over the medians of stretches of time); a duration whose
//! distribution moved is a shift (Kolmogorov-Smirnov's distance between before and since, on logarithmic bins), and so
//! is one of which only the slowest part moved (the likelihood ratio of two binomials, as for [`shares`]).
//!
//! [`shares`]: crate::log::finding::shares

use crate::log::finding::Sample;
use crate::log::finding::gauge::{Gauge, Measure};
use crate::log::finding::shares::{Sum, ratio};
use crate::log::time::Micros;

/// Most stretches of time; at the limit their width doubles.
const CELLS_MAX: usize = 32;
/// Bins of a distribution: half octaves from a hundredth on.
const BINS: usize = 56;
/// Values after which only one in [`SPARSE`] is read.
const DENSE: u32 = 2000;
const SPARSE: u32 = 8;
/// Least stretches with values before a shift of durations, and since.
const LASTING: usize = 3;

/// A stretch of time.
#[derive(Debug, Clone)]
struct Cell {
    count: u32,
    sum: f64,
    least: f64,
    /// Its greatest value, by doublings, and the record of it.
    top: f64,
    sample: Option<Box<Sample>>,
    bins: Option<Box<[u16; BINS]>>,
}

/// The numbers of one template in one source.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    gauge: Gauge,
    origin: Micros,
    scale: u32,
    cells: Vec<Cell>,
    seen: u32,
}

/// Something moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moved {
    pub(crate) measure: Measure,
    pub(crate) name: &'static str,
    /// Which part of the values moved; empty for all.
    pub(crate) part: &'static str,
    pub(crate) onset: Sample,
    /// The record of the greatest value.
    pub(crate) top: Option<Sample>,
    pub(crate) ended: Option<Micros>,
    pub(crate) before: f64,
    pub(crate) since: f64,
}

impl Meter {
    /// A meter for the lines of a template, if one of them names a number.
    pub(crate) fn new(line: &[u8], at: Micros) -> Option<Self> {
        Some(Self::of(Gauge::find(line)?, at))
    }

    /// A meter for the requests of access lines, if one of them tells how long it took.
    pub(crate) fn access(line: &[u8], at: Micros) -> Option<Self> {
        Some(Self::of(Gauge::access(line)?, at))
    }

    fn of(gauge: Gauge, at: Micros) -> Self {
        Self { gauge, origin: at, scale: 0, cells: Vec::new(), seen: 0 }
    }

    /// Takes a record in; `sample` makes its quote when needed.
    pub(crate) fn record(&mut self, at: Micros, line: &[u8], sample: impl FnOnce() -> Sample) {
        self.seen = self.seen.saturating_add(1);
        if self.seen > DENSE && !self.seen.is_multiple_of(SPARSE) {
            return;
        }
        let Some(value) = self.gauge.read(line) else { return };
        let index = self.index(at);
        let durations = self.gauge.measure == Measure::Duration;
        let cell = &mut self.cells[index];
        cell.count += 1;
        cell.sum += value;
        cell.least = if cell.count == 1 { value } else { cell.least.min(value) };
        if durations {
            let bins = cell.bins.get_or_insert_with(|| Box::new([0; BINS]));
            bins[bin(value)] = bins[bin(value)].saturating_add(1);
        }
        if cell.sample.is_none() || value >= 2.0 * cell.top.max(0.01) {
            cell.top = value;
            cell.sample = Some(Box::new(sample()));
        }
    }

    fn index(&mut self, at: Micros) -> usize {
        let seconds = (at - self.origin).max(0) / 1_000_000;
        while seconds >> self.scale >= CELLS_MAX as i64 {
            self.halve();
        }
        let index = (seconds >> self.scale) as usize;
        if index >= self.cells.len() {
            let empty = Cell { count: 0, sum: 0.0, least: 0.0, top: 0.0, sample: None, bins: None };
            self.cells.resize(index + 1, empty);
        }
        index
    }

    fn halve(&mut self) {
        self.scale += 1;
        let mut halves = std::mem::take(&mut self.cells).into_iter();
        while let Some(one) = halves.next() {
            self.cells.push(match halves.next() {
                Some(other) => joined(one, other),
                None => one,
            });
        }
    }

    /// What moved, if anything.
    pub(crate) fn moved(&self) -> Option<Moved> {
        match self.gauge.measure {
            Measure::Duration => {
                self.slower().or_else(|| TAILS.iter().find_map(|tail| self.slower_tail(tail)))
            }
            Measure::Level => self.grown(),
        }
    }

    fn slower(&self) -> Option<Moved> {
        const BEFORE_MIN: u32 = 100;
        const SINCE_MIN: u32 = 40;
        const DISTANCE: f64 = 0.5;
        let filled: Vec<&Cell> = self.cells.iter().filter(|cell| cell.count > 0).collect();
        if filled.len() < 2 * LASTING {
            return None;
        }
        let splits = LASTING..=filled.len() - LASTING;
        let best = splits.map(|at| (distance(&filled[..at], &filled[at..]), at));
        let (_, at) =
            best.max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(&one.1)))?;
        let (before, since) = filled.split_at(at);
        let known = count(before) >= BEFORE_MIN && count(since) >= SINCE_MIN;
        let (low, high) = (quantile(before, 0.5), quantile(since, 0.5));
        let apart = distance(before, since) >= DISTANCE && high >= 2.0 * low;
        // Most of the time since has to lie above nearly all of the time before.
        let medians = |cells: &[&Cell]| {
            let mut medians: Vec<f64> = cells.iter().map(|cell| quantile(&[cell], 0.5)).collect();
            medians.sort_unstable_by(f64::total_cmp);
            medians
        };
        let (lows, highs) = (medians(before), medians(since));
        let stands_out = highs[highs.len() / 4] > lows[lows.len() * 9 / 10] * 1.3;
        if !(known && apart && stands_out) {
            return None;
        }
        let onset = since.iter().find_map(|cell| cell.sample.as_deref())?.clone();
        Some(Moved { onset, top: top(since), ended: None, before: low, since: high, ..self.blank() })
    }

    /// Only the slowest part of the durations moved: what few exceeded before, many exceed since.
    fn slower_tail(&self, tail: &Tail) -> Option<Moved> {
        let filled: Vec<&Cell> = self.cells.iter().filter(|cell| cell.count > 0).collect();
        let splits = LASTING..=filled.len().checked_sub(LASTING)?;
        let judged = splits.filter_map(|at| {
            let (before, since) = filled.split_at(at);
            if valued(before) < tail.before_min || valued(since) < tail.since_min {
                return None;
            }
            let limit = quantile_bin(before, tail.share) + tail.rise;
            let (low, high) = (above(before, limit), above(since, limit));
            let moved =
                high.share() >= 1.0 - tail.share && high.1 >= EXCEEDING_MIN && high.share() > low.share();
            moved.then(|| (ratio(low, high), at, limit))
        });
        let (sure, at, limit) =
            judged.max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(&one.1)))?;
        let (before, since) = filled.split_at(at);
        // It lasts: each third of the time since is slower than any third of the time before.
        let thirds = |cells: &[&Cell]| -> Vec<f64> {
            cells.chunks(cells.len().div_ceil(3)).map(|third| above(third, limit).share()).collect()
        };
        let usual = thirds(before).into_iter().fold(0.0, f64::max);
        let least = thirds(since).into_iter().fold(f64::INFINITY, f64::min);
        if sure < SURE_MIN || least <= 1.5 * usual {
            return None;
        }
        let (low, high) = (quantile(before, tail.share), quantile(since, tail.share));
        let onset = since.iter().find_map(|cell| cell.sample.as_deref())?.clone();
        let (part, top) = (tail.name, top(since));
        Some(Moved { part, onset, top, ended: None, before: low, since: high, ..self.blank() })
    }

    /// A level that rises from one stretch to the next up to its peak, and stands there or has come back.
    fn grown(&self) -> Option<Moved> {
        /// Least stretches of a rise after as many as [`KNOWN`] without, and where the log begins with it.
        const STEPS_MIN: usize = 5;
        const STEPS_FROM_START: usize = 10;
        const KNOWN: usize = 3;
        const TIMES: f64 = 4.0;
        const RISE_MIN: f64 = 20.0;
        const TAU: f64 = 0.85;
        let filled: Vec<(usize, &Cell)> =
            self.cells.iter().enumerate().filter(|(_, cell)| cell.count > 0).collect();
        let means: Vec<f64> = filled.iter().map(|(_, cell)| cell.sum / f64::from(cell.count)).collect();
        let peak = (0..means.len()).max_by(|a, b| means[*a].total_cmp(&means[*b]).then_with(|| b.cmp(a)))?;
        // The rise begins where the level was last as low as a twentieth above its lowest.
        let least = means[..=peak].iter().copied().fold(f64::INFINITY, f64::min);
        let floor = least + 0.05 * (means[peak] - least);
        let start = means[..=peak].iter().rposition(|mean| *mean <= floor)?;
        let run = &means[start..=peak];
        let steps = if start >= KNOWN { STEPS_MIN } else { STEPS_FROM_START };
        let rises = run.len() >= steps
            && tau(run) >= TAU
            && means[peak] >= TIMES * least.max(0.0)
            && means[peak] - least >= RISE_MIN;
        // What falls back again and again is work: a heap, a batch. Before, it must not have been nearly as high.
        let usual = means[..start].iter().copied().fold(0.0, f64::max);
        if !rises || usual > means[peak] / 2.0 {
            return None;
        }
        let after =
            filled[peak + 1..].iter().zip(&means[peak + 1..]).find(|(_, mean)| **mean < means[peak] / 2.0);
        let width = 1_000_000 << self.scale;
        let ended = after.map(|((at, _), _)| self.origin + *at as i64 * width);
        let onset = filled[start].1.sample.as_deref()?.clone();
        let top = filled[peak].1.sample.as_deref().cloned();
        Some(Moved { onset, top, ended, before: least, since: means[peak], ..self.blank() })
    }

    fn blank(&self) -> Moved {
        Moved {
            measure: self.gauge.measure,
            name: self.gauge.name.trim_end_matches('='),
            part: "",
            onset: Sample::default(),
            top: None,
            ended: None,
            before: 0.0,
            since: 0.0,
        }
    }
}

/// A slowest part of durations, and what it takes to say that it moved.
struct Tail {
    name: &'static str,
    /// Share of the values below it.
    share: f64,
    /// Bins by which it has to rise: half octaves.
    rise: usize,
    before_min: u32,
    since_min: u32,
}

const TAILS: [Tail; 2] = [
    Tail { name: " p95", share: 0.95, rise: 2, before_min: 200, since_min: 100 },
    Tail { name: " p99", share: 0.99, rise: 3, before_min: 600, since_min: 300 },
];
/// Least likelihood ratio, in nats: one in fifty million by chance, for each of some thirty splits of a hundred meters.
const SURE_MIN: f64 = 18.0;
/// Least values beyond what was usual.
const EXCEEDING_MIN: u32 = 12;

/// Values in the bins of some stretches.
fn valued(cells: &[&Cell]) -> u32 {
    bins(cells).iter().sum()
}

/// Values, and those from a bin on.
fn above(cells: &[&Cell], limit: usize) -> Sum {
    let bins = bins(cells);
    Sum(bins.iter().sum(), bins.iter().skip(limit).sum())
}

fn joined(mut one: Cell, other: Cell) -> Cell {
    if one.count == 0 || other.count == 0 {
        return if one.count == 0 { other } else { one };
    }
    one.least = one.least.min(other.least);
    one.count += other.count;
    one.sum += other.sum;
    if other.top >= 2.0 * one.top.max(0.01) {
        (one.top, one.sample) = (other.top, other.sample);
    }
    if let (Some(bins), Some(others)) = (&mut one.bins, &other.bins) {
        for (bin, other) in bins.iter_mut().zip(others.iter()) {
            *bin = bin.saturating_add(*other);
        }
    }
    one
}

fn count(cells: &[&Cell]) -> u32 {
    cells.iter().map(|cell| cell.count).sum()
}

fn top(cells: &[&Cell]) -> Option<Sample> {
    let top = cells.iter().max_by(|one, other| one.top.total_cmp(&other.top))?;
    top.sample.as_deref().cloned()
}

/// Values in each bin, all in all.
fn bins(cells: &[&Cell]) -> [u32; BINS] {
    let mut all = [0; BINS];
    for bins in cells.iter().filter_map(|cell| cell.bins.as_ref()) {
        for (sum, bin) in all.iter_mut().zip(bins.iter()) {
            *sum += u32::from(*bin);
        }
    }
    all
}

/// Greatest distance between the two distributions, where the later one is the slower.
fn distance(before: &[&Cell], since: &[&Cell]) -> f64 {
    let (before, since) = (bins(before), bins(since));
    let total = |bins: &[u32; BINS]| f64::from(bins.iter().sum::<u32>().max(1));
    let (all_before, all_since) = (total(&before), total(&since));
    let (mut low, mut high, mut most) = (0, 0, 0.0_f64);
    for (one, other) in before.iter().zip(&since) {
        low += one;
        high += other;
        most = most.max(f64::from(low) / all_before - f64::from(high) / all_since);
    }
    most
}

/// Lower end of the bin in which a quantile lies.
fn quantile(cells: &[&Cell], share: f64) -> f64 {
    match quantile_bin(cells, share) {
        0 => 0.0,
        bin => 0.01 * 2_f64.powf(bin as f64 / 2.0),
    }
}

/// The bin in which a quantile lies.
fn quantile_bin(cells: &[&Cell], share: f64) -> usize {
    let bins = bins(cells);
    let wanted = f64::from(bins.iter().sum::<u32>()) * share;
    let mut sum = 0.0;
    for (at, bin) in bins.iter().enumerate() {
        sum += f64::from(*bin);
        if sum > wanted {
            return at;
        }
    }
    0
}

fn bin(value: f64) -> usize {
    (((value.max(0.01) / 0.01).log2() * 2.0) as usize).min(BINS - 1)
}

/// Share of pairs that rise less those that fall (Kendall, Biometrika 1938).
fn tau(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut pairs = 0.0;
    for (at, one) in values.iter().enumerate() {
        for other in &values[at + 1..] {
            sum += (other - one).signum() * f64::from(u8::from(other != one));
            pairs += 1.0;
        }
    }
    if pairs > 0.0 { sum / pairs } else { 0.0 }
}

#[cfg(test)]
mod tests;
