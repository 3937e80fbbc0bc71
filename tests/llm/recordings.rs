//! Recordings of real servers, played back: text, usage and end are what stands in them. They are no part of this
//! repository; `SEVDECK_TRANSCRIPTS` names a folder of them, each a file `*.sse` with a line `> METHOD PATH`, a line
//! with the request's body behind `> `, the head and the body of the answer, and perhaps a last line of the recorder.
#![allow(clippy::print_stdout, reason = "says what was played, or that nothing was")]

use std::path::PathBuf;

use serde_json::Value;
use sevdeck::llm::{Event, Finish, Usage, Wire};

use crate::llm::rig::{block, call, run, settings, timing};
use crate::support::endpoint::{Act, Endpoint};

struct Recording {
    name: String,
    wire: Wire,
    status: u16,
    kind: String,
    body: String,
}

/// What stands in a recording, read in the plainest way.
#[derive(Debug, Default)]
struct Told {
    text: String,
    thinking: String,
    finish: Option<String>,
    prompt: Option<u64>,
    cached: Option<u64>,
    output: Option<u64>,
    error: Option<String>,
}

fn read(name: String, text: &str) -> Recording {
    let (asked, answer) = text.split_once("\n\n").expect("a request");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let body = body.rsplit_once("< curl exit").map_or(body, |(body, _)| body);
    let wire = if asked.lines().next().is_some_and(|line| line.ends_with("v1/messages")) {
        Wire::Messages
    } else {
        Wire::Chat
    };
    let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a status");
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    Recording { name, wire, status, kind: kind.unwrap_or_default(), body: body.to_owned() }
}

fn words(value: &Value) -> Option<String> {
    let error = value.get("error").filter(|error| !error.is_null()).or_else(|| value.get("detail"))?;
    let message = error.get("message").and_then(Value::as_str).or(error.as_str())?;
    Some(message.to_owned())
}

fn told(recording: &Recording) -> Told {
    let mut told = Told::default();
    if recording.status >= 300 {
        told.error = words(&serde_json::from_str(&recording.body).expect("an error in JSON"));
        return told;
    }
    let data = recording.body.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
    for data in data.filter(|data| *data != "[DONE]") {
        let value: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        told.error = told.error.take().or_else(|| words(&value));
        match recording.wire {
            Wire::Chat => chat(&mut told, &value),
            Wire::Messages => messages(&mut told, &value),
        }
    }
    told
}

fn chat(told: &mut Told, value: &Value) {
    let choice = &value["choices"][0];
    let delta = &choice["delta"];
    told.text += delta["content"].as_str().unwrap_or_default();
    told.thinking += delta["reasoning_content"].as_str().or(delta["reasoning"].as_str()).unwrap_or_default();
    let finish = choice["finish_reason"].as_str().filter(|finish| !finish.is_empty());
    told.finish = finish.map(str::to_owned).or(told.finish.take());
    let usage = &value["usage"];
    told.prompt = usage["prompt_tokens"].as_u64().or(told.prompt);
    told.output = usage["completion_tokens"].as_u64().or(told.output);
    told.cached = usage["prompt_tokens_details"]["cached_tokens"].as_u64().or(told.cached);
}

fn messages(told: &mut Told, value: &Value) {
    told.text += value["delta"]["text"].as_str().unwrap_or_default();
    told.thinking += value["delta"]["thinking"].as_str().unwrap_or_default();
    told.finish = value["delta"]["stop_reason"].as_str().map(str::to_owned).or(told.finish.take());
    for usage in [&value["message"]["usage"], &value["usage"]] {
        let cached = usage["cache_read_input_tokens"].as_u64();
        let written = usage["cache_creation_input_tokens"].as_u64().unwrap_or(0);
        let input = usage["input_tokens"].as_u64();
        let all = input.map(|input| input + cached.or(told.cached).unwrap_or(0) + written);
        told.prompt = all.or(told.prompt);
        told.cached = cached.or(told.cached);
        told.output = usage["output_tokens"].as_u64().or(told.output);
    }
}

/// The recording in pieces of `size` bytes.
fn script(recording: &Recording, size: usize) -> Vec<Act> {
    let Recording { status, kind, body, .. } = recording;
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    let pieces = body.as_bytes().chunks(size).map(|piece| Act::Chunk(piece.to_vec()));
    std::iter::once(Act::Raw(head.into_bytes())).chain(pieces).chain([Act::End]).collect()
}

fn is_finish(finish: &Finish, word: &str) -> bool {
    match finish {
        Finish::Stop => ["stop", "end_turn", "eos"].contains(&word),
        Finish::Length => ["length", "max_tokens"].contains(&word),
        Finish::Filter => ["content_filter", "refusal"].contains(&word),
        Finish::Other(other) => other == word,
    }
}

fn assert_as_told(recording: &Recording, size: usize) {
    let what = format!("{} in pieces of {size}", recording.name);
    let told = told(recording);
    let endpoint = Endpoint::start(vec![script(recording, size)]);
    let outcome = block(run(call(&settings(recording.wire, &endpoint.url("")), timing())));
    let complete = told.error.is_none() && told.finish.is_some();
    assert_eq!(outcome.text, told.text, "{what}");
    assert_eq!(outcome.thinking, told.thinking, "{what}");
    let usage = outcome.usage.unwrap_or_default();
    let said = Usage { prompt: told.prompt, output: told.output, cache_read: told.cached, ..usage };
    assert_eq!(usage, said, "{what}");
    match outcome.events.last().expect("an end") {
        Event::Finished(finish) => {
            assert!(complete, "{what}: finished, but {told:?}");
            assert!(is_finish(finish, told.finish.as_deref().unwrap_or_default()), "{what}: {finish:?}");
        }
        Event::Failed(failure) => {
            assert!(!complete, "{what}: {failure}");
            assert_eq!(failure.after_content, !(told.text.is_empty() && told.thinking.is_empty()), "{what}");
            assert_eq!(failure.status.is_some_and(|status| status >= 300), recording.status >= 300, "{what}");
            let line = failure.to_string();
            assert!(!line.contains('\n'), "{what}: {line}");
            let words: String =
                told.error.unwrap_or_default().lines().next().unwrap_or_default().chars().take(40).collect();
            assert!(line.contains(&words), "{what}: {line} without {words:?}");
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
#[ignore = "needs recordings: SEVDECK_TRANSCRIPTS names their folder"]
fn recordings_of_real_servers_say_what_stands_in_them() {
    let folder = std::env::var_os("SEVDECK_TRANSCRIPTS").map(PathBuf::from).expect("SEVDECK_TRANSCRIPTS");
    let mut names: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "sse"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{}: no recordings", folder.display());
    for path in &names {
        let text = std::fs::read_to_string(path).expect("text");
        let recording = read(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), &text);
        for size in [7, 1000, 1 << 20] {
            assert_as_told(&recording, size);
        }
    }
    println!("{} recordings, each in pieces of three sizes", names.len());
}
