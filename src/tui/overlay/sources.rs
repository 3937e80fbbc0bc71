//! Sources, to show one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::sources::{size, skew};
use crate::app::{App, Scope, palette};
use crate::tui::header::short_count;
use crate::tui::look::Look;
use crate::tui::overlay::palette::{ask, counted};
use crate::tui::overlay::{boxed, popup};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span, spread};

/// Draws the picker.
pub fn draw(buffer: &mut Buffer, body: Rect, (query, selected): (&str, usize), app: &App, look: &Look) {
    let theme = &look.theme;
    let found = palette::sources(query, app);
    let selected = selected.min(found.len().saturating_sub(1));
    let title = counted("Sources", selected, found.len());
    let inner = boxed(buffer, popup(body, 96, 20), &title, look);
    let list = ask(buffer, inner, query, look);
    let columns = usize::from(inner.width);
    let mut rows = Rows::default();
    for (index, scope) in found.iter().enumerate() {
        let shown = app.ui.context.scope == Some(*scope);
        rows.push(spread(name(app, *scope, shown, look), figures(app, *scope, look), columns));
        if index == selected {
            rows.focus = index..index + 1;
        }
    }
    if app.scopes().next().is_none() {
        rows.push(span("There is no source yet.", theme.faded).into());
    } else if found.is_empty() {
        rows.push(span("No source has these letters.", theme.faded).into());
    }
    canvas::put_rows(buffer, list, &rows, Some(theme.selection));
}

fn name(app: &App, scope: Scope, shown: bool, look: &Look) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let mut spans = vec![span(app.scope_name(scope), if shown { theme.focus } else { theme.text })];
    let source = scope.source().and_then(|source| app.incident.sources.get(&source));
    let told = match scope {
        Scope::Merged => "all logs, merged by time".to_owned(),
        // The name tells the file.
        Scope::Source(_) => source.and_then(|source| source.path.as_deref()).map(folder).unwrap_or_default(),
    };
    spans.push(span(&format!("  {told}"), theme.faded));
    spans
}

fn folder(path: &str) -> String {
    path.rsplit_once('/').map(|(folder, _)| format!("in {folder}/")).unwrap_or_default()
}

fn figures(app: &App, scope: Scope, look: &Look) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let mut spans = Vec::new();
    if let Some(digest) = scope.source().and_then(|source| app.source_digest(source)) {
        if let Some(ms) = digest.skew_ms {
            spans.push(span(&format!("clock {}  ", skew(ms)), theme.changes));
        }
        let lines = short_count(digest.lines);
        spans.push(span(&format!("{lines} lines  {:>8}", size(digest.bytes_known)), theme.faded));
    }
    spans
}
