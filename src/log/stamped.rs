//! A line with a timestamp at its head: what stands before and after it, its level, the words of its message.

use crate::incident::Level;
use crate::log::record::{Head, Shape};
use crate::log::status::access_status;
use crate::log::time::{Form, Stamp};
use crate::log::{header, level, trace};

/// Whether a timestamp is the head of its line rather than a part of a sentence.
pub(crate) fn heads(line: &[u8], stamp: Stamp) -> bool {
    stamp.start <= 2 || line.len() - stamp.end >= stamp.start || line[..stamp.start].ends_with(b"ime: ")
}

/// Whether a line holds a time with seconds and nothing else: it stands for the lines below it.
pub(crate) fn stands_alone(line: &[u8], stamp: Stamp) -> bool {
    let before = &line[..stamp.start];
    let exact = match stamp.form {
        Form::Iso => stamp.end - stamp.start >= 19,
        Form::Weekday | Form::ShortYear => true,
        Form::Epoch => before == b"#",
        _ => false,
    };
    exact && (before.len() <= 1 || before == b"# Time: ")
}

/// What follows a timestamp and the marks that close it.
pub(crate) fn after_stamp(line: &[u8], stamp: Stamp) -> &[u8] {
    let mut rest = line.get(stamp.end..).unwrap_or_default();
    while let [b' ' | b'\t' | b']' | b')' | b'|' | b',' | b':' | b'"' | b'>', tail @ ..] = rest {
        rest = match rest {
            // The quote of an access line's request belongs to the message.
            [b'"', tail @ ..] if tail.first().is_some_and(u8::is_ascii_uppercase) => break,
            _ => tail,
        };
    }
    rest
}

/// A line with a timestamp in it.
pub(crate) fn plain<'a>(line: &'a [u8], rest: &'a [u8], stamp: Stamp) -> Head<'a> {
    let before = &line[..stamp.start];
    if let Some(status) = access_status(rest) {
        return Head {
            shape: Shape::Access,
            at: Some(stamp.at),
            level: Some(level::status(status)),
            message: [rest, b""],
        };
    }
    let level = letter_level(line, rest, stamp).or_else(|| level::priority(before));
    if level.is_some() {
        let message = &rest[fixed_header(rest, stamp)..];
        let tag = match stamp.form {
            Form::MonthDay => header::tag_end(message),
            Form::Syslog => header::host_and_tag_end(message),
            Form::Iso if before.ends_with(b">1 ") => header::syslog_end(message),
            _ => 0,
        };
        let message = &message[tag..];
        return Head { shape: Shape::Plain, at: Some(stamp.at), level, message: [message, b""] };
    }
    let host_end = if stamp.form == Form::Syslog { host_end(rest) } else { 0 };
    let rest = &rest[host_end..];
    let found = level::find(rest);
    let level = found.map(|found| found.level);
    let level = level
        .or_else(|| level::find(before).map(|found| found.level))
        .or_else(|| trace::crash(rest))
        .or_else(|| trace::exception(rest))
        .or_else(|| level::masked(rest))
        .or_else(|| level::traced(rest));
    if found.is_some_and(|found| trace::is_attached(&rest[found.start..])) {
        return Head { at: Some(stamp.at), ..Head::none(Shape::Continuation) };
    }
    let message = match found {
        Some(found) if header::is_header(open_trimmed(&rest[..found.start])) => after_level(rest, found.end),
        _ => rest,
    };
    let tag = match stamp.form {
        Form::Syslog if message.len() == rest.len() => header::tag_end(message),
        Form::Iso if message.len() == rest.len() => header::host_and_tag_end(message),
        _ => 0,
    };
    let message = &message[tag..];
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
        (Form::Iso, _) => level::short(rest),
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

/// End of the host name after a syslog timestamp.
fn host_end(rest: &[u8]) -> usize {
    let width = memchr::memchr(b' ', rest).unwrap_or(0);
    let plausible = rest[..width]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':'));
    if plausible && rest.get(width.wrapping_sub(1)) != Some(&b':') && width > 0 { width + 1 } else { 0 }
}

pub(crate) fn after_level(text: &[u8], end: usize) -> &[u8] {
    let mut rest = &text[end..];
    while let [b' ' | b']' | b')' | b'>' | b':' | b'|' | b'-' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    rest
}
