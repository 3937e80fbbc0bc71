//! What the record keeps of a model: each call, what it cost, how it ended, and the answer as it was let through.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::opinion::Remark;
use crate::incident::triage::{Language, Run};

/// What was sent, in figures; the text itself is not kept, nor what its lines differ in from the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRequest {
    /// `PROVIDER/NAME`.
    pub model: String,
    /// Id of the prompt.
    pub prompt: String,
    /// Hash of the prompt's text: an edited prompt is another one.
    pub prompt_hash: String,
    /// Language asked for.
    pub language: Language,
    /// Where it went, without its key; empty where that was not kept.
    #[serde(default)]
    pub url: String,
    /// Why it was asked: a person's key, a new leading finding, a verdict.
    pub reason: String,
    /// Revision of the case file it was asked about.
    pub case_revision: u64,
    /// Size of the request, bytes.
    pub bytes: u64,
    /// Bytes of evidence the request stands for.
    pub stands_for: u64,
    /// Estimated size, tokens.
    pub tokens: u64,
    /// Estimated cost, US dollars; absent where the price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Secrets and names masked in it: places.
    pub masked: u64,
    /// The values masked in it, counted by kind: `password`, `token`.
    #[serde(default)]
    pub kinds: BTreeMap<String, u64>,
    /// Pieces of evidence that its budget of tokens had no room for.
    #[serde(default)]
    pub left_out: u64,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum ModelOutcome {
    /// The model finished.
    Complete,
    /// The answer stops in the middle.
    Cut {
        /// Why, and what to do.
        why: String,
    },
    /// A person ended it.
    Cancelled,
    /// There is no answer.
    Failed {
        /// Why, and what to do.
        why: String,
    },
    /// There is an answer, but it is not shown.
    Withheld {
        /// Why.
        why: String,
    },
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCall {
    /// When it was asked.
    pub at: Timestamp,
    /// Who asked: a person's name, or `sevdeck`.
    pub by: String,
    /// What was sent.
    pub request: ModelRequest,
    /// How it ended and what it cost; absent while it runs, or where sevdeck ended before it did.
    pub end: Option<ModelEnd>,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelEnd {
    /// How.
    pub outcome: ModelOutcome,
    /// Latency, tokens, cost.
    pub run: Run,
    /// Which of its figures are estimates.
    pub estimated: Estimated,
    /// What the checker changed or doubts.
    pub remarks: Vec<Remark>,
}

/// Which figures of a call are estimates; the others were counted by the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "StoredEstimated")]
pub struct Estimated {
    /// Tokens sent.
    pub up: bool,
    /// Tokens received.
    pub down: bool,
    /// The cost.
    pub cost: bool,
}

impl Estimated {
    /// All of them.
    pub const ALL: Self = Self { up: true, down: true, cost: true };
}

/// Records of the first versions said it of all figures together.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredEstimated {
    Together(bool),
    Each { up: bool, down: bool, cost: bool },
}

impl From<StoredEstimated> for Estimated {
    fn from(stored: StoredEstimated) -> Self {
        match stored {
            StoredEstimated::Together(all) => Self { up: all, down: all, cost: all },
            StoredEstimated::Each { up, down, cost } => Self { up, down, cost },
        }
    }
}

/// What an incident's calls cost together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Calls made.
    pub calls: u64,
    /// Tokens sent and received.
    pub tokens: u64,
    /// US dollars, as far as they are known.
    pub cost_usd: f64,
    /// Whether the cost of a call is not known: the sum is at least this.
    pub at_least: bool,
    /// Whether any of the tokens are an estimate.
    pub about_tokens: bool,
    /// Whether any part of the cost is an estimate.
    pub about_cost: bool,
}

impl Spent {
    /// The sum over calls. One without an end counts with what was estimated before it was sent.
    pub fn over<'a>(calls: impl IntoIterator<Item = &'a ModelCall>) -> Self {
        let mut spent = Self::default();
        for call in calls {
            spent.calls += 1;
            let run = call.end.as_ref().map(|end| &end.run);
            let tokens = run.and_then(|run| Some(run.tokens_in? + run.tokens_out.unwrap_or(0)));
            let cost = run.map_or(call.request.cost_usd, |run| run.cost_usd);
            spent.tokens += tokens.unwrap_or(call.request.tokens);
            spent.cost_usd += cost.unwrap_or(0.0);
            spent.at_least |= cost.is_none();
            let estimated = call.end.as_ref().map_or(Estimated::ALL, |end| end.estimated);
            spent.about_tokens |= tokens.is_none() || estimated.up || estimated.down;
            spent.about_cost |= cost.is_some() && estimated.cost;
        }
        spent
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::incident::triage::Language;

    #[test]
    fn records_say_which_figures_are_estimates_and_older_ones_of_all_together() {
        let down = Estimated { down: true, ..Estimated::default() };
        assert_eq!(serde_json::from_value::<Estimated>(serde_json::to_value(down).unwrap()).unwrap(), down);
        assert_eq!(serde_json::from_value::<Estimated>(json!(true)).unwrap(), Estimated::ALL);
        assert_eq!(serde_json::from_value::<Estimated>(json!(false)).unwrap(), Estimated::default());
    }

    #[test]
    fn the_sign_of_an_estimate_stands_at_what_is_estimated() {
        let run = Run {
            analyst: "openai".into(),
            model: Some("gpt".into()),
            prompt: None,
            language: Language::En,
            latency_ms: 1_500,
            tokens_in: Some(100),
            tokens_out: Some(40),
            tokens_cached: Some(30),
            cost_usd: Some(0.02),
            at: Timestamp::UNIX_EPOCH,
        };
        let table = [
            (Estimated::default(), "gpt · en · 1.5 s · 100 tokens up (30 cached) · 40 down · $0.0200"),
            (
                Estimated { cost: true, ..Estimated::default() },
                "gpt · en · 1.5 s · 100 tokens up (30 cached) · 40 down · ≈$0.0200",
            ),
            (
                Estimated { down: true, cost: true, up: false },
                "gpt · en · 1.5 s · 100 tokens up (30 cached) · ≈40 down · ≈$0.0200",
            ),
        ];
        for (estimated, line) in table {
            assert_eq!(run.line(estimated), line);
        }
    }
}
