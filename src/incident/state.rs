//! The incident as the panes and the analysts read it. Only `reduce` writes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::incident::event::{IncidentStatus, StepOutcome};
use crate::incident::opinion::{By, Section};
use crate::incident::triage::{
    Confidence, Hypothesis, HypothesisStatus, Language, SeverityLevel, Step, Triage,
};
use crate::incident::undo::Change;
use crate::incident::{
    Bookmark, Checked, Finding, IncidentId, ModelCall, Place, SourceChange, SourceId, SourceSpec,
    TimelineEntry, timeline,
};

/// The fold of an incident's events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incident {
    /// Its name; absent before the first event.
    pub id: Option<IncidentId>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When its last event was recorded.
    pub updated_at: Option<Timestamp>,
    /// Position of the last event folded in.
    pub last_seq: u64,
    /// Title given by the person; an empty one leaves the title to the analyst.
    pub given_title: String,
    /// Service given by the person; an empty one leaves it to the analyst.
    pub given_service: String,
    /// Language of what is written.
    pub language: Language,
    /// Where it stands.
    pub status: IncidentStatus,
    /// When the status was last changed by a person.
    pub status_at: Option<Timestamp>,
    /// Severity set by a person.
    pub declared: Option<Declared>,
    /// What the person pointed at.
    pub requested: Vec<SourceSpec>,
    /// Every stream of lines, by number.
    pub sources: BTreeMap<SourceId, SourceState>,
    /// Findings by id.
    pub findings: BTreeMap<String, Finding>,
    /// The latest triage.
    pub triage: Triage,
    /// Shown instead of it: what an answer that is still arriving would make of it, and its secrets in the place of
    /// their placeholders. No event.
    pub preview: Option<Box<Triage>>,
    /// Case-file revision of the latest triage.
    pub case_revision: u64,
    /// How the confidence of each hypothesis moved, oldest first.
    pub belief: BTreeMap<String, Vec<Belief>>,
    /// Hypotheses that a later triage no longer lists but a person has judged, by id.
    pub judged_away: BTreeMap<String, Hypothesis>,
    /// Verdicts of persons by hypothesis id; they win over an analyst's.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Marks of persons by step id.
    pub marks: BTreeMap<String, Mark>,
    /// Steps that a later triage no longer lists but a person has marked, by id.
    pub marked_away: BTreeMap<String, Step>,
    /// Notes of persons, oldest first.
    pub notes: Vec<Note>,
    /// Updates that persons sent, oldest first.
    pub updates: Vec<Note>,
    /// The postmortem as a person wrote it; empty while only the analyst's draft is there.
    pub written_postmortem: String,
    /// What stands for the `<names>` in commands.
    pub filled: BTreeMap<String, String>,
    /// The newest changes of persons that can be taken back, oldest first.
    pub changes: Vec<Change>,
    /// Calls of models by number.
    pub calls: BTreeMap<u64, ModelCall>,
    /// The newest answer of a model, which the analyst that needs none goes on beside.
    pub answer: Option<Checked>,
    /// Lines that persons marked, by place.
    pub bookmarks: BTreeMap<Place, Bookmark>,
    /// What persons did and what happened to the sources, in the order of recording.
    pub log: Vec<LogEntry>,
    /// The names and files of all sources, which are asked for once for each new one.
    pub(crate) known: Known,
}

/// Names and files of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Known {
    names: BTreeSet<String>,
    paths: BTreeSet<String>,
}

/// A severity set by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The level.
    pub level: SeverityLevel,
    /// Why.
    pub reason: String,
    /// Event that says so.
    pub seq: u64,
}

/// A stream of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// The request it comes from.
    pub spec: SourceSpec,
    /// The file, where there is one.
    pub path: Option<String>,
    /// Short unique name.
    pub name: String,
    /// Text of a pasted context; absent for everything that is read from outside.
    pub text: Option<String>,
    /// The last thing that happened to it, while it still matters.
    pub trouble: Option<SourceChange>,
}

/// One move of a hypothesis' confidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belief {
    /// When.
    pub at: Timestamp,
    /// To what.
    pub confidence: Confidence,
    /// The words that moved it: the newest piece of evidence; empty when unknown.
    pub because: String,
}

/// A person's verdict on a hypothesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The verdict.
    pub status: HypothesisStatus,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Event that says so.
    pub seq: u64,
}

/// A person's mark on a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What came out.
    pub outcome: StepOutcome,
    /// What was seen.
    pub note: String,
    /// The source that holds the output of its command, where that was pasted.
    pub output: Option<SourceId>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Event that says so.
    pub seq: u64,
}

