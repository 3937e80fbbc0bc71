//! Clocks that disagree, by ids that two sources share and by when lines arrive.

use super::*;

fn id(number: u64) -> String {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{mixed:016x}{:04x}ab12", number % 0xffff)
}

/// Sources with clocks ahead by so much, that see the same requests a few milliseconds apart.
fn ids(ahead: &[Micros], requests: u64) -> Ids {
    let mut ids = Ids::default();
    for number in 0..requests {
        for (source, ahead) in ahead.iter().enumerate() {
            let at = number as Micros * SECOND + source as Micros * 3000 + ahead;
            let line = format!("request {} served", id(number));
            let span = Span { start: number * 100, end: number * 100 + 50, number: None };
            ids.record(source as u32, SourceId(source as u32 + 1), at, line.as_bytes(), span);
        }
    }
    ids
}

#[test]
fn ids_in_two_sources_tell_how_far_their_clocks_are_apart() {
    let skews = ids(&[0, 12 * SECOND], 100).skews();
    assert_eq!(skews.get(&SourceId(2)).map(|skew| skew / SECOND), Some(12));
    assert_eq!(skews.get(&SourceId(1)).map(|skew| skew / SECOND), Some(-12));
    let third = ids(&[0, 0, -7 * SECOND], 100).skews();
    assert_eq!(third.keys().copied().collect::<Vec<_>>(), [SourceId(3)]);
}

#[test]
fn clocks_that_agree_and_few_ids_say_nothing() {
    assert!(ids(&[0, 0], 100).skews().is_empty());
    assert!(ids(&[0, 12 * SECOND], 5).skews().is_empty());
    let mut odd = Ids::default();
    for number in 0..100_u64 {
        for source in 1..=2 {
            let at = number as Micros * SECOND + (number * source * 7919 % 100) as Micros * SECOND;
            let line = format!("request {}", id(number));
            odd.record(0, SourceId(source as u32), at, line.as_bytes(), Span::default());
        }
    }
    assert!(odd.skews().is_empty());
}

#[test]
fn what_is_remembered_is_bounded_and_still_shared() {
    let many = ids(&[0, 12 * SECOND], 50_000);
    assert!(many.seen.len() <= IDS_MAX);
    assert_eq!(many.skews().len(), 2);
}

fn off(lines: i64, ahead: &dyn Fn(i64) -> Micros) -> Option<i64> {
    let mut arrivals = Arrivals::default();
    for number in 0..lines {
        let now = number * 250_123;
        arrivals.note(now + ahead(number), now, Span::default());
    }
    arrivals.off().map(|off| off.ahead / SECOND)
}

#[test]
fn lines_from_the_future_or_long_ago_tell_a_clock_that_is_off() {
    assert_eq!(off(100, &|number| 5 * SECOND - number % 3 * 1000), Some(4));
    assert_eq!(off(100, &|number| -number % 20 * SECOND), None);
    assert_eq!(off(100, &|_| -3600 * SECOND), Some(-3600));
    assert_eq!(off(4, &|_| -3600 * SECOND), None);
    // An old log that is copied: a minute of it in each quarter of a second.
    assert_eq!(off(100, &|number| (number * 60 - 9_000_000) * SECOND), None);
    // One that is played four times as fast, and one that falls behind.
    assert_eq!(off(400, &|number| number * 750_369), None);
    assert_eq!(off(400, &|number| -40 * SECOND - number * 210_000), None);
    assert_eq!(off(100, &|_| 0), None);
}

#[test]
fn a_clock_may_show_whole_seconds_and_its_lines_may_dawdle() {
    let whole = |behind: Micros| {
        move |number: i64| {
            let now = number * 250_123;
            (now - behind).div_euclid(SECOND) * SECOND - now
        }
    };
    assert_eq!(off(100, &whole(124 * SECOND)), Some(-123));
    assert_eq!(off(100, &whole(0)), None);
    // By three seconds in the middle; what varies as much around nothing is no skew.
    assert!(
        off(100, &|number| -124 * SECOND - number * 1_777_919 % 6_000_000)
            .is_some_and(|ahead| (-130..=-124).contains(&ahead))
    );
    assert_eq!(off(100, &|number| 4 * SECOND - number * 1_777_919 % 6_000_000), None);
}

#[test]
fn ids_are_long_and_of_digits_and_letters() {
    for (line, found) in [
        ("trace=4bf92f3577b34da6a3ce929d0e0e4736 x", true),
        ("id 2f1c6a9e-0f0d-4a53-9f0d-0123456789ab.", true),
        ("at 1772359200123456 x", false),
        ("deadbeefdeadbeef", false),
        ("2026-03-01-10.00.00", false),
    ] {
        assert_eq!(find(line.as_bytes()).is_some(), found, "{line}");
    }
}
