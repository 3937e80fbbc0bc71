//! Lines of the sources: the source's name above, the newest lines or the cited place below.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::{Line, Scope};
use crate::incident::state::SourceState;
use crate::incident::{Level, SourceChange, SourceId};
use crate::tui::glyphs;
use crate::tui::pane::{View, teach};
use crate::tui::widget::rows::{Row, Rows, fit, span};
use crate::tui::widget::stamp::{abridged, leading_stamp};
use crate::tui::widget::text::{clean, cut, ending, fitting, width, wrap};

/// Columns of the title row that its number and name take, with the rule around them.
const TITLE: usize = 17;
/// So many columns of a source's name tell enough.
const LEAST_NAME: usize = 14;
/// Columns before the text of a line: the sign of the cursor and the level's edge.
const GUTTER: usize = 2;

/// The rows of the pane.
pub fn rows(view: &View<'_>) -> Rows {
    let app = view.app;
    let context = &app.ui.context;
    if app.ui.loading {
        return teach(view, "Loading the incident…", &[]);
    }
    if app.incident.sources.is_empty() {
        return without_source(view);
    }
    if context.window.lines.is_empty() {
        let name = context.source.map_or("the sources", |source| app.incident.source_name(source));
        let lead = match context.source.and_then(|source| app.incident.sources.get(&source)?.trouble.as_ref())
        {
            Some(SourceChange::Unreadable { reason }) => format!("{name} cannot be read: {reason}."),
            _ => format!("No lines in {name} yet. They appear here as they are written."),
        };
        return teach(view, &lead, &[]);
    }
    let mut rows = Rows::default();
    for (index, line) in context.window.lines.iter().enumerate() {
        let under_cursor = context.cursor == Some(index);
        let start = rows.rows.len();
        if under_cursor || context.wrap.unwrap_or(view.zoomed) {
            whole_line(&mut rows, view, line, under_cursor);
            if under_cursor {
                rows.focus_from(start);
            }
        } else {
            rows.push(cut_line(view, line));
        }
    }
    if context.cursor.is_none() {
        // A window taller than the pane (after a resize, before the answer) shows its newest lines.
        rows.top = Some(rows.rows.len().saturating_sub(view.height));
    }
    rows
}

fn without_source(view: &View<'_>) -> Rows {
    let requested = &view.app.incident.requested;
    if let Some(first) = requested.first() {
        let more =
            if requested.len() > 1 { format!(" and {} more", requested.len() - 1) } else { String::new() };
        let lead = format!("Waiting for {first}{more}. Lines appear here as soon as there are any.");
        return teach(view, &lead, &[]);
    }
    teach(view, "Nothing to read yet.", &WAYS_TO_START)
}

/// What a person can do who started without a source.
pub(crate) const WAYS_TO_START: [(&str, &str); 3] = [
    ("p", "paste an alert, chat, metrics or log lines"),
    ("I", "go on with an earlier incident"),
    ("q", "quit, then: sevdeck app.log  or  sevdeck demo"),
];

