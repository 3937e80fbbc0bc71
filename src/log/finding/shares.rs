//! Shares: how much of what a source says is trouble, and when that moved. One change point (and its end) by the
//! likelihood ratio of two binomials (Hinkley, Biometrika 1970), kept only where most of the time after it lies above
//! nearly all of the time before: a few bursts are no shift.

use crate::log::finding::Sample;
use crate::log::time::Micros;

/// Most cells of time; at the limit their width doubles.
const CELLS_MAX: usize = 96;
/// Least records before a shift, for its usual share to be known.
const BEFORE_MIN: u32 = 200;
/// Least records since.
const SINCE_MIN: u32 = 60;
/// Least records of trouble since.
const TROUBLE_MIN: u32 = 30;
/// Least cells with records before, and since.
const LASTING: usize = 4;
/// By how much the share has to rise: times, and points.
const TIMES: f64 = 3.0;
const POINTS: f64 = 0.05;
/// Least likelihood ratio, in nats; chance reaches this in a log of 96 cells less than once in a billion.
const RATIO_MIN: f64 = 25.0;

/// A stretch of time.
#[derive(Debug, Clone, Default)]
struct Cell {
    all: u32,
    trouble: u32,
    /// Its first record of trouble.
    first: Option<Box<Sample>>,
}

/// Records and trouble over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shares {
    origin: Option<Micros>,
    /// Doublings of a second.
    scale: u32,
    cells: Vec<Cell>,
    trouble: u32,
}

/// The share of trouble has moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shift {
    /// First record of trouble of the new share.
    pub(crate) onset: Sample,
    /// When it was over.
    pub(crate) ended: Option<Micros>,
    pub(crate) before: f64,
    pub(crate) since: f64,
}

impl Shares {
    /// Takes a record in; `sample` makes its quote when needed.
    #[inline]
    pub(crate) fn record(&mut self, at: Micros, trouble: bool, sample: impl FnOnce() -> Sample) {
        let origin = *self.origin.get_or_insert(at);
        let index = self.index(origin, at);
        let cell = &mut self.cells[index];
        cell.all = cell.all.saturating_add(1);
        if trouble {
            self.trouble = self.trouble.saturating_add(1);
            cell.trouble = cell.trouble.saturating_add(1);
            if cell.first.is_none() {
                cell.first = Some(Box::new(sample()));
            }
        }
    }

    /// The cell of a time; one before the first counts for the first.
    #[inline]
    fn index(&mut self, origin: Micros, at: Micros) -> usize {
        let seconds = (at - origin).max(0) / 1_000_000;
        while seconds >> self.scale >= CELLS_MAX as i64 {
            self.halve();
        }
        let index = (seconds >> self.scale) as usize;
        if index >= self.cells.len() {
            self.cells.resize(index + 1, Cell::default());
        }
        index
    }

    fn halve(&mut self) {
        self.scale += 1;
        let pairs = self.cells.len().div_ceil(2);
        for pair in 0..pairs {
            let mut one = std::mem::take(&mut self.cells[2 * pair]);
            if let Some(other) = self.cells.get_mut(2 * pair + 1).map(std::mem::take) {
                one.all = one.all.saturating_add(other.all);
                one.trouble = one.trouble.saturating_add(other.trouble);
                one.first = one.first.or(other.first);
            }
            self.cells[pair] = one;
        }
        self.cells.truncate(pairs);
    }

    /// The shift there was, if any.
    pub(crate) fn shift(&self) -> Option<Shift> {
        if self.trouble < TROUBLE_MIN {
            return None;
        }
        let cells: Vec<usize> = (0..self.cells.len()).filter(|at| self.cells[*at].all > 0).collect();
        let split = self.best(&cells, true)?;
        let (before, since) = cells.split_at(split);
        let end = self.best(since, false);
        let (height, after) = since.split_at(end.unwrap_or(since.len()));
        let (low, high) = (self.sum(before), self.sum(height));
        let known = low.0 >= BEFORE_MIN && high.0 >= SINCE_MIN && high.1 >= TROUBLE_MIN;
        let lasting = before.len() >= LASTING && height.len() >= LASTING;
        let rises = high.share() >= (TIMES * low.share()).max(low.share() + POINTS);
        if !(known && lasting && rises && ratio(low, high) >= RATIO_MIN && self.stands_out(before, height)) {
            return None;
        }
        let onset = height.iter().find_map(|at| self.cells[*at].first.as_deref())?.clone();
        let width = 1_000_000 << self.scale;
        let ended = after.first().zip(self.origin).map(|(at, origin)| origin + *at as i64 * width);
        Some(Shift { onset, ended, before: low.share(), since: high.share() })
    }

