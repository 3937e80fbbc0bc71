//! A text without anything beside it, to be selected with the terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::view::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::rows::Rows;

/// Draws the text from the left edge on, words unbroken as far as they fit.
pub fn draw(buffer: &mut Buffer, body: Rect, text: &str, look: &Look) {
    canvas::clear(buffer, body, look.theme.text);
    let mut rows = Rows::default();
    rows.wrap(0, text, look.theme.text, usize::from(body.width));
    canvas::put_rows(buffer, body, &rows, None);
}
