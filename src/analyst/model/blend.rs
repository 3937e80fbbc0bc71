//! The offline triage and a model's answer in one document. What the offline analyst found stays; what both say keeps
//! the id it has on screen; what only the model says joins, marked as its own; where they disagree, both are told.

use std::collections::HashMap;

use crate::analyst::model::check::{Checked, Mark};
use crate::incident::Triage;
use crate::incident::opinion::{By, Difference, Opinion, Said, Section, Subject};
use crate::incident::triage::Severity;

/// The triage to show: `offline`, with what of the model's answer stands. `on_screen` is what was shown last; its ids
/// and its order are kept. Without a model it is `offline` as it is.
pub fn blend(offline: &Triage, model: Option<&Checked>, on_screen: &Triage) -> Triage {
    let Some(model) = model else { return offline.clone() };
    let mut blend =
        Blend { offline, model, screen: on_screen, opinion: model.opinion.clone(), ids: HashMap::new() };
    let mut triage = offline.clone();
    if model.opinion.withheld.is_empty() {
        blend.run(&mut triage);
    }
    triage.opinion = Some(blend.opinion);
    triage
}

pub(super) struct Blend<'a> {
    pub(super) offline: &'a Triage,
    pub(super) model: &'a Checked,
    pub(super) screen: &'a Triage,
    pub(super) opinion: Opinion,
    /// From the ids of the checked answer to those on screen.
    pub(super) ids: HashMap<String, String>,
}

impl<'a> Blend<'a> {
    fn run(&mut self, triage: &mut Triage) {
        triage.hypotheses = self.hypotheses();
        triage.checklist = self.checklist();
        triage.mitigations = self.mitigations();
        triage.severity = self.severity();
        self.prose(triage);
        self.timeline(&mut triage.timeline);
        self.contradictions(&mut triage.contradictions);
        self.missing(&mut triage.missing);
        self.follow_ups(&mut triage.follow_ups);
        if self.model.run.is_some() {
            triage.run.clone_from(&self.model.run);
        }
        self.stale();
        for remark in &mut self.opinion.remarks {
            if let Some(id) = self.ids.get(&remark.key) {
                remark.key.clone_from(id);
            }
        }
    }

    pub(super) fn complete(&self) -> bool {
        self.model.opinion.complete
    }

    pub(super) fn said(&mut self, section: Section, key: &str, origin: &str, by: By) {
        self.opinion.said.push(Said { section, key: key.to_owned(), origin: origin.to_owned(), by });
    }

