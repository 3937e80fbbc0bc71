//! Msg -> Events + Effects, without IO, clock or randomness. One file per group of messages.

mod act;
mod analysis;
mod copy;
mod find;
mod held;
mod lifecycle;
mod lists;
mod look;
mod mark;
mod model;
mod navigate;
mod news;
mod outside;
mod overlay;
mod secret;
mod start;
mod strip;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Pane, Toast};
use crate::app::update::held::Held;
use crate::incident::{Author, Event, Recorded};

/// How long a message stays on the key bar.
const TOAST: SignedDuration = SignedDuration::from_secs(4);

/// Lets one message change the state. `now` is the moment it arrived.
pub fn update(app: &mut App, now: Timestamp, msg: Msg) -> Vec<Effect> {
    app.now = now;
    let mut turn = Turn { app, now, events: Vec::new(), effects: Vec::new(), masked: 0 };
    turn.handle(msg);
    turn.settle();
    turn.finish()
}

/// One message being handled.
struct Turn<'a> {
    app: &'a mut App,
    now: Timestamp,
    events: Vec<Recorded>,
    effects: Vec<Effect>,
    /// Secrets that were masked in what a person gave.
    masked: usize,
}

impl Turn<'_> {
    fn handle(&mut self, msg: Msg) {
        match msg {
            Msg::Key(key) => self.key(key),
            Msg::Paste(text) => self.paste(text),
            Msg::DraftEdited(text) => self.draft_edited(text),
            Msg::DraftSubmitted => self.draft_submitted(),
            Msg::Resized { columns, rows, context_rows, strip_columns } => {
                self.app.ui.size = (columns, rows);
                self.resize_context(context_rows, strip_columns);
            }
            Msg::Opened(opening) => self.opened(opening),
            Msg::Clicked(pane) => self.clicked(pane),
            Msg::Grabbed(border) => self.app.ui.grabbed = Some(border),
            Msg::Dragged(share) => self.dragged(share),
            Msg::Released => self.app.ui.grabbed = None,
            Msg::Written(text) => self.written(text),
            Msg::Wheel(pane, by) => self.wheel(pane, by),
            Msg::Themed(name) => {
                self.toast(format!("Theme: {name}"), false);
                self.app.ui.theme = name;
            }
            Msg::Tick => {}
            Msg::Stop(code) => self.quit(code),
            Msg::Broken(what) => self.toast(what, true),
            Msg::Log(news) => self.news(news),
            Msg::Triaged { analyst, revision, triage, done } => {
                self.triaged(&analyst, revision, &triage, done);
            }
            Msg::AnalystFailed { revision } => self.analyst_failed(revision),
            Msg::Prepared { call, outgoing } => self.prepared(call, outgoing),
            Msg::Call { call, news } => self.call_news(call, news),
            Msg::Stored { incident, upto } => {
                if self.app.incident.id.as_ref() == Some(&incident) {
                    self.app.ui.durable_seq = self.app.ui.durable_seq.max(upto);
                }
            }
            Msg::StoreTrouble(trouble) => self.store_trouble(trouble),
            Msg::Resumed { events, session } => self.resumed(&events, session.as_deref()),
            Msg::ResumeFailed(why) => self.resume_failed(why),
            Msg::Past(past) => self.app.past = Some(past),
            Msg::Logs(logs) => self.app.logs_here = Some(logs),
            Msg::History { incident, events } => self.history(&incident, events),
            Msg::Similar(similar) => {
                if self.app.similar != similar {
                    self.app.similar = similar;
                    self.app.analysis.wanted = true;
                }
            }
            Msg::Copied(Ok(how)) => self.toast(how, false),
            Msg::Copied(Err(why)) => self.toast(why, true),
        }
    }

    fn key(&mut self, key: Key) {
        let (before, depth) = (self.app.ui.toast.clone(), self.app.ui.overlays.len());
        self.app.ui.fresh.touch(self.now);
        self.looked();
        if !self.counts(key) {
            self.press(key);
            self.app.ui.count = None;
        }
        self.looked();
        // What was said belongs to the screen it was said on.
        if self.app.ui.overlays.len() != depth && self.app.ui.toast == before {
            self.app.ui.toast = None;
        }
    }

    fn press(&mut self, key: Key) {
        if let Some(overlay) = self.app.ui.overlays.pop() {
            self.overlay_key(overlay, key);
        } else if let Some(command) = self.app.keymap.command(key, self.app.ui.focus) {
            self.command(command);
        } else {
            self.explain(key);
        }
    }

    /// Says why a key does nothing here.
    fn explain(&mut self, key: Key) {
        let elsewhere = Pane::ALL.into_iter().find(|pane| self.app.keymap.command(key, *pane).is_some());
        let text = match elsewhere {
            Some(pane) => format!("{key} works in {}: {} goes there", pane.title(), pane.number()),
            None => format!("{key} does nothing: ? lists the keys"),
        };
        self.toast(text, false);
    }

    /// Records a fact, with placeholders for its secrets: it is folded in at once and goes to disk with this turn's
    /// effects.
    fn record(&mut self, by: Author, mut event: Event) {
        if self.app.incident.id.is_none() && !matches!(event, Event::IncidentOpened { .. }) {
            self.open_incident();
        }
        let masked = self.hide_in(&mut event);
        if matches!(by, Author::Person(_)) && !matches!(event, Event::CommandCopied { .. }) {
            self.masked += masked;
        }
        let seq = self.app.incident.last_seq + 1;
        let recorded = Recorded { seq, at: self.now, by, event };
        let held = Held::of(self.app);
        self.app.incident.apply(&recorded);
        held.restore(self.app);
        self.events.push(recorded);
    }

    fn record_by_person(&mut self, event: Event) {
        self.record(Author::Person(self.app.person.clone()), event);
    }

    fn toast(&mut self, text: impl Into<String>, bad: bool) {
        let until = self.now + TOAST;
        self.app.ui.toast = Some(Toast { text: text.into(), bad, until });
        self.effects.push(Effect::Wake(until));
    }

    /// What follows from the new state whatever the message was.
    fn settle(&mut self) {
        self.tell_masked();
        let expired = |until: Timestamp| until <= self.now;
        if self.app.ui.toast.as_ref().is_some_and(|toast| expired(toast.until)) {
            self.app.ui.toast = None;
        }
        if self.app.ui.quit_armed.is_some_and(expired) {
            self.app.ui.quit_armed = None;
        }
        self.app.notice();
        if self.app.ui.fresh.is_there(self.now) {
            self.looked();
        }
        self.renew_strip();
        self.schedule_analysis();
        self.consider_model();
        self.keep_session(false);
    }

    fn finish(self) -> Vec<Effect> {
        let mut effects = self.effects;
        if let (Some(incident), false) = (self.app.incident.id.clone(), self.events.is_empty()) {
            effects.insert(0, Effect::Append { incident, events: self.events });
        }
        effects
    }
}

#[cfg(test)]
mod tests;
