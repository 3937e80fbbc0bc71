//! Figures, and the table they are printed in.

use std::fmt::Write as _;
use std::time::Duration;

/// What was measured of one program.
pub(crate) struct Measure {
    name: String,
    unit: &'static str,
    values: Vec<f64>,
    /// How many times there was nothing to measure: the text never came.
    missed: usize,
}

impl Measure {
    /// Several times; none where what was waited for never came.
    pub(crate) fn times(name: impl Into<String>, times: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let mut measure = Self { name: name.into(), unit: "ms", values: Vec::new(), missed: 0 };
        for time in times {
            match time {
                Some(time) => measure.values.push(time.as_secs_f64() * 1000.0),
                None => measure.missed += 1,
            }
        }
        measure
    }

    /// One figure.
    pub(crate) fn one(name: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { name: name.into(), unit, values: vec![value], missed: 0 }
    }

    /// Adds the values of another run.
    pub(crate) fn merge(&mut self, other: Self) {
        self.values.extend(other.values);
        self.missed += other.missed;
    }

    /// The value at this share of all, by nearest rank.
    fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).copied()
    }

    fn median(&self) -> Option<f64> {
        let (low, high) = (self.quantile(0.5)?, self.quantile(0.5 + 0.5 / self.values.len() as f64)?);
        Some(if self.values.len().is_multiple_of(2) { f64::midpoint(low, high) } else { low })
    }

    /// n, median, 99th percentile, most.
    fn cells(&self) -> [String; 4] {
        let many = self.values.len() > 1;
        let missed = if self.missed > 0 { format!(" ({} never)", self.missed) } else { String::new() };
        let n = format!("{}{missed}", self.values.len());
        let extreme = |share| if many { figure(self.quantile(share)) } else { String::new() };
        [n, figure(self.median()), extreme(0.99), extreme(1.0)]
    }
}

fn figure(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

/// The table: a line for each figure, beside each other for each program, and how many times smaller the first
/// program's median is than the second's.
pub(crate) fn render(names: &[&str], results: &[Vec<Measure>]) -> String {
    let mut rows = vec![heading(names)];
    let Some((first, others)) = results.split_first() else { return String::new() };
    for measure in first {
        let mut row = vec![measure.name.clone(), measure.unit.to_owned()];
        row.extend(measure.cells());
        for other in others {
            let Some(other) = other.iter().find(|other| other.name == measure.name) else {
                row.extend(std::iter::repeat_n("–".to_owned(), 5));
                continue;
            };
            row.extend(other.cells());
            let ratio = match (measure.median(), other.median()) {
                (Some(ours), Some(theirs)) if ours > 0.0 => format!("{:.2}", theirs / ours),
                _ => "–".to_owned(),
            };
            row.push(ratio);
        }
        rows.push(row);
    }
    align(&rows)
}

fn heading(names: &[&str]) -> Vec<String> {
    let mut row = vec!["measure".to_owned(), "unit".to_owned()];
    for (index, name) in names.iter().enumerate() {
        row.extend([format!("{name}: n"), "median".to_owned(), "p99".to_owned(), "max".to_owned()]);
        if index > 0 {
            row.push(format!("{name} / {}", names[0]));
        }
    }
    row
}

fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let mut widths = vec![0; columns];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column < 2 {
                write!(text, "| {cell:<width$} ")
            } else {
                write!(text, "| {cell:>width$} ")
            };
        }
        text.push_str("|\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if column < 2 { "-" } else { ":" };
                let _ = write!(text, "|{}{end}", "-".repeat(width + 1));
            }
            text.push_str("|\n");
        }
    }
    text
}
