//! Parts of a pane that share its height: each has a least number of rows, and what is left over goes to them in turn,
//! so that nothing is cut while a row stands empty.

use ratatui::text::Span;

use crate::tui::widget::rows::{Row, Rows, fit};
use crate::tui::widget::text::ELLIPSIS;

/// A part of a pane that can be shown in fewer rows than it has.
#[derive(Debug, Clone)]
pub struct Part {
    /// All its rows.
    whole: Vec<Row>,
    /// What stands for it in a single row.
    short: Row,
    /// How many rows it gets.
    shown: usize,
    /// Whether the cursor is on it.
    focus: bool,
    /// Shown whole or not at all.
    unbroken: bool,
}

impl Part {
    /// A part that gets a row at least.
    pub fn new(whole: Vec<Row>, short: Row) -> Self {
        let shown = whole.len().min(1);
        Self { whole, short, shown, focus: false, unbroken: false }
    }

    /// A part that is shown whole, or not at all where there is no room.
    pub fn unbroken(whole: Vec<Row>) -> Self {
        Self { whole, short: Row::default(), shown: 0, focus: false, unbroken: true }
    }

    /// The same with at least `rows` rows, as far as it has them.
    #[must_use]
    pub fn at_least(mut self, rows: usize) -> Self {
        self.shown = self.whole.len().min(rows);
        self
    }

    /// The same with the cursor on it or not.
    #[must_use]
    pub fn focused(mut self, focus: bool) -> Self {
        self.focus = focus;
        self
    }

    /// Whether nothing of it is shown.
    pub fn is_hidden(&self) -> bool {
        self.shown == 0 && !self.whole.is_empty()
    }

    /// Rows it gets.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// Takes up to `most` rows of `room`.
    pub fn grow(&mut self, room: &mut usize, most: usize) {
        let wanted = self.whole.len().min(most).saturating_sub(self.shown);
        let taken = if self.unbroken && wanted > *room { 0 } else { wanted.min(*room) };
        self.shown += taken;
        *room -= taken;
    }

    /// Adds what is shown to `rows` of a pane of `columns`.
    pub fn put(self, rows: &mut Rows, columns: usize) {
        let start = rows.rows.len();
        let cut = self.shown < self.whole.len();
        if self.shown == 1 && cut {
            rows.push(self.short);
        } else {
            rows.rows.extend(self.whole.into_iter().take(self.shown));
            if let Some(last) = rows.rows.last_mut().filter(|_| cut && self.shown > 0) {
                let style = last.spans.last().map(|span| span.style).unwrap_or_default();
                last.spans = fit(std::mem::take(&mut last.spans), columns.saturating_sub(2));
                last.spans.push(Span::styled(format!(" {ELLIPSIS}"), style));
            }
        }
        if self.focus {
            rows.focus_from(start);
        }
    }
}

/// The rows of `parts`, one below the other.
pub fn join(parts: impl IntoIterator<Item = Part>, columns: usize) -> Rows {
    let mut rows = Rows::default();
    for part in parts {
        part.put(&mut rows, columns);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(rows: usize) -> Part {
        let whole = (0..rows).map(|row| Row::from(format!("row {row}"))).collect();
        Part::new(whole, Row::from("short"))
    }

    fn text(part: Part) -> Vec<String> {
        join([part], 20).rows.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_part_is_shown_short_then_cut_then_whole() {
        let cases: [(usize, &[&str]); 4] = [
            (0, &["short"]),
            (1, &["row 0", "row 1 …"]),
            (2, &["row 0", "row 1", "row 2"]),
            (9, &["row 0", "row 1", "row 2"]),
        ];
        for (mut room, expected) in cases {
            let mut part = part(3);
            let before = room;
            part.grow(&mut room, usize::MAX);
            assert_eq!(before - room, part.shown() - 1);
            assert_eq!(text(part), expected);
        }
    }

    #[test]
    fn an_unbroken_part_is_never_cut() {
        for (mut room, expected) in [(2, 0), (3, 3)] {
            let mut part = Part::unbroken(part(3).whole);
            part.grow(&mut room, usize::MAX);
            assert_eq!(text(part).len(), expected);
        }
    }
}
