//! What a text says in figures: limits, shares, moves and large numbers, and numbers that are no codes.

use crate::analyst::offline::playbook::percents;
use crate::evidence::statement::Words;

/// Whether a number that stands for a code (`413`, `1205`) is a count, a time or the name of something here:
/// `attempt 413`, `502 ms`.
pub(super) fn is_count(text: &str, start: usize, end: usize) -> bool {
    const COUNTED: [&str; 25] = [
        "attempt",
        "attempts",
        "try",
        "retry",
        "row",
        "rows",
        "line",
        "job",
        "order",
        "user",
        "pid",
        "id",
        "no",
        "ticket",
        "process",
        "seq",
        "offset",
        "partition",
        "page",
        "took",
        "size",
        "total",
        "len",
        "used",
        "lag",
    ];
    const UNITS: [&str; 25] = [
        "ms",
        "s",
        "sec",
        "seconds",
        "min",
        "minutes",
        "h",
        "hours",
        "mb",
        "gb",
        "kb",
        "mib",
        "gib",
        "m",
        "g",
        "k",
        "rows",
        "connections",
        "pods",
        "jobs",
        "users",
        "items",
        "lines",
        "messages",
        "files",
    ];
    if !text.as_bytes()[start..end].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let head = text[..start].trim_end_matches([' ', '=', ':', '(', '[']);
    if head.ends_with('#') {
        return true;
    }
    let word = head.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    let unit = text[end..].trim_start_matches(' ');
    let unit = unit.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    COUNTED.contains(&word) || UNITS.contains(&unit)
}

/// Whether a text gives a number of ten thousand or more: `ready=184233`, `88,410`, `310k`, `18 万`.
fn has_many(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) {
        let len =
            bytes[from..].iter().take_while(|byte| byte.is_ascii_digit() || b",.".contains(byte)).count();
        at = from + len;
        let inner =
            from > 0 && (bytes[from - 1].is_ascii_alphabetic() || b"._:/-#".contains(&bytes[from - 1]));
        let rest = text[at..].trim_start_matches(' ');
        let unit = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let factor = match unit {
            "k" | "K" => 1e3,
            "M" => 1e6,
            _ if unit.starts_with('万') => 1e4,
            "ms" | "us" | "bytes" | "B" => continue,
            _ => 1.0,
        };
        let value: f64 = text[from..at].trim_end_matches(['.', ',']).replace(',', "").parse().unwrap_or(0.0);
        if !inner && !rest.starts_with([':', '-', '/']) && (1e4..1e9).contains(&(value * factor)) {
            return true;
        }
    }
    false
}

/// Ways to write that a value moved.
const MOVES: [&str; 12] =
    ["->", "→", "涨到", "跌到", "升至", "降至", "升到", "降到", "增至", "doubled", "tripled", " from "];

/// The phrases that stand for what a text says in figures.
pub(super) fn computed_in(words: &Words) -> Vec<&'static str> {
    let text = &**words.text();
    let percents: Vec<f64> = percents(text).collect();
    let high = percents.iter().any(|&percent| percent >= 85.0);
    let moves = |word: &str| text.contains(word) && (word != " from " || text.contains(" to "));
    let moved = text.bytes().any(|byte| byte.is_ascii_digit()) && MOVES.iter().any(|word| moves(word));
    let told = [
        ("@full", words.is_full()),
        ("@none", words.is_none_left()),
        ("@high", high),
        ("@many", has_many(text)),
        ("@low", !high && percents.iter().any(|&percent| percent < 70.0)),
        ("->", moved),
    ];
    told.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect()
}
