//! The forms a timestamp takes, one function each.

use crate::log::time::scan::{Cursor, days};
use crate::log::time::{Micros, Now, Stamp};

const DAY: Micros = 86_400_000_000;
const HOUR: Micros = 3_600_000_000;
/// How far in the future a completed date may lie before the year (or day) before is meant: clocks and zones differ.
const AHEAD: Micros = DAY + DAY / 8;

/// A form of timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `2026-03-01T10:00:00.123+08:00`, `2026/03/01 10:00:00`, `2026-03-01 10:00:00,123 UTC`, `20260301 10:00:00`.
    Iso,
    /// `01/Mar/2026:10:00:00 +0000`, `01 Mar 2026 10:00:00.000`, `01-Mar-2026 10:00:00`.
    DayMonth,
    /// `Mar  1 10:00:00`, `Mar 1 2026 10:00:00`.
    Syslog,
    /// `Sun Mar 01 10:00:00.123 UTC 2026`, `Sun, 01 Mar 2026 10:00:00 GMT`.
    Weekday,
    /// `E0301 10:00:00.123456`, `I20260301 10:00:00.123`.
    Klog,
    /// `03-01 10:00:00.123`, `03/01 10:00:00`, `03.01 10:00:00`.
    MonthDay,
    /// `26/03/01 10:00:00`, `260301 100000`, `260301 10:00:00`.
    ShortYear,
    /// `03/01/2026 10:00:00 PM`.
    American,
    /// `10:00:00.123`.
    TimeOnly,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970.
    Epoch,
    /// `@4000000065f1a2b30a1b2c3d`: TAI64N, of daemontools and runit.
    Tai,
    /// `TCF 29:47.191: `: minutes and seconds of the hour, after a word in capitals.
    Minutes,
}

impl Form {
    pub(crate) const ALL: [Self; 12] = [
        Self::Iso,
        Self::Syslog,
        Self::DayMonth,
        Self::Klog,
        Self::Weekday,
        Self::MonthDay,
        Self::American,
        Self::ShortYear,
        Self::TimeOnly,
        Self::Epoch,
        Self::Tai,
        Self::Minutes,
    ];

    /// Whether it cannot be mistaken for something else in the middle of a line.
    pub(crate) fn is_distinct(self) -> bool {
        matches!(
            self,
            Self::Iso | Self::DayMonth | Self::Syslog | Self::Weekday | Self::American | Self::Minutes
        )
    }

    /// The timestamp of this form that begins at `start`.
    #[inline]
    pub(crate) fn parse(self, line: &[u8], start: usize, now: Now) -> Option<Stamp> {
        let mut cursor = Cursor::new(line, start);
        let c = &mut cursor;
        let at = match self {
            Self::Iso => iso(c),
            Self::DayMonth => day_month(c, now),
            Self::Syslog => syslog(c, now),
            Self::Weekday => weekday(c, now),
            Self::Klog => klog(c, now),
            Self::MonthDay => month_day(c, now),
            Self::ShortYear => short_year(c),
            Self::American => american(c),
            Self::TimeOnly => time_only(c, now),
            Self::Epoch => epoch(c),
            Self::Tai => tai(c),
            Self::Minutes => minutes(c, now),
        }?;
        Some(Stamp { at, start, end: cursor.at, form: self, zoned: cursor.zoned })
    }
}

fn iso(c: &mut Cursor) -> Option<Micros> {
    let year = c.ranged(4, 1970, 2199)?;
    let separator = c.take(b"-/.");
    let month = c.ranged(2, 1, 12)?;
    if let Some(separator) = separator {
        c.take(&[separator])?;
    }
    let day = c.ranged(2, 1, 31)?;
    let date = days(year, month, day) * DAY;
    if c.take(b"T -_:\t").is_none() {
        // A date alone, but not the head of a longer number or word.
        let ends = !c.peek().is_some_and(|byte| byte.is_ascii_alphanumeric());
        return (separator.is_some() && ends).then_some(date);
    }
    let before = c.at;
    if c.peek() == Some(b' ') && c.peek_at(2) == Some(b':') {
        // `2026-03-01  9:05:01`
        c.blanks();
        return one_digit_hour(c).map(|time| date + time - c.zone());
    }
    if separator.is_none() && c.peek_at(2) != Some(b':') {
        let (hour, minute, second) = (c.ranged(2, 0, 23)?, c.ranged(2, 0, 59)?, c.ranged(2, 0, 60)?);
        let time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + c.fraction();
        return Some(date + time - c.zone());
    }
    if let Some(time) = c.time_of_day() {
        return Some(date + time - c.zone());
    }
    c.at = before;
    if let Some(time) = minutes_only(c) {
        return Some(date + time - c.zone());
    }
    // A date alone, before words.
    c.at = before - 1;
    let alone = separator.is_some()
        && c.peek() == Some(b' ')
        && c.peek_at(1).is_some_and(|next| !next.is_ascii_digit());
    alone.then_some(date)
}

