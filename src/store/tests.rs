//! One story and one property, each run on every engine, and what only the engine on disk can do wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::incident::event::{Author, Event, IncidentStatus};
use crate::incident::triage::{Language, SeverityLevel};
use crate::incident::{IncidentId, Recorded, TriagePatch};
use crate::store::{Reading, Store, StoreError, memory, sled};

pub(crate) fn id(text: &str) -> IncidentId {
    IncidentId::parse(text).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    "2026-03-01T14:02:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

pub(crate) fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded { seq, at: at(seq as i64), by: Author::Person("ada".into()), event }
}

pub(crate) fn note(seq: u64, text: &str) -> Recorded {
    recorded(seq, Event::NoteAdded { text: text.into() })
}

pub(crate) fn opened(id: &IncidentId, title: &str) -> Recorded {
    let (title, service) = (title.into(), "payment-svc".into());
    recorded(1, Event::IncidentOpened { incident: id.clone(), title, service, language: Language::En })
}

fn on_each_engine(test: impl Fn(&mut dyn Store)) {
    test(&mut memory());
    let folder = tempfile::tempdir().unwrap();
    test(&mut sled(&folder.path().join("store")).unwrap());
}

#[test]
fn an_incident_is_kept_listed_and_read_back() {
    on_each_engine(|store| {
        let (a, b) = (id("20260301-140200-aaaaa"), id("20260301-140200-aaaaab"));
        store.append(&a, &[opened(&a, ""), note(2, "first")]).unwrap();
        store.append(&b, &[opened(&b, "other")]).unwrap();
        let patch = TriagePatch {
            title: Some("Connections exhausted".into()),
            summary: Some("500 of 500 in use".into()),
            ..TriagePatch::default()
        };
        let later = [
            recorded(3, Event::TriageRevised { case_revision: 1, patch: Box::new(patch) }),
            recorded(4, Event::SeverityDeclared { level: SeverityLevel::Sev2, reason: String::new() }),
            recorded(5, Event::StatusChanged { status: IncidentStatus::Mitigated }),
        ];
        store.append(&a, &later).unwrap();

        let reading = store.read(&a).unwrap();
        assert_eq!(reading.events.len(), 5);
        assert_eq!(reading.events[2..], later);
        assert!(reading.damaged.is_empty());
        assert_eq!(store.read(&id("unknown")).unwrap(), Reading::default());

        let list = store.list().unwrap();
        let a_summary = list.iter().find(|summary| summary.id == a).unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(
            a_summary.title, "Connections exhausted",
            "the analyst's title where the person gave none"
        );
        assert_eq!(a_summary.service, "payment-svc");
        assert_eq!(a_summary.severity, Some(SeverityLevel::Sev2));
        assert_eq!(a_summary.status, IncidentStatus::Mitigated);
        assert_eq!((a_summary.opened_at, a_summary.updated_at, a_summary.events), (at(1), at(5), 5));
        assert_eq!(a_summary.summary, "500 of 500 in use");
    });
}

#[test]
fn an_append_can_be_repeated_and_cannot_leave_a_hole_or_overwrite() {
    on_each_engine(|store| {
        let a = id("a");
        store.append(&a, &[opened(&a, "x"), note(2, "y")]).unwrap();
        store.append(&a, &[note(2, "y"), note(3, "z")]).unwrap();
        assert_eq!(store.read(&a).unwrap().events.len(), 3);
        assert!(matches!(
            store.append(&a, &[note(5, "w")]),
            Err(StoreError::Hole { expected: 4, found: 5, .. })
        ));
        assert!(matches!(store.append(&a, &[note(3, "other")]), Err(StoreError::Conflict { seq: 3, .. })));
        assert_eq!(store.read(&a).unwrap().events.len(), 3, "a refused append changes nothing");
        assert_eq!(store.list().unwrap()[0].events, 3);
    });
}

#[test]
fn sessions_are_replaced_whole() {
    on_each_engine(|store| {
        let a = id("a");
        assert_eq!(store.session(&a).unwrap(), None);
        for state in [vec![7; 100_000], b"{}".to_vec(), Vec::new()] {
            store.save_session(&a, &state).unwrap();
            assert_eq!(store.session(&a).unwrap(), Some(state));
        }
        assert!(store.list().unwrap().is_empty(), "a session alone is no incident");
    });
}

#[test]
fn an_event_of_five_megabytes_comes_back_whole() {
    on_each_engine(|store| {
        let a = id("a");
        let text = "5 MB of context\n".repeat(5 * 65_536);
        store.append(&a, &[opened(&a, ""), note(2, &text), note(3, "after")]).unwrap();
        let events = store.read(&a).unwrap().events;
        assert_eq!(events[1], note(2, &text));
        assert_eq!(events[2], note(3, "after"));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Appends in batches of any size, with any overlap with what is stored, give the same log on both engines,
    /// and on disk also after the store is closed and opened again at any point.
    #[test]
    fn any_batching_and_repeating_gives_the_same_log(
        texts in prop::collection::vec(".{0,40}", 1..40),
        cuts in prop::collection::vec((0_usize..40, 0_usize..6, any::<bool>()), 1..12),
    ) {
        let a = id("a");
        let all: Vec<_> = (1..).zip(&texts).map(|(seq, text)| note(seq, text)).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut disk = Some(sled(folder.path()).unwrap());
        let mut mem = memory();
        let mut done = 0;
        for (to, overlap, reopen) in cuts.into_iter().chain([(all.len(), 0, true)]) {
            let to = to.clamp(done, all.len());
            let batch = &all[done.saturating_sub(overlap)..to];
            mem.append(&a, batch).unwrap();
            disk.as_mut().unwrap().append(&a, batch).unwrap();
            done = to;
            if reopen {
                drop(disk.take());
                disk = Some(sled(folder.path()).unwrap());
            }
        }
        let disk = disk.unwrap();
        prop_assert_eq!(disk.read(&a).unwrap().events, all);
        prop_assert_eq!(disk.read(&a).unwrap(), mem.read(&a).unwrap());
        prop_assert_eq!(disk.list().unwrap(), mem.list().unwrap());
    }
}

#[test]
fn a_damaged_event_is_reported_and_keeps_its_position() {
    let mut reading = Reading::default();
    reading.take(1, crate::incident::wire::encode(&note(1, "a")).as_bytes());
    reading.take(2, b"\x00garbage");
    reading.take(3, crate::incident::wire::encode(&note(3, "c")).as_bytes());
    assert_eq!(reading.damaged, [2]);
    let seqs: Vec<_> = reading.events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [1, 2, 3]);
    assert!(
        matches!(&reading.events[1].event, Event::Unknown { kind, .. } if kind == Reading::DAMAGED),
        "{reading:?}"
    );
}

#[test]
fn nobody_else_can_read_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut store = sled(&path).unwrap();
    let a = id("a");
    store.append(&a, &[opened(&a, "")]).unwrap();
    drop(store);
    drop(sled(&path).unwrap());
    assert_eq!(mode(&path), 0o700);
    for entry in std::fs::read_dir(&path).unwrap().map(Result::unwrap) {
        let open = if entry.path().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&entry.path()), open, "{:?}", entry.path());
    }
}

pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
