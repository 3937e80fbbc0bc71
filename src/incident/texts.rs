//! The free texts of a triage and of events, to change them all in one way: to hide what must not be kept, to put it
//! back for the screen. Ids, paths, names of sources and places are none.

use crate::incident::opinion::{Checked, Opinion, Section};
use crate::incident::{Event, Finding, ModelOutcome, Quote, SourceChange, SourceSpec, Triage};

/// Sections whose items have no id: their text is the key by which an opinion speaks of them.
const BY_TEXT: [Section; 4] =
    [Section::Timeline, Section::Contradictions, Section::Missing, Section::FollowUps];

impl Triage {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        for text in [
            &mut self.title,
            &mut self.service,
            &mut self.summary,
            &mut self.customer_impact,
            &mut self.postmortem,
        ] {
            change(text);
        }
        if let Some(severity) = &mut self.severity {
            change(&mut severity.reasoning);
        }
        for item in &mut self.hypotheses {
            change(&mut item.cause);
            change(&mut item.next_check);
            quotes(item.evidence.iter_mut().chain(&mut item.against), change);
        }
        for item in &mut self.checklist {
            change(&mut item.step);
            change(&mut item.command);
            change(&mut item.expected);
            quotes(item.compared.iter_mut().filter_map(|compared| compared.quote.as_mut()), change);
        }
        for item in &mut self.mitigations {
            change(&mut item.action);
            change(&mut item.risk);
            change(&mut item.rollback);
            item.command.iter_mut().for_each(&mut *change);
        }
        self.timeline.iter_mut().for_each(|item| change(&mut item.text));
        for item in &mut self.contradictions {
            change(&mut item.text);
            quotes(&mut item.quotes, change);
        }
        for item in &mut self.missing {
            change(&mut item.what);
            change(&mut item.why);
            change(&mut item.command);
        }
        self.follow_ups.iter_mut().for_each(|item| change(&mut item.text));
        if let Some(opinion) = &mut self.opinion {
            opinion.each_text(change);
        }
    }
}

impl Opinion {
    fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.stale);
        for said in self.said.iter_mut().filter(|said| BY_TEXT.contains(&said.section)) {
            change(&mut said.key);
        }
        for difference in &mut self.differences {
            change(&mut difference.offline);
            change(&mut difference.model);
        }
        for remark in &mut self.remarks {
            if BY_TEXT.contains(&remark.section) {
                change(&mut remark.key);
            }
            change(&mut remark.text);
        }
    }
}

impl Checked {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        self.triage.each_text(change);
        self.opinion.each_text(change);
    }
}

impl Finding {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.subject);
        quotes(&mut self.quotes, change);
    }
}

impl Event {
    /// Gives every free text to `change`. What a finding or a revision of the triage says is none of them: it is
    /// compared with what is on record before it becomes an event.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        match self {
            Self::IncidentOpened { title, service, .. } | Self::IncidentRenamed { title, service } => {
                change(title);
                change(service);
            }
            Self::SourcesRequested { specs } => specs.iter_mut().for_each(|spec| spec.each_text(change)),
            Self::SourceAttached { spec, .. } => spec.each_text(change),
            Self::SourceChanged { change: what, .. } => what.each_text(change),
            Self::ContextAdded { text, .. }
            | Self::NoteAdded { text }
            | Self::UpdateSent { text }
            | Self::PostmortemWritten { text } => change(text),
            Self::HypothesisJudged { reason, .. } | Self::SeverityDeclared { reason, .. } => change(reason),
            Self::StepMarked { note, .. } => change(note),
            Self::CommandCopied { command } => change(command),
            Self::LineBookmarked { bookmark } => {
                change(&mut bookmark.name);
                change(&mut bookmark.text);
            }
            Self::PlaceholderFilled { value, .. } => change(value),
            Self::ModelAsked { request, .. } => change(&mut request.reason),
            Self::ModelAnswered { outcome, answer, .. } => {
                if let ModelOutcome::Cut { why }
                | ModelOutcome::Failed { why }
                | ModelOutcome::Withheld { why } = outcome
                {
                    change(why);
                }
                if let Some(answer) = answer {
                    answer.each_text(change);
                }
            }
            Self::FindingRaised { .. }
            | Self::TriageRevised { .. }
            | Self::BookmarkRemoved { .. }
            | Self::StatusChanged { .. }
            | Self::Undone { .. }
            | Self::Unknown { .. } => {}
        }
    }
}

impl SourceSpec {
    /// Gives every free text to `change`.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        if let Self::Command(command) = self {
            change(command);
        }
    }
}

impl SourceChange {
    fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        if let Self::Unreadable { reason: text }
        | Self::Waiting { reason: text }
        | Self::NotKept { reason: text }
        | Self::Damaged { reason: text }
        | Self::Exited { how: text, .. } = self
        {
            change(text);
        }
    }
}

fn quotes<'q>(list: impl IntoIterator<Item = &'q mut Quote>, change: &mut impl FnMut(&mut String)) {
    list.into_iter().for_each(|quote| change(&mut quote.quote));
}
