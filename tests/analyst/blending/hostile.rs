//! Answers that nobody would write, huge ones and ones made of lies: they are bounded, come out clean, and move nothing.

use proptest::prelude::*;
use sevdeck::analyst::command::{self, Effect};
use sevdeck::analyst::model::{blend, check};
use sevdeck::analyst::offline::Offline;
use sevdeck::incident::opinion::{By, Section};
use sevdeck::incident::triage::{
    Confidence, Contradiction, FollowUp, Language, Missing, Mitigation, Severity, SeverityLevel, Triage,
};

use crate::analyst::answers::{ORDERS, entry, hypothesis, mitigation, quote, step};
use crate::analyst::blending::{assert_in_order, ids, screens};
use crate::analyst::case::prose;

#[test]
fn huge_answers_are_bounded() {
    let case = prose(ORDERS, Language::En);
    let big = "x \u{202e}“ ' \" ".repeat(1 << 17);
    let many = 100_000;
    let answer = Triage {
        title: big.clone(),
        summary: big.clone(),
        postmortem: big.clone(),
        hypotheses: (0..many)
            .map(|n| hypothesis(&format!("cause {n}"), Confidence::High, &["pool"]))
            .collect(),
        checklist: (0..many).map(|n| step(&format!("step {n}"), "$(".repeat(40).as_str())).collect(),
        mitigations: (0..3).map(|_| mitigation(&big, &big, &big, &big)).collect(),
        timeline: (0..many).map(|_| entry("2026-11-21T09:52:00Z", "again")).collect(),
        follow_ups: (0..many)
            .map(|n| FollowUp {
                priority: big[..9].to_owned(),
                text: format!("task {n}"),
                owner: String::new(),
            })
            .collect(),
        contradictions: (0..100)
            .map(|n| Contradiction { text: format!("{n}"), quotes: vec![quote(&big[..40]); 20] })
            .collect(),
        ..Triage::default()
    };
    let offline = Offline::new().triage(&case);
    for complete in [false, true] {
        let checked = check(&case, answer.clone(), complete);
        let blended = blend(&offline, Some(&checked), &offline);
        let stored = serde_json::to_string(&blended).unwrap();
        assert!(stored.len() < 200_000, "{}", stored.len());
        assert!(!stored.contains('\u{202e}'));
    }
}

/// Pieces that lies are made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,8}",
        any::<char>().prop_map(String::from),
        Just("200 / 200 connections in use".to_owned()),
        Just("orders-api 3.18 released".to_owned()),
        Just("Rule A".to_owned()),
        Just("“pool”".to_owned()),
        Just("DROP TABLE orders".to_owned()),
        Just("kubectl delete ns orders".to_owned()),
        Just("rm -rf /".to_owned()),
        Just("kubectl get pods -n ".to_owned()),
        Just(" | ".to_owned()),
        Just("'".to_owned()),
        Just("$(".to_owned()),
        Just("`".to_owned()),
        Just("<x>".to_owned()),
        Just("14:61 99999.5%".to_owned()),
        Just("\u{202e}\u{1b}[2J\0\n".to_owned()),
        Just("重启 ".to_owned()),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn answer() -> impl Strategy<Value = Triage> {
    let confidence = prop_oneof![Just(Confidence::Low), Just(Confidence::Medium), Just(Confidence::High)];
    let cause = (text(), confidence, prop::collection::vec(text(), 0..4), text()).prop_map(
        |(cause, confidence, quotes, next)| {
            let quotes: Vec<&str> = quotes.iter().map(String::as_str).collect();
            let mut item = hypothesis(&cause, confidence, &quotes);
            item.next_check = next;
            item
        },
    );
    let steps = prop::collection::vec((text(), text()), 0..5);
    let ways = prop::collection::vec((text(), text(), text()), 0..4);
    (text(), text(), prop::collection::vec(cause, 0..5), steps, ways, text()).prop_map(
        |(title, summary, hypotheses, steps, ways, more)| Triage {
            title,
            summary,
            severity: Some(Severity { level: SeverityLevel::Sev1, reasoning: more.clone() }),
            hypotheses,
            checklist: steps.iter().map(|(what, command)| step(what, command)).collect(),
            mitigations: ways
                .iter()
                .map(|(what, command, risk)| mitigation(what, command, risk, ""))
                .collect(),
            timeline: vec![entry("2026-11-21T09:52:00Z", &more)],
            contradictions: vec![Contradiction { text: more.clone(), quotes: vec![quote(&more)] }],
            missing: vec![Missing { what: more.clone(), why: String::new(), command: more.clone() }],
            postmortem: more,
            ..Triage::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_arrives_comes_out_clean(given in answer(), complete in any::<bool>()) {
        let case = prose(ORDERS, Language::En);
        let offline = Offline::new().triage(&case);
        let checked = check(&case, given, complete);
        let blended = blend(&offline, Some(&checked), &offline);
        for known in &offline.hypotheses {
            let kept = blended.hypotheses.iter().find(|item| item.id == known.id);
            prop_assert!(kept.is_some_and(|kept| known.evidence.iter().all(|quote| kept.evidence.contains(quote))));
        }
        let mut seen: Vec<&str> = ids(&blended).concat();
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        prop_assert_eq!(all, seen.len(), "ids are unique");
        for item in &blended.hypotheses {
            let carried = item.evidence.iter().any(|quote| quote.verified);
            prop_assert!(carried || item.confidence == Confidence::Low);
            for quote in item.evidence.iter().filter(|quote| quote.verified) {
                prop_assert!(quote.place.is_some());
            }
        }
        let commands = blended.checklist.iter().map(|item| &item.command);
        for command in commands.chain(blended.missing.iter().map(|item| &item.command)) {
            prop_assert!(command.is_empty() || command::effect(command) == Effect::Reads, "{}", command);
        }
        let known = |item: &&Mitigation| !offline.mitigations.contains(item);
        for item in blended.mitigations.iter().filter(known) {
            prop_assert!(!item.risk.is_empty() && !item.rollback.is_empty());
        }
        let shown = serde_json::to_string(&blended).unwrap();
        let bad = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        prop_assert!(!shown.chars().any(bad));
        prop_assert_eq!(blend(&offline, Some(&checked), &blended), blended);
    }

    #[test]
    fn any_answer_may_grow_without_anything_jumping(given in answer()) {
        let offline = Offline::new().triage(&prose(ORDERS, Language::En));
        let shown = screens(&given, &offline);
        let streamed = &shown[..shown.len() - 1];
        for pair in streamed.windows(2) {
            for (before, after) in ids(&pair[0]).iter().zip(ids(&pair[1])) {
                assert_in_order(before, &after);
            }
        }
        for id in ids(streamed.last().unwrap()).concat() {
            let last = ids(shown.last().unwrap()).concat();
            prop_assert!(last.contains(&id), "{} went", id);
        }
        let opinion = shown.last().unwrap().opinion.clone().unwrap();
        prop_assert!(opinion.said.iter().all(|said| said.by != By::Offline || said.section == Section::Document));
    }
}
