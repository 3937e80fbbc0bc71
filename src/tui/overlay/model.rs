//! What leaves this host, and what the calls of the model brought and cost.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::app::model::{Outgoing, Phase};
use crate::incident::model::Spent;
use crate::incident::{ModelCall, ModelOutcome, ModelRequest};
use crate::tui::glyphs;
use crate::tui::header::short_count;
use crate::tui::overlay::document::nothing;
use crate::tui::pane::View as PaneView;
use crate::tui::widget::rows::{Rows, span};

/// Lines of a request that are laid out; the rest is counted.
const LINES_MAX: usize = 5_000;

/// The request that waits or was sent last.
pub fn request(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let desk = &view.app.model;
    let mut rows = Rows::default();
    let Some(outgoing) = &desk.last else {
        if let Some((number, call)) = view.app.incident.calls.iter().next_back() {
            kept(&mut rows, view, *number, call);
            return rows;
        }
        let text = match &desk.settings {
            None => "Nothing leaves this host: there is no model. The analysis is made here.",
            Some(_) => "Nothing has left this host so far. t asks the model.",
        };
        return nothing(view, text);
    };
    rows.gap();
    let (head, style) = match &desk.phase {
        Phase::Asking { .. } => ("This waits for your word: Enter sends it, x keeps it here.", theme.medium),
        Phase::Running(running) if running.ending => {
            ("This was sent, and the call is being ended.", theme.title)
        }
        Phase::Running(_) => ("This was sent: Esc ends the call.", theme.title),
        Phase::Idle | Phase::Preparing { .. } => ("This was sent last.", theme.title),
    };
    rows.wrap(1, head, style, view.width);
    figures(&mut rows, view, outgoing);
    rows.gap();
    let before: Option<HashSet<&str>> = desk.before.as_ref().map(|before| before.text.lines().collect());
    for line in outgoing.text.lines().take(LINES_MAX) {
        let new = before.as_ref().is_some_and(|before| !line.trim().is_empty() && !before.contains(line));
        let (mark, style) = if new { ("+ ", theme.text) } else { ("  ", theme.faded) };
        rows.hang(vec![span(mark, theme.better)], line, style, view.width);
    }
    let more = outgoing.text.lines().count().saturating_sub(LINES_MAX);
    if more > 0 {
        rows.wrap(2, &format!("and {more} more lines: y copies all of it"), theme.faded, view.width);
    }
    rows
}

/// What the record keeps of a request that an earlier session sent.
fn kept(rows: &mut Rows, view: &PaneView<'_>, number: u64, call: &ModelCall) {
    let theme = &view.look.theme;
    rows.gap();
    let time = call.at.strftime("%H:%M:%S");
    let head = format!("Call {number} was sent at {time} UTC, in an earlier session.");
    rows.wrap(1, &head, theme.title, view.width);
    let masked = kinds(&call.request).unwrap_or_else(|| "nothing: no secrets were found in it".to_owned());
    let left_out = match call.request.left_out {
        0 => "nothing: there was room for all".to_owned(),
        count => format!("{count} pieces of evidence, for it to stay small"),
    };
    table(rows, view, &call.request, &masked, &left_out);
    rows.gap();
    let text = "The text itself is not kept, nor what it differed in from the one before. $ lists all calls.";
    rows.wrap(1, text, theme.faded, view.width);
}

/// The values masked in a request, counted by kind; absent where there were none.
fn kinds(request: &ModelRequest) -> Option<String> {
    let kinds: Vec<String> = request.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    match (request.masked, kinds.is_empty()) {
        (0, _) => None,
        (places, true) => Some(format!("{places} places")),
        (places, false) => Some(format!("{} ({places} places)", kinds.join(", "))),
    }
}

fn figures(rows: &mut Rows, view: &PaneView<'_>, outgoing: &Outgoing) {
    let theme = &view.look.theme;
    let names: Vec<String> = outgoing.masked.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    let masked =
        if names.is_empty() { "nothing: no secrets were found in it".to_owned() } else { names.join(", ") };
    let parts: Vec<String> =
        outgoing.left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let left_out = match parts.len() {
        0 => "nothing: there was room for all".to_owned(),
        _ => format!("{}, for it to stay small: request_tokens sets how small", parts.join(", ")),
    };
    table(rows, view, &outgoing.request, &masked, &left_out);
    if view.app.model.before.is_some() {
        rows.wrap(1, "Lines with a + were not in the request before.", theme.faded, view.width);
    }
}

fn table(rows: &mut Rows, view: &PaneView<'_>, request: &ModelRequest, masked: &str, left_out: &str) {
    let theme = &view.look.theme;
    let cost = request
        .cost_usd
        .map_or_else(|| "price not known".to_owned(), |cost| format!("{}${cost:.4}", glyphs::ABOUT));
    let size = format!(
        "{} · {}{} tokens · {cost} · stands for {}",
        bytes(request.bytes),
        glyphs::ABOUT,
        short_count(request.tokens),
        bytes(request.stands_for)
    );
    let prompt = format!("{} ({}), in {}", request.prompt, request.prompt_hash, request.language);
    let to = if request.url.is_empty() { "not kept" } else { request.url.as_str() };
    let facts = [
        ("to", to),
        ("model", request.model.as_str()),
        ("prompt", prompt.as_str()),
        ("because", request.reason.as_str()),
        ("size", size.as_str()),
        ("masked", masked),
        ("left out", left_out),
    ];
    for (name, value) in facts {
        rows.hang(vec![span(&format!(" {name:<9}"), theme.faded)], value, theme.text, view.width);
    }
}

