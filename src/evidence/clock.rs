//! Times as people and logs write them, and how they become moments: zones, missing dates, midnight.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use crate::evidence::clock::written::Zone;

mod written;

/// A time as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedTime {
    /// Bytes of the text it takes, zone included.
    pub range: Range<usize>,
    /// The date, where one is written.
    pub date: Option<WrittenDate>,
    /// The time of day, where one is written.
    pub time: Option<Time>,
    /// Seconds east of UTC, where a zone is written.
    pub offset: Option<i32>,
}

/// A date as written; people leave the year out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenDate {
    /// The year, where it is written.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

/// A moment read from a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When, UTC.
    pub at: Timestamp,
    /// The date was inferred.
    pub assumed: bool,
    /// Bytes of the text that say so.
    pub range: Range<usize>,
    /// Seconds east of UTC of the clock it was read from.
    pub offset: i32,
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

// Digits and words are ASCII: beside Chinese a boundary of Unicode words takes ten times as long, and is not seen.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?";
    Regex::new(&format!(
        r"(?i)(?P<y>[0-9]{{4}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}})|(?:(?P<yz>[0-9]{{4}})\s?年\s?)?(?P<mz>[0-9]{{1,2}})\s?月\s?(?P<dz>[0-9]{{1,2}})\s?[日号]|(?P<mn>{month})\s+(?P<dn>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<yn>20[0-9]{{2}}))?(?-u:\b)|(?P<dd>[0-9]{{1,2}})[\s/-](?P<mm>{month})(?:[\s/-](?P<yy>20[0-9]{{2}}))?(?-u:\b)"
    ))
    .ok()
});

static DEFAULT_ZONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<bj>北京时间|东八区|Beijing time|China time|Asia/Shanghai|Asia/Hong_Kong|Asia/Singapore)|(?-u:\b)UTC(?:(?P<us>[+-][0-9]{1,2})(?::?00)?)?(?-u:\b)|(?-u:\b)GMT(?-u:\b)|(?-u:\b)(?P<name>CET|CEST|PST|PDT|EST|EDT|MST|MDT|CDT|JST|KST|IST|BST|AEST|SGT|HKT|CST)(?-u:\b)",
    )
    .ok()
});

/// Offset of a zone abbreviation, seconds east of UTC. `CST` is China's in a Chinese text, else America's.
fn abbreviation(name: &str, chinese: bool) -> Option<i32> {
    let hours = match name {
        "CET" | "BST" => 1.0,
        "CEST" | "EET" => 2.0,
        "EEST" | "MSK" => 3.0,
        "IST" => 5.5,
        "SGT" | "HKT" | "CST" if chinese || name != "CST" => 8.0,
        "JST" | "KST" => 9.0,
        "AEST" => 10.0,
        "EDT" => -4.0,
        "EST" | "CDT" => -5.0,
        "CST" | "MDT" => -6.0,
        "MST" | "PDT" => -7.0,
        "PST" => -8.0,
        "WET" => 0.0,
        _ => return None,
    };
    Some((hours * 3600.0) as i32)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Whether a text is written in Chinese.
pub fn is_chinese(text: &str) -> bool {
    text.chars().take(20_000).filter(|&c| is_han(c)).take(12).count() == 12
}

/// Dates and times of `text`, in order.
pub fn scan(text: &str, chinese: bool) -> Vec<StatedTime> {
    let mut found: Vec<StatedTime> = Vec::new();
    let dates = may_hold_date(text).then(|| DATE.as_ref()).flatten();
    for caps in dates.into_iter().flat_map(|re| re.captures_iter(text)) {
        let (Some(whole), Some(date)) = (caps.get(0), written_date(&caps)) else { continue };
        if bounded(text, whole.range(), true) {
            found.push(StatedTime { range: whole.range(), date: Some(date), time: None, offset: None });
        }
    }
    let mut times = Vec::new();
    for (range, time) in written::times(text) {
        if let Some(time) = time.filter(|_| bounded(text, range.clone(), false)) {
            let (end, offset) = zone_after(text, range.end, chinese);
            times.push(StatedTime { range: range.start..end, date: None, time: Some(time), offset });
        }
    }
    join(text, found, times)
}

/// Whether a date may be written in a text: a year with what follows it, or the name of a month. Most lines have none.
fn may_hold_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let month = |word: &[u8]| MONTHS.iter().any(|month| word.eq_ignore_ascii_case(month.as_bytes()));
    let mut digits = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let opens = at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'T';
        if digits >= 4 && b"-/.".contains(byte)
            || opens && byte.is_ascii_alphabetic() && bytes.get(at..at + 3).is_some_and(month)
        {
            return true;
        }
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
    }
    text.contains('月')
}

