//! Searches, counts and histograms agree with naive ones, whatever the lines and however the text grows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use regex::bytes::Regex;

use crate::incident::{Level, Place, SourceId};
use crate::log::filter::{Filter, Pattern, Term, What};
use crate::log::histogram::Counter;
use crate::log::lane::{Lane, Shared};
use crate::log::search::Questions;
use crate::log::search::ground::{Ground, Grounds};
use crate::log::source::tape::{Segment, Tape};
use crate::log::talk::News;
use crate::log::view::{CountRequest, Scope, SearchAnswer, SearchRequest, Target, ZoomAnswer, ZoomRequest};

/// Sources in memory.
struct World {
    sources: BTreeMap<SourceId, (Tape, Lane)>,
    shared: Shared,
}

impl World {
    fn new(texts: &[&str]) -> Self {
        let mut world = Self { sources: BTreeMap::new(), shared: Shared::new() };
        for (number, text) in (1..).zip(texts) {
            let source = SourceId(number);
            let mut lane = Lane::new(source, "a.log", 0, 0);
            lane.set_now(moment(0));
            world.sources.insert(source, (Tape::default(), lane));
            world.grow(source, text, true);
        }
        world
    }

    /// The text is this now; where it is not analysed, only the file has grown.
    fn grow(&mut self, source: SourceId, text: &str, analysed: bool) {
        let (tape, lane) = self.sources.get_mut(&source).unwrap();
        tape.replace(Segment::text(text.into()));
        if analysed {
            lane.push(&text.as_bytes()[lane.read_to() as usize..], &mut self.shared);
        }
    }

    fn ask(&self, questions: &mut Questions) -> Vec<News> {
        let (mut news, mut at) = (Vec::new(), moment(0));
        loop {
            let more = questions.step(self, std::time::Instant::now());
            news.extend(questions.drain(self, at));
            if !more && questions.due_at().is_none() {
                return news;
            }
            at += jiff::SignedDuration::from_millis(60);
        }
    }

    fn search(&self, request: SearchRequest) -> SearchAnswer {
        let mut questions = Questions::default();
        questions.search(Some(request), moment(0));
        let mut news = self.ask(&mut questions).into_iter();
        news.find_map(|news| if let News::Found(answer) = news { Some(answer) } else { None }).unwrap()
    }

    /// All hits, one after the other, until the search wraps around.
    fn all(&self, scope: Scope, target: &Target, filter: &Filter, backward: bool) -> Vec<Place> {
        let mut hits: Vec<Place> = Vec::new();
        loop {
            let from = hits.last().copied();
            let (target, filter) = (target.clone(), Arc::new(filter.clone()));
            let answer = self.search(SearchRequest { id: 1, scope, filter, target, from, backward });
            match answer.hit {
                Some(place) if !answer.wrapped => hits.push(place),
                hit => {
                    let first = if hits.len() == 1 { hits.last() } else { hits.first() };
                    assert_eq!(hit.as_ref(), first, "it goes on at the other end");
                    return hits;
                }
            }
        }
    }

    /// The newest answer, where there is another one.
    fn counted(&self, questions: &mut Questions) -> Option<u64> {
        let answer = self.ask(questions).into_iter().rev().find_map(|news| match news {
            News::Counted(answer) => Some(answer),
            _ => None,
        });
        answer.inspect(|answer| assert_eq!(answer.share, 1.0)).map(|answer| answer.lines)
    }

    fn zoom(&self, request: ZoomRequest) -> ZoomAnswer {
        let mut questions = Questions::default();
        questions.zoom(Some(request), moment(0));
        let answer = self.ask(&mut questions).into_iter().rev().find_map(|news| match news {
            News::Zoomed(answer) => Some(answer),
            _ => None,
        });
        answer.unwrap()
    }
}

impl Grounds for World {
    fn ground(&self, source: SourceId) -> Option<Ground<'_>> {
        self.sources.get(&source).map(|(tape, lane)| Ground { tape, lane, miner: &self.shared.miner })
    }

    fn logs(&self) -> Vec<SourceId> {
        self.sources.keys().copied().collect()
    }

    fn miner(&self) -> &crate::log::template::Miner {
        &self.shared.miner
    }

    fn counter(&self) -> &Counter {
        &self.shared.counter
    }
}

const ONE: SourceId = SourceId(1);

fn moment(seconds: i64) -> Timestamp {
    "2026-03-01T10:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_secs(seconds)
}

fn text(pattern: &str, regex: bool) -> Target {
    Target::Text(Pattern { text: pattern.to_owned(), regex })
}

/// Lines without times, some of them longer than a piece.
fn lines() -> impl Strategy<Value = String> {
    let filler = prop_oneof![6 => 0..40_usize, 3 => 2_000..9_000_usize, 1 => 100_000..300_000_usize];
    let line = ("[ab]{0,3}", filler, "[ab]{0,3}", prop_oneof![Just("\n"), Just("\r\n")]);
    prop::collection::vec(line, 0..30).prop_map(|lines| {
        let texts = lines.into_iter().map(|(before, filler, after, line_break)| {
            format!("{before}{}{after}{line_break}", ".".repeat(filler))
        });
        texts.collect()
    })
}

