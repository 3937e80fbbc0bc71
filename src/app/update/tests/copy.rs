//! Copying: what is asked before, what is remembered, what is recorded; and taking back.

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::ui::{Overlay, Pane, Purpose};
use crate::app::update::tests::{Cockpit, triage};
use crate::incident::event::{Event, StepOutcome};
use crate::incident::triage::{CommandEffect, Mitigation};

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
