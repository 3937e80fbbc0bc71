//! Windows of what passes a filter: equal to reading the whole file and leaving out what does not.

use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use sevdeck::incident::{Level, Place, SourceId};
use sevdeck::log::Request;
use sevdeck::log::filter::{Filter, Reading};
use sevdeck::log::view::{Line, Move, Scope};

use crate::log::rig::{ONE, Rig, line, numbered};

fn filter(text: &str) -> Arc<Filter> {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let reading = Reading { now, last: "2026-03-01T11:00:00Z".parse().ok(), source: &|_| vec![] };
    Arc::new(Filter::parse(text, &reading).unwrap())
}

impl Rig {
    fn show_filtered(&mut self, scope: Scope, text: &str, rows: usize) {
        self.ask(Request::Show { scope, filter: filter(text), rows });
    }

    #[track_caller]
    fn settle(&mut self) {
        self.until(|rig| rig.window.looking.is_none());
    }

    fn texts(&self) -> Vec<&str> {
        self.window.lines.iter().map(|line| line.text.as_str()).collect()
    }

    /// Everything the view holds, by scrolling from its start to its end in pages.
    fn scroll_down(&mut self, page: i64) -> Vec<Line> {
        self.go(Move::Start);
        self.settle();
        let mut all = self.window.lines.clone();
        while !self.window.at_end {
            self.go(Move::Lines(page));
            self.settle();
            let last = all.last().cloned().unwrap();
            let known = self.window.lines.iter().position(|line| is_same(line, &last));
            all.extend_from_slice(&self.window.lines[known.expect("pages overlap") + 1..]);
        }
        all
    }

    /// The same from the end to the start.
    fn scroll_up(&mut self, page: i64) -> Vec<Line> {
        self.go(Move::Follow);
        self.settle();
        let mut all = self.window.lines.clone();
        while !self.window.at_start {
            self.go(Move::Lines(-page));
            self.settle();
            let first = all.first().cloned().unwrap();
            let known = self.window.lines.iter().position(|line| is_same(line, &first));
            all.splice(0..0, self.window.lines[..known.expect("pages overlap")].iter().cloned());
        }
        all
    }
}

fn is_same(one: &Line, other: &Line) -> bool {
    (one.source, one.start) == (other.source, other.start)
}

fn two() -> SourceId {
    SourceId(2)
}

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

/// Lines of a log: what they are, and whether a naive reading lets them pass.
fn logs() -> impl Strategy<Value = Vec<(u8, u16)>> {
    proptest::collection::vec((0_u8..10, 0_u16..600), 1..400)
}

/// The text, and the records: first line, number of lines, whether it is an error and holds a 7.
fn compose(lines: &[(u8, u16)]) -> (String, Vec<(usize, usize, bool, bool)>) {
    let mut text = String::new();
    let mut records: Vec<(usize, usize, bool, bool)> = Vec::new();
    for (number, (kind, size)) in lines.iter().enumerate() {
        let bad = *kind == 0;
        let more = *kind >= 7 && number > 0;
        let pad = "x".repeat(usize::from(*size));
        let body = format!("n={number} {pad}");
        let has = body.contains('7');
        match records.last_mut() {
            Some(last) if more => {
                writeln!(text, "\tat {body}").unwrap();
                last.1 += 1;
                last.3 |= has;
            }
            _ => {
                let level = if bad { "ERROR" } else { "INFO" };
                let (minute, second) = (number / 60 % 60, number % 60);
                writeln!(text, "2026-03-01T10:{minute:02}:{second:02}Z {level} {body}").unwrap();
                records.push((number, 1, bad, has || text.lines().last().unwrap().contains('7')));
            }
        }
    }
    (text, records)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn scrolling_through_a_filtered_view_is_reading_the_file(lines in logs(), which in 0_usize..4, page in 1_i64..30) {
        let (text, records) = compose(&lines);
        let typed = ["level:error", "7", "-7", "level:info 7"][which];
        let passes = |record: &&(usize, usize, bool, bool)| match which {
            0 => record.2,
            2 => !record.3,
            _ => record.3,
        };
        let expected: Vec<usize> =
            records.iter().filter(passes).flat_map(|record| record.0..record.0 + record.1).collect();
        let mut rig = Rig::new();
        rig.append("app.log", &text);
        rig.follow("app.log");
        rig.until_lines(lines.len() as u64);
        rig.show_filtered(Scope::Source(ONE), typed, 30);
        rig.settle();
        let starts: Vec<u64> = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u64 + 1))
            .collect();
        let expected: Vec<u64> = expected.into_iter().map(|line| starts[line]).collect();
        let down: Vec<u64> = rig.scroll_down(page).iter().map(|line| line.start).collect();
        prop_assert_eq!(&down, &expected);
        let up: Vec<u64> = rig.scroll_up(page).iter().map(|line| line.start).collect();
        prop_assert_eq!(&up, &expected);
    }
}

