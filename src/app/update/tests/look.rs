//! Looking at logs: what is asked of the engine, and where the cursor goes.

mod filters;
mod histogram;

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Overlay, Pane};
use crate::app::update::tests::{Cockpit, place, triage};
use crate::incident::{Author, Event, Level, Place, SourceId, SourceSpec, TimelineEntry, TimelineKind};
use crate::log::digest::{Digest, SourceDigest, TemplateDigest};
use crate::log::engine::{News, Request};
use crate::log::filter::{Filter, Pattern};
use crate::log::view::{Line, Move, Scope, SearchAnswer, Target, Window};

fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn files(names: &[&str]) -> Cockpit {
    Cockpit::new(names.iter().map(|name| SourceSpec::File(format!("/var/log/{name}"))).collect())
}

fn line(source: u32, row: u64) -> Line {
    Line {
        source: SourceId(source),
        start: row * 100,
        end: row * 100 + 50,
        number: Some(row + 1),
        text: format!("line {row}"),
        level: Some(Level::Error),
        at: Some(at("13:00:00") + jiff::SignedDuration::from_secs(row as i64)),
        template: Some("3f9a".into()),
        ..Line::default()
    }
}

/// A cockpit on two logs that shows lines of both, the cursor on the second.
fn reading() -> Cockpit {
    let mut cockpit = files(&["app.log", "pg.log"]);
    cockpit.send(Msg::Log(News::Window(window(Scope::Merged))));
    cockpit.send(Msg::Log(News::Digest(Arc::new(digest()))));
    cockpit.keys([Key::Char('1'), Key::Char('k'), Key::Char('k')]);
    cockpit
}

fn window(scope: Scope) -> Window {
    let lines = vec![line(1, 0), line(2, 1), line(1, 2), line(1, 3)];
    let lines = match scope {
        Scope::Merged => lines,
        Scope::Source(_) => lines.into_iter().map(|line| Line { source: SourceId(1), ..line }).collect(),
    };
    Window { scope: Some(scope), lines, following: true, lines_total: 4, ..Window::default() }
}

fn digest() -> Digest {
    let source = |number: u32, name: &str| SourceDigest {
        source: SourceId(number),
        name: name.into(),
        bytes_read: 1000,
        bytes_known: 1000,
        lines: 10,
        records: 10,
        first: Some(at("13:00:00")),
        last: Some(at("14:00:00")),
        losses: crate::log::digest::Losses::default(),
        skew_ms: None,
        prose: None,
        position: None,
    };
    let template = |id: &str, count: u64| TemplateDigest {
        id: id.into(),
        text: format!("text of {id}"),
        level: None,
        count,
        first: None,
        last: None,
        trend: Vec::new(),
        example: crate::incident::Quote::default(),
        newest: crate::incident::Quote::default(),
    };
    let templates = vec![template("aa", 7), template("bb", 9)];
    let sources = vec![source(1, "app.log"), source(2, "pg.log")];
    Digest { revision: 1, sources, templates, ..Digest::default() }
}

fn shown(cockpit: &Cockpit) -> Option<(Scope, Filter)> {
    cockpit.requests().iter().rev().find_map(|request| match request {
        Request::Show { scope, filter, .. } => Some((*scope, (**filter).clone())),
        _ => None,
    })
}

fn counted(cockpit: &Cockpit) -> Option<&Request> {
    cockpit.requests().into_iter().find(|request| matches!(request, Request::Count(_)))
}

fn said(cockpit: &Cockpit) -> &str {
    cockpit.app.ui.toast.as_ref().map_or("", |toast| toast.text.as_str())
}

#[test]
fn several_logs_are_shown_merged_and_one_as_it_is() {
    assert_eq!(files(&["app.log"]).app.ui.context.scope, Some(Scope::Source(SourceId(1))));
    assert_eq!(files(&["app.log", "pg.log"]).app.ui.context.scope, Some(Scope::Merged));
}

