//! What is sent: the body of a call in either wire, and what an endpoint was found not to take.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::llm::endpoint::{Endpoint, Wire};
use crate::llm::schema;

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    /// Instructions: the part that stays the same from call to call, first, for caches of prompts.
    pub system: String,
    /// The evidence and the question.
    pub user: String,
    /// JSON Schema of the answer as text, its keys in the order of emission; absent for free text.
    pub schema: Option<&'static str>,
    /// The answer to the same question that was of no use; absent the first time.
    pub repair: Option<Repair>,
}

/// An answer that holds no document, and what to tell the model about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The answer, its beginning.
    pub said: String,
    /// What is wrong with it, as the end of a sentence: `it is no JSON`.
    pub wrong: String,
}

impl Repair {
    /// Most bytes of an answer that are sent back.
    const SAID_MAX: usize = 8 * 1024;

    /// Of an answer and what is wrong with it.
    pub fn new(said: &str, wrong: &str) -> Self {
        let end =
            (0..=said.len().min(Self::SAID_MAX)).rev().find(|at| said.is_char_boundary(*at)).unwrap_or(0);
        Self { said: said[..end].trim().to_owned(), wrong: wrong.to_owned() }
    }

    /// What the model is told.
    pub fn words(&self) -> String {
        format!(
            "That cannot be used: {}. Answer the question again with the whole document: one JSON object of the form \
             described above, and nothing before or after it.",
            self.wrong
        )
    }
}

/// How the answer is made to be JSON, from the strongest to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The endpoint holds the model to a schema.
    Schema,
    /// The endpoint holds the model to some JSON object.
    Object,
    /// The prompt asks for JSON.
    Asked,
}

/// What an endpoint was found not to take from a model: learned from its refusals, kept by the caller per
/// [`Endpoint::name`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Quirks {
    /// The strongest structured output that was not refused.
    pub mode: Option<Mode>,
    /// Takes no `stream_options`.
    pub no_stream_options: bool,
    /// Wants the other spelling of the cap on answer tokens.
    pub other_cap: bool,
    /// Takes no cap on answer tokens at all.
    pub no_cap: bool,
    /// Takes no `temperature`.
    pub no_temperature: bool,
    /// Takes no effort of reasoning.
    pub no_reasoning: bool,
    /// Takes no marks of what to cache.
    pub no_cache_marks: bool,
}

/// Cap on answer tokens where the wire demands one and nothing is set: room for thinking and a long document.
const MESSAGES_CAP: u32 = 16_000;

impl Quirks {
    /// What is to be changed after a refusal that names `parameter`, or whose text (in lower case) mentions it. Absent
    /// when nothing that was sent is named: then the request itself is at fault.
    pub(crate) fn learn(&self, endpoint: &Endpoint, prompt: &Prompt, refusal: &Refusal<'_>) -> Option<Self> {
        let mut next = self.clone();
        let names = |words: &[&str]| words.iter().any(|word| refusal.names(word));
        let mode = self.mode(endpoint);
        let structured =
            ["response_format", "json_schema", "output_config", "output_format", "json_object", "grammar"];
        let capped = endpoint.max_tokens.is_some() && endpoint.wire == Wire::Chat && !self.no_cap;
        if !self.no_stream_options
            && endpoint.wire == Wire::Chat
            && names(&["stream_options", "include_usage"])
        {
            next.no_stream_options = true;
        } else if capped && names(&["max_tokens", "max_completion_tokens"]) {
            // The other spelling first, then none.
            next.no_cap = self.other_cap;
            next.other_cap = true;
        } else if endpoint.temperature.is_some() && !self.no_temperature && names(&["temperature"]) {
            next.no_temperature = true;
        } else if endpoint.reasoning.is_some() && !self.no_reasoning && names(&["reasoning", "effort"]) {
            next.no_reasoning = true;
        } else if endpoint.wire == Wire::Messages && !self.no_cache_marks && names(&["cache_control"]) {
            next.no_cache_marks = true;
        } else if prompt.schema.is_some()
            && mode != Mode::Asked
            && (names(&structured) || (mode == Mode::Schema && names(&["schema"])))
        {
            let weaker =
                if mode == Mode::Schema && endpoint.wire == Wire::Chat { Mode::Object } else { Mode::Asked };
            next.mode = Some(weaker);
        } else {
            return None;
        }
        Some(next)
    }

    /// The structured output that is asked for.
    pub fn mode(&self, endpoint: &Endpoint) -> Mode {
        self.mode.unwrap_or(endpoint.mode).max(endpoint.mode)
    }
}

/// What a 400 says.
pub(crate) struct Refusal<'a> {
    /// The parameter it names.
    pub(crate) parameter: Option<&'a str>,
    /// Its text.
    pub(crate) text: &'a str,
}

