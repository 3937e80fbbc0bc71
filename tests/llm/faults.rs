//! Every fault a stream can have, on both wires: the right document, or one clear line.

use serde_json::{Value, json};
use sevdeck::llm::{FailureKind, Finish, Wire};

use crate::llm::rig::{
    KEY, Outcome, WIRES, answer, block, call, closing, delta, event, events, opening, pieces, regular, run,
    script, settings, stream, text, timing,
};
use crate::support::endpoint::{Act, Endpoint};

/// Plays one script and gives what came of it.
fn play(wire: Wire, script: Vec<Act>) -> Outcome {
    let endpoint = Endpoint::start(vec![script]);
    block(run(call(&settings(wire, &endpoint.url("")), timing())))
}

fn is_right(outcome: &Outcome) -> bool {
    outcome.end.as_ref().is_ok_and(|(_, answer)| {
        answer.complete
            && answer.title == "checkout: 接続が枯渇 🔥"
            && answer.hypotheses.len() == 1
            && answer.checklist[0].command == "psql -c \"SELECT count(*) FROM pg_stat_activity\""
            && answer.postmortem.trim_end() == "## Summary\n🔥 [FILL IN]"
    })
}

fn assert_right(what: &str, outcome: &Outcome) {
    assert!(is_right(outcome), "{what}: {:?}\n{}", outcome.end, outcome.text);
}

fn assert_line(what: &str, outcome: &Outcome, kind: FailureKind) {
    let failure = outcome.end.as_ref().expect_err(what);
    assert_eq!(failure.kind, kind, "{what}: {failure}");
    let line = failure.to_string();
    assert!(!line.contains('\n') && line.len() < 900 && line.contains("; "), "{what}: {line}");
    assert!(!line.contains(KEY), "{what}: {line}");
}

#[test]
fn a_regular_stream_gives_document_usage_and_end() {
    for wire in WIRES {
        let outcome = play(wire, script(&events(wire, &text())));
        assert_right("regular", &outcome);
        let usage = outcome.usage.unwrap();
        assert_eq!(
            (usage.prompt, usage.cache_read, usage.output),
            (Some(100), Some(30), Some(40)),
            "{wire:?}"
        );
    }
}

#[test]
fn every_spelling_of_events_is_read() {
    type Change = fn(String) -> String;
    let spellings: [(&str, Change); 9] = [
        ("crlf", |all| all.replace('\n', "\r\n")),
        ("cr", |all| all.replace('\n', "\r")),
        ("nospace", |all| all.replace("data: ", "data:")),
        ("bom", |all| format!("\u{feff}{all}")),
        ("ids", |all| all.replace("data: {", "id: 4\nretry: 3000\nx-later: 1\ndata: {")),
        ("noevent", |all| {
            all.lines().filter(|line| !line.starts_with("event:")).collect::<Vec<_>>().join("\n") + "\n\n"
        }),
        ("noblank", |all| all.replace("\n\n", "\n")),
        ("comments", |all| all.replace("data: {", ": ping - 10:02\n\n:\n\ndata: {")),
        ("trailing newline missing", |all| all.trim_end().to_owned()),
    ];
    for wire in WIRES {
        for (name, change) in spellings {
            let all = change(events(wire, &text()).concat());
            let whole = vec![stream(), Act::Chunk(all.clone().into_bytes()), Act::End];
            assert_right(&format!("{name} {wire:?}"), &play(wire, whole));
            let bytes = all.into_bytes();
            let cut = bytes.chunks(97).map(|part| Act::Chunk(part.to_vec()));
            let cut = std::iter::once(stream()).chain(cut).chain([Act::End]).collect();
            assert_right(&format!("{name} {wire:?} cut"), &play(wire, cut));
        }
    }
}

#[test]
fn a_byte_at_a_time_is_enough() {
    for wire in WIRES {
        let bytes = events(wire, &text()).concat().into_bytes();
        let acts = bytes.into_iter().map(|byte| Act::Chunk(vec![byte]));
        let acts = std::iter::once(stream()).chain(acts).chain([Act::End]).collect();
        assert_right("bytes", &play(wire, acts));
    }
}

