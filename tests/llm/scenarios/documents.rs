//! What models write instead of the bare document, and documents of nearly the right shape.

use serde_json::{Value, json};
use sevdeck::llm::FailureKind;

use crate::llm::rig::{WIRES, text, triage};
use crate::llm::scenarios::{Due, assert_due, play, stream_of};

#[test]
fn what_models_put_around_the_document_is_taken_off() {
    let text = text();
    let think =
        "<think>\nThe pool looks stale. {\"title\": \"not this one\"}\n```json\n{}\n```\n</think>\n\n";
    let commented = text.replacen("  \"summary\"", "  // what happened\n  \"summary\"", 1);
    let trailing = text.replace("\n  ]", ",\n  ]").replace("\n    }", ",\n    }");
    let table: [(&str, String, Due); 15] = [
        ("fence", format!("```json\n{text}\n```"), Due::Right),
        ("plain fence", format!("```\n{text}\n```\n"), Due::Right),
        ("prose", format!("Sure! Here it is:\n\n{text}\n\nShall I dig deeper {{or not}}?"), Due::Right),
        ("prefix", format!("Here is the JSON you asked for: {text}"), Due::Right),
        ("suffix", format!("{text}\n\nNote: confidences are estimates."), Due::Right),
        ("thinking", format!("{think}{text}"), Due::Right),
        ("thinking and a fence", format!("{think}Here you go:\n```json\n{text}\n```\nDone."), Due::Right),
        ("twice", format!("{text}\n{text}"), Due::Right),
        ("byte order mark", format!("\u{feff}{text}"), Due::Right),
        ("a string of JSON", serde_json::to_string(&text).unwrap(), Due::Right),
        ("comments", commented, Due::Right),
        ("trailing commas", trailing, Due::Right),
        ("schema instead", sevdeck::llm::schema::TRIAGE.to_owned(), Due::Line(FailureKind::NoAnswer)),
        (
            "a refusal in words",
            "I'm sorry, but I can't help with that.".into(),
            Due::Line(FailureKind::NoAnswer),
        ),
        (
            "markdown",
            "# Triage\n\n**Severity:** SEV1\n\n- stale pool\n".into(),
            Due::Line(FailureKind::NoAnswer),
        ),
    ];
    for wire in WIRES {
        for (name, text, due) in &table {
            assert_due(name, wire, &play(wire, stream_of(wire, text)), *due);
        }
        let names = ["title", "service", "summary", "hypotheses", "checklist", "cause", "command"];
        let bare = names
            .iter()
            .fold(text.clone(), |text, name| text.replace(&format!("\"{name}\":"), &format!("{name}:")));
        assert_due("bare keys", wire, &play(wire, stream_of(wire, &bare)), Due::Right);
        let raw = text.replace("taken.\\nThe", "taken.\nThe");
        assert_due("raw line breaks", wire, &play(wire, stream_of(wire, &raw)), Due::Right);
        let mut quoted = triage();
        quoted["summary"] = json!("plain words");
        let quoted = quoted.to_string().replace("\\\"", "").replace('"', "'");
        assert_due("single quotes", wire, &play(wire, stream_of(wire, &quoted)), Due::Usable);
    }
}

#[test]
fn documents_of_nearly_the_right_shape_are_read() {
    let change = |set: &dyn Fn(&mut Value)| {
        let mut value = triage();
        set(&mut value);
        value.to_string()
    };
    let nulls = |value: &mut Value| {
        for field in value.as_object_mut().unwrap().values_mut() {
            *field = Value::Null;
        }
    };
    let types = |value: &mut Value| {
        value["severity"] = json!(1);
        value["timeline"] = json!("none");
        value["customer_impact"] = json!(["checkout"]);
        value["title"] = Value::Null;
        value["missing"] = json!({"0": "object, not list"});
        value["hypotheses"][0]["confidence"] = json!("82%");
        value["hypotheses"][0]["evidence"] = json!("one string");
    };
    let reversed = {
        let value = triage();
        let fields = value.as_object().unwrap().iter().rev().map(|(name, field)| format!("{name:?}:{field}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    let escapes = "\u{1b}[2J\u{1b}[31mowned\u{7} \u{202e}evil\u{202c} \u{9b}31m \u{1b}]8;;http://x\u{7}link";
    let table: [(&str, String, Due); 11] = [
        ("unknown fields", change(&|v| v["later"] = json!({"a": [1, {"b": null}]})), Due::Right),
        ("other order", reversed, Due::Right),
        ("wrapped", json!({"triage": {"result": triage()}}).to_string(), Due::Right),
        ("in a list", json!([triage()]).to_string(), Due::Right),
        ("other types", change(&types), Due::Usable),
        ("missing sections", change(&|v| v["summary"] = json!("")), Due::Usable),
        ("unknown words", change(&|v| v["severity"] = json!("P1 / critical (sev-1)")), Due::Usable),
        ("terminal escapes", change(&|v| v["title"] = json!(escapes)), Due::Usable),
        ("secrets", change(&|v| v["summary"] = json!("key AKIAIOSFODNN7EXAMPLE leaked")), Due::Usable),
        ("nothing but null", change(&nulls), Due::Line(FailureKind::NoAnswer)),
        ("an empty object", "{}".to_owned(), Due::Line(FailureKind::NoAnswer)),
    ];
    for wire in WIRES {
        for (name, text, due) in &table {
            let outcome = play(wire, stream_of(wire, text));
            assert_due(name, wire, &outcome, *due);
            if let Ok((_, answer)) = &outcome.end {
                let odd = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
                assert!(!format!("{}{}", answer.title, answer.summary).contains(odd), "{name}: {answer:?}");
            }
        }
    }
}
