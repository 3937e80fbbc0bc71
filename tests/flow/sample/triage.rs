//! What the analyst said of the sample.

use sevdeck::incident::triage::{
    CommandEffect, Confidence, Contradiction, FollowUp, Hypothesis, HypothesisStatus, Language, Missing,
    Mitigation, Run, Severity, SeverityLevel, Similar, Step, Triage,
};
use sevdeck::incident::{Quote, TimelineEntry, TimelineKind};

use crate::flow::sample::{at, quote};

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
