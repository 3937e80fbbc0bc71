//! Concepts: words that say the same thing, under a name by which signals ask for any of them (`<queue> + <grows>`), so
//! that a signal is not bound to one way to say it.

use std::collections::BTreeMap;

use crate::evidence::phrases::{Found, Phrases};

/// The concepts that come with sevdeck: `name = "word | word"`.
const WORDS: &str = include_str!("../playbooks/concepts.txt");

/// Sets of words, by name.
#[derive(Debug, Default)]
pub struct Concepts {
    /// With the angle brackets.
    names: Vec<String>,
    phrases: Phrases,
    /// The concept that each phrase is of.
    of: Vec<usize>,
}

impl Concepts {
    /// Those that come with sevdeck.
    pub fn built_in() -> Self {
        Self::parse(WORDS)
    }

    /// Reads lines `name: word | word`; a name that comes again adds to its words, and other lines are left out.
    pub fn parse(text: &str) -> Self {
        let mut sets: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, words)) = line.split_once(": ") else { continue };
            let words = words.split(" | ").map(str::trim).filter(|word| !word.is_empty());
            sets.entry(format!("<{}>", name.trim())).or_default().extend(words);
        }
        let all =
            || sets.values().enumerate().flat_map(|(at, words)| words.iter().map(move |word| (at, *word)));
        let phrases = Phrases::new(all().map(|(_, word)| word));
        let of = all().map(|(at, _)| at).collect();
        Self { names: sets.into_keys().collect(), phrases, of }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The number of a concept by its name in angle brackets.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The concept that a phrase is of.
    pub fn of(&self, phrase: usize) -> usize {
        self.of[phrase]
    }

    /// The words of concepts that begin where a word of `lower` does.
    pub fn find<'c>(&'c self, lower: &'c str) -> impl Iterator<Item = Found> + 'c {
        self.phrases.find(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_of_the_concept_that_names_them() {
        let concepts =
            Concepts::parse("# of queues\nqueue: queue | backlog\ngrows: grow | climb\nqueue: 队列\n");
        assert_eq!(concepts.len(), 2);
        let queue = concepts.index("<queue>").unwrap();
        let found: Vec<usize> =
            concepts.find("the backlog climbs, 队列").map(|found| concepts.of(found.phrase)).collect();
        assert_eq!(found, [queue, concepts.index("<grows>").unwrap(), queue]);
        assert_eq!(concepts.index("<pool>"), None);
    }
}
