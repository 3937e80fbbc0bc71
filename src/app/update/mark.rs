//! Bookmarks: setting, naming, taking away, and going from one to the next.

use crate::app::ui::{Overlay, Purpose};
use crate::app::update::Turn;
use crate::incident::{Bookmark, Event, Place};
use crate::log::view::{Line, Scope};

impl Turn<'_> {
    /// Asks for the name of a bookmark on the line under the cursor, or takes away the one that is there.
    pub(super) fn bookmark(&mut self) {
        let Some(line) = self.app.ui.context.current() else {
            return self.toast("There is no line to mark", false);
        };
        let bookmark = on(line);
        if self.app.incident.bookmarks.contains_key(&bookmark.place) {
            self.record_by_person(Event::BookmarkRemoved { place: bookmark.place });
            return self.toast("Bookmark taken away", false);
        }
        self.open(Overlay::Input(crate::app::ui::Input {
            purpose: Purpose::Bookmark { bookmark: Box::new(bookmark) },
            text: String::new(),
        }));
    }

    pub(super) fn submit_bookmark(&mut self, mut bookmark: Bookmark, name: String) {
        bookmark.name = name;
        self.record_by_person(Event::LineBookmarked { bookmark });
        self.toast("Marked: } and { go from mark to mark, B lists them", false);
    }

    /// Takes the bookmark of this row of the list away.
    pub(super) fn remove_bookmark(&mut self, row: usize) {
        let place = self.app.bookmarks(None).get(row).map(|bookmark| bookmark.place);
        if let Some(place) = place {
            self.record_by_person(Event::BookmarkRemoved { place });
        }
    }

    pub(super) fn next_bookmark(&mut self, forward: bool) {
        let context = &self.app.ui.context;
        let marks = self.app.bookmarks(context.scope);
        if marks.is_empty() {
            return self.toast("There is no bookmark here: b sets one", false);
        }
        let key = |bookmark: &Bookmark| (bookmark.at, bookmark.place.source, bookmark.place.start);
        let here = context.current().map(|line| key(&on(line)));
        let next = if forward {
            marks.iter().find(|mark| here.is_none_or(|here| key(mark) > here)).or(marks.first())
        } else {
            marks.iter().rev().find(|mark| here.is_none_or(|here| key(mark) < here)).or(marks.last())
        };
        let Some(place) = next.map(|mark| mark.place) else { return };
        if context.is_filtered() {
            self.jump(place);
        } else {
            self.center(place);
        }
    }
}

impl crate::app::App {
    /// Bookmarks in what is shown, or all of them, by time.
    pub fn bookmarks(&self, scope: Option<Scope>) -> Vec<&Bookmark> {
        let shown = |bookmark: &&Bookmark| {
            scope.and_then(Scope::source).is_none_or(|one| one == bookmark.place.source)
        };
        let mut marks: Vec<&Bookmark> = self.incident.bookmarks.values().filter(shown).collect();
        marks.sort_by_key(|mark| (mark.at, mark.place));
        marks
    }
}

/// A bookmark on a line, without a name.
fn on(line: &Line) -> Bookmark {
    let mut end = line.text.len().min(Bookmark::TEXT_MAX);
    while !line.text.is_char_boundary(end) {
        end -= 1;
    }
    Bookmark {
        place: Place { source: line.source, start: line.start, end: line.end },
        name: String::new(),
        text: line.text[..end].trim().to_owned(),
        line: line.number,
        at: line.at,
    }
}
