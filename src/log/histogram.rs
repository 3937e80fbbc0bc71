//! Records per time bucket over all sources; the bucket widens as the span grows.

use crate::incident::Level;
use crate::log::digest::Histogram;
use crate::log::time::{Micros, timestamp};
use crate::log::view::ZoomRequest;

/// Seconds from the rest of the log beyond which a time is taken for a mistake.
const SPAN_MAX: i64 = 400 * 86_400;

/// Counts records by time.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    /// All records, those of level error and worse, of level fatal, of level warning.
    counts: Counts<4>,
}

impl Counter {
    /// Counts a record; false where its time is taken for a mistake.
    #[inline]
    pub(crate) fn record(&mut self, at: Micros, level: Option<Level>) -> bool {
        let Some(bucket) = self.counts.bucket(at) else { return false };
        let [all, bad, fatal, warnings] = &mut self.counts.series;
        let count = |series: &mut Vec<u32>| series[bucket] = series[bucket].saturating_add(1);
        count(all);
        match level {
            Some(Level::Fatal) => [bad, fatal].into_iter().for_each(count),
            Some(Level::Error) => count(bad),
            Some(Level::Warn) => count(warnings),
            _ => {}
        }
        true
    }

    /// What was counted.
    pub(crate) fn snapshot(&self) -> Histogram {
        let [all, bad, _, warnings] = &self.counts.series;
        if all.is_empty() {
            return Histogram::default();
        }
        Histogram {
            start: timestamp(self.counts.start * 1_000_000),
            bucket_s: self.counts.width as u32,
            all: all.clone(),
            bad: bad.clone(),
            warnings: warnings.clone(),
        }
    }

    /// A stretch of time in buckets of at least `width` microseconds: where the first begins, their width, and records
    /// of level fatal, error, warning and others. Absent where the counts are not as fine as that. The borders are those
    /// of the counts, so that the figures are exact.
    pub(crate) fn zoom(
        &self,
        from: Micros,
        to: Micros,
        width: Micros,
    ) -> Option<(Micros, Micros, Vec<[u32; 4]>)> {
        let (start, own) = (self.counts.start * 1_000_000, self.counts.width * 1_000_000);
        let [all, bad, fatal, warnings] = &self.counts.series;
        if all.is_empty() || own > width || to <= from {
            return None;
        }
        let width = (width as u64).div_ceil(own as u64) as Micros * own;
        let first = from.saturating_sub(start).div_euclid(own).checked_mul(own)?.checked_add(start)?;
        let count = (to.checked_sub(first)? as u64).div_ceil(width as u64) as usize;
        let mut buckets = vec![[0_u32; 4]; count.min(ZoomRequest::BUCKETS_MAX)];
        for number in 0..all.len() {
            let ahead = start + number as Micros * own - first;
            let bucket = usize::try_from(ahead.div_euclid(width)).ok().and_then(|at| buckets.get_mut(at));
            let Some(bucket) = bucket else { continue };
            let (errors, others) =
                (bad[number] - fatal[number], all[number] - bad[number] - warnings[number]);
            for (count, more) in bucket.iter_mut().zip([fatal[number], errors, warnings[number], others]) {
                *count = count.saturating_add(more);
            }
        }
        Some((first, width, buckets))
    }

    /// Records of `trend` per bucket of the histogram.
    pub(crate) fn align(&self, trend: &Trend) -> Vec<u32> {
        let mut aligned = vec![0_u32; self.counts.series[0].len()];
        for (number, count) in trend.counts.series[0].iter().enumerate() {
            let second = trend.counts.start + number as i64 * trend.counts.width;
            let bucket = (second - self.counts.start).div_euclid(self.counts.width.max(1));
            if let Some(aligned) = usize::try_from(bucket).ok().and_then(|at| aligned.get_mut(at)) {
                *aligned = aligned.saturating_add(*count);
            }
        }
        aligned
    }
}

/// Records of one kind by time, as fine as the counter counts them or finer: its borders are multiples of its width, a
/// power of two, and its span is never the longer one.
#[derive(Debug, Default)]
pub(crate) struct Trend {
    counts: Counts<1>,
}

impl Trend {
    /// Counts a record that the counter has counted.
    #[inline]
    pub(crate) fn record(&mut self, at: Micros) {
        if let Some(bucket) = self.counts.bucket(at) {
            let [all] = &mut self.counts.series;
            all[bucket] = all[bucket].saturating_add(1);
        }
    }
}

