//! Named measurements of one line: a use beside its limit (`active 50, maxActive 50`), and what is left of a resource
//! (`Free inodes: 0`).

use crate::evidence::statement::fraction::Fraction;

/// Bytes between a use and its limit.
const NEAR: usize = 64;

/// A name with its number, as they stand in a text.
#[derive(Debug)]
struct Named {
    name: String,
    value: f64,
    start: usize,
    end: usize,
}

/// Uses beside their limits: `active=20 … total=20`, `pids.max 512 and pids.current 512`.
pub(super) fn pairs(text: &str) -> Vec<Fraction<'_>> {
    const LIMITS: [&str; 5] = ["max", "limit", "total", "capacity", "quota"];
    const USES: [&str; 9] =
        ["active", "used", "in_use", "inuse", "current", "busy", "borrowed", "connected", "running"];
    let lower = text.to_ascii_lowercase();
    if !LIMITS.iter().any(|word| lower.contains(word)) {
        return Vec::new();
    }
    let named = named(text);
    let is = |one: &Named, words: &[&str]| words.iter().any(|word| one.name.contains(word));
    let mut found = Vec::new();
    for (at, limit) in named.iter().enumerate().filter(|(_, one)| is(one, &LIMITS)) {
        let uses = named.iter().enumerate().filter(|(other, one)| {
            *other != at && other.abs_diff(at) <= 2 && !is(one, &LIMITS) && is(one, &USES)
        });
        for (_, used) in uses {
            let (start, end) = (used.start.min(limit.start), used.end.max(limit.end));
            if end - start <= NEAR && limit.value >= 1.0 && used.value >= 0.0 {
                let (used, limit) = (used.value.round() as u64, limit.value.round() as u64);
                found.push(Fraction { used, limit, words: &text[start..end], of_ready: false });
            }
        }
    }
    found
}

/// Whether a text says that nothing is left of something: `Free inodes: 0`, `idle=0`, `0 free`.
pub fn none_left(text: &str) -> bool {
    const LEFT: [&str; 8] = ["free", "available", "remaining", "left", "idle", "avail", "balance", "credits"];
    const WORK: [&str; 5] = ["queue", "backlog", "lag", "error", "pending"];
    let lower = text.to_ascii_lowercase();
    if !LEFT.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let resource = |name: &str| {
        let last = name.split(['_', ' ', '.']).next_back().unwrap_or(name);
        LEFT.iter().any(|word| name.split(['_', ' ', '.']).any(|part| part == *word))
            || last.ends_with("balance")
    };
    let told = named(text).iter().any(|one| one.value == 0.0 && resource(&one.name));
    let counted = LEFT.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            lower[..at].trim_end().strip_suffix('0').is_some_and(|head| {
                !head.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '-'))
            })
        })
    });
    (told || counted && !lower.contains("0 idle")) && !WORK.iter().any(|word| lower.contains(word))
}

/// The named numbers of a text: `name=1`, `name: 1`, `name 1`, with up to two words of name.
fn named(text: &str) -> Vec<Named> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < 64 {
        let number = bytes[at].is_ascii_digit()
            && (at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"._-/".contains(&bytes[at - 1])));
        if !number {
            at += 1;
            continue;
        }
        let digits =
            bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || b".,".contains(byte)).count();
        let written = text[at..at + digits].trim_end_matches(['.', ',']);
        let end = at + written.len();
        let unit = bytes.get(end).is_some_and(|byte| b"%:-/".contains(byte));
        if let (Some(start), Ok(value), false) =
            (name_before(text, at), written.replace(',', "").parse(), unit)
        {
            let name =
                text[start..at].trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
            found.push(Named { name, value, start, end });
        }
        at += digits.max(1);
    }
    found
}

/// Where the name begins that stands directly before a number at `at`.
fn name_before(text: &str, at: usize) -> Option<usize> {
    // `"InUse":20` is the same as `InUse=20`.
    let head = text[..at].trim_end_matches([' ', '=', ':', '\t', '"', '\'']);
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ');
    let words = head.trim_start_matches(|c: char| !part(c));
    let from = words
        .rfind(|c: char| !part(c))
        .map_or(0, |cut| cut + words[cut..].chars().next().map_or(1, char::len_utf8));
    let run = &words[from..];
    let kept = run.split(' ').rev().take(2).collect::<Vec<_>>();
    let len = kept.iter().map(|word| word.len()).sum::<usize>() + kept.len().saturating_sub(1);
    let name = &run[run.len() - len.min(run.len())..];
    let lettered = name.chars().next_back().is_some_and(|c| c.is_ascii_alphabetic());
    lettered.then(|| head.len() - name.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::statement::is_full;

    #[test]
    fn a_use_beside_its_limit_is_full() {
        for text in [
            "wait millis 5000, active 50, maxActive 50, creating 0",
            "(total=20, active=20, idle=0, waiting=143)",
            "pids.max 512 and pids.current 512",
            "used_memory_human 15.99G maxmemory_human 16.00G",
            "Threads_connected: 500, max_connections: 500",
            r#""db": {"MaxOpenConnections":20,"InUse":20,"Idle":0}"#,
        ] {
            assert!(is_full(text), "{text}");
        }
        for text in [
            "active 12, maxActive 50",
            "total=20 ready, started 2026-11-21",
            "max_connections is 1000",
            "minAvailable 1, replicas 1",
        ] {
            assert!(!is_full(text), "{text}");
        }
    }

    #[test]
    fn nothing_left_is_told_in_either_order() {
        for text in [
            "Free inodes:              0",
            "borrowed=50 idle=0",
            "the subnet has 0 free",
            "available: 0",
            "BurstBalance 0 %",
        ] {
            assert!(none_left(text), "{text}");
        }
        for text in [
            "free -g",
            "Free blocks: 29360101",
            "10 free",
            "idle 12",
            "free: 0.5",
            "10:00 free",
            "queue: 0 left",
        ] {
            assert!(!none_left(text), "{text}");
        }
    }
}
