//! Where to begin: the screen of a program that was told nothing, the picker of logs, and the incident as it was.

use std::collections::BTreeSet;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::palette;
use crate::app::replay::Replay;
use crate::app::ui::{Overlay, Pane, Purpose, Start, View};
use crate::app::update::Turn;
use crate::app::update::lists::listed;
use crate::incident::{Incident, IncidentId, Recorded, SourceSpec};

/// Events that a page key moves by in the incident as it was.
const LEAP: i64 = 10;

impl Turn<'_> {
    /// Asks where to begin.
    pub(super) fn welcome(&mut self) {
        self.effects.push(Effect::ListPast);
        self.effects.push(Effect::FindLogs);
        self.open(Overlay::Start { selected: 0 });
    }

    pub(super) fn start_key(&mut self, selected: usize, key: Key) {
        let ways = self.app.ways();
        let last = ways.len().saturating_sub(1);
        let selected = selected.min(last);
        let chosen = match key {
            Key::Enter => ways.get(selected).cloned(),
            Key::Char('r') => ways.iter().find(|way| matches!(way, Start::Resume(_))).cloned(),
            Key::Char('o' | 'L') => Some(Start::Logs),
            Key::Char('p') => Some(Start::Paste),
            Key::Char('d') => Some(Start::Demo),
            Key::Char('I') => Some(Start::Past),
            Key::Down | Key::Char('j') => {
                return self.open(Overlay::Start { selected: (selected + 1).min(last) });
            }
            Key::Up | Key::Char('k') => {
                return self.open(Overlay::Start { selected: selected.saturating_sub(1) });
            }
            Key::Char('q') => return self.quit(0),
            Key::Ctrl('c') => {
                self.open(Overlay::Start { selected });
                return self.interrupt();
            }
            Key::Esc => return,
            _ => {
                self.open(Overlay::Start { selected });
                return self.toast(
                    format!("{key} does nothing here: Enter chooses, Esc goes to an empty cockpit"),
                    false,
                );
            }
        };
        match chosen {
            Some(Start::Resume(id)) => self.resume(id),
            Some(Start::Logs) => self.pick_logs(),
            Some(Start::Paste) => self.write(Purpose::Context),
            Some(Start::Demo) => {
                self.app.wants_demo = true;
                self.quit(0);
            }
            Some(Start::Past) => self.open(Overlay::Incidents { query: String::new(), selected: 0 }),
            None => self.open(Overlay::Start { selected }),
        }
    }

    /// Goes on with an incident of the record.
    pub(super) fn resume(&mut self, id: String) {
        self.app.ui.loading = true;
        self.keep_session(true);
        self.effects.push(Effect::ResetLog);
        self.effects.push(Effect::Load(id));
    }

    pub(super) fn pick_logs(&mut self) {
        self.effects.push(Effect::FindLogs);
        self.open(Overlay::Logs { query: String::new(), selected: 0, marked: BTreeSet::new() });
    }

    /// Letters find, Tab marks, Enter opens what is marked, else what is under the cursor, else what was written.
    pub(super) fn logs_key(
        &mut self,
        mut query: String,
        selected: usize,
        mut marked: BTreeSet<String>,
        key: Key,
    ) {
        let found: Vec<String> =
            palette::logs(&query, self.app).into_iter().map(|file| file.path.clone()).collect();
        match key {
            Key::Tab => {
                if let Some(path) = found.get(selected).cloned()
                    && !marked.remove(&path)
                {
                    marked.insert(path);
                }
                let selected = (selected + 1).min(found.len().saturating_sub(1));
                self.open(Overlay::Logs { query, selected, marked });
            }
            Key::Enter => {
                let written = written(&query);
                let specs: Vec<SourceSpec> = match (marked.is_empty(), written, found.get(selected)) {
                    (false, _, _) => marked.into_iter().map(SourceSpec::File).collect(),
                    (true, Some(spec), _) => vec![spec],
                    (true, None, Some(path)) => vec![SourceSpec::File(path.clone())],
                    (true, None, None) => {
                        self.open(Overlay::Logs { query, selected, marked });
                        return self.toast("No log has these letters; a path begins with /", false);
                    }
                };
                self.attach_all(specs);
            }
            key => {
                if let Some(selected) = listed(&mut query, selected, found.len(), key) {
                    self.open(Overlay::Logs { query, selected, marked });
                }
            }
        }
    }

    fn attach_all(&mut self, specs: Vec<SourceSpec>) {
        let count = specs.len();
        self.request_sources(specs);
        self.show_first_source();
        self.app.ui.focus = Pane::Hypotheses;
        let word = if count == 1 { "source" } else { "sources" };
        self.toast(format!("{count} {word} opened"), false);
    }

    /// Asks for the events, to show the incident as it was.
    pub(super) fn ask_history(&mut self) {
        match self.app.incident.id.clone() {
            Some(incident) => self.effects.push(Effect::History(incident)),
            None => self.nothing("Nothing has happened yet"),
        }
    }

    /// The events are here: the moment under the cursor of the timeline comes first, else now.
    pub(super) fn history(&mut self, incident: &IncidentId, events: Result<Vec<Recorded>, String>) {
        if self.app.incident.id.as_ref() != Some(incident) {
            return self.compared(events);
        }
        let moment = self.app.ui.timeline.filter(|_| self.app.ui.focus == Pane::Timeline);
        let moment = moment.and_then(|row| self.app.timeline().get(row).map(|line| line.entry.at));
        match events.map(|events| Replay::at(events, moment.unwrap_or(self.now))) {
            Ok(Some(replay)) => {
                self.app.replay = Some(replay);
                self.app.ui.overlays.clear();
                self.open(Overlay::Replay);
            }
            Ok(None) => self.nothing("Nothing is on record yet"),
            Err(why) => self.toast(why, true),
        }
    }

    /// Asks for a similar incident, to show it beside this one.
    pub(super) fn compare(&mut self, selected: usize) {
        let found = self.app.incident.shown().similar.get(selected);
        let id = found.and_then(|found| IncidentId::parse(&found.id).ok());
        self.open(Overlay::Document { view: View::Similar, selected });
        match id {
            Some(id) => self.effects.push(Effect::History(id)),
            None => self.nothing("There is nothing to compare with"),
        }
    }

    /// A past incident is here: it is shown while the list it was chosen from is still on screen.
    fn compared(&mut self, events: Result<Vec<Recorded>, String>) {
        if !matches!(self.app.ui.overlays.last(), Some(Overlay::Document { view: View::Similar, .. })) {
            return;
        }
        match events {
            Ok(events) if !events.is_empty() => {
                self.app.other = Some(Box::new(Incident::replay(&events)));
                self.open(Overlay::Document { view: View::Compare, selected: 0 });
            }
            Ok(_) => self.nothing("That incident is no longer in the store"),
            Err(why) => self.toast(why, true),
        }
    }

    pub(super) fn replay_key(&mut self, key: Key) {
        let Some(replay) = self.app.replay.as_mut() else { return };
        match key {
            Key::Left | Key::Char('h' | 'k') | Key::Up => replay.step(-1),
            Key::Right | Key::Char('l' | 'j') | Key::Down => replay.step(1),
            Key::PageUp | Key::Ctrl('u') | Key::Char('<') => replay.step(-LEAP),
            Key::PageDown | Key::Ctrl('d') | Key::Char('>') => replay.step(LEAP),
            Key::Home | Key::Char('g') => replay.step(i64::MIN / 2),
            Key::End | Key::Char('G') => replay.step(i64::MAX / 2),
            Key::Esc | Key::Char('q' | 'R') | Key::Enter => {
                self.app.replay = None;
                return;
            }
            Key::Tab => self.cycle(true),
            Key::BackTab => self.cycle(false),
            Key::Char(digit @ '1'..='4') => self.focus(Pane::ALL[digit as usize - '1' as usize]),
            Key::Char('z') => self.app.ui.zoom = !self.app.ui.zoom,
            Key::Ctrl('c') => {
                self.open(Overlay::Replay);
                return self.interrupt();
            }
            _ => self.toast("This is how it was; Esc goes back to now", false),
        }
        self.open(Overlay::Replay);
    }
}

/// A source that is written out: a path from the root, a pattern, a command, a unit of the journal.
fn written(query: &str) -> Option<SourceSpec> {
    let query = query.trim();
    if let Some(command) = query.strip_prefix("cmd:").map(str::trim).filter(|command| !command.is_empty()) {
        return Some(SourceSpec::Command(command.to_owned()));
    }
    if let Some(unit) = query.strip_prefix("journal:").map(str::trim).filter(|unit| !unit.is_empty()) {
        return Some(SourceSpec::Journal(unit.to_owned()));
    }
    let path = query.starts_with('/').then(|| query.to_owned())?;
    Some(match path {
        path if SourceSpec::is_pattern(&path) => SourceSpec::Glob(path),
        path if path.ends_with('/') => SourceSpec::Directory(path),
        path => SourceSpec::File(path),
    })
}
