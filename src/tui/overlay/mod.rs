//! What lies over the panes.

pub mod caution;
pub mod compare;
pub mod document;
pub mod help;
pub mod incidents;
pub mod input;
pub mod items;
pub mod model;
pub mod palette;
pub mod plain;
pub mod reports;
pub mod source;
pub mod sources;
pub mod start;
pub mod templates;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::app::ui::Overlay;
use crate::tui::look::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::draft::Draft;
use crate::tui::widget::rows::span;
use crate::tui::widget::text::{cut, width};

/// Draws an overlay over `body`.
pub fn draw(
    buffer: &mut Buffer,
    body: Rect,
    overlay: &Overlay,
    app: &App,
    look: &Look,
    draft: Option<&Draft>,
) {
    match overlay {
        Overlay::Help(first) => help::draw(buffer, body, *first, (app, look)),
        Overlay::Palette { query, selected } => palette::draw(buffer, body, (query, *selected), app, look),
        Overlay::Sources { query, selected } => sources::draw(buffer, body, (query, *selected), app, look),
        Overlay::Templates(list) => templates::draw(buffer, body, list, app, look),
        Overlay::Input(input) => input::draw(buffer, body, input, app, (look, draft)),
        Overlay::Document { view, selected } => document::draw(buffer, body, view, *selected, (app, look)),
        Overlay::Incidents { query, selected } => {
            incidents::draw(buffer, body, (query, *selected), app, look);
        }
        Overlay::Start { selected } => start::draw(buffer, body, *selected, app, look),
        Overlay::Logs { query, selected, marked } => {
            start::logs(buffer, body, (query, *selected, marked), app, look);
        }
        Overlay::Replay => start::replay(buffer, body, app, look),
        Overlay::Caution(caution) => caution::draw(buffer, body, caution, app, look),
        Overlay::Plain { text, top } => plain::draw(buffer, body, (text, *top), look),
    }
}

/// Whether the overlay hides the panes altogether.
pub fn covers(overlay: &Overlay) -> bool {
    matches!(
        overlay,
        Overlay::Help(_)
            | Overlay::Start { .. }
            | Overlay::Document { .. }
            | Overlay::Plain { .. }
            | Overlay::Templates(_)
    )
}

/// Keeps the first row of a text to scroll within the text as it is laid out now, so that the key back up answers at
/// once.
pub fn settle(app: &mut App, look: &Look) {
    let size = app.ui.size;
    let last = match app.ui.overlays.last() {
        Some(Overlay::Document { view, .. }) => document::last_row(view, app, look, size),
        Some(Overlay::Help(_)) => Some(help::last_row((app, look), size)),
        Some(Overlay::Plain { text, .. }) => Some(plain::last_row(text, size)),
        _ => None,
    };
    let (Some(last), Some(top)) = (last, app.ui.overlays.last_mut()) else { return };
    if let Overlay::Document { selected: row, .. } | Overlay::Help(row) | Overlay::Plain { top: row, .. } =
        top
    {
        *row = (*row).min(last);
    }
}

/// Which of `total` rows a text of `height` rows shows from `top` on; empty where it shows all.
pub(crate) fn shown(top: usize, height: usize, total: usize) -> String {
    if total <= height {
        return String::new();
    }
    let top = top.min(total - height);
    format!("rows {}-{} of {total}", top + 1, top + height)
}

/// A title row over `area`; the rest of it. Of `aside` the last parts go first where there is no room for all.
pub(crate) fn titled(buffer: &mut Buffer, area: Rect, title: &str, aside: &str, look: &Look) -> Rect {
    canvas::clear(buffer, area, look.theme.text);
    let row = Rect { height: area.height.min(1), ..area };
    let rule = |columns: usize| span(&"━".repeat(columns), look.theme.focus);
    let name = format!(" {title} ");
    let room = usize::from(area.width).saturating_sub(width(&name) + 1);
    let mut spans = vec![rule(1), span(&name, look.theme.focus)];
    let parts: Vec<&str> = aside.split(" · ").collect();
    let fitting = (1..=parts.len()).rev().map(|count| format!(" {} ", parts[..count].join(" · ")));
    let aside = fitting.into_iter().find(|aside| width(aside) + 2 <= room).unwrap_or_default();
    if aside.trim().is_empty() {
        spans.push(rule(room));
    } else {
        spans.push(rule(room - width(&aside) - 1));
        spans.extend([span(&aside, look.theme.faded), rule(1)]);
    }
    canvas::put_row(buffer, row, &spans.into());
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// A frame of at most this size in the upper middle of `body`; as wide as `body` where little would stand beside it.
pub(crate) fn popup(body: Rect, columns: u16, rows: u16) -> Rect {
    let width = if body.width < columns + 24 { body.width } else { columns };
    let height = rows.min(body.height).max(1);
    Rect {
        x: body.x + (body.width - width.min(body.width)) / 2,
        y: body.y + (body.height - height).min(1),
        width,
        height,
    }
}

/// A box around `area`, emptied; what is inside.
pub(crate) fn boxed(buffer: &mut Buffer, area: Rect, title: &str, look: &Look) -> Rect {
    canvas::clear(buffer, area, look.theme.text);
    if area.width < 4 || area.height < 3 {
        return area;
    }
    let bar = "─".repeat(usize::from(area.width - 2));
    let style = look.theme.focus;
    let bottom = Rect { y: area.y + area.height - 1, height: 1, ..area };
    canvas::put(buffer, area, (0, 0), &format!("┌{bar}┐"), style);
    canvas::put(buffer, bottom, (0, 0), &format!("└{bar}┘"), style);
    for line in canvas::lines(area).skip(1).take(usize::from(area.height - 2)) {
        canvas::put(buffer, line, (0, 0), "│", style);
        canvas::put(buffer, line, (area.width - 1, 0), "│", style);
    }
    let inner = Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 };
    let head = Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area };
    let title = cut(title, usize::from(area.width).saturating_sub(6));
    canvas::put(buffer, head, (1, 0), &format!(" {title} "), style);
    inner
}
