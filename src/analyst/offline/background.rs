//! Background: failures of a pasted log that were there from its start on, while others set in later. What was always
//! so did not set the trouble off.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::Level;

/// Share of the time that a log covers in which what is background shows first, and after which the trouble begins.
const EARLY: [f64; 2] = [0.25, 0.5];

/// Lines of one shape that make it a kind of failure rather than a single one.
const OFTEN: u64 = 3;

/// Statements that are background, by number.
#[derive(Debug, Default)]
pub struct Background {
    numbers: Vec<usize>,
}

impl Background {
    /// Finds them: kinds of failures in pasted log lines that begin with the log, where another kind begins later.
    pub fn of(reading: &Reading<'_>) -> Self {
        let lines = |s: &Statement<'_>| s.origin == Origin::Prose && s.level.is_some() && s.at.is_some();
        let times =
            reading.statements.iter().filter(|s| lines(s)).filter_map(|s| s.at.map(Timestamp::as_second));
        let (Some(first), Some(last)) = (times.clone().min(), times.clone().max()) else {
            return Self::default();
        };
        let span = (last - first) as f64;
        if times.count() < 8 || span < 60.0 {
            return Self::default();
        }
        let mut kinds: HashMap<String, (i64, u64, Vec<usize>)> = HashMap::new();
        for (number, s) in reading.statements.iter().enumerate().filter(|(_, s)| lines(s)) {
            if s.level.is_none_or(|level| level < Level::Warn) {
                continue;
            }
            let at = s.at.map_or(last, Timestamp::as_second);
            let kind = kinds.entry(shape(s.text)).or_insert((at, 0, Vec::new()));
            kind.0 = kind.0.min(at);
            kind.1 += s.count;
            kind.2.push(number);
        }
        let part = |at: i64| (at - first) as f64 / span;
        if !kinds.values().any(|(at, count, _)| part(*at) >= EARLY[1] && *count >= OFTEN) {
            return Self::default();
        }
        let early = kinds.into_values().filter(|(at, _, _)| part(*at) <= EARLY[0]);
        let mut numbers: Vec<usize> = early.flat_map(|(_, _, numbers)| numbers).collect();
        numbers.sort_unstable();
        Self { numbers }
    }

    /// Whether a statement is background.
    pub fn has(&self, number: usize) -> bool {
        self.numbers.binary_search(&number).is_ok()
    }
}

/// The words of a line: without numbers and what contains them, and without its time.
fn shape(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let plain = words.filter(|word| word.len() > 2 && !word.bytes().any(|byte| byte.is_ascii_digit()));
    plain.take(12).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CaseFile;

    #[test]
    fn what_was_always_so_is_background_where_something_new_begins() {
        let old = |minute: u32| format!("2026-11-21T13:{minute:02}:00Z ERROR audit upload refused\n");
        let new = |minute: u32| format!("2026-11-21T13:{minute:02}:30Z ERROR price lookup gave up\n");
        let steady: String = (0..20).map(old).collect();
        let both = steady.clone() + &(12..20).map(new).collect::<String>();
        let background = |text: String| {
            let case = CaseFile::of_texts(&[&text], "2026-11-21T15:00:00Z".parse().unwrap());
            let reading = Reading::new(&case);
            let found = Background::of(&reading);
            (0..reading.statements.len())
                .filter(|&at| found.has(at))
                .map(|at| reading.statements[at].text.to_owned())
                .collect::<Vec<_>>()
        };
        assert!(background(steady).is_empty(), "alone it is what there is");
        let found = background(both);
        assert!(!found.is_empty() && found.iter().all(|text| text.contains("audit")), "{found:?}");
    }
}
