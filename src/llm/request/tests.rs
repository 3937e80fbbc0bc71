//! Bodies in both wires, and what is learned from refusals.

use serde_json::{Value, json};

use crate::llm::endpoint::{Endpoint, Settings, World};
use crate::llm::request::{Mode, Prompt, Quirks, Refusal, body};
use crate::llm::schema;

fn endpoint(model: &str, set: impl FnOnce(&mut Settings)) -> Endpoint {
    let mut settings = Settings { model: model.into(), key_command: Some("k".into()), ..Settings::default() };
    set(&mut settings);
    Endpoint::resolve(&settings, &World { env: &|_| None, run: &|_| Ok("k".into()) }).unwrap()
}

fn prompt() -> Prompt {
    Prompt { system: "be brief".into(), user: "why?".into(), schema: Some(schema::TRIAGE), repair: None }
}

fn sent(endpoint: &Endpoint, quirks: &Quirks) -> Value {
    serde_json::from_str(&body(endpoint, &prompt(), quirks)).unwrap()
}

#[test]
fn nothing_is_sent_that_nobody_asked_for() {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let chat = sent(&endpoint("openai/m", |_| {}), &Quirks::default());
    assert_eq!(keys(&chat), ["messages", "model", "response_format", "stream", "stream_options"]);
    assert_eq!(chat["response_format"]["json_schema"]["strict"], true);
    assert_eq!(chat["messages"][0], json!({"role": "system", "content": "be brief"}));
    let messages = sent(&endpoint("anthropic/m", |_| {}), &Quirks::default());
    assert_eq!(keys(&messages), ["max_tokens", "messages", "model", "output_config", "stream", "system"]);
    assert_eq!(messages["output_config"]["format"]["type"], "json_schema");
    assert_eq!(messages["system"][0]["text"], "be brief");
}

#[test]
fn the_schema_keeps_its_order_on_the_wire() {
    for model in ["openai/m", "anthropic/m", "deepseek/m"] {
        let text = body(&endpoint(model, |_| {}), &prompt(), &Quirks::default());
        let plain = text.replace("\\\"", "\"");
        assert!(plain.contains(schema::TRIAGE), "{model}");
        assert!(
            text.find("be brief").unwrap() < text.find("why?").unwrap(),
            "what stays the same comes first"
        );
    }
}

#[test]
fn a_weaker_mode_says_in_the_prompt_what_the_schema_said() {
    let deepseek = sent(&endpoint("deepseek/m", |_| {}), &Quirks::default());
    assert_eq!(deepseek["response_format"], json!({"type": "json_object"}));
    assert!(deepseek["messages"][0]["content"].as_str().unwrap().to_lowercase().contains("json"));
    let asked = Quirks { mode: Some(Mode::Asked), ..Quirks::default() };
    for model in ["openai/m", "anthropic/m"] {
        let value = sent(&endpoint(model, |_| {}), &asked);
        assert!(value.get("response_format").is_none() && value.get("output_config").is_none());
        assert!(value.to_string().contains("follow_ups"), "{model}");
    }
    let free = Prompt { schema: None, ..prompt() };
    let text = body(&endpoint("openai/m", |_| {}), &free, &Quirks::default());
    assert!(!text.contains("response_format") && !text.contains("JSON"));
}

#[test]
fn what_was_set_is_sent_as_the_endpoint_spells_it() {
    let set = |settings: &mut Settings| {
        settings.max_tokens = Some(900);
        settings.reasoning = Some("low".into());
        settings.temperature = Some(0.2);
    };
    let openai = sent(&endpoint("openai/m", set), &Quirks::default());
    assert_eq!((&openai["max_completion_tokens"], &openai["reasoning_effort"]), (&json!(900), &json!("low")));
    let vllm = sent(&endpoint("vllm/m", set), &Quirks::default());
    assert_eq!((&vllm["max_tokens"], &vllm["temperature"]), (&json!(900), &json!(0.2)));
    let anthropic = sent(&endpoint("anthropic/m", set), &Quirks::default());
    assert_eq!(
        (&anthropic["max_tokens"], &anthropic["output_config"]["effort"]),
        (&json!(900), &json!("low"))
    );
}

#[test]
fn every_refusal_leaves_one_thing_out_until_nothing_is_left() {
    let all = |settings: &mut Settings| {
        settings.max_tokens = Some(900);
        settings.reasoning = Some("low".into());
        settings.temperature = Some(0.2);
    };
    let (chat, messages) = (endpoint("openai/m", all), endpoint("anthropic/m", all));
    let table: [(&Endpoint, Option<&str>, &str, &[&str]); 8] = [
        (&chat, Some("stream_options"), "", &["stream_options"]),
        (&chat, None, "Unrecognized request argument supplied: stream_options", &["stream_options"]),
        (&chat, Some("max_completion_tokens"), "", &["max_completion_tokens"]),
        (&chat, Some("temperature"), "Unsupported value", &["temperature"]),
        (&chat, Some("reasoning_effort"), "", &["reasoning_effort"]),
        (&messages, None, "system.0.cache_control: extra inputs are not permitted", &["cache_control"]),
        (&messages, None, "temperature may not be set with this model", &["temperature"]),
        (&messages, None, "output_config: not supported", &["\"format\""]),
    ];
    for (endpoint, parameter, text, gone) in table {
        let quirks = Quirks::default();
        let refusal = Refusal { parameter, text };
        let learned = quirks.learn(endpoint, &prompt(), &refusal).unwrap();
        let before = body(endpoint, &prompt(), &quirks);
        let after = body(endpoint, &prompt(), &learned);
        for name in gone {
            assert!(before.contains(name) && !after.contains(name), "{text}");
        }
        let mut steps = vec![learned];
        while let Some(next) = steps.last().unwrap().learn(endpoint, &prompt(), &refusal) {
            assert!(!steps.contains(&next) && steps.len() < 4, "{steps:?}");
            steps.push(next);
        }
    }
}

#[test]
fn the_cap_changes_its_spelling_before_it_goes() {
    let endpoint = endpoint("vllm/m", |settings| settings.max_tokens = Some(9));
    let refusal = Refusal { parameter: Some("max_tokens"), text: "use max_completion_tokens" };
    let once = Quirks::default().learn(&endpoint, &prompt(), &refusal).unwrap();
    assert_eq!(sent(&endpoint, &once)["max_completion_tokens"], 9);
    let twice = once.learn(&endpoint, &prompt(), &refusal).unwrap();
    assert!(!sent(&endpoint, &twice).to_string().contains("max_"));
    assert_eq!(twice.learn(&endpoint, &prompt(), &refusal), None);
}

#[test]
fn a_refusal_of_the_schema_steps_down_one_mode_at_a_time() {
    let endpoint = endpoint("openai/m", |_| {});
    let refusal = Refusal { parameter: None, text: "This response_format type is unavailable now" };
    let once = Quirks::default().learn(&endpoint, &prompt(), &refusal).unwrap();
    assert_eq!(once.mode(&endpoint), Mode::Object);
    let twice = once.learn(&endpoint, &prompt(), &refusal).unwrap();
    assert_eq!(twice.mode(&endpoint), Mode::Asked);
    assert_eq!(twice.learn(&endpoint, &prompt(), &refusal), None);
    assert_eq!(
        Quirks::default().learn(&endpoint, &prompt(), &Refusal { parameter: None, text: "bad day" }),
        None
    );
}
