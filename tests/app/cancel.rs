//! Esc ends a call wherever it stands: the connection is closed, what arrived is kept, and nothing is sent any more.

use std::io::Read;
use std::net::TcpListener;

use serde_json::json;
use sevdeck::app::App;
use sevdeck::app::key::Key;
use sevdeck::app::model::Phase;
use sevdeck::app::runtime::model::ModelSource;
use sevdeck::incident::ModelOutcome;
use sevdeck::incident::model::Estimated;
use sevdeck::llm::Wire;

use crate::app::cockpit::Cockpit;
use crate::app::model::{opened, said, source};
use crate::llm::rig::{answer, delta, event, events, opening, script, stream};
use crate::support::endpoint::{Act, Endpoint};

/// The endpoint refused, and is asked again later.
const REFUSED: &str = "while it waits to be sent again";

/// The events of these values, and then silence.
fn hangs_after(values: &[serde_json::Value]) -> Vec<Act> {
    let text: String = values.iter().map(|value| event(Wire::Chat, value)).collect();
    vec![stream(), Act::Chunk(text.into_bytes()), Act::Hold]
}

/// A call that stands where it is waited for, in an endpoint that saw this many requests by then.
struct Stand {
    name: &'static str,
    scripts: Vec<Vec<Act>>,
    here: fn(&App) -> bool,
    requests: usize,
    /// Whether the connection is open there.
    open: bool,
}

fn stands() -> Vec<Stand> {
    let thought = json!({"choices": [{"index": 0, "delta": {"reasoning_content": "Let me see"}}]});
    let text = said();
    let half = &text[..text.find("\"mitigations\"").expect("keys in the order of the alphabet")];
    let begun: Vec<_> = opening(Wire::Chat);
    let with = |value| begun.iter().cloned().chain([value]).collect::<Vec<_>>();
    let running = |app: &App| app.model.running().is_some();
    vec![
        Stand {
            name: "before the head",
            scripts: vec![vec![Act::Hold]],
            here: running,
            requests: 1,
            open: true,
        },
        Stand {
            name: "after the head",
            scripts: vec![hangs_after(&begun)],
            here: running,
            requests: 1,
            open: true,
        },
        Stand {
            name: "while it thinks",
            scripts: vec![hangs_after(&with(thought))],
            here: |app| app.model.running().is_some_and(|running| running.thinking.is_some()),
            requests: 1,
            open: true,
        },
        Stand {
            name: "while it answers",
            scripts: vec![hangs_after(&with(delta(Wire::Chat, half)))],
            here: |app| app.model.running().is_some_and(|running| running.draft.is_some()),
            requests: 1,
            open: true,
        },
        Stand {
            name: REFUSED,
            scripts: vec![answer(429, "retry-after: 100\r\n", "{}")],
            here: |app| app.model.running().is_some_and(|running| running.waits.is_some()),
            requests: 1,
            open: false,
        },
        Stand {
            name: "while a refusal is read",
            scripts: vec![{
                let mut acts = answer(400, "", "{");
                acts.pop();
                acts.push(Act::Hold);
                acts
            }],
            here: running,
            requests: 1,
            open: true,
        },
        Stand {
            name: "while it is asked once more",
            scripts: vec![script(&events(Wire::Chat, "prose")), vec![Act::Hold]],
            here: |app| app.incident.calls.len() == 2 && app.model.running().is_some(),
            requests: 2,
            open: true,
        },
    ]
}

async fn ends_at_once(cockpit: &mut Cockpit, name: &str) {
    cockpit.keys(&[Key::Esc]);
    assert!(!cockpit.app.model.is_busy(), "{name}: it is over for the person with the key");
    cockpit.until(name, |app| app.model.phase == Phase::Idle).await;
    let end = cockpit.app.incident.calls.values().next_back().and_then(|call| call.end.clone());
    let end = end.expect("an end");
    assert_eq!(end.outcome, ModelOutcome::Cancelled, "{name}");
    if name == REFUSED {
        assert_eq!((end.run.tokens_in, end.estimated), (Some(0), Estimated::default()), "nothing was used");
    }
}

#[tokio::test]
async fn esc_ends_a_call_wherever_it_stands() {
    for Stand { name, scripts, here, requests, open } in stands() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut endpoint = Endpoint::start(scripts);
        let mut cockpit = opened(folder.path(), source(folder.path(), &endpoint)).await;
        cockpit.keys(&[Key::Char('t')]);
        cockpit.until(name, here).await;
        let reached = |seen: &[crate::support::endpoint::Seen]| {
            seen.len() == requests && (!open || seen[requests - 1].held.is_some())
        };
        endpoint.until(reached).await;
        ends_at_once(&mut cockpit, name).await;
        if open {
            endpoint.until(|seen| seen[requests - 1].closed.is_some()).await;
        }
        cockpit.quit();
        assert_eq!(endpoint.seen().len(), requests, "{name}: nothing is sent any more");
    }
}

#[tokio::test]
async fn esc_ends_a_call_whose_server_never_answers_the_greeting() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let (greeted, greeting) = std::sync::mpsc::sync_channel(1);
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut block = [0; 4096];
        assert!(stream.read(&mut block).expect("a greeting") > 0);
        greeted.send(()).expect("somebody waits");
        while stream.read(&mut block).is_ok_and(|count| count > 0) {}
    });
    let unused = Endpoint::start(vec![Vec::new()]);
    let mut model = source(folder.path(), &unused);
    model.settings.url = Some(format!("https://{address}/v1"));
    let mut cockpit = opened(folder.path(), model).await;
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("the call", |app| app.model.running().is_some()).await;
    greeting.recv().expect("a greeting");
    ends_at_once(&mut cockpit, "greeting").await;
    server.join().expect("the connection is closed");
}

#[tokio::test]
async fn esc_while_the_request_is_written_sends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Endpoint::start(vec![script(&events(Wire::Chat, &said()))]);
    let model: ModelSource = source(folder.path(), &endpoint);
    let mut cockpit = opened(folder.path(), model).await;
    cockpit.keys(&[Key::Char('t'), Key::Esc]);
    assert_eq!(cockpit.app.model.phase, Phase::Idle);
    // The next one is another request, and the one that was given up is not sent in its place.
    cockpit.keys(&[Key::Char('t')]);
    cockpit.until("an end", |app| app.incident.calls.values().any(|call| call.end.is_some())).await;
    assert_eq!((cockpit.app.incident.calls.len(), endpoint.seen().len()), (1, 1));
}
