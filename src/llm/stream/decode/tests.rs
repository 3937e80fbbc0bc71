//! Documents as real endpoints send them.

use serde_json::{Value, json};

use crate::llm::call::Finish;
use crate::llm::stream::decode::{Piece, pieces};

fn read(value: Value) -> Vec<Piece> {
    let mut out = Vec::new();
    pieces(value, false, &mut out);
    out
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

#[test]
fn chunks_of_chat_completions() {
    let delta =
        |delta: Value| json!({"id": "", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]});
    let table = [
        (delta(json!({"role": "assistant", "content": null})), vec![]),
        (delta(json!({"content": ""})), vec![]),
        (delta(json!({"content": "a"})), vec![text("a")]),
        (
            delta(json!({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]})),
            vec![text("ab")],
        ),
        (delta(json!({"content": null, "reasoning_content": "r"})), vec![Piece::Thinking("r".into())]),
        (delta(json!({"reasoning": "r", "reasoning_content": "r"})), vec![Piece::Thinking("r".into())]),
        (delta(json!({"reasoning_details": [{"text": "r"}]})), vec![Piece::Thinking("r".into())]),
        (delta(json!({"tool_calls": [{"index": 0, "function": {"name": "x", "arguments": null}}]})), vec![]),
        (delta(json!({"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]})), vec![text("{")]),
        (delta(json!({"refusal": "no"})), vec![Piece::Refusal("no".into())]),
        (json!({"choices": [], "prompt_filter_results": []}), vec![]),
        (json!({"choices": [{"content_filter_offsets": {}, "finish_reason": null, "index": 0}]}), vec![]),
        (json!({"choices": [{"delta": {}, "finish_reason": ""}]}), vec![]),
        (json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}), vec![Piece::Finish(Finish::Stop)]),
        (json!({"choices": [{"index": 1, "delta": {"content": "other"}}]}), vec![]),
        (json!({"choices": null, "usage": null}), vec![]),
        (
            json!({"choices": [{"delta": {"content": "z"}, "finish_reason": "length"}], "usage": {"prompt_tokens": 1}}),
            vec![Piece::Usage(json!({"prompt_tokens": 1})), text("z"), Piece::Finish(Finish::Length)],
        ),
        (
            json!({"choices": [{"message": {"content": "all"}, "finish_reason": "eos token"}]}),
            vec![text("all"), Piece::Finish(Finish::Other("eos token".into()))],
        ),
        (json!(7), vec![]),
        (json!({"choices": {"0": 1}}), vec![]),
    ];
    for (value, expected) in table {
        assert_eq!(read(value.clone()), expected, "{value}");
    }
}

#[test]
fn events_of_messages() {
    let delta = |delta: Value| json!({"type": "content_block_delta", "index": 0, "delta": delta});
    let table = [
        (json!({"type": "ping"}), vec![]),
        (json!({"type": "a_later_invention", "text": "x"}), vec![]),
        (
            json!({"type": "message_start", "message": {"usage": {"input_tokens": 3}}}),
            vec![Piece::Usage(json!({"input_tokens": 3}))],
        ),
        (json!({"type": "content_block_start", "content_block": {"type": "text", "text": ""}}), vec![]),
        (json!({"type": "content_block_start", "content_block": {"type": "tool_use", "input": {}}}), vec![]),
        (delta(json!({"type": "text_delta", "text": "a"})), vec![text("a")]),
        (delta(json!({"type": "input_json_delta", "partial_json": "{"})), vec![text("{")]),
        (delta(json!({"type": "thinking_delta", "thinking": "r"})), vec![Piece::Thinking("r".into())]),
        (delta(json!({"type": "signature_delta", "signature": "x"})), vec![]),
        (
            json!({"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 2}}),
            vec![Piece::Usage(json!({"output_tokens": 2})), Piece::Finish(Finish::Length)],
        ),
        (json!({"type": "message_delta", "delta": {"stop_reason": null}}), vec![]),
        (json!({"type": "message_stop"}), vec![Piece::End]),
        (
            json!({"type": "message", "content": [{"type": "thinking", "thinking": "r"}, {"type": "text", "text": "a"}],
                "stop_reason": "end_turn"}),
            vec![Piece::Thinking("r".into()), text("a"), Piece::Finish(Finish::Stop)],
        ),
    ];
    for (value, expected) in table {
        assert_eq!(read(value.clone()), expected, "{value}");
    }
}

#[test]
fn errors_are_seen_before_anything_else() {
    let errors = [
        json!({"error": {"message": "x"}}),
        json!({"error": "x"}),
        json!({"object": "error", "message": "x"}),
        json!({"type": "error", "error": {"type": "overloaded_error"}}),
        json!({"choices": [{"delta": {"content": ""}, "finish_reason": "error"}], "error": {"code": 502}}),
        json!({"choices": [{"delta": {}, "finish_reason": "error"}]}),
        json!({"detail": "x"}),
        json!([{"error": {"message": "x"}}]),
    ];
    for value in errors {
        assert!(matches!(read(value.clone()).last(), Some(Piece::Error(_))), "{value}");
    }
    let fine = json!({"choices": [{"delta": {"content": "a"}}], "error": null});
    assert_eq!(read(fine), [text("a")]);
    let mut named = Vec::new();
    pieces(json!({"message": "x"}), true, &mut named);
    assert!(matches!(named[..], [Piece::Error(_)]), "an event named error is one");
}
