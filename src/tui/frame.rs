//! When to draw. Keys are answered at once; data is drawn at once when the screen was quiet and gathered otherwise, and
//! a terminal that takes long gets fewer frames.

use std::time::{Duration, Instant};

/// Least time between two frames that show data.
const INTERVAL: Duration = Duration::from_millis(100);
/// The first data after a quiet moment seldom comes alone (the line, then what it means): one more frame may follow
/// this soon, and the next waits as much longer.
const SOON: Duration = Duration::from_millis(16);
/// Most time, for a slow terminal.
const INTERVAL_MAX: Duration = Duration::from_secs(1);
/// Least time on a link that is said to be slow.
const INTERVAL_SLOW: Duration = Duration::from_millis(1250);
/// A frame that takes longer to write means a slow terminal.
const SLOW: Duration = Duration::from_millis(50);
/// Fast frames in a row that make the terminal count as faster again.
const FAST_FRAMES: u32 = 10;

/// Decides when to draw; told the time, never asks for it.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The least interval.
    least: Duration,
    interval: Duration,
    fast_frames: u32,
    last_data: Option<Instant>,
    /// The last data frame came after a quiet moment.
    was_quiet: bool,
    key_waits: bool,
    data_waits: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            least: INTERVAL,
            interval: INTERVAL,
            fast_frames: 0,
            last_data: None,
            was_quiet: false,
            key_waits: false,
            data_waits: false,
        }
    }
}

impl Pace {
    /// For a slow link: data less than once a second, keys at once.
    pub fn slow() -> Self {
        Self { least: INTERVAL_SLOW, interval: INTERVAL_SLOW, ..Self::default() }
    }

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
        let wait = if self.was_quiet { SOON } else { self.interval };
        self.data_waits.then(|| self.last_data.map_or(now, |last| last + wait))
    }

    /// A frame was drawn at `now` and took `took` to write.
    pub fn drawn(&mut self, now: Instant, took: Duration) {
        if self.data_waits {
            let since = self.last_data.map(|last| now.saturating_duration_since(last));
            let fast = self.interval == self.least && self.least == INTERVAL;
            // An early frame takes the place of the next one in time.
            let early = self.was_quiet && !self.key_waits && since.is_some_and(|since| since < self.interval);
            self.last_data = if early { self.last_data.map(|last| last + self.interval) } else { Some(now) };
            self.was_quiet = fast && since.is_none_or(|since| since >= 2 * self.interval);
        }
        self.key_waits = false;
        self.data_waits = false;
        if took > SLOW {
            self.interval = (self.interval * 2).min(INTERVAL_MAX.max(self.least));
            self.fast_frames = 0;
        } else {
            self.fast_frames += 1;
            if self.fast_frames >= FAST_FRAMES {
                self.interval = (self.interval / 2).max(self.least);
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
    fn a_flood_is_gathered_to_ten_frames_a_second() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut frames = Vec::new();
        for after in 0..3000 {
            pace.data();
            if pace.due(start + MS * after) {
                pace.drawn(start + MS * after, FAST);
                frames.push(after);
            }
        }
        assert_eq!(frames[..4], [0, 16, 200, 300]);
        for second in [0, 16, 999, 1500] {
            let count = frames.iter().filter(|at| (second..second + 1000).contains(*at)).count();
            assert!(count <= 10, "{count} frames from {second} ms on");
        }
    }

    #[test]
    fn data_is_drawn_at_once_after_a_quiet_moment() {
        let start = Instant::now();
        let mut pace = Pace::default();
        for after in [0, 200, 5000] {
            pace.data();
            assert!(pace.due(start + MS * after), "{after} ms");
            pace.drawn(start + MS * after, FAST);
        }
        pace.data();
        for (after, due) in [(5001, false), (5015, false), (5016, true)] {
            assert_eq!(pace.due(start + MS * after), due, "{after} ms");
        }
        assert_eq!(pace.deadline(start), Some(start + MS * 5016));
    }

    #[test]
    fn a_slow_link_gets_less_than_a_frame_of_data_a_second_and_keys_at_once() {
        let start = Instant::now();
        let mut pace = Pace::slow();
        let mut frames = Vec::new();
        for after in 0..4000 {
            pace.data();
            if pace.due(start + MS * after) {
                pace.drawn(start + MS * after, FAST);
                frames.push(after);
            }
        }
        assert_eq!(frames, [0, 1250, 2500, 3750]);
        pace.key();
        assert!(pace.due(start + MS * 4001));
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
