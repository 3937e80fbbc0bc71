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

impl Head<'_> {
    fn none(shape: Shape) -> Self {
        Self { shape, at: None, level: None, message: [b"", b""] }
    }
}

/// How a line bears on the reading of its neighbours, and they on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// Not at all.
    Blank,
    /// Fields; whether a time is among them.
    Fields { timed: bool },
    /// A text, with the form and place of the first timestamp in it.
    Text { stamp: Option<(Form, u16)>, role: Role },
}

/// What a text is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its timestamp makes it the head of a record.
    Timed,
    /// A level leads it.
    Led,
    /// Words, which may go on with a record before them.
    Words,
}

/// Reads the lines of one source: what each says by itself, judged by the lines before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    clock: Clock,
    /// Timed lines in a row, up to [`SETTLED`].
    timed: u8,
    /// Lines in a row that were taken for continuations only because they have no time.
    stray: u16,
}

/// What the lines before a line make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is what it says.
    Stands,
    /// It goes on with the record before it.
    Continues,
    /// Its time is a number: it is to be looked at again, without it.
    Untimed,
}

impl Reader {
    /// Sets the moment used to complete dates.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.clock.set_now(now);
    }

    /// What is needed to tell the time of a line.
    pub(crate) fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// Reads one line (without its break).
    pub(crate) fn read<'a>(&mut self, line: &'a [u8]) -> Head<'a> {
        let (mut head, mut bearing) = look(line, &mut self.clock);
        let mut verdict = self.judge(line, bearing);
        if verdict == Verdict::Untimed {
            (head, bearing) = look_untimed(line);
            verdict = self.judge(line, bearing);
        }
        if verdict == Verdict::Continues { Head::none(Shape::Continuation) } else { head }
    }

    /// Judges a line by those before it. All that is remembered from line to line is here, so that lines may be looked
    /// at in any order as long as they are judged in theirs.
    #[inline]
    pub(crate) fn judge(&mut self, line: &[u8], bearing: Bearing) -> Verdict {
        match bearing {
            Bearing::Blank => return Verdict::Stands,
            Bearing::Fields { timed } => self.note_time(timed),
            Bearing::Text { stamp, role } => {
                let stamp = stamp.map(|(form, start)| (form, usize::from(start)));
                if !self.clock.accept(stamp) && stamp.is_some() {
                    return Verdict::Untimed;
                }
                if role != Role::Timed {
                    return self.untimed(analysed(line), role);
                }
                self.note_time(true);
            }
        }
        Verdict::Stands
    }

    fn note_time(&mut self, timed: bool) {
        self.stray = 0;
        self.timed = if timed { (self.timed + 1).min(SETTLED) } else { 0 };
    }

    fn untimed(&mut self, line: &[u8], role: Role) -> Verdict {
        let led = role == Role::Led;
        let stray = self.timed >= SETTLED && !led;
        self.stray = self.stray.saturating_add(u16::from(stray));
        let indented = matches!(line.first(), Some(b' ' | b'\t'));
        if looks_continued(line, indented) || (stray && self.stray <= STRAY_MAX) {
            return Verdict::Continues;
        }
        if !led {
            self.timed = 0;
        }
        Verdict::Stands
    }
}

/// The part of a line that is analysed.
pub(crate) fn analysed(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    &line[..line.len().min(ANALYSED_MAX)]
}

/// What a line (without its break) says by itself: a function of its bytes, and of the
/// present moment where its date is not complete.
pub(crate) fn look<'a>(line: &'a [u8], clock: &mut Clock) -> (Head<'a>, Bearing) {
    let line = analysed(line);
    let Some(&first) = line.iter().find(|byte| !matches!(byte, b' ' | b'\t')) else {
        return (Head::none(Shape::Blank), Bearing::Blank);
    };
    let indented = matches!(line[0], b' ' | b'\t');
    if !indented {
        let fields = if first == b'{' { json(line, clock) } else { None };
        if let Some(head) = fields.or_else(|| logfmt(line, clock)) {
            return (head, Bearing::Fields { timed: head.at.is_some() });
        }
    }
    let stamp = if line[0] == b'\t' { None } else { clock.detect(line) };
    let place = stamp.map(|stamp| (stamp.form, stamp.start as u16));
    let near = stamp.filter(|stamp| !indented || stamp.start <= 4);
    if let Some(stamp) = near.filter(|stamp| heads(line, *stamp)) {
        return (plain(line, stamp), Bearing::Text { stamp: place, role: Role::Timed });
    }
    let (head, role) = untimed(line);
    // A time within a sentence: the record's, as far as one can tell, but the line is all message.
    (Head { at: near.map(|stamp| stamp.at), ..head }, Bearing::Text { stamp: place, role })
}

/// The same for a line whose time is no time.
pub(crate) fn look_untimed(line: &[u8]) -> (Head<'_>, Bearing) {
    let line = analysed(line);
    let (head, role) = untimed(line);
    (head, Bearing::Text { stamp: None, role })
}

/// A line without a time at its head, as far as it does not go on with another.
fn untimed(line: &[u8]) -> (Head<'_>, Role) {
    let found = level::find(line);
    let led =
        found.is_some_and(|found| line[..found.start].iter().all(|byte| matches!(byte, b'[' | b'<' | b'(')));
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
    (Head { shape, at: None, level, message: [message, b""] }, if led { Role::Led } else { Role::Words })
}

fn json<'a>(line: &'a [u8], clock: &mut Clock) -> Option<Head<'a>> {
    let fields = fields::json(line)?;
    let at = fields.time.and_then(|value| clock.value(value));
    Some(with_fields(fields, at, line, Shape::Json))
}

fn logfmt<'a>(line: &'a [u8], clock: &mut Clock) -> Option<Head<'a>> {
    // The first pair tells: `word=`. Most lines end here.
    let equals = line
        .iter()
        .take(24)
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b'-')))?;
    if line[equals] != b'=' {
        return None;
    }
    let fields = fields::logfmt(line)?;
    let at = fields.time.and_then(|value| clock.value(value));
    Some(with_fields(fields, at, line, Shape::Logfmt))
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
