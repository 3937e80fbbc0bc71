//! Masking: one pass over a message that replaces what looks variable (numbers, ids, addresses, quoted values) by
//! `<*>` and hashes the tokens on the way; and the same pass that leaves but a hash, for messages whose form was seen.

use crate::log::template::shape::{CLASS, HEX, WORD, colon_hex, load, path, quoted, word};

/// Most tokens of a message that count.
const TOKENS_MAX: usize = 64;
/// Most bytes of a message that count.
const BYTES_MAX: usize = 2048;
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
        scan(parts, access, self);
        self.form
    }
}

/// Takes in what masking makes of a message, piece by piece.
trait Sink {
    /// A token begins.
    fn begin(&mut self);
    /// Bytes that stay, from one index up to another.
    fn keep(&mut self, bytes: &[u8], from: usize, to: usize);
    /// Something variable, from one index up to another.
    fn wild(&mut self, bytes: &[u8], from: usize, to: usize);
    /// A variable between two quotes; from the first up to behind the second.
    fn quoted(&mut self, bytes: &[u8], from: usize, to: usize);
    /// The token ends; so many blanks stood before it.
    fn close(&mut self, gap: u8);
    /// A part of the message ends: only bytes before the index counted.
    fn end(&mut self, bytes: &[u8], at: usize);
}

impl Sink for Masked {
    fn begin(&mut self) {
        if !self.tokens.is_empty() {
            self.text.push(b' ');
        }
        self.start = self.text.len();
    }

    fn keep(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.text.extend_from_slice(&bytes[from..to]);
    }

    fn quoted(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.text.push(bytes[from]);
        self.text.extend_from_slice(WILD_TEXT);
        self.text.push(bytes[to - 1]);
    }

    /// Adds `<*>`, or lets the one before it stand for both (`1,2,3`, `a/1/2`, `1+2`).
    fn wild(&mut self, _bytes: &[u8], _from: usize, _to: usize) {
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

    fn close(&mut self, gap: u8) {
        let token = &self.text[self.start..];
        let hash = hash(token);
        self.form = (self.form.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let constant = token != WILD_TEXT;
        self.tokens.push(Mark { end: self.text.len() as u32, gap, constant, hash });
    }

    fn end(&mut self, _bytes: &[u8], _at: usize) {}
}

/// Hash of the pieces of a masked message: messages with the same sketch have the same form (which the pieces make,
/// whatever the sink), though not the other way round. What stays between two variables is one piece, blanks included.
#[derive(Debug)]
struct Sketch {
    hash: u64,
    /// Where the present piece begins in its part of the message.
    start: usize,
}

/// The sketch of a message given in two parts.
pub(crate) fn sketch(parts: [&[u8]; 2], access: bool) -> u64 {
    let mut sketch = Sketch { hash: 0, start: 0 };
    scan(parts, access, &mut sketch);
    sketch.hash
}

impl Sketch {
    /// Marks that no text of a message can be taken for: text is mixed in with a count of bytes.
    const WILD: u64 = 0x57 << 56;
    const QUOTED: u64 = 0x51 << 56;
    const END: u64 = 0x45 << 56;

    #[inline]
    fn add(&mut self, chunk: u64) {
        self.hash = (self.hash.rotate_left(23) ^ chunk).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    /// Adds what stayed up to an index, and how it ended there; goes on at another.
    #[inline]
    fn cut(&mut self, bytes: &[u8], to: usize, mark: u64, next: usize) {
        let mut from = self.start;
        while from + 7 < to {
            self.add(load(bytes, from) & (u64::MAX >> 8) | 7 << 56);
            from += 7;
        }
        // Seven bytes at most, and none of them where there is none.
        let count = to.saturating_sub(from);
        self.add(load(bytes, from) & !(u64::MAX << (8 * count)) | (count as u64) << 56);
        self.add(mark);
        self.start = next;
    }
}

impl Sink for Sketch {
    #[inline]
    fn begin(&mut self) {}

    #[inline]
    fn keep(&mut self, _bytes: &[u8], _from: usize, _to: usize) {}

    #[inline]
    fn wild(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.cut(bytes, from, Self::WILD, to);
    }

    #[inline]
    fn quoted(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.cut(bytes, from + 1, Self::QUOTED, to - 1);
    }

    #[inline]
    fn close(&mut self, _gap: u8) {}

    #[inline]
    fn end(&mut self, bytes: &[u8], at: usize) {
        self.cut(bytes, at, Self::END, 0);
    }
}

/// Masks a message given in two parts into a sink.
#[inline]
fn scan(parts: [&[u8]; 2], access: bool, sink: &mut impl Sink) {
    let mut tokens = 0;
    for part in parts {
        scan_part(&part[..part.len().min(BYTES_MAX)], access, &mut tokens, sink);
    }
}

#[inline]
fn scan_part(bytes: &[u8], access: bool, tokens: &mut usize, sink: &mut impl Sink) {
    let mut at = 0;
    let mut request_over = false;
    let mut gap = 0_u8;
    while at < bytes.len() && *tokens < TOKENS_MAX {
        if matches!(bytes[at], b' ' | b'\t') {
            at += 1;
            gap = gap.saturating_add(1);
            continue;
        }
        sink.begin();
        if access && request_over && is_status(bytes, at) {
            sink.keep(bytes, at, at + 3);
            at += 3;
            request_over = false;
        } else {
            at = token_from(bytes, at, sink);
        }
        request_over |= access && bytes[at - 1] == b'"';
        sink.close(gap.max(1));
        *tokens += 1;
        gap = 0;
    }
    sink.end(bytes, at);
}

/// An HTTP status stays as it is: it tells good from bad.
fn is_status(bytes: &[u8], at: usize) -> bool {
    let whole = bytes.get(at + 3).is_none_or(|byte| *byte == b' ');
    whole && bytes.get(at..at + 3).is_some_and(|status| status.iter().all(u8::is_ascii_digit))
}

/// Masks one token, from `at` to the next blank outside a masked quote; returns the index after it.
#[inline]
fn token_from(bytes: &[u8], mut at: usize, sink: &mut impl Sink) -> usize {
    while at < bytes.len() {
        let byte = bytes[at];
        if matches!(byte, b' ' | b'\t') {
            break;
        }
        let class = CLASS[byte as usize];
        if class & WORD != 0 {
            if class & HEX != 0
                && let Some(end) = colon_hex(bytes, at)
            {
                sink.wild(bytes, at, end);
                at = end;
                continue;
            }
            let (end, kept) = word(bytes, at);
            sink.keep(bytes, at, kept);
            if kept < end {
                sink.wild(bytes, kept, end);
            }
            at = end;
            continue;
        }
        let value = match byte {
            b':' => colon_hex(bytes, at),
            b'/' => path(bytes, at),
            _ => None,
        };
        if let Some(end) = value {
            sink.wild(bytes, at, end);
            at = end;
        } else if let Some(end) = quoted(bytes, at) {
            sink.quoted(bytes, at, end);
            at = end;
        } else {
            sink.keep(bytes, at, at + 1);
            at += 1;
        }
    }
    at
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
