//! Where to begin, the picker of logs, and the bar below the incident as it was.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::ui::Start;
use crate::app::{App, palette};
use crate::incident::briefing::{self, Words};
use crate::incident::triage::Language;
use crate::tui::glyphs;
use crate::tui::look::Look;
use crate::tui::overlay::palette::{ask, counted};
use crate::tui::overlay::{boxed, popup, titled};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span, spread};
use crate::tui::widget::text::{ending, width};

/// Below this many columns only the names are told.
const NARROW: usize = 60;

/// How it goes, told while nothing was ever kept here.
const STEPS: [(&str, &str); 3] = [
    (
        "Look ",
        "what broke and why stands under Hypotheses; Enter on a quote goes to its line. Tab or 1 to 4 change the pane.",
    ),
    ("Check", "y copies the command of a step, o takes what it printed; sevdeck itself runs nothing."),
    (
        "Tell ",
        "U is the update for those who wait, D the card for whoever takes over; ? shows all keys, : finds any command.",
    ),
];

/// Draws the ways to begin.
pub fn draw(buffer: &mut Buffer, body: Rect, selected: usize, app: &App, look: &Look) {
    let theme = &look.theme;
    let ways = app.ways();
    let selected = selected.min(ways.len().saturating_sub(1));
    let inner = titled(buffer, body, "Where to begin?", "", look);
    let inner = Rect { x: inner.x + 1, width: inner.width.min(100).saturating_sub(2), ..inner };
    let columns = usize::from(inner.width);
    let mut rows = Rows::default();
    rows.gap();
    for (index, way) in ways.iter().enumerate() {
        let (key, what, aside) = way_words(way, app);
        let sign = if index == selected { glyphs::CURSOR } else { " " };
        let left = vec![
            span(&format!("{sign} "), theme.focus),
            span(&format!("{key:<2}"), theme.key),
            span(&what, if index == selected { theme.title } else { theme.text }),
        ];
        let right = if columns < NARROW { Vec::new() } else { vec![span(&aside, theme.faded)] };
        rows.push(spread(left, right, columns));
        if index == selected {
            rows.focus = index + 1..index + 2;
        }
    }
    rows.gap();
    if app.past.as_ref().is_some_and(Vec::is_empty) {
        for (number, (what, how)) in STEPS.iter().enumerate() {
            let prefix = vec![span(&format!("  {} {what}  ", number + 1), theme.title)];
            rows.hang(prefix, how, theme.faded, columns);
        }
    } else {
        let text = "Everything is kept from the first moment: sevdeck resume goes on where you left.";
        rows.wrap(2, text, theme.faded, columns);
    }
    canvas::put_rows(buffer, inner, &rows, Some(theme.selection));
}

/// Key, words and what stands at the right edge.
fn way_words(way: &Start, app: &App) -> (&'static str, String, String) {
    match way {
        Start::Resume(id) => {
            let past = app.past.as_deref().unwrap_or_default();
            let at = past.iter().position(|one| one.id == *id);
            let Some(one) = at.and_then(|at| past.get(at)) else {
                return ("", format!("Go on with {id}"), String::new());
            };
            let title = if one.title.is_empty() { one.id.as_str() } else { one.title.as_str() };
            let level = if one.severity.is_empty() { String::new() } else { format!("{} ", one.severity) };
            let key = if at == Some(0) { "r" } else { "" };
            (
                key,
                format!("Go on with {level}{title}"),
                format!("{}, {}", one.status, ago(app.now, one.opened_at)),
            )
        }
        Start::Past => {
            let count = app.past.as_ref().map_or(0, Vec::len);
            ("I", "All past incidents".to_owned(), format!("{count} kept"))
        }
        Start::Logs => {
            let found = match app.logs_here.as_ref().map(Vec::len) {
                None => "looking for logs".to_owned(),
                Some(0) => "none found; write a path".to_owned(),
                Some(1) => "1 found here and in /var/log".to_owned(),
                Some(count) => format!("{count} found here and in /var/log"),
            };
            ("o", "Open logs of this host".to_owned(), found)
        }
        Start::Paste => {
            ("p", "Paste what you have: an alert, chat, metrics, log lines".to_owned(), String::new())
        }
        Start::Demo => ("d", "Watch a shipped incident unfold".to_owned(), "needs nothing".to_owned()),
    }
}

