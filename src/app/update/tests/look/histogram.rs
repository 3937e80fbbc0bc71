//! The histogram: when it is asked for, and how it is walked.

use std::sync::Arc;

use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::update::tests::Cockpit;
use crate::app::update::tests::look::{at, digest, reading};
use crate::incident::SourceId;
use crate::log::engine::{News, Request};
use crate::log::view::{Move, Scope, ZoomAnswer};

#[test]
fn the_histogram_is_asked_for_when_the_digest_does_not_tell_it() {
    let resized = |strip_columns| Msg::Resized { columns: 120, rows: 36, context_rows: 14, strip_columns };
    let mut cockpit = reading();
    cockpit.send(resized(40));
    let asked = |cockpit: &Cockpit| {
        cockpit.requests().into_iter().find_map(|request| match request {
            Request::Zoom(Some(zoom)) => Some((zoom.id, zoom.from, zoom.to)),
            _ => None,
        })
    };
    assert_eq!(asked(&cockpit), None, "all logs at all times are counted anyway");
    cockpit.keys([Key::Char('+')]);
    let (id, from, to) = asked(&cockpit).unwrap();
    assert_eq!(to.duration_since(from).as_secs(), 1800);
    let answer = ZoomAnswer { id, from, to, buckets: vec![[0, 1, 0, 5]; 40], share: 1.0 };
    cockpit.send(Msg::Log(News::Zoomed(answer.clone())));
    assert_eq!(cockpit.app.ui.context.strip.answer, Some(answer));
    cockpit.keys([Key::Char('0')]);
    assert_eq!(cockpit.requests(), [&Request::Zoom(None)]);
}

#[test]
fn a_histogram_that_has_grown_is_asked_for_again_when_its_answer_is_complete() {
    let mut cockpit = reading();
    cockpit.send(Msg::Resized { columns: 120, rows: 36, context_rows: 14, strip_columns: 40 });
    cockpit.keys([Key::Char('v')]);
    let asked = |cockpit: &Cockpit| {
        cockpit.requests().into_iter().find_map(|request| match request {
            Request::Zoom(Some(zoom)) => Some((zoom.id, zoom.from, zoom.to)),
            _ => None,
        })
    };
    let (id, from, to) = asked(&cockpit).unwrap();
    cockpit.send(Msg::Log(News::Digest(Arc::new(digest()))));
    cockpit.later(10);
    assert_eq!(asked(&cockpit), None, "the answer is still under way");
    cockpit.send(Msg::Log(News::Zoomed(ZoomAnswer { id, from, to, buckets: vec![[0; 4]; 40], share: 1.0 })));
    assert_eq!(asked(&cockpit).map(|(next, ..)| next), Some(id + 1));
    cockpit.later(10);
    assert_eq!(asked(&cockpit), None, "nothing arrived since");
}

#[test]
fn the_histogram_is_walked_and_leads_to_a_time() {
    let mut cockpit = reading();
    cockpit.send(Msg::Resized { columns: 120, rows: 36, context_rows: 14, strip_columns: 60 });
    cockpit.keys([
        Key::Char('H'),
        Key::Char('g'),
        Key::Char('l'),
        Key::Char('l'),
        Key::Char('h'),
        Key::Enter,
    ]);
    let went = cockpit.requests();
    let [Request::Move(Move::Time(to))] = went.as_slice() else { panic!("{went:?}") };
    assert_eq!(to.duration_since(at("13:00:00")).as_secs(), 60, "the second of sixty columns");
    assert_eq!(cockpit.app.ui.context.strip.cursor, None);
    cockpit.keys([Key::Char('H'), Key::Esc, Key::Char(']')]);
    assert_eq!(
        cockpit.app.ui.context.scope,
        Some(Scope::Source(SourceId(1))),
        "the keys are the pane's again"
    );
}
