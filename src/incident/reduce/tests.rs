//! The reducer by behaviour: what persons did is never lost, whatever an analyst says later.

use crate::incident::event::{Event, Recorded, StepOutcome};
use crate::incident::story::Story;
use crate::incident::triage::{
    CommandEffect, Confidence, Hypothesis, HypothesisStatus, Severity, SeverityLevel, Step,
};
use crate::incident::{Bookmark, Incident, Place, Quote, SourceId, TriagePatch};

fn hypothesis(id: &str, confidence: Confidence) -> Hypothesis {
    Hypothesis {
        id: id.into(),
        confidence,
        cause: format!("cause of {id}"),
        evidence: vec![Quote { quote: format!("{confidence:?}"), verified: true, ..Quote::default() }],
        against: Vec::new(),
        status: HypothesisStatus::Open,
        next_check: String::new(),
    }
}

fn step(id: &str) -> Step {
    Step {
        id: id.into(),
        step: format!("look at {id}"),
        command: "df -h".into(),
        expected: String::new(),
        effect: CommandEffect::Reads,
        decides: Vec::new(),
        compared: None,
    }
}

fn ids(incident: &Incident) -> Vec<&str> {
    incident.hypotheses().iter().map(|hypothesis| hypothesis.id.as_str()).collect()
}

#[test]
fn what_a_person_ruled_out_stays_at_the_end_even_when_the_analyst_drops_it() {
    let mut story = Story::default();
    story.analyst_says(vec![hypothesis("a", Confidence::High), hypothesis("b", Confidence::Low)], vec![]);
    let verdict = HypothesisStatus::RuledOut;
    story.happens(Event::HypothesisJudged { hypothesis: "a".into(), verdict, reason: "flat".into() });
    assert_eq!(ids(&story.incident), ["b", "a"]);
    story.analyst_says(vec![hypothesis("c", Confidence::Low)], vec![]);
    assert_eq!(ids(&story.incident), ["c", "a"], "b was not judged and goes, a was and stays");
    assert_eq!(story.incident.status_of(story.incident.hypotheses()[1]), HypothesisStatus::RuledOut);
}

#[test]
fn a_verdict_can_be_taken_back() {
    let mut story = Story::default();
    story.analyst_says(vec![hypothesis("a", Confidence::High)], vec![]);
    for verdict in [HypothesisStatus::Confirmed, HypothesisStatus::Open] {
        story.happens(Event::HypothesisJudged { hypothesis: "a".into(), verdict, reason: String::new() });
    }
    assert!(story.incident.verdicts.is_empty());
}

#[test]
fn a_mark_survives_a_checklist_without_the_step() {
    let mut story = Story::default();
    story.analyst_says(vec![], vec![step("x"), step("y")]);
    let outcome = StepOutcome::AsExpected;
    story.happens(Event::StepMarked { step: "x".into(), outcome, note: "fine".into(), output: None });
    story.analyst_says(vec![], vec![step("z")]);
    let steps: Vec<_> = story.incident.steps().iter().map(|step| step.id.clone()).collect();
    assert_eq!(steps, ["z", "x"]);
    assert_eq!(story.incident.outcome_of("x"), StepOutcome::AsExpected);
    story.analyst_says(vec![], vec![step("x"), step("z")]);
    assert_eq!(story.incident.steps().len(), 2, "a step that returns is not listed twice");
}

#[test]
fn belief_remembers_each_move_and_the_words_that_moved_it() {
    let mut story = Story::default();
    for confidence in [Confidence::Low, Confidence::Low, Confidence::High] {
        let mut one = hypothesis("a", confidence);
        one.next_check = format!("{}", story.events.len());
        story.analyst_says(vec![one], vec![]);
    }
    let moves: Vec<_> = story.incident.belief["a"]
        .iter()
        .map(|belief| (belief.confidence, belief.because.as_str()))
        .collect();
    assert_eq!(moves, [(Confidence::Low, "Low"), (Confidence::High, "High")]);
}

#[test]
fn a_fall_names_the_step_or_the_line_that_speaks_against_it() {
    let mut story = Story::default();
    let decides = Step { decides: vec!["a".into()], ..step("x") };
    story.analyst_says(vec![hypothesis("a", Confidence::High)], vec![decides.clone()]);
    let outcome = StepOutcome::NotAsExpected;
    story.happens(Event::StepMarked { step: "x".into(), outcome, note: "3 of 500".into(), output: None });
    story.analyst_says(vec![hypothesis("a", Confidence::Medium)], vec![decides.clone()]);
    let against = Quote { quote: "pool is idle".into(), verified: true, ..Quote::default() };
    let refuted = Hypothesis { against: vec![against], ..hypothesis("a", Confidence::Low) };
    story.analyst_says(vec![refuted], vec![decides]);
    let because: Vec<_> = story.incident.belief["a"].iter().map(|belief| belief.because.as_str()).collect();
    assert_eq!(because, ["High", "not as expected: “look at x” (3 of 500)", "pool is idle"]);
}

