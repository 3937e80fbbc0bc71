//! Whole, cut and sloppy JSON.

use proptest::prelude::*;

use crate::llm::answer::json::{Node, Value, parse};

/// What a node says, as strict JSON; `…` follows what is not complete.
fn show(node: &Node) -> String {
    let text = match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(text) => serde_json::to_string(text).unwrap(),
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let field = |(name, node): &(String, Node)| {
                format!("{}:{}", serde_json::to_string(name).unwrap(), show(node))
            };
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
    };
    if node.done { text } else { format!("{text}…") }
}

#[test]
fn cut_documents_say_what_is_complete() {
    let table = [
        (r#"{"a":1,"b":0.8"#, r#"{"a":1,"b":0.8…}…"#),
        (r#"{"a":"gro"#, r#"{"a":"gro"…}…"#),
        (r#"{"a":"x","ke"#, r#"{"a":"x"}…"#),
        (r#"{"a":"x","key""#, r#"{"a":"x"}…"#),
        (r#"{"a":"x","key":"#, r#"{"a":"x"}…"#),
        (r#"{"a":[{"b":"c"},{"b"#, r#"{"a":[{"b":"c"},{}…]…}…"#),
        (r#"{"a":tru"#, r#"{"a":"tru"…}…"#),
        (r#"{"a":"x\"#, r#"{"a":"x"…}…"#),
        (r#"{"a":"x\u00e"#, r#"{"a":"x"…}…"#),
        (r#"{"a":"x\ud83d"#, r#"{"a":"x"…}…"#),
        (r#"{"a":"x\ud83d\udd"#, r#"{"a":"x"…}…"#),
        (r#"{"a":"x\ud83d\udd25"#, r#"{"a":"x🔥"…}…"#),
        ("{", "{}…"),
    ];
    for (text, expected) in table {
        assert_eq!(show(&parse(text).unwrap().node), expected, "{text}");
    }
}

#[test]
fn common_slips_are_read_as_they_are_meant() {
    let table = [
        (r#"{"a":1,}"#, r#"{"a":1}"#),
        (r#"{"a":[1,2,],}"#, r#"{"a":[1,2]}"#),
        ("{// why\n\"a\": 1 /* one */}", r#"{"a":1}"#),
        ("{'a': 'it's \"so\"', 'b': \"it's\"}", r#"{"a":"it's \"so\"","b":"it's"}"#),
        ("{a: 'x', b_c: true}", r#"{"a":"x","b_c":true}"#),
        ("{\"a\": \"one\ntwo\"}", r#"{"a":"one\ntwo"}"#),
        ("{\"a\": \"say \"no\" now\"}", r#"{"a":"say \"no\" now"}"#),
        ("{\"a\": \"x\"\n \"b\": 1}", r#"{"a":"x","b":1}"#),
        (r#"{"a": "grep \d+ C:\temp"}"#, r#"{"a":"grep \\d+ C:\temp"}"#),
        (r#"{"a": None, "b": True}"#, r#"{"a":null,"b":true}"#),
        (r#"{"a": 82%}"#, r#"{"a":82%}"#),
        (r#"{"a": high}"#, r#"{"a":"high"}"#),
        (r#"{"a":"\ud83d x \udd25"}"#, "{\"a\":\"\u{fffd} x \u{fffd}\"}"),
    ];
    for (text, expected) in table {
        assert_eq!(show(&parse(text).unwrap().node), expected, "{text}");
    }
}

#[test]
fn hostile_documents_end() {
    let deep = "[".repeat(200_000);
    assert!(!parse(&deep).unwrap().node.done);
    let many = format!("[{}1]", "1,".repeat(100_000));
    let parsed = parse(&many).unwrap();
    assert!(parsed.node.done && parsed.left_out > 90_000);
    let digits = format!("{{\"a\":{}}}", "9".repeat(1_000_000));
    assert!(show(&parse(&digits).unwrap().node).len() < 100);
    for text in ["", "}", "prose", ":", "{:}", "{{}}", "[}", "{\"a\":}", "{]", "\"", "'", "/*", "//"] {
        let _ = parse(text);
    }
}

proptest! {
    #[test]
    fn strict_json_is_read_as_it_is(value in any_json()) {
        let value = serde_json::json!({ "first": value });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let parsed = parse(&text).unwrap();
            prop_assert_eq!(parsed.end, text.len());
            let read: serde_json::Value = serde_json::from_str(&show(&parsed.node)).unwrap();
            prop_assert_eq!(&read, &value);
        }
    }

    #[test]
    fn every_prefix_is_read_and_what_is_complete_stays(value in any_json()) {
        let text = serde_json::json!({"first": value, "last": 1}).to_string();
        let whole = parse(&text).unwrap().node;
        for (end, _) in text.char_indices().skip(1) {
            let part = parse(&text[..end]).unwrap().node;
            prop_assert!(!part.done);
            if let Some(first) = part.get("first").filter(|first| first.done) {
                prop_assert_eq!(first, whole.get("first").unwrap());
            }
        }
    }

    #[test]
    fn anything_at_all_is_read_without_harm(text in "[\\[\\]{}:,\"'\\\\/*a1 \\n\u{e9}\u{1f525}-]{0,60}") {
        let _ = parse(&text);
    }
}

/// Documents with text that looks like JSON in it.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "[a-z\\[\\]{}:\\\\/\" \\n\u{e9}\u{1f525}]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
