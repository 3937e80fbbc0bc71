//! A model beside the offline analyst: the whole way from the key to the panes, over a real connection.

use std::fs;
use std::path::Path;

use serde_json::json;
use sevdeck::app::key::Key;
use sevdeck::app::model::Phase;
use sevdeck::app::runtime::model::ModelSource;
use sevdeck::evidence::redaction::Policy;
use sevdeck::incident::opinion::{By, Section};
use sevdeck::incident::triage::CommandEffect;
use sevdeck::incident::{Incident, ModelOutcome, SourceSpec};
use sevdeck::llm::{Settings, Wire};

use crate::app::cockpit::Cockpit;
use crate::llm::rig::{answer, delta, event, events, opening, script};
use crate::support::endpoint::{Act, Endpoint};

/// What must not leave: a password that stands in the log.
const SECRET: &str = "hunter2-Vq81xZ";

fn source(folder: &Path, endpoint: &Endpoint) -> ModelSource {
    ModelSource {
        settings: Settings {
            model: "openai/test-model".into(),
            url: Some(endpoint.url("/v1")),
            key_command: Some("echo sk-planted-Zq81mVb7-kTz55Rw0".into()),
            ..Settings::default()
        },
        prompt: "v2".into(),
        prompts: folder.join("prompts"),
        prices: folder.join("prices.toml"),
        quirks: folder.join("cache/quirks.json"),
        request_tokens: 12_000,
        policy: Policy::default(),
    }
}

/// A cockpit on a log of exhausted connections, with a model that plays these scripts.
async fn incident(folder: &Path, endpoint: &Endpoint) -> Cockpit {
    let log = folder.join("app.log");
    let line = |minute: u32, text: &str| format!("2026-03-01T14:{minute:02}:11Z {text}\n");
    let mut text: String = (0..10).map(|minute| line(minute, "INFO request served in 12 ms")).collect();
    text += &line(11, &format!("INFO connecting to postgres://app:{SECRET}@db-1:5432/ledger"));
    for minute in 12..16 {
        for _ in 0..30 {
            text += &line(minute, "FATAL sorry, too many clients already");
        }
    }
    fs::write(&log, text).expect("the log");
    let mut cockpit = Cockpit::with_model(folder, Some(source(folder, endpoint)))
        .opened(vec![SourceSpec::File(log.display().to_string())]);
    cockpit.until("a first cause", |app| !app.incident.triage.hypotheses.is_empty()).await;
    cockpit
}

fn said() -> String {
    json!({
        "title": "Connections exhausted", "service": "",
        "severity": {"level": "SEV2", "reasoning": "requests fail"},
        "summary": "The database refuses connections.",
        "hypotheses": [
            {"id": "h1", "confidence": "high", "cause": "The database has no connection left",
             "evidence": [{"quote": "FATAL sorry, too many clients already", "source": "app.log", "line": 12}],
             "against": [], "status": "open", "next_check": "who holds them?"},
            {"id": "h2", "confidence": "high", "cause": "A meteor struck the data centre",
             "evidence": [{"quote": "meteor impact detected in rack 7", "source": "app.log", "line": 99}],
             "against": [], "status": "open", "next_check": ""},
        ],
        "checklist": [
            {"id": "c1", "step": "Make room", "command": "psql -c \"DROP TABLE sessions\"", "expected": "gone",
             "effect": "reads", "decides": ["h1"]},
        ],
        "mitigations": [], "customer_impact": "Checkouts fail for 48,211 customers.", "timeline": [],
        "contradictions": [], "missing": [], "follow_ups": [], "postmortem": "",
    })
    .to_string()
}

async fn asked(cockpit: &mut Cockpit) {
    cockpit.keys(&[Key::Char('t')]);
    cockpit
        .until("the end of the call", |app| app.incident.calls.values().any(|call| call.end.is_some()))
        .await;
}

#[tokio::test]
async fn what_a_model_says_is_checked_and_joins_the_panes() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    let before = cockpit.app.incident.triage.clone();
    asked(&mut cockpit).await;
    let incident = &cockpit.app.incident;
    let end = incident.calls[&1].end.as_ref().expect("an end");
    assert_eq!(end.outcome, ModelOutcome::Complete);
    assert_eq!((end.run.tokens_in, end.run.tokens_cached), (Some(100), Some(30)));
    for old in &before.hypotheses {
        assert!(incident.triage.hypotheses.iter().any(|new| new.id == old.id), "{} is gone", old.id);
    }
    let meteor = incident.triage.hypotheses.iter().find(|one| one.cause.contains("meteor"));
    if let Some(meteor) = meteor {
        assert_eq!(meteor.confidence.name(), "low", "nothing verified speaks for it");
        assert!(meteor.evidence.iter().all(|quote| !quote.verified));
        assert_eq!(incident.triage.opinion.as_ref().unwrap().by(Section::Hypotheses, &meteor.id), By::Model);
    }
    assert_ne!(incident.triage.hypotheses[0].cause, "A meteor struck the data centre");
    let steps = &incident.triage.checklist;
    assert!(steps.iter().all(|step| step.effect == CommandEffect::Reads && !step.command.contains("DROP")));
    assert!(!incident.triage.customer_impact.contains("48,211"), "{}", incident.triage.customer_impact);
}

