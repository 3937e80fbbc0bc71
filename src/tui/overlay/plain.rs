//! A text without anything beside it, to be selected with the terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::look::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::rows::Rows;
use crate::tui::widget::text::wrap;

/// Draws the text from the left edge and from row `top` on, words unbroken as far as they fit.
pub fn draw(buffer: &mut Buffer, body: Rect, (text, top): (&str, usize), look: &Look) {
    canvas::clear(buffer, body, look.theme.text);
    let mut rows = Rows::default();
    rows.wrap(0, text, look.theme.text, usize::from(body.width));
    rows.top = Some(top.min(rows.rows.len().saturating_sub(usize::from(body.height))));
    canvas::put_rows(buffer, body, &rows, None);
}

/// The largest first row that makes sense in a terminal of this size.
pub fn last_row(text: &str, (columns, rows): (u16, u16)) -> usize {
    let columns = usize::from(columns);
    wrap(text, columns, columns).len().saturating_sub(usize::from(rows.saturating_sub(3)))
}
