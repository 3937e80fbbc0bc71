//! Steps of the investigation: what was found, and the next one with its whole command.

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::incident::event::StepOutcome;
use crate::incident::opinion::Section;
use crate::incident::triage::{CommandEffect, Fit, Step};
use crate::tui::glyphs;
use crate::tui::pane::{View, fresh, teach};
use crate::tui::widget::parts::Part;
use crate::tui::widget::rows::{Row, Rows, span, spread};

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
    let open = open_step(view, &steps, selected);
    let todo = |step: &Step| view.app.incident.outcome_of(&step.id) == StepOutcome::Todo;
    let mut heads = Vec::with_capacity(steps.len());
    let mut commands = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let here = index == selected;
        let head = head(view, step, here);
        heads.push(if here { head.at_least(usize::MAX) } else { head });
        let command = Part::unbroken(details(view, step));
        // The cursor's row and its command belong together, whatever has to go off screen for them.
        commands.push(if index == open { command.at_least(usize::MAX) } else { command });
    }
    let used: usize = heads.iter().chain(&commands).map(Part::shown).sum();
    let mut room = view.height.saturating_sub(used);
    for head in &mut heads {
        head.grow(&mut room, usize::MAX);
    }
    for (command, _) in commands.iter_mut().zip(&steps).filter(|(_, step)| todo(step)) {
        command.grow(&mut room, usize::MAX);
    }
    let mut rows = Rows::default();
    for (index, (head, command)) in heads.into_iter().zip(commands).enumerate() {
        let start = rows.rows.len();
        head.put(&mut rows, view.width);
        let set_off = rows.rows.len() - start;
        command.put(&mut rows, view.width);
        if index == selected {
            // Both are kept in view, the words alone are set off.
            rows.focus_from(start);
            rows.set_off = Some(set_off);
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

fn head(view: &View<'_>, step: &Step, selected: bool) -> Part {
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
        vec![span(cursor, theme.focus), span("[", theme.faded), span(sign, style), span("]", theme.faded)];
    let mut prefix = prefix;
    prefix.push(fresh(view, view.app.ui.fresh.step(&step.id)));
    let mut right = Vec::new();
    if let Some(model) = view.app.incident.only_by(Section::Checklist, &step.id) {
        right.push(span(&format!("{model} "), theme.faded));
    }
    if step.effect == CommandEffect::Changes {
        right.push(span("changes ", theme.changes));
    }
    if saving {
        right.push(span("saving", theme.faded));
    } else if let Some(mark) = mark.filter(|mark| mark.outcome != StepOutcome::Todo) {
        right.push(span(&outcome_word(mark.outcome), style));
        right.push(span(&minute(mark.at), theme.time));
    }
    let reserved: usize = right.iter().map(Span::width).sum::<usize>() + 1;
    let mut whole = Rows::default();
    whole.hang(prefix.clone(), &step.step, text_style, view.width.saturating_sub(reserved));
    if let Some(first) = whole.rows.first_mut() {
        *first = spread(std::mem::take(&mut first.spans), right.clone(), view.width);
    }
    let mut short = prefix;
    short.push(span(&step.step, text_style));
    Part::new(whole.rows, spread(short, right, view.width))
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

/// Command, what is expected, and what was noted.
fn details(view: &View<'_>, step: &Step) -> Vec<Row> {
    let theme = &view.look.theme;
    let mut rows = Rows::default();
    if !step.command.is_empty() {
        let command = view.app.filled(&step.command);
        rows.hang(vec![span("     $ ", theme.faded)], &command, theme.command, view.width);
    }
    if !step.expected.is_empty() {
        rows.hang(vec![span("     expect ", theme.faded)], &step.expected, theme.text, view.width);
    }
    if let Some(mark) = view.app.incident.marks.get(&step.id).filter(|mark| !mark.note.is_empty()) {
        let prefix = vec![span(&format!("     {}: ", mark.by), theme.kind_person)];
        rows.hang(prefix, &mark.note, theme.text, view.width);
    }
    rows.rows.extend(compared(view, step));
    rows.rows
}

/// What the output of the step says about what was expected.
pub(crate) fn compared(view: &View<'_>, step: &Step) -> Vec<Row> {
    let theme = &view.look.theme;
    let Some(compared) = &step.compared else { return Vec::new() };
    let (label, style) = match compared.fit {
        Fit::AsExpected => ("     output fits ", theme.done),
        Fit::NotAsExpected => ("     output speaks against it ", theme.unexpected),
        Fit::Undecided => ("     output decides nothing ", theme.faded),
    };
    let words = compared
        .quote
        .as_ref()
        .map_or("e or x: as expected, or not?".to_owned(), |quote| format!("“{}”", quote.quote));
    let mut rows = Rows::default();
    rows.hang(vec![span(label, style)], &words, theme.text, view.width);
    rows.rows
}
