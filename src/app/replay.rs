//! The incident as it was: its events folded up to a moment.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::App;
use crate::app::fresh::Fresh;
use crate::incident::{Event, Incident, Recorded};

/// The events of an incident, and how far they are folded.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    events: Arc<[Recorded]>,
    /// How many of them have happened; at least one.
    upto: usize,
    incident: Box<Incident>,
}

impl Replay {
    /// The incident as it was at `moment`; `None` without events.
    pub fn at(events: Vec<Recorded>, moment: Timestamp) -> Option<Self> {
        let upto = events.iter().take_while(|event| event.at <= moment).count().max(1);
        let first = events.first()?.clone();
        let mut replay =
            Self { events: events.into(), upto: 1, incident: Box::new(Incident::replay([&first])) };
        replay.go(upto);
        Some(replay)
    }

    /// Moves by events, back or forth, as far as there are any.
    pub fn step(&mut self, by: i64) {
        let upto = (self.upto as i64).saturating_add(by).clamp(1, self.events.len() as i64);
        self.go(upto as usize);
    }

    fn go(&mut self, upto: usize) {
        if upto < self.upto {
            *self.incident = Incident::replay(&self.events[..upto]);
        } else {
            for event in &self.events[self.upto..upto] {
                self.incident.apply(event);
            }
        }
        self.upto = upto;
    }

    /// Which event was the last to have happened, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.upto, self.events.len())
    }

    /// When that was.
    pub fn moment(&self) -> Timestamp {
        self.events.get(self.upto.saturating_sub(1)).map_or(Timestamp::UNIX_EPOCH, |event| event.at)
    }

    /// What happened then, in a few words.
    pub fn words(&self) -> String {
        let Some(event) = self.events.get(self.upto.saturating_sub(1)) else { return String::new() };
        if let Some(told) = self.incident.log.last().filter(|log| log.seq == event.seq) {
            return format!("{}: {}", event.by, told.entry.text);
        }
        match &event.event {
            Event::IncidentOpened { .. } => "the incident was opened".to_owned(),
            Event::IncidentRenamed { title, .. } => format!("{} named it “{title}”", event.by),
            Event::SourcesRequested { .. } => format!("{} pointed at sources", event.by),
            Event::SourceAttached { name, .. } => format!("reading {name}"),
            Event::FindingRaised { finding } => format!("noticed: {}", finding.subject),
            Event::TriageRevised { .. } => format!("{} revised the analysis", event.by),
            Event::ModelAsked { request, .. } => format!("{} was asked", request.model),
            Event::ModelAnswered { .. } => format!("{} answered", event.by),
            Event::PlaceholderFilled { name, .. } => format!("{} filled in <{name}>", event.by),
            _ => event.by.to_string(),
        }
    }

    /// The whole program as it would have looked with this incident: what is known of the logs now is left out.
    pub fn shown(&self, app: &App) -> App {
        let mut then = App {
            incident: (*self.incident).clone(),
            ui: app.ui.clone(),
            now: self.moment(),
            person: app.person.clone(),
            ..App::default()
        };
        let moment = then.now;
        let context = &mut then.ui.context;
        context.window.lines.retain(|line| line.at.is_none_or(|at| at <= moment));
        context.cursor = None;
        context.strip.hidden = true;
        then.ui.fresh = Fresh::default();
        then.ui.durable_seq = u64::MAX;
        then.ui.analysing = false;
        then
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Author;

    fn events() -> Vec<Recorded> {
        let note = |seq: u64| Recorded {
            seq,
            at: Timestamp::from_second(seq as i64 * 60).unwrap(),
            by: Author::Person("ana".into()),
            event: Event::NoteAdded { text: format!("note {seq}") },
        };
        (1..=10).map(note).collect()
    }

    #[test]
    fn any_moment_is_the_fold_of_what_had_happened() {
        let mut replay = Replay::at(events(), Timestamp::from_second(190).unwrap()).unwrap();
        assert_eq!(replay.place(), (3, 10));
        for by in [-1, 4, -100, 3, 100, -2, 1] {
            replay.step(by);
            let (upto, _) = replay.place();
            assert_eq!(*replay.incident, Incident::replay(&events()[..upto]), "{by}");
            assert_eq!(replay.words(), format!("ana: note {upto}"));
        }
        assert_eq!(Replay::at(Vec::new(), Timestamp::UNIX_EPOCH), None);
    }
}
