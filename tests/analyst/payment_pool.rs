//! Seven faults seen in a comparable tool's answer to one case, each as a test.

use sevdeck::analyst::offline::Offline;
use sevdeck::evidence::case_file::{CaseText, NOTES};
use sevdeck::evidence::citation;
use sevdeck::incident::triage::{CommandEffect, Confidence, HypothesisStatus, Language, Similar, Triage};

use super::case::prose;

const TEXT: &str = include_str!("fixtures/payment_pool.txt");

fn triage() -> Triage {
    Offline::new().triage(&prose(TEXT, Language::En))
}

#[test]
fn the_schedule_that_does_not_fit_is_reported_and_to_be_checked() {
    let triage = triage();
    let found = triage.contradictions.iter().find(|item| item.text.contains("every 30 minutes")).unwrap();
    assert!(found.text.contains("every 30s") && found.text.contains("nightly"), "{}", found.text);
    assert!(found.quotes.iter().all(|quote| quote.verified));
    let first = &triage.hypotheses[0];
    assert_eq!(first.confidence, Confidence::High, "what broke is sure: 500 / 500");
    assert!(first.next_check.contains("schedule"), "{}", first.next_check);
}

#[test]
fn killing_sessions_is_a_mitigation_and_the_checklist_only_reads() {
    let triage = triage();
    for step in &triage.checklist {
        assert_eq!(step.effect, CommandEffect::Reads);
        assert!(!step.command.contains("terminate") && !step.command.contains("cancel_backend"), "{step:?}");
    }
    let kill = triage
        .mitigations
        .iter()
        .find(|fix| fix.command.as_deref().is_some_and(|command| command.contains("pg_terminate_backend")));
    let kill = kill.unwrap();
    assert!(!kill.risk.is_empty() && !kill.rollback.is_empty());
}

#[test]
fn impact_holds_no_figure_that_the_context_does_not_hold() {
    let triage = triage();
    for text in [&triage.customer_impact, &triage.summary] {
        assert!(!text.contains("thousands") && !text.contains("15 minutes"), "{text}");
    }
    let case = prose(TEXT, Language::En);
    assert_eq!(
        sevdeck::evidence::provenance::trace_figures(&triage.customer_impact, &case),
        triage.customer_impact
    );
    assert!(triage.customer_impact.contains("checkout"));
}

#[test]
fn every_open_hypothesis_has_evidence_of_its_own() {
    let triage = triage();
    let case = prose(TEXT, Language::En);
    for hypothesis in &triage.hypotheses {
        if hypothesis.status == HypothesisStatus::Open {
            assert!(!hypothesis.evidence.is_empty(), "{hypothesis:?}");
        }
        for quote in &hypothesis.evidence {
            assert!(quote.verified && citation::locate(&case, &quote.quote).is_some(), "{quote:?}");
            assert!(!quote.quote.contains("DB looks healthy"));
        }
    }
}

#[test]
fn cancelling_a_read_is_not_said_to_damage_rows_and_the_index_is_built_without_blocking() {
    let triage = triage();
    for fix in &triage.mitigations {
        assert!(!fix.risk.contains("inconsistent"), "{fix:?}");
        if let Some(command) = fix.command.as_deref().filter(|command| command.contains("CREATE INDEX")) {
            assert!(command.contains("CREATE INDEX CONCURRENTLY"));
        }
    }
    let index = triage.mitigations.iter().any(|fix| fix.action.contains("without blocking writes"));
    assert!(index);
}

#[test]
fn similar_incidents_are_those_that_were_found_and_no_more() {
    assert!(triage().similar.is_empty());
    let mut case = prose(TEXT, Language::En);
    let other =
        Similar { id: "20260101-000000-0000".into(), title: "x".into(), percent: 40, summary: "y".into() };
    case.similar = vec![other.clone()];
    assert_eq!(Offline::new().triage(&case).similar, vec![other]);
}

#[test]
fn the_postmortem_uses_the_summary_that_exists() {
    let triage = triage();
    let summary = triage.postmortem.split("## Summary").nth(1).unwrap().split("##").next().unwrap();
    assert_eq!(summary.trim(), triage.summary);
    for section in ["Timeline (UTC)", "Impact", "Root cause", "Detection", "Response", "Action items"] {
        assert!(triage.postmortem.contains(&format!("## {section}")), "{section}");
    }
}

#[test]
fn the_cause_names_what_broke_and_what_set_it_off() {
    let triage = triage();
    let cause = &triage.hypotheses[0].cause;
    assert!(cause.contains("500 / 500") && cause.contains("v2.41"), "{cause}");
    let times: Vec<String> =
        triage.timeline.iter().map(|entry| entry.at.strftime("%H:%M").to_string()).collect();
    assert_eq!(times, ["13:50", "14:02", "14:03", "14:04", "14:06"]);
    assert!(triage.timeline.iter().all(|entry| entry.date_assumed && entry.place.is_some()));
}

#[test]
fn chinese_is_written_when_it_is_asked_for() {
    let triage = Offline::new().triage(&prose(TEXT, Language::Zh));
    assert!(triage.hypotheses[0].cause.contains("数据库连接耗尽"), "{}", triage.hypotheses[0].cause);
    assert!(triage.summary.contains("最可能的原因"));
    assert!(triage.postmortem.contains("根因"));
}

#[test]
fn the_cause_is_one_short_sentence_in_both_languages() {
    let en = triage();
    assert_eq!(
        en.hypotheses[0].cause,
        "Database connections are exhausted (500 / 500 in use), because of a slow query on ledger_entries; set off by \
         payment-svc v2.41 (“added nightly settlement batch”, 13:50 UTC)"
    );
    let zh = Offline::new().triage(&prose(TEXT, Language::Zh));
    assert_eq!(
        zh.hypotheses[0].cause,
        "数据库连接耗尽（500 / 500 已用），由 ledger_entries 上的慢查询引起；触发因素：payment-svc v2.41（“added \
         nightly settlement batch”，13:50 UTC）"
    );
    for fix in &en.mitigations {
        assert!(!fix.action.contains("Changelog") && !fix.action.contains("13:50"), "{}", fix.action);
    }
}

#[test]
fn what_persons_noted_stands_in_their_log_and_not_twice() {
    let mut case = prose(TEXT, Language::En);
    let noted = "14:09 ada: settlement batch stopped, error rate falls";
    let name = "notes".to_owned();
    case.texts.push(CaseText { source: NOTES, name, text: noted.into() });
    let triage = Offline::new().triage(&case);
    assert!(
        triage.timeline.iter().all(|entry| !entry.text.contains("batch stopped")),
        "{:?}",
        triage.timeline
    );
}
