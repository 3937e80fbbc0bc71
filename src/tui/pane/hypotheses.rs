//! Possible causes: the selected one with its evidence, the others in a line or two, what is ruled out at the end.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::incident::Quote;
use crate::incident::event::IncidentStatus;
use crate::incident::opinion::Section;
use crate::incident::triage::{Confidence, Hypothesis, HypothesisStatus};
use crate::tui::glyphs;
use crate::tui::pane::context::WAYS_TO_START;
use crate::tui::pane::{View, fresh, teach};
use crate::tui::widget::parts::Part;
use crate::tui::widget::rows::{Rows, fit, span, spread};
use crate::tui::widget::stamp::{abridged, leading_stamp};
use crate::tui::widget::text::{ending, width};

/// Columns before the words of a cause: the sign of the cursor and the label.
const LABEL: usize = 9;
/// Rows a long cause takes where room is short.
const HEAD_ROWS: usize = 3;
/// Pieces of evidence shown however short the room is.
const LEAST_PIECES: usize = 2;
/// Pieces of evidence that come before the rest of a long cause.
const PIECES: usize = 4;
/// A source's name takes no more of a row than this part of it,
const NAME_SHARE: usize = 5;
/// but may always be this long, in columns.
const NAME_LEAST: usize = 15;
/// Columns before the further lines of a quote.
const QUOTE_INDENT: usize = 7;

/// The rows of the pane. The one under the cursor comes first where room is short: the beginning of its cause and a few
/// pieces of evidence, all of its cause, all evidence, what speaks against it, what to look at next; then the causes of
/// the others, then their evidence.
pub fn rows(view: &View<'_>) -> Rows {
    let all = view.app.incident.hypotheses();
    if all.is_empty() {
        return empty(view);
    }
    let cursor = view.app.ui.hypothesis.as_ref();
    let selected =
        cursor.and_then(|cursor| all.iter().position(|hypothesis| hypothesis.id == cursor.id)).unwrap_or(0);
    let piece = cursor.filter(|cursor| cursor.id == all[selected].id).and_then(|cursor| cursor.piece);
    let mut blocks: Vec<Block> = all
        .iter()
        .enumerate()
        .map(|(index, hypothesis)| {
            let here = match piece {
                _ if index != selected => Here::Elsewhere,
                None => Here::Head,
                Some(piece) => Here::Piece(piece),
            };
            block(view, hypothesis, here)
        })
        .collect();
    share(view.height, &mut blocks, selected);
    let mut rows = Rows { set_off: Some(1), ..Rows::default() };
    for (index, block) in blocks.into_iter().enumerate() {
        block.put(&mut rows, view, index == selected);
    }
    rows
}

/// Which of how many is under the cursor.
pub fn aside(view: &View<'_>) -> Vec<Span<'static>> {
    let all = view.app.incident.hypotheses();
    if all.len() < 2 {
        return Vec::new();
    }
    let cursor = view.app.ui.hypothesis.as_ref();
    let at = cursor.and_then(|cursor| all.iter().position(|hypothesis| hypothesis.id == cursor.id));
    vec![span(&format!(" {} of {} ", at.unwrap_or(0) + 1, all.len()), view.look.theme.faded)]
}

/// A hypothesis in parts.
struct Block {
    head: Part,
    pieces: Vec<Part>,
    next: Option<Part>,
}

impl Block {
    fn hidden(&self) -> usize {
        self.pieces.iter().filter(|piece| piece.is_hidden()).count()
    }

    /// Rows it takes; a row tells how many pieces are hidden, where it is the selected one.
    fn height(&self, selected: bool) -> usize {
        let parts = std::iter::once(&self.head).chain(&self.pieces).chain(&self.next);
        parts.map(Part::shown).sum::<usize>() + usize::from(selected && self.hidden() > 0)
    }

    fn put(self, rows: &mut Rows, view: &View<'_>, selected: bool) {
        let hidden = self.hidden();
        self.head.put(rows, view.width);
        for piece in self.pieces {
            piece.put(rows, view.width);
        }
        if selected && hidden > 0 {
            let more = format!("     … {hidden} more, Enter shows all");
            rows.push(fit(vec![span(&more, view.look.theme.faded)], view.width).into());
        }
        if let Some(next) = self.next {
            next.put(rows, view.width);
        }
    }
}

/// Where the cursor is, seen from a hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Here {
    /// On another one.
    Elsewhere,
    /// On its cause.
    Head,
    /// On this piece of its evidence.
    Piece(usize),
}

