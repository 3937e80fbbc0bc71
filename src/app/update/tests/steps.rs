//! Steps and hypotheses: what a person marks, judges and hands in, and what stays in its place meanwhile.

use std::sync::Arc;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::Overlay;
use crate::app::update::tests::{Cockpit, finding, triage, triaged};
use crate::incident::IncidentId;
use crate::incident::event::StepOutcome;
use crate::incident::triage::HypothesisStatus;

#[test]
fn a_tick_is_an_event_and_a_second_one_takes_it_back() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char('j'), Key::Char(' ')]);
    assert_eq!(cockpit.app.incident.outcome_of("y"), StepOutcome::Done);
    cockpit.keys([Key::Char(' ')]);
    assert_eq!(cockpit.app.incident.outcome_of("y"), StepOutcome::Todo);
    assert_eq!(cockpit.app.incident.outcome_of("x"), StepOutcome::Todo);
}

#[test]
fn marks_count_as_saved_only_when_the_store_says_so() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char(' ')]);
    let seq = cockpit.app.incident.marks["x"].seq;
    assert!(cockpit.app.ui.durable_seq < seq);
    let other = IncidentId::parse("other").unwrap();
    cockpit.send(Msg::Stored { incident: other, upto: seq });
    assert!(cockpit.app.ui.durable_seq < seq, "another incident's events are not these");
    let incident = cockpit.app.incident.id.clone().unwrap();
    cockpit.send(Msg::Stored { incident, upto: seq });
    assert!(cockpit.app.ui.durable_seq >= seq);
}

#[test]
fn an_outcome_carries_its_note() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char('x')]).submits("87 waiting");
    let mark = &cockpit.app.incident.marks["x"];
    assert_eq!((mark.outcome, mark.note.as_str()), (StepOutcome::NotAsExpected, "87 waiting"));
}

#[test]
fn what_a_command_printed_is_a_source_of_its_own_and_goes_to_the_analyst() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char('o')]).later(2).submits("pid | state\n(0 rows)");
    let mark = &cockpit.app.incident.marks["x"];
    let output = mark.output.unwrap();
    assert_eq!(mark.outcome, StepOutcome::Done);
    assert_eq!(cockpit.app.incident.source_name(output), "output x");
    assert_eq!(cockpit.app.incident.sources[&output].text.as_deref(), Some("pid | state\n(0 rows)"));
    let case = cockpit.last.iter().find_map(|effect| match effect {
        Effect::Analyse(case) => Some(Arc::clone(case)),
        _ => None,
    });
    assert_eq!(case.unwrap().results[0].output, Some(output));
}

#[test]
fn lines_pasted_over_a_step_whose_command_was_copied_are_its_output() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3')]).send(Msg::Paste("a\nb".into()));
    assert!(!cockpit.app.incident.marks.contains_key("x"), "nobody ran it: this is context");
    cockpit.keys([Key::Char('y')]).send(Msg::Paste("c\nd".into()));
    let output = cockpit.app.incident.marks["x"].output.unwrap();
    assert_eq!(cockpit.app.incident.sources[&output].text.as_deref(), Some("c\nd"));
}

#[test]
fn several_lines_pasted_as_what_was_unexpected_are_kept_whole() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char('x')]).send(Msg::Paste("one\ntwo".into()));
    let mark = &cockpit.app.incident.marks["x"];
    assert_eq!((mark.outcome, mark.output.is_some()), (StepOutcome::NotAsExpected, true));
}

#[test]
fn a_verdict_carries_its_reason_and_reaches_the_analyst() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('2'), Key::Char('x')]).later(2).submits("rps is flat");
    assert_eq!(cockpit.app.incident.verdicts["a"].status, HypothesisStatus::RuledOut);
    let case = cockpit.last.iter().find_map(|effect| match effect {
        Effect::Analyse(case) => Some(Arc::clone(case)),
        _ => None,
    });
    assert_eq!(case.unwrap().verdicts[0].reason, "rps is flat");
}

#[test]
fn the_keys_of_a_pane_work_in_the_details_of_its_items() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Enter, Key::Char('c')]).submits("seen it").keys([Key::Esc]);
    assert_eq!(cockpit.app.incident.verdicts["a"].status, HypothesisStatus::Confirmed);
    cockpit.keys([Key::Char('3'), Key::Down, Key::Enter, Key::Char(' ')]);
    assert_eq!(cockpit.app.incident.outcome_of("y"), StepOutcome::Done);
    assert!(matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Document { .. })), "the details stay");
}

#[test]
fn what_is_done_of_a_checklist_and_what_is_above_it_stays_where_it_is() {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, Vec::new()).triage(triage()).keys([Key::Char('3'), Key::Char(' ')]);
    let mut turned = triage();
    turned.checklist.reverse();
    let mut new = turned.checklist[0].clone();
    new.id = "new".into();
    turned.checklist.insert(0, new);
    cockpit.later(2).triage(turned);
    let ids: Vec<_> = cockpit.app.incident.steps().iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["x", "new", "y"], "below the step that is done the analyst's order is taken");
}

#[test]
fn the_step_under_the_cursor_does_not_move() {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, Vec::new()).triage(triage()).keys([Key::Char('3'), Key::Char('j')]);
    let mut turned = triage();
    turned.checklist.reverse();
    let mut new = turned.checklist[0].clone();
    new.id = "new".into();
    turned.checklist.insert(0, new);
    cockpit.later(2).digest(2, vec![finding("f")]).triage(turned.clone());
    let ids = |cockpit: &Cockpit| -> Vec<String> {
        cockpit.app.incident.steps().iter().map(|step| step.id.clone()).collect()
    };
    assert_eq!(ids(&cockpit), ["x", "y", "new"]);
    turned.checklist.retain(|step| step.id != "y");
    cockpit.later(4).digest(3, vec![finding("g")]).triage(turned);
    assert!(ids(&cockpit).contains(&"y".to_owned()), "nor does it go away while someone reads it");
}