fn follow_two(rig: &mut Rig, one: &str, other: &str) {
    rig.append("one.log", one);
    rig.append("two.log", other);
    for (source, name) in [(ONE, "one.log"), (two(), "two.log")] {
        let path = rig.path(name);
        rig.ask(Request::Follow { source, name: name.to_owned(), path, resume: None, ended: false });
    }
}

fn lines_of(rig: &Rig) -> u64 {
    rig.digest.sources.iter().map(|source| source.lines).sum()
}

#[test]
fn logs_are_merged_by_time_with_their_traces() {
    let mut rig = Rig::new();
    let even: String = (0..40).step_by(2).map(|number| line(number) + "\n\tat even\n").collect();
    let odd: String = (1..40).step_by(2).map(|number| line(number) + "\n").collect();
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
            std::iter::once(line(number)).chain((number % 2 == 0).then(|| "        at even".to_owned()))
        })
        .collect();
    assert_eq!(rig.texts(), expected);
    assert_eq!(rig.window.scope, Some(Scope::Merged));
    assert_eq!(rig.window.lines_total, 60);
    // A line that comes late belongs where its time says.
    rig.append("two.log", line(41) + "\n");
    rig.until(|rig| rig.texts().last() == Some(&line(41).as_str()));
    rig.append("one.log", line(40) + "\n");
    rig.until(|rig| rig.window.lines.len() == 62);
    assert_eq!(rig.texts()[60..], [line(40), line(41)]);
    rig.show_filtered(Scope::Merged, "source:#2", 100);
    rig.settle();
    assert!(rig.window.lines.len() == 21 && rig.window.lines.iter().all(|line| line.source == two()));
    // By a place, by a time, and back.
    rig.show_filtered(Scope::Merged, "", 5);
    rig.go(Move::Time("2026-03-01T10:00:21Z".parse().unwrap()));
    rig.until(|rig| rig.window.lines.len() == 5 && rig.window.lines[2].text == line(21));
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

/// A naive merge: always the earliest of the records that come next, of the first source where times are equal.
fn naive(sources: &[Vec<i64>]) -> Vec<(u32, usize)> {
    let mut at = vec![0; sources.len()];
    let mut merged = Vec::new();
    while let Some((source, _)) = (0..sources.len())
        .filter_map(|source| sources[source].get(at[source]).map(|time| (source, *time)))
        .min_by_key(|(source, time)| (*time, *source))
    {
        merged.push((source as u32 + 1, at[source]));
        at[source] += 1;
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_merged_view_is_a_stable_merge(
        steps in proptest::collection::vec(proptest::collection::vec((0_i64..5, 0_usize..300), 1..300), 1..5),
        backward in any::<bool>(),
        page in 1_i64..25,
    ) {
        // Going back in time: no line may be lost or told twice.
        let times: Vec<Vec<i64>> = steps
            .iter()
            .map(|steps| {
                let mut now = 0;
                steps
                    .iter()
                    .map(|(step, _)| {
                        now += if backward && *step == 4 { -9 } else { *step };
                        now
                    })
                    .collect()
            })
            .collect();
        let mut rig = Rig::new();
        let base: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let mut lines = 0;
        let mut starts: Vec<Vec<u64>> = Vec::new();
        for (number, times) in times.iter().enumerate() {
            let mut text = String::new();
            let mut own = Vec::new();
            for (at, time) in times.iter().enumerate() {
                own.push(text.len() as u64);
                let pad = "y".repeat(steps[number][at].1);
                let moment = base + jiff::SignedDuration::from_secs(*time);
                writeln!(text, "{moment} INFO line {at} {pad}").unwrap();
            }
            starts.push(own);
            lines += times.len() as u64;
            let name = format!("{number}.log");
            rig.append(&name, &text);
            let path = rig.path(&name);
            rig.ask(Request::Follow { source: SourceId(number as u32 + 1), name, path, resume: None, ended: false });
        }
        rig.show_filtered(Scope::Merged, "", 25);
        rig.until(|rig| lines_of(rig) == lines);
        rig.settle();
        let expected: Vec<(u32, u64)> =
            naive(&times).into_iter().map(|(source, line)| (source, starts[source as usize - 1][line])).collect();
        let down: Vec<(u32, u64)> = rig.scroll_down(page).iter().map(|line| (line.source.0, line.start)).collect();
        prop_assert_eq!(&down, &expected);
        let mut up: Vec<(u32, u64)> = rig.scroll_up(page).iter().map(|line| (line.source.0, line.start)).collect();
        let mut expected = expected;
        if backward {
            for source in 1..=times.len() as u32 {
                let own: Vec<u64> = up.iter().filter(|line| line.0 == source).map(|line| line.1).collect();
                prop_assert_eq!(&own, &starts[source as usize - 1]);
            }
            up.sort_unstable();
            expected.sort_unstable();
        }
        prop_assert_eq!(&up, &expected);
    }
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
