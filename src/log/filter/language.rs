//! The text of a filter, as it is typed and shown: words, `"exact words"`, `/expressions/`, `key:value`, `-` excludes.

use std::fmt::{self, Display};

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::incident::{Level, SourceId};
use crate::log::filter::{Filter, Pattern, Term, What};
use crate::log::level;

/// Longest text of a filter, bytes.
const TEXT_MAX: usize = 4096;
/// Most conditions of a filter.
const TERMS_MAX: usize = 32;
/// What stands before a colon with a meaning of its own.
const KEYS: [&str; 6] = ["level", "since", "until", "source", "template", "around"];
/// A time of day later than the newest record by more than this is of the day before.
const AHEAD: SignedDuration = SignedDuration::from_hours(12);

/// What the text of a filter is read against.
pub struct Reading<'a> {
    /// The moment that `-15m` counts back from.
    pub now: Timestamp,
    /// Time of the newest record: times of day are of its day (UTC), or of the day before where that would be more
    /// than twelve hours later. Absent: of the day of `now`.
    pub last: Option<Timestamp>,
    /// Sources of a name; none when the name is not known.
    pub source: &'a dyn Fn(&str) -> Vec<SourceId>,
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("now", &self.now).field("last", &self.last).finish_non_exhaustive()
    }
}

impl Filter {
    /// Reads what a person typed; the error names the part, the cause and a correct example.
    pub fn parse(text: &str, reading: &Reading<'_>) -> Result<Self, String> {
        if text.len() > TEXT_MAX {
            return Err(format!("the filter is longer than {TEXT_MAX} bytes: leave some of it out"));
        }
        let mut filter = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (part, after) = Part::split(rest)?;
            filter.take(part, reading)?;
            rest = after.trim_start();
        }
        if filter.terms.len() > TERMS_MAX {
            return Err(format!(
                "{} conditions are more than {TERMS_MAX}: put words into one expression, /one|other/",
                filter.terms.len()
            ));
        }
        Ok(filter)
    }

    /// The text that leads to this filter; `name` gives the names of sources. [`Display`] writes their numbers.
    pub fn to_text(&self, name: &dyn Fn(SourceId) -> Option<String>) -> String {
        let mut parts = Vec::new();
        parts.extend(self.level.map(|level| format!("level:{}", level.name().to_lowercase())));
        parts.extend(self.since.map(|at| format!("since:{at}")));
        parts.extend(self.until.map(|at| format!("until:{at}")));
        for source in &self.sources {
            let name = name(*source).unwrap_or_else(|| format!("#{}", source.0));
            parts.push(format!("source:{}", value_text(&name)));
        }
        for term in &self.terms {
            let sign = if term.exclude { "-" } else { "" };
            parts.push(match &term.what {
                What::Template(id) => format!("{sign}template:{}", value_text(id)),
                What::Text(pattern) if pattern.regex => format!("{sign}/{}/", slashed(&pattern.text)),
                What::Text(pattern) => format!("{sign}{}", words_text(&pattern.text)),
            });
        }
        if self.around > 0 {
            parts.push(format!("around:{}", self.around));
        }
        parts.join(" ")
    }

    fn take(&mut self, part: Part<'_>, reading: &Reading<'_>) -> Result<(), String> {
        let exclude = part.exclude;
        let what = match part.body {
            Body::Words(words) => What::Text(Pattern { text: words, regex: false }),
            Body::Expression(text) => {
                let pattern = Pattern { text, regex: true };
                pattern.compile()?;
                What::Text(pattern)
            }
            Body::Key("template", id) => {
                let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
                if !is_id {
                    return Err(format!(
                        "template:{id}: an id, or its beginning, is of hexadecimal digits, as in template:3f9a"
                    ));
                }
                What::Template(id.to_ascii_lowercase())
            }
            Body::Key(key, _) if exclude => return Err(not_excluded(key)),
            Body::Key(key, value) => return self.set(key, &value, reading),
        };
        self.terms.push(Term { what, exclude });
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str, reading: &Reading<'_>) -> Result<(), String> {
        match key {
            "level" => self.level = Some(level_of(value)?),
            "since" => self.since = Some(time_of(key, value, reading)?),
            "until" => self.until = Some(time_of(key, value, reading)?),
            "around" => {
                let lines = value.parse().ok().filter(|lines| *lines <= Self::AROUND_MAX);
                self.around = lines.ok_or_else(|| {
                    format!("around:{value}: lines are a number up to {}, as in around:3", Self::AROUND_MAX)
                })?;
            }
            _ => {
                let number = value.strip_prefix('#').and_then(|number| number.parse().ok()).map(SourceId);
                let found = number.map_or_else(|| (reading.source)(value), |number| vec![number]);
                if found.is_empty() {
                    return Err(format!(
                        "source:{value}: no source has this name; names stand on the tabs, as in source:app.log"
                    ));
                }
                self.sources.extend(found);
            }
        }
        Ok(())
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(&|_| None))
    }
}

/// One part of a filter's text.
struct Part<'a> {
    exclude: bool,
    body: Body<'a>,
}

enum Body<'a> {
    Words(String),
    Expression(String),
    Key(&'a str, String),
}

