//! `incidents` and `show` on stores in every state.

use std::fs;

use jiff::Timestamp;
use sevdeck::incident::triage::Language;
use sevdeck::incident::{Author, Event, IncidentId, Recorded};
use sevdeck::store::{Kept, Location, Record};

use crate::support::home::Home;

fn open(home: &Home) -> Record {
    Record::open(&Location::Folder(home.store()), Timestamp::now())
}

fn add(record: &mut Record, name: &str, title: &str, at: &str) {
    let incident = IncidentId::parse(name).unwrap();
    let at: Timestamp = at.parse().unwrap();
    let by = Author::Person("ada".into());
    let (title, service) = (title.to_owned(), "payment-svc".to_owned());
    let opened = Event::IncidentOpened { incident: incident.clone(), title, service, language: Language::En };
    let note = Event::NoteAdded { text: "rolled back".into() };
    let events =
        [Recorded { seq: 1, at, by: by.clone(), event: opened }, Recorded { seq: 2, at, by, event: note }];
    assert_eq!(record.append(&incident, &events), Kept::Durable);
}

#[test]
fn earlier_incidents_are_listed_found_and_shown() {
    let home = Home::new();
    let run = home.run(["incidents"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.err.contains("no incidents yet"), "{run:?}");

    let mut record = open(&home);
    add(&mut record, "20260301-140200-aaaaa", "Connections exhausted", "2026-03-01T14:02:00Z");
    add(&mut record, "20260302-090000-bbbbb", "Certificate expired \u{1b}[2J", "2026-03-02T09:00:00Z");
    drop(record);
    let list = home.run(["incidents"]).out;
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("Certificate expired") && lines[1].contains("Connections exhausted"), "{list}");
    assert!(!list.contains('\u{1b}'), "{list:?}");
    assert_eq!(home.run(["incidents", "connections", "payment"]).out.lines().count(), 1);
    assert!(home.run(["incidents", "nothing", "like", "it"]).out.is_empty());

    let shown = home.run(["show", "20260301"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(shown.out.contains("Connections exhausted") && shown.out.contains("rolled back"), "{shown:?}");
    let several = home.run(["show", "2026"]);
    assert_eq!(several.code, Some(2), "{several:?}");
    assert!(several.err.contains("20260301-140200-aaaaa"), "{several:?}");
    let none = home.run(["show", "1999"]);
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.err.contains("sevdeck incidents"), "{none:?}");
}

#[test]
fn a_store_in_use_is_named_with_its_holder() {
    let home = Home::new();
    let mut record = open(&home);
    add(&mut record, "a", "x", "2026-03-01T14:02:00Z");
    for args in [&["incidents"][..], &["show", "a"]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.err.contains(&format!("pid {}", std::process::id())), "{run:?}");
    }
    drop(record);
    assert_eq!(home.run(["show", "a"]).code, Some(0));
}

#[test]
fn a_damaged_store_is_moved_aside_and_said_so() {
    let home = Home::new();
    add(&mut open(&home), "a", "x", "2026-03-01T14:02:00Z");
    fs::write(home.store().join("store/conf"), "not what was written").unwrap();
    let run = home.run(["incidents"]);
    assert!(run.err.contains("damaged") && run.err.contains("store.corrupt-"), "{run:?}");
    assert!(!run.err.contains("panicked"), "{run:?}");
    let kept = fs::read_dir(home.store()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(kept.into_iter().any(|name| name.to_string_lossy().starts_with("store.corrupt-")));
    assert_eq!(home.run(["incidents"]).code, Some(0), "the new one works");
}

#[test]
fn a_store_that_cannot_be_made_is_named_with_a_way_out() {
    let home = Home::new();
    home.write("file", "");
    let run = home.run(["--store", "file", "incidents"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("file") && run.err.contains("--store"), "{run:?}");
}
