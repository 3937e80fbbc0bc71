//! The right half of the pane's title: tabs of the sources, what is wrong with the one shown, how far reading is.

use ratatui::text::Span;

use crate::app::sources::{losses, size, skew};
use crate::app::{Scope, SourceDigest};
use crate::incident::{SourceChange, SourceId};
use crate::tui::glyphs;
use crate::tui::header::short_count;
use crate::tui::pane::View;
use crate::tui::pane::context::count;
use crate::tui::widget::rows::span;
use crate::tui::widget::text::{clean, ending, width};

/// Columns of the title row that its number and name take, with the rule around them.
const TITLE: usize = 18;
/// So many columns of a source's name tell enough.
const LEAST_NAME: usize = 14;

/// Sources as tabs, what is to be said about them, and whether new lines are followed. What is wrong gives way last.
pub fn aside(view: &View<'_>) -> Vec<Span<'static>> {
    let shown = view.app.ui.context.scope.or(view.app.ui.context.window.scope);
    let wide = |spans: &[Span<'static>]| spans.iter().map(Span::width).sum::<usize>();
    let all = view.width.saturating_sub(TITLE);
    let mut right = trouble(view, shown.and_then(Scope::source));
    let troubled = !right.is_empty();
    right.extend(progress(view, shown));
    right.extend(searching(view));
    let following = following(view, shown.and_then(Scope::source));
    if wide(&right) + wide(&following) + LEAST_NAME <= all || !troubled {
        right.extend(following);
    }
    let mut room = all.saturating_sub(wide(&right));
    // What was lost is said where the shortest form of the tabs leaves room for it.
    let note = note(view, shown, room.saturating_sub(least_tabs(view, shown)));
    room = room.saturating_sub(wide(&note));
    let mut spans = vec![Span::raw(" ")];
    if !troubled || room >= LEAST_NAME / 2 + 4 {
        spans.extend(tabs(view, shown, room));
    }
    spans.extend(note);
    spans.extend(right);
    spans
}

fn change<'a>(view: &View<'a>, shown: Option<SourceId>) -> Option<&'a SourceChange> {
    view.app.incident.sources.get(&shown?)?.trouble.as_ref()
}

/// What is wrong with the source shown; that one has ended is no trouble.
fn trouble(view: &View<'_>, shown: Option<SourceId>) -> Vec<Span<'static>> {
    use SourceChange::{
        Binary, Damaged, Disappeared, Ended, Exited, NotKept, Truncated, Unreadable, Waiting,
    };
    let theme = &view.look.theme;
    let said = match change(view, shown) {
        Some(Ended) => return vec![span("ended ", theme.faded)],
        Some(Waiting { .. }) => return vec![span("nothing yet ", theme.medium)],
        Some(Disappeared) => "gone, waiting ",
        Some(Unreadable { .. }) => "cannot be read ",
        Some(Binary) => "not text ",
        Some(Truncated { .. }) => "was truncated ",
        Some(Exited { again_s: Some(_), .. }) => "ended, starting again ",
        Some(Exited { again_s: None, .. }) => "ended badly ",
        Some(NotKept { .. }) => "not kept ",
        Some(Damaged { .. }) => "damaged ",
        _ => return Vec::new(),
    };
    vec![span(said, theme.trouble)]
}

fn digests<'a>(view: &View<'a>, shown: Option<Scope>) -> impl Iterator<Item = &'a SourceDigest> {
    let app = view.app;
    app.digest.sources.iter().filter(move |digest| match shown {
        Some(Scope::Source(source)) => digest.source == source,
        _ => true,
    })
}

