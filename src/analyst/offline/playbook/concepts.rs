//! Concepts: words that say the same thing, under a name by which signals ask for any of them (`<queue> + <grows>`), so
//! that a signal is not bound to one way to say it. The words have to stand near each other.

use std::collections::BTreeMap;

use crate::analyst::offline::playbook::registry::fits;
use crate::evidence::phrases::Phrases;

/// The concepts that come with sevdeck: lines `name: word | word`.
pub const WORDS: &str = include_str!("../playbooks/concepts.txt");

/// Bytes within which the parts of a saying stand.
const NEAR: usize = 72;

/// The words of each concept, by its name in angle brackets.
pub type Sets<'w> = BTreeMap<String, Vec<&'w str>>;

/// Reads lines `name: word | word`; a name that comes again adds to its words, and other lines are left out.
pub fn sets(text: &str) -> Sets<'_> {
    let mut sets = Sets::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, words)) = line.split_once(": ") else { continue };
        let words = words.split(" | ").map(str::trim).filter(|word| !word.is_empty());
        sets.entry(format!("<{}>", name.trim())).or_default().extend(words);
    }
    sets
}

/// Whether an alternative asks for a concept.
pub(super) fn asks(sets: &Sets<'_>, alternative: &str) -> bool {
    alternative.contains('<') && parts(alternative).any(|part| sets.contains_key(part))
}

fn parts(alternative: &str) -> impl Iterator<Item = &str> {
    alternative.split(" + ").map(str::trim)
}

/// Alternatives that ask for concepts, with the signals that they are of.
#[derive(Debug)]
pub(super) struct Sayings {
    phrases: Phrases,
    /// The set that each phrase is of.
    of: Vec<usize>,
    /// Signal and sets of each.
    all: Vec<(usize, Vec<usize>)>,
}

impl Sayings {
    /// Compiles alternatives, given with their signals; a part that is no concept is a set of one word.
    pub(super) fn new(sets: &Sets<'_>, alternatives: &[(usize, &str)]) -> Self {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut words, mut of, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for &(signal, alternative) in alternatives {
            let mut asked = Vec::new();
            for part in parts(alternative) {
                let next = known.len();
                let number = *known.entry(part).or_insert(next);
                if number == next {
                    match sets.get(part) {
                        Some(set) => words.extend(set.iter().copied()),
                        None => words.push(part),
                    }
                    of.resize(words.len(), number);
                }
                asked.push(number);
            }
            all.push((signal, asked));
        }
        Self { phrases: Phrases::new(words), of, all }
    }

    /// The signals of those that stand in a text in lower case, each with the first of its words.
    pub(super) fn found(&self, lower: &str) -> Vec<(usize, usize)> {
        let hits = self.phrases.find(lower).filter(|hit| fits(lower, hit.start, hit.end));
        let mut places: Vec<(usize, usize)> = hits.map(|hit| (self.of[hit.phrase], hit.start)).collect();
        places.sort_unstable();
        let of = |set: usize| {
            let from = places.partition_point(|place| place.0 < set);
            places[from..].iter().take_while(move |place| place.0 == set).map(|place| place.1)
        };
        let said = |asked: &[usize]| {
            let first = asked.first().copied()?;
            of(first).find(|&at| asked.iter().all(|&set| of(set).any(|other| other.abs_diff(at) <= NEAR)))
        };
        if places.is_empty() {
            return Vec::new();
        }
        self.all.iter().filter_map(|(signal, asked)| Some((*signal, said(asked)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETS: &str = "# of queues\nqueue: queue | backlog\ngrows: grow | climb\nqueue: 队列\n";

    #[test]
    fn any_word_of_a_concept_says_it() {
        let sets = sets(SETS);
        let sayings = Sayings::new(&sets, &[(7, "<queue> + <grows>"), (8, "<queue> + stuck")]);
        assert_eq!(sayings.found("the backlog climbs"), [(7, 4)]);
        assert_eq!(sayings.found("队列 stuck, growing"), [(7, 0), (8, 0)]);
        assert_eq!(sayings.found("it grows"), []);
    }

    #[test]
    fn words_that_are_far_apart_say_nothing() {
        let sets = sets(SETS);
        let sayings = Sayings::new(&sets, &[(7, "<queue> + <grows>")]);
        let far = format!("the queue {} grows", "x ".repeat(60));
        assert_eq!(sayings.found(&far), []);
    }

    #[test]
    fn only_names_that_are_known_ask() {
        let sets = sets(SETS);
        assert!(asks(&sets, "<queue> + full"));
        assert!(!asks(&sets, "ENDPOINTS <none>"));
    }
}
