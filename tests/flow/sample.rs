//! A cockpit in the middle of an incident, built from events as the real one is.

use std::sync::Arc;

use jiff::Timestamp;
use sevdeck::app::ui::{ContextView, HypothesisCursor, Pane, Strip, Ui};
use sevdeck::app::{App, Histogram, Line, Scope, Window, ZoomAnswer};
use sevdeck::incident::event::StepOutcome;
use sevdeck::incident::triage::{
    CommandEffect, Confidence, Contradiction, FollowUp, Hypothesis, HypothesisStatus, Language, Missing,
    Mitigation, Run, Severity, SeverityLevel, Similar, Step, Triage,
};
use sevdeck::incident::{
    Author, Event, Incident, IncidentId, Level, Place, Quote, Recorded, SourceId, SourceSpec, TimelineEntry,
    TimelineKind, TriagePatch,
};
use sevdeck::log::digest::{Digest, Losses, SourceDigest, TemplateDigest};

/// A moment of the sample's day.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn quote(words: &str, source: &str, line: u64) -> Quote {
    let place = Some(Place { source: SourceId(2), start: line * 100, end: line * 100 + words.len() as u64 });
    Quote { quote: words.into(), source: source.into(), line: Some(line), verified: true, place }
}

fn hypothesis(id: &str, confidence: Confidence, cause: &str) -> Hypothesis {
    Hypothesis {
        id: id.into(),
        confidence,
        cause: cause.into(),
        evidence: Vec::new(),
        against: Vec::new(),
        status: HypothesisStatus::Open,
        next_check: String::new(),
    }
}

fn hypotheses() -> Vec<Hypothesis> {
    let invented = Quote { quote: "pool size 500".into(), source: "notes".into(), ..Quote::default() };
    vec![
        Hypothesis {
            evidence: vec![
                quote("FATAL: sorry, too many clients already", "pg.log", 18_213),
                quote("active_connections: 500 / 500 (max_connections)", "notes", 9),
                quote("payment-svc v2.41 shipped", "notes", 14),
                invented,
            ],
            against: vec![quote("CPU: 35% (normal)", "notes", 8)],
            next_check: "Who holds the connections, and since when?".into(),
            ..hypothesis(
                "pool",
                Confidence::High,
                "The settlement batch of v2.41 holds every database connection",
            )
        },
        Hypothesis {
            evidence: vec![quote("connection refused", "app.log", 4_112)],
            ..hypothesis("leak", Confidence::Medium, "v2.41 leaks connections on the error path")
        },
        Hypothesis {
            evidence: vec![quote("rps 840 (normal)", "notes", 21)],
            ..hypothesis("traffic", Confidence::Low, "A traffic spike exhausts the pool")
        },
    ]
}

fn step(id: &str, text: &str, command: &str, expected: &str) -> Step {
    Step {
        id: id.into(),
        step: text.into(),
        command: command.into(),
        expected: expected.into(),
        effect: CommandEffect::Reads,
        decides: vec!["pool".into()],
        compared: None,
    }
}

fn checklist() -> Vec<Step> {
    vec![
        step(
            "who",
            "Who holds the connections?",
            "psql -c \"SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC\"",
            "One application with most of the 500: it is the holder. Evenly spread: it is the sum of all.",
        ),
        step(
            "query",
            "Is it the batch's query that keeps them busy?",
            "psql -c \"SELECT pid, now() - query_start AS runs, left(query, 60) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY 2 DESC LIMIT 20\"",
            "SELECT * FROM ledger_entries on top, seconds each: the batch. Otherwise look at what is on top.",
        ),
        step(
            "cron",
            "How often does the batch run?",
            "kubectl -n <namespace> get cronjob settlement -o yaml",
            "every 30 minutes, as the change log says, or every 30 seconds, as the log shows",
        ),
        step(
            "deploy",
            "What else changed since 13:50?",
            "kubectl -n <namespace> rollout history deployment/payment-svc",
            "revision 41 at 13:50 only",
        ),
    ]
}

fn entry(time: &str, kind: TimelineKind, text: &str, source: &str) -> TimelineEntry {
    TimelineEntry {
        at: at(time),
        text: text.into(),
        source: source.into(),
        kind,
        place: None,
        date_assumed: false,
    }
}