/// Series of counts over the same buckets.
#[derive(Debug)]
struct Counts<const N: usize> {
    /// Start of the first bucket, seconds since 1970; a multiple of the width.
    start: i64,
    /// Width of a bucket, seconds; a power of two.
    width: i64,
    series: [Vec<u32>; N],
}

impl<const N: usize> Default for Counts<N> {
    fn default() -> Self {
        Self { start: 0, width: 0, series: std::array::from_fn(|_| Vec::new()) }
    }
}

impl<const N: usize> Counts<N> {
    #[inline]
    fn bucket(&mut self, at: Micros) -> Option<usize> {
        let second = at.div_euclid(1_000_000);
        let len = self.series[0].len() as i64;
        if len == 0 {
            (self.start, self.width) = (second, 1);
        }
        let end = self.start + self.width * len;
        if second < self.start || second >= end {
            if second < end - SPAN_MAX || second > self.start + SPAN_MAX {
                return None;
            }
            self.cover(second);
        }
        Some(((second - self.start) >> self.width.trailing_zeros()) as usize)
    }

    fn cover(&mut self, second: i64) {
        let most = Histogram::BUCKETS_MAX as i64;
        loop {
            let end = self.start + self.width * self.series[0].len() as i64;
            let from = second.min(self.start).div_euclid(self.width) * self.width;
            let to = (second + 1).max(end);
            let aligned = self.start.div_euclid(self.width) * self.width == self.start;
            if aligned && (to - from + self.width - 1) / self.width <= most {
                break;
            }
            self.widen();
        }
        let from = second.min(self.start).div_euclid(self.width) * self.width;
        let ahead = ((self.start - from) / self.width) as usize;
        self.start = from;
        let len = ((second - from) / self.width) as usize + 1;
        for counts in &mut self.series {
            counts.splice(0..0, std::iter::repeat_n(0, ahead));
            counts.resize(counts.len().max(len), 0);
        }
    }

    fn widen(&mut self) {
        let width = self.width * 2;
        let start = self.start.div_euclid(width) * width;
        for counts in &mut self.series {
            let mut merged = Vec::with_capacity(counts.len() / 2 + 1);
            for (at, count) in counts.iter().enumerate() {
                let bucket = ((self.start + at as i64 * self.width - start) / width) as usize;
                if bucket >= merged.len() {
                    merged.resize(bucket + 1, 0_u32);
                }
                merged[bucket] = merged[bucket].saturating_add(*count);
            }
            *counts = merged;
        }
        (self.start, self.width) = (start, width);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_size_is_bounded(seconds in proptest::collection::vec(0_i64..200_000, 1..80)) {
            let mut counter = Counter::default();
            for second in &seconds {
                counter.record(second * 1_000_000, (second % 3 == 0).then_some(Level::Error));
            }
            let histogram = counter.snapshot();
            prop_assert!(histogram.all.len() <= Histogram::BUCKETS_MAX);
            prop_assert_eq!(histogram.all.iter().sum::<u32>() as usize, seconds.len());
            let bad = seconds.iter().filter(|second| **second % 3 == 0).count();
            prop_assert_eq!(histogram.bad.iter().sum::<u32>() as usize, bad);
        }

        #[test]
        fn a_trend_fits_the_histogram(
            records in proptest::collection::vec((0_i64..3_000_000, 0_usize..3), 1..120),
            outlier in any::<bool>(),
        ) {
            let mut counter = Counter::default();
            let mut trends = [Trend::default(), Trend::default(), Trend::default()];
            let mut counted = [0; 3];
            let far = [(4_000_000_000, 0)];
            for (second, kind) in records.iter().chain(far.iter().filter(|_| outlier)) {
                if counter.record(second * 1_000_000, None) {
                    trends[*kind].record(second * 1_000_000);
                    counted[*kind] += 1;
                }
            }
            let aligned = trends.map(|trend| counter.align(&trend));
            let histogram = counter.snapshot();
            for bucket in 0..histogram.all.len() {
                let sum: u32 = aligned.iter().map(|trend| trend[bucket]).sum();
                prop_assert_eq!(sum, histogram.all[bucket]);
            }
            prop_assert_eq!(aligned.map(|trend| trend.iter().sum::<u32>()), counted);
        }
    }
}
