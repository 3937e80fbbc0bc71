//! Words by which the policy of severity tells extent and harm, English and Chinese.

use std::sync::LazyLock;

use crate::evidence::phrases::Phrases;
use crate::evidence::statement::Words;

mod harm;
mod relief;

pub(super) use harm::{CORE, ERRORS, LOSS, OF, SHARES, SITES, SOON, TOTAL};
pub(super) use relief::{CALLS, GOOD, NO_HARM, NOT_ERRORS, PARTIAL, PAST};

/// Lists that are looked for in every statement, all at once.
static LISTS: [&[&str]; 9] = [TOTAL, LOSS, PARTIAL, CALLS, CORE, NO_HARM, ERRORS, NOT_ERRORS, SOON];

/// The words of these lists, and the list that each is of.
static INDEX: LazyLock<(Phrases, Vec<usize>)> = LazyLock::new(|| {
    let all = LISTS.iter().enumerate().flat_map(|(list, words)| words.iter().map(move |word| (*word, list)));
    (Phrases::new(all.clone().map(|(word, _)| word)), all.map(|(_, list)| list).collect())
});

/// Whether one of `list` stands in `words`.
pub(super) fn has(words: &Words, list: &[&str]) -> bool {
    let Some(bit) = LISTS.iter().position(|known| std::ptr::eq(*known, list)) else {
        return list.iter().any(|word| words.lower().contains(word));
    };
    let (phrases, of) = &*INDEX;
    let found = |lower: &str| phrases.find_inside(lower).fold(0, |found, hit| found | 1 << of[hit.phrase]);
    words.lists(found) & 1 << bit != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_as_by_a_search_for_each_of_its_words() {
        for (at, list) in LISTS.iter().enumerate() {
            for word in *list {
                let words = Words::of(format!("x{word}y").into());
                let found: Vec<bool> = LISTS.iter().map(|list| has(&words, list)).collect();
                let wanted = LISTS.iter().map(|list| list.iter().any(|word| words.lower().contains(word)));
                assert_eq!(found, wanted.collect::<Vec<_>>(), "{word}");
                assert!(found[at], "{word}");
            }
        }
    }
}
