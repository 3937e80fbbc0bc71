//! Event -> state. Total and deterministic: every event leads to a state, the same events always to the same one.
//! What the timeline says of an event is in `words`.

mod words;

use crate::incident::event::{Author, Event, IncidentStatus, Recorded};
use crate::incident::model::{ModelCall, ModelEnd};
pub(super) use crate::incident::reduce::words::headline;
use crate::incident::reduce::words::{describe_change, with_note};
use crate::incident::state::{Belief, Declared, LogEntry, Mark, Note, SourceState, Verdict};
use crate::incident::triage::{Hypothesis, HypothesisStatus};
use crate::incident::{Incident, Place, SourceChange, SourceSpec, TimelineEntry, TimelineKind, TriagePatch};

impl Incident {
    /// The fold of `events`.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut incident = Self::default();
        for event in events {
            incident.apply(event);
        }
        incident
    }

    /// Folds one event in.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.last_seq = recorded.seq;
        self.updated_at = Some(recorded.at);
        match &recorded.event {
            Event::IncidentOpened { incident, title, service, language } => {
                self.id = Some(incident.clone());
                self.opened_at = Some(recorded.at);
                self.given_title.clone_from(title);
                self.given_service.clone_from(service);
                self.language = *language;
            }
            Event::IncidentRenamed { title, service } => {
                self.given_title.clone_from(title);
                self.given_service.clone_from(service);
            }
            Event::FindingRaised { finding } => {
                self.findings.insert(finding.id.clone(), finding.clone());
            }
            Event::TriageRevised { case_revision, patch } => {
                self.case_revision = *case_revision;
                self.revise(recorded, patch);
            }
            Event::Unknown { .. } => {}
            Event::ModelAsked { .. } | Event::ModelAnswered { .. } => self.apply_model(recorded),
            Event::SourcesRequested { .. }
            | Event::SourceAttached { .. }
            | Event::SourceChanged { .. }
            | Event::ContextAdded { .. } => self.apply_source(recorded),
            Event::NoteAdded { .. }
            | Event::HypothesisJudged { .. }
            | Event::StepMarked { .. }
            | Event::CommandCopied { .. }
            | Event::LineBookmarked { .. }
            | Event::BookmarkRemoved { .. }
            | Event::SeverityDeclared { .. }
            | Event::StatusChanged { .. }
            | Event::UpdateSent { .. }
            | Event::PostmortemWritten { .. }
            | Event::PlaceholderFilled { .. } => {
                self.remember(recorded);
                self.apply_person(recorded);
            }
            Event::Undone { of } => self.undo(recorded, *of),
        }
    }

    fn apply_source(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::SourcesRequested { specs } => {
                for spec in specs {
                    if !self.requested.contains(spec) {
                        self.requested.push(spec.clone());
                    }
                }
            }
            Event::SourceAttached { source, spec, path, name } => {
                let state = SourceState {
                    spec: spec.clone(),
                    path: path.clone(),
                    name: name.clone(),
                    text: None,
                    trouble: None,
                };
                self.add_source(*source, state);
            }
            Event::ContextAdded { source, name, text } => {
                let state = SourceState {
                    spec: SourceSpec::Context(name.clone()),
                    path: None,
                    name: name.clone(),
                    text: Some(text.clone()),
                    trouble: None,
                };
                self.add_source(*source, state);
                self.log(recorded, TimelineKind::Human, {
                    let said = self.say("added context", "添加资料");
                    format!("{said} “{name}”")
                });
            }
            Event::SourceChanged { source, change } => {
                let name = self.source_name(*source).to_owned();
                if let Some(state) = self.sources.get_mut(source)
                    && !matches!(change, SourceChange::ClockOff { .. })
                {
                    let lasting = !matches!(
                        change,
                        SourceChange::Appeared | SourceChange::Rotated | SourceChange::Resumed
                    );
                    state.trouble = lasting.then(|| change.clone());
                }
                self.log(recorded, TimelineKind::Finding, describe_change(&name, change));
            }
            _ => {}
        }
    }

    fn apply_person(&mut self, recorded: &Recorded) {
        let by = recorded.by.to_string();
        let (at, seq) = (recorded.at, recorded.seq);
        match &recorded.event {
            Event::NoteAdded { text } => {
                self.notes.push(Note { text: text.clone(), by, at, seq });
                self.log(recorded, TimelineKind::Human, text.clone());
            }
            Event::HypothesisJudged { hypothesis, verdict, reason } => {
                let cause = self.cause_of(hypothesis);
                let said = self.verdict_words(*verdict);
                self.log(
                    recorded,
                    TimelineKind::Action,
                    with_note(format!("{said} “{}”", headline(&cause)), reason),
                );
                if *verdict == HypothesisStatus::Open {
                    self.verdicts.remove(hypothesis);
                    self.judged_away.remove(hypothesis);
                } else {
                    let verdict = Verdict { status: *verdict, reason: reason.clone(), by, at, seq };
                    self.verdicts.insert(hypothesis.clone(), verdict);
                }
            }
            Event::StepMarked { step, outcome, note, output } => {
                let text = format!("{} “{}”", self.outcome_words(*outcome), self.step_name(step));
                self.log(recorded, TimelineKind::Action, with_note(text, note));
                let mark = Mark { outcome: *outcome, note: note.clone(), output: *output, by, at, seq };
                self.marks.insert(step.clone(), mark);
            }
            Event::CommandCopied { command } => {
                let said = self.say("copied:", "复制：");
                self.log(recorded, TimelineKind::Action, format!("{said} {command}"));
            }
            Event::LineBookmarked { .. } | Event::BookmarkRemoved { .. } => self.apply_bookmark(recorded),
            Event::UpdateSent { text } => {
                let said = self.say("sent an update:", "发出通报：");
                let first = text.lines().next().unwrap_or_default();
                self.log(recorded, TimelineKind::Human, format!("{said} {first}"));
                self.updates.push(Note { text: text.clone(), by, at, seq });
            }
            Event::PostmortemWritten { text } => {
                self.written_postmortem.clone_from(text);
                let said = self.say("wrote the postmortem", "撰写复盘");
                self.log(recorded, TimelineKind::Action, said.to_owned());
            }
            Event::PlaceholderFilled { name, value } => {
                if value.is_empty() {
                    self.filled.remove(name);
                } else {
                    self.filled.insert(name.clone(), value.clone());
                }
            }
            Event::SeverityDeclared { level, reason } => {
                self.declared = Some(Declared { level: *level, reason: reason.clone(), seq });
                let said = self.say("declared", "定级");
                let text = with_note(format!("{said} {}", level.name()), reason);
                self.log(recorded, TimelineKind::Action, text);
            }
            Event::StatusChanged { status } => {
                self.status = *status;
                self.status_at = Some(at);
                let said = match status {
                    IncidentStatus::Open => self.say("reopened the incident", "重新打开事件"),
                    IncidentStatus::Mitigated => self.say("marked the incident mitigated", "标记为已缓解"),
                    IncidentStatus::Resolved => self.say("marked the incident resolved", "标记为已恢复"),
                };
                self.log(recorded, TimelineKind::Action, said.to_owned());
            }
            _ => {}
        }
    }

    fn apply_model(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ModelAsked { call, request } => {
                let (at, by) = (recorded.at, recorded.by.to_string());
                let asked = ModelCall { at, by, request: request.clone(), end: None };
                self.calls.insert(*call, asked);
            }
            Event::ModelAnswered { call, outcome, run, estimated, answer } => {
                if let Some(call) = self.calls.get_mut(call) {
                    let remarks =
                        answer.as_ref().map(|answer| answer.opinion.remarks.clone()).unwrap_or_default();
                    let (outcome, run) = (outcome.clone(), run.clone());
                    call.end = Some(ModelEnd { outcome, run, estimated: *estimated, remarks });
                }
                if let Some(answer) = answer {
                    self.answer = Some(answer.as_ref().clone());
                }
            }
            _ => {}
        }
    }

    fn apply_bookmark(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::LineBookmarked { bookmark } => {
                let renamed = self.bookmarks.insert(bookmark.place, bookmark.clone()).is_some();
                let said = if renamed {
                    self.say("renamed the bookmark at", "重命名书签")
                } else {
                    self.say("bookmarked", "加书签")
                };
                let text = format!("{said} {}", self.described(bookmark));
                self.log_at(recorded, TimelineKind::Action, text, Some(bookmark.place));
            }
            Event::BookmarkRemoved { place } => {
                if let Some(bookmark) = self.bookmarks.remove(place) {
                    let said = self.say("took the bookmark away from", "移除书签");
                    let text = format!("{said} {}", self.described(&bookmark));
                    self.log_at(recorded, TimelineKind::Action, text, Some(*place));
                }
            }
            _ => {}
        }
    }

    /// Takes a new revision over without losing what persons have judged or marked.
    fn revise(&mut self, recorded: &Recorded, patch: &TriagePatch) {
        if let Some(hypotheses) = &patch.hypotheses {
            for old in &self.triage.hypotheses {
                let judged = self.verdicts.contains_key(&old.id);
                if judged && !hypotheses.iter().any(|new| new.id == old.id) {
                    self.judged_away.insert(old.id.clone(), old.clone());
                }
            }
            for new in hypotheses {
                self.judged_away.remove(&new.id);
                self.move_belief(recorded, new);
            }
        }
        if let Some(checklist) = &patch.checklist {
            for old in &self.triage.checklist {
                let marked = self.marks.contains_key(&old.id);
                if marked && !checklist.iter().any(|new| new.id == old.id) {
                    self.marked_away.insert(old.id.clone(), old.clone());
                }
            }
            for new in checklist {
                self.marked_away.remove(&new.id);
            }
        }
        patch.apply(&mut self.triage);
    }

    fn move_belief(&mut self, recorded: &Recorded, new: &Hypothesis) {
        let history = self.belief.get(&new.id).map_or(&[][..], Vec::as_slice);
        let last = history.last();
        if last.is_some_and(|last| last.confidence == new.confidence) {
            return;
        }
        let fell = last.is_some_and(|last| new.confidence < last.confidence);
        let because = self.because(new, last.map(|last| last.at), fell);
        let belief = Belief { at: recorded.at, confidence: new.confidence, because };
        self.belief.entry(new.id.clone()).or_default().push(belief);
    }

    pub(super) fn log(&mut self, recorded: &Recorded, kind: TimelineKind, text: String) {
        self.log_at(recorded, kind, text, None);
    }

    fn log_at(&mut self, recorded: &Recorded, kind: TimelineKind, text: String, place: Option<Place>) {
        let source = match &recorded.by {
            Author::Sevdeck => "sevdeck".to_owned(),
            Author::Person(name) | Author::Analyst(name) => name.clone(),
        };
        let entry = TimelineEntry { at: recorded.at, text, source, kind, place, date_assumed: false };
        self.log.push(LogEntry { seq: recorded.seq, entry });
    }
}

#[cfg(test)]
mod tests;
