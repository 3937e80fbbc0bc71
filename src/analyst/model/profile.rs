//! What a cause is known by, to tell whether two analysts mean the same one.

use std::collections::{BTreeSet, HashMap};

use crate::analyst::model::alike;
use crate::analyst::model::facts::overlaps;
use crate::analyst::offline::playbook::{Registry, SignalKind};
use crate::incident::Place;
use crate::incident::triage::Hypothesis;

/// What a cause is known by.
pub(super) struct Profile {
    words: BTreeSet<String>,
    /// Points of the mechanisms that the words speak of.
    points: HashMap<usize, f64>,
    places: Vec<Place>,
}

impl Profile {
    pub(super) fn of(registry: &Registry, item: &Hypothesis) -> Self {
        let mut points: HashMap<usize, f64> = HashMap::new();
        for hit in registry.hits(&item.cause).iter().filter(|hit| hit.kind == SignalKind::Mechanism) {
            *points.entry(hit.playbook).or_default() += hit.weight;
        }
        let places = item.evidence.iter().filter_map(|quote| quote.place).collect();
        Self { words: alike::words(&item.cause), points, places }
    }

    /// How much this cause and `other` are one, 0 to 1: the mechanism that the words point to, the words, the evidence.
    /// `playbook` is the one that `other` comes from, where it comes from one.
    pub(super) fn likeness(&self, other: &Self, playbook: Option<usize>) -> f64 {
        if self.words == other.words && !self.words.is_empty() {
            return 1.0;
        }
        let words =
            alike::share(&self.words, &other.words).min(2.0 * alike::common(&self.words, &other.words));
        let best = self.points.values().copied().fold(0.0, f64::max);
        let mechanism = match playbook {
            Some(index) if best > 0.0 => self.points.get(&index).copied().unwrap_or(0.0) / best,
            _ => 0.5,
        };
        let shared = self.places.iter().filter(|at| other.places.iter().any(|place| overlaps(**at, *place)));
        let least = self.places.len().min(other.places.len());
        let evidence = if least == 0 { 0.0 } else { (shared.count() as f64 / least as f64).min(1.0) };
        0.4 * mechanism + 0.4 * words + 0.2 * evidence
    }
}
