//! Windows of what passes a filter, while the filter and the log change.

use jiff::Timestamp;
use sevdeck::incident::{Level, Place, SourceId};
use sevdeck::log::Request;
use sevdeck::log::view::{Move, Scope};

use crate::log::rig::{ONE, Rig, line, numbered};

#[test]
fn rare_lines_are_found_both_ways_and_numbered() {
    let mut rig = Rig::new();
    let text: String = (0..200_000)
        .map(|number| match number {
            10 | 70_000 | 199_990 => format!("2026-03-01T10:00:00Z ERROR boom number={number}\n"),
            _ => line(number) + "\n",
        })
        .collect();
    rig.append("app.log", text);
    rig.follow("app.log");
    for typed in ["boom", "level:error", "/bo+m/ -absent", "level:error boom"] {
        rig.show_filtered(Scope::Source(ONE), typed, 10);
        rig.until_lines(200_000);
        rig.until(|rig| {
            rig.window.lines.len() == 3 && rig.window.lines.iter().all(|line| line.number.is_some())
        });
        let numbers: Vec<_> = rig.window.lines.iter().map(|line| line.number.unwrap()).collect();
        assert_eq!(numbers, [11, 70_001, 199_991], "{typed}");
        assert!(
            rig.window.at_start && rig.window.at_end && rig.window.following && rig.window.looking.is_none()
        );
        rig.go(Move::Start);
        rig.until(|rig| !rig.window.following);
        rig.settle();
        assert_eq!(rig.window.lines.len(), 3, "{typed}");
        rig.show(10);
        rig.go(Move::Follow);
        rig.until(|rig| rig.window.following);
    }
}

#[test]
fn the_place_is_kept_when_the_filter_changes() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 50_000));
    rig.follow("app.log");
    rig.show(10);
    rig.until_lines(50_000);
    let start = numbered(0, 25_000).len() as u64;
    rig.go(Move::Top(start));
    rig.until(|rig| rig.window.lines[0].start == start);
    rig.show_filtered(Scope::Source(ONE), "/seq=\\d*00$/", 10);
    rig.settle();
    assert_eq!(rig.window.lines[0].text, line(25_000));
    assert_eq!(rig.window.lines[1].text, line(25_100));
    rig.show(10);
    rig.settle();
    assert_eq!(rig.window.lines[0].text, line(25_000));
    assert_eq!(rig.window.lines[1].text, line(25_001));
    rig.show_filtered(Scope::Source(ONE), "seq=49999", 10);
    rig.settle();
    assert_eq!(rig.texts(), [line(49_999)]);
}

#[test]
fn moves_under_a_filter() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 3000));
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "/0$/", 5);
    rig.until_lines(3000);
    rig.settle();
    let shown = |numbers: [usize; 5]| numbers.map(line).to_vec();
    assert_eq!(rig.texts(), shown([2950, 2960, 2970, 2980, 2990]));
    rig.go(Move::Lines(-2));
    rig.until(|rig| !rig.window.following);
    rig.settle();
    assert_eq!(rig.texts(), shown([2930, 2940, 2950, 2960, 2970]));
    rig.go(Move::Start);
    rig.until(|rig| rig.window.at_start);
    assert_eq!(rig.texts(), shown([0, 10, 20, 30, 40]));
    rig.go(Move::Line(101));
    rig.until(|rig| rig.window.lines[2].number == Some(101));
    assert_eq!(rig.texts(), shown([80, 90, 100, 110, 120]));
    // A line that does not pass: the next one that does.
    rig.go(Move::Line(202));
    rig.until(|rig| rig.window.lines[2].number == Some(211));
    // Lines are one a second, an hour long.
    rig.go(Move::Time("2026-03-01T10:20:01Z".parse().unwrap()));
    rig.until(|rig| rig.window.lines[2].text == line(1210));
    let start = numbered(0, 500).len() as u64;
    rig.go(Move::Center(Place { source: ONE, start, end: start + 1 }));
    rig.until(|rig| rig.window.lines[2].text == line(500));
    rig.go(Move::Lines(100_000));
    rig.until(|rig| rig.window.at_end);
    assert_eq!(rig.texts(), shown([2950, 2960, 2970, 2980, 2990]));
    rig.go(Move::Lines(-100_000));
    rig.until(|rig| rig.window.at_start);
}

#[test]
fn matching_lines_are_followed() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 1000));
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "level:error", 4);
    rig.until_lines(1000);
    rig.settle();
    assert!(rig.window.lines.is_empty() && rig.window.at_start && rig.window.at_end);
    // Torn in the middle, and completed by the lines of a trace.
    rig.append("app.log", "2026-03-01T10:59:00Z ERR");
    rig.until(|rig| {
        rig.engine.digest(Timestamp::now()).sources[0].bytes_read
            == rig.path("app.log").metadata().unwrap().len()
    });
    rig.append("app.log", "OR boom\n\tat a.b(C.java:1)\n");
    rig.until(|rig| rig.window.lines.len() == 2);
    rig.append("app.log", "\tat a.b(D.java:1)\n");
    rig.append("app.log", numbered(1000, 2000));
    rig.until(|rig| rig.window.lines.len() == 3);
    rig.until_lines(2003);
    assert!(rig.window.following && rig.window.lines[2].continuation);
    assert_eq!(rig.window.lines[2].text, "        at a.b(D.java:1)");
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", "2026-03-01T11:00:00Z FATAL gone\n");
    rig.append("app.log", numbered(0, 10));
    rig.until(|rig| rig.window.lines.len() == 4);
    assert_eq!(rig.window.lines[3].level, Some(Level::Fatal));
}

