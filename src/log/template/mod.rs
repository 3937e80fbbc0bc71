//! Templates: the constant part of many messages, found online.
//!
//! A message is masked first ([`mask`]); messages of the same masked form are the same template, which a cache
//! answers. Other forms are compared, token by token, with the templates of the same length and first token, and
//! join the most similar one, whose differing tokens become `<*>` (after Drain: He et al., ICWS 2017).

pub(crate) mod mask;
pub(crate) mod words;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::log::clean;
use crate::log::template::mask::{Masked, WILD};
use crate::log::template::words::Traits;

/// Most templates; messages beyond them fall into one overflow template.
pub(crate) const TEMPLATES_MAX: usize = 20_000;
/// Most masked forms remembered; at the limit the cache starts over.
const FORMS_MAX: usize = 1 << 16;
/// Most templates compared with one message.
const COMPARED_MAX: usize = 256;
/// Share of equal constant tokens from which a message belongs to a template.
const SIMILAR: f32 = 0.6;
/// Bytes of template text kept.
const TEXT_MAX: usize = 1024;

/// What the miner knows of a template; counts and places are kept by the caller.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Stable id.
    pub(crate) id: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    hash: u64,
    text: Box<str>,
    /// Part of the constants: not wholly variable.
    constant: bool,
}

impl Pattern {
    /// Text with `<*>` for variables.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for token in &self.tokens {
            if !text.is_empty() {
                text.push(' ');
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
    groups: HashMap<(usize, u64), Vec<u32>>,
    forms: HashMap<u64, Mined, BuildHasherDefault<Ready>>,
    masked: Masked,
    overflow: Option<u32>,
}

impl Miner {
    /// All templates, by index.
    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.patterns
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
        let first = masked.hash(0);
        let key = (masked.len(), if masked.is_constant(0) { first } else { 0 } ^ class(bad));
        let group = self.groups.entry(key).or_default();
        let mut best: Option<(f32, u32)> = None;
        for &index in group.iter().take(COMPARED_MAX) {
            let score = similarity(&self.patterns[index as usize].tokens, masked);
            if score >= SIMILAR && best.is_none_or(|(top, _)| score > top) {
                best = Some((score, index));
            }
        }
        if let Some((_, index)) = best {
            generalise(&mut self.patterns[index as usize].tokens, masked);
            return index;
        }
        self.add(key, masked, bad)
    }

    fn add(&mut self, key: (usize, u64), masked: &Masked, bad: bool) -> u32 {
        if self.patterns.len() >= TEMPLATES_MAX {
            return self.overflow();
        }
        let tokens = (0..masked.len())
            .map(|at| Token {
                hash: masked.hash(at),
                text: clean::clean_line(masked.token(at)).into_boxed_str(),
                constant: masked.is_constant(at),
            })
            .collect();
        let mut pattern = Pattern { id: String::new(), tokens };
        let text = pattern.text();
        pattern.id = if bad { id_of(&format!("! {text}")) } else { id_of(&text) };
        if let Some(&known) = self.ids.get(&pattern.id) {
            return known;
        }
        let index = self.patterns.len() as u32;
        self.ids.insert(pattern.id.clone(), index);
        self.groups.entry(key).or_default().push(index);
        self.patterns.push(pattern);
        index
    }

    fn overflow(&mut self) -> u32 {
        if let Some(index) = self.overflow {
            return index;
        }
        let token = Token { hash: WILD, text: "<*>".into(), constant: false };
        let index = self.patterns.len() as u32;
        self.patterns.push(Pattern { id: id_of("<*>"), tokens: vec![token] });
        self.overflow = Some(index);
        index
    }
}

/// Tells the forms and groups of bad records from those of others.
fn class(bad: bool) -> u64 {
    if bad { 0x9e37_79b9_7f4a_7c15 } else { 0 }
}

/// Share of constant tokens that are equal. Variables on both sides say nothing and are left out; so are two paths.
fn similarity(tokens: &[Token], masked: &Masked) -> f32 {
    let (mut equal, mut counted) = (0.0, 0.0);
    for (at, token) in tokens.iter().enumerate() {
        let other = masked.hash(at);
        if at == 0 && token.text.ends_with(':') {
            // A program's name: equal in all that is compared, and no part of what is said.
            continue;
        }
        if token.hash == other {
            if token.constant {
                equal += 1.0;
                counted += 1.0;
            }
        } else if !token.constant || !masked.is_constant(at) {
            counted += 0.25;
        } else {
            let (text, other) = (token.text.as_bytes(), masked.token(at));
            if key_of(text).is_some_and(|key| key_of(other) == Some(key)) {
                equal += 0.75;
                counted += 1.0;
            } else if !(looks_variable(text) && looks_variable(other)) {
                counted += 1.0;
            }
        }
    }
    // A message of variables only has nothing to tell it apart.
    if counted == 0.0 { 1.0 } else { equal / counted }
}

fn generalise(tokens: &mut [Token], masked: &Masked) {
    for (at, token) in tokens.iter_mut().enumerate() {
        if token.hash == masked.hash(at) || token.hash == WILD {
            continue;
        }
        let text = match (key_of(token.text.as_bytes()), key_of(masked.token(at))) {
            (Some(key), Some(other)) if key == other => format!("{}=<*>", String::from_utf8_lossy(key)),
            _ => "<*>".to_owned(),
        };
        token.constant = text.len() > WILD_TEXT.len();
        token.hash = mask::hash(text.as_bytes());
        token.text = text.into_boxed_str();
    }
}

const WILD_TEXT: &str = "<*>";

/// `key` of `key=value`.
fn key_of(token: &[u8]) -> Option<&[u8]> {
    let at = memchr::memchr(b'=', token)?;
    (at > 0).then(|| &token[..at])
}

/// Paths, addresses and the like are variables whatever they hold.
fn looks_variable(token: &[u8]) -> bool {
    token.iter().any(|byte| matches!(byte, b'/' | b'@' | b'\\')) || token.contains(&b'*')
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