#[test]
fn a_second_log_that_is_found_later_turns_the_view_to_all_unless_someone_reads_or_chose() {
    let found = |path: &str| {
        let spec = SourceSpec::Glob("*.log".into());
        Msg::Log(News::Discovered { spec, paths: vec![path.into()] })
    };
    let start = || {
        let mut cockpit = Cockpit::new(vec![SourceSpec::Glob("*.log".into())]);
        cockpit.send(found("a.log"));
        assert_eq!(cockpit.app.ui.context.scope, Some(Scope::Source(SourceId(1))));
        cockpit
    };
    let mut idle = start();
    idle.send(found("b.log"));
    assert_eq!(idle.app.ui.context.scope, Some(Scope::Merged));
    let mut reader = start();
    reader.send(Msg::Log(News::Window(window(Scope::Source(SourceId(1))))));
    reader.keys([Key::Char('1'), Key::Char('k')]).send(found("b.log"));
    assert_eq!(reader.app.ui.context.scope, Some(Scope::Source(SourceId(1))));
}

#[test]
fn tabs_go_round_through_all_logs_each_source_and_the_notes() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('a')]).submits("a note").keys([Key::Char('1')]);
    let mut seen = Vec::new();
    for _ in 0..4 {
        cockpit.keys([Key::Char(']')]);
        seen.push(cockpit.app.ui.context.scope.unwrap());
    }
    let source = |number| Scope::Source(SourceId(number));
    assert_eq!(seen, [source(1), source(2), source(0), Scope::Merged]);
}

#[test]
fn a_source_is_picked_by_letters_of_its_name() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('s'), Key::Char('p'), Key::Char('g'), Key::Enter]);
    assert_eq!(shown(&cockpit), Some((Scope::Source(SourceId(2)), Filter::default())));
    assert!(cockpit.requests().contains(&&Request::Move(Move::Follow)));
    assert!(cockpit.app.ui.overlays.is_empty());
}

#[test]
fn an_expression_is_searched_counted_and_found_in_all_logs() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('/')]).submits("/too \\d+/");
    let pattern = Pattern { text: "too \\d+".into(), regex: true };
    let search = cockpit.requests().into_iter().find_map(|request| match request {
        Request::Search(search) => Some(search.clone()),
        _ => None,
    });
    let search = search.unwrap();
    assert_eq!((search.scope, search.target), (Scope::Merged, Target::Text(pattern)));
    let hit = Place { source: SourceId(1), start: 210, end: 216 };
    let answer = SearchAnswer { id: search.id, hit: Some(hit), ..SearchAnswer::default() };
    cockpit.send(Msg::Log(News::Found(answer)));
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Center(hit))], "the view stays merged");
    cockpit.send(Msg::Log(News::Window(Window { following: false, ..window(Scope::Merged) })));
    assert_eq!(cockpit.app.ui.context.cursor, Some(2));
    cockpit.keys([Key::Esc]);
    assert_eq!(cockpit.requests(), [&Request::Count(None)]);
}

#[test]
fn the_next_error_is_not_the_one_under_the_cursor() {
    let mut cockpit = reading();
    let from = |cockpit: &Cockpit| {
        let requests = cockpit.requests();
        let Request::Search(search) = requests[0] else { panic!("no search") };
        assert_eq!(search.target, Target::Bad);
        search.from.map(|place| (place.source.0, place.start))
    };
    cockpit.keys([Key::Char('e')]);
    assert_eq!(from(&cockpit), Some((2, 150)));
    cockpit.keys([Key::Char('E')]);
    assert_eq!(from(&cockpit), Some((2, 100)));
}

#[test]
fn a_search_under_way_is_stopped_and_its_answer_dropped() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('e')]);
    let id = cockpit.app.ui.context.search_id;
    cockpit.send(Msg::Log(News::Searching { id, share: 0.5 }));
    assert_eq!(cockpit.app.ui.context.searching.as_ref().and_then(|search| search.share), Some(0.5));
    cockpit.keys([Key::Esc]);
    assert_eq!(cockpit.requests(), [&Request::CancelSearch]);
    let hit = Some(place());
    cockpit.send(Msg::Log(News::Found(SearchAnswer { id, hit, ..SearchAnswer::default() })));
    assert_eq!(cockpit.requests(), Vec::<&Request>::new());
}

