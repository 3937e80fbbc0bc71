//! Logs of machines alone: what may be concluded from words and counts, and what may not.

use sevdeck::analyst::offline::Offline;
use sevdeck::evidence::CaseFile;
use sevdeck::incident::TimelineKind;
use sevdeck::incident::triage::{CommandEffect, Confidence, Language, SeverityLevel, Triage};

use super::case::{prose, template};

const AT: [&str; 2] = ["2026-11-21T13:00:00Z", "2026-11-21T14:30:00Z"];

/// A case of log templates: text and number of records.
fn logs(records: &[(&str, u64)]) -> CaseFile {
    let mut case = prose("", Language::En);
    case.texts.clear();
    let numbered = (1..).zip(records);
    case.templates =
        numbered.map(|(number, (text, count))| template(text, text, number, AT, *count)).collect();
    case
}

fn triage(records: &[(&str, u64)]) -> Triage {
    Offline::new().triage(&logs(records))
}

fn ids(triage: &Triage) -> Vec<&str> {
    triage.hypotheses.iter().map(|hypothesis| hypothesis.id.as_str()).collect()
}

#[test]
fn one_everyday_word_selects_no_playbook() {
    let table = [
        ("2026-11-21T13:00:00Z ERROR thumbnailer could not decode image of 4 rows", "image-pull"),
        ("2026-11-21T13:00:00Z ERROR copy to /data/staging/part gave up", "monitoring-artefact"),
        ("2026-11-21T13:00:00Z ERROR reverse getaddrinfo check gave up", "dns"),
        ("2026-11-21T13:00:00Z ERROR could not acknowledge release of lease", "bad-deploy"),
    ];
    for (text, id) in table {
        let triage = triage(&[(text, 40), ("2026-11-21T13:00:00Z INFO tick", 60)]);
        assert!(!ids(&triage).contains(&id), "{text}: {:?}", ids(&triage));
    }
}

#[test]
fn an_aside_does_not_lead_and_is_not_likely() {
    let triage = triage(&[
        ("2026-11-21T13:00:00Z ERROR rotor 7 out of balance", 900),
        ("2026-11-21T13:00:00Z ERROR connect: No route to host", 25),
        ("2026-11-21T13:00:00Z INFO tick", 400),
    ]);
    assert!(triage.title.starts_with("Cause unknown: “rotor 7 out of balance"), "{}", triage.title);
    assert!(triage.hypotheses.iter().all(|hypothesis| hypothesis.confidence == Confidence::Low));
}

#[test]
fn records_alone_never_give_high_confidence_without_what_set_it_off() {
    let frequent = triage(&[
        ("2026-11-21T13:00:00Z ERROR connect: No route to host", 400),
        ("2026-11-21T13:00:00Z ERROR Network is unreachable", 300),
    ]);
    assert_eq!(frequent.hypotheses[0].id, "network");
    assert_eq!(frequent.hypotheses[0].confidence, Confidence::Medium);
}

#[test]
fn an_unknown_cause_is_told_as_what_is_seen() {
    let triage = triage(&[
        ("2026-11-21T13:00:00Z ERROR rotor bank out of balance", 539),
        ("2026-11-21T13:00:00Z ERROR dial reads nothing", 56),
        ("2026-11-21T13:00:00Z INFO tick", 100),
    ]);
    let first = &triage.hypotheses[0];
    assert_eq!(
        first.cause,
        "Cause unknown: “rotor bank out of balance” since 13:00 UTC (at least 500 times, nearly all of the errors)"
    );
    assert_eq!(first.confidence, Confidence::Low);
    assert!(
        first.next_check.contains("app.log:1") && first.next_check.contains("13:00"),
        "{}",
        first.next_check
    );
    assert!(triage.missing.iter().any(|missing| missing.what.contains("rotor bank out of balance")));
    assert!(!triage.postmortem.contains("no playbook"));
}

