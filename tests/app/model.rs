//! A model beside the offline analyst: the whole way from the key to the panes, over a real connection.

use std::fs;
use std::path::Path;

use serde_json::json;
use sevdeck::app::key::Key;
use sevdeck::app::model::Phase;
use sevdeck::app::runtime::model::ModelSource;
use sevdeck::app::ui::{Overlay, Pane, View};
use sevdeck::evidence::redaction::Policy;
use sevdeck::incident::model::Estimated;
use sevdeck::incident::opinion::{By, Section};
use sevdeck::incident::triage::CommandEffect;
use sevdeck::incident::{Incident, ModelOutcome, SourceSpec, Triage};
use sevdeck::llm::{Settings, Wire};

use crate::app::cockpit::Cockpit;
use crate::llm::rig::{answer, delta, event, events, opening, script, timing};
use crate::support::endpoint::{Act, Endpoint};

/// What must not leave: a password that stands in the log.
const SECRET: &str = "hunter2-Vq81xZ";
/// Where it stands.
const DATABASE: &str = "postgres://app:hunter2-Vq81xZ@db-1:5432/ledger";

pub(crate) fn source(folder: &Path, endpoint: &Endpoint) -> ModelSource {
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
        timing: timing(),
    }
}

/// A cockpit on a log of exhausted connections, with a model that plays these scripts.
async fn incident(folder: &Path, endpoint: &Endpoint) -> Cockpit {
    opened(folder, source(folder, endpoint)).await
}

/// A cockpit on a log of exhausted connections, with this model.
pub(crate) async fn opened(folder: &Path, model: ModelSource) -> Cockpit {
    let log = folder.join("app.log");
    let line = |minute: u32, text: &str| format!("2026-03-01T14:{minute:02}:11Z {text}\n");
    let mut text: String = (0..10).map(|minute| line(minute, "INFO request served in 12 ms")).collect();
    text += &line(11, &format!("INFO connecting to postgres://app:{SECRET}@db-1:5432/ledger"));
    for minute in 12..16 {
        for _ in 0..30 {
            text += &line(minute, "FATAL sorry, too many clients already");
        }
        text += &line(minute, &format!("ERROR no connection to {DATABASE}: too many clients already"));
    }
    fs::write(&log, text).expect("the log");
    let mut cockpit =
        Cockpit::with_model(folder, Some(model)).opened(vec![SourceSpec::File(log.display().to_string())]);
    cockpit.until("a first cause", |app| !app.incident.triage.hypotheses.is_empty()).await;
    cockpit
}

pub(crate) fn said() -> String {
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
    assert_eq!(incident.triage.title, "Connections exhausted", "its lead is proven");
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
    assert_eq!(end.estimated, Estimated { up: true, down: true, cost: false }, "nobody counted");
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
    cockpit
        .until("a draft on screen", |app| app.model.running().is_some_and(|running| running.draft.is_some()))
        .await;
    cockpit.keys(&[Key::Esc]);
    cockpit.until("the end", |app| app.model.phase == Phase::Idle).await;
    endpoint.until(|seen| seen.iter().all(|one| one.closed.is_some())).await;
    let end = cockpit.app.incident.calls[&1].end.clone().expect("an end");
    assert_eq!(end.outcome, ModelOutcome::Cancelled);
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

/// What a model says that writes of a secret by its placeholder.
fn said_with_placeholder() -> String {
    let mut said: serde_json::Value = serde_json::from_str(&said()).unwrap();
    said["hypotheses"][0]["evidence"] = json!([{
        "quote": "ERROR no connection to postgres://app:<secret:1>@db-1:5432/ledger: too many clients already",
        "source": "app.log", "line": 43,
    }]);
    said["checklist"][0] = json!({
        "id": "c1", "step": "Log in with <secret:1> and count", "effect": "reads", "decides": ["h1"],
        "command": "psql postgres://app:<secret:1>@db-1:5432/ledger -c \"SELECT count(*) FROM pg_stat_activity\"",
        "expected": "mostly one client",
    });
    said.to_string()
}

/// Whether a file below `folder` holds these bytes.
fn is_kept(folder: &Path, bytes: &str) -> bool {
    fs::read_dir(folder).expect("a folder").flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return is_kept(&path, bytes);
        }
        let found = fs::read(&path).unwrap_or_default();
        found.windows(bytes.len()).any(|window| window == bytes.as_bytes())
    })
}