#[test]
fn characters_cut_into_halves_are_joined() {
    for wire in WIRES {
        let text = text();
        let units = text.encode_utf16().map(|unit| {
            // As a server that cuts strings by UTF-16 units writes them.
            delta(wire, "UNIT").to_string().replace("UNIT", &format!("\\u{unit:04x}"))
        });
        let mut all: Vec<String> = opening(wire).iter().map(|value| event(wire, value)).collect();
        all.extend(units.map(|data| format!("data: {data}\n\n")));
        all.extend(closing(wire, regular(wire)).iter().map(|value| event(wire, value)));
        assert_right("halves", &play(wire, vec![stream(), Act::Chunk(all.concat().into_bytes()), Act::End]));
    }
}

#[test]
fn damage_is_a_document_or_a_line_but_never_a_wrong_document() {
    for wire in WIRES {
        let mut cut = events(wire, &text());
        let half = cut[6].len() / 2;
        cut[6] = format!("{}\n\n", &cut[6][..half]);
        assert_line("an event cut in half", &play(wire, script(&cut)), FailureKind::Damaged);
        let mut garbage = events(wire, &text());
        garbage.insert(6, "\0 no colon here\n\n".to_owned());
        assert_right("garbage between events", &play(wire, script(&garbage)));
        let mut bad: Vec<Act> = script(&events(wire, &text()));
        if let Act::Chunk(bytes) = &mut bad[8] {
            let field: &[u8] = if wire == Wire::Chat { b"\"content\":\"" } else { b"\"text\":\"" };
            let at = bytes.windows(field.len()).position(|part| part == field).unwrap() + field.len();
            bytes.splice(at..at, *b"\xff\xc3(");
        }
        let outcome = play(wire, bad);
        assert!(outcome.end.is_ok() && outcome.text.contains('\u{fffd}'), "{:?}", outcome.end);
    }
}

#[test]
fn ends_that_are_none_are_told() {
    for wire in WIRES {
        let all = events(wire, &text());
        let head: Vec<Act> = script(&all[..10]);
        let without_end = head[..head.len() - 1].to_vec();
        let ends: [(&str, Vec<Act>); 3] =
            [("clean", vec![Act::End]), ("fin", vec![]), ("rst", vec![Act::Reset])];
        for (name, end) in ends {
            let outcome = play(wire, [without_end.clone(), end].concat());
            assert_line(name, &outcome, FailureKind::Cut);
            assert!(outcome.end.as_ref().unwrap_err().after_content);
            assert!(name == "rst" || !outcome.partial.checklist.is_empty(), "what came is kept");
        }
        let mut done = all[..10].to_vec();
        done.push("data: [DONE]\n\n".to_owned());
        assert_line("[DONE] alone proves nothing", &play(wire, script(&done)), FailureKind::Cut);
        let mut plain = all[..10].to_vec();
        plain.push("upstream error: connection reset by peer\n".to_owned());
        let outcome = play(wire, script(&plain));
        assert_line("words of a gateway", &outcome, FailureKind::Cut);
        assert!(outcome.end.unwrap_err().message.contains("connection reset by peer"));
    }
}

#[test]
fn what_comes_after_the_end_changes_nothing() {
    for wire in WIRES {
        let mut more = events(wire, &text());
        more.push("data: [DONE]\n\n".to_owned());
        more.push(event(wire, &delta(wire, "AFTER THE END")));
        assert_right("more", &play(wire, script(&more)));
        let open: Vec<Value> = opening(wire)
            .into_iter()
            .chain(pieces(&text(), 40).iter().map(|piece| delta(wire, piece)))
            .chain(closing(wire, regular(wire)).into_iter().take(if wire == Wire::Chat { 1 } else { 2 }))
            .collect();
        let mut acts = script(&open.iter().map(|value| event(wire, value)).collect::<Vec<_>>());
        acts.pop();
        let endings: [(&str, Vec<Act>); 3] =
            [("held open", vec![Act::Hold]), ("torn down", vec![]), ("closed", vec![Act::End])];
        for (name, end) in endings {
            assert_right(name, &play(wire, [acts.clone(), end].concat()));
        }
    }
}