/// A hypothesis in its smallest form.
fn block(view: &View<'_>, hypothesis: &Hypothesis, cursor: Here) -> Block {
    let here = cursor != Here::Elsewhere;
    let head = head(view, hypothesis, here).focused(cursor == Here::Head);
    let quotes = pieces(hypothesis).enumerate().map(|(index, (supports, quote))| {
        let part = quote_part(view, &hypothesis.id, supports, quote);
        let under_cursor = cursor == Here::Piece(index);
        let least = match cursor {
            Here::Elsewhere => 0,
            Here::Head => usize::from(index < LEAST_PIECES),
            Here::Piece(_) if under_cursor => usize::MAX,
            Here::Piece(_) => 1,
        };
        part.at_least(least).focused(under_cursor)
    });
    Block {
        head: if here { head.at_least(HEAD_ROWS) } else { head },
        pieces: quotes.collect(),
        next: next_part(view, hypothesis).filter(|_| here),
    }
}

/// Gives hidden pieces a row each, until `most` are shown.
fn reveal(block: &mut Block, room: &mut usize, most: usize) {
    let hidden = block.hidden();
    let wanted = most.saturating_sub(block.pieces.len() - hidden).min(hidden);
    // With the last hidden piece the row that counts them goes.
    *room += usize::from(hidden > 0 && wanted == hidden && *room + 1 >= hidden);
    for piece in block.pieces.iter_mut().filter(|piece| piece.is_hidden()).take(wanted) {
        piece.grow(room, 1);
    }
}

