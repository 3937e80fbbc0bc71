//! Documents to read: a hypothesis, a step, impact, postmortem, follow-ups; and the views made of items.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::app::model::left_masked;
use crate::app::ui::View;
use crate::incident::opinion::{By, Section, Subject};
use crate::incident::triage::HypothesisStatus;
use crate::tui::header::badge;
use crate::tui::look::Look;
use crate::tui::overlay::{compare, items, model, reports, shown, source, titled};
use crate::tui::pane::View as PaneView;
use crate::tui::pane::checklist::{compared, minute};
use crate::tui::pane::hypotheses::{label, quote_prefix, quote_style};
use crate::tui::widget::canvas;
use crate::tui::widget::rows::{Rows, span};

/// Widest text that is comfortable to read.
const WIDEST: u16 = 110;

/// Columns of a view: two texts side by side take as many as there are.
fn widest(view: &View) -> u16 {
    if *view == View::Compare { 2 * WIDEST } else { WIDEST }
}

/// Draws a document; `selected` is its first row, or the item under the cursor.
pub fn draw(buffer: &mut Buffer, body: Rect, view: &View, selected: usize, (app, look): (&App, &Look)) {
    let width = body.width.min(widest(view));
    let height = body.height.saturating_sub(1);
    let rows = placed(view, selected, height, pane_view(app, look, width));
    let items = items_of(view, app);
    let at = match items {
        Some(items) if items > 1 => format!("{} of {items}", selected.min(items - 1) + 1),
        Some(_) => String::new(),
        None => shown(selected, usize::from(height), rows.rows.len()),
    };
    let aside = if at.is_empty() { "Esc goes back".to_owned() } else { format!("{at} · Esc goes back") };
    let inner = titled(buffer, body, title(view), &aside, look);
    let inner = Rect { width, ..inner };
    let selection = has_items(view).then_some(look.theme.selection);
    canvas::put_rows(buffer, inner, &rows, selection);
}

/// The largest first row that makes sense in a text view of this size; `None` for views made of items.
pub fn last_row(view: &View, app: &App, look: &Look, (columns, rows): (u16, u16)) -> Option<usize> {
    if has_items(view) {
        return None;
    }
    let width = columns.min(widest(view));
    let height = usize::from(rows.saturating_sub(4));
    Some(rows_of(view, 0, &pane_view(app, look, width)).rows.len().saturating_sub(height))
}

fn pane_view<'a>(app: &'a App, look: &'a Look, columns: u16) -> PaneView<'a> {
    PaneView { app, look, width: usize::from(columns), height: usize::MAX, focused: true, zoomed: true }
}

fn placed(view: &View, selected: usize, height: u16, pane: PaneView<'_>) -> Rows {
    let mut rows = rows_of(view, selected, &pane);
    // An item of many rows would be a block of colour; its first row says enough.
    rows.set_off = Some(1);
    if !has_items(view) {
        let last_top = rows.rows.len().saturating_sub(usize::from(height));
        rows.top = Some(selected.min(last_top));
    }
    rows
}

/// How many items a view has; `None` where it is a text to scroll.
fn items_of(view: &View, app: &App) -> Option<usize> {
    let triage = app.incident.shown();
    match view {
        View::Mitigations => Some(triage.mitigations.len()),
        View::Questions => Some(triage.contradictions.len() + triage.missing.len()),
        View::Similar => Some(triage.similar.len()),
        View::Bookmarks => Some(app.incident.bookmarks.len()),
        _ => None,
    }
}

fn has_items(view: &View) -> bool {
    matches!(view, View::Mitigations | View::Similar | View::Questions | View::Bookmarks)
}

fn title(view: &View) -> &'static str {
    match view {
        View::Hypothesis(_) => "Hypothesis",
        View::Step(_) => "Step",
        View::Mitigations => "Mitigations",
        View::Impact => "Impact",
        View::Update => "Update for those who wait",
        View::Handover => "Hand-over",
        View::Postmortem => "Postmortem draft",
        View::FollowUps => "Follow-ups",
        View::Similar => "Similar incidents",
        View::Compare => "This incident and that one",
        View::Questions => "Open questions",
        View::Source(_) => "About this source",
        View::Logs => "About the logs",
        View::Bookmarks => "Bookmarks",
        View::Request => "What leaves this host",
        View::Calls => "Calls of the model",
        View::Thoughts => "What the model thinks",
    }
}

fn rows_of(view: &View, selected: usize, pane: &PaneView<'_>) -> Rows {
    let mut rows = contents(view, selected, pane);
    let is_text = matches!(
        view,
        View::Hypothesis(_) | View::Step(_) | View::Impact | View::Postmortem | View::FollowUps
    );
    if is_text {
        let spans = rows.rows.iter().flat_map(|row| row.iter().map(|span| span.content.as_ref()));
        if let Some(line) = left_masked(&spans.collect::<Vec<_>>().join(" ")) {
            rows.gap();
            rows.wrap(1, &line, pane.look.theme.faded, pane.width);
        }
    }
    rows
}