/// The analyst's document.
pub(crate) fn triage() -> Triage {
    Triage {
        title: "Database connections exhausted after v2.41".into(),
        service: "payment-svc".into(),
        severity: Some(Severity {
            level: SeverityLevel::Sev2,
            reasoning: "Rule 2: a core function fails for many users. Error rate 12 % (notes:3), checkouts affected (notes:17).".into(),
        }),
        summary: "payment-svc cannot open database connections since 14:02: all 500 are taken. v2.41, shipped at 13:50, added a settlement batch whose query scans 12M rows.".into(),
        hypotheses: hypotheses(),
        checklist: checklist(),
        mitigations: vec![
            Mitigation {
                id: "batch".into(),
                action: "Suspend the settlement batch".into(),
                command: Some("kubectl -n <namespace> patch cronjob settlement -p '{\"spec\":{\"suspend\":true}}'".into()),
                risk: "Settlements are late until it runs again".into(),
                rollback: "the same with \"suspend\":false".into(),
                effect: CommandEffect::Changes,
            },
            Mitigation {
                id: "terminate".into(),
                action: "End the sessions that run the batch's query".into(),
                command: Some("psql -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%ledger_entries%'\"".into()),
                risk: "Work of these sessions is rolled back".into(),
                rollback: "none; the batch starts over at its next run".into(),
                effect: CommandEffect::Changes,
            },
        ],
        customer_impact: "12 % of payment requests fail with HTTP 500 (notes:3). Customers cannot finish checkout.".into(),
        timeline: vec![
            entry("13:50:00", TimelineKind::Deploy, "payment-svc v2.41 shipped: nightly settlement batch", "notes"),
            entry("14:02:11", TimelineKind::Finding, "“too many clients already” 0 → 41/s", "pg.log"),
            entry("14:02:14", TimelineKind::Symptom, "p99 latency from 120 ms to 4.8 s", "notes"),
            entry("14:04:00", TimelineKind::Alert, "PaymentSvcErrorRateHigh", "notes"),
        ],
        contradictions: vec![Contradiction {
            text: "The batch is called nightly, scheduled every 30 minutes, and its query runs every 30 seconds".into(),
            quotes: vec![quote("nightly settlement batch (cron: */30 * * * *)", "notes", 15), quote("running every 30s", "notes", 11)],
        }],
        missing: vec![Missing {
            what: "Which sessions hold the connections".into(),
            why: "it tells the batch from a leak".into(),
            command: "psql -c \"SELECT * FROM pg_stat_activity\"".into(),
        }],
        follow_ups: vec![FollowUp {
            priority: "P1".into(),
            text: "Add an index on ledger_entries(status), built CONCURRENTLY".into(),
            owner: "payments team".into(),
        }],
        postmortem: "# Database connections exhausted after v2.41\n\n## Summary\n\nAll **500** connections were taken from 14:02.\n\n## Timeline (UTC)\n\n- 13:50 v2.41 shipped\n- 14:02 first `FATAL`\n".into(),
        similar: vec![Similar {
            id: "20260114-031500-abcde".into(),
            title: "Connection pool exhausted by a report".into(),
            percent: 64,
            summary: "A report without an index held all connections of the replica.".into(),
        }],
        opinion: None,
        run: Some(run()),
    }
}

