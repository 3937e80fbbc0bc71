//! The service that an incident is about, by how people and logs name it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::analyst::offline::names::compiled;
use crate::evidence::statement::{Origin, Reading};

/// Endings of names of services.
const SERVICE_ENDS: [&str; 28] = [
    "svc",
    "service",
    "api",
    "bff",
    "gateway",
    "worker",
    "engine",
    "web",
    "server",
    "app",
    "backend",
    "frontend",
    "proxy",
    "consumer",
    "processor",
    "db",
    "queue",
    "search",
    "auth",
    "scheduler",
    "manager",
    "store",
    "router",
    "edge",
    "portal",
    "sync",
    "ingest",
    "core",
];

/// The service it is about: the name that comes most, with a bonus for the first line and for the usual endings.
pub fn named(reading: &Reading<'_>) -> Option<String> {
    let mut scores: BTreeMap<String, (i64, usize)> = BTreeMap::new();
    for (number, statement) in reading.statements.iter().take(2000).enumerate() {
        if statement.hostile {
            continue;
        }
        if statement.origin == Origin::Log {
            for name in statement.words.asides().labels.get_or_init(|| labelled(statement.text)) {
                scores.entry(name.clone()).or_insert((0, number)).0 += 4;
            }
            continue;
        }
        for found in statement.words.asides().services.get_or_init(|| compounds(statement.text)) {
            let name = &statement.text[found.clone()];
            let last = name.rsplit(['-', '_']).next().unwrap_or("");
            let known = SERVICE_ENDS.contains(&last);
            let mode = name.starts_with("rw-") || name.starts_with("rwx");
            if mode || name.len() > 40 || name.contains('_') || COMMON.contains(&name) {
                continue;
            }
            let followed = statement.text.as_bytes().get(found.end).copied();
            let part = matches!(followed, Some(b'=' | b'/' | b'(')) || followed == Some(b'.') && !known;
            let mut score = if known { 4 } else { 1 };
            // The first line of the first text names what it is about; that of a command's output does not.
            let opens = reading.statements.first().is_some_and(|first| first.source == statement.source);
            score += if statement.line == Some(1) && opens { 6 } else { 0 };
            score += if statement.is_bad() { 2 } else { 0 };
            score -= if part { 3 } else { 0 };
            score -= if statement.healthy { 2 } else { 0 };
            let entry = scores.entry(name.to_owned()).or_insert((0, number));
            entry.0 += score;
        }
    }
    let best = scores.into_iter().filter(|(_, (score, _))| *score >= 4);
    let best = best.min_by_key(|(_, (score, first))| (-score, *first)).map(|(name, _)| name);
    best.or_else(|| measured(reading))
}

/// Words of two to five parts with hyphens or underscores between them, in small letters and digits, that are no part of
/// a path, an address or another word.
fn compounds(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"_./@:-".contains(&byte);
    // The end of the part that begins at a byte.
    let part = |at: usize| {
        let letter = bytes.get(at).is_some_and(u8::is_ascii_lowercase);
        let goes_on = |byte: &&u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        letter.then(|| at + bytes[at..].iter().take_while(goes_on).count())
    };
    let mut found = Vec::new();
    // Names of services have a hyphen.
    let mut at = if text.contains('-') { 0 } else { bytes.len() };
    while at < bytes.len() {
        let start = at;
        at += 1;
        let Some(mut end) = part(start).filter(|_| start == 0 || !inner(bytes[start - 1])) else { continue };
        let mut last = None;
        for _ in 0..4 {
            let next = bytes.get(end).filter(|byte| matches!(byte, b'-' | b'_')).and_then(|_| part(end + 1));
            let Some(next) = next else { break };
            end = next;
            let closed = bytes.get(end).is_none_or(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            last = if closed { Some(end) } else { last };
        }
        if let Some(end) = last {
            found.push(start..end);
            at = end + 1;
        }
    }
    found
}

static MEASURED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(concat!(
        r"\b(?:p9\d|p50|5xx|error rate|error ratio|latency|qps|rps) (?:of|on|for) (?:the )?([a-z][a-z0-9]{2,30})\b(?:$|[^\w-])|",
        r"(?:^|[^\w./@-])([a-z][a-z0-9]{2,30}) (?:p9\d|p50|5xx|error rate|error ratio|qps|rps)\b|",
        r#"\bservice ["'`]([a-z][a-z0-9]{2,30})["'`]"#,
    ))
});

