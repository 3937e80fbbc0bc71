//! What a figure is: the same digits mean another thing as a status, a share, a time or a size.

/// What a figure stands for, by the words beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing beside it says.
    Plain,
    /// A status of HTTP.
    Status,
    /// A share in percent.
    Percent,
    /// A stretch of time.
    Duration,
    /// A number of bytes.
    Size,
    /// One side of `500 / 500`.
    Ratio,
}

/// The roles in which the evidence has a figure.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Roles(u8);

impl Roles {
    pub(super) fn add(&mut self, role: Role) {
        self.0 |= 1 << role as u8;
    }

    /// The roles of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether evidence of these roles carries a figure that is meant as `role`. What says nothing about itself carries
    /// anything; a status carries nothing but a status.
    pub(super) fn carry(self, role: Role) -> bool {
        match role {
            Role::Plain | Role::Ratio => self.0 & !(1 << Role::Status as u8) != 0,
            named => self.has(named) || self.has(Role::Plain),
        }
    }
}

/// Words after a figure, in one spelling.
const DURATIONS: [&str; 22] = [
    "ns", "us", "µs", "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes",
    "h", "hour", "hours", "days", "毫秒", "秒", "分钟", "小时",
];
const SIZES: [&str; 15] =
    ["b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "byte", "bytes", "ki", "mi", "gi", "字节"];
/// Words around a status.
const BEFORE_STATUS: [&str; 7] = ["http", "status", "code", "statuscode", "状态码", "响应码", "错误码"];
const AFTER_STATUS: [&str; 10] = [
    "error",
    "errors",
    "response",
    "responses",
    "internal",
    "unavailable",
    "timeout",
    "错误",
    "响应",
    "状态码",
];

/// The role of the figure at `start..end` of `text`.
pub(super) fn of(text: &str, start: usize, end: usize) -> Role {
    let after = &text[end..];
    let next = after.trim_start_matches(' ');
    if next.starts_with(['%', '％']) || next.starts_with("percent") {
        return Role::Percent;
    }
    let before = text[..start].trim_end_matches(' ');
    let digit = |c: char| c.is_ascii_digit();
    let over = next.strip_prefix('/').is_some_and(|rest| rest.trim_start_matches(' ').starts_with(digit));
    let under = before.strip_suffix('/').is_some_and(|rest| rest.trim_end_matches(' ').ends_with(digit));
    if over || under {
        return Role::Ratio;
    }
    let unit = word_at(next).to_lowercase();
    if DURATIONS.contains(&unit.as_str()) || starts_with_han(next, &DURATIONS) {
        return Role::Duration;
    }
    if SIZES.contains(&unit.as_str()) || starts_with_han(next, &SIZES) {
        return Role::Size;
    }
    if end - start != 3 || !matches!(text.as_bytes()[start], b'1'..=b'5') {
        return Role::Plain;
    }
    let said = |words: &[&str], word: &str| words.contains(&word.to_lowercase().as_str());
    let named = before.trim_end_matches(['=', ':', '"', '\'', ' ', '：']);
    let before_it = said(&BEFORE_STATUS, word_before(named)) || ends_with_han(named, &BEFORE_STATUS);
    let after_it = said(&AFTER_STATUS, &unit) || starts_with_han(next, &AFTER_STATUS);
    if before_it || after_it { Role::Status } else { Role::Plain }
}

/// The ASCII word that a text begins with.
fn word_at(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphabetic() || c == 'µ')).unwrap_or(text.len());
    &text[..end]
}

/// The ASCII word that a text ends with.
fn word_before(text: &str) -> &str {
    let start = text
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

/// Scripts without marks between words.
fn starts_with_han(text: &str, words: &[&str]) -> bool {
    !text.bytes().next().is_none_or(|first| first.is_ascii())
        && words.iter().any(|word| !word.is_ascii() && text.starts_with(word))
}

fn ends_with_han(text: &str, words: &[&str]) -> bool {
    !text.bytes().next_back().is_none_or(|last| last.is_ascii())
        && words.iter().any(|word| !word.is_ascii() && text.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_beside_a_figure_say_what_it_is() {
        let table = [
            ("HTTP 500", Role::Status),
            ("status=503 path=/pay", Role::Status),
            ("\"code\": 404,", Role::Status),
            ("返回状态码：502", Role::Status),
            ("500 errors in a row", Role::Status),
            ("active_connections: 500 / 500", Role::Ratio),
            ("500/500 in use", Role::Ratio),
            ("12.5 % of requests", Role::Percent),
            ("after 500ms", Role::Duration),
            ("after 500 s", Role::Duration),
            ("等待 500 毫秒", Role::Duration),
            ("512MiB of memory", Role::Size),
            ("500 connections", Role::Plain),
            ("max_connections 500", Role::Plain),
            ("5000 errors", Role::Plain),
            ("\"GET / HTTP/1.1\" 500", Role::Plain),
        ];
        for (text, expected) in table {
            let start = if text.contains("HTTP/1.1") {
                text.rfind("500").unwrap()
            } else {
                text.find(|c: char| c.is_ascii_digit()).unwrap()
            };
            let rest = &text[start..];
            let end = start + rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            assert_eq!(of(text, start, end), expected, "{text}");
        }
    }
}
