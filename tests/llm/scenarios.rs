//! What endpoints and models are known to do, each on both wires: the right document, what can be read of it, or one
//! clear line. Nothing here panics, hangs or grows without limit.

use std::io::Write as _;

use serde_json::{Value, json};
use sevdeck::llm::{FailureKind, Finish, Wire};

use crate::llm::rig::{
    KEY, Outcome, WIRES, answer, block, call, closing, delta, event, events, head, opening, pieces, regular,
    run, script, settings, stream, text, timing, triage,
};
use crate::support::endpoint::{Act, Endpoint};

fn play(wire: Wire, script: Vec<Act>) -> Outcome {
    let endpoint = Endpoint::start(vec![script]);
    block(run(call(&settings(wire, &endpoint.url("")), timing())))
}

/// What has to come of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Due {
    /// The whole document.
    Right,
    /// A document of which parts are missing or of another type.
    Usable,
    /// One line.
    Line(FailureKind),
}

fn assert_due(what: &str, wire: Wire, outcome: &Outcome, due: Due) {
    let what = format!("{what} {wire:?}");
    match (&outcome.end, due) {
        (Ok((_, answer)), Due::Right) => {
            assert!(answer.complete && answer.title == triage()["title"], "{what}: {answer:?}");
            assert_eq!(answer.summary, triage()["summary"].as_str().unwrap(), "{what}");
            assert_eq!(answer.hypotheses.len(), 1, "{what}");
            assert_eq!(answer.checklist[0].command, triage()["checklist"][0]["command"], "{what}");
        }
        (Ok((_, answer)), Due::Usable) => {
            assert!(answer.complete && answer.is_usable(), "{what}: {answer:?}");
        }
        (Err(failure), Due::Line(kind)) => {
            let line = failure.to_string();
            assert_eq!(failure.kind, kind, "{what}: {line}");
            assert!(!line.contains('\n') && line.len() < 900 && line.contains("; "), "{what}: {line}");
            assert!(!line.contains(KEY), "{what}: {line}");
        }
        (end, due) => panic!("{what}: {due:?} is due, not {end:?}\n{}", outcome.text),
    }
}

fn stream_of(wire: Wire, text: &str) -> Vec<Act> {
    script(&events(wire, text))
}

#[test]
fn events_spelled_in_odd_ways_are_read() {
    for wire in WIRES {
        // The JSON of an event over several lines of data.
        let lines = events(wire, &text())
            .iter()
            .map(|event| event.replacen("\":", "\":\ndata: ", 1))
            .collect::<Vec<_>>();
        assert_due("multiline", wire, &play(wire, script(&lines)), Due::Right);
        // Every character of the text as an escape.
        let escape =
            |text: &str| -> String { text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect() };
        let mut escaped: Vec<String> = opening(wire).iter().map(|value| event(wire, value)).collect();
        for piece in pieces(&text(), 7) {
            let data = delta(wire, "PIECE").to_string().replace("PIECE", &escape(&piece));
            escaped.push(format!("data: {data}\n\n"));
        }
        escaped.extend(closing(wire, regular(wire)).iter().map(|value| event(wire, value)));
        assert_due("escaped", wire, &play(wire, script(&escaped)), Due::Right);
        // Without chunks: the body ends where the connection does.
        let mut bare = vec![Act::Raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".to_vec(),
        )];
        bare.push(Act::Raw(events(wire, &text()).concat().into_bytes()));
        assert_due("no chunks", wire, &play(wire, bare), Due::Right);
        // Header lines byte by byte.
        let Act::Raw(first) = stream() else { unreachable!() };
        let mut slow: Vec<Act> = first.into_iter().map(|byte| Act::Raw(vec![byte])).collect();
        slow.extend(stream_of(wire, &text()).into_iter().skip(1));
        assert_due("slow header", wire, &play(wire, slow), Due::Right);
        for kind in ["application/json", "text/plain", "text/html", ""] {
            let mut acts = vec![head(200, &format!("Content-Type: {kind}\r\n"))];
            acts.extend(stream_of(wire, &text()).into_iter().skip(1));
            assert_due(kind, wire, &play(wire, acts), Due::Right);
        }
    }
}

