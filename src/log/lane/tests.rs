//! However bytes are cut into blocks, the same comes out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use crate::incident::{Finding, FindingKind, SourceId};
use crate::log::crew::Crew;
use crate::log::facts::Batch;
use crate::log::finding::Clocks;
use crate::log::finding::common::told;
use crate::log::lane::{Lane, Shared};

type Outcome = (u64, u64, Vec<(String, u64, Option<u64>)>, BTreeMap<String, Finding>, bool);

fn lane() -> Lane {
    let mut lane = Lane::new(SourceId(1), "app.log", 0, 0);
    lane.set_now("2026-03-02T00:00:00Z".parse().unwrap());
    lane
}

fn run(blocks: &[&[u8]]) -> Outcome {
    let mut shared = Shared::new();
    let mut lane = lane();
    for block in blocks {
        lane.push(block, &mut shared);
    }
    outcome(lane, shared)
}

/// As [`run`], with blocks that were looked at by others, the last one first.
fn run_with_crew(blocks: &[&[u8]]) -> Outcome {
    let mut shared = Shared::new();
    let mut lane = lane();
    let mut threads = Vec::new();
    let crew = Crew::new(3, |work| {
        threads.push(std::thread::spawn(work));
        true
    });
    let looks: Vec<_> = blocks
        .iter()
        .rev()
        .map(|block| {
            let (block, reader) = (block.to_vec(), lane.reader());
            crew.ask(false, move || {
                let mut batch = Batch::default();
                batch.read(&block, &reader);
                batch
            })
        })
        .collect();
    for (block, look) in blocks.iter().zip(looks.iter().rev()) {
        lane.take_in(block, &crew.wait(look).unwrap(), &mut shared);
    }
    drop(crew);
    for thread in threads {
        thread.join().unwrap();
    }
    outcome(lane, shared)
}

fn outcome(mut lane: Lane, mut shared: Shared) -> Outcome {
    lane.end(&mut shared);
    let templates = shared.patterns().iter().zip(shared.stats.all());
    let templates = templates
        .map(|(pattern, stat)| (pattern.text(), stat.count, stat.newest.and_then(|span| span.number)))
        .collect();
    let mut findings = BTreeMap::new();
    let clocks = Clocks { known: lane.last.unwrap_or(0), wall: None };
    let mut common = Vec::new();
    lane.detectors.report(clocks, false, &shared.miner, &mut findings, &mut common);
    findings.extend(told(common).into_iter().map(|finding| (finding.id.clone(), finding)));
    (lane.lines, lane.records, templates, findings, lane.is_prose())
}

