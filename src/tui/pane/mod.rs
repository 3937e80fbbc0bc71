//! The panes: a title row and the rows below it. Each pane turns the state into rows; drawing them is the same for all.

pub mod checklist;
pub mod context;
pub mod hypotheses;
pub mod timeline;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::App;
use crate::app::ui::Pane;
use crate::tui::glyphs;
use crate::tui::look::Look;
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span};
use crate::tui::widget::text::width;

/// What a pane draws from.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles.
    pub look: &'a Look,
    /// Columns for rows.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Whether keys go here.
    pub focused: bool,
    /// Whether the pane has the whole screen.
    pub zoomed: bool,
}

/// Draws a pane into `area`.
pub fn draw(buffer: &mut Buffer, area: Rect, pane: Pane, app: &App, look: &Look) {
    let focused = app.ui.focus == pane && app.ui.overlays.is_empty();
    let inner = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let view = View {
        app,
        look,
        width: usize::from(inner.width),
        height: usize::from(inner.height),
        focused,
        zoomed: app.ui.zoom,
    };
    if pane == Pane::Context {
        context::draw(buffer, inner, &view);
        return title(buffer, area, pane, context::aside(&view), &view);
    }
    let rows = match pane {
        Pane::Context => Rows::default(),
        Pane::Hypotheses => hypotheses::rows(&view),
        Pane::Checklist => checklist::rows(&view),
        Pane::Timeline => timeline::rows(&view),
    };
    let selection = focused.then_some(look.theme.selection);
    let hidden = canvas::put_rows(buffer, inner, &rows, selection);
    let mut aside = match pane {
        Pane::Context => Vec::new(),
        Pane::Hypotheses => {
            let mut aside = hypotheses::aside(&view);
            aside.extend(more(hidden, look));
            aside
        }
        Pane::Checklist => {
            let mut aside = checklist::aside(&view);
            aside.extend(more(hidden, look));
            aside
        }
        Pane::Timeline => timeline::aside(&view),
    };
    let changed = app.ui.fresh.count(pane);
    if changed > 0 {
        aside.insert(0, span(&format!(" {} {changed} new ", glyphs::FRESH), look.theme.fresh));
    }
    title(buffer, area, pane, aside, &view);
}

/// The sign before a row that changed since it was looked at; a blank for the others.
pub(crate) fn fresh(view: &View<'_>, changed: bool) -> Span<'static> {
    span(if changed { glyphs::FRESH } else { " " }, view.look.theme.fresh)
}

/// How many rows there are outside the screen.
fn more((above, below): (usize, usize), look: &Look) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (count, arrow) in [(above, "↑"), (below, "↓")] {
        if count > 0 {
            spans.push(span(&format!(" {count} more {arrow} "), look.theme.faded));
        }
    }
    spans
}

fn title(buffer: &mut Buffer, area: Rect, pane: Pane, aside: Vec<Span<'static>>, view: &View<'_>) {
    let theme = &view.look.theme;
    let focused = view.app.ui.focus == pane;
    let (rule, style) = if focused { ("━", theme.focus) } else { ("─", theme.border) };
    let row = Rect { height: area.height.min(1), ..area };
    let name_style = if focused { theme.focus } else { theme.title };
    let name = format!(" {} {} ", pane.number(), pane.title());
    let used = 1 + width(&name);
    let room = usize::from(area.width).saturating_sub(used);
    let mut aside = aside;
    let wide_of = |aside: &[Span<'_>]| aside.iter().map(|span| width(&span.content)).sum::<usize>();
    while wide_of(&aside) + 2 >= room && aside.pop().is_some() {}
    let wide = wide_of(&aside);
    let mut spans = vec![span(rule, style), span(&name, name_style)];
    if wide > 0 {
        spans.push(span(&rule.repeat(room - wide - 1), style));
        spans.extend(aside);
        spans.push(span(rule, style));
    } else {
        spans.push(span(&rule.repeat(room), style));
    }
    canvas::put_row(buffer, row, &spans.into());
}

/// Rows that teach what to do while there is nothing to show: text, and keys set off.
pub(crate) fn teach(view: &View<'_>, lead: &str, ways: &[(&str, &str)]) -> Rows {
    let theme = &view.look.theme;
    let mut rows = Rows::default();
    rows.gap();
    rows.wrap(2, lead, theme.faded, view.width.saturating_sub(1));
    if !ways.is_empty() {
        rows.gap();
    }
    let keys = ways.iter().map(|(key, _)| width(key)).max().unwrap_or(0);
    for (key, what) in ways {
        let prefix = vec![Span::raw("  "), span(&format!("{key:<keys$}  "), theme.key)];
        rows.hang(prefix, what, theme.text, view.width.saturating_sub(1));
    }
    rows
}
