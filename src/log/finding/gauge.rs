//! A number that stands beside a name in a line: which names are read, and how their numbers are.

use memchr::memmem::Finder;

use crate::log::finding::access::took;

/// How far into a line a number is looked for, bytes.
const REACH: usize = 1024;

/// What a meter measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// How long something took.
    Duration,
    /// How much is waiting or in use.
    Level,
}

/// Names of durations.
const DURATIONS: &[&str] = &[
    "took",
    "Took",
    "duration",
    "Duration",
    "elapsed",
    "Elapsed",
    "latency",
    "Latency",
    "response_time",
    "responseTime",
    "request_time",
    "Query_time",
    "time-taken",
    "time_ms",
    "rt=",
    "resp_time",
    "exec_time",
    "cost=",
];
/// Names of what should stay low.
const LEVELS: &[&str] = &[
    "lag",
    "Lag",
    "queue",
    "Queue",
    "backlog",
    "Backlog",
    "depth",
    "pending",
    "behind",
    "waiting",
    "queued",
    "inflight",
    "in_flight",
    "in-flight",
    "outstanding",
    "unacked",
    "heap",
    "Heap",
    "rss",
    "RSS",
    "goroutines",
    "open files",
    "open_fds",
    "connections",
    "delay",
];

/// Where a number stands in lines.
#[derive(Debug, Clone)]
pub(crate) struct Gauge {
    pub(crate) name: &'static str,
    place: Place,
    pub(crate) measure: Measure,
}

#[derive(Debug, Clone)]
enum Place {
    /// Beside a name.
    Named(Box<Finder<'static>>),
    /// Where servers put it in an access line.
    Access,
}

impl Gauge {
    /// The first name in a line that has a number beside it.
    pub(crate) fn find(line: &[u8]) -> Option<Self> {
        let line = &line[..line.len().min(REACH)];
        let find = |names: &[&'static str], measure| {
            names.iter().find_map(|name| {
                let finder = Finder::new(name.as_bytes());
                value(line, &finder).map(|_| Self { name, place: Place::Named(Box::new(finder)), measure })
            })
        };
        find(LEVELS, Measure::Level).or_else(|| find(DURATIONS, Measure::Duration))
    }

    /// How long the requests of access lines took, where a line tells.
    pub(crate) fn access(line: &[u8]) -> Option<Self> {
        took(line).map(|_| Self { name: "requests", place: Place::Access, measure: Measure::Duration })
    }

    /// The number.
    pub(crate) fn read(&self, line: &[u8]) -> Option<f64> {
        match &self.place {
            Place::Named(finder) => value(&line[..line.len().min(REACH)], finder),
            Place::Access => took(line),
        }
    }
}

/// The number that stands beside a name: `lag=12`, `took 35ms`, `"duration_ms": 12.5`, `replication lag is 12s`.
/// Durations in milliseconds.
fn value(line: &[u8], finder: &Finder<'_>) -> Option<f64> {
    let name = finder.needle();
    finder.find_iter(line).take(4).find_map(|at| {
        let free = at == 0 || !line[at - 1].is_ascii_alphabetic();
        free.then(|| number(&line[at + name.len()..])).flatten()
    })
}

fn number(text: &[u8]) -> Option<f64> {
    let suffix = text.iter().take(16).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let unit = &text[..suffix];
    let mut rest = text[suffix..].trim_ascii_start();
    let plain = suffix == 0 || unit.first() == Some(&b'_') || unit == b"Ms";
    while let [b'=' | b':' | b'"' | b' ' | b'(' | b'[', tail @ ..] = rest {
        rest = tail;
    }
    for filler in [&b"is "[..], b"of ", b"at ", b"now "] {
        rest = rest.strip_prefix(filler).unwrap_or(rest);
    }
    if !plain || !rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let usual: &[u8] = match unit {
        [.., b'_', b'm', b's'] | b"Ms" => b"ms",
        [.., b'_', b's'] => b"s",
        _ if unit.ends_with(b"seconds") => b"s",
        _ => b"",
    };
    amount(rest, usual)
}

/// A number with its unit (`12.5ms`, `1m30s`), in milliseconds or bytes; `usual` is the unit where none is given.
pub(crate) fn amount(mut text: &[u8], usual: &[u8]) -> Option<f64> {
    let mut sum = 0.0;
    let mut any = false;
    while let width @ 1.. =
        text.iter().take(20).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count()
    {
        let digits = std::str::from_utf8(&text[..width]).ok()?.trim_end_matches('.');
        let value: f64 = digits.parse().ok()?;
        let rest = &text[width..];
        let blank = usize::from(rest.first() == Some(&b' '));
        let unit = rest[blank..]
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80)
            .count();
        let named = &rest[blank..blank + unit];
        let factor = factor(named);
        sum += value * factor.or_else(|| self::factor(usual)).unwrap_or(1.0);
        any = true;
        // `1m30s` goes on, `12 of 40` does not.
        if factor.is_none() || blank > 0 {
            break;
        }
        text = &rest[unit..];
    }
    any.then_some(sum)
}

fn factor(unit: &[u8]) -> Option<f64> {
    Some(match unit {
        b"ns" => 1e-6,
        b"us" | b"\xc2\xb5s" => 1e-3,
        b"ms" | b"msec" | b"millis" => 1.0,
        b"s" | b"sec" | b"secs" | b"seconds" | b"second" => 1e3,
        b"m" | b"min" | b"minutes" => 60e3,
        b"h" => 3600e3,
        b"kB" | b"KB" | b"KiB" | b"K" => 1024.0,
        b"MB" | b"MiB" | b"M" => 1024.0 * 1024.0,
        b"GB" | b"GiB" | b"G" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_beside_their_names() {
        let table = [
            ("lag=12", "lag", Some(12.0)),
            ("consumer_lag: 12 msgs", "lag", Some(12.0)),
            ("replication lag is 12s", "lag", Some(12_000.0)),
            ("took 35ms", "took", Some(35.0)),
            (r#"{"duration_ms":12.5,"x":1}"#, "duration", Some(12.5)),
            (r#"{"duration":"1m30s"}"#, "duration", Some(90_000.0)),
            ("duration: 1.5 s", "duration", Some(1500.0)),
            ("elapsed 250us", "elapsed", Some(0.25)),
            ("lagging by 12", "lag", None),
            ("flag=12", "lag", None),
            ("took a while", "took", None),
        ];
        for (line, name, expected) in table {
            assert_eq!(value(line.as_bytes(), &Finder::new(name)), expected, "{line}");
        }
        assert!(Gauge::find(b"user logged in").is_none());
    }
}
