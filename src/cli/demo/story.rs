//! What the whole program, without its screen, makes of a shipped incident while it happens.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::analyst::offline::Offline;
use crate::app::App;
use crate::app::effect::Effect;
use crate::app::msg::{Msg, Opening};
use crate::app::update::update;
use crate::cli::demo::SHIPPED;
use crate::cli::demo::generate::Generator;
use crate::cli::demo::scenario::Scenario;
use crate::incident::triage::{Confidence, Hypothesis, SeverityLevel};
use crate::incident::{Event, IncidentId, Recorded, SourceSpec, TimelineKind, Triage};
use crate::log::engine::{Engine, Request};

/// A shipped incident, its files, and a cockpit whose clock is the story's.
pub(super) struct Story {
    scenario: Scenario,
    start: Timestamp,
    folder: PathBuf,
    files: Vec<File>,
    engine: Engine,
    msgs: VecDeque<Msg>,
    written: i64,
    /// The cockpit.
    pub(super) app: App,
    /// Everything recorded.
    pub(super) events: Vec<Recorded>,
}

impl Story {
    /// A cockpit on the history of the first shipped incident.
    pub(super) fn open(name: &str) -> Self {
        let scenario = Scenario::parse(SHIPPED[0].1).unwrap();
        let start: Timestamp = "2026-03-01T14:02:00Z".parse().unwrap();
        let folder = std::env::temp_dir().join(format!("sevdeck-story-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let open = |path: PathBuf| OpenOptions::new().append(true).create(true).open(path).unwrap();
        let paths: Vec<PathBuf> = scenario.files.iter().map(|file| folder.join(&file.name)).collect();
        let files = paths.iter().cloned().map(open).collect();
        let opening = Opening {
            incident: Some(IncidentId::new(start, 7)),
            service: scenario.service.clone(),
            specs: paths.into_iter().map(|path| SourceSpec::File(path.display().to_string())).collect(),
            ..Opening::default()
        };
        let written = -i64::from(scenario.history);
        let mut story = Self {
            scenario,
            start,
            folder,
            files,
            engine: Engine::new(Box::new(|| {})),
            msgs: VecDeque::new(),
            written,
            app: App { person: "ada".into(), ..App::default() },
            events: Vec::new(),
        };
        story.write(0);
        story.msgs.push_back(Msg::Opened(opening));
        story.settle(0);
        story
    }

    /// Lets the story go on to this second.
    pub(super) fn until(&mut self, second: i64) -> &Triage {
        while self.written < second {
            let next = self.written + 1;
            self.write(next);
            self.engine.handle(Request::Poll(true), self.time(next));
            self.msgs.push_back(Msg::Tick);
            self.settle(next);
        }
        &self.app.incident.triage
    }

    /// The triages that were recorded.
    pub(super) fn revisions(&self) -> usize {
        self.events.iter().filter(|event| matches!(event.event, Event::TriageRevised { .. })).count()
    }

    fn time(&self, second: i64) -> Timestamp {
        self.start + SignedDuration::from_secs(second)
    }

    fn write(&mut self, to: i64) {
        let generator = Generator::new(&self.scenario, self.start, 1.0);
        for line in (self.written..to).flat_map(|second| generator.second(second)) {
            self.files[line.file].write_all(line.text.as_bytes()).unwrap();
        }
        self.written = to;
    }

    /// Lets everything act that is due at this second.
    fn settle(&mut self, second: i64) {
        let now = self.time(second);
        let mut due = BTreeSet::new();
        loop {
            while self.engine.step(now) {}
            self.msgs.extend(self.engine.drain().into_iter().map(Msg::Log));
            let Some(msg) = self.msgs.pop_front() else { return };
            for effect in update(&mut self.app, now, msg) {
                match effect {
                    Effect::Log(request) => self.engine.handle(request, now),
                    Effect::Append { events, .. } => self.events.extend(events),
                    Effect::Analyse(case) if due.insert(case.revision) => {
                        let triage = Box::new(Offline::new().triage(&case));
                        let analyst = "offline".to_owned();
                        let revision = case.revision;
                        self.msgs.push_back(Msg::Triaged { analyst, revision, triage, done: true });
                    }
                    _ => {}
                }
            }
        }
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn at(second: f64) -> Timestamp {
    let start: Timestamp = "2026-03-01T14:02:00Z".parse().unwrap();
    start + SignedDuration::from_millis((second * 1000.0) as i64)
}

#[test]
fn before_anything_is_wrong_nothing_is_claimed() {
    let mut story = Story::open("before");
    let triage = story.until(2);
    assert!(triage.hypotheses.is_empty(), "{:?}", triage.hypotheses);
    assert_eq!(triage.severity.as_ref().unwrap().level, SeverityLevel::Sev4);
    assert!(triage.summary.contains("Nothing"), "{}", triage.summary);
    let deploys = triage.timeline.iter().filter(|entry| entry.kind == TimelineKind::Deploy);
    let sources: BTreeSet<&str> = deploys.map(|entry| entry.source.as_str()).collect();
    assert!(sources.contains("deploys.log"), "{:?}", triage.timeline);
    assert!(!sources.contains("postgresql-primary.log"), "a checkpoint is no deploy");
}

#[test]
fn the_cause_leads_within_two_seconds_and_is_sure_before_the_peak() {
    let mut story = Story::open("cause");
    let first = story.until(8).hypotheses[0].clone();
    assert_eq!(first.id, "db-connections");
    for second in [12, 30, 60, 120] {
        let triage = story.until(second);
        let first = &triage.hypotheses[0];
        assert_eq!((first.id.as_str(), first.confidence), ("db-connections", Confidence::High), "+{second}");
        for words in ["500 / 500", "payment-svc v2.41", "settlement batch"] {
            assert!(first.cause.contains(words), "+{second}: {words} in {}", first.cause);
        }
        assert!(first.cause.chars().count() <= 180 && !first.cause.contains("pay_app@"), "{}", first.cause);
        assert!(triage.summary.contains("going on") || second < 30, "+{second}: {}", triage.summary);
    }
    let cause = &story.app.incident.triage.hypotheses[0].cause;
    assert!(cause.contains("a slow query on ledger_entries"), "{cause}");
    let stop = story.app.incident.triage.mitigations.iter().find(|fix| fix.id.ends_with("stop-job")).unwrap();
    assert!(
        stop.action.contains("payment-svc v2.41") && stop.action.chars().count() < 140,
        "{}",
        stop.action
    );
}

#[test]
fn the_harm_begins_with_the_first_bad_record_however_late_one_looks() {
    let mut story = Story::open("onset");
    for second in [8, 12, 30, 60, 150] {
        story.until(second);
        let onset = story.app.incident.onset().unwrap();
        assert!(onset >= at(3.0) && onset <= at(6.1), "+{second}: {onset}");
        let times: Vec<Timestamp> = story.app.incident.triage.timeline.iter().map(|entry| entry.at).collect();
        assert!(times.is_sorted(), "+{second}");
    }
}

#[test]
fn the_schedules_that_do_not_fit_are_found_in_the_logs_alone() {
    let mut story = Story::open("schedule");
    let triage = story.until(30);
    let found = triage.contradictions.iter().find(|item| item.text.contains("every 30 minutes")).unwrap();
    assert!(found.text.contains("every 30 seconds") && found.text.contains("nightly"), "{}", found.text);
    assert!(found.quotes.iter().all(|quote| quote.verified));
    let triage = story.until(90);
    let well = triage.contradictions.iter().find(|item| item.text.contains("DB looks healthy")).unwrap();
    assert!(well.text.contains("500 / 500"), "{}", well.text);
}

#[test]
fn when_it_is_over_the_triage_says_when_and_keeps_what_it_knows() {
    let mut story = Story::open("over");
    let before = story.until(100).clone();
    let after = story.until(260).clone();
    assert!(after.summary.contains("ended at 14:04:"), "{}", after.summary);
    let ended = after.timeline.iter().find(|entry| entry.text.starts_with("ended")).unwrap();
    assert!(ended.at > at(121.0), "{ended:?}");
    assert_eq!(after.severity.unwrap().level, before.severity.unwrap().level);
    let lead = |triage: &[Hypothesis]| (triage[0].id.clone(), triage[0].confidence);
    assert_eq!(lead(&after.hypotheses), lead(&before.hypotheses));
    assert!(story.revisions() < 60, "{} revisions", story.revisions());
}