fn naive(pattern: &str, text: &str) -> Vec<(u64, u64)> {
    let regex = Regex::new(pattern).unwrap();
    let mut at = 0;
    let mut hits = Vec::new();
    for line in text.split('\n') {
        let bare = line.strip_suffix('\r').unwrap_or(line);
        let found = regex.find_iter(bare.as_bytes());
        hits.extend(found.map(|found| ((at + found.start()) as u64, (at + found.end()) as u64)));
        at += line.len() + 1;
    }
    hits
}

fn lines_with(pattern: &str, text: &str) -> u64 {
    let regex = Regex::new(pattern).unwrap();
    text.split('\n').filter(|line| regex.is_match(line.strip_suffix('\r').unwrap_or(line).as_bytes())).count()
        as u64
}

/// A log: records a few seconds apart, some with a trace.
fn log(from: i64) -> impl Strategy<Value = String> {
    let level = prop::sample::select(vec!["INFO", "INFO", "INFO", "WARN", "ERROR", "FATAL"]);
    let record = (0..40_i64, level, 0..3_usize, prop_oneof![9 => 0..60_usize, 1 => 3_000..7_000_usize]);
    prop::collection::vec(record, 1..120).prop_map(move |records| {
        let mut at = from;
        let texts = records.into_iter().map(|(pause, level, trace, filler)| {
            at += pause;
            let trace = "\tat shop.Order.run(Order.java:7)\n".repeat(trace);
            format!("{} {level} order {} done\n{trace}", moment(at), "x".repeat(filler))
        });
        texts.collect()
    })
}

