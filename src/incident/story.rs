//! For tests: an incident to which one thing happens after the other.

use jiff::Timestamp;

use crate::incident::event::{Author, Event, Recorded};
use crate::incident::triage::{Hypothesis, Step, Triage};
use crate::incident::{Incident, TriagePatch};

/// An incident while things happen to it, and the record of them.
#[derive(Default)]
pub(super) struct Story {
    pub(super) incident: Incident,
    pub(super) events: Vec<Recorded>,
    shown: Triage,
}

impl Story {
    pub(super) fn happens(&mut self, event: Event) -> &mut Self {
        let seq = self.events.len() as u64 + 1;
        let at = Timestamp::from_second(1_770_000_000 + seq as i64).unwrap();
        let recorded = Recorded { seq, at, by: Author::Person("ana".into()), event };
        self.incident.apply(&recorded);
        self.events.push(recorded);
        self
    }

    pub(super) fn analyst_says(&mut self, hypotheses: Vec<Hypothesis>, checklist: Vec<Step>) -> &mut Self {
        let triage = Triage { hypotheses, checklist, ..self.shown.clone() };
        let patch = TriagePatch::between(&self.shown, &triage).map(Box::new).expect("a change");
        self.shown = triage;
        self.happens(Event::TriageRevised { case_revision: 1, patch })
    }
}
