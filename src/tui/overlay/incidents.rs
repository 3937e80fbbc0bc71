//! Past incidents, to resume one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, palette};
use crate::incident::triage::SeverityLevel;
use crate::tui::header::badge;
use crate::tui::look::Look;
use crate::tui::overlay::palette::{ask, counted};
use crate::tui::overlay::{boxed, popup};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span, spread};

/// Draws the picker.
pub fn draw(buffer: &mut Buffer, body: Rect, (query, selected): (&str, usize), app: &App, look: &Look) {
    let theme = &look.theme;
    let found = app.past.as_ref().map(|past| palette::incidents(query, past));
    let count = found.as_ref().map_or(0, Vec::len);
    let selected = selected.min(count.saturating_sub(1));
    let title = counted("Past incidents", selected, count);
    let inner = boxed(buffer, popup(body, 96, 20), &title, look);
    let list = ask(buffer, inner, query, look);
    let columns = usize::from(inner.width);
    let mut rows = Rows::default();
    let (Some(past), Some(found)) = (&app.past, found) else {
        rows.push(span("Reading the list…", theme.faded).into());
        canvas::put_rows(buffer, list, &rows, None);
        return;
    };
    for (index, incident) in found.iter().enumerate() {
        let level = SeverityLevel::ALL.into_iter().find(|level| level.name() == incident.severity);
        let style = level.map_or(theme.faded, |level| badge(level, look));
        let name = if incident.severity.is_empty() { "SEV?" } else { incident.severity.as_str() };
        let title = if incident.title.is_empty() { incident.id.as_str() } else { incident.title.as_str() };
        let day = if columns < 60 { "%m-%d" } else { "%Y-%m-%d %H:%M" };
        let mut left =
            vec![span(&format!("{} ", incident.opened_at.strftime(day)), theme.time), span(name, style)];
        if columns >= 60 && !incident.service.is_empty() {
            left.push(span(&format!(" {}", incident.service), theme.place));
        }
        left.push(span(&format!(" {title}"), theme.text));
        let here = app.incident.id.as_ref().is_some_and(|id| id.as_str() == incident.id);
        let status = if here { format!("{}, on screen", incident.status) } else { incident.status.clone() };
        let right = if columns < 60 { Vec::new() } else { vec![span(&status, theme.faded)] };
        rows.push(spread(left, right, columns));
        if index == selected {
            rows.focus = index..index + 1;
        }
    }
    if past.is_empty() {
        rows.push(
            span("There are none yet. Every incident is kept from the moment it is opened.", theme.faded)
                .into(),
        );
    } else if found.is_empty() {
        rows.push(span("No incident has these letters.", theme.faded).into());
    }
    canvas::put_rows(buffer, list, &rows, Some(theme.selection));
}
