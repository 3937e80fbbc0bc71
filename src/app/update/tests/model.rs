//! The calls of a model: asked for, unasked, refused, ended.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::model::{CallNews, ModelSettings, Outgoing, Phase};
use crate::app::msg::Msg;
use crate::app::ui::{Overlay, View};
use crate::app::update::tests::{Cockpit, triage, triaged};
use crate::incident::event::Event;
use crate::incident::model::Estimated;
use crate::incident::triage::{Language, Run, Triage};
use crate::incident::{Checked, Incident, ModelOutcome, ModelRequest, Opinion};

fn settings() -> ModelSettings {
    ModelSettings {
        name: "openai/gpt".into(),
        automatic: false,
        ask_first: false,
        interval: SignedDuration::from_secs(60),
        settle: SignedDuration::from_secs(3),
        budget_usd: None,
        budget_tokens: None,
    }
}

fn with_model(change: impl FnOnce(&mut ModelSettings)) -> Cockpit {
    let mut cockpit = triaged();
    let mut wanted = settings();
    change(&mut wanted);
    cockpit.app.model.settings = Some(wanted);
    cockpit
}

fn outgoing(tokens: u64) -> Arc<Outgoing> {
    let request = ModelRequest {
        model: "openai/gpt".into(),
        prompt: "v2".into(),
        prompt_hash: "0".into(),
        language: Language::En,
        url: "https://api.openai.com/v1/chat/completions".into(),
        reason: "asked for".into(),
        case_revision: 1,
        bytes: 100,
        stands_for: 1000,
        tokens,
        cost_usd: Some(0.01),
        masked: 0,
        kinds: std::collections::BTreeMap::new(),
        left_out: 0,
    };
    Arc::new(Outgoing { request, text: "what happened?".into(), masked: Vec::new(), left_out: Vec::new() })
}

fn run() -> Run {
    Run {
        analyst: "openai".into(),
        model: Some("gpt".into()),
        prompt: None,
        language: Language::En,
        latency_ms: 1200,
        tokens_in: Some(100),
        tokens_out: Some(50),
        tokens_cached: None,
        cost_usd: Some(0.02),
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn answer(summary: &str) -> Box<Checked> {
    let triage = Triage { summary: summary.into(), ..triage() };
    let opinion =
        Opinion { model: "gpt".into(), call: 1, case_revision: 1, complete: true, ..Opinion::default() };
    Box::new(Checked { triage, opinion, ..Checked::default() })
}

impl Cockpit {
    fn prepared(&mut self, tokens: u64) -> &mut Self {
        let call = self.app.model.numbered;
        self.send(Msg::Prepared { call, outgoing: Ok(outgoing(tokens)) })
    }

    fn call(&mut self, call: u64, news: CallNews) -> &mut Self {
        self.send(Msg::Call { call, news })
    }

    fn ended(&mut self, outcome: ModelOutcome, answer: Option<Box<Checked>>) -> &mut Self {
        let estimated = Estimated::default();
        self.call(1, CallNews::Ended { outcome, run: run(), estimated, answer, repair: None })
    }

    fn sends(&self) -> bool {
        self.last.iter().any(|effect| matches!(effect, Effect::Send(_)))
    }

    fn prepares(&self) -> bool {
        self.last.iter().any(|effect| matches!(effect, Effect::Prepare { .. }))
    }

    fn asked(&self) -> usize {
        self.stored.iter().filter(|stored| matches!(stored.event, Event::ModelAsked { .. })).count()
    }
}

#[test]
fn without_a_model_nothing_is_sent_and_the_key_says_what_to_do() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('t')]);
    assert!(!cockpit.prepares());
    assert!(cockpit.app.ui.toast.as_ref().unwrap().text.contains("--model"));
}

#[test]
fn a_call_is_recorded_when_it_is_sent_and_its_cost_when_it_ends() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]);
    assert!(cockpit.prepares());
    assert_eq!(cockpit.asked(), 0, "writing a request costs nothing");
    cockpit.prepared(100);
    assert!(cockpit.sends());
    assert_eq!(cockpit.asked(), 1);
    cockpit.ended(ModelOutcome::Complete, Some(answer("the pool is exhausted")));
    let end = cockpit.app.incident.calls[&1].end.as_ref().unwrap();
    assert_eq!((&end.outcome, end.run.cost_usd), (&ModelOutcome::Complete, Some(0.02)));
    assert_eq!(cockpit.app.model.phase, Phase::Idle);
}

#[test]
fn an_unfinished_answer_is_shown_but_is_no_event() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]).prepared(100);
    let stored = cockpit.stored.len();
    cockpit.call(1, CallNews::Draft(answer("half a sen")));
    assert!(cockpit.app.incident.preview.is_some());
    assert_eq!(cockpit.stored.len(), stored);
    cockpit.ended(ModelOutcome::Cut { why: "the connection ended".into() }, Some(answer("half a sen")));
    assert_eq!(cockpit.app.incident.preview, None);
    let replayed = Incident::replay(&cockpit.stored);
    assert_eq!(replayed, cockpit.app.incident, "the record says what the screen shows");
}

#[test]
fn the_request_waits_where_the_person_wants_to_see_it_first() {
    let mut cockpit = with_model(|settings| settings.ask_first = true);
    cockpit.keys([Key::Char('t')]).prepared(100);
    assert!(!cockpit.sends());
    cockpit.keys([Key::Char('O'), Key::Char('x')]);
    assert!(!cockpit.sends());
    assert_eq!((cockpit.asked(), &cockpit.app.model.phase), (0, &Phase::Idle));
    cockpit.keys([Key::Char('t')]).prepared(100).keys([Key::Char('t')]);
    assert_eq!(cockpit.app.ui.overlays.last(), Some(&Overlay::Document { view: View::Request, selected: 0 }));
    cockpit.keys([Key::Enter]);
    assert!(cockpit.sends());
}

