//! Line -> head of a record: its time, its level, the words that make its message; and whether a line goes on
//! with the record before it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::Level;
use crate::log::envelope::{self, Contained, Envelope, Exported};
use crate::log::stamped::{after_level, after_stamp, heads, plain, stands_alone};
use crate::log::status::{access_status, in_column, status_column};
use crate::log::time::{Clock, Form, Micros, Stamp};
use crate::log::trace::{self, Trace};
use crate::log::{fields, level};

/// Bytes of a line that are looked at; the rest of a longer line is counted and shown, not analysed.
pub(crate) const ANALYSED_MAX: usize = 8 * 1024;

/// Timed lines in a row after which a line without time is taken for the continuation of a record.
const SETTLED: u8 = 8;
/// Lines without time in a row after which they are taken for records again.
const STRAY_MAX: u16 = 500;

/// Which bytes the keys of pairs are made of.
const KEY: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let symbol = byte as u8;
        table[byte] = symbol.is_ascii_alphanumeric() || matches!(symbol, b'_' | b'.' | b'@' | b'-');
        byte += 1;
    }
    table
};

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
    /// A line that says nothing about itself.
    pub(crate) fn none(shape: Shape) -> Self {
        Self { shape, at: None, level: None, message: [b"", b""] }
    }

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
    trace: Trace,
    envelope: Envelope,
    /// Column of the HTTP status in a table that names its columns.
    column: Option<u8>,
    /// Time of a line that held nothing else, for the lines without time below it.
    above: Option<Micros>,
}

