//! Finding: words, expressions and errors; how many there are.

use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::query;
use crate::app::ui::Searching;
use crate::app::update::Turn;
use crate::incident::Place;
use crate::log::engine::Request;
use crate::log::filter::Pattern;
use crate::log::view::{CountAnswer, CountRequest, SearchAnswer, SearchRequest, Target};

impl Turn<'_> {
    /// Takes over what was written after `/`.
    pub(super) fn submit_search(&mut self, text: &str) {
        let pattern = query::read(text);
        let following = self.app.ui.context.window.following;
        let context = &mut self.app.ui.context;
        context.query = pattern;
        context.backward = following;
        self.recount();
        if text.is_empty() {
            self.app.ui.context.highlight = None;
        } else {
            self.search(following);
        }
    }

    /// Looks for the query from the cursor on; a reader at the newest lines gets the newest hit.
    pub(super) fn search(&mut self, backward: bool) {
        let query = self.app.ui.context.query.clone();
        if query.text.is_empty() {
            return self.toast("Nothing to search for: / starts a search", true);
        }
        let words = format!("“{}” is not in", query::written(&query));
        self.look_for(Target::Text(query), words, backward);
    }

    pub(super) fn next_error(&mut self, backward: bool) {
        self.look_for(Target::Bad, "There is no error in".to_owned(), backward);
    }

    fn look_for(&mut self, target: Target, words: String, backward: bool) {
        let context = &mut self.app.ui.context;
        let Some(scope) = context.scope else {
            return self.toast("There is no log to look in", true);
        };
        let line = context.cursor.and_then(|cursor| context.window.lines.get(cursor));
        let on_hit = context.highlight.filter(|place| line.is_some_and(|line| line.holds(*place)));
        // An error under the cursor is not the next one; a word in the line under the cursor may be.
        let behind = (target == Target::Bad) != backward;
        let from = match (on_hit, line, context.window.lines.last()) {
            (Some(hit), _, _) => Some(hit),
            (None, Some(line), _) => {
                Some(if behind { (line.source, line.end) } else { (line.source, line.start) })
                    .map(|(source, at)| Place { source, start: at, end: at })
            }
            (None, None, Some(last)) => Some(Place { source: last.source, start: last.end, end: last.end }),
            (None, None, None) => None,
        };
        context.search_id += 1;
        context.searching = Some(Searching { words, share: None, counted: target != Target::Bad });
        let (id, filter) = (context.search_id, Arc::clone(&context.filter));
        let request = SearchRequest { id, scope, filter, target, from, backward };
        self.effects.push(Effect::Log(Request::Search(request)));
    }

    pub(super) fn found(&mut self, answer: SearchAnswer) {
        let context = &mut self.app.ui.context;
        if answer.id != context.search_id {
            return;
        }
        let searching = context.searching.take();
        let counted = searching.as_ref().is_some_and(|searching| searching.counted);
        let words = searching.map(|searching| searching.words).unwrap_or_default();
        if let Some(problem) = answer.problem {
            return self.toast(problem, true);
        }
        if let Some(hit) = answer.hit {
            self.center(hit);
            let context = &self.app.ui.context;
            // In a merged view a hit has no place among all of them.
            if counted && context.counting && context.scope.is_some_and(|scope| scope.source().is_some()) {
                self.ask_count(Some(hit));
            }
            if answer.wrapped {
                self.toast("Went on from the other end", false);
            }
            return;
        }
        let filtered = if self.app.ui.context.is_filtered() { " as filtered: c shows all lines" } else { "" };
        let name = match self.app.ui.context.scope {
            Some(crate::log::view::Scope::Merged) => "the logs".to_owned(),
            Some(scope) => self.app.scope_name(scope).to_owned(),
            None => "the context".to_owned(),
        };
        self.toast(format!("{words} {name}{filtered}"), true);
    }

    /// A search takes long.
    pub(super) fn searching(&mut self, id: u64, share: f32) {
        let context = &mut self.app.ui.context;
        if let Some(searching) = context.searching.as_mut().filter(|_| context.search_id == id) {
            searching.share = Some(share);
        }
    }

    pub(super) fn stop_search(&mut self) {
        let context = &mut self.app.ui.context;
        context.search_id += 1;
        context.searching = None;
        self.effects.push(Effect::Log(Request::CancelSearch));
    }

    /// Asks how many lines hold the query, or pass the filter while there is no query.
    pub(super) fn recount(&mut self) {
        let context = &mut self.app.ui.context;
        let was_asked = context.count_id > 0 && (context.hits.is_some() || context.counting);
        let wanted = context.is_searching() || context.is_filtered();
        context.hits = None;
        context.counting = wanted;
        if wanted && context.scope.is_some() {
            self.ask_count(None);
        } else if was_asked {
            self.effects.push(Effect::Log(Request::Count(None)));
        }
    }

    /// Asks for the count, and which of the hits `mark` is.
    fn ask_count(&mut self, mark: Option<Place>) {
        let context = &mut self.app.ui.context;
        let Some(scope) = context.scope else { return };
        context.count_id += 1;
        let (id, filter) = (context.count_id, Arc::clone(&context.filter));
        // Without a search every line counts: each has a character.
        let any = Pattern { text: ".".to_owned(), regex: true };
        let target = Target::Text(if context.is_searching() { context.query.clone() } else { any });
        let request = CountRequest { id, scope, filter, target, mark };
        self.effects.push(Effect::Log(Request::Count(Some(request))));
    }

    pub(super) fn counted(&mut self, answer: CountAnswer) {
        let context = &mut self.app.ui.context;
        if answer.id == context.count_id && context.counting {
            context.hits = Some(answer);
        }
    }
}
