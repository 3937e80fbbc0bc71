//! Copying: what is asked before, what is remembered, what is recorded; and taking back.

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::{LogFile, Msg, Opening};
use crate::app::ui::{Overlay, Pane, Purpose, View};
use crate::app::update::tests::{Cockpit, triage};
use crate::incident::event::{Event, StepOutcome};
use crate::incident::triage::{CommandEffect, Mitigation, Similar};
use crate::incident::{IncidentId, SourceSpec};

fn copied(cockpit: &Cockpit) -> Option<&str> {
    cockpit.last.iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    })
}

fn with_command(command: &str) -> Cockpit {
    let mut cockpit = Cockpit::on_log();
    cockpit.digest(1, Vec::new());
    let mut triage = triage();
    triage.checklist[0].command = command.into();
    triage.mitigations = vec![Mitigation {
        id: "restart".into(),
        action: "Restart it".into(),
        command: Some("kubectl -n <namespace> rollout restart deploy/api".into()),
        risk: "Requests in flight fail".into(),
        rollback: "none".into(),
        effect: CommandEffect::Changes,
    }];
    cockpit.triage(triage);
    cockpit.app.ui.focus = Pane::Checklist;
    cockpit
}

#[test]
fn a_placeholder_is_asked_for_once_and_quoted() {
    let mut cockpit = with_command("kubectl -n <namespace> logs <pod>");
    cockpit.keys([Key::Char('y')]);
    assert_eq!(copied(&cockpit), None);
    cockpit.submits("my team");
    let asked = |cockpit: &Cockpit| match cockpit.app.ui.overlays.last() {
        Some(Overlay::Input(input)) => match &input.purpose {
            Purpose::Placeholder { name, .. } => name.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(&cockpit), "pod");
    cockpit.submits("api-1");
    assert_eq!(copied(&cockpit), Some("kubectl -n 'my team' logs api-1"));
    let recorded = cockpit.stored.iter().any(|one| {
        matches!(&one.event, Event::CommandCopied { command } if command == "kubectl -n 'my team' logs api-1")
    });
    assert!(recorded);
    cockpit.keys([Key::Char('y')]);
    assert_eq!(copied(&cockpit), Some("kubectl -n 'my team' logs api-1"), "it is remembered");
    cockpit.keys([Key::Char('u'), Key::Char('y')]);
    assert_eq!(asked(&cockpit), "pod", "and taken back");
}

#[test]
fn what_is_not_known_stays_as_it_stands_and_what_is_no_value_is_refused() {
    let mut cockpit = with_command("ls <folder>");
    cockpit.keys([Key::Char('y')]).submits("-rf /");
    assert_eq!(copied(&cockpit), None);
    assert!(cockpit.app.incident.filled.is_empty());
    cockpit.submits("");
    assert_eq!(copied(&cockpit), Some("ls <folder>"));
}

#[test]
fn suggestions_come_from_the_evidence() {
    let mut cockpit = with_command("kubectl -n <namespace> get pods");
    cockpit.keys([Key::Char('a')]).submits("namespace=payments is the one").keys([Key::Char('y'), Key::Up]);
    let Some(Overlay::Input(input)) = cockpit.app.ui.overlays.last() else { panic!() };
    assert_eq!(input.text, "payments");
}

#[test]
fn what_changes_the_system_takes_a_second_key() {
    let mut cockpit = with_command("df -h");
    cockpit.keys([Key::Char('m'), Key::Char('y'), Key::Char('y'), Key::Enter]);
    assert_eq!(copied(&cockpit), None);
    assert!(matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Caution(_))));
    cockpit.keys([Key::Char('c')]).submits("payments");
    assert_eq!(copied(&cockpit), Some("kubectl -n payments rollout restart deploy/api"));
    cockpit.keys([Key::Char('y'), Key::Esc]);
    assert_eq!(copied(&cockpit), None, "it was left");
    assert_eq!(cockpit.app.ui.overlays.len(), 1, "the mitigations are on screen again");
}

#[test]
fn a_copied_update_is_on_record_and_the_next_one_is_owed_later() {
    let mut cockpit = with_command("df -h");
    cockpit.keys([Key::Char('U'), Key::Char('y')]);
    let text = copied(&cockpit).expect("the update").to_owned();
    assert_eq!(cockpit.app.incident.updates.last().map(|update| update.text.as_str()), Some(text.as_str()));
    cockpit.keys([Key::Char('e')]).submits("in my words");
    assert_eq!(copied(&cockpit), Some("in my words"));
    assert_eq!(cockpit.app.incident.updates.len(), 2);
}

