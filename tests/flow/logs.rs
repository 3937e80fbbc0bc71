//! Snapshots of looking at logs: merged lines, filters, patterns, the histogram, what is told about a source.

use std::sync::Arc;

use sevdeck::app::templates::{Sort, TemplateList};
use sevdeck::app::ui::{Input, Overlay, Pane, Purpose, Searching, StoreTrouble, Ui, View};
use sevdeck::app::{App, CountAnswer, Scope, Window};
use sevdeck::incident::{Bookmark, Level, Place, SourceChange, SourceId};
use sevdeck::log::digest::{Digest, Losses};
use sevdeck::log::filter::{Filter, Pattern, Term, What};
use sevdeck::tui::layout;
use sevdeck::tui::widget::draft::Draft;

use crate::flow::sample;
use crate::flow::screens::{screen, screen_with, sized};

/// The cockpit on all logs.
fn merged(columns: u16, rows: u16, change: impl FnOnce(&mut Ui)) -> App {
    let mut app = sized(columns, rows, |ui| {
        ui.focus = Pane::Context;
        ui.context.scope = Some(Scope::Merged);
        change(ui);
    });
    let rows = layout::measure(columns, rows, &app.ui).context_rows;
    let following = app.ui.context.cursor.is_none();
    app.ui.context.window = Window { following, ..sample::merged(rows) };
    if app.ui.context.filter.is_empty() && app.ui.context.strip.range.is_none() {
        app.ui.context.strip.answer = None;
    }
    app
}

fn change_digest(app: &mut App, change: impl FnOnce(&mut Digest)) {
    let mut digest = (*app.digest).clone();
    change(&mut digest);
    app.digest = Arc::new(digest);
}

fn filter() -> Arc<Filter> {
    let healthz = What::Text(Pattern { text: "healthz".into(), regex: false });
    let terms = vec![
        Term { what: healthz, exclude: true },
        Term { what: What::Template("0ddba11".into()), exclude: false },
    ];
    Arc::new(Filter { level: Some(Level::Error), terms, ..Filter::default() })
}

#[test]
fn merged_lines_name_their_source() {
    for (columns, rows) in [(120, 36), (80, 24), (50, 20), (40, 12)] {
        let app = merged(columns, rows, |_| {});
        insta::assert_snapshot!(format!("merged_{columns}x{rows}"), screen(&app, columns, rows));
    }
    let mut app = sample::chinese(20);
    (app.ui.focus, app.ui.context.scope) = (Pane::Context, Some(Scope::Merged));
    app.ui.context.window = sample::merged(12);
    insta::assert_snapshot!("merged_chinese", screen(&app, 80, 24));
    let app = merged(100, 30, |ui| ui.zoom = true);
    insta::assert_snapshot!("merged_ascii", screen_with(&app, 100, 30, true, None));
}

#[test]
fn what_is_wrong_with_a_source_is_said_at_any_size() {
    let how = "exit code 3".to_owned();
    let troubles = [
        (SourceChange::Exited { how, again_s: Some(2) }, "ended, starting again"),
        (SourceChange::Unreadable { reason: "permission denied".into() }, "cannot be read"),
        (SourceChange::Disappeared, "gone, waiting"),
        (SourceChange::Ended, "ended"),
    ];
    for (columns, rows) in [(200, 50), (120, 36), (100, 30), (80, 24), (50, 20), (40, 12)] {
        for (change, words) in &troubles {
            let mut app = merged(columns, rows, |ui| ui.context.scope = Some(Scope::Source(SourceId(1))));
            app.incident.sources.get_mut(&SourceId(1)).unwrap().trouble = Some(change.clone());
            let text = screen(&app, columns, rows);
            assert!(text.contains(words), "{words} at {columns}x{rows}\n{text}");
            let over = matches!(change, SourceChange::Ended | SourceChange::Unreadable { .. });
            assert!(!over || !text.contains("following"), "{words} at {columns}x{rows}\n{text}");
        }
    }
}

#[test]
fn nothing_is_judged_before_it_is_read() {
    let mut app = merged(120, 36, |_| {});
    assert!(screen(&app, 120, 36).contains("falling"));
    change_digest(&mut app, |digest| digest.sources[0].bytes_known = 1 << 40);
    let text = screen(&app, 120, 36);
    assert!(text.contains("so far") && !text.contains("falling"), "{text}");
}

#[test]
fn that_nothing_is_saved_is_said_beside_an_empty_header() {
    let mut app = merged(100, 30, |_| {});
    change_digest(&mut app, |digest| *digest = Digest::default());
    let text = "the folder cannot be written: ".repeat(9);
    app.ui.store_trouble = Some(StoreTrouble { text, at_risk: true });
    let text = screen(&app, 100, 30);
    assert!(text.contains("not saved: the folder"), "{text}");
}

#[test]
fn a_filter_is_said_plainly_at_any_size() {
    for (columns, rows) in [(120, 36), (80, 24), (40, 12)] {
        let mut app = merged(columns, rows, |ui| {
            ui.context.filter = filter();
            ui.context.cursor = Some(1);
        });
        app.ui.context.hits = Some(CountAnswer { id: 0, lines: 1_204, share: 1.0, before: None });
        let text = screen(&app, columns, rows);
        assert!(text.contains(" filtered "), "{text}");
        insta::assert_snapshot!(format!("filtered_{columns}x{rows}"), text);
    }
}