#[test]
fn errors_inside_of_a_stream_end_it_with_their_words() {
    use FailureKind as Kind;
    let chat: [(Value, Kind); 6] = [
        (json!({"error": {"message": "the server had an error", "type": "server_error"}}), Kind::Server),
        (json!({"object": "error", "message": "the server had an error", "code": 500}), Kind::Server),
        (
            json!({"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
                "error": {"code": 502, "message": "the server had an error"}}),
            Kind::Server,
        ),
        (
            json!({"error": {"message": "the server had an error", "code": "rate_limit_exceeded"}}),
            Kind::RateLimit,
        ),
        (json!({"error": "the server had an error"}), Kind::Server),
        (
            json!({"error": {"message": "the server had an error", "code": "context_length_exceeded"}}),
            Kind::Context,
        ),
    ];
    let messages: [(Value, Kind); 2] = [
        (
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "the server had an error"}}),
            Kind::Server,
        ),
        (
            json!({"type": "error", "error": {"type": "api_error", "message": "the server had an error"}}),
            Kind::Server,
        ),
    ];
    let all =
        chat.iter().map(|case| (Wire::Chat, case)).chain(messages.iter().map(|case| (Wire::Messages, case)));
    for (wire, (error, kind)) in all {
        for then in [vec!["data: [DONE]\n\n".to_owned()], vec![]] {
            let mut broken = events(wire, &text())[..10].to_vec();
            broken.push(event(wire, error));
            broken.extend(then);
            let mut acts = script(&broken);
            *acts.last_mut().unwrap() = Act::Hold;
            let outcome = play(wire, acts);
            assert_line(&error.to_string(), &outcome, *kind);
            assert!(outcome.end.unwrap_err().message.contains("the server had an error"), "{error}");
        }
    }
    // Ollama loses its own errors: an empty delta and the end.
    let mut lost = events(Wire::Chat, &text())[..10].to_vec();
    lost.push(event(Wire::Chat, &delta(Wire::Chat, "")));
    assert_line("lost", &play(Wire::Chat, script(&lost)), FailureKind::Cut);
}

#[test]
fn reasons_for_the_end_are_told_apart() {
    let words = [("length", "max_tokens"), ("content_filter", "refusal"), ("later_invention", "pause_turn")];
    for wire in WIRES {
        for (index, (chat, messages)) in words.into_iter().enumerate() {
            let word = if wire == Wire::Chat { chat } else { messages };
            let values = opening(wire).into_iter().chain([delta(wire, &text())]).chain(closing(wire, word));
            let outcome = play(wire, script(&values.map(|value| event(wire, &value)).collect::<Vec<_>>()));
            match index {
                0 => assert_eq!(outcome.end.unwrap().0, Finish::Length),
                1 => assert_line(word, &outcome, FailureKind::Refused),
                _ => assert_eq!(outcome.end.unwrap().0, Finish::Other(word.into())),
            }
        }
        let empty = opening(wire).into_iter().chain(closing(wire, regular(wire)));
        let outcome = play(wire, script(&empty.map(|value| event(wire, &value)).collect::<Vec<_>>()));
        assert_line("an empty answer is none", &outcome, FailureKind::NoAnswer);
    }
}

