//! Snapshots of whole screens.

use jiff::SignedDuration;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use sevdeck::app::ui::{HypothesisCursor, Input, Overlay, Pane, Purpose, StoreTrouble, Toast, Ui, View};
use sevdeck::app::{App, PastIncident};
use sevdeck::incident::triage::HypothesisStatus;
use sevdeck::incident::{Place, SourceId, SourceSpec};
use sevdeck::tui::layout;
use sevdeck::tui::look::Look;
use sevdeck::tui::picture;
use sevdeck::tui::terminal::page;
use sevdeck::tui::theme::{Depth, Theme};
use sevdeck::tui::view;
use sevdeck::tui::widget::draft::Draft;

use unicode_width::UnicodeWidthStr;

use crate::flow::sample;

/// The text of a screen, trailing blanks cut.
pub(super) fn screen(app: &App, columns: u16, rows: u16) -> String {
    screen_with(app, columns, rows, false, None)
}

pub(super) fn screen_with(app: &App, columns: u16, rows: u16, ascii: bool, draft: Option<&Draft>) -> String {
    let look = look(ascii);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| view::draw(frame, app, &look, draft)).unwrap();
    text(terminal.backend().buffer())
}

fn look(ascii: bool) -> Look {
    Look { theme: Theme::built_in("ansi16", Depth::Ansi).unwrap(), ascii }
}