#[tokio::test]
async fn what_is_kept_has_placeholders_and_the_screen_has_the_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said_with_placeholder()))]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    asked(&mut cockpit).await;
    let incident = &cockpit.app.incident;
    let steps = |triage: &Triage| -> Vec<String> {
        triage.checklist.iter().map(|step| format!("{} {}", step.step, step.command)).collect()
    };
    let shown = steps(incident.shown());
    let step = shown.iter().position(|step| step.contains("Log in")).expect("the model's step");
    assert!(shown[step].contains(DATABASE), "{}", shown[step]);
    assert!(steps(&incident.triage)[step].contains("postgres://app:<secret:1>@db-1"));
    let quotes = incident.shown().hypotheses.iter().flat_map(|one| &one.evidence);
    let verified = quotes.clone().any(|quote| quote.verified && quote.quote.contains(DATABASE));
    assert!(verified, "a quote with a placeholder is found in the log: {:#?}", quotes.collect::<Vec<_>>());
    // What a person does with it is kept without it, too.
    let id = incident.shown().checklist[step].id.clone();
    cockpit.app.ui.focus = Pane::Checklist;
    cockpit.app.ui.step = Some(id);
    cockpit.keys(&[Key::Char('y'), Key::Char(' ')]);
    let before = cockpit.quit();
    assert!(is_kept(&folder.path().join("store"), "too many clients already"), "the record is there");
    assert!(!is_kept(&folder.path().join("store"), SECRET), "{:#?}", before.incident);
    assert!(!is_kept(&folder.path().join("store"), "hunter2"));

    let again = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let mut cockpit = Cockpit::with_model(folder.path(), Some(source(folder.path(), &again)));
    let id = before.incident.id.as_ref().expect("an id").to_string();
    cockpit.ask(sevdeck::app::effect::Effect::Load(id));
    cockpit.until("the incident is back", |app| !app.incident.calls.is_empty()).await;
    let shown = steps(cockpit.app.incident.shown());
    assert!(shown.iter().any(|step| step.contains("Log in with <secret:1>")), "{shown:?}");
    // The placeholders of the record are taken: a new one stands for the value that is read again.
    cockpit.until("the log is read", |app| !app.digest.templates.is_empty()).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("the second call", |app| app.incident.calls.len() == 2).await;
    cockpit.until("its end", |app| app.incident.calls.values().all(|call| call.end.is_some())).await;
    let body = &again.seen()[0].body;
    assert!(body.contains("postgres://app:<secret:2>@db-1") && !body.contains(SECRET), "{body}");
}

#[tokio::test]
async fn the_same_secret_is_the_same_placeholder_in_every_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    asked(&mut cockpit).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("two calls", |app| app.incident.calls.len() == 2).await;
    cockpit.until("their ends", |app| app.incident.calls.values().all(|call| call.end.is_some())).await;
    let seen = endpoint.seen();
    for seen in &seen {
        assert!(seen.body.contains("postgres://app:<secret:1>@db-1"), "{}", seen.body);
    }
    let same = seen[0].body.bytes().zip(seen[1].body.bytes()).take_while(|(one, two)| one == two).count();
    assert!(same > 4_000, "what endpoints can cache: {same} of {} bytes", seen[0].body.len());
}

