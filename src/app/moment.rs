//! A moment or a line as a person types it: `14:02`, `-10m`, `2026-03-01 14:02:11`, `:4711`.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Where to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goto {
    /// The first record at or after this moment.
    Time(Timestamp),
    /// The line of this number.
    Line(u64),
}

/// What a moment is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The moment that is being looked at; `-10m` counts from here, and a time of day is looked for around here.
    pub here: Timestamp,
    /// The first and the last moment of the logs, where they are known.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Clock {
    /// Reads a place to go to.
    ///
    /// # Errors
    /// Says in words what can be written.
    pub fn goto(&self, text: &str) -> Result<Goto, String> {
        let text = text.trim();
        let digits = text.strip_prefix(':').unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            let number = digits.parse().map_err(|_| format!("{digits} is no line number"))?;
            return Ok(Goto::Line(number));
        }
        self.moment(text).map(Goto::Time).ok_or_else(|| {
            format!(
                "“{text}” is no time or line: 14:02, 14:02:11, -10m, +1h30m, 2026-03-01T14:02:11Z, or 4711 for a line"
            )
        })
    }

    /// Reads a moment, UTC.
    pub fn moment(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        let text = text.strip_suffix("UTC").map_or(text, str::trim_end);
        match text.as_bytes().first()? {
            b'-' => return self.here.checked_sub(span(&text[1..])?).ok(),
            b'+' => return self.here.checked_add(span(&text[1..])?).ok(),
            _ => {}
        }
        let instant = text.parse::<Timestamp>().ok();
        instant.or_else(|| self.time_of_day(text)).or_else(|| day_and_time(text))
    }

    /// A time of day, on the day that lies in the logs; of several the one nearest to where the reader is.
    fn time_of_day(&self, text: &str) -> Option<Timestamp> {
        let time = clock_time(text)?;
        let today = self.here.to_zoned(TimeZone::UTC).date();
        let days = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
        let moments = days.into_iter().flatten().filter_map(|day| at(day, time));
        let outside = |moment: Timestamp| {
            self.span.is_some_and(|(first, last)| {
                // A minute is meant whole: the log may begin within it.
                moment + SignedDuration::from_secs(60) <= first || moment > last
            })
        };
        moments.min_by_key(|moment| {
            let same_day = moment.to_zoned(TimeZone::UTC).date() == today;
            (outside(*moment), !same_day && self.span.is_none(), self.here.duration_since(*moment).abs())
        })
    }
}

fn at(day: Date, time: Time) -> Option<Timestamp> {
    Some(day.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// `14:02`, `14:02:11`, `14:02:11.5`, `9:05`.
fn clock_time(text: &str) -> Option<Time> {
    let (hour, rest) = text.split_once(':')?;
    if hour.is_empty() || hour.len() > 2 || rest.len() < 2 {
        return None;
    }
    format!("{hour:0>2}:{rest}").parse().ok()
}

/// `2026-03-01 14:02` and `2026-03-01`.
fn day_and_time(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    at(day.parse().ok()?, clock_time(time.trim().trim_end_matches('Z'))?)
}

/// `10m`, `1h30m`, `45s`, `2d`; a bare number is minutes.
fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let (mut seconds, mut number, mut any) = (0_i64, String::new(), false);
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
        any = true;
    }
    if !number.is_empty() {
        if any {
            return None;
        }
        seconds = number.parse::<i64>().ok()?.checked_mul(60)?;
    }
    (any || !text.is_empty()).then(|| SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(span: Option<(&str, &str)>) -> Clock {
        let moment = |text: &str| text.parse().unwrap();
        let span = span.map(|(first, last)| (moment(first), moment(last)));
        Clock { here: moment("2026-03-01T00:10:00Z"), span }
    }

    #[test]
    fn a_moment_is_read_as_people_write_it() {
        let cases = [
            ("-10m", "2026-03-01T00:00:00Z"),
            ("-10", "2026-03-01T00:00:00Z"),
            ("+1h30m", "2026-03-01T01:40:00Z"),
            ("-1d", "2026-02-28T00:10:00Z"),
            ("00:05", "2026-03-01T00:05:00Z"),
            ("9:05", "2026-03-01T09:05:00Z"),
            ("14:02:11 UTC", "2026-03-01T14:02:11Z"),
            ("2026-02-27 14:02", "2026-02-27T14:02:00Z"),
            ("2026-02-27T14:02Z", "2026-02-27T14:02:00Z"),
            ("2026-02-27", "2026-02-27T00:00:00Z"),
            ("2026-03-01T14:02:11+02:00", "2026-03-01T12:02:11Z"),
        ];
        for (text, expected) in cases {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(clock(None).goto(text), Ok(Goto::Time(expected)), "{text}");
        }
        for text in ["", "noon", "-", "-10x", "25:00", "14:", "1:2", "-9223372036854775807d", "10m5"] {
            assert!(clock(None).goto(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_is_looked_for_where_the_log_is() {
        let night = clock(Some(("2026-02-28T20:00:00Z", "2026-03-01T02:00:00Z")));
        for (text, expected) in [("23:50", "2026-02-28T23:50:00Z"), ("01:00", "2026-03-01T01:00:00Z")] {
            assert_eq!(night.moment(text), Some(expected.parse().unwrap()), "{text}");
        }
        let begins = clock(Some(("2026-03-01T00:05:30Z", "2026-03-01T02:00:00Z")));
        assert_eq!(begins.moment("00:05"), Some("2026-03-01T00:05:00Z".parse().unwrap()));
    }

    #[test]
    fn a_number_is_a_line() {
        assert_eq!(clock(None).goto("4711"), Ok(Goto::Line(4711)));
        assert_eq!(clock(None).goto(":12"), Ok(Goto::Line(12)));
        assert!(clock(None).goto("99999999999999999999999").is_err());
    }
}
