//! The matcher of all playbooks: phrases in one automaton, signals made of them, what they hit in a statement.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use crate::analyst::offline::playbook::concepts::Concepts;
use crate::analyst::offline::playbook::figures::{computed, is_count};
use crate::analyst::offline::playbook::{FAMILIES, Family, Playbook, weighted};
use crate::evidence::lexicon::{ends_word, starts_word};
use crate::evidence::phrases::Phrases;
use crate::evidence::statement::Words;

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
}

/// One way in which a signal shows: all of some phrases.
#[derive(Debug)]
struct Alternative {
    signal: usize,
    /// How many phrases, computed ones included.
    phrases: usize,
    specific: bool,
    /// Whether its parts have to stand near each other: concepts have everyday words.
    near: bool,
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
    /// Whether only concepts stand near each other: it counts where nothing else of the playbook was found.
    pub vague: bool,
}

/// What a piece of text tells the playbooks.
#[derive(Debug, Default)]
pub struct Match {
    /// The signals found in it.
    pub hits: Vec<Hit>,
    /// The playbooks that are about something it names.
    pub about: Vec<usize>,
}

/// All playbooks with their matcher.
#[derive(Debug)]
pub struct Registry {
    /// The playbooks, in the order of the files.
    pub playbooks: Vec<Playbook>,
    signals: Vec<Signal>,
    /// In the order of the signals.
    alternatives: Vec<Alternative>,
    /// The phrases of all alternatives, and the alternative that each is of.
    phrases: (Phrases, Vec<usize>),
    /// The alternatives that each of the computed phrases is of.
    computed: Vec<Vec<usize>>,
    /// Words that say the same thing, and the alternatives that each of these sets is of.
    concepts: (Concepts, Vec<Vec<usize>>),
    /// What the playbooks are about, and which are about each.
    about: (Phrases, Vec<usize>),
}

static BUILT_IN: LazyLock<Arc<Registry>> = LazyLock::new(|| {
    let families = FAMILIES.iter().filter_map(|text| toml::from_str::<Family>(text).ok());
    Arc::new(Registry::new(families.flat_map(|family| family.playbook).collect()))
});