/// How long ago, in words.
fn ago(now: Timestamp, then: Timestamp) -> String {
    let length = now.duration_since(then);
    if length < SignedDuration::from_mins(1) {
        return "just now".to_owned();
    }
    match length.as_hours() / 24 {
        0 => format!("{} ago", briefing::span(length, &Words::of(Language::En))),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// Draws the picker of logs.
pub fn logs(
    buffer: &mut Buffer,
    body: Rect,
    (query, selected, marked): (&str, usize, &BTreeSet<String>),
    app: &App,
    look: &Look,
) {
    let theme = &look.theme;
    let found = palette::logs(query, app);
    let selected = selected.min(found.len().saturating_sub(1));
    let mut title = counted("Logs of this host", selected, found.len());
    if !marked.is_empty() {
        title = format!("{} marked of {}", marked.len(), found.len());
    }
    let inner = boxed(buffer, popup(body, 100, 22), &title, look);
    let list = ask(buffer, inner, query, look);
    let columns = usize::from(inner.width);
    let mut rows = Rows::default();
    for (index, file) in found.iter().enumerate() {
        let sign = if marked.contains(&file.path) { glyphs::CHECK } else { " " };
        let mut aside = bytes(file.bytes);
        if columns >= NARROW {
            aside = format!("{aside:>9}  {:>14}", ago(app.now, file.changed));
        }
        let room = columns.saturating_sub(width(&aside) + 3);
        // The end of a path tells more than its beginning.
        let name = ending(&file.path, room);
        let left = vec![span(&format!("{sign} "), theme.verified), span(&name, theme.text)];
        rows.push(spread(left, vec![span(&aside, theme.faded)], columns));
        if index == selected {
            rows.focus = index..index + 1;
        }
    }
    if found.is_empty() {
        let text = match (&app.logs_here, query.is_empty()) {
            (None, _) => "Looking for logs here and in /var/log.",
            (Some(_), true) => "No log was found here or in /var/log that you may read.",
            (Some(_), false) => {
                "Enter opens what you wrote: /a/path, '/a/pattern*', cmd:a command, journal:a unit."
            }
        };
        rows.wrap(0, text, theme.faded, columns);
    }
    canvas::put_rows(buffer, list, &rows, Some(theme.selection));
}

/// A size for people.
fn bytes(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(size, _)| bytes >= *size);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(size, name)| format!("{:.1} {name}", bytes as f64 / size as f64),
    )
}

/// Draws the bar that says which moment is shown, over the last rows of `body`.
pub fn replay(buffer: &mut Buffer, body: Rect, app: &App, look: &Look) {
    let Some(replay) = &app.replay else { return };
    let theme = &look.theme;
    let height = body.height.min(3);
    let area = Rect { y: body.y + body.height - height, height, ..body };
    let (at, count) = replay.place();
    let moment = replay.moment();
    let title = format!("As it was at {} UTC", moment.strftime("%H:%M:%S"));
    let aside = format!("{at} of {count} events · {}", ago(app.now, moment));
    let inner = titled(buffer, area, &title, &aside, look);
    let columns = usize::from(inner.width);
    let track = columns.saturating_sub(2);
    let here = if count > 1 { (at - 1) * track.saturating_sub(1) / (count - 1) } else { 0 };
    let mut rows = Rows::default();
    rows.push(
        vec![
            Span::raw(" "),
            span(&"─".repeat(here), theme.focus),
            span(glyphs::LIVE, theme.focus),
            span(&"─".repeat(track.saturating_sub(here + 1)), theme.border),
        ]
        .into(),
    );
    rows.push(spread(vec![span(" ", theme.text), span(&replay.words(), theme.text)], Vec::new(), columns));
    canvas::put_rows(buffer, inner, &rows, None);
}
