//! The matcher of all playbooks: phrases in one automaton, signals made of them, what they hit in a statement.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;

use crate::analyst::offline::playbook::{FAMILIES, Family, Playbook, percents, weighted};
use crate::evidence::lexicon::{ends_word, starts_word};
use crate::evidence::statement::{is_full, none_left};

/// What a signal tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalKind {
    /// The mechanism itself.
    Mechanism,
    /// Its effect.
    Symptom,
    /// What sets it off.
    Trigger,
    /// Speaks against it.
    Refuter,
}

#[derive(Debug)]
struct Signal {
    playbook: usize,
    number: usize,
    kind: SignalKind,
    weight: f64,
    alternatives: Vec<Vec<usize>>,
    specific: Vec<bool>,
}

/// A signal found in a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index of the playbook.
    pub playbook: usize,
    /// Which of its signals of this kind.
    pub signal: usize,
    /// Kind of the signal.
    pub kind: SignalKind,
    /// Its weight.
    pub weight: f64,
    /// Where in the text it was found.
    pub at: usize,
    /// Whether what was found is a phrase or a term of its own, rather than one everyday word.
    pub specific: bool,
}

/// All playbooks with their matcher.
#[derive(Debug)]
pub struct Registry {
    /// The playbooks, in the order of the files.
    pub playbooks: Vec<Playbook>,
    automaton: Option<AhoCorasick>,
    phrases: Vec<String>,
    signals: Vec<Signal>,
    uses: Vec<Vec<usize>>,
}

static BUILT_IN: LazyLock<Arc<Registry>> = LazyLock::new(|| {
    let families = FAMILIES.iter().filter_map(|text| toml::from_str::<Family>(text).ok());
    Arc::new(Registry::new(families.flat_map(|family| family.playbook).collect()))
});

/// Phrases that stand for a computed property of the text.
const COMPUTED: [&str; 13] = [
    "@full",
    "@high",
    "@low",
    "->",
    "@none",
    "@hour-twice",
    "@copies",
    "@unfinished",
    "@outlier",
    "@rising",
    "@both-writable",
    "@helped",
    "@skew",
];

impl Registry {
    /// The playbooks that come with sevdeck.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Compiles `playbooks`.
    pub fn new(playbooks: Vec<Playbook>) -> Self {
        let mut phrases: Vec<String> = COMPUTED.iter().map(|&name| name.to_owned()).collect();
        let mut known: HashMap<String, usize> =
            phrases.iter().enumerate().map(|(at, phrase)| (phrase.clone(), at)).collect();
        let mut signals = Vec::new();
        for (playbook, data) in playbooks.iter().enumerate() {
            let kinds = [
                (SignalKind::Mechanism, &data.mechanism),
                (SignalKind::Symptom, &data.symptom),
                (SignalKind::Trigger, &data.trigger),
                (SignalKind::Refuter, &data.refute),
            ];
            for (kind, lines) in kinds {
                for (number, line) in lines.iter().enumerate() {
                    let (weight, list) = weighted(line);
                    let mut intern = |phrase: &str| {
                        let phrase = phrase.to_lowercase();
                        if let Some(&at) = known.get(&phrase) {
                            return at;
                        }
                        phrases.push(phrase.clone());
                        known.insert(phrase, phrases.len() - 1);
                        phrases.len() - 1
                    };
                    let specific = list.split('|').map(is_specific).collect();
                    let alternatives = list.split('|').map(|alternative| {
                        alternative.split(" + ").map(|phrase| intern(phrase.trim())).collect()
                    });
                    let alternatives = alternatives.collect();
                    signals.push(Signal { playbook, number, kind, weight, alternatives, specific });
                }
            }
        }
        let mut uses = vec![Vec::new(); phrases.len()];
        for (number, signal) in signals.iter().enumerate() {
            for &phrase in signal.alternatives.iter().flatten() {
                if uses[phrase].last() != Some(&number) {
                    uses[phrase].push(number);
                }
            }
        }
        // An automaton that ignores case itself takes twice as long to build.
        let automaton = AhoCorasick::new(&phrases).ok();
        Self { playbooks, automaton, phrases, signals, uses }
    }