#[test]
fn compressed_bodies_are_told_and_not_read() {
    let mut whole = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    whole.write_all(events(Wire::Chat, &text()).concat().as_bytes()).unwrap();
    let whole = whole.finish().unwrap();
    for wire in WIRES {
        for bytes in [whole.clone(), whole[..whole.len() / 2].to_vec(), b"\x1f\x8b broken".to_vec()] {
            let acts = vec![head(200, "Content-Encoding: gzip\r\n"), Act::Chunk(bytes), Act::End];
            assert_due("gzip", wire, &play(wire, acts), Due::Line(FailureKind::Damaged));
        }
    }
}

#[test]
fn what_models_put_around_the_document_is_taken_off() {
    let text = text();
    let think =
        "<think>\nThe pool looks stale. {\"title\": \"not this one\"}\n```json\n{}\n```\n</think>\n\n";
    let commented = text.replacen("  \"summary\"", "  // what happened\n  \"summary\"", 1);
    let trailing = text.replace("\n  ]", ",\n  ]").replace("\n    }", ",\n    }");
    let table: [(&str, String, Due); 15] = [
        ("fence", format!("```json\n{text}\n```"), Due::Right),
        ("plain fence", format!("```\n{text}\n```\n"), Due::Right),
        ("prose", format!("Sure! Here it is:\n\n{text}\n\nShall I dig deeper {{or not}}?"), Due::Right),
        ("prefix", format!("Here is the JSON you asked for: {text}"), Due::Right),
        ("suffix", format!("{text}\n\nNote: confidences are estimates."), Due::Right),
        ("thinking", format!("{think}{text}"), Due::Right),
        ("thinking and a fence", format!("{think}Here you go:\n```json\n{text}\n```\nDone."), Due::Right),
        ("twice", format!("{text}\n{text}"), Due::Right),
        ("byte order mark", format!("\u{feff}{text}"), Due::Right),
        ("a string of JSON", serde_json::to_string(&text).unwrap(), Due::Right),
        ("comments", commented, Due::Right),
        ("trailing commas", trailing, Due::Right),
        ("schema instead", sevdeck::llm::schema::TRIAGE.to_owned(), Due::Line(FailureKind::NoAnswer)),
        (
            "a refusal in words",
            "I'm sorry, but I can't help with that.".into(),
            Due::Line(FailureKind::NoAnswer),
        ),
        (
            "markdown",
            "# Triage\n\n**Severity:** SEV1\n\n- stale pool\n".into(),
            Due::Line(FailureKind::NoAnswer),
        ),
    ];
    for wire in WIRES {
        for (name, text, due) in &table {
            assert_due(name, wire, &play(wire, stream_of(wire, text)), *due);
        }
        let names = ["title", "service", "summary", "hypotheses", "checklist", "cause", "command"];
        let bare = names
            .iter()
            .fold(text.clone(), |text, name| text.replace(&format!("\"{name}\":"), &format!("{name}:")));
        assert_due("bare keys", wire, &play(wire, stream_of(wire, &bare)), Due::Right);
        let raw = text.replace("taken.\\nThe", "taken.\nThe");
        assert_due("raw line breaks", wire, &play(wire, stream_of(wire, &raw)), Due::Right);
        let mut quoted = triage();
        quoted["summary"] = json!("plain words");
        let quoted = quoted.to_string().replace("\\\"", "").replace('"', "'");
        assert_due("single quotes", wire, &play(wire, stream_of(wire, &quoted)), Due::Usable);
    }
}

