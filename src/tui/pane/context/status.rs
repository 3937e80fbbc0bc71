//! The row that says which lines are shown and what is searched for; there is one whenever either is so.

use ratatui::text::Span;

use crate::app::query;
use crate::tui::pane::View;
use crate::tui::pane::context::count;
use crate::tui::widget::rows::{Row, span, spread};

/// The row.
pub(super) fn row(view: &View<'_>) -> Row {
    let theme = &view.look.theme;
    let context = &view.app.ui.context;
    let mut left = Vec::new();
    if context.is_filtered() {
        left.push(span(" filtered ", theme.filter));
        for (index, chip) in view.app.chips(&context.filter).iter().enumerate() {
            left.push(span(if index > 0 { " · " } else { " " }, theme.faded));
            left.push(span(chip, theme.title));
        }
    }
    if context.is_searching() {
        if !left.is_empty() {
            left.push(Span::raw("  "));
        }
        let text = query::written(&context.query);
        let slash = if context.query.regex { "" } else { "/" };
        left.push(span(&format!(" {slash}{text} "), theme.hit));
    }
    spread(left, right(view), view.width)
}

/// How far looking for lines that pass is; in a live log it is always about to end.
pub(super) fn looking(view: &View<'_>) -> Option<f32> {
    view.app.ui.context.window.looking.filter(|share| *share < 0.995)
}

/// How many lines there are, how far the looking is, and how to end it.
fn right(view: &View<'_>) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let context = &view.app.ui.context;
    let wide = view.width >= 70;
    let mut parts = Vec::new();
    let looking = looking(view);
    // One share at a time: while lines are looked for on screen, that is the one that matters.
    if let Some(found) = context.hits.filter(|_| looking.is_none() || context.is_searching()) {
        let done = found.share >= 1.0;
        let more = if done { "" } else { "+" };
        let lines = count(found.lines);
        parts.push(match (context.is_searching(), wide) {
            (true, _) if found.lines == 1 && done => "1 hit".to_owned(),
            (true, _) => match found.before.filter(|_| context.highlight.is_some()) {
                Some(before) => format!("{} of {lines}{more} hits", count(before)),
                None => format!("{lines}{more} hits"),
            },
            (false, true) => format!("{lines}{more} of {} lines", count(context.window.lines_total)),
            (false, false) => format!("{lines}{more} lines"),
        });
        if !done {
            parts.push(format!("{:.0} %", found.share * 100.0));
        }
    }
    if let Some(share) = context.searching.as_ref().and_then(|searching| searching.share) {
        parts.push(format!("looking {:.0} %, Esc stops", share * 100.0));
    } else if let Some(share) = looking {
        let all = if context.is_filtered() && view.focused { ", Esc shows all" } else { "" };
        parts.push(format!("looking {:.0} %{all}", share * 100.0));
    } else if !view.focused {
        // These keys are the pane's own.
    } else if context.is_filtered() {
        parts.push(if wide { "c shows all".to_owned() } else { "c all".to_owned() });
    } else if wide {
        parts.push("Esc ends it".to_owned());
    }
    vec![span(&format!("{} ", parts.join(" · ")), theme.faded)]
}
