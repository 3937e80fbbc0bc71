//! One line of a source: cursor and edge, where it comes from, when, and its words.

use std::ops::Range;

use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

use crate::app::query::Marker;
use crate::app::sources::brief;
use crate::app::{Line, Scope};
use crate::incident::{Level, Place, SourceId};
use crate::tui::glyphs;
use crate::tui::pane::View;
use crate::tui::theme::Theme;
use crate::tui::widget::rows::{Row, Rows, fit, span};
use crate::tui::widget::stamp::{abridged, leading_stamp};
use crate::tui::widget::text::{clean, ending, fitting, width, wrap};

/// Columns before the text of a line: the sign of the cursor, and the level's edge or the sign of a bookmark.
const GUTTER: usize = 2;
/// Narrower than this, there is no room for names.
const NARROW: usize = 44;
/// Widest column of names.
const NAME_MAX: usize = 24;
/// Names that are measured for the width of their column.
const NAMES_MAX: usize = 200;
/// From so many columns on wrapped lines stay clear of the column of names.
const WIDE: usize = 100;
/// Columns before a line that continues a record.
const CONTINUED: usize = 2;

/// What the lines of a frame are drawn with.
pub(super) struct Pen<'a> {
    view: &'a View<'a>,
    marker: Marker,
    /// Columns for the name of a line's source; 0 where one source is shown, or where there is no room.
    names: usize,
}

