//! Questions about the text of real files: searches, counts and histograms, while the files grow and rotate.

use std::sync::Arc;

use sevdeck::incident::{Level, Place, SourceId};
use sevdeck::log::Request;
use sevdeck::log::filter::{Filter, Pattern, Term, What};
use sevdeck::log::view::{CountRequest, Scope, SearchAnswer, SearchRequest, Target, ZoomRequest};

use crate::log::rig::{ONE, Rig, numbered};

const TWO: SourceId = SourceId(2);

fn text(pattern: &str) -> Target {
    Target::Text(Pattern { text: pattern.to_owned(), regex: false })
}

fn expression(pattern: &str) -> Target {
    Target::Text(Pattern { text: pattern.to_owned(), regex: true })
}

fn count(rig: &mut Rig, id: u64, scope: Scope, target: Target, filter: Filter) {
    rig.ask(Request::Count(Some(CountRequest { id, scope, filter: Arc::new(filter), target, mark: None })));
}

fn until_counted(rig: &mut Rig, id: u64, lines: u64) {
    rig.until(|rig| {
        rig.counted.is_some_and(|answer| (answer.id, answer.lines, answer.share) == (id, lines, 1.0))
    });
}

fn search(rig: &mut Rig, scope: Scope, target: Target, from: Option<Place>, backward: bool) -> SearchAnswer {
    let id = rig.found.len() as u64 + 1;
    rig.ask(Request::Search(SearchRequest { id, scope, filter: Arc::default(), target, from, backward }));
    rig.until(|rig| rig.found.last().is_some_and(|answer| answer.id == id));
    rig.found.last().unwrap().clone()
}

fn follow_two(rig: &mut Rig, name: &str) {
    let path = rig.path(name);
    rig.ask(Request::Follow { source: TWO, name: name.to_owned(), path, resume: None, ended: false });
}

#[test]
fn a_count_tells_which_of_the_hits_one_is() {
    let mut rig = Rig::new();
    // Large enough for many pieces; every tenth line is a hit, some of them twice.
    let lines = |from: usize, to: usize| -> String {
        let hit = |number| if number % 10 == 3 { "needle, needle" } else { "hay" };
        (from..to).map(|number| format!("2026-03-01T10:00:00Z INFO {number:08} {}\n", hit(number))).collect()
    };
    let width = lines(0, 1).len() as u64;
    rig.append("app.log", lines(0, 60_000));
    rig.follow("app.log");
    let starts: Vec<u64> = lines(0, 60_000)
        .split_inclusive('\n')
        .scan(0, |at, line| Some(std::mem::replace(at, *at + line.len() as u64)))
        .collect();
    assert!(starts[59_999] > 8 * 256 * 1024 && width < 60);
    let asked = |id: u64, scope: Scope, number: usize| {
        let start = starts[number] + 38;
        let mark = Some(Place { source: ONE, start, end: start + 6 });
        Request::Count(Some(CountRequest { id, scope, filter: Arc::default(), target: text("needle"), mark }))
    };
    let scope = Scope::Source(ONE);
    for (id, hit) in (1..).zip([0, 5_999, 17, 3_000, 18]) {
        rig.ask(asked(id, scope, hit * 10 + 3));
        rig.until(|rig| rig.counted.is_some_and(|answer| answer.id == id && answer.before.is_some()));
        let answer = rig.counted.unwrap();
        assert_eq!((answer.before, answer.lines, answer.share), (Some(hit as u64 + 1), 6_000, 1.0));
    }
    // Lines that come later leave the place as it is.
    rig.append("app.log", lines(60_000, 60_010));
    rig.until(|rig| rig.counted.is_some_and(|answer| answer.lines == 6_001));
    assert_eq!(rig.counted.unwrap().before, Some(19));
    rig.ask(asked(9, Scope::Merged, 3));
    until_counted(&mut rig, 9, 6_001);
    assert_eq!(rig.counted.unwrap().before, None, "a merged view has no such place");
}

#[test]
fn a_count_goes_on_while_the_file_grows_and_rotates() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 5_000));
    rig.follow("app.log");
    let scope = Scope::Source(ONE);
    count(&mut rig, 1, scope, text("seq=499"), Filter::default());
    until_counted(&mut rig, 1, 11);
    rig.append("app.log", numbered(49_900, 49_910));
    until_counted(&mut rig, 1, 21);
    // An unfinished line counts as soon as it holds a hit, and once.
    rig.append("app.log", "2026-03-01T10:00:00Z INFO worker handled job seq=49");
    rig.append("app.log", "9 again");
    until_counted(&mut rig, 1, 22);
    rig.append("app.log", " and again seq=499\n");
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(499_000, 499_003));
    until_counted(&mut rig, 1, 25);
    count(&mut rig, 2, scope, expression(r"seq=\d$"), Filter::default());
    until_counted(&mut rig, 2, 10);
    rig.ask(Request::Count(None));
    let told = rig.counted;
    rig.append("app.log", numbered(0, 10));
    rig.until_lines(5_000 + 10 + 1 + 3 + 10);
    assert_eq!(rig.counted, told, "nobody asks any more");
}

