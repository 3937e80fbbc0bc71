//! Times of day and zones as they are written, read by hand: a pattern would take longer to compile than to be used.

use std::ops::Range;

use jiff::civil::Time;

use crate::evidence::clock::abbreviation;

/// The times of day of `text`, in order: where each is written, and the time where there is such a one.
pub(super) fn times(text: &str) -> Vec<(Range<usize>, Option<Time>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut free, mut from) = (0, 0);
    while let Some(colon) = memchr::memchr(b':', &bytes[from..]).map(|at| from + at) {
        from = colon + 1;
        let hour = digits_before(&bytes[free..colon], 2);
        if hour == 0 || digits(&bytes[from..], 2) < 2 {
            continue;
        }
        let start = colon - hour;
        let mut end = colon + 3;
        let mut second = None;
        if bytes.get(end) == Some(&b':') && digits(&bytes[end + 1..], 2) == 2 {
            second = Some(end + 1..end + 3);
            end += 3;
            let part = matches!(bytes.get(end), Some(b'.' | b',')).then(|| digits(&bytes[end + 1..], 9));
            end += part.filter(|&len| len > 0).map_or(0, |len| 1 + len);
        }
        let half = half(&text[end..]);
        end += half.map_or(0, |(len, _)| len);
        let number = |range: Range<usize>| text[range].parse::<i8>().ok();
        let time = || {
            let mut hour = number(start..colon)?;
            if let Some((_, afternoon)) = half {
                let hours = Some(hour).filter(|hour| (1..=12).contains(hour))?;
                hour = hours % 12 + if afternoon { 12 } else { 0 };
            }
            let second = second.and_then(number).unwrap_or(0);
            Time::new(hour, number(colon + 1..colon + 3)?, second.min(59), 0).ok()
        };
        found.push((start..end, time()));
        (free, from) = (end, end);
    }
    found
}

/// How many digits `bytes` begin with, `max` at most.
fn digits(bytes: &[u8], max: usize) -> usize {
    bytes.iter().take(max).take_while(|byte| byte.is_ascii_digit()).count()
}

/// How many digits `bytes` end with, `max` at most.
fn digits_before(bytes: &[u8], max: usize) -> usize {
    bytes.iter().rev().take(max).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether the byte at `at` is a part of an ASCII word.
fn goes_on(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// `am`, ` p.m.`: how many bytes it takes, and whether it is the afternoon.
fn half(text: &str) -> Option<(usize, bool)> {
    let space = text.chars().next().filter(|c| c.is_whitespace()).map_or(0, char::len_utf8);
    let bytes = text.as_bytes();
    let afternoon = match bytes.get(space)?.to_ascii_lowercase() {
        b'a' => false,
        b'p' => true,
        _ => return None,
    };
    let dot = |at: usize| usize::from(bytes.get(at) == Some(&b'.'));
    let m = space + 1 + dot(space + 1);
    let ends = bytes.get(m).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'm')) && !goes_on(bytes, m + 1);
    ends.then(|| (m + 1 + dot(m + 1), afternoon))
}

/// A zone behind a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// By its name or its distance from UTC behind that name; seconds east of UTC.
    Named(i32),
    /// By its distance alone: seconds, and whether it is west of UTC.
    Signed(i32, bool),
}

/// The zone that `text` begins with, a space and a year before it left out, and the bytes that it takes.
pub(super) fn zone(text: &str, chinese: bool) -> Option<(usize, Zone)> {
    let bytes = text.as_bytes();
    let space = |at: usize| {
        text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| c.is_whitespace()).map(char::len_utf8)
    };
    let mut at = space(0).unwrap_or(0);
    if bytes[at..].starts_with(b"20") && digits(&bytes[at..], 4) == 4 {
        at += space(at + 4).map_or(0, |len| 4 + len);
    }
    at += usize::from(bytes.get(at) == Some(&b'('));
    let rest = &bytes[at..];
    if let Some(sign) = rest.first().filter(|byte| matches!(byte, b'+' | b'-')) {
        let colon = usize::from(rest.get(3) == Some(&b':'));
        let (hours, minutes, end) = (rest.get(1..3)?, rest.get(3 + colon..5 + colon)?, 5 + colon);
        let number = |two: &[u8]| two.iter().fold(0, |sum, digit| 10 * sum + i32::from(digit - b'0'));
        let written = digits(hours, 2) == 2 && digits(minutes, 2) == 2 && !goes_on(rest, end);
        let seconds = || number(hours) * 3600 + number(minutes) * 60;
        return written.then(|| (at + end, Zone::Signed(seconds(), *sign == b'-')));
    }
    if text[at..].starts_with("北京时间") {
        return Some((at + "北京时间".len(), Zone::Named(8 * 3600)));
    }
    let letters = rest.iter().take(6).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 || goes_on(rest, letters) {
        return None;
    }
    let name = &text[at..at + letters];
    if name.eq_ignore_ascii_case("utc") {
        let (hours, len) = hours_after(&rest[letters..]);
        return Some((at + letters + len, Zone::Named(hours * 3600)));
    }
    if name == "Z" || name.eq_ignore_ascii_case("gmt") {
        return Some((at + letters, Zone::Named(0)));
    }
    let named = (3..=5).contains(&letters) && name.ends_with(['T', 't']);
    abbreviation(name, chinese).filter(|_| named).map(|seconds| (at + letters, Zone::Named(seconds)))
}

/// `+8` of `UTC+8`: the hours, and the bytes they take.
fn hours_after(bytes: &[u8]) -> (i32, usize) {
    let sign = match bytes.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (0, 0),
    };
    let len = digits(&bytes[1..], 2);
    if len == 0 || goes_on(bytes, 1 + len) {
        return (0, 0);
    }
    (sign * bytes[1..=len].iter().fold(0, |sum, digit| 10 * sum + i32::from(digit - b'0')), 1 + len)
}

#[cfg(test)]
mod tests;