#[test]
fn a_declared_severity_stands_whatever_the_analyst_says() {
    let mut story = Story::default();
    story.happens(Event::SeverityDeclared { level: SeverityLevel::Sev1, reason: "ceo".into() });
    let severity = Some(Severity { level: SeverityLevel::Sev4, reasoning: String::new() });
    let patch = TriagePatch { severity: Some(severity), ..TriagePatch::default() };
    story.happens(Event::TriageRevised { case_revision: 1, patch: Box::new(patch) });
    assert_eq!(story.incident.severity(), Some(SeverityLevel::Sev1));
}

#[test]
fn everything_a_person_does_is_in_the_timeline() {
    let mut story = Story::default();
    story.analyst_says(vec![hypothesis("a", Confidence::Low)], vec![step("x")]);
    story.happens(Event::NoteAdded { text: "CS calls".into() });
    story.happens(Event::StepMarked {
        step: "x".into(),
        outcome: StepOutcome::Skipped,
        note: "no".into(),
        output: None,
    });
    story.happens(Event::CommandCopied { command: "df -h".into() });
    let lines: Vec<_> = story.incident.timeline().iter().map(|line| line.entry.text.clone()).collect();
    assert_eq!(lines, ["CS calls", "skipped “look at x” (no)", "copied: df -h"]);
}

fn bookmark(name: &str) -> Bookmark {
    let place = Place { source: SourceId(7), start: 10, end: 40 };
    Bookmark { place, name: name.into(), text: "FATAL too many".into(), line: Some(3), at: None }
}

#[test]
fn a_bookmark_stays_until_it_is_taken_away_and_both_are_in_the_timeline() {
    let mut story = Story::default();
    story.happens(Event::LineBookmarked { bookmark: bookmark("") });
    story.happens(Event::LineBookmarked { bookmark: bookmark("first") });
    assert_eq!(story.incident.bookmarks[&bookmark("").place].name, "first");
    story.happens(Event::BookmarkRemoved { place: bookmark("").place });
    story.happens(Event::BookmarkRemoved { place: bookmark("").place });
    assert!(story.incident.bookmarks.is_empty());
    let lines = story.incident.timeline();
    let texts: Vec<_> = lines.iter().map(|line| line.entry.text.as_str()).collect();
    let expected = [
        "bookmarked ?:3 “FATAL too many”",
        "renamed the bookmark at ?:3 (first) “FATAL too many”",
        "took the bookmark away from ?:3 (first) “FATAL too many”",
    ];
    assert_eq!(texts, expected);
    assert!(lines.iter().all(|line| line.entry.place == Some(bookmark("").place)), "each leads to the line");
}

#[test]
fn replaying_the_events_gives_the_same_state() {
    let mut story = Story::default();
    story.analyst_says(vec![hypothesis("a", Confidence::Low)], vec![step("x")]);
    story.happens(Event::Unknown { kind: "later".into(), version: 5, body: serde_json::Value::Null });
    story.happens(Event::NoteAdded { text: "n".into() });
    assert_eq!(Incident::replay(&story.events), story.incident);
    assert_eq!(story.incident.last_seq, 3);
}

mod properties {
    //! Any order of any events leads to a state, and the stored form leads to the same one.

    use proptest::prelude::*;

    use super::*;
    use crate::incident::event::IncidentStatus;
    use crate::incident::triage::Language;
    use crate::incident::wire::{decode, encode};
    use crate::incident::{IncidentId, SourceChange, SourceSpec};

