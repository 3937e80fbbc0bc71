//! On the way to the clipboard: what is copied from where, what has to be filled in first, what is only copied after a
//! second look.

use crate::app::effect::Effect;
use crate::app::placeholder;
use crate::app::ui::{Caution, Input, Overlay, Pane, Purpose, View};
use crate::app::update::Turn;
use crate::incident::triage::{CommandEffect, Mitigation, Step};
use crate::incident::{Event, briefing, handover};

impl Turn<'_> {
    pub(super) fn copy_selected(&mut self) {
        if self.app.ui.focus == Pane::Checklist {
            let Some(step) = self.selected_step() else { return self.nothing("No step yet") };
            return self.copy_step(&step);
        }
        let text = self.selected_text();
        self.copy(text);
    }

    pub(super) fn copy_from(&mut self, view: &View, selected: usize) {
        let triage = self.app.incident.shown();
        match view {
            View::Mitigations => {
                let Some(one) = triage.mitigations.get(selected).cloned() else {
                    return self.nothing("Nothing to copy here");
                };
                self.copy_mitigation(&one);
            }
            View::Step(id) => {
                let found = self.app.incident.steps().into_iter().find(|step| step.id == *id).cloned();
                if let Some(step) = found {
                    self.copy_step(&step);
                }
            }
            View::Questions if selected >= triage.contradictions.len() => {
                let at = selected - triage.contradictions.len();
                let command = triage.missing.get(at).map(|one| one.command.clone());
                self.copy_command(command.unwrap_or_default());
            }
            View::Update => {
                let text = self.text_of(view, selected);
                self.send_update(text);
            }
            _ => {
                let text = self.text_of(view, selected);
                self.copy(text);
            }
        }
    }

    fn copy_step(&mut self, step: &Step) {
        if step.effect == CommandEffect::Changes {
            let caution = Caution { command: step.command.clone(), ..Caution::default() };
            return self.open(Overlay::Caution(caution));
        }
        self.copy_command(step.command.clone());
    }

    /// What changes the system is copied with a second key only, beside what can go wrong and how it is taken back.
    fn copy_mitigation(&mut self, one: &Mitigation) {
        let Some(command) = one.command.clone() else { return self.copy(one.action.clone()) };
        if one.effect == CommandEffect::Reads {
            return self.copy_command(command);
        }
        let (risk, rollback) = (one.risk.clone(), one.rollback.clone());
        self.open(Overlay::Caution(Caution { command, risk, rollback }));
    }

    /// Copies a command; what is not filled in yet is asked for first.
    pub(super) fn copy_command(&mut self, command: String) {
        let left = Vec::new();
        self.fill_and_copy(command, left);
    }

    /// `left` is what the person left as it stands.
    fn fill_and_copy(&mut self, command: String, left: Vec<String>) {
        let filled = self.app.filled(&command).into_owned();
        let next = placeholder::names(&filled).into_iter().find(|name| !left.iter().any(|one| one == name));
        if let Some(name) = next.map(str::to_owned) {
            self.app.ui.recalled = None;
            let purpose = Purpose::Placeholder { name, command, left };
            return self.open(Overlay::Input(Input { purpose, text: String::new() }));
        }
        if filled.is_empty() {
            return self.nothing("Nothing to copy here");
        }
        self.effects.push(Effect::Copy(filled.clone()));
        self.record_by_person(Event::CommandCopied { command: filled });
    }

    /// A value for a placeholder: it is remembered, and the command goes on its way.
    pub(super) fn submit_filled(&mut self, name: String, command: String, left: Vec<String>, value: String) {
        if let Some(why) = placeholder::refused(&value) {
            let purpose = Purpose::Placeholder { name, command, left };
            self.open(Overlay::Input(Input { purpose, text: value }));
            return self.toast(format!("Not taken: {why}"), true);
        }
        let mut left = left;
        if value.is_empty() {
            left.push(name);
        } else {
            self.record_by_person(Event::PlaceholderFilled { name, value });
        }
        self.fill_and_copy(command, left);
    }

    /// Commands ask for their values again.
    pub(super) fn forget_filled(&mut self) {
        let names: Vec<String> = self.app.incident.filled.keys().cloned().collect();
        if names.is_empty() {
            return self.nothing("Nothing was filled into commands yet");
        }
        let count = names.len();
        for name in names {
            self.record_by_person(Event::PlaceholderFilled { name, value: String::new() });
        }
        let word = if count == 1 { "value" } else { "values" };
        self.toast(
            format!("{count} {word} forgotten: commands ask again; u takes that back one by one"),
            false,
        );
    }

    /// An update goes to the clipboard, and the clock for the next one starts anew.
    pub(super) fn send_update(&mut self, text: String) {
        if text.is_empty() {
            return self.nothing("An update without words was not sent");
        }
        self.effects.push(Effect::Copy(text.clone()));
        self.record_by_person(Event::UpdateSent { text });
    }

    fn copy(&mut self, text: String) {
        if text.is_empty() {
            return self.nothing("Nothing to copy here");
        }
        self.effects.push(Effect::Copy(text));
    }

    /// Takes this person's newest change back.
    pub(super) fn undo(&mut self) {
        let Some(change) = self.app.incident.last_change(&self.app.person).cloned() else {
            return self.nothing("There is nothing of yours to take back");
        };
        let notes = self.app.incident.notes.len();
        self.record_by_person(Event::Undone { of: change.seq });
        if self.app.incident.notes.len() != notes {
            self.publish_notes();
        }
        self.app.analysis.wanted = true;
        self.toast(format!("Taken back: {}", change.what), false);
    }

    /// The text under the cursor of the focused pane.
    pub(super) fn selected_text(&self) -> String {
        match self.app.ui.focus {
            Pane::Context => {
                let line = self.app.ui.context.current();
                line.map(|line| line.text.clone()).unwrap_or_default()
            }
            Pane::Hypotheses => {
                let Some((hypothesis, piece)) = self.selected_hypothesis() else { return String::new() };
                let quotes = || hypothesis.evidence.iter().chain(&hypothesis.against);
                let quote = piece.and_then(|piece| quotes().nth(piece)).map(|quote| quote.quote.clone());
                quote.unwrap_or(hypothesis.cause)
            }
            Pane::Checklist => {
                let command = self.selected_step().map(|step| step.command).unwrap_or_default();
                self.app.filled(&command).into_owned()
            }
            Pane::Timeline => self.selected_entry().map(|entry| entry.text).unwrap_or_default(),
        }
    }

    /// What copying gives in a view: the selected command, or the whole text.
    pub(super) fn text_of(&self, view: &View, selected: usize) -> String {
        let incident = &self.app.incident;
        let triage = incident.shown();
        match view {
            View::Hypothesis(id) => {
                let found = incident.hypotheses().into_iter().find(|one| one.id == *id);
                found.map(|hypothesis| hypothesis.cause.clone()).unwrap_or_default()
            }
            View::Step(id) => {
                let found = incident.steps().into_iter().find(|step| step.id == *id);
                found.map(|step| self.app.filled(&step.command).into_owned()).unwrap_or_default()
            }
            View::Mitigations => {
                let found = triage.mitigations.get(selected);
                let text = found.map(|one| one.command.clone().unwrap_or(one.action.clone()));
                self.app.filled(&text.unwrap_or_default()).into_owned()
            }
            View::Impact => format!("{}\n\n{}", triage.summary, triage.customer_impact),
            View::Update => briefing::draft(incident, self.now),
            View::Handover => handover::text(incident, self.now),
            View::Postmortem => incident.postmortem().to_owned(),
            View::Compare => {
                let other = self.app.other.as_ref().and_then(|other| other.id.as_ref());
                other.map(ToString::to_string).unwrap_or_default()
            }
            View::FollowUps => {
                let line = |one: &crate::incident::triage::FollowUp| {
                    format!("{} {} ({})", one.priority, one.text, one.owner)
                };
                triage.follow_ups.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            View::Source(source) => {
                let path = incident.sources.get(source).and_then(|source| source.path.clone());
                path.unwrap_or_else(|| {
                    self.app.scope_name(crate::log::view::Scope::Source(*source)).to_owned()
                })
            }
            View::Logs => {
                let paths = self.app.logs().filter_map(|source| incident.sources.get(&source)?.path.clone());
                paths.collect::<Vec<_>>().join("\n")
            }
            View::Bookmarks => {
                self.app.bookmarks(None).get(selected).map(|mark| mark.text.clone()).unwrap_or_default()
            }
            View::Request => {
                let last = self.app.model.last.as_ref();
                last.map(|outgoing| outgoing.text.to_string()).unwrap_or_default()
            }
            View::Calls => {
                let runs = incident.calls.values().filter_map(|call| call.end.as_ref());
                runs.map(|end| end.run.line(end.estimated)).collect::<Vec<_>>().join("\n")
            }
            View::Thoughts => self.app.model.thoughts.text.clone(),
            View::Similar => triage.similar.get(selected).map(|one| one.id.clone()).unwrap_or_default(),
            View::Questions => {
                let missing = selected.checked_sub(triage.contradictions.len());
                let command = missing.and_then(|index| triage.missing.get(index));
                let contradiction = triage.contradictions.get(selected);
                let command = command.map(|missing| self.app.filled(&missing.command).into_owned());
                command.or(contradiction.map(|one| one.text.clone())).unwrap_or_default()
            }
        }
    }
}
