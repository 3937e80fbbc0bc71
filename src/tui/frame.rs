//! When to draw. Keys are answered at once; data is drawn at once when the screen was quiet and gathered otherwise, and
//! a terminal that takes long gets fewer frames.

use std::time::{Duration, Instant};

/// Least time between two frames that show data.
const INTERVAL: Duration = Duration::from_millis(100);
/// Most time, for a slow terminal.
const INTERVAL_MAX: Duration = Duration::from_secs(1);
/// A frame that takes longer to write means a slow terminal.
const SLOW: Duration = Duration::from_millis(50);
/// Fast frames in a row that make the terminal count as faster again.
const FAST_FRAMES: u32 = 10;

/// Decides when to draw; told the time, never asks for it.
#[derive(Debug, Clone)]
pub struct Pace {
    interval: Duration,
    fast_frames: u32,
    last_data: Option<Instant>,
    key_waits: bool,
    data_waits: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: INTERVAL, fast_frames: 0, last_data: None, key_waits: false, data_waits: false }
    }
}

impl Pace {
    /// The person did something: draw at once.
    pub fn key(&mut self) {
        self.key_waits = true;
    }

    /// Something arrived: draw soon.
    pub fn data(&mut self) {
        self.data_waits = true;
    }

    /// Whether to draw now.
    pub fn due(&self, now: Instant) -> bool {
        self.key_waits || self.deadline(now).is_some_and(|deadline| deadline <= now)
    }

    /// When to draw, if nothing else happens; a moment not after `now` means now, `None` that nothing waits.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        self.data_waits.then(|| self.last_data.map_or(now, |last| last + self.interval))
    }

    /// A frame was drawn at `now` and took `took` to write.
    pub fn drawn(&mut self, now: Instant, took: Duration) {
        if self.data_waits {
            self.last_data = Some(now);
        }
        self.key_waits = false;
        self.data_waits = false;
        if took > SLOW {
            self.interval = (self.interval * 2).min(INTERVAL_MAX);
            self.fast_frames = 0;
        } else {
            self.fast_frames += 1;
            if self.fast_frames >= FAST_FRAMES {
                self.interval = (self.interval / 2).max(INTERVAL);
                self.fast_frames = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST: Duration = Duration::from_millis(1);
    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_first_data_and_every_key_are_drawn_at_once() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert!(!pace.due(start) && pace.deadline(start).is_none(), "nothing to draw");
        pace.data();
        assert!(pace.due(start));
        pace.drawn(start, FAST);
        pace.key();
        assert!(pace.due(start + MS));
    }

    #[test]
    fn data_is_gathered_to_ten_frames_a_second_and_drawn_at_once_after_a_quiet_moment() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.data();
        pace.drawn(start, FAST);
        pace.data();
        for (after, due) in [(1, false), (99, false), (100, true), (5000, true)] {
            assert_eq!(pace.due(start + MS * after), due, "{after} ms");
        }
        assert_eq!(pace.deadline(start), Some(start + MS * 100));
    }

    #[test]
    fn a_frame_for_a_key_shows_the_data_as_well() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.data();
        pace.drawn(start, FAST);
        pace.data();
        pace.key();
        pace.drawn(start + MS * 10, FAST);
        assert_eq!(pace.deadline(start), None);
        pace.data();
        assert_eq!(pace.deadline(start), Some(start + MS * 110));
    }

    #[test]
    fn a_slow_terminal_gets_fewer_frames_and_a_fast_one_gets_them_back() {
        let start = Instant::now();
        let mut pace = Pace::default();
        for _ in 0..5 {
            pace.data();
            pace.drawn(start, MS * 60);
        }
        pace.data();
        assert_eq!(pace.deadline(start), Some(start + Duration::from_secs(1)), "no slower than one a second");
        for _ in 0..10 {
            pace.data();
            pace.drawn(start, FAST);
        }
        pace.data();
        assert_eq!(pace.deadline(start), Some(start + MS * 500));
    }
}