/// Puts a time that directly follows a date together with it.
fn join(text: &str, dates: Vec<StatedTime>, times: Vec<StatedTime>) -> Vec<StatedTime> {
    let mut out = Vec::with_capacity(dates.len() + times.len());
    let mut times = times.into_iter().peekable();
    for mut date in dates {
        while let Some(time) = times.next_if(|time| time.range.start < date.range.start) {
            out.push(time);
        }
        let close = |time: &StatedTime| {
            let gap = text.get(date.range.end..time.range.start);
            gap.is_some_and(|gap| {
                gap.len() <= 5 && matches!(gap.trim_matches([' ', ',', '\t']), "" | "T" | "at" | "-" | "_")
            })
        };
        if let Some(time) = times.next_if(close) {
            date.range.end = time.range.end;
            date.time = time.time;
            date.offset = time.offset;
        }
        out.push(date);
    }
    out.extend(times);
    out
}

fn number<T: std::str::FromStr>(caps: &regex::Captures<'_>, names: &[&str]) -> Option<T> {
    names.iter().find_map(|name| caps.name(name)).and_then(|found| found.as_str().parse().ok())
}

fn written_date(caps: &regex::Captures<'_>) -> Option<WrittenDate> {
    let named = caps.name("mn").or_else(|| caps.name("mm")).map(|month| month.as_str().to_ascii_lowercase());
    let month = match named {
        Some(name) => MONTHS.iter().position(|month| name.starts_with(month)).map(|at| at as i8 + 1)?,
        None => number(caps, &["m", "mz"])?,
    };
    let day: i8 = number(caps, &["d", "dz", "dn", "dd"])?;
    let year: Option<i16> = number(caps, &["y", "yz", "yn", "yy"]);
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
    (fits && year.is_none_or(|year| (1990..2200).contains(&year))).then_some(WrittenDate { year, month, day })
}

/// Not a part of a longer number, address or identifier.
fn bounded(text: &str, range: Range<usize>, date: bool) -> bool {
    let bytes = text.as_bytes();
    let before = range.start.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(range.end).copied();
    let joined = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let open = before.is_none_or(|b| {
        !(joined(b) && b != b'T' || b == b':' || b == b'.' || (date && (b == b'-' || b == b'/')))
    });
    let close = after.is_none_or(|b| !(joined(b) && b != b'Z' && b != b'T' || (!date && b == b':')));
    open && close
}

/// Whether `-04:00` after a time of day is where a span ends: `03:00-04:00`, `02:00:03-02:05:50`.
fn is_range(before: &str, after: &str) -> bool {
    let seconds = after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let word =
        before.rsplit(|c: char| matches!(c, ' ' | '(' | '[') || !c.is_ascii()).next().unwrap_or(before);
    seconds || word.len() <= 5 && word.matches(':').count() == 1
}

fn zone_after(text: &str, end: usize, chinese: bool) -> (usize, Option<i32>) {
    let rest = &text[end..];
    let window = rest.char_indices().nth(16).map_or(rest, |(at, _)| &rest[..at]);
    let Some((len, zone)) = written::zone(window, chinese) else { return (end, None) };
    let offset = match zone {
        Zone::Signed(_, true) if is_range(&text[..end], &window[len..]) => return (end, None),
        Zone::Signed(seconds, west) => {
            if west {
                -seconds
            } else {
                seconds
            }
        }
        Zone::Named(seconds) => seconds,
    };
    if offset.abs() <= 14 * 3600 { (end + len, Some(offset)) } else { (end, None) }
}

/// Turns stated times into moments; keeps the running date while a text is read from top to bottom.
#[derive(Debug, Clone)]
pub struct Resolver {
    offset: i32,
    date: Date,
    assumed: bool,
    last: Option<DateTime>,
    now: Timestamp,
}

impl Resolver {
    /// For a text whose zone and date are taken from its first lines, else from `now` and UTC.
    pub fn new(text: &str, now: Timestamp) -> Self {
        let chinese = is_chinese(text);
        let head = text.char_indices().nth(4000).map_or(text, |(at, _)| &text[..at]);
        let offset = default_offset(head, chinese);
        let local = local(now, offset);
        let mut resolver = Self { offset, date: local.date(), assumed: true, last: None, now };
        let stated = scan(head, chinese);
        let mut dates = stated.iter().filter_map(|stated| stated.date);
        let year = dates.clone().find_map(|date| date.year);
        let first = dates.next().map(|first| WrittenDate { year: first.year.or(year), ..first });
        if let Some(date) = first.and_then(|date| resolver.full_date(date)) {
            resolver.date = date;
            resolver.assumed = year.is_none();
        }
        resolver
    }