impl<'a> Part<'a> {
    /// The first part of a text that does not begin with a blank, and what follows it.
    fn split(text: &'a str) -> Result<(Self, &'a str), String> {
        let inner = text.strip_prefix(['-', '!']).unwrap_or(text);
        let exclude = inner.len() < text.len();
        if exclude && inner.chars().next().is_none_or(char::is_whitespace) {
            return Err(format!(
                "{}: a word to leave out follows it at once, as in -healthcheck; \"-\" looks for the sign itself",
                &text[..1]
            ));
        }
        if inner.starts_with('"') {
            let (words, rest) = quoted(inner)?;
            if words.is_empty() {
                return Err(
                    "\"\": nothing stands between the quotes; exact words go there, as in \"timed out\""
                        .into(),
                );
            }
            return Ok((Self { exclude, body: Body::Words(words) }, rest));
        }
        if let Some((expression, rest)) = expression(inner) {
            return Ok((Self { exclude, body: Body::Expression(expression) }, rest));
        }
        if let Some((key, value)) = inner.split_once(':')
            && let Some(key) = KEYS.iter().find(|known| key.eq_ignore_ascii_case(known))
        {
            let (value, rest) = if value.starts_with('"') {
                quoted(value)?
            } else {
                let end = value.find(char::is_whitespace).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            };
            return Ok((Self { exclude, body: Body::Key(key, value) }, rest));
        }
        let end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        Ok((Self { exclude, body: Body::Words(inner[..end].to_owned()) }, &inner[end..]))
    }
}

/// The text between quotes, where `\"` and `\\` stand for themselves, and what follows it.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut words = String::new();
    let mut symbols = text.char_indices().skip(1).peekable();
    while let Some((at, symbol)) = symbols.next() {
        match symbol {
            '"' => return Ok((words, &text[at + 1..])),
            '\\' => {
                let escaped = symbols.next_if(|(_, next)| matches!(next, '"' | '\\'));
                words.push(escaped.map_or('\\', |(_, next)| next));
            }
            _ => words.push(symbol),
        }
    }
    Err(format!("{}: the closing quote is missing, as in \"timed out\"", shortened(text)))
}

/// The text between slashes, where `\/` stands for a slash, and what follows it; absent where a slash only begins a
/// word, as in `/var/log`.
fn expression(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut symbols = text.strip_prefix('/')?.char_indices();
    while let Some((at, symbol)) = symbols.next() {
        let after = || text[at + 1 + symbol.len_utf8()..].chars().next();
        match symbol {
            '/' if after().is_none_or(char::is_whitespace) => {
                return (!found.is_empty()).then_some((found, &text[at + 2..]));
            }
            '\\' => match symbols.next() {
                Some((_, '/')) => found.push('/'),
                Some((_, next)) => found.extend(['\\', next]),
                None => return None,
            },
            _ => found.push(symbol),
        }
    }
    None
}

/// An expression with its slashes escaped.
fn slashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut symbols = text.chars();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '/' => out.push_str("\\/"),
            '\\' => {
                out.push('\\');
                out.extend(symbols.next());
            }
            _ => out.push(symbol),
        }
    }
    out
}

/// Words as they are typed: bare where nothing in them has a meaning of its own.
fn words_text(words: &str) -> String {
    let keyed = words
        .split_once(':')
        .is_some_and(|(key, _)| KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)));
    let bare = !keyed && !words.starts_with(['-', '!', '/', '"']);
    if bare { value_text(words) } else { in_quotes(words) }
}

fn value_text(value: &str) -> String {
    let bare = !value.is_empty() && !value.starts_with('"') && !value.contains(char::is_whitespace);
    if bare { value.to_owned() } else { in_quotes(value) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn not_excluded(key: &str) -> String {
    let instead = match key {
        "level" => "level:warn keeps warnings and what is worse",
        "source" => "name the sources to keep, as in source:app.log",
        "around" => "around:0 shows no lines around",
        _ => "since:14:02 until:14:10 keeps what lies between",
    };
    format!("-{key}: it cannot be left out; {instead}")
}

fn level_of(value: &str) -> Result<Level, String> {
    level::word(value.as_bytes()).ok_or_else(|| {
        let value = shortened(value);
        format!(
            "level:{value}: it is none of trace, debug, info, notice, warn, error, fatal, as in level:warn"
        )
    })
}

fn time_of(key: &str, value: &str, reading: &Reading<'_>) -> Result<Timestamp, String> {
    moment(value, reading).ok_or_else(|| {
        let value = shortened(value);
        format!("{key}:{value}: not a time, as in {key}:14:02, {key}:2026-03-01T14:02Z or {key}:-15m")
    })
}

/// A moment: `14:02`, `14:02:30`, `2026-03-01`, `2026-03-01T14:02Z` (without zone: UTC), `-15m`, `-1h30m`, `now`.
fn moment(value: &str, reading: &Reading<'_>) -> Option<Timestamp> {
    if value == "now" {
        return Some(reading.now);
    }
    if let Some(back) = value.strip_prefix('-') {
        return reading.now.checked_sub(duration(back)?).ok();
    }
    let utc = |at: DateTime| at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    if value.get(..3).is_some_and(|start| start.ends_with(':'))
        || value.get(..2).is_some_and(|s| s.ends_with(':'))
    {
        let padded =
            if value.as_bytes().get(1) == Some(&b':') { format!("0{value}") } else { value.to_owned() };
        let time: Time = padded.trim_end_matches(['Z', 'z']).parse().ok()?;
        let last = reading.last.unwrap_or(reading.now);
        let at = utc(last.to_zoned(TimeZone::UTC).date().to_datetime(time))?;
        let ahead = at.duration_since(last) > AHEAD;
        return if ahead { at.checked_sub(SignedDuration::from_hours(24)).ok() } else { Some(at) };
    }
    value.parse().ok().or_else(|| utc(value.parse().ok()?))
}

/// `90s`, `15m`, `1h30m`, `2d`.
fn duration(text: &str) -> Option<SignedDuration> {
    let mut total = SignedDuration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(SignedDuration::from_secs(number.checked_mul(unit)?))?;
        rest = &rest[digits + 1..];
    }
    (!text.is_empty()).then_some(total)
}

/// A text for an error message.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
