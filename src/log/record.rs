//! Line -> head of a record: its time, its level, the words that make its message; and whether a line goes on
//! with the record before it.

use jiff::Timestamp;

use crate::incident::Level;
use crate::log::time::{Clock, Form, Micros, Stamp};
use crate::log::{fields, header, level};

/// Bytes of a line that are looked at; the rest of a longer line is counted and shown, not analysed.
pub(crate) const ANALYSED_MAX: usize = 8 * 1024;

/// Timed lines in a row after which a line without time is taken for the continuation of a record.
const SETTLED: u8 = 8;
/// Lines without time in a row after which they are taken for records again.
const STRAY_MAX: u16 = 500;

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Anything else.
    Plain,
    /// A JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// An HTTP access line; its status is part of the message.
    Access,
    /// The line goes on with the record before it.
    Continuation,
    /// Nothing but blanks.
    Blank,
}

/// What a line says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    pub(crate) shape: Shape,
    pub(crate) at: Option<Micros>,
    pub(crate) level: Option<Level>,
    /// The words, and a second part where a format has one (an error field).
    pub(crate) message: [&'a [u8]; 2],
}

impl Head<'_> {
    /// Whether it begins a record.
    pub(crate) fn is_head(&self) -> bool {
        !matches!(self.shape, Shape::Continuation | Shape::Blank)
    }

    /// Whether a machine wrote it as a log line: it has a time, a level or fields.
    pub(crate) fn is_machine(&self) -> bool {
        self.at.is_some()
            || self.level.is_some()
            || matches!(self.shape, Shape::Json | Shape::Logfmt | Shape::Access)
    }
}

/// Reads the lines of one source. Readers that are equal read the same lines the same way.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reader {
    clock: Clock,
    /// Timed lines in a row, up to [`SETTLED`].
    timed: u8,
    /// Lines in a row that were taken for continuations only because they have no time.
    stray: u16,
}

impl Reader {
    /// Sets the moment used to complete dates.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.clock.set_now(now);
    }

    /// Reads one line (without its break).
    pub(crate) fn read<'a>(&mut self, line: &'a [u8]) -> Head<'a> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = &line[..line.len().min(ANALYSED_MAX)];
        let Some(&first) = line.iter().find(|byte| !matches!(byte, b' ' | b'\t')) else {
            return Head { shape: Shape::Blank, at: None, level: None, message: [b"", b""] };
        };
        let indented = matches!(line[0], b' ' | b'\t');
        if first == b'{'
            && !indented
            && let Some(head) = self.json(line)
        {
            self.note_time(head.at.is_some());
            return head;
        }
        if !indented && let Some(head) = self.logfmt(line) {
            self.note_time(head.at.is_some());
            return head;
        }
        let stamp = if line[0] == b'\t' { None } else { self.clock.find(line) };
        if let Some(stamp) = stamp.filter(|stamp| !indented || stamp.start <= 4) {
            if heads(line, stamp) {
                self.note_time(true);
                return plain(line, stamp);
            }
            // A time within a sentence: the record's, as far as one can tell, but the line is all message.
            return Head { at: Some(stamp.at), ..self.untimed(line, indented) };
        }
        self.untimed(line, indented)
    }

    fn note_time(&mut self, timed: bool) {
        self.stray = 0;
        self.timed = if timed { (self.timed + 1).min(SETTLED) } else { 0 };
    }

    fn untimed<'a>(&mut self, line: &'a [u8], indented: bool) -> Head<'a> {
        let found = level::find(line);
        let led = found
            .is_some_and(|found| line[..found.start].iter().all(|byte| matches!(byte, b'[' | b'<' | b'(')));
        let stray = self.timed >= SETTLED && !led;
        self.stray = self.stray.saturating_add(u16::from(stray));
        if looks_continued(line, indented) || (stray && self.stray <= STRAY_MAX) {
            return Head { shape: Shape::Continuation, at: None, level: None, message: [b"", b""] };
        }
        if !led {
            self.timed = 0;
        }
        let message = match found {
            // `ERROR in contacting the server` is a sentence.
            Some(found) if led && !(found.start == 0 && line.get(found.end) == Some(&b' ')) => {
                after_level(line, found.end)
            }
            _ => line,
        };
        let (level, shape) = match access_status(line) {
            Some(status) => (Some(level::status(status)), Shape::Access),
            None => (found.map(|found| found.level).or_else(|| exception(line)), Shape::Plain),
        };
        Head { shape, at: None, level, message: [message, b""] }
    }

    fn json<'a>(&self, line: &'a [u8]) -> Option<Head<'a>> {
        let fields = fields::json(line)?;
        let at = fields.time.and_then(|value| self.clock.value(value));
        Some(with_fields(fields, at, line, Shape::Json))
    }

    fn logfmt<'a>(&self, line: &'a [u8]) -> Option<Head<'a>> {
        // The first pair tells: `word=`. Most lines end here.
        let equals = line
            .iter()
            .take(24)
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b'-')))?;
        if line[equals] != b'=' {
            return None;
        }
        let fields = fields::logfmt(line)?;
        let at = fields.time.and_then(|value| self.clock.value(value));
        Some(with_fields(fields, at, line, Shape::Logfmt))
    }
}

