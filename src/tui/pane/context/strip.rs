//! Records over time above the lines: a row for errors, one for warnings, one for all, and an axis with what happened.
//! Each row has a scale of its own, so that the errors of a busy service stay visible.

use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use crate::app::App;
use crate::incident::{FindingKind, TimelineKind};
use crate::tui::glyphs;
use crate::tui::header::{per_second, short_count};
use crate::tui::layout::STRIP_LABEL;
use crate::tui::pane::View;
use crate::tui::pane::timeline::date;
use crate::tui::widget::canvas;
use crate::tui::widget::rows::span;

type Stretch = (Timestamp, Timestamp);

/// Counts of one column: errors and worse, warnings, all; and whether any of them was fatal.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    counts: [u32; 3],
    fatal: bool,
}

/// Draws the strip into `area`.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, view: &View<'_>) {
    let theme = &view.look.theme;
    let columns = usize::from(area.width.saturating_sub(STRIP_LABEL));
    let Some(stretch) = view.app.stretch().filter(|_| columns > 0) else {
        let text = "  no times in these lines, so nothing to show over time";
        canvas::put(buffer, area, (0, 0), text, theme.faded);
        return;
    };
    let (found, seconds) = counts(view.app, stretch, columns);
    let cursor = view.app.ui.context.strip.cursor.map(|at| column_of(at, stretch, columns));
    // The row of errors is the one that is read: it gets the height there is.
    let heights = [usize::from(area.height.saturating_sub(3)), 1, 1];
    let names = [("errors", theme.spark_bad), ("warnings", theme.level_warn), ("all", theme.spark)];
    let mut y = 0;
    for (row, ((name, style), height)) in names.into_iter().zip(heights).enumerate() {
        let values: Vec<u32> = found.iter().map(|column| column.counts[row]).collect();
        let figure = match cursor.and_then(|cursor| values.get(cursor)) {
            Some(count) => short_count(u64::from(*count)),
            None => {
                format!("{}/s", per_second(f64::from(values.iter().copied().max().unwrap_or(0)) / seconds))
            }
        };
        canvas::put(buffer, area, (0, y), &format!(" {name:<8} {figure:>7}"), theme.faded);
        let peak = values.iter().copied().max().unwrap_or(0).max(1);
        for (at, value) in values.iter().enumerate() {
            let eighths = (u64::from(*value) * 8 * height as u64).div_ceil(u64::from(peak)) as usize;
            let style = if row == 0 && found[at].fatal { theme.level_fatal } else { style };
            for up in 0..height {
                let sign = glyphs::BARS[eighths.saturating_sub(8 * up).min(8)];
                let under = if cursor == Some(at) { style.add_modifier(Modifier::REVERSED) } else { style };
                let line = y + (height - 1 - up) as u16;
                canvas::put(buffer, area, (STRIP_LABEL + at as u16, line), sign, under);
            }
        }
        y += height as u16;
    }
    axis(buffer, Rect { y: area.y + y, height: 1, ..area }, view, (stretch, columns, cursor));
}

/// Times, the span of the lines on screen, deploys, bookmarks, the cursor.
fn axis(
    buffer: &mut Buffer,
    area: Rect,
    view: &View<'_>,
    (stretch, columns, cursor): (Stretch, usize, Option<usize>),
) {
    let theme = &view.look.theme;
    let label = match view.app.ui.context.strip.cursor {
        Some(at) => at.strftime(" %H:%M:%S").to_string(),
        None => span_text(stretch),
    };
    let mut cells: Vec<(&str, Style)> = vec![("─", theme.border); columns];
    let lines = &view.app.ui.context.window.lines;
    let times = || lines.iter().filter_map(|line| line.at);
    if let (Some(first), Some(last)) = (times().min(), times().max())
        && last >= stretch.0
        && first <= stretch.1
    {
        let (from, to) = (column_of(first, stretch, columns), column_of(last, stretch, columns));
        for cell in &mut cells[from..=to] {
            *cell = ("━", theme.focus);
        }
    }
    let bookmarks = view.app.incident.bookmarks.values();
    let marked = bookmarks.filter_map(|bookmark| Some((bookmark.at?, glyphs::MARK, theme.kind_person)));
    let deploys = deploys(view.app).into_iter().map(|at| (at, "D", theme.kind_deploy));
    for (at, sign, style) in marked.chain(deploys) {
        if at >= stretch.0 && at < stretch.1 {
            cells[column_of(at, stretch, columns)] = (sign, style);
        }
    }
    if let Some(cell) = cursor.and_then(|cursor| cells.get_mut(cursor)) {
        *cell = (glyphs::UP, theme.focus);
    }
    let label = format!("{label:<width$}", width = usize::from(STRIP_LABEL));
    let mut spans: Vec<Span<'static>> = vec![span(&label, theme.time)];
    spans.extend(cells.into_iter().map(|(sign, style)| span(sign, style)));
    canvas::put_row(buffer, area, &spans.into());
}

