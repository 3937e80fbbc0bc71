//! Writing into the frame's cells, always clipped.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::tui::widget::rows::{Row, Rows};
use crate::tui::widget::scroll;
use crate::tui::widget::text::clean;

/// Writes `text` at a column and row of `area`, cut at its edge; the column after it.
pub fn put(buffer: &mut Buffer, area: Rect, (column, row): (u16, u16), text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if row >= area.height || column >= area.width {
        return column;
    }
    let x = area.x + column;
    let room = usize::from(area.width - column);
    let (end, _) = buffer.set_stringn(x, area.y + row, clean(text), room, style);
    end - area.x
}

/// Writes a row at the top of `area`, cut at its edge.
pub fn put_row(buffer: &mut Buffer, area: Rect, row: &Row) {
    let mut column = 0;
    for span in &row.spans {
        column = put(buffer, area, (column, 0), &span.content, row.style.patch(span.style));
    }
}

/// The rows of `area`, top to bottom.
pub fn lines(area: Rect) -> impl Iterator<Item = Rect> {
    (0..area.height).map(move |row| Rect { y: area.y + row, height: 1, ..area })
}

/// Writes rows with the focus in view; `selection` lies over the rows of the focus. Returns the number of rows hidden
/// above and below.
pub fn put_rows(buffer: &mut Buffer, area: Rect, rows: &Rows, selection: Option<Style>) -> (usize, usize) {
    let height = usize::from(area.height);
    let top = rows.top.unwrap_or_else(|| scroll::top(rows.rows.len(), height, &rows.focus));
    for ((number, row), line) in rows.rows.iter().enumerate().skip(top).zip(lines(area)) {
        put_row(buffer, line, row);
        let set_off = rows.set_off.unwrap_or(rows.focus.len());
        let is_set_off = rows.focus.clone().take(set_off).any(|row| row == number);
        if let Some(style) = selection.filter(|_| is_set_off) {
            buffer.set_style(line.intersection(buffer.area), style);
            put_marks(buffer, line, row, style);
        }
    }
    (top, rows.rows.len().saturating_sub(top + height))
}

/// Sets what stands out by its background (a hit of the search) off from the selection that lies over the row.
fn put_marks(buffer: &mut Buffer, line: Rect, row: &Row, selection: Style) {
    let reversed = |style: Style| style.add_modifier.contains(Modifier::REVERSED);
    let mut column = 0;
    for span in &row.spans {
        let columns = span.content.width() as u16;
        let area = Rect { x: line.x.saturating_add(column), width: columns, ..line }.intersection(line);
        column = column.saturating_add(columns);
        if span.style.bg.is_none() && !reversed(span.style) {
            continue;
        }
        let mut style = Style::reset().patch(span.style);
        if reversed(span.style) && reversed(selection) {
            style = style.remove_modifier(Modifier::REVERSED);
        }
        buffer.set_style(area.intersection(buffer.area), style);
    }
}

/// Empties `area` for something that lies over the panes, without leaving half of a wide character at its edge.
pub fn clear(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for line in lines(area) {
        if line.x > buffer.area.x {
            let before = &mut buffer[(line.x - 1, line.y)];
            if before.symbol().width() > 1 {
                before.set_symbol(" ");
            }
        }
        for x in line.left()..line.right() {
            buffer[(x, line.y)].reset();
        }
    }
    buffer.set_style(area, style);
}
