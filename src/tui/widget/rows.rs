//! Rows of styled text, as panes and documents hand them to the canvas.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::widget::text::{clean, cut, width, wrap};

/// One row of a pane.
pub type Row = Line<'static>;

/// The rows of a pane or document, and which of them are under the cursor.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// All rows.
    pub rows: Vec<Row>,
    /// Rows of the item under the cursor.
    pub focus: Range<usize>,
    /// How many rows of the focus are set off; `None` for all of them.
    pub set_off: Option<usize>,
    /// First row to show, where the pane decides itself.
    pub top: Option<usize>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a row without text.
    pub fn gap(&mut self) {
        self.rows.push(Row::default());
    }

    /// Adds `text` wrapped into `columns`, its further lines below its first one, behind `prefix`.
    pub fn hang(&mut self, prefix: Vec<Span<'static>>, text: &str, style: Style, columns: usize) {
        let indent = prefix.iter().map(|span| width(&span.content)).sum();
        self.hang_at(indent, prefix, (text, style), columns);
    }

    /// The same with further lines at a column of their own.
    pub fn hang_at(
        &mut self,
        indent: usize,
        prefix: Vec<Span<'static>>,
        (text, style): (&str, Style),
        columns: usize,
    ) {
        let used: usize = prefix.iter().map(|span| width(&span.content)).sum();
        let mut prefix = Some(prefix);
        for line in wrap(text, columns.saturating_sub(used), columns.saturating_sub(indent)) {
            let mut spans = prefix.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(indent.min(columns)))]);
            spans.push(Span::styled(line, style));
            self.rows.push(Row::from(spans));
        }
    }

    /// Adds `text` wrapped into `columns` with `indent` spaces before every line.
    pub fn wrap(&mut self, indent: usize, text: &str, style: Style, columns: usize) {
        self.hang(vec![Span::raw(" ".repeat(indent))], text, style, columns);
    }

    /// Marks everything from row `start` on as under the cursor.
    pub fn focus_from(&mut self, start: usize) {
        self.focus = start..self.rows.len();
    }
}

/// A span of cleaned text.
pub fn span(text: &str, style: Style) -> Span<'static> {
    Span::styled(clean(text).into_owned(), style)
}

/// A row with `left` from the left and `right` at the right edge; the left gives way.
pub fn spread(left: Vec<Span<'static>>, right: Vec<Span<'static>>, columns: usize) -> Row {
    let right_width: usize = right.iter().map(|span| width(&span.content)).sum();
    if right_width == 0 || right_width + 4 > columns {
        return Row::from(fit(left, columns));
    }
    let mut spans = fit(left, columns - right_width - 1);
    let used: usize = spans.iter().map(|span| width(&span.content)).sum();
    spans.push(Span::raw(" ".repeat(columns.saturating_sub(used + right_width))));
    spans.extend(right);
    Row::from(spans)
}

/// `spans` in at most `columns`; what does not fit is cut with an ellipsis.
pub fn fit(spans: Vec<Span<'static>>, columns: usize) -> Vec<Span<'static>> {
    let mut left = columns;
    let mut fitted = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = width(&span.content);
        if wide <= left {
            left -= wide;
            fitted.push(span);
        } else {
            fitted.push(Span::styled(cut(&span.content, left), span.style));
            break;
        }
    }
    fitted
}