fn contents(view: &View, selected: usize, pane: &PaneView<'_>) -> Rows {
    match view {
        View::Hypothesis(id) => hypothesis(pane, id),
        View::Step(id) => step(pane, id),
        View::Mitigations => items::mitigations(pane, selected),
        View::Impact => impact(pane),
        View::Update => reports::update(pane),
        View::Handover => reports::handover(pane),
        View::Postmortem => postmortem(pane),
        View::FollowUps => follow_ups(pane),
        View::Similar => items::similar(pane, selected),
        View::Compare => compare::rows(pane),
        View::Questions => items::questions(pane, selected),
        View::Source(id) => source::about(pane, *id),
        View::Logs => source::about_all(pane),
        View::Bookmarks => source::bookmarks(pane, selected),
        View::Request => model::request(pane),
        View::Calls => model::calls(pane),
        View::Thoughts => model::thoughts(pane),
    }
}

pub(crate) fn nothing(view: &PaneView<'_>, text: &str) -> Rows {
    let mut rows = Rows::default();
    rows.gap();
    rows.wrap(1, text, view.look.theme.faded, view.width);
    rows
}

fn hypothesis(view: &PaneView<'_>, id: &str) -> Rows {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let all = incident.hypotheses();
    let Some(found) = all.into_iter().find(|hypothesis| hypothesis.id == id) else {
        return nothing(view, "This hypothesis is no longer among the possible causes.");
    };
    let mut rows = Rows::default();
    let (word, style) = label(view, found);
    rows.gap();
    rows.hang(vec![span(&format!(" {word}  "), style)], &found.cause, theme.title, view.width);
    if let Some(verdict) = incident.verdicts.get(id) {
        let said = if verdict.status == HypothesisStatus::Confirmed { "confirmed" } else { "ruled out" };
        let reason = if verdict.reason.is_empty() { "no reason given" } else { verdict.reason.as_str() };
        rows.wrap(
            1,
            &format!("{said} by {} at {}: {reason}", verdict.by, minute(verdict.at)),
            theme.text,
            view.width,
        );
    }
    for (name, quotes, supports) in [("For", &found.evidence, true), ("Against", &found.against, false)] {
        rows.gap();
        rows.push(span(&format!(" {name}"), theme.title).into());
        if quotes.is_empty() {
            rows.wrap(3, "nothing so far", theme.faded, view.width);
        }
        for quote in quotes {
            let text = format!("“{}”", quote.quote);
            rows.hang(
                quote_prefix(view, supports, quote, view.width / 2),
                &text,
                quote_style(view, quote),
                view.width,
            );
        }
    }
    said_by(&mut rows, view, id);
    if !found.next_check.is_empty() {
        rows.gap();
        rows.push(span(" Next to look at", theme.title).into());
        rows.wrap(3, &found.next_check, theme.text, view.width);
    }
    if let Some(moves) = incident.belief.get(id) {
        rows.gap();
        rows.push(span(" How sure, over time", theme.title).into());
        for belief in moves {
            let time = belief.at.strftime("   %H:%M:%S  ").to_string();
            let prefix =
                vec![span(&time, theme.time), span(&format!("{:<7}", belief.confidence.name()), theme.text)];
            rows.hang(prefix, &belief.because, theme.faded, view.width);
        }
    }
    rows
}

/// What a model has to do with a hypothesis: whether it says so too, where it disagrees, what was doubted about it.
fn said_by(rows: &mut Rows, view: &PaneView<'_>, id: &str) {
    let theme = &view.look.theme;
    let Some(opinion) = &view.app.incident.shown().opinion else { return };
    let said = match opinion.by(Section::Hypotheses, id) {
        By::Offline => format!("the offline analyst; {} does not say it", opinion.model),
        By::Model => format!("{} alone", opinion.model),
        By::Both => format!("the offline analyst and {}", opinion.model),
    };
    rows.gap();
    rows.hang(vec![span(" Said by ", theme.title)], &said, theme.text, view.width);
    for difference in opinion.differences.iter().filter(|difference| difference.key == id) {
        let text = format!("offline: {}; {}: {}", difference.offline, opinion.model, difference.model);
        rows.hang(vec![span("   · ", theme.faded)], &text, theme.text, view.width);
    }
    for remark in opinion.remarks_on(Section::Hypotheses, id) {
        rows.hang(vec![span("   · ", theme.faded)], &remark.text, theme.faded, view.width);
    }
    if !opinion.stale.is_empty() {
        rows.hang(vec![span("   · ", theme.faded)], &opinion.stale, theme.faded, view.width);
    }
}

