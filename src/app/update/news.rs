//! What the log engine says.

use crate::app::effect::Origin;
use crate::app::update::Turn;
use crate::incident::{Author, Event};
use crate::log::engine::News;
use crate::log::view::{Scope, Window};

impl Turn<'_> {
    pub(super) fn news(&mut self, news: News) {
        match news {
            News::Discovered { spec, path } => self.attach(spec, path, true),
            News::Indirect { source, path } => self.stream(source, Origin::File(path)),
            News::LeftOut { spec, files } => {
                self.toast(format!("{spec} leads to {files} more files than are followed: name fewer"), true);
            }
            News::Changed { source, change } => {
                self.record(Author::Sevdeck, Event::SourceChanged { source, change });
            }
            News::Digest(digest) => {
                if digest.revision != self.app.digest.revision {
                    self.app.analysis.wanted = true;
                }
                self.app.digest = digest;
            }
            News::Window(window) => self.window(window),
            News::Counted(_) | News::Zoomed(_) => {}
            News::Found(answer) => {
                if answer.id != self.app.ui.context.search_id {
                    return;
                }
                if let Some(hit) = answer.hit {
                    self.center(hit);
                    if answer.wrapped {
                        self.toast("Search went on from the other end", false);
                    }
                } else {
                    let text = format!("“{}” is not in {}", self.app.ui.context.query, self.shown_name());
                    self.toast(text, true);
                }
            }
        }
    }

    fn window(&mut self, window: Window) {
        let context = &mut self.app.ui.context;
        if window.scope.and_then(Scope::source) != context.source {
            return;
        }
        context.window = window;
        if context.window.following {
            context.cursor = None;
            context.lines_seen = context.window.lines_total;
            return;
        }
        let lines = &context.window.lines;
        if let (true, Some(place)) = (context.seeking, context.highlight) {
            let row = lines.iter().position(|line| line.start <= place.start && place.start <= line.end);
            if row.is_some() {
                context.cursor = row;
                context.seeking = false;
            }
        }
        context.cursor = Some(context.cursor.unwrap_or(0).min(lines.len().saturating_sub(1)));
    }

    fn shown_name(&self) -> String {
        let source = self.app.ui.context.source;
        source.map_or_else(|| "the context".to_owned(), |source| self.source_title(source))
    }
}
