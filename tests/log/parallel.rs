//! Big backlogs: with a crew or without, at once or in pieces, the same comes out; lines have their numbers before
//! they are analysed.

use std::fmt::Write;
use std::fs;
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;
use sevdeck::incident::SourceId;
use sevdeck::log::crew::Crew;
use sevdeck::log::digest::Digest;
use sevdeck::log::view::{Move, Scope, Window};
use sevdeck::log::{Engine, News, Request};
use tempfile::TempDir;

use crate::log::rig::{ONE, numbered};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Lines of several formats with stack traces, `count` records.
fn mixed(count: u32, seed: u32) -> String {
    let mut text = String::new();
    let mut state = seed;
    for record in 0..count {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let value = state >> 16;
        let second = record / 20;
        let clock = format!("{:02}:{:02}:{:02}", 8 + second / 3600, second / 60 % 60, second % 60);
        let _ = match value % 9 {
            0 => writeln!(text, "2026-03-01T{clock}.{:03}Z INFO api request {value} served", value % 1000),
            1 => writeln!(text, "Mar  1 {clock} host-{} sshd[{value}]: session closed for bob", value % 9),
            2 => writeln!(text, "ts=2026-03-01T{clock}Z level=warn msg=\"queue {value} is slow\""),
            3 => writeln!(
                text,
                "{{\"time\":\"2026-03-01T{clock}Z\",\"level\":\"info\",\"msg\":\"row {value}\"}}"
            ),
            4 => writeln!(
                text,
                "10.0.0.{} - - [01/Mar/2026:{clock} +0000] \"GET /a/{value} HTTP/1.1\" {} 7",
                value % 250,
                200 + value % 4 * 100
            ),
            5 => writeln!(
                text,
                "2026-03-01 {clock},{:03} ERROR [main] a.b.C - order {value} failed\njava.lang.IllegalStateException: gone\n\tat a.b.C.run(C.java:{})\nCaused by: x",
                value % 1000,
                value % 300
            ),
            6 => writeln!(text, "E0301 {clock}.123456       7 x.go:1] sync of {value} failed\r"),
            7 => writeln!(
                text,
                "2026-03-01 {clock}.{:03} UTC [77] LOG:  pool active={value} total=50",
                value % 1000
            ),
            _ => writeln!(text, "words of a person about {value}\n"),
        };
    }
    text
}

fn crew(hands: usize) -> Crew {
    Crew::new(hands, |work| {
        thread::spawn(work);
        true
    })
}

fn follow(engine: &mut Engine, dir: &TempDir, number: u32, name: &str) {
    let request = Request::Follow {
        source: SourceId(number),
        name: name.to_owned(),
        path: dir.path().join(name),
        resume: None,
        ended: false,
    };
    engine.handle(request, now());
}

fn read(dir: &TempDir, names: &[&str], hands: usize) -> Digest {
    let mut engine = Engine::new(Box::new(|| {})).with_crew(crew(hands));
    for (number, name) in (1..).zip(names) {
        follow(&mut engine, dir, number, name);
    }
    while engine.step(now()) {}
    engine.digest(now())
}

#[test]
fn a_crew_changes_nothing() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("a.log"), mixed(60_000, 1)).unwrap();
    fs::write(dir.path().join("b.log"), mixed(30_000, 2)).unwrap();
    fs::write(dir.path().join("c.log"), mixed(100, 3)).unwrap();
    let names = ["a.log", "b.log", "c.log"];
    let alone = read(&dir, &names, 0);
    assert!(alone.sources[0].records > 50_000 && alone.findings.len() > 3, "{}", alone.findings.len());
    for hands in [1, 3] {
        assert_eq!(read(&dir, &names, hands), alone);
    }
}

