//! Looking at logs: what is asked of the engine, and where the cursor goes.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Overlay, Pane, Session};
use crate::app::update::tests::{Cockpit, finding, place, triage};
use crate::incident::{Author, Event, Level, Place, SourceId, SourceSpec, TimelineEntry, TimelineKind};
use crate::log::digest::{Digest, SourceDigest, TemplateDigest};
use crate::log::engine::{News, Request};
use crate::log::filter::{Filter, Pattern, What};
use crate::log::view::{CountAnswer, Line, Move, Scope, SearchAnswer, Target, Window, ZoomAnswer};

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
fn a_filter_is_asked_for_counted_kept_in_the_session_and_taken_off_by_a_key() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('f')]).submits("level:warn -healthz");
    let (scope, filter) = shown(&cockpit).unwrap();
    assert_eq!((scope, filter.level, filter.terms.len()), (Scope::Merged, Some(Level::Warn), 1));
    let Some(Request::Count(Some(count))) = counted(&cockpit) else { panic!("no count") };
    let (id, lines) = (count.id, 3);
    cockpit.send(Msg::Log(News::Counted(CountAnswer { id: id - 1, lines: 9, share: 1.0, before: None })));
    assert_eq!(cockpit.app.ui.context.hits, None, "an answer to an older question");
    cockpit.send(Msg::Log(News::Counted(CountAnswer { id, lines, share: 1.0, before: None })));
    assert_eq!(cockpit.app.ui.context.hits.map(|hits| hits.lines), Some(3));
    cockpit.send(Msg::Stop(0));
    let saved = cockpit.last.iter().find_map(|effect| match effect {
        crate::app::effect::Effect::SaveSession { session, .. } => {
            serde_json::from_slice::<Session>(session).ok()
        }
        _ => None,
    });
    let saved = saved.unwrap();
    assert_eq!((saved.filter.level, saved.filters.len()), (Some(Level::Warn), 1));
    cockpit.keys([Key::Char('c')]);
    assert_eq!(shown(&cockpit), Some((Scope::Merged, Filter::default())));
    assert_eq!(counted(&cockpit), Some(&Request::Count(None)));
}

#[test]
fn a_filter_that_cannot_be_read_stays_to_be_changed() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('f')]).submits("level:loud");
    assert!(
        matches!(cockpit.app.ui.overlays.last(), Some(Overlay::Input(input)) if input.text == "level:loud")
    );
    assert_eq!(shown(&cockpit), None);
    cockpit.submits("");
    assert!(cockpit.app.ui.overlays.is_empty());
}

#[test]
fn earlier_filters_come_back_with_up() {
    let mut cockpit = reading();
    for text in ["level:warn", "timeout", "level:warn"] {
        cockpit.keys([Key::Char('f')]).submits(text);
    }
    cockpit.keys([Key::Char('c'), Key::Char('f'), Key::Up, Key::Up, Key::Up]);
    let text = |cockpit: &Cockpit| match cockpit.app.ui.overlays.last() {
        Some(Overlay::Input(input)) => input.text.clone(),
        _ => "closed".to_owned(),
    };
    assert_eq!(text(&cockpit), "timeout", "no text twice, the newest first");
    cockpit.keys([Key::Down]);
    assert_eq!(text(&cockpit), "level:warn");
    cockpit.keys([Key::Down]);
    assert_eq!(text(&cockpit), "");
}

#[test]
fn the_level_goes_up_and_down_and_stops_at_the_ends() {
    let mut cockpit = reading();
    let mut levels = Vec::new();
    for key in ["v", "v", "v", "v", "V", "V", "V", "V"] {
        cockpit.keys(key.chars().map(Key::Char));
        levels.push(cockpit.app.ui.context.filter.level);
    }
    let (warn, error, fatal) = (Some(Level::Warn), Some(Level::Error), Some(Level::Fatal));
    assert_eq!(levels, [warn, error, fatal, fatal, error, warn, None, None]);
    assert_eq!(said(&cockpit), "Lines of all levels are shown");
}

#[test]
fn lines_like_the_one_under_the_cursor_are_shown_alone_or_hidden() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('v'), Key::Char('x')]);
    let filter = &cockpit.app.ui.context.filter;
    assert_eq!(filter.level, Some(Level::Warn), "hiding adds to what is asked for");
    assert!(filter.terms[0].exclude && filter.terms[0].what == What::Template("3f9a".into()));
    cockpit.keys([Key::Char('o')]);
    let filter = &cockpit.app.ui.context.filter;
    assert_eq!((filter.level, filter.terms.len(), filter.terms[0].exclude), (None, 1, false));
    cockpit.keys([Key::Char('C')]);
    assert_eq!(cockpit.app.ui.context.filter.around, 3);
}

#[test]
fn esc_ends_looking_for_lines_that_pass() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('f')]).submits("nowhere");
    let looking = Window { lines: Vec::new(), looking: Some(0.4), ..window(Scope::Merged) };
    cockpit.send(Msg::Log(News::Window(looking))).keys([Key::Esc]);
    assert_eq!(shown(&cockpit), Some((Scope::Merged, Filter::default())));
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
fn templates_are_found_by_letters_and_choose_the_lines() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('T'), Key::Char('b'), Key::Char('b'), Key::Enter]);
    let only = |cockpit: &Cockpit| match cockpit.app.ui.context.filter.terms.as_slice() {
        [term] => (term.what.clone(), term.exclude),
        other => panic!("{other:?}"),
    };
    assert_eq!(only(&cockpit), (What::Template("bb".into()), false));
    cockpit.keys([Key::Char('c'), Key::Char('T'), Key::Tab, Key::Down, Key::Char('-')]);
    assert_eq!(only(&cockpit), (What::Template("aa".into()), true), "sorted by count, the second");
}

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

#[test]
fn the_rest_of_the_view_comes_back_with_a_resumed_incident() {
    let mut cockpit = reading();
    cockpit.keys([Key::Char('/')]).submits("/x+/").keys([Key::Char('v')]);
    cockpit.send(Msg::Log(News::Window(Window { following: false, ..window(Scope::Merged) })));
    cockpit.send(Msg::Stop(0));
    let session = cockpit.last.iter().find_map(|effect| match effect {
        crate::app::effect::Effect::SaveSession { session, .. } => Some(session.clone()),
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

#[test]
fn what_is_done_of_a_checklist_and_what_is_above_it_stays_where_it_is() {
    let mut cockpit = files(&["app.log"]);
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
    let mut cockpit = files(&["app.log"]);
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
