//! Templates: the constant part of many messages, found online.
//!
//! A message is masked first ([`mask`]); messages of the same masked form are the same template, which a cache
//! answers. Other forms are compared, token by token, with templates of the same length that share the first or the
//! second token ([`alike`]). Where values differ, the message joins the template. Where words differ, it does not, until
//! so many words were seen in one place that the place is a variable: then a general template takes what comes, and
//! what came is settled under it at the end. (Drain: He et al., ICWS 2017; Brain: Yu et al., TSC 2023; thresholds from
//! the message instead of the data set after PIPLUP, arXiv 2508.09366.)

mod alike;
pub(crate) mod mask;
mod shape;
pub(crate) mod words;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::log::clean;
use crate::log::template::alike::{Search, covers, generalise, is_word, merge};
use crate::log::template::mask::{Masked, WILD};
use crate::log::template::words::Traits;

/// Most templates; messages beyond them fall into one overflow template.
pub(crate) const TEMPLATES_MAX: usize = 20_000;
/// Most masked forms remembered; at the limit the cache starts over.
const FORMS_MAX: usize = 1 << 16;
/// Most templates compared with one message.
const COMPARED_MAX: usize = 96;
/// The same when there are as many templates as there may be.
const COMPARED_WHEN_FULL: usize = 12;
/// Bytes of template text kept.
const TEXT_MAX: usize = 1024;

/// What the miner knows of a template; counts and places are kept by the caller.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Stable id.
    pub(crate) id: String,
    /// Of records of a bad level.
    bad: bool,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    hash: u64,
    /// Blanks before it.
    gap: usize,
    text: Box<str>,
    /// A word and nothing else.
    word: bool,
    /// Part of the constants: not wholly variable.
    constant: bool,
}

impl Pattern {
    /// Text with `<*>` for variables.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for token in &self.tokens {
            if !text.is_empty() {
                text.extend(std::iter::repeat_n(' ', token.gap));
            }
            text.push_str(&token.text);
        }
        clean::cut(text, TEXT_MAX).0
    }
}

/// The template of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mined {
    /// Index of the template.
    pub(crate) template: u32,
    /// What the words of this message suggest.
    pub(crate) traits: Traits,
}

/// Groups messages into templates.
#[derive(Debug, Default)]
pub(crate) struct Miner {
    patterns: Vec<Pattern>,
    ids: HashMap<String, u32>,
    /// Templates by number of tokens and one of the first two tokens.
    groups: HashMap<Key, Vec<u32>>,
    /// The more general template that a template turned out to be a case of.
    general: HashMap<u32, u32>,
    forms: HashMap<u64, Mined, BuildHasherDefault<Ready>>,
    masked: Masked,
    overflow: Option<u32>,
    /// Comparisons made, to measure that their number is bounded.
    #[cfg(test)]
    compared: u64,
}

impl Miner {
    /// All templates, by index.
    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Finds the templates that are cases of others; for when all messages are known.
    pub(crate) fn settle(&mut self) {
        for case in 0..self.patterns.len() as u32 {
            if self.general.contains_key(&case) {
                continue;
            }
            let own = &self.patterns[case as usize];
            let others = keys_of(own).into_iter().filter_map(|key| self.groups.get(&key));
            let general =
                others.flat_map(|group| group.iter().rev().take(COMPARED_MAX)).copied().find(|&other| {
                    other != case
                        && self.settled(other) != case
                        && covers(&self.patterns[other as usize].tokens, &own.tokens)
                });
            if let Some(general) = general {
                self.general.insert(case, general);
            }
        }
    }

    /// The template that stands for this one now that all messages are known: words that turned out to vary are
    /// variables of it. While messages arrive, a template keeps the records it was given.
    pub(crate) fn settled(&self, mut template: u32) -> u32 {
        while let Some(&general) = self.general.get(&template) {
            template = general;
        }
        template
    }

    /// The template of a message, given in two parts; `access` keeps the status of an HTTP line.
    pub(crate) fn mine(&mut self, message: [&[u8]; 2], access: bool) -> Mined {
        self.mine_as(message, access, false)
    }

    /// As [`Self::mine`], keeping records of a bad level apart from others of the same words, so that a failure never
    /// hides in a template of ordinary work.
    pub(crate) fn mine_as(&mut self, message: [&[u8]; 2], access: bool, bad: bool) -> Mined {
        let mut masked = std::mem::take(&mut self.masked);
        masked.read(message, access);
        let form = masked.form() ^ class(bad);
        let mined = match self.forms.get(&form) {
            Some(mined) => *mined,
            None => self.learn(&masked, form, bad),
        };
        self.masked = masked;
        mined
    }

