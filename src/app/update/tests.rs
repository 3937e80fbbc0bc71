//! Messages in, state and effects out. No mocks: the world is what the effects say.

mod copy;
mod look;
mod model;
mod moving;
mod session;
mod sources;
mod steps;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::{Msg, Opening};
use crate::app::ui::{HypothesisCursor, Overlay, Pane};
use crate::app::update::update;
use crate::incident::event::{Event, Recorded};
use crate::incident::triage::{CommandEffect, Confidence, Hypothesis, HypothesisStatus, Step, Triage};
use crate::incident::{
    Finding, FindingKind, IncidentId, Place, Quote, SourceId, SourceSpec, TimelineEntry, TimelineKind,
};
use crate::log::digest::Digest;
use crate::log::engine::{News, Request};
use crate::log::view::{Line, Move, Scope, Window};

/// A cockpit without a world: it remembers what was asked of the world.
struct Cockpit {
    app: App,
    now: Timestamp,
    stored: Vec<Recorded>,
    last: Vec<Effect>,
}

impl Cockpit {
    fn new(specs: Vec<SourceSpec>) -> Self {
        let now = "2026-03-01T14:00:00Z".parse().unwrap();
        let app = App { person: "ana".into(), ..App::default() };
        let mut cockpit = Self { app, now, stored: Vec::new(), last: Vec::new() };
        let incident = Some(IncidentId::new(now, 7));
        cockpit.send(Msg::Opened(Opening { incident, specs, ..Opening::default() }));
        cockpit
    }

    fn on_log() -> Self {
        Self::new(vec![SourceSpec::File("/var/log/app.log".into())])
    }

    fn send(&mut self, msg: Msg) -> &mut Self {
        self.last = update(&mut self.app, self.now, msg);
        for effect in &self.last {
            if let Effect::Append { events, .. } = effect {
                self.stored.extend(events.iter().cloned());
            }
        }
        self
    }

    fn keys(&mut self, keys: impl IntoIterator<Item = Key>) -> &mut Self {
        for key in keys {
            self.send(Msg::Key(key));
        }
        self
    }

    fn later(&mut self, seconds: i64) -> &mut Self {
        self.now += SignedDuration::from_secs(seconds);
        self.send(Msg::Tick)
    }

    fn triage(&mut self, triage: Triage) -> &mut Self {
        let revision = self.app.analysis.running.expect("an analysis under way");
        self.send(Msg::Triaged { analyst: "offline".into(), revision, triage: Box::new(triage), done: true })
    }

    fn digest(&mut self, revision: u64, findings: Vec<Finding>) -> &mut Self {
        let digest = Digest { revision, findings, ..Digest::default() };
        self.send(Msg::Log(News::Digest(Arc::new(digest))))
    }

    fn submits(&mut self, text: &str) -> &mut Self {
        self.send(Msg::DraftEdited(text.into())).send(Msg::DraftSubmitted)
    }

    fn requests(&self) -> Vec<&Request> {
        fn request(effect: &Effect) -> Option<&Request> {
            match effect {
                Effect::Log(request) => Some(request),
                _ => None,
            }
        }
        self.last.iter().filter_map(request).collect()
    }

    fn analyses(&self) -> usize {
        self.last.iter().filter(|effect| matches!(effect, Effect::Analyse(_))).count()
    }
}

fn finding(id: &str) -> Finding {
    Finding {
        id: id.into(),
        kind: FindingKind::Burst,
        subject: "s".into(),
        at: None,
        ended: None,
        strength: 50,
        level: None,
        rate: None,
        quotes: Vec::new(),
        template: None,
    }
}

fn place() -> Place {
    Place { source: SourceId(1), start: 100, end: 120 }
}

fn triage() -> Triage {
    let quote = Quote { quote: "too many".into(), verified: true, place: Some(place()), ..Quote::default() };
    let hypothesis = |id: &str| Hypothesis {
        id: id.into(),
        confidence: Confidence::High,
        cause: format!("cause {id}"),
        evidence: vec![quote.clone()],
        against: Vec::new(),
        status: HypothesisStatus::Open,
        next_check: String::new(),
    };
    let step = |id: &str| Step {
        id: id.into(),
        step: format!("step {id}"),
        command: format!("show {id}"),
        expected: String::new(),
        effect: CommandEffect::Reads,
        decides: Vec::new(),
        compared: None,
    };
    Triage {
        title: "t".into(),
        hypotheses: vec![hypothesis("a"), hypothesis("b")],
        checklist: vec![step("x"), step("y")],
        ..Triage::default()
    }
}

