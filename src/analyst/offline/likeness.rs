//! Likeness: how much the words of a report are those of a playbook, whichever phrases they stand in. Signals are sure
//! and narrow; what people write at night often meets none of them, yet uses the words of one mechanism and no other's.
//! Terms are weighed by how few playbooks use them (inverse document frequency), as in a search engine.

use std::collections::{BTreeMap, HashMap};

use crate::analyst::offline::playbook::{Playbook, weighted};
use crate::evidence::statement::{Origin, Reading, Statement};

/// Words that every text has.
const COMMON: [&str; 60] = [
    "the", "an", "of", "to", "in", "on", "and", "is", "it", "we", "for", "at", "be", "was", "by", "are",
    "not", "no", "or", "from", "with", "this", "that", "all", "as", "has", "have", "but", "then", "our",
    "since", "its", "so", "up", "out", "you", "them", "their", "were", "after", "before", "when", "only",
    "one", "two", "new", "old", "more", "than", "same", "now", "still", "utc", "am", "pm", "they", "been",
    "had", "what", "there",
];

/// Letters of a term that are compared: endings differ.
const STEM: usize = 9;

/// Statements that are read.
const READ: usize = 600;

/// How far the length of a playbook's vocabulary lowers its likeness.
const LENGTH: f64 = 0.6;

/// The terms of all playbooks.
#[derive(Debug, Default)]
pub struct Likeness {
    /// The playbooks that use a term, and how much it says for them.
    uses: HashMap<Box<str>, Vec<(usize, f64)>>,
    playbooks: usize,
}

/// How alike a reading is to a playbook.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    /// The measure; 5 is fairly alike.
    pub score: f64,
    /// Terms in common.
    pub terms: usize,
    /// Statements with these terms, the one with the most first.
    pub statements: Vec<usize>,
}

impl Likeness {
    /// Reads the terms of `playbooks`.
    pub fn of(playbooks: &[Playbook]) -> Self {
        let vocabularies: Vec<BTreeMap<String, f64>> = playbooks.iter().map(vocabulary).collect();
        let mut holders: HashMap<&str, usize> = HashMap::new();
        for term in vocabularies.iter().flat_map(BTreeMap::keys) {
            *holders.entry(term).or_default() += 1;
        }
        let count = vocabularies.iter().filter(|vocabulary| !vocabulary.is_empty()).count() as f64;
        let rare = |term: &str| ((count + 1.0) / (holders[term] as f64 + 0.5)).ln().max(0.0);
        let mut uses: HashMap<Box<str>, Vec<(usize, f64)>> = HashMap::new();
        for (playbook, vocabulary) in vocabularies.iter().enumerate() {
            let often = |said: f64| (1.0 + said.ln_1p()).min(3.0);
            let squares = vocabulary.iter().map(|(term, &said)| (often(said) * rare(term)).powi(2));
            let length = squares.sum::<f64>().sqrt().powf(LENGTH);
            for (term, &said) in vocabulary {
                let weight = often(said) * rare(term).powi(2) / length.max(1.0);
                uses.entry(term.as_str().into()).or_default().push((playbook, weight));
            }
        }
        Self { uses, playbooks: playbooks.len() }
    }

    /// How alike what people wrote is to each playbook.
    pub fn read(&self, reading: &Reading<'_>) -> Vec<Alike> {
        let mut told: BTreeMap<String, (f64, Vec<usize>)> = BTreeMap::new();
        let prose = reading.statements.iter().enumerate();
        for (number, statement) in prose.filter(|(_, s)| s.origin == Origin::Prose && !s.hostile).take(READ) {
            let says = says(statement);
            terms(statement.words.lower(), |term| {
                if self.uses.contains_key(term) {
                    let entry = told.entry(term.to_owned()).or_default();
                    entry.0 = entry.0.max(says);
                    if entry.1.last() != Some(&number) {
                        entry.1.push(number);
                    }
                }
            });
        }
        let mut alike = vec![Alike::default(); self.playbooks];
        let mut shares: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); self.playbooks];
        for (term, (says, numbers)) in &told {
            for &(playbook, weight) in &self.uses[term.as_str()] {
                alike[playbook].score += says * weight;
                alike[playbook].terms += 1;
                for &number in numbers {
                    *shares[playbook].entry(number).or_default() += weight;
                }
            }
        }
        for (alike, shares) in alike.iter_mut().zip(shares) {
            let mut shares: Vec<(usize, f64)> = shares.into_iter().collect();
            shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            alike.statements = shares.into_iter().map(|(number, _)| number).collect();
        }
        alike
    }
}

