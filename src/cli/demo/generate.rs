//! Scenario -> lines. Pure: the same scenario, start and speed give the same lines, second by second.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};

use crate::cli::demo::scenario::{LogFile, Part, Scenario, Template, Track};

/// One record of one file, complete with its line breaks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    /// Second of the scenario.
    pub(crate) at: f64,
    /// Index of the file.
    pub(crate) file: usize,
    /// The text.
    pub(crate) text: String,
}

/// Makes the lines of a scenario.
pub(crate) struct Generator<'a> {
    scenario: &'a Scenario,
    start: Timestamp,
    speed: f64,
}

impl<'a> Generator<'a> {
    /// `start` is second 0 of the scenario; from there on it runs `speed` times as fast as the clock.
    pub(crate) fn new(scenario: &'a Scenario, start: Timestamp, speed: f64) -> Self {
        Self { scenario, start, speed }
    }

    /// The lines of one second of the scenario, oldest first.
    pub(crate) fn second(&self, second: i64) -> Vec<Written> {
        let mut lines = Vec::new();
        for (number, file) in self.scenario.files.iter().enumerate() {
            for (index, track) in file.tracks.iter().enumerate() {
                let mut random =
                    Random::new(self.scenario.seed, &[number as u64, index as u64, second as u64]);
                for at in self.moments(track, second, &mut random) {
                    let line = &track.lines[random.below(track.lines.len() as u64) as usize];
                    lines.push(Written { at, file: number, text: self.fill(file, line, at, &mut random) });
                }
            }
        }
        lines.sort_by(|a, b| a.at.total_cmp(&b.at));
        lines
    }

    /// What the clock shows at a second of the scenario.
    pub(crate) fn time(&self, at: f64) -> Timestamp {
        let real = if at > 0.0 { at / self.speed } else { at };
        self.start + SignedDuration::from_millis((real * 1000.0).round() as i64)
    }

    fn moments(&self, track: &Track, second: i64, random: &mut Random) -> Vec<f64> {
        let (from, to) = (second as f64, (second + 1) as f64);
        let begin = -f64::from(self.scenario.history);
        if let Some(at) = track.at {
            return if (from..to).contains(&at) { vec![at] } else { Vec::new() };
        }
        if let Some(every) = track.every {
            let first = track.from.unwrap_or(begin);
            let next = first + ((from - first) / every).ceil().max(0.0) * every;
            let end = track.to.unwrap_or(f64::INFINITY).min(to);
            return std::iter::successors(Some(next), |at| Some(at + every))
                .take_while(|at| *at < end)
                .collect();
        }
        let rate = track.rate.as_ref().map_or(0.0, |rate| rate.at(from + 0.5));
        // A fraction of a line is a chance of one.
        let lines = rate.floor() as usize + usize::from(random.unit() < rate.fract());
        let mut moments: Vec<f64> = (0..lines).map(|_| from + random.unit()).collect();
        // Where a rate starts inside a second, nothing comes before it starts.
        moments.retain(|at| track.rate.as_ref().is_some_and(|rate| rate.at(*at) > 0.0));
        moments
    }

    fn fill(&self, file: &LogFile, line: &Template, at: f64, random: &mut Random) -> String {
        let mut text = String::new();
        for part in &line.0 {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Time => text.push_str(&self.time(at).strftime(&file.time).to_string()),
                Part::Clock(at) => text.push_str(&self.time(*at).strftime("%H:%M").to_string()),
                Part::Int(from, to) => {
                    text.push_str(&(from + random.below(to.saturating_sub(*from) + 1)).to_string());
                }
                Part::Hex(digits) => {
                    text.extend((0..*digits).filter_map(|_| char::from_digit(random.below(16) as u32, 16)));
                }
                Part::Pick(choices) => text.push_str(&choices[random.below(choices.len() as u64) as usize]),
                Part::Curve(name, decimals) => {
                    let value = self.scenario.curves.get(name).map_or(0.0, |curve| curve.at(at));
                    let _ = write!(text, "{value:.decimals$}");
                }
            }
        }
        text.push('\n');
        text
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64, path: &[u64]) -> Self {
        path.iter().fold(Self(seed), |mut random, step| {
            random.0 = random.next() ^ step.wrapping_mul(0xff51_afd7_ed55_8ccd);
            random
        })
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
