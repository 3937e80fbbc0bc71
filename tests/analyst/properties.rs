//! Any input gives a triage, the same input the same bytes.

use proptest::prelude::*;
use sevdeck::analyst::offline::Offline;
use sevdeck::evidence::{citation, redaction};
use sevdeck::incident::triage::Language;

use super::case::prose;

/// Lines made of the things that notes are made of, in any order.
fn notes() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[0-9]{1,3}:[0-9]{2}(:[0-9]{2})?",
        "20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}[T ]",
        Just("ERROR ".to_owned()),
        Just("500 / 500".to_owned()),
        Just("too many clients already".to_owned()),
        Just("*/30 * * * *".to_owned()),
        Just("每 5 分钟".to_owned()),
        Just("上线".to_owned()),
        Just("“".to_owned()),
        Just("\" ".to_owned()),
        Just(". ".to_owned()),
        Just("；".to_owned()),
        Just("12.5% -> 99%".to_owned()),
        Just("\n".to_owned()),
        Just("|".to_owned()),
        Just("no space left on device".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_text_has_a_triage_and_always_the_same(text in notes(), zh in any::<bool>()) {
        let case = prose(&text, if zh { Language::Zh } else { Language::En });
        let first = Offline::new().triage(&case);
        let again = Offline::new().triage(&case);
        prop_assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&again).unwrap());
        for quote in first.hypotheses.iter().flat_map(|hypothesis| &hypothesis.evidence) {
            let place = quote.place.unwrap();
            let range = place.start as usize..place.end as usize;
            prop_assert_eq!(text.get(range), Some(quote.quote.as_str()));
        }
        let sorted = first.timeline.windows(2).all(|pair| pair[0].at <= pair[1].at);
        prop_assert!(sorted);
    }

    #[test]
    fn what_is_found_is_really_there(text in notes(), from in 0_usize..200, len in 1_usize..40) {
        let case = prose(&text, Language::En);
        let wanted: String = text.chars().skip(from).take(len).collect();
        if let Some(place) = citation::locate(&case, &wanted) {
            prop_assert!(text.get(place.start as usize..place.end as usize).is_some());
        } else {
            prop_assert!(wanted.trim().is_empty() || wanted.trim().chars().all(|c| c == '`'));
        }
    }

    #[test]
    fn redaction_is_stable(text in "\\PC{0,200}") {
        let once = redaction::redact(&text).text;
        prop_assert_eq!(redaction::redact(&once).text, once);
    }
}

#[test]
fn large_and_hostile_texts_are_survived() {
    let long = format!("10:00 ERROR {}\n", "x".repeat(1 << 20));
    let escapes = "\u{1b}[2J\u{202e}10:00 \u{0}ERROR too many clients already\r\n".repeat(2000);
    let flood =
        (0..40_000).fold(String::new(), |text, n| text + &format!("14:{:02} req {n} failed\n", n % 60));
    for text in [long, escapes, flood] {
        let triage = Offline::new().triage(&prose(&text, Language::En));
        assert!(triage.timeline.len() <= 60);
        assert!(triage.postmortem.len() < 200_000);
    }
}
