//! Taking back what a person did. Nothing is erased: that something was taken back is an event too, and the fold puts
//! back what the change had replaced.

use jiff::Timestamp;

use crate::incident::event::{Event, IncidentStatus, Recorded};
use crate::incident::reduce::headline;
use crate::incident::state::{Declared, Mark, Verdict};
use crate::incident::triage::Hypothesis;
use crate::incident::{Incident, TimelineKind};

/// Changes that can be taken back; older ones stand.
const KEPT: usize = 100;
/// Most of a note that the timeline repeats, characters.
const WORDS: usize = 60;

/// A change by a person, with what it replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Event that made it.
    pub seq: u64,
    /// Who made it.
    pub by: String,
    /// In a few words, as the timeline says it.
    pub what: String,
    before: Before,
}

/// What a change replaced.
#[derive(Debug, Clone, PartialEq)]
enum Before {
    Verdict { hypothesis: String, verdict: Option<Verdict>, away: Option<Hypothesis> },
    Mark { step: String, mark: Option<Mark> },
    Note,
    Severity(Option<Declared>),
    Status { status: IncidentStatus, at: Option<Timestamp> },
    Filled { name: String, value: Option<String> },
    Postmortem(String),
}

impl Incident {
    /// The newest change of this person that can be taken back.
    pub fn last_change(&self, by: &str) -> Option<&Change> {
        self.changes.iter().rev().find(|change| change.by == by)
    }

    /// Keeps what an event is about to replace.
    pub(super) fn remember(&mut self, recorded: &Recorded) {
        let (what, before) = match &recorded.event {
            Event::HypothesisJudged { hypothesis, verdict, .. } => {
                let cause = self.cause_of(hypothesis);
                let what = format!("{} “{}”", self.verdict_words(*verdict), headline(&cause));
                let away = self.judged_away.get(hypothesis).cloned();
                let verdict = self.verdicts.get(hypothesis).cloned();
                (what, Before::Verdict { hypothesis: hypothesis.clone(), verdict, away })
            }
            Event::StepMarked { step, outcome, .. } => {
                let what = format!("{} “{}”", self.outcome_words(*outcome), self.step_name(step));
                (what, Before::Mark { step: step.clone(), mark: self.marks.get(step).cloned() })
            }
            Event::NoteAdded { text } => {
                let words: String = text.chars().take(WORDS).collect();
                let more = if words.len() < text.len() { "…" } else { "" };
                (format!("{} “{words}{more}”", self.say("the note", "笔记")), Before::Note)
            }
            Event::SeverityDeclared { level, .. } => {
                let what = format!("{} {}", self.say("declared", "定级"), level.name());
                (what, Before::Severity(self.declared.clone()))
            }
            Event::StatusChanged { status } => {
                let what = match status {
                    IncidentStatus::Open => self.say("reopened the incident", "重新打开事件"),
                    IncidentStatus::Mitigated => self.say("marked the incident mitigated", "标记为已缓解"),
                    IncidentStatus::Resolved => self.say("marked the incident resolved", "标记为已恢复"),
                };
                (what.to_owned(), Before::Status { status: self.status, at: self.status_at })
            }
            Event::PlaceholderFilled { name, value } => {
                let before = Before::Filled { name: name.clone(), value: self.filled.get(name).cloned() };
                (format!("<{name}> = {value}"), before)
            }
            Event::PostmortemWritten { .. } => {
                let what = self.say("the postmortem", "复盘");
                (what.to_owned(), Before::Postmortem(self.written_postmortem.clone()))
            }
            _ => return,
        };
        if self.changes.len() >= KEPT {
            self.changes.remove(0);
        }
        self.changes.push(Change { seq: recorded.seq, by: recorded.by.to_string(), what, before });
    }

