//! Limits: does a line say that a resource stands at its limit?

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;

/// Words of resources that have limits.
const RESOURCES: &[&str] = &[
    "conn",
    "pool",
    "slot",
    "thread",
    "worker",
    "queue",
    "disk",
    "memory",
    "mem",
    "heap",
    "file",
    "fd",
    "session",
    "active",
    "used",
    "usage",
    "capacity",
    "in use",
    "buffer",
    "cpu",
    "quota",
    "limit",
    "max",
    "inode",
    "client",
    "partition",
    "volume",
    "cache",
    "space",
    "permits",
    "tokens",
    "连接",
    "磁盘",
    "内存",
];

/// Words beside which `3/3` counts something else.
const COUNTED: &[&str] = &[
    "attempt", "retry", "retries", "step", "ready", "replica", "shard", "part ", "batch", "page", "chunk",
    "phase", "stage", "task", "test",
];

/// Sentences that say it in words.
const SAID: &[&str] = &[
    "slots are reserved",
    "too many clients",
    "too many connections",
    "too many open files",
    "no space left",
    "out of memory",
    "out of disk",
    "pool exhausted",
    "exhausted",
    "queue is full",
    "queue full",
    "pool is full",
    "disk is full",
    "buffer is full",
    "quota exceeded",
    "maximum number of",
    "at capacity",
    "cannot allocate memory",
    "no free connections",
];

/// Names of a used amount.
const USED: &[&str] = &["active", "in_use", "inuse", "used"];

/// Share of a heap or of memory that is as good as all of it.
const NEARLY: f64 = 0.97;

/// Something stands at its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AtLimit {
    /// What, with its figures, where the line gives them.
    pub(crate) figures: Option<String>,
}

/// Finds words all at once; absent where the processor lacks the instructions for it.
type Words = LazyLock<Option<Searcher>>;

static RESOURCE_WORDS: Words = LazyLock::new(|| Searcher::new(RESOURCES));
static COUNTED_WORDS: Words = LazyLock::new(|| Searcher::new(COUNTED));
static USED_WORDS: Words = LazyLock::new(|| Searcher::new(USED));
static SENTENCES: Words = LazyLock::new(|| Searcher::new(SAID));
static OF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" of "));

/// Whether one of the words stands in a text.
fn is_among(words: &Words, all: &[&str], text: &str) -> bool {
    match &**words {
        Some(words) => words.find(text).is_some(),
        None => all.iter().any(|word| text.contains(word)),
    }
}

/// Whether a line says that something stands at its limit.
pub(crate) fn at_limit(line: &str) -> Option<AtLimit> {
    let lower = line.to_lowercase();
    // Figures are rarer than words of resources.
    let figures = ratio(&lower).or_else(|| pair(&lower)).or_else(|| percent(&lower)).filter(|_| {
        is_among(&RESOURCE_WORDS, RESOURCES, &lower) && !is_among(&COUNTED_WORDS, COUNTED, &lower)
    });
    let said = is_among(&SENTENCES, SAID, &lower);
    (said || figures.is_some()).then_some(AtLimit { figures })
}

/// `name: 500 / 500`, `(50/50)`, `50 of 50`.
fn ratio(line: &str) -> Option<String> {
    let slashes = memchr::memchr_iter(b'/', line.as_bytes());
    for at in slashes.chain(OF.find_iter(line.as_bytes())) {
        let left = line[..at].trim_end();
        let right = line[at..].trim_start_matches([' ', '/', 'o', 'f']);
        let (Some((before, used)), Some(total)) = (trailing_number(left), leading_number(right)) else {
            continue;
        };
        let date = before.ends_with(['/', '-', '.', ':'])
            || right.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('/');
        if !date && total >= 2.0 && used >= total {
            let name = name_before(before);
            return Some(if name.is_empty() {
                format!("{used} / {total}")
            } else {
                format!("{name} {used} / {total}")
            });
        }
    }
    None
}

