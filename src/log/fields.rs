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
    /// The line of a program that a collector wrapped, with its break.
    pub(crate) log: Option<&'a [u8]>,
    pub(crate) stream: Option<&'a [u8]>,
    /// These are the fields of an object within another.
    within: bool,
}

/// Deepest nesting of JSON that is looked through; deeper values are skipped as text.
const DEPTH_MAX: usize = 64;

impl<'a> Fields<'a> {
    fn note(&mut self, key: &[u8], value: &'a [u8], object: bool) {
        let nested = object && !self.within;
        let slot = match key {
            // GCP, ECS, MongoDB: the parts of a record within an object.
            b"log" | b"jsonPayload" | b"httpRequest" | b"http" | b"http.response" | b"response"
            | b"event"
                if nested =>
            {
                return self.note_nested(value);
            }
            b"ts"
            | b"time"
            | b"timestamp"
            | b"@timestamp"
            | b"@t"
            | b"eventTime"
            | b"datetime"
            | b"date"
            | b"asctime"
            | b"t"
            | b"start_time"
            | b"Timestamp"
            | b"TimeGenerated"
            | b"timeGenerated"
            | b"__REALTIME_TIMESTAMP"
            | b"created_at"
            | b"logged_at"
            | b"time_local"
            | b"time_iso8601"
            | b"Time"
            | b"TIMESTAMP" => &mut self.time,
            b"level" | b"lvl" | b"severity" | b"loglevel" | b"log.level" | b"levelname" | b"log_level"
            | b"@l" | b"PRIORITY" | b"Level" | b"severity_text" | b"SeverityText" | b"severityText"
            | b"logLevel" | b"level_name" | b"LogLevel" | b"LEVEL" => &mut self.level,
            // MongoDB; elsewhere a letter names something else.
            b"s" if value.len() <= 2 && value.first().is_some_and(u8::is_ascii_uppercase) => &mut self.level,
            b"log" => &mut self.log,
            b"stream" => &mut self.stream,
            b"msg" | b"message" | b"body" | b"event" | b"short_message" | b"MESSAGE" | b"@m" | b"text"
            | b"textPayload" | b"Body" | b"@mt" | b"Message" | b"MessageTemplate" | b"log_message" => {
                &mut self.message
            }
            b"error" | b"err" | b"exception" | b"error.message" | b"reason" | b"@x" => &mut self.error,
            b"status"
            | b"status_code"
            | b"http_status"
            | b"code"
            | b"response_code"
            | b"statusCode"
            | b"http.response.status_code"
            | b"elb_status_code"
            | b"httpStatus" => &mut self.status,
            _ => return,
        };
        let value = if nested { inner_text(value) } else { value };
        if slot.is_none() {
            *slot = Some(value);
        }
    }

    /// Takes the fields of an object within; what the outer one says counts more.
    fn note_nested(&mut self, value: &'a [u8]) {
        let Some(inner) = flat(value, true) else { return };
        for (own, inner) in [
            (&mut self.time, inner.time),
            (&mut self.level, inner.level),
            (&mut self.message, inner.message),
            (&mut self.error, inner.error),
            (&mut self.status, inner.status),
        ] {
            *own = own.or(inner);
        }
    }

    /// The line of a program as a container runtime or collector kept it: there is nothing else that makes a record.
    pub(crate) fn docker(&self) -> Option<&'a [u8]> {
        self.log.filter(|_| self.message.is_none() && self.level.is_none())
    }

    /// Level named by the fields: the level itself, else an HTTP status.
    pub(crate) fn level(&self) -> Option<crate::incident::Level> {
        if let Some(level) = self.level.and_then(level::value) {
            return Some(level);
        }
        let status: u32 = std::str::from_utf8(self.status?).ok()?.parse().ok()?;
        (100..600).contains(&status).then(|| level::status(status))
    }
}

/// The text that counts of an object: MongoDB's `{"$date":"…"}`, an error's `{"type":…,"message":"…"}`.
fn inner_text(value: &[u8]) -> &[u8] {
    for key in [&br#""$date":""#[..], br#""message":""#, br#""msg":""#] {
        if let Some(at) = memchr::memmem::find(value, key) {
            let start = at + key.len();
            return string_end(value, start).map_or(value, |end| &value[start..end]);
        }
    }
    value
}

/// The fields of an object that is the text of a string: its quotes are escaped (`{\"level\":\"error\"}`).
pub(crate) fn escaped(text: &[u8]) -> Option<Fields<'_>> {
    const QUOTE: &[u8] = br#"\""#;
    let mut fields = Fields::default();
    let mut any = false;
    let mut at = 0;
    while let Some(open) = find_from(text, at, QUOTE) {
        let Some(close) = escaped_end(text, open + 2) else { break };
        let after = skip(text, close + 2, b" ");
        at = close + 2;
        if text.get(after) != Some(&b':') {
            continue;
        }
        let key = &text[open + 2..close];
        let start = skip(text, after + 1, b" ");
        let (value, end) = if text[start.min(text.len())..].starts_with(QUOTE) {
            let end = escaped_end(text, start + 2).unwrap_or(text.len());
            (&text[start + 2..end], end + 2)
        } else {
            let rest = &text[start.min(text.len())..];
            let width =
                rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']' | b' ')).unwrap_or(rest.len());
            (&rest[..width], start + width)
        };
        any = true;
        fields.note(key, value, false);
        at = end;
    }
    (any && (fields.message.is_some() || fields.level.is_some())).then_some(fields)
}

fn find_from(text: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text.get(from..)?, what).map(|at| from + at)
}

/// Index of the backslash of the escaped quote that closes a string; one that is escaped twice is text.
fn escaped_end(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = find_from(text, from, br#"\""#)?;
        let slashes = text[..=at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 4 == 1 {
            return Some(at);
        }
        from = at + 2;
    }
}

/// The fields at the top level of a JSON object; absent when the line is not one.
pub(crate) fn json(line: &[u8]) -> Option<Fields<'_>> {
    flat(line, false)
}

fn flat(line: &[u8], within: bool) -> Option<Fields<'_>> {
    let mut at = line.iter().position(|&byte| byte == b'{')? + 1;
    let mut fields = Fields { within, ..Fields::default() };
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
        let object = line.get(at) == Some(&b'{');
        let (value, end) = json_value(line, at);
        any = true;
        fields.note(key, value, object);
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
        fields.note(key, value, false);
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
