//! What happened when: evidence and persons merged by time, UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::timeline::Kinds;
use crate::incident::TimelineKind;
use crate::incident::state::TimelineLine;
use crate::tui::pane::{View, fresh, teach};
use crate::tui::widget::parts::{Part, join};
use crate::tui::widget::rows::{Row, Rows, fit, span, spread};
use crate::tui::widget::stamp::{abridged, leading_stamp};
use crate::tui::widget::text::width;

/// The rows of the pane.
pub fn rows(view: &View<'_>) -> Rows {
    let entries = view.app.timeline();
    let kinds = view.app.ui.kinds;
    if entries.is_empty() && kinds != Kinds::All {
        let lead = format!("Nothing of this kind has happened ({}).", kinds.name());
        return teach(view, &lead, &[("v", "other kinds, or everything")]);
    }
    if entries.is_empty() {
        let lead = "Deploys, alerts, first errors and what you do appear here in order.";
        return teach(view, lead, &[("a", "write a note into the timeline")]);
    }
    let last = entries.len() - 1;
    let cursor = view.app.ui.timeline.map(|row| row.min(last));
    let selected = cursor.unwrap_or(last);
    // Every entry takes a row at least, so nothing further away than the height can be seen.
    let from = selected.saturating_sub(view.height);
    let to = (selected + view.height).min(last);
    let mut parts: Vec<Part> = Vec::new();
    let mut entries_at = Vec::new();
    let mut day = from.checked_sub(1).map(|before| date(entries[before].entry.at));
    for (index, line) in entries.iter().enumerate().take(to + 1).skip(from) {
        let today = date(line.entry.at);
        let worth_saying = day.is_some() || index > 0 || today != date(view.app.now);
        if day != Some(today) && worth_saying {
            let row: Row = fit(vec![span(&format!("  {today}"), view.look.theme.faded)], view.width).into();
            parts.push(Part::new(vec![row.clone()], row));
        }
        day = Some(today);
        let part = entry(view, *line).focused(index == selected);
        entries_at.push(parts.len());
        // The entry under the cursor and the newest one are read, the others looked over.
        parts.push(if cursor == Some(index) || index == last { part.at_least(usize::MAX) } else { part });
    }
    let mut room = view.height.saturating_sub(parts.iter().map(Part::shown).sum());
    for at in entries_at.into_iter().rev() {
        parts[at].grow(&mut room, usize::MAX);
    }
    let mut rows = join(parts, view.width);
    if cursor.is_none() {
        rows.top = Some(rows.rows.len().saturating_sub(view.height));
        rows.focus = 0..0;
    }
    rows
}

/// Whether the newest entries are followed.
pub fn aside(view: &View<'_>) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let kinds = view.app.ui.kinds;
    let total = view.app.timeline().len();
    let at = match view.app.ui.timeline {
        Some(row) if row + 1 < total => format!(" {} of {total}", row + 1),
        _ if total > view.height => format!(" newest of {total}"),
        _ => String::new(),
    };
    let mut spans = Vec::new();
    if kinds != Kinds::All {
        spans.push(span(&format!(" {} ", kinds.name()), theme.filter));
    }
    spans.push(span(&format!("{at} UTC "), theme.faded));
    spans
}

/// Date of a moment, UTC.
pub(crate) fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn entry(view: &View<'_>, line: TimelineLine<'_>) -> Part {
    let theme = &view.look.theme;
    let entry = line.entry;
    let saving = line.seq.is_some_and(|seq| seq > view.app.ui.durable_seq);
    let time = entry.at.strftime(if view.width < 50 { "%H:%M" } else { "%H:%M:%S" }).to_string();
    let assumed = if entry.date_assumed { "~" } else { " " };
    let mut prefix = vec![
        fresh(view, view.app.ui.fresh.entry(entry)),
        span(&format!("{time}{assumed}"), theme.time),
        span(&format!("{:<8}", entry.kind.name()), kind_style(view, entry.kind)),
    ];
    let indent = prefix.iter().map(Span::width).sum();
    let right = if saving { vec![span("saving", theme.faded)] } else { Vec::new() };
    let by_person = matches!(entry.kind, TimelineKind::Human | TimelineKind::Action);
    if by_person && !entry.source.is_empty() {
        prefix.push(span(&format!("{}: ", entry.source), theme.kind_person));
    }
    // A line of a log quoted here begins with the time that already stands before it.
    let text = &entry.text[leading_stamp(&entry.text)..];
    let columns = view.width.saturating_sub(if saving { "saving ".len() } else { 0 });
    let mut whole = Rows::default();
    whole.hang_at(indent, prefix.clone(), (text, theme.text), columns);
    if let Some(first) = whole.rows.first_mut() {
        *first = spread(std::mem::take(&mut first.spans), right.clone(), view.width);
    }
    let used: usize = prefix.iter().map(Span::width).sum();
    let too_wide = used + width(text) > view.width;
    let short = abridged(text).filter(|_| too_wide);
    prefix.push(span(short.as_deref().unwrap_or(text), theme.text));
    Part::new(whole.rows, spread(prefix, right, view.width))
}

fn kind_style(view: &View<'_>, kind: TimelineKind) -> Style {
    let theme = &view.look.theme;
    match kind {
        TimelineKind::Deploy => theme.kind_deploy,
        TimelineKind::Alert => theme.kind_alert,
        TimelineKind::Symptom => theme.kind_symptom,
        TimelineKind::Human | TimelineKind::Action => theme.kind_person,
        TimelineKind::Finding => theme.kind_finding,
    }
}