#[test]
fn bad_records_are_counted_by_the_index() {
    let mut rig = Rig::new();
    for number in 0..2_000 {
        rig.append("app.log", numbered(number, number + 1));
        if number % 100 == 0 {
            rig.append("app.log", "2026-03-01T10:00:00Z ERROR worker failed\n\tat a.b(C.java:1)\n");
        }
    }
    rig.append("app.log", "2026-03-01T11:00:00Z INFO not finished");
    rig.follow("app.log");
    count(&mut rig, 1, Scope::Source(ONE), Target::Bad, Filter::default());
    until_counted(&mut rig, 1, 20);
    count(
        &mut rig,
        2,
        Scope::Merged,
        text("c.java"),
        Filter { level: Some(Level::Error), ..Filter::default() },
    );
    until_counted(&mut rig, 2, 20);
}

#[test]
fn a_search_goes_across_generations() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 3_000));
    rig.append("app.log", "the needle of the first file\n");
    rig.follow("app.log");
    rig.until_lines(3_001);
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(0, 3_000));
    rig.append("app.log", "the needle of the second file\n");
    rig.until_lines(6_002);
    let first = numbered(0, 3_000).len() as u64 + 4;
    let second = 2 * (first - 4) + "the needle of the first file\n".len() as u64 + 4;
    let place = |start| Some(Place { source: ONE, start, end: start + 6 });
    let scope = Scope::Source(ONE);
    for (from, backward, expected, wrapped) in [
        (None, false, first, false),
        (None, true, second, false),
        (place(first), false, second, false),
        (place(second), false, first, true),
        (place(second), true, first, false),
        (place(first), true, second, true),
    ] {
        let answer = search(&mut rig, scope, text("needle"), from, backward);
        assert_eq!((answer.hit, answer.wrapped), (place(expected), wrapped), "{from:?} {backward}");
    }
}

#[test]
fn a_merged_search_takes_what_comes_next_in_time() {
    let mut rig = Rig::new();
    for minute in 0..40 {
        let name = if minute % 2 == 0 { "a.log" } else { "b.log" };
        rig.append(name, format!("2026-03-01T10:{minute:02}:00Z ERROR needle {minute}\n"));
    }
    rig.follow("a.log");
    follow_two(&mut rig, "b.log");
    let context = "the needle is in the words of a person".into();
    rig.ask(Request::Context { source: SourceId(3), name: "notes".to_owned(), text: context });
    rig.until(|rig| rig.digest.sources.iter().map(|source| source.records).sum::<u64>() >= 40);
    for (target, backward) in [(text("needle"), false), (Target::Bad, true)] {
        let mut from = None;
        for number in 0..40 {
            let answer = search(&mut rig, Scope::Merged, target.clone(), from, backward);
            let hit = answer.hit.unwrap();
            let minute = if backward { 39 - number } else { number };
            assert_eq!(hit.source, if minute % 2 == 0 { ONE } else { TWO });
            assert!(!answer.wrapped);
            from = Some(hit);
        }
        let answer = search(&mut rig, Scope::Merged, target, from, backward);
        assert!(answer.wrapped, "{answer:?}");
    }
}

#[test]
fn lines_without_end_and_expressions_that_are_none() {
    let mut rig = Rig::new();
    rig.append("app.log", "x".repeat(3_000_000) + "needle" + &"x".repeat(3_000_000));
    rig.follow("app.log");
    let scope = Scope::Source(ONE);
    for target in [text("needle"), expression("ne+dle")] {
        for backward in [false, true] {
            let answer = search(&mut rig, scope, target.clone(), None, backward);
            assert_eq!(answer.hit.map(|hit| hit.start), Some(3_000_000), "{target:?}");
        }
        count(&mut rig, 1, scope, target, Filter::default());
        until_counted(&mut rig, 1, 1);
        rig.counted = None;
    }
    let answer = search(&mut rig, scope, expression("(needle"), None, false);
    assert!(answer.problem.is_some_and(|problem| problem.contains("unclosed group")));
    let answer = search(&mut rig, Scope::Source(TWO), text("needle"), None, false);
    assert_eq!((answer.hit, answer.problem), (None, None), "a source that is not there");
}

