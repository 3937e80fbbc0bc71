//! Tables: rows that moved from one column to the next, and the one row that stands out among its like.

use std::collections::HashMap;

use crate::analyst::offline::pattern::{is_clock, prose, value};
use crate::evidence::statement::{Reading, Statement};

/// By how much a row of measurements over time moved.
const MOVED: f64 = 3.0;

/// The highest value of a row that did not move, as a multiple of its lowest.
const FLAT: f64 = 1.3;

/// Rows below a heading of times (`17:45 17:53 18:00`, `before now`) whose values moved by much: each says what
/// `qps 900 -> 41000` says. Those that hardly moved are told as flat.
pub(super) fn moved(reading: &Reading<'_>) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    let mut columns = 0;
    let mut last: Option<(Option<u64>, usize)> = None;
    let told: Vec<(usize, &Statement<'_>)> = prose(reading).collect();
    for (at, &(number, s)) in told.iter().enumerate() {
        let new_line = last.is_none_or(|(line, _)| line != s.line);
        if !new_line {
            continue;
        }
        last = Some((s.line, number));
        let pieces =
            told[at..].iter().take_while(|(_, piece)| piece.line == s.line).map(|(_, piece)| piece.text);
        let line: Vec<&str> =
            pieces.flat_map(|text| text.split([' ', '\t', '|'])).filter(|word| !word.is_empty()).collect();
        let heads = line.iter().filter(|word| is_period(word)).count();
        if heads >= 2 && line.len() - heads <= 2 {
            columns = heads;
            continue;
        }
        let values: Vec<f64> = line.iter().rev().map_while(|word| scaled(word)).collect();
        if columns == 0 || values.len() != columns || line.len() == values.len() {
            columns = if values.len() == columns { columns } else { 0 };
            continue;
        }
        // Read from the right: the first value is the last one.
        let first = values[values.len() - 1];
        let (low, high) =
            values.iter().fold((first, first), |(low, high), &value| (low.min(value), high.max(value)));
        if high >= MOVED * first.max(f64::MIN_POSITIVE) || low * MOVED <= first && first > 0.0 {
            found.push((number, "->"));
        } else if high <= FLAT * low {
            found.push((number, "@flat"));
        }
    }
    found
}

/// Files of one kind whose size was steady.
const STEADY: usize = 2;

/// Files of a listing (`ls -l`) that are much larger than those of their kind were before: what wrote them changed.
pub(super) fn grown(reading: &Reading<'_>) -> Vec<usize> {
    let mut kinds: HashMap<String, Vec<f64>> = HashMap::new();
    let mut found = Vec::new();
    for (number, s) in prose(reading) {
        let Some((name, size)) = listed(s.text) else { continue };
        let kind: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
        let sizes = kinds.entry(kind).or_default();
        let usual = sizes.first().copied().unwrap_or(0.0);
        let steady = sizes.len() >= STEADY && sizes.iter().all(|size| (size / usual - 1.0).abs() < 0.05);
        if steady && size >= 1.5 * usual && usual >= 1024.0 {
            found.push(number);
        } else {
            sizes.push(size);
        }
    }
    found
}

/// Name and size of a file in a listing: `rw-r--r-- 1 app app 301144 May 21 10:55 rules.1055.bin`.
fn listed(text: &str) -> Option<(&str, f64)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mode = words.first()?.trim_start_matches('-');
    let rights = (8..=10).contains(&mode.len()) && mode.chars().all(|c| "rwxst-.".contains(c));
    let size = words.get(4)?.parse().ok()?;
    (rights && words.len() >= 8).then(|| (words[words.len() - 1], size))
}

/// A column of a table over time.
fn is_period(word: &str) -> bool {
    const PERIODS: [&str; 20] = [
        "before",
        "now",
        "after",
        "then",
        "baseline",
        "normal",
        "usual",
        "yesterday",
        "today",
        "during",
        "incident",
        "平时",
        "现在",
        "之前",
        "之后",
        "正常",
        "当前",
        "昨天",
        "今天",
        "故障中",
    ];
    is_clock(word) || PERIODS.iter().any(|period| period.eq_ignore_ascii_case(word))
}

/// The number of a cell in its base unit: `4.1s` and `300ms` compare.
pub(super) fn scaled(cell: &str) -> Option<f64> {
    let unit = cell.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '~'));
    let factor = match unit {
        "ms" => 0.001,
        "us" | "µs" => 0.000_001,
        "k" | "K" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "m" | "min" => 60.0,
        _ if unit.chars().count() > 6 => return None,
        _ => 1.0,
    };
    let digits = cell[..cell.len() - unit.len()].trim_start_matches('~').replace(',', "");
    digits.parse::<f64>().ok().map(|value| value * factor)
}

/// Rows that make a table, and how far above their median a value stands out.
const TABLE: (usize, f64) = (4, 8.0);

/// A row of a table: its statement, and the values of its cells.
type Row = (usize, Vec<Option<f64>>);

/// Rows of a table, named alike (`q-01`, `q-02`), of which one has a value far above those of the others.
pub(super) fn outliers(reading: &Reading<'_>) -> Vec<usize> {
    let mut tables: HashMap<(String, usize), Vec<Row>> = HashMap::new();
    for (number, s) in prose(reading) {
        let mut cells = s.text.split_whitespace();
        let Some(name) = cells.next() else { continue };
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() == name.len() || !stem.starts_with(|c: char| c.is_alphabetic()) {
            continue;
        }
        let values: Vec<Option<f64>> = cells.map(value).collect();
        if values.len() >= 2 {
            tables.entry((stem.to_owned(), values.len())).or_default().push((number, values));
        }
    }
    let mut found = Vec::new();
    for rows in tables.into_values().filter(|rows| rows.len() >= TABLE.0) {
        for column in 0..rows[0].1.len() {
            let mut values: Vec<f64> = rows.iter().filter_map(|(_, values)| values[column]).collect();
            values.sort_by(f64::total_cmp);
            let (Some(&median), Some(&most)) = (values.get(values.len() / 2), values.last()) else {
                continue;
            };
            let next = values.len().checked_sub(2).map_or(0.0, |at| values[at]);
            if values.len() == rows.len() && most > TABLE.1 * median.max(1.0) && next <= 2.0 * median.max(1.0)
            {
                found.extend(
                    rows.iter().filter(|(_, row)| row[column] == Some(most)).map(|(number, _)| *number),
                );
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
