//! How alike a message and a template are: which tokens agree, which are variable by their look, which are words that
//! differ. Runs once per masked form, not per record.

use crate::log::template::mask::{self, Masked};
use crate::log::template::{Pattern, Token};

/// Share of the constant tokens that have to agree.
const SIMILAR: f32 = 0.5;
/// Different words in one place from which on the place is a variable; fewer are told apart (`started`, `stopped`).
const WORDS_MIN: usize = 3;
/// The same for values of a key, which often name a state (`hit=true`).
const KEYED_MIN: usize = 4;
/// The same for words in capitals, which mostly name a state (`from NEW to RUNNING`).
const CAPITALS_MIN: usize = 12;
/// The same for the first word, which mostly names what speaks.
const FIRST_MIN: usize = 20;
/// What a token that is variable by its look counts against the words that agree.
const VARIABLE_WEIGHT: f32 = 0.25;

const WILD_TEXT: &str = "<*>";

/// The templates that are like one message.
#[derive(Debug)]
pub(crate) struct Search {
    /// Which tokens of the message are words and nothing else, as bits.
    words: u64,
    /// Where it begins to say something.
    first: usize,
    /// Template, share of equal constants, and how many there are, where no word differs.
    best: Option<(f32, usize, u32)>,
    /// Template and the places of the words that differ, as bits.
    near: Vec<(u32, u64)>,
}

impl Search {
    /// For one message.
    pub(crate) fn new(masked: &Masked) -> Self {
        let words =
            (0..masked.len()).filter(|at| is_word(masked.token(*at))).fold(0, |words, at| words | 1 << at);
        Self { words, first: first_word(masked), best: None, near: Vec::new() }
    }

    /// Compares one template.
    pub(crate) fn compare(&mut self, index: u32, tokens: &[Token], masked: &Masked) {
        let (mut equal, mut differing, mut weight) = (0_usize, 0_u64, 0.0_f32);
        let most = tokens.len().div_ceil(2) as u32;
        let first = self.first;
        for (at, token) in tokens.iter().enumerate() {
            match self.relation(token, masked, at) {
                Relation::Equal => equal += usize::from(token.constant && at >= first),
                Relation::Fits => {}
                Relation::Variable if at > first => weight += VARIABLE_WEIGHT,
                Relation::Variable | Relation::Word => {
                    differing |= 1 << at;
                    weight += 1.0;
                    if differing.count_ones() > most {
                        return;
                    }
                }
            }
        }
        let share = equal as f32 / (equal as f32 + weight).max(1.0);
        let bare = weight == 0.0;
        if share < SIMILAR && !(bare && differing == 0) {
            return;
        }
        if differing != 0 {
            if self.near.len() < NEAR_MAX {
                self.near.push((index, differing));
            }
        } else if self.best.is_none_or(|(top, most, _)| (share, equal) > (top, most)) {
            self.best = Some((share, equal, index));
        }
    }

    fn relation(&self, token: &Token, masked: &Masked, at: usize) -> Relation {
        if token.hash == masked.hash(at) {
            Relation::Equal
        } else if token.word && self.words & (1 << at) != 0 {
            Relation::Word
        } else {
            looked_at(token, masked, at)
        }
    }

    /// The template the message belongs to.
    pub(crate) fn best(&self) -> Option<u32> {
        self.best.map(|(_, _, index)| index)
    }

    /// The templates that differ from this message only where many different words were seen.
    pub(crate) fn varying(&self, patterns: &[Pattern], masked: &Masked) -> Option<Vec<u32>> {
        let mut masks: Vec<u64> = self.near.iter().map(|(_, mask)| *mask).collect();
        masks.sort_unstable_by_key(|mask| (mask.count_ones(), *mask));
        masks.dedup();
        masks.truncate(MASKS_MAX);
        let first = self.first;
        masks.into_iter().find_map(|mask| {
            let cases: Vec<u32> =
                self.near.iter().filter(|(_, other)| other & !mask == 0).map(|(index, _)| *index).collect();
            if cases.len() + 1 < WORDS_MIN {
                return None;
            }
            let varies = (0..masked.len()).filter(|at| mask & (1 << at) != 0).all(|at| {
                let own = masked.token(at);
                let mut words: Vec<u64> =
                    cases.iter().map(|case| patterns[*case as usize].tokens[at].hash).collect();
                words.push(masked.hash(at));
                words.sort_unstable();
                words.dedup();
                words.len() >= words_min(at, first, own)
            });
            varies.then_some(cases)
        })
    }
}

/// Where a message begins to say something: after the name of what speaks (`sshd[<*>]:`).
fn first_word(masked: &Masked) -> usize {
    usize::from(masked.len() > 1 && masked.token(0).ends_with(b":"))
}

/// How many different words a place has to have to be a variable, going by one of them.
fn words_min(at: usize, first: usize, word: &[u8]) -> usize {
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    if at <= first {
        FIRST_MIN
    } else if capitals > 1 && !word.iter().any(u8::is_ascii_lowercase) {
        CAPITALS_MIN
    } else if key_of(word).is_some() {
        KEYED_MIN
    } else {
        WORDS_MIN
    }
}

/// `key` of `key=value`.
fn key_of(token: &[u8]) -> Option<&[u8]> {
    let at = memchr::memchr(b'=', token)?;
    (at > 0).then(|| &token[..at])
}

