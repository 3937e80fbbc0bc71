//! Series: one measurement several times over, in a sentence or listed, that never falls.

use crate::analyst::offline::pattern::{is_clock, prose, value};
use crate::evidence::statement::Reading;

/// Values that make a series, and how often its first value the last one must be.
const SERIES: (usize, f64) = (5, 2.0);

/// Measurements listed over time, on one line or on several, each value at least the one before, and the heading above.
pub(super) fn rising(reading: &Reading<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut series: Vec<(usize, f64)> = Vec::new();
    for (number, s) in prose(reading) {
        let words = || s.text.split([' ', '|', ',', ';']).filter(|word| !word.is_empty() && !is_clock(word));
        let values: Vec<f64> = words().map_while(value).collect();
        let bare = !values.is_empty() && values.len() == words().count();
        if !bare {
            found.extend(climb(&series));
            series.clear();
        }
        series.extend(words().filter_map(value).filter(|_| bare).map(|value| (number, value)));
    }
    found.extend(climb(&series));
    let above =
        |number: &usize| number.checked_sub(1).filter(|&above| reading.statements[above].text.ends_with(':'));
    let headings: Vec<usize> = found.iter().filter_map(above).collect();
    found.extend(headings);
    found.sort_unstable();
    found.dedup();
    found
}

/// The statements of a series that never falls.
fn climb(series: &[(usize, f64)]) -> Vec<usize> {
    let (Some(&(_, first)), Some(&(_, last))) = (series.first(), series.last()) else { return Vec::new() };
    let climbs = series.is_sorted_by(|a, b| a.1 <= b.1) && last >= SERIES.1 * first.max(1.0);
    if series.len() < SERIES.0 || !climbs {
        Vec::new()
    } else {
        series.iter().map(|&(number, _)| number).collect()
    }
}

/// Values of one measurement in one sentence, each above the one before: `mon 410Mi tue 690Mi wed 980Mi thu 1270Mi`.
pub(super) fn told_rising<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = usize> + 'r {
    prose(reading).filter(|(_, s)| is_climb(s.text)).map(|(number, _)| number)
}

pub(super) fn is_climb(text: &str) -> bool {
    const DAYS: [&str; 13] =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "周一", "周二", "周三", "周四", "周五", "day "];
    const UNITS: [&str; 14] =
        ["Mi", "Gi", "MB", "GB", "G", "M", "MiB", "GiB", "%", "ms", "s", "k", "K", "min"];
    // Bare numbers are a measurement where days stand between them.
    let lower = text.to_lowercase();
    let dated = DAYS.iter().filter(|day| lower.contains(**day)).count() >= 3;
    let cells = text.split([' ', ',', ';', '→', '>', '-', '、', '，']).filter_map(|cell| {
        let unit = cell.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let value: f64 = cell[..cell.len() - unit.len()].parse().ok()?;
        let known = UNITS.iter().find(|known| **known == unit).copied();
        known.or_else(|| (dated && unit.is_empty()).then_some("")).map(|unit| (unit, value))
    });
    let values: Vec<(&str, f64)> = cells.collect();
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return false };
    values.len() >= 4
        && values.iter().all(|(unit, _)| *unit == first.0)
        && values.is_sorted_by(|a, b| a.1 < b.1)
        && last.1 >= SERIES.1 * first.1
}
