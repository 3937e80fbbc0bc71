//! Round trips of every kind, and the rules for what this program does not know.

use jiff::Timestamp;
use serde_json::json;

use crate::incident::event::{Author, Event, IncidentStatus, Recorded, StepOutcome};
use crate::incident::model::Estimated;
use crate::incident::opinion::{Opinion, Remark, RemarkKind, Section};
use crate::incident::triage::{HypothesisStatus, Language, Run, SeverityLevel, Triage};
use crate::incident::wire::{decode, encode};
use crate::incident::{
    Bookmark, Checked, Finding, FindingKind, IncidentId, ModelOutcome, ModelRequest, Place, Quote,
    SourceChange, SourceId, SourceSpec, TriagePatch,
};

fn bookmark() -> Bookmark {
    Bookmark {
        place: Place { source: SourceId(2), start: 100, end: 140 },
        name: "the first one".into(),
        text: "FATAL sorry, too many clients already".into(),
        line: Some(18_213),
        at: Some(Timestamp::UNIX_EPOCH),
    }
}

fn quote() -> Quote {
    let place = Place { source: SourceId(1), start: 10, end: 20 };
    Quote {
        quote: "too many".into(),
        source: "app.log".into(),
        line: Some(2),
        verified: true,
        place: Some(place),
    }
}

/// One event of every kind. A new kind must be added here: the match makes the compiler say so.
fn request() -> ModelRequest {
    ModelRequest {
        model: "deepseek/deepseek-chat".into(),
        prompt: "v2".into(),
        prompt_hash: "9f1c".into(),
        language: Language::Zh,
        url: "https://api.deepseek.com/chat/completions".into(),
        reason: "a new leading hypothesis".into(),
        case_revision: 4,
        bytes: 12_000,
        stands_for: 1 << 30,
        tokens: 3_400,
        cost_usd: None,
        masked: 2,
        kinds: std::collections::BTreeMap::from([("password".to_owned(), 2)]),
        left_out: 2,
    }
}

