//! The two rows on top: how bad, what, since when; is it getting better, from how much evidence.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::App;
use crate::app::model::Phase;
use crate::incident::event::IncidentStatus;
use crate::incident::model::Spent;
use crate::incident::triage::SeverityLevel;
use crate::incident::{ModelCall, ModelOutcome};
use crate::tui::glyphs;
use crate::tui::look::Look;
use crate::tui::overlay::model::{clock, money};
use crate::tui::pane::timeline::date;
use crate::tui::trend::{Direction, Trend, early, heights, squeeze, telling, trend};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{span, spread};
use crate::tui::widget::text::{cut, width};

/// Between the sparkline and its words.
const GAP: &str = "  ";

/// Widest name of a model: some are paths.
const NAME: usize = 24;
/// Widest text of what a model is doing.
const WORD: usize = 32;

/// Draws the header into `area`.
pub fn draw(buffer: &mut Buffer, area: Rect, app: &App, look: &Look) {
    let columns = usize::from(area.width);
    let first = spread(name(app, look), since(app, look), columns);
    canvas::put_row(buffer, Rect { height: area.height.min(1), ..area }, &first);
    if area.height > 1 {
        let mut left = rate(app, look, columns);
        let wide = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<usize>();
        let right = state(app, look, columns.saturating_sub((wide(&left) + 2).max(4)));
        // Where there is no room the last words go whole rather than in part; the sparkline and the figure stay.
        let least = left.iter().position(|span| span.content == GAP).map_or(0, |at| at + 2);
        while left.len() > least && wide(&left) + wide(&right) + 1 > columns {
            left.pop();
        }
        let second = spread(left, right, columns);
        canvas::put_row(buffer, Rect { y: area.y + 1, height: 1, ..area }, &second);
    }
}

/// Badge, service and title.
fn name(app: &App, look: &Look) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let incident = &app.incident;
    let (word, style) = match incident.severity() {
        Some(level) => (level.name(), badge(level, look)),
        None => ("SEV?", theme.sev_unknown),
    };
    let mut spans = vec![span(&format!(" {word} "), style), Span::raw(" ")];
    match incident.status {
        IncidentStatus::Open => {}
        IncidentStatus::Mitigated => spans.push(span("mitigated ", theme.better)),
        IncidentStatus::Resolved => spans.push(span("resolved ", theme.better)),
    }
    if !incident.service().is_empty() {
        spans.push(span(&format!("{} ", incident.service()), theme.place));
    }
    let title = match incident.title() {
        "" if app.ui.loading => "Loading…",
        "" => "New incident",
        title => unprefixed(title, incident.service()),
    };
    spans.push(span(title, theme.title));
    spans
}

/// A title without the name of the service it begins with, which stands before it.
fn unprefixed<'a>(title: &'a str, service: &str) -> &'a str {
    let rest = title.strip_prefix(service).filter(|_| !service.is_empty());
    let rest = rest.and_then(|rest| rest.strip_prefix([':', '：']));
    rest.map_or(title, str::trim_start)
}

/// Style of a severity's badge.
pub(crate) fn badge(level: SeverityLevel, look: &Look) -> Style {
    match level {
        SeverityLevel::Sev1 => look.theme.sev1,
        SeverityLevel::Sev2 => look.theme.sev2,
        SeverityLevel::Sev3 => look.theme.sev3,
        SeverityLevel::Sev4 => look.theme.sev4,
    }
}

/// Since when, and how long.
fn since(app: &App, look: &Look) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let Some(onset) = app.incident.onset() else { return Vec::new() };
    let over = app.incident.status == IncidentStatus::Resolved;
    let until = app.incident.status_at.filter(|_| over).unwrap_or(app.now);
    let format = if date(onset) == date(app.now) { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    let mut spans = vec![span("since ", theme.faded), span(&onset.strftime(format).to_string(), theme.text)];
    if let Some(elapsed) = elapsed(onset, until) {
        spans.push(span(if over { " lasted " } else { ", " }, theme.faded));
        spans.push(span(&elapsed, theme.title));
    }
    spans.push(Span::raw(" "));
    spans
}

