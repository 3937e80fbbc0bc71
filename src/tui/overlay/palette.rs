//! Commands, found by a few letters.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::App;
use crate::app::moment::Goto;
use crate::app::palette::{self, Choice};
use crate::tui::look::Look;
use crate::tui::overlay::{boxed, popup};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span, spread};

/// Draws the palette.
pub fn draw(buffer: &mut Buffer, body: Rect, (query, selected): (&str, usize), app: &App, look: &Look) {
    let found = palette::choices(query, &app.clock());
    let selected = selected.min(found.len().saturating_sub(1));
    let title = counted("Commands", selected, found.len());
    let inner = boxed(buffer, popup(body, 76, 18), &title, look);
    let theme = &look.theme;
    let list = ask(buffer, inner, query, look);
    let columns = usize::from(inner.width);
    let mut rows = Rows::default();
    for (index, choice) in found.iter().enumerate() {
        let (title, name, key) = match choice {
            Choice::Do(info) => {
                let key = app.keymap.keys(info.command).first().map(ToString::to_string).unwrap_or_default();
                (info.title.to_owned(), info.name, key)
            }
            Choice::Go(Goto::Line(line)) => (format!("Go to line {line}"), "", String::new()),
            Choice::Go(Goto::Time(at)) => (format!("Go to {} UTC", app.clock_text(*at)), "", String::new()),
        };
        let left = vec![span(&title, theme.text)];
        // The words say what a command does; its name is for the file of keys.
        let name = if columns < 60 { String::new() } else { format!("{name}  ") };
        let right = vec![span(&name, theme.faded), span(&format!("{key:>6}"), theme.key)];
        rows.push(spread(left, right, columns));
        if index == selected {
            rows.focus = index..index + 1;
        }
    }
    if found.is_empty() {
        rows.push(span("No command has these letters.", theme.faded).into());
    }
    canvas::put_rows(buffer, list, &rows, Some(theme.selection));
}

/// A title that says which of how many is under the cursor.
pub(crate) fn counted(title: &str, selected: usize, count: usize) -> String {
    if count == 0 { title.to_owned() } else { format!("{title}: {} of {count}", selected + 1) }
}

/// The row with the letters, and the area below it.
pub(crate) fn ask(buffer: &mut Buffer, inner: Rect, query: &str, look: &Look) -> Rect {
    let row = Rect { height: inner.height.min(1), ..inner };
    let spans = vec![
        span("› ", look.theme.focus),
        span(query, look.theme.title),
        Span::styled(" ", look.theme.selection),
    ];
    canvas::put_row(buffer, row, &spans.into());
    Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
}
