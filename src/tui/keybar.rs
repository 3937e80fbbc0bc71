//! The last row: the keys that matter here, or a message.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::app::command::{Command, CommandInfo};
use crate::app::keymap::{self, Keymap};
use crate::app::ui::{Input, Overlay, Pane, Purpose, Toast, View};
use crate::incident::briefing;
use crate::tui::look::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::text::{cut, width};

/// Draws the key bar into `area`.
pub fn draw(buffer: &mut Buffer, area: Rect, app: &App, look: &Look) {
    if let Some(toast) = app.ui.toast.as_ref().filter(|toast| toast.until > app.now) {
        draw_toast(buffer, area, toast, look);
        return;
    }
    let strip = app.ui.focus == Pane::Context && app.ui.context.strip.cursor.is_some();
    let hints: Vec<(String, &str)> = match app.ui.overlays.last() {
        None if strip => STRIP.iter().map(|(key, what)| ((*key).to_owned(), *what)).collect(),
        Some(overlay) => overlay_hints(overlay, app.model.is_asking()),
        None => keymap::hints(app.ui.focus).into_iter().filter_map(|info| hint(info, &app.keymap)).collect(),
    };
    let area = counted(buffer, area, app, look);
    let area = owed(buffer, area, app, look);
    let mut column = 1;
    for (key, what) in hints {
        let wide = (width(&key) + 1 + width(what)) as u16;
        if column + wide > area.width {
            break;
        }
        column = canvas::put(buffer, area, (column, 0), &key, look.theme.key);
        column = canvas::put(buffer, area, (column + 1, 0), what, look.theme.faded) + 2;
    }
}

/// Shows at the right edge the number written before a key that moves; what is left of the row.
fn counted(buffer: &mut Buffer, area: Rect, app: &App, look: &Look) -> Rect {
    let Some(count) = app.ui.count else { return area };
    let text = format!(" {count} ");
    let at = area.width.saturating_sub(text.len() as u16);
    canvas::put(buffer, area, (at, 0), &text, look.theme.filter);
    Rect { width: at, ..area }
}

/// Says at the right edge when an update is owed to those who wait; what is left of the row.
fn owed(buffer: &mut Buffer, area: Rect, app: &App, look: &Look) -> Rect {
    let Some(due) = briefing::due(&app.incident) else { return area };
    let minutes = due.duration_since(app.now).as_mins();
    let (text, style) = match minutes {
        ..0 => (" U update is due ".to_owned(), look.theme.trouble),
        0 if due <= app.now => (" U update is due ".to_owned(), look.theme.trouble),
        minutes if minutes < SOON => (format!(" U update in {} min ", minutes + 1), look.theme.faded),
        _ => return area,
    };
    let wide = width(&text) as u16;
    if area.width < 2 * wide + 20 {
        return area;
    }
    let at = area.width - wide;
    canvas::put(buffer, area, (at, 0), &text, style);
    Rect { width: at, ..area }
}

/// Minutes before an update is owed from which on that is said.
const SOON: i64 = 10;

fn draw_toast(buffer: &mut Buffer, area: Rect, toast: &Toast, look: &Look) {
    let style = if toast.bad { look.theme.toast_bad } else { look.theme.toast };
    let sign = if toast.bad { "! " } else { "" };
    buffer.set_style(area.intersection(buffer.area), style);
    let text = cut(&format!(" {sign}{}", toast.text), usize::from(area.width));
    canvas::put(buffer, area, (0, 0), &text, style);
}

/// While the histogram has the keys.
const STRIP: [(&str, &str); 6] = [
    ("h/l", "move"),
    ("Enter", "go to this time"),
    ("Esc", "leave"),
    ("+/-", "zoom"),
    ("</>", "earlier, later"),
    ("0", "all times"),
];

fn hint(info: &'static CommandInfo, keymap: &Keymap) -> Option<(String, &'static str)> {
    let keys = keymap.keys(info.command);
    let key = match info.command {
        Command::Down if keys == info.keys => "j/k".to_owned(),
        _ => keys.first()?.to_string(),
    };
    Some((key, info.short))
}

