//! The line of figures below a table.

use jiff::Timestamp;

use crate::cli::logs::table::{Look, thousands};
use crate::log::digest::Losses;
use crate::log::headless::LineInfo;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Lines read.
    pub(super) lines: u64,
    /// Records printed or counted.
    pub(super) records: u64,
    /// Templates of them, where they are known.
    pub(super) templates: Option<u64>,
    /// Findings, where they are told.
    pub(super) findings: Option<u64>,
    /// Earliest time.
    pub(super) first: Option<Timestamp>,
    /// Latest time.
    pub(super) last: Option<Timestamp>,
    /// What could not be read as it stands.
    pub(super) losses: Losses,
}

impl Totals {
    /// Counts a record.
    pub(super) fn note(&mut self, info: &LineInfo) {
        self.records += 1;
        self.first = [self.first, info.at].into_iter().flatten().min();
        self.last = self.last.max(info.at);
    }

    /// The figures in one line.
    pub(super) fn text(&self, look: Look) -> String {
        let some = |number: u64, one: &str, many: &str| {
            format!("{} {}", thousands(number), if number == 1 { one } else { many })
        };
        let mut parts = vec![some(self.lines, "line", "lines"), some(self.records, "record", "records")];
        parts.extend(self.templates.map(|number| some(number, "template", "templates")));
        parts.extend(self.findings.map(|number| some(number, "finding", "findings")));
        if let (Some(first), Some(last)) = (self.first, self.last) {
            let format = if day(first) == day(last) { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
            let to = last.strftime(format);
            let from = first.strftime("%Y-%m-%d %H:%M:%S");
            parts.push(format!("{from} to {to} UTC ({})", span(last.duration_since(first).as_secs())));
        }
        let losses = [
            (self.losses.cut_lines, "too long to be analysed whole"),
            (self.losses.invalid_lines, "not UTF-8"),
        ];
        for (number, what) in losses.into_iter().filter(|(number, _)| *number > 0) {
            parts.push(format!("{} {what}", some(number, "line", "lines")));
        }
        if self.losses.dropped_bytes > 0 {
            parts.push(format!("{} dropped", some(self.losses.dropped_bytes, "byte", "bytes")));
        }
        parts.join(look.dot())
    }
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// A length of time in its two largest units.
fn span(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let Some(first) = units.iter().position(|(_, length)| seconds >= *length) else {
        return "0 s".to_owned();
    };
    let mut left = seconds;
    let mut parts = Vec::new();
    for (name, length) in units.iter().skip(first).take(2) {
        if left / length > 0 {
            parts.push(format!("{} {name}", left / length));
        }
        left %= length;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let table = [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_061, "1 d 1 h")];
        for (seconds, expected) in table {
            assert_eq!(span(seconds), expected);
        }
    }
}
