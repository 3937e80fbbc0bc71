//! Streams as endpoints spell, wrap and end them, and where they count tokens.

use std::io::Write as _;

use serde_json::{Value, json};
use sevdeck::llm::{FailureKind, Finish, Wire};

use crate::llm::rig::{
    WIRES, closing, delta, event, events, head, opening, pieces, regular, script, stream, text,
};
use crate::llm::scenarios::{Due, assert_due, play, stream_of};
use crate::support::endpoint::Act;

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