    pub(super) fn origin(&self, id: &str) -> &'a str {
        self.model.marks.iter().find(|mark| mark.id == id).map_or("", |mark: &Mark| mark.origin.as_str())
    }

    /// The opinion on screen, and whether it is of this very answer.
    pub(super) fn shown(&self) -> Option<(&Opinion, bool)> {
        let opinion = self.screen.opinion.as_ref()?;
        Some((opinion, opinion.call == self.model.opinion.call && opinion.model == self.model.opinion.model))
    }

    /// The id that the item of this answer has on screen already.
    pub(super) fn anchored(&self, section: Section, id: &str) -> Option<&str> {
        let (opinion, same) = self.shown()?;
        let origin = self.origin(id);
        let found = opinion.said.iter().find(|said| said.section == section && said.origin == origin);
        found.filter(|_| same && !origin.is_empty()).map(|said| said.key.as_str())
    }

    /// Whether an item on screen is a model's alone.
    fn was_models(&self, section: Section, key: &str) -> bool {
        self.shown().is_some_and(|(opinion, _)| opinion.by(section, key) == By::Model)
    }

    /// Whether an item on screen comes from an earlier answer and stays until this one has come to its end.
    pub(super) fn is_kept(&self, section: Section, key: &str) -> bool {
        !self.complete() && self.was_models(section, key) && self.shown().is_some_and(|(_, same)| !same)
    }

    /// For each item of the model the id it has in the document: of an item on screen, of one of the offline analyst
    /// that says the same, or its own. `like` gives the likeness of the model's item to another one.
    pub(super) fn match_ids<T>(
        &mut self,
        section: Section,
        [own, offline, screen]: [&[T]; 3],
        id_of: impl Fn(&T) -> &str,
        like: impl Fn(&T, &T) -> f64,
    ) {
        let mut taken: Vec<String> = Vec::new();
        for item in own {
            if let Some(id) = self.anchored(section, id_of(item)).map(ToOwned::to_owned)
                && !taken.contains(&id)
            {
                taken.push(id.clone());
                self.ids.insert(id_of(item).to_owned(), id);
            }
        }
        let earlier = screen.iter().filter(|shown| {
            self.was_models(section, id_of(shown))
                && !offline.iter().any(|known| id_of(known) == id_of(shown))
        });
        let others: Vec<&T> = offline.iter().chain(earlier).collect();
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, item) in own.iter().enumerate().filter(|(_, item)| !self.ids.contains_key(id_of(item))) {
            for (other, known) in others.iter().enumerate() {
                let likeness = like(item, known);
                if likeness > 0.0 && !taken.iter().any(|id| id == id_of(known)) {
                    pairs.push((likeness, at, other));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, at, other) in pairs {
            let (own_id, known) = (id_of(&own[at]).to_owned(), id_of(others[other]).to_owned());
            if !self.ids.contains_key(&own_id) && !taken.contains(&known) {
                taken.push(known.clone());
                self.ids.insert(own_id, known);
            }
        }
        for item in own {
            self.ids.entry(id_of(item).to_owned()).or_insert_with(|| id_of(item).to_owned());
        }
    }

    pub(super) fn differ(&mut self, about: Subject, key: &str, offline: &str, model: &str, shown: By) {
        self.opinion.differences.push(Difference {
            about,
            key: key.to_owned(),
            offline: offline.to_owned(),
            model: model.to_owned(),
            shown,
        });
    }

    /// By the policy the gravest rule that the evidence meets decides: a model's graver level is shown where a verified
    /// line meets its rule, a milder one is only told.
    fn severity(&mut self) -> Option<Severity> {
        let ours = self.offline.severity.clone();
        if !self.complete() {
            let earlier = self
                .shown()
                .is_some_and(|(opinion, same)| !same && opinion.by(Section::Severity, "") == By::Model);
            return if earlier { self.screen.severity.clone() } else { ours };
        }
        let Some(theirs) = self.model.triage.severity.clone() else { return ours };
        let Some(known) = ours else {
            self.said(Section::Severity, "", "severity", By::Model);
            return Some(theirs);
        };
        if known.level == theirs.level {
            self.said(Section::Severity, "", "severity", By::Both);
            return Some(known);
        }
        let graver = theirs.level < known.level && self.model.severity_proven;
        let told = |severity: &Severity| format!("{}: {}", severity.level.name(), severity.reasoning);
        let shown = if graver { By::Model } else { By::Offline };
        self.differ(Subject::Severity, "", &told(&known), &told(&theirs), shown);
        if graver {
            self.said(Section::Severity, "", "severity", By::Model);
            Some(theirs)
        } else {
            Some(known)
        }
    }

    /// Sections of prose are the model's once the answer is whole and checked.
    fn prose(&mut self, triage: &mut Triage) {
        const SECTIONS: [Section; 5] = [
            Section::Title,
            Section::Service,
            Section::Summary,
            Section::CustomerImpact,
            Section::Postmortem,
        ];
        for section in SECTIONS {
            let earlier = self.shown().is_some_and(|(opinion, _)| opinion.by(section, "") != By::Offline);
            let from = match (self.complete(), earlier) {
                (true, _) => prose_of(&self.model.triage, section),
                (false, true) => prose_of(self.screen, section),
                (false, false) => continue,
            };
            let own = prose_of(triage, section);
            if same_words(from, own) {
                self.said(section, "", section.name(), By::Both);
            } else if !from.is_empty() {
                let from = from.to_owned();
                put_prose(triage, section, from);
                self.said(section, "", section.name(), By::Model);
            }
        }
    }

    /// Says where the case has moved on since the model saw it.
    fn stale(&mut self) {
        let now = self.offline.hypotheses.first();
        let (Some(then), Some(now)) = (&self.model.leading, now) else { return };
        if *then != now.id {
            let zh = self
                .offline
                .run
                .as_ref()
                .is_some_and(|run| run.language == crate::incident::triage::Language::Zh);
            self.opinion.stale = if zh {
                format!("模型作答后首要原因已变为：{}", now.cause)
            } else {
                format!("written before the leading cause became: {}", now.cause)
            };
        }
    }
}

fn prose_of(triage: &Triage, section: Section) -> &str {
    match section {
        Section::Title => &triage.title,
        Section::Service => &triage.service,
        Section::Summary => &triage.summary,
        Section::CustomerImpact => &triage.customer_impact,
        _ => &triage.postmortem,
    }
}

fn put_prose(triage: &mut Triage, section: Section, text: String) {
    match section {
        Section::Title => triage.title = text,
        Section::Service => triage.service = text,
        Section::Summary => triage.summary = text,
        Section::CustomerImpact => triage.customer_impact = text,
        _ => triage.postmortem = text,
    }
}

/// Whether two texts differ in nothing but white space.
pub(super) fn same_words(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
