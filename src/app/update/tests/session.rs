//! What comes back with a resumed incident.

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Overlay, Pane, Session};
use crate::app::update::tests::{Cockpit, triaged};
use crate::incident::{Incident, SourceId};
use crate::log::engine::{News, Request};
use crate::log::view::{Line, Move, Scope, Window};

#[test]
fn resume_rebuilds_state_sources_view_and_draft() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('3'), Key::Char('j'), Key::Char(' '), Key::Char('a')]);
    cockpit.send(Msg::DraftEdited("unfinished".into()));
    let window = Window {
        scope: Some(Scope::Source(SourceId(1))),
        lines: vec![Line { start: 4096, ..Line::default() }],
        ..Window::default()
    };
    cockpit.send(Msg::Log(News::Window(window))).send(Msg::Stop(143));
    let session = cockpit.last.iter().find_map(|effect| match effect {
        Effect::SaveSession { session, .. } => Some(session.clone()),
        _ => None,
    });
    let mut again = Cockpit::new(vec![]);
    again.app.ui.loading = true;
    again.send(Msg::Resumed { events: cockpit.stored.clone(), session });
    assert_eq!(again.app.incident, Incident::replay(&cockpit.stored));
    assert_eq!(again.app.ui.focus, Pane::Checklist);
    assert_eq!(again.app.ui.step.as_deref(), Some("y"));
    assert!(again.requests().contains(&&Request::Move(Move::Top(4096))));
    assert!(again.requests().iter().any(|one| matches!(one, Request::Follow { source: SourceId(1), .. })));
    again.keys([Key::Char('a')]);
    assert!(
        matches!(again.app.ui.overlays.last(), Some(Overlay::Input(input)) if input.text == "unfinished")
    );
}

#[test]
fn a_session_of_another_version_is_ignored_not_fatal() {
    let mut cockpit = Cockpit::new(vec![]);
    cockpit.send(Msg::Resumed { events: Vec::new(), session: Some(b"{\"focus\":\"moon\"}".to_vec()) });
    assert_eq!(cockpit.app.saved_session, Session::default());
}

#[test]
fn long_lines_are_wrapped_on_request_and_stay_so_in_the_session() {
    let mut cockpit = triaged();
    cockpit.keys([Key::Char('1'), Key::Char('W')]);
    assert_eq!(cockpit.app.ui.context.wrap, Some(true));
    cockpit.keys([Key::Char('q')]);
    let saved = cockpit.last.iter().find_map(|effect| match effect {
        Effect::SaveSession { session, .. } => serde_json::from_slice::<Session>(session).ok(),
        _ => None,
    });
    assert_eq!(saved.expect("a session").wrap, Some(true));
}
