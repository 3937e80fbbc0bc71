//! Secrets on their way into the record: what a person gives is masked where it comes in, so that what is kept, the
//! bytes that quotes point at and all that follows are of one text. The values stay in memory, for the screen and for
//! what is copied.

use crate::app::App;
use crate::app::effect::Origin;
use crate::app::ui::{Purpose, Session};
use crate::app::update::Turn;
use crate::evidence::clean_text;
use crate::evidence::redaction::{Redactor, Veil, placeholders};
use crate::incident::{Event, SourceId, SourceSpec};
use crate::log::view::Line;

impl Turn<'_> {
    /// Puts placeholders in the place of secrets; how many.
    pub(super) fn mask(&self, text: &mut String) -> usize {
        self.app.mask(text)
    }

    /// As [`Self::mask`], also where a secret that is known stands by itself.
    pub(super) fn hide(&self, text: &mut String) -> usize {
        self.app.hide(text)
    }

    /// Hides the secrets in all texts of an event; how many.
    pub(super) fn hide_in(&self, event: &mut Event) -> usize {
        if let Event::PlaceholderFilled { name, value } = event {
            return self.hide_named(name, value);
        }
        let mut masked = 0;
        event.each_text(&mut |text| masked += self.mask(text));
        if let Some(veil) = self.app.veil() {
            event.each_text(&mut |text| {
                if let Some(hidden) = veil.hide(text) {
                    *text = hidden;
                    masked += 1;
                }
            });
        }
        masked
    }

    /// Hides a value that may be known as a secret by its name only.
    fn hide_named(&self, name: &str, value: &mut String) -> usize {
        let head = format!("{}=", name.replace(' ', "_"));
        let mut text = format!("{head}{value}");
        let masked = self.hide(&mut text);
        if let Some(hidden) = text.strip_prefix(&head).filter(|_| masked > 0) {
            hidden.clone_into(value);
        }
        masked
    }

    /// Says how much of what a person gave is not kept, beside what else was said.
    pub(super) fn tell_masked(&mut self) {
        let masked = std::mem::take(&mut self.masked);
        if masked == 0 {
            return;
        }
        let word = if masked == 1 { "secret" } else { "secrets" };
        let said = format!("{masked} {word} masked: kept in memory only");
        let until = self.now + super::TOAST;
        match self.app.ui.toast.as_mut().filter(|toast| toast.until == until) {
            Some(toast) => toast.text = format!("{} · {said}", toast.text),
            None => self.toast(said, false),
        }
    }

    /// Where the lines of a request come from, when it is a stream. A command whose secret is not known any more cannot
    /// run: what an earlier session read of it is shown.
    pub(super) fn origin(&mut self, spec: &SourceSpec) -> Option<Origin> {
        match spec {
            SourceSpec::Stdin => Some(Origin::Stdin),
            SourceSpec::Command(command) => {
                let command = self.app.vault.restore(command);
                if placeholders(&command).is_empty() {
                    return Some(Origin::Command(command));
                }
                self.toast("A command is not run again: its secret was not kept; open it anew", true);
                Some(Origin::Kept)
            }
            SourceSpec::Journal(unit) => Some(Origin::Journal(unit.clone())),
            SourceSpec::File(_) | SourceSpec::Glob(_) | SourceSpec::Directory(_) | SourceSpec::Context(_) => {
                None
            }
        }
    }

    /// Puts the values back into a line of a text that was masked when it came in.
    pub(super) fn unmask(&self, line: &mut Line) {
        if self.app.is_text(line.source) && line.text.contains('<') {
            let restored = self.app.vault.restore(&line.text);
            if restored != line.text {
                line.text = clean_text(&restored);
            }
        }
    }
}

impl App {
    fn mask(&self, text: &mut String) -> usize {
        let redacted = Redactor::default().redact(text, &self.vault);
        if redacted.masked > 0 {
            *text = redacted.text;
        }
        redacted.masked
    }

    /// What hides secrets that are known where they stand by themselves; absent where none is known.
    fn veil(&self) -> Option<Veil> {
        if self.vault.is_empty() {
            return None;
        }
        let mut used = serde_json::to_string(&self.incident.triage).unwrap_or_default();
        used.extend(self.incident.filled.values().map(String::as_str));
        Some(self.vault.veil(&used))
    }

    fn hide(&self, text: &mut String) -> usize {
        let masked = self.mask(text);
        match self.veil().and_then(|veil| veil.hide(text)) {
            Some(hidden) => {
                *text = hidden;
                masked.max(1)
            }
            None => masked,
        }
    }

    /// Whether a source is a text that a person gave, or the notes.
    fn is_text(&self, source: SourceId) -> bool {
        source == crate::evidence::case_file::NOTES
            || self.incident.sources.get(&source).is_some_and(|state| state.text.is_some())
    }

    /// The interface state as it may be kept: a draft without its secrets, and no search for one.
    pub(super) fn sealed_session(&self, mut session: Session) -> Session {
        let veil = self.veil();
        let is_open = |text: &String| {
            self.mask(&mut text.clone()) == 0 && veil.as_ref().is_none_or(|veil| veil.hide(text).is_none())
        };
        session.filters.retain(is_open);
        session.searches.retain(is_open);
        if !is_open(&session.query) {
            session.query.clear();
        }
        if !is_open(&self.filter_text(&session.filter)) {
            session.filter = crate::log::filter::Filter::default();
        }
        // A value for a command is typed again: it may be a secret by its name only.
        session.draft.take_if(|draft| matches!(draft.purpose, Purpose::Placeholder { .. }));
        if let Some(draft) = &mut session.draft {
            self.hide(&mut draft.text);
            if let Purpose::Bookmark { bookmark } = &mut draft.purpose {
                self.hide(&mut bookmark.text);
            }
        }
        session
    }
}
