//! Documents that grow, and documents that are nearly right.

use serde_json::{Value, json};

use crate::incident::opinion::Section;
use crate::incident::triage::{CommandEffect, Confidence, HypothesisStatus, SeverityLevel};
use crate::llm::answer::{Answer, Draft};

fn document() -> Value {
    json!({
        "title": "checkout fails", "service": "checkout",
        "severity": {"level": "SEV2", "reasoning": "12% of requests fail"},
        "summary": "Since 14:02 \u{1f525} \"it\" fails.\n{really}",
        "hypotheses": [
            {"id": "h1", "confidence": "high", "cause": "pool is full",
             "evidence": [{"quote": "500 / 500", "source": "pg.log", "line": 12}], "against": [],
             "status": "open", "next_check": "who holds them?"},
            {"id": "h2", "confidence": "low", "cause": "a leak", "evidence": [], "against": [],
             "status": "ruled_out", "next_check": ""},
        ],
        "checklist": [{"id": "c1", "step": "look", "command": "psql -c 'select 1'", "expected": "1",
                       "effect": "reads", "decides": ["h1"]}],
        "mitigations": [{"id": "m1", "action": "roll back", "command": "kubectl rollout undo deploy/x",
                         "risk": "restarts", "rollback": "again", "effect": "changes"}],
        "customer_impact": "checkouts fail",
        "timeline": [{"at": "14:02", "text": "errors", "source": "metrics", "kind": "symptom"}],
        "contradictions": [{"text": "30 s or 30 min", "quotes": [{"quote": "*/30", "source": "cron", "line": 0}]}],
        "missing": [{"what": "w", "why": "y", "command": "c"}],
        "follow_ups": [{"priority": "P1", "text": "alert", "owner": "platform"}],
        "postmortem": "## Summary\n",
    })
}

fn finish(text: &str) -> Answer {
    let mut draft = Draft::default();
    draft.push(text);
    draft.finish("a/b").unwrap()
}

fn whole() -> Answer {
    finish(&document().to_string())
}

#[test]
fn a_whole_document_is_read_as_it_is() {
    let answer = whole();
    assert_eq!(answer.severity.level, Some(SeverityLevel::Sev2));
    assert_eq!(answer.hypotheses[0].confidence, Some(Confidence::High));
    assert_eq!(answer.hypotheses[0].evidence[0].line, Some(12));
    assert_eq!(answer.hypotheses[1].status, Some(HypothesisStatus::RuledOut));
    assert_eq!(answer.checklist[0].decides, ["h1"]);
    assert_eq!(answer.mitigations[0].effect, Some(CommandEffect::Changes));
    assert_eq!(answer.contradictions[0].quotes[0].line, None, "line 0 is none");
    assert_eq!(answer.summary, "Since 14:02 🔥 \"it\" fails.\n{really}");
    assert!(answer.complete && answer.done.len() == Section::ALL.len() && answer.left_out == 0);
}

#[test]
fn while_it_grows_nothing_is_shown_that_is_taken_back() {
    let text = serde_json::to_string_pretty(&document()).unwrap();
    let last = whole();
    let mut draft = Draft::default();
    let mut before = Answer::default();
    for c in text.chars() {
        draft.push(c.encode_utf8(&mut [0; 4]));
        let now = draft.answer();
        assert!(last.title.starts_with(&now.title) && last.postmortem.starts_with(now.postmortem.trim_end()));
        assert!(now.hypotheses.len() >= before.hypotheses.len() && now.done.is_superset(&before.done));
        assert!(now.severity.level.is_none_or(|level| level == SeverityLevel::Sev2));
        for (step, whole) in now.checklist.iter().zip(&last.checklist) {
            assert!(
                step.command.is_empty() || step.command == whole.command,
                "half a command: {}",
                step.command
            );
            assert!(step.id.is_empty() || step.id == whole.id);
        }
        for (hypothesis, whole) in now.hypotheses.iter().zip(&last.hypotheses) {
            assert!(hypothesis.confidence.is_none() || hypothesis.confidence == whole.confidence);
            assert!(whole.cause.starts_with(hypothesis.cause.trim_end()));
            assert!(hypothesis.evidence.first().is_none_or(|quote| quote.line.is_none_or(|line| line == 12)));
        }
        assert!(now.severity.unknown.is_empty() && !before.complete);
        before = now;
    }
    assert_eq!(before, last);
}

#[test]
fn the_document_is_found_in_what_models_put_around_it() {
    let text = serde_json::to_string_pretty(&document()).unwrap();
    let compact = document().to_string();
    let wrapped = [
        format!("```json\n{text}\n```"),
        format!("```\n{text}\n```\n"),
        format!("Sure! Here {{it}} is, [1]:\n\n{text}\n\nShall I dig {{deeper}}?"),
        format!("I think {{\"title\": \"not this\"}} first.\n</think>\n{text}"),
        format!("\u{feff}{text}"),
        format!("{text}\n{text}"),
        json!(text).to_string(),
        json!(compact).to_string(),
        format!("[{text}]"),
        json!({"triage": {"result": document()}}).to_string(),
        format!("{{\"type\":\"object\",\"properties\":{{\"title\":{{\"type\":\"string\"}}}}}}\n{text}"),
        text.replace("  \"summary\"", "  // in short\n  \"summary\""),
        text.replace("\n}", ",\n}").replace("\n    ]", ",\n    ]"),
        text.replace("\\n", "\n"),
    ];
    for text in wrapped {
        let answer = finish(&text);
        assert!(answer.complete, "{text}");
        assert_eq!(answer.hypotheses, whole().hypotheses, "{text}");
        assert_eq!(answer.postmortem, whole().postmortem, "{text}");
    }
}

