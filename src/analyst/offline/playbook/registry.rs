//! The matcher of all playbooks: phrases in one automaton, signals made of them, what they hit in a statement.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::analyst::offline::playbook::classes;
use crate::analyst::offline::playbook::concepts::{self, Sayings};
use crate::analyst::offline::playbook::figures::{computed_in, is_count};
use crate::analyst::offline::playbook::{FAMILIES, Playbook, own, weighted};
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

/// One way in which a signal shows: all of some parts.
#[derive(Debug)]
struct Alternative {
    signal: usize,
    /// Which of the parts of all alternatives are its own.
    parts: Range<usize>,
    specific: bool,
}

/// Alternatives by part.
#[derive(Debug)]
struct Index {
    /// Where those of each part begin, and where the last ones end.
    begins: Vec<u32>,
    alternatives: Vec<u32>,
}

impl Index {
    /// The alternatives of each part in order, given with their parts.
    fn new(parts: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let mut begins = Vec::with_capacity(parts + 1);
        for (at, &(part, _)) in (0..).zip(&pairs) {
            begins.resize(part as usize + 1, at);
        }
        begins.resize(parts + 1, pairs.len() as u32);
        Self { begins, alternatives: pairs.into_iter().map(|(_, alternative)| alternative).collect() }
    }

    fn of(&self, part: u32) -> &[u32] {
        match self.begins.get(part as usize..part as usize + 2) {
            Some(&[from, to]) => &self.alternatives[from as usize..to as usize],
            _ => &[],
        }
    }
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
    /// The parts of the alternatives: phrases by their number, then computed ones, then classes of words.
    parts: Vec<u32>,
    phrases: Phrases,
    /// The number of the first computed part.
    computed: u32,
    /// Which alternatives have a part as their rarest one: only those are looked at where it is found.
    rarest: Index,
    /// The alternatives that ask for concepts.
    sayings: Sayings,
    /// What the playbooks are about, and which are about each.
    about: (Phrases, Vec<usize>),
}

static BUILT_IN: LazyLock<Arc<Registry>> = LazyLock::new(|| {
    let texts = FAMILIES.iter().flat_map(|family| own::parts(family).1);
    Arc::new(Registry::new(texts.filter_map(|(_, text)| Playbook::begun(text)).collect()))
});

/// Phrases that stand for a computed property of the text.
const COMPUTED: [&str; 17] = [
    "@flat",
    "@grown",
    "@many",
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
    "@clocks-apart",
];

impl Registry {
    /// The playbooks that come with sevdeck.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Compiles `playbooks`.
    pub fn new(playbooks: Vec<Playbook>) -> Self {
        Self::with(playbooks, concepts::WORDS)
    }

    /// Compiles `playbooks` that ask for the concepts of `words`.
    pub fn with(playbooks: Vec<Playbook>, words: &str) -> Self {
        let sets = concepts::sets(words);
        let mut sayings = Vec::new();
        let (mut signals, mut alternatives, mut parts) = (Vec::new(), Vec::new(), Vec::new());
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
                        if concepts::asks(&sets, words) {
                            sayings.push((signals.len(), words));
                            continue;
                        }
                        let from = parts.len();
                        parts.extend(words.split(" + ").map(str::trim));
                        alternatives.push(Alternative {
                            signal: signals.len(),
                            parts: from..parts.len(),
                            specific: is_specific(words),
                        });
                    }
                    signals.push(Signal { playbook, number, kind, weight });
                }
            }
        }
        let (phrases, computed, parts) = numbered(&parts);
        let sayings = Sayings::new(&sets, &sayings);
        let rarest = by_rarest(computed as usize + COMPUTED.len(), &alternatives, &parts);
        let about = playbooks.iter().enumerate();
        let about = about.flat_map(|(at, playbook)| playbook.about.iter().map(move |word| (word, at)));
        let about = (Phrases::new(about.clone().map(|(word, _)| word)), about.map(|(_, at)| at).collect());
        Self { playbooks, signals, alternatives, parts, phrases, computed, rarest, sayings, about }
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
        let found = self.parts_in(words, patterns);
        // Looked for only where the other parts of an alternative are there.
        let classes = LazyCell::new(|| classes::found(words.lower()));
        let first_class = self.computed + COMPUTED.len() as u32;
        let place = |part: u32| {
            if let Some(class) = part.checked_sub(first_class).filter(|_| part != NEVER) {
                return (*classes & 1 << class != 0).then_some(COMPUTED_AT);
            }
            let at = found.binary_search_by_key(&part, |&(part, _)| part).ok()?;
            Some(found[at].1)
        };
        // The alternatives of which all parts are found, and the first place of a phrase.
        let mut complete: Vec<(u32, u32)> = Vec::new();
        for &(part, _) in &found {
            for &number in self.rarest.of(part) {
                let own = &self.parts[self.alternatives[number as usize].parts.clone()];
                if let Some(first) =
                    own.iter().try_fold(COMPUTED_AT, |first, &part| Some(place(part)?.min(first)))
                {
                    complete.push((number, first));
                }
            }
        }
        complete.sort_unstable();
        let mut hits: Vec<Hit> = Vec::new();
        let mut last = None;
        for (number, first) in complete {
            let alternative = &self.alternatives[number as usize];
            if last == Some(alternative.signal) {
                if let Some(hit) = hits.last_mut() {
                    hit.specific |= alternative.specific;
                }
                continue;
            }
            last = Some(alternative.signal);
            let Signal { playbook, number, kind, weight } = self.signals[alternative.signal];
            let at = if first == COMPUTED_AT { 0 } else { first as usize };
            let specific = alternative.specific;
            hits.push(Hit { playbook, signal: number, kind, weight, at, specific, vague: false });
        }
        for (signal, at) in self.sayings.found(words.lower()) {
            let Signal { playbook, number, kind, weight } = self.signals[signal];
            let same = |hit: &Hit| (hit.playbook, hit.signal, hit.kind) == (playbook, number, kind);
            if !hits.iter().any(same) {
                hits.push(Hit { playbook, signal: number, kind, weight, at, specific: false, vague: true });
            }
        }
        hits
    }

    /// The parts that stand in a piece of text, in order, each with its first place.
    fn parts_in(&self, words: &Words, patterns: &[&str]) -> Vec<(u32, u32)> {
        let lower = words.lower();
        let fitting = self.phrases.find(lower).filter(|found| fits(lower, found.start, found.end));
        let mut found: Vec<(u32, u32)> =
            fitting.map(|found| (found.phrase as u32, found.start as u32)).collect();
        for name in computed_in(words).into_iter().chain(patterns.iter().copied()) {
            let at = (0..).zip(COMPUTED).find(|(_, known)| *known == name);
            found.extend(at.map(|(at, _)| (self.computed + at, COMPUTED_AT)));
        }
        found.sort_unstable();
        found.dedup_by_key(|(part, _)| *part);
        found
    }
}

