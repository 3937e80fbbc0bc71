//! A set of phrases, and which of them begin at the words of a text. The phrases are sorted, and each knows the longest
//! other one that it begins with: those that begin at a place are the last one sorted before what stands there, and its
//! ancestors. Nothing has to be compiled first, unlike with an automaton, which takes longer to build than to be used.

/// Phrases to look for.
#[derive(Debug, Default)]
pub struct Phrases {
    sorted: Vec<Phrase>,
    /// Where the phrases begin whose first two bytes are this number or a later one.
    begins: Vec<u32>,
}

#[derive(Debug)]
struct Phrase {
    words: Box<str>,
    /// Its number in the order in which the phrases were given.
    number: usize,
    /// The longest other phrase that it begins with, by place in the order.
    within: Option<usize>,
}

/// A phrase found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its number in the order in which the phrases were given.
    pub phrase: usize,
    /// First byte.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
}

impl Phrases {
    /// The set of `phrases`, without regard to the case of ASCII letters. Empty ones are never found.
    pub fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = S>) -> Self {
        let lower = |phrase: S| phrase.as_ref().to_ascii_lowercase().into_boxed_str();
        let named = |(number, phrase)| Phrase { words: lower(phrase), number, within: None };
        let mut sorted: Vec<Phrase> = phrases.into_iter().enumerate().map(named).collect();
        sorted.retain(|phrase| !phrase.words.is_empty());
        sorted.sort_unstable_by(|a, b| a.words.cmp(&b.words).then(a.number.cmp(&b.number)));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..sorted.len() {
            while open.last().is_some_and(|&outer| !sorted[at].words.starts_with(&*sorted[outer].words)) {
                open.pop();
            }
            sorted[at].within = open.last().copied();
            open.push(at);
        }
        let mut begins = Vec::with_capacity(1 << 16);
        for (at, phrase) in sorted.iter().enumerate() {
            let key = key(phrase.words.as_bytes());
            begins.extend((begins.len()..=key).map(|_| at as u32));
        }
        begins.resize((1 << 16) + 1, sorted.len() as u32);
        Self { sorted, begins }
    }

    /// The phrases that begin where a word of `lower` does (a text in lower case), or where letters follow a digit.
    pub fn find<'p>(&'p self, lower: &'p str) -> impl Iterator<Item = Found> + 'p {
        let bytes = lower.as_bytes();
        let opens = |&start: &usize| {
            let before = start.checked_sub(1).map(|at| bytes[at]);
            let inner =
                bytes[start].is_ascii_alphanumeric() && before.is_some_and(|b| b.is_ascii_alphanumeric());
            let unit = bytes[start].is_ascii_alphabetic() && before.is_some_and(|b| b.is_ascii_digit());
            (!inner || unit) && lower.is_char_boundary(start)
        };
        (0..bytes.len()).filter(opens).flat_map(move |start| self.at(&bytes[start..], start))
    }

    /// The phrases that stand anywhere in `lower` (a text in lower case), inside words, too.
    pub fn find_inside<'p>(&'p self, lower: &'p str) -> impl Iterator<Item = Found> + 'p {
        let bytes = lower.as_bytes();
        (0..bytes.len()).flat_map(move |start| self.at(&bytes[start..], start))
    }

    fn at<'p>(&'p self, rest: &'p [u8], start: usize) -> impl Iterator<Item = Found> + 'p {
        let key = key(rest);
        let (from, to) = match self.begins.get(key..key + 2) {
            Some(&[from, to]) => (from as usize, to as usize),
            _ => (0, 0),
        };
        let later = from + self.sorted[from..to].partition_point(|phrase| phrase.words.as_bytes() <= rest);
        let ancestors = std::iter::successors(later.checked_sub(1), |&at| self.sorted[at].within);
        let phrases = ancestors.map(|at| &self.sorted[at]);
        let there = phrases.filter(move |phrase| rest.starts_with(phrase.words.as_bytes()));
        there.map(move |phrase| Found { phrase: phrase.number, start, end: start + phrase.words.len() })
    }
}

/// The first two bytes as a number that sorts as they do.
fn key(bytes: &[u8]) -> usize {
    let at = |index: usize| bytes.get(index).copied().map_or(0, usize::from);
    at(0) << 8 | at(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::lexicon::starts_word;

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, usize)> {
        let set = Phrases::new(phrases);
        let mut found: Vec<_> = set.find(text).map(|found| (found.phrase, found.start)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn phrases_are_found_at_the_beginnings_of_words() {
        let phrases = ["full", "Full GC", "", "->", "连接", "gc", "连", "full"];
        assert_eq!(found(&phrases, "full gc"), [(0, 0), (1, 0), (5, 5), (7, 0)]);
        assert_eq!(found(&phrases, "awful 3gc->连接"), [(3, 9), (4, 11), (5, 7), (6, 11)]);
        assert_eq!(found(&[], "full"), []);
        assert_eq!(found(&["z", "zz"], "z"), [(0, 0)]);
    }

    proptest! {
        #[test]
        fn as_a_search_for_each_of_them(
            phrases in prop::collection::vec("[ab1>连 -]{0,4}", 0..12),
            text in "[ab1>连 -]{0,24}",
        ) {
            let set = Phrases::new(&phrases);
            let mut found: Vec<_> = set.find(&text).map(|found| (found.phrase, found.start, found.end)).collect();
            found.sort_unstable();
            let mut wanted = Vec::new();
            for (number, phrase) in phrases.iter().enumerate().filter(|(_, phrase)| !phrase.is_empty()) {
                for start in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
                    let unit = start > 0
                        && text.as_bytes()[start - 1].is_ascii_digit()
                        && text.as_bytes()[start].is_ascii_alphabetic();
                    if text[start..].starts_with(phrase.as_str()) && (starts_word(&text, start) || unit) {
                        wanted.push((number, start, start + phrase.len()));
                    }
                }
            }
            prop_assert_eq!(found, wanted);
        }
    }
}
