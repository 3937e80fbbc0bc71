//! The document an analyst produces. Field names are the contract of `--json` and of the model's schema;
//! their order is the order of the panes and of emission.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::model::Estimated;
use crate::incident::{Opinion, Quote, TimelineEntry};

/// The whole document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Triage {
    /// One line that names the incident.
    pub title: String,
    /// The service it is about; empty when unknown.
    pub service: String,
    /// How bad, with the rule that says so; absent before the first analysis.
    pub severity: Option<Severity>,
    /// What is going on, in a few sentences.
    pub summary: String,
    /// Possible causes, most likely first; as many as the evidence carries.
    pub hypotheses: Vec<Hypothesis>,
    /// What to look at, in the order that decides most. Investigation only reads.
    pub checklist: Vec<Step>,
    /// What would stop the harm.
    pub mitigations: Vec<Mitigation>,
    /// Who is hurt and how, as far as it is known.
    pub customer_impact: String,
    /// What the evidence says happened when.
    pub timeline: Vec<TimelineEntry>,
    /// Statements of the evidence that cannot all be true.
    pub contradictions: Vec<Contradiction>,
    /// What is not known and would decide.
    pub missing: Vec<Missing>,
    /// Work for after the incident.
    pub follow_ups: Vec<FollowUp>,
    /// Postmortem draft in Markdown.
    pub postmortem: String,
    /// Past incidents that look alike.
    pub similar: Vec<Similar>,
    /// A model's part in this document; absent where no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Opinion>,
    /// Which analyst wrote this and what it cost.
    pub run: Option<Run>,
}

/// Severity levels of the written policy, `Sev1` the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SeverityLevel {
    /// Critical: a core function is down for most users, or data is being lost.
    #[serde(rename = "SEV1")]
    Sev1,
    /// Major: a core function fails for many users.
    #[serde(rename = "SEV2")]
    Sev2,
    /// Minor: degraded, or few users.
    #[serde(rename = "SEV3")]
    Sev3,
    /// Low: no user notices yet.
    #[serde(rename = "SEV4")]
    Sev4,
}

impl SeverityLevel {
    /// All levels, worst first.
    pub const ALL: [Self; 4] = [Self::Sev1, Self::Sev2, Self::Sev3, Self::Sev4];

    /// `SEV1` to `SEV4`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sev1 => "SEV1",
            Self::Sev2 => "SEV2",
            Self::Sev3 => "SEV3",
            Self::Sev4 => "SEV4",
        }
    }
}

/// A level and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severity {
    /// The level.
    pub level: SeverityLevel,
    /// The rule of the policy that was applied and the evidence for it.
    pub reasoning: String,
}

/// How sure an analyst is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A possibility.
    Low,
    /// Likely.
    Medium,
    /// Carried by verified evidence of the mechanism and of what set it off.
    High,
}

impl Confidence {
    /// Lower-case English name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Where a hypothesis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HypothesisStatus {
    /// Undecided.
    #[default]
    Open,
    /// Shown to be the cause.
    Confirmed,
    /// Shown not to be the cause; it stays visible with the line that ruled it out.
    RuledOut,
}

/// A possible cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// Stable across revisions.
    pub id: String,
    /// How sure.
    pub confidence: Confidence,
    /// What broke and what set it off.
    pub cause: String,
    /// Words of the sources that speak for it.
    #[serde(default)]
    pub evidence: Vec<Quote>,
    /// Words of the sources that speak against it.
    #[serde(default)]
    pub against: Vec<Quote>,
    /// The analyst's verdict; a person's verdict is kept apart and wins.
    #[serde(default)]
    pub status: HypothesisStatus,
    /// What to look at next to decide.
    #[serde(default)]
    pub next_check: String,
}

/// What a command does to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommandEffect {
    /// Looks only.
    #[default]
    Reads,
    /// Changes something.
    Changes,
}

/// One step of the investigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Stable across revisions.
    pub id: String,
    /// What to find out, as a question or an imperative.
    pub step: String,
    /// The command; `<placeholders>` in angle brackets where a name is unknown.
    pub command: String,
    /// What the output says, either way.
    pub expected: String,
    /// Always `reads` in a checklist.
    #[serde(default)]
    pub effect: CommandEffect,
    /// Hypotheses it helps to decide.
    #[serde(default)]
    pub decides: Vec<String>,
    /// What its output says, where a person pasted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// The output of a step, held against what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Whether it is what was expected.
    pub fit: Fit,
    /// The line of the output that says so; absent where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
}

/// Whether an output is what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// It is.
    AsExpected,
    /// It speaks against what the step was to show.
    NotAsExpected,
    /// It says nothing either way; a person has to decide.
    Undecided,
}

/// One way to stop the harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mitigation {
    /// Stable across revisions.
    pub id: String,
    /// What to do.
    pub action: String,
    /// How, where a command does it.
    #[serde(default)]
    pub command: Option<String>,
    /// What can go wrong.
    pub risk: String,
    /// How to take it back.
    pub rollback: String,
    /// What it does to the system.
    #[serde(default)]
    pub effect: CommandEffect,
}

/// Statements that cannot all be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// What does not fit, in one sentence.
    pub text: String,
    /// The statements.
    pub quotes: Vec<Quote>,
}

/// Something unknown that would decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What is not known.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// How to find out.
    pub command: String,
}

/// Work for after the incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// `P0` (before anything else) to `P3`.
    pub priority: String,
    /// What to do.
    pub text: String,
    /// The role that owns it.
    pub owner: String,
}

/// A past incident that looks alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Similar {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Trigram similarity, 0 to 100.
    pub percent: u8,
    /// What it was.
    pub summary: String,
}

/// Language of what sevdeck writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// Two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Who wrote a triage and at what cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// `offline`, or the kind of model endpoint.
    pub analyst: String,
    /// Name of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Prompt id and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Language of the answer.
    pub language: Language,
    /// From the request to the complete answer, milliseconds.
    pub latency_ms: u64,
    /// Prompt tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_in: Option<u64>,
    /// Answer tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_out: Option<u64>,
    /// Prompt tokens served from the endpoint's cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_cached: Option<u64>,
    /// Cost in US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// When the run finished.
    pub at: Timestamp,
}

impl Run {
    /// The run in one line: model, prompt, language, latency, tokens up and down, cached, cost. Estimates are marked ≈;
    /// what is not known is left out.
    pub fn line(&self, estimated: Estimated) -> String {
        let about = |estimated| if estimated { "≈" } else { "" };
        let mut parts = vec![self.model.clone().unwrap_or_else(|| self.analyst.clone())];
        parts.extend(self.prompt.clone());
        parts.push(self.language.to_string());
        parts.push(format!("{:.1} s", self.latency_ms as f64 / 1e3));
        if let Some(tokens) = self.tokens_in {
            let cached = self.tokens_cached.filter(|cached| *cached > 0);
            let cached = cached.map(|cached| format!(" ({cached} cached)")).unwrap_or_default();
            parts.push(format!("{}{tokens} tokens up{cached}", about(estimated.up)));
        }
        parts.extend(self.tokens_out.map(|tokens| format!("{}{tokens} down", about(estimated.down))));
        parts.extend(self.cost_usd.map(|cost| format!("{}${cost:.4}", about(estimated.cost))));
        parts.join(" · ")
    }
}
