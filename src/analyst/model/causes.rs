//! The causes of both analysts in one list: what both say keeps the offline one's id and evidence, what only the model
//! says joins, and where they disagree is told.

use std::collections::HashMap;

use crate::analyst::model::blend::{Blend, same_words};
use crate::analyst::model::facts::overlaps;
use crate::analyst::model::order::{self, Ranked};
use crate::analyst::model::profile::Profile;
use crate::analyst::offline::playbook::Registry;
use crate::evidence::provenance::FILL_IN;
use crate::incident::Quote;
use crate::incident::opinion::{By, RemarkKind, Section, Subject};
use crate::incident::triage::{Confidence, Hypothesis, HypothesisStatus};

/// Likeness from which two causes are one.
const SAME_CAUSE: f64 = 0.7;
/// What the model's naming of a cause by its id adds to the likeness.
const NAMED: f64 = 0.2;
/// Most items of a list after blending; what the offline analyst has is never cut.
const HYPOTHESES_MAX: usize = 10;
const QUOTES_MAX: usize = 16;

impl Blend<'_> {
    /// Finds which of the model's causes are on screen, or are the offline analyst's in other words.
    fn match_causes(&mut self) {
        let (offline, model, screen) = (self.offline, self.model, self.screen);
        let claimed: HashMap<&str, &str> =
            model.marks.iter().map(|mark| (mark.id.as_str(), mark.claimed.as_str())).collect();
        let own = &model.triage.hypotheses;
        let registry = Registry::built_in();
        // What is on screen already needs no matching.
        let new = own.iter().any(|item| self.anchored(Section::Hypotheses, &item.id).is_none());
        let all = own.iter().chain(&offline.hypotheses).chain(&screen.hypotheses).filter(|_| new);
        let profiles: HashMap<&str, Profile> =
            all.map(|item| (item.id.as_str(), Profile::of(&registry, item))).collect();
        self.match_ids(
            Section::Hypotheses,
            [own, &offline.hypotheses, &screen.hypotheses],
            |item| &item.id,
            |item, other| {
                let [Some(one), Some(two)] = [item, other].map(|item| profiles.get(item.id.as_str())) else {
                    return 0.0;
                };
                let named = claimed.get(item.id.as_str()) == Some(&other.id.as_str());
                let likeness = one.likeness(two, registry.index(&other.id)) + if named { NAMED } else { 0.0 };
                if likeness >= SAME_CAUSE { likeness } else { 0.0 }
            },
        );
    }

    /// All causes, in the order to show.
    pub(super) fn hypotheses(&mut self) -> Vec<Hypothesis> {
        self.match_causes();
        let (offline, model, screen) = (self.offline, self.model, self.screen);
        let own = &model.triage.hypotheses;
        let by_id: HashMap<String, (usize, &Hypothesis)> =
            own.iter().enumerate().map(|(rank, item)| (self.ids[&item.id].clone(), (rank, item))).collect();
        let lowered = |id: &str| {
            let mut remarks = model.opinion.remarks_on(Section::Hypotheses, id);
            remarks.any(|remark| remark.kind == RemarkKind::Confidence)
        };
        let mut items: Vec<Hypothesis> = Vec::new();
        let mut ranked: Vec<Ranked> = Vec::new();
        for (rank, known) in offline.hypotheses.iter().enumerate() {
            let found = by_id.get(&known.id);
            let item = match found {
                Some((_, said)) => self.merged(known, said),
                None => self.as_shown(known),
            };
            ranked.push(Ranked {
                id: known.id.clone(),
                offline: Some((rank, known.confidence)),
                model: found.map(|(rank, said)| (*rank, said.confidence)),
                lowered: found.is_some_and(|(_, said)| lowered(&said.id)),
                status: item.status,
            });
            items.push(item);
        }
        for (rank, item) in own.iter().enumerate() {
            let id = self.ids[&item.id].clone();
            if items.len() >= HYPOTHESES_MAX || items.iter().any(|known| known.id == id) {
                continue;
            }
            self.said(Section::Hypotheses, &id, self.origin(&item.id), By::Model);
            let status = if self.complete() { item.status } else { HypothesisStatus::Open };
            ranked.push(Ranked {
                id: id.clone(),
                offline: None,
                model: Some((rank, item.confidence)),
                lowered: lowered(&item.id),
                status,
            });
            items.push(Hypothesis { id, status, ..item.clone() });
        }
        for shown in &screen.hypotheses {
            if self.is_kept(Section::Hypotheses, &shown.id) && !items.iter().any(|known| known.id == shown.id)
            {
                self.said(Section::Hypotheses, &shown.id, "", By::Model);
                let status = shown.status;
                ranked.push(Ranked {
                    id: shown.id.clone(),
                    offline: None,
                    model: None,
                    lowered: false,
                    status,
                });
                items.push(shown.clone());
            }
        }
        let shown: Vec<&str> = screen.hypotheses.iter().map(|item| item.id.as_str()).collect();
        let order = order::arrange(&ranked, &shown, self.complete());
        let items: Vec<Hypothesis> = order.into_iter().map(|at| items[at].clone()).collect();
        self.leading(&items);
        items
    }

    /// What both analysts say. The offline one's evidence, verdict and confidence stay; the model's words are taken where
    /// a verified quote carries them.
    fn merged(&mut self, known: &Hypothesis, said: &Hypothesis) -> Hypothesis {
        self.said(Section::Hypotheses, &known.id, self.origin(&said.id), By::Both);
        let mut item = known.clone();
        let carried = said.evidence.iter().any(|quote| quote.verified) && !said.cause.contains(FILL_IN);
        if carried && !same_words(&known.cause, &said.cause) {
            item.cause.clone_from(&said.cause);
        }
        add_quotes(&mut item.evidence, &said.evidence, &known.against, true);
        add_quotes(&mut item.against, &said.against, &known.evidence, false);
        if !self.complete() {
            return item;
        }
        if !said.next_check.is_empty() && !same_words(&known.next_check, &said.next_check) {
            item.next_check.clone_from(&said.next_check);
        }
        let disputed = known.against.iter().any(|quote| quote.verified);
        let cap = if disputed { Confidence::Medium } else { Confidence::High };
        let open = known.status == HypothesisStatus::Open && said.status == HypothesisStatus::Open;
        if open {
            item.confidence = known.confidence.max(said.confidence.min(cap));
        }
        if said.confidence != known.confidence && open {
            let shown = if item.confidence == known.confidence { By::Offline } else { By::Model };
            self.differ(
                Subject::Confidence,
                &known.id,
                known.confidence.name(),
                said.confidence.name(),
                shown,
            );
        }
        if said.status == HypothesisStatus::RuledOut && known.status != HypothesisStatus::RuledOut {
            self.differ(Subject::Status, &known.id, "open", "ruled out", By::Offline);
        }
        item
    }

    /// What the offline analyst alone says in this answer's time; the words of an earlier answer stay until this one has
    /// come to its end.
    fn as_shown(&mut self, known: &Hypothesis) -> Hypothesis {
        let earlier = self
            .shown()
            .is_some_and(|(opinion, same)| !same && opinion.by(Section::Hypotheses, &known.id) == By::Both);
        let shown = self.screen.hypotheses.iter().find(|shown| shown.id == known.id);
        match shown.filter(|_| earlier && !self.complete()) {
            Some(shown) => {
                let cause = shown.cause.clone();
                self.said(Section::Hypotheses, &known.id, "", By::Both);
                Hypothesis { cause, ..known.clone() }
            }
            None => known.clone(),
        }
    }

    /// Tells where the two analysts put different causes first.
    fn leading(&mut self, items: &[Hypothesis]) {
        let open = |item: &&Hypothesis| item.status != HypothesisStatus::RuledOut;
        let theirs = self.model.triage.hypotheses.iter().find(open);
        let ours = self.offline.hypotheses.iter().find(open);
        let (Some(ours), Some(theirs), true) = (ours, theirs, self.complete()) else { return };
        let id = &self.ids[&theirs.id];
        if *id != ours.id {
            let first = items.first().is_some_and(|first| first.id == *id);
            let shown = if first { By::Model } else { By::Offline };
            let (ours, theirs) = (ours.cause.clone(), theirs.cause.clone());
            self.differ(Subject::LeadingCause, "", &ours, &theirs, shown);
        }
    }
}

/// Adds the quotes of `from` that say something new; those that were not found come last, struck out.
fn add_quotes(quotes: &mut Vec<Quote>, from: &[Quote], other: &[Quote], unverified: bool) {
    let known = |quotes: &[Quote], quote: &Quote| {
        quotes.iter().any(|known| match (known.place, quote.place) {
            // The same words may stand in several places.
            (Some(one), Some(two)) => overlaps(one, two) || known.quote == quote.quote,
            _ => known.quote == quote.quote,
        })
    };
    for quote in from
        .iter()
        .filter(|quote| quote.verified)
        .chain(from.iter().filter(|quote| unverified && !quote.verified))
    {
        if quotes.len() < QUOTES_MAX && !known(quotes, quote) && !known(other, quote) {
            quotes.push(quote.clone());
        }
    }
}
