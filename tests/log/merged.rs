//! The view of all logs merged: many of them, such that join while it is looked at.

use std::fs;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sevdeck::incident::{Place, SourceId};
use sevdeck::log::Request;
use sevdeck::log::view::{Line, Move, Scope};

use crate::log::rig::{ONE, Rig, is_same, line as job, lines_of};

fn at(second: usize) -> Timestamp {
    "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second as i64)
}

/// The line of a second; seconds go round among the files.
fn line(second: usize) -> String {
    format!("{} INFO request {second} done", at(second))
}

/// Writes a file that holds each `files`th of the seconds before `end`.
fn write(rig: &Rig, file: usize, files: usize, end: usize) {
    let lines: Vec<String> = (file..end).step_by(files).map(line).collect();
    fs::write(rig.path(&format!("{file}.log")), lines.join("\n") + "\n").unwrap();
}

fn follow(rig: &mut Rig, file: usize) {
    let (source, name) = (SourceId(file as u32), format!("{file}.log"));
    let path = rig.path(&name);
    rig.ask(Request::Follow { source, name, path, resume: None, ended: false });
}

fn show(rig: &mut Rig, rows: usize) {
    rig.ask(Request::Show { scope: Scope::Merged, filter: Arc::default(), rows });
}

#[track_caller]
fn assert_shows(rig: &Rig, seconds: std::ops::Range<usize>) {
    let shown: Vec<&str> = rig.window.lines.iter().map(|line| line.text.as_str()).collect();
    let wanted: Vec<String> = seconds.map(line).collect();
    assert_eq!(shown, wanted);
}

#[test]
fn a_log_that_joins_stands_among_the_lines_of_the_others() {
    const FILES: usize = 12;
    let mut rig = Rig::new();
    show(&mut rig, 24);
    // The last ones first, so that numbers and times do not go together.
    for file in (0..FILES).rev() {
        write(&rig, file, FILES, 1200);
        follow(&mut rig, file);
        rig.until(|rig| rig.window.lines.iter().any(|line| line.source == SourceId(file as u32)));
    }
    rig.until(|_| true);
    assert_shows(&rig, 1176..1200);
    assert!(rig.window.following && rig.window.at_end);
    rig.go(Move::Lines(-1000));
    rig.until(|rig| rig.window.looking.is_none());
    assert_shows(&rig, 176..200);
}

#[test]
fn very_many_logs_are_merged_in_order() {
    const FILES: usize = 1500;
    let mut rig = Rig::new();
    (0..FILES).for_each(|file| write(&rig, file, FILES, 3 * FILES));
    show(&mut rig, 500);
    (0..FILES).for_each(|file| follow(&mut rig, file));
    rig.until(|rig| rig.window.lines_total == 3 * FILES as u64);
    assert_shows(&rig, 4000..4500);
    rig.go(Move::Time(at(2000)));
    rig.until(|rig| rig.window.looking.is_none());
    assert_shows(&rig, 1750..2250);
    rig.go(Move::Start);
    rig.until(|rig| rig.window.at_start);
    assert_shows(&rig, 0..500);
    for page in 1..9 {
        rig.go(Move::Lines(500));
        rig.until(|rig| rig.window.looking.is_none());
        assert_shows(&rig, page * 500..page * 500 + 500);
    }
    assert!(rig.window.at_end);
}

#[test]
fn a_record_with_a_wrong_date_stands_among_its_neighbours() {
    let mut rig = Rig::new();
    let mut lines: Vec<String> = (0..4000).step_by(2).map(line).collect();
    lines.insert(500, "2031-01-01T00:00:00Z WARN the clock is not set".to_owned());
    fs::write(rig.path("0.log"), lines.join("\n") + "\n").unwrap();
    write(&rig, 1, 2, 4000);
    follow(&mut rig, 0);
    follow(&mut rig, 1);
    show(&mut rig, 7);
    rig.until(|rig| rig.window.lines_total == 4001);
    assert_shows(&rig, 3993..4000);
    rig.go(Move::Time(at(3000)));
    rig.until(|rig| rig.window.looking.is_none() && !rig.window.following);
    assert_shows(&rig, 2997..3004);
    rig.go(Move::Time(at(998)));
    rig.until(|rig| rig.window.lines.iter().any(|line| line.text.contains("not set")));
    let shown: Vec<&str> = rig.window.lines.iter().map(|line| line.text.as_str()).collect();
    let stray = shown.iter().position(|text| text.contains("not set")).unwrap();
    assert_eq!((shown[stray - 1], shown[stray + 1]), (line(998).as_str(), line(999).as_str()));
}

fn follow_two(rig: &mut Rig, one: &str, other: &str) {
    rig.append("one.log", one);
    rig.append("two.log", other);
    for (source, name) in [(ONE, "one.log"), (SourceId(2), "two.log")] {
        let path = rig.path(name);
        rig.ask(Request::Follow { source, name: name.to_owned(), path, resume: None, ended: false });
    }
}

#[test]
fn logs_are_merged_by_time_with_their_traces() {
    let mut rig = Rig::new();
    let even: String = (0..40).step_by(2).map(|number| job(number) + "\n\tat even\n").collect();
    let odd: String = (1..40).step_by(2).map(|number| job(number) + "\n").collect();
    follow_two(&mut rig, &even, &odd);
    rig.ask(Request::Context {
        source: SourceId(3),
        name: "notes".to_owned(),
        text: "2026-03-01 a note\n".into(),
    });
    rig.show_filtered(Scope::Merged, "", 100);
    rig.until(|rig| lines_of(rig) == 61);
    rig.settle();
    let expected: Vec<String> = (0..40)
        .flat_map(|number| {
            std::iter::once(job(number)).chain((number % 2 == 0).then(|| "        at even".to_owned()))
        })
        .collect();
    assert_eq!(rig.texts(), expected);
    assert_eq!(rig.window.scope, Some(Scope::Merged));
    assert_eq!(rig.window.lines_total, 60);
    // A line that comes late belongs where its time says.
    rig.append("two.log", job(41) + "\n");
    rig.until(|rig| rig.texts().last() == Some(&job(41).as_str()));
    rig.append("one.log", job(40) + "\n");
    rig.until(|rig| rig.window.lines.len() == 62);
    assert_eq!(rig.texts()[60..], [job(40), job(41)]);
    rig.show_filtered(Scope::Merged, "source:#2", 100);
    rig.settle();
    assert!(rig.window.lines.len() == 21 && rig.window.lines.iter().all(|line| line.source == SourceId(2)));
    // By a place, by a time, and back.
    rig.show_filtered(Scope::Merged, "", 5);
    rig.go(Move::Time("2026-03-01T10:00:21Z".parse().unwrap()));
    rig.until(|rig| rig.window.lines.len() == 5 && rig.window.lines[2].text == job(21));
    let before: Vec<Line> = rig.window.lines.clone();
    for step in [7, -7, -13, 13] {
        rig.go(Move::Lines(step));
        rig.settle();
    }
    rig.until(|rig| rig.window.lines == before);
    let place = rig.window.lines[0].clone();
    rig.go(Move::Follow);
    rig.until(|rig| rig.window.at_end);
    rig.go(Move::Center(Place { source: place.source, start: place.start, end: place.end }));
    rig.until(|rig| is_same(&rig.window.lines[2], &place));
}
