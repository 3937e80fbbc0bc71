//! Views made of items with a cursor: mitigations, open questions, similar incidents.

use ratatui::text::Span;

use crate::incident::triage::{CommandEffect, Mitigation};
use crate::tui::glyphs;
use crate::tui::pane::View as PaneView;
use crate::tui::pane::hypotheses::{quote_prefix, quote_style};
use crate::tui::widget::rows::{Rows, span, spread};

/// Mitigations with risk and rollback beside the command.
pub fn mitigations(view: &PaneView<'_>, selected: usize) -> Rows {
    let all = &view.app.incident.shown().mitigations;
    let mut rows = Rows::default();
    if all.is_empty() {
        rows.gap();
        rows.wrap(
            1,
            "Nothing that would stop the harm is known yet; it comes with the first likely cause.",
            view.look.theme.faded,
            view.width,
        );
        return rows;
    }
    rows.wrap(
        1,
        "sevdeck runs none of these: y copies, you decide. What changes the system is asked about first.",
        view.look.theme.faded,
        view.width,
    );
    for (index, one) in all.iter().enumerate() {
        rows.gap();
        let start = rows.rows.len();
        mitigation(&mut rows, view, one, index == selected);
        if index == selected {
            rows.focus_from(start);
        }
    }
    rows
}

fn mitigation(rows: &mut Rows, view: &PaneView<'_>, one: &Mitigation, selected: bool) {
    let theme = &view.look.theme;
    let effect = match one.effect {
        CommandEffect::Changes => span("changes ", theme.changes),
        CommandEffect::Reads => span("reads ", theme.faded),
    };
    let start = rows.rows.len();
    rows.hang(vec![cursor(view, selected)], &one.action, theme.title, view.width.saturating_sub(10));
    let first = std::mem::take(&mut rows.rows[start]);
    rows.rows[start] = spread(first.spans, vec![effect], view.width);
    if let Some(command) = &one.command {
        let command = view.app.filled(command);
        rows.hang(vec![span("   $ ", theme.faded)], &command, theme.command, view.width);
    }
    for (name, text) in [("risk     ", &one.risk), ("rollback ", &one.rollback)] {
        if !text.is_empty() {
            rows.hang(vec![span("   ", theme.text), span(name, theme.faded)], text, theme.text, view.width);
        }
    }
}

/// Statements that do not fit together, then what is not known and how to find out.
pub fn questions(view: &PaneView<'_>, selected: usize) -> Rows {
    let theme = &view.look.theme;
    let triage = view.app.incident.shown();
    let mut rows = Rows::default();
    if triage.contradictions.is_empty() && triage.missing.is_empty() {
        rows.gap();
        rows.wrap(1, "Nothing contradicts itself, and nothing more is asked for.", theme.faded, view.width);
        return rows;
    }
    if !triage.contradictions.is_empty() {
        rows.push(span(" These statements cannot all be true", theme.title).into());
    }
    for (index, one) in triage.contradictions.iter().enumerate() {
        let start = rows.rows.len();
        rows.hang(vec![cursor(view, index == selected)], &one.text, theme.text, view.width);
        for quote in &one.quotes {
            let text = format!("“{}”", quote.quote);
            rows.hang(
                quote_prefix(view, true, quote, view.width / 2),
                &text,
                quote_style(view, quote),
                view.width,
            );
        }
        if index == selected {
            rows.focus_from(start);
        }
        rows.gap();
    }
    if !triage.missing.is_empty() {
        rows.push(span(" Not known, and it would decide", theme.title).into());
    }
    for (index, one) in triage.missing.iter().enumerate() {
        let is_selected = index + triage.contradictions.len() == selected;
        let start = rows.rows.len();
        rows.hang(vec![cursor(view, is_selected)], &one.what, theme.text, view.width);
        if !one.why.is_empty() {
            rows.hang(vec![span("   because ", theme.faded)], &one.why, theme.text, view.width);
        }
        if !one.command.is_empty() {
            let command = view.app.filled(&one.command);
            rows.hang(vec![span("   $ ", theme.faded)], &command, theme.command, view.width);
        }
        if is_selected {
            rows.focus_from(start);
        }
        rows.gap();
    }
    rows
}

/// Past incidents that look alike.
pub fn similar(view: &PaneView<'_>, selected: usize) -> Rows {
    let theme = &view.look.theme;
    let all = &view.app.incident.shown().similar;
    let mut rows = Rows::default();
    if all.is_empty() {
        rows.gap();
        rows.wrap(1, "No past incident looks like this one.", theme.faded, view.width);
        return rows;
    }
    for (index, one) in all.iter().enumerate() {
        let start = rows.rows.len();
        let percent = vec![span(&format!("{} % alike ", one.percent), theme.faded)];
        rows.push(spread(
            vec![cursor(view, index == selected), span(&one.title, theme.title)],
            percent,
            view.width,
        ));
        rows.wrap(3, &one.summary, theme.text, view.width);
        let way = format!("Enter shows it beside this one; sevdeck show {}", one.id);
        rows.wrap(3, &way, theme.faded, view.width);
        if index == selected {
            rows.focus_from(start);
        }
        rows.gap();
    }
    rows
}

fn cursor(view: &PaneView<'_>, selected: bool) -> Span<'static> {
    let sign = if selected { glyphs::CURSOR } else { " " };
    span(&format!("{sign} "), view.look.theme.focus)
}