fn triaged() -> Cockpit {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, vec![finding("f")]).triage(triage());
    cockpit
}

#[test]
fn nothing_is_recorded_before_there_is_something_to_record() {
    let mut cockpit = Cockpit::new(vec![]);
    cockpit.keys([Key::Char('?'), Key::Esc, Key::Tab, Key::Char('q')]);
    assert!(cockpit.stored.is_empty());
    assert_eq!(cockpit.last, [Effect::Quit(0)]);
}

#[test]
fn the_analyst_runs_on_new_findings_but_at_most_once_a_second() {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, vec![finding("f")]);
    assert_eq!(cockpit.analyses(), 1);
    cockpit.triage(Triage::default()).digest(2, vec![finding("f"), finding("g")]);
    assert_eq!(cockpit.analyses(), 0, "too soon");
    assert!(cockpit.last.iter().any(|effect| matches!(effect, Effect::Wake(_))));
    cockpit.later(1);
    assert_eq!(cockpit.analyses(), 1);
}

#[test]
fn counters_alone_wake_nobody_and_record_nothing() {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, vec![]).triage(Triage::default());
    let before = cockpit.stored.len();
    cockpit.later(5).digest(1, vec![]);
    assert_eq!(cockpit.analyses(), 0);
    assert_eq!(cockpit.stored.len(), before);
}

#[test]
fn an_answer_to_an_older_case_file_is_dropped() {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, vec![]);
    let stale = cockpit.app.analysis.running.unwrap() - 1;
    let msg = Msg::Triaged { analyst: "x".into(), revision: stale, triage: Box::new(triage()), done: true };
    cockpit.send(msg);
    assert!(cockpit.app.incident.triage.title.is_empty());
    assert!(cockpit.app.ui.analysing);
}

#[test]
fn the_same_triage_again_is_no_event() {
    let mut cockpit = triaged();
    let before = cockpit.stored.len();
    cockpit.later(2).digest(2, vec![finding("f")]).triage(triage());
    assert_eq!(cockpit.stored.len(), before);
}

#[test]
fn enter_on_evidence_shows_the_cited_line_and_esc_returns() {
    let mut cockpit = triaged();
    cockpit.send(Msg::Resized { columns: 80, rows: 24, context_rows: 10, strip_columns: 0 });
    cockpit.keys([Key::Char('2'), Key::Char('j'), Key::Enter]);
    let row = HypothesisCursor { id: "a".into(), piece: Some(0) };
    assert_eq!(cockpit.app.ui.hypothesis, Some(row));
    assert_eq!(cockpit.app.ui.focus, Pane::Context);
    assert!(cockpit.requests().contains(&&Request::Move(Move::Center(place()))));
    let line = |start, end| Line { source: SourceId(1), start, end, ..Line::default() };
    let window = Window {
        scope: Some(Scope::Source(SourceId(1))),
        lines: vec![line(0, 99), line(100, 150)],
        ..Window::default()
    };
    cockpit.send(Msg::Log(News::Window(window)));
    assert_eq!(cockpit.app.ui.context.cursor, Some(1), "the cursor stands on the cited line");
    cockpit.keys([Key::Esc]);
    assert_eq!(cockpit.app.ui.focus, Pane::Hypotheses);
}

#[test]
fn a_reader_who_moved_up_is_not_yanked_down() {
    let mut cockpit = Cockpit::on_log();
    let lines = vec![Line::default(), Line::default(), Line::default()];
    let window =
        Window { scope: Some(Scope::Source(SourceId(1))), lines, following: true, ..Window::default() };
    cockpit.send(Msg::Log(News::Window(window.clone()))).keys([Key::Char('1'), Key::Char('k')]);
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Lines(0))], "following ends");
    cockpit.send(Msg::Log(News::Window(Window { following: false, ..window })));
    assert_eq!(cockpit.app.ui.context.cursor, Some(1));
    cockpit.keys([Key::Char('j'), Key::Char('j'), Key::Char('j')]);
    assert!(!cockpit.requests().contains(&&Request::Move(Move::Follow)));
    cockpit.keys([Key::Char('G')]);
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Follow)]);
}

