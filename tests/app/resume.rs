//! Leaving and coming back.

use std::fs;

use sevdeck::app::effect::Effect;
use sevdeck::app::key::Key;
use sevdeck::app::msg::Msg;
use sevdeck::incident::SourceSpec;

use crate::app::cockpit::Cockpit;

#[tokio::test]
async fn resume_gives_back_the_incident_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("app.log");
    let lines: String =
        (0..100).map(|i| format!("2026-03-01T14:02:{:02}Z ERROR connection refused\n", i % 60)).collect();
    fs::write(&log, lines).expect("the log");
    let mut cockpit = Cockpit::open(folder.path(), vec![SourceSpec::File(log.display().to_string())]);
    cockpit.until("a checklist", |app| !app.incident.triage.checklist.is_empty()).await;
    cockpit.keys(&[Key::Char('3'), Key::Char(' '), Key::Char('a')]);
    cockpit.send(Msg::DraftEdited("CS reports failed checkouts".into()));
    cockpit.send(Msg::DraftSubmitted);
    cockpit.until("all on disk", |app| app.ui.durable_seq == app.incident.last_seq).await;
    let before = cockpit.quit();
    let id = before.incident.id.clone().expect("an id");

    let mut again = Cockpit::start(folder.path());
    again.app.ui.loading = true;
    again.ask(Effect::Load(id.to_string()));
    again.until("the incident is back", |app| !app.ui.loading).await;
    assert_eq!(again.app.incident.marks, before.incident.marks);
    assert_eq!(again.app.incident.notes, before.incident.notes);
    assert_eq!(again.app.ui.focus, before.ui.focus);
    again.until("the log is read again", |app| app.digest.sources.iter().any(|one| one.lines == 100)).await;
    again.until("its lines are shown", |app| !app.ui.context.window.lines.is_empty()).await;
}

#[tokio::test]
async fn an_unknown_incident_is_said_not_crashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut cockpit = Cockpit::start(folder.path());
    cockpit.app.ui.loading = true;
    cockpit.ask(Effect::Load("20260101-000000-aaaaa".into()));
    cockpit.until("a reason to end", |app| app.fatal.is_some()).await;
    let fatal = cockpit.app.fatal.clone().expect("a reason");
    assert!(fatal.contains("20260101-000000-aaaaa"), "{fatal}");
}
