//! Possible causes: the selected one with its evidence, the others in a line or two, what is ruled out at the end.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::incident::Quote;
use crate::incident::event::IncidentStatus;
use crate::incident::triage::{Confidence, Hypothesis, HypothesisStatus};
use crate::tui::glyphs;
use crate::tui::pane::context::WAYS_TO_START;
use crate::tui::pane::{View, teach};
use crate::tui::widget::rows::{Rows, fit, span, spread};
use crate::tui::widget::stamp::{abridged, leading_stamp};
use crate::tui::widget::text::{ELLIPSIS, width};

/// Columns before the words of a cause: the sign of the cursor and the label.
const LABEL: usize = 9;
/// Most pieces of evidence shown where not everything has room: the others want to be seen too.
const PIECES: usize = 4;
/// Rows a long cause takes where room is short.
const HEAD_ROWS: usize = 3;
/// Columns before the further lines of a quote.
const QUOTE_INDENT: usize = 7;

/// How much of a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it, and the evidence of every hypothesis.
    Everything,
    /// All of it, over as many rows as it takes.
    Whole,
    /// What fits into a row; the item under the cursor is shown whole all the same.
    Row,
}

/// The rows of the pane: everything whole where there is room for it.
pub fn rows(view: &View<'_>) -> Rows {
    let all = view.app.incident.hypotheses();
    if all.is_empty() {
        return empty(view);
    }
    let fitting = [Extent::Everything, Extent::Whole]
        .into_iter()
        .map(|extent| laid_out(view, &all, extent))
        .find(|rows| rows.rows.len() <= view.height);
    fitting.unwrap_or_else(|| laid_out(view, &all, Extent::Row))
}

fn laid_out(view: &View<'_>, all: &[&Hypothesis], extent: Extent) -> Rows {
    let cursor = view.app.ui.hypothesis.as_ref();
    let selected =
        cursor.and_then(|cursor| all.iter().position(|hypothesis| hypothesis.id == cursor.id)).unwrap_or(0);
    // A block of many rows set off would be the loudest thing on screen; the first one says enough.
    let mut rows = Rows { set_off: Some(1), ..Rows::default() };
    for (index, hypothesis) in all.iter().enumerate() {
        if index == selected {
            let piece = cursor.filter(|cursor| cursor.id == hypothesis.id).and_then(|cursor| cursor.piece);
            selected_rows(&mut rows, view, hypothesis, (piece, all.len() - 1), extent);
        } else {
            head(&mut rows, view, hypothesis, false, extent);
            if extent == Extent::Everything {
                for (supports, quote) in pieces(hypothesis) {
                    quote_row(&mut rows, view, supports, quote, true);
                }
            }
        }
    }
    rows
}

fn empty(view: &View<'_>) -> Rows {
    let app = view.app;
    if app.ui.loading {
        return teach(view, "Loading the incident…", &[]);
    }
    if app.incident.requested.is_empty() && app.incident.sources.is_empty() {
        let lead = "Possible causes appear here as soon as there is something to read.";
        return teach(view, lead, &WAYS_TO_START);
    }
    if app.incident.status == IncidentStatus::Resolved {
        return teach(view, "No cause was found while this incident was open.", &[]);
    }
    let lead = if app.ui.analysing {
        "Reading. The first possible cause appears with the first lines that point to one."
    } else {
        "Nothing in the lines so far points to a cause. This pane waits for errors, a burst, a silence, a limit \
         reached or a deploy, and fills by itself."
    };
    teach(
        view,
        lead,
        &[("p", "paste what you know: the alert, chat, metrics"), ("w", "what is missing to decide")],
    )
}

