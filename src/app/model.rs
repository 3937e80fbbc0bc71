//! A model beside the offline analyst: when it is asked, what a request looks like before it leaves, where a call
//! stands. Nothing here sends anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::evidence::redaction::placeholders;
use crate::incident::event::StepOutcome;
use crate::incident::model::{Estimated, Spent};
use crate::incident::triage::Run;
use crate::incident::{Checked, FindingKind, Incident, ModelOutcome, ModelRequest};

/// A burst weaker than this is no reason to ask.
const BURST: u8 = 60;
/// Most characters of the thoughts that are kept while a model thinks; the newest stay.
pub const THOUGHTS_MAX: usize = 64 * 1024;

/// How a model is used.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSettings {
    /// `PROVIDER/NAME`.
    pub name: String,
    /// Whether it is asked without a key, when something new deserves it.
    pub automatic: bool,
    /// Whether each request is shown before it leaves.
    pub ask_first: bool,
    /// Least time between two calls that nobody asked for.
    pub interval: SignedDuration,
    /// How long something new may settle before a call nobody asked for.
    pub settle: SignedDuration,
    /// Most US dollars for one incident.
    pub budget_usd: Option<f64>,
    /// Most tokens for one incident, sent and received.
    pub budget_tokens: Option<u64>,
}

/// A request as it would leave the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its figures.
    pub request: ModelRequest,
    /// Its whole text.
    pub text: Arc<str>,
    /// What was masked in it: the placeholder and the kind of what it stands for.
    pub masked: Vec<(String, String)>,
    /// What the budget of tokens had no room for: how many, of what.
    pub left_out: Vec<(String, usize)>,
}

impl Outgoing {
    /// What the budget of tokens had no room for, in a line; absent where there was room for all.
    pub fn left_out(&self) -> Option<String> {
        let parts: Vec<String> =
            self.left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let tokens = self.request.tokens;
        (!parts.is_empty()).then(|| {
            format!("left out to keep the request at {tokens} tokens: {} (request_tokens)", parts.join(", "))
        })
    }
}

/// What the placeholders stand for that are left in a text on screen; absent where there are none. Those of this session
/// are put back before anything is shown.
pub fn left_masked(text: &str) -> Option<String> {
    let found = placeholders(text);
    let names: Vec<String> = found.iter().take(4).map(|(name, kind)| format!("{name} ({kind})")).collect();
    (!names.is_empty()).then(|| {
        format!(
            "{}: masked before it was kept, in an earlier session; the value is not kept",
            names.join(", ")
        )
    })
}

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// None is under way.
    #[default]
    Idle,
    /// The request is being written.
    Preparing {
        /// Its number.
        call: u64,
        /// Whether a person asked for it.
        wanted: bool,
    },
    /// The request waits for a person's word.
    Asking {
        /// Its number.
        call: u64,
        /// The request.
        outgoing: Arc<Outgoing>,
    },
    /// The request is out.
    Running(Box<Running>),
}

/// A call under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Its number.
    pub call: u64,
    /// When it was sent.
    pub since: Timestamp,
    /// Since when the model thinks aloud without answering.
    pub thinking: Option<Timestamp>,
    /// What arrived of the answer, examined.
    pub draft: Option<Checked>,
    /// What holds it up, in words.
    pub waits: Option<String>,
    /// A person ended it; the news of its end are on their way.
    pub ending: bool,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum CallNews {
    /// It is held up: a retry, a server that says nothing. An empty text: it goes on.
    Waits(String),
    /// The model thinks.
    Thinks {
        /// What it said so far, the newest part.
        text: String,
        /// Bytes of it before that part.
        before: usize,
    },
    /// More of the answer arrived.
    Draft(Box<Checked>),
    /// It is over.
    Ended {
        /// How.
        outcome: ModelOutcome,
        /// Latency, tokens, cost.
        run: Run,
        /// Which of tokens and cost are estimates.
        estimated: Estimated,
        /// What was let through of the answer.
        answer: Option<Box<Checked>>,
        /// The answer holds no document: the request that asks once more, as the call after this one.
        repair: Option<Arc<Outgoing>>,
    },
}

/// What would be new to a model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The leading hypothesis.
    lead: Option<String>,
    /// Strong bursts.
    bursts: BTreeSet<String>,
    /// The last result of a step.
    result: Option<u64>,
    /// The last verdict.
    verdict: Option<u64>,
}

