//! A cockpit in the middle of an incident, built from events as the real one is.

mod lines;
pub(crate) mod model;
mod triage;

pub(crate) use lines::{digest, merged, strip, window};
pub(crate) use triage::triage;

use std::sync::Arc;

use jiff::Timestamp;
use sevdeck::app::ui::{ContextView, HypothesisCursor, Pane, Ui};
use sevdeck::app::{App, Scope};
use sevdeck::incident::event::StepOutcome;
use sevdeck::incident::triage::{Confidence, HypothesisStatus, Language, Triage};
use sevdeck::incident::{
    Author, Event, Incident, IncidentId, Place, Quote, Recorded, SourceId, SourceSpec, TriagePatch,
};

/// A moment of the sample's day.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn quote(words: &str, source: &str, line: u64) -> Quote {
    let place = Some(Place { source: SourceId(2), start: line * 100, end: line * 100 + words.len() as u64 });
    Quote { quote: words.into(), source: source.into(), line: Some(line), verified: true, place }
}

/// Events folded one after the other, numbered.
pub(crate) struct Log {
    incident: Incident,
}

impl Log {
    pub(crate) fn open(language: Language) -> Self {
        let mut log = Self { incident: Incident::default() };
        let incident = IncidentId::parse("20260301-140230-x7k2m").unwrap();
        log.add(
            "14:02:30",
            person(),
            Event::IncidentOpened { incident, title: String::new(), service: String::new(), language },
        );
        log
    }

    pub(crate) fn add(&mut self, time: &str, by: Author, event: Event) -> &mut Self {
        let seq = self.incident.last_seq + 1;
        self.incident.apply(&Recorded { seq, at: at(time), by, event });
        self
    }

    pub(crate) fn source(&mut self, number: u32, name: &str) -> &mut Self {
        let spec = SourceSpec::File(format!("/var/log/{name}"));
        self.add("14:02:30", Author::Sevdeck, Event::SourcesRequested { specs: vec![spec.clone()] });
        let path = Some(format!("/var/log/{name}"));
        let attached = Event::SourceAttached { source: SourceId(number), spec, path, name: name.into() };
        self.add("14:02:30", Author::Sevdeck, attached)
    }

    pub(crate) fn revise(&mut self, time: &str, new: &Triage) -> &mut Self {
        let patch = TriagePatch::between(&self.incident.triage, new).unwrap();
        let event = Event::TriageRevised { case_revision: 1, patch: Box::new(patch) };
        self.add(time, Author::Analyst("offline".into()), event)
    }
}

fn person() -> Author {
    Author::Person("dana".into())
}

fn incident() -> Incident {
    let mut log = Log::open(Language::En);
    log.source(1, "app.log").source(2, "pg.log").source(3, "notes");
    let mut first = triage();
    first.hypotheses[0].confidence = Confidence::Low;
    log.revise("14:02:40", &first);
    first.hypotheses[0].confidence = Confidence::Medium;
    log.revise("14:03:10", &first).revise("14:05:00", &triage());
    let marked = |step: &str, outcome, note: &str| Event::StepMarked {
        step: step.into(),
        outcome,
        note: note.into(),
        output: None,
    };
    log.add("14:07:02", person(), marked("who", StepOutcome::AsExpected, "settlement: 412 of 500"));
    let ruled_out = Event::HypothesisJudged {
        hypothesis: "traffic".into(),
        verdict: HypothesisStatus::RuledOut,
        reason: "rps is flat".into(),
    };
    log.add("14:09:40", person(), ruled_out);
    log.add("14:10:05", person(), Event::NoteAdded { text: "DBA on the call, batch owner paged".into() });
    log.add("14:16:30", person(), marked("query", StepOutcome::Done, ""));
    log.incident
}

/// The cockpit at 14:16:52, everything saved but the last mark.
pub(crate) fn app(rows: usize) -> App {
    let incident = incident();
    let durable_seq = incident.last_seq - 1;
    let context = ContextView {
        scope: Some(Scope::Source(SourceId(2))),
        window: window(rows),
        rows,
        lines_seen: 18_230,
        strip: strip(60),
        ..ContextView::default()
    };
    let ui = Ui {
        focus: Pane::Hypotheses,
        hypothesis: Some(HypothesisCursor { id: "pool".into(), piece: None }),
        step: Some("query".into()),
        context,
        durable_seq,
        theme: "ansi16".into(),
        ..Ui::default()
    };
    App { incident, digest: Arc::new(digest()), ui, now: at("14:16:52"), ..App::default() }
}

/// The same in Chinese.
pub(crate) fn chinese(rows: usize) -> App {
    let mut log = Log::open(Language::Zh);
    log.source(1, "应用日志").source(2, "数据库.log");
    let mut triage = triage();
    triage.title = "v2.41 上线后数据库连接耗尽".into();
    triage.hypotheses[0].cause = "v2.41 的结算批处理占用了全部数据库连接，新的请求无法取得连接。".into();
    triage.hypotheses[0].next_check = "谁占用了连接？从什么时候开始？".into();
    triage.checklist[0].step = "谁占用了这些连接？".into();
    triage.checklist[0].expected =
        "如果某个应用占用了 500 个连接中的大部分，它就是占用者；否则继续检查下一项。".into();
    triage.timeline[2].text = "p99 延迟从 120 毫秒上升到 4.8 秒，结账失败的用户报告越来越多".into();
    log.revise("14:05:00", &triage);
    log.add(
        "14:10:05",
        person(),
        Event::NoteAdded {
            text: "数据库管理员已加入通话，批处理负责人已收到通知".into()
        },
    );
    let mut app = app(rows);
    app.incident = log.incident;
    app.ui.step = None;
    app.ui.durable_seq = u64::MAX;
    for line in &mut app.ui.context.window.lines {
        line.text = line.text.replace("sorry, too many clients already", "抱歉，已有太多客户端");
    }
    app
}
