//! The reducer by behaviour: what persons did is never lost, whatever an analyst says later.

use jiff::Timestamp;

use crate::incident::event::{Author, Event, Recorded, StepOutcome};
use crate::incident::triage::{
    CommandEffect, Confidence, Hypothesis, HypothesisStatus, Severity, SeverityLevel, Step, Triage,
};
use crate::incident::{Incident, Quote, TriagePatch};

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
    }
}

#[derive(Default)]
struct Story {
    incident: Incident,
    events: Vec<Recorded>,
    shown: Triage,
}

impl Story {
    fn happens(&mut self, event: Event) -> &mut Self {
        let seq = self.events.len() as u64 + 1;
        let at = Timestamp::from_second(1_770_000_000 + seq as i64).unwrap();
        let recorded = Recorded { seq, at, by: Author::Person("ana".into()), event };
        self.incident.apply(&recorded);
        self.events.push(recorded);
        self
    }

    fn analyst_says(&mut self, hypotheses: Vec<Hypothesis>, checklist: Vec<Step>) -> &mut Self {
        let triage = Triage { hypotheses, checklist, ..self.shown.clone() };
        let patch = TriagePatch::between(&self.shown, &triage).map(Box::new).expect("a change");
        self.shown = triage;
        self.happens(Event::TriageRevised { case_revision: 1, patch })
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
    story.happens(Event::StepMarked { step: "x".into(), outcome, note: "fine".into() });
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
    story.happens(Event::StepMarked { step: "x".into(), outcome: StepOutcome::Skipped, note: "no".into() });
    story.happens(Event::CommandCopied { command: "df -h".into() });
    let lines: Vec<_> = story.incident.timeline().iter().map(|line| line.entry.text.clone()).collect();
    assert_eq!(lines, ["CS calls", "skipped “look at x” (no)", "copied: df -h"]);
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