#[test]
fn truncation_under_a_filter_starts_over() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 1000));
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "/0$/", 4);
    rig.until_lines(1000);
    rig.settle();
    std::fs::write(rig.path("app.log"), "2026-03-01T11:00:00Z WARN begins anew with 0\n").unwrap();
    rig.until_lines(1001);
    rig.settle();
    assert_eq!(rig.texts(), ["2026-03-01T11:00:00Z WARN begins anew with 0"]);
    assert!(rig.window.at_start && rig.window.at_end);
}

#[test]
fn lines_around() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 5000));
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "/seq=(10|14|4500)$/ around:2", 50);
    rig.until_lines(5000);
    rig.settle();
    let expected: Vec<String> = (8..17).chain(4498..4503).map(line).collect();
    assert_eq!(rig.texts(), expected);
    let around: Vec<bool> = rig.window.lines.iter().map(|line| line.around).collect();
    let pass = |number: usize| ![10, 14, 4500].contains(&number);
    assert_eq!(around, (8..17).chain(4498..4503).map(pass).collect::<Vec<_>>());
    rig.append("app.log", "2026-03-01T12:00:00Z INFO last seq=10\n");
    rig.until(|rig| rig.window.lines.last().is_some_and(|line| line.text.ends_with("last seq=10")));
    assert_eq!(rig.window.lines.len(), 17);
    rig.append("app.log", numbered(0, 1));
    rig.until(|rig| rig.window.lines.len() == 18);
    assert!(rig.window.lines[17].around);
}

#[test]
fn colours_are_seen_through() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 20));
    rig.append(
        "app.log",
        "\x1b[2m2026-03-01T10:30:00Z\x1b[0m \x1b[31mERROR\x1b[0m order \x1b[1m77\x1b[0m failed\n",
    );
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "level:error \"order 77 failed\"", 5);
    rig.until_lines(21);
    rig.settle();
    assert_eq!(rig.texts(), ["2026-03-01T10:30:00Z ERROR order 77 failed"]);
    let found = &rig.window.lines[0];
    assert_eq!((found.level, found.at), (Some(Level::Error), "2026-03-01T10:30:00Z".parse().ok()));
    let mined = rig.digest.templates.iter().find(|template| template.level == Some(Level::Error)).unwrap();
    assert_eq!(mined.text, "order <*> failed");
}

#[test]
fn records_of_a_template() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 1000));
    rig.append(
        "app.log",
        "2026-03-01T10:30:00Z INFO user 7 logged in\n2026-03-01T10:30:00Z INFO user 8 logged in\n",
    );
    rig.follow("app.log");
    rig.show(3);
    rig.until_lines(1002);
    rig.until(|rig| rig.window.lines.len() == 3 && rig.window.lines[1].template.is_some());
    let id = rig.window.lines[1].template.clone().unwrap();
    assert_eq!(rig.window.lines[2].template.as_ref(), Some(&id));
    assert_ne!(rig.window.lines[0].template.as_ref(), Some(&id));
    rig.show_filtered(Scope::Source(ONE), &format!("template:{}", &id[..8]), 5);
    rig.settle();
    assert_eq!(rig.window.lines.len(), 2);
    rig.show_filtered(Scope::Source(ONE), &format!("-template:{id}"), 5);
    rig.settle();
    assert_eq!(rig.window.lines.last().unwrap().text, line(999));
}

#[test]
fn a_newer_question_cancels_an_older_one() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 400_000));
    rig.follow("app.log");
    rig.show_filtered(Scope::Source(ONE), "/no[t]here/", 10);
    rig.engine.step(Timestamp::now());
    rig.show_filtered(Scope::Source(ONE), "seq=399999", 10);
    rig.until(|rig| rig.window.lines.len() == 1);
    rig.show(10);
    rig.until(|rig| rig.window.lines.len() == 10);
    rig.settle();
}

#[test]
fn a_template_that_nobody_knows_passes_nothing_until_it_is_known() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 200));
    rig.follow("app.log");
    rig.until_lines(200);
    let mut known = Rig::new();
    known.append("app.log", "2026-03-01T10:00:00Z ERROR the disk of node a1 is full\n".repeat(3));
    known.follow("app.log");
    known.until(|rig| rig.digest.templates.len() == 1);
    let id = known.digest.templates[0].id.clone();
    rig.show_filtered(Scope::Source(ONE), &format!("template:{id}"), 5);
    rig.settle();
    let window = &rig.window;
    assert!(window.lines.is_empty() && window.at_start && window.at_end, "{window:?}");
    rig.append("app.log", "2026-03-01T10:00:00Z ERROR the disk of node a1 is full\n");
    rig.until(|rig| rig.window.lines.len() == 1);
    rig.append("app.log", numbered(200, 300));
    rig.until_lines(301);
    assert_eq!(rig.window.lines.len(), 1);
}

#[test]
fn a_line_that_is_pointed_at_in_another_source_is_shown_whatever_is_filtered() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 100));
    rig.append("db.log", numbered(100, 200));
    rig.follow("app.log");
    let (source, path) = (SourceId(2), rig.path("db.log"));
    rig.ask(Request::Follow { source, name: "db".into(), path, resume: None, ended: false });
    rig.until(|rig| rig.digest.sources.iter().map(|source| source.lines).sum::<u64>() == 200);
    rig.show_filtered(Scope::Source(ONE), "nowhere", 5);
    rig.settle();
    assert!(rig.window.lines.is_empty());
    let start = numbered(100, 150).len() as u64;
    rig.go(Move::Center(Place { source, start, end: start + 4 }));
    rig.until(|rig| rig.window.lines.len() == 5);
    assert_eq!((rig.window.scope, rig.texts()[2]), (Some(Scope::Source(source)), line(150).as_str()));
}
