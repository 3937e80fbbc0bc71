//! The case file: all that is known at a moment. Input of every analyst, and what an eval freezes.

use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;

use crate::incident::event::StepOutcome;
use crate::incident::triage::{HypothesisStatus, Language, Similar, Triage};
use crate::incident::{Finding, Incident, SourceId};
use crate::log::digest::{Digest, SourceDigest, TemplateDigest};

/// Source number of the persons' notes, which form a text of their own.
pub const NOTES: SourceId = SourceId(0);

/// All that is known at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFile {
    /// Number of this freeze; answers to an older one are stale.
    pub revision: u64,
    /// The moment.
    pub now: Timestamp,
    /// Language to write in.
    pub language: Language,
    /// Title given by the person; may be empty.
    pub title: String,
    /// Service given by the person; may be empty.
    pub service: String,
    /// Texts written by people: pasted context, notes, short prose files.
    pub texts: Vec<CaseText>,
    /// Log sources.
    pub sources: Vec<SourceDigest>,
    /// Templates that matter.
    pub templates: Vec<TemplateDigest>,
    /// Findings, oldest onset first.
    pub findings: Vec<Finding>,
    /// What persons found at steps of the checklist.
    pub results: Vec<StepResult>,
    /// Verdicts of persons on hypotheses.
    pub verdicts: Vec<HumanVerdict>,
    /// The triage on screen, whose ids and order a revision keeps where it can.
    pub previous: Triage,
    /// Past incidents that look alike.
    pub similar: Vec<Similar>,
}

/// A text written by people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseText {
    /// The source.
    pub source: SourceId,
    /// Its short name.
    pub name: String,
    /// The whole text; byte ranges of quotes refer to it.
    pub text: Arc<str>,
}

/// What a person found at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResult {
    /// Id of the step.
    pub step: String,
    /// What came out.
    pub outcome: StepOutcome,
    /// What was seen.
    pub note: String,
    /// The text that holds the output of its command, where that was pasted.
    pub output: Option<SourceId>,
}

/// A person's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HumanVerdict {
    /// Id of the hypothesis.
    pub hypothesis: String,
    /// The verdict.
    pub status: HypothesisStatus,
    /// Why.
    pub reason: String,
}

impl CaseFile {
    /// A case of texts alone, in English: the others of its fields are empty. Texts are numbered from 1.
    pub fn of_texts(texts: &[&str], now: Timestamp) -> Self {
        let text = |(number, text): (u32, &&str)| CaseText {
            source: SourceId(number),
            name: format!("notes{number}"),
            text: Arc::from(*text),
        };
        Self {
            revision: 1,
            now,
            language: Language::En,
            title: String::new(),
            service: String::new(),
            texts: (1..).zip(texts).map(text).collect(),
            sources: Vec::new(),
            templates: Vec::new(),
            findings: Vec::new(),
            results: Vec::new(),
            verdicts: Vec::new(),
            previous: Triage::default(),
            similar: Vec::new(),
        }
    }

    /// Freezes what is known: the incident's facts, the engine's digest, the similar incidents found.
    pub fn freeze(
        incident: &Incident,
        digest: &Digest,
        similar: &[Similar],
        revision: u64,
        now: Timestamp,
    ) -> Self {
        let results = incident.marks.iter().map(|(step, mark)| StepResult {
            step: step.clone(),
            outcome: mark.outcome,
            note: mark.note.clone(),
            output: mark.output,
        });
        let verdicts = incident.verdicts.iter().map(|(hypothesis, verdict)| HumanVerdict {
            hypothesis: hypothesis.clone(),
            status: verdict.status,
            reason: verdict.reason.clone(),
        });
        let (prose, logs): (Vec<_>, Vec<_>) =
            digest.sources.iter().cloned().partition(|source| source.prose.is_some());
        let texts = prose.into_iter().filter_map(|source| {
            Some(CaseText { source: source.source, name: source.name, text: source.prose? })
        });
        Self {
            revision,
            now,
            language: incident.language,
            title: incident.given_title.clone(),
            service: incident.given_service.clone(),
            texts: texts.collect(),
            sources: logs,
            templates: digest.templates.clone(),
            findings: digest.findings.clone(),
            results: results.collect(),
            verdicts: verdicts.collect(),
            previous: incident.triage.clone(),
            similar: similar.to_vec(),
        }
    }
}

/// The persons' notes as one text, a line each: `HH:MM name: note`. Continuation lines are indented.
pub fn notes_text(incident: &Incident) -> String {
    let mut text = String::new();
    for note in &incident.notes {
        let body = note.text.trim_end().replace('\n', "\n    ");
        let _ = writeln!(text, "{} {}: {body}", note.at.strftime("%H:%M"), note.by);
    }
    text
}