/// When something was deployed or changed, as the logs or the analyst say.
fn deploys(app: &App) -> Vec<Timestamp> {
    let found = app.digest.findings.iter().filter(|finding| finding.kind == FindingKind::Deploy);
    let told = app.incident.shown().timeline.iter().filter(|entry| entry.kind == TimelineKind::Deploy);
    found.filter_map(|finding| finding.at).chain(told.map(|entry| entry.at)).collect()
}

fn column_of(at: Timestamp, (from, to): Stretch, columns: usize) -> usize {
    let share = at.duration_since(from).as_secs_f64() / to.duration_since(from).as_secs_f64().max(0.001);
    ((share.clamp(0.0, 1.0) * columns as f64) as usize).min(columns.saturating_sub(1))
}

/// Counts per column, and the seconds that a count is of.
fn counts(app: &App, stretch: Stretch, columns: usize) -> (Vec<Column>, f64) {
    let strip = &app.ui.context.strip;
    if let Some(answer) = strip.answer.as_ref().filter(|answer| !answer.buckets.is_empty()) {
        let length = answer.to.duration_since(answer.from).as_secs_f64() / answer.buckets.len() as f64;
        let buckets = answer.buckets.iter().map(|[fatal, error, warning, other]| Column {
            counts: [fatal + error, *warning, fatal + error + warning + other],
            fatal: *fatal > 0,
        });
        let buckets: Vec<Column> = buckets.collect();
        return (spread((answer.from, length), &buckets, stretch, columns), length);
    }
    let histogram = &app.digest.histogram;
    let (Some(start), true) = (histogram.start, app.strip_is_told()) else {
        return (vec![Column::default(); columns], 1.0);
    };
    let buckets: Vec<Column> = (0..histogram.all.len())
        .map(|at| {
            let count = |counts: &[u32]| counts.get(at).copied().unwrap_or(0);
            let counts = [count(&histogram.bad), count(&histogram.warnings), count(&histogram.all)];
            Column { counts, fatal: false }
        })
        .collect();
    let length = f64::from(histogram.bucket_s.max(1));
    (spread((start, length), &buckets, stretch, columns), length)
}

/// Buckets of `length` seconds from `start` on, over the columns of a stretch: a column shows the highest of the buckets
/// that reach into it.
fn spread(
    (start, length): (Timestamp, f64),
    buckets: &[Column],
    stretch: Stretch,
    columns: usize,
) -> Vec<Column> {
    let step = stretch.1.duration_since(stretch.0).as_secs_f64() / columns as f64;
    let before = stretch.0.duration_since(start).as_secs_f64();
    let column = |at: usize| {
        let from = ((before + step * at as f64) / length + 1e-6).floor().max(0.0) as usize;
        let to =
            (((before + step * (at + 1) as f64) / length - 1e-6).ceil().max(0.0) as usize).min(buckets.len());
        let mut found = Column::default();
        for bucket in buckets.get(from..to).unwrap_or_default() {
            for (most, count) in found.counts.iter_mut().zip(bucket.counts) {
                *most = (*most).max(count);
            }
            found.fatal |= bucket.fatal;
        }
        found
    };
    (0..columns).map(column).collect()
}

/// A stretch of time in at most 14 columns.
fn span_text((from, to): Stretch) -> String {
    let length = to.duration_since(from);
    if length < SignedDuration::from_secs(120) {
        format!(" {} +{}s", from.strftime("%H:%M:%S"), length.as_secs().max(1))
    } else if date(from) == date(to) {
        format!(" {}–{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
    } else if length < SignedDuration::from_hours(24) {
        format!(" {} +{}h", from.strftime("%H:%M"), length.as_hours().max(1))
    } else {
        format!(" {}–{}", from.strftime("%m-%d"), to.strftime("%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn buckets_land_in_the_columns_of_their_time() {
        let bucket = |count| Column { counts: [count, 0, count], fatal: count > 8 };
        let buckets = [bucket(1), bucket(9), bucket(2), bucket(3)];
        let values = |stretch, columns| -> Vec<u32> {
            spread((at(100), 10.0), &buckets, stretch, columns)
                .iter()
                .map(|column| column.counts[0])
                .collect()
        };
        assert_eq!(values((at(100), at(140)), 4), [1, 9, 2, 3]);
        assert_eq!(values((at(100), at(140)), 2), [9, 3]);
        assert_eq!(values((at(100), at(140)), 8), [1, 1, 9, 9, 2, 2, 3, 3]);
        assert_eq!(values((at(80), at(120)), 4), [0, 0, 1, 9]);
        assert_eq!(values((at(120), at(160)), 4), [2, 3, 0, 0]);
    }

    #[test]
    fn a_moment_outside_stands_at_the_edge() {
        for (second, expected) in [(0, 0), (100, 0), (119, 1), (139, 3), (140, 3), (900, 3)] {
            assert_eq!(column_of(at(second), (at(100), at(140)), 4), expected, "{second}");
        }
    }

    #[test]
    fn times_of_the_axis_fit_their_room() {
        for (from, to) in [(0, 10), (0, 600), (80_000, 90_000), (0, 900_000), (0, 86_399)] {
            let text = span_text((at(from), at(to)));
            assert!(text.chars().count() < usize::from(STRIP_LABEL), "{text}");
        }
    }
}