/// Most sets of differing places that are looked at for one message.
const MASKS_MAX: usize = 8;
/// Most templates with other words that are kept for one message, the newest first.
const NEAR_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    /// The template has a variable there.
    Fits,
    /// Both differ and look like values: paths, dotted names, numbers in names.
    Variable,
    /// Two words.
    Word,
}

fn looked_at(token: &Token, masked: &Masked, at: usize) -> Relation {
    let (pattern, text) = (token.text.as_bytes(), masked.token(at));
    if fits(pattern, text) {
        return Relation::Fits;
    }
    let keys = (key_of(pattern), key_of(text));
    if keys.0.is_some() && keys.1.is_some() && keys.0 != keys.1 {
        return Relation::Word;
    }
    let (start, end) = common(pattern, text);
    let keyed = keys.0.is_some() || (start > 0 && end > 0);
    let (pattern, text) = (&pattern[start..pattern.len() - end], &text[start..text.len() - end]);
    let bracketed = start > 0 && end > 0 && matches!(token.text.as_bytes()[start - 1], b'(' | b'[' | b'{');
    match (is_value(pattern), is_value(text)) {
        (true, true) => Relation::Variable,
        // A value beside nothing: `()` and `(host)`, `null` and `10.0.0.1`.
        (true, false) if keyed && (bracketed || !text.is_empty()) => Relation::Variable,
        (false, true) if keyed && (bracketed || !pattern.is_empty()) => Relation::Variable,
        _ => Relation::Word,
    }
}

/// Whether `text` is a case of `pattern`, whose `<*>` stand for at least one byte each.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let mut parts = memchr::memmem::find_iter(pattern, WILD_TEXT);
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = text.strip_prefix(&pattern[..first]) else { return false };
    let mut from = first + WILD_TEXT.len();
    for next in parts {
        let literal = &pattern[from..next];
        let Some(at) = rest.get(1..).and_then(|rest| memchr::memmem::find(rest, literal)) else {
            return false;
        };
        rest = &rest[1 + at + literal.len()..];
        from = next + WILD_TEXT.len();
    }
    let tail = &pattern[from..];
    rest.len() > tail.len() && rest.ends_with(tail)
}

/// Lengths of what two tokens begin and end with alike, up to a delimiter: `user=` and `,` of `user=a,` and `user=b,`.
fn common(a: &[u8], b: &[u8]) -> (usize, usize) {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let opens =
        |byte: &u8| matches!(byte, b'=' | b'(' | b'[' | b'{' | b':' | b',' | b'"' | b'\'' | b'|' | b';');
    let start = a[..same].iter().rposition(opens).map_or(0, |at| at + 1);
    let (a, b) = (&a[start..], &b[start..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let closes = |byte: &u8| {
        byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'/' | b'-' | b'.' | b'*' | b'<' | b'>')
    };
    let tail = &a[a.len() - same..];
    (start, tail.iter().position(closes).map_or(0, |at| tail.len() - at))
}

/// Whether a token is a word and nothing else: neither a value nor the key of one.
pub(crate) fn is_word(token: &[u8]) -> bool {
    token.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b',' | b';' | b':' | b'_' | b'-'))
}

/// Paths, addresses, dotted names and whatever holds a number are values whatever they say.
fn is_value(text: &[u8]) -> bool {
    let dotted = || {
        text.windows(3).any(|w| w[1] == b'.' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphanumeric())
    };
    // Leader dots fill a column after words.
    if memchr::memmem::find(text, b"..").is_some() && !text.contains(&b'/') {
        return false;
    }
    text.iter().any(|byte| matches!(byte, b'/' | b'@' | b'\\') || byte.is_ascii_digit())
        || memchr::memmem::find(text, WILD_TEXT.as_bytes()).is_some()
        || dotted()
}

/// Whether every message of one template would be a message of the other, more general one.
pub(crate) fn covers(general: &[Token], case: &[Token]) -> bool {
    general.len() == case.len()
        && general.iter().zip(case).all(|(general, case)| {
            general.hash == case.hash || fits(general.text.as_bytes(), case.text.as_bytes())
        })
}

/// Makes variables of the tokens of a template that differ from a message; tells whether there were any.
pub(crate) fn generalise(tokens: &mut [Token], masked: &Masked) -> bool {
    let mut wider = false;
    for (at, token) in tokens.iter_mut().enumerate() {
        wider |= widen(token, masked.hash(at), masked.token(at));
    }
    wider
}

/// Makes variables of the tokens in which two templates differ.
pub(crate) fn merge(tokens: &mut [Token], other: &[Token]) {
    for (token, other) in tokens.iter_mut().zip(other) {
        widen(token, other.hash, other.text.as_bytes());
    }
}

fn widen(token: &mut Token, hash: u64, text: &[u8]) -> bool {
    if token.hash == hash || fits(token.text.as_bytes(), text) {
        return false;
    }
    let own = token.text.as_bytes();
    let (start, end) = common(own, text);
    let mut wide = own[..start].to_vec();
    wide.extend_from_slice(WILD_TEXT.as_bytes());
    wide.extend_from_slice(&own[own.len() - end..]);
    token.hash = mask::hash(&wide);
    token.word = false;
    token.constant = wide != WILD_TEXT.as_bytes();
    token.text = String::from_utf8_lossy(&wide).into_owned().into_boxed_str();
    true
}
