//! What was on screen when: replays what a program wrote through a terminal emulator.

use std::num::NonZeroU16;
use std::time::{Duration, Instant};

use crate::load::Written;
use crate::pty::{COLUMNS, Chunk, ROWS};

/// How often the screen is asked how far it lags behind.
const SAMPLE: Duration = Duration::from_millis(25);

/// Something that is to appear.
pub(crate) struct Wanted {
    /// When it was asked for.
    pub(crate) since: Instant,
    /// The text that shows it.
    pub(crate) text: String,
}

/// How far the screen was behind a growing file.
pub(crate) struct Lag {
    /// Age of the oldest line that was written and not on screen yet, at even times during the flood.
    pub(crate) samples: Vec<Duration>,
    /// From the last write to the last line on screen; none when it never came.
    pub(crate) catch_up: Option<Duration>,
}

struct Screen {
    parser: vt100::Parser,
}

impl Screen {
    fn new() -> Self {
        let size = |cells| NonZeroU16::new(cells).unwrap_or(NonZeroU16::MIN);
        Self { parser: vt100::Parser::new(size(ROWS), size(COLUMNS), 0) }
    }

    fn rows(&self) -> Vec<String> {
        self.parser.screen().rows(0, COLUMNS).collect()
    }

    fn shows(&self, text: &str) -> bool {
        self.parser.screen().rows(0, COLUMNS).any(|row| row.contains(text))
    }
}

/// The time each of these took to appear; none when it never did.
pub(crate) fn delays(chunks: &[Chunk], wanted: &[Wanted]) -> Vec<Option<Duration>> {
    let mut screen = Screen::new();
    let mut delays = vec![None; wanted.len()];
    // Nothing is asked for long before the one before it was answered: only a few can be open at a time.
    let mut next = 0;
    let mut open: Vec<usize> = Vec::new();
    for chunk in chunks {
        screen.parser.process(&chunk.bytes);
        while wanted.get(next).is_some_and(|wanted| wanted.since <= chunk.at) {
            open.push(next);
            next += 1;
        }
        if open.is_empty() {
            continue;
        }
        let rows = screen.rows();
        open.retain(|&index| {
            let shown = rows.iter().any(|row| row.contains(&wanted[index].text));
            if shown {
                delays[index] = Some(chunk.at - wanted[index].since);
            }
            !shown
        });
    }
    delays
}

/// When this text was on screen first.
pub(crate) fn first_shown(chunks: &[Chunk], text: &str) -> Option<Instant> {
    let mut screen = Screen::new();
    let shown = chunks.iter().find(|chunk| {
        screen.parser.process(&chunk.bytes);
        screen.shows(text)
    });
    shown.map(|chunk| chunk.at)
}

/// How far the screen was behind what was written, from the numbers of the lines on it.
pub(crate) fn lag(chunks: &[Chunk], written: &[Written]) -> Lag {
    let (Some(first), Some(last)) = (written.first(), written.last()) else {
        return Lag { samples: Vec::new(), catch_up: None };
    };
    let mut screen = Screen::new();
    let mut newest = 0;
    let mut samples = Vec::new();
    let mut sample = first.at + SAMPLE;
    let mut catch_up = None;
    for chunk in chunks {
        while sample < chunk.at.min(last.at) {
            samples.push(age(written, newest, sample));
            sample += SAMPLE;
        }
        screen.parser.process(&chunk.bytes);
        if chunk.at < first.at {
            continue;
        }
        newest = newest.max(newest_number(&screen.rows(), last.number));
        if newest == last.number && catch_up.is_none() {
            catch_up = Some(chunk.at.saturating_duration_since(last.at));
        }
    }
    while sample < last.at {
        samples.push(age(written, newest, sample));
        sample += SAMPLE;
    }
    Lag { samples, catch_up }
}

/// How long the first line after `shown` has been waiting at this time.
fn age(written: &[Written], shown: u64, at: Instant) -> Duration {
    let waiting = written.partition_point(|written| written.number <= shown);
    written.get(waiting).map_or(Duration::ZERO, |written| at.saturating_duration_since(written.at))
}

/// The highest number on screen. In a frame that is drawn by half, digits of two lines can mix: a number counts only
/// when the one before it is on screen too.
fn newest_number(rows: &[String], most: u64) -> u64 {
    let numbers: Vec<u64> = rows.iter().filter_map(|row| number(row)).collect();
    let real = |number: &&u64| **number <= most && numbers.contains(&(**number - 1));
    numbers.iter().filter(|number| **number > 0).filter(real).max().copied().unwrap_or(0)
}

fn number(row: &str) -> Option<u64> {
    let (_, rest) = row.split_once("seq=")?;
    rest.split_once(' ')?.0.parse().ok()
}

/// How many rows of the screen changed after this time.
pub(crate) fn rows_changed(chunks: &[Chunk], since: Instant) -> usize {
    let mut screen = Screen::new();
    let mut before = screen.rows();
    let mut changed = vec![false; before.len()];
    for chunk in chunks {
        screen.parser.process(&chunk.bytes);
        let rows = screen.rows();
        if chunk.at >= since {
            for (changed, (row, before)) in changed.iter_mut().zip(rows.iter().zip(&before)) {
                *changed |= row != before;
            }
        }
        before = rows;
    }
    changed.into_iter().filter(|changed| *changed).count()
}
