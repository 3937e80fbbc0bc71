//! Timestamps of the formats in the field.

use jiff::Timestamp;

use crate::log::time::{Clock, timestamp};

fn clock() -> Clock {
    let mut clock = Clock::default();
    clock.set_now("2026-03-02T00:30:00Z".parse().unwrap());
    clock
}

fn read(line: &str) -> Option<Timestamp> {
    clock().find(line.as_bytes()).and_then(|stamp| timestamp(stamp.at))
}

#[test]
fn every_form_is_read() {
    let table = [
        ("2026-03-01T10:00:00Z up", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00.123456Z up", "2026-03-01T10:00:00.123456Z"),
        ("2026-03-01T10:00:00.123456789Z up", "2026-03-01T10:00:00.123456Z"),
        ("2026-03-01 10:00:00,123 INFO up", "2026-03-01T10:00:00.123Z"),
        ("2026-03-01T18:00:00+08:00 up", "2026-03-01T10:00:00Z"),
        ("2026-03-01T18:00:00.5+0800 up", "2026-03-01T10:00:00.5Z"),
        ("[2026-03-01 05:00:00 -0500] up", "2026-03-01T10:00:00Z"),
        ("2026-03-01 10:00:00.123 UTC [77] FATAL:  sorry", "2026-03-01T10:00:00.123Z"),
        ("2026-03-01 12:00:00 CEST up", "2026-03-01T10:00:00Z"),
        ("2026/03/01 10:00:00 [error] 7#7: *1 connect() failed", "2026-03-01T10:00:00Z"),
        ("20260301T100000Z up", "2026-03-01T10:00:00Z"),
        ("2005-06-03-15.42.50.675872 R02", "2005-06-03T15:42:50.675872Z"),
        ("Mar  1 10:00:00 host sshd[1]: x", "2026-03-01T10:00:00Z"),
        ("Dec 31 23:59:59 host x", "2025-12-31T23:59:59Z"),
        ("<34>Mar 1 10:00:00 host x", "2026-03-01T10:00:00Z"),
        ("<34>1 2026-03-01T10:00:00.003Z host app - - x", "2026-03-01T10:00:00.003Z"),
        ("10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1", "2026-03-01T10:00:00Z"),
        ("[Sun Mar 01 10:00:00.123456 2026] [core:error] x", "2026-03-01T10:00:00.123456Z"),
        ("Sun Mar  1 10:00:00 UTC 2026", "2026-03-01T10:00:00Z"),
        ("Sun, 01 Mar 2026 10:00:00 GMT x", "2026-03-01T10:00:00Z"),
        ("1:M 01 Mar 2026 10:00:00.003 # x", "2026-03-01T10:00:00.003Z"),
        ("E0301 10:00:00.123456       7 x.go:1] y", "2026-03-01T10:00:00.123456Z"),
        ("I20260301 10:00:00.1 4 x.cc:1] y", "2026-03-01T10:00:00.1Z"),
        ("03-01 10:00:00.250  1702  2395 D Tag: x", "2026-03-01T10:00:00.25Z"),
        ("26/03/01 10:00:00 INFO spark.X: y", "2026-03-01T10:00:00Z"),
        ("081109 203615 148 INFO dfs.X: y", "2008-11-09T20:36:15Z"),
        ("260301  9:05:01 [Note] mysqld", "2026-03-01T09:05:01Z"),
        ("03/01/2026 10:00:00 PM x", "2026-03-01T22:00:00Z"),
        ("23:00:00.500 [main] INFO x", "2026-03-01T23:00:00.5Z"),
        ("00:10:00 x", "2026-03-02T00:10:00Z"),
        ("1772359200 x", "2026-03-01T10:00:00Z"),
        ("1772359200.25 x", "2026-03-01T10:00:00.25Z"),
        ("1772359200123 x", "2026-03-01T10:00:00.123Z"),
        ("[INFO:repo] repo:47 2026-03-01 10:00:00,5: x", "2026-03-01T10:00:00.5Z"),
        ("(2026-03-01  9:05:01): [nss] [x] (0x0020): y", "2026-03-01T09:05:01Z"),
        ("2026-03-01 In(14) app[7]: x", "2026-03-01T00:00:00Z"),
        ("[03.01 10:00:00] a.exe - b:443 close", "2026-03-01T10:00:00Z"),
        ("10003 1772359200.250 accept4(3,", "2026-03-01T10:00:00.25Z"),
        ("4787 23:00:00.5 openat(x)", "2026-03-01T23:00:00.5Z"),
        ("1:signal-handler (1772359200) Received SIGTERM", "2026-03-01T10:00:00Z"),
        ("#+1772359200", "2026-03-01T10:00:00Z"),
        ("#1772359200", "2026-03-01T10:00:00Z"),
        ("# Time: 260301 10:00:00", "2026-03-01T10:00:00Z"),
        ("Thread-7::INFO::2026-03-01 10:00:00,5::x", "2026-03-01T10:00:00.5Z"),
        ("monitor:03/01/2026 10:00:00:250 PM UTC: x", "2026-03-01T22:00:00.25Z"),
        ("2012-02-14 10:44:10 configure base-files 5.0", "2012-02-14T10:44:10Z"),
        ("@4000000069a40e2a1dcd6500 up", "2026-03-01T10:00:00.5Z"),
        ("2026-03-01T11:00:00+01:00[Europe/Berlin] up", "2026-03-01T10:00:00Z"),
        ("2026-03-01\t10:00:00\tFRA50\t392", "2026-03-01T10:00:00Z"),
        ("Information\t3/1/2026 9:05:01 PM\tService Control Manager", "2026-03-01T21:05:01Z"),
        ("3/1/2026, 10:00:00 AM x", "2026-03-01T10:00:00Z"),
        (
            "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1772359200 1772359260 REJECT OK",
            "2026-03-01T10:00:00Z",
        ),
        ("TCF 29:47.191: 0: ---> C 4", "2026-03-02T00:29:47.191Z"),
        ("2026-03-01 15:30:00 IST x", "2026-03-01T10:00:00Z"),
        ("Feb 29 10:00:00 host x", "2024-02-29T10:00:00Z"),
        ("Mar  2 23:00:00 host x", "2026-03-02T23:00:00Z"),
    ];
    for (line, expected) in table {
        assert_eq!(read(line), Some(expected.parse().unwrap()), "{line}");
    }
}

#[test]
fn other_numbers_are_not_times() {
    for line in [
        "",
        "order 1772359200 shipped",
        "took 10:00 minutes",
        "2026-13-01T10:00:00Z",
        "99:00:00 x",
        "v2.41.0 deployed",
        "2048 1772359200 bytes",
        "worker (1772359200) done",
        "10.0.0.1 connected",
        "10.12.34.56 connected",
        "Marvin 1 10:00:00",
        "12345678901 x",
        "    at x.y(Z.java:10)",
    ] {
        assert_eq!(read(line), None, "{line}");
    }
}

#[test]
fn the_place_of_the_last_timestamp_is_tried_first_and_changes_are_followed() {
    let mut clock = clock();
    assert!(clock.find(b"2026-03-01T10:00:00Z a").is_some());
    assert!(clock.find(b"2026-03-01T10:00:01Z b").is_some());
    let other = clock.find(b"Mar  1 10:00:02 host c").unwrap();
    assert_eq!(timestamp(other.at).unwrap(), "2026-03-01T10:00:02Z".parse().unwrap());
    assert!(clock.find(b"no time here").is_none());
}

#[test]
fn a_number_is_no_time_in_a_log_without_times() {
    let mut clock = clock();
    for _ in 0..20 {
        assert!(clock.find(b"63543 alignment exceptions").is_none());
    }
    assert!(clock.find(b"status changed at 2026-03-01T10:00:00Z to M").is_some());
    assert!(clock.find(b"1772359200 alignment exceptions").is_none());
}

fn at(now: &str, line: &str) -> Timestamp {
    let mut clock = Clock::default();
    clock.set_now(now.parse().unwrap());
    timestamp(clock.find(line.as_bytes()).unwrap().at).unwrap()
}

#[test]
fn dates_without_a_year_are_right_on_both_sides_of_new_year() {
    let table = [
        ("2026-01-01T00:10:00Z", "Dec 31 23:59:59 h x", "2025-12-31T23:59:59Z"),
        ("2026-01-01T00:10:00Z", "Jan  1 00:00:01 h x", "2026-01-01T00:00:01Z"),
        // The clock there is an hour ahead of ours.
        ("2025-12-31T23:30:00Z", "Jan  1 00:30:00 h x", "2026-01-01T00:30:00Z"),
        ("2025-12-31T12:00:00Z", "Jan  5 00:00:01 h x", "2025-01-05T00:00:01Z"),
        ("2026-06-01T00:00:00Z", "1231 23:59:59.5 x", "2025-12-31T23:59:59.5Z"),
    ];
    for (now, line, expected) in table {
        let line = if line.starts_with('1') { format!("I{line}") } else { line.to_owned() };
        assert_eq!(at(now, &line), expected.parse().unwrap(), "{now} {line}");
    }
}

#[test]
fn times_without_a_zone_take_the_one_that_is_set() {
    let mut clock = Clock::default();
    clock.set_zone(Some(jiff::tz::TimeZone::get("Europe/Berlin").unwrap()));
    clock.set_now("2026-07-02T00:30:00Z".parse().unwrap());
    let table = [
        ("2026-03-01 11:00:00 x", "2026-03-01T10:00:00Z"),
        ("2026-07-01 12:00:00 x", "2026-07-01T10:00:00Z"),
        ("2026-07-01T12:00:00Z x", "2026-07-01T12:00:00Z"),
        ("Jul  1 12:00:00 host x", "2026-07-01T10:00:00Z"),
        ("1772359200 x", "2026-03-01T10:00:00Z"),
        ("02:20:00 x", "2026-07-02T00:20:00Z"),
    ];
    for (line, expected) in table {
        let stamp = clock.find(line.as_bytes()).unwrap();
        assert_eq!(timestamp(stamp.at), Some(expected.parse().unwrap()), "{line}");
    }
}