#[test]
fn undo_takes_back_one_thing_after_the_other() {
    let mut cockpit = with_command("df -h");
    let before = cockpit.app.incident.marks.clone();
    cockpit.keys([Key::Char(' '), Key::Char('a')]).submits("a note");
    let step = cockpit.app.incident.steps()[0].id.clone();
    assert_eq!(cockpit.app.incident.outcome_of(&step), StepOutcome::Done);
    cockpit.keys([Key::Char('u')]);
    assert!(cockpit.app.incident.notes.is_empty());
    cockpit.keys([Key::Char('u')]);
    assert_eq!(cockpit.app.incident.marks, before);
    cockpit.keys([Key::Char('u')]);
    assert!(cockpit.app.ui.toast.as_ref().unwrap().text.contains("nothing of yours"));
}

#[test]
fn a_similar_incident_is_fetched_and_shown_beside_this_one() {
    let mut cockpit = with_command("df -h");
    let stored = cockpit.stored.clone();
    let other = IncidentId::parse("20260101-000000-abcde").unwrap();
    let mut triage = cockpit.app.incident.triage.clone();
    triage.similar =
        vec![Similar { id: other.to_string(), title: "alike".into(), percent: 60, summary: String::new() }];
    cockpit.app.analysis.wanted = true;
    cockpit.later(2).triage(triage).keys([Key::Char('r'), Key::Enter]);
    assert!(cockpit.last.contains(&Effect::History(other.clone())));
    cockpit.send(Msg::History { incident: other.clone(), events: Ok(stored.clone()) });
    assert!(matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Document { view: View::Compare, .. })));
    cockpit.keys([Key::Esc, Key::Esc]).send(Msg::History { incident: other, events: Ok(stored) });
    assert!(cockpit.app.ui.overlays.is_empty(), "an answer that comes late opens nothing");
}

#[test]
fn the_incident_as_it_was_takes_no_keys_but_those_that_move() {
    let mut cockpit = with_command("df -h");
    cockpit.later(60).keys([Key::Char(' '), Key::Char('R')]);
    let incident = cockpit.app.incident.id.clone().unwrap();
    let events = cockpit.stored.clone();
    cockpit.send(Msg::History { incident, events: Ok(events.clone()) });
    cockpit.keys([Key::Char('h'), Key::Char(' '), Key::Char('y'), Key::Char('a')]);
    assert_eq!(cockpit.stored, events, "nothing is recorded");
    let replay = cockpit.app.replay.as_ref().unwrap();
    assert_eq!(replay.place(), (events.len() - 1, events.len()));
    assert!(replay.shown(&cockpit.app).incident.marks.is_empty());
    cockpit.keys([Key::Esc]);
    assert!(cockpit.app.replay.is_none() && cockpit.app.ui.overlays.is_empty());
}

#[test]
fn what_a_person_wrote_stands_as_the_postmortem() {
    let mut cockpit = with_command("df -h");
    cockpit.keys([Key::Char('P'), Key::Char('e')]).submits("# Mine\n\nIt was the batch.");
    assert_eq!(cockpit.app.incident.postmortem(), "# Mine\n\nIt was the batch.");
    cockpit.keys([Key::Esc, Key::Char('u')]);
    assert_eq!(cockpit.app.incident.postmortem(), cockpit.app.incident.triage.postmortem);
}

#[test]
fn a_program_that_was_told_nothing_asks_where_to_begin() {
    let mut cockpit = Cockpit::new(Vec::new());
    let incident = Some(IncidentId::new(cockpit.now, 9));
    cockpit.send(Msg::Opened(Opening { incident, welcome: true, ..Opening::default() }));
    assert!(cockpit.last.contains(&Effect::FindLogs) && cockpit.last.contains(&Effect::ListPast));
    let file = |path: &str| LogFile { path: path.into(), bytes: 7, changed: cockpit.now };
    let files = vec![file("/var/log/a.log"), file("/var/log/b.log"), file("/srv/c.log")];
    cockpit.send(Msg::Logs(files)).keys([Key::Char('o'), Key::Tab, Key::Down, Key::Tab, Key::Enter]);
    let paths: Vec<_> = cockpit.app.incident.sources.values().filter_map(|one| one.path.clone()).collect();
    assert_eq!(paths, ["/srv/c.log", "/var/log/a.log"]);
    cockpit.keys([Key::Char('L')]).keys("/var/log/pg*.log".chars().map(Key::Char)).keys([Key::Enter]);
    assert_eq!(cockpit.app.incident.requested.last(), Some(&SourceSpec::Glob("/var/log/pg*.log".into())));
}