    fn full_date(&self, date: WrittenDate) -> Option<Date> {
        let reference = self.date;
        let year = date.year.unwrap_or(reference.year());
        let full = Date::new(year, date.month, date.day).ok()?;
        let ahead = date.year.is_none() && full > reference.saturating_add(jiff::Span::new().days(31));
        if ahead { Date::new(year - 1, date.month, date.day).ok() } else { Some(full) }
    }

    /// A line that is a heading with a date sets the date of the times below it.
    pub fn heading(&mut self, date: WrittenDate) {
        if let Some(full) = self.full_date(date) {
            self.date = full;
            self.assumed = date.year.is_none() && self.assumed;
            self.last = None;
        }
    }

    /// The moments of the times of one line, in order. The first one opens the line and moves the running day on; what
    /// is said beside it without a date is of the nearest day.
    pub fn line(&mut self, stated: &[StatedTime]) -> Vec<Moment> {
        let mut opening: Option<Timestamp> = None;
        let mut moments = Vec::new();
        for stated in stated {
            let kept = self.clone();
            let Some(mut moment) = self.resolve(stated) else { continue };
            match opening {
                None => opening = Some(moment.at),
                Some(_) if stated.date.is_some() => {}
                Some(opened) => {
                    *self = kept;
                    moment.at = nearest(moment.at, opened);
                }
            }
            moments.push(moment);
        }
        moments
    }

    /// The moment of a stated time; `None` for a date alone.
    pub fn resolve(&mut self, stated: &StatedTime) -> Option<Moment> {
        let time = stated.time?;
        let offset = stated.offset.unwrap_or(self.offset);
        let (date, assumed) = match stated.date {
            Some(date) => (self.full_date(date)?, date.year.is_none() && self.assumed),
            None => (self.date, self.assumed),
        };
        let mut moment = date.to_datetime(time);
        if stated.date.is_none() {
            // Notes that go over midnight: 23:58 is followed by 00:03 of the next day.
            if let Some(last) = self.last.filter(|last| last.hour() >= 20 && time.hour() < 4) {
                moment = last.date().saturating_add(jiff::Span::new().days(1)).to_datetime(time);
                self.date = moment.date();
            }
            self.last = Some(moment);
        }
        let mut at = Offset::from_seconds(offset).ok()?.to_timestamp(moment).ok()?;
        if assumed && stated.date.is_none() {
            let limit = self.now.checked_add(SignedDuration::from_hours(1)).unwrap_or(self.now);
            if at > limit {
                at = at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(at);
            }
        }
        Some(Moment { at, assumed, range: stated.range.clone(), offset })
    }
}

/// `at` on the day that brings it nearest to `other`.
fn nearest(at: Timestamp, other: Timestamp) -> Timestamp {
    let day = SignedDuration::from_hours(24);
    let shifted = [at.checked_sub(day), at.checked_add(day)];
    let days = shifted.into_iter().flatten().chain([at]);
    days.min_by_key(|moment| moment.duration_since(other).abs()).unwrap_or(at)
}

fn local(at: Timestamp, offset: i32) -> DateTime {
    Offset::from_seconds(offset).unwrap_or(Offset::UTC).to_datetime(at)
}

fn default_offset(head: &str, chinese: bool) -> i32 {
    let Some(zones) = DEFAULT_ZONE.as_ref() else { return 0 };
    // `logs are UTC, chat is CET`: times without a zone are those of the chat; logs bring their own.
    let of_logs = |at: usize| {
        let from = (0..=at.saturating_sub(16)).rev().find(|&from| head.is_char_boundary(from)).unwrap_or(0);
        let before = head[from..at].to_ascii_lowercase();
        before.contains("log") || before.contains("日志")
    };
    let told = |caps: &regex::Captures<'_>| caps.get(0).is_some_and(|zone| !of_logs(zone.start()));
    let Some(caps) = zones.captures_iter(head).take(8).find(told).or_else(|| zones.captures(head)) else {
        return 0;
    };
    if caps.name("bj").is_some() {
        return 8 * 3600;
    }
    if let Some(name) = caps.name("name") {
        return abbreviation(name.as_str(), chinese).unwrap_or(0);
    }
    let hours = caps.name("us").and_then(|hours| hours.as_str().parse::<i32>().ok()).unwrap_or(0);
    if hours.abs() <= 14 { hours * 3600 } else { 0 }
}

#[cfg(test)]
mod tests;
