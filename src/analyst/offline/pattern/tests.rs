//! Patterns over several statements: what shows them, and what only looks like them.

use super::*;
use crate::analyst::offline::pattern::series::is_climb;
use crate::evidence::CaseFile;

fn patterns(text: &str) -> Vec<(String, &'static str)> {
    let case = CaseFile::of_texts(&[text], "2026-11-21T15:00:00Z".parse().unwrap());
    let reading = Reading::new(&case);
    let named = |(number, name): (usize, &'static str)| (reading.statements[number].text.to_owned(), name);
    find(&reading).into_iter().map(named).collect()
}

#[test]
fn an_hour_that_comes_twice() {
    let twice = "run local=2026-10-25T02:30:00+02:00 ok\nrun local=2026-10-25T02:30:00+01:00 ok\n";
    assert!(patterns(twice).iter().any(|(text, name)| *name == "@hour-twice" && text.contains("+01:00")));
    let once = "run local=2026-10-24T02:30:00+02:00 ok\nrun local=2026-10-25T02:30:00+01:00 ok\n";
    assert!(patterns(once).is_empty());
}

#[test]
fn runs_that_pile_up() {
    let listed = "11 Jun 24 09:00:01 06:09:11 python3 /opt/j/a.py\n12 Jun 24 09:30:01 05:39:11 python3 /opt/j/a.py\n13 Jun 24 10:00:01 05:09:11 python3 /opt/j/a.py\n";
    assert_eq!(patterns(listed).iter().filter(|(_, name)| *name == "@copies").count(), 3);
    let log = "2026-06-24 08:30:01 start full sync\n2026-06-24 08:34:40 done\n2026-06-24 09:00:01 start full sync\n2026-06-24 09:30:01 start full sync\n";
    let found = patterns(log);
    assert_eq!(found.len(), 1);
    assert!(found[0].0.contains("09:30"));
}

#[test]
fn a_row_that_stands_out() {
    let row = |name: &str, count: u32| format!("{name}  31  {count}  640ms\n");
    let even: String = (1..6).map(|at| row(&format!("q-{at:02}"), 14_000 + at)).collect();
    assert!(patterns(&even).is_empty());
    let found = patterns(&(even + &row("q-26", 488_120)));
    assert_eq!(found.len(), 1);
    assert!(found[0].0.starts_with("q-26") && found[0].1 == "@outlier");
}

#[test]
fn a_measurement_that_never_falls_is_rising_and_its_heading_with_it() {
    let found = patterns(
        "09:50 connections of app, every half hour:\n08:30  4 | 09:00  9 | 09:30 18 | 10:00 27 | 10:30 37\n",
    );
    assert!(found.len() >= 2 && found.iter().all(|(_, name)| *name == "@rising"), "{found:?}");
    assert!(found[0].0.contains("connections of app"), "{found:?}");
    assert_eq!(patterns("requests/s over the same time: 212 205 214 210 219 216 211\n"), []);
}

#[test]
fn rows_below_times_that_moved() {
    let table = "            17:45   17:53   18:00\nstore qps     900   41000   40200\nhit ratio   99.9%   3%   1%\nedge rps    18.1k   18.3k   17.7k\n";
    let found = patterns(table);
    let moved: Vec<&str> =
        found.iter().filter(|(_, name)| *name == "->").map(|(text, _)| text.as_str()).collect();
    assert_eq!(moved.len(), 2, "{found:?}");
    assert!(moved[0].starts_with("store qps") && moved[1].starts_with("hit ratio"));
    let both = "item  before  now\np99  95ms  5,012ms\np50  11ms  11ms\n";
    assert_eq!(patterns(both).iter().filter(|(_, name)| *name == "->").count(), 1);
    assert_eq!(patterns("pid  user  rows\n7  web  9000\n8  web  1\n"), []);
}

#[test]
fn what_was_taken_back_and_helped() {
    let named = |text: &str| patterns(text).iter().any(|(_, name)| *name == "@helped");
    assert!(named("10:02 v7 out\n10:03 errors 18%\n10:20 rolled back to v6\n10:22 errors gone\n"));
    assert!(!named("10:02 v7 out\n10:20 rolled back to v6\n10:22 no change, errors not gone\n"));
    assert!(!named("10:02 v7 out\n10:20 shall we roll back?\n"));
}

#[test]
fn two_versions_at_the_same_time() {
    let skewed = |text: &str| patterns(text).iter().filter(|(_, name)| *name == "@skew").count();
    let row = |time: &str, host: &str, build: &str| format!("2026-03-17T{time}Z {host} build={build} sent\n");
    let both = row("14:30:06", "push-8", "5.9.3") + &row("14:30:08", "push-3", "6.0.0");
    assert_eq!(skewed(&both), 2);
    assert_eq!(skewed(&(row("14:30:06", "push-8", "5.9.3") + &row("15:30:08", "push-8", "6.0.0"))), 0);
    assert_eq!(skewed(&(row("14:30:06", "push-8", "6.0.0") + &row("14:30:08", "push-3", "6.0.0"))), 0);
}

#[test]
fn a_climb_in_one_sentence() {
    assert!(is_climb("rss mon 410Mi tue 690Mi wed 980Mi thu 1270Mi"));
    assert!(!is_climb("disk 61% -> 70% -> 88% -> 99%"), "less than twice");
    assert!(is_climb("heap 2G 3G 5G 8G"));
    assert!(!is_climb("p50 11ms p90 40ms p99 95ms 40ms"));
}

#[test]
fn two_servers_that_take_writes_are_named() {
    let both = "db-1> select @@read_only, @@gtid_executed;   0 | 3fe1:1-9\ndb-2> select @@read_only;  0\n";
    let found = patterns(both);
    assert_eq!(found.iter().map(|(_, name)| *name).collect::<Vec<_>>(), ["@both-writable"; 2]);
    assert_eq!(patterns("db-1> select @@read_only;   0\ndb-2> select @@read_only;  1\n"), []);
    let rows = "mysql> select @@hostname, @@read_only, @@gtid;\n db-e1 | 0 | 3e1:1-9\n db-w2 | 0 | 3e1:1-8\n";
    assert_eq!(patterns(rows).iter().filter(|(_, name)| *name == "@both-writable").count(), 2);
    assert_eq!(patterns(&rows.replace("w2 | 0", "w2 | 1")), []);
}

#[test]
fn rows_that_hardly_moved_are_flat() {
    let table = "            17:45   17:53   18:00\nedge rps    18.1k   18.3k   17.7k\nqueue   4   9   7\n";
    let found = patterns(table);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.starts_with("edge rps") && found[0].1 == "@flat");
}

#[test]
fn a_file_that_outgrew_its_kind() {
    let row =
        |size: u32, at: u32| format!("-rw-r--r-- 1 gen gen {size} May 21 11:{at:02} rules.11{at:02}.bin\n");
    let steady = row(301_144, 0) + &row(301_160, 5) + &row(301_150, 15);
    assert_eq!(patterns(&steady), []);
    let found = patterns(&(steady + &row(602_312, 20)));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.contains("602312") && found[0].1 == "@grown");
}