/// Phrases that stand for a computed property of the text.
const COMPUTED: [&str; 16] = [
    "@many",
    "@flat",
    "@grown",
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
        Self::with(playbooks, Concepts::built_in())
    }

    /// Compiles `playbooks`, whose `<names>` are those of `concepts`.
    pub fn with(playbooks: Vec<Playbook>, concepts: Concepts) -> Self {
        let mut meant = vec![Vec::new(); concepts.len()];
        let (mut signals, mut alternatives) = (Vec::new(), Vec::new());
        let (mut phrases, mut of, mut computed) = (Vec::new(), Vec::new(), vec![Vec::new(); COMPUTED.len()]);
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
                    for words in list.split('|') {
                        let number = alternatives.len();
                        for phrase in words.split(" + ").map(str::trim) {
                            let known = COMPUTED.iter().position(|name| *name == phrase);
                            match (known, concepts.index(phrase)) {
                                (Some(at), _) => computed[at].push(number),
                                (None, Some(at)) => meant[at].push(number),
                                (None, None) => phrases.push(lower(phrase)),
                            }
                        }
                        of.resize(phrases.len(), number);
                        alternatives.push(Alternative {
                            signal: signals.len(),
                            phrases: words.split(" + ").count(),
                            specific: is_specific(words),
                            near: words.contains('<'),
                        });
                    }
                    signals.push(Signal { playbook, number, kind, weight });
                }
            }
        }
        let about = playbooks.iter().enumerate();
        let about = about.flat_map(|(at, playbook)| playbook.about.iter().map(move |word| (word, at)));
        let about = (Phrases::new(about.clone().map(|(word, _)| word)), about.map(|(_, at)| at).collect());
        let phrases = (Phrases::new(&phrases), of);
        let concepts = (concepts, meant);
        Self { playbooks, signals, alternatives, phrases, computed, concepts, about }
    }

    /// Index of a playbook.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.playbooks.iter().position(|playbook| playbook.id == id)
    }

    /// The signals found in `text`.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.hits_with(&Words::of(text.into()), &[])
    }

    /// What a piece of text tells, by itself.
    pub fn read(&self, words: &Words) -> Match {
        let (phrases, playbooks) = &self.about;
        let mut about: Vec<usize> =
            phrases.find_inside(words.lower()).map(|found| playbooks[found.phrase]).collect();
        about.sort_unstable();
        about.dedup();
        Match { hits: self.hits_with(words, &[]), about }
    }

    /// The signals found in a piece of text for which `patterns` were found, too.
    pub fn hits_with(&self, words: &Words, patterns: &[&str]) -> Vec<Hit> {
        let (phrases, of) = &self.phrases;
        let lower = words.lower();
        let fitting = phrases.find(lower).filter(|found| fits(lower, found.start, found.end));
        let mut parts: Vec<Part> =
            fitting.map(|found| (of[found.phrase], found.phrase, found.start)).collect();
        for name in computed(words).into_iter().chain(patterns.iter().copied()) {
            let at = COMPUTED.iter().position(|known| *known == name).unwrap_or(COMPUTED.len());
            let alternatives = self.computed.get(at).into_iter().flatten();
            parts.extend(alternatives.map(|&alternative| (alternative, SAID + at, 0)));
        }
        let (concepts, meant) = &self.concepts;
        for found in concepts.find(lower).filter(|found| fits(lower, found.start, found.end)) {
            let concept = concepts.of(found.phrase);
            parts.extend(meant[concept].iter().map(|&number| (number, MEANT + concept, found.start)));
        }
        parts.sort_unstable();
        // Of a phrase that comes again its first place counts, unless its parts have to stand near each other.
        parts.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1 && !self.alternatives[a.0].near);
        let complete = |parts: &&[Part]| self.is_complete(parts);
        let mut hits: Vec<Hit> = Vec::new();
        let mut last = None;
        for parts in parts.chunk_by(|a, b| a.0 == b.0).filter(complete) {
            let alternative = &self.alternatives[parts[0].0];
            if last == Some(alternative.signal) {
                if let Some(hit) = hits.last_mut() {
                    hit.specific |= alternative.specific;
                    hit.vague &= alternative.near;
                }
                continue;
            }
            last = Some(alternative.signal);
            let Signal { playbook, number, kind, weight } = self.signals[alternative.signal];
            let places = parts.iter().filter(|(_, phrase, _)| *phrase < SAID).map(|(_, _, at)| *at);
            let (at, specific) = (places.min().unwrap_or(0), alternative.specific);
            let vague = alternative.near;
            hits.push(Hit { playbook, signal: number, kind, weight, at, specific, vague });
        }
        hits
    }

    /// Whether all phrases of an alternative were found, near each other where they have to be.
    fn is_complete(&self, parts: &[Part]) -> bool {
        let alternative = &self.alternatives[parts[0].0];
        let phrases = || parts.chunk_by(|a, b| a.1 == b.1);
        let near = |at: usize| {
            phrases().all(|same| same.iter().any(|part| part.1 >= SAID || part.2.abs_diff(at) <= NEAR))
        };
        let first = || parts.iter().take_while(|part| part.1 == parts[0].1);
        phrases().count() == alternative.phrases && (!alternative.near || first().any(|part| near(part.2)))
    }
}

/// A phrase that was found: its alternative, its number, its place.
type Part = (usize, usize, usize);

/// Computed phrases are numbered from here on.
const SAID: usize = usize::MAX / 2;

/// Concepts are numbered from here on.
const MEANT: usize = usize::MAX / 4;

/// Bytes within which the parts of an alternative with concepts stand.
const NEAR: usize = 72;

/// A phrase in lower case; nearly all are written so.
fn lower(phrase: &str) -> Cow<'_, str> {
    if phrase.chars().any(char::is_uppercase) { phrase.to_lowercase().into() } else { phrase.into() }
}

/// Whether an alternative says something by itself in a log of machines: several words, a code, an identifier, or a
/// term in Chinese. One everyday word (`image`, `release`, `staging`) does not.
fn is_specific(alternative: &str) -> bool {
    let words: Vec<&str> = alternative.split([' ', '+', ':']).filter(|word| word.len() > 1).collect();
    let coined = |word: &&str| {
        word.chars().skip(1).any(|c| c.is_ascii_uppercase()) && word.len() >= 5 || word.starts_with('@')
    };
    if alternative.contains('<') {
        return false;
    }
    words.len() >= 2 && words.iter().map(|word| word.len()).sum::<usize>() >= 8
        || words.iter().any(coined)
        || !alternative.is_ascii()
}

/// A phrase begins where a word begins; a short one is a whole word. Units may follow digits (`33G`).
fn fits(text: &str, start: usize, end: usize) -> bool {
    let phrase = &text.as_bytes()[start..end];
    let short = phrase.len() <= 3;
    let unit = short || phrase.get(1) == Some(&b' ');
    // Inside a word phrases are found after a digit alone.
    (unit || starts_word(text, start)) && (!short || ends_word(text, end)) && !is_count(text, start, end)
}
