//! How long an access line says that its request took, where no name stands beside the number: by where each kind of
//! server puts it.

use crate::log::finding::gauge::amount;
use crate::log::status::{is_duration, is_method, is_timers};

/// How far into a line a duration is looked for, bytes.
const REACH: usize = 2048;
/// Least whole numbers behind each other among which the third is a duration (Envoy: received, sent, duration).
const RUN: usize = 3;

/// Milliseconds that the request of an access line took.
pub(crate) fn took(line: &[u8]) -> Option<f64> {
    let line = &line[..line.len().min(REACH)];
    let quote = request(line)?;
    before(&line[..quote]).or_else(|| {
        let close = memchr::memchr(b'"', &line[quote + 1..])?;
        after(&line[quote + close + 2..])
    })
}

/// Where the quoted request begins: the first quote before a method, or an empty one.
fn request(line: &[u8]) -> Option<usize> {
    let quotes = || memchr::memchr_iter(b'"', line);
    let named = quotes().find(|at| is_method(&line[at + 1..]));
    named.or_else(|| quotes().find(|at| line[at + 1..].starts_with(b"- ")))
}

/// What a load balancer writes before the request: timers with slashes between, of which the last is the total
/// (`HAProxy`), or three durations in seconds of which the second is the target's (AWS).
fn before(text: &[u8]) -> Option<f64> {
    let mut words: Vec<&[u8]> = Vec::new();
    for word in text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        if is_timers(word) && memchr::memchr_iter(b'/', word).count() == 4 {
            let total = word.rsplit(|byte| *byte == b'/').next()?;
            return number(total.strip_prefix(b"+").unwrap_or(total));
        }
        if is_duration(word) {
            words.push(word);
        } else {
            words.clear();
        }
        if words.len() == 3 {
            let parts = words.iter().filter_map(|word| number(word));
            let sum: f64 = parts.sum();
            return Some(sum * 1000.0);
        }
    }
    None
}

/// What follows the request: a number with a unit, seconds with a fraction, the third of several whole numbers after the
/// status and its flags, or microseconds at the very end, after a quoted text.
fn after(text: &[u8]) -> Option<f64> {
    let words: Vec<Word<'_>> = Words(text).collect();
    let plain = || words.iter().skip(1).filter(|word| !word.quoted).map(|word| word.text);
    let unit = |text: &[u8]| {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        (digits > 0 && matches!(&text[digits..], b"s" | b"ms" | b"us" | b"\xc2\xb5s" | b"ns"))
            .then(|| amount(text, b""))
            .flatten()
    };
    if let Some(found) = plain().find_map(unit) {
        return Some(found);
    }
    let fraction = |text: &&[u8]| {
        let point = memchr::memchr(b'.', text);
        point.is_some_and(|point| point > 0 && text.len() - point > 3) && number(text).is_some()
    };
    if let Some(seconds) = plain().find(fraction).and_then(number) {
        return Some(seconds * 1000.0);
    }
    let whole = |word: &Word<'_>| !word.quoted && word.text.iter().all(u8::is_ascii_digit);
    let flags = words.iter().skip(1).take_while(|word| !whole(word)).count();
    let run: Vec<&Word<'_>> = words.iter().skip(1 + flags).take_while(|word| whole(word)).collect();
    if flags > 0 && run.len() >= RUN {
        return number(run[RUN - 1].text);
    }
    match words.as_slice() {
        [.., before, last] if before.quoted && whole(last) => number(last.text).map(|micros| micros / 1000.0),
        _ => None,
    }
}

fn number(text: &[u8]) -> Option<f64> {
    let digits = text.first().is_some_and(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// A word, or what stands in quotes.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a [u8],
    quoted: bool,
}

/// The words of a text, quoted ones whole.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let text = self.0.trim_ascii_start();
        let quoted = *text.first()? == b'"';
        let body = &text[usize::from(quoted)..];
        let ending = if quoted { b'"' } else { b' ' };
        let end = memchr::memchr(ending, body).unwrap_or(body.len());
        self.0 = body.get(end + 1..).unwrap_or_default();
        Some(Word { text: body[..end].trim_ascii_end(), quoted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_found_where_each_server_puts_them() {
        for (line, expected) in [
            (
                r#"1.2.3.4 - - [01/Mar/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 612 "-" "curl/8.1" 0.123"#,
                Some(123.0),
            ),
            (
                r#"1.2.3.4 - - [x] "GET /x HTTP/1.1" 200 612 "-" "curl" 343 0.004 [up] [] 10.0.0.1:80 612 0.003 200 id"#,
                Some(4.0),
            ),
            (
                r#"1.2.3.4 - - [x] "GET /x HTTP/1.1" 200 612 "-" "curl" 1 "api@docker" "http://10.0.0.1" 12ms"#,
                Some(12.0),
            ),
            (r#"1.2.3.4 - - [x] "GET /x HTTP/1.1" 200 612 "-" "curl" 45000"#, Some(45.0)),
            (r#"1.2.3.4 - - [x] "GET /x HTTP/1.1" 200 612 "-" "curl/8.1""#, None),
            (r#"1.2.3.4 - - [x] "GET /x HTTP/1.1" 200 612"#, None),
            (
                r#"10.0.0.1:7 [x] in back/srv 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /x HTTP/1.1""#,
                Some(109.0),
            ),
            (
                r#"10.0.0.1:7 [x] in back/srv 0/0/-1/-1/+3000 503 0 - - sC-- 1/1/1/1/0 0/0 "GET /x HTTP/1.1""#,
                Some(3000.0),
            ),
            (
                r#"http prod 1.2.3.4:5 10.0.0.1:80 0.001 0.250 0.000 200 200 34 366 "GET http://x/ HTTP/1.1" "curl""#,
                Some(251.0),
            ),
            (
                r#"[2026-03-01T10:00:00.000Z] "GET /x HTTP/1.1" 200 - 0 1234 45 44 "-" "curl" "id""#,
                Some(45.0),
            ),
            (
                r#"[2026-03-01T10:00:00.000Z] "GET /x HTTP/2" 503 UF via_upstream - "-" 0 91 30 - "-" "curl""#,
                Some(30.0),
            ),
            ("no request 0.123", None),
        ] {
            let found = took(line.as_bytes()).map(|found| (found * 1000.0).round() / 1000.0);
            assert_eq!(found, expected, "{line}");
        }
    }
}
