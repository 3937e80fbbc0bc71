//! The matcher of all playbooks: phrases in one automaton, signals made of them, what they hit in a statement.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use crate::analyst::offline::playbook::{FAMILIES, Family, Playbook, percents, weighted};
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
    /// What the playbooks are about, and which are about each.
    about: (Phrases, Vec<usize>),
}

static BUILT_IN: LazyLock<Arc<Registry>> = LazyLock::new(|| {
    let families = FAMILIES.iter().filter_map(|text| toml::from_str::<Family>(text).ok());
    Arc::new(Registry::new(families.flat_map(|family| family.playbook).collect()))
});

/// Phrases that stand for a computed property of the text.
const COMPUTED: [&str; 14] = [
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
];

impl Registry {
    /// The playbooks that come with sevdeck.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Compiles `playbooks`.
    pub fn new(playbooks: Vec<Playbook>) -> Self {
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
                            match COMPUTED.iter().position(|name| *name == phrase) {
                                Some(at) => computed[at].push(number),
                                None => phrases.push(lower(phrase)),
                            }
                        }
                        of.resize(phrases.len(), number);
                        alternatives.push(Alternative {
                            signal: signals.len(),
                            phrases: words.split(" + ").count(),
                            specific: is_specific(words),
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
        Self { playbooks, signals, alternatives, phrases, computed, about }
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
        // Alternative, phrase, place.
        let mut parts: Vec<(usize, usize, usize)> =
            fitting.map(|found| (of[found.phrase], found.phrase, found.start)).collect();
        for name in computed(words).into_iter().chain(patterns.iter().copied()) {
            let at = COMPUTED.iter().position(|known| *known == name).unwrap_or(COMPUTED.len());
            let alternatives = self.computed.get(at).into_iter().flatten();
            parts.extend(alternatives.map(|&alternative| (alternative, SAID + at, 0)));
        }
        parts.sort_unstable();
        // Of a phrase that comes again its first place counts.
        parts.dedup_by_key(|(alternative, phrase, _)| (*alternative, *phrase));
        let complete =
            |parts: &&[(usize, usize, usize)]| parts.len() == self.alternatives[parts[0].0].phrases;
        let mut hits: Vec<Hit> = Vec::new();
        let mut last = None;
        for parts in parts.chunk_by(|a, b| a.0 == b.0).filter(complete) {
            let alternative = &self.alternatives[parts[0].0];
            if last == Some(alternative.signal) {
                if let Some(hit) = hits.last_mut() {
                    hit.specific |= alternative.specific;
                }
                continue;
            }
            last = Some(alternative.signal);
            let Signal { playbook, number, kind, weight } = self.signals[alternative.signal];
            let places = parts.iter().filter(|(_, phrase, _)| *phrase < SAID).map(|(_, _, at)| *at);
            let (at, specific) = (places.min().unwrap_or(0), alternative.specific);
            hits.push(Hit { playbook, signal: number, kind, weight, at, specific });
        }
        hits
    }
}

/// Computed phrases are numbered from here on.
const SAID: usize = usize::MAX / 2;

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

/// Whether a number that stands for a code (`413`, `1205`) is a count, a time or the name of something here:
/// `attempt 413`, `502 ms`.
fn is_count(text: &str, start: usize, end: usize) -> bool {
    const COUNTED: [&str; 25] = [
        "attempt",
        "attempts",
        "try",
        "retry",
        "row",
        "rows",
        "line",
        "job",
        "order",
        "user",
        "pid",
        "id",
        "no",
        "ticket",
        "process",
        "seq",
        "offset",
        "partition",
        "page",
        "took",
        "size",
        "total",
        "len",
        "used",
        "lag",
    ];
    const UNITS: [&str; 25] = [
        "ms",
        "s",
        "sec",
        "seconds",
        "min",
        "minutes",
        "h",
        "hours",
        "mb",
        "gb",
        "kb",
        "mib",
        "gib",
        "m",
        "g",
        "k",
        "rows",
        "connections",
        "pods",
        "jobs",
        "users",
        "items",
        "lines",
        "messages",
        "files",
    ];
    if !text.as_bytes()[start..end].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let head = text[..start].trim_end_matches([' ', '=', ':', '(', '[']);
    if head.ends_with('#') {
        return true;
    }
    let word = head.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    let unit = text[end..].trim_start_matches(' ');
    let unit = unit.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    COUNTED.contains(&word) || UNITS.contains(&unit)
}

/// Whether a text gives a number of ten thousand or more: `ready=184233`, `88,410`, `310k`, `18 万`.
fn has_many(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) {
        let len =
            bytes[from..].iter().take_while(|byte| byte.is_ascii_digit() || b",.".contains(byte)).count();
        at = from + len;
        let inner =
            from > 0 && (bytes[from - 1].is_ascii_alphabetic() || b"._:/-#".contains(&bytes[from - 1]));
        let rest = text[at..].trim_start_matches(' ');
        let unit = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let factor = match unit {
            "k" | "K" => 1e3,
            "M" => 1e6,
            _ if unit.starts_with('万') => 1e4,
            "ms" | "us" | "bytes" | "B" => continue,
            _ => 1.0,
        };
        let value: f64 = text[from..at].trim_end_matches(['.', ',']).replace(',', "").parse().unwrap_or(0.0);
        if !inner && !rest.starts_with([':', '-', '/']) && (1e4..1e9).contains(&(value * factor)) {
            return true;
        }
    }
    false
}

/// Ways to write that a value moved.
const MOVES: [&str; 12] =
    ["->", "→", "涨到", "跌到", "升至", "降至", "升到", "降到", "增至", "doubled", "tripled", " from "];

/// The phrases that stand for what a text says in figures.
fn computed(words: &Words) -> Vec<&'static str> {
    let text = &**words.text();
    let percents: Vec<f64> = percents(text).collect();
    let high = percents.iter().any(|&percent| percent >= 85.0);
    let moves = |word: &str| text.contains(word) && (word != " from " || text.contains(" to "));
    let moved = text.bytes().any(|byte| byte.is_ascii_digit()) && MOVES.iter().any(|word| moves(word));
    let told = [
        ("@full", words.is_full()),
        ("@none", words.is_none_left()),
        ("@high", high),
        ("@many", has_many(text)),
        ("@low", !high && percents.iter().any(|&percent| percent < 70.0)),
        ("->", moved),
    ];
    told.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect()
}