/// Records of a log: offsets of the first line, level, second.
fn records(text: &str) -> Vec<(Place, Level, i64)> {
    let mut at = 0;
    let mut all = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut words = line.split(' ');
        if let Some(time) = words.next().and_then(|time| time.parse::<Timestamp>().ok()) {
            let level = match words.next().unwrap() {
                "INFO" => Level::Info,
                "WARN" => Level::Warn,
                "ERROR" => Level::Error,
                _ => Level::Fatal,
            };
            let place = Place { source: ONE, start: at, end: at + line.trim_end().len() as u64 };
            all.push((place, level, time.as_second()));
        }
        at += line.len() as u64;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_a_naive_one_finds(
        text_of in lines(),
        (pattern, regex) in prop::sample::select(vec![("ab", false), ("b", false), (r"a+b?", true), (r"b$", true), (r"^a", true)]),
    ) {
        let world = World::new(&[&text_of]);
        let expected = naive(pattern, &text_of);
        let places = |hits: Vec<Place>| hits.iter().map(|hit| (hit.start, hit.end)).collect::<Vec<_>>();
        let (scope, target, filter) = (Scope::Source(ONE), text(pattern, regex), Filter::default());
        prop_assert_eq!(&places(world.all(scope, &target, &filter, false)), &expected);
        let back: Vec<_> = expected.iter().rev().copied().collect();
        prop_assert_eq!(places(world.all(scope, &target, &filter, true)), back);
    }

    #[test]
    fn a_count_is_right_however_the_text_grows(
        text_of in lines(),
        cuts in prop::collection::vec(0..400_000_usize, 0..6),
        (pattern, regex) in prop::sample::select(vec![("ab", false), ("b", false), (r"a+b", true), (r"b$", true)]),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text_of.len())).collect();
        cuts.sort_unstable();
        cuts.push(text_of.len());
        let mut world = World::new(&[""]);
        let mut questions = Questions::default();
        let target = text(pattern, regex);
        let request = CountRequest { id: 1, scope: Scope::Source(ONE), filter: Arc::default(), target, mark: None };
        questions.count(Some(request), moment(0));
        let mut last = None;
        for cut in cuts {
            world.grow(ONE, &text_of[..cut], cut % 2 == 0);
            questions.touch();
            last = world.counted(&mut questions).or(last);
            prop_assert_eq!(last, Some(lines_with(pattern, &text_of[..cut])));
        }
    }

    #[test]
    fn bad_records_are_found_both_ways(text_of in log(0)) {
        let world = World::new(&[&text_of]);
        let scope = Scope::Source(ONE);
        let mut questions = Questions::default();
        questions.count(Some(CountRequest { id: 1, scope, filter: Arc::default(), target: Target::Bad, mark: None }), moment(0));
        let bad = records(&text_of).into_iter().filter(|(_, level, _)| level.is_bad()).count();
        prop_assert_eq!(world.counted(&mut questions), Some(bad as u64));
        let expected: Vec<Place> =
            records(&text_of).into_iter().filter(|(_, level, _)| level.is_bad()).map(|(place, _, _)| place).collect();
        let (scope, filter) = (Scope::Source(ONE), Filter::default());
        prop_assert_eq!(&world.all(scope, &Target::Bad, &filter, false), &expected);
        let back: Vec<Place> = expected.iter().rev().copied().collect();
        prop_assert_eq!(world.all(scope, &Target::Bad, &filter, true), back);
    }

    #[test]
    fn a_merged_search_goes_by_time(one in log(0), two in log(7)) {
        let world = World::new(&[&one, &two]);
        let mut expected = Vec::new();
        for (source, text) in [(ONE, &one), (SourceId(2), &two)] {
            let bad = records(text).into_iter().filter(|(_, level, _)| level.is_bad());
            expected.extend(bad.map(|(place, _, at)| (at, source, Place { source, ..place })));
        }
        expected.sort();
        let mut expected: Vec<Place> = expected.into_iter().map(|(_, _, place)| place).collect();
        let hits = world.all(Scope::Merged, &Target::Bad, &Filter::default(), false);
        prop_assert_eq!(&hits, &expected);
        expected.reverse();
        prop_assert_eq!(world.all(Scope::Merged, &Target::Bad, &Filter::default(), true), expected);
    }

    #[test]
    fn a_filter_is_respected(text_of in log(0), since in 0..1_000_i64) {
        let world = World::new(&[&text_of]);
        let term = |what: &str, exclude| Term { what: What::Text(Pattern { text: what.to_owned(), regex: false }), exclude };
        let filter = Filter {
            level: Some(Level::Warn),
            since: Some(moment(since)),
            terms: vec![term("order.java", false)],
            ..Filter::default()
        };
        let all = records(&text_of);
        let ends = all.iter().skip(1).map(|(place, _, _)| place.start).chain([text_of.len() as u64]);
        let passing = all.iter().zip(ends).filter(|((place, level, at), end)| {
            let record = &text_of[place.start as usize..*end as usize];
            *level >= Level::Warn && *at >= moment(since).as_second() && record.contains("Order.java")
        });
        let expected: Vec<Place> = passing.map(|((place, _, _), _)| *place).collect();
        let scope = Scope::Source(ONE);
        let hits = world.all(scope, &text("done", false), &filter, false);
        prop_assert_eq!(hits.len(), expected.len());
        prop_assert!(hits.iter().zip(&expected).all(|(hit, record)| hit.start > record.start && hit.end <= record.end));
        let mut questions = Questions::default();
        let target = text("done", false);
        let request = CountRequest { id: 1, scope, filter: Arc::new(filter), target, mark: None };
        questions.count(Some(request), moment(0));
        prop_assert_eq!(world.counted(&mut questions), Some(expected.len() as u64));
    }

    #[test]
    fn a_histogram_is_that_of_the_records(text_of in log(0), from in 0..500_i64, span in 1..900_i64, wide in any::<bool>()) {
        let world = World::new(&[&text_of]);
        let filter = Filter { level: wide.then_some(Level::Warn), ..Filter::default() };
        let (from, to) = (moment(from), moment(from + span));
        let answer = world.zoom(ZoomRequest { id: 1, scope: Scope::Merged, filter: Arc::new(filter), from, to, buckets: 30 });
        prop_assert_eq!(answer.share, 1.0);
        prop_assert!(answer.from <= from && answer.to >= to && answer.buckets.len() <= 31);
        let width = (answer.to.as_microsecond() - answer.from.as_microsecond()) / answer.buckets.len() as i64;
        let mut expected = vec![[0; 4]; answer.buckets.len()];
        for (_, level, at) in records(&text_of) {
            let ahead = at * 1_000_000 - answer.from.as_microsecond();
            let class = match level { Level::Fatal => 0, Level::Error => 1, Level::Warn => 2, _ => 3 };
            let inside = !wide || level >= Level::Warn;
            if ahead >= 0 && inside && let Some(bucket) = expected.get_mut((ahead / width) as usize) {
                bucket[class] += 1;
            }
        }
        prop_assert_eq!(answer.buckets, expected);
    }
}

#[test]
fn an_expression_that_is_none_is_answered() {
    let world = World::new(&["a\nb\n"]);
    for (pattern, regex) in [("", false), ("(", true), ("[z-a]", true)] {
        let target = text(pattern, regex);
        let scope = Scope::Source(ONE);
        let request =
            SearchRequest { id: 7, scope, filter: Arc::default(), target, from: None, backward: false };
        let answer = world.search(request);
        assert!(answer.problem.is_some() && answer.hit.is_none(), "{answer:?}");
    }
}

#[test]
fn stretches_without_bad_records_are_not_read() {
    let mut text_of = String::new();
    for second in 0..40_000 {
        let level = if second == 20_000 { "ERROR" } else { "INFO" };
        writeln!(text_of, "{} {level} order {second} done", moment(second)).unwrap();
    }
    let mut world = World::new(&[&text_of]);
    // The bytes of the quiet part are not what they were: nobody looks.
    let at = text_of.find("INFO").unwrap();
    let changed = format!("{}FATAL{}", &text_of[..at - 1], &text_of[at + 4..]);
    world.sources.get_mut(&ONE).unwrap().0.replace(Segment::text(changed.into()));
    let hits = world.all(Scope::Source(ONE), &Target::Bad, &Filter::default(), false);
    assert_eq!(hits.len(), 1);
    let hits = world.all(Scope::Source(ONE), &Target::Bad, &Filter::default(), true);
    assert_eq!(hits.len(), 1);
}
