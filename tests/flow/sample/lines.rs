//! The sample's logs: lines as the context pane shows them, and what is counted of them.

use sevdeck::app::ui::Strip;
use sevdeck::app::{Histogram, Line, Scope, Window, ZoomAnswer};
use sevdeck::incident::{Level, SourceId};
use sevdeck::log::digest::{Digest, Losses, SourceDigest, TemplateDigest};

use crate::flow::sample::{at, quote};

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
