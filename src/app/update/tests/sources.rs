//! Sources as they are attached, named and shown.

use std::collections::BTreeSet;

use crate::app::effect::Effect;
use crate::app::msg::{Msg, Opening};
use crate::app::update::tests::Cockpit;
use crate::incident::event::{Event, Recorded};
use crate::incident::{IncidentId, SourceChange, SourceId, SourceSpec};
use crate::log::engine::{News, Request};
use crate::log::view::{Move, Scope};

#[test]
fn a_file_is_attached_followed_and_shown() {
    let cockpit = Cockpit::on_log();
    assert!(matches!(cockpit.stored[0].event, Event::IncidentOpened { .. }));
    let requests = cockpit.requests();
    assert!(matches!(requests[0], Request::Follow { source: SourceId(1), .. }));
    assert!(matches!(requests[1], Request::Show { scope: Scope::Source(SourceId(1)), .. }));
    assert_eq!(requests[2], &Request::Move(Move::Follow));
}

#[test]
fn names_of_sources_are_as_short_as_they_can_be_and_unique() {
    let files = ["/srv/a/app.log", "/srv/b/app.log", "/srv/b/pg.log"];
    let cockpit = Cockpit::new(files.iter().map(|path| SourceSpec::File((*path).into())).collect());
    let names: Vec<_> = cockpit.app.incident.sources.values().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["app.log", "b/app.log", "pg.log"]);
}

#[test]
fn a_file_that_two_requests_lead_to_is_attached_once() {
    let mut cockpit = Cockpit::new(vec![SourceSpec::Glob("*.log".into()), SourceSpec::Directory(".".into())]);
    for spec in [SourceSpec::Glob("*.log".into()), SourceSpec::Directory(".".into())] {
        cockpit.send(Msg::Log(News::Discovered { spec, paths: vec!["./a.log".into()] }));
    }
    assert_eq!(cockpit.app.incident.sources.len(), 1);
}

#[test]
fn many_files_that_are_found_at_once_are_one_piece_of_work() {
    let spec = SourceSpec::Glob("/srv/*/app.log".into());
    let mut cockpit = Cockpit::new(vec![spec.clone()]);
    let paths: Vec<String> = (0..3000).map(|n| format!("/srv/{n:04}/app.log")).collect();
    cockpit.send(Msg::Log(News::Discovered { spec: spec.clone(), paths: paths.clone() }));
    let kinds = |wanted: fn(&Effect) -> bool| cockpit.last.iter().filter(|effect| wanted(effect)).count();
    assert_eq!(kinds(|effect| matches!(effect, Effect::Log(Request::Follow { .. }))), 3000);
    assert_eq!(kinds(|effect| matches!(effect, Effect::Append { .. })), 1, "stored together");
    assert_eq!(kinds(|effect| matches!(effect, Effect::Log(Request::Show { .. }))), 1, "shown once");
    assert_eq!(cockpit.app.ui.context.scope, Some(Scope::Merged));
    let names: BTreeSet<_> = cockpit.app.incident.sources.values().map(|source| &source.name).collect();
    assert_eq!(names.len(), 3000);
    cockpit.send(Msg::Log(News::Discovered { spec, paths }));
    assert!(cockpit.last.is_empty(), "{:?}", cockpit.last);
}

#[test]
fn text_pasted_anywhere_becomes_context() {
    let mut cockpit = Cockpit::new(vec![]);
    cockpit.send(Msg::Paste("14:02 p99 up\n14:04 page".into()));
    let source = &cockpit.app.incident.sources[&SourceId(1)];
    assert_eq!(source.text.as_deref(), Some("14:02 p99 up\n14:04 page"));
    assert!(matches!(cockpit.stored[0].event, Event::IncidentOpened { .. }));
}

#[test]
fn standard_input_that_is_no_longer_kept_is_a_finding_in_the_record() {
    let mut cockpit = Cockpit::new(Vec::new());
    let (specs, incident) = (vec![SourceSpec::Stdin], Some(IncidentId::new(cockpit.now, 8)));
    cockpit.send(Msg::Opened(Opening { incident, specs, ..Opening::default() }));
    let source = *cockpit.app.incident.sources.keys().next().unwrap();
    let change = SourceChange::NotKept { reason: "no space left on device".into() };
    cockpit.send(Msg::Log(News::Changed { source, change }));
    let said = |recorded: &Recorded| match &recorded.event {
        Event::SourceChanged { change: SourceChange::NotKept { reason }, .. } => {
            reason == "no space left on device"
        }
        _ => false,
    };
    assert!(cockpit.stored.iter().any(said), "{:?}", cockpit.stored);
}
