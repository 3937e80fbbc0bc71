//! The offline triage and a model's answer in one document: stable, whole, bounded, whatever arrives.

use std::fs;
use std::path::PathBuf;

use sevdeck::analyst::model::{Checker, Terms, blend, check};
use sevdeck::analyst::offline::Offline;
use sevdeck::incident::TriagePatch;
use sevdeck::incident::opinion::By;
use sevdeck::incident::triage::{Language, Severity, Triage};

use super::answers::{self, ORDERS, mitigation, quote, step};
use super::case::prose;

mod hostile;

#[test]
fn without_a_model_nothing_changes() {
    let offline = Offline::new().triage(&prose(ORDERS, Language::En));
    assert_eq!(blend(&offline, None, &Triage::default()), offline);
    assert_eq!(blend(&offline, None, &answers::honest()), offline);
}

/// Texts of incidents, with the language of the answer.
fn scenarios() -> Vec<(String, String, Language)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/tuned");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: &PathBuf| {
        let table: toml::Table = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let text = |key: &str| table.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let language = if text("output_lang") == "zh" { Language::Zh } else { Language::En };
        (text("id"), text("context"), language)
    };
    files.iter().map(read).collect()
}

#[test]
fn the_offline_triage_as_an_answer_changes_nothing() {
    for (id, text, language) in scenarios() {
        let case = prose(&text, language);
        let offline = Offline::new().triage(&case);
        for mut list in ids(&offline) {
            list.sort_unstable();
            assert!(list.windows(2).all(|pair| pair[0] != pair[1]), "{id}: {list:?}");
        }
        let checked = check(&case, offline.clone(), true);
        for screen in [Triage::default(), offline.clone()] {
            let blended = blend(&offline, Some(&checked), &screen);
            let opinion = blended.opinion.clone().unwrap();
            assert_eq!(opinion.differences, [], "{id}");
            assert_eq!(opinion.stale, "", "{id}");
            let changed = TriagePatch::between(&offline, &Triage { opinion: None, ..blended });
            assert!(changed.is_none(), "{id}: {}", serde_json::to_string_pretty(&changed).unwrap());
        }
    }
}

/// The answer as it arrives: section by section, item by item, the texts growing.
fn growing(whole: &Triage) -> Vec<Triage> {
    let mut steps = Vec::new();
    let mut now = Triage::default();
    let cuts = |text: &str| -> Vec<String> {
        let ends = [3, 11, 29].into_iter().filter(|end| *end < text.chars().count());
        ends.map(|end| text.chars().take(end).collect()).chain([text.to_owned()]).collect()
    };
    macro_rules! text {
        ($($field:tt)+) => {
            for cut in cuts(&whole.$($field)+) {
                now.$($field)+ = cut;
                steps.push(now.clone());
            }
        };
    }
    text!(title);
    text!(service);
    if let Some(severity) = &whole.severity {
        for reasoning in cuts(&severity.reasoning) {
            now.severity = Some(Severity { level: severity.level, reasoning });
            steps.push(now.clone());
        }
    }
    text!(summary);
    for (at, item) in whole.hypotheses.iter().enumerate() {
        let (evidence, against) = (item.evidence.clone(), item.against.clone());
        let mut begun = item.clone();
        begun.evidence.clear();
        begun.against.clear();
        begun.status = sevdeck::incident::triage::HypothesisStatus::Open;
        begun.next_check.clear();
        now.hypotheses.push(begun);
        text!(hypotheses[at].cause);
        for piece in evidence {
            now.hypotheses[at].evidence.push(quote(""));
            let last = now.hypotheses[at].evidence.len() - 1;
            for cut in cuts(&piece.quote) {
                now.hypotheses[at].evidence[last] = quote(&cut);
                steps.push(now.clone());
            }
        }
        now.hypotheses[at].against = against;
        now.hypotheses[at].status = item.status;
        text!(hypotheses[at].next_check);
    }
    for (at, item) in whole.checklist.iter().enumerate() {
        now.checklist.push(step("", ""));
        now.checklist[at].expected.clear();
        now.checklist[at].id.clone_from(&item.id);
        text!(checklist[at].step);
        text!(checklist[at].command);
        text!(checklist[at].expected);
    }
    for (at, item) in whole.mitigations.iter().enumerate() {
        now.mitigations.push(mitigation("", "", "", ""));
        text!(mitigations[at].action);
        now.mitigations[at].command.clone_from(&item.command);
        text!(mitigations[at].risk);
        text!(mitigations[at].rollback);
    }
    text!(customer_impact);
    now.timeline.clone_from(&whole.timeline);
    steps.push(now.clone());
    text!(postmortem);
    steps
}

/// Feeds every prefix of `answer`, each blended over the screen before it; tells what the screen showed.
fn screens(answer: &Triage, start: &Triage) -> Vec<Triage> {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let mut checker = Checker::new(&case, &Terms { model: "m", call: 1, ..Terms::default() });
    let mut shown = vec![start.clone()];
    let steps = growing(answer);
    let last = steps.len() - 1;
    for (number, step) in steps.into_iter().enumerate() {
        let checked = checker.check(step, number == last);
        shown.push(blend(&offline, Some(&checked), shown.last().unwrap()));
    }
    shown
}

