//! Masking: one pass over a message that replaces what looks variable (numbers, ids, addresses, quoted values) by
//! `<*>` and hashes the tokens on the way.

use crate::log::template::shape::{CLASS, HEX, WORD, colon_hex, is_status, path, quoted, word};

/// Most tokens of a message that count.
const TOKENS_MAX: usize = 64;
/// Most bytes of a message that count.
pub(crate) const BYTES_MAX: usize = 2048;
const WILD_TEXT: &[u8] = b"<*>";

/// Hash of the token `<*>`.
pub(crate) const WILD: u64 = hash(WILD_TEXT);

/// A masked message.
#[derive(Debug, Default)]
pub(crate) struct Masked {
    text: Vec<u8>,
    /// Where the last token begins in it.
    start: usize,
    tokens: Vec<Mark>,
    form: u64,
}

/// A token of a masked message.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// End in the masked text, blank excluded.
    end: u32,
    /// Blanks before it in the message, at most 255.
    gap: u8,
    /// Whether it is more than `<*>`.
    constant: bool,
    hash: u64,
}

impl Masked {
    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The masked text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Hash of a token; zero beyond the last.
    pub(crate) fn hash(&self, at: usize) -> u64 {
        self.tokens.get(at).map_or(0, |token| token.hash)
    }

    /// Whether a token is constant: not just `<*>`.
    pub(crate) fn is_constant(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.constant)
    }

    /// A token's masked text.
    pub(crate) fn token(&self, at: usize) -> &[u8] {
        let Some(token) = self.tokens.get(at) else { return b"" };
        let start = if at == 0 { 0 } else { self.tokens[at - 1].end as usize + 1 };
        &self.text[start..token.end as usize]
    }

    /// Blanks before a token.
    pub(crate) fn gap(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(1, |token| usize::from(token.gap))
    }

    /// Masks a message given in two parts; returns the hash of the whole form.
    pub(crate) fn read(&mut self, parts: [&[u8]; 2], access: bool) -> u64 {
        self.text.clear();
        self.tokens.clear();
        self.form = 0;
        for part in parts {
            self.read_part(&part[..part.len().min(BYTES_MAX)], access);
        }
        self.form
    }

    fn read_part(&mut self, bytes: &[u8], access: bool) {
        let mut at = 0;
        let mut request_over = false;
        let mut gap = 0_u8;
        while at < bytes.len() && self.tokens.len() < TOKENS_MAX {
            if matches!(bytes[at], b' ' | b'\t') {
                at += 1;
                gap = gap.saturating_add(1);
                continue;
            }
            if !self.tokens.is_empty() {
                self.text.push(b' ');
            }
            self.start = self.text.len();
            if access && request_over && is_status(bytes, at) {
                self.text.extend_from_slice(&bytes[at..at + 3]);
                at += 3;
                request_over = false;
            } else {
                at = self.token_from(bytes, at);
            }
            request_over |= access && bytes[at - 1] == b'"';
            self.close(gap.max(1));
            gap = 0;
        }
    }

    /// Masks one token, from `at` to the next blank outside a masked quote; returns the index after it.
    fn token_from(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(&byte) = bytes.get(at).filter(|byte| !matches!(byte, b' ' | b'\t')) {
            let class = CLASS[byte as usize];
            let value = match byte {
                b'/' => path(bytes, at),
                _ if byte == b':' || class & HEX != 0 => colon_hex(bytes, at),
                _ => None,
            };
            if let Some(end) = value {
                self.wild();
                at = end;
            } else if class & WORD != 0 {
                let (end, kept) = word(bytes, at);
                self.text.extend_from_slice(&bytes[at..kept]);
                if kept < end {
                    self.wild();
                }
                at = end;
            } else if let Some(end) = quoted(bytes, at) {
                self.text.push(byte);
                self.text.extend_from_slice(WILD_TEXT);
                self.text.push(byte);
                at = end;
            } else {
                self.text.push(byte);
                at += 1;
            }
        }
        at
    }

    /// Adds `<*>`, or lets the one before it stand for both (`1,2,3`, `a/1/2`, `1+2`).
    fn wild(&mut self) {
        let token = &self.text[self.start..];
        if let [head @ .., separator @ (b':' | b'/' | b',' | b'+' | b'|' | b'-' | b'.' | b'#' | b'@')] = token
        {
            // `500/500` is a ratio and stays one; an address and its port, or a time, stay apart.
            let apart = match separator {
                b'/' => head == WILD_TEXT || head.ends_with(b"=<*>") || head.ends_with(b"(<*>"),
                b':' => !head.ends_with(b"<*>:<*>:<*>"),
                _ => false,
            };
            if head.ends_with(WILD_TEXT) && !apart {
                self.text.pop();
                return;
            }
        }
        // A sign belongs to its number.
        if token == b"-" || token == b"+" || token.ends_with(b"=-") || token.ends_with(b":-") {
            self.text.pop();
        }
        self.text.extend_from_slice(WILD_TEXT);
    }

    /// The token ends; so many blanks stood before it.
    fn close(&mut self, gap: u8) {
        let token = &self.text[self.start..];
        let hash = hash(token);
        self.form = (self.form.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let constant = token != WILD_TEXT;
        self.tokens.push(Mark { end: self.text.len() as u32, gap, constant, hash });
    }
}

/// A fast hash over eight bytes at a time; stable across runs.
pub(crate) const fn hash(bytes: &[u8]) -> u64 {
    let mut state = (bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let chunk = u64::from_le_bytes([
            bytes[at],
            bytes[at + 1],
            bytes[at + 2],
            bytes[at + 3],
            bytes[at + 4],
            bytes[at + 5],
            bytes[at + 6],
            bytes[at + 7],
        ]);
        state = mix(state, chunk);
        at += 8;
    }
    let mut tail = 0;
    while at < bytes.len() {
        tail = tail << 8 | bytes[at] as u64;
        at += 1;
    }
    mix(state, tail)
}

const fn mix(state: u64, chunk: u64) -> u64 {
    let mixed = (state.rotate_left(29) ^ chunk).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 32)
}
