//! Private keys in PEM and PGP armour (RFC 7468), which run over many lines, with the prefixes of a log or without.

use crate::evidence::redaction::bytes::{self, Set};
use crate::evidence::redaction::values;
use crate::evidence::redaction::{Hit, Kind};

/// Most lines of a key: an RSA key of 16,384 bits has some 200.
const LINES_MAX: usize = 400;
/// Longest key on one line, bytes.
const LINE_MAX: usize = 64 * 1024;
/// Lines in a row that are not of the key, as other threads write them between, after which it is over.
const STRANGE_MAX: usize = 3;
/// Shortest run within a line with other text that is a part of the key.
const PART_MIN: usize = 16;

/// A key whose end has not been seen.
#[derive(Debug, Default)]
pub(super) struct Pem {
    lines: usize,
    strange: usize,
}

impl Pem {
    /// Goes on with a key that began in an earlier block; where its part in this one ends.
    pub(super) fn go_on(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> usize {
        if self.lines == 0 { 0 } else { self.body(text, 0, hits) }
    }

    /// A header may begin at `at`. Where the key it begins ends, as far as it is here.
    pub(super) fn begin(&mut self, text: &[u8], at: usize, hits: &mut Vec<Hit>) -> Option<usize> {
        let reach = &text[at..text.len().min(at + 80)];
        let name = reach.get(11..)?;
        let close = 11 + memchr::memmem::find(name, b"-----")?;
        memchr::memmem::find(&reach[..close].to_ascii_lowercase(), b"private key")?;
        let from = at + close + 5;
        let line = values::line_end(text, from, LINE_MAX);
        // On one line: its breaks are written as `\n`, as spaces or not at all.
        let end = memchr::memmem::find(&text[from..line], b"-----");
        if let Some(end) = end.map(|end| from + end) {
            mask(text, from, end, hits);
            return Some(end);
        }
        mask(text, from, line, hits);
        (self.lines, self.strange) = (LINES_MAX, 0);
        Some(self.body(text, (line + 1).min(text.len()), hits))
    }

    fn body(&mut self, text: &[u8], mut at: usize, hits: &mut Vec<Hit>) -> usize {
        if text.get(at) == Some(&b'\n') {
            at += 1;
        }
        while at < text.len() && self.lines > 0 {
            let end = values::line_end(text, at, usize::MAX - at);
            let line = &text[at..end];
            if memchr::memmem::find(line, b"-----").is_some() {
                self.lines = 0;
                return end;
            }
            if part(text, at, end, hits) {
                self.strange = 0;
            } else {
                self.strange += 1;
            }
            self.lines = if self.strange > STRANGE_MAX { 0 } else { self.lines - 1 };
            at = end + 1;
            if text.get(end) == Some(&b'\r') && text.get(at) == Some(&b'\n') {
                at += 1;
            }
        }
        at.min(text.len())
    }
}

/// Masks what stands between two headers on one line, without the breaks and marks around it.
fn mask(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) {
    let secret = |byte: &u8| bytes::is(*byte, Set::Base64);
    let found = &text[start..end];
    let Some(first) = found.iter().position(secret) else { return };
    // `\n` at the edges is a break.
    let first = if found[..first].ends_with(b"\\") && matches!(found[first], b'n' | b'r') {
        first + 1
    } else {
        first
    };
    let last = found.iter().rposition(secret).unwrap_or(first);
    let last = if last > 0 && found[last - 1] == b'\\' { last.saturating_sub(2) } else { last };
    if last > first {
        hits.push(Hit { start: start + first, end: start + last + 1, kind: Kind::PrivateKey });
    }
}

/// Masks the part of a key that a line holds: all of it, or what stands behind the prefix of a log.
fn part(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) -> bool {
    let line = &text[start..end];
    let blank = line.iter().position(|byte| *byte > b' ');
    let Some(first) = blank else { return true };
    let last = line.iter().rposition(|byte| *byte > b' ').unwrap_or(first) + 1;
    let inner = &line[first..last];
    if inner.starts_with(b"Proc-Type:") || inner.starts_with(b"DEK-Info:") || inner.starts_with(b"Version:") {
        return true;
    }
    let trimmed = inner.strip_suffix(b"\"").unwrap_or(inner);
    if trimmed.iter().all(|&byte| bytes::is(byte, Set::Base64)) {
        hits.push(Hit { start: start + first, end: start + first + trimmed.len(), kind: Kind::PrivateKey });
        return true;
    }
    let mut found = false;
    let mut at = 0;
    while let Some(step) = line[at..].iter().position(|&byte| bytes::is(byte, Set::Base64)) {
        let from = at + step;
        at = bytes::run(line, from, Set::Base64);
        let chance = bytes::restlessness(&line[from..at.min(from + 256)]) >= 30;
        if at - from >= PART_MIN && chance {
            hits.push(Hit { start: start + from, end: start + at, kind: Kind::PrivateKey });
            found = true;
        }
    }
    found
}
