//! What the cursors stand on, so that they stay on it when rows come and go around it.

use jiff::Timestamp;

use crate::app::App;
use crate::incident::Quote;
use crate::incident::triage::Hypothesis;

/// The timeline's entry and the piece of evidence under the cursors that count rows.
pub(super) struct Held {
    entry: Option<(Timestamp, String)>,
    piece: Option<String>,
}

impl Held {
    pub(super) fn of(app: &App) -> Self {
        let entry = app.ui.timeline.and_then(|row| {
            let lines = app.timeline();
            lines.get(row).map(|line| (line.entry.at, line.entry.text.clone()))
        });
        let cursor = app.ui.hypothesis.as_ref();
        let piece = cursor.and_then(|cursor| {
            let index = cursor.piece?;
            let hypothesis = find(app, &cursor.id)?;
            quotes(hypothesis).nth(index).map(|quote| quote.quote.clone())
        });
        Self { entry, piece }
    }

    /// Moves the cursors to where their rows are now; a row that is gone leaves its number.
    pub(super) fn restore(self, app: &mut App) {
        if let (Some(row), Some((at, text))) = (app.ui.timeline, self.entry) {
            let lines = app.timeline();
            let same = |at_row: usize| {
                lines.get(at_row).is_some_and(|line| line.entry.at == at && line.entry.text == text)
            };
            let found = if same(row) { Some(row) } else { (0..lines.len()).find(|row| same(*row)) };
            app.ui.timeline = Some(found.unwrap_or(row));
        }
        if let (Some(cursor), Some(text)) = (app.ui.hypothesis.clone(), self.piece) {
            let moved =
                find(app, &cursor.id).and_then(|found| quotes(found).position(|quote| quote.quote == text));
            if let (Some(piece), Some(cursor)) = (moved, app.ui.hypothesis.as_mut()) {
                cursor.piece = Some(piece);
            }
        }
    }
}

fn find<'a>(app: &'a App, id: &str) -> Option<&'a Hypothesis> {
    app.incident.hypotheses().into_iter().find(|hypothesis| hypothesis.id == id)
}

fn quotes(hypothesis: &Hypothesis) -> impl Iterator<Item = &Quote> {
    hypothesis.evidence.iter().chain(&hypothesis.against)
}
