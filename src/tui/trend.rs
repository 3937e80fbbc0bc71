//! Is it getting better? The error rate now, before and at its peak, from the histogram.

use jiff::Timestamp;

use crate::app::Histogram;

/// Where the error rate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Clearly up within the last buckets.
    Rising,
    /// Neither.
    Steady,
    /// Clearly below the peak.
    Falling,
    /// Back to what it was before.
    Over,
}

impl Direction {
    /// One word for the header.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rising => "rising",
            Self::Steady => "steady",
            Self::Falling => "falling",
            Self::Over => "back to normal",
        }
    }
}

/// The error rate, records of level error and worse per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// In the last complete bucket.
    pub now: f64,
    /// Before the onset; the calmest quarter of the buckets where the onset is not known.
    pub before: f64,
    /// In the worst bucket.
    pub peak: f64,
    /// Where it goes.
    pub direction: Direction,
}

impl Trend {
    /// How many times the rate before, where that means something.
    pub fn factor(&self) -> Option<f64> {
        (self.before > 0.0 && self.now >= 2.0 * self.before).then(|| self.now / self.before)
    }
}

/// Quiet this long by the wall clock, the log has stopped and its end counts as now.
const LIVE_S: i64 = 600;

/// The trend at `now`; `None` where no record of level error or worse was ever seen.
pub fn trend(histogram: &Histogram, onset: Option<Timestamp>, now: Timestamp) -> Option<Trend> {
    let bad = live(histogram, now);
    let peak = *bad.iter().max()?;
    if peak == 0 {
        return None;
    }
    let width = f64::from(histogram.bucket_s.max(1));
    let start = histogram.start?;
    let mean = |buckets: &[u32]| {
        let sum: f64 = buckets.iter().map(|count| f64::from(*count)).sum();
        sum / (buckets.len().max(1) as f64) / width
    };
    let onset_bucket = onset
        .map(|onset| (onset.as_second() - start.as_second()) / i64::from(histogram.bucket_s.max(1)))
        .and_then(|bucket| usize::try_from(bucket).ok())
        .filter(|bucket| (1..bad.len()).contains(bucket));
    let before = if let Some(bucket) = onset_bucket {
        mean(&bad[..bucket])
    } else {
        let mut sorted = bad.clone();
        sorted.sort_unstable();
        mean(&sorted[..sorted.len().div_ceil(4)])
    };
    let last = f64::from(*bad.last()?) / width;
    let recent = mean(&bad[bad.len().saturating_sub(4)..bad.len() - 1]);
    let peak = f64::from(peak) / width;
    let direction = if last <= before * 1.5 || last <= peak / 50.0 {
        Direction::Over
    } else if last > recent * 1.25 {
        Direction::Rising
    } else if last < peak * 0.7 {
        Direction::Falling
    } else {
        Direction::Steady
    };
    Some(Trend { now: last, before, peak, direction })
}

/// Failures that are too new for a rate: all of them, where there is no [`trend`] yet because none is in a bucket that
/// is complete.
pub fn early(histogram: &Histogram) -> u64 {
    histogram.bad.iter().map(|&count| u64::from(count)).sum()
}

/// Complete buckets of failures up to now: without the bucket being filled, with the empty ones since the last record.
fn live(histogram: &Histogram, now: Timestamp) -> Vec<u32> {
    let mut bad = histogram.bad.clone();
    let (Some(start), width) = (histogram.start, i64::from(histogram.bucket_s.max(1))) else { return bad };
    let end = start.as_second() + width * bad.len() as i64;
    let quiet = now.as_second() - end;
    if quiet < 0 {
        if bad.len() > 1 {
            bad.pop();
        }
    } else if quiet < LIVE_S {
        bad.extend(std::iter::repeat_n(0, (quiet / width) as usize));
    }
    bad
}

/// The part of `values` worth looking at: the rise to a tenth of the peak, what came after it, and half as much of what
/// was before. A calm day before the incident would leave it one column.
pub fn telling(values: &[u32]) -> &[u32] {
    let peak = values.iter().copied().max().unwrap_or(0);
    let rise = values.iter().position(|value| *value > 0 && u64::from(*value) * 10 >= u64::from(peak));
    let rise = rise.unwrap_or(0);
    let before = ((values.len() - rise) / 2).max(BEFORE_MIN);
    &values[rise.saturating_sub(before)..]
}

