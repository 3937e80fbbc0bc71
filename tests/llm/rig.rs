//! A call against a scripted endpoint, and what came of it.

use std::time::Duration;

use serde_json::{Value, json};
use sevdeck::llm::endpoint::World;
use sevdeck::llm::{
    Answer, Call, Draft, Endpoint, Event, Failure, Finish, Link, Prompt, Quirks, Settings, Timing, Usage,
    Wire, schema,
};

use crate::support::endpoint::Act;

/// The key that must turn up nowhere but in its header.
pub(crate) const KEY: &str = "sk-planted-Zq81mVb7-kTz55Rw0";

/// Both wires.
pub(crate) const WIRES: [Wire; 2] = [Wire::Chat, Wire::Messages];

/// Times short enough for tests, long enough not to fire while a scripted answer is under way.
pub(crate) fn timing() -> Timing {
    Timing {
        after_finish: Duration::from_millis(200),
        first_pause: Duration::from_millis(5),
        ..Timing::default()
    }
}

/// A small triage with text that is hard to cut: several scripts, a character beyond the BMP, escapes.
pub(crate) fn triage() -> Value {
    json!({
        "title": "checkout: 接続が枯渇 🔥",
        "service": "checkout",
        "severity": {"level": "SEV2", "reasoning": "12 % of requests fail since 14:02"},
        "summary": "Every pool slot is taken.\nThe \"settlement\" batch holds them — C:\\jobs\\settle.",
        "hypotheses": [
            {"id": "h1", "confidence": "high", "cause": "the batch of v2.41 holds connections",
             "evidence": [{"quote": "FATAL: sorry, too many clients already", "source": "pg.log", "line": 7}],
             "against": [], "status": "open", "next_check": "who holds them?"},
        ],
        "checklist": [
            {"id": "c1", "step": "Who holds them?", "command": "psql -c \"SELECT count(*) FROM pg_stat_activity\"",
             "expected": "mostly the batch", "effect": "reads", "decides": ["h1"]},
        ],
        "mitigations": [],
        "customer_impact": "Checkouts fail.",
        "timeline": [],
        "contradictions": [],
        "missing": [],
        "follow_ups": [],
        "postmortem": "## Summary\n🔥 [FILL IN]\n",
    })
}

/// The same as text.
pub(crate) fn text() -> String {
    serde_json::to_string_pretty(&triage()).unwrap()
}

/// Settings for a model of this wire at this address.
pub(crate) fn settings(wire: Wire, url: &str) -> Settings {
    let model = match wire {
        Wire::Chat => "openai/test-model",
        Wire::Messages => "anthropic/test-model",
    };
    Settings {
        model: model.into(),
        url: Some(url.into()),
        key_command: Some("key".into()),
        ..Settings::default()
    }
}

/// A link with the planted key.
pub(crate) fn link(settings: &Settings) -> Link {
    let endpoint = Endpoint::resolve(settings, &World { env: &|_| None, run: &|_| Ok(KEY.into()) }).unwrap();
    Link::new(endpoint).unwrap()
}

/// What is asked.
pub(crate) fn prompt() -> Prompt {
    Prompt {
        system: "You are on call.".into(),
        user: "What broke?".into(),
        schema: Some(schema::TRIAGE),
        ..Prompt::default()
    }
}

/// A call with nothing learned and no jitter.
pub(crate) fn call(settings: &Settings, timing: Timing) -> Call {
    Call::new(link(settings), prompt(), Quirks::default(), timing, 0)
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<Event>,
    pub(crate) text: String,
    pub(crate) thinking: String,
    pub(crate) usage: Option<Usage>,
    pub(crate) end: Result<(Finish, Answer), Failure>,
    /// What can be read of the answer, however it ended.
    pub(crate) partial: Answer,
}

