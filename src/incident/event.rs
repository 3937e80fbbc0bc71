//! Every fact that can happen to an incident, in the past tense.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::model::Estimated;
use crate::incident::triage::{HypothesisStatus, Language, Run, SeverityLevel};
use crate::incident::{
    Bookmark, Checked, Finding, IncidentId, ModelOutcome, ModelRequest, Place, SourceChange, SourceId,
    SourceSpec, TriagePatch,
};

/// An event as it stands in the log of its incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Position in the log, from 1 without holes.
    pub seq: u64,
    /// When it was recorded, UTC.
    pub at: Timestamp,
    /// Who caused it.
    pub by: Author,
    /// The fact.
    pub event: Event,
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// sevdeck itself.
    Sevdeck,
    /// A person, by login name.
    Person(String),
    /// An analyst: `offline` or a model's name.
    Analyst(String),
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sevdeck => f.write_str("sevdeck"),
            Self::Person(name) | Self::Analyst(name) => f.write_str(name),
        }
    }
}

/// What a person found when doing a step of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Not done (or taken back).
    #[default]
    Todo,
    /// Done, without a verdict.
    Done,
    /// Done; the output was as expected.
    AsExpected,
    /// Done; the output was not as expected.
    NotAsExpected,
    /// Left out on purpose.
    Skipped,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// Harm goes on.
    #[default]
    Open,
    /// The harm is stopped, the cause may be still there.
    Mitigated,
    /// Over.
    Resolved,
}

/// The facts.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The first event of every incident.
    IncidentOpened {
        /// Its name.
        incident: IncidentId,
        /// Title given by the person; may be empty.
        title: String,
        /// Service given by the person; may be empty.
        service: String,
        /// Language of what is written.
        language: Language,
    },
    /// The person gave another title or service.
    IncidentRenamed {
        /// New title.
        title: String,
        /// New service.
        service: String,
    },
    /// The person pointed at sources; what they lead to is attached as it is found.
    SourcesRequested {
        /// As given.
        specs: Vec<SourceSpec>,
    },
    /// A stream of lines was found and is followed from here on.
    SourceAttached {
        /// Its number.
        source: SourceId,
        /// The request it comes from.
        spec: SourceSpec,
        /// The file, where there is one.
        path: Option<String>,
        /// Short name shown to the person, unique in the incident.
        name: String,
    },
    /// Something happened to a source.
    SourceChanged {
        /// Which.
        source: SourceId,
        /// What.
        change: SourceChange,
    },
    /// A person pasted text or passed it with `--context`; it is a source of its own.
    ContextAdded {
        /// Its number.
        source: SourceId,
        /// Short name, unique in the incident.
        name: String,
        /// The text.
        text: String,
    },
    /// A person wrote a note.
    NoteAdded {
        /// The note.
        text: String,
    },
    /// Code noticed something, or notices more about it: same id, newer contents.
    FindingRaised {
        /// The finding.
        finding: Finding,
    },
    /// An analyst changed the triage in a way that a person would notice.
    TriageRevised {
        /// Revision of the case file the analyst worked from.
        case_revision: u64,
        /// The sections that changed.
        patch: Box<TriagePatch>,
    },
    /// A person judged a hypothesis.
    HypothesisJudged {
        /// Id of the hypothesis.
        hypothesis: String,
        /// The verdict; `Open` takes an earlier one back.
        verdict: HypothesisStatus,
        /// Why.
        reason: String,
    },
    /// A person marked a step of the checklist.
    StepMarked {
        /// Id of the step.
        step: String,
        /// What came out.
        outcome: StepOutcome,
        /// What was seen.
        note: String,
        /// The source that holds the output of its command, where that was pasted.
        output: Option<SourceId>,
    },
    /// A person copied a command.
    CommandCopied {
        /// The text that was sent to the clipboard.
        command: String,
    },
    /// A person marked a line, or gave a marked line another name.
    LineBookmarked {
        /// The bookmark.
        bookmark: Bookmark,
    },
    /// A person took a bookmark away.
    BookmarkRemoved {
        /// The line it stood on.
        place: Place,
    },
    /// A person set the severity, which then stands whatever an analyst says.
    SeverityDeclared {
        /// The level.
        level: SeverityLevel,
        /// Why.
        reason: String,
    },
    /// A person moved the incident on.
    StatusChanged {
        /// Where it stands now.
        status: IncidentStatus,
    },
    /// A person told those who wait how things stand.
    UpdateSent {
        /// The text as it was sent.
        text: String,
    },
    /// A person wrote the postmortem, which then stands whatever an analyst drafts; an empty text takes that back.
    PostmortemWritten {
        /// Markdown.
        text: String,
    },
    /// A person said what stands for a `<name>` in commands; an empty value takes that back.
    PlaceholderFilled {
        /// The name, without its brackets.
        name: String,
        /// What stands for it, as it was given.
        value: String,
    },
    /// A person took a change of theirs back: what it replaced holds again.
    Undone {
        /// Position of the event that is taken back.
        of: u64,
    },
    /// A model was asked.
    ModelAsked {
        /// Number of the call in the incident, from 1.
        call: u64,
        /// What was sent.
        request: ModelRequest,
    },
    /// A call of a model ended.
    ModelAnswered {
        /// Number of the call.
        call: u64,
        /// How it ended.
        outcome: ModelOutcome,
        /// Latency, tokens, cost.
        run: Run,
        /// Which of tokens and cost are estimates.
        estimated: Estimated,
        /// What was let through of the answer; a half one counts too.
        answer: Option<Box<Checked>>,
    },
    /// An event of a newer version of sevdeck: kept as it was stored, without effect here.
    Unknown {
        /// Its kind.
        kind: String,
        /// Version of its stored form.
        version: u64,
        /// Its body as stored.
        body: serde_json::Value,
    },
}