fn overlay_hints(overlay: &Overlay, asking: bool) -> Vec<(String, &'static str)> {
    let hints: Hints = match overlay {
        Overlay::Document { view, .. } => document_hints(view, asking),
        Overlay::Help(_) => &[("Esc", "back"), ("j/k", "move"), (":", "find a command")],
        Overlay::Palette { .. } => &[("Enter", "do it"), ("Esc", "back"), ("Up/Down", "choose")],
        Overlay::Incidents { .. } => &[("Enter", "resume it"), ("Esc", "back"), ("Up/Down", "choose")],
        Overlay::Sources { .. } => &[("Enter", "show it"), ("Esc", "back"), ("Up/Down", "choose")],
        Overlay::Templates(_) => &[
            ("Enter", "only these lines"),
            ("-", "hide them"),
            ("Esc", "back"),
            ("Tab", "sort"),
            ("Up/Down", "choose"),
            ("a-z", "find"),
        ],
        Overlay::Start { .. } => {
            &[("Enter", "choose"), ("j/k", "move"), ("Esc", "empty cockpit"), ("q", "quit")]
        }
        Overlay::Logs { .. } => &[
            ("Enter", "open"),
            ("Tab", "mark several"),
            ("Esc", "back"),
            ("Up/Down", "choose"),
            ("a-z", "find"),
        ],
        Overlay::Replay => &[
            ("h/l", "earlier, later"),
            ("</>", "leap"),
            ("g/G", "first, last"),
            ("Tab", "pane"),
            ("Esc", "now"),
        ],
        Overlay::Caution(_) => &[("c", "copy it"), ("Esc", "do not copy")],
        Overlay::Input(Input { purpose: Purpose::Placeholder { .. }, .. }) => {
            &[("Enter", "copy"), ("Up/Down", "suggestions"), ("Esc", "do not copy")]
        }
        Overlay::Input(input) if input.purpose.has_history() => {
            &[("Enter", "done"), ("Esc", "cancel"), ("Up/Down", "earlier ones")]
        }
        Overlay::Input(input) if input.purpose.one_line() => &[("Enter", "done"), ("Esc", "cancel")],
        Overlay::Input(_) => {
            &[("Ctrl-d", "done"), ("Enter", "new line"), ("Esc", "cancel"), ("F4", "in $EDITOR")]
        }
        Overlay::Plain { .. } => &[("Esc", "back"), ("j/k", "move")],
    };
    hints.iter().map(|(key, what)| ((*key).to_owned(), *what)).collect()
}

/// Keys and what they do, the most useful first.
type Hints = &'static [(&'static str, &'static str)];

fn document_hints(view: &View, asking: bool) -> Hints {
    match view {
        View::Bookmarks => &[
            ("Esc", "back"),
            ("j/k", "move"),
            ("Enter", "go to the line"),
            ("b", "take it away"),
            ("y", "copy"),
        ],
        View::Hypothesis(_) => &[
            ("Esc", "back"),
            ("j/k", "move"),
            ("c", "confirm"),
            ("x", "rule out"),
            ("o", "reopen"),
            ("y", "copy"),
        ],
        View::Step(_) => &[
            ("Esc", "back"),
            ("y", "copy"),
            ("Space", "tick"),
            ("e", "as expected"),
            ("x", "unexpected"),
            ("s", "skip"),
        ],
        View::Request if asking => {
            &[("Enter", "send it"), ("x", "keep it here"), ("Esc", "back"), ("j/k", "move"), ("y", "copy")]
        }
        View::Questions => &[
            ("Esc", "back"),
            ("j/k", "move"),
            ("Enter", "go to the line"),
            ("y", "copy"),
            ("Y", "plain text"),
        ],
        View::Postmortem => &[
            ("Esc", "back"),
            ("j/k", "move"),
            ("e", "edit"),
            ("F4", "in $EDITOR"),
            ("y", "copy"),
            ("Y", "plain text"),
        ],
        View::Similar => &[("Esc", "back"), ("j/k", "move"), ("Enter", "compare"), ("y", "copy its id")],
        View::Update => &[
            ("y", "copy, and note it as sent"),
            ("e", "change the words"),
            ("F4", "in $EDITOR"),
            ("Esc", "back"),
            ("Y", "plain text"),
        ],
        _ => &[("Esc", "back"), ("j/k", "move"), ("y", "copy"), ("Y", "plain text")],
    }
}