#[test]
fn documents_of_nearly_the_right_shape_are_read() {
    let change = |set: &dyn Fn(&mut Value)| {
        let mut value = triage();
        set(&mut value);
        value.to_string()
    };
    let nulls = |value: &mut Value| {
        for field in value.as_object_mut().unwrap().values_mut() {
            *field = Value::Null;
        }
    };
    let types = |value: &mut Value| {
        value["severity"] = json!(1);
        value["timeline"] = json!("none");
        value["customer_impact"] = json!(["checkout"]);
        value["title"] = Value::Null;
        value["missing"] = json!({"0": "object, not list"});
        value["hypotheses"][0]["confidence"] = json!("82%");
        value["hypotheses"][0]["evidence"] = json!("one string");
    };
    let reversed = {
        let value = triage();
        let fields = value.as_object().unwrap().iter().rev().map(|(name, field)| format!("{name:?}:{field}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    let escapes = "\u{1b}[2J\u{1b}[31mowned\u{7} \u{202e}evil\u{202c} \u{9b}31m \u{1b}]8;;http://x\u{7}link";
    let table: [(&str, String, Due); 11] = [
        ("unknown fields", change(&|v| v["later"] = json!({"a": [1, {"b": null}]})), Due::Right),
        ("other order", reversed, Due::Right),
        ("wrapped", json!({"triage": {"result": triage()}}).to_string(), Due::Right),
        ("in a list", json!([triage()]).to_string(), Due::Right),
        ("other types", change(&types), Due::Usable),
        ("missing sections", change(&|v| v["summary"] = json!("")), Due::Usable),
        ("unknown words", change(&|v| v["severity"] = json!("P1 / critical (sev-1)")), Due::Usable),
        ("terminal escapes", change(&|v| v["title"] = json!(escapes)), Due::Usable),
        ("secrets", change(&|v| v["summary"] = json!("key AKIAIOSFODNN7EXAMPLE leaked")), Due::Usable),
        ("nothing but null", change(&nulls), Due::Line(FailureKind::NoAnswer)),
        ("an empty object", "{}".to_owned(), Due::Line(FailureKind::NoAnswer)),
    ];
    for wire in WIRES {
        for (name, text, due) in &table {
            let outcome = play(wire, stream_of(wire, text));
            assert_due(name, wire, &outcome, *due);
            if let Ok((_, answer)) = &outcome.end {
                let odd = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
                assert!(!format!("{}{}", answer.title, answer.summary).contains(odd), "{name}: {answer:?}");
            }
        }
    }
}

#[test]
fn the_text_may_come_by_other_ways() {
    let tool = |text: &str| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}}]});
    let mut called = opening(Wire::Chat);
    called.extend(pieces(&text(), 16).iter().map(|piece| tool(piece)));
    called.extend(closing(Wire::Chat, "tool_calls"));
    let acts = script(&called.iter().map(|value| event(Wire::Chat, value)).collect::<Vec<_>>());
    assert_due("tool", Wire::Chat, &play(Wire::Chat, acts), Due::Right);
    let block = json!({"type": "content_block_start", "index": 0,
        "content_block": {"type": "tool_use", "id": "t", "name": "triage", "input": {}}});
    let mut called = vec![opening(Wire::Messages).remove(0), block];
    called.extend(pieces(&text(), 16).iter().map(|piece| {
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}})
    }));
    called.extend(closing(Wire::Messages, "tool_use"));
    let acts = script(&called.iter().map(|value| event(Wire::Messages, value)).collect::<Vec<_>>());
    assert_due("tool", Wire::Messages, &play(Wire::Messages, acts), Due::Right);
    // Azure tells about its filter before the first and after the last text.
    let filter =
        json!({"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]});
    let last = json!({"choices": [{"index": 0, "finish_reason": null, "content_filter_results": {}, "content_filter_offsets": {}}]});
    let mut azure = events(Wire::Chat, &text());
    azure.insert(0, event(Wire::Chat, &filter));
    azure.insert(azure.len() - 2, event(Wire::Chat, &last));
    assert_due("azure", Wire::Chat, &play(Wire::Chat, script(&azure)), Due::Right);
    for wire in WIRES {
        // Pings between, an unknown event, comments before anything.
        let mut noisy = vec![": OPENROUTER PROCESSING\n\n".repeat(5)];
        for part in events(wire, &text()) {
            noisy.push("event: ping\ndata: {\"type\": \"ping\"}\n\n".to_owned());
            noisy.push("event: later\ndata: {\"type\": \"later_invention\", \"x\": 1}\n\n".to_owned());
            noisy.push(part);
        }
        assert_due("noise", wire, &play(wire, script(&noisy)), Due::Right);
    }
}

#[test]
fn usage_is_read_wherever_it_stands() {
    type Placed = fn(Value) -> Vec<Value>;
    let finish = |usage: Value| json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage});
    let counts = json!({"prompt_tokens": 100, "completion_tokens": 40, "prompt_tokens_details": {"cached_tokens": 30}});
    let deepseek = json!({"prompt_tokens": 100, "completion_tokens": 40, "prompt_cache_hit_tokens": 30, "prompt_cache_miss_tokens": 70});
    let openrouter = json!({"prompt_tokens": 100, "completion_tokens": 40, "cost": 0.0021, "prompt_tokens_details": {"cached_tokens": 30}});
    let last: Placed = |usage| {
        vec![
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
            json!({"choices": [], "usage": usage}),
        ]
    };
    for (name, usage) in [("openai", &counts), ("deepseek", &deepseek), ("openrouter", &openrouter)] {
        let every = |value: Value, at: usize| {
            let mut value = value;
            value["usage"] = json!({"prompt_tokens": 100, "completion_tokens": at});
            value
        };
        let text = pieces(&text(), 16).into_iter().enumerate();
        let deltas: Vec<Value> = text.map(|(at, piece)| every(delta(Wire::Chat, &piece), at)).collect();
        let plain = deltas.iter().cloned().map(|mut value| {
            value["usage"] = Value::Null;
            value
        });
        let ways: [(&str, Vec<Value>); 3] = [
            ("last", plain.clone().chain(last(usage.clone())).collect()),
            ("with the finish", plain.clone().chain([finish(usage.clone())]).collect()),
            ("with every delta", deltas.iter().cloned().chain([finish(usage.clone())]).collect()),
        ];
        for (way, values) in ways {
            let outcome =
                play(Wire::Chat, script(&values.iter().map(|v| event(Wire::Chat, v)).collect::<Vec<_>>()));
            assert_due(way, Wire::Chat, &outcome, Due::Right);
            let read = outcome.usage.unwrap();
            assert_eq!(
                (read.prompt, read.cache_read, read.output),
                (Some(100), Some(30), Some(40)),
                "{name} {way}"
            );
            assert_eq!(read.cost_usd.is_some(), name == "openrouter");
        }
    }
    for wire in WIRES {
        let mut none = events(wire, &text());
        for event in &mut none {
            *event = event.replace("usage", "unused");
        }
        let outcome = play(wire, script(&none));
        assert_due("none", wire, &outcome, Due::Right);
        assert_eq!(outcome.usage, None);
    }
}

