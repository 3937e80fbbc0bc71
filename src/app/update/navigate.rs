//! Moving about: focus, cursors, the view of a source.

use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::moment::Goto;
use crate::app::ui::{HypothesisCursor, Overlay, Pane, View};
use crate::app::update::Turn;
use crate::app::update::held::Held;
use crate::incident::triage::Hypothesis;
use crate::log::engine::Request;
use crate::log::view::Move;

/// Largest number before a key.
const COUNT_MAX: u32 = 9_999_999;

impl Turn<'_> {
    pub(super) fn focus(&mut self, pane: Pane) {
        if self.app.ui.focus != pane {
            self.app.ui.fresh.left(self.app.ui.focus);
        }
        self.app.ui.focus = pane;
        self.app.ui.back = None;
        self.app.ui.context.strip.cursor = None;
    }

    pub(super) fn cycle(&mut self, forward: bool) {
        let count = Pane::ALL.len();
        let current = self.app.ui.focus.number() - 1;
        let next = if forward { current + 1 } else { current + count - 1 };
        self.focus(Pane::ALL[next % count]);
    }

    /// Moves as a key says, so often or to where the number before it says.
    pub(super) fn travel(&mut self, command: Command) {
        let count = self.app.ui.count.take();
        let times = i64::from(count.unwrap_or(1));
        match (command, count) {
            (Command::Up, _) => self.step(-times),
            (Command::Down, _) => self.step(times),
            (Command::PageUp, _) => self.step(-self.half_page() * times),
            (Command::PageDown, _) => self.step(self.half_page() * times),
            (_, Some(number)) => self.go_to_row(number.max(1)),
            (Command::First, None) => self.first(),
            (_, None) => self.last(),
        }
    }

    /// To the row of this number, from 1: of the context the line.
    fn go_to_row(&mut self, number: u32) {
        let at = number as usize - 1;
        match self.app.ui.focus {
            Pane::Context => self.go_to(Goto::Line(u64::from(number))),
            Pane::Hypotheses => {
                let all = self.app.incident.hypotheses();
                let found = all.get(at.min(all.len().saturating_sub(1)));
                self.app.ui.hypothesis =
                    found.map(|found| HypothesisCursor { id: found.id.clone(), piece: None });
            }
            Pane::Checklist => {
                let steps = self.app.incident.steps();
                self.app.ui.step =
                    steps.get(at.min(steps.len().saturating_sub(1))).map(|step| step.id.clone());
            }
            Pane::Timeline => {
                self.app.ui.timeline = Some(at.min(self.app.timeline().len().saturating_sub(1)));
            }
        }
    }

    pub(super) fn next_layout(&mut self) {
        let (name, split) = self.app.ui.split.next();
        self.app.ui.split = split;
        self.toast(format!("The screen is shared out: {name}"), false);
    }

    /// Moves the border that the mouse holds.
    pub(super) fn dragged(&mut self, share: u16) {
        if let Some(border) = self.app.ui.grabbed {
            self.app.ui.split = self.app.ui.split.moved(border, share);
        }
    }

    /// Takes a digit of a number that is written before a key that moves. Those that go to a pane begin none there.
    pub(super) fn counts(&mut self, key: Key) -> bool {
        let reads = Overlay::Help(0);
        let top = self.app.ui.overlays.last().unwrap_or(&reads);
        if !matches!(top, Overlay::Help(_) | Overlay::Document { .. } | Overlay::Plain { .. }) {
            return false;
        }
        if key == Key::Esc {
            return self.app.ui.count.take().is_some();
        }
        let Key::Char(c) = key else { return false };
        let Some(digit) = c.to_digit(10) else { return false };
        let bound =
            self.app.ui.overlays.is_empty() && self.app.keymap.command(key, self.app.ui.focus).is_some();
        let begins = digit > 0 && !bound;
        match self.app.ui.count {
            None if !begins => return false,
            count => self.app.ui.count = Some((count.unwrap_or(0) * 10 + digit).min(COUNT_MAX)),
        }
        true
    }

    /// What lies under the cursor has been looked at.
    pub(super) fn looked(&mut self) {
        match self.app.ui.overlays.last() {
            Some(Overlay::Document { view: View::Hypothesis(id), .. }) => {
                let id = id.clone();
                self.app.ui.fresh.looked_at_hypothesis(&id);
            }
            Some(Overlay::Document { view: View::Step(id), .. }) => {
                let id = id.clone();
                self.app.ui.fresh.looked_at_step(&id);
            }
            Some(_) => {}
            None => self.looked_at_pane(),
        }
    }

    fn looked_at_pane(&mut self) {
        match self.app.ui.focus {
            Pane::Context => {}
            Pane::Hypotheses => match self.selected_hypothesis() {
                Some((hypothesis, None)) => self.app.ui.fresh.looked_at_hypothesis(&hypothesis.id),
                Some((hypothesis, Some(piece))) => {
                    let mut quotes = hypothesis.evidence.iter().chain(&hypothesis.against);
                    if let Some(quote) = quotes.nth(piece) {
                        self.app.ui.fresh.looked_at_piece(&hypothesis.id, quote);
                    }
                }
                None => {}
            },
            Pane::Checklist => {
                if let Some(step) = self.selected_step() {
                    self.app.ui.fresh.looked_at_step(&step.id);
                }
            }
            Pane::Timeline => {
                if let Some(entry) = self.selected_entry() {
                    self.app.ui.fresh.looked_at_entry(&entry);
                }
            }
        }
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
                let last = self.app.timeline().len().saturating_sub(1);
                let at = self.app.ui.timeline.unwrap_or(last).min(last);
                self.app.ui.timeline = Some(offset(at, by, last));
            }
        }
    }

    pub(super) fn toggle_mouse(&mut self) {
        let on = !self.app.ui.mouse;
        self.app.ui.mouse = on;
        self.effects.push(Effect::Mouse(on));
        let text = if on {
            "Mouse on: click a pane, turn the wheel, drag a border; F2 gives it back to the terminal"
        } else {
            "Mouse off: the terminal selects text with it"
        };
        self.toast(text, false);
    }

    pub(super) fn clicked(&mut self, pane: Pane) {
        if self.app.ui.overlays.is_empty() && self.app.ui.focus != pane {
            self.focus(pane);
        }
    }

    /// The wheel moves what lies under it: the topmost list or text, else the pane.
    pub(super) fn wheel(&mut self, pane: Option<Pane>, by: i64) {
        if !self.app.ui.overlays.is_empty() {
            let key = if by < 0 { Key::Up } else { Key::Down };
            for _ in 0..by.unsigned_abs() {
                self.key(key);
            }
        } else if let Some(pane) = pane {
            self.clicked(pane);
            self.step(by);
        }
    }

    /// Shows other kinds of entries; the cursor stays on its entry where that is shown still.
    pub(super) fn turn_timeline(&mut self, forward: bool) {
        let held = Held::of(self.app);
        self.app.ui.kinds = self.app.ui.kinds.turned(forward);
        held.restore(self.app);
        let last = self.app.timeline().len().saturating_sub(1);
        self.app.ui.timeline = self.app.ui.timeline.map(|row| row.min(last));
        self.toast(format!("The timeline shows {}", self.app.ui.kinds.name()), false);
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
                self.app.ui.context.seek = None;
                self.effects.push(Effect::Log(Request::Move(Move::Start)));
            }
            Pane::Hypotheses => self.app.ui.hypothesis = None,
            Pane::Checklist => self.app.ui.step = None,
            Pane::Timeline => self.app.ui.timeline = Some(0),
        }
    }

    pub(super) fn last(&mut self) {
        match self.app.ui.focus {
            Pane::Context => self.follow_lines(),
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
        context.seek = None;
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
}

fn offset(at: usize, by: i64, last: usize) -> usize {
    (at as i64 + by).clamp(0, last as i64) as usize
}

/// The row `by` rows from `at`; no cursor counts as the first row.
fn moved<T: Clone>(rows: &[T], at: Option<usize>, by: i64) -> Option<T> {
    let last = rows.len().checked_sub(1)?;
    rows.get(offset(at.unwrap_or(0), by, last)).cloned()
}
