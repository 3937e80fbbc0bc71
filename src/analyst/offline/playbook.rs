//! Playbooks: what a mechanism looks like in evidence, what refutes it, and what to check and do. Data in
//! `playbooks/*.toml`, one file per family, compiled into one matcher.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Deserializer};

use crate::evidence::lexicon::{ends_word, starts_word};
use crate::evidence::statement::{is_full, none_left};

pub mod own;

/// The built-in families.
const FAMILIES: [&str; 18] = [
    include_str!("playbooks/database.toml"),
    include_str!("playbooks/storage.toml"),
    include_str!("playbooks/compute.toml"),
    include_str!("playbooks/network.toml"),
    include_str!("playbooks/flow.toml"),
    include_str!("playbooks/change.toml"),
    include_str!("playbooks/kubernetes.toml"),
    include_str!("playbooks/security.toml"),
    include_str!("playbooks/transactions.toml"),
    include_str!("playbooks/stores.toml"),
    include_str!("playbooks/runtime.toml"),
    include_str!("playbooks/paths.toml"),
    include_str!("playbooks/messaging.toml"),
    include_str!("playbooks/cluster.toml"),
    include_str!("playbooks/host.toml"),
    include_str!("playbooks/release.toml"),
    include_str!("playbooks/edges.toml"),
    include_str!("playbooks/consistency.toml"),
];

/// One mechanism.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Stable id; hypotheses carry it.
    pub id: String,
    /// 0 a consequence more often than a cause, 1 either, 2 a cause.
    pub depth: u8,
    /// What broke, in English and Chinese; one text stands for both.
    #[serde(deserialize_with = "both")]
    pub title: [String; 2],
    /// How it reads inside a sentence, in English and Chinese.
    #[serde(default)]
    pub clause: Option<[String; 2]>,
    /// What its limit counts, after the figure: `500 / 500 in use`; in English and Chinese.
    #[serde(default)]
    pub counts: Option<[String; 2]>,
    /// Words for what it is about: measurements of these that are normal speak against it.
    #[serde(default)]
    pub about: Vec<String>,
    /// Mechanisms this one sets off.
    #[serde(default)]
    pub leads_to: Vec<String>,
    /// Counts only when one of these is in evidence, too.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Nobody is hurt by it as long as nothing else fails.
    #[serde(default)]
    pub harmless: bool,
    /// Signals of the mechanism itself: `weight: phrase | phrase + phrase`.
    pub mechanism: Vec<String>,
    /// Signals of its effect.
    #[serde(default)]
    pub symptom: Vec<String>,
    /// Signals of what sets it off.
    #[serde(default)]
    pub trigger: Vec<String>,
    /// Phrases that speak against it.
    #[serde(default)]
    pub refute: Vec<String>,
    /// Steps of the investigation; they only read.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Ways to stop the harm.
    #[serde(default)]
    pub mitigations: Vec<Remedy>,
    /// Work for afterwards.
    #[serde(default)]
    pub follow_ups: Vec<Task>,
    /// Lines that must match.
    #[serde(default)]
    pub samples: Vec<String>,
    /// Lines that must not match.
    #[serde(default)]
    pub not_samples: Vec<String>,
}

impl Playbook {
    /// Whether the table it is about belongs into a sentence on it.
    pub fn family_of_tables(&self) -> bool {
        self.checks.iter().any(|check| check.run.contains("{table}"))
    }
}

/// A step of the investigation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Id within the playbook.
    pub id: String,
    /// The question, English.
    pub en: String,
    /// The question, Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
    /// The command, with `{slots}` for names and `<placeholders>`.
    pub run: String,
    /// What the output says, English.
    pub see: String,
    /// What the output says, Chinese; the English text where it is left out.
    #[serde(default)]
    pub see_zh: String,
}

/// A way to stop the harm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Id within the playbook.
    pub id: String,
    /// What to do, English.
    pub en: String,
    /// What to do, Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
    /// The command; may be empty.
    #[serde(default)]
    pub run: String,
    /// What can go wrong, English.
    pub risk: String,
    /// What can go wrong, Chinese; the English text where it is left out.
    #[serde(default)]
    pub risk_zh: String,
    /// How to take it back, English.
    pub back: String,
    /// How to take it back, Chinese; the English text where it is left out.
    #[serde(default)]
    pub back_zh: String,
}

/// Work for afterwards.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// `P0` to `P3`.
    pub p: String,
    /// Role: service, database, platform, network, security.
    pub owner: String,
    /// English.
    pub en: String,
    /// Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
}

/// A text in English and Chinese, or one for both.
fn both<'de, D: Deserializer<'de>>(from: D) -> Result<[String; 2], D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text, or two: English and Chinese")]
    enum Texts {
        One(String),
        Two([String; 2]),
    }
    Ok(match Texts::deserialize(from)? {
        Texts::One(text) => [text.clone(), text],
        Texts::Two(texts) => texts,
    })
}

#[derive(Debug, Deserialize)]
struct Family {
    playbook: Vec<Playbook>,
}

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
const COMPUTED: [&str; 11] = [
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
        let named = patterns.iter().filter_map(|name| COMPUTED.iter().position(|known| known == name));
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

/// Splits `5: a | b`; a line without a weight has 1.
pub(super) fn weighted(line: &str) -> (f64, &str) {
    match line.split_once(": ") {
        Some((weight, list)) if weight.trim().parse::<f64>().is_ok() => {
            (weight.trim().parse().unwrap_or(1.0), list)
        }
        _ => (1.0, line),
    }
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

fn computed(text: &str, found: &mut Vec<(usize, usize)>) {
    if is_full(text) {
        found.push((0, 0));
    }
    if none_left(text) {
        found.push((4, 0));
    }
    let percents: Vec<f64> = percents(text).collect();
    if percents.iter().any(|&percent| percent >= 85.0) {
        found.push((1, 0));
    } else if percents.iter().any(|&percent| percent < 70.0) {
        found.push((2, 0));
    }
    let moved = |word: &str| text.contains(word) && (word != " from " || text.contains(" to "));
    if MOVES.iter().any(|word| moved(word)) && text.bytes().any(|byte| byte.is_ascii_digit()) {
        found.push((3, 0));
    }
}

/// The percentages of a text.
pub fn percents(text: &str) -> impl Iterator<Item = f64> + '_ {
    text.match_indices('%').filter_map(|(at, _)| {
        let left = text[..at].trim_end();
        let digits = left.bytes().rev().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        left[left.len() - digits..].parse().ok()
    })
}

#[cfg(test)]
mod tests;
