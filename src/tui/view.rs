//! Draws the state: header, panes, what lies over them, key bar. Changes nothing.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::tui::look::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::draft::Draft;
use crate::tui::{glyphs, header, keybar, layout, overlay, pane};

/// Draws a frame. `draft` is the text being written, where one is.
pub fn draw(frame: &mut Frame<'_>, app: &App, look: &Look, draft: Option<&Draft>) {
    paint(frame.buffer_mut(), app, look, draft);
}

/// Draws into the cells of a whole screen; see [`draw`].
pub fn paint(buffer: &mut Buffer, app: &App, look: &Look, draft: Option<&Draft>) {
    buffer.set_style(buffer.area, look.theme.text);
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let then = app.replay.as_ref().map(|replay| replay.shown(app));
    match layout::place((columns, rows), app.ui.focus, &app.ui) {
        Some(layout) => draw_layout(buffer, &layout, (app, then.as_ref().unwrap_or(app)), look, draft),
        None => too_small(buffer, look),
    }
    if look.ascii {
        glyphs::to_ascii(buffer);
    }
}

/// Draws header and panes as of `shown`, which is an earlier moment while that is looked at.
fn draw_layout(
    buffer: &mut Buffer,
    layout: &layout::Layout,
    (app, shown): (&App, &App),
    look: &Look,
    draft: Option<&Draft>,
) {
    let covered = app.ui.overlays.iter().rposition(overlay::covers);
    let plain = covered.is_some();
    header::draw(buffer, layout.header, shown, look);
    if !plain {
        if let Some(area) = layout.tabs {
            tabs(buffer, area, shown, look);
        }
        for (pane, area) in &layout.panes {
            pane::draw(buffer, *area, *pane, shown, look);
        }
        if let Some(area) = layout.divider {
            divider(buffer, area, layout, look);
        }
    }
    // What covers everything hides what is below it; what lies on it leaves the rest readable.
    let top = app.ui.overlays.len().saturating_sub(1);
    for (at, one) in app.ui.overlays.iter().enumerate().skip(covered.unwrap_or(top)) {
        if at == top || Some(at) == covered {
            overlay::draw(buffer, layout.body, one, app, look, draft);
        }
    }
    keybar::draw(buffer, layout.keys, app, look);
}

/// The names of all panes with the one in focus set off.
fn tabs(buffer: &mut Buffer, area: Rect, app: &App, look: &Look) {
    for (pane, column, text) in layout::tabs(area.width, app.ui.focus) {
        let style = if pane == app.ui.focus { look.theme.focus } else { look.theme.faded };
        let end = canvas::put(buffer, area, (column, 0), &text, style);
        if pane != app.ui.focus && app.ui.fresh.count(pane) > 0 {
            canvas::put(buffer, area, (end.saturating_sub(1), 0), glyphs::FRESH, look.theme.fresh);
        }
    }
}

/// The line between left and right panes, joined to their titles.
fn divider(buffer: &mut Buffer, area: Rect, layout: &layout::Layout, look: &Look) {
    let title_at =
        |y: u16, left: bool| layout.panes.iter().any(|(_, pane)| pane.y == y && (pane.x < area.x) == left);
    for line in canvas::lines(area) {
        let sign = match (title_at(line.y, true), title_at(line.y, false), line.y == area.y) {
            (true, true, true) => "┬",
            (true, true, false) => "┼",
            (true, false, _) => "┤",
            (false, true, _) => "├",
            (false, false, _) => "│",
        };
        canvas::put(buffer, line, (0, 0), sign, look.theme.border);
    }
}

fn too_small(buffer: &mut Buffer, look: &Look) {
    let area = buffer.area;
    let message = format!(
        "{}x{} is too small; sevdeck needs {}x{}. The incident is kept.",
        area.width,
        area.height,
        layout::SMALLEST.0,
        layout::SMALLEST.1
    );
    let columns = usize::from(area.width);
    for (text, line) in
        crate::tui::widget::text::wrap(&message, columns, columns).iter().zip(canvas::lines(area))
    {
        canvas::put(buffer, line, (0, 0), text, look.theme.text);
    }
}