#[test]
fn no_line_that_passes_says_what_to_do() {
    let mut app = merged(80, 24, |ui| ui.context.filter = filter());
    app.ui.context.window.lines.clear();
    insta::assert_snapshot!("nothing_passes", screen(&app, 80, 24));
    app.ui.context.window.looking = Some(0.63);
    insta::assert_snapshot!("looking_for_lines", screen(&app, 80, 24));
}

#[test]
fn hits_are_counted_while_they_come_in() {
    let mut app = merged(80, 24, |ui| {
        ui.context.query = Pattern { text: "too m\\w+".into(), regex: true };
        ui.context.cursor = Some(0);
    });
    app.ui.context.hits = Some(CountAnswer { id: 0, lines: 1_204, share: 0.63, before: None });
    app.ui.context.searching = Some(Searching { words: "x".into(), share: Some(0.4), counted: true });
    insta::assert_snapshot!(screen(&app, 80, 24));
    app.ui.context.hits = Some(CountAnswer { id: 0, lines: 1_204, share: 1.0, before: Some(17) });
    app.ui.context.searching = None;
    app.ui.context.highlight = Some(Place { source: SourceId(1), start: 1, end: 2 });
    let text = screen(&app, 80, 24);
    assert!(text.contains("17 of 1,204 hits"), "{text}");
}

#[test]
fn the_histogram_has_a_cursor_deploys_and_bookmarks() {
    let mut app = merged(100, 40, |ui| ui.zoom = true);
    let place = Place { source: SourceId(1), start: 1, end: 2 };
    let at = Some(sample::at("14:10:00"));
    let bookmark = Bookmark { place, name: "first".into(), text: "words".into(), line: Some(7), at };
    app.incident.bookmarks.insert(place, bookmark);
    app.ui.context.strip.cursor = Some(sample::at("14:05:00"));
    insta::assert_snapshot!(screen(&app, 100, 40));
}

#[test]
fn patterns() {
    for (columns, rows) in [(80, 24), (120, 36)] {
        let app = sized(columns, rows, |_| {});
        let mut list = TemplateList::sorted(&app.digest, Sort::Count, String::new());
        list.selected = Some("0ddba11".into());
        let mut app = app;
        app.ui.overlays.push(Overlay::Templates(list));
        insta::assert_snapshot!(format!("patterns_{columns}x{rows}"), screen(&app, columns, rows));
    }
}

#[test]
fn sources_and_what_is_told_about_one() {
    let mut app = merged(80, 24, |_| {});
    change_digest(&mut app, |digest| {
        digest.sources[1].skew_ms = Some(-124_000);
        let losses = Losses { dropped_bytes: 2_254_857_830, cut_lines: 4, invalid_lines: 312 };
        digest.sources[1].losses = losses;
        digest.sources[0].bytes_known *= 2;
    });
    insta::assert_snapshot!("remarks_80x24", screen(&app, 80, 24));
    insta::assert_snapshot!("remarks_200x50", screen(&app, 200, 50));
    app.ui.overlays.push(Overlay::Sources { query: "p".into(), selected: 1 });
    insta::assert_snapshot!("pick_source", screen(&app, 80, 24));
    app.ui.overlays = vec![Overlay::Document { view: View::Source(SourceId(2)), selected: 0 }];
    insta::assert_snapshot!("about_source", screen(&app, 80, 24));
}

#[test]
fn bookmarks_stand_beside_their_lines_and_in_a_list() {
    let mut app = merged(80, 24, |_| {});
    for (row, name) in [(2, "first refusal"), (5, "")] {
        let line = app.ui.context.window.lines[row].clone();
        let place = Place { source: line.source, start: line.start, end: line.end };
        let bookmark = Bookmark { place, name: name.into(), text: line.text, line: line.number, at: line.at };
        app.incident.bookmarks.insert(place, bookmark);
    }
    insta::assert_snapshot!("bookmarks_in_lines", screen(&app, 80, 24));
    app.ui.overlays.push(Overlay::Document { view: View::Bookmarks, selected: 1 });
    insta::assert_snapshot!("bookmarks_list", screen(&app, 80, 24));
}

#[test]
fn what_is_being_written_is_told_or_what_is_wrong_with_it() {
    let input = |purpose: Purpose, text: &str| {
        let app = merged(80, 24, |ui| {
            ui.overlays.push(Overlay::Input(Input { purpose: purpose.clone(), text: text.into() }));
        });
        let draft = Draft::new(purpose, text);
        screen_with(&app, 80, 24, false, Some(&draft))
    };
    insta::assert_snapshot!("write_filter", input(Purpose::Filter, ""));
    insta::assert_snapshot!("write_filter_good", input(Purpose::Filter, "level:warn -healthz since:14:02"));
    insta::assert_snapshot!("write_filter_bad", input(Purpose::Filter, "level:loud"));
    insta::assert_snapshot!("write_search_bad", input(Purpose::Search, "/too (many/"));
    insta::assert_snapshot!("write_go_to", input(Purpose::GoTo, "-10m"));
}