#[test]
fn an_answer_in_the_thinking_is_better_than_none() {
    let mut draft = Draft::default();
    draft.push_thinking(&document().to_string());
    assert_eq!(draft.answer(), Answer::default(), "not while it may still come");
    assert_eq!(draft.finish("a/b").unwrap(), whole());
}

#[test]
fn what_holds_no_triage_is_said_to_hold_none() {
    let schema = crate::llm::schema::TRIAGE;
    let texts = [
        "",
        "{}",
        "[]",
        "I'm sorry, but I can't help with that.",
        "# Triage\n\n**Severity:** SEV1\n",
        r#"{"title":null,"summary":null,"hypotheses":[]}"#,
        "\"",
        schema,
    ];
    for text in texts {
        let mut draft = Draft::default();
        draft.push(text);
        let line = draft.finish("a/b").unwrap_err().to_string();
        assert!(line.starts_with("a/b: the answer ") && !line.contains('\n'), "{line}");
    }
}

#[test]
fn other_types_are_taken_for_what_they_mean() {
    let mut value = document();
    value["severity"] = json!("P1 / critical (sev-1)");
    value["hypotheses"][0]["confidence"] = json!("82%");
    value["hypotheses"][1]["confidence"] = json!(0.1);
    value["hypotheses"][0]["evidence"] = json!("one string");
    value["hypotheses"][1]["evidence"] = json!({"quote": "one object"});
    value["timeline"] = json!("none");
    value["customer_impact"] = json!(["checkout", "login"]);
    value["missing"] = json!({"0": {"what": "a map"}});
    value["checklist"][0]["decides"] = json!("h1");
    value["mitigations"][0]["command"] = Value::Null;
    value["service"] = json!(7);
    value["later_invention"] = json!([{"a": 1}]);
    value["follow_ups"] = json!([null, "just words", 3]);
    let answer = finish(&value.to_string());
    assert_eq!(answer.severity.level, Some(SeverityLevel::Sev1));
    assert_eq!(answer.hypotheses[0].confidence, Some(Confidence::High));
    assert_eq!(answer.hypotheses[1].confidence, Some(Confidence::Low));
    assert_eq!(answer.hypotheses[0].evidence[0].quote, "one string");
    assert_eq!(answer.hypotheses[1].evidence[0].quote, "one object");
    assert_eq!((answer.timeline.len(), answer.missing[0].what.as_str()), (0, "a map"));
    assert_eq!(answer.customer_impact, "checkout\nlogin");
    assert_eq!((answer.checklist[0].decides.len(), answer.service.as_str()), (1, "7"));
    assert_eq!(answer.mitigations[0].command, "");
    assert_eq!(answer.follow_ups[0].text, "just words");
}

#[test]
fn words_that_are_no_level_are_kept_as_words() {
    for (said, level, unknown) in [
        (json!({"level": "SEV4", "reasoning": ""}), Some(SeverityLevel::Sev4), ""),
        (json!({"level": "catastrophic"}), None, "catastrophic"),
        (json!("Severity: 3"), Some(SeverityLevel::Sev3), ""),
        (json!(1), Some(SeverityLevel::Sev1), ""),
        (json!("SEV9"), None, "SEV9"),
        (json!("12"), None, "12"),
        (Value::Null, None, ""),
    ] {
        let mut value = document();
        value["severity"] = said.clone();
        let answer = finish(&value.to_string());
        assert_eq!((answer.severity.level, answer.severity.unknown.as_str()), (level, unknown), "{said}");
    }
}

#[test]
fn text_of_a_model_cannot_drive_a_terminal() {
    let mut value = document();
    value["title"] = json!("\u{1b}[2J\u{1b}[31mowned\u{7} \u{202e}live");
    value["checklist"][0]["command"] = json!("echo \u{1b}]0;x\u{7}");
    let answer = finish(&value.to_string());
    let shown = format!("{} {}", answer.title, answer.checklist[0].command);
    assert!(!shown.chars().any(|c| c.is_control() || c == '\u{202e}'), "{shown:?}");
}

#[test]
fn everything_has_a_limit() {
    let mut value = document();
    value["hypotheses"] = json!(vec![json!({"id": "h", "cause": "x"}); 2_000]);
    value["summary"] = json!("é".repeat(200_000));
    let answer = finish(&value.to_string());
    assert!(answer.hypotheses.len() <= 64 && answer.summary.len() < 20_000 && answer.left_out > 1_900);
    let mut draft = Draft::default();
    for _ in 0..40 {
        draft.push(&"é".repeat(50_000));
    }
    assert!(draft.text().len() <= 1 << 20);
    let mut deep = Draft::default();
    deep.push(&format!("{{\"title\":\"deep\",\"hypotheses\":{}", "[".repeat(300_000)));
    assert_eq!(deep.answer().title, "deep");
}

proptest::proptest! {
    #[test]
    fn anything_at_all_is_read_without_harm(text in "[\\[\\]{}:,\"' \\na-z]{0,80}") {
        let mut draft = Draft::default();
        draft.push(&text);
        let _ = draft.answer();
        let _ = draft.finish("a/b");
    }
}