    /// Where the cells fall apart best, with more trouble in the later part when `rising`, else in the earlier.
    fn best(&self, cells: &[usize], rising: bool) -> Option<usize> {
        let total = self.sum(cells);
        let mut first = Sum::default();
        let mut best: Option<(f64, usize)> = None;
        for (at, cell) in cells.iter().enumerate() {
            if at >= LASTING {
                let rest = Sum(total.0 - first.0, total.1 - first.1);
                let (low, high) = if rising { (first, rest) } else { (rest, first) };
                let falls = rising || high.share() >= (TIMES * low.share()).max(low.share() + POINTS);
                let gain = if high.share() > low.share() && falls { ratio(low, high) } else { 0.0 };
                if gain > best.map_or(RATIO_MIN, |(gain, _)| gain) {
                    best = Some((gain, at));
                }
            }
            first = Sum(first.0 + self.cells[*cell].all, first.1 + self.cells[*cell].trouble);
        }
        best.map(|(_, at)| at)
    }

    fn sum(&self, cells: &[usize]) -> Sum {
        cells.iter().fold(Sum::default(), |sum, at| {
            Sum(sum.0.saturating_add(self.cells[*at].all), sum.1.saturating_add(self.cells[*at].trouble))
        })
    }

    /// Whether three quarters of the cells of `height` lie above nine tenths of those `before`.
    fn stands_out(&self, before: &[usize], height: &[usize]) -> bool {
        let shares = |cells: &[usize]| {
            let share = |at: &usize| f64::from(self.cells[*at].trouble) / f64::from(self.cells[*at].all);
            let mut shares: Vec<f64> = cells.iter().map(share).collect();
            shares.sort_unstable_by(f64::total_cmp);
            shares
        };
        let (low, high) = (shares(before), shares(height));
        high[high.len() / 4] > low[low.len() * 9 / 10]
    }
}

/// Records, and those of trouble.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum(pub(crate) u32, pub(crate) u32);

impl Sum {
    pub(crate) fn share(self) -> f64 {
        f64::from(self.1) / f64::from(self.0.max(1))
    }
}

/// Logarithm of the likelihood ratio of two shares against one for all.
pub(crate) fn ratio(one: Sum, other: Sum) -> f64 {
    likelihood(one) + likelihood(other) - likelihood(Sum(one.0 + other.0, one.1 + other.1))
}

fn likelihood(sum: Sum) -> f64 {
    let (all, hits, share) = (f64::from(sum.0), f64::from(sum.1), sum.share());
    let part = |count: f64, share: f64| if count > 0.0 { count * share.ln() } else { 0.0 };
    part(hits, share) + part(all - hits, 1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(seconds: i64, troubled: impl Fn(i64, i64) -> bool) -> Shares {
        let mut shares = Shares::default();
        for second in 0..seconds {
            for tick in 0..5 {
                let at = second * 1_000_000 + tick;
                shares.record(at, troubled(second, tick), || Sample { at: Some(at), ..Sample::default() });
            }
        }
        shares
    }

    #[test]
    fn a_share_that_moves_and_stays_is_a_shift() {
        let all = shares(600, |second, tick| tick == 0 && (second % 50 == 0 || second >= 400));
        let shift = all.shift().unwrap();
        assert_eq!(shift.onset.at, Some(400_000_000));
        assert_eq!(shift.ended, None);
        assert!(shift.before < 0.01 && shift.since > 0.15);
        let over = shares(900, |second, tick| tick == 0 && (400..600).contains(&second)).shift().unwrap();
        assert!((592_000_000..=608_000_000).contains(&over.ended.unwrap()), "{over:?}");
    }

    #[test]
    fn what_goes_on_as_before_is_none() {
        assert_eq!(shares(600, |second, tick| tick == 0 && second % 3 == 0).shift(), None);
        assert_eq!(shares(600, |second, _| (300..303).contains(&second)).shift(), None);
        assert_eq!(shares(600, |second, tick| second % 60 < 5 && tick < 4).shift(), None);
        assert_eq!(shares(30, |second, _| second > 20).shift(), None);
    }
}
