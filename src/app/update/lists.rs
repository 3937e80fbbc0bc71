//! Keys in the lists of sources and of templates.

use crate::app::key::Key;
use crate::app::palette;
use crate::app::templates::TemplateList;
use crate::app::ui::{Overlay, Pane};
use crate::app::update::Turn;

/// Rows that a page key moves by in the list of templates.
const PAGE: usize = 10;

impl Turn<'_> {
    pub(super) fn sources_key(&mut self, mut query: String, selected: usize, key: Key) {
        let found = palette::sources(&query, self.app);
        if key == Key::Enter {
            if let Some(scope) = found.get(selected) {
                self.app.ui.focus = Pane::Context;
                self.choose(*scope);
            }
        } else if let Some(selected) = listed(&mut query, selected, found.len(), key) {
            self.open(Overlay::Sources { query, selected });
        }
    }

    /// Letters find, Tab sorts anew, Enter and `-` choose what the context shows.
    pub(super) fn templates_key(&mut self, mut list: TemplateList, key: Key) {
        let digest = std::sync::Arc::clone(&self.app.digest);
        let found = list.found(&digest);
        let (row, last) = (list.row(&found), found.len().saturating_sub(1));
        let selected = found.get(row).map(|one| one.id.clone());
        let moved = match key {
            Key::Esc | Key::Ctrl('c') => return,
            Key::Enter | Key::Char('-') => {
                match selected {
                    Some(id) => self.filter_by_template(&id, key == Key::Char('-')),
                    None => self.open(Overlay::Templates(list)),
                }
                return;
            }
            Key::Tab | Key::BackTab => {
                let sorted = TemplateList::sorted(&digest, list.sort.next(), list.query);
                return self.open(Overlay::Templates(sorted));
            }
            Key::Down | Key::Ctrl('n') => (row + 1).min(last),
            Key::Up | Key::Ctrl('p') => row.saturating_sub(1),
            Key::PageDown | Key::Ctrl('d') => (row + PAGE).min(last),
            Key::PageUp => row.saturating_sub(PAGE),
            Key::Home => 0,
            Key::End => last,
            key => {
                let before = list.query.clone();
                let _ = listed(&mut list.query, row, found.len(), key);
                if list.query != before {
                    list.selected = None;
                }
                return self.open(Overlay::Templates(list));
            }
        };
        list.selected = found.get(moved).map(|one| one.id.clone());
        self.open(Overlay::Templates(list));
    }
}

/// Editing keys of a list found by letters; `None` closes it.
pub(super) fn listed(query: &mut String, selected: usize, count: usize, key: Key) -> Option<usize> {
    let last = count.saturating_sub(1);
    Some(match key {
        Key::Esc | Key::Ctrl('c') => return None,
        Key::Down | Key::Ctrl('n') | Key::Tab => (selected + 1).min(last),
        Key::Up | Key::Ctrl('p') | Key::BackTab => selected.saturating_sub(1),
        Key::Backspace => {
            query.pop();
            0
        }
        Key::Ctrl('u') => {
            query.clear();
            0
        }
        Key::Char(c) => {
            query.push(c);
            0
        }
        _ => selected,
    })
}