/// Whether a clock that moves every second is on screen.
pub fn has_clock(app: &App) -> bool {
    app.model.running().is_some()
        || app.incident.status != IncidentStatus::Resolved
            && app.incident.onset().is_some_and(|onset| app.now.as_second() - onset.as_second() < DAY_S)
}

const DAY_S: i64 = 86_400;

/// A duration in words, which nobody takes for a time of day: `7m 42s`, `1h 07m`, `5d 3h`. Nothing for the future.
pub(crate) fn elapsed(from: Timestamp, to: Timestamp) -> Option<String> {
    let seconds = to.as_second() - from.as_second();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        ..0 => None,
        0..3600 => Some(format!("{minutes}m {:02}s", seconds % 60)),
        3600..DAY_S => Some(format!("{hours}h {minutes:02}m")),
        _ => Some(format!("{}d {}h", seconds / DAY_S, hours % 24)),
    }
}

/// Sparkline, error rate and where it goes.
fn rate(app: &App, look: &Look, columns: usize) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let histogram = &app.digest.histogram;
    let found = trend(histogram, app.incident.onset(), app.now);
    let (values, style) =
        if found.is_some() { (&histogram.bad, theme.spark_bad) } else { (&histogram.all, theme.spark) };
    if values.is_empty() {
        return Vec::new();
    }
    let room = (columns / 4).clamp(8, 60);
    let mut spans = vec![Span::raw(" ")];
    for height in heights(&squeeze(telling(values), room)) {
        // A quiet moment keeps a baseline, so that the length of time stays visible.
        let (bar, style) =
            if height == 0 { (glyphs::BARS[1], theme.spark) } else { (glyphs::BARS[height], style) };
        spans.push(span(bar, style));
    }
    spans.push(Span::raw(GAP));
    match found {
        Some(found) => spans.extend(words(&found, app, look, columns)),
        None => spans.push(match early(histogram) {
            0 => span("no errors so far", theme.faded),
            1 => span("1 error just now", theme.worse),
            count => span(&format!("{} errors just now", short_count(count)), theme.worse),
        }),
    }
    spans
}

fn words(found: &Trend, app: &App, look: &Look, columns: usize) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let (sign, style) = match found.direction {
        Direction::Rising => (glyphs::UP, theme.worse),
        Direction::Steady => ("", theme.worse),
        Direction::Falling => (glyphs::DOWN, theme.better),
        Direction::Over => (glyphs::CHECK, theme.better),
    };
    // Of a file that is still being read from its start, the end is not known: no verdict on it.
    if app.reading(None).is_some() {
        return vec![
            span(&format!("up to {}", errors_per_second(found.peak)), theme.title),
            span(" so far", theme.faded),
        ];
    }
    let mut spans = vec![span(&format!("{} ", errors_per_second(found.now)), theme.title)];
    if let Some(factor) = found.factor() {
        let factor = if factor < 1000.0 { format!("×{factor:.0} ") } else { "×1000+ ".to_owned() };
        spans.push(span(&factor, theme.text));
    }
    spans.push(span(format!("{sign} {}", found.direction.word()).trim_start(), style));
    if columns >= 110 && found.now < found.peak {
        spans.push(span(&format!("  peak {}", per_second(found.peak)), theme.faded));
    }
    spans
}

/// A rate with as many digits as mean something.
pub(crate) fn per_second(rate: f64) -> String {
    match rate {
        0.0 => "0".to_owned(),
        _ if rate < 0.1 => format!("{rate:.2}"),
        _ if rate < 10.0 => format!("{rate:.1}").trim_end_matches(".0").to_owned(),
        _ => short_count(rate.round() as u64),
    }
}