/// Sources as tabs, and whether new lines are followed.
pub fn aside(view: &View<'_>) -> Vec<Span<'static>> {
    let app = view.app;
    let theme = &view.look.theme;
    let context = &app.ui.context;
    let shown = context.source.or(context.window.scope.and_then(Scope::source));
    let mut right = source_trouble(view, shown);
    right.extend(following(view));
    let mut room = view.width.saturating_sub(TITLE + right.iter().map(Span::width).sum::<usize>());
    let mut spans = Vec::new();
    if !context.query.is_empty() {
        let query = cut(&format!(" /{} ", clean(&context.query)), (room / 2).max(6));
        room = room.saturating_sub(width(&query) + 1);
        spans.extend([span(&query, theme.hit), Span::raw(" ")]);
    }
    spans.extend(tabs(view, shown, room));
    spans.extend(right);
    spans
}

/// What is wrong with the source shown.
fn source_trouble(view: &View<'_>, shown: Option<SourceId>) -> Vec<Span<'static>> {
    use crate::incident::SourceChange::{
        Binary, Damaged, Disappeared, Ended, Exited, NotKept, Truncated, Unreadable,
    };
    let source = shown.and_then(|id| view.app.incident.sources.get(&id));
    let said = match source.and_then(|source| source.trouble.as_ref()) {
        Some(Disappeared) => "gone, waiting ",
        Some(Unreadable { .. }) => "cannot be read ",
        Some(Ended) => "ended ",
        Some(Binary) => "not text ",
        Some(Truncated { .. }) => "was truncated ",
        Some(Exited { again_s: Some(_), .. }) => "ended, starting again ",
        Some(Exited { again_s: None, .. }) => "ended badly ",
        Some(NotKept { .. }) => "not kept ",
        Some(Damaged { .. }) => "damaged ",
        _ => return Vec::new(),
    };
    vec![span(said, view.look.theme.trouble)]
}

/// Whether new lines are followed, or how many there are.
fn following(view: &View<'_>) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let context = &view.app.ui.context;
    let window = &context.window;
    if window.scope.is_none() {
        return Vec::new();
    }
    let follows = match view.width {
        0..70 if !context.query.is_empty() => "",
        0..80 => " (G)",
        _ => ", G follows",
    };
    let new = window.lines_total.saturating_sub(context.lines_seen);
    vec![if window.following {
        span(&format!("{} following ", glyphs::LIVE), theme.better)
    } else if new > 0 {
        span(&format!("+{} new{follows} ", count(new)), theme.key)
    } else {
        span(&format!("paused{follows} "), theme.faded)
    }]
}

/// Names of the sources with the one shown set off, in at most `room` columns: the others, then its number, then the
/// beginning of its name give way.
fn tabs(view: &View<'_>, shown: Option<SourceId>, room: usize) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let sources = &view.app.incident.sources;
    if sources.is_empty() {
        return Vec::new();
    }
    let total: usize = sources.values().map(|source| width(&clean(&source.name)) + 2).sum();
    if total < room {
        let tab = |(id, source): (&SourceId, &SourceState)| {
            if Some(*id) == shown {
                span(&format!("[{}]", source.name), theme.focus)
            } else {
                span(&format!(" {} ", source.name), theme.faded)
            }
        };
        let notes = shown.filter(|id| !sources.contains_key(id)).map(|_| span("[notes]", theme.focus));
        return sources.iter().map(tab).chain(notes).chain([Span::raw(" ")]).collect();
    }
    let (index, name) = sources
        .iter()
        .enumerate()
        .find(|(_, (id, _))| Some(**id) == shown)
        .map_or((None, "notes"), |(index, (_, source))| (Some(index), source.name.as_str()));
    let number = index.filter(|_| sources.len() > 1);
    let number = number.map(|index| format!(" {} of {}", index + 1, sources.len())).unwrap_or_default();
    let name = clean(name);
    let with_number = width(&name).min(LEAST_NAME) + 3 + width(&number) <= room;
    let number = if with_number { number.as_str() } else { "" };
    let name = ending(&name, room.saturating_sub(3 + width(number)).max(LEAST_NAME / 2));
    vec![span(&format!("[{name}]"), theme.focus), span(number, theme.faded), Span::raw(" ")]
}

/// A number with its thousands set off.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn level_style(view: &View<'_>, level: Option<Level>) -> Style {
    let theme = &view.look.theme;
    match level {
        Some(Level::Fatal) => theme.level_fatal,
        Some(Level::Error) => theme.level_error,
        Some(Level::Warn) => theme.level_warn,
        Some(Level::Debug | Level::Trace) => theme.level_debug,
        Some(Level::Info | Level::Notice) | None => theme.text,
    }
}

/// What stands before the text: the cursor, an edge for failures, the time of day where the pane is narrow.
fn gutter(view: &View<'_>, line: &Line, under_cursor: bool) -> (Vec<Span<'static>>, usize) {
    let theme = &view.look.theme;
    let bad = line.level.is_some_and(Level::is_bad);
    let cursor = if under_cursor { glyphs::CURSOR } else { " " };
    let edge = if bad { glyphs::EDGE } else { " " };
    let mut spans = vec![span(cursor, theme.focus), span(edge, level_style(view, line.level))];
    let stamp = if view.zoomed { 0 } else { leading_stamp(&line.text) };
    if let Some(at) = line.at.filter(|_| stamp > 0 && !line.continuation) {
        spans.push(span(&at.strftime("%H:%M:%S ").to_string(), theme.time));
        return (spans, stamp);
    }
    (spans, 0)
}

fn cut_line(view: &View<'_>, line: &Line) -> Row {
    let (mut spans, skipped) = gutter(view, line, false);
    let used: usize = spans.iter().map(Span::width).sum();
    let text = &line.text[skipped..];
    let found = hits(text, &view.app.ui.context.query);
    let room = view.width.saturating_sub(used);
    let left_out = found.first().map_or(0, |hit| before_hit(text, hit, room));
    let unmarked = found.is_empty() && !is_cited(view, line);
    let too_wide = fitting(text, view.width.saturating_sub(used)) < text.len();
    match abridged(text).filter(|_| unmarked && too_wide) {
        Some(short) => spans.push(span(&short, level_style(view, line.level))),
        None if left_out > 0 => {
            spans.push(span("…", view.look.theme.faded));
            spans.extend(styled(view, line, skipped + left_out));
        }
        None => spans.extend(styled(view, line, skipped)),
    }
    if line.cut {
        spans.push(span(" …", view.look.theme.faded));
    }
    fit(spans, view.width).into()
}

/// The line under the cursor and the lines of a zoomed pane are shown whole, up to half the pane.
fn whole_line(rows: &mut Rows, view: &View<'_>, line: &Line, under_cursor: bool) {
    let (gutter, skipped) = gutter(view, line, under_cursor);
    let used: usize = gutter.iter().map(Span::width).sum();
    let text = clean(&line.text[skipped..]).into_owned();
    let first = view.width.saturating_sub(used);
    let pieces = wrap(&text, first, view.width.saturating_sub(GUTTER));
    if pieces.len() == 1 {
        let mut spans = gutter;
        spans.extend(styled(view, line, skipped));
        rows.push(spans.into());
        return;
    }
    let all = styled(view, line, skipped);
    let most = (view.height / 2).max(1);
    let mut prefix = Some(gutter);
    let mut at = 0;
    for piece in pieces.into_iter().take(most) {
        at += text[at..].find(&piece).unwrap_or(0);
        let mut spans = prefix.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(GUTTER))]);
        spans.extend(part(&all, at..at + piece.len()));
        at += piece.len();
        rows.push(fit(spans, view.width).into());
    }
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