#[test]
fn a_histogram_of_any_stretch() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 3_600));
    rig.append("app.log", "2026-03-01T10:59:59Z FATAL gone\n2026-03-01T10:59:59Z WARN low\n");
    rig.follow("app.log");
    rig.until_lines(3_602);
    let ask = |rig: &mut Rig, id, from: &str, to: &str, buckets, level| {
        let filter = Arc::new(Filter { level, ..Filter::default() });
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        rig.zoomed = None;
        rig.ask(Request::Zoom(Some(ZoomRequest {
            id,
            scope: Scope::Source(ONE),
            filter,
            from,
            to,
            buckets,
        })));
        rig.until(|rig| rig.zoomed.as_ref().is_some_and(|answer| answer.id == id && answer.share == 1.0));
        rig.zoomed.clone().unwrap()
    };
    let sum = |buckets: &[[u32; 4]]| {
        buckets.iter().fold([0; 4], |sum, bucket| std::array::from_fn(|at| sum[at] + bucket[at]))
    };
    let all = ask(&mut rig, 1, "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 60, None);
    assert_eq!(sum(&all.buckets), [1, 0, 1, 3_600]);
    let fine = ask(&mut rig, 2, "2026-03-01T10:30:00Z", "2026-03-01T10:31:00Z", 60, None);
    assert_eq!(fine.buckets, vec![[0, 0, 0, 1]; 60]);
    let bad = ask(&mut rig, 3, "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", 400, Some(Level::Warn));
    assert_eq!(sum(&bad.buckets), [1, 0, 1, 0]);
    let none = ask(&mut rig, 4, "2026-03-02T10:00:00Z", "2026-03-02T10:00:10Z", 10, None);
    assert_eq!(sum(&none.buckets), [0; 4]);
    let live = ask(&mut rig, 5, "2026-03-01T10:59:50Z", "2026-03-01T11:00:00Z", 10, None);
    assert_eq!(live.buckets[9], [1, 0, 1, 1]);
    rig.append("app.log", "2026-03-01T10:59:59Z ERROR late\n");
    rig.until(|rig| rig.zoomed.as_ref().is_some_and(|answer| answer.buckets[9] == [1, 1, 1, 1]));
}

#[test]
fn trends_and_losses_are_in_the_digest() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 3_600));
    rig.append("app.log", b"2026-03-01T11:00:00Z INFO caf\xe9 opens\n");
    rig.append("app.log", format!("2026-03-01T11:00:00Z INFO long {}\n", "é ".repeat(10_000)));
    rig.follow("app.log");
    rig.until_lines(3_602);
    let losses = rig.digest.sources[0].losses;
    assert_eq!((losses.cut_lines, losses.invalid_lines), (1, 1));
    let common = rig.digest.templates.iter().find(|template| template.count >= 3_600).unwrap();
    assert_eq!(common.trend.len(), rig.digest.histogram.all.len());
    assert_eq!(common.trend.iter().map(|count| u64::from(*count)).sum::<u64>(), common.count);
    let sums: Vec<u32> = (0..common.trend.len())
        .map(|bucket| rig.digest.templates.iter().map(|template| template.trend[bucket]).sum())
        .collect();
    assert_eq!(sums, rig.digest.histogram.all);
}

/// The id that a digest tells of a template finds its records, also where it became more general with time.
#[test]
fn records_are_found_by_the_template_a_digest_tells() {
    let mut rig = Rig::new();
    let words =
        ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu", "nu"];
    for (minute, word) in words.iter().enumerate() {
        for second in 0..5 {
            let at = format!("2026-03-01T10:{minute:02}:0{second}Z");
            rig.append("app.log", format!("{at} INFO cache region {word} was filled by worker\n"));
            rig.append("app.log", format!("{at} ERROR job {minute}{second} failed\n\tat a.b(C.java:1)\n"));
        }
    }
    rig.follow("app.log");
    rig.until(|rig| rig.digest.sources.first().is_some_and(|source| source.records == 120));
    let templates = rig.digest.templates.clone();
    assert_eq!(templates.iter().map(|template| template.count).sum::<u64>(), 120);
    for (id, template) in (1..).zip(templates) {
        let what = What::Template(template.id.clone());
        let filter = Filter { terms: vec![Term { what, exclude: false }], ..Filter::default() };
        count(&mut rig, id, Scope::Source(ONE), text("2026"), filter.clone());
        until_counted(&mut rig, id, template.count);
        let filter = Arc::new(filter);
        let (from, to) = ("2026-03-01T10:00:00Z".parse().unwrap(), "2026-03-01T11:00:00Z".parse().unwrap());
        rig.zoomed = None;
        let scope = Scope::Source(ONE);
        rig.ask(Request::Zoom(Some(ZoomRequest { id, scope, filter, from, to, buckets: 60 })));
        rig.until(|rig| rig.zoomed.as_ref().is_some_and(|answer| answer.share == 1.0));
        let zoomed = rig.zoomed.as_ref().unwrap();
        assert_eq!(
            zoomed.buckets.iter().flatten().map(|count| u64::from(*count)).sum::<u64>(),
            template.count
        );
    }
}
