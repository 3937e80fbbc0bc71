//! Time of a line: finds a timestamp near its start, whatever the format, and remembers per source where the last
//! one stood. Parsed by hand, byte by byte: this runs once per line.

mod forms;
mod scan;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub(crate) use forms::Form;

/// Microseconds since 1970, UTC.
pub(crate) type Micros = i64;

/// How far into a line a timestamp may begin.
const REACH: usize = 160;

/// How far into a line a process id or a label before a timestamp may reach.
const LED_MAX: usize = 24;

/// Lines without a timestamp after which a bare number is no longer taken for one.
const UNTIMED: u8 = 8;

/// A timestamp and where it stands in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) at: Micros,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) form: Form,
    /// It names its zone, or counts from a fixed moment.
    pub(crate) zoned: bool,
}

/// Finds timestamps in the lines of one source.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Clock {
    hint: Option<(Form, usize)>,
    /// Lines without a timestamp since one began with it, up to [`UNTIMED`].
    untimed: u8,
    now: Now,
    /// Of times that do not name theirs; UTC without.
    zone: Option<Box<Zone>>,
}

/// A zone, and its offset at the hour that was last asked for: zones change at whole quarters of an hour, logs go on
/// hour by hour.
#[derive(Debug, Clone, PartialEq)]
struct Zone {
    rules: TimeZone,
    quarter: i64,
    east: Micros,
}

impl Zone {
    /// Offset east of UTC at a moment of the clock on the wall there.
    fn east(&mut self, local: Micros) -> Micros {
        let quarter = local.div_euclid(QUARTER);
        if quarter != self.quarter
            && let Some(civil) = timestamp(local).map(|at| at.to_zoned(TimeZone::UTC).datetime())
            && let Ok(at) = self.rules.to_ambiguous_timestamp(civil).compatible()
        {
            (self.quarter, self.east) = (quarter, local - at.as_microsecond());
        }
        self.east
    }
}

/// Microseconds of a quarter of an hour.
const QUARTER: Micros = 900_000_000;

/// What is needed to complete dates that a log leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Now {
    pub(crate) at: Micros,
    pub(crate) year: i64,
}

impl Now {
    pub(crate) fn new(now: Timestamp) -> Self {
        let at = now.as_microsecond();
        Self { at, year: scan::civil(at.div_euclid(86_400_000_000)).0 }
    }
}

impl Clock {
    /// Sets the moment used to complete dates.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.now = Now::new(now);
        if let Some(zone) = &self.zone {
            let east = SignedDuration::from_secs(i64::from(zone.rules.to_offset(now).seconds()));
            self.now = Now::new(now.saturating_add(east).unwrap_or(now));
        }
    }

    /// Sets the zone of times that do not name theirs; UTC without. To be called before [`Self::set_now`].
    pub(crate) fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.zone = zone.map(|zone| Box::new(Zone { rules: zone, quarter: i64::MIN, east: 0 }));
    }

    /// A stamp in UTC.
    #[inline]
    fn settled(&mut self, mut stamp: Stamp) -> Stamp {
        if let Some(zone) = &mut self.zone
            && !stamp.zoned
        {
            stamp.at -= zone.east(stamp.at);
        }
        stamp
    }

    /// The timestamp of a line, if it has one.
    pub(crate) fn find(&mut self, line: &[u8]) -> Option<Stamp> {
        if let Some((form, start)) = self.hint
            && at_boundary(line, start)
            && let Some(stamp) = form.parse(line, start, self.now)
        {
            return Some(self.settled(stamp));
        }
        let found = self.detect(line);
        // In a log without times a large number is a number.
        let number = found.is_some_and(|stamp| stamp.form == Form::Epoch) && self.untimed >= UNTIMED;
        let Some(stamp) = found.filter(|_| !number) else {
            self.untimed = (self.untimed + 1).min(UNTIMED);
            return None;
        };
        if stamp.start <= 2 {
            self.untimed = 0;
        }
        self.hint = Some((stamp.form, stamp.start));
        Some(self.settled(stamp))
    }

    /// The time a value (of a JSON or logfmt field) tells.
    pub(crate) fn value(&mut self, value: &[u8]) -> Option<Micros> {
        let stamp = Form::ALL.iter().find_map(|form| form.parse(value, 0, self.now))?;
        Some(self.settled(stamp).at)
    }

    /// The timestamp of glog at the very start of a line.
    pub(crate) fn klog(&mut self, line: &[u8]) -> Option<Stamp> {
        let stamp = Form::Klog.parse(line, 0, self.now)?;
        Some(self.settled(stamp))
    }

    fn detect(&self, line: &[u8]) -> Option<Stamp> {
        let reach = line.len().min(REACH);
        let mut start = 0;
        while start < reach {
            let byte = line[start];
            let candidate = byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'@';
            if candidate && at_boundary(line, start) {
                let near = start <= 2 || is_led(line, start) || is_flow(line, start);
                let mut found = Form::ALL.iter().filter(|form| near || form.is_distinct());
                if let Some(stamp) = found.find_map(|form| form.parse(line, start, self.now)) {
                    return Some(stamp);
                }
            }
            start += 1;
        }
        None
    }
}

/// Whether only a process id, a label or a bracket stands before a time: `10003 12:00:00.5`, `# Time: 260301 10:00:00`,
/// `1:signal-handler (1772359200)`.
fn is_led(line: &[u8], start: usize) -> bool {
    let before = &line[..start];
    let led = || {
        let number = before.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let process = number > 0 && before[number..].iter().all(|byte| *byte == b' ');
        // A large number behind a number is a time only with a fraction.
        let whole = line[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        (process && matches!(line.get(start + whole), Some(b':' | b'.'))) || before.ends_with(b"ime: ")
    };
    let enclosed =
        || before.ends_with(b"(") && before[0].is_ascii_digit() && line.get(start + 10) == Some(&b')');
    start <= LED_MAX && (led() || enclosed())
}

/// Whether this is the start time of an AWS flow log's line, the eleventh field, after an interface (`eni-…`).
fn is_flow(line: &[u8], start: usize) -> bool {
    start > 40
        && memchr::memmem::find(&line[..start], b" eni-").is_some()
        && memchr::memchr_iter(b' ', &line[..start]).count() == 10
}

/// Whether a timestamp may begin here: at the start or after a delimiter.
fn at_boundary(line: &[u8], start: usize) -> bool {
    start < line.len()
        && (start == 0
            || matches!(
                line[start - 1],
                b' ' | b'[' | b'(' | b'<' | b'>' | b'=' | b'"' | b'\t' | b'|' | b'\'' | b',' | b';' | b'{'
            )
            || (line[start - 1] == b':' && !line[..start - 1].ends_with(b"/"))
            // A shell's history: `#+1772359200`.
            || (start <= 2 && line[0] == b'#'))
}

/// The moment as a timestamp; absent outside jiff's range.
pub(crate) fn timestamp(at: Micros) -> Option<Timestamp> {
    Timestamp::from_microsecond(at).ok()
}

#[cfg(test)]
mod tests;
