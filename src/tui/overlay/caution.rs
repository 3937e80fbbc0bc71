//! A command that changes the system, before it is copied: what it is, what can go wrong, how it is taken back.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::app::ui::Caution;
use crate::tui::look::Look;
use crate::tui::overlay::{boxed, popup};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span};

/// Widest box.
const WIDEST: u16 = 92;

/// Draws the box; where it is too low for all of it, the command goes before the rest.
pub fn draw(buffer: &mut Buffer, body: Rect, caution: &Caution, app: &App, look: &Look) {
    let theme = &look.theme;
    let columns = usize::from(body.width.min(WIDEST).saturating_sub(4));
    let mut rows = Rows::default();
    rows.hang(vec![span("$ ", theme.faded)], &app.filled(&caution.command), theme.command, columns);
    rows.gap();
    for (name, text) in [("risk     ", &caution.risk), ("rollback ", &caution.rollback)] {
        if !text.is_empty() {
            rows.hang(vec![span(name, theme.faded)], text, theme.text, columns);
        }
    }
    rows.push(
        vec![
            span("c", theme.key),
            span(" copies it   ", theme.text),
            span("Esc", theme.key),
            span(" does not", theme.text),
        ]
        .into(),
    );
    let wanted = rows.rows.len() as u16 + 2;
    let inner = boxed(buffer, popup(body, WIDEST, wanted), "This changes the system", look);
    let (height, last) = (usize::from(inner.height), rows.rows.len().saturating_sub(1));
    if rows.rows.len() > height {
        // The keys are always on screen.
        let keys = rows.rows.remove(last);
        rows.rows.truncate(height.saturating_sub(1));
        rows.push(keys);
    }
    canvas::put_rows(buffer, inner, &rows, None);
}