/// `total=50, active=50, idle=0, waiting=7`; `active 200 … max 200`.
fn pair(line: &str) -> Option<String> {
    if !is_among(&USED_WORDS, USED, line) {
        return None;
    }
    let (active, unit) = USED.iter().find_map(|key| amount_after(line, key))?;
    let totals = ["total", "max", "size", "limit", "capacity"];
    let total = totals.iter().find_map(|key| amount_after(line, key)).filter(|(_, other)| *other == unit);
    let idle = number_after(line, "idle");
    // A heap is never quite full: what is left is less than what is asked for.
    let share = if ["heap", "memory"].iter().any(|word| line.contains(word)) { NEARLY } else { 1.0 };
    if let Some((total, _)) = total.filter(|(total, _)| *total >= 2.0 && active >= *total * share) {
        return Some(format!("active {active}{unit} of {total}{unit}"));
    }
    let waiting = ["waiting", "pending", "queued"].iter().find_map(|key| number_after(line, key));
    (idle == Some(0.0) && active >= 2.0 && waiting.is_some_and(|waiting| waiting > 0.0))
        .then(|| format!("active {active}, idle 0"))
}

/// `disk usage 100%`, `98.5 % used`.
fn percent(line: &str) -> Option<String> {
    let words = [
        "disk",
        "memory",
        "heap",
        "inode",
        "pool",
        "quota",
        "volume",
        "filesystem",
        "partition",
        "space",
        "磁盘",
        "内存",
    ];
    for (at, _) in line.match_indices('%') {
        let (_, value) = trailing_number(line[..at].trim_end())?;
        if (97.0..=100.0).contains(&value) {
            let name = words.iter().find(|word| line.contains(*word))?;
            return Some(format!("{name} {value} %"));
        }
    }
    None
}

fn trailing_number(text: &str) -> Option<(&str, f64)> {
    let start = text
        .rfind(|symbol: char| !(symbol.is_ascii_digit() || symbol == '.'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (before, number) = text.split_at(start);
    Some((before, number.parse().ok()?))
}

fn leading_number(text: &str) -> Option<f64> {
    let end = text.find(|symbol: char| !(symbol.is_ascii_digit() || symbol == '.')).unwrap_or(text.len());
    text[..end].trim_end_matches('.').parse().ok()
}

/// A number and its unit.
fn amount_after<'a>(line: &'a str, key: &str) -> Option<(f64, &'a str)> {
    line.match_indices(key).find_map(|(at, _)| {
        let rest = line[at + key.len()..].trim_start_matches(['"', '=', ':', ' ']);
        let number = leading_number(rest)?;
        let unit = rest.trim_start_matches(|symbol: char| symbol.is_ascii_digit() || symbol == '.');
        let width = unit.find(|symbol: char| !symbol.is_ascii_alphabetic()).unwrap_or(unit.len());
        Some((number, &unit[..width]))
    })
}

fn number_after(line: &str, key: &str) -> Option<f64> {
    line.match_indices(key).find_map(|(at, _)| {
        let rest = line[at + key.len()..].trim_start_matches(['"', '=', ':', ' ']);
        leading_number(rest)
    })
}

fn name_before(text: &str) -> &str {
    let text = text.trim_end_matches(['=', ':', ' ', '(', '[', '"']);
    let start = text.rfind([' ', '(', '[', '"', ',', '{']).map_or(0, |at| at + 1);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_recognised() {
        let table = [
            ("- active_connections: 500 / 500 (max_connections)", Some("active_connections 500 / 500")),
            ("pool stats (total=50, active=50, idle=0, waiting=12)", Some("active 50 of 50")),
            ("disk usage /var at 100%", Some("disk 100 %")),
            ("FATAL: sorry, too many clients already", Some("")),
            ("connections 480 / 500", None),
            ("retry attempt 5/5 for connection", None),
            ("connection opened on 10/10/2026", None),
            ("pool stats (total=50, active=10, idle=40, waiting=0)", None),
            ("disk usage 40%", None),
            ("heap used=1010MB max=1024MB", Some("active 1010mb of 1024mb")),
            ("heap used=700MB max=1024MB", None),
            ("memory used 980MB of total 4GB", None),
        ];
        for (line, expected) in table {
            assert_eq!(
                at_limit(line).map(|found| found.figures.unwrap_or_default()).as_deref(),
                expected,
                "{line}"
            );
        }
    }
}