/// Least number of buckets shown before the rise.
const BEFORE_MIN: usize = 6;

/// `values` squeezed or kept into at most `columns`: each column shows the highest of its values.
pub fn squeeze(values: &[u32], columns: usize) -> Vec<u32> {
    if values.len() <= columns {
        return values.to_vec();
    }
    let bounds = |column: usize| column * values.len() / columns;
    (0..columns)
        .map(|column| values[bounds(column)..bounds(column + 1)].iter().copied().max().unwrap_or(0))
        .collect()
}

/// Height 0 to 8 of each value; what is not zero is at least 1.
pub fn heights(values: &[u32]) -> Vec<usize> {
    let top = values.iter().copied().max().unwrap_or(0).max(1);
    values.iter().map(|value| (u64::from(*value) * 8).div_ceil(u64::from(top)) as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(bad: &[u32]) -> Histogram {
        let (all, bad, warnings) = (bad.to_vec(), bad.to_vec(), vec![0; bad.len()]);
        Histogram { start: Some(Timestamp::UNIX_EPOCH), bucket_s: 10, all, bad, warnings }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_words_follow_the_numbers() {
        let cases: &[(&[u32], i64, Option<Direction>)] = &[
            (&[], 0, None),
            (&[0, 0, 0], 30, None),
            (&[0, 0, 10, 40, 90], 50, Some(Direction::Rising)),
            (&[0, 0, 90, 90, 90, 90], 60, Some(Direction::Steady)),
            (&[0, 0, 90, 90, 60, 40], 60, Some(Direction::Falling)),
            (&[0, 0, 90, 90, 10, 0], 60, Some(Direction::Over)),
            // The last bucket is still being filled.
            (&[0, 0, 90, 90, 90, 90, 3], 65, Some(Direction::Steady)),
            // Nothing came for a while: it is over; long after, the end of the log counts.
            (&[0, 0, 90, 90, 90, 90], 120, Some(Direction::Over)),
            (&[0, 0, 90, 90, 90, 90], 1_000_000, Some(Direction::Steady)),
        ];
        for (bad, now, expected) in cases {
            let found = trend(&histogram(bad), None, at(*now)).map(|trend| trend.direction);
            assert_eq!(found, *expected, "{bad:?} at {now}");
        }
    }

    #[test]
    fn failures_in_the_first_bucket_are_counted_before_they_have_a_rate() {
        let first = histogram(&[0, 0, 7]);
        assert_eq!((trend(&first, None, at(25)), early(&first)), (None, 7));
        assert_eq!(early(&histogram(&[0, 0])), 0);
    }

    #[test]
    fn the_factor_compares_with_the_time_before_the_onset() {
        let found = trend(&histogram(&[1, 1, 1, 100, 100]), Some(at(30)), at(50)).unwrap();
        assert_eq!((found.now, found.before, found.peak), (10.0, 0.1, 10.0));
        assert_eq!(found.factor(), Some(100.0));
    }

    #[test]
    fn a_calm_day_before_the_incident_is_left_out() {
        let mut values = vec![0; 200];
        values[50] = 1;
        values.extend([40, 90, 80, 70]);
        assert_eq!(telling(&values), [&[0; 6][..], &[40, 90, 80, 70]].concat());
        assert_eq!(telling(&[0, 0]), [0, 0]);
        assert_eq!(telling(&[5, 5, 5]), [5, 5, 5]);
        assert_eq!(telling(&[]), [] as [u32; 0]);
    }

    #[test]
    fn squeezing_keeps_the_peaks() {
        assert_eq!(squeeze(&[1, 9, 2, 3], 2), [9, 3]);
        assert_eq!(squeeze(&[1, 2], 5), [1, 2]);
        assert_eq!(heights(&[0, 1, 400, 800]), [0, 1, 4, 8]);
    }
}