/// The place of what is computed: after all phrases.
const COMPUTED_AT: u32 = u32::MAX;

/// The number of what is never found.
const NEVER: u32 = u32::MAX;

/// The phrases among `parts`, the number of the first computed one, and a number for each part; those of classes come
/// last.
fn numbered(parts: &[&str]) -> (Phrases, u32, Vec<u32>) {
    let computed = |part: &str| (0..).zip(COMPUTED).find(|(_, name)| *name == part).map(|(at, _)| at);
    let class = |part: &str| part.strip_prefix('~').and_then(classes::number).map(|class| class as u32);
    let told = |part: &str| computed(part).is_some() || class(part).is_some();
    let plain = parts.iter().map(|part| if told(part) { "".into() } else { lower(part) });
    let (phrases, numbers) = Phrases::merged(plain);
    let first = numbers.iter().flatten().max().map_or(0, |last| last + 1);
    let number = |(part, number): (&&str, Option<u32>)| {
        let named = || computed(part).or_else(|| class(part).map(|at| COMPUTED.len() as u32 + at));
        number.or_else(|| named().map(|at: u32| first + at)).unwrap_or(NEVER)
    };
    (phrases, first, parts.iter().zip(numbers).map(number).collect())
}

/// Which of `alternatives` have each of `count` parts as their rarest one; what is never found has no number.
fn by_rarest(count: usize, alternatives: &[Alternative], parts: &[u32]) -> Index {
    let mut often = vec![0_u32; count];
    for &part in parts {
        if let Some(often) = often.get_mut(part as usize) {
            *often += 1;
        }
    }
    let rarest = |alternative: &Alternative| {
        let own = &parts[alternative.parts.clone()];
        // A class of words is too common to look things up by.
        let own = own.iter().filter(|&&part| part == NEVER || (part as usize) < count);
        let rarest = own.map(|&part| (often.get(part as usize), part)).min();
        rarest.and_then(|(often, part)| often.map(|_| part))
    };
    let pairs =
        (0..).zip(alternatives).filter_map(|(number, alternative)| Some((rarest(alternative)?, number)));
    Index::new(count, pairs.collect())
}

/// A phrase with what is not ASCII in lower case; nearly all are written so.
fn lower(phrase: &str) -> Cow<'_, str> {
    if !phrase.is_ascii() && phrase.chars().any(char::is_uppercase) {
        phrase.to_lowercase().into()
    } else {
        phrase.into()
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
pub(super) fn fits(text: &str, start: usize, end: usize) -> bool {
    let phrase = &text.as_bytes()[start..end];
    let short = phrase.len() <= 3;
    let unit = short || phrase.get(1) == Some(&b' ');
    // Inside a word phrases are found after a digit alone.
    (unit || starts_word(text, start)) && (!short || ends_word(text, end)) && !is_count(text, start, end)
}