/// How much the words of a statement count: those of a failure or a change in full, those of what is well hardly.
fn says(statement: &Statement<'_>) -> f64 {
    if statement.healthy {
        0.3
    } else if statement.claim {
        0.5
    } else if statement.is_bad() || statement.change || statement.level.is_some() {
        1.0
    } else {
        0.9
    }
}

/// The terms of a playbook, and how much each of them says.
fn vocabulary(playbook: &Playbook) -> BTreeMap<String, f64> {
    let mut vocabulary = BTreeMap::new();
    if playbook.mechanism.is_empty() {
        return vocabulary;
    }
    let lists = [(&playbook.mechanism, 1.0), (&playbook.trigger, 0.5), (&playbook.symptom, 0.3)];
    for (lines, share) in lists {
        for line in lines {
            let (weight, list) = weighted(line);
            let phrases = list.split('|').flat_map(|words| words.split(" + ")).map(str::trim);
            for phrase in phrases.filter(|phrase| !phrase.starts_with(['~', '@'])) {
                terms(&phrase.to_lowercase(), |term| {
                    let said: &mut f64 = vocabulary.entry(term.to_owned()).or_default();
                    *said = said.max(share * weight / 6.0);
                });
            }
        }
    }
    let texts = playbook.samples().iter().chain(&playbook.title).chain(&playbook.about);
    for text in texts.chain(playbook.clause.iter().flatten()) {
        let mut own: Vec<String> = Vec::new();
        terms(&text.to_lowercase(), |term| own.push(term.to_owned()));
        own.sort_unstable();
        own.dedup();
        for term in own {
            *vocabulary.entry(term).or_default() += 1.0;
        }
    }
    vocabulary
}

/// The terms of a text in lower case: words without their ending, and pairs of Chinese characters.
fn terms(lower: &str, mut take: impl FnMut(&str)) {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut rest = lower;
    while let Some(first) = rest.chars().next() {
        if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = stem(&rest[..end]);
            let named = word.len() > 1 && word.starts_with(|c: char| c.is_ascii_alphabetic());
            if named && !COMMON.contains(&word) {
                take(word);
            }
            rest = &rest[end..];
        } else {
            let width = first.len_utf8();
            let next = rest[width..].chars().next();
            if let Some(next) = next.filter(|&next| is_ideograph(first) && is_ideograph(next)) {
                take(&rest[..width + next.len_utf8()]);
            }
            rest = &rest[width..];
        }
    }
}

fn is_ideograph(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// A word of ASCII letters without a usual ending, cut to what is compared.
fn stem(word: &str) -> &str {
    const ENDINGS: [&str; 4] = ["ing", "ed", "es", "s"];
    let bare = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).filter(|_| word.len() > 4);
    let bare = bare.unwrap_or(word);
    bare.get(..STEM).unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, |term| found.push(term.to_owned()));
        found
    }

    #[test]
    fn words_lose_their_endings_and_chinese_comes_in_pairs() {
        assert_eq!(all("the retries, retried x-4 k8s"), ["retri", "retri", "k8s"]);
        assert_eq!(all("证书过期 ok"), ["证书", "书过", "过期", "ok"]);
        assert_eq!(all("1234 5.6 —"), Vec::<String>::new());
    }
}
