//! A text being written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::app::moment::Goto;
use crate::app::ui::{Input, Purpose};
use crate::app::{App, Scope, placeholder, query};
use crate::incident::event::StepOutcome;
use crate::incident::triage::HypothesisStatus;
use crate::tui::look::Look;
use crate::tui::overlay::boxed;
use crate::tui::widget::canvas;
use crate::tui::widget::draft::Draft;
use crate::tui::widget::text::wrap;

/// Draws the box with the text at the bottom of `body`, so that what it is about stays readable above it.
pub fn draw(
    buffer: &mut Buffer,
    body: Rect,
    input: &Input,
    app: &App,
    (look, draft): (&Look, Option<&Draft>),
) {
    let hint = hint(input, app);
    let columns = usize::from(body.width.saturating_sub(4)).max(1);
    let below: Vec<String> =
        hint.iter().flat_map(|hint| wrap(&hint.text, columns, columns)).take(HINT_MAX).collect();
    let wanted = match (input.purpose.one_line(), input.purpose.has_history()) {
        // What can be wrong with the text has its row kept, so that the box stands still while it is written.
        (true, true) => 3 + below.len().max(2) as u16,
        (true, false) => 3 + below.len() as u16,
        (false, _) if input.purpose == Purpose::Postmortem => body.height,
        (false, _) => (body.height / 2).max(8),
    };
    let height = wanted.min(body.height);
    let area = Rect { y: body.y + body.height - height, height, ..body };
    let inner = boxed(buffer, area, &title(&input.purpose, app), look);
    if let Some(hint) = &hint {
        let style = if hint.bad { look.theme.unexpected } else { look.theme.faded };
        for (text, line) in below.iter().zip(canvas::lines(inner).skip(1)) {
            canvas::put(buffer, line, (0, 0), text, style);
        }
    }
    let inner = if hint.is_some() { Rect { height: inner.height.min(1), ..inner } } else { inner };
    if let Some(draft) = draft {
        draft.area(&look.theme).render(inner.intersection(buffer.area), buffer);
    } else {
        let last = input.text.lines().last().unwrap_or_default();
        canvas::put(buffer, inner, (0, 0), last, look.theme.text);
    }
}

/// What stands below a text of one line.
struct Hint {
    text: String,
    bad: bool,
}

/// Most rows of it.
const HINT_MAX: usize = 3;

/// What is wrong with the text, what it leads to, or what can be written.
fn hint(input: &Input, app: &App) -> Option<Hint> {
    let good = |text: &str| Some(Hint { text: text.to_owned(), bad: false });
    let empty = input.text.trim().is_empty();
    match &input.purpose {
        Purpose::Filter if empty => good(
            "Nothing shows all lines.  words  -without  \"exact words\"  /expression/  level:warn  since:14:02  until:-5m  source:pg  around:3",
        ),
        Purpose::Filter => match app.read_filter(&input.text) {
            Ok(filter) if filter.is_empty() => good("all lines"),
            Ok(filter) => good(&format!("shows {}", app.chips(&filter).join(" · "))),
            Err(text) => Some(Hint { text, bad: true }),
        },
        Purpose::Search if empty => good("words, or /an expression/; capital letters make case matter"),
        Purpose::Search => match query::problem(&query::read(&input.text)) {
            Some(text) => Some(Hint { text, bad: true }),
            None => good("Enter searches, then n and N go from hit to hit"),
        },
        Purpose::GoTo if empty => good("14:02  14:02:11  -10m  +1h30m  2026-03-01T14:02:11Z  4711 (a line)"),
        Purpose::GoTo => match app.clock().goto(&input.text) {
            Ok(Goto::Line(line)) => good(&format!("line {line}")),
            Ok(Goto::Time(at)) => good(&format!("{} UTC", at.strftime("%Y-%m-%d %H:%M:%S"))),
            Err(text) => Some(Hint { text, bad: true }),
        },
        Purpose::Bookmark { bookmark } => good(&bookmark.text),
        Purpose::Placeholder { name, command, .. } => Some(placeholder_hint(name, command, &input.text, app)),
        _ => None,
    }
}

/// The command as it will be copied, or what the evidence suggests.
fn placeholder_hint(name: &str, command: &str, value: &str, app: &App) -> Hint {
    if let Some(why) = placeholder::refused(value) {
        return Hint { text: why.to_owned(), bad: true };
    }
    let mut values = app.incident.filled.clone();
    if value.trim().is_empty() {
        let found = placeholder::suggestions(app, name);
        let ways = match found.as_slice() {
            [] => "the evidence names none".to_owned(),
            found => format!("Up takes one of: {}", found.join("  ")),
        };
        return Hint { text: format!("{ways}; Enter alone leaves <{name}> as it stands"), bad: false };
    }
    values.insert(name.to_owned(), value.trim().to_owned());
    Hint { text: format!("$ {}", placeholder::fill(command, &values)), bad: false }
}

/// Name of what the context pane shows.
fn shown(app: &App) -> String {
    match app.ui.context.scope {
        Some(Scope::Merged) => "all logs".to_owned(),
        Some(scope) => app.scope_name(scope).to_owned(),
        None => "the context".to_owned(),
    }
}

fn title(purpose: &Purpose, app: &App) -> String {
    let cause = |id: &str| {
        let found = app.incident.hypotheses().into_iter().find(|hypothesis| hypothesis.id == id);
        found.map_or_else(|| id.to_owned(), |hypothesis| hypothesis.cause.clone())
    };
    let step_text = |id: &str| {
        let found = app.incident.steps().into_iter().find(|step| step.id == id);
        found.map_or_else(|| id.to_owned(), |step| step.step.clone())
    };
    match purpose {
        Purpose::Note => "Note for the timeline".to_owned(),
        Purpose::Postmortem => "Postmortem: Ctrl-d keeps it".to_owned(),
        Purpose::Update => "Update: Ctrl-d copies it".to_owned(),
        Purpose::Placeholder { name, .. } => format!("What is <{name}>?"),
        Purpose::Context => "What you know: paste an alert, chat, metrics, log lines".to_owned(),
        Purpose::Search => format!("Search in {}", shown(app)),
        Purpose::Filter => format!("Filter: which lines of {} to show", shown(app)),
        Purpose::GoTo => format!("Go to a time or a line; now at {} UTC", app.clock_text(app.clock().here)),
        Purpose::Bookmark { .. } => "Bookmark: a name, or just Enter".to_owned(),
        Purpose::Reason { hypothesis, verdict } => {
            let verb = match verdict {
                HypothesisStatus::Confirmed => "Confirm",
                HypothesisStatus::RuledOut => "Rule out",
                HypothesisStatus::Open => "Reopen",
            };
            format!("{verb}, because? {}", cause(hypothesis))
        }
        Purpose::StepNote { step, outcome } => {
            let asked = match outcome {
                StepOutcome::AsExpected => "As expected; what did it say?",
                StepOutcome::NotAsExpected => "Not as expected; what did it say?",
                StepOutcome::Skipped => "Skip, because?",
                StepOutcome::Done | StepOutcome::Todo => "What did it say?",
            };
            format!("{asked} {}", step_text(step))
        }
    }
}