fn errors_per_second(rate: f64) -> String {
    let figure = per_second(rate);
    let unit = if figure == "1" { "error/s" } else { "errors/s" };
    format!("{figure} {unit}")
}

/// Who is at work, and from how much; or what is wrong with the store, which matters more.
fn state(app: &App, look: &Look, room: usize) -> Vec<Span<'static>> {
    let theme = &look.theme;
    let trouble = app.ui.store_trouble.as_ref();
    if let Some(trouble) = trouble.filter(|trouble| trouble.at_risk) {
        let style = theme.toast_bad;
        let text = cut(&format!(" not saved: {}", trouble.text), room.saturating_sub(1));
        return vec![span(&text, style), span(" ", style)];
    }
    let (unreadable, sources) = (app.unreadable(), app.incident.sources.len());
    let (model, model_style) = model(app, look);
    let digest = &app.digest;
    let (sign, word, style) = if app.ui.loading {
        ("", "loading".to_owned(), theme.faded)
    } else if let Some((percent, _)) = app.reading(None) {
        ("", format!("reading {percent} %"), theme.medium)
    } else if app.ui.analysing {
        (glyphs::LIVE, "analysing".to_owned(), theme.medium)
    } else if unreadable > 0 && unreadable == sources {
        ("", "nothing can be read".to_owned(), theme.trouble)
    } else if digest.sources.is_empty() {
        ("", "idle".to_owned(), theme.faded)
    } else {
        (glyphs::LIVE, "live".to_owned(), theme.better)
    };
    let lines: u64 = digest.sources.iter().map(|source| source.lines).sum();
    let counted = |number: u64, what: &str| {
        (number > 0).then(|| format!("{} {what}{}", short_count(number), if number == 1 { "" } else { "s" }))
    };
    let counts_of = [
        counted(digest.sources.len() as u64, "source"),
        counted(lines, "line"),
        counted(digest.templates_total as u64, "pattern"),
    ];
    // Nothing is at risk: the counters matter more. The whole message was said when it happened.
    let narrow = room < 50;
    let (store, model) = match (trouble.is_some(), narrow) {
        (true, true) => (" · a second sevdeck ", String::new()),
        (true, false) => (" · a second sevdeck runs · ", format!("{model} ")),
        // What cannot be read matters more than who is not at work.
        (false, true) if unreadable > 0 && app.model.phase == Phase::Idle => (" ", String::new()),
        (false, _) => (" · ", format!("{model} ")),
    };
    let state = format!("{sign} {word}");
    let fits = width(state.trim_start()) + width(store) + width(&model) <= room;
    // A model that is not at work gives way to what the rest of the row says.
    let (store, model) =
        if fits || app.model.phase != Phase::Idle { (store, model) } else { (" ", String::new()) };
    let mut spans =
        vec![span(state.trim_start(), style), span(store, theme.faded), span(&model, model_style)];
    let mut used: usize = spans.iter().map(|span| width(&span.content)).sum();
    let dead = (unreadable > 0 && unreadable < sources).then(|| format!("{unreadable} unreadable   "));
    used += dead.as_deref().map_or(0, width);
    let mut counts = Vec::new();
    for text in counts_of.into_iter().flatten() {
        used += width(&text) + 3;
        if used <= room {
            counts.push(text);
        }
    }
    if !counts.is_empty() {
        spans.insert(0, span(&format!("{}   ", counts.join(" · ")), theme.faded));
    }
    if let Some(text) = dead {
        spans.insert(0, span(&text, theme.trouble));
    }
    spans
}