    /// Index of a playbook.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.playbooks.iter().position(|playbook| playbook.id == id)
    }

    /// The signals found in `text`.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.hits_with(text, &[])
    }

    /// The signals found in `text`, for which `patterns` were found, too.
    pub fn hits_with(&self, text: &str, patterns: &[&str]) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<(usize, usize)> = Vec::new();
        for hit in automaton.find_overlapping_iter(&text.to_ascii_lowercase()) {
            let id = hit.pattern().as_usize();
            let seen = found.iter().any(|&(known, _)| known == id);
            if id >= COMPUTED.len() && !seen && fits(text, &self.phrases[id], hit.start(), hit.end()) {
                found.push((id, hit.start()));
            }
        }
        computed(text, &mut found);
        let named = patterns.iter().filter_map(|name| phrase(name));
        found.extend(named.map(|id| (id, 0)));
        let mut candidates: Vec<usize> =
            found.iter().flat_map(|&(id, _)| self.uses[id].iter().copied()).collect();
        candidates.sort_unstable();
        candidates.dedup();
        let place = |phrase: usize| found.iter().find(|&&(known, _)| known == phrase).map(|&(_, at)| at);
        let mut hits = Vec::new();
        for number in candidates {
            let signal = &self.signals[number];
            let complete =
                |alternative: &&Vec<usize>| alternative.iter().all(|&phrase| place(phrase).is_some());
            if let Some(alternative) = signal.alternatives.iter().find(complete) {
                let mut known = signal.alternatives.iter().zip(&signal.specific);
                let at = alternative.iter().filter(|&&phrase| phrase >= COMPUTED.len());
                hits.push(Hit {
                    playbook: signal.playbook,
                    signal: signal.number,
                    kind: signal.kind,
                    weight: signal.weight,
                    at: at.filter_map(|&phrase| place(phrase)).min().unwrap_or(0),
                    specific: known.any(|(alternative, &specific)| specific && complete(&alternative)),
                });
            }
        }
        hits
    }
}

/// Whether an alternative says something by itself in a log of machines: several words, a code, an identifier, or a
/// term in Chinese. One everyday word (`image`, `release`, `staging`) does not.
fn is_specific(alternative: &str) -> bool {
    let words: Vec<&str> = alternative.split([' ', '+', ':']).filter(|word| word.len() > 1).collect();
    let coined = |word: &&str| {
        word.chars().skip(1).any(|c| c.is_ascii_uppercase()) && word.len() >= 5 || word.starts_with('@')
    };
    words.len() >= 2 && words.iter().map(|word| word.len()).sum::<usize>() >= 8
        || words.iter().any(coined)
        || !alternative.is_ascii()
}

/// A phrase begins where a word begins; a short one is a whole word. Units may follow digits (`33G`).
fn fits(text: &str, phrase: &str, start: usize, end: usize) -> bool {
    let short = phrase.len() <= 3;
    let unit = short || phrase.as_bytes().get(1) == Some(&b' ');
    let after_digit = start > 0
        && text.as_bytes()[start - 1].is_ascii_digit()
        && phrase.starts_with(|c: char| c.is_ascii_alphabetic());
    (starts_word(text, start) || (unit && after_digit)) && (!short || ends_word(text, end))
}

/// Ways to write that a value moved.
const MOVES: [&str; 12] =
    ["->", "→", "涨到", "跌到", "升至", "降至", "升到", "降到", "增至", "doubled", "tripled", " from "];

/// Adds the phrases that stand for what a statement says in figures.
fn computed(text: &str, found: &mut Vec<(usize, usize)>) {
    let percents: Vec<f64> = percents(text).collect();
    let high = percents.iter().any(|&percent| percent >= 85.0);
    let moves = |word: &str| text.contains(word) && (word != " from " || text.contains(" to "));
    let moved = MOVES.iter().any(|word| moves(word)) && text.bytes().any(|byte| byte.is_ascii_digit());
    let told = [
        ("@full", is_full(text)),
        ("@none", none_left(text)),
        ("@high", high),
        ("@low", !high && percents.iter().any(|&percent| percent < 70.0)),
        ("->", moved),
    ];
    let said = told.iter().filter(|(_, said)| *said).filter_map(|(name, _)| phrase(name));
    found.extend(said.map(|id| (id, 0)));
}

/// Number of a computed phrase.
fn phrase(name: &str) -> Option<usize> {
    COMPUTED.iter().position(|known| *known == name)
}
