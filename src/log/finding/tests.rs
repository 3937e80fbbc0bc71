//! Detectors on made-up series of records.

use std::collections::BTreeMap;

use crate::incident::{Finding, FindingKind, Level, SourceId};
use crate::log::finding::common::told;
use crate::log::finding::report::Clocks;
use crate::log::finding::{Detectors, Observed};
use crate::log::template::Miner;
use crate::log::time::{Micros, timestamp};

struct Log {
    miner: Miner,
    detectors: Detectors,
    offset: u64,
    latest: Micros,
}

const START: Micros = 1_772_359_200_000_000;

impl Log {
    fn new() -> Self {
        Self {
            miner: Miner::default(),
            detectors: Detectors::new(SourceId(1), "app.log"),
            offset: 0,
            latest: START,
        }
    }

    fn line(&mut self, seconds: f64, level: Level, text: &str) {
        let at = START + (seconds * 1e6) as Micros;
        self.latest = self.latest.max(at);
        let mined = self.miner.mine([text.as_bytes(), b""], false);
        let end = self.offset + text.len() as u64;
        self.detectors.record(
            &Observed {
                template: mined.template,
                traits: mined.traits,
                at: Some(at),
                level: Some(level),
                start: self.offset,
                end,
                number: None,
                bytes: text.as_bytes(),
                access: false,
            },
            0,
        );
        self.offset = end + 1;
    }

    fn findings(&self) -> Vec<Finding> {
        let mut found = BTreeMap::new();
        let clocks = Clocks { known: self.latest, wall: None };
        let mut common = Vec::new();
        self.detectors.report(clocks, false, &self.miner, &mut found, &mut common);
        found.extend(told(common).into_iter().map(|finding| (finding.id.clone(), finding)));
        found.into_values().collect()
    }

    fn of(&self, kind: FindingKind) -> Vec<Finding> {
        self.findings().into_iter().filter(|finding| finding.kind == kind).collect()
    }
}

fn at(seconds: f64) -> Option<jiff::Timestamp> {
    timestamp(START + (seconds * 1e6) as Micros)
}

#[test]
fn a_rise_is_a_burst_from_its_first_record_and_ends_with_its_last() {
    let mut log = Log::new();
    for second in 0..300 {
        log.line(f64::from(second), Level::Info, "request served");
        if second % 60 == 0 {
            log.line(f64::from(second) + 0.5, Level::Error, "connection refused by db");
        }
    }
    for tick in 0..400 {
        log.line(300.0 + f64::from(tick) * 0.05, Level::Error, "connection refused by db");
    }
    let burst = &log.of(FindingKind::Burst)[0];
    assert_eq!(burst.at, at(300.0));
    assert_eq!(burst.ended, None);
    assert_eq!(burst.subject, "connection refused by db");
    let rate = burst.rate.unwrap();
    assert!(rate.before <= 0.02 && rate.peak >= 10.0, "{rate:?}");
    for second in 320..400 {
        log.line(f64::from(second), Level::Info, "request served");
    }
    let bursts = log.of(FindingKind::Burst);
    assert_eq!(bursts.len(), 1);
    assert_eq!(bursts[0].ended, at(300.0 + 399.0 * 0.05));
}

#[test]
fn a_steady_warning_is_no_burst() {
    let mut log = Log::new();
    for tick in 0..1200 {
        log.line(f64::from(tick) * 0.5, Level::Warn, "slow query");
    }
    assert_eq!(log.of(FindingKind::Burst), Vec::new());
}

#[test]
fn a_burst_that_falls_back_to_the_usual_rate_is_over() {
    let mut log = Log::new();
    for second in 0..300 {
        log.line(f64::from(second), Level::Warn, "retry failed");
    }
    for tick in 0..600 {
        log.line(300.0 + f64::from(tick) * 0.05, Level::Warn, "retry failed");
    }
    for second in 330..500 {
        log.line(f64::from(second), Level::Warn, "retry failed");
    }
    let bursts = log.of(FindingKind::Burst);
    assert_eq!(bursts.len(), 1, "{bursts:#?}");
    assert_eq!(bursts[0].at.unwrap().as_second(), at(300.0).unwrap().as_second());
    let ended = bursts[0].ended.unwrap();
    assert!(ended >= at(329.0).unwrap() && ended <= at(333.0).unwrap(), "{ended}");
}

#[test]
fn the_first_error_is_a_finding_at_once_and_is_rarely_revised() {
    let mut log = Log::new();
    log.line(0.0, Level::Fatal, "sorry, too many clients already");
    let first = log.of(FindingKind::NewTemplate);
    assert_eq!(first.len(), 1);
    assert!(log.detectors.take_changed());
    let mut revisions = 0;
    for tick in 1..5000 {
        log.line(f64::from(tick) * 0.02, Level::Fatal, "sorry, too many clients already");
        revisions += u32::from(log.detectors.take_changed());
    }
    assert!(revisions <= 20, "{revisions}");
    assert_eq!(log.of(FindingKind::Saturation).len(), 1);
    let burst = &log.of(FindingKind::Burst)[0];
    assert_eq!(burst.at, at(0.0));
    assert!(burst.quotes[0].verified && burst.quotes[0].place.is_some());
}

#[test]
fn what_stops_is_a_silence_and_a_silent_source_a_gap() {
    let mut log = Log::new();
    for second in 0..900 {
        if second % 5 == 0 && second < 600 {
            log.line(f64::from(second), Level::Info, "heartbeat ok");
        }
        log.line(f64::from(second), Level::Info, "request served");
    }
    let silence = &log.of(FindingKind::Silence)[0];
    assert_eq!((silence.subject.as_str(), silence.at, silence.ended), ("heartbeat ok", at(595.0), None));
    log.line(1200.0, Level::Info, "request served");
    let gap = &log.of(FindingKind::Gap)[0];
    assert_eq!((gap.at, gap.ended), (at(899.0), at(1200.0)));
}

#[test]
fn deploys_and_restarts_are_points_in_time() {
    let mut log = Log::new();
    log.line(0.0, Level::Info, "request served");
    log.line(10.0, Level::Info, "deploy finished service=payments version=2.41.0");
    log.line(12.0, Level::Info, "database system is ready to accept connections");
    assert_eq!(log.of(FindingKind::Deploy)[0].at, at(10.0));
    assert!(log.of(FindingKind::Deploy)[0].subject.contains("2.41.0"));
    assert_eq!(log.of(FindingKind::Restart)[0].at, at(12.0));
}
