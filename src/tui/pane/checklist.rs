//! Steps of the investigation: what was found, and the next one with its whole command.

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::incident::event::StepOutcome;
use crate::incident::triage::{CommandEffect, Step};
use crate::tui::glyphs;
use crate::tui::pane::{View, teach};
use crate::tui::widget::rows::{Rows, span, spread};

/// The rows of the pane.
pub fn rows(view: &View<'_>) -> Rows {
    let incident = &view.app.incident;
    let steps = incident.steps();
    if steps.is_empty() {
        let lead = "What to check next appears here with the first possible cause: commands that only read, to copy with y.";
        return teach(view, lead, &[]);
    }
    let selected =
        view.app.ui.step.as_ref().and_then(|id| steps.iter().position(|step| step.id == *id)).unwrap_or(0);
    let everything = laid_out(view, &steps, selected, None);
    if everything.rows.len() <= view.height {
        return everything;
    }
    laid_out(view, &steps, selected, Some(open_step(view, &steps, selected)))
}

/// The steps with the command of `open`; of every step left to do where that is `None`.
fn laid_out(view: &View<'_>, steps: &[&Step], selected: usize, open: Option<usize>) -> Rows {
    let mut rows = Rows::default();
    for (index, step) in steps.iter().enumerate() {
        let start = rows.rows.len();
        head(&mut rows, view, step, index == selected);
        if index == selected {
            rows.focus_from(start);
        }
        let todo = view.app.incident.outcome_of(&step.id) == StepOutcome::Todo;
        if open.map_or(todo || index == selected && view.focused, |open| open == index) {
            details(&mut rows, view, step);
            // The cursor's row and its command belong together: scroll both into view.
            if index == selected && !view.focused {
                rows.focus_from(start);
            }
        }
    }
    rows
}

/// How many steps are done.
pub fn aside(view: &View<'_>) -> Vec<Span<'static>> {
    let steps = view.app.incident.steps();
    if steps.is_empty() {
        return Vec::new();
    }
    let done =
        steps.iter().filter(|step| view.app.incident.outcome_of(&step.id) != StepOutcome::Todo).count();
    vec![span(&format!(" {done} of {} done ", steps.len()), view.look.theme.faded)]
}

/// The step shown with its command: the one under the cursor; without the focus the first that is left to do, when
/// the one under the cursor is done.
fn open_step(view: &View<'_>, steps: &[&Step], selected: usize) -> usize {
    let todo = |step: &Step| view.app.incident.outcome_of(&step.id) == StepOutcome::Todo;
    if view.focused || todo(steps[selected]) {
        return selected;
    }
    steps.iter().position(|step| todo(step)).unwrap_or(selected)
}

fn head(rows: &mut Rows, view: &View<'_>, step: &Step, selected: bool) {
    let theme = &view.look.theme;
    let mark = view.app.incident.marks.get(&step.id);
    let saving = mark.is_some_and(|mark| mark.seq > view.app.ui.durable_seq);
    let (sign, style) = if saving { (glyphs::SAVING, theme.faded) } else { outcome(view, step) };
    let cursor = if selected { glyphs::CURSOR } else { " " };
    let done = mark.is_some_and(|mark| mark.outcome != StepOutcome::Todo);
    let text_style = match (done, selected) {
        (true, _) => theme.faded,
        (false, true) => theme.title,
        (false, false) => theme.text,
    };
    let prefix =
        vec![span(cursor, theme.focus), span("[", theme.faded), span(sign, style), span("] ", theme.faded)];
    let mut right = Vec::new();
    if step.effect == CommandEffect::Changes {
        right.push(span("changes ", theme.changes));
    }
    if saving {
        right.push(span("saving", theme.faded));
    } else if let Some(mark) = mark.filter(|mark| mark.outcome != StepOutcome::Todo) {
        right.push(span(&outcome_word(mark.outcome), style));
        right.push(span(&minute(mark.at), theme.time));
    }
    let mut spans = prefix;
    if selected {
        let reserved: usize = right.iter().map(Span::width).sum::<usize>() + 1;
        let start = rows.rows.len();
        rows.hang(spans, &step.step, text_style, view.width.saturating_sub(reserved));
        let first = std::mem::take(&mut rows.rows[start]);
        rows.rows[start] = spread(first.spans, right, view.width);
    } else {
        spans.push(span(&step.step, text_style));
        rows.push(spread(spans, right, view.width));
    }
}

/// Sign between the brackets.
fn outcome(view: &View<'_>, step: &Step) -> (&'static str, Style) {
    let theme = &view.look.theme;
    match view.app.incident.outcome_of(&step.id) {
        StepOutcome::Todo => (" ", theme.text),
        StepOutcome::Done => ("x", theme.done),
        StepOutcome::AsExpected => (glyphs::CHECK, theme.done),
        StepOutcome::NotAsExpected => (glyphs::CROSS, theme.unexpected),
        StepOutcome::Skipped => ("-", theme.faded),
    }
}

fn outcome_word(outcome: StepOutcome) -> String {
    let word = match outcome {
        StepOutcome::Todo | StepOutcome::Done => return String::new(),
        StepOutcome::AsExpected => "as expected",
        StepOutcome::NotAsExpected => "unexpected",
        StepOutcome::Skipped => "skipped",
    };
    format!("{word} ")
}

/// Time of day, `HH:MM`.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%H:%M").to_string()
}

fn details(rows: &mut Rows, view: &View<'_>, step: &Step) {
    let theme = &view.look.theme;
    if !step.command.is_empty() {
        rows.hang(vec![span("     $ ", theme.faded)], &step.command, theme.command, view.width);
    }
    if !step.expected.is_empty() {
        rows.hang(vec![span("     expect ", theme.faded)], &step.expected, theme.text, view.width);
    }
    if let Some(mark) = view.app.incident.marks.get(&step.id).filter(|mark| !mark.note.is_empty()) {
        let prefix = vec![span(&format!("     {}: ", mark.by), theme.kind_person)];
        rows.hang(prefix, &mark.note, theme.text, view.width);
    }
}
