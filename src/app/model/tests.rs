//! What deserves a call, and what may be spent.

use super::*;

fn request(tokens: u64, cost_usd: Option<f64>) -> ModelRequest {
    ModelRequest {
        model: "openai/gpt".into(),
        prompt: "v2".into(),
        prompt_hash: "0".into(),
        language: crate::incident::triage::Language::En,
        url: String::new(),
        reason: "asked".into(),
        case_revision: 1,
        bytes: 0,
        stands_for: 0,
        tokens,
        cost_usd,
        masked: 0,
        kinds: std::collections::BTreeMap::new(),
        left_out: 0,
    }
}

fn settings(budget_usd: Option<f64>, budget_tokens: Option<u64>) -> ModelSettings {
    ModelSettings {
        name: "openai/gpt".into(),
        automatic: true,
        ask_first: false,
        interval: SignedDuration::from_secs(60),
        settle: SignedDuration::from_secs(3),
        budget_usd,
        budget_tokens,
    }
}

#[test]
fn placeholders_that_nobody_can_put_back_say_what_they_stand_for() {
    assert_eq!(left_masked("psql -h db-1 <database> < file"), None);
    let text = left_masked("as <secret:1> and <secret:1> for <email:2>").unwrap();
    assert!(text.starts_with("<secret:1> (secret), <email:2> (e-mail address): masked"), "{text}");
}

#[test]
fn the_budget_stops_a_call_before_it_is_sent() {
    let spent = Spent { calls: 2, tokens: 900, cost_usd: 0.09, ..Spent::default() };
    let table = [
        (settings(None, None), request(5_000, None), None),
        (settings(None, Some(1_000)), request(100, None), None),
        (settings(None, Some(1_000)), request(101, None), Some("1000 tokens")),
        (settings(Some(0.1), None), request(1, Some(0.01)), None),
        (settings(Some(0.1), None), request(1, Some(0.02)), Some("$0.1 ")),
        (settings(Some(0.1), None), request(1, None), Some("not known")),
    ];
    for (settings, request, expected) in table {
        let refusal = settings.refusal(&spent, &request);
        match expected {
            Some(part) => assert!(refusal.as_ref().is_some_and(|why| why.contains(part)), "{refusal:?}"),
            None => assert_eq!(refusal, None),
        }
    }
}

#[test]
fn what_a_person_did_deserves_a_call_before_what_the_logs_say() {
    let quiet = Known { lead: Some("a".into()), ..Known::default() };
    let burst = Known { bursts: BTreeSet::from(["b".to_owned()]), ..quiet.clone() };
    let verdict = Known { verdict: Some(7), ..burst.clone() };
    assert_eq!(quiet.reason_after(&Known::default()), Some("a new leading hypothesis"));
    assert_eq!(quiet.reason_after(&quiet), None);
    assert_eq!(burst.reason_after(&quiet), Some("a burst"));
    assert_eq!(verdict.reason_after(&quiet), Some("a verdict"));
    assert_eq!(quiet.reason_after(&verdict), None, "what is gone is no news");
}
