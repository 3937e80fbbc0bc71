//! Texts written in the person's own editor.

use crate::app::effect::Effect;
use crate::app::ui::{Input, Overlay, Purpose};
use crate::app::update::Turn;

impl Turn<'_> {
    /// Goes on with a text in a program of the person's own.
    pub(super) fn write_outside(&mut self, purpose: Purpose) {
        if purpose.one_line() {
            return self.toast("A text of one line is written here", false);
        }
        let under_way =
            matches!(self.app.ui.overlays.last(), Some(Overlay::Input(input)) if input.purpose == purpose);
        if !under_way {
            self.write(purpose.clone());
        }
        let Some(Overlay::Input(input)) = self.app.ui.overlays.last() else { return };
        let name = match purpose {
            Purpose::Postmortem => "postmortem.md",
            Purpose::Update => "update.md",
            Purpose::Context => "context.md",
            _ => "note.md",
        };
        self.effects.push(Effect::Edit { name: name.to_owned(), text: input.text.clone() });
        self.app.ui.outside = Some(purpose);
    }

    /// A text came back from there. It is looked at before it is kept.
    pub(super) fn written(&mut self, answer: Result<String, String>) {
        let Some(purpose) = self.app.ui.outside.take() else { return };
        let text = match answer {
            Ok(text) => text.trim_end_matches('\n').to_owned(),
            Err(why) => return self.toast(why, true),
        };
        match self.app.ui.overlays.last_mut() {
            Some(Overlay::Input(input)) if input.purpose == purpose => {
                input.text = text;
                self.toast("Taken from the editor: Ctrl-d keeps it", false);
            }
            _ => {
                self.app.ui.kept_draft = Some(Input { purpose, text });
                self.toast("Taken from the editor as a draft: its key goes on with it", false);
            }
        }
    }
}