fn step(view: &PaneView<'_>, id: &str) -> Rows {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let Some(step) = incident.steps().into_iter().find(|step| step.id == id) else {
        return nothing(view, "This step is no longer on the checklist.");
    };
    let mut rows = Rows::default();
    rows.gap();
    rows.wrap(1, &step.step, theme.title, view.width);
    rows.gap();
    rows.wrap(3, &view.app.filled(&step.command), theme.command, view.width);
    rows.gap();
    rows.hang(vec![span(" expect ", theme.faded)], &step.expected, theme.text, view.width);
    let decided: Vec<_> =
        incident.hypotheses().into_iter().filter(|known| step.decides.contains(&known.id)).collect();
    if !decided.is_empty() {
        rows.gap();
        rows.push(span(" Helps to decide", theme.title).into());
        for hypothesis in decided {
            let (word, style) = label(view, hypothesis);
            rows.hang(
                vec![span(&format!("   {word:<10}"), style)],
                &hypothesis.cause,
                theme.text,
                view.width,
            );
        }
    }
    if step.compared.is_some() {
        rows.gap();
        rows.rows.extend(compared(view, step));
    }
    if let Some(mark) = incident.marks.get(id) {
        rows.gap();
        let note = if mark.note.is_empty() { "no note" } else { mark.note.as_str() };
        let who = format!(" {} {} ", minute(mark.at), mark.by);
        rows.hang(vec![span(&who, theme.kind_person)], note, theme.text, view.width);
    }
    rows
}

fn impact(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let triage = incident.shown();
    let Some(level) = incident.severity() else {
        return nothing(view, "Severity and impact are worked out with the first errors.");
    };
    let mut rows = Rows::default();
    rows.gap();
    let name = span(&format!(" {} ", level.name()), badge(level, view.look));
    let declared = incident.declared.as_ref();
    let reasoning = declared.map_or_else(
        || triage.severity.as_ref().map(|severity| severity.reasoning.clone()).unwrap_or_default(),
        |declared| {
            let reason =
                if declared.reason.is_empty() { String::new() } else { format!(": {}", declared.reason) };
            format!("declared by a person{reason}")
        },
    );
    rows.hang(vec![span(" ", theme.text), name, span("  ", theme.text)], &reasoning, theme.text, view.width);
    if let Some(opinion) = &triage.opinion {
        let differs = |about| opinion.differences.iter().filter(move |difference| difference.about == about);
        for difference in differs(Subject::Severity).chain(differs(Subject::LeadingCause)) {
            let text = format!(
                "The analysts disagree: offline says {}, {} says {}.",
                difference.offline, opinion.model, difference.model
            );
            rows.wrap(1, &text, theme.medium, view.width);
        }
    }
    for (name, text) in [("Summary", &triage.summary), ("Customers", &triage.customer_impact)] {
        rows.gap();
        rows.push(span(&format!(" {name}"), theme.title).into());
        let text = if text.is_empty() { "nothing known yet" } else { text.as_str() };
        rows.wrap(1, text, theme.text, view.width);
    }
    rows
}

/// Markdown with its headings set off and its lists indented; everything else as written.
fn postmortem(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let text = incident.postmortem();
    if text.trim().is_empty() {
        return nothing(view, "The draft is written with the first possible cause and kept current.");
    }
    let mut rows = Rows::default();
    let whose = if incident.written_postmortem.is_empty() {
        "The analyst's draft, kept current: e makes it yours."
    } else {
        "Written by hand; the analyst changes it no more. u takes the last change back."
    };
    rows.wrap(1, whose, theme.faded, view.width);
    rows.gap();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let body = line.trim_start();
        if let Some(heading) = body.strip_prefix('#') {
            rows.wrap(1, heading.trim_start_matches('#').trim(), theme.title, view.width);
        } else if let Some(item) = body.strip_prefix("- ").or_else(|| body.strip_prefix("* ")) {
            let prefix = format!("{} · ", " ".repeat(indent.min(8) + 1));
            rows.hang(vec![span(&prefix, theme.faded)], &plain(item), theme.text, view.width);
        } else {
            rows.wrap(1 + indent.min(8), &plain(body), theme.text, view.width);
        }
    }
    rows
}

/// Markdown's marks of emphasis are noise on a terminal.
fn plain(text: &str) -> String {
    text.replace("**", "").replace('`', "")
}

fn follow_ups(view: &PaneView<'_>) -> Rows {
    let theme = &view.look.theme;
    let all = &view.app.incident.shown().follow_ups;
    if all.is_empty() {
        return nothing(view, "Work for after the incident appears with the first likely cause.");
    }
    let mut rows = Rows::default();
    for one in all {
        rows.gap();
        rows.hang(
            vec![span(&format!(" {}  ", one.priority), theme.title)],
            &one.text,
            theme.text,
            view.width,
        );
        if !one.owner.is_empty() {
            rows.wrap(5, &one.owner, theme.faded, view.width);
        }
    }
    rows
}