fn run() -> Run {
    Run {
        analyst: "deepseek".into(),
        model: Some("deepseek-chat".into()),
        prompt: Some("v2".into()),
        language: Language::Zh,
        latency_ms: 4_200,
        tokens_in: Some(3_400),
        tokens_out: Some(900),
        tokens_cached: None,
        cost_usd: Some(0.0042),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn answered() -> Event {
    let remark = Remark {
        kind: RemarkKind::Quote,
        section: Section::Hypotheses,
        key: "m-1".into(),
        text: "a quote is not in the sources".into(),
    };
    let opinion =
        Opinion { model: "deepseek-chat".into(), call: 1, remarks: vec![remark], ..Opinion::default() };
    let triage = Triage { summary: "half".into(), ..Triage::default() };
    let answer = Checked { triage, opinion, run: Some(run()), ..Checked::default() };
    let outcome = ModelOutcome::Cut { why: "the connection ended".into() };
    let estimated = Estimated { down: true, ..Estimated::default() };
    Event::ModelAnswered { call: 1, outcome, run: run(), estimated, answer: Some(Box::new(answer)) }
}

fn every_kind() -> Vec<Event> {
    let finding = Finding {
        id: "burst-1".into(),
        kind: FindingKind::Burst,
        subject: "too many clients".into(),
        at: Some(Timestamp::UNIX_EPOCH),
        ended: None,
        strength: 80,
        level: Some(crate::incident::Level::Fatal),
        rate: Some(crate::incident::finding::RateChange { before: 0.0, peak: 41.5 }),
        quotes: vec![quote()],
        template: Some("t1".into()),
    };
    let triage = Triage { title: "t".into(), summary: "s".into(), ..Triage::default() };
    let patch = TriagePatch::between(&Triage::default(), &triage).map(Box::new).unwrap();
    let events = vec![
        Event::IncidentOpened {
            incident: IncidentId::parse("20260301-140211-abcde").unwrap(),
            title: "título".into(),
            service: "支付".into(),
            language: Language::Zh,
        },
        Event::IncidentRenamed { title: "a".into(), service: String::new() },
        Event::SourcesRequested { specs: vec![SourceSpec::Stdin, SourceSpec::Glob("*.log".into())] },
        Event::SourceAttached {
            source: SourceId(1),
            spec: SourceSpec::Glob("*.log".into()),
            path: Some("a.log".into()),
            name: "a.log".into(),
        },
        Event::SourceChanged { source: SourceId(1), change: SourceChange::Truncated { missing: 7 } },
        Event::ContextAdded { source: SourceId(2), name: "context".into(), text: "line\n\u{0}".into() },
        Event::NoteAdded { text: "n".into() },
        Event::FindingRaised { finding },
        Event::TriageRevised { case_revision: 3, patch },
        Event::HypothesisJudged {
            hypothesis: "h".into(),
            verdict: HypothesisStatus::RuledOut,
            reason: "r".into(),
        },
        Event::StepMarked {
            step: "s".into(),
            outcome: StepOutcome::NotAsExpected,
            note: "n".into(),
            output: Some(SourceId(4)),
        },
        Event::CommandCopied { command: "df -h".into() },
        Event::LineBookmarked { bookmark: bookmark() },
        Event::BookmarkRemoved { place: bookmark().place },
        Event::SeverityDeclared { level: SeverityLevel::Sev1, reason: String::new() },
        Event::StatusChanged { status: IncidentStatus::Mitigated },
        Event::UpdateSent { text: "[SEV2] so far".into() },
        Event::PlaceholderFilled { name: "redis host".into(), value: "db-1".into() },
        Event::PostmortemWritten { text: "# What happened".into() },
        Event::Undone { of: 3 },
        Event::ModelAsked { call: 1, request: request() },
        answered(),
        Event::Unknown { kind: "from_the_future".into(), version: 9, body: json!({"a": [1, null]}) },
    ];
    events.iter().for_each(listed);
    events
}

/// A new kind does not compile here: it belongs into the list above.
fn listed(event: &Event) {
    match event {
        Event::IncidentOpened { .. }
        | Event::IncidentRenamed { .. }
        | Event::SourcesRequested { .. }
        | Event::SourceAttached { .. }
        | Event::SourceChanged { .. }
        | Event::ContextAdded { .. }
        | Event::NoteAdded { .. }
        | Event::FindingRaised { .. }
        | Event::TriageRevised { .. }
        | Event::HypothesisJudged { .. }
        | Event::StepMarked { .. }
        | Event::CommandCopied { .. }
        | Event::LineBookmarked { .. }
        | Event::BookmarkRemoved { .. }
        | Event::SeverityDeclared { .. }
        | Event::StatusChanged { .. }
        | Event::UpdateSent { .. }
        | Event::PlaceholderFilled { .. }
        | Event::PostmortemWritten { .. }
        | Event::Undone { .. }
        | Event::ModelAsked { .. }
        | Event::ModelAnswered { .. }
        | Event::Unknown { .. } => {}
    }
}

fn recorded(event: Event) -> Recorded {
    Recorded {
        seq: 7,
        at: "2026-03-01T14:02:11.123456789Z".parse().unwrap(),
        by: Author::Person("ana: on call".into()),
        event,
    }
}

#[test]
fn every_kind_survives_being_stored() {
    for event in every_kind() {
        let event = recorded(event);
        assert_eq!(decode(encode(&event).as_bytes()).unwrap(), event);
    }
}

#[test]
fn authors_survive_being_stored() {
    for by in [Author::Sevdeck, Author::Person("sevdeck".into()), Author::Analyst("deepseek:v3".into())] {
        let event = Recorded { by: by.clone(), ..recorded(Event::NoteAdded { text: String::new() }) };
        assert_eq!(decode(encode(&event).as_bytes()).unwrap().by, by);
    }
}

#[test]
fn the_stored_form_stays_readable() {
    let stored = r#"{"v":1,"seq":4,"at":"2026-03-01T14:05:00Z","by":"person:ana","kind":"step_marked",
        "body":{"step":"db/1","outcome":"as_expected","note":"500 rows"}}"#;
    let event = decode(stored.as_bytes()).unwrap();
    let expected = Event::StepMarked {
        step: "db/1".into(),
        outcome: StepOutcome::AsExpected,
        note: "500 rows".into(),
        output: None,
    };
    assert_eq!(event.event, expected);
}

#[test]
fn a_newer_version_of_a_known_kind_is_kept_as_it_is() {
    let stored = r#"{"v":2,"seq":4,"at":"2026-03-01T14:05:00Z","by":"sevdeck","kind":"note_added","body":{"rich":true}}"#;
    let event = decode(stored.as_bytes()).unwrap();
    assert!(matches!(&event.event, Event::Unknown { version: 2, .. }));
    assert_eq!(decode(encode(&event).as_bytes()).unwrap(), event);
}

#[test]
fn a_damaged_event_is_an_error_that_names_the_part() {
    for (stored, part) in [
        (r#"{"v":1,"at":"2026-03-01T14:05:00Z","by":"x","kind":"note_added","body":{}}"#, "seq"),
        (r#"{"v":1,"seq":1,"at":"yesterday","by":"x","kind":"note_added","body":{}}"#, "at"),
        (r#"{"v":1,"seq":1,"at":"2026-03-01T14:05:00Z","by":"x","kind":"note_added","body":{}}"#, "text"),
        (r#"{"v":1,"seq":1,"#, "JSON"),
    ] {
        let error = decode(stored.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
