//! Looking at logs: what the context pane shows, which lines of it, and where.

use std::sync::Arc;

use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::moment::{Clock, Goto};
use crate::app::placeholder;
use crate::app::templates::{Sort, TemplateList};
use crate::app::ui::{Back, Input, Overlay, Pane, Purpose, Seek, View};
use crate::app::update::Turn;
use crate::incident::{Level, Place};
use crate::log::engine::Request;
use crate::log::filter::{Filter, Term, What};
use crate::log::view::{Move, Scope, Window};

/// Lines around those that pass the filter, in the order of switching.
const AROUND: [usize; 3] = [0, 3, 10];
/// Texts kept to be brought back.
const HISTORY_MAX: usize = 30;

impl Turn<'_> {
    /// Commands of the context pane. The strip takes some of them while it has the keys.
    pub(super) fn look(&mut self, command: Command) {
        match command {
            Command::NextSource => self.cycle_scope(true),
            Command::PreviousSource => self.cycle_scope(false),
            Command::PickSource => self.open(Overlay::Sources { query: String::new(), selected: 0 }),
            Command::SourceInfo => self.source_info(),
            Command::Filter => self.write(Purpose::Filter),
            Command::ClearFilter => self.clear_filter(),
            Command::MoreSevere => self.shift_level(true),
            Command::LessSevere => self.shift_level(false),
            Command::OnlyTemplate => self.filter_by_line(false),
            Command::HideTemplate => self.filter_by_line(true),
            Command::Around => self.cycle_around(),
            Command::NextError => self.next_error(false),
            Command::PreviousError => self.next_error(true),
            Command::Bookmark => self.bookmark(),
            Command::NextBookmark => self.next_bookmark(true),
            Command::PreviousBookmark => self.next_bookmark(false),
            Command::Bookmarks => self.open(Overlay::Document { view: View::Bookmarks, selected: 0 }),
            Command::GoTo => self.write(Purpose::GoTo),
            Command::Templates => {
                let list = TemplateList::sorted(&self.app.digest, Sort::default(), String::new());
                self.open(Overlay::Templates(list));
            }
            command => self.move_strip(command),
        }
    }

    /// Shows something else in the context pane, from its newest lines on.
    pub(super) fn show(&mut self, scope: Scope) {
        let context = &mut self.app.ui.context;
        if context.scope != Some(scope) {
            context.scope = Some(scope);
            context.window = Window::default();
            context.cursor = None;
            context.highlight = None;
            context.seek = None;
            context.hits = None;
            context.strip.answer = None;
            context.strip.cursor = None;
            // A stretch that is looked at in one source is looked at in the next, where it has that time.
            let whole = self.app.whole_stretch();
            let strip = &mut self.app.ui.context.strip;
            strip.range =
                strip.range.filter(|(from, to)| whole.is_some_and(|whole| *from < whole.1 && *to > whole.0));
        }
        self.ask_lines();
        self.recount();
        self.ask_strip();
    }

    /// The person chose what to see.
    pub(super) fn choose(&mut self, scope: Scope) {
        self.app.ui.context.chosen = true;
        self.app.ui.back = None;
        self.show(scope);
        self.follow_lines();
    }

    pub(super) fn follow_lines(&mut self) {
        let context = &mut self.app.ui.context;
        context.cursor = None;
        context.highlight = None;
        context.seek = None;
        self.effects.push(Effect::Log(Request::Move(Move::Follow)));
    }

    fn ask_lines(&mut self) {
        let context = &self.app.ui.context;
        if let Some(scope) = context.scope {
            let (filter, rows) = (Arc::clone(&context.filter), context.rows);
            self.effects.push(Effect::Log(Request::Show { scope, filter, rows }));
        }
    }

    pub(super) fn resize_context(&mut self, rows: usize, strip: usize) {
        let context = &mut self.app.ui.context;
        if context.rows != rows {
            context.rows = rows;
            self.ask_lines();
        }
        if self.app.ui.context.strip.columns != strip {
            self.app.ui.context.strip.columns = strip;
            self.ask_strip();
        }
    }

    fn cycle_scope(&mut self, forward: bool) {
        let scopes: Vec<Scope> = self.app.scopes().collect();
        let at = scopes.iter().position(|scope| Some(*scope) == self.app.ui.context.scope);
        let count = scopes.len();
        let Some(at) = at.filter(|_| count > 1) else {
            self.toast("There is no other source", false);
            return;
        };
        let next = if forward { at + 1 } else { at + count - 1 };
        self.choose(scopes[next % count]);
    }

    fn source_info(&mut self) {
        let view = match self.app.ui.context.scope {
            Some(Scope::Source(source)) => View::Source(source),
            Some(Scope::Merged) => View::Logs,
            None => return self.toast("No source is shown", false),
        };
        self.open(Overlay::Document { view, selected: 0 });
    }

    /// Goes to a cited place, every line around it shown; Esc goes back to where the citation stood.
    pub(super) fn jump(&mut self, place: Place) {
        self.leave_for(Scope::Source(place.source));
        self.center(place);
    }

    /// The same for a moment: all logs as they were then.
    pub(super) fn jump_to_time(&mut self, at: jiff::Timestamp) {
        let logs: Vec<_> = self.app.logs().take(2).collect();
        let scope = match logs.as_slice() {
            [] => None,
            [log] => Some(Scope::Source(*log)),
            _ => Some(Scope::Merged),
        };
        let Some(scope) = scope else {
            return self.toast("There is no log to show that time in", false);
        };
        self.leave_for(scope);
        self.go_to(Goto::Time(at));
    }

    /// Turns to all lines of `scope` and remembers where from.
    fn leave_for(&mut self, scope: Scope) {
        let ui = &mut self.app.ui;
        let filter = Arc::clone(&ui.context.filter);
        let back = Back { pane: ui.focus, scope: ui.context.scope, filter };
        let within = ui.focus == Pane::Context;
        if !within || (ui.back.is_none() && (back.scope != Some(scope) || ui.context.is_filtered())) {
            ui.back = Some(back);
        }
        ui.focus = Pane::Context;
        ui.context.filter = Arc::default();
        self.show(scope);
    }

    /// Goes back to where a citation was followed from.
    pub(super) fn go_back(&mut self, back: Back) {
        let ui = &mut self.app.ui;
        ui.focus = back.pane;
        ui.context.highlight = None;
        let same = ui.context.scope == back.scope && ui.context.filter == back.filter;
        ui.context.filter = back.filter;
        if let Some(scope) = back.scope.filter(|_| !same) {
            self.show(scope);
        }
    }

    /// Shows a place of what is on screen in its surroundings.
    pub(super) fn center(&mut self, place: Place) {
        let context = &mut self.app.ui.context;
        context.highlight = Some(place);
        context.seek = Some(Seek::Place(place));
        self.effects.push(Effect::Log(Request::Move(Move::Center(place))));
    }

    /// What moments are read against: where the reader is, and where the logs are.
    pub(super) fn clock(&self) -> Clock {
        self.app.clock()
    }

    pub(super) fn go_to(&mut self, goto: Goto) {
        self.app.ui.focus = Pane::Context;
        if self.app.ui.context.scope.is_none() {
            return self.toast("There is no log to go to", false);
        }
        let (seek, movement) = match goto {
            Goto::Time(at) => (Seek::Time(at), Move::Time(at)),
            Goto::Line(number) => {
                // Lines of several sources have no common number: the one under the cursor is meant.
                let line = self.app.ui.context.current().map(|line| line.source);
                if let (Some(Scope::Merged), Some(source)) = (self.app.ui.context.scope, line) {
                    self.choose(Scope::Source(source));
                }
                (Seek::Line(number), Move::Line(number))
            }
        };
        let context = &mut self.app.ui.context;
        context.highlight = None;
        context.cursor = context.cursor.or(Some(0));
        context.seek = Some(seek);
        self.effects.push(Effect::Log(Request::Move(movement)));
    }

    /// Shows only the lines that pass, keeping the place.
    pub(super) fn set_filter(&mut self, filter: Filter) {
        let context = &mut self.app.ui.context;
        if *context.filter == filter {
            return;
        }
        context.filter = Arc::new(filter);
        context.hits = None;
        let line = context.cursor.and_then(|cursor| context.window.lines.get(cursor));
        let place = line.map(|line| Place { source: line.source, start: line.start, end: line.end });
        context.seek = place.map(Seek::Place);
        self.ask_lines();
        self.recount();
        self.ask_strip();
    }

    pub(super) fn clear_filter(&mut self) {
        if self.app.ui.context.is_filtered() {
            self.set_filter(Filter::default());
            self.toast("All lines are shown", false);
        } else {
            self.toast("All lines are shown already: f chooses some", false);
        }
    }

    fn shift_level(&mut self, up: bool) {
        let steps = [None, Some(Level::Warn), Some(Level::Error), Some(Level::Fatal)];
        let mut filter = (*self.app.ui.context.filter).clone();
        let at = steps.iter().rposition(|step| *step <= filter.level).unwrap_or(0);
        let next = if up { (at + 1).min(steps.len() - 1) } else { at.saturating_sub(1) };
        if steps[next] == filter.level {
            let said = if up { "Only fatal lines are shown" } else { "Lines of all levels are shown" };
            return self.toast(said, false);
        }
        filter.level = steps[next];
        self.set_filter(filter);
    }

    fn cycle_around(&mut self) {
        if !self.app.ui.context.is_filtered() {
            return self.toast("All lines are shown already: f chooses some", false);
        }
        let mut filter = (*self.app.ui.context.filter).clone();
        let at = AROUND.iter().position(|around| *around >= filter.around).unwrap_or(AROUND.len() - 1);
        filter.around = AROUND[(at + 1) % AROUND.len()];
        self.set_filter(filter);
    }

    fn filter_by_line(&mut self, exclude: bool) {
        let template = self.app.ui.context.current().and_then(|line| line.template.clone());
        match template {
            Some(id) => self.filter_by_template(&id, exclude),
            None => self.toast("The pattern of this line is not known: f chooses lines by words", false),
        }
    }

    /// Only the lines of a template, or all but those.
    pub(super) fn filter_by_template(&mut self, id: &str, exclude: bool) {
        let what = What::Template(id.to_owned());
        let mut filter = (*self.app.ui.context.filter).clone();
        if exclude {
            filter.terms.retain(|term| term.what != what);
        } else {
            // Nothing else that was asked for adds to that.
            filter = Filter { around: filter.around, ..Filter::default() };
        }
        filter.terms.push(Term { what, exclude });
        self.app.ui.focus = Pane::Context;
        self.set_filter(filter);
    }

    /// Takes over a text written about what is looked at; gives it back where it cannot be read.
    pub(super) fn submit_look(&mut self, input: Input) -> Result<(), Input> {
        let text = input.text.as_str();
        let problem = match input.purpose {
            Purpose::Filter => match self.app.read_filter(text) {
                Ok(filter) => {
                    self.app.ui.focus = Pane::Context;
                    self.set_filter(filter);
                    None
                }
                Err(problem) => Some(problem),
            },
            Purpose::GoTo if text.is_empty() => None,
            Purpose::GoTo => match self.clock().goto(text) {
                Ok(goto) => {
                    self.go_to(goto);
                    None
                }
                Err(problem) => Some(problem),
            },
            _ => match crate::app::query::problem(&crate::app::query::read(text)) {
                None => {
                    self.app.ui.focus = Pane::Context;
                    self.submit_search(text);
                    None
                }
                problem => problem,
            },
        };
        if problem.is_some() {
            // The text being written says below itself what is wrong.
            return Err(input);
        }
        self.remember(&input.purpose, &input.text);
        Ok(())
    }

    /// Keeps a text that was written, so that Up brings it back.
    pub(super) fn remember(&mut self, purpose: &Purpose, text: &str) {
        let ui = &mut self.app.ui;
        let kept = if *purpose == Purpose::Filter { &mut ui.filters } else { &mut ui.searches };
        if text.is_empty() || !purpose.has_history() {
            return;
        }
        kept.retain(|known| known != text);
        kept.push(text.to_owned());
        if kept.len() > HISTORY_MAX {
            kept.remove(0);
        }
    }

    /// Brings an earlier text into the one being written, or a later one, the empty one last.
    pub(super) fn recall(&mut self, older: bool) {
        let Some(Overlay::Input(input)) = self.app.ui.overlays.last() else { return };
        let kept = match &input.purpose {
            Purpose::Filter => self.app.ui.filters.clone(),
            Purpose::Placeholder { name, .. } => {
                let mut best = placeholder::suggestions(self.app, name);
                best.reverse();
                best
            }
            _ => self.app.ui.searches.clone(),
        };
        let ui = &mut self.app.ui;
        let Some(Overlay::Input(input)) = ui.overlays.last_mut() else { return };
        let next = match (ui.recalled, older) {
            (None, true) => Some(0),
            (None | Some(0), false) => None,
            (Some(at), true) => Some((at + 1).min(kept.len().saturating_sub(1))),
            (Some(at), false) => Some(at - 1),
        };
        let next = next.filter(|_| !kept.is_empty());
        if next == ui.recalled {
            return;
        }
        ui.recalled = next;
        input.text = next.and_then(|at| kept.iter().rev().nth(at).cloned()).unwrap_or_default();
    }
}