/// How far reading of what is shown is; nothing once it has caught up.
fn progress(view: &View<'_>, shown: Option<Scope>) -> Vec<Span<'static>> {
    let Some((percent, known)) = view.app.reading(shown) else { return Vec::new() };
    let of = if view.width >= 66 { format!(" of {}", size(known)) } else { String::new() };
    vec![span(&format!("read {percent} %{of} "), view.look.theme.medium)]
}

/// How far a search that takes long is, where no other row says it.
fn searching(view: &View<'_>) -> Option<Span<'static>> {
    let context = &view.app.ui.context;
    let said_below = context.is_filtered() || context.is_searching();
    let share = context.searching.as_ref().filter(|_| !said_below)?.share?;
    Some(span(&format!("looking {:.0} %, Esc stops ", share * 100.0), view.look.theme.medium))
}

/// A clock that is off and what was lost, as far as there is room; S tells all of it.
fn note(view: &View<'_>, shown: Option<Scope>, room: usize) -> Vec<Span<'static>> {
    let mut said = Vec::new();
    let (mut off, mut lossy) = (false, false);
    for digest in digests(view, shown) {
        let merged = shown == Some(Scope::Merged);
        if let Some(ms) = digest.skew_ms {
            let whose =
                if merged { format!("{}'s clock is ", clean(&digest.name)) } else { "clock ".to_owned() };
            said.push(format!("{whose}{}", skew(ms)));
            off = true;
        }
        let name = if merged { format!("{}: ", clean(&digest.name)) } else { String::new() };
        let lost = losses(digest);
        lossy |= !lost.is_empty();
        said.extend(lost.into_iter().map(|loss| format!("{name}{loss}")));
    }
    let Some(first) = said.first() else { return Vec::new() };
    let more = if said.len() > 1 { format!(", {} more: S", said.len() - 1) } else { String::new() };
    let whole = format!("{first}{more} ");
    let short = match (off, lossy) {
        (true, true) => "clock off, lines lost: S ",
        (true, false) => "clock off: S ",
        _ => "lines lost: S ",
    };
    let fitting = [whole, short.to_owned()].into_iter().find(|text| width(text) <= room);
    fitting.map(|text| span(&text, view.look.theme.changes)).into_iter().collect()
}

/// Whether new lines are followed, or how many there are.
fn following(view: &View<'_>, shown: Option<SourceId>) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let context = &view.app.ui.context;
    let window = &context.window;
    if window.scope.is_none() {
        return Vec::new();
    }
    let follows = if view.width < 80 { " (G)" } else { ", G follows" };
    let new = window.lines_total.saturating_sub(context.lines_seen);
    let over = matches!(
        change(view, shown),
        Some(
            SourceChange::Ended
                | SourceChange::Unreadable { .. }
                | SourceChange::Waiting { .. }
                | SourceChange::Exited { again_s: None, .. }
        )
    );
    vec![if window.following && over {
        return Vec::new();
    } else if window.following {
        span(&format!("{} following ", glyphs::LIVE), theme.better)
    } else if new > 0 {
        let new = if view.width < 60 { short_count(new) } else { count(new) };
        span(&format!("+{new} new{follows} "), theme.key)
    } else {
        span(&format!("paused{follows} "), theme.faded)
    }]
}

/// What can be shown with what is shown set off, in at most `room` columns: the others, then its number, then the
/// beginning of its name give way.
fn tabs(view: &View<'_>, shown: Option<Scope>, room: usize) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let scopes: Vec<Scope> = view.app.scopes().collect();
    if scopes.is_empty() {
        return Vec::new();
    }
    let name = |scope: Scope| clean(view.app.scope_name(scope)).into_owned();
    let total = || scopes.iter().map(|scope| width(&name(*scope)) + 2).sum::<usize>();
    if scopes.len() < room && total() + 1 < room {
        let tab = |scope: &Scope| {
            if Some(*scope) == shown {
                span(&format!("[{}]", name(*scope)), theme.focus)
            } else {
                span(&format!(" {} ", name(*scope)), theme.faded)
            }
        };
        return scopes.iter().map(tab).chain([Span::raw("  ")]).collect();
    }
    let number = number(view, &scopes, shown);
    let name = shown.map(name).unwrap_or_default();
    let with_number = width(&name).min(LEAST_NAME) + 4 + width(&number) <= room;
    let number = if with_number { number.as_str() } else { "" };
    let name = ending(&name, room.saturating_sub(4 + width(number)).max(LEAST_NAME / 2));
    let with_key = with_number && scopes.len() > 3 && 4 + width(&name) + width(number) + 11 <= room;
    let key = if with_key { ", s chooses" } else { "" };
    vec![
        span(&format!("[{name}]"), theme.focus),
        span(&format!("{number}{key}"), theme.faded),
        Span::raw("  "),
    ]
}

/// Which of how many is shown.
fn number(view: &View<'_>, scopes: &[Scope], shown: Option<Scope>) -> String {
    match shown {
        Some(Scope::Merged) => format!(" {} logs", view.app.logs().count()),
        Some(scope) => {
            let sources = || scopes.iter().filter(|scope| **scope != Scope::Merged);
            let at = sources().position(|one| *one == scope).filter(|_| scopes.len() > 1);
            at.map(|at| format!(" {} of {}", at + 1, sources().count())).unwrap_or_default()
        }
        None => String::new(),
    }
}

/// Columns of the shortest form of the tabs: the name of what is shown, and its number.
fn least_tabs(view: &View<'_>, shown: Option<Scope>) -> usize {
    let name = shown.map_or(0, |scope| width(&clean(view.app.scope_name(scope))));
    name.min(LEAST_NAME) + 5 + width(&number(view, &view.app.scopes().collect::<Vec<_>>(), shown))
}