#[test]
fn what_would_exceed_the_budget_does_not_leave() {
    let mut cockpit = with_model(|settings| settings.budget_tokens = Some(99));
    cockpit.keys([Key::Char('t')]).prepared(100);
    assert!(!cockpit.sends());
    assert!(cockpit.app.ui.toast.as_ref().unwrap().text.contains("99 tokens"));
    assert!(cockpit.app.model.held.is_some());
}

#[test]
fn something_new_is_told_once_it_has_settled_and_not_twice() {
    let mut cockpit = with_model(|settings| settings.automatic = true);
    cockpit.later(0);
    assert!(!cockpit.prepares(), "it may still change");
    cockpit.later(3);
    assert!(cockpit.prepares());
    cockpit.prepared(100).ended(ModelOutcome::Complete, Some(answer("the pool is exhausted")));
    cockpit.later(600);
    assert!(!cockpit.prepares(), "nothing is new");
}

#[test]
fn calls_nobody_asked_for_keep_their_distance() {
    let mut cockpit = with_model(|settings| settings.automatic = true);
    cockpit.later(0).later(3).prepared(100).ended(ModelOutcome::Complete, Some(answer("a")));
    cockpit.keys([Key::Char('2'), Key::Char('x')]).submits("flat rps");
    cockpit.later(10);
    assert!(!cockpit.prepares(), "a verdict is new, but the last call was just now");
    cockpit.later(60);
    assert!(cockpit.prepares());
}

#[test]
fn esc_ends_the_call_and_news_of_another_one_change_nothing() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]).prepared(100);
    cockpit.call(9, CallNews::Draft(answer("not this one")));
    assert_eq!(cockpit.app.incident.preview, None);
    cockpit.keys([Key::Esc]);
    assert!(cockpit.last.contains(&Effect::CancelCall(1)));
    cockpit.ended(ModelOutcome::Cancelled, None);
    cockpit.call(1, CallNews::Draft(answer("too late")));
    assert_eq!(cockpit.app.incident.preview, None);
}

#[test]
fn esc_ends_a_call_before_anything_else_and_once() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('1'), Key::Char('/')]).submits("too many");
    assert!(cockpit.app.ui.context.searching.is_some());
    cockpit.keys([Key::Char('t')]).prepared(100).keys([Key::Esc]);
    assert!(cockpit.last.contains(&Effect::CancelCall(1)), "what costs goes first");
    assert!(cockpit.app.ui.context.searching.is_some() && !cockpit.app.model.is_busy());
    cockpit.call(1, CallNews::Draft(answer("on its way")));
    assert_eq!(cockpit.app.incident.preview, None, "it is over for the person");
    cockpit.keys([Key::Esc]);
    assert!(cockpit.app.ui.context.searching.is_none(), "the next Esc is for what is next");
    cockpit.ended(ModelOutcome::Cancelled, None);
    assert_eq!(cockpit.app.model.phase, Phase::Idle);
}

#[test]
fn esc_over_what_a_call_shows_ends_it_and_stays() {
    for key in ['O', '$', 'M'] {
        let mut cockpit = with_model(|_| {});
        cockpit.keys([Key::Char('t')]).prepared(100).keys([Key::Char(key), Key::Esc]);
        assert!(cockpit.last.contains(&Effect::CancelCall(1)), "{key}");
        assert_eq!(cockpit.app.ui.overlays.len(), 1, "{key}");
        cockpit.ended(ModelOutcome::Cancelled, None).keys([Key::Esc]);
        assert!(cockpit.app.ui.overlays.is_empty(), "{key}");
    }
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]).prepared(100).keys([Key::Char('?'), Key::Esc]);
    assert!(cockpit.app.model.is_busy(), "help is closed, and the call goes on");
}

#[test]
fn an_end_that_asks_once_more_is_no_new_call_after_esc() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]).prepared(100).keys([Key::Esc]);
    let outcome = ModelOutcome::Failed { why: "no document; asked once more".into() };
    let (estimated, repair) = (Estimated::default(), Some(outgoing(100)));
    cockpit.call(1, CallNews::Ended { outcome, run: run(), estimated, answer: None, repair });
    assert!(!cockpit.sends());
    assert_eq!(cockpit.app.incident.calls.len(), 1);
    assert_eq!(cockpit.app.incident.calls[&1].end.as_ref().unwrap().outcome, ModelOutcome::Cancelled);
}

#[test]
fn a_request_that_was_given_up_is_not_taken_for_the_next_one() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t'), Key::Esc, Key::Char('t')]);
    cockpit.send(Msg::Prepared { call: 1, outgoing: Ok(outgoing(100)) });
    assert!(!cockpit.sends(), "nobody waits for it");
    cockpit.prepared(100);
    assert!(cockpit.sends());
}

#[test]
fn a_request_that_cannot_be_written_says_why() {
    let mut cockpit = with_model(|_| {});
    cockpit.keys([Key::Char('t')]);
    cockpit.send(Msg::Prepared { call: 1, outgoing: Err("OPENAI_API_KEY is not set".into()) });
    assert_eq!(cockpit.app.ui.toast.as_ref().unwrap().text, "OPENAI_API_KEY is not set");
    assert_eq!(cockpit.app.model.phase, Phase::Idle);
}
