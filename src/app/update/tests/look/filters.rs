//! Filters: asked for, changed, taken off, and remembered.

use crate::app::effect::Effect;
use crate::app::key::Key;
use crate::app::msg::Msg;
use crate::app::ui::{Overlay, Session};
use crate::app::update::tests::Cockpit;
use crate::app::update::tests::look::{counted, reading, said, shown, window};
use crate::incident::Level;
use crate::log::engine::{News, Request};
use crate::log::filter::{Filter, What};
use crate::log::view::{CountAnswer, Scope, Window};

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
        Effect::SaveSession { session, .. } => serde_json::from_slice::<Session>(session).ok(),
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
