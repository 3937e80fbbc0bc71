//! When a call is sent again, and after how long.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;

/// Times a call is sent again at most.
pub const RETRIES: u32 = 2;

/// Longest pause that the endpoint did not ask for.
const LONGEST: Duration = Duration::from_secs(8);
/// Longest pause that the endpoint may ask for; somebody who waits longer should know and decide.
const ASKED: Duration = Duration::from_secs(120);

/// What the headers of a refusal say about sending again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Advice {
    /// `retry-after`, in any of its spellings.
    pub(crate) after: Option<Duration>,
    /// `x-should-retry`.
    pub(crate) should: Option<bool>,
}

impl Advice {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let seconds =
            |text: &str| text.parse::<f64>().ok().filter(|count| count.is_finite() && *count >= 0.0);
        let milliseconds = text("retry-after-ms").and_then(seconds).map(|count| count / 1000.0);
        let after = milliseconds.or_else(|| {
            let value = text("retry-after")?;
            seconds(value).or_else(|| until(value, text("date")?))
        });
        Self {
            // A year stands for "not today"; more does not fit every clock.
            after: after.map(|count| Duration::from_secs_f64(count.min(365.0 * 86_400.0))),
            should: text("x-should-retry").and_then(|value| match value {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }),
        }
    }
}

/// Seconds from the endpoint's own time to a date it gives: the clock here plays no part.
fn until(then: &str, now: &str) -> Option<f64> {
    let parse = |text: &str| rfc2822::parse(text).ok().map(|time| time.timestamp());
    Some(parse(then)?.duration_since(parse(now)?).as_secs_f64().max(0.0))
}

/// What a pause is made of where the endpoint asks for none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jitter {
    /// The first one; each further one is twice as long.
    pub(crate) first: Duration,
    /// Any number; shortens a pause by up to a quarter, so that many clients do not come back at once.
    pub(crate) random: u64,
}

/// The pause before sending again, absent when it is not to be sent again. `transient` is what the kind of failure
/// says; `attempt` counts from 0.
pub(crate) fn pause(transient: bool, advice: Advice, attempt: u32, jitter: Jitter) -> Option<Duration> {
    if attempt >= RETRIES || !advice.should.unwrap_or(transient) {
        return None;
    }
    if let Some(after) = advice.after {
        return (after <= ASKED).then_some(after);
    }
    let full = LONGEST.min(jitter.first.saturating_mul(1 << attempt.min(16)));
    let share = (jitter.random.rotate_left(attempt * 16) % 1024) as f64 / 1024.0;
    Some(full.mul_f64(1.0 - share / 4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(pairs: &[(&'static str, &str)]) -> Advice {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        Advice::read(&headers)
    }

    #[test]
    fn every_spelling_of_the_pause_is_read() {
        type Headers = &'static [(&'static str, &'static str)];
        const DATE: (&str, &str) = ("date", "Sat, 21 Nov 2026 08:45:52 GMT");
        let table: [(Headers, Option<u64>); 8] = [
            (&[("retry-after", "2")], Some(2000)),
            (&[("retry-after", "1.5")], Some(1500)),
            (&[("retry-after-ms", "250"), ("retry-after", "9")], Some(250)),
            (&[("retry-after", "Sat, 21 Nov 2026 08:45:55 GMT"), DATE], Some(3000)),
            (&[("retry-after", "Sat, 21 Nov 2026 08:45:50 GMT"), DATE], Some(0)),
            (&[("retry-after", "Sat, 21 Nov 2026 08:45:55 GMT")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "soon")], None),
        ];
        for (headers, expected) in table {
            assert_eq!(advice(headers).after, expected.map(Duration::from_millis), "{headers:?}");
        }
        assert!(advice(&[("retry-after", "1e300")]).after.is_some());
    }

    fn jitter(random: u64) -> Jitter {
        Jitter { first: Duration::from_millis(500), random }
    }

    #[test]
    fn pauses_double_are_capped_and_shortened_by_jitter_only() {
        let none = Advice::default();
        assert_eq!(pause(true, none, 0, jitter(0)), Some(Duration::from_millis(500)));
        assert_eq!(pause(true, none, 1, jitter(0)), Some(Duration::from_secs(1)));
        assert_eq!(pause(true, none, RETRIES, jitter(0)), None);
        let long = Jitter { first: Duration::from_secs(3600), random: 0 };
        assert_eq!(pause(true, none, 0, long), Some(LONGEST));
        for random in [1, 1023, u64::MAX, 0x1234_5678_9abc_def0] {
            let pause = pause(true, none, 0, jitter(random)).unwrap();
            assert!(pause >= Duration::from_millis(375) && pause <= Duration::from_millis(500), "{pause:?}");
        }
    }

    #[test]
    fn the_endpoint_may_forbid_demand_and_delay() {
        let none = jitter(9);
        assert_eq!(pause(true, advice(&[("x-should-retry", "false")]), 0, none), None);
        assert!(pause(false, advice(&[("x-should-retry", "true")]), 0, none).is_some());
        assert_eq!(pause(true, advice(&[("retry-after", "121")]), 0, none), None);
        assert_eq!(pause(true, advice(&[("retry-after", "7")]), 0, none), Some(Duration::from_secs(7)));
        assert_eq!(pause(false, Advice::default(), 0, none), None);
    }
}
