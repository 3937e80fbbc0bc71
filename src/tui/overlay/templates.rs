//! The patterns of the lines: how many of each, how they came over time, since when.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::templates::TemplateList;
use crate::app::{App, TemplateDigest};
use crate::incident::Level;
use crate::tui::glyphs;
use crate::tui::header::short_count;
use crate::tui::look::Look;
use crate::tui::overlay::palette::ask;
use crate::tui::overlay::titled;
use crate::tui::trend::{heights, squeeze};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Row, Rows, fit, span};
use crate::tui::widget::text::width;

/// Columns of the trend.
const TREND: usize = 10;
/// Where the text begins.
const TEXT_AT: usize = 8 + 6 + TREND + 8 + 9;

/// Draws the list.
pub fn draw(buffer: &mut Buffer, body: Rect, list: &TemplateList, app: &App, look: &Look) {
    let theme = &look.theme;
    let found = list.found(&app.digest);
    let selected = list.row(&found);
    let inner = titled(buffer, body, "Patterns", &aside(list, found.len(), selected, app), look);
    let inner = ask(buffer, inner, &list.query, look);
    let columns = usize::from(inner.width);
    let head = Rect { height: inner.height.min(1), ..inner };
    canvas::put_row(buffer, head, &heading(columns, look));
    let area = Rect { y: inner.y + head.height, height: inner.height - head.height, ..inner };
    let total: u64 = app.digest.sources.iter().map(|source| source.records).sum();
    let mut rows = Rows::default();
    for (index, one) in found.iter().enumerate() {
        let start = rows.rows.len();
        rows.push(row(one, total, columns, look));
        if index == selected {
            rows.focus_from(start);
            rows.set_off = Some(1);
            details(&mut rows, one, columns, look);
            rows.focus.end = rows.rows.len();
        }
    }
    if app.digest.templates.is_empty() {
        rows.push(span(" Patterns appear here with the first lines of a log.", theme.faded).into());
    } else if found.is_empty() {
        rows.push(span(" No pattern has these words.", theme.faded).into());
    }
    canvas::put_rows(buffer, area, &rows, Some(theme.selection));
}

fn aside(list: &TemplateList, found: usize, selected: usize, app: &App) -> String {
    let all = app.digest.templates_total.max(app.digest.templates.len());
    let more = if all > app.digest.templates.len() {
        format!(" (the {} that matter most of {all})", app.digest.templates.len())
    } else {
        String::new()
    };
    let new = match list.unlisted(&app.digest) {
        0 => String::new(),
        new => format!(" · {new} new: Tab"),
    };
    let at = if found == 0 { "none".to_owned() } else { format!("{} of {found}{more}", selected + 1) };
    format!("{at} · {}{new}", list.sort.name())
}

fn heading(columns: usize, look: &Look) -> Row {
    let text =
        format!("{:>7} {:>5} {:<TREND$} {:<6} {:<8} pattern", "lines", "share", "trend", "level", "last");
    fit(vec![span(&text, look.theme.faded)], columns).into()
}

fn row(one: &TemplateDigest, total: u64, columns: usize, look: &Look) -> Row {
    let theme = &look.theme;
    let level = one.level.map_or("", Level::name);
    let level_style = match one.level {
        Some(Level::Fatal) => theme.level_fatal,
        Some(Level::Error) => theme.level_error,
        Some(Level::Warn) => theme.level_warn,
        _ => theme.faded,
    };
    let mut spans = vec![
        span(&format!("{:>7} ", short_count(one.count)), theme.title),
        span(&format!("{:>5} ", share(one.count, total)), theme.faded),
    ];
    spans.extend(trend(&one.trend, one.level.is_some_and(Level::is_bad), look));
    spans.extend([
        span(&format!(" {level:<6} "), level_style),
        span(&format!("{:<8} ", clock(one.last)), theme.time),
        span(&one.text, theme.text),
    ]);
    fit(spans, columns).into()
}

/// How the records came over time, in a fixed number of columns.
fn trend(counts: &[u32], bad: bool, look: &Look) -> Vec<Span<'static>> {
    let style = if bad { look.theme.spark_bad } else { look.theme.spark };
    let bars: String =
        heights(&squeeze(counts, TREND)).into_iter().map(|height| glyphs::BARS[height]).collect();
    vec![span(&format!("{bars:<TREND$}"), style)]
}

/// The whole text, first and last seen, an example.
fn details(rows: &mut Rows, one: &TemplateDigest, columns: usize, look: &Look) {
    let theme = &look.theme;
    let indent = 8;
    if width(&one.text) > columns.saturating_sub(TEXT_AT) {
        rows.wrap(indent, &one.text, theme.text, columns);
    }
    let seen = match (one.first, one.last) {
        (Some(first), Some(last)) => format!("first {}, last {} UTC", moment(first), moment(last)),
        _ => "its lines carry no times".to_owned(),
    };
    rows.wrap(indent, &seen, theme.faded, columns);
    let prefix = vec![Span::raw(" ".repeat(indent)), span("newest ", theme.faded)];
    rows.hang(prefix, &one.newest.quote, theme.faded, columns);
}

fn share(count: u64, total: u64) -> String {
    let percent = count as f64 * 100.0 / total.max(1) as f64;
    if percent >= 99.95 || percent == 0.0 {
        format!("{percent:.0}%")
    } else if percent < 0.1 {
        "<0.1%".to_owned()
    } else {
        format!("{percent:.1}%")
    }
}

fn clock(at: Option<Timestamp>) -> String {
    at.map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_short_and_never_say_none_for_some() {
        let cases =
            [(0, "0%"), (1, "<0.1%"), (123, "1.2%"), (9_996, "100%"), (10_000, "100%"), (5_000, "50.0%")];
        for (count, expected) in cases {
            assert_eq!(share(count, 10_000), expected);
        }
        assert_eq!(share(0, 0), "0%");
    }
}
