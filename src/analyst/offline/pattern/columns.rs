//! Tables with a row for each time and a column for each measurement: what moved in a column says what
//! `hit ratio 99% -> 2.8%` says in one line, in words that the heading and two rows hold together.

use crate::analyst::offline::pattern::is_clock;
use crate::analyst::offline::pattern::table::scaled;
use crate::evidence::statement::{Origin, Reading};

/// A column that moved: the row in which it first did, and what that says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Statement of the row, by number.
    pub row: usize,
    /// The heading, the value before and the value then: `hit ratio 99% -> 2.8%`.
    pub said: String,
}

/// By how much a value moved.
const MOVED: f64 = 3.0;

/// Rows that make a table.
const ROWS: usize = 3;

/// Lines that are read for tables.
const READ: usize = 2000;

/// The columns that moved, in the order of the rows.
pub(super) fn shifts(reading: &Reading<'_>) -> Vec<Shift> {
    let mut found = Vec::new();
    let mut heading: Vec<&str> = Vec::new();
    let mut rows: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut last = None;
    for (number, s) in reading.statements.iter().enumerate().take(READ) {
        if s.origin != Origin::Prose || s.hostile || last == Some(s.line) {
            continue;
        }
        last = Some(s.line);
        // A row has one time, and is one piece of its line.
        let cells = cells(s.segment);
        let timed = cells.first().is_some_and(|first| is_clock(first));
        if timed && cells.len() == heading.len() {
            rows.push((number, cells));
            continue;
        }
        found.extend(moved(&heading, &rows));
        rows.clear();
        heading = if is_heading(&cells) { cells } else { Vec::new() };
    }
    found.extend(moved(&heading, &rows));
    found
}

/// The cells of a line: parted by a bar, a tab or two spaces, where there are such, else by spaces.
fn cells(line: &str) -> Vec<&str> {
    let parts: Vec<&str> = if line.contains('|') {
        line.split('|').collect()
    } else if line.trim().contains("  ") || line.trim().contains('\t') {
        line.split('\t').flat_map(|part| part.split("  ")).collect()
    } else {
        line.split(' ').collect()
    };
    parts.into_iter().map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// Names of columns: three or more, none of which is a time or a number.
fn is_heading(cells: &[&str]) -> bool {
    cells.len() >= ROWS
        && cells.iter().all(|cell| {
            cell.chars().count() <= 40
                && cell.chars().any(char::is_alphabetic)
                && !is_clock(cell)
                && (measured(cell).is_none() || cell.ends_with("xx"))
        })
}

/// A value with its sign of share taken off; of `62/400` what is in use.
fn measured(cell: &str) -> Option<f64> {
    let cell = cell.trim_end_matches('%');
    scaled(cell.split_once('/').map_or(cell, |(used, _)| used))
}

fn moved(heading: &[&str], rows: &[(usize, Vec<&str>)]) -> Vec<Shift> {
    let mut found = Vec::new();
    if rows.len() < ROWS {
        return found;
    }
    for (column, name) in heading.iter().enumerate().skip(1) {
        let values: Vec<Option<f64>> = rows.iter().map(|(_, row)| measured(row[column])).collect();
        let Some(first) = values[0] else { continue };
        let shifted = |value: f64| {
            let (low, high) = (first.min(value), first.max(value));
            high >= MOVED * low.max(1.0) && high - low >= 1.0
        };
        // What comes back at once is noise; what stays, or comes last, moved.
        let stays = |at: usize| {
            values[at..].iter().flatten().filter(|&&value| shifted(value)).count() * 2 > values.len() - at
        };
        let at = (1..rows.len()).find(|&at| values[at].is_some_and(shifted) && stays(at));
        if let Some(at) = at {
            let said = format!("{name} {} -> {}", rows[0].1[column], rows[at].1[column]);
            found.push(Shift { row: rows[at].0, said });
        }
    }
    found.sort_by_key(|shift| shift.row);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CaseFile;

    fn said(text: &str) -> Vec<String> {
        let case = CaseFile::of_texts(&[text], "2026-11-21T15:00:00Z".parse().unwrap());
        shifts(&Reading::new(&case)).into_iter().map(|shift| shift.said).collect()
    }

    #[test]
    fn what_moves_in_a_column_is_told_with_its_heading() {
        let text = "per minute\n\
                    time   qps    hit ratio  workers  5xx\n\
                    18:58  9,080  99.1%      62/400   0\n\
                    18:59  9,102  99.1%      60/400   0\n\
                    19:00  9,140  2.8%       400/400  71%\n\
                    19:01  9,020  3.0%       400/400  83%\n";
        assert_eq!(said(text), ["hit ratio 99.1% -> 2.8%", "workers 62/400 -> 400/400", "5xx 0 -> 71%"]);
        let bars = "时间 | 连接数 | 延迟\n10:00 | 40 | 8ms\n10:01 | 41 | 9ms\n10:02 | 480 | 9ms\n10:03 | 500 | 9ms\n";
        assert_eq!(said(bars), ["连接数 40 -> 480"]);
    }

    #[test]
    fn one_row_that_comes_back_and_a_table_without_a_heading_say_nothing() {
        assert!(
            said("time  qps  lag\n10:00  90  1\n10:01  900  1\n10:02  91  1\n10:03  92  1\n10:04  92  1\n")
                .is_empty()
        );
        assert!(said("10:00  90  1\n10:01  900  1\n10:02  910  1\n").is_empty());
        assert!(said("").is_empty());
    }
}
