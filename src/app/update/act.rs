//! Commands: what a person does to the incident and to the screen.

use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::ui::{HypothesisCursor, Input, Overlay, Pane, Purpose, View};
use crate::app::update::Turn;
use crate::incident::event::{IncidentStatus, StepOutcome};
use crate::incident::triage::{Hypothesis, HypothesisStatus, SeverityLevel, Step};
use crate::incident::{Event, SourceId, TimelineEntry};

impl Turn<'_> {
    pub(super) fn command(&mut self, command: Command) {
        if self.app.ui.focus == Pane::Context && self.walk_strip(command) {
            return;
        }
        match command {
            Command::NextPane => self.cycle(true),
            Command::PreviousPane => self.cycle(false),
            Command::FocusContext => self.focus(Pane::Context),
            Command::FocusHypotheses => self.focus(Pane::Hypotheses),
            Command::FocusChecklist => self.focus(Pane::Checklist),
            Command::FocusTimeline => self.focus(Pane::Timeline),
            Command::Zoom => self.app.ui.zoom = !self.app.ui.zoom,
            Command::Layout => self.next_layout(),
            Command::Up
            | Command::Down
            | Command::PageUp
            | Command::PageDown
            | Command::First
            | Command::Last => self.travel(command),
            Command::Open => self.open_selected(),
            Command::Close => self.close(),
            Command::Search => self.write(Purpose::Search),
            Command::NextHit => self.search(self.app.ui.context.backward),
            Command::PreviousHit => self.search(!self.app.ui.context.backward),
            Command::ToggleWrap => {
                let ui = &mut self.app.ui;
                ui.context.wrap = Some(!ui.context.wrap.unwrap_or(ui.zoom));
            }
            Command::NextTheme => self.effects.push(Effect::NextTheme),
            Command::ToggleMouse => self.toggle_mouse(),
            Command::Picture => self.effects.push(Effect::Picture),
            Command::Redraw => self.effects.push(Effect::Redraw),
            Command::Suspend => self.effects.push(Effect::Suspend),
            Command::Interrupt => self.interrupt(),
            Command::Quit => self.quit(0),
            other => self.act(other),
        }
    }

    fn act(&mut self, command: Command) {
        match command {
            Command::Tick => self.tick(),
            Command::AsExpected => self.note_step(StepOutcome::AsExpected),
            Command::NotAsExpected => self.note_step(StepOutcome::NotAsExpected),
            Command::Skip => self.note_step(StepOutcome::Skipped),
            Command::Output => self.note_step(StepOutcome::Done),
            Command::ConfirmHypothesis => self.judge(HypothesisStatus::Confirmed),
            Command::RuleOutHypothesis => self.judge(HypothesisStatus::RuledOut),
            Command::ReopenHypothesis => self.reopen_hypothesis(),
            Command::Copy => self.copy_selected(),
            Command::ShowText => {
                let text = self.selected_text();
                self.open(Overlay::Plain { text, top: 0 });
            }
            Command::AddNote => self.write(Purpose::Note),
            Command::Editor => self.write_outside(Purpose::Note),
            Command::AddContext => self.write(Purpose::Context),
            Command::Mitigations => self.document(View::Mitigations),
            Command::Impact => self.document(View::Impact),
            Command::Postmortem => self.document(View::Postmortem),
            Command::Update => self.document(View::Update),
            Command::Handover => self.document(View::Handover),
            Command::TimelineMore => self.turn_timeline(true),
            Command::TimelineBack => self.turn_timeline(false),
            Command::Replay => self.ask_history(),
            Command::OpenLogs => self.pick_logs(),
            Command::Undo => self.undo(),
            Command::ForgetFilled => self.forget_filled(),
            Command::FollowUps => self.document(View::FollowUps),
            Command::Similar => self.document(View::Similar),
            Command::OpenQuestions => self.document(View::Questions),
            Command::AskModel => self.ask_model(),
            Command::StopModel => {
                if !self.cancel_call() {
                    self.nothing("The model is not at work");
                }
            }
            Command::Request => self.document(View::Request),
            Command::Calls => self.document(View::Calls),
            // What it thinks now is at the end.
            Command::Thoughts => self.open(Overlay::Document { view: View::Thoughts, selected: usize::MAX }),
            Command::Incidents => {
                self.effects.push(Effect::ListPast);
                self.open(Overlay::Incidents { query: String::new(), selected: 0 });
            }
            Command::DeclareSev1 => self.declare(SeverityLevel::Sev1),
            Command::DeclareSev2 => self.declare(SeverityLevel::Sev2),
            Command::DeclareSev3 => self.declare(SeverityLevel::Sev3),
            Command::DeclareSev4 => self.declare(SeverityLevel::Sev4),
            Command::MarkMitigated => self.move_on(IncidentStatus::Mitigated),
            Command::MarkResolved => self.move_on(IncidentStatus::Resolved),
            Command::MarkOpen => self.move_on(IncidentStatus::Open),
            Command::Palette => self.open(Overlay::Palette { query: String::new(), selected: 0 }),
            Command::Help => self.open(Overlay::Help(0)),
            other => self.look(other),
        }
    }

    fn document(&mut self, view: View) {
        self.open(Overlay::Document { view, selected: 0 });
    }

    /// Takes away the topmost thing: a call of the model, which costs; other work under way, a citation's line, a
    /// search, a zoom.
    fn close(&mut self) {
        if self.app.model.is_busy() {
            self.cancel_call();
            return;
        }
        let ui = &mut self.app.ui;
        let reading = ui.focus == Pane::Context;
        if ui.context.searching.is_some() {
            self.stop_search();
            self.toast("Search stopped", false);
        } else if reading && ui.context.window.looking.is_some() && ui.context.is_filtered() {
            self.set_filter(crate::log::filter::Filter::default());
            self.toast("All lines are shown: f, then Up brings the filter back", false);
        } else if let Some(back) = ui.back.take() {
            self.go_back(back);
        } else if ui.context.is_searching() {
            ui.context.query = crate::log::filter::Pattern::default();
            ui.context.highlight = None;
            self.recount();
        } else if !self.cancel_call() {
            self.app.ui.zoom = false;
        }
    }

    fn open_selected(&mut self) {
        match self.app.ui.focus {
            Pane::Context => {
                self.toast("A line has nothing behind it: y copies it, W wraps all lines", false);
            }
            Pane::Hypotheses => {
                let Some((hypothesis, piece)) = self.selected_hypothesis() else {
                    return self.nothing("No hypothesis yet");
                };
                match piece {
                    None => self.document(View::Hypothesis(hypothesis.id)),
                    Some(piece) => self.jump_to_piece(&hypothesis, piece),
                }
            }
            Pane::Checklist => {
                let Some(step) = self.selected_step() else { return self.nothing("No step yet") };
                self.document(View::Step(step.id));
            }
            Pane::Timeline => match self.selected_entry() {
                Some(entry) if entry.place.is_some() => entry.place.map_or((), |place| self.jump(place)),
                Some(entry) => self.jump_to_time(entry.at),
                None => self.nothing("Nothing has happened yet"),
            },
        }
    }

    pub(super) fn nothing(&mut self, why: &str) {
        self.toast(why, false);
    }

    fn jump_to_piece(&mut self, hypothesis: &Hypothesis, piece: usize) {
        let quote = hypothesis.evidence.iter().chain(&hypothesis.against).nth(piece);
        match quote.and_then(|quote| quote.place) {
            Some(place) => self.jump(place),
            None => self.toast("These words are not found in any source", true),
        }
    }

    /// The hypothesis under the cursor (the first where there is none), and the piece of evidence.
    pub(super) fn selected_hypothesis(&self) -> Option<(Hypothesis, Option<usize>)> {
        let all = self.app.incident.hypotheses();
        let cursor = self.app.ui.hypothesis.clone().unwrap_or_default();
        let found = all.iter().find(|hypothesis| hypothesis.id == cursor.id);
        match found {
            Some(found) => Some(((*found).clone(), cursor.piece)),
            None => all.first().map(|first| ((*first).clone(), None)),
        }
    }

    /// The step under the cursor, the first where there is none.
    pub(super) fn selected_step(&self) -> Option<Step> {
        let steps = self.app.incident.steps();
        let cursor = self.app.ui.step.as_ref();
        steps.iter().find(|step| Some(&step.id) == cursor).or(steps.first()).map(|step| (*step).clone())
    }

    pub(super) fn selected_entry(&self) -> Option<TimelineEntry> {
        let lines = self.app.timeline();
        let last = lines.len().checked_sub(1)?;
        let line = lines.get(self.app.ui.timeline.unwrap_or(last).min(last))?;
        Some(line.entry.clone())
    }

    fn tick(&mut self) {
        let Some(step) = self.selected_step() else { return self.nothing("No step yet") };
        let outcome = match self.app.incident.outcome_of(&step.id) {
            StepOutcome::Todo => StepOutcome::Done,
            _ => StepOutcome::Todo,
        };
        self.mark(step.id, outcome, String::new(), None);
    }

    fn note_step(&mut self, outcome: StepOutcome) {
        let Some(step) = self.selected_step() else { return self.nothing("No step yet") };
        self.write(Purpose::StepNote { step: step.id, outcome });
    }

    fn mark(&mut self, step: String, outcome: StepOutcome, note: String, output: Option<SourceId>) {
        self.keep_shown(|triage| triage.checklist.iter().any(|known| known.id == step));
        self.record_by_person(Event::StepMarked { step, outcome, note, output });
        self.app.analysis.wanted = true;
    }

    /// What the command of a step printed becomes a source of its own, so that it can be quoted; the analyst holds it
    /// against what was expected.
    pub(super) fn submit_output(&mut self, step: String, outcome: StepOutcome, text: String) {
        if text.trim().is_empty() {
            return self.mark(step, outcome, String::new(), None);
        }
        let command = self.app.incident.steps().into_iter().find(|known| known.id == step);
        let given = |known: &Step| self.app.filled(&known.command).trim() == text.trim();
        if command.is_some_and(given) {
            return self.toast("That is the command itself: run it, and paste what it prints", true);
        }
        let lines = text.lines().count();
        let source = self.add_context(&format!("output {step}"), text);
        self.mark(step, outcome, String::new(), Some(source));
        let word = if lines == 1 { "line" } else { "lines" };
        self.toast(
            format!("Taken as the output of this step: {lines} {word}, compared with what was expected"),
            false,
        );
    }

    fn judge(&mut self, verdict: HypothesisStatus) {
        let Some((hypothesis, _)) = self.selected_hypothesis() else {
            return self.nothing("No hypothesis yet");
        };
        self.write(Purpose::Reason { hypothesis: hypothesis.id, verdict });
    }

    fn reopen_hypothesis(&mut self) {
        let Some((hypothesis, _)) = self.selected_hypothesis() else {
            return self.nothing("No hypothesis yet");
        };
        if self.app.incident.verdicts.contains_key(&hypothesis.id) {
            let verdict = HypothesisStatus::Open;
            let reason = String::new();
            self.record_by_person(Event::HypothesisJudged { hypothesis: hypothesis.id, verdict, reason });
            self.app.analysis.wanted = true;
        } else {
            self.toast("Nobody has judged this hypothesis", false);
        }
    }

    pub(super) fn draft_submitted(&mut self) {
        let Some(Overlay::Input(input)) = self.app.ui.overlays.pop() else { return };
        let text = input.text.trim().to_owned();
        match input.purpose {
            Purpose::Note if text.is_empty() => {}
            Purpose::Note => {
                self.record_by_person(Event::NoteAdded { text });
                self.publish_notes();
                self.app.analysis.wanted = true;
            }
            Purpose::Context => self.submit_context(input.text),
            Purpose::Search | Purpose::Filter | Purpose::GoTo => {
                let input = Input { text, ..input };
                if let Err(input) = self.submit_look(input) {
                    self.open(Overlay::Input(input));
                }
            }
            Purpose::Bookmark { bookmark } => self.submit_bookmark(*bookmark, text),
            Purpose::Reason { hypothesis, verdict } => {
                self.app.ui.hypothesis = Some(HypothesisCursor { id: hypothesis.clone(), piece: None });
                self.record_by_person(Event::HypothesisJudged { hypothesis, verdict, reason: text });
                self.app.analysis.wanted = true;
            }
            Purpose::Update => self.send_update(text),
            Purpose::Postmortem => self.record_by_person(Event::PostmortemWritten { text: input.text }),
            Purpose::Placeholder { name, command, left } => self.submit_filled(name, command, left, text),
            Purpose::StepNote { step, outcome: StepOutcome::Done } => {
                self.submit_output(step, StepOutcome::Done, input.text);
            }
            Purpose::StepNote { step, outcome } => self.mark(step, outcome, text, None),
        }
    }

    fn declare(&mut self, level: SeverityLevel) {
        self.record_by_person(Event::SeverityDeclared { level, reason: String::new() });
    }

    fn move_on(&mut self, status: IncidentStatus) {
        self.record_by_person(Event::StatusChanged { status });
        self.app.analysis.wanted = true;
    }

    /// How many items a view has; `None` where it is a text to scroll.
    pub(super) fn items(&self, view: &View) -> Option<usize> {
        let triage = self.app.incident.shown();
        match view {
            View::Mitigations => Some(triage.mitigations.len()),
            View::Questions => Some(triage.contradictions.len() + triage.missing.len()),
            View::Similar => Some(triage.similar.len()),
            View::Bookmarks => Some(self.app.incident.bookmarks.len()),
            _ => None,
        }
    }
}