fn selected_rows(
    rows: &mut Rows,
    view: &View<'_>,
    hypothesis: &Hypothesis,
    (piece, others): (Option<usize>, usize),
    extent: Extent,
) {
    let start = rows.rows.len();
    head(rows, view, hypothesis, true, extent);
    if piece.is_none() {
        rows.focus_from(start);
    }
    let pieces: Vec<(bool, &Quote)> = pieces(hypothesis).collect();
    let taken = rows.rows.len() - start + others + 2;
    let most = if view.zoomed { usize::MAX } else { PIECES };
    let all = piece.is_some() || extent != Extent::Row;
    let room = if all { pieces.len() } else { view.height.saturating_sub(taken).clamp(2, most) };
    for (index, (supports, quote)) in pieces.iter().take(room).enumerate() {
        let start = rows.rows.len();
        let under_cursor = piece == Some(index);
        let whole = under_cursor || extent != Extent::Row;
        quote_row(rows, view, *supports, quote, whole);
        if under_cursor {
            rows.focus_from(start);
        }
    }
    if pieces.len() > room {
        let more = format!("     … {} more, Enter shows all", pieces.len() - room);
        rows.push(fit(vec![span(&more, view.look.theme.faded)], view.width).into());
    }
    if !hypothesis.next_check.is_empty() && hypothesis.status == HypothesisStatus::Open {
        let prefix = vec![span("     next ", view.look.theme.faded)];
        rows.hang(prefix, &hypothesis.next_check, view.look.theme.text, view.width);
    }
}

/// What speaks for it, then what speaks against it.
fn pieces(hypothesis: &Hypothesis) -> impl Iterator<Item = (bool, &Quote)> {
    let supporting = hypothesis.evidence.iter().map(|quote| (true, quote));
    supporting.chain(hypothesis.against.iter().map(|quote| (false, quote)))
}

/// Label and cause; the reason of a verdict behind it.
fn head(rows: &mut Rows, view: &View<'_>, hypothesis: &Hypothesis, selected: bool, extent: Extent) {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let status = incident.status_of(hypothesis);
    let (label, style) = label(view, hypothesis);
    let cursor = if selected { glyphs::CURSOR } else { " " };
    let verdict = incident.verdicts.get(&hypothesis.id);
    let saving = verdict.is_some_and(|verdict| verdict.seq > view.app.ui.durable_seq);
    let label = format!("{label:<LABEL$} ");
    let prefix = vec![span(cursor, theme.focus), span(&label, style)];
    let spark = belief(view, &hypothesis.id);
    let cause_style = match status {
        HypothesisStatus::RuledOut => theme.ruled_out,
        _ if selected => theme.title,
        _ => theme.text,
    };
    let mut cause = hypothesis.cause.clone();
    if let Some(verdict) = verdict.filter(|verdict| !verdict.reason.is_empty()) {
        cause = format!("{cause} ({}: {})", verdict.by, verdict.reason);
    } else if status == HypothesisStatus::RuledOut
        && let Some(quote) = hypothesis.against.first()
    {
        cause = format!("{cause} ({})", quote.quote);
    }
    let right: Vec<Span<'static>> = if saving {
        vec![span("saving", theme.faded)]
    } else if let Some(spark) = spark {
        vec![span(&spark, style)]
    } else {
        Vec::new()
    };
    let reserved = right.iter().map(|span| width(&span.content) + 1).sum::<usize>();
    let columns = view.width.saturating_sub(reserved);
    if selected || extent != Extent::Row {
        let start = rows.rows.len();
        rows.hang(prefix, &cause, cause_style, columns);
        if extent == Extent::Row {
            // The details show the rest; the evidence below is worth more here.
            let cut = rows.rows.len() > start + HEAD_ROWS;
            rows.rows.truncate(start + HEAD_ROWS);
            if let Some(last) = rows.rows.last_mut().filter(|_| cut) {
                let mut spans = fit(std::mem::take(&mut last.spans), view.width.saturating_sub(2));
                spans.push(span(&format!(" {ELLIPSIS}"), cause_style));
                last.spans = spans;
            }
        }
        let first = std::mem::take(&mut rows.rows[start]);
        rows.rows[start] = spread(first.spans, right, view.width);
    } else {
        let mut spans = prefix;
        spans.push(span(&cause, cause_style));
        rows.push(spread(spans, right, view.width));
    }
}

