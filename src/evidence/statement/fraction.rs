//! Measurements against limits: `500 / 500`, `14 of 37`, and which of them count what is well.

use crate::evidence::statement::cut::clip;
use crate::evidence::statement::pairs::pairs;

/// A measurement against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction<'t> {
    /// In use.
    pub used: u64,
    /// The limit.
    pub limit: u64,
    /// The words, as they stand in the text.
    pub words: &'t str,
    /// Counts what is well: pods that run, checks that pass.
    pub of_ready: bool,
}

impl Fraction<'_> {
    /// Whether the limit is reached.
    pub fn is_full(&self) -> bool {
        !self.of_ready
            && self.limit >= 4
            && self.used * 100 >= self.limit * 97
            && self.used * 3 <= self.limit * 4
    }
}

/// Fractions `a / b`, `a/b` and `a of b` of whole numbers that are no dates, paths or versions, and uses beside their
/// limits.
pub fn fractions(text: &str) -> impl Iterator<Item = Fraction<'_>> + '_ {
    const READY: [&str; 16] = [
        "green",
        "healthy",
        "passing",
        "up ",
        "available",
        "正常",
        "pods",
        "pod ",
        "replicas",
        "instances",
        "hosts",
        "nodes",
        "tests",
        "checks",
        "ready",
        "running",
    ];
    text.match_indices('/')
        .map(|(at, _)| (at, 1))
        .chain(text.match_indices(" of ").map(|(at, _)| (at, 4)))
        .filter_map(|(at, len)| {
            let left = text[..at].trim_end();
            let digits =
                left.len() - left.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let before = left[..digits].chars().next_back();
            let right = text[at + len..].trim_start();
            let end = right.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let after = right[end..].chars().next();
            let odd = |c: char| c.is_alphanumeric() && c.is_ascii() || matches!(c, '/' | '-' | '.' | ':');
            if before.is_some_and(odd) || after.is_some_and(|c| odd(c) && !matches!(c, '.')) {
                return None;
            }
            let number = |text: &str| text.replace(',', "").parse::<u64>().ok();
            let (used, limit) = (number(&left[digits..])?, number(&right[..end])?);
            let rest = right[end..].trim_start();
            let stop = text.len() - right.len() + end;
            let words = text[digits..stop].trim_end_matches(',');
            let of_ready = READY.iter().any(|word| rest.starts_with(word))
                || is_rolled(rest)
                || goes(rest)
                || is_gone(rest)
                || is_progress(&text[..digits]);
            Some(Fraction { used, limit, words, of_ready })
        })
        .chain(pairs(text))
}

/// `500 / 500` and its like: a resource that stands at its limit (a third more is a limit that is passed).
pub fn is_full(text: &str) -> bool {
    fractions(text).any(|fraction| fraction.is_full())
}

/// Measurements against limits, all of them with room left.
pub fn is_within(text: &str) -> bool {
    let mut all = fractions(text).filter(|fraction| fraction.limit >= 4).peekable();
    all.peek().is_some() && all.all(|fraction| fraction.used * 100 < fraction.limit * 80)
}

/// `20/20 on r2210`: how far a version is rolled out.
fn is_rolled(rest: &str) -> bool {
    let version = rest.strip_prefix("on ").map(|version| version.trim_start_matches(['r', 'v']));
    version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// `the pipeline went green, 8 of 8`: what is counted is done or well.
fn is_progress(before: &str) -> bool {
    const DONE: [&str; 9] =
        ["green", "passed", "done", "healthy", "succeeded", "ok", "updated", "complete", "成功"];
    let head = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    DONE.iter().any(|word| head.to_ascii_lowercase().ends_with(word))
}

/// `9/9 backends DOWN`: members that are gone, not a resource in use.
pub fn is_gone(rest: &str) -> bool {
    const GONE: [&str; 10] = [
        "down",
        "dead",
        "unhealthy",
        "unreachable",
        "failing",
        "failed",
        "offline",
        "red",
        "notready",
        "not ready",
    ];
    let lower = rest.trim_start().to_ascii_lowercase();
    let mut words =
        lower.split_whitespace().take(3).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.any(|word| GONE.contains(&word)) || lower.starts_with("not ready")
}

/// `10/10 -> 7/10 healthy`: what was well before.
fn goes(rest: &str) -> bool {
    let after = rest.strip_prefix("->").or_else(|| rest.strip_prefix('→'));
    after.is_some_and(|after| {
        ["healthy", "ready", "in service"].iter().any(|word| clip(after, 32).contains(word))
    })
}