/// The model: what it is doing, else what it cost so far.
fn model(app: &App, look: &Look) -> (String, Style) {
    let theme = &look.theme;
    let desk = &app.model;
    let Some(settings) = &desk.settings else { return ("no model".to_owned(), theme.faded) };
    let since = |from| elapsed(from, app.now).unwrap_or_default();
    match &desk.phase {
        Phase::Preparing { .. } => ("writing the request".to_owned(), theme.faded),
        Phase::Asking { .. } => ("a request waits: O".to_owned(), theme.medium),
        Phase::Running(running) => {
            if running.ending {
                return (format!("{} ending the call", short_name(&settings.name)), theme.medium);
            }
            let word = match (&running.waits, running.thinking, &running.draft) {
                (Some(why), ..) => why.clone(),
                (None, Some(from), _) => format!("thinking {}", clock(from, app.now)),
                (None, None, None) => format!("asked {}", since(running.since)),
                (None, None, Some(_)) => format!("answering {}", since(running.since)),
            };
            (format!("{} {}", short_name(&settings.name), cut(&word, WORD)), theme.medium)
        }
        Phase::Idle if desk.held.is_some() => {
            (format!("{} on hold: $", short_name(&settings.name)), theme.medium)
        }
        Phase::Idle => {
            let spent = Spent::over(app.incident.calls.values());
            let name = short_name(&settings.name);
            // How the last call went stays in sight: the message about it is gone after some seconds.
            if let Some(word) = app.incident.calls.values().next_back().and_then(ended_badly) {
                return (format!("{name} {word}: $"), theme.medium);
            }
            match spent.calls {
                0 => (name, theme.faded),
                // Without a price the tokens say what it costs.
                _ if spent.at_least && spent.cost_usd == 0.0 => {
                    (format!("{name} {} tokens", short_count(spent.tokens)), theme.faded)
                }
                _ => (format!("{name} {}", money(&spent)), theme.faded),
            }
        }
    }
}

/// How a call ended that brought less than an answer.
fn ended_badly(call: &ModelCall) -> Option<&'static str> {
    match call.end.as_ref()?.outcome {
        ModelOutcome::Complete | ModelOutcome::Cancelled => None,
        ModelOutcome::Cut { .. } => Some("answer cut"),
        ModelOutcome::Failed { .. } => Some("failed"),
        ModelOutcome::Withheld { .. } => Some("answer withheld"),
    }
}

/// The name without its provider.
fn short_name(name: &str) -> String {
    cut(name.rsplit('/').next().unwrap_or(name), NAME)
}

/// `950`, `12.4k`, `1.2M`.
pub(crate) fn short_count(number: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let value = number as f64 / unit as f64;
        if value >= 100.0 { format!("{value:.0}{name}") } else { format!("{value:.1}{name}") }
    };
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => scaled(1_000, "k"),
        1_000_000..1_000_000_000 => scaled(1_000_000, "M"),
        _ => scaled(1_000_000_000, "G"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_clock_and_then_like_a_calendar() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let cases = [
            (0, Some("0m 00s")),
            (462, Some("7m 42s")),
            (3_600, Some("1h 00m")),
            (98_765, Some("1d 3h")),
            (450_000, Some("5d 5h")),
            (-1, None),
        ];
        for (seconds, expected) in cases {
            assert_eq!(elapsed(at(1_000_000), at(1_000_000 + seconds)).as_deref(), expected, "{seconds}");
        }
    }

    #[test]
    fn the_service_is_named_once() {
        for (title, service, expected) in [
            ("pay: connections are exhausted", "pay", "connections are exhausted"),
            ("pay：连接耗尽", "pay", "连接耗尽"),
            ("payments are slow", "pay", "payments are slow"),
            (": odd", "", ": odd"),
        ] {
            assert_eq!(unprefixed(title, service), expected);
        }
    }

    #[test]
    fn figures_keep_the_digits_that_mean_something() {
        for (rate, expected) in
            [(0.0, "0"), (0.02, "0.02"), (1.0, "1"), (4.26, "4.3"), (41.4, "41"), (12_400.0, "12.4k")]
        {
            assert_eq!(per_second(rate), expected);
        }
        for (number, expected) in [(9_999, "9999"), (1_200_000, "1.2M"), (123_456, "123k")] {
            assert_eq!(short_count(number), expected);
        }
    }
}