/// The text from byte `skipped` on, with cited bytes and hits of the search set off.
fn styled(view: &View<'_>, line: &Line, skipped: usize) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let context = &view.app.ui.context;
    let base = level_style(view, line.level);
    let cited = context.highlight.filter(|_| is_cited(view, line));
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
    marks.extend(hits(&line.text, &context.query).into_iter().map(|range| (range, theme.hit)));
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

/// Whether a part of the line is cited.
fn is_cited(view: &View<'_>, line: &Line) -> bool {
    let context = &view.app.ui.context;
    context.highlight.is_some_and(|place| {
        Some(place.source) == context.window.scope.and_then(Scope::source)
            && place.start < line.end.max(line.start + 1)
            && place.end > line.start
    })
}

/// Where the searched text stands in `text`; case matters only when the query holds an upper-case letter.
fn hits(text: &str, query: &str) -> Vec<Range<usize>> {
    if query.is_empty() {
        return Vec::new();
    }
    let exact = query.chars().any(char::is_uppercase);
    let found = |hay: &str| hay.match_indices(query).map(|(at, hit)| at..at + hit.len()).collect();
    if exact { found(text) } else { found(&text.to_ascii_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_follow_the_case_of_the_query() {
        assert_eq!(hits("FATAL fatal", "fatal"), [0..5, 6..11]);
        let single = |text, query| hits(text, query).pop();
        assert_eq!(single("FATAL fatal", "FATAL"), Some(0..5));
        assert_eq!(single("连接 Fatal", "fatal"), Some(7..12));
        assert!(hits("x", "").is_empty());
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

    #[test]
    fn thousands_are_set_off() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), expected);
        }
    }
}
