//! What a call used, in one convention for all wires: the prompt includes what was cached, the answer includes what
//! was thought.

use serde_json::{Map, Value};

use crate::llm::endpoint::Wire;

/// Tokens of a call as the endpoint reports them. A field is absent where the endpoint says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// All prompt tokens, cached ones included.
    pub prompt: Option<u64>,
    /// Prompt tokens served from the endpoint's cache.
    pub cache_read: Option<u64>,
    /// Prompt tokens written to the endpoint's cache.
    pub cache_write: Option<u64>,
    /// Tokens of the answer, thinking included.
    pub output: Option<u64>,
    /// Tokens of thinking.
    pub reasoning: Option<u64>,
    /// Cost as the endpoint itself states it, US dollars.
    pub cost_usd: Option<f64>,
}

impl Usage {
    /// Reads the `usage` of Chat Completions: `prompt_tokens` includes the cached ones.
    pub(crate) fn chat(value: &Value) -> Self {
        let prompt = value.get("prompt_tokens_details");
        let cached = count(prompt, "cached_tokens").or_else(|| count(Some(value), "prompt_cache_hit_tokens"));
        Self {
            prompt: count(Some(value), "prompt_tokens"),
            cache_read: cached,
            cache_write: count(prompt, "cache_write_tokens")
                .or_else(|| count(Some(value), "cache_write_tokens")),
            output: count(Some(value), "completion_tokens"),
            reasoning: count(value.get("completion_tokens_details"), "reasoning_tokens"),
            cost_usd: value
                .get("cost")
                .and_then(Value::as_f64)
                .filter(|cost| cost.is_finite() && *cost >= 0.0),
        }
    }

    /// Reads the `usage` of Messages: `input_tokens` excludes what the cache served and took.
    pub(crate) fn messages(value: &Value) -> Self {
        let cache_read = count(Some(value), "cache_read_input_tokens");
        let cache_write = count(Some(value), "cache_creation_input_tokens");
        let input = count(Some(value), "input_tokens");
        let cached = cache_read.unwrap_or(0).saturating_add(cache_write.unwrap_or(0));
        Self {
            prompt: input.map(|input| input.saturating_add(cached)),
            cache_read,
            cache_write,
            output: count(Some(value), "output_tokens"),
            reasoning: count(value.get("output_tokens_details"), "thinking_tokens")
                .or_else(|| count(value.get("output_tokens_details"), "reasoning_tokens")),
            cost_usd: None,
        }
    }

    /// Whether the endpoint said nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Puts the reports of one call together: counts are cumulative, so what is said later holds; what is not said
/// again stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    said: Map<String, Value>,
}

impl Meter {
    /// Different counts one endpoint may report.
    const FIELDS: usize = 64;

    pub(crate) fn add(&mut self, report: Value) {
        let Value::Object(report) = report else { return };
        for (name, value) in report {
            let room = self.said.len() < Self::FIELDS || self.said.contains_key(&name);
            if room && !value.is_null() {
                self.said.insert(name, value);
            }
        }
    }

    pub(crate) fn usage(&self, wire: Wire) -> Usage {
        let said = Value::Object(self.said.clone());
        match wire {
            Wire::Chat => Usage::chat(&said),
            Wire::Messages => Usage::messages(&said),
        }
    }
}

fn count(value: Option<&Value>, name: &str) -> Option<u64> {
    let value = value?.get(name)?;
    value.as_u64().or_else(|| value.as_f64().filter(|count| *count >= 0.0).map(|count| count as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_conventions_end_in_the_same_numbers() {
        let chat = Usage::chat(&json!({
            "prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 60},
            "completion_tokens_details": {"reasoning_tokens": 5}, "cost": 0.5,
        }));
        assert_eq!((chat.prompt, chat.cache_read, chat.output), (Some(100), Some(60), Some(20)));
        assert_eq!((chat.reasoning, chat.cost_usd), (Some(5), Some(0.5)));
        let deepseek =
            json!({"prompt_tokens": 100, "prompt_cache_hit_tokens": 60, "completion_tokens": null});
        assert_eq!(Usage::chat(&deepseek).cache_read, Some(60));
        let messages = Usage::messages(&json!({
            "input_tokens": 30, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 10, "output_tokens": 20,
        }));
        assert_eq!((messages.prompt, messages.cache_read), (Some(100), Some(60)));
        assert_eq!((messages.cache_write, messages.output), (Some(10), Some(20)));
    }

    #[test]
    fn what_is_said_later_holds_and_silence_changes_nothing() {
        let mut meter = Meter::default();
        meter.add(json!({"input_tokens": 30, "cache_read_input_tokens": 60, "output_tokens": 1}));
        meter.add(json!({"input_tokens": 30, "output_tokens": 20}));
        meter.add(json!(null));
        let usage = meter.usage(Wire::Messages);
        assert_eq!((usage.prompt, usage.output), (Some(90), Some(20)));
        assert!(Usage::chat(&json!({"prompt_tokens": "many"})).is_empty());
    }
}
