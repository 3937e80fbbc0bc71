//! What the application asks of the terminal: another theme, a copy, a picture, the terminal for another program.

use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::runtime::Pipe;
use crate::tui::clipboard::{self, Route};
use crate::tui::run::{Cockpit, HUNG_UP, theme_changed};
use crate::tui::{picture, terminal, view};

impl Cockpit<'_> {
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Quit(code) => self.ended = Some(code),
            Effect::Redraw => {
                self.screen.terminal.redraw();
                self.screen.pace.key();
            }
            Effect::Suspend => {
                self.screen.terminal.suspend();
                self.back();
            }
            effect @ Effect::Edit { .. } => self.lending = Some(effect),
            Effect::NextTheme => self.next_theme(),
            Effect::Copy(text) => self.copy(&text),
            Effect::Picture => self.picture(),
            Effect::Mouse(on) => {
                if !self.screen.terminal.mouse(on) {
                    self.app.ui.mouse = false;
                    self.handle(Msg::Broken("This terminal tells nothing of the mouse".to_owned()));
                }
            }
            other => self.runtime.execute(other),
        }
    }

    /// The terminal is ours again.
    pub(super) fn back(&mut self) {
        if self.screen.terminal.take_back().is_err() {
            self.ended = Some(HUNG_UP);
        }
        self.screen.size = terminal::size();
        self.resized();
        self.screen.pace.key();
    }

    /// A theme file that is being written shows at once.
    pub(super) fn renew_theme(&mut self) {
        match self.screen.renew_theme(&self.app.ui.theme) {
            Some(refused) if refused.is_empty() => self.perform(Effect::Redraw),
            Some(refused) => self.handle(Msg::Broken(refused.join("; "))),
            None => {}
        }
    }

    fn next_theme(&mut self) {
        let names = self.screen.options.themes.names();
        let at = names.iter().position(|name| *name == self.app.ui.theme);
        let next = names[at.map_or(0, |at| at + 1) % names.len()].to_owned();
        self.screen.look.theme = self.screen.options.themes.get(&next);
        self.screen.theme_changed = theme_changed(&self.screen.options, &next);
        self.handle(Msg::Themed(next));
    }

    /// Writes the screen as it is now into a file that any browser shows.
    fn picture(&mut self) {
        let mut buffer = terminal::page(self.screen.size);
        view::paint(&mut buffer, self.app, &self.screen.look, None);
        let name = format!("sevdeck-{}.svg", self.app.now.strftime("%Y%m%d-%H%M%S"));
        let folder = &self.screen.options.pictures;
        let file = folder.join(name);
        let written =
            std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, picture::svg(&buffer)));
        match written {
            Ok(()) => self.handle(Msg::Copied(Ok(format!("Picture of the screen: {}", file.display())))),
            Err(error) => self.handle(Msg::Broken(format!("{}: {error}", file.display()))),
        }
    }

    fn copy(&mut self, text: &str) {
        self.runtime.keep_copy(text);
        let caution = clipboard::caution(text);
        let mut programs = Vec::new();
        let mut sent = None;
        for route in clipboard::plan(&self.screen.options.clipboard, text) {
            match route {
                Route::Command { argv, stdin, sent } => {
                    programs.push(Pipe { argv, input: stdin, sent: format!("{sent}{caution}") });
                }
                Route::Bytes { bytes, sent: said } => {
                    if self.screen.terminal.write(&bytes).is_ok() {
                        sent = Some(format!("{said}{caution}"));
                    }
                }
            }
        }
        match (programs.is_empty(), sent) {
            (true, Some(sent)) => self.handle(Msg::Copied(Ok(sent))),
            (true, None) => {
                let why = "Too long for the terminal's clipboard: Y shows it plainly, to select it there";
                self.handle(Msg::Copied(Err(why.to_owned())));
            }
            (false, sent) => self.runtime.pipe(programs, sent),
        }
    }
}
