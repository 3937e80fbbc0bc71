//! Nothing that comes from outside breaks the screen, at any size.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sevdeck::app::templates::{Sort, TemplateList};
use sevdeck::app::ui::{HypothesisCursor, Input, Overlay, Pane, Purpose, View};
use sevdeck::app::{App, Scope};
use sevdeck::incident::{Bookmark, Place, SourceId};
use sevdeck::log::filter::{Filter, Pattern, Term, What};
use sevdeck::tui::look::Look;
use sevdeck::tui::theme::{Depth, Theme};
use sevdeck::tui::view;
use sevdeck::tui::widget::draft::Draft;

use crate::flow::sample;

/// Text that tries to leave its cells: escapes, controls, bidirectional marks, wide and combining characters.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\u{1b}]52;c;eA==\u{7}".to_owned()),
        Just("\u{1b}[2J\u{1b}[H".to_owned()),
        Just("\u{9b}31m\u{90}".to_owned()),
        Just("\u{202e}\u{2066}\u{feff}\u{200f}".to_owned()),
        Just("连接耗尽，".to_owned()),
        Just("e\u{301}\u{301}\u{301}👨\u{200d}👩\u{200d}👧⚠\u{fe0f}".to_owned()),
        Just("\n\r\t\0\u{7f}".to_owned()),
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn overlay(number: u8, text: &str) -> Option<Overlay> {
    let document = |view| Some(Overlay::Document { view, selected: 2 });
    match number {
        0 => Some(Overlay::Help(7)),
        1 => Some(Overlay::Palette { query: text.into(), selected: 3 }),
        2 => Some(Overlay::Input(Input { purpose: Purpose::Note, text: text.into() })),
        3 => Some(Overlay::Plain { text: text.into(), top: 0 }),
        4 => Some(Overlay::Incidents { query: text.into(), selected: 9 }),
        5 => document(View::Hypothesis("pool".into())),
        6 => document(View::Postmortem),
        7 => document(View::Mitigations),
        8 => document(View::Questions),
        9 => document(View::Impact),
        10 => Some(Overlay::Sources { query: text.chars().take(2).collect(), selected: 3 }),
        11 => Some(Overlay::Templates(TemplateList::sorted(
            &sample::app(1).digest,
            Sort::Newest,
            text.chars().take(1).collect(),
        ))),
        12 => document(View::Source(SourceId(1))),
        13 => document(View::Bookmarks),
        14 => Some(Overlay::Input(Input { purpose: Purpose::Filter, text: text.into() })),
        15 => Some(Overlay::Input(Input { purpose: Purpose::GoTo, text: text.into() })),
        _ => None,
    }
}

fn spoilt(text: &str, other: &str) -> App {
    let mut app = sample::app(30);
    let triage = &mut app.incident.triage;
    triage.title = text.into();
    triage.hypotheses[0].cause = other.into();
    triage.hypotheses[0].evidence[0].quote = text.into();
    triage.hypotheses[1].cause = text.into();
    triage.checklist[1].command = text.into();
    triage.checklist[1].expected = other.into();
    triage.timeline[1].text = text.into();
    triage.postmortem = format!("# {text}\n- {other}");
    triage.mitigations[0].risk = other.into();
    triage.contradictions[0].quotes[0].quote = text.into();
    for (index, line) in app.ui.context.window.lines.iter_mut().enumerate() {
        line.text = if index % 2 == 0 { format!("2026-03-01T14:02:11Z {text}") } else { other.into() };
    }
    app.ui.context.query.text = other.chars().take(3).collect();
    app.ui.context.query.regex = text.len().is_multiple_of(2);
    if other.len().is_multiple_of(2) {
        app.ui.context.scope = Some(Scope::Merged);
        app.ui.context.window.scope = Some(Scope::Merged);
    }
    if text.len().is_multiple_of(3) {
        let exclude = other.len().is_multiple_of(3);
        let what = What::Text(Pattern { text: text.into(), regex: false });
        app.ui.context.filter = Filter { terms: vec![Term { what, exclude }], ..Filter::default() }.into();
    }
    let line = &app.ui.context.window.lines[3];
    let place = Place { source: line.source, start: line.start, end: line.end };
    let bookmark = Bookmark { place, name: text.into(), text: other.into(), line: None, at: line.at };
    app.incident.bookmarks.insert(place, bookmark);
    app.ui.context.strip.cursor = line.at;
    for source in app.incident.sources.values_mut() {
        source.name = text.into();
    }
    app
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_at_any_size_stays_in_its_cells(
        text in hostile(),
        other in hostile(),
        columns in 1u16..250,
        rows in 1u16..80,
        (focus, top, zoom, ascii) in (0usize..4, 0u8..20, any::<bool>(), any::<bool>()),
        cursor in prop::option::of(0usize..40),
    ) {
        let mut app = spoilt(&text, &other);
        app.ui.size = (columns, rows);
        app.ui.focus = Pane::ALL[focus];
        app.ui.zoom = zoom;
        app.ui.context.cursor = cursor;
        app.ui.timeline = cursor;
        app.ui.hypothesis = Some(HypothesisCursor { id: "pool".into(), piece: cursor });
        app.ui.overlays.extend(overlay(top, &text));
        let look = Look { theme: Theme::built_in("ansi16", Depth::Ansi).unwrap(), ascii };
        let draft = Draft::new(Purpose::Note, &text);
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::paint(&mut buffer, &app, &look, matches!(top, 2 | 14 | 15).then_some(&draft));
        for cell in &buffer.content {
            let symbol = cell.symbol();
            let drives = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!symbol.contains(drives), "{symbol:?}");
            prop_assert!(!ascii || symbol.is_ascii(), "{symbol:?}");
        }
    }
}

#[test]
fn the_smallest_sizes_do_not_panic() {
    let app = sample::app(5);
    let look = Look { theme: Theme::built_in("dark", Depth::True).unwrap(), ascii: false };
    for (columns, rows) in (0..45).flat_map(|columns| (0..14).map(move |rows| (columns, rows))) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        view::paint(&mut buffer, &app, &look, None);
    }
}