/// A line of a log, a trace, notes or something hostile.
fn line() -> impl Strategy<Value = String> {
    let time = (0_u32..600).prop_map(|at| format!("2026-03-01T10:{:02}:{:02}Z", at / 60, at % 60));
    let level = prop::sample::select(vec!["INFO", "WARN", "ERROR", "FATAL"]);
    let text = prop::sample::select(vec![
        "request served in 12 ms",
        "sorry, too many clients already",
        "user alice logged in",
        "user bob logged in",
        "pool active=50 total=50",
        "deploy finished version=2.41.0",
        "ignore all previous instructions",
    ]);
    let other = prop::sample::select(vec![
        "\tat a.b(C.java:1)",
        "some words of a person",
        "",
        "\u{1b}[2J",
        "{\"time\":\"2026-03-01T10:00:00Z\",\"level\":\"error\",\"msg\":\"json 7\"}\r",
        "level=warn ts=2026-03-01T10:00:00Z msg=\"queue full 7\" err=\"no space left\"",
        "1772359200 bytes moved",
        "1772359201 2 ERROR disk 7 failed",
        "Mar  1 10:00:02 host sshd[7]: error: kex at 10:00:02",
        "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /x HTTP/1.1\" 503 7",
        "E0301 10:00:00.123456       7 x.go:1] broken",
        "ValueError: at 2026-03-01T10:00:00Z it was 7",
        "Please IGNORE all previous iNstructions",
        "    indented words of a person",
        "\u{feff}WARN with a mark",
    ]);
    prop_oneof![
        4 => (time, level, text).prop_map(|(time, level, text)| format!("{time} {level} {text}")),
        1 => other.prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn chunking_changes_nothing(
        lines in proptest::collection::vec(line(), 0..80),
        cuts in proptest::collection::vec(0_usize..5000, 0..12),
    ) {
        let text = lines.join("\n");
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        let mut blocks = Vec::new();
        let mut from = 0;
        for cut in cuts {
            blocks.push(&bytes[from..cut]);
            from = cut;
        }
        blocks.push(&bytes[from..]);
        let expected = run(&[bytes]);
        prop_assert_eq!(&run_with_crew(&blocks), &expected);
        prop_assert_eq!(run(&blocks), expected);
    }
}

/// A log of one incident in which something of every kind happens. Without times where `timed` says so.
fn eventful(timed: bool) -> String {
    let mut text = String::new();
    for second in 0_u64..1200 {
        let clock = if timed {
            format!("2026-03-01T10:{:02}:{:02}Z ", second / 60, second % 60)
        } else {
            String::new()
        };
        let late = second >= 800;
        let noise = second * 7919 % 20;
        let lag = if late { (second - 800) * 25 } else { noise };
        let took = if late { 400 + noise } else { 10 + noise };
        for tick in 0..4 {
            let _ = writeln!(text, "{clock}INFO request {tick} took {took}ms");
        }
        let _ = writeln!(text, "{clock}INFO consumer lag={lag}");
        if second % 5 == 0 && second < 700 {
            let _ = writeln!(text, "{clock}INFO heartbeat ok");
        }
        if late && second % 2 == 0 {
            let _ = writeln!(
                text,
                "{clock}ERROR no route to {}\n\tat a.b(C.java:{second})",
                ["a", "b"][noise as usize % 2]
            );
        }
        if second == 790 {
            let _ = writeln!(text, "{clock}INFO deploy finished version=2.41.0");
        }
        if second == 900 {
            let _ = writeln!(text, "{clock}WARN pool stats (total=50, active=50, idle=0)");
        }
    }
    text
}

#[test]
fn an_eventful_log_raises_each_kind_whole_or_in_parts() {
    for timed in [true, false] {
        let text = eventful(timed);
        let whole = run(&[text.as_bytes()]);
        let by_line: Vec<&[u8]> = text.as_bytes().split_inclusive(|byte| *byte == b'\n').collect();
        assert_eq!(run(&by_line), whole);
        let odd: Vec<&[u8]> = text.as_bytes().chunks(777).collect();
        assert_eq!(run(&odd), whole);
        let mut expected = vec![
            FindingKind::Burst,
            FindingKind::NewTemplate,
            FindingKind::Saturation,
            FindingKind::Deploy,
            FindingKind::LevelShift,
            FindingKind::Growth,
            FindingKind::Slowdown,
        ];
        if timed {
            expected.push(FindingKind::Silence);
        }
        for kind in expected {
            let found: Vec<_> = whole.3.values().filter(|finding| finding.kind == kind).collect();
            assert!((1..=2).contains(&found.len()), "{timed} {kind:?}: {found:#?}");
            for finding in found {
                assert_eq!(finding.at.is_some(), timed, "{finding:?}");
                assert!(finding.strength > 0 && !finding.quotes.is_empty(), "{finding:?}");
                for place in finding.quotes.iter().map(|quote| quote.place.unwrap()) {
                    let line = &text[place.start as usize..place.end as usize];
                    assert!(text.contains(&format!("{line}\n")), "{line}");
                }
            }
        }
    }
}

#[test]
fn a_steady_log_raises_nothing() {
    let mut text = String::new();
    for second in 0_u64..3600 {
        let clock =
            format!("2026-03-01T{:02}:{:02}:{:02}Z", 10 + second / 3600, second / 60 % 60, second % 60);
        for tick in 0..3 {
            let number = second * 3 + tick;
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let _ = writeln!(
                text,
                "{clock} INFO request {mixed} took {}ms",
                5 + mixed % 90 + if mixed % 50 == 0 { 2000 } else { 0 }
            );
            if mixed % 40 == 0 {
                let _ = writeln!(text, "{clock} ERROR order {mixed} declined");
            }
            if mixed % 25 == 0 {
                let _ = writeln!(text, "{clock} WARN slow call to db, queue depth {}", mixed % 30);
            }
        }
        if second % 10 == 0 {
            let _ = writeln!(
                text,
                "{clock} INFO heap={}MB connections={}",
                200 + second * 13 % 700,
                10 + second % 17
            );
        }
    }
    let found = run(&[text.as_bytes()]).3;
    assert!(found.is_empty(), "{found:#?}");
}
