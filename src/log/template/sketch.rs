//! The quick look at a message: a hash that tells messages of different masked forms apart, so that the form of most
//! messages is known without masking them.

use crate::log::eight::load;
use crate::log::template::mask::BYTES_MAX;
use crate::log::template::shape::{
    CLASS, HEX, colon_hex, is_month, is_status, next_sign, path, quoted, word, word_end, word_start,
};

/// The sketch of a message given in two parts; `access` keeps the status of an HTTP line. Messages with the same sketch
/// have the same form, though not the other way round: text stays as it is, blanks included, and of what masking makes
/// variable only what is known by a digit, a quote, a path or colons counts as such.
pub(crate) fn sketch(parts: [&[u8]; 2], access: bool) -> u64 {
    let mut sketch = Sketch { hash: 0, start: 0 };
    for part in parts {
        sketch.read(&part[..part.len().min(BYTES_MAX)], access);
    }
    sketch.hash
}

/// Hash of the pieces of a message.
struct Sketch {
    hash: u64,
    /// Where the present piece of text begins in its part of the message.
    start: usize,
}

/// How a piece of text ends. What is variable may make the word before it so (`Mon Jan`, `Jan 7`), by how it begins.
#[derive(Clone, Copy)]
enum Mark {
    Wild,
    WildDigit,
    WildMonth,
    Quoted,
    End,
}

impl Mark {
    /// Something variable that begins so.
    #[inline]
    fn wild(text: &[u8]) -> Self {
        match text[0] {
            b'0'..=b'9' => Self::WildDigit,
            b'A'..=b'Z' if is_month(text) => Self::WildMonth,
            _ => Self::Wild,
        }
    }
}

impl Sketch {
    fn read(&mut self, bytes: &[u8], access: bool) {
        let mut at = 0;
        let mut request_over = false;
        // From sign to sign; the text between them stays.
        loop {
            let sign = next_sign(bytes, at);
            let Some(&byte) = bytes.get(sign) else { break };
            at = match byte {
                b'0'..=b'9' => {
                    let start = word_start(bytes, at, sign);
                    if request_over && begins_token(bytes, start) && is_status(bytes, start) {
                        request_over = false;
                        start + 3
                    } else {
                        self.word(bytes, start)
                    }
                }
                b'/' => self.value(bytes, sign, path(bytes, sign)).unwrap_or(sign + 1),
                b':' if is_colon_near(bytes, sign) => {
                    let start = word_start(bytes, at, sign);
                    self.value(bytes, start, colon_hex(bytes, start)).unwrap_or(sign + 1)
                }
                b'"' | b'\'' | b'`' => {
                    let end = match quoted(bytes, sign) {
                        Some(end) => {
                            self.cut(bytes, sign + 1, Mark::Quoted, end - 1);
                            end
                        }
                        None => sign + 1,
                    };
                    request_over |= access && byte == b'"' && begins_token(bytes, end + 1);
                    end
                }
                _ => sign + 1,
            };
        }
        self.cut(bytes, bytes.len(), Mark::End, 0);
    }

    /// Takes in a word with a digit in it; returns its end.
    #[inline]
    fn word(&mut self, bytes: &[u8], start: usize) -> usize {
        let first = bytes[start];
        if CLASS[first as usize] & HEX != 0
            && let Some(end) = self.value(bytes, start, colon_hex(bytes, start))
        {
            return end;
        }
        if first.is_ascii_digit() {
            let end = word_end(bytes, start);
            self.cut(bytes, start, Mark::WildDigit, end);
            return end;
        }
        let (end, kept) = word(bytes, start);
        if kept < end {
            self.cut(bytes, kept, Mark::wild(&bytes[kept..]), end);
        }
        end
    }

    /// Takes in something variable, where it is that; returns its end.
    #[inline]
    fn value(&mut self, bytes: &[u8], start: usize, end: Option<usize>) -> Option<usize> {
        self.cut(bytes, start, Mark::wild(&bytes[start..]), end?);
        end
    }

    /// Adds the text up to an index, and how it ended there; goes on at another.
    #[inline]
    fn cut(&mut self, bytes: &[u8], to: usize, mark: Mark, next: usize) {
        let mut from = self.start;
        while from + 8 <= to {
            self.hash = (self.hash.rotate_left(23) ^ load(bytes, from)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            from += 8;
        }
        // Seven bytes at most, with their number and the mark above them, and mixed in otherwise than eight of text.
        let count = to.saturating_sub(from) as u64;
        let rest = load(bytes, from) & !(u64::MAX << (8 * count)) | ((mark as u64) << 3 | count) << 56;
        self.hash = (self.hash.rotate_left(31) ^ rest).wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.start = next;
    }
}

/// Whether a token begins at `at`, or would.
#[inline]
fn begins_token(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|byte| matches!(byte, b' ' | b'\t'))
}

/// Whether a colon follows the one at `at` as in an address.
#[inline]
fn is_colon_near(bytes: &[u8], at: usize) -> bool {
    bytes[at + 1..bytes.len().min(at + 6)].contains(&b':')
}