/// Gives the rows that are left to the parts in turn.
fn share(height: usize, blocks: &mut [Block], selected: usize) {
    let used: usize = blocks.iter().enumerate().map(|(at, block)| block.height(at == selected)).sum();
    let mut room = height.saturating_sub(used);
    let own = &mut blocks[selected];
    reveal(own, &mut room, PIECES);
    own.head.grow(&mut room, usize::MAX);
    reveal(own, &mut room, usize::MAX);
    for part in own.pieces.iter_mut().chain(&mut own.next) {
        part.grow(&mut room, usize::MAX);
    }
    for block in &mut *blocks {
        block.head.grow(&mut room, usize::MAX);
    }
    for piece in blocks.iter_mut().flat_map(|block| &mut block.pieces) {
        piece.grow(&mut room, usize::MAX);
    }
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
    let unread = app.incident.sources.keys().find_map(|source| app.why_silent(*source));
    let lines: u64 = app.digest.sources.iter().map(|source| source.lines).sum();
    let lead = if let Some(why) = unread.as_deref().filter(|_| lines == 0) {
        why
    } else if app.ui.analysing {
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

fn next_part(view: &View<'_>, hypothesis: &Hypothesis) -> Option<Part> {
    if hypothesis.next_check.is_empty() || view.app.incident.status_of(hypothesis) != HypothesisStatus::Open {
        return None;
    }
    let prefix = || vec![span("     next ", view.look.theme.faded)];
    let mut whole = Rows::default();
    whole.hang(prefix(), &hypothesis.next_check, view.look.theme.text, view.width);
    let mut short = prefix();
    short.push(span(&hypothesis.next_check, view.look.theme.text));
    Some(Part::new(whole.rows, fit(short, view.width).into()))
}

/// What speaks for it, then what speaks against it.
fn pieces(hypothesis: &Hypothesis) -> impl Iterator<Item = (bool, &Quote)> {
    let supporting = hypothesis.evidence.iter().map(|quote| (true, quote));
    supporting.chain(hypothesis.against.iter().map(|quote| (false, quote)))
}

/// Label and cause; the reason of a verdict behind it.
fn head(view: &View<'_>, hypothesis: &Hypothesis, selected: bool) -> Part {
    let theme = &view.look.theme;
    let incident = &view.app.incident;
    let status = incident.status_of(hypothesis);
    let (label, style) = label(view, hypothesis);
    let cursor = if selected { glyphs::CURSOR } else { " " };
    let verdict = incident.verdicts.get(&hypothesis.id);
    let saving = verdict.is_some_and(|verdict| verdict.seq > view.app.ui.durable_seq);
    let label = format!("{label:<LABEL$}");
    let changed = fresh(view, view.app.ui.fresh.hypothesis(&hypothesis.id));
    let prefix = vec![span(cursor, theme.focus), span(&label, style), changed];
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
    let mut right: Vec<Span<'static>> = Vec::new();
    if let Some(model) = incident.only_by(Section::Hypotheses, &hypothesis.id) {
        right.push(span(&format!("{model} "), theme.faded));
    }
    if saving {
        right.push(span("saving", theme.faded));
    } else if let Some(spark) = spark {
        right.push(span(&spark, style));
    }
    let reserved = right.iter().map(|span| width(&span.content) + 1).sum::<usize>();
    let columns = view.width.saturating_sub(reserved);
    let mut whole = Rows::default();
    whole.hang(prefix.clone(), &cause, cause_style, columns);
    if let Some(first) = whole.rows.first_mut() {
        *first = spread(std::mem::take(&mut first.spans), right.clone(), view.width);
    }
    let mut short = prefix;
    short.push(span(&cause, cause_style));
    Part::new(whole.rows, spread(short, right, view.width))
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

fn quote_part(view: &View<'_>, hypothesis: &str, supports: bool, quote: &Quote) -> Part {
    let style = quote_style(view, quote);
    let text = quoted(&quote.quote, false);
    let mut whole = Rows::default();
    let mark = |mut prefix: Vec<Span<'static>>| {
        if view.app.ui.fresh.piece(hypothesis, quote) {
            prefix.splice(..1, [Span::raw(" "), fresh(view, true), Span::raw(" ")]);
        }
        prefix
    };
    let prefix = mark(quote_prefix(view, supports, quote, (view.width / 3).max(NAME_LEAST)));
    whole.hang_at(QUOTE_INDENT, prefix, (&text, style), view.width);
    // In a row of its own the words matter more than the whole name of their source.
    let mut short = mark(quote_prefix(view, supports, quote, (view.width / NAME_SHARE).max(NAME_LEAST)));
    let used: usize = short.iter().map(Span::width).sum();
    let text = if used + width(&text) > view.width { quoted(&quote.quote, true) } else { text };
    short.push(span(&text, style));
    Part::new(whole.rows, fit(short, view.width).into())
}

/// Words of a source in quotation marks. A time stamp at their beginning gives way to an ellipsis: it says least and
/// takes most of a narrow pane; where a row has to do, so do a thread and the folders of a logger's name. The details
/// show the words as they are.
fn quoted(words: &str, brief: bool) -> String {
    let stamp = leading_stamp(words);
    let rest = if stamp < words.len() { &words[stamp..] } else { words };
    let short = if brief { abridged(rest) } else { None };
    let lead = if stamp > 0 && short.is_none() { "… " } else { "" };
    format!("“{lead}{}”", short.as_deref().unwrap_or(rest))
}

/// Style of the words of a quote: struck out where code did not find them.
pub(crate) fn quote_style(view: &View<'_>, quote: &Quote) -> Style {
    if quote.verified { view.look.theme.text } else { view.look.theme.struck }
}

/// Sign and place of a quote, the name of its source in at most `most` columns; what is not verified says so in words.
pub(crate) fn quote_prefix(
    view: &View<'_>,
    supports: bool,
    quote: &Quote,
    most: usize,
) -> Vec<Span<'static>> {
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
    let name = ending(name, most);
    let place = match quote.line {
        Some(line) => format!("{name}:{line}"),
        None => name,
    };
    let gap = if place.is_empty() { "" } else { " " };
    let mut spans =
        vec![Span::raw("   "), span(sign, style), Span::raw(" "), span(&place, theme.place), Span::raw(gap)];
    if !supports {
        spans.push(span("against ", theme.faded));
    }
    if !quote.verified {
        spans.push(span("not found: ", theme.faded));
    }
    spans
}