/// The rows of a buffer; the cell behind a wide character is not shown.
fn text(buffer: &Buffer) -> String {
    let row = |y: u16| {
        let (mut row, mut x) = (String::new(), 0);
        while x < buffer.area.width {
            row.push_str(buffer[(x, y)].symbol());
            x += buffer[(x, y)].symbol().width().max(1) as u16;
        }
        row.trim_end().to_owned()
    };
    (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
}

pub(super) fn sized(columns: u16, rows: u16, change: impl FnOnce(&mut Ui)) -> App {
    let mut app = sample::app(0);
    change(&mut app.ui);
    let measure = layout::measure(columns, rows, &app.ui);
    app.ui.size = (columns, rows);
    app.ui.context.strip = sample::strip(measure.strip_columns);
    app.ui.context.window = sevdeck::app::Window {
        following: app.ui.context.cursor.is_none(),
        ..sample::window(measure.context_rows)
    };
    app
}

/// `SEVDECK_WRITE_PICTURE=1` writes it anew.
#[test]
fn the_picture_in_the_readme_is_what_the_program_draws() {
    let app = sized(120, 36, |_| {});
    let look = Look { theme: Theme::built_in("dark", Depth::True).unwrap(), ascii: false };
    let mut page = page((120, 36));
    view::paint(&mut page, &app, &look, None);
    let drawn = picture::svg(&page);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/snapshots/cockpit.svg");
    if std::env::var_os("SEVDECK_WRITE_PICTURE").is_some() {
        std::fs::write(file, &drawn).unwrap();
    }
    assert!(std::fs::read_to_string(file).unwrap() == drawn, "SEVDECK_WRITE_PICTURE=1 writes {file} anew");
}

#[test]
fn the_usual_terminal_shows_cause_and_next_step() {
    insta::assert_snapshot!(screen(&sized(80, 24, |_| {}), 80, 24));
}

#[test]
fn reading_lines_keeps_the_leading_cause_in_sight() {
    insta::assert_snapshot!(screen(&sized(80, 24, |ui| ui.focus = Pane::Context), 80, 24));
}

#[test]
fn the_checklist_with_the_focus_shows_the_whole_step() {
    insta::assert_snapshot!(screen(&sized(80, 24, |ui| ui.focus = Pane::Checklist), 80, 24));
}

#[test]
fn the_timeline_with_the_focus_shows_dates_and_persons() {
    insta::assert_snapshot!(screen(&sized(80, 24, |ui| ui.focus = Pane::Timeline), 80, 24));
}

#[test]
fn four_panes_on_a_wide_terminal() {
    insta::assert_snapshot!(screen(&sized(120, 36, |_| {}), 120, 36));
}

#[test]
fn four_panes_on_a_very_wide_terminal() {
    insta::assert_snapshot!(screen(&sized(200, 50, |_| {}), 200, 50));
}

#[test]
fn one_pane_on_a_tiny_terminal() {
    insta::assert_snapshot!(screen(&sized(40, 12, |_| {}), 40, 12));
}

#[test]
fn three_panes_on_a_narrow_and_tall_terminal() {
    insta::assert_snapshot!(screen(&sized(80, 50, |_| {}), 80, 50));
}

#[test]
fn ascii_only() {
    let text = screen_with(&sized(100, 30, |_| {}), 100, 30, true, None);
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn chinese_is_wrapped_between_characters() {
    let mut app = sample::chinese(12);
    insta::assert_snapshot!("chinese_80x24", screen(&app, 80, 24));
    app.ui.focus = Pane::Timeline;
    insta::assert_snapshot!("chinese_120x30", screen(&app, 120, 30));
}

#[test]
fn a_cited_line_is_shown_whole_and_search_is_named() {
    let app = sized(100, 24, |ui| {
        ui.focus = Pane::Context;
        ui.context.cursor = Some(4);
        ui.context.query.text = "clients".into();
        ui.context.lines_seen = 18_100;
        ui.context.highlight = Some(Place { source: SourceId(2), start: 1_820_431, end: 1_820_460 });
    });
    insta::assert_snapshot!(screen(&app, 100, 24));
}

#[test]
fn a_zoomed_pane_shows_lines_as_they_were_written() {
    let app = sized(110, 14, |ui| {
        ui.focus = Pane::Context;
        ui.zoom = true;
    });
    insta::assert_snapshot!(screen(&app, 110, 14));
}

#[test]
fn all_evidence_is_reachable() {
    let app =
        sized(80, 24, |ui| ui.hypothesis = Some(HypothesisCursor { id: "pool".into(), piece: Some(4) }));
    insta::assert_snapshot!(screen(&app, 80, 24));
}

#[test]
fn nothing_is_cut_while_there_is_room() {
    for (columns, rows) in [(120, 60), (100, 70)] {
        let text = screen(&sized(columns, rows, |ui| ui.focus = Pane::Hypotheses), columns, rows);
        let right = text.lines().map(|line| line.chars().skip(usize::from(columns) / 2).collect::<String>());
        let cut: Vec<String> = right.filter(|line| line.trim_end().ends_with('…')).collect();
        assert!(cut.is_empty() && !text.contains("Enter shows all"), "{columns}x{rows}: {cut:?}\n{text}");
    }
}

#[test]
fn a_hit_stands_out_on_the_selected_line() {
    use ratatui::style::Modifier;
    let mut app = sized(120, 36, |ui| {
        ui.focus = Pane::Context;
        ui.context.cursor = Some(0);
        ui.context.query.text = "clients".into();
    });
    let lines = &app.ui.context.window.lines;
    app.ui.context.cursor = lines.iter().position(|line| line.text.contains("clients"));
    let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 36));
    view::paint(&mut buffer, &app, &look(false), None);
    let row = (0..36).find(|y| buffer[(0, *y)].symbol() == "▸").expect("the cursor's row");
    let line: String = (0..60).map(|x| buffer[(x, row)].symbol()).collect();
    let at = line.chars().collect::<String>().split("clients").next().map(|before| before.chars().count());
    let hit = &buffer[(at.expect("the hit") as u16, row)];
    assert_eq!(hit.symbol(), "c");
    assert!(!hit.modifier.contains(Modifier::REVERSED), "{line}");
    assert!(buffer[(20, row)].modifier.contains(Modifier::REVERSED), "{line}");
}

