//! Key-value lines, JSON and logfmt: a flat scan for the fields that make a record, without building a tree.

use crate::log::level;

/// Where the fields of a record stand in its line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fields<'a> {
    pub(crate) time: Option<&'a [u8]>,
    pub(crate) level: Option<&'a [u8]>,
    pub(crate) message: Option<&'a [u8]>,
    pub(crate) error: Option<&'a [u8]>,
    pub(crate) status: Option<&'a [u8]>,
}

/// Deepest nesting of JSON that is looked through; deeper values are skipped as text.
const DEPTH_MAX: usize = 64;

impl<'a> Fields<'a> {
    fn note(&mut self, key: &[u8], value: &'a [u8]) {
        let slot = match key {
            b"ts" | b"time" | b"timestamp" | b"@timestamp" | b"@t" | b"eventTime" | b"datetime" | b"date"
            | b"asctime" | b"t" => &mut self.time,
            b"level" | b"lvl" | b"severity" | b"loglevel" | b"log.level" | b"levelname" | b"log_level"
            | b"@l" | b"PRIORITY" => &mut self.level,
            b"msg" | b"message" | b"log" | b"body" | b"event" | b"short_message" | b"MESSAGE" | b"@m"
            | b"text" => &mut self.message,
            b"error" | b"err" | b"exception" | b"error.message" | b"reason" => &mut self.error,
            b"status" | b"status_code" | b"http_status" | b"code" => &mut self.status,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(value);
        }
    }

    /// Level named by the fields: the level itself, else an HTTP status.
    pub(crate) fn level(&self) -> Option<crate::incident::Level> {
        if let Some(value) = self.level {
            return level::value(value);
        }
        let status: u32 = std::str::from_utf8(self.status?).ok()?.parse().ok()?;
        (100..600).contains(&status).then(|| level::status(status))
    }
}

/// The fields at the top level of a JSON object; absent when the line is not one.
pub(crate) fn json(line: &[u8]) -> Option<Fields<'_>> {
    let mut at = line.iter().position(|&byte| byte == b'{')? + 1;
    let mut fields = Fields::default();
    let mut any = false;
    loop {
        at = skip(line, at, b" \t,");
        match line.get(at) {
            Some(b'"') => {}
            _ => return any.then_some(fields),
        }
        let Some(key_end) = string_end(line, at + 1) else { return any.then_some(fields) };
        let key = &line[at + 1..key_end];
        at = skip(line, key_end + 1, b" \t");
        if line.get(at) != Some(&b':') {
            return any.then_some(fields);
        }
        at = skip(line, at + 1, b" \t");
        let (value, end) = json_value(line, at);
        any = true;
        fields.note(key, value);
        at = end;
    }
}

fn skip(line: &[u8], mut at: usize, over: &[u8]) -> usize {
    while line.get(at).is_some_and(|byte| over.contains(byte)) {
        at += 1;
    }
    at
}

/// Index of the quote that closes the string whose first byte is at `at`.
fn string_end(line: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let next = at + memchr::memchr2(b'"', b'\\', line.get(at..)?)?;
        if line[next] == b'"' {
            return Some(next);
        }
        at = next + 2;
    }
}

/// The value at `at` without its quotes, and the index after it.
fn json_value(line: &[u8], at: usize) -> (&[u8], usize) {
    match line.get(at) {
        Some(b'"') => {
            let end = string_end(line, at + 1).unwrap_or(line.len());
            (&line[at + 1..end], end + 1)
        }
        Some(b'{' | b'[') => {
            let end = nested_end(line, at);
            (&line[at..end], end)
        }
        _ => {
            let rest = line.get(at..).unwrap_or_default();
            let width =
                rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ')).unwrap_or(rest.len());
            (&rest[..width], at + width)
        }
    }
}

fn nested_end(line: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < line.len() {
        match line[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b'"' => match string_end(line, at + 1) {
                Some(end) => at = end,
                None => return line.len(),
            },
            _ => {}
        }
        if depth > DEPTH_MAX {
            return line.len();
        }
        at += 1;
    }
    line.len()
}

/// The fields of a logfmt line; absent when the line has fewer than two of the fields of a record.
pub(crate) fn logfmt(line: &[u8]) -> Option<Fields<'_>> {
    let mut fields = Fields::default();
    let mut at = 0;
    while at < line.len() {
        at = skip(line, at, b" \t");
        let start = at;
        while at < line.len() && !matches!(line[at], b'=' | b' ' | b'"') {
            at += 1;
        }
        if line.get(at) != Some(&b'=') || at == start {
            // A bare word: the rest of a logfmt line may hold some, its start may not.
            if start == 0 {
                return None;
            }
            at += 1;
            continue;
        }
        let key = &line[start..at];
        let (value, end) = if line.get(at + 1) == Some(&b'"') {
            let end = string_end(line, at + 2).unwrap_or(line.len());
            (&line[at + 2..end], end + 1)
        } else {
            let rest = &line[at + 1..];
            let width = memchr::memchr(b' ', rest).unwrap_or(rest.len());
            (&rest[..width], at + 1 + width)
        };
        fields.note(key, value);
        at = end;
    }
    let known = [fields.time, fields.level, fields.message].iter().flatten().count();
    (known >= 2).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Level;

    #[test]
    fn json_fields_are_found_at_the_top_level_only() {
        let line = br#"{"a":{"msg":"inner \" }"},"ts":"2026-03-01T10:00:00Z","level":"error","n":[1,{"x":2}],"msg":"it \"broke\"","err":"x"}"#;
        let fields = json(line).unwrap();
        assert_eq!(fields.message, Some(&br#"it \"broke\""#[..]));
        assert_eq!(fields.error, Some(&b"x"[..]));
        assert_eq!(fields.level(), Some(Level::Error));
        assert_eq!(fields.time, Some(&b"2026-03-01T10:00:00Z"[..]));
        assert!(json(b"{not json").is_none());
        assert!(json(br#"{"cut":"her"#).is_some());
    }

    #[test]
    fn logfmt_needs_fields_of_a_record() {
        let fields = logfmt(br#"ts=2026-03-01T10:00:00Z level=warn msg="slow \"q\"" n=1"#).unwrap();
        assert_eq!(fields.message, Some(&br#"slow \"q\""#[..]));
        assert_eq!(fields.level(), Some(Level::Warn));
        assert!(logfmt(b"user=alice logged in").is_none());
        assert!(logfmt(b"plain words").is_none());
    }

    #[test]
    fn a_status_stands_in_for_a_level() {
        let fields = json(br#"{"time":"x","status":503,"path":"/"}"#).unwrap();
        assert_eq!(fields.level(), Some(Level::Error));
    }
}