#[test]
fn ends_are_told_apart_from_breaks() {
    for wire in WIRES {
        let body: Vec<Value> = opening(wire).into_iter().chain([delta(wire, &text())]).collect();
        let with = |reason: Option<Value>| -> Vec<String> {
            let mut values = body.clone();
            match (wire, reason) {
                (_, None) => {}
                (Wire::Chat, Some(reason)) => {
                    values.push(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}));
                }
                (Wire::Messages, Some(reason)) => {
                    values.push(
                        json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {}}),
                    );
                    values.push(json!({"type": "message_stop"}));
                }
            }
            values.iter().map(|value| event(wire, value)).collect()
        };
        let done = "data: [DONE]\n\n".to_owned();
        let table: [(&str, Vec<String>, Due); 5] = [
            ("null", with(Some(Value::Null)), Due::Line(FailureKind::Cut)),
            ("left out", with(None), Due::Line(FailureKind::Cut)),
            ("left out, but done", [with(None), vec![done.clone()]].concat(), Due::Line(FailureKind::Cut)),
            (
                "done twice",
                [with(Some(json!(regular(wire)))), vec![done.clone(), done.clone()]].concat(),
                Due::Right,
            ),
            ("not done", with(Some(json!(regular(wire)))), Due::Right),
        ];
        for (name, events, due) in table {
            assert_due(name, wire, &play(wire, script(&events)), due);
        }
        // The cap on tokens in the middle of the text.
        let half = &text()[..200];
        let word = if wire == Wire::Chat { "length" } else { "max_tokens" };
        let mut values: Vec<Value> = opening(wire).into_iter().chain([delta(wire, half)]).collect();
        values.extend(closing(wire, word));
        let outcome = play(wire, script(&values.iter().map(|value| event(wire, value)).collect::<Vec<_>>()));
        let (finish, answer) = outcome.end.expect("what arrived");
        assert_eq!((finish, answer.complete), (Finish::Length, false));
        assert!(answer.is_usable(), "what arrived is kept");
    }
}