impl Reader {
    /// Sets the moment used to complete dates.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.clock.set_now(now);
    }

    /// Sets the zone of times that do not name theirs; UTC without. Takes effect with the next [`Self::set_now`].
    pub(crate) fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.clock.set_zone(zone);
    }

    /// Reads one line (without its break).
    pub(crate) fn read<'a>(&mut self, line: &'a [u8]) -> Head<'a> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = &line[..line.len().min(ANALYSED_MAX)];
        self.look(line, true)
    }

    /// Reads a line, or the line within one (then not `outer`).
    fn look<'a>(&mut self, line: &'a [u8], outer: bool) -> Head<'a> {
        let Some(&first) = line.iter().find(|byte| !matches!(byte, b' ' | b'\t')) else {
            return Head::none(Shape::Blank);
        };
        let indented = matches!(line[0], b' ' | b'\t');
        if first == b'{'
            && !indented
            && let Some(head) = self.json(line, outer)
        {
            return self.begun(head);
        }
        if !indented && let Some(head) = self.logfmt(line).or_else(|| self.exported(line)) {
            return self.begun(head);
        }
        let stamp = if line[0] == b'\t' { None } else { self.clock.find(line) };
        let object = if outer && !indented { envelope::object(line) } else { None };
        if let Some(object) = object
            && stamp.is_none_or(|stamp| stamp.start > line.len() - object.len())
            && let Some(head) = self.json(object, outer)
        {
            return self.begun(head);
        }
        if let Some(stamp) = stamp.filter(|stamp| !indented || stamp.start <= 4) {
            if heads(line, stamp) {
                self.note_time(true);
                return self.timed(line, stamp, outer);
            }
            // A time within a sentence: the record's, as far as one can tell, but the line is all message.
            return Head { at: Some(stamp.at), ..self.untimed(line, indented) };
        }
        self.untimed(line, indented)
    }

    fn begun<'a>(&mut self, head: Head<'a>) -> Head<'a> {
        self.note_time(head.at.is_some());
        if head.is_head() {
            self.trace.begin(head.level, head.at.is_some());
        }
        head
    }

    /// A line with a timestamp at its head.
    fn timed<'a>(&mut self, line: &'a [u8], stamp: Stamp, outer: bool) -> Head<'a> {
        let rest = after_stamp(line, stamp);
        if rest.is_empty() && stands_alone(line, stamp) {
            self.above = Some(stamp.at);
            return Head { at: Some(stamp.at), ..Head::none(Shape::Blank) };
        }
        self.above = None;
        if stamp.start <= 1
            && outer
            && let Some(contained) = self.envelope.contained(rest)
        {
            return self.contained(contained, Some(stamp.at));
        }
        let mut head = plain(line, rest, stamp);
        if let Some(column) = self.column
            && let Some(status) = in_column(line, column)
        {
            head.level = Some(level::status(status));
        } else if head.level.is_none() {
            self.inner(&mut head, stamp.form);
        }
        self.trace.begin(head.level, true);
        head
    }

    /// The line of a program in a line of syslog or of a collector, where the outer one names no level.
    fn inner(&mut self, head: &mut Head<'_>, form: Form) {
        let text = head.message[0];
        let begins = |text: &&[u8]| {
            matches!(text.first(), Some(b'{' | b'I' | b'W' | b'E' | b'F' | b't' | b'l' | b'm'))
        };
        let led = || if form == Form::Syslog { envelope::spoken(text).filter(begins) } else { None };
        let inner = Some(text).filter(begins).or_else(led).or_else(|| envelope::object(text));
        if let Some(text) = inner {
            let fields = if text[0] == b'{' { fields::json(text) } else { fields::logfmt(text) };
            if let Some(fields) = fields.filter(|fields| fields.message.is_some()) {
                let within = with_fields(fields, None, text, head.shape);
                (head.level, head.message) = (within.level, within.message);
                return;
            }
            if let Some(stamp) = self.clock.klog(text) {
                let within = plain(text, after_stamp(text, stamp), stamp);
                (head.level, head.message) = (within.level, within.message);
                return;
            }
        }
        head.level = envelope::paired_level(text);
    }

    /// A line that a container runtime wrapped.
    fn contained<'a>(&mut self, contained: Contained<'a>, at: Option<Micros>) -> Head<'a> {
        let goes_on = Head { at, ..Head::none(Shape::Continuation) };
        let text = contained.text;
        if contained.goes_on || text.starts_with(b"\\t") || text.is_empty() {
            return goes_on;
        }
        if text.starts_with(br#"{\""#)
            && let Some(fields) = fields::escaped(text)
        {
            return Head { at, ..with_fields(fields, at, text, Shape::Json) };
        }
        // Lines of a container without a time of their own are lines all the same.
        let timed = std::mem::take(&mut self.timed);
        let head = self.look(text, false);
        self.timed = timed;
        match head.shape {
            Shape::Continuation | Shape::Blank => goes_on,
            _ => Head { at: at.or(head.at), ..head },
        }
    }

    /// A line of an export of the journal.
    fn exported<'a>(&mut self, line: &'a [u8]) -> Option<Head<'a>> {
        let clock = &mut self.clock;
        match self.envelope.exported(line, |value| clock.value(value))? {
            Exported::Field => Some(Head::none(Shape::Continuation)),
            Exported::Message(message, at, level) => {
                Some(Head { shape: Shape::Plain, at, level, message: [message, b""] })
            }
        }
    }

    fn note_time(&mut self, timed: bool) {
        self.stray = 0;
        self.timed = if timed { (self.timed + 1).min(SETTLED) } else { 0 };
    }

    fn untimed<'a>(&mut self, line: &'a [u8], indented: bool) -> Head<'a> {
        if line[0] == b'#'
            && let Some(column) = status_column(line)
        {
            self.column = Some(column);
        }
        if self.trace.takes(line, indented) {
            return Head::none(Shape::Continuation);
        }
        let found = level::find(line);
        let led = found
            .is_some_and(|found| line[..found.start].iter().all(|byte| matches!(byte, b'[' | b'<' | b'(')));
        let crash = trace::crash(line);
        let stray = self.timed >= SETTLED && !led && crash.is_none();
        self.stray = self.stray.saturating_add(u16::from(stray));
        if stray && self.stray <= STRAY_MAX {
            return Head::none(Shape::Continuation);
        }
        if !led && crash.is_none() {
            self.timed = 0;
        }
        let message = match found {
            // `ERROR in contacting the server` is a sentence.
            Some(found)
                if led && crash.is_none() && !(found.start == 0 && line.get(found.end) == Some(&b' ')) =>
            {
                after_level(line, found.end)
            }
            _ => line,
        };
        let status = access_status(line);
        let named = || found.map(|found| found.level).or_else(|| trace::exception(line));
        let level = status.map(level::status).or(crash).or_else(named);
        let shape = if status.is_some() { Shape::Access } else { Shape::Plain };
        self.trace.begin_untimed(line, level);
        Head { shape, at: self.above, level, message: [message, b""] }
    }

    fn json<'a>(&mut self, line: &'a [u8], outer: bool) -> Option<Head<'a>> {
        let fields = fields::json(line)?;
        let at = fields.time.and_then(|value| self.clock.value(value));
        if outer && let Some(text) = fields.docker() {
            let contained = self.envelope.of_docker(text, fields.stream.unwrap_or_default());
            return Some(self.contained(contained, at));
        }
        Some(with_fields(fields, at, line, Shape::Json))
    }

    fn logfmt<'a>(&mut self, line: &'a [u8]) -> Option<Head<'a>> {
        // The first pair tells: `word=`. Most lines end here.
        let equals = line.iter().take(24).position(|byte| !KEY[usize::from(*byte)])?;
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
    let message = fields.message.or(fields.log).unwrap_or(line);
    let level = fields.level().or_else(|| level::find(message).map(|found| found.level));
    Head { shape, at, level, message: [message, fields.error.unwrap_or_default()] }
}

#[cfg(test)]
mod tests;
