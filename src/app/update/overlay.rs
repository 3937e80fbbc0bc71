//! Keys while something lies over the panes.

use crate::app::command::{Command, Scope};
use crate::app::key::Key;
use crate::app::palette::{self, Choice};
use crate::app::ui::{Caution, HypothesisCursor, Input, Overlay, Pane, Purpose, View};
use crate::app::update::Turn;
use crate::app::update::lists::listed;
use crate::incident::event::StepOutcome;
use crate::incident::triage::Step;

/// Longest pasted context, bytes; more is refused with a message that says what to do instead.
const CONTEXT_MAX: usize = 8 * 1024 * 1024;

impl Turn<'_> {
    /// `overlay` was the topmost; it is put back unless the key closes it.
    pub(super) fn overlay_key(&mut self, overlay: Overlay, key: Key) {
        match overlay {
            Overlay::Help(row) => match self.scrolled(row, key) {
                Some(row) => self.open(Overlay::Help(row)),
                None => self.close_or_run(Overlay::Help(row), key, Command::Help),
            },
            Overlay::Palette { query, selected } => self.palette_key(query, selected, key),
            Overlay::Incidents { query, selected } => self.incidents_key(query, selected, key),
            Overlay::Sources { query, selected } => self.sources_key(query, selected, key),
            Overlay::Templates(list) => self.templates_key(list, key),
            Overlay::Document { view: View::Bookmarks, selected } if key == Key::Char('b') => {
                self.remove_bookmark(selected);
                self.open(Overlay::Document { view: View::Bookmarks, selected });
            }
            Overlay::Document { view: View::Request, .. }
                if self.app.model.is_asking() && key == Key::Enter =>
            {
                self.decide_call(true);
            }
            Overlay::Document { view: View::Request, .. }
                if self.app.model.is_asking() && key == Key::Char('x') =>
            {
                self.decide_call(false);
            }
            // Who looks at the call ends the call, and goes on looking.
            Overlay::Document { view: View::Request | View::Calls | View::Thoughts, .. }
                if self.app.model.is_busy() && key == Key::Esc =>
            {
                self.open(overlay);
                self.cancel_call();
            }
            Overlay::Document { view, selected } => self.document_key(view, selected, key),
            Overlay::Start { selected } => self.start_key(selected, key),
            Overlay::Logs { query, selected, marked } => self.logs_key(query, selected, marked, key),
            Overlay::Replay => self.replay_key(key),
            Overlay::Caution(caution) => self.caution_key(caution, key),
            Overlay::Plain { text, top } => match self.scrolled(top, key) {
                Some(top) => self.open(Overlay::Plain { text, top }),
                None if closes(key) || key == Key::Char('Y') => {}
                None => self.stay(Overlay::Plain { text, top }, key),
            },
            Overlay::Input(input) => self.input_key(input, key),
        }
    }

    pub(super) fn open(&mut self, overlay: Overlay) {
        self.app.ui.overlays.push(overlay);
    }

    /// The first row after a key that scrolls, so often or to the row that the number before it says; `None` for other
    /// keys. The view stops at the end of its text.
    fn scrolled(&self, row: usize, key: Key) -> Option<usize> {
        let page = (usize::from(self.app.ui.size.1) / 2).max(1);
        let count = self.app.ui.count.map(|count| count as usize);
        let times = count.unwrap_or(1);
        let named = |usual: usize| count.map_or(usual, |count| count.saturating_sub(1));
        Some(match key {
            Key::Down | Key::Char('j') => row.saturating_add(times),
            Key::Up | Key::Char('k') => row.saturating_sub(times),
            Key::PageDown | Key::Ctrl('d') | Key::Char(' ') => row.saturating_add(page.saturating_mul(times)),
            Key::PageUp | Key::Ctrl('u') => row.saturating_sub(page.saturating_mul(times)),
            Key::Home | Key::Char('g') => named(0),
            Key::End | Key::Char('G') => named(usize::MAX),
            _ => return None,
        })
    }

    fn close_or_run(&mut self, overlay: Overlay, key: Key, own: Command) {
        let command = self.app.keymap.command(key, self.app.ui.focus);
        match command {
            Some(Command::Interrupt) => {
                self.open(overlay);
                self.interrupt();
            }
            Some(command @ (Command::Redraw | Command::Suspend | Command::NextTheme)) => {
                self.open(overlay);
                self.command(command);
            }
            command if closes(key) || command == Some(own) => {}
            Some(command) if opens_document(command) => self.command(command),
            _ => self.stay(overlay, key),
        }
    }

    /// `key` has no meaning over the panes.
    fn stay(&mut self, overlay: Overlay, key: Key) {
        self.open(overlay);
        self.toast(format!("{key} does nothing here: Esc goes back"), false);
    }

    /// A key other than the one that asked, so that asking twice copies nothing.
    fn caution_key(&mut self, caution: Caution, key: Key) {
        match key {
            Key::Char('c') => self.copy_command(caution.command),
            Key::Esc | Key::Char('q') => self.toast("Not copied", false),
            Key::Ctrl('c') => {
                self.open(Overlay::Caution(caution));
                self.interrupt();
            }
            _ => {
                self.open(Overlay::Caution(caution));
                self.toast("This changes the system: c copies it, Esc does not", false);
            }
        }
    }

    fn palette_key(&mut self, mut query: String, selected: usize, key: Key) {
        let found = palette::choices(&query, &self.clock());
        if key == Key::Enter {
            match found.get(selected) {
                Some(Choice::Do(info)) => self.command(info.command),
                Some(Choice::Go(goto)) => self.go_to(*goto),
                None => {}
            }
        } else if let Some(selected) = listed(&mut query, selected, found.len(), key) {
            self.open(Overlay::Palette { query, selected });
        }
    }

    fn incidents_key(&mut self, mut query: String, selected: usize, key: Key) {
        let past = self.app.past.clone().unwrap_or_default();
        let found = palette::incidents(&query, &past);
        if key == Key::Enter {
            if let Some(one) = found.get(selected) {
                let id = one.id.clone();
                self.resume(id);
            }
        } else if let Some(selected) = listed(&mut query, selected, found.len(), key) {
            self.open(Overlay::Incidents { query, selected });
        }
    }

    fn document_key(&mut self, view: View, selected: usize, key: Key) {
        let command = self.app.keymap.command(key, Pane::Timeline);
        let own = command == Some(view_command(&view));
        if self.acts_in(&view, key) {
            return;
        }
        match (self.scrolled(selected, key), command) {
            (Some(row), _) => {
                let last = self.items(&view).map_or(usize::MAX, |items| items.saturating_sub(1));
                self.open(Overlay::Document { view, selected: row.min(last) });
            }
            (None, Some(Command::Copy)) => {
                self.open(Overlay::Document { view: view.clone(), selected });
                self.copy_from(&view, selected);
            }
            (None, Some(Command::ShowText)) => {
                let text = self.text_of(&view, selected);
                self.open(Overlay::Document { view, selected });
                self.open(Overlay::Plain { text, top: 0 });
            }
            (None, _) if matches!(view, View::Update | View::Postmortem) && key == Key::Char('e') => {
                let text = self.text_of(&view, selected);
                let purpose = if view == View::Update { Purpose::Update } else { Purpose::Postmortem };
                self.open(Overlay::Document { view, selected });
                self.edit(purpose, text);
            }
            (None, Some(Command::Editor)) if matches!(view, View::Update | View::Postmortem) => {
                let text = self.text_of(&view, selected);
                let purpose = if view == View::Update { Purpose::Update } else { Purpose::Postmortem };
                self.open(Overlay::Document { view, selected });
                self.edit(purpose.clone(), text);
                self.write_outside(purpose);
            }
            (None, Some(Command::AddNote)) => {
                self.open(Overlay::Document { view, selected });
                self.command(Command::AddNote);
            }
            _ if own => {}
            (None, Some(Command::Open)) if self.items(&view).is_some() => self.open_item(view, selected),
            _ => self.close_or_run(Overlay::Document { view, selected }, key, Command::Close),
        }
    }

    /// Goes to the line an item cites, where it cites one.
    fn open_item(&mut self, view: View, selected: usize) {
        if view == View::Similar {
            return self.compare(selected);
        }
        let place = match view {
            View::Questions => {
                let item = self.app.incident.shown().contradictions.get(selected);
                item.and_then(|item| item.quotes.iter().find_map(|quote| quote.place))
            }
            View::Bookmarks => self.app.bookmarks(None).get(selected).map(|mark| mark.place),
            _ => None,
        };
        if let Some(place) = place {
            self.jump(place);
            return;
        }
        let why = match view {
            View::Mitigations => "sevdeck runs nothing: y copies the command",
            _ => "No line is cited here: y copies the command",
        };
        self.open(Overlay::Document { view, selected });
        self.toast(why, false);
    }

    /// The keys of a pane work in the details of its items too: whether `key` was one.
    fn acts_in(&mut self, view: &View, key: Key) -> bool {
        let pane = match view {
            View::Hypothesis(_) => Pane::Hypotheses,
            View::Step(_) => Pane::Checklist,
            _ => return false,
        };
        let command =
            self.app.keymap.command(key, pane).filter(|command| command.info().scope == Scope::In(pane));
        let Some(command) = command else { return false };
        match view {
            View::Hypothesis(id) if self.app.ui.hypothesis.as_ref().is_none_or(|at| at.id != *id) => {
                self.app.ui.hypothesis = Some(HypothesisCursor { id: id.clone(), piece: None });
            }
            View::Step(id) => self.app.ui.step = Some(id.clone()),
            _ => {}
        }
        self.open(Overlay::Document { view: view.clone(), selected: 0 });
        self.command(command);
        true
    }

    fn input_key(&mut self, input: Input, key: Key) {
        match key {
            Key::Esc => {
                let written = !input.purpose.one_line();
                if written && !input.text.trim().is_empty() {
                    self.app.ui.kept_draft = Some(input);
                    self.toast("Kept as a draft: the same key goes on with it", false);
                }
            }
            Key::Ctrl('c') => {
                self.open(Overlay::Input(input));
                self.interrupt();
            }
            key if self.app.keymap.keys(Command::Editor).contains(&key) => {
                let purpose = input.purpose.clone();
                self.open(Overlay::Input(input));
                self.write_outside(purpose);
            }
            Key::Up | Key::Down if input.purpose.has_history() => {
                self.open(Overlay::Input(input));
                self.recall(key == Key::Up);
            }
            _ => self.open(Overlay::Input(input)),
        }
    }

    pub(super) fn draft_edited(&mut self, text: String) {
        if let Some(Overlay::Input(input)) = self.app.ui.overlays.last_mut() {
            if input.text != text {
                self.app.ui.recalled = None;
            }
            input.text = text;
        }
    }

    /// Opens a text to change, or one of the same purpose that was left unfinished.
    fn edit(&mut self, purpose: Purpose, text: String) {
        let kept = self.app.ui.kept_draft.take_if(|kept| kept.purpose == purpose);
        self.app.ui.recalled = None;
        self.open(Overlay::Input(kept.unwrap_or(Input { purpose, text })));
    }

    /// Opens a text to write, going on with one of the same purpose that was left unfinished.
    pub(super) fn write(&mut self, purpose: Purpose) {
        let written = match purpose {
            // What is in force is changed, not written anew.
            Purpose::Filter => self.app.filter_text(&self.app.ui.context.filter),
            _ => String::new(),
        };
        self.edit(purpose, written);
    }

    /// Text pasted outside a text being written is context: nothing that arrives at 03:00 is thrown away.
    pub(super) fn paste(&mut self, text: String) {
        if text.len() > CONTEXT_MAX {
            self.toast("Over 8 MiB pasted: save it to a file and open that as a source", true);
            return;
        }
        match self.app.ui.overlays.last_mut() {
            Some(Overlay::Input(input)) if input.purpose == Purpose::Context => {
                let whole = format!("{}{text}", input.text);
                self.app.ui.overlays.pop();
                self.submit_context(whole);
            }
            Some(Overlay::Input(input)) if input.purpose.takes_output() => {
                let Purpose::StepNote { step, outcome } = input.purpose.clone() else { return };
                let whole = format!("{}{text}", input.text);
                self.app.ui.overlays.pop();
                self.submit_output(step, outcome, whole);
            }
            Some(Overlay::Input(input)) => input.text.push_str(&text),
            _ if self.app.replay.is_some() => self.toast("This is how it was; Esc goes back to now", false),
            _ => match self.step_that_was_run() {
                Some(step) => self.submit_output(step, StepOutcome::Done, text),
                None => self.submit_context(text),
            },
        }
    }

    /// The step looked at, where its command was copied: what is pasted over it is what the command printed.
    fn step_that_was_run(&self) -> Option<String> {
        let step = match self.app.ui.overlays.last() {
            Some(Overlay::Document { view: View::Step(id), .. }) => {
                self.app.incident.steps().into_iter().find(|step| step.id == *id).cloned()
            }
            None if self.app.ui.focus == Pane::Checklist => self.selected_step(),
            _ => None,
        };
        let copied = |step: &Step| {
            let log = self.app.incident.log.iter().map(|log| &log.entry.text);
            let mut command = self.app.filled(&step.command).into_owned();
            self.hide(&mut command);
            !command.is_empty() && log.rev().any(|text| text.ends_with(&command))
        };
        step.filter(copied).map(|step| step.id)
    }

    pub(super) fn submit_context(&mut self, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let lines = text.lines().count();
        self.add_context("context", text);
        let word = if lines == 1 { "line" } else { "lines" };
        self.toast(format!("Added as context: {lines} {word}"), false);
    }
}

