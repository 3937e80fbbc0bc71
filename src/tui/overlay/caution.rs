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
    let height = usize::from(inner.height);
    if rows.rows.len() > height {
        // What it does and the keys are always on screen.
        rows.rows.retain(|row| row.width() > 0);
        let keys = rows.rows.pop();
        if rows.rows.len() + 1 > height {
            rows.rows.truncate(height.saturating_sub(2));
            rows.push(span("… more: make the window higher", theme.faded).into());
        }
        rows.rows.extend(keys);
    }
    canvas::put_rows(buffer, inner, &rows, None);
}
