//! Every view at the four sizes it is planned for, in English and in Chinese, and on terminals that show ASCII only.

use std::collections::BTreeSet;

use sevdeck::app::App;
use sevdeck::app::PastIncident;
use sevdeck::app::msg::LogFile;
use sevdeck::app::replay::Replay;
use sevdeck::app::templates::{Sort, TemplateList};
use sevdeck::app::timeline::Kinds;
use sevdeck::app::ui::{Caution, Input, Overlay, Pane, Purpose, View};
use sevdeck::incident::{Author, Event, Recorded};
use sevdeck::tui::layout;
use sevdeck::tui::widget::draft::Draft;
use unicode_width::UnicodeWidthStr;

use crate::flow::sample;
use crate::flow::screens::screen_with;

pub(crate) const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (40, 12)];

/// A state by name.
pub(crate) type Named = (&'static str, fn(&mut App));

const VIEWS: [Named; 30] = [
    ("context", |app| app.ui.focus = Pane::Context),
    ("hypotheses", |app| app.ui.focus = Pane::Hypotheses),
    ("checklist", |app| app.ui.focus = Pane::Checklist),
    ("timeline", |app| app.ui.focus = Pane::Timeline),
    ("timeline_people", |app| {
        app.ui.focus = Pane::Timeline;
        app.ui.kinds = Kinds::People;
    }),
    ("zoomed_checklist", |app| {
        app.ui.focus = Pane::Checklist;
        app.ui.zoom = true;
    }),
    ("view_hypothesis", |app| document(app, View::Hypothesis("pool".into()))),
    ("view_step", |app| document(app, View::Step("cron".into()))),
    ("view_mitigations", |app| document(app, View::Mitigations)),
    ("view_impact", |app| document(app, View::Impact)),
    ("view_update", |app| document(app, View::Update)),
    ("view_handover", |app| document(app, View::Handover)),
    ("view_postmortem", |app| document(app, View::Postmortem)),
    ("view_follow_ups", |app| document(app, View::FollowUps)),
    ("view_similar", |app| document(app, View::Similar)),
    ("view_compare", |app| {
        let other = sample::app(0).incident;
        app.other = Some(Box::new(other));
        document(app, View::Compare);
    }),
    ("write_postmortem", |app| {
        let text = app.incident.triage.postmortem.clone();
        app.ui.overlays.push(Overlay::Input(Input { purpose: Purpose::Postmortem, text }));
    }),
    ("view_questions", |app| document(app, View::Questions)),
    ("help", |app| app.ui.overlays.push(Overlay::Help(0))),
    ("palette", |app| app.ui.overlays.push(Overlay::Palette { query: "o".into(), selected: 1 })),
    ("templates", |app| {
        let list = TemplateList::sorted(&app.digest, Sort::default(), String::new());
        app.ui.overlays.push(Overlay::Templates(list));
    }),
    ("incidents", |app| {
        app.past = Some(past());
        app.ui.overlays.push(Overlay::Incidents { query: String::new(), selected: 0 });
    }),
    ("start", |app| {
        let keymap = app.keymap.clone();
        *app = App { ui: app.ui.clone(), now: app.now, past: Some(past()), keymap, ..App::default() };
        app.logs_here = Some(logs());
        app.ui.overlays.push(Overlay::Start { selected: 0 });
    }),
    ("logs", |app| {
        app.logs_here = Some(logs());
        let marked = BTreeSet::from(["/var/log/nginx/error.log".to_owned()]);
        app.ui.overlays.push(Overlay::Logs { query: String::new(), selected: 1, marked });
    }),
    ("caution", |app| {
        let one = app.incident.triage.mitigations[1].clone();
        let command = one.command.unwrap_or_default();
        app.ui.overlays.push(Overlay::Caution(Caution { command, risk: one.risk, rollback: one.rollback }));
    }),
    ("replay", |app| {
        let by = Author::Person("dana".into());
        let note = |seq: u64, text: &str| Recorded {
            seq,
            at: sample::at("14:05:00"),
            by: by.clone(),
            event: Event::NoteAdded { text: text.into() },
        };
        app.replay = Replay::at(vec![note(1, "paged"), note(2, "DBA on the call")], app.now);
        app.ui.overlays.push(Overlay::Replay);
    }),
    ("write_placeholder", |app| {
        let command = app.incident.triage.checklist[2].command.clone();
        let purpose = Purpose::Placeholder { name: "namespace".into(), command, left: Vec::new() };
        app.ui.overlays.push(Overlay::Input(Input { purpose, text: "pay ments".into() }));
    }),
    ("write_update", |app| {
        let text = "[SEV2] payment-svc\nwe know the cause".into();
        app.ui.overlays.push(Overlay::Input(Input { purpose: Purpose::Update, text }));
    }),
    ("changed", |app| {
        app.notice();
        app.ui.fresh.touch(sample::at("14:00:00"));
        let triage = &mut app.incident.triage;
        triage.hypotheses[0].next_check.push_str(" (again)");
        triage.checklist[1].expected.push_str("; twice");
        triage.timeline[0].text.push_str(", by hand");
        app.incident.last_seq += 1;
        app.notice();
        app.ui.split = app.ui.split.next().1;
        app.ui.focus = Pane::Context;
        app.ui.count = Some(12);
    }),
    ("plain", |app| {
        let text = app.incident.triage.checklist[1].command.clone();
        app.ui.overlays.push(Overlay::Plain { text, top: 0 });
    }),
];

pub(crate) fn document(app: &mut App, view: View) {
    app.ui.overlays.push(Overlay::Document { view, selected: 0 });
}

fn past() -> Vec<PastIncident> {
    let one = |id: &str, title: &str, severity: &str, status: &str| PastIncident {
        id: id.into(),
        title: title.into(),
        service: "payment-svc".into(),
        severity: severity.into(),
        status: status.into(),
        opened_at: sample::at("03:15:00"),
    };
    vec![
        one("20260301-031500-abcde", "Connection pool exhausted by a report", "SEV2", "mitigated"),
        one("20260228-120000-fghij", "磁盘写满导致订单服务无法写入", "SEV1", "resolved"),
    ]
}

fn logs() -> Vec<LogFile> {
    let one = |path: &str, bytes: u64, changed: &str| LogFile {
        path: path.into(),
        bytes,
        changed: sample::at(changed),
    };
    vec![
        one("/var/log/postgresql/postgresql-16-main.log", 48_213_004, "14:16:50"),
        one("/var/log/nginx/error.log", 8_211, "14:15:00"),
        one("/home/dana/checkout/services/payment/build/output/logs/today/payment-svc.log", 712, "02:00:00"),
    ]
}

pub(crate) fn at(view: fn(&mut App), chinese: bool, (columns, rows): (u16, u16)) -> App {
    let mut app = if chinese { sample::chinese(0) } else { sample::app(0) };
    app.ui.size = (columns, rows);
    view(&mut app);
    let measure = layout::measure(columns, rows, &app.ui);
    app.ui.context.rows = measure.context_rows;
    app.ui.context.strip = sample::strip(measure.strip_columns);
    let texts: Vec<String> = app.ui.context.window.lines.iter().map(|line| line.text.clone()).collect();
    app.ui.context.window = sample::window(measure.context_rows);
    for (line, text) in app.ui.context.window.lines.iter_mut().zip(texts) {
        line.text = text;
    }
    if chinese {
        for line in &mut app.ui.context.window.lines {
            line.text = line.text.replace("sorry, too many clients already", "抱歉，已有太多客户端");
        }
    }
    app
}

pub(crate) fn shown(app: &App, size: (u16, u16), ascii: bool) -> String {
    let draft = match app.ui.overlays.last() {
        Some(Overlay::Input(input)) => Some(Draft::new(input.purpose.clone(), &input.text)),
        _ => None,
    };
    screen_with(app, size.0, size.1, ascii, draft.as_ref())
}

#[test]
fn every_view_at_every_size_in_both_languages() {
    for (name, view) in VIEWS {
        for (language, chinese) in [("en", false), ("zh", true)] {
            let screens = SIZES.map(|size| {
                let text = shown(&at(view, chinese, size), size, false);
                format!("── {}x{} ──\n{text}", size.0, size.1)
            });
            insta::assert_snapshot!(format!("{name}_{language}"), screens.join("\n"));
        }
    }
}

#[test]
fn every_view_on_terminals_that_show_ascii_only() {
    for (name, view) in VIEWS {
        let screens = SIZES.map(|size| {
            let text = shown(&at(view, false, size), size, true);
            assert!(text.is_ascii(), "{name} {size:?}");
            let chinese = shown(&at(view, true, size), size, true);
            assert!(chinese.is_ascii(), "{name} {size:?}");
            format!("-- {}x{} --\n{text}", size.0, size.1)
        });
        insta::assert_snapshot!(format!("{name}_ascii"), screens[2..].join("\n"));
    }
}

#[test]
fn no_row_is_wider_than_the_screen() {
    for (name, view) in VIEWS {
        for size in SIZES {
            for chinese in [false, true] {
                for row in shown(&at(view, chinese, size), size, false).lines() {
                    assert!(row.width() <= usize::from(size.0), "{name} {size:?}: {row}");
                }
            }
        }
    }
}