/// A line of fields.
fn with_fields<'a>(fields: fields::Fields<'a>, at: Option<Micros>, line: &'a [u8], shape: Shape) -> Head<'a> {
    let message = fields.message.unwrap_or(line);
    let level = fields.level().or_else(|| level::find(message).map(|found| found.level));
    Head { shape, at, level, message: [message, fields.error.unwrap_or_default()] }
}

/// Whether a timestamp is the head of its line rather than a part of a sentence.
fn heads(line: &[u8], stamp: Stamp) -> bool {
    stamp.start <= 2 || line.len() - stamp.end >= stamp.start
}

/// A line with a timestamp in it.
fn plain(line: &[u8], stamp: Stamp) -> Head<'_> {
    let before = &line[..stamp.start];
    let mut rest = line.get(stamp.end..).unwrap_or_default();
    while let [b' ' | b'\t' | b']' | b')' | b'|' | b',' | b':' | b'"' | b'>', tail @ ..] = rest {
        rest = match rest {
            // The quote of an access line's request belongs to the message.
            [b'"', tail @ ..] if tail.first().is_some_and(u8::is_ascii_uppercase) => break,
            _ => tail,
        };
    }
    if let Some(status) = access_status(rest) {
        return Head {
            shape: Shape::Access,
            at: Some(stamp.at),
            level: Some(level::status(status)),
            message: [rest, b""],
        };
    }
    let level = letter_level(line, rest, stamp).or_else(|| priority(before));
    if level.is_some() {
        let message = &rest[fixed_header(rest, stamp)..];
        return Head { shape: Shape::Plain, at: Some(stamp.at), level, message: [message, b""] };
    }
    let host_end = if stamp.form == Form::Syslog { host_end(rest) } else { 0 };
    let rest = &rest[host_end..];
    let found = level::find(rest);
    let level = found.map(|found| found.level);
    let level = level
        .or_else(|| level::find(before).map(|found| found.level))
        .or_else(|| exception(rest))
        .or_else(|| masked_level(rest));
    let message = match found {
        Some(found) if header::is_header(open_trimmed(&rest[..found.start])) => after_level(rest, found.end),
        _ => rest,
    };
    let message = &message[header::message_start(message)..];
    Head { shape: Shape::Plain, at: Some(stamp.at), level, message: [message, b""] }
}

/// `text` without a bracket that opens at its end.
fn open_trimmed(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"[")
        .or_else(|| text.strip_suffix(b"<"))
        .or_else(|| text.strip_suffix(b"("))
        .unwrap_or(text)
}

/// End of the header of formats whose header is fixed: klog's ends with `] `, logcat's with the letter.
fn fixed_header(rest: &[u8], stamp: Stamp) -> usize {
    let head = &rest[..rest.len().min(120)];
    let found = match stamp.form {
        Form::Klog => memchr::memmem::find(head, b"] ").map(|at| at + 2),
        Form::MonthDay => head
            .windows(3)
            .position(|w| w[0] == b' ' && w[1].is_ascii_uppercase() && w[2] == b' ')
            .map(|at| at + 3),
        _ => None,
    };
    found.unwrap_or(0)
}