/// An error inside of a stream, in the words of each kind of server.
fn errors() -> Vec<(&'static str, String)> {
    let data = |value: Value| format!("data: {value}\n\n");
    let words = "the engine gave up";
    vec![
        (
            "openai",
            data(json!({"error": {"message": words, "type": "server_error", "param": null, "code": null}})),
        ),
        (
            "anthropic",
            format!(
                "event: error\n{}",
                data(json!({"type": "error", "error": {"type": "api_error", "message": words}}))
            ),
        ),
        (
            "vllm",
            data(json!({"object": "error", "message": words, "type": "InternalServerError", "code": 500})),
        ),
        (
            "openrouter",
            data(json!({"error": {"code": 502, "message": words},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]})),
        ),
        ("llama.cpp", data(json!({"error": {"code": 500, "message": words, "type": "server_error"}}))),
        (
            "rate limit",
            data(
                json!({"error": {"message": words, "type": "rate_limit_error", "code": "rate_limit_exceeded"}}),
            ),
        ),
        ("string", data(json!({"error": words}))),
        ("plain text", format!("{words}\n\n")),
        ("without data:", format!("{}\n\n", json!({"error": {"message": words}}))),
    ]
}

#[test]
fn errors_in_a_stream_are_one_line_wherever_they_come() {
    for wire in WIRES {
        for (name, error) in errors() {
            for (first, then) in [(true, 0), (false, 0), (false, 1), (false, 2)] {
                let mut all = if first { Vec::new() } else { events(wire, &text())[..8].to_vec() };
                all.push(error.clone());
                if then == 1 {
                    all.push("data: [DONE]\n\n".to_owned());
                }
                let mut acts = script(&all);
                if then == 2 && name != "plain text" {
                    // The connection stays open.
                    *acts.last_mut().unwrap() = Act::Hold;
                }
                let outcome = play(wire, acts);
                let failure = outcome.end.as_ref().expect_err(name);
                let line = failure.to_string();
                assert!(line.contains("the engine gave up"), "{name} {wire:?}: {line}");
                assert!(!line.contains('\n') && line.contains("; "), "{name}: {line}");
                assert_eq!(failure.after_content, !first, "{name}");
                assert_eq!(name == "rate limit", failure.kind == FailureKind::RateLimit, "{name}: {line}");
            }
        }
    }
}

#[test]
fn every_status_in_every_shape_is_one_line_with_a_next_step() {
    use FailureKind as Kind;
    let statuses = [
        (400, Kind::Request),
        (401, Kind::Key),
        (402, Kind::Billing),
        (403, Kind::Key),
        (404, Kind::NotFound),
        (413, Kind::Context),
        (422, Kind::Request),
        (429, Kind::RateLimit),
        (500, Kind::Server),
        (503, Kind::Server),
        (529, Kind::Server),
    ];
    let words = "scripted words";
    let shapes = |status: u16| -> Vec<(&'static str, String)> {
        vec![
            (
                "openai",
                json!({"error": {"message": words, "type": "x", "param": null, "code": null}}).to_string(),
            ),
            (
                "anthropic",
                json!({"type": "error", "error": {"type": "x", "message": words}, "request_id": "r"})
                    .to_string(),
            ),
            ("azure", json!({"error": {"code": status.to_string(), "message": words}}).to_string()),
            (
                "openrouter",
                json!({"error": {"code": status, "message": "no", "metadata": {"raw": words}}}).to_string(),
            ),
            ("ollama", json!({"error": words}).to_string()),
            ("vllm", json!({"object": "error", "message": words, "code": status}).to_string()),
            ("fastapi", json!({"detail": words}).to_string()),
            ("google", json!([{"error": {"code": status, "message": words}}]).to_string()),
            ("page", format!("<html><head><title>{words}</title></head><body>x</body></html>")),
            ("plain", words.to_owned()),
            ("empty", String::new()),
        ]
    };
    for wire in WIRES {
        for (status, kind) in statuses {
            for (shape, body) in shapes(status) {
                let outcome = play(wire, answer(status, "x-should-retry: false\r\n", &body));
                let what = format!("{status} {shape}");
                assert_due(&what, wire, &outcome, Due::Line(kind));
                let line = outcome.end.unwrap_err().to_string();
                assert!(shape == "empty" || line.contains(words), "{what}: {line}");
                assert!(line.contains(&status.to_string()), "{what}: {line}");
            }
        }
        let quota =
            json!({"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}})
                .to_string();
        let outcome = play(wire, answer(429, "", &quota));
        assert_due("quota", wire, &outcome, Due::Line(Kind::Billing));
        let context =
            json!({"error": {"message": "This model's maximum context length is 8192 tokens."}}).to_string();
        assert_due("context", wire, &play(wire, answer(400, "", &context)), Due::Line(Kind::Context));
    }
}
