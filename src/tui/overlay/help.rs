//! Keys and what they do, from the table of commands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::App;
use crate::app::command::{COMMANDS, CommandInfo, Scope};
use crate::app::keymap::Keymap;
use crate::app::ui::Pane;
use crate::tui::look::Look;
use crate::tui::overlay::{shown, titled};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span};

/// Draws help from row `first` on, the keys of the pane with the focus first; a number past the end shows the end.
pub fn draw(buffer: &mut Buffer, body: Rect, first: usize, (app, look): (&App, &Look)) {
    let rows = rows(look, usize::from(body.width.min(100)), (app.ui.focus, &app.keymap));
    let at = shown(first, usize::from(body.height.saturating_sub(1)), rows.rows.len());
    let inner = titled(buffer, body, "Keys", &at, look);
    let last_top = rows.rows.len().saturating_sub(usize::from(inner.height));
    let rows = Rows { top: Some(first.min(last_top)), ..rows };
    canvas::put_rows(buffer, inner, &rows, None);
}

/// The largest first row that makes sense in a terminal of this size.
pub fn last_row((app, look): (&App, &Look), (columns, height): (u16, u16)) -> usize {
    rows(look, usize::from(columns.min(100)), (app.ui.focus, &app.keymap))
        .rows
        .len()
        .saturating_sub(usize::from(height.saturating_sub(4)))
}

/// All rows of help.
pub fn rows(look: &Look, columns: usize, (focus, keymap): (Pane, &Keymap)) -> Rows {
    let mut rows = Rows::default();
    let wide = if columns < 60 { 7 } else { 16 };
    let pane = |pane: Pane| (format!("In {}", pane.title()), Scope::In(pane));
    let others = Pane::ALL.into_iter().filter(|one| *one != focus);
    let everywhere = ("Everywhere".to_owned(), Scope::Anywhere);
    let scopes = [pane(focus), everywhere].into_iter().chain(others.map(pane));
    for (title, scope) in scopes {
        let commands: Vec<&CommandInfo> = COMMANDS
            .iter()
            .filter(|info| info.scope == scope && !keymap.keys(info.command).is_empty())
            .collect();
        if commands.is_empty() {
            continue;
        }
        rows.push(span(&format!(" {title}"), look.theme.title).into());
        for info in commands {
            let keys: Vec<String> = keymap.keys(info.command).iter().map(ToString::to_string).collect();
            let prefix = vec![span(&format!("  {:<wide$} ", keys.join("  ")), look.theme.key)];
            rows.hang(prefix, info.title, look.theme.text, columns);
        }
        rows.gap();
    }
    rows.push(span(" Signs", look.theme.title).into());
    for (sign, meaning) in SIGNS {
        let prefix = vec![Span::raw("  "), span(&format!("{sign:<wide$} "), look.theme.key)];
        rows.hang(prefix, meaning, look.theme.text, columns);
    }
    rows.gap();
    rows.wrap(
        1,
        "Commands without a key (declare a severity, mark mitigated or resolved …) are in the palette.",
        look.theme.faded,
        columns,
    );
    rows
}

const SIGNS: [(&str, &str); 16] = [
    ("✓", "these words were found in the source; Enter goes to the line"),
    ("✗ not found", "these words were not found in the source and count for nothing"),
    ("− against", "speaks against the hypothesis"),
    ("[x] [✓] [✗] [-]", "step done, as expected, not as expected, skipped"),
    ("[·] saving", "not yet on disk"),
    ("▸", "the row that the keys act on"),
    ("•", "new, or changed since you looked; looking at it, or leaving its pane, takes the sign away"),
    ("5j  12G", "a number before a key that moves: so many rows, or to that row; at the panes from 5 up"),
    ("▌", "edge of a line that reports a failure"),
    ("14:02:11~", "the time was written without a date: today's is assumed"),
    ("▂▅█", "behind a hypothesis: how its confidence moved; in the header: errors over time"),
    ("◆", "a bookmark, beside its line and in the histogram"),
    ("D", "in the histogram: a deploy or a change of configuration"),
    ("━", "in the histogram: the lines on screen"),
    ("▲ ▼", "more errors than before, fewer"),
    ("changes", "the command changes the system; the others only read"),
];