impl Known {
    /// What there is to know now.
    pub fn of(incident: &Incident) -> Self {
        let strong = |kind, strength| kind == FindingKind::Burst && strength >= BURST;
        let bursts = incident.findings.values().filter(|found| strong(found.kind, found.strength));
        let told = |outcome| !matches!(outcome, StepOutcome::Todo | StepOutcome::Skipped);
        Self {
            lead: incident.triage.hypotheses.first().map(|first| first.id.clone()),
            bursts: bursts.map(|found| found.id.clone()).collect(),
            result: incident.marks.values().filter(|mark| told(mark.outcome)).map(|mark| mark.seq).max(),
            verdict: incident.verdicts.values().map(|verdict| verdict.seq).max(),
        }
    }

    /// Why `self`, which is newer, deserves a call that `before` did not have; what a person did comes first.
    pub fn reason_after(&self, before: &Self) -> Option<&'static str> {
        if self.verdict > before.verdict {
            Some("a verdict")
        } else if self.result > before.result {
            Some("a result of a step")
        } else if self.lead.is_some() && self.lead != before.lead {
            Some("a new leading hypothesis")
        } else if !self.bursts.is_subset(&before.bursts) {
            Some("a burst")
        } else {
            None
        }
    }
}

/// What the cockpit knows about its model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk {
    /// How it is used; absent where there is none, or the network is forbidden.
    pub settings: Option<ModelSettings>,
    /// Whether the network is forbidden.
    pub forbidden: bool,
    /// Where a call stands.
    pub phase: Phase,
    /// The request that was sent last, or waits to be.
    pub last: Option<Arc<Outgoing>>,
    /// The one before it, to tell the difference.
    pub before: Option<Arc<Outgoing>>,
    /// What the model was told last.
    pub told: Known,
    /// Since when something new waits to be told.
    pub stirred: Option<Timestamp>,
    /// When the last call was made.
    pub called: Option<Timestamp>,
    /// The last number a request was written under: one that was never sent keeps its number.
    pub numbered: u64,
    /// Revisions of the triage since there is a model: so often would have been asked by whoever asks each time.
    pub revisions: u64,
    /// Why no more calls are made unasked.
    pub held: Option<String>,
    /// What the model thought aloud during the last call, the newest part.
    pub thoughts: Thoughts,
}

/// What a model thought aloud.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thoughts {
    /// Number of the call.
    pub call: u64,
    /// The newest part of it.
    pub text: String,
    /// Bytes of it before that part.
    pub before: usize,
    /// Since when, and until when.
    pub time: Option<(Timestamp, Timestamp)>,
}

impl Desk {
    /// The call under way.
    pub fn running(&self) -> Option<&Running> {
        match &self.phase {
            Phase::Running(running) => Some(running),
            _ => None,
        }
    }

    /// Whether a request waits for a person's word.
    pub fn is_asking(&self) -> bool {
        matches!(self.phase, Phase::Asking { .. })
    }

    /// Whether a request is being written or out, and nobody has ended it.
    pub fn is_busy(&self) -> bool {
        match &self.phase {
            Phase::Preparing { .. } => true,
            Phase::Running(running) => !running.ending,
            Phase::Idle | Phase::Asking { .. } => false,
        }
    }

    /// Calls that were not needed.
    pub fn saved(&self, calls: u64) -> u64 {
        self.revisions.saturating_sub(calls)
    }
}

impl ModelSettings {
    /// Why a request would exceed what may be spent, and what to do; a price that is not known cannot be held to a sum
    /// of money.
    pub fn refusal(&self, spent: &Spent, request: &ModelRequest) -> Option<String> {
        if let Some(most) = self.budget_tokens
            && spent.tokens + request.tokens > most
        {
            let (used, next) = (spent.tokens, request.tokens);
            return Some(format!(
                "the budget of {most} tokens is not enough: {used} are used, the next call needs about {next}"
            ));
        }
        let most = self.budget_usd?;
        if spent.at_least || request.cost_usd.is_none() {
            return Some(format!(
                "the price of {} is not known, so ${most} cannot be held: set budget_tokens, or its price",
                request.model
            ));
        }
        let next = request.cost_usd.unwrap_or(0.0);
        (spent.cost_usd + next > most).then(|| {
            let used = spent.cost_usd;
            format!("the budget of ${most} is not enough: ${used:.4} are spent, the next call costs about ${next:.4}")
        })
    }
}

#[cfg(test)]
mod tests;