fn run() -> Run {
    Run {
        analyst: "offline".into(),
        model: None,
        prompt: None,
        language: Language::En,
        latency_ms: 41,
        tokens_in: None,
        tokens_out: None,
        tokens_cached: None,
        cost_usd: None,
        at: at("14:05:00"),
    }
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

fn line(number: u64, time: &str, level: Level, text: &str) -> Line {
    let text = format!("2026-03-01T{time}.{:03}Z {} {text}", number % 997, level.name());
    Line {
        start: number * 100,
        end: number * 100 + text.len() as u64,
        number: Some(number),
        text,
        cut: false,
        level: Some(level),
        at: Some(at(time)),
        source: SourceId(2),
        ..Line::default()
    }
}

/// The newest lines of the database's log.
pub(crate) fn window(rows: usize) -> Window {
    let texts = [
        (Level::Fatal, "[812] sorry, too many clients already"),
        (
            Level::Error,
            "[payment-svc] POST /v1/charge 500: connection refused → postgres-primary:5432 (attempt 3 of 3)",
        ),
        (Level::Info, "[payment-svc] GET /healthz 200 in 2 ms"),
        (
            Level::Warn,
            "[pgbouncer] pooler error: query_wait_timeout, client waited 30.2 s for a server connection",
        ),
        (
            Level::Info,
            "[814] duration: 2412.118 ms  statement: SELECT * FROM ledger_entries WHERE status='pending'",
        ),
        (Level::Fatal, "[815] sorry, too many clients already"),
        (Level::Debug, "[payment-svc] retry budget 0.12"),
    ];
    let lines = (0..rows as u64).map(|row| {
        let (level, text) = texts[row as usize % texts.len()];
        line(18_200 + row, &format!("14:16:{:02}", 10 + row % 40), level, text)
    });
    Window {
        scope: Some(Scope::Source(SourceId(2))),
        lines: lines.collect(),
        at_start: false,
        at_end: true,
        following: true,
        lines_total: 18_230,
        looking: None,
    }
}

/// The context pane on all logs: lines of two sources, a stack trace among them.
pub(crate) fn merged(rows: usize) -> Window {
    let shown = window(rows);
    let lines = shown.lines.into_iter().enumerate().map(|(row, line)| match row % 7 {
        1 | 2 | 6 => Line { source: SourceId(1), ..line },
        3 => Line {
            source: SourceId(1),
            text: "        at com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)".into(),
            level: Some(Level::Error),
            continuation: true,
            ..line
        },
        _ => line,
    });
    Window { scope: Some(Scope::Merged), lines: lines.collect(), lines_total: 1_199_254, ..shown }
}

fn templates() -> Vec<TemplateDigest> {
    let template = |id: &str, level, count, first, text: &str, newest: &str| TemplateDigest {
        id: id.into(),
        text: text.into(),
        level: Some(level),
        count,
        first: Some(at(first)),
        last: Some(at("14:16:50")),
        trend: (0..222).map(|bucket| if bucket < 133 { 0 } else { (count / 90) as u32 }).collect(),
        example: quote(newest, "pg.log", 18_213),
        newest: quote(newest, "pg.log", 18_213),
    };
    vec![
        template(
            "5ca1ab1e",
            Level::Fatal,
            4_312,
            "14:02:11",
            "sorry, too many clients already",
            "2026-03-01T14:16:50Z FATAL sorry, too many clients already",
        ),
        template(
            "0ddba11",
            Level::Error,
            3_007,
            "14:02:12",
            "POST /v1/charge <*>: connection refused → <*> (attempt <*> of <*>), the request is given back to the queue",
            "2026-03-01T14:16:50Z ERROR POST /v1/charge 500: connection refused → postgres-primary:5432 (attempt 3 of 3)",
        ),
        template(
            "f00d",
            Level::Info,
            1_181_000,
            "13:40:00",
            "GET /healthz <*> in <*> ms",
            "GET /healthz 200 in 2 ms",
        ),
    ]
}

/// Records of one source over time.
pub(crate) fn strip(columns: usize) -> Strip {
    let bucket = |at: usize| {
        let errors = if at * 5 > columns * 3 { 20 + (at % 7) as u32 } else { 0 };
        [errors / 10, errors, 1 + (at % 3) as u32, 40]
    };
    let buckets = (0..columns).map(bucket).collect();
    let answer = ZoomAnswer { id: 1, from: at("13:40:00"), to: at("14:16:51"), buckets, share: 1.0 };
    Strip { columns, id: 1, answer: Some(answer), asked_at: Some(at("14:16:50")), ..Strip::default() }
}

pub(crate) fn digest() -> Digest {
    let source = |number, name: &str, lines| SourceDigest {
        source: SourceId(number),
        name: name.into(),
        bytes_read: lines * 100,
        bytes_known: lines * 100,
        lines,
        records: lines,
        first: Some(at("13:40:00")),
        last: Some(at("14:16:50")),
        prose: None,
        position: None,
        losses: Losses::default(),
        skew_ms: None,
    };
    let bad: Vec<u32> = (0..222u32)
        .map(|bucket| match bucket {
            0..133 => u32::from(bucket % 40 == 7),
            133..150 => (bucket - 132) * 24,
            150..190 => 420 - (bucket % 5) * 12,
            _ => 410 - (bucket - 190) * 7,
        })
        .collect();
    Digest {
        revision: 3,
        sources: vec![source(1, "app.log", 1_181_000), source(2, "pg.log", 18_230), source(3, "notes", 24)],
        templates: templates(),
        templates_total: 214,
        findings: Vec::new(),
        histogram: Histogram {
            start: Some(at("13:40:00")),
            bucket_s: 10,
            all: bad.iter().map(|bad| bad + 800).collect(),
            warnings: vec![0; bad.len()],
            bad,
        },
    }
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