/// `HH:MM` after a date.
fn minutes_only(c: &mut Cursor) -> Option<Micros> {
    let hour = c.ranged(2, 0, 23)?;
    c.take(b":")?;
    let minute = c.ranged(2, 0, 59)?;
    Some((hour * 60 + minute) * 60_000_000)
}

fn day_month(c: &mut Cursor, now: Now) -> Option<Micros> {
    let day = c.day()?;
    let separator = c.take(b"/- ")?;
    let month = c.month()?;
    c.take(&[separator])?;
    if c.peek_at(2) == Some(b':') {
        // `01 Mar 10:00:00`
        let time = c.time_of_day()?;
        return Some(complete_year(month, day, time, now));
    }
    let year = c.ranged(4, 1970, 2199)?;
    c.take(b": T")?;
    let time = c.time_of_day()?;
    Some(days(year, month, day) * DAY + time - c.zone())
}

fn syslog(c: &mut Cursor, now: Now) -> Option<Micros> {
    let month = c.month()?;
    c.take(b" -")?;
    let day = c.day()?;
    c.take(b",");
    c.take(b" ")?;
    let year = if c.peek_at(2) == Some(b':') {
        None
    } else {
        let year = c.ranged(4, 1970, 2199)?;
        c.take(b" ")?;
        Some(year)
    };
    let time = c.time_of_day()?;
    if year.is_some() {
        return Some(days(year?, month, day) * DAY + time - c.zone());
    }
    Some(complete_year(month, day, time, now))
}

fn weekday(c: &mut Cursor, now: Now) -> Option<Micros> {
    c.weekday()?;
    c.take(b",");
    c.take(b" ")?;
    if c.peek()?.is_ascii_digit() {
        return day_month(c, now);
    }
    let month = c.month()?;
    c.take(b" ")?;
    let day = c.day()?;
    c.take(b" ")?;
    let time = c.time_of_day()?;
    let zone = c.zone();
    let mut ahead = *c;
    ahead.blanks();
    if let Some(year) = ahead.ranged(4, 1970, 2199) {
        c.at = ahead.at;
        return Some(days(year, month, day) * DAY + time - zone);
    }
    Some(complete_year(month, day, time - zone, now))
}

fn klog(c: &mut Cursor, now: Now) -> Option<Micros> {
    c.take(b"IWEFDC")?;
    let digits = c.line[c.at..].iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let year = if digits == 8 { Some(c.ranged(4, 1970, 2199)?) } else { None };
    if year.is_none() && digits != 4 {
        return None;
    }
    let (month, day) = (c.ranged(2, 1, 12)?, c.ranged(2, 1, 31)?);
    c.take(b" ")?;
    let time = c.time_of_day()?;
    match year {
        Some(year) => Some(days(year, month, day) * DAY + time),
        None => Some(complete_year(month, day, time, now)),
    }
}

fn month_day(c: &mut Cursor, now: Now) -> Option<Micros> {
    let month = c.ranged(2, 1, 12)?;
    let separator = c.take(b"-/.")?;
    let day = c.ranged(2, 1, 31)?;
    c.take(if separator == b'.' { b" " } else { b" T" })?;
    let time = c.time_of_day()?;
    Some(complete_year(month, day, time - c.zone(), now))
}

fn short_year(c: &mut Cursor) -> Option<Micros> {
    let year = 2000 + c.ranged(2, 0, 99)?;
    let separator = c.take(b"/");
    let month = c.ranged(2, 1, 12)?;
    if separator.is_some() {
        c.take(b"/")?;
    }
    let day = c.ranged(2, 1, 31)?;
    c.take(b" ")?;
    c.blanks();
    let colon = c.peek_at(2) == Some(b':') || c.peek_at(1) == Some(b':');
    let time = if colon {
        one_digit_hour(c)?
    } else {
        let (hour, minute, second) = (c.ranged(2, 0, 23)?, c.ranged(2, 0, 59)?, c.ranged(2, 0, 59)?);
        (!c.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()))
            .then_some(((hour * 60 + minute) * 60 + second) * 1_000_000)?
    };
    Some(days(year, month, day) * DAY + time)
}

