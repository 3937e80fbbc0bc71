//! Windows and searches.

use std::sync::Arc;

use sevdeck::incident::{Place, SourceChange, SourceId};
use sevdeck::log::filter::Pattern;
use sevdeck::log::view::{Line, Move, Scope, SearchRequest, Target};
use sevdeck::log::{Engine, News, Request};

use crate::log::rig::{ONE, Rig, expected, line, numbered};

#[test]
fn the_end_of_a_huge_file_is_there_before_it_is_read() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 400_000));
    rig.follow("app.log");
    rig.show(10);
    let now = jiff::Timestamp::now();
    let more = rig.engine.step(now);
    let window = rig.engine.drain().into_iter().find_map(|news| match news {
        News::Window(window) => Some(window),
        _ => None,
    });
    let window = window.unwrap();
    assert!(more, "the file must be larger than one step");
    assert_eq!(window.lines.last().unwrap().text, line(399_999));
    assert_eq!(window.lines.len(), 10);
    assert_eq!(window.lines[0].number, None);
    assert!(window.at_end && window.following && !window.at_start);
    rig.until_lines(400_000);
    rig.until(|rig| rig.window.lines.last().is_some_and(|line| line.number == Some(400_000)));
}

#[test]
fn moving_about() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 100));
    rig.follow("app.log");
    rig.show(10);
    rig.until_lines(100);
    rig.go(Move::Lines(-5));
    rig.until(|rig| !rig.window.following);
    assert_eq!(rig.window.lines[0].text, line(85));
    assert_eq!(rig.window.lines[0].number, Some(86));
    rig.append("app.log", numbered(100, 101));
    rig.until_lines(101);
    assert_eq!(rig.window.lines[0].text, line(85), "what is read stays put while lines arrive");
    rig.go(Move::Lines(-1000));
    rig.until(|rig| rig.window.at_start);
    rig.go(Move::Lines(3));
    rig.until(|rig| rig.window.lines[0].text == line(3));
    let start = numbered(0, 50).len() as u64;
    rig.go(Move::Center(Place { source: ONE, start: start + 7, end: start + 9 }));
    rig.until(|rig| rig.window.lines[5].start == start);
    assert_eq!(rig.window.lines[5].text, line(50));
    rig.go(Move::Lines(1000));
    rig.until(|rig| rig.window.at_end);
    assert_eq!(rig.window.lines.last().unwrap().text, line(100));
    rig.go(Move::Follow);
    rig.append("app.log", "tail without break");
    rig.until(|rig| rig.window.lines.last().is_some_and(|line| line.text == "tail without break"));
}

#[test]
fn hostile_bytes_are_shown_harmless_and_huge_lines_cut() {
    let mut rig = Rig::new();
    rig.append("app.log", b"\xef\xbb\xbffirst\r\nbad \xff byte\r\nnul \0 byte\n\x1b]52;c;AAAA\x07\n");
    rig.append("app.log", vec![b'x'; 10 * 1024 * 1024]);
    rig.append("app.log", "\nlast\n");
    rig.follow("app.log");
    rig.show(10);
    rig.until_lines(6);
    rig.until(|rig| rig.window.lines.len() == 6);
    let texts: Vec<&str> = rig.window.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts[..4], ["first", "bad \u{fffd} byte", "nul \\x00 byte", "\\e]52;c;AAAA\\x07"]);
    assert!(rig.window.lines[4].cut && texts[4].len() <= Line::TEXT_MAX);
    assert_eq!(rig.window.lines[4].end - rig.window.lines[4].start, 10 * 1024 * 1024);
    assert_eq!(texts[5], "last");
}

#[test]
fn binary_content_is_said_and_not_analysed() {
    let mut rig = Rig::new();
    rig.append("core", [b"\0\0\0\0ERROR\n".as_slice(), &[0; 200]].concat());
    rig.follow("core");
    rig.until(|rig| rig.changes == [SourceChange::Binary]);
    rig.until_lines(1);
    assert!(rig.digest.templates.is_empty() && rig.digest.findings.is_empty());
}

