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
    start: i64,
    width: i64,
    all: Vec<u32>,
    bad: Vec<u32>,
    fatal: Vec<u32>,
    warnings: Vec<u32>,
}

impl Counter {
    /// Counts a record.
    #[inline]
    pub(crate) fn record(&mut self, at: Micros, level: Option<Level>) {
        let second = at.div_euclid(1_000_000);
        let Some(bucket) = self.bucket(second) else { return };
        self.all[bucket] = self.all[bucket].saturating_add(1);
        if level == Some(Level::Fatal) {
            self.fatal[bucket] = self.fatal[bucket].saturating_add(1);
        }
        match level {
            Some(Level::Error | Level::Fatal) => self.bad[bucket] = self.bad[bucket].saturating_add(1),
            Some(Level::Warn) => self.warnings[bucket] = self.warnings[bucket].saturating_add(1),
            _ => {}
        }
    }

    /// What was counted.
    pub(crate) fn snapshot(&self) -> Histogram {
        if self.all.is_empty() {
            return Histogram::default();
        }
        Histogram {
            start: timestamp(self.start * 1_000_000),
            bucket_s: self.width as u32,
            all: self.all.clone(),
            bad: self.bad.clone(),
            warnings: self.warnings.clone(),
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
        let (start, own) = (self.start * 1_000_000, self.width * 1_000_000);
        if self.all.is_empty() || own > width || to <= from {
            return None;
        }
        let width = (width as u64).div_ceil(own as u64) as Micros * own;
        let first = from.saturating_sub(start).div_euclid(own).checked_mul(own)?.checked_add(start)?;
        let count = (to.checked_sub(first)? as u64).div_ceil(width as u64) as usize;
        let mut buckets = vec![[0_u32; 4]; count.min(ZoomRequest::BUCKETS_MAX)];
        for number in 0..self.all.len() {
            let ahead = start + number as Micros * own - first;
            let Some(bucket) =
                usize::try_from(ahead.div_euclid(width)).ok().and_then(|at| buckets.get_mut(at))
            else {
                continue;
            };
            let (all, bad, fatal) = (self.all[number], self.bad[number], self.fatal[number]);
            let warnings = self.warnings[number];
            let classes = [fatal, bad - fatal, warnings, all - bad - warnings];
            for (count, more) in bucket.iter_mut().zip(classes) {
                *count = count.saturating_add(more);
            }
        }
        Some((first, width, buckets))
    }

    fn bucket(&mut self, second: i64) -> Option<usize> {
        if self.all.is_empty() {
            (self.start, self.width) = (second, 1);
        }
        let end = self.start + self.width * self.all.len() as i64;
        if second < self.start || second >= end {
            if second < end - SPAN_MAX || second > self.start + SPAN_MAX {
                return None;
            }
            self.cover(second);
        }
        Some(((second - self.start) / self.width) as usize)
    }

    fn cover(&mut self, second: i64) {
        let most = Histogram::BUCKETS_MAX as i64;
        loop {
            let end = self.start + self.width * self.all.len() as i64;
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
        for counts in [&mut self.all, &mut self.bad, &mut self.fatal, &mut self.warnings] {
            counts.splice(0..0, std::iter::repeat_n(0, ahead));
        }
        self.start = from;
        let len = ((second - from) / self.width) as usize + 1;
        if len > self.all.len() {
            self.all.resize(len, 0);
            self.bad.resize(len, 0);
            self.fatal.resize(len, 0);
            self.warnings.resize(len, 0);
        }
    }

    fn widen(&mut self) {
        let width = self.width * 2;
        let start = self.start.div_euclid(width) * width;
        for counts in [&mut self.all, &mut self.bad, &mut self.fatal, &mut self.warnings] {
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
    }
}
