//! Scrolling through a view, filtered or merged, shows what reading its files and leaving out the rest does.

use std::fmt::Write;

use jiff::Timestamp;
use proptest::prelude::*;
use sevdeck::incident::SourceId;
use sevdeck::log::Request;
use sevdeck::log::view::{Line, Move, Scope};

use crate::log::rig::{ONE, Rig, is_same, lines_of};

impl Rig {
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