/// Where the hypothesis stands, in a word.
pub(crate) fn label(view: &View<'_>, hypothesis: &Hypothesis) -> (&'static str, Style) {
    let theme = &view.look.theme;
    match (view.app.incident.status_of(hypothesis), hypothesis.confidence) {
        (HypothesisStatus::Confirmed, _) => ("confirmed", theme.confirmed),
        (HypothesisStatus::RuledOut, _) => ("ruled out", theme.ruled_out),
        (HypothesisStatus::Open, Confidence::High) => ("high", theme.high),
        (HypothesisStatus::Open, Confidence::Medium) => ("medium", theme.medium),
        (HypothesisStatus::Open, Confidence::Low) => ("low", theme.low),
    }
}

/// How the confidence moved, as a sparkline; only where it moved.
fn belief(view: &View<'_>, hypothesis: &str) -> Option<String> {
    let moves = view.app.incident.belief.get(hypothesis).filter(|moves| moves.len() > 1)?;
    let newest = &moves[moves.len().saturating_sub(8)..];
    let bar = |confidence| match confidence {
        Confidence::Low => glyphs::BARS[2],
        Confidence::Medium => glyphs::BARS[5],
        Confidence::High => glyphs::BARS[8],
    };
    Some(newest.iter().map(|belief| bar(belief.confidence)).collect())
}

fn quote_row(rows: &mut Rows, view: &View<'_>, supports: bool, quote: &Quote, whole: bool) {
    let prefix = quote_prefix(view, supports, quote);
    let style = quote_style(view, quote);
    let text = quoted(&quote.quote);
    if whole {
        rows.hang_at(QUOTE_INDENT, prefix, (&text, style), view.width);
    } else {
        let used: usize = prefix.iter().map(Span::width).sum();
        let too_wide = used + width(&text) > view.width;
        let short = abridged(&text).filter(|_| too_wide).unwrap_or(text);
        let mut spans = prefix;
        spans.push(span(&short, style));
        rows.push(fit(spans, view.width).into());
    }
}

/// Words of a source in quotation marks. A time stamp at their beginning gives way to an ellipsis: it says least and
/// takes most of a narrow pane; the details show the words as they are.
fn quoted(words: &str) -> String {
    let stamp = leading_stamp(words);
    let rest = if stamp < words.len() { &words[stamp..] } else { words };
    format!("“{}{rest}”", if stamp > 0 { "… " } else { "" })
}

/// Style of the words of a quote: struck out where code did not find them.
pub(crate) fn quote_style(view: &View<'_>, quote: &Quote) -> Style {
    if quote.verified { view.look.theme.text } else { view.look.theme.struck }
}

/// Sign and place of a quote; what is not verified says so in words.
pub(crate) fn quote_prefix(view: &View<'_>, supports: bool, quote: &Quote) -> Vec<Span<'static>> {
    let theme = &view.look.theme;
    let (sign, style) = match (quote.verified, supports) {
        (true, true) => (glyphs::CHECK, theme.verified),
        (true, false) => (glyphs::AGAINST, theme.against),
        (false, _) => (glyphs::CROSS, theme.unexpected),
    };
    let name = quote.place.map_or(quote.source.as_str(), |place| {
        if quote.source.is_empty() {
            view.app.incident.source_name(place.source)
        } else {
            quote.source.as_str()
        }
    });
    let place = match quote.line {
        Some(line) => format!("{name}:{line} "),
        None if name.is_empty() => String::new(),
        None => format!("{name} "),
    };
    let mut spans = vec![Span::raw("   "), span(sign, style), Span::raw(" "), span(&place, theme.place)];
    if !supports {
        spans.push(span("against ", theme.faded));
    }
    if !quote.verified {
        spans.push(span("not found: ", theme.faded));
    }
    spans
}