#[test]
fn quotations_stay_as_the_evidence_writes_them() {
    let id = "2026-11-21T13:00:00Z ERROR got an exception while serving the segment seg_-2918118818249673980 to a peer";
    let triage = triage(&[(id, 80)]);
    assert!(triage.hypotheses[0].cause.contains("seg_-29181"), "{}", triage.hypotheses[0].cause);
    assert!(!triage.hypotheses[0].cause.contains("FILL IN"), "{}", triage.hypotheses[0].cause);
}

#[test]
fn a_named_dependency_that_refuses_is_its_own_hypothesis() {
    let triage = triage(&[
        ("2026-11-21T13:00:00Z ERROR connection refused to ledger-db:5432", 20),
        ("2026-11-21T13:00:00Z INFO request served", 40),
    ]);
    let first = &triage.hypotheses[0];
    assert_eq!((first.id.as_str(), first.confidence), ("dependency-refused", Confidence::Medium));
    assert!(first.cause.contains("ledger-db:5432"), "{}", first.cause);
    assert!(first.next_check.contains("ledger-db:5432"), "{}", first.next_check);
    assert!(triage.checklist[0].command.contains("ledger-db:5432"), "{}", triage.checklist[0].command);
    assert!(!ids(&triage).contains(&"wrong-endpoint"));
}

#[test]
fn guessed_passwords_are_no_outage() {
    let triage = triage(&[
        ("sshd[811]: Failed password for invalid user oracle from 203.0.113.8 port 50022 ssh2", 300),
        ("sshd[812]: pam_unix(sshd:auth): authentication failure; logname= uid=0 rhost=203.0.113.8", 320),
        ("sshd[813]: session opened for user deploy", 4),
    ]);
    assert_eq!(triage.hypotheses[0].id, "password-guessing");
    assert!(triage.severity.as_ref().unwrap().level >= SeverityLevel::Sev3);
    let block = triage.mitigations.iter().find(|fix| fix.id == "password-guessing.block").unwrap();
    assert_eq!(block.effect, CommandEffect::Changes);
    assert!(block.command.as_ref().unwrap().contains("203.0.113.8"), "{:?}", block.command);
}

#[test]
fn a_service_is_named_only_where_a_record_labels_it() {
    let table = [
        ("2026-11-21T13:00:00Z ERROR lost contact with rack-ab near re-sync of r-o", ""),
        ("2026-11-21T13:00:00Z ERROR service=ledger could not write", "ledger"),
        ("2026-11-21T13:00:00Z ERROR deployment/stock-keeper could not start", "stock-keeper"),
        ("2026-11-21T13:00:00Z ERROR ledger-svc could not write", "ledger-svc"),
    ];
    for (text, service) in table {
        assert_eq!(triage(&[(text, 40)]).service, service, "{text}");
    }
}

#[test]
fn a_change_is_one_that_a_record_names_outright() {
    let table = [
        ("worker 3 for block 88 terminating", false),
        ("2 files added, 1 removed", false),
        ("released lock 7 after update", false),
        ("ledger 4.2 deployed by ci", true),
        ("rollout of revision 9 complete", true),
    ];
    for (text, is_change) in table {
        let triage = triage(&[(text, 9), ("2026-11-21T13:00:00Z ERROR rotor bank out of balance", 90)]);
        let told = triage.timeline.iter().any(|entry| entry.kind == TimelineKind::Deploy);
        assert_eq!(told, is_change, "{text}: {:?}", triage.timeline);
    }
}

#[test]
fn few_errors_at_an_even_rate_are_nothing_notable() {
    let triage = triage(&[
        ("2026-11-21T13:00:00Z ERROR could not parse header", 40),
        ("2026-11-21T13:00:00Z ERROR connection refused to ledger-db:5432", 8),
        ("2026-11-21T13:00:00Z INFO request served", 1960),
    ]);
    assert!(triage.title.contains("nothing notable"), "{}", triage.title);
    assert_eq!(triage.severity.unwrap().level, SeverityLevel::Sev4);
    assert!(triage.hypotheses.iter().all(|hypothesis| hypothesis.confidence == Confidence::Low));
}