impl<'a> Pen<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        let app = view.app;
        let merged = app.ui.context.window.scope == Some(Scope::Merged);
        // As wide as the longest name, up to a quarter of the pane.
        let most = if view.width < NARROW { 0 } else { (view.width / 4).min(NAME_MAX) };
        let shown = |source| width(&ending(&clean(brief(app.incident.source_name(source))), most));
        let names =
            if merged && most > 0 { app.logs().take(NAMES_MAX).map(shown).max().unwrap_or(0) } else { 0 };
        Self { view, marker: Marker::new(&app.ui.context.query), names }
    }

    /// The line in a row, its most telling part where it does not fit.
    pub(super) fn row(&self, line: &Line) -> Row {
        let view = self.view;
        let (mut spans, skipped) = self.lead(line, false);
        let used: usize = spans.iter().map(Span::width).sum();
        let text = &line.text[skipped..];
        let found = self.marker.hits(text);
        let room = view.width.saturating_sub(used);
        let left_out = found.first().map_or(0, |hit| before_hit(text, hit, room));
        let unmarked = found.is_empty() && !is_cited(view, line);
        let too_wide = fitting(text, room) < text.len();
        match abridged(text).filter(|_| unmarked && too_wide) {
            Some(short) => spans.push(span(&short, style(view, line))),
            None if left_out > 0 => {
                spans.push(span("…", view.look.theme.faded));
                spans.extend(self.styled(line, skipped + left_out));
            }
            None => spans.extend(self.styled(line, skipped)),
        }
        if line.cut {
            spans.push(span(" …", view.look.theme.faded));
        }
        fit(spans, view.width).into()
    }

    /// The line whole, up to half the pane.
    pub(super) fn whole(&self, rows: &mut Rows, line: &Line, under_cursor: bool) {
        let view = self.view;
        let (gutter, skipped) = self.lead(line, under_cursor);
        let used: usize = gutter.iter().map(Span::width).sum();
        let text = clean(&line.text[skipped..]).into_owned();
        let first = view.width.saturating_sub(used);
        let named = if self.names > 0 && view.width >= WIDE { self.names + 1 } else { 0 };
        let indent = GUTTER + named;
        let pieces = wrap(&text, first, view.width.saturating_sub(indent));
        let all = self.styled(line, skipped);
        if pieces.len() == 1 {
            rows.push(gutter.into_iter().chain(all).collect::<Vec<_>>().into());
            return;
        }
        let most = (view.height / 2).max(1);
        let mut prefix = Some(gutter);
        let mut at = 0;
        for piece in pieces.into_iter().take(most) {
            at += text[at..].find(&piece).unwrap_or(0);
            let mut spans = prefix.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(indent))]);
            spans.extend(part(&all, at..at + piece.len()));
            at += piece.len();
            rows.push(fit(spans, view.width).into());
        }
    }

    /// The gutter, with the white space that a continuation begins with made short where the pane shares the screen.
    fn lead(&self, line: &Line, under_cursor: bool) -> (Vec<Span<'static>>, usize) {
        let (mut spans, skipped) = self.gutter(line, under_cursor);
        if line.continuation && !self.view.zoomed {
            spans.push(Span::raw(" ".repeat(CONTINUED)));
            return (spans, line.text.len() - line.text.trim_start().len());
        }
        (spans, skipped)
    }

    /// What stands before the text, and how many bytes of it that stands for: the cursor, a bookmark or an edge for
    /// failures, the source of merged lines, the time of day where the pane shares the screen.
    fn gutter(&self, line: &Line, under_cursor: bool) -> (Vec<Span<'static>>, usize) {
        let view = self.view;
        let theme = &view.look.theme;
        let cursor = if under_cursor { glyphs::CURSOR } else { " " };
        let place = Place { source: line.source, start: line.start, end: line.end };
        let marked = view.app.incident.bookmarks.contains_key(&place);
        let bad = line.level.is_some_and(Level::is_bad) && !line.around;
        let edge = match (marked, bad) {
            (true, _) => span(glyphs::MARK, theme.kind_person),
            (false, true) => span(glyphs::EDGE, level_style(theme, line.level)),
            (false, false) => Span::raw(" "),
        };
        let mut spans = vec![span(cursor, theme.focus), edge];
        if self.names > 0 {
            let name = if line.continuation { "" } else { brief(view.app.incident.source_name(line.source)) };
            let name = ending(&clean(name), self.names);
            let gap = (self.names + 1).saturating_sub(width(&name));
            spans.push(span(&name, source_style(view, line.source)));
            spans.push(Span::raw(" ".repeat(gap)));
        }
        let stamp = if view.zoomed { 0 } else { leading_stamp(&line.text) };
        // Lines of several sources are read by their times, wherever these stand in the line.
        let timed = (stamp > 0 || self.names > 0) && !view.zoomed && !line.continuation;
        if let Some(at) = line.at.filter(|_| timed) {
            spans.push(span(&at.strftime("%H:%M:%S ").to_string(), theme.time));
            return (spans, stamp);
        }
        (spans, 0)
    }

    /// The text from byte `skipped` on, with cited bytes and hits of the search set off.
    fn styled(&self, line: &Line, skipped: usize) -> Vec<Span<'static>> {
        let view = self.view;
        let theme = &view.look.theme;
        let base = style(view, line);
        let cited = view.app.ui.context.highlight.filter(|_| is_cited(view, line));
        let mut marks: Vec<(Range<usize>, Style)> = Vec::new();
        if let Some(place) = cited {
            // Offsets count raw bytes; where cleaning changed the text's length the whole line is set off.
            let exact = line.end - line.start == line.text.len() as u64;
            let range = if exact {
                let start = place.start.saturating_sub(line.start) as usize;
                start..(place.end.min(line.end) - line.start) as usize
            } else {
                0..line.text.len()
            };
            marks.push((range, theme.cited));
        }
        marks.extend(self.marker.hits(&line.text).into_iter().map(|range| (range, theme.hit)));
        let mut cuts: Vec<usize> = marks.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
        cuts.extend([skipped, line.text.len()]);
        cuts.retain(|cut| *cut >= skipped && line.text.is_char_boundary(*cut));
        cuts.sort_unstable();
        cuts.dedup();
        let style_at = |at: usize| {
            let over = marks.iter().rev().find(|(range, _)| range.contains(&at));
            over.map_or(base, |(_, style)| base.patch(*style))
        };
        cuts.windows(2).map(|pair| span(&line.text[pair[0]..pair[1]], style_at(pair[0]))).collect()
    }
}