impl Refusal<'_> {
    fn names(&self, word: &str) -> bool {
        let in_parameter = self.parameter.is_some_and(|parameter| parameter.contains(word));
        in_parameter || (self.parameter.is_none() && self.text.to_ascii_lowercase().contains(word))
    }
}

/// The body exactly as it is sent.
pub fn body(endpoint: &Endpoint, prompt: &Prompt, quirks: &Quirks) -> String {
    let schema = prompt.schema.and_then(|schema| serde_json::from_str::<&RawValue>(schema).ok());
    let mode = quirks.mode(endpoint);
    let system = match prompt.schema {
        Some(schema) if mode != Mode::Schema => format!(
            "{}\n\nAnswer with one JSON object and nothing else. It must fit this JSON Schema:\n{schema}",
            prompt.system
        ),
        _ => prompt.system.clone(),
    };
    let text = match endpoint.wire {
        Wire::Chat => serde_json::to_string(&chat(endpoint, prompt, quirks, &system, schema)),
        Wire::Messages => serde_json::to_string(&messages(endpoint, prompt, quirks, &system, schema)),
    };
    // Strings, numbers and a checked schema always serialise.
    text.unwrap_or_default()
}

fn chat<'a>(
    endpoint: &'a Endpoint,
    prompt: &'a Prompt,
    quirks: &Quirks,
    system: &'a str,
    schema: Option<&'a RawValue>,
) -> Chat<'a> {
    let cap = endpoint.max_tokens.filter(|_| !quirks.no_cap);
    let new_cap = endpoint.new_cap != quirks.other_cap;
    let format = schema.and_then(|schema| match quirks.mode(endpoint) {
        Mode::Schema => Some(Format {
            kind: "json_schema",
            json_schema: Some(Named { name: schema::NAME, strict: true, schema }),
        }),
        Mode::Object => Some(Format { kind: "json_object", json_schema: None }),
        Mode::Asked => None,
    });
    let mut turns = vec![Message { role: "system", content: system.into() }];
    turns.extend(conversation(prompt));
    Chat {
        model: &endpoint.model,
        messages: turns,
        stream: true,
        stream_options: (!quirks.no_stream_options).then_some(StreamOptions { include_usage: true }),
        response_format: format,
        max_tokens: cap.filter(|_| !new_cap),
        max_completion_tokens: cap.filter(|_| new_cap),
        temperature: endpoint.temperature.filter(|_| !quirks.no_temperature),
        reasoning_effort: endpoint.reasoning.as_deref().filter(|_| !quirks.no_reasoning),
    }
}

fn messages<'a>(
    endpoint: &'a Endpoint,
    prompt: &'a Prompt,
    quirks: &Quirks,
    system: &'a str,
    schema: Option<&'a RawValue>,
) -> Messages<'a> {
    let effort = endpoint.reasoning.as_deref().filter(|_| !quirks.no_reasoning);
    let format = schema
        .filter(|_| quirks.mode(endpoint) == Mode::Schema)
        .map(|schema| OutputFormat { kind: "json_schema", schema });
    let mark = (!quirks.no_cache_marks).then_some(Kind { kind: "ephemeral" });
    Messages {
        model: &endpoint.model,
        max_tokens: endpoint.max_tokens.unwrap_or(MESSAGES_CAP),
        system: [Block { kind: "text", text: system, cache_control: mark }],
        turns: conversation(prompt),
        stream: true,
        output_config: (format.is_some() || effort.is_some()).then_some(OutputConfig { format, effort }),
        thinking: effort.map(|_| Kind { kind: "adaptive" }),
        temperature: endpoint.temperature.filter(|_| !quirks.no_temperature),
    }
}

/// The turns after the system text.
fn conversation(prompt: &Prompt) -> Vec<Message<'_>> {
    let mut turns = vec![Message { role: "user", content: prompt.user.as_str().into() }];
    if let Some(repair) = &prompt.repair {
        turns.push(Message { role: "assistant", content: repair.said.as_str().into() });
        turns.push(Message { role: "user", content: repair.words().into() });
    }
    turns
}

#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
}

#[derive(Serialize)]
struct Messages<'a> {
    model: &'a str,
    max_tokens: u32,
    system: [Block<'a>; 1],
    #[serde(rename = "messages")]
    turns: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

#[derive(Serialize)]
struct Block<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<Kind>,
}

#[derive(Serialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Format<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_schema: Option<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'static str,
    strict: bool,
    schema: &'a RawValue,
}

#[derive(Serialize)]
struct OutputConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<OutputFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a str>,
}

#[derive(Serialize)]
struct OutputFormat<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    schema: &'a RawValue,
}

#[cfg(test)]
mod tests;