#[tokio::test]
async fn an_answer_without_a_document_is_asked_for_once_more_and_no_more() {
    let prose = "I think the database is at fault. {\"ok\": true}";
    for (second, works) in [(said(), true), ("Sorry, still prose.".to_owned(), false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let scripts = [prose, &second, &said()].map(|text| script(&events(Wire::Chat, text)));
        let endpoint = Endpoint::start(scripts.to_vec());
        let mut cockpit = incident(folder.path(), &endpoint).await;
        cockpit.keys(&[Key::Char('t')]);
        cockpit
            .until("both ends", |app| {
                app.incident.calls.len() == 2 && app.incident.calls.values().all(|call| call.end.is_some())
            })
            .await;
        let calls = &cockpit.app.incident.calls;
        let [first, last] = [1, 2].map(|number| calls[&number].end.clone().expect("an end"));
        assert!(matches!(&first.outcome, ModelOutcome::Failed { why } if why.ends_with("asked once more")));
        assert_eq!(last.outcome == ModelOutcome::Complete, works, "{:?}", last.outcome);
        assert!(calls[&2].request.reason.contains("none of the sections"), "{}", calls[&2].request.reason);
        assert_eq!(calls[&2].by, "sevdeck");
        let spent = sevdeck::incident::model::Spent::over(calls.values());
        assert_eq!((spent.calls, spent.tokens), (2, 280), "both are counted");
        assert_eq!(cockpit.app.model.phase, Phase::Idle);
        let seen = endpoint.seen();
        assert_eq!(seen.len(), 2);
        let turns: serde_json::Value = serde_json::from_str(&seen[1].body).unwrap();
        let roles: Vec<&str> =
            turns["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["system", "user", "assistant", "user"]);
        assert_eq!(turns["messages"][2]["content"], prose);
    }
}

#[tokio::test]
async fn a_repair_needs_its_place_in_the_budget() {
    let usage =
        |prompt: u64| json!({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": 5}});
    let mut acts = events(Wire::Chat, "prose");
    let last = acts.len() - 1;
    acts.insert(last, event(Wire::Chat, &usage(11_000)));
    let endpoint = Endpoint::start(vec![script(&acts)]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut cockpit = incident(folder.path(), &endpoint).await;
    cockpit.app.model.settings.as_mut().unwrap().budget_tokens = Some(12_000);
    asked(&mut cockpit).await;
    assert_eq!((cockpit.app.incident.calls.len(), endpoint.seen().len()), (1, 1));
    assert!(cockpit.app.model.held.as_ref().is_some_and(|why| why.contains("12000 tokens")));
    assert_eq!(cockpit.app.model.phase, Phase::Idle);
}

#[tokio::test]
async fn what_a_model_thinks_can_be_read_and_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all: Vec<serde_json::Value> = opening(Wire::Chat);
    let thought = "Let me see\u{1b}[2J: <secret:1> stands in the log.\n";
    all.push(json!({"choices": [{"index": 0, "delta": {"reasoning_content": thought}}]}));
    let mut acts = script(&all.iter().map(|value| event(Wire::Chat, value)).collect::<Vec<_>>());
    acts.pop();
    acts.push(Act::Hold);
    let endpoint = Endpoint::start(vec![acts]);
    let mut cockpit = incident(folder.path(), &endpoint).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("a thought", |app| !app.model.thoughts.text.is_empty()).await;
    assert!(cockpit.app.model.running().is_some_and(|running| running.thinking.is_some()));
    let text = cockpit.app.model.thoughts.text.clone();
    assert!(text.contains(SECRET) && !text.contains('\u{1b}'), "{text}");
    cockpit.keys(&[Key::Char('M')]);
    let thoughts = Overlay::Document { view: View::Thoughts, selected: usize::MAX };
    assert_eq!(cockpit.app.ui.overlays.last(), Some(&thoughts));
    cockpit.keys(&[Key::Esc, Key::Esc]);
    cockpit.until("the end", |app| app.model.phase == Phase::Idle).await;
    assert_eq!(cockpit.app.model.thoughts.text, text, "still there to be read");
    cockpit.quit();
    assert!(!is_kept(&folder.path().join("store"), "Let me see"));
}

#[tokio::test]
async fn what_was_learned_of_a_model_is_known_in_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let body = r#"{"error":{"message":"Unsupported parameter: 'stream_options'","param":"stream_options"}}"#;
    let endpoint = Endpoint::start(vec![answer(400, "", body), script(&events(Wire::Chat, &said()))]);
    for requests in [2, 3] {
        let mut cockpit = incident(folder.path(), &endpoint).await;
        asked(&mut cockpit).await;
        let seen = endpoint.seen();
        assert_eq!(seen.len(), requests, "one refusal is enough for all runs");
        assert!(!seen[requests - 1].body.contains("stream_options"));
        cockpit.quit();
    }
}