/// A person's note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text.
    pub text: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Event that says so.
    pub seq: u64,
}

/// An entry of the timeline that comes from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Event that says so.
    pub seq: u64,
    /// The entry.
    pub entry: TimelineEntry,
}

/// One line of the merged timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineLine<'a> {
    /// The entry.
    pub entry: &'a TimelineEntry,
    /// The event it comes from; absent for what the analyst read in the evidence.
    pub seq: Option<u64>,
}

impl Incident {
    /// The triage to show.
    pub fn shown(&self) -> &Triage {
        self.preview.as_deref().unwrap_or(&self.triage)
    }

    /// The model that alone says the item of a section with this key; absent where the offline analyst says it too.
    pub fn only_by(&self, section: Section, key: &str) -> Option<&str> {
        let opinion = self.shown().opinion.as_ref()?;
        (opinion.by(section, key) == By::Model).then_some(opinion.model.as_str())
    }

    /// The postmortem to show: the person's, else the analyst's draft.
    pub fn postmortem(&self) -> &str {
        if self.written_postmortem.is_empty() { &self.shown().postmortem } else { &self.written_postmortem }
    }

    /// The title to show: the person's, else the analyst's; may be empty.
    pub fn title(&self) -> &str {
        if self.given_title.is_empty() { &self.shown().title } else { &self.given_title }
    }

    /// The service to show: the person's, else the analyst's; may be empty.
    pub fn service(&self) -> &str {
        if self.given_service.is_empty() { &self.shown().service } else { &self.given_service }
    }

    /// The severity to show: the person's, else the analyst's.
    pub fn severity(&self) -> Option<SeverityLevel> {
        let declared = self.declared.as_ref().map(|declared| declared.level);
        declared.or(self.shown().severity.as_ref().map(|severity| severity.level))
    }

    /// Where a hypothesis stands: the person's verdict, else the analyst's.
    pub fn status_of(&self, hypothesis: &Hypothesis) -> HypothesisStatus {
        self.verdicts.get(&hypothesis.id).map_or(hypothesis.status, |verdict| verdict.status)
    }

    /// Hypotheses in the order to show: the analyst's order, what was judged and is no longer listed, and at the
    /// end what is ruled out.
    pub fn hypotheses(&self) -> Vec<&Hypothesis> {
        let mut all: Vec<&Hypothesis> =
            self.shown().hypotheses.iter().chain(self.judged_away.values()).collect();
        all.sort_by_key(|hypothesis| self.status_of(hypothesis) == HypothesisStatus::RuledOut);
        all
    }

    /// Steps in the order to show: the analyst's, then what was marked and is no longer listed.
    pub fn steps(&self) -> Vec<&Step> {
        self.shown().checklist.iter().chain(self.marked_away.values()).collect()
    }

    /// What a person found at a step.
    pub fn outcome_of(&self, step: &str) -> StepOutcome {
        self.marks.get(step).map_or(StepOutcome::Todo, |mark| mark.outcome)
    }

    /// The timeline of evidence and of persons, merged by time; entries of the same moment keep the evidence first.
    pub fn timeline(&self) -> Vec<TimelineLine<'_>> {
        let evidence = self.shown().timeline.iter().map(|entry| TimelineLine { entry, seq: None });
        let log = self.log.iter().map(|log| TimelineLine { entry: &log.entry, seq: Some(log.seq) });
        let mut lines: Vec<_> = evidence.chain(log).collect();
        lines.sort_by_key(|line| line.entry.at);
        lines
    }

    /// When the harm began by the clock of the evidence; see [`timeline::onset`].
    pub fn onset(&self) -> Option<Timestamp> {
        timeline::onset(&self.shown().timeline)
    }

    /// Name of a source; `?` when it is not known.
    pub fn source_name(&self, source: SourceId) -> &str {
        self.sources.get(&source).map_or("?", |source| source.name.as_str())
    }

    /// Whether a source has this name.
    pub fn knows_name(&self, name: &str) -> bool {
        self.known.names.contains(name)
    }

    /// Whether a source is this file.
    pub fn reads(&self, path: &str) -> bool {
        self.known.paths.contains(path)
    }

    /// Takes a source in.
    pub(super) fn add_source(&mut self, source: SourceId, state: SourceState) {
        self.known.names.insert(state.name.clone());
        self.known.paths.extend(state.path.clone());
        self.sources.insert(source, state);
    }

    /// The number the next source gets.
    pub fn next_source(&self) -> SourceId {
        SourceId(self.sources.keys().next_back().map_or(1, |last| last.0 + 1))
    }
}
