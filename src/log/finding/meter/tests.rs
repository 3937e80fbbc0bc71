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

/// Ten requests a second, as nginx writes them with the time they took.
fn requests(seconds: i64, took_ms: impl Fn(i64, i64) -> i64) -> Option<Moved> {
    let line = |second: i64, tick: i64| {
        let took = took_ms(second, second * 10 + tick);
        format!(
            r#"10.0.0.1 - - [x] "GET /pay HTTP/1.1" 200 612 "-" "curl" {}.{:03}"#,
            took / 1000,
            took % 1000
        )
    };
    let mut meter = Meter::access(line(0, 0).as_bytes(), 0).unwrap();
    for second in 0..seconds {
        for tick in 0..10 {
            let at = second * 1_000_000 + tick * 100_000;
            meter.record(at, line(second, tick).as_bytes(), || Sample { at: Some(at), ..Sample::default() });
        }
    }
    meter.moved()
}

#[test]
fn requests_of_access_lines_become_slower_without_a_name_beside_the_number() {
    let usual = |number: i64| 20 + number * 7919 % 30;
    let moved = requests(600, |second, number| usual(number) * if second < 400 { 1 } else { 8 }).unwrap();
    assert_eq!((moved.name, moved.part), ("requests", ""));
    assert!((370..=430).contains(&(moved.onset.at.unwrap() / 1_000_000)), "{moved:?}");
    assert_eq!(requests(600, |_, number| usual(number)), None);
}

#[test]
fn a_slowest_part_that_moves_is_a_shift_of_that_part() {
    let usual = |number: i64| 20 + number * 7919 % 30;
    let slow = |second: i64, number: i64, one_in: i64| {
        if second >= 400 && number % one_in == 0 { 900 } else { usual(number) }
    };
    let moved = requests(600, |second, number| slow(second, number, 11)).unwrap();
    assert_eq!(moved.part, " p95");
    assert!(moved.before < 60.0 && moved.since > 500.0, "{moved:?}");
    assert!((370..=430).contains(&(moved.onset.at.unwrap() / 1_000_000)), "{moved:?}");
    let moved = requests(900, |second, number| slow(second, number, 41)).unwrap();
    assert_eq!(moved.part, " p99");
    // A batch now and then, one bad minute, and a tail that was always there are no shift.
    assert_eq!(requests(900, |second, number| if second % 100 < 10 { 900 } else { usual(number) }), None);
    assert_eq!(requests(900, |_, number| if number % 11 == 0 { 900 } else { usual(number) }), None);
    assert_eq!(requests(900, |second, number| slow(if second < 460 { second } else { 0 }, number, 11)), None);
}
