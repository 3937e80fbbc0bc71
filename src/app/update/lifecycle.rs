//! Opening, resuming, keeping the interface state, leaving.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::app::effect::{Effect, Origin};
use crate::app::fresh::Fresh;
use crate::app::msg::Opening;
use crate::app::query;
use crate::app::ui::{ContextView, Overlay, Seek, Session, StoreTrouble, Strip};
use crate::app::update::Turn;
use crate::app::{Analysis, App};
use crate::evidence::case_file::{NOTES, notes_text};
use crate::incident::{Author, Event, Incident, Place, Recorded, SourceId, SourceSpec};
use crate::log::digest::{Digest, Position};
use crate::log::engine::Request;
use crate::log::view::{Move, Scope};

/// The interface state goes to disk at most this often.
const SESSION_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// Most characters of the name of a command.
const NAME_MAX: usize = 32;
/// How long a second Ctrl-C has the effect of quitting.
const INTERRUPT_TWICE: SignedDuration = SignedDuration::from_secs(2);

impl Turn<'_> {
    /// A command line asked for a new incident. Nothing is recorded before there is something to record.
    pub(super) fn opened(&mut self, opening: Opening) {
        let specs = opening.specs.clone();
        let contexts = opening.contexts.clone();
        self.app.opening = opening;
        self.request_sources(specs);
        for (name, text) in contexts {
            self.add_context(&name, text);
        }
        self.show_first_source();
        if self.app.opening.welcome {
            self.welcome();
        }
    }

    /// Gives the incident its first event.
    pub(super) fn open_incident(&mut self) {
        let Some(incident) = self.app.opening.incident.clone() else { return };
        let event = Event::IncidentOpened {
            incident,
            title: self.app.opening.title.clone(),
            service: self.app.opening.service.clone(),
            language: self.app.opening.language,
        };
        self.record_by_person(event);
    }

    /// Opens what a person points at. The record knows commands without their secrets, and so do all who compare.
    pub(super) fn request_sources(&mut self, mut specs: Vec<SourceSpec>) {
        for spec in &mut specs {
            spec.each_text(&mut |text| self.masked += self.hide(text));
        }
        if !specs.is_empty() {
            self.record_by_person(Event::SourcesRequested { specs: specs.clone() });
        }
        for spec in specs {
            self.request_source(spec);
        }
    }

    fn request_source(&mut self, spec: SourceSpec) {
        match &spec {
            SourceSpec::File(path) => {
                let path = path.clone();
                self.attach(spec, path);
            }
            SourceSpec::Stdin | SourceSpec::Command(_) | SourceSpec::Journal(_) => self.attach_stream(spec),
            SourceSpec::Glob(_) | SourceSpec::Directory(_) => {
                self.effects.push(Effect::Log(Request::Watch { spec }));
            }
            SourceSpec::Context(_) => {}
        }
    }

    /// Attaches what is no file, unless it is attached already.
    fn attach_stream(&mut self, spec: SourceSpec) {
        if self.app.incident.sources.values().any(|source| source.spec == spec) {
            return;
        }
        let source = self.app.incident.next_source();
        let name = unique(&self.app.incident, &stream_name(&spec));
        self.record(Author::Sevdeck, Event::SourceAttached { source, spec: spec.clone(), path: None, name });
        if let Some(origin) = self.origin(&spec) {
            self.stream(source, origin);
        }
    }

    /// Lets a source be read through a spool.
    pub(super) fn stream(&mut self, source: SourceId, origin: Origin) {
        let Some(incident) = self.app.incident.id.clone() else { return };
        let name = self.app.incident.source_name(source).to_owned();
        self.effects.push(Effect::Stream { incident, source, name, origin });
    }

    /// Attaches a file that was named or found, unless it is attached already.
    pub(super) fn attach(&mut self, spec: SourceSpec, path: String) {
        if self.app.incident.reads(&path) {
            return;
        }
        let source = self.app.incident.next_source();
        let name = unique_name(&self.app.incident, &path);
        let event = Event::SourceAttached { source, spec, path: Some(path.clone()), name: name.clone() };
        self.record(Author::Sevdeck, event);
        self.follow(source, name, path, None);
    }

    fn follow(&mut self, source: SourceId, name: String, path: String, resume: Option<Position>) {
        let path = PathBuf::from(path);
        self.effects.push(Effect::Log(Request::Follow { source, name, path, resume, ended: false }));
    }

    /// What puts nothing at risk is said once, in full; the header keeps a short word of it.
    pub(super) fn store_trouble(&mut self, trouble: Option<StoreTrouble>) {
        let news = trouble.as_ref().filter(|trouble| !trouble.at_risk && self.app.ui.store_trouble.is_none());
        if let Some(text) = news.map(|trouble| trouble.text.clone()) {
            self.toast(text, false);
        }
        self.app.ui.store_trouble = trouble;
    }

    pub(super) fn add_context(&mut self, name: &str, text: String) -> SourceId {
        let source = self.app.incident.next_source();
        let name = unique_name(&self.app.incident, name);
        self.record_by_person(Event::ContextAdded { source, name: name.clone(), text });
        // As it is on record: quotes point at bytes of it.
        let text = self.app.incident.sources.get(&source).and_then(|state| state.text.as_deref());
        let text = Arc::from(text.unwrap_or_default());
        self.effects.push(Effect::Log(Request::Context { source, name, text }));
        self.app.analysis.wanted = true;
        self.show_first_source();
        source
    }

    /// The notes form a text of their own, which the engine is given anew with each note.
    pub(super) fn publish_notes(&mut self) {
        let text = Arc::from(notes_text(&self.app.incident));
        let name = "notes".to_owned();
        self.effects.push(Effect::Log(Request::Context { source: NOTES, name, text }));
    }

    /// Shows what there is to see while the person has not chosen: all logs, as soon as there are several.
    pub(super) fn show_first_source(&mut self) {
        let context = &self.app.ui.context;
        let first = self.app.scopes().next().filter(|first| context.scope != Some(*first));
        // A reader who has begun to look at something is left alone.
        let idle = !context.chosen && context.cursor.is_none() && self.app.ui.back.is_none();
        if let Some(first) = first.filter(|_| context.scope.is_none() || idle) {
            self.show(first);
            self.effects.push(Effect::Log(Request::Move(Move::Follow)));
        }
    }

    /// An incident was read back: the state is rebuilt, the interface restored, its sources are followed on.
    pub(super) fn resumed(&mut self, events: &[Recorded], session: Option<&[u8]>) {
        let session: Session =
            session.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        self.app.incident = Incident::replay(events);
        self.app.digest = Arc::new(Digest::default());
        self.app.analysis =
            Analysis { case_revision: self.app.incident.case_revision, ..Analysis::default() };
        self.app.similar.clear();
        self.forget_calls(events);
        self.restore_interface(&session);
        for spec in self.app.incident.requested.clone() {
            if matches!(spec, SourceSpec::Glob(_) | SourceSpec::Directory(_)) {
                self.effects.push(Effect::Log(Request::Watch { spec }));
            }
        }
        for (source, state) in self.app.incident.sources.clone() {
            if let Some(text) = state.text {
                let text = Arc::from(text);
                self.effects.push(Effect::Log(Request::Context { source, name: state.name, text }));
            } else if state.path.is_none() {
                // Standard input is over with the session it belonged to; what was read of it is kept.
                let origin = self.origin(&state.spec).filter(|origin| *origin != Origin::Stdin);
                self.stream(source, origin.unwrap_or(Origin::Kept));
            } else if let Some(path) = state.path {
                let known = session.positions.iter().find(|(known, _)| *known == source);
                self.follow(source, state.name, path, known.map(|(_, position)| position.clone()));
            }
        }
        if !self.app.incident.notes.is_empty() {
            self.publish_notes();
        }
        self.restore_view(&session);
    }

    /// With nothing else on screen there is nothing to stay for: the reason is printed on the way out.
    pub(super) fn resume_failed(&mut self, why: String) {
        self.app.ui.loading = false;
        if self.app.incident.id.is_none() && self.app.opening.incident.is_none() {
            self.app.fatal = Some(why);
            self.effects.push(Effect::Quit(1));
        } else {
            self.toast(why, true);
        }
    }

    fn restore_interface(&mut self, session: &Session) {
        let ui = &mut self.app.ui;
        ui.loading = false;
        ui.overlays.clear();
        ui.focus = session.focus;
        ui.zoom = session.zoom;
        ui.split = session.split;
        ui.fresh = Fresh::default();
        ui.hypothesis.clone_from(&session.hypothesis);
        ui.step.clone_from(&session.step);
        ui.timeline = session.timeline;
        ui.kinds = session.kinds;
        ui.kept_draft.clone_from(&session.draft);
        ui.durable_seq = self.app.incident.last_seq;
        ui.filters.clone_from(&session.filters);
        ui.searches.clone_from(&session.searches);
        ui.back = None;
        ui.context = ContextView {
            rows: ui.context.rows,
            strip: Strip { columns: ui.context.strip.columns, ..Strip::default() },
            search_id: ui.context.search_id,
            count_id: ui.context.count_id,
            filter: Arc::new(session.filter.clone()),
            query: query::read(&session.query),
            wrap: session.wrap,
            lines_seen: session.lines_seen,
            ..ContextView::default()
        };
        self.app.saved_session = session.clone();
    }

    fn restore_view(&mut self, session: &Session) {
        let known = session.scope.filter(|scope| self.app.scopes().any(|known| known == *scope));
        let Some(scope) = known else {
            self.show_first_source();
            return;
        };
        self.app.ui.context.chosen = true;
        self.show(scope);
        let movement = match (session.place, scope) {
            (Some(place), Scope::Source(_)) => Move::Top(place.start),
            (Some(place), Scope::Merged) => Move::Center(place),
            (None, _) => Move::Follow,
        };
        self.app.ui.context.cursor = session.place.map(|_| 0);
        self.app.ui.context.seek = session.place.map(Seek::Place);
        self.effects.push(Effect::Log(Request::Move(movement)));
    }

    /// Keeps the interface state when it changed, at most every few seconds; at once when `leaving`.
    pub(super) fn keep_session(&mut self, leaving: bool) {
        let Some(incident) = self.app.incident.id.clone() else { return };
        if !leaving && self.now.duration_since(self.app.session_saved_at) < SESSION_EVERY {
            return;
        }
        let session = session(self.app);
        if session == self.app.saved_session {
            return;
        }
        if let Ok(bytes) = serde_json::to_vec(&self.app.sealed_session(session.clone())) {
            self.app.session_saved_at = self.now;
            self.app.saved_session = session;
            self.effects.push(Effect::SaveSession { incident, session: bytes });
        }
    }

    pub(super) fn interrupt(&mut self) {
        if self.app.ui.quit_armed.is_some() {
            self.quit(0);
        } else {
            self.app.ui.quit_armed = Some(self.now + INTERRUPT_TWICE);
            self.toast("Press Ctrl-C again to quit; the incident is kept", false);
        }
    }

    pub(super) fn quit(&mut self, code: i32) {
        let unfinished = self.app.ui.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Input(input) if !input.text.is_empty() => Some(input.clone()),
            _ => None,
        });
        if unfinished.is_some() {
            self.app.ui.kept_draft = unfinished;
        }
        self.leave_call();
        self.keep_session(true);
        self.effects.push(Effect::Quit(code));
    }
}

