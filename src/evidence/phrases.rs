//! A set of phrases, and which of them begin at the words of a text. The phrases are sorted, and each knows the longest
//! other one that it begins with: those that begin at a place are the last one sorted before what stands there, and its
//! ancestors. Nothing has to be compiled first, unlike with an automaton, which takes longer to build than to be used.

/// Phrases to look for.
#[derive(Debug, Default)]
pub struct Phrases {
    /// All phrases, one after the other.
    words: String,
    sorted: Vec<Phrase>,
    /// The first bytes of the phrases as numbers that sort as they do.
    heads: Vec<u64>,
    /// Where the phrases begin whose first bits are this number or a later one.
    begins: Vec<u32>,
    /// Whether a phrase of one byte is among them: the first bits of a text do not tell whether it begins with one.
    short: bool,
}

/// First bits of a phrase by which it is looked up.
const BEGIN: u32 = 13;

#[derive(Debug, Clone, Copy)]
struct Phrase {
    /// Its bytes in the words.
    from: u32,
    to: u32,
    /// Its number in the order in which the phrases were given.
    number: u32,
    /// The longest other phrase that it begins with, by place in the order.
    within: Option<u32>,
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
        Self::of_sorted(sorted(phrases))
    }

    /// The set of `phrases` in which those that are the same have one number, and the number of each that was given;
    /// absent for an empty one.
    pub fn merged<S: AsRef<str>>(phrases: impl IntoIterator<Item = S>) -> (Self, Vec<Option<u32>>) {
        let (words, mut sorted, given) = sorted(phrases);
        let mut numbers = vec![None; given];
        let of = |phrase: &Phrase| &words.as_bytes()[phrase.from as usize..phrase.to as usize];
        let mut last: Option<(u64, Phrase)> = None;
        let mut number = 0;
        sorted.retain_mut(|(head, phrase)| {
            let same = last.filter(|(other, last)| other == head && of(last) == of(phrase));
            let own = same.map_or(number, |(_, last)| last.number);
            numbers[phrase.number as usize] = Some(own);
            phrase.number = own;
            if same.is_none() {
                last = Some((*head, *phrase));
                number += 1;
            }
            same.is_none()
        });
        (Self::of_sorted((words, sorted, given)), numbers)
    }

    fn of_sorted((words, sorted, _): (String, Vec<(u64, Phrase)>, usize)) -> Self {
        let (heads, mut sorted): (Vec<u64>, Vec<Phrase>) = sorted.into_iter().unzip();
        let of = |phrase: &Phrase| &words.as_bytes()[phrase.from as usize..phrase.to as usize];
        let mut open: Vec<u32> = Vec::new();
        for at in 0..sorted.len() {
            let own = of(&sorted[at]);
            while open.last().is_some_and(|&outer| !own.starts_with(of(&sorted[outer as usize]))) {
                open.pop();
            }
            sorted[at].within = open.last().copied();
            open.push(at as u32);
        }
        let mut begins = Vec::with_capacity((1 << BEGIN) + 1);
        for (at, head) in (0..).zip(&heads) {
            begins.resize((*head >> (64 - BEGIN)) as usize + 1, at);
        }
        begins.resize((1 << BEGIN) + 1, sorted.len() as u32);
        let short = sorted.iter().any(|phrase| phrase.to - phrase.from == 1);
        Self { words, sorted, heads, begins, short }
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
        let first = head(rest);
        let key = (first >> (64 - BEGIN)) as usize;
        let (from, to) = match self.begins.get(key..key + 2) {
            Some(&[from, to]) => (from as usize, to as usize),
            _ => (0, 0),
        };
        let upper = from + self.heads[from..to].partition_point(|&head| head <= first);
        // Of those that begin with the same eight bytes the longer ones decide.
        let same = upper - self.heads[from..upper].iter().rev().take_while(|&&head| head == first).count();
        let later = same + self.sorted[same..upper].partition_point(|phrase| self.of(phrase) <= rest);
        let last = later.checked_sub(1).filter(|_| from < to || self.short).map(|at| at as u32);
        let ancestors = std::iter::successors(last, |&at| self.sorted[at as usize].within);
        let phrases = ancestors.map(|at| &self.sorted[at as usize]);
        // What begins with one of them begins with its ancestors, too.
        let there = phrases.skip_while(move |phrase| !rest.starts_with(self.of(phrase)));
        there.map(move |phrase| Found {
            phrase: phrase.number as usize,
            start,
            end: start + (phrase.to - phrase.from) as usize,
        })
    }

    fn of(&self, phrase: &Phrase) -> &[u8] {
        &self.words.as_bytes()[phrase.from as usize..phrase.to as usize]
    }
}

/// All phrases one after the other, and those that are not empty in their order, each with its first bytes; and how many
/// were given.
fn sorted<S: AsRef<str>>(phrases: impl IntoIterator<Item = S>) -> (String, Vec<(u64, Phrase)>, usize) {
    let (mut words, mut sorted) = (String::new(), Vec::new());
    let mut given = 0;
    for (number, phrase) in (0..).zip(phrases) {
        let from = words.len() as u32;
        words.push_str(phrase.as_ref());
        sorted.push((0, Phrase { from, to: words.len() as u32, number, within: None }));
        given += 1;
    }
    words.make_ascii_lowercase();
    let of = |phrase: &Phrase| &words.as_bytes()[phrase.from as usize..phrase.to as usize];
    sorted.retain(|(_, phrase)| phrase.from < phrase.to);
    for (first, phrase) in &mut sorted {
        *first = head(of(phrase));
    }
    sorted.sort_unstable_by(|(first, a), (second, b)| {
        first.cmp(second).then_with(|| of(a).cmp(of(b))).then(a.number.cmp(&b.number))
    });
    (words, sorted, given)
}

/// The first eight bytes as a number that sorts as they do; what is missing counts as nought.
fn head(bytes: &[u8]) -> u64 {
    if let Some(head) = bytes.first_chunk() {
        return u64::from_be_bytes(*head);
    }
    bytes.iter().zip((0..8).rev()).fold(0, |head, (&byte, place)| head | u64::from(byte) << (8 * place))
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

    #[test]
    fn what_is_the_same_has_one_number() {
        let (set, numbers) = Phrases::merged(["full", "gc", "Full", "", "full gc"]);
        let [full, gc, same, empty, both] = numbers[..] else { panic!("{numbers:?}") };
        assert!(full == same && empty.is_none() && full != gc && full != both && gc != both);
        let mut found: Vec<_> =
            set.find("full gc").map(|found| (found.start, Some(found.phrase as u32))).collect();
        found.sort_unstable();
        let mut wanted = vec![(0, full), (0, both), (5, gc)];
        wanted.sort_unstable();
        assert_eq!(found, wanted);
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
