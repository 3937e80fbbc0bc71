//! Moving about: focus, cursors, the view of a source.

use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::ui::{HypothesisCursor, Pane};
use crate::app::update::Turn;
use crate::evidence::case_file::NOTES;
use crate::incident::triage::Hypothesis;
use crate::incident::{Place, SourceId};
use crate::log::engine::Request;
use crate::log::filter::Pattern;
use crate::log::view::{Move, Scope, SearchRequest, Target, Window};

impl Turn<'_> {
    pub(super) fn focus(&mut self, pane: Pane) {
        self.app.ui.focus = pane;
        self.app.ui.back = None;
    }

    pub(super) fn cycle(&mut self, forward: bool) {
        let count = Pane::ALL.len();
        let current = self.app.ui.focus.number() - 1;
        let next = if forward { current + 1 } else { current + count - 1 };
        self.focus(Pane::ALL[next % count]);
    }

    /// Moves the cursor of the focused pane by rows.
    pub(super) fn step(&mut self, by: i64) {
        match self.app.ui.focus {
            Pane::Context => self.step_context(by),
            Pane::Hypotheses => {
                let rows = self.hypothesis_rows();
                let at = rows.iter().position(|row| Some(row) == self.app.ui.hypothesis.as_ref());
                self.app.ui.hypothesis = moved(&rows, at, by);
            }
            Pane::Checklist => {
                let steps: Vec<String> =
                    self.app.incident.steps().iter().map(|step| step.id.clone()).collect();
                let at = steps.iter().position(|step| Some(step) == self.app.ui.step.as_ref());
                self.app.ui.step = moved(&steps, at, by);
            }
            Pane::Timeline => {
                let last = self.app.incident.timeline().len().saturating_sub(1);
                let at = self.app.ui.timeline.unwrap_or(last).min(last);
                self.app.ui.timeline = Some(offset(at, by, last));
            }
        }
    }

    /// Half a page of the focused pane, in rows.
    pub(super) fn half_page(&self) -> i64 {
        let rows = match self.app.ui.focus {
            Pane::Context => self.app.ui.context.rows,
            _ => usize::from(self.app.ui.size.1) / 2,
        };
        (rows as i64 / 2).max(1)
    }

    pub(super) fn first(&mut self) {
        match self.app.ui.focus {
            Pane::Context => {
                self.app.ui.context.cursor = Some(0);
                self.effects.push(Effect::Log(Request::Move(Move::Start)));
            }
            Pane::Hypotheses => self.app.ui.hypothesis = None,
            Pane::Checklist => self.app.ui.step = None,
            Pane::Timeline => self.app.ui.timeline = Some(0),
        }
    }

    pub(super) fn last(&mut self) {
        match self.app.ui.focus {
            Pane::Context => {
                let context = &mut self.app.ui.context;
                context.cursor = None;
                context.highlight = None;
                context.seeking = false;
                self.effects.push(Effect::Log(Request::Move(Move::Follow)));
            }
            Pane::Hypotheses => self.app.ui.hypothesis = self.hypothesis_rows().pop(),
            Pane::Checklist => {
                self.app.ui.step = self.app.incident.steps().last().map(|step| step.id.clone());
            }
            Pane::Timeline => self.app.ui.timeline = None,
        }
    }

    /// The cursor moves within the window and pushes the view at its edges. A reader who moved up is left alone:
    /// only an explicit "last" follows again.
    fn step_context(&mut self, by: i64) {
        let context = &mut self.app.ui.context;
        let last = context.window.lines.len().saturating_sub(1) as i64;
        let wanted = context.cursor.map_or(last, |cursor| cursor as i64) + by;
        let beyond = if wanted < 0 { wanted } else { (wanted - last).max(0) };
        let starting = context.cursor.is_none();
        context.cursor = Some(wanted.clamp(0, last) as usize);
        context.seeking = false;
        if beyond != 0 || starting {
            self.effects.push(Effect::Log(Request::Move(Move::Lines(beyond))));
        }
    }

    /// Every row of the hypotheses pane that the cursor can stand on.
    fn hypothesis_rows(&self) -> Vec<HypothesisCursor> {
        let pieces = |hypothesis: &Hypothesis| hypothesis.evidence.len() + hypothesis.against.len();
        let rows = self.app.incident.hypotheses().into_iter().flat_map(|hypothesis| {
            let id = hypothesis.id.clone();
            let piece = std::iter::once(None).chain((0..pieces(hypothesis)).map(Some));
            piece.map(move |piece| HypothesisCursor { id: id.clone(), piece })
        });
        rows.collect()
    }

    pub(super) fn show_source(&mut self, source: SourceId) {
        let context = &mut self.app.ui.context;
        if context.source != Some(source) {
            context.source = Some(source);
            context.window = Window::default();
            context.cursor = None;
            context.highlight = None;
        }
        let rows = context.rows;
        self.effects.push(Effect::Log(show(source, rows)));
    }

    pub(super) fn resize_context(&mut self, rows: usize) {
        if self.app.ui.context.rows != rows {
            self.app.ui.context.rows = rows;
            if let Some(source) = self.app.ui.context.source {
                self.effects.push(Effect::Log(show(source, rows)));
            }
        }
    }

    pub(super) fn cycle_source(&mut self, forward: bool) {
        let mut sources: Vec<SourceId> = self.app.incident.sources.keys().copied().collect();
        if !self.app.incident.notes.is_empty() {
            sources.push(NOTES);
        }
        let at = sources.iter().position(|source| Some(*source) == self.app.ui.context.source);
        let count = sources.len();
        let Some(at) = at.filter(|_| count > 1) else {
            self.toast("There is no other source", false);
            return;
        };
        let next = if forward { at + 1 } else { at + count - 1 };
        self.show_source(sources[next % count]);
        self.effects.push(Effect::Log(Request::Move(Move::Follow)));
    }

    /// Shows a cited place in its surroundings; Esc goes back to where the citation stood.
    pub(super) fn jump(&mut self, place: Place) {
        let from = self.app.ui.focus;
        self.center(place);
        if from != Pane::Context {
            self.app.ui.back = Some(from);
            self.app.ui.focus = Pane::Context;
        }
    }

    pub(super) fn center(&mut self, place: Place) {
        self.show_source(place.source);
        let context = &mut self.app.ui.context;
        context.highlight = Some(place);
        context.seeking = true;
        self.effects.push(Effect::Log(Request::Move(Move::Center(place))));
    }

    /// Looks for the query from the cursor on; a reader at the newest lines gets the newest hit.
    pub(super) fn search(&mut self, backward: bool) {
        let context = &mut self.app.ui.context;
        let (Some(source), false) = (context.source, context.query.is_empty()) else {
            self.toast("Nothing to search for: / starts a search", true);
            return;
        };
        let line = context.cursor.and_then(|cursor| context.window.lines.get(cursor));
        let on_hit = context
            .highlight
            .filter(|place| line.is_some_and(|line| line.start <= place.start && place.start <= line.end));
        let at = |offset| Place { source, start: offset, end: offset };
        let from = match (on_hit, line, context.window.lines.last()) {
            (Some(hit), _, _) => Some(hit),
            (None, Some(line), _) => Some(at(if backward { line.end } else { line.start })),
            (None, None, Some(last)) => Some(at(last.end)),
            (None, None, None) => None,
        };
        context.search_id += 1;
        let target = Target::Text(Pattern { text: context.query.clone(), regex: false });
        let (id, scope) = (context.search_id, Scope::Source(source));
        let request = SearchRequest { id, scope, filter: Arc::default(), target, from, backward };
        self.effects.push(Effect::Log(Request::Search(request)));
    }

    pub(super) fn source_title(&self, source: SourceId) -> String {
        if source == NOTES { "notes".to_owned() } else { self.app.incident.source_name(source).to_owned() }
    }
}

fn show(source: SourceId, rows: usize) -> Request {
    Request::Show { scope: Scope::Source(source), filter: Arc::default(), rows }
}

fn offset(at: usize, by: i64, last: usize) -> usize {
    (at as i64 + by).clamp(0, last as i64) as usize
}

/// The row `by` rows from `at`; no cursor counts as the first row.
fn moved<T: Clone>(rows: &[T], at: Option<usize>, by: i64) -> Option<T> {
    let last = rows.len().checked_sub(1)?;
    rows.get(offset(at.unwrap_or(0), by, last)).cloned()
}
