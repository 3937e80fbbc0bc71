//! What stands in an exported report.

use crate::export::{json, markdown};
use crate::incident::triage::{CommandEffect, Confidence, Hypothesis, HypothesisStatus, Step, Triage};
use crate::incident::{Incident, Quote};

fn incident() -> Incident {
    let mut incident = Incident::default();
    incident.triage.title = "pool <script>".to_owned();
    incident.triage.hypotheses = vec![Hypothesis {
        id: "a".to_owned(),
        confidence: Confidence::High,
        cause: "limit reached".to_owned(),
        evidence: vec![
            Quote {
                quote: "500 / 500".to_owned(),
                source: "pg.log".to_owned(),
                line: Some(7),
                verified: true,
                place: None,
            },
            Quote { quote: "made up".to_owned(), ..Quote::default() },
        ],
        against: Vec::new(),
        status: HypothesisStatus::Open,
        next_check: String::new(),
    }];
    incident.triage.checklist = vec![Step {
        id: "a.b".to_owned(),
        step: "who?".to_owned(),
        command: "echo '```'".to_owned(),
        expected: "x".to_owned(),
        effect: CommandEffect::default(),
        decides: Vec::new(),
        compared: None,
    }];
    incident
}

#[test]
fn unverified_quotes_are_struck_out() {
    let report = markdown(&incident());
    assert!(report.contains("✓ pg.log:7 “500 / 500”"), "{report}");
    assert!(report.contains("✗ ~~“made up”~~"), "{report}");
}

#[test]
fn text_from_outside_is_not_markup() {
    let report = markdown(&incident());
    assert!(report.starts_with("# pool \\<script\\>"), "{report}");
    assert!(report.contains("````sh"), "a command with backticks gets a longer fence: {report}");
}

#[test]
fn an_empty_incident_is_a_report_too() {
    assert!(markdown(&Incident::default()).starts_with("# Incident"));
}

#[test]
fn json_reads_back_as_the_same_triage() {
    let triage = incident().triage;
    let read: Triage = serde_json::from_str(&json(&triage)).unwrap();
    assert_eq!(read, triage);
}
