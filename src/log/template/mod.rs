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
mod sketch;
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
    /// The same by sketch, which is quicker to take than the form; several have the same form.
    sketches: HashMap<u64, Mined, BuildHasherDefault<Ready>>,
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

    /// Finds the cases of a template that is new or became more general. Part of mining, so that what is settled under
    /// what depends on the messages alone, not on when somebody looks.
    fn settle(&mut self, general: u32) {
        let compared = if self.patterns.len() >= TEMPLATES_MAX { COMPARED_WHEN_FULL } else { COMPARED_MAX };
        for key in keys_of(&self.patterns[general as usize]) {
            let Some(group) = self.groups.get(&key) else { continue };
            let mut cases = [0; COMPARED_MAX];
            let count = group.len().min(compared);
            for (case, other) in cases.iter_mut().zip(group.iter().rev().take(count)) {
                *case = *other;
            }
            for case in &cases[..count] {
                self.settle_under(*case, general);
            }
        }
        let id = self.id(general);
        self.ids.entry(id).or_insert(general);
    }

    /// Settles a template under a more general one, if it is a case of it.
    fn settle_under(&mut self, case: u32, general: u32) {
        if case != general
            && !self.general.contains_key(&case)
            && self.settled(general) != case
            && covers(&self.patterns[general as usize].tokens, &self.patterns[case as usize].tokens)
        {
            self.general.insert(case, general);
        }
    }

    /// The template of an id, present or former.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.ids.get(id).copied()
    }

    /// The id of a template by its present text: the same text has the same id in every run and file.
    pub(crate) fn id(&self, template: u32) -> String {
        let pattern = &self.patterns[template as usize];
        id_as(&pattern.text(), pattern.bad)
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
        let sketch = sketch_of(message, access, bad);
        self.sketched(sketch).unwrap_or_else(|| self.mine_sketched(sketch, message, access, bad))
    }

    /// The template of messages with this sketch, where one was mined.
    #[inline]
    pub(crate) fn sketched(&self, sketch: u64) -> Option<Mined> {
        self.sketches.get(&sketch).copied()
    }

    /// As [`Self::mine_as`], of a message with a sketch (of [`sketch_of`]) that is not known.
    pub(crate) fn mine_sketched(
        &mut self,
        sketch: u64,
        message: [&[u8]; 2],
        access: bool,
        bad: bool,
    ) -> Mined {
        let form = self.masked.read(message, access) ^ class(bad);
        let mined = match self.forms.get(&form) {
            Some(mined) => *mined,
            None => self.learn(form, bad),
        };
        if self.sketches.len() >= FORMS_MAX {
            self.sketches.clear();
        }
        self.sketches.insert(sketch, mined);
        mined
    }

    /// The template a message would join as things stand; learns nothing.
    pub(crate) fn locate(&self, message: [&[u8]; 2], access: bool, bad: bool) -> Option<u32> {
        if let Some(mined) = self.sketches.get(&sketch_of(message, access, bad)) {
            return Some(mined.template);
        }
        let mut masked = Masked::default();
        let form = masked.read(message, access) ^ class(bad);
        if let Some(mined) = self.forms.get(&form) {
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

    /// Finds the template of the message that was masked last.
    fn learn(&mut self, form: u64, bad: bool) -> Mined {
        let masked = std::mem::take(&mut self.masked);
        let template = self.place(&masked, bad);
        let mined = Mined { template, traits: words::traits(masked.text()) };
        self.masked = masked;
        if self.forms.len() >= FORMS_MAX {
            self.forms.clear();
            self.sketches.clear();
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
            if generalise(&mut self.patterns[index as usize].tokens, masked) {
                self.settle(index);
            }
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
        pattern.id = id_as(&text, bad);
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
        self.settle(index);
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

/// Sketch of a message and its class; a function of these arguments, whatever was mined before.
pub(crate) fn sketch_of(message: [&[u8]; 2], access: bool, bad: bool) -> u64 {
    sketch::sketch(message, access) ^ class(bad)
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

/// The id of a template text; records of a bad level have their own.
fn id_as(text: &str, bad: bool) -> String {
    if bad { id_of(&format!("! {text}")) } else { id_of(text) }
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
