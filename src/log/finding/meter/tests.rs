//! Numbers in lines, and what they do over time.

use super::*;

fn meter(line: impl Fn(i64) -> String, seconds: i64) -> Meter {
    let mut meter = Meter::new(line(0).as_bytes(), 0).expect("a number with a name");
    for second in 0..seconds {
        let at = second * 1_000_000;
        meter.record(at, line(second).as_bytes(), || Sample { at: Some(at), ..Sample::default() });
    }
    meter
}

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
    assert!(Meter::new(b"user logged in", 0).is_none());
}

#[test]
fn what_rises_steadily_grows_until_it_falls_back() {
    let lag = |second: i64| if second < 300 { 2 + second % 3 } else { (second - 300) * 10 };
    let moved = meter(|second| format!("lag={}", lag(second)), 600).moved().unwrap();
    assert_eq!((moved.measure, moved.name, moved.ended), (Measure::Level, "lag", None));
    let onset = moved.onset.at.unwrap() / 1_000_000;
    assert!((270..=330).contains(&onset), "{onset}");
    let over = |second: i64| if second < 600 { lag(second) } else { 3 };
    let ended = meter(|second| format!("lag={}", over(second)), 900).moved().unwrap().ended.unwrap();
    assert!((600..=660).contains(&(ended / 1_000_000)), "{ended}");
}

#[test]
fn what_goes_up_and_down_does_not_grow() {
    assert_eq!(meter(|second| format!("heap={}", 100 + second % 90), 900).moved(), None);
    assert_eq!(meter(|second| format!("queue depth: {}", (second * 7919) % 50), 900).moved(), None);
    assert_eq!(meter(|_| "pending 7".to_owned(), 900).moved(), None);
}

#[test]
fn a_duration_whose_distribution_moves_is_a_shift() {
    let noise = |second: i64| (second * 7919) % 20;
    let slower = meter(
        |second| format!("GET /x took {}ms", 10 + noise(second) + if second >= 600 { 120 } else { 0 }),
        900,
    );
    let moved = slower.moved().unwrap();
    let onset = moved.onset.at.unwrap() / 1_000_000;
    assert_eq!(moved.measure, Measure::Duration);
    assert!((570..=640).contains(&onset), "{onset}");
    assert!(moved.since > 4.0 * moved.before);
    assert_eq!(meter(|second| format!("took {}ms", 10 + noise(second)), 900).moved(), None);
    let spikes = |second: i64| if second % 97 == 0 { 5000 } else { 10 + noise(second) };
    assert_eq!(meter(|second| format!("took {}ms", spikes(second)), 900).moved(), None);
}