/// Style of a line: its level's. What continues a record is not bold, and dimmed where it is indented: of a stack trace
/// the causes are read, the frames looked up. What stands around a line that passes is faded.
fn style(view: &View<'_>, line: &Line) -> Style {
    let theme = &view.look.theme;
    let level = level_style(theme, line.level);
    if line.around {
        theme.faded
    } else if line.continuation {
        let dim = if line.text.starts_with(' ') { Modifier::DIM } else { Modifier::empty() };
        level.remove_modifier(Modifier::BOLD).add_modifier(dim)
    } else {
        level
    }
}

fn level_style(theme: &Theme, level: Option<Level>) -> Style {
    match level {
        Some(Level::Fatal) => theme.level_fatal,
        Some(Level::Error) => theme.level_error,
        Some(Level::Warn) => theme.level_warn,
        Some(Level::Debug | Level::Trace) => theme.level_debug,
        Some(Level::Info | Level::Notice) | None => theme.text,
    }
}

/// Style of a source's name: one of six, by its number.
pub(crate) fn source_style(view: &View<'_>, source: SourceId) -> Style {
    let theme = &view.look.theme;
    let styles =
        [theme.source_a, theme.source_b, theme.source_c, theme.source_d, theme.source_e, theme.source_f];
    styles[source.0.saturating_sub(1) as usize % styles.len()]
}

/// The bytes `range` of the text of `spans`, styled as they are there.
fn part(spans: &[Span<'static>], range: Range<usize>) -> Vec<Span<'static>> {
    let mut start = 0;
    let mut found = Vec::new();
    for span in spans {
        let end = start + span.content.len();
        let (from, to) = (range.start.max(start), range.end.min(end));
        if let Some(text) = span.content.get(from.saturating_sub(start)..to.saturating_sub(start))
            && !text.is_empty()
        {
            found.push(Span::styled(text.to_owned(), span.style));
        }
        start = end;
    }
    found
}

/// Where a line that is cut begins so that its first hit is on screen: bytes to leave out, none where it is anyway.
fn before_hit(text: &str, hit: &Range<usize>, columns: usize) -> usize {
    if hit.end <= fitting(text, columns.saturating_sub(1)) {
        return 0;
    }
    let before = &text[..hit.start];
    let start = before.char_indices().rev().take(columns / 3).last().map_or(hit.start, |(at, _)| at);
    let word = text[start..hit.start].find(' ').map_or(start, |space| start + space + 1);
    if word < hit.start { word } else { start }
}

/// Whether a part of the line is cited.
fn is_cited(view: &View<'_>, line: &Line) -> bool {
    view.app.ui.context.highlight.is_some_and(|place| {
        place.source == line.source && place.start < line.end.max(line.start + 1) && place.end > line.start
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::query::read;

    fn hits(text: &str, query: &str) -> Vec<Range<usize>> {
        Marker::new(&read(query)).hits(text)
    }

    #[test]
    fn a_hit_behind_the_edge_is_brought_on_screen() {
        let text = "ERROR cannot open a connection: sorry, too many clients";
        let hit = hits(text, "too many").remove(0);
        assert_eq!(before_hit(text, &hit, 60), 0);
        assert_eq!(&text[before_hit(text, &hit, 24)..], "sorry, too many clients");
        let wide = "连接连接连接连接连接 耗尽";
        let hit = hits(wide, "耗尽").remove(0);
        assert_eq!(&wide[before_hit(wide, &hit, 9)..], "连接 耗尽");
    }

    #[test]
    fn a_part_of_styled_text_keeps_its_styles() {
        let red = Style::new().red();
        let spans = [Span::raw("too "), Span::styled("many", red), Span::raw(" clients")];
        let found = part(&spans, 2..6);
        assert_eq!(found, [Span::raw("o "), Span::styled("ma", red)]);
    }
}