/// `HH:MM:SS`, or MySQL's ` H:MM:SS`.
fn one_digit_hour(c: &mut Cursor) -> Option<Micros> {
    if c.peek_at(1) != Some(b':') {
        return c.time_of_day();
    }
    let mut padded = [b'0'; 8];
    padded[1..].copy_from_slice(c.line.get(c.at..c.at + 7)?);
    let time = Cursor::new(&padded, 0).time_of_day()?;
    c.at += 7;
    Some(time + c.fraction())
}

/// A number of one or two digits.
fn short(c: &mut Cursor, from: i64, to: i64) -> Option<i64> {
    let two = c.peek_at(1).is_some_and(|byte| byte.is_ascii_digit());
    c.ranged(if two { 2 } else { 1 }, from, to)
}

fn american(c: &mut Cursor) -> Option<Micros> {
    let month = short(c, 1, 12)?;
    c.take(b"/")?;
    let day = short(c, 1, 31)?;
    c.take(b"/")?;
    let year = c.ranged(4, 1970, 2199)?;
    c.take(b",");
    c.take(b" T:-\t")?;
    let mut time = one_digit_hour(c)?;
    let half = (c.peek(), c.peek_at(1), c.peek_at(2));
    if let (Some(b' '), Some(letter @ (b'A' | b'P')), Some(b'M')) = half {
        let noon = DAY / 2;
        time = time % noon + if letter == b'P' { noon } else { 0 };
        c.at += 3;
    }
    Some(days(year, month, day) * DAY + time - c.zone())
}

fn time_only(c: &mut Cursor, now: Now) -> Option<Micros> {
    // `10.12.34.56` is an address.
    c.peek_at(2).filter(|byte| *byte == b':')?;
    let time = c.time_of_day()?;
    if c.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let at = now.at.div_euclid(DAY) * DAY + time - c.zone();
    Some(if at > now.at + DAY / 24 { at - DAY } else { at })
}

fn epoch(c: &mut Cursor) -> Option<Micros> {
    let digits = c.line[c.at..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let scale = match digits {
        10 => 1_000_000,
        13 => 1000,
        16 => 1,
        19 => 0,
        _ => return None,
    };
    let value = c.digits(digits)?;
    c.zoned = true;
    let whole = if scale == 0 { value / 1000 } else { value * scale };
    let at = whole + if digits == 10 { c.fraction() } else { 0 };
    let ends = !c.peek().is_some_and(|byte| byte.is_ascii_alphanumeric());
    // 2001-09-09 to 2096: outside, a number of ten digits is an id rather than a time.
    (ends && (1_000_000_000_000_000..4_000_000_000_000_000).contains(&at)).then_some(at)
}

/// TAI64N (cr.yp.to/libtai/tai64.html): 2^62 plus seconds of TAI, which was ten seconds ahead in 1970 by this label's
/// definition, and nanoseconds, in hexadecimal.
fn tai(c: &mut Cursor) -> Option<Micros> {
    c.take(b"@")?;
    let label = c.line.get(c.at..c.at + 24).filter(|label| label.starts_with(b"4"))?;
    let label = std::str::from_utf8(label).ok()?;
    let seconds = i64::from_str_radix(&label[1..16], 16).ok()?;
    let nanos = i64::from_str_radix(&label[16..], 16).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    c.at += 24;
    c.zoned = true;
    (1_000_000_000..4_000_000_000).contains(&seconds).then_some((seconds - 10) * 1_000_000 + nanos / 1000)
}

fn minutes(c: &mut Cursor, now: Now) -> Option<Micros> {
    let before = c.line[..c.at].strip_suffix(b" ")?;
    let named = !before.is_empty() && before.len() <= 8 && before.iter().all(u8::is_ascii_uppercase);
    if !named || c.peek_at(5) != Some(b'.') || c.peek_at(9) != Some(b':') {
        return None;
    }
    let minute = c.ranged(2, 0, 59)?;
    c.take(b":")?;
    let second = c.ranged(2, 0, 59)?;
    let at = now.at.div_euclid(HOUR) * HOUR + (minute * 60 + second) * 1_000_000 + c.fraction();
    Some(if at > now.at + HOUR / 60 { at - HOUR } else { at })
}

/// The latest year in which there is such a day that does not lie in the future.
fn complete_year(month: i64, day: i64, time: Micros, now: Now) -> Micros {
    let at = |year| days(year, month, day) * DAY + time;
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let known = |year: &i64| (month, day) != (2, 29) || leap(*year);
    let mut years = (now.year - 8..=now.year + 1).rev().filter(known);
    years.find(|year| at(*year) <= now.at + AHEAD).map_or_else(|| at(now.year - 1), at)
}

#[cfg(test)]
mod tests {
    use crate::log::time::scan::{civil, days};

    #[test]
    fn civil_and_days_are_inverse() {
        for day in (-200_000..200_000).step_by(37) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }
}
