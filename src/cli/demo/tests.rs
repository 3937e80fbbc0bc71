//! The shipped incidents keep their promises, and the writer writes what the generator makes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;

use crate::cli::demo::generate::{Generator, Written};
use crate::cli::demo::scenario::{Scenario, Template};
use crate::cli::demo::{Demo, SHIPPED};

fn start() -> Timestamp {
    "2026-03-01T14:02:00Z".parse().unwrap()
}

fn shipped() -> impl Iterator<Item = (&'static str, Scenario)> {
    SHIPPED.iter().map(|(name, text)| (*name, Scenario::parse(text).unwrap()))
}

fn lines(scenario: &Scenario, from: i64, to: i64, speed: f64) -> Vec<Written> {
    let generator = Generator::new(scenario, start(), speed);
    (from..to).flat_map(|second| generator.second(second)).collect()
}

fn is_bad(line: &Written) -> bool {
    line.text.contains(" ERROR ") || line.text.contains(" FATAL: ")
}

fn rate(lines: &[Written], from: f64, to: f64) -> f64 {
    lines.iter().filter(|line| is_bad(line) && (from..to).contains(&line.at)).count() as f64 / (to - from)
}

#[test]
fn the_same_lines_come_out_every_time_and_times_never_go_back() {
    for (name, scenario) in shipped() {
        let history = -i64::from(scenario.history);
        let once = lines(&scenario, history, 240, 1.0);
        assert_eq!(once, lines(&scenario, history, 240, 1.0), "{name}");
        assert!(once.is_sorted_by(|a, b| a.at <= b.at), "{name}");
        assert!(once.iter().all(|line| line.text.ends_with('\n') && !line.text.contains('{')), "{name}");
    }
}

#[test]
fn it_is_healthy_before_bad_within_ten_seconds_worst_after_a_minute_and_over_after_three() {
    for (name, scenario) in shipped() {
        let history = -i64::from(scenario.history);
        let all = lines(&scenario, history, 400, 1.0);
        let first = all.iter().find(|line| is_bad(line)).unwrap();
        assert!((0.0..10.0).contains(&first.at), "{name}: {first:?}");
        let peak = rate(&all, 55.0, 65.0);
        assert!(peak > 10.0 * rate(&all, 6.0, 10.0), "{name}: {peak}");
        assert!(rate(&all, 55.0, 65.0) >= 0.9 * rate(&all, 20.0, 50.0), "{name}");
        assert_eq!(rate(&all, 160.0, 400.0), 0.0, "{name}");
        assert!(all.iter().any(|line| line.at > 390.0), "{name}: a healthy trickle goes on");
        assert!(all.iter().filter(|line| line.at < 0.0).count() > 1000, "{name}: there is a before");
    }
}

#[test]
fn the_payment_incident_says_what_its_story_needs() {
    let (_, scenario) = shipped().next().unwrap();
    let text: String = lines(&scenario, -1200, 200, 1.0).into_iter().map(|line| line.text).collect();
    for words in [
        "FATAL:  sorry, too many clients already",
        "connection refused",
        "active_connections: 500 / 500",
        "waiting_queries: 87",
        "payment-svc v2.41 shipped",
        "added nightly settlement batch (cron: */30 * * * *)",
        "SELECT * FROM ledger_entries WHERE status='pending'",
        "DB looks healthy, CPU is fine",
        "CS reports failed checkout volume rising",
        "Pager: PaymentSvcErrorRateHigh",
        "No infra/DB changes in past 7 days",
        "terminating connection due to administrator command",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn at_any_speed_lines_carry_the_time_they_are_written_at() {
    let (_, scenario) = shipped().next().unwrap();
    let generator = Generator::new(&scenario, start(), 10.0);
    assert_eq!(generator.time(60.0).to_string(), "2026-03-01T14:02:06Z");
    assert_eq!(generator.time(-60.0).to_string(), "2026-03-01T14:01:00Z");
}

#[test]
fn a_scenario_with_a_mistake_is_refused_with_its_name() {
    let wrong = |text: &str| Template::try_from(text.to_owned()).unwrap_err();
    assert!(wrong("{tiem}").contains("tiem"));
    assert!(wrong("a {int 1").contains("no }"));
    let text = SHIPPED[0].1.replace("{curve waiting}", "{curve wating}");
    assert!(Scenario::parse(&text).unwrap_err().contains("wating"));
    let text = SHIPPED[0].1.replace("every = 15", "every = 15\nat = 3");
    assert!(Scenario::parse(&text).unwrap_err().contains("one of rate, every, at"));
}

#[test]
fn the_writer_writes_private_files_with_a_history_and_goes_on_until_dropped() {
    let demo = Demo::start(None, 2000.0, Timestamp::now()).unwrap();
    let files = demo.files().to_vec();
    let pg = files.iter().find(|path| path.ends_with("postgresql-primary.log")).unwrap();
    let folder = pg.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(pg).unwrap().permissions().mode() & 0o777, 0o600);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !fs::read_to_string(pg).unwrap().contains("too many clients already") {
        assert!(std::time::Instant::now() < deadline, "nothing was written");
        std::thread::yield_now();
    }
    drop(demo);
    let len = fs::metadata(pg).unwrap().len();
    assert_eq!(fs::metadata(pg).unwrap().len(), len);
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.lines().count() > 3000);
    fs::remove_dir_all(folder).unwrap();
}