fn session(app: &App) -> Session {
    let ui = &app.ui;
    // Merged lines come back around the one under the cursor, those of a source from the top.
    let line = match ui.context.scope {
        Some(Scope::Merged) => ui.context.current(),
        _ => ui.context.window.lines.first(),
    };
    let top = line.filter(|_| !ui.context.window.following);
    let positions = app.digest.sources.iter();
    Session {
        focus: ui.focus,
        zoom: ui.zoom,
        hypothesis: ui.hypothesis.clone(),
        step: ui.step.clone(),
        timeline: ui.timeline,
        kinds: ui.kinds,
        scope: ui.context.scope.filter(|_| ui.context.chosen || top.is_some()),
        place: top.map(|line| Place { source: line.source, start: line.start, end: line.end }),
        // While following they are not worth a write each.
        lines_seen: top.map_or(0, |_| ui.context.lines_seen),
        filter: (*ui.context.filter).clone(),
        query: query::written(&ui.context.query),
        filters: ui.filters.clone(),
        searches: ui.searches.clone(),
        positions: positions.filter_map(|source| Some((source.source, source.position.clone()?))).collect(),
        draft: ui.kept_draft.clone(),
        wrap: ui.context.wrap,
        split: ui.split,
    }
}

/// A short name for a stream: of a command the program and what it is about.
fn stream_name(spec: &SourceSpec) -> String {
    let SourceSpec::Command(command) = spec else { return spec.to_string() };
    let first = command.split(['|', ';', '&', '\n', '>']).next().unwrap_or(command);
    let words = first.split_whitespace().filter(|word| !word.starts_with('-')).take(3);
    let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\''])).collect();
    let name = words.join(" ");
    let name = name.rsplit_once("/bin/").map_or(name.as_str(), |(_, name)| name);
    if name.is_empty() { "command".to_owned() } else { name.chars().take(NAME_MAX).collect() }
}

/// The file's name, with as many of its folders as it takes to tell it from the others.
fn unique_name(incident: &Incident, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut name = parts.last().map_or_else(|| path.to_owned(), |last| (*last).to_owned());
    for part in parts.iter().rev().skip(1) {
        if !incident.knows_name(&name) {
            return name;
        }
        name = format!("{part}/{name}");
    }
    unique(incident, &name)
}

/// The name, numbered where another source has it already.
fn unique(incident: &Incident, name: &str) -> String {
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !incident.knows_name(name)).unwrap_or_default()
}