#[test]
fn at_once_or_in_pieces_the_same_comes_out() {
    let text = mixed(20_000, 7);
    let at_once = TempDir::new().unwrap();
    fs::write(at_once.path().join("a.log"), &text).unwrap();
    let expected = read(&at_once, &["a.log"], 2);
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("a.log"), "").unwrap();
    let mut engine = Engine::new(Box::new(|| {})).with_crew(crew(1));
    follow(&mut engine, &dir, 1, "a.log");
    let (mut rest, mut size) = (text.as_bytes(), 1);
    while !rest.is_empty() {
        size = (size * 7 + 13) % 40_000;
        let (piece, later) = rest.split_at(size.min(rest.len()));
        let mut file = fs::OpenOptions::new().append(true).open(dir.path().join("a.log")).unwrap();
        std::io::Write::write_all(&mut file, piece).unwrap();
        rest = later;
        engine.handle(Request::Poll(true), now());
        while engine.step(now()) {}
    }
    let found = engine.digest(now());
    assert_eq!(found.findings, expected.findings);
    assert_eq!(found.templates, expected.templates);
    assert_eq!(found.histogram, expected.histogram);
    let counts = |digest: &Digest| (digest.sources[0].lines, digest.sources[0].records);
    assert_eq!(counts(&found), counts(&expected));
}

fn is_numbered(window: &Window) -> bool {
    window.lines.iter().all(|line| line.number.is_some())
}

/// Drives an engine until the window is as wanted.
fn window(engine: &mut Engine, wanted: impl Fn(&Window, &Digest) -> bool) -> (Window, Arc<Digest>) {
    let mut digest: Arc<Digest> = Arc::default();
    loop {
        let more = engine.step(now());
        let mut seen = None;
        for news in engine.drain() {
            match news {
                News::Window(window) => seen = Some(window),
                News::Digest(newer) => digest = newer,
                _ => {}
            }
        }
        if let Some(window) = seen
            && wanted(&window, &digest)
        {
            return (window, digest);
        }
        assert!(more, "the window never came");
    }
}

#[test]
fn lines_are_numbered_before_they_are_analysed() {
    let dir = TempDir::new().unwrap();
    let count = 500_000;
    fs::write(dir.path().join("a.log"), numbered(0, count)).unwrap();
    for hands in [0, 1] {
        let mut engine = Engine::new(Box::new(|| {})).with_crew(crew(hands));
        follow(&mut engine, &dir, 1, "a.log");
        engine.handle(Request::Show { scope: Scope::Source(ONE), filter: Arc::default(), rows: 10 }, now());
        let (seen, digest) =
            window(&mut engine, |window, _| window.lines_total == count as u64 && is_numbered(window));
        let analysed = digest.sources.first().map_or(0, |source| source.bytes_read);
        assert!(analysed < fs::metadata(dir.path().join("a.log")).unwrap().len(), "hands: {hands}");
        let numbers = |window: &Window| window.lines.iter().map(|line| line.number).collect::<Vec<_>>();
        let last: Vec<_> = (count as u64 - 9..=count as u64).map(Some).collect();
        assert_eq!(numbers(&seen), last);
        engine.handle(Request::Move(Move::Top(20_000_000)), now());
        let (seen, _) = window(&mut engine, |window, _| !window.following && is_numbered(window));
        for line in &seen.lines {
            assert!(line.text.ends_with(&format!("seq={}", line.number.unwrap() - 1)), "{line:?}");
        }
        // What was counted ahead is gone when the file is cut; what comes then is counted anew.
        fs::write(dir.path().join("a.log"), numbered(0, 10)).unwrap();
        engine.handle(Request::Poll(true), now());
        while engine.step(now()) {}
        let lines = engine.digest(now()).sources[0].lines;
        engine.handle(Request::Move(Move::Follow), now());
        let (seen, _) = window(&mut engine, |window, _| window.at_end && is_numbered(window));
        assert_eq!(seen.lines.last().and_then(|line| line.number), Some(lines));
        assert!(lines < count as u64);
        fs::write(dir.path().join("a.log"), numbered(0, count)).unwrap();
    }
}