/// All calls, the newest first, and what they cost together.
pub fn calls(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let (desk, incident) = (&view.app.model, &view.app.incident);
    if incident.calls.is_empty() {
        return nothing(view, "No model was asked so far.");
    }
    let mut rows = Rows::default();
    rows.gap();
    let spent = Spent::over(incident.calls.values());
    rows.wrap(1, &total(&spent, desk.saved(spent.calls)), theme.title, view.width);
    if let Some(settings) = &desk.settings {
        let mut limits = Vec::new();
        limits.extend(settings.budget_usd.map(|most| format!("${most}")));
        limits.extend(settings.budget_tokens.map(|most| format!("{} tokens", short_count(most))));
        let limits = if limits.is_empty() { "no limit".to_owned() } else { limits.join(" and ") };
        let when = if settings.automatic { "when something new deserves it, and on t" } else { "on t only" };
        rows.wrap(1, &format!("Budget for this incident: {limits}. Asked {when}."), theme.faded, view.width);
    }
    if let Some(why) = &desk.held {
        rows.wrap(1, &format!("No more calls are made unasked: {why}"), theme.medium, view.width);
    }
    for (number, call) in incident.calls.iter().rev() {
        one(&mut rows, view, *number, call);
    }
    rows
}

fn one(rows: &mut Rows, view: &PaneView<'_>, number: u64, call: &ModelCall) {
    let theme = &view.look.theme;
    rows.gap();
    let time = call.at.strftime("%H:%M:%S").to_string();
    let head = format!("{} · {} · by {}", call.request.model, call.request.reason, call.by);
    rows.hang(
        vec![span(&format!(" {number:>2} "), theme.title), span(&format!("{time} "), theme.time)],
        &head,
        theme.text,
        view.width,
    );
    let masked = kinds(&call.request).map(|kinds| format!(" · masked: {kinds}")).unwrap_or_default();
    let to = if call.request.url.is_empty() { "" } else { " to " };
    let sent = format!("{} sent{to}{}{masked}", bytes(call.request.bytes), call.request.url);
    rows.wrap(4, &sent, theme.faded, view.width);
    let Some(end) = &call.end else {
        let running = view.app.model.running().is_some_and(|running| running.call == number);
        let text = if running {
            "at work: Esc ends it"
        } else {
            "its end was not recorded: sevdeck ended before it"
        };
        rows.wrap(4, text, theme.faded, view.width);
        return;
    };
    let (text, style) = match &end.outcome {
        ModelOutcome::Complete => ("complete".to_owned(), theme.better),
        ModelOutcome::Cancelled => ("ended by a person; what arrived is kept".to_owned(), theme.faded),
        ModelOutcome::Cut { why } => (format!("cut: {why}"), theme.medium),
        ModelOutcome::Failed { why } => (format!("failed: {why}"), theme.medium),
        ModelOutcome::Withheld { why } => (format!("withheld: {why}"), theme.medium),
    };
    rows.wrap(4, &text, style, view.width);
    rows.wrap(4, &end.run.line(end.estimated), theme.text, view.width);
    for remark in &end.remarks {
        rows.hang(vec![span("    · ", theme.faded)], &remark.to_string(), theme.faded, view.width);
    }
}

/// What the model thought aloud last: no evidence, and not checked.
pub fn thoughts(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let thoughts = &view.app.model.thoughts;
    let Some((from, to)) = thoughts.time else {
        return nothing(view, "No model has thought aloud so far. Not all of them do.");
    };
    let running = view.app.model.running().filter(|running| running.call == thoughts.call);
    let now = running.is_some_and(|running| running.thinking.is_some());
    let time = clock(from, if now { view.app.now } else { to });
    let mut rows = Rows::default();
    rows.gap();
    let word = if now { "It is thinking" } else { "It thought for" };
    let ends = if running.is_some() { " Esc ends the call." } else { "" };
    let head = format!("{word} {time}.{ends} This is not checked, and not kept.");
    rows.wrap(1, &head, theme.medium, view.width);
    if thoughts.before > 0 {
        let head = format!("{} before this are gone.", bytes(thoughts.before as u64));
        rows.wrap(1, &head, theme.faded, view.width);
    }
    rows.gap();
    for line in thoughts.text.lines() {
        rows.wrap(1, line, theme.text, view.width);
    }
    rows
}

/// A time that runs: `0:42`, `12:05`.
pub(crate) fn clock(from: Timestamp, to: Timestamp) -> String {
    let seconds = (to.as_second() - from.as_second()).max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// What calls cost together, in words.
pub(crate) fn total(spent: &Spent, saved: u64) -> String {
    let calls = if spent.calls == 1 { "1 call".to_owned() } else { format!("{} calls", spent.calls) };
    let saved = if saved == 0 { String::new() } else { format!(" ({saved} saved)") };
    let about = if spent.about_tokens { glyphs::ABOUT } else { "" };
    format!("{calls}{saved} · {about}{} tokens · {}", short_count(spent.tokens), money(spent))
}

/// The cost: at least, about, or exactly.
pub(crate) fn money(spent: &Spent) -> String {
    match (spent.at_least, spent.about_cost) {
        (true, _) if spent.cost_usd == 0.0 => "price not known".to_owned(),
        (true, _) => format!("{}${:.4}", glyphs::AT_LEAST, spent.cost_usd),
        (false, true) => format!("{}${:.4}", glyphs::ABOUT, spent.cost_usd),
        (false, false) => format!("${:.4}", spent.cost_usd),
    }
}

fn bytes(number: u64) -> String {
    crate::app::sources::size(number)
}