fn ids(triage: &Triage) -> [Vec<&str>; 3] {
    [
        triage.hypotheses.iter().map(|item| item.id.as_str()).collect(),
        triage.checklist.iter().map(|item| item.id.as_str()).collect(),
        triage.mitigations.iter().map(|item| item.id.as_str()).collect(),
    ]
}

/// What is in `before` is in `after`, in the same order.
fn assert_in_order(before: &[&str], after: &[&str]) {
    let kept: Vec<&str> = after.iter().copied().filter(|id| before.contains(id)).collect();
    assert_eq!(kept, before);
}

#[test]
fn what_is_shown_keeps_its_id_and_its_place_while_the_answer_grows() {
    let offline = Offline::new().triage(&prose(ORDERS, Language::En));
    let shown = screens(&answers::honest(), &offline);
    for pair in shown.windows(2) {
        for (before, after) in ids(&pair[0]).iter().zip(ids(&pair[1])) {
            assert_in_order(before, &after);
        }
        for step in &pair[0].checklist {
            let after = pair[1].checklist.iter().find(|item| item.id == step.id).unwrap();
            assert_eq!(
                (&after.step, &after.command),
                (&step.step, &step.command),
                "names and commands never grow"
            );
        }
    }
    let last = shown.last().unwrap();
    assert!(last.hypotheses.len() > offline.hypotheses.len(), "the second cause joined");
    assert!(last.opinion.as_ref().unwrap().said.iter().any(|said| said.by == By::Model));
}

#[test]
fn the_ids_do_not_depend_on_how_the_answer_arrived() {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let at_once = blend(&offline, Some(&check(&case, answers::honest(), true)), &offline);
    let shown = screens(&answers::honest(), &offline);
    assert_eq!(ids(shown.last().unwrap()), ids(&at_once));
}

#[test]
fn blending_again_moves_nothing() {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let checked = check(&case, answers::honest(), true);
    let once = blend(&offline, Some(&checked), &offline);
    assert_eq!(blend(&offline, Some(&checked), &once), once);
}

#[test]
fn a_second_answer_keeps_the_ids_of_the_first_and_says_its_things_in_its_own_words() {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let mut first = Checker::new(&case, &Terms { model: "m", call: 1, ..Terms::default() });
    let screen = blend(&offline, Some(&first.check(answers::honest(), true)), &offline);
    let mut second = Checker::new(&case, &Terms { model: "m", call: 2, ..Terms::default() });
    // Nothing of the new answer is there yet: what the first one gave stays.
    let waiting = blend(&offline, Some(&second.check(Triage::default(), false)), &screen);
    assert_eq!(ids(&waiting), ids(&screen));
    assert_eq!(waiting.summary, screen.summary);
    let mut other = answers::honest();
    other.hypotheses[1].cause =
        "A slow query on price_list keeps connections much longer than before".to_owned();
    other.hypotheses.swap(0, 1);
    let after = blend(&offline, Some(&second.check(other, true)), &waiting);
    let [mut known, mut kept] = [ids(&screen)[0].clone(), ids(&after)[0].clone()];
    assert_eq!(kept[0], known[0], "what leads by far stays first");
    known.sort_unstable();
    kept.sort_unstable();
    assert_eq!(kept, known);
}

#[test]
fn an_older_answer_says_that_the_case_moved_on() {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let mut frozen = case.clone();
    frozen.previous = offline.clone();
    let checked = check(&frozen, answers::honest(), true);
    assert_eq!(blend(&offline, Some(&checked), &offline).opinion.unwrap().stale, "");
    let later = "10:40 ERROR write failed: No space left on device\n10:41 /dev/sda1 100% used on ord-db-1\n";
    let mut moved = Offline::new().triage(&prose(&format!("{ORDERS}{later}"), Language::En));
    // Whatever the ranking makes of it: another cause leads now.
    if moved.hypotheses[0].id == offline.hypotheses[0].id {
        moved.hypotheses.rotate_left(1);
    }
    let blended = blend(&moved, Some(&checked), &offline);
    let opinion = blended.opinion.as_ref().unwrap();
    assert!(opinion.stale.contains(&moved.hypotheses[0].cause), "{opinion:#?}");
    assert!(moved.hypotheses.iter().all(|item| blended.hypotheses.iter().any(|kept| kept.id == item.id)));
}

#[test]
fn an_opinion_survives_being_stored() {
    let case = prose(ORDERS, Language::En);
    let offline = Offline::new().triage(&case);
    let mut answer = answers::honest();
    answer.hypotheses[1].evidence.push(quote("never said"));
    let blended = blend(&offline, Some(&check(&case, answer, true)), &offline);
    let stored = serde_json::to_string(&blended).unwrap();
    assert_eq!(serde_json::from_str::<Triage>(&stored).unwrap(), blended);
    let plain = serde_json::to_string(&offline).unwrap();
    assert!(!plain.contains("opinion"), "a triage without a model is written as before");
}