    fn id() -> impl Strategy<Value = String> {
        prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned)
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "\\PC{0,12}", Just("\u{1b}]52;c;x\u{7}\u{202e}".to_owned())]
    }

    fn confidence() -> impl Strategy<Value = Confidence> {
        prop::sample::select(vec![Confidence::Low, Confidence::Medium, Confidence::High])
    }

    fn revision() -> impl Strategy<Value = Event> {
        let hypotheses = prop::collection::vec((id(), confidence()), 0..4);
        let checklist = prop::collection::vec(id(), 0..4);
        (0..9u64, prop::option::of(hypotheses), prop::option::of(checklist), prop::option::of(text()))
            .prop_map(|(case_revision, hypotheses, checklist, summary)| {
                let patch = TriagePatch {
                    hypotheses: hypotheses
                        .map(|all| all.iter().map(|(id, confidence)| hypothesis(id, *confidence)).collect()),
                    checklist: checklist.map(|all| all.iter().map(|id| step(id)).collect()),
                    summary,
                    ..TriagePatch::default()
                };
                Event::TriageRevised { case_revision, patch: Box::new(patch) }
            })
    }

    fn source_event() -> impl Strategy<Value = Event> {
        let source = (0..3u32).prop_map(SourceId);
        let change = prop_oneof![
            Just(SourceChange::Rotated),
            any::<u64>().prop_map(|missing| SourceChange::Truncated { missing }),
            text().prop_map(|reason| SourceChange::Unreadable { reason }),
            (text(), any::<Option<u64>>()).prop_map(|(how, again_s)| SourceChange::Exited { how, again_s }),
            text().prop_map(|reason| SourceChange::NotKept { reason }),
            text().prop_map(|reason| SourceChange::Damaged { reason }),
            Just(SourceChange::Resumed),
        ];
        prop_oneof![
            (source.clone(), id(), prop::option::of(id())).prop_map(|(source, name, path)| {
                Event::SourceAttached { source, spec: SourceSpec::File(name.clone()), path, name }
            }),
            (source.clone(), change).prop_map(|(source, change)| Event::SourceChanged { source, change }),
            (source, id(), text()).prop_map(|(source, name, text)| Event::ContextAdded {
                source,
                name,
                text
            }),
            id().prop_map(|path| Event::SourcesRequested { specs: vec![SourceSpec::File(path)] }),
        ]
    }

    fn bookmark_at(name: String, line: u64) -> Bookmark {
        let place = Place { source: SourceId(1), start: line * 10, end: line * 10 + 9 };
        Bookmark { place, name, text: "t".into(), line: Some(line), at: None }
    }

    fn person_event() -> impl Strategy<Value = Event> {
        let verdict = prop::sample::select(vec![
            HypothesisStatus::Open,
            HypothesisStatus::Confirmed,
            HypothesisStatus::RuledOut,
        ]);
        let outcome = prop::sample::select(vec![StepOutcome::Todo, StepOutcome::Done, StepOutcome::Skipped]);
        let status = prop::sample::select(vec![IncidentStatus::Open, IncidentStatus::Resolved]);
        prop_oneof![
            text().prop_map(|text| Event::NoteAdded { text }),
            (id(), verdict, text()).prop_map(|(hypothesis, verdict, reason)| Event::HypothesisJudged {
                hypothesis,
                verdict,
                reason
            }),
            (id(), outcome, text()).prop_map(|(step, outcome, note)| Event::StepMarked {
                step,
                outcome,
                note,
                output: None
            }),
            text().prop_map(|command| Event::CommandCopied { command }),
            (text(), 0..3u64)
                .prop_map(|(name, line)| Event::LineBookmarked { bookmark: bookmark_at(name, line) }),
            (0..3u64)
                .prop_map(|line| Event::BookmarkRemoved { place: bookmark_at(String::new(), line).place }),
            text().prop_map(|reason| Event::SeverityDeclared { level: SeverityLevel::Sev2, reason }),
            status.prop_map(|status| Event::StatusChanged { status }),
            (id(), 2..9u64).prop_map(|(kind, version)| Event::Unknown {
                kind,
                version,
                body: serde_json::Value::Null
            }),
            text().prop_map(|title| Event::IncidentRenamed { title, service: String::new() }),
        ]
    }

    fn event() -> impl Strategy<Value = Event> {
        let opened = id().prop_map(|title| Event::IncidentOpened {
            incident: IncidentId::parse("20260301-140211-abcde").expect("a valid id"),
            title,
            service: String::new(),
            language: Language::En,
        });
        prop_oneof![1 => opened, 4 => revision(), 3 => source_event(), 5 => person_event()]
    }

    proptest! {
        #[test]
        fn stored_events_replay_to_the_same_state(events in prop::collection::vec(event(), 0..40)) {
            let mut story = Story::default();
            for event in events {
                story.happens(event);
            }
            let stored: Vec<String> = story.events.iter().map(encode).collect();
            let read: Vec<Recorded> =
                stored.iter().map(|event| decode(event.as_bytes()).expect("what was stored")).collect();
            prop_assert_eq!(&read, &story.events);
            let replayed = Incident::replay(&read);
            prop_assert_eq!(&replayed, &story.incident);
            prop_assert_eq!(format!("{replayed:?}"), format!("{:?}", story.incident));
        }

        #[test]
        fn no_mark_or_verdict_is_lost_to_a_revision(events in prop::collection::vec(event(), 0..40)) {
            let mut story = Story::default();
            for event in events {
                let (marks, verdicts) = (story.incident.marks.clone(), story.incident.verdicts.clone());
                let revision = matches!(event, Event::TriageRevised { .. });
                story.happens(event);
                if revision {
                    prop_assert_eq!(&story.incident.marks, &marks);
                    prop_assert_eq!(&story.incident.verdicts, &verdicts);
                }
                let shown = ids(&story.incident);
                let listed = &story.incident.triage.hypotheses;
                prop_assert!(shown.len() >= listed.len());
            }
        }
    }
}