#[test]
fn a_time_or_a_line_is_gone_to() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('@')]).submits("13:30");
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Time(at("13:30:00")))]);
    cockpit.keys([Key::Char('@')]).submits("4711");
    assert_eq!(cockpit.app.ui.context.scope, Some(Scope::Source(SourceId(2))), "the source of the line");
    assert!(cockpit.requests().contains(&&Request::Move(Move::Line(4711))));
    cockpit.keys([Key::Char('@')]).submits("noon");
    assert!(matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Input(_))));
    cockpit.keys([Key::Esc, Key::Char(':'), Key::Char('1'), Key::Char('2'), Key::Enter]);
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Line(12))]);
}

#[test]
fn an_entry_of_the_timeline_without_a_place_leads_to_its_time_in_all_logs() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('v'), Key::Char(']')]);
    let mut told = triage();
    told.timeline = vec![TimelineEntry {
        at: at("13:20:00"),
        text: "page".into(),
        source: String::new(),
        kind: TimelineKind::Alert,
        place: None,
        date_assumed: false,
    }];
    cockpit.later(2).triage(told).keys([Key::Char('4'), Key::Char('g'), Key::Enter]);
    assert_eq!(shown(&cockpit), Some((Scope::Merged, Filter::default())));
    assert!(cockpit.requests().contains(&&Request::Move(Move::Time(at("13:20:00")))));
    cockpit.keys([Key::Esc]);
    assert_eq!(cockpit.app.ui.focus, Pane::Timeline);
    let (scope, filter) = shown(&cockpit).unwrap();
    assert_eq!((scope, filter.level), (Scope::Source(SourceId(1)), Some(Level::Warn)), "as it was before");
}

#[test]
fn a_bookmark_is_set_listed_gone_to_and_taken_away() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('b')]).submits("first error");
    let marked = Place { source: SourceId(2), start: 100, end: 150 };
    assert_eq!(cockpit.app.incident.bookmarks[&marked].name, "first error");
    assert!(matches!(&cockpit.stored.last().unwrap().by, Author::Person(name) if name == "ana"));
    cockpit.keys([Key::Char('g'), Key::Char('}')]);
    assert_eq!(cockpit.requests(), [&Request::Move(Move::Center(marked))]);
    cockpit.keys([Key::Char('B'), Key::Enter]);
    assert_eq!(shown(&cockpit), Some((Scope::Source(SourceId(2)), Filter::default())));
    cockpit.keys([Key::Char('B'), Key::Char('b')]);
    assert!(cockpit.app.incident.bookmarks.is_empty());
    assert!(matches!(cockpit.stored.last().unwrap().event, Event::BookmarkRemoved { .. }));
}

#[test]
fn the_rest_of_the_view_comes_back_with_a_resumed_incident() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('/')]).submits("/x+/").keys([Key::Char('v')]);
    cockpit.send(Msg::Log(News::Window(Window { following: false, ..window(Scope::Merged) })));
    cockpit.send(Msg::Stop(0));
    let session = cockpit.last.iter().find_map(|effect| match effect {
        Effect::SaveSession { session, .. } => Some(session.clone()),
        _ => None,
    });
    let mut again = Cockpit::new(vec![]);
    again.send(Msg::Resumed { events: cockpit.stored.clone(), session });
    let context = &again.app.ui.context;
    assert_eq!(context.query, Pattern { text: "x+".into(), regex: true });
    let (scope, filter) = shown(&again).unwrap();
    assert_eq!((scope, filter.level), (Scope::Merged, Some(Level::Warn)));
    let under_cursor = Place { source: SourceId(2), start: 100, end: 150 };
    assert!(again.requests().contains(&&Request::Move(Move::Center(under_cursor))));
}
