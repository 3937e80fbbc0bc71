//! Lines of the sources: what is shown above, which lines of it, records over time, the lines.

mod line;
mod status;
mod strip;
mod title;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{Scope, What};
use crate::incident::SourceSpec;
use crate::tui::layout;
use crate::tui::pane::context::line::Pen;
use crate::tui::pane::{View, teach};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::Rows;

pub(crate) use line::source_style;
pub use title::aside;

/// Draws everything below the title; `view` is of the whole area.
pub fn draw(buffer: &mut Buffer, area: Rect, view: &View<'_>) {
    let app = view.app;
    let parts = layout::context(area, app.ui.size, &app.ui);
    if let Some(area) = parts.status {
        canvas::put_row(buffer, area, &status::row(view));
    }
    if let Some(area) = parts.strip {
        strip::draw(buffer, area, view);
    }
    let view = View { height: usize::from(parts.lines.height), ..*view };
    let rows = rows(&view);
    canvas::put_rows(buffer, parts.lines, &rows, view.focused.then_some(view.look.theme.selection));
}

/// The lines.
fn rows(view: &View<'_>) -> Rows {
    let app = view.app;
    let context = &app.ui.context;
    if app.ui.loading {
        return teach(view, "Loading the incident…", &[]);
    }
    if app.incident.sources.is_empty() {
        return without_source(view);
    }
    if context.window.lines.is_empty() {
        return without_lines(view);
    }
    let pen = Pen::new(view);
    let mut rows = Rows::default();
    for (index, line) in context.window.lines.iter().enumerate() {
        let under_cursor = context.cursor == Some(index);
        let start = rows.rows.len();
        if under_cursor || context.wrap.unwrap_or(view.zoomed) {
            pen.whole(&mut rows, line, under_cursor);
            if under_cursor {
                rows.focus_from(start);
            }
        } else {
            rows.push(pen.row(line));
        }
    }
    if context.cursor.is_none() {
        // A window taller than the pane (after a resize, before the answer) shows its newest lines.
        rows.top = Some(rows.rows.len().saturating_sub(view.height));
    }
    rows
}

/// Why there are no lines, and what to do about it.
fn without_lines(view: &View<'_>) -> Rows {
    let app = view.app;
    let context = &app.ui.context;
    let name = match context.scope {
        Some(Scope::Merged) => "the logs",
        Some(scope) => app.scope_name(scope),
        None => "the sources",
    };
    if context.is_filtered() {
        let lead = match status::looking(view) {
            Some(share) => {
                format!("Looking for lines that pass the filter: {:.0} % of {name} so far.", share * 100.0)
            }
            None => format!("No line of {name} passes the filter so far. New lines that pass appear here."),
        };
        let exact = context.filter.terms.iter().any(|term| match &term.what {
            What::Text(pattern) => pattern.text.chars().any(char::is_uppercase),
            What::Template(_) => false,
        });
        let lead = if exact { format!("{lead} A capital letter in a word makes case matter.") } else { lead };
        let ways = [("f", "change the filter"), ("c", "show all lines"), ("V", "a level less severe")];
        // All but the first are keys of the pane.
        let most = if context.filter.level.is_some() { 3 } else { 2 };
        return teach(view, &lead, &ways[..if view.focused { most } else { 1 }]);
    }
    let lead = format!("No lines in {name} yet. They appear here as they are written.");
    let silent = match context.scope {
        Some(Scope::Source(source)) => vec![source],
        _ => app.logs().collect(),
    };
    let mut rows = Rows::default();
    rows.gap();
    for why in silent.into_iter().filter_map(|source| app.why_silent(source)).take(view.height.max(1)) {
        rows.wrap(2, &why, view.look.theme.text, view.width.saturating_sub(1));
    }
    if rows.rows.len() > 1 { rows } else { teach(view, &lead, &[]) }
}

fn without_source(view: &View<'_>) -> Rows {
    let requested = &view.app.incident.requested;
    if let Some(first) = requested.first() {
        let more =
            if requested.len() > 1 { format!(" and {} more", requested.len() - 1) } else { String::new() };
        let lead = match first {
            SourceSpec::Directory(folder) => format!(
                "No log in {folder} yet{more}. Files named *.log, *.txt, *.out, *.err, *.json or like a system log \
                 are read as they appear; '{folder}/*' would read any."
            ),
            SourceSpec::Glob(pattern) => {
                format!(
                    "No file matches {pattern} yet{more}. Files are read as they appear; check the pattern."
                )
            }
            _ => format!("Waiting for {first}{more}. Lines appear here as soon as there are any."),
        };
        return teach(view, &lead, &[]);
    }
    teach(view, "Nothing to read yet.", &WAYS_TO_START)
}

/// What a person can do who started without a source.
pub(crate) const WAYS_TO_START: [(&str, &str); 3] = [
    ("p", "paste an alert, chat, metrics or log lines"),
    ("I", "go on with an earlier incident"),
    ("L", "open logs of this host"),
];

/// A number with its thousands set off.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_off() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), expected);
        }
    }
}
