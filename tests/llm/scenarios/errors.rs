//! What endpoints say when they give up: inside of a stream, and by a status.

use serde_json::{Value, json};
use sevdeck::llm::FailureKind;

use crate::llm::rig::{WIRES, answer, events, script, text};
use crate::llm::scenarios::{Due, assert_due, play};
use crate::support::endpoint::Act;

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