#[test]
fn traces_belong_to_their_record() {
    let mut rig = Rig::new();
    let trace = "2026-03-01T10:00:00Z ERROR boom\njava.lang.IllegalStateException: no\n\tat a.b(C.java:1)\n";
    rig.append("app.log", format!("{}{trace}", numbered(0, 20)));
    rig.follow("app.log");
    rig.show(2);
    rig.until_lines(23);
    let window = &rig.window;
    assert!(window.lines.iter().all(|line| line.continuation), "{window:#?}");
    assert_eq!(window.lines[0].at, Some("2026-03-01T10:00:00Z".parse().unwrap()));
    assert_eq!(rig.digest.sources[0].records, 21);
}

#[test]
fn searching_both_ways_with_a_wrap() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 30_000));
    rig.append("app.log", "a Needle here\n");
    rig.append("app.log", numbered(0, 30_000));
    rig.follow("app.log");
    rig.until_lines(60_001);
    let at = numbered(0, 30_000).len() as u64 + 2;
    let hit = Some(Place { source: ONE, start: at, end: at + 6 });
    let ask = |id, text: &str, from, backward| {
        let target = Target::Text(Pattern { text: text.to_owned(), regex: false });
        let from = Some(Place { source: ONE, start: from, end: from });
        let scope = Scope::Source(ONE);
        Request::Search(SearchRequest { id, scope, filter: Arc::default(), target, from, backward })
    };
    for (id, text, from, backward, expected, wrapped) in [
        (1, "needle", 0, false, hit, false),
        (2, "Needle", at + 1, false, hit, true),
        (3, "needle", u64::MAX, true, hit, false),
        (4, "needle", at, true, hit, true),
        (5, "NEEDLE", 0, false, None, false),
    ] {
        rig.ask(ask(id, text, from, backward));
        rig.until(|rig| rig.found.last().is_some_and(|answer| answer.id == id));
        let answer = rig.found.last().unwrap();
        assert_eq!((answer.hit, answer.wrapped), (expected, wrapped), "search {id}");
    }
    assert_eq!(expected(1)[0], line(0));
}

#[test]
fn lines_that_are_asked_for_go_out_before_anything_else_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.log");
    std::fs::write(&path, numbered(0, 20_000)).unwrap();
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let mut engine = Engine::new(Box::new(|| {}));
    let source = SourceId(1);
    engine.handle(Request::Follow { source, name: "app.log".into(), path, resume: None, ended: false }, now);
    let scope = Scope::Source(source);
    engine.handle(Request::Show { scope, filter: Arc::default(), rows: 10 }, now);
    engine.handle(Request::Move(Move::Follow), now);
    assert!(engine.step(now), "there is more to do");
    let news = engine.drain();
    let [News::Window(window)] = &news[..] else { panic!("{news:?}") };
    assert_eq!(window.lines.last().unwrap().text, line(19_999));
    assert_eq!(engine.digest(now).sources[0].records, 0);
    while engine.step(now) {}
    assert_eq!(engine.digest(now).sources[0].records, 20_000);
    assert!(engine.drain().iter().any(|news| matches!(news, News::Digest(_))));
}

#[test]
fn texts_that_start_over_are_read_anew() {
    let mut rig = Rig::new();
    for text in ["one\ntwo\n", "three\nfour\nfive\n"] {
        rig.ask(Request::Context { source: ONE, name: "notes".to_owned(), text: text.into() });
        rig.show(10);
        rig.until(|rig| rig.texts().join("\n") + "\n" == text);
    }
}

#[test]
fn a_line_without_end_does_not_hold_up_the_engine() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.append("app.log", vec![b'x'; 48 * 1024 * 1024]);
    rig.append("app.log", "\n");
    rig.append("app.log", numbered(10, 20));
    rig.follow("app.log");
    rig.show(12);
    rig.until(|rig| rig.window.lines.len() == 12 && rig.window.looking.is_none());
    assert_eq!(rig.window.lines[1].end - rig.window.lines[1].start, 48 * 1024 * 1024);
    assert_eq!(rig.window.lines[0].text, line(9));
    rig.until_lines(21);
    rig.show(5);
    rig.go(Move::Top(numbered(0, 10).len() as u64 + 20_000_000));
    rig.until(|rig| rig.window.lines[0].cut);
    rig.go(Move::Lines(-1));
    rig.until(|rig| rig.window.lines[0].text == line(9));
    rig.settle();
    // The view is there: nothing is read for the next frame.
    rig.show_filtered(Scope::Source(ONE), "seq=3", 5);
    rig.until(|rig| rig.window.lines.len() == 1);
    rig.settle();
}
