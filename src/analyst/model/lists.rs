//! Blending of the sections that are lists of steps, ways, entries and questions: the offline analyst's stay, the
//! model's own join.

use std::collections::BTreeMap;

use crate::analyst::model::blend::{Blend, same_words};
use crate::analyst::model::facts::overlaps;
use crate::analyst::model::{alike, order};
use crate::incident::TimelineEntry;
use crate::incident::opinion::{By, Said, Section};
use crate::incident::triage::{Contradiction, FollowUp, Missing, Mitigation, Step};

/// Likeness of words from which two steps, ways or sentences are one.
const SAME_WORDS: f64 = 0.75;

/// Likeness of words from which two entries of one minute tell the same.
const SAME_ENTRY: f64 = 0.4;

/// Most items of a list after blending; what the offline analyst has is never cut.
const LIST_MAX: usize = 16;
const ENTRIES_MAX: usize = 80;

impl Blend<'_> {
    pub(super) fn checklist(&mut self) -> Vec<Step> {
        let (offline, model, screen) = (self.offline, self.model, self.screen);
        let own = &model.triage.checklist;
        self.match_ids(
            Section::Checklist,
            [own, &offline.checklist, &screen.checklist],
            |item| &item.id,
            |item, other| same([&item.step, &item.command], [&other.step, &other.command]),
        );
        let mut items: BTreeMap<String, Step> =
            offline.checklist.iter().map(|item| (item.id.clone(), item.clone())).collect();
        let mut extra: Vec<String> = Vec::new();
        for item in own {
            let id = self.ids[&item.id].clone();
            let decides = item.decides.iter().map(|id| self.ids.get(id).unwrap_or(id).clone());
            let decides: Vec<String> = decides.collect();
            let origin = self.origin(&item.id).to_owned();
            if let Some(known) = items.get_mut(&id) {
                known
                    .decides
                    .extend(decides.into_iter().filter(|id| !known.decides.contains(id)).collect::<Vec<_>>());
                self.said(Section::Checklist, &id, &origin, By::Both);
            } else if items.len() < LIST_MAX {
                self.said(Section::Checklist, &id, &origin, By::Model);
                items.insert(id.clone(), Step { id: id.clone(), decides, ..item.clone() });
                extra.push(id);
            }
        }
        let lists = [offline.checklist.as_slice(), &screen.checklist];
        self.ordered(Section::Checklist, (items, extra), lists, |item| &item.id)
    }

    pub(super) fn mitigations(&mut self) -> Vec<Mitigation> {
        let (offline, model, screen) = (self.offline, self.model, self.screen);
        let own = &model.triage.mitigations;
        let command = |item: &Mitigation| item.command.clone().unwrap_or_default();
        self.match_ids(
            Section::Mitigations,
            [own, &offline.mitigations, &screen.mitigations],
            |item| &item.id,
            |item, other| same([&item.action, &command(item)], [&other.action, &command(other)]),
        );
        let mut items: BTreeMap<String, Mitigation> =
            offline.mitigations.iter().map(|item| (item.id.clone(), item.clone())).collect();
        let mut extra: Vec<String> = Vec::new();
        for item in own {
            let id = self.ids[&item.id].clone();
            let origin = self.origin(&item.id).to_owned();
            if items.contains_key(&id) {
                self.said(Section::Mitigations, &id, &origin, By::Both);
            } else if items.len() < LIST_MAX {
                self.said(Section::Mitigations, &id, &origin, By::Model);
                items.insert(id.clone(), Mitigation { id: id.clone(), ..item.clone() });
                extra.push(id);
            }
        }
        let lists = [offline.mitigations.as_slice(), &screen.mitigations];
        self.ordered(Section::Mitigations, (items, extra), lists, |item| &item.id)
    }

    /// The `items` of both analysts in the order in which they are shown. `extra` names those that are the model's alone;
    /// what an earlier answer of it brought stays on screen until this one is whole.
    fn ordered<T: Clone>(
        &mut self,
        section: Section,
        (mut items, mut extra): (BTreeMap<String, T>, Vec<String>),
        [offline, screen]: [&[T]; 2],
        id_of: impl Fn(&T) -> &str,
    ) -> Vec<T> {
        for shown in screen {
            let id = id_of(shown);
            if self.is_kept(section, id) && !items.contains_key(id) {
                self.said(section, id, "", By::Model);
                items.insert(id.to_owned(), shown.clone());
                extra.push(id.to_owned());
            }
        }
        let order = order::interleave(
            &offline.iter().map(&id_of).collect::<Vec<_>>(),
            &extra.iter().map(String::as_str).collect::<Vec<_>>(),
            &screen.iter().map(&id_of).collect::<Vec<_>>(),
        );
        order.iter().filter_map(|id| items.remove(id)).collect()
    }

    pub(super) fn timeline(&mut self, list: &mut Vec<TimelineEntry>) {
        for entry in &self.model.triage.timeline {
            let words = alike::words(&entry.text);
            let minute = |entry: &TimelineEntry| entry.at.as_second().div_euclid(60);
            let known = list.iter().any(|known| {
                minute(known) == minute(entry)
                    && (same_words(&known.text, &entry.text)
                        || alike::share(&words, &alike::words(&known.text)) >= SAME_ENTRY)
            });
            if !known && list.len() < ENTRIES_MAX {
                self.opinion.said.push(Said {
                    section: Section::Timeline,
                    key: entry.text.clone(),
                    origin: String::new(),
                    by: By::Model,
                });
                list.push(entry.clone());
            }
        }
        list.sort_by_key(|entry| entry.at);
    }

    pub(super) fn contradictions(&mut self, list: &mut Vec<Contradiction>) {
        let places =
            |item: &Contradiction| item.quotes.iter().filter_map(|quote| quote.place).collect::<Vec<_>>();
        for item in &self.model.triage.contradictions {
            let own = places(item);
            let known = list.iter().any(|known| {
                let other = places(known);
                let shared = own.iter().filter(|at| other.iter().any(|place| overlaps(**at, *place))).count();
                shared * 2 > own.len() || alike_texts(&item.text, &known.text)
            });
            if !known && list.len() < LIST_MAX {
                self.said(Section::Contradictions, &item.text, "", By::Model);
                list.push(item.clone());
            }
        }
    }

    pub(super) fn missing(&mut self, list: &mut Vec<Missing>) {
        for item in &self.model.triage.missing {
            let known = list
                .iter()
                .any(|known| same([&item.what, &item.command], [&known.what, &known.command]) > 0.0);
            if !known && list.len() < LIST_MAX {
                self.said(Section::Missing, &item.what, "", By::Model);
                list.push(item.clone());
            }
        }
    }

    pub(super) fn follow_ups(&mut self, list: &mut Vec<FollowUp>) {
        for item in &self.model.triage.follow_ups {
            let known = list.iter().any(|known| alike_texts(&item.text, &known.text));
            if !known && list.len() < LIST_MAX {
                self.said(Section::FollowUps, &item.text, "", By::Model);
                list.push(item.clone());
            }
        }
    }
}

/// How much two steps or ways are one, by words and command; 0 where they are not.
fn same(one: [&str; 2], other: [&str; 2]) -> f64 {
    let commands = [alike::spelling(one[1]), alike::spelling(other[1])];
    if !commands[0].is_empty() && commands[0] == commands[1] {
        return 1.0;
    }
    let (own, known) = (alike::words(one[0]), alike::words(other[0]));
    let likeness = alike::share(&own, &known).min(1.5 * alike::common(&own, &known));
    if likeness >= SAME_WORDS && own.len().min(known.len()) >= 2 { likeness.min(0.99) } else { 0.0 }
}

fn alike_texts(one: &str, other: &str) -> bool {
    one == other || same([one, ""], [other, ""]) > 0.0
}
