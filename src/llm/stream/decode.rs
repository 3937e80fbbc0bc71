//! One document of a stream, or a whole answer that was not streamed, as pieces. Dispatches on what is there rather
//! than on what should be: every field may be absent, null, empty, or of another type.

use serde_json::Value;

use crate::llm::call::Finish;

/// What a document of the stream says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// Text of the answer.
    Text(String),
    /// Text of thinking.
    Thinking(String),
    /// Why the model declines.
    Refusal(String),
    /// Counts of tokens, as reported.
    Usage(Value),
    /// The answer is over.
    Finish(Finish),
    /// The other side failed.
    Error(Value),
    /// Nothing follows.
    End,
}

/// The pieces of a document of either wire.
pub(crate) fn pieces(mut value: Value, error_event: bool, out: &mut Vec<Piece>) {
    if let Value::Array(items) = &mut value
        && items.first().is_some_and(is_error)
    {
        value = items.swap_remove(0);
    }
    if is_error(&value) || (error_event && value.get("choices").is_none()) {
        // OpenRouter reports what was used beside the error.
        usage(value.get("usage"), out);
        out.push(Piece::Error(value));
        return;
    }
    if value.get("choices").is_some() {
        chat(&value, out);
    } else if let Some(kind) = value.get("type").and_then(Value::as_str) {
        messages(kind, &value, out);
    } else {
        usage(value.get("usage"), out);
    }
}

fn is_error(value: &Value) -> bool {
    let named = value.get("error").is_some_and(|error| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    });
    let is = |name: &str| value.get(name).and_then(Value::as_str) == Some("error");
    named || is("object") || is("type") || (value.get("detail").is_some() && value.get("choices").is_none())
}

fn usage(value: Option<&Value>, out: &mut Vec<Piece>) {
    if let Some(usage) = value.filter(|usage| usage.is_object()) {
        out.push(Piece::Usage(usage.clone()));
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        // Content in parts: what is text of them.
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            Some(texts.collect::<String>()).filter(|text| !text.is_empty())
        }
        _ => None,
    }
}

fn chat(value: &Value, out: &mut Vec<Piece>) {
    usage(value.get("usage"), out);
    let choices = value.get("choices").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let first = |choice: &&Value| choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0;
    let Some(choice) = choices.iter().find(first) else { return };
    let empty = Value::Null;
    let said = ["delta", "message"].iter().find_map(|name| choice.get(name)).unwrap_or(&empty);
    let mut thinking = ["reasoning_content", "reasoning", "reasoning_details"].iter();
    if let Some(thinking) = thinking.find_map(|name| text(said.get(name))) {
        out.push(Piece::Thinking(thinking));
    }
    if let Some(text) = text(said.get("content")) {
        out.push(Piece::Text(text));
    }
    if let Some(refusal) = text(said.get("refusal")) {
        out.push(Piece::Refusal(refusal));
    }
    let calls = said.get("tool_calls").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let call =
        calls.iter().find(first).and_then(|call| call.get("function")).or_else(|| said.get("function_call"));
    if let Some(arguments) = call.and_then(|call| text(call.get("arguments"))) {
        out.push(Piece::Text(arguments));
    }
    let finish = choice.get("finish_reason").and_then(Value::as_str).filter(|finish| !finish.is_empty());
    if let Some(finish) = finish {
        out.push(match finish {
            "error" => Piece::Error(value.clone()),
            finish => Piece::Finish(Finish::chat(finish)),
        });
    }
}

fn messages(kind: &str, value: &Value, out: &mut Vec<Piece>) {
    match kind {
        "message_start" => usage(value.pointer("/message/usage"), out),
        "content_block_start" => block(value.get("content_block"), out),
        "content_block_delta" => block(value.get("delta"), out),
        "message_delta" => {
            usage(value.get("usage"), out);
            stop(value.pointer("/delta/stop_reason"), out);
        }
        "message_stop" => out.push(Piece::End),
        "message" => {
            usage(value.get("usage"), out);
            for part in value.get("content").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) {
                block(Some(part), out);
            }
            stop(value.get("stop_reason"), out);
        }
        _ => {}
    }
}

fn block(block: Option<&Value>, out: &mut Vec<Piece>) {
    let Some(block) = block else { return };
    let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
    let piece = match kind {
        "text" | "text_delta" => text(block.get("text")).map(Piece::Text),
        "thinking" | "thinking_delta" => text(block.get("thinking")).map(Piece::Thinking),
        "input_json_delta" => text(block.get("partial_json")).map(Piece::Text),
        "tool_use" => block
            .get("input")
            .filter(|input| input.as_object().is_some_and(|input| !input.is_empty()))
            .map(|input| Piece::Text(input.to_string())),
        _ => None,
    };
    out.extend(piece);
}

fn stop(reason: Option<&Value>, out: &mut Vec<Piece>) {
    if let Some(reason) = reason.and_then(Value::as_str).filter(|reason| !reason.is_empty()) {
        out.push(Piece::Finish(Finish::messages(reason)));
    }
}

#[cfg(test)]
mod tests;