/// Drives a call to its end.
pub(crate) async fn run(mut call: Call) -> Outcome {
    let (mut events, mut draft) = (Vec::new(), Draft::default());
    let drive = async {
        while let Some(event) = call.next().await {
            match &event {
                Event::Text(text) => draft.push(text),
                Event::Thinking(text) => draft.push_thinking(text),
                _ => {}
            }
            events.push(event);
        }
    };
    tokio::time::timeout(Duration::from_secs(60), drive).await.expect("the call does not end");
    let ends = events.iter().filter(|event| matches!(event, Event::Finished(_) | Event::Failed(_))).count();
    assert_eq!(ends, 1, "{events:?}");
    let usage = events.iter().find_map(|event| match event {
        Event::Usage(usage) => Some(*usage),
        _ => None,
    });
    let partial = draft.answer();
    let end = match events.last().unwrap() {
        Event::Finished(finish) => draft.finish("test").map(|answer| (finish.clone(), answer)),
        Event::Failed(failure) => Err(failure.clone()),
        other => panic!("the last event is {other:?}"),
    };
    Outcome {
        text: draft.text().to_owned(),
        thinking: draft.thinking().to_owned(),
        events,
        usage,
        end,
        partial,
    }
}

/// Runs a call on a runtime like the program's.
pub(crate) fn block<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The head of an answer with a chunked body.
pub(crate) fn head(status: u16, headers: &str) -> Act {
    let head =
        format!("HTTP/1.1 {status} X\r\n{headers}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    Act::Raw(head.into_bytes())
}

/// The head of a stream of events.
pub(crate) fn stream() -> Act {
    head(200, "Content-Type: text/event-stream\r\n")
}

/// A whole answer with this status and body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<Act> {
    vec![head(status, headers), Act::Chunk(body.as_bytes().to_vec()), Act::End]
}

/// An answer of these events, one chunk each.
pub(crate) fn script(events: &[String]) -> Vec<Act> {
    let chunks = events.iter().map(|event| Act::Chunk(event.clone().into_bytes()));
    std::iter::once(stream()).chain(chunks).chain([Act::End]).collect()
}

/// An event with its blank line.
pub(crate) fn event(wire: Wire, value: &Value) -> String {
    match wire {
        Wire::Chat => format!("data: {value}\n\n"),
        Wire::Messages => {
            format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or("message"))
        }
    }
}

/// What begins a stream.
pub(crate) fn opening(wire: Wire) -> Vec<Value> {
    match wire {
        Wire::Chat => {
            vec![json!({"id": "c", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})]
        }
        Wire::Messages => vec![
            json!({"type": "message_start", "message": {"id": "m", "content": [],
                "usage": {"input_tokens": 70, "cache_read_input_tokens": 30, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
        ],
    }
}

/// One delta of text.
pub(crate) fn delta(wire: Wire, text: &str) -> Value {
    match wire {
        Wire::Chat => {
            json!({"id": "c", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]})
        }
        Wire::Messages => {
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        }
    }
}

/// What ends a stream: the reason, the usage.
pub(crate) fn closing(wire: Wire, reason: &str) -> Vec<Value> {
    match wire {
        Wire::Chat => vec![
            json!({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
            json!({"id": "c", "choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 40,
                "prompt_tokens_details": {"cached_tokens": 30}}}),
        ],
        Wire::Messages => vec![
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 40}}),
            json!({"type": "message_stop"}),
        ],
    }
}

/// The word for a regular end.
pub(crate) fn regular(wire: Wire) -> &'static str {
    if wire == Wire::Chat { "stop" } else { "end_turn" }
}

/// Text in pieces of at most this many characters.
pub(crate) fn pieces(text: &str, size: usize) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(size).map(|piece| piece.iter().collect()).collect()
}

/// The events of a whole stream of this text.
pub(crate) fn events(wire: Wire, text: &str) -> Vec<String> {
    let deltas = pieces(text, 16).into_iter().map(|piece| delta(wire, &piece));
    let values = opening(wire).into_iter().chain(deltas).chain(closing(wire, regular(wire)));
    let mut events: Vec<String> = values.map(|value| event(wire, &value)).collect();
    if wire == Wire::Chat {
        events.push("data: [DONE]\n\n".to_owned());
    }
    events
}