#[test]
fn bodies_that_are_no_stream_are_seen_for_what_they_are() {
    let chat = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": text()},
        "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}});
    let messages = json!({"type": "message", "content": [{"type": "text", "text": text()}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 3, "output_tokens": 4}});
    for (wire, whole) in WIRES.into_iter().zip([chat, messages]) {
        for lead in ["", "\n\n \n", "\u{feff}"] {
            let outcome = play(wire, answer(200, "Content-Type: text/plain\r\n", &format!("{lead}{whole}")));
            assert_right("whole", &outcome);
            assert_eq!(outcome.usage.unwrap().prompt, Some(3));
        }
        let untyped =
            [vec![crate::llm::rig::head(200, "")], script(&events(wire, &text()))[1..].to_vec()].concat();
        assert_right("no content type", &play(wire, untyped));
        let page = answer(200, "Content-Type: text/html\r\n", "<html><title>Sign in</title></html>");
        let outcome = play(wire, page);
        assert_line("a page", &outcome, FailureKind::Damaged);
        assert!(outcome.end.unwrap_err().to_string().contains("Sign in"));
        let error =
            answer(200, "", r#"{"error":{"message":"no such thing","type":"invalid_request_error"}}"#);
        assert_line("an error with status 200", &play(wire, error), FailureKind::Request);
        assert_line(
            "half a document",
            &play(wire, answer(200, "", &whole.to_string()[..90])),
            FailureKind::Damaged,
        );
        assert_line("compressed", &play(wire, answer(200, "", "\u{1f}")), FailureKind::Damaged);
        assert_line("nothing", &play(wire, answer(200, "", "")), FailureKind::Cut);
    }
}

#[test]
fn thinking_is_kept_apart_wherever_it_is_written() {
    let mut separate = vec![opening(Wire::Chat).remove(0)];
    for field in ["reasoning_content", "reasoning"] {
        separate.push(json!({"choices": [{"index": 0, "delta": {"content": null, field: "hmm. "}}]}));
    }
    separate.push(delta(Wire::Chat, &text()));
    separate.extend(closing(Wire::Chat, "stop"));
    let outcome =
        play(Wire::Chat, script(&separate.iter().map(|v| event(Wire::Chat, v)).collect::<Vec<_>>()));
    assert_right("fields", &outcome);
    assert_eq!(outcome.thinking, "hmm. hmm. ");
    for wire in WIRES {
        let tagged = format!("<think>\nhmm {{\"title\": \"not this\"}}\n</think>\n\n{}", text());
        let outcome = play(wire, script(&events(wire, &tagged)));
        assert_right("tags", &outcome);
        assert!(outcome.thinking.contains("not this") && !outcome.text.contains("not this"));
        let unclosed = play(wire, script(&events(wire, "<think>\nI never stop")));
        assert_line("unclosed", &unclosed, FailureKind::NoAnswer);
    }
}

#[test]
fn what_runs_away_is_stopped_before_it_fills_memory() {
    let huge = 5_000_000;
    let modes = [
        ("string", format!("{{\"title\":\"x\",\"summary\":\"{}\"}}", "errör 🔥 ".repeat(huge / 12))),
        (
            "array",
            format!(
                "{{\"title\":\"x\",\"hypotheses\":[{}]}}",
                "{\"id\":\"h\",\"cause\":\"c\"},".repeat(huge / 24)
            ),
        ),
        ("nest", format!("{{\"title\":\"x\",\"hypotheses\":{}", "[".repeat(huge))),
        ("spaces", format!("{{\"title\":\"x\",{}", " \n".repeat(huge / 2))),
        ("digits", format!("{{\"title\":\"x\",\"confidence\":0.{}", "9".repeat(huge))),
        ("oneline", format!("{{\"title\":\"x\",\"summary\":\"{}\"}}", "A".repeat(huge))),
    ];
    for wire in WIRES {
        for (name, text) in &modes {
            // As one event, and as many.
            for size in [huge, 4096] {
                let values = opening(wire)
                    .into_iter()
                    .chain(pieces(text, size).into_iter().map(|piece| delta(wire, &piece)))
                    .chain(closing(wire, regular(wire)));
                let outcome =
                    play(wire, script(&values.map(|value| event(wire, &value)).collect::<Vec<_>>()));
                assert_line(name, &outcome, FailureKind::TooMuch);
                assert!(outcome.text.len() <= 1 << 20, "{name}");
            }
        }
    }
}