    /// The template a message would join as things stand; learns nothing.
    pub(crate) fn locate(&self, message: [&[u8]; 2], access: bool, bad: bool) -> Option<u32> {
        let mut masked = Masked::default();
        masked.read(message, access);
        if let Some(mined) = self.forms.get(&(masked.form() ^ class(bad))) {
            return Some(mined.template);
        }
        let mut search = Search::new(&masked);
        for key in keys(&masked, bad) {
            for &index in self.groups.get(&key).into_iter().flatten().rev().take(COMPARED_MAX) {
                search.compare(index, &self.patterns[index as usize].tokens, &masked);
            }
        }
        search.best()
    }

    fn learn(&mut self, masked: &Masked, form: u64, bad: bool) -> Mined {
        let template = self.place(masked, bad);
        let mined = Mined { template, traits: words::traits(masked.text()) };
        if self.forms.len() >= FORMS_MAX {
            self.forms.clear();
        }
        self.forms.insert(form, mined);
        mined
    }

    fn place(&mut self, masked: &Masked, bad: bool) -> u32 {
        let mut search = Search::new(masked);
        let full = self.patterns.len() >= TEMPLATES_MAX;
        let compared = if full { COMPARED_WHEN_FULL } else { COMPARED_MAX };
        for key in keys(masked, bad) {
            for &index in self.groups.get(&key).into_iter().flatten().rev().take(compared) {
                #[cfg(test)]
                {
                    self.compared += 1;
                }
                search.compare(index, &self.patterns[index as usize].tokens, masked);
            }
        }
        if let Some(index) = search.best() {
            generalise(&mut self.patterns[index as usize].tokens, masked);
            return index;
        }
        let mut tokens = tokens_of(masked);
        let Some(cases) = search.varying(&self.patterns, masked) else { return self.add(tokens, bad) };
        for &case in &cases {
            merge(&mut tokens, &self.patterns[case as usize].tokens);
        }
        let general = self.add(tokens, bad);
        for case in cases {
            let case = self.settled(case);
            // Never a circle: a general template is younger than its cases.
            if case < general && Some(general) != self.overflow {
                self.general.insert(case, general);
            }
        }
        general
    }

    fn add(&mut self, tokens: Vec<Token>, bad: bool) -> u32 {
        let mut pattern = Pattern { id: String::new(), bad, tokens };
        let text = pattern.text();
        pattern.id = if bad { id_of(&format!("! {text}")) } else { id_of(&text) };
        if let Some(&known) = self.ids.get(&pattern.id) {
            return known;
        }
        if self.patterns.len() >= TEMPLATES_MAX {
            return self.overflow();
        }
        let index = self.patterns.len() as u32;
        self.ids.insert(pattern.id.clone(), index);
        for key in keys_of(&pattern) {
            self.groups.entry(key).or_default().push(index);
        }
        self.patterns.push(pattern);
        index
    }

    fn overflow(&mut self) -> u32 {
        if let Some(index) = self.overflow {
            return index;
        }
        let token = Token { hash: WILD, gap: 1, word: false, text: "<*>".into(), constant: false };
        let index = self.patterns.len() as u32;
        self.patterns.push(Pattern { id: id_of("<*>"), bad: false, tokens: vec![token] });
        self.overflow = Some(index);
        index
    }
}

/// Tells the forms and groups of bad records from those of others.
fn class(bad: bool) -> u64 {
    if bad { 0x9e37_79b9_7f4a_7c15 } else { 0 }
}

/// Number of tokens, which of them, and its hash.
type Key = (usize, usize, u64);

/// Where templates are looked for that a message may belong to.
fn keys(masked: &Masked, bad: bool) -> [Key; 2] {
    let hash = |at| if masked.is_constant(at) { masked.hash(at) ^ class(bad) } else { class(bad) };
    [(masked.len(), 0, hash(0)), (masked.len(), 1, hash(1))]
}

fn keys_of(pattern: &Pattern) -> [Key; 2] {
    let tokens = &pattern.tokens;
    let constant = |at: usize| tokens.get(at).filter(|token| token.constant).map_or(0, |token| token.hash);
    let hash = |at| constant(at) ^ class(pattern.bad);
    [(tokens.len(), 0, hash(0)), (tokens.len(), 1, hash(1))]
}

fn tokens_of(masked: &Masked) -> Vec<Token> {
    (0..masked.len())
        .map(|at| Token {
            hash: masked.hash(at),
            gap: masked.gap(at),
            word: is_word(masked.token(at)),
            text: clean::clean_line(masked.token(at)).into_boxed_str(),
            constant: masked.is_constant(at),
        })
        .collect()
}

/// The id of a template text: 64-bit FNV-1a in hexadecimal.
fn id_of(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Takes keys that are hashes already.
#[derive(Debug, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests;