    /// Puts back what the event `of` replaced, where what it set still stands.
    pub(super) fn undo(&mut self, recorded: &Recorded, of: u64) {
        let Some(at) = self.changes.iter().position(|change| change.seq == of) else { return };
        let Change { what, before, .. } = self.changes.remove(at);
        match before {
            Before::Verdict { hypothesis, verdict, away } => {
                // A verdict taken back left none behind that could have been replaced since.
                if self.verdicts.get(&hypothesis).is_none_or(|now| now.seq == of) {
                    self.verdicts.remove(&hypothesis);
                    self.judged_away.remove(&hypothesis);
                    self.verdicts.extend(verdict.map(|verdict| (hypothesis.clone(), verdict)));
                    let listed = self.triage.hypotheses.iter().any(|known| known.id == hypothesis);
                    self.judged_away.extend(away.filter(|_| !listed).map(|away| (hypothesis, away)));
                }
            }
            Before::Mark { step, mark } => {
                if self.marks.get(&step).is_some_and(|now| now.seq == of) {
                    self.marks.remove(&step);
                    match mark {
                        Some(mark) => {
                            self.marks.insert(step, mark);
                        }
                        None => {
                            self.marked_away.remove(&step);
                        }
                    }
                }
            }
            Before::Note => self.notes.retain(|note| note.seq != of),
            Before::Severity(declared) => {
                if self.declared.as_ref().is_some_and(|now| now.seq == of) {
                    self.declared = declared;
                }
            }
            Before::Status { status, at } => {
                self.status = status;
                self.status_at = at;
            }
            Before::Postmortem(text) => self.written_postmortem = text,
            Before::Filled { name, value } => match value {
                Some(value) => {
                    self.filled.insert(name, value);
                }
                None => {
                    self.filled.remove(&name);
                }
            },
        }
        let said = self.say("took back:", "撤回：");
        self.log(recorded, TimelineKind::Action, format!("{said} {what}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::event::StepOutcome;
    use crate::incident::story::Story;
    use crate::incident::triage::{HypothesisStatus, SeverityLevel};

    impl Story {
        /// What a person sees of the incident beside its record.
        fn standing(&self) -> String {
            let one = &self.incident;
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                one.verdicts,
                one.marks,
                one.notes,
                one.declared,
                one.status,
                one.filled,
                one.written_postmortem
            )
        }
    }

    fn changes() -> Vec<Event> {
        let judged = |verdict, reason: &str| Event::HypothesisJudged {
            hypothesis: "pool".into(),
            verdict,
            reason: reason.into(),
        };
        let marked =
            |outcome| Event::StepMarked { step: "who".into(), outcome, note: String::new(), output: None };
        vec![
            judged(HypothesisStatus::Confirmed, "412 of 500"),
            judged(HypothesisStatus::RuledOut, "it was the other"),
            judged(HypothesisStatus::Open, ""),
            marked(StepOutcome::Done),
            marked(StepOutcome::NotAsExpected),
            Event::NoteAdded { text: "wrong window".into() },
            Event::SeverityDeclared { level: SeverityLevel::Sev1, reason: String::new() },
            Event::StatusChanged { status: IncidentStatus::Resolved },
            Event::PostmortemWritten { text: "# Mine".into() },
            Event::PlaceholderFilled { name: "namespace".into(), value: "payments".into() },
            Event::PlaceholderFilled { name: "namespace".into(), value: String::new() },
        ]
    }

    #[test]
    fn taking_back_leads_through_every_state_there_was() {
        let mut story = Story::default();
        let mut states = vec![story.standing()];
        for event in changes() {
            states.push(story.happens(event).standing());
        }
        while let Some(change) = story.incident.last_change("ana").cloned() {
            assert_eq!(story.standing(), states.pop().unwrap());
            story.happens(Event::Undone { of: change.seq });
        }
        assert_eq!(vec![story.standing()], states);
        assert_eq!(Incident::replay(&story.events), story.incident, "the record says the same");
        let told = story.incident.log.iter().filter(|log| log.entry.text.starts_with("took back:")).count();
        assert_eq!(told, changes().len(), "nothing is erased");
    }

    #[test]
    fn what_somebody_changed_since_stands_and_the_changes_of_others_are_theirs() {
        let mut story = Story::default();
        story.happens(changes().remove(0)).happens(changes().remove(1));
        let after = story.standing();
        story.happens(Event::Undone { of: 1 });
        assert_eq!(story.standing(), after, "a later verdict stands");
        assert_eq!(story.incident.last_change("ben"), None);
        story.happens(Event::Undone { of: 99 });
        assert_eq!(story.standing(), after);
    }
}