fn closes(key: Key) -> bool {
    matches!(key, Key::Esc | Key::Char('q') | Key::Enter)
}

fn opens_document(command: Command) -> bool {
    matches!(
        command,
        Command::Mitigations
            | Command::Impact
            | Command::Update
            | Command::Handover
            | Command::Postmortem
            | Command::FollowUps
            | Command::Similar
            | Command::OpenQuestions
            | Command::Help
            | Command::Palette
            | Command::Templates
            | Command::Bookmarks
            | Command::Request
            | Command::Calls
            | Command::Thoughts
    )
}

/// The command that opens a view, so that its key closes it too.
fn view_command(view: &View) -> Command {
    match view {
        View::Hypothesis(_) | View::Step(_) => Command::Open,
        View::Mitigations => Command::Mitigations,
        View::Impact => Command::Impact,
        View::Update => Command::Update,
        View::Handover => Command::Handover,
        View::Postmortem => Command::Postmortem,
        View::FollowUps => Command::FollowUps,
        View::Similar | View::Compare => Command::Similar,
        View::Questions => Command::OpenQuestions,
        View::Source(_) | View::Logs => Command::SourceInfo,
        View::Bookmarks => Command::Bookmarks,
        View::Request => Command::Request,
        View::Calls => Command::Calls,
        View::Thoughts => Command::Thoughts,
    }
}