/// A level told by one letter: klog's first, cups' before the time, logcat's between numbers and tag, Redis' mark.
fn letter_level(line: &[u8], rest: &[u8], stamp: Stamp) -> Option<Level> {
    let before = &line[..stamp.start];
    match (stamp.form, before) {
        (Form::Klog, _) => level::letter(line[stamp.start]),
        (_, [letter, b' ' | b'[', ..]) if before.len() <= 3 => level::letter(*letter),
        (Form::MonthDay, _) => {
            let mut tokens = rest.split(|byte| *byte == b' ').filter(|token| !token.is_empty()).take(4);
            tokens
                .find(|token| token[0].is_ascii_uppercase() && (token.len() == 1 || token[1] == b'/'))
                .and_then(|token| level::letter(token[0]))
        }
        (Form::Iso, _) => short_level(rest),
        (Form::DayMonth, _)
            if before.len() <= 12
                && (before.contains(&b':') || (before.starts_with(b"[") && before.ends_with(b"] "))) =>
        {
            match rest.first() {
                Some(b'#') => Some(Level::Warn),
                Some(b'*') => Some(Level::Notice),
                Some(b'-') => Some(Level::Info),
                Some(b'.') => Some(Level::Debug),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `In(14)`, or one letter and a blank, right after the time.
fn short_level(rest: &[u8]) -> Option<Level> {
    match rest {
        [a, b, b'(', digit, ..] if digit.is_ascii_digit() => match [*a, *b] {
            [b'D', b'b'] => Some(Level::Debug),
            [b'I', b'n'] => Some(Level::Info),
            [b'N', b'o'] => Some(Level::Notice),
            [b'W', b'a'] => Some(Level::Warn),
            [b'E', b'r'] => Some(Level::Error),
            [b'C', b'r'] | [b'A', b'l'] | [b'E', b'm'] => Some(Level::Fatal),
            _ => None,
        },
        [letter @ (b'T' | b'V' | b'D' | b'I' | b'W' | b'E' | b'F'), b' ', ..] => level::letter(*letter),
        _ => None,
    }
}

/// A level given as one bit, after brackets: `[nss] [accept] (0x0020): …` (sssd, `man sssd.conf`, "debug levels").
fn masked_level(rest: &[u8]) -> Option<Level> {
    if rest.first() != Some(&b'[') {
        return None;
    }
    let at = memchr::memmem::find(&rest[..rest.len().min(120)], b"] (0x")?;
    match rest.get(at + 5..at + 10)? {
        b"0010)" | b"0020)" => Some(Level::Fatal),
        b"0040)" => Some(Level::Error),
        b"0080)" => Some(Level::Warn),
        b"0100)" | b"0200)" => Some(Level::Info),
        b"0400)" | b"1000)" => Some(Level::Debug),
        b"2000)" | b"4000)" => Some(Level::Trace),
        _ => None,
    }
}

/// The level in a syslog priority, `<34>`.
fn priority(before: &[u8]) -> Option<Level> {
    let inner = before.strip_prefix(b"<")?;
    let end = inner.iter().take(4).position(|byte| *byte == b'>')?;
    let number: u32 = std::str::from_utf8(&inner[..end]).ok()?.parse().ok()?;
    level::syslog(number & 7)
}

/// End of the host name after a syslog timestamp.
fn host_end(rest: &[u8]) -> usize {
    let width = memchr::memchr(b' ', rest).unwrap_or(0);
    let plausible = rest[..width]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':'));
    if plausible && rest.get(width.wrapping_sub(1)) != Some(&b':') && width > 0 { width + 1 } else { 0 }
}

fn after_level(text: &[u8], end: usize) -> &[u8] {
    let mut rest = &text[end..];
    while let [b' ' | b']' | b')' | b'>' | b':' | b'|' | b'-' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

/// The status of an HTTP access line: `"GET /path HTTP/1.1" 503 …`.
pub(crate) fn access_status(rest: &[u8]) -> Option<u32> {
    let request = rest.strip_prefix(b"\"").or_else(|| {
        let quote = memchr::memchr(b'"', &rest[..rest.len().min(120)])?;
        is_method(&rest[quote + 1..]).then(|| &rest[quote + 1..])
    })?;
    if !is_method(request) {
        return None;
    }
    let close = memchr::memchr(b'"', request)?;
    let digits = request.get(close + 1..close + 5)?;
    match digits {
        [b' ', a @ b'1'..=b'5', b, c] if b.is_ascii_digit() && c.is_ascii_digit() => {
            Some(u32::from(a - b'0') * 100 + u32::from(b - b'0') * 10 + u32::from(c - b'0'))
        }
        _ => None,
    }
}

pub(crate) fn is_method(text: &[u8]) -> bool {
    const METHODS: [&[u8]; 7] = [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"PATCH ", b"OPTIONS "];
    METHODS.iter().any(|method| text.starts_with(method))
}

/// Whether a line without time goes on with the record before it by its own look.
fn looks_continued(line: &[u8], indented: bool) -> bool {
    const STARTS: [&[u8]; 8] = [
        b"Caused by:",
        b"Suppressed:",
        b"Traceback (",
        b"at ",
        b"... ",
        b"During handling of the above",
        b"The above exception was",
        b"goroutine ",
    ];
    indented || matches!(line[0], b'}' | b')') || STARTS.iter().any(|start| line.starts_with(start))
}

/// `java.lang.IllegalStateException: …`, `ValueError: …`: the line that names an exception is an error.
fn exception(line: &[u8]) -> Option<Level> {
    let width = line
        .iter()
        .take(100)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'))
        .count();
    let name = &line[..width];
    let named = name.ends_with(b"Exception") || name.ends_with(b"Error");
    (named && matches!(line.get(width), None | Some(b':' | b' '))).then_some(Level::Error)
}

#[cfg(test)]
mod tests;