#[test]
fn a_note_is_recorded_shown_to_the_engine_and_to_the_analyst() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('a')]).submits("CS reports failed checkouts");
    assert_eq!(cockpit.app.incident.notes[0].text, "CS reports failed checkouts");
    let text = cockpit.requests().iter().find_map(|request| match request {
        Request::Context { source: SourceId(0), text, .. } => Some(text.to_string()),
        _ => None,
    });
    assert_eq!(text.unwrap(), "14:00 ana: CS reports failed checkouts\n");
    assert!(cockpit.app.analysis.wanted);
}

#[test]
fn an_unfinished_note_is_kept() {
    let mut cockpit = triaged();
    cockpit
        .keys([Key::Char('a')])
        .send(Msg::DraftEdited("half a th".into()))
        .keys([Key::Esc, Key::Char('a')]);
    assert!(
        matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Input(input)) if input.text == "half a th")
    );
}

#[test]
fn one_interrupt_warns_and_two_quit() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Ctrl('c')]);
    assert!(!cockpit.last.contains(&Effect::Quit(0)));
    cockpit.later(3).keys([Key::Ctrl('c')]);
    assert!(!cockpit.last.contains(&Effect::Quit(0)), "the first one is forgotten after two seconds");
    cockpit.keys([Key::Ctrl('c')]);
    assert!(cockpit.last.contains(&Effect::Quit(0)));
}

#[test]
fn the_palette_runs_what_it_finds() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char(':')]).keys("SEV1".chars().map(Key::Char)).keys([Key::Enter]);
    assert!(cockpit.stored.iter().any(|one| matches!(one.event, Event::SeverityDeclared { .. })));
}

#[test]
fn copying_a_command_is_in_the_record_and_copying_words_is_not() {
    let mut cockpit = triaged();
    let before = cockpit.stored.len();
    cockpit.keys([Key::Char('2'), Key::Char('y')]);
    assert_eq!(cockpit.stored.len(), before);
    cockpit.keys([Key::Char('3'), Key::Char('y')]);
    assert!(cockpit.last.contains(&Effect::Copy("show x".into())));
    assert!(
        matches!(&cockpit.stored.last().unwrap().event, Event::CommandCopied { command } if command == "show x")
    );
}

#[test]
fn an_idle_cockpit_asks_nothing_of_the_world() {
    let mut cockpit = triaged();
    cockpit.later(10);
    for _ in 0..100 {
        cockpit.later(1);
        assert_eq!(cockpit.last, []);
    }
}

#[test]
fn a_key_that_does_nothing_says_why() {
    let mut cockpit = triaged();
    let mut said = |key| {
        cockpit.keys([key]);
        cockpit.app.ui.toast.take().map(|toast| toast.text).unwrap_or_default()
    };
    assert_eq!(said(Key::Char('~')), "~ does nothing: ? lists the keys");
    assert_eq!(said(Key::Char('e')), "e works in Context: 1 goes there");
    said(Key::Char('P'));
    assert_eq!(said(Key::Char('~')), "~ does nothing here: Esc goes back");
}

#[test]
fn the_cursor_stays_on_its_entry_and_its_quote_when_others_come_before_it() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('a')]).submits("mine").keys([Key::Char('4'), Key::Char('g')]);
    let hypothesis = |app: &App| app.ui.hypothesis.clone().expect("a cursor");
    cockpit.app.ui.hypothesis = Some(HypothesisCursor { id: "a".into(), piece: Some(0) });
    let mut next = triage();
    let earlier = Quote { quote: "earlier".into(), ..Quote::default() };
    next.hypotheses[0].evidence.insert(0, earlier);
    next.timeline.push(TimelineEntry {
        at: cockpit.now - SignedDuration::from_mins(5),
        date_assumed: false,
        kind: TimelineKind::Deploy,
        text: "v2.41".into(),
        source: String::new(),
        place: None,
    });
    cockpit.later(2).triage(next);
    assert_eq!(cockpit.app.ui.timeline, Some(1));
    assert_eq!(hypothesis(&cockpit.app).piece, Some(1));
}
