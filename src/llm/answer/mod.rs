//! The triage in a model's answer, while it grows and when it is whole: whatever of it has the right shape, the rest
//! left out. Nothing here is checked against the evidence yet.

mod decode;
mod draft;
mod json;

use std::collections::BTreeSet;

pub use crate::llm::answer::draft::Draft;

use crate::incident::TimelineKind;
use crate::incident::opinion::Section;
use crate::incident::triage::{CommandEffect, Confidence, HypothesisStatus, SeverityLevel};

/// What a model wrote, partial or whole. Texts are clean; free text may still grow; enumerations and numbers are
/// absent until they are complete, and also when they are none that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// See [`crate::incident::Triage::title`].
    pub title: String,
    /// See [`crate::incident::Triage::service`].
    pub service: String,
    /// How bad.
    pub severity: SaidSeverity,
    /// See [`crate::incident::Triage::summary`].
    pub summary: String,
    /// Possible causes.
    pub hypotheses: Vec<SaidHypothesis>,
    /// What to look at.
    pub checklist: Vec<SaidStep>,
    /// What would stop the harm.
    pub mitigations: Vec<SaidMitigation>,
    /// See [`crate::incident::Triage::customer_impact`].
    pub customer_impact: String,
    /// What happened when.
    pub timeline: Vec<SaidMoment>,
    /// Statements that cannot all be true.
    pub contradictions: Vec<SaidContradiction>,
    /// What would decide.
    pub missing: Vec<SaidMissing>,
    /// Work for after the incident.
    pub follow_ups: Vec<SaidFollowUp>,
    /// See [`crate::incident::Triage::postmortem`].
    pub postmortem: String,
    /// Sections that will not change any more.
    pub done: BTreeSet<Section>,
    /// Whether the document has its closing brace.
    pub complete: bool,
    /// Things left out because of a limit.
    pub left_out: usize,
}

impl Answer {
    /// Whether it says anything about the incident: a name alone does not.
    pub fn is_usable(&self) -> bool {
        let lists = [
            self.hypotheses.is_empty(),
            self.checklist.is_empty(),
            self.mitigations.is_empty(),
            self.timeline.is_empty(),
            self.contradictions.is_empty(),
            self.missing.is_empty(),
        ];
        lists.contains(&false) || !self.summary.is_empty() || self.severity.level.is_some()
    }

    /// Whether a section will not change any more.
    pub fn is_done(&self, section: Section) -> bool {
        self.done.contains(&section)
    }
}

/// A level and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidSeverity {
    /// The level, once it is complete and known.
    pub level: Option<SeverityLevel>,
    /// The level in the model's words, where they are no level.
    pub unknown: String,
    /// Why.
    pub reasoning: String,
}

/// Words a model says are in the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidQuote {
    /// The words.
    pub quote: String,
    /// The source they are said to be in; empty when not said.
    pub source: String,
    /// The line they are said to be in.
    pub line: Option<u64>,
    /// Whether it will not change any more.
    pub done: bool,
}

/// A possible cause.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidHypothesis {
    /// The model's own name for it; empty until it is complete.
    pub id: String,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// The cause.
    pub cause: String,
    /// What speaks for it.
    pub evidence: Vec<SaidQuote>,
    /// What speaks against it.
    pub against: Vec<SaidQuote>,
    /// The model's verdict.
    pub status: Option<HypothesisStatus>,
    /// What to look at next.
    pub next_check: String,
    /// Whether it will not change any more.
    pub done: bool,
}

/// One step of the investigation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidStep {
    /// The model's own name for it; empty until it is complete.
    pub id: String,
    /// What to find out.
    pub step: String,
    /// The command: half a command is one that does something else, so it is empty until it is complete.
    pub command: String,
    /// What the output says.
    pub expected: String,
    /// What it does to the system, as the model says.
    pub effect: Option<CommandEffect>,
    /// Hypotheses it helps to decide, by the model's names.
    pub decides: Vec<String>,
    /// Whether it will not change any more.
    pub done: bool,
}

/// One way to stop the harm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidMitigation {
    /// The model's own name for it; empty until it is complete.
    pub id: String,
    /// What to do.
    pub action: String,
    /// How; empty until it is complete.
    pub command: String,
    /// What can go wrong.
    pub risk: String,
    /// How to take it back; empty until it is complete.
    pub rollback: String,
    /// What it does to the system, as the model says.
    pub effect: Option<CommandEffect>,
    /// Whether it will not change any more.
    pub done: bool,
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidMoment {
    /// When, in the model's words (`14:02`, RFC 3339, …); empty until it is complete.
    pub at: String,
    /// What happened.
    pub text: String,
    /// Who says so.
    pub source: String,
    /// The kind.
    pub kind: Option<TimelineKind>,
    /// Whether it will not change any more.
    pub done: bool,
}

/// Statements that cannot all be true.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidContradiction {
    /// What does not fit.
    pub text: String,
    /// The statements.
    pub quotes: Vec<SaidQuote>,
    /// Whether it will not change any more.
    pub done: bool,
}

/// Something unknown that would decide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidMissing {
    /// What is not known.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// How to find out; empty until it is complete.
    pub command: String,
    /// Whether it will not change any more.
    pub done: bool,
}

/// Work for after the incident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaidFollowUp {
    /// `P0` to `P3`; empty until it is complete.
    pub priority: String,
    /// What to do.
    pub text: String,
    /// The role that owns it.
    pub owner: String,
    /// Whether it will not change any more.
    pub done: bool,
}

#[cfg(test)]
mod tests;