/// A name of one word: what requests are measured of (`p99 of search`, `orders 5xx`), where no name tells by itself.
fn measured(reading: &Reading<'_>) -> Option<String> {
    let pattern = MEASURED.as_ref()?;
    let prose = reading.statements.iter().take(2000).filter(|s| s.origin == Origin::Prose && !s.hostile);
    let mut names = prose
        .flat_map(|s| pattern.captures_iter(s.text))
        .filter_map(|caps| (1..caps.len()).find_map(|group| caps.get(group)).map(|found| found.as_str()));
    names.find(|name| !NOUNS.contains(name)).map(ToOwned::to_owned)
}

/// What is measured and is no service.
const NOUNS: [&str; 53] = [
    "alert",
    "pager",
    "warning",
    "still",
    "now",
    "the",
    "our",
    "its",
    "all",
    "some",
    "most",
    "this",
    "that",
    "these",
    "those",
    "normal",
    "usual",
    "high",
    "low",
    "and",
    "but",
    "with",
    "api",
    "http",
    "https",
    "user",
    "users",
    "customers",
    "requests",
    "request",
    "reads",
    "writes",
    "read",
    "write",
    "query",
    "queries",
    "traffic",
    "server",
    "servers",
    "service",
    "services",
    "database",
    "overall",
    "total",
    "max",
    "peak",
    "average",
    "avg",
    "global",
    "prod",
    "production",
    "staging",
    "everything",
];

static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(concat!(
        r#"(?:^|[^\w./-])(?:service|service\.name|svc|app|component|container|container_name|deployment|unit|job)"?"#,
        r#"(?:=|: ?|/)"?([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)|"#,
        r"(?:^|[^\w./@:-])([a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:svc|service|api|worker|gateway))(?:$|[^\w.-])",
    ))
});

/// Names of services in a record, where it labels them as such or they end as such names do; a log is full of other
/// words with hyphens.
fn labelled(record: &str) -> Vec<String> {
    let Some(pattern) = LABELLED.as_ref() else { return Vec::new() };
    let found = pattern.captures_iter(record).filter_map(|caps| caps.get(1).or_else(|| caps.get(2)));
    let names = found.map(|name| name.as_str()).filter(|name| (3..=40).contains(&name.len()));
    names.filter(|name| !COMMON.contains(name)).map(ToOwned::to_owned).collect()
}

/// Compound words that are no services.
const COMMON: [&str; 35] = [
    "semi-sync",
    "on-call",
    "read-only",
    "full-table",
    "one-off",
    "follow-up",
    "roll-back",
    "roll-out",
    "post-mortem",
    "self-signed",
    "end-to-end",
    "real-time",
    "long-running",
    "single-user",
    "resource-based",
    "time-out",
    "keep-alive",
    "set-up",
    "pre-deploy",
    "mis-diagnosis",
    "third-party",
    "round-robin",
    "up-to-date",
    "well-known",
    "high-level",
    "low-level",
    "out-of-memory",
    "back-off",
    "in-memory",
    "non-blocking",
    "per-second",
    "node-pool",
    "app-store",
    "log-level",
    "check-in",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static COMPOUND: LazyLock<Option<Regex>> =
        LazyLock::new(|| compiled(r"(?:^|[^\w./@:-])([a-z][a-z0-9]*(?:[-_][a-z][a-z0-9]*){1,4})\b"));

    proptest! {
        #[test]
        fn compounds_as_a_pattern_finds_them(text in "[ab1A_ ./:,连-]{0,24}") {
            let pattern = COMPOUND.as_ref().unwrap();
            let wanted: Vec<_> = pattern.captures_iter(&text).map(|caps| caps.get(1).unwrap().range()).collect();
            prop_assert_eq!(compounds(&text), if text.contains('-') { wanted } else { Vec::new() });
        }
    }
}
