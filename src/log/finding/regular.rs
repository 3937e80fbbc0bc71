//! Regularity: what used to come at a steady pace, and stopped.

use crate::log::time::Micros;

/// Records after which a pace is known.
const KNOWN: u32 = 30;
/// Shortest silence of a template that is worth a word, microseconds.
const SILENCE_MIN: f64 = 30e6;
/// Silence in multiples of the mean gap.
const SILENCE_GAPS: f64 = 12.0;

/// Spread of the gaps of something steady, in multiples of their mean: less than of events that come at random (1).
const STEADY: f64 = 0.8;
/// Silence in multiples of the spread, on top.
const SPREADS: f64 = 6.0;
/// A silence has to be this many times as long as those before.
const LONGER: f64 = 2.0;
/// What was silent this often is not steady.
const PAUSES_MAX: u32 = 3;

/// The pace of a series of times, by its mean gap and the spread of gaps (Welford, Technometrics 1962).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    count: u32,
    last: Micros,
    mean: f64,
    squares: f64,
    /// The longest silence so far, and how many there were.
    longest: Micros,
    pauses: u32,
}

/// A silence that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) from: Micros,
    pub(crate) to: Micros,
}

impl Pace {
    /// Takes a time in; returns the silence it ended, if it was unusually long.
    #[inline]
    pub(crate) fn record(&mut self, at: Micros) -> Option<Pause> {
        if self.count == 0 {
            self.count = 1;
            self.last = at;
            return None;
        }
        let gap = (at - self.last).max(0) as f64;
        let pause = self.is_silent(at).then_some(Pause { from: self.last, to: at });
        self.last = self.last.max(at);
        if let Some(pause) = pause {
            self.longest = self.longest.max(pause.to - pause.from);
            self.pauses += 1;
        } else {
            self.count = self.count.saturating_add(1);
            let delta = gap - self.mean;
            self.mean += delta / f64::from(self.count - 1);
            self.squares += delta * (gap - self.mean);
        }
        pause
    }

    /// Time of the last record; absent before the first.
    pub(crate) fn last(&self) -> Option<Micros> {
        (self.count > 0).then_some(self.last)
    }

    /// Whether the silence from the last record to `clock` is unusually long.
    #[inline]
    pub(crate) fn is_silent(&self, clock: Micros) -> bool {
        let silence = (clock - self.last) as f64;
        if silence <= SILENCE_MIN || self.count < KNOWN {
            return false;
        }
        let spread = (self.squares / f64::from(self.count)).sqrt();
        let steady = spread <= STEADY * self.mean && self.pauses < PAUSES_MAX;
        steady
            && silence > SILENCE_GAPS * self.mean + SPREADS * spread
            && silence > LONGER * self.longest as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_silence_of_something_steady_counts() {
        let mut pace = Pace::default();
        for beat in 0..60 {
            assert_eq!(pace.record(beat * 5_000_000), None);
        }
        assert!(!pace.is_silent(60 * 5_000_000 + 20_000_000));
        assert!(pace.is_silent(60 * 5_000_000 + 90_000_000));
        let back = 59 * 5_000_000 + 100_000_000;
        assert_eq!(pace.record(back), Some(Pause { from: 59 * 5_000_000, to: back }));

        let mut bursty = Pace::default();
        for beat in 0..60_i64 {
            bursty.record(beat / 20 * 600_000_000 + beat * 1000);
        }
        assert!(!bursty.is_silent(3 * 600_000_000 + 300_000_000));
    }
}