#[tokio::test]
async fn no_secret_leaves_and_the_record_says_how_much_was_masked() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    asked(&mut cockpit).await;
    let seen = endpoint.seen();
    assert_eq!(seen.len(), 1);
    assert!(!seen[0].body.contains(SECRET));
    assert!(seen[0].body.contains("too many clients"));
    let events = format!("{:?}", cockpit.app.incident.calls);
    assert!(!events.contains("sk-planted"), "the key stays out of the record");
    let shown = cockpit.app.model.last.as_ref().expect("a request").text.to_string();
    assert!(!shown.contains(SECRET) && shown.contains("too many clients"));
}

#[tokio::test]
async fn a_cut_answer_is_kept_marked_and_the_offline_analyst_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = said();
    let cut = text.find("\"mitigations\"").expect("keys in the order of the alphabet");
    let mut acts = script(&[]);
    acts.pop();
    for value in opening(Wire::Chat).into_iter().chain([delta(Wire::Chat, &text[..cut])]) {
        acts.push(Act::Chunk(event(Wire::Chat, &value).into_bytes()));
    }
    acts.push(Act::Reset);
    let endpoint = Endpoint::start(vec![acts]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    asked(&mut cockpit).await;
    let incident = &cockpit.app.incident;
    let end = incident.calls[&1].end.as_ref().expect("an end");
    assert!(matches!(end.outcome, ModelOutcome::Cut { .. }), "{:?}", end.outcome);
    assert!(end.estimated, "nobody counted the tokens");
    assert!(!incident.triage.checklist.is_empty(), "the offline checklist stays");
    assert!(incident.answer.as_ref().is_some_and(|answer| !answer.opinion.complete));
}

#[tokio::test]
async fn a_refusal_is_one_line_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let body =
        r#"{"error":{"message":"Incorrect API key provided: sk-plant**5Rw0","code":"invalid_api_key"}}"#;
    let endpoint = Endpoint::start(vec![answer(401, "Content-Type: application/json\r\n", body)]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    let before = cockpit.app.incident.triage.clone();
    asked(&mut cockpit).await;
    let end = cockpit.app.incident.calls[&1].end.as_ref().expect("an end");
    let ModelOutcome::Failed { why } = &end.outcome else { panic!("{:?}", end.outcome) };
    assert!(why.contains("401") || why.to_lowercase().contains("key"), "{why}");
    assert!(!why.contains('\n') && !why.contains("5Rw0"), "{why}");
    assert_eq!(cockpit.app.incident.triage.hypotheses, before.hypotheses);
}

#[tokio::test]
async fn esc_closes_the_connection_at_once_and_keeps_what_arrived() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = said();
    let half = text.find("\"mitigations\"").expect("keys in the order of the alphabet");
    let mut acts = script(&[]);
    acts.pop();
    for value in opening(Wire::Chat).into_iter().chain([delta(Wire::Chat, &text[..half])]) {
        acts.push(Act::Chunk(event(Wire::Chat, &value).into_bytes()));
    }
    acts.push(Act::Hold);
    let mut endpoint = Endpoint::start(vec![acts]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("a draft on screen", |app| app.incident.preview.is_some()).await;
    cockpit.keys(&[Key::Esc]);
    cockpit.until("the end", |app| app.model.phase == Phase::Idle).await;
    endpoint.until(|seen| seen.iter().all(|one| one.closed.is_some())).await;
    let end = cockpit.app.incident.calls[&1].end.clone().expect("an end");
    assert_eq!(end.outcome, ModelOutcome::Cancelled);
    assert_eq!(cockpit.app.incident.preview, None);
    assert!(cockpit.app.incident.answer.is_some());
}

#[tokio::test]
async fn a_resumed_incident_has_its_calls_and_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    asked(&mut cockpit).await;
    let before: Incident = cockpit.quit().incident;
    let mut again = Cockpit::start(folder.path());
    let id = before.id.as_ref().expect("an id").to_string();
    again.ask(sevdeck::app::effect::Effect::Load(id));
    again.until("the incident is back", |app| !app.incident.calls.is_empty()).await;
    assert_eq!(again.app.incident.calls, before.calls);
    assert_eq!(again.app.incident.answer, before.answer);
}