#[test]
fn empty_states_teach() {
    let empty = App { now: sample::at("14:00:00"), ..App::default() };
    insta::assert_snapshot!("empty_80x24", screen(&empty, 80, 24));
    let mut reading = empty.clone();
    reading.ui.focus = Pane::Context;
    insta::assert_snapshot!("empty_120x24", screen(&reading, 120, 24));
    reading.incident.requested = vec![SourceSpec::Glob("/var/log/*.log".into())];
    insta::assert_snapshot!("waiting_80x24", screen(&reading, 80, 24));
    reading.ui.loading = true;
    insta::assert_snapshot!("loading_80x24", screen(&reading, 80, 24));
}

#[test]
fn documents() {
    let views = [
        ("hypothesis", View::Hypothesis("pool".into())),
        ("step", View::Step("query".into())),
        ("mitigations", View::Mitigations),
        ("impact", View::Impact),
        ("postmortem", View::Postmortem),
        ("follow_ups", View::FollowUps),
        ("similar", View::Similar),
        ("questions", View::Questions),
    ];
    for (name, view) in views {
        let app = sized(80, 24, |ui| ui.overlays.push(Overlay::Document { view, selected: 0 }));
        insta::assert_snapshot!(format!("document_{name}"), screen(&app, 80, 24));
    }
}

#[test]
fn lists_and_help() {
    let mut app = sized(80, 24, |ui| ui.overlays.push(Overlay::Palette { query: "mit".into(), selected: 1 }));
    insta::assert_snapshot!("palette", screen(&app, 80, 24));
    app.ui.overlays = vec![Overlay::Help(0)];
    insta::assert_snapshot!("help", screen(&app, 80, 24));
    app.ui.overlays = vec![Overlay::Incidents { query: String::new(), selected: 1 }];
    insta::assert_snapshot!("incidents_unread", screen(&app, 80, 24));
    let past = |id: &str, title: &str, severity: &str| PastIncident {
        id: id.into(),
        title: title.into(),
        service: "payment-svc".into(),
        severity: severity.into(),
        status: "resolved".into(),
        opened_at: sample::at("03:15:00"),
    };
    app.past = Some(vec![
        past("a", "Connection pool exhausted by a report", "SEV2"),
        past("20260114-031500-abcde", "", ""),
    ]);
    insta::assert_snapshot!("incidents", screen(&app, 80, 24));
}

#[test]
fn texts_being_written() {
    let input = |purpose: Purpose, text: &str| {
        let app = sized(80, 24, |ui| {
            ui.overlays.push(Overlay::Input(Input { purpose: purpose.clone(), text: text.into() }));
        });
        let draft = Draft::new(purpose, text);
        screen_with(&app, 80, 24, false, Some(&draft))
    };
    insta::assert_snapshot!("write_note", input(Purpose::Note, "DBA on the call\nbatch owner paged"));
    insta::assert_snapshot!("write_search", input(Purpose::Search, "FATAL"));
    let reason = Purpose::Reason { hypothesis: "leak".into(), verdict: HypothesisStatus::RuledOut };
    insta::assert_snapshot!("write_reason", input(reason, ""));
}

#[test]
fn messages_and_trouble() {
    let mut app = sized(80, 24, |_| {});
    let until = app.now + SignedDuration::from_secs(3);
    app.ui.toast =
        Some(Toast { text: "Sent to tmux and its terminal's clipboard".into(), bad: false, until });
    let text = "no space left in /var/lib/sevdeck".to_owned();
    app.ui.store_trouble = Some(StoreTrouble { text, at_risk: true });
    insta::assert_snapshot!(screen(&app, 80, 24));
    app.ui.toast = None;
    let text = "store in use by sevdeck (pid 7); new events are journalled and merged".to_owned();
    app.ui.store_trouble = Some(StoreTrouble { text, at_risk: false });
    insta::assert_snapshot!("trouble_without_risk", screen(&app, 80, 24));
}

#[test]
fn too_small_says_what_is_needed() {
    insta::assert_snapshot!(screen(&sized(30, 6, |_| {}), 30, 6));
}
