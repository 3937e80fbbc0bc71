//! Figures of `pg_trgm` 1.6 (PostgreSQL 15), and which incidents are shown.

use jiff::SignedDuration;

use crate::incident::IncidentId;
use crate::incident::event::IncidentStatus;
use crate::store::tests::{at, id};
use crate::store::{IncidentSummary, similar, similarity};

#[test]
fn the_figures_are_those_of_pg_trgm() {
    let cases = [
        ("word", "two words", 0.363_636_37),
        ("word", "WORD", 1.0),
        ("cat", "dog", 0.0),
        ("", "anything", 0.0),
        ("---", "!!!", 0.0),
        ("connection pool exhausted", "Connection-pool is exhausted", 0.896_551_7),
        ("größe Übel", "Grosse ubel", 0.210_526_32),
        ("p99 4.8s v2.41", "p99 4.9s v2.40", 0.473_684_22),
        ("too many clients already", "too many clients already too many clients already", 1.0),
    ];
    for (a, b, expected) in cases {
        let got = similarity(a, b);
        assert!((got - expected).abs() < 1e-6, "{a:?} {b:?}: {got}");
    }
}

fn past(name: &str, title: &str, hours: i64) -> IncidentSummary {
    let opened_at = at(0) - SignedDuration::from_hours(hours);
    IncidentSummary {
        id: id(name),
        title: title.into(),
        service: "payment-svc".into(),
        severity: None,
        status: IncidentStatus::Resolved,
        opened_at,
        updated_at: opened_at,
        events: 9,
        summary: String::new(),
    }
}

fn shown(text: &str, past: &[IncidentSummary], not: &IncidentId) -> Vec<String> {
    similar(text, past, not, at(0)).into_iter().map(|similar| similar.id).collect()
}

#[test]
fn neither_the_incident_nor_its_twins_are_shown_and_copies_are_folded() {
    let title = "Connections to PostgreSQL exhausted by a batch";
    let text = format!("{title} payment-svc");
    let known = [
        past("this", title, 0),
        past("twin", title, 0),
        past("last-week", title, 170),
        past("last-month", title, 700),
        past("pool", "Connection pool of payment-svc exhausted", 300),
        IncidentSummary { service: "dns".into(), ..past("dns", "Zone edit broke name resolution", 30) },
    ];
    assert_eq!(shown(&text, &known, &id("this")), ["last-week", "pool"]);
}

#[test]
fn five_at_most_and_the_most_alike_first() {
    let words = ["replication", "thumbnails", "warehouse", "journald", "billing", "scheduler", "mailbox"];
    let known: Vec<_> = (1..=7)
        .map(|n| past(&format!("p{n}"), &format!("disk full on {}", words[..n].join(" ")), 100 + n as i64))
        .collect();
    let shown = shown("disk full on replication payment-svc", &known, &id("none"));
    assert_eq!(shown, ["p1", "p2", "p3", "p4", "p5"]);
}
