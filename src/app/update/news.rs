//! What the log engine says.

use crate::app::effect::Origin;
use crate::app::ui::Seek;
use crate::app::update::Turn;
use crate::incident::{Author, Event, SourceChange};
use crate::log::engine::News;
use crate::log::view::Window;

impl Turn<'_> {
    pub(super) fn news(&mut self, news: News) {
        match news {
            News::Discovered { spec, paths } => {
                for path in paths {
                    self.attach(spec.clone(), path);
                }
                self.show_first_source();
            }
            News::Indirect { source, path } => self.stream(source, Origin::File(path)),
            News::LeftOut { spec, files } => {
                self.toast(format!("{spec} leads to {files} more files than are followed: name fewer"), true);
            }
            News::Untold { reason } => {
                let (first, rest) = reason.split_at(reason.chars().next().map_or(0, char::len_utf8));
                self.toast(format!("{}{rest}", first.to_uppercase()), false);
            }
            News::Changed { source, change } => {
                let trouble = self.app.incident.sources.get(&source).and_then(|state| state.trouble.as_ref());
                // That the empty rest of it is over says nothing, and would hide why.
                if change == SourceChange::Ended && matches!(trouble, Some(SourceChange::Unreadable { .. })) {
                    return;
                }
                self.record(Author::Sevdeck, Event::SourceChanged { source, change });
            }
            News::Digest(digest) => {
                if digest.revision != self.app.digest.revision {
                    self.app.analysis.wanted = true;
                }
                self.app.digest = digest;
                self.outdate_strip();
            }
            News::Window(window) => self.window(window),
            News::Counted(answer) => self.counted(answer),
            News::Zoomed(answer) => self.zoomed(answer),
            News::Found(answer) => self.found(answer),
            News::Searching { id, share } => self.searching(id, share),
        }
    }

    fn window(&mut self, mut window: Window) {
        window.lines.iter_mut().for_each(|line| self.unmask(line));
        let context = &mut self.app.ui.context;
        if window.scope != context.scope {
            return;
        }
        context.window = window;
        if context.window.following {
            context.cursor = None;
            context.lines_seen = context.window.lines_total;
            return;
        }
        let lines = &context.window.lines;
        let row = match context.seek {
            Some(Seek::Place(place)) => lines.iter().position(|line| line.holds(place)),
            // A line without a time stands with the one before it.
            Some(Seek::Time(at)) => lines.iter().position(|line| line.at.is_some_and(|time| time >= at)),
            Some(Seek::Line(number)) => lines.iter().position(|line| line.number == Some(number)),
            None => None,
        };
        if row.is_some() {
            context.cursor = row;
            context.seek = None;
        }
        context.cursor = Some(context.cursor.unwrap_or(0).min(lines.len().saturating_sub(1)));
    }
}
