//! A text being written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::ui::{Input, Purpose};
use crate::incident::event::StepOutcome;
use crate::incident::triage::HypothesisStatus;
use crate::tui::look::Look;
use crate::tui::overlay::boxed;
use crate::tui::widget::canvas;
use crate::tui::widget::draft::Draft;

/// Draws the box with the text at the bottom of `body`, so that what it is about stays readable above it.
pub fn draw(
    buffer: &mut Buffer,
    body: Rect,
    input: &Input,
    app: &App,
    (look, draft): (&Look, Option<&Draft>),
) {
    let wanted = if input.purpose.one_line() { 3 } else { (body.height / 2).max(8) };
    let height = wanted.min(body.height);
    let area = Rect { y: body.y + body.height - height, height, ..body };
    let inner = boxed(buffer, area, &title(&input.purpose, app), look);
    if let Some(draft) = draft {
        draft.area(&look.theme).render(inner.intersection(buffer.area), buffer);
    } else {
        let last = input.text.lines().last().unwrap_or_default();
        canvas::put(buffer, inner, (0, 0), last, look.theme.text);
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
        Purpose::Context => "What you know: paste an alert, chat, metrics, log lines".to_owned(),
        Purpose::Search => "Search in the context".to_owned(),
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
