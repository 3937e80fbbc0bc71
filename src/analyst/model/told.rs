//! The check of what is told: causes, the timeline, what does not fit, and the names and times in them.

use crate::analyst::model::alike;
use crate::analyst::model::cap::Bound;
use crate::analyst::model::check::{Pass, Quoted, excerpt};
use crate::analyst::model::facts::Checker;
use crate::evidence::citation;
use crate::incident::opinion::{RemarkKind, Section};
use crate::incident::triage::{Confidence, Contradiction, Hypothesis, HypothesisStatus};
use crate::incident::{Place, TimelineEntry};

impl Pass<'_> {
    pub(super) fn hypotheses(&mut self, list: Vec<Hypothesis>) -> Vec<Hypothesis> {
        let mut kept = Vec::new();
        for (number, mut item) in list.into_iter().enumerate() {
            if item.cause.is_empty() {
                continue;
            }
            if self.checker.is_injected(&item.cause) {
                self.withhold(Section::Hypotheses, &item.cause);
                continue;
            }
            let id = alike::id("hypothesis", &item.cause);
            if self.is_marked(&id) {
                continue;
            }
            let claimed = std::mem::replace(&mut item.id, id.clone());
            self.mark(Section::Hypotheses, &id, (Section::Hypotheses, number), claimed);
            item.cause = self.traced(Section::Hypotheses, &id, item.cause);
            if self.checker.is_injected(&item.next_check) {
                self.withhold(Section::Hypotheses, &item.next_check);
                item.next_check.clear();
            }
            let evidence = self.quotes(Section::Hypotheses, &id, &mut item.evidence);
            let against = self.quotes(Section::Hypotheses, &id, &mut item.against);
            self.judge(&mut item, &evidence, &against);
            kept.push(item);
        }
        kept
    }

    /// Bounds status and confidence by what the quotes carry.
    pub(super) fn judge(&mut self, item: &mut Hypothesis, evidence: &[Quoted], against: &[Quoted]) {
        let refuted = against.iter().any(Quoted::counts);
        let said =
            match item.status {
                HypothesisStatus::Confirmed => {
                    item.status = HypothesisStatus::Open;
                    Some(self.say(
                        "a cause is confirmed by a person, not by a model",
                        "只有人能确认原因，模型不能",
                    ))
                }
                HypothesisStatus::RuledOut if !refuted => {
                    item.status = HypothesisStatus::Open;
                    Some(self.say(
                        "ruled out without a verified quote against it: it stays open",
                        "没有可核实的反证，不予排除",
                    ))
                }
                HypothesisStatus::RuledOut | HypothesisStatus::Open => None,
            };
        if let Some(said) = said {
            self.remarks.add(RemarkKind::Confidence, Section::Hypotheses, &item.id, said);
        }
        let (cap, bound) = match item.status {
            HypothesisStatus::RuledOut => (Confidence::Low, Bound::Against),
            _ => self.checker.cap(evidence, against),
        };
        if item.confidence > cap {
            let [en, zh] = bound.words();
            let reason = self.say(en, zh);
            let text = format!("{} → {}: {reason}", item.confidence.name(), cap.name());
            self.remarks.add(RemarkKind::Confidence, Section::Hypotheses, &item.id, text);
            item.confidence = cap;
        }
    }

    /// An entry of the timeline whose time the evidence gives.
    pub(super) fn entry(&mut self, mut entry: TimelineEntry) -> Option<TimelineEntry> {
        if entry.text.is_empty() {
            return None;
        }
        if self.checker.is_injected(&entry.text) {
            self.withhold(Section::Timeline, &entry.text);
            return None;
        }
        let Some(at) = self.checker.moment(entry.at) else {
            let time = entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string();
            self.untraced(Section::Timeline, &entry.text, &time);
            return None;
        };
        entry.at = at;
        // A fact with gaps is none.
        if self.traced(Section::Timeline, "", entry.text.clone()) != entry.text {
            return None;
        }
        let found = self.checker.index.find(&entry.text);
        entry.place = found.as_ref().map(|found| found.place);
        entry.source = found.map_or_else(|| self.checker.model.clone(), |found| found.source);
        entry.date_assumed = false;
        Some(entry)
    }

    pub(super) fn contradiction(&mut self, mut item: Contradiction) -> Option<Contradiction> {
        if item.text.is_empty() || self.checker.is_injected(&item.text) {
            return None;
        }
        let looked = self.quotes(Section::Contradictions, &item.text, &mut item.quotes);
        let mut places: Vec<Place> = looked.iter().filter_map(Quoted::place).collect();
        places.sort_unstable();
        places.dedup();
        if places.is_empty() || places.len() < item.quotes.len().min(2) {
            let said = self
                .say("dropped, for what does not fit is not quoted from the sources", "引文无法核实，未采用");
            let text = format!("{said}: “{}”", excerpt(&item.text));
            self.remarks.add(RemarkKind::Quote, Section::Contradictions, "", text);
            return None;
        }
        item.text = self.traced(Section::Contradictions, "", item.text);
        Some(item)
    }
}

impl Checker {
    /// Whether a name stands anywhere in the case, text that addresses a model aside.
    pub(super) fn is_known(&self, name: &str) -> bool {
        let folded = citation::fold(name);
        citation::holds_word(&self.known, &folded)
    }

    /// The moment of the evidence that `at` means: the same minute, else the same time of another day.
    pub(super) fn moment(&self, at: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let minute = |at: jiff::Timestamp| at.as_second().div_euclid(60);
        let from = self.moments.partition_point(|known| minute(*known) < minute(at));
        let same = self.moments[from..].iter().take_while(|known| minute(**known) == minute(at));
        if same.clone().any(|known| known.as_second() == at.as_second()) {
            return Some(at);
        }
        if let Some(known) = same.into_iter().next() {
            return Some(*known);
        }
        let of_day = |at: jiff::Timestamp| minute(at).rem_euclid(24 * 60);
        self.moments.iter().copied().find(|known| of_day(*known) == of_day(at))
    }
}
