//! What is read by hand is what a pattern would find.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::{Captures, Regex};

use super::*;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let half = r"(?:\s?(?P<ap>[ap]\.?m(?-u:\b)\.?))?";
    let seconds = r"(?::(?P<s>[0-9]{2})(?:[.,][0-9]{1,9})?)?";
    Regex::new(&format!("(?i)(?P<h>[0-9]{{1,2}}):(?P<m>[0-9]{{2}}){seconds}{half}")).unwrap()
});

static ZONE: LazyLock<Regex> = LazyLock::new(|| {
    let utc = r"(?P<utc>(?-i:Z)(?-u:\b)|UTC(?P<us>[+-][0-9]{1,2})?(?-u:\b)|GMT(?-u:\b))";
    let signed = r"(?P<sign>[+-])(?P<oh>[0-9]{2}):?(?P<om>[0-9]{2})(?-u:\b)";
    let named = r"(?P<name>[A-Z]{2,4}T)(?-u:\b)|(?P<bj>北京时间)";
    Regex::new(&format!(r"(?i)^\s?(?:20[0-9]{{2}}\s)?\(?(?:{utc}|{signed}|{named})")).unwrap()
});

fn number(caps: &Captures<'_>, name: &str) -> Option<i32> {
    caps.name(name).and_then(|found| found.as_str().parse().ok())
}

fn times_by_pattern(text: &str) -> Vec<(Range<usize>, Option<Time>)> {
    let time = |caps: &Captures<'_>| {
        let mut hour = number(caps, "h")?;
        if let Some(half) = caps.name("ap") {
            let hours = Some(hour).filter(|hour| (1..=12).contains(hour))?;
            hour = hours % 12 + if half.as_str().starts_with(['p', 'P']) { 12 } else { 0 };
        }
        let second = number(caps, "s").unwrap_or(0).min(59);
        Time::new(hour as i8, number(caps, "m")? as i8, second as i8, 0).ok()
    };
    TIME.captures_iter(text).map(|caps| (caps.get(0).unwrap().range(), time(&caps))).collect()
}

fn zone_by_pattern(text: &str) -> Option<(usize, Zone)> {
    let caps = ZONE.captures(text)?;
    let zone = if caps.name("utc").is_some() {
        Zone::Named(number(&caps, "us").unwrap_or(0) * 3600)
    } else if caps.name("bj").is_some() {
        Zone::Named(8 * 3600)
    } else if let Some(sign) = caps.name("sign") {
        let seconds = number(&caps, "oh")? * 3600 + number(&caps, "om")? * 60;
        Zone::Signed(seconds, sign.as_str() == "-")
    } else {
        Zone::Named(abbreviation(caps.name("name")?.as_str(), false)?)
    };
    Some((caps.get(0)?.end(), zone))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn times_as_a_pattern_finds_them(
        text in "(([0-9]{1,3}:){1,3}[0-9]{0,3}|[.,][0-9]{0,11}|[ \u{3000}]?[apAP]\\.?[mM]\\.?|[ 时x_]){0,6}",
    ) {
        prop_assert_eq!(times(&text), times_by_pattern(&text));
    }

    #[test]
    fn zones_as_a_pattern_finds_them(
        text in "[ \u{3000}]?(20[0-9]{2} )?\\(?(Z|z|UTC|utc|GMT|CET|cet|EEST|MSKT|北京时间|BST)?([+-][0-9]{0,3}:?[0-9]{0,3})?[时a_) ]{0,2}",
    ) {
        prop_assert_eq!(zone(&text, false), zone_by_pattern(&text));
    }
}
