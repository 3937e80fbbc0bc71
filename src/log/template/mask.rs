//! Masking: one pass over a message that replaces what looks variable (numbers, ids, addresses, quoted values) by
//! `<*>` and hashes the tokens on the way.

/// Most tokens of a message that count.
const TOKENS_MAX: usize = 64;
/// Most bytes of a message that count.
const BYTES_MAX: usize = 2048;
/// Longest quoted value that is masked; longer quotes are text.
const QUOTED_MAX: usize = 120;
/// Hexadecimal words from this length on are ids, also without a digit.
const HEX_MIN: usize = 8;

const WILD_TEXT: &[u8] = b"<*>";

/// Hash of the token `<*>`.
pub(crate) const WILD: u64 = hash(WILD_TEXT);

/// A masked message.
#[derive(Debug, Default)]
pub(crate) struct Masked {
    text: Vec<u8>,
    /// End of each token in `text`, blank excluded, its hash, and whether it is constant.
    tokens: Vec<(u32, u64, bool)>,
    form: u64,
}

impl Masked {
    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Hash of the whole form.
    pub(crate) fn form(&self) -> u64 {
        self.form
    }

    /// The masked text.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Hash of a token; zero beyond the last.
    pub(crate) fn hash(&self, at: usize) -> u64 {
        self.tokens.get(at).map_or(0, |token| token.1)
    }

    /// Whether a token is constant: not just `<*>`.
    pub(crate) fn is_constant(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.2)
    }

    /// A token's masked text.
    pub(crate) fn token(&self, at: usize) -> &[u8] {
        let Some(token) = self.tokens.get(at) else { return b"" };
        let start = if at == 0 { 0 } else { self.tokens[at - 1].0 as usize + 1 };
        &self.text[start..token.0 as usize]
    }

    /// Masks a message given in two parts.
    pub(crate) fn read(&mut self, parts: [&[u8]; 2], access: bool) {
        self.text.clear();
        self.tokens.clear();
        self.form = 0;
        for part in parts {
            self.part(&part[..part.len().min(BYTES_MAX)], access);
        }
    }

    fn part(&mut self, bytes: &[u8], access: bool) {
        let mut at = 0;
        let mut request_over = false;
        while at < bytes.len() && self.tokens.len() < TOKENS_MAX {
            if matches!(bytes[at], b' ' | b'\t') {
                at += 1;
                continue;
            }
            let start = self.text.len() + usize::from(!self.tokens.is_empty());
            if !self.tokens.is_empty() {
                self.text.push(b' ');
            }
            let from = at;
            if access && request_over && self.status(bytes, from) {
                at = from + 3;
                request_over = false;
            } else {
                at = self.token_from(bytes, at, start);
            }
            request_over |= access && bytes[at - 1] == b'"';
            self.close(start);
        }
    }

    /// An HTTP status stays as it is: it tells good from bad.
    fn status(&mut self, bytes: &[u8], at: usize) -> bool {
        let Some(status) = bytes.get(at..at + 3) else { return false };
        let whole = bytes.get(at + 3).is_none_or(|byte| *byte == b' ');
        if whole && status.iter().all(u8::is_ascii_digit) {
            self.text.extend_from_slice(status);
            return true;
        }
        false
    }

    fn close(&mut self, start: usize) {
        let token = &self.text[start..];
        let hash = hash(token);
        self.form = (self.form.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.tokens.push((self.text.len() as u32, hash, token != WILD_TEXT));
    }

    /// Masks one token, from `at` to the next blank outside a masked quote; returns the index after it.
    fn token_from(&mut self, bytes: &[u8], mut at: usize, start: usize) -> usize {
        while at < bytes.len() {
            let byte = bytes[at];
            if matches!(byte, b' ' | b'\t') {
                break;
            }
            if CLASS[byte as usize] & WORD != 0 {
                let (end, variable) = word(bytes, at);
                if variable {
                    self.wild(start);
                } else {
                    self.text.extend_from_slice(&bytes[at..end]);
                }
                at = end;
            } else if byte == b'"' || byte == b'\'' || byte == b'`' {
                if let Some(end) = quoted(bytes, at) {
                    self.text.extend_from_slice(&[byte]);
                    self.text.extend_from_slice(WILD_TEXT);
                    self.text.push(byte);
                    at = end;
                } else {
                    self.text.push(byte);
                    at += 1;
                }
            } else {
                self.text.push(byte);
                at += 1;
            }
        }
        at
    }

    /// Adds `<*>`, or lets the one before it stand for both (`10.0.0.1:5432`, `a/1/2`).
    fn wild(&mut self, start: usize) {
        let token = &self.text[start..];
        if let [head @ .., b':' | b'/' | b',' | b'+' | b'|' | b'-' | b'.' | b'#' | b'@'] = token {
            // `500/500` is a ratio and stays one.
            let ratio = token.ends_with(b"/")
                && (head == WILD_TEXT || head.ends_with(b"=<*>") || head.ends_with(b"(<*>"));
            if head.ends_with(WILD_TEXT) && !ratio {
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
}

const WORD: u8 = 1;
const DIGIT: u8 = 2;
const HEX: u8 = 4;

/// Class of each byte: part of a word, digit, hexadecimal digit. Bytes of other scripts are parts of words.
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let symbol = byte as u8;
        if symbol.is_ascii_alphanumeric() || symbol == b'_' || symbol >= 0x80 {
            table[byte] |= WORD;
        }
        if symbol.is_ascii_digit() {
            table[byte] |= DIGIT;
        }
        if symbol.is_ascii_hexdigit() {
            table[byte] |= HEX;
        }
        byte += 1;
    }
    table
};

/// The word at `at` (inner `-` and `.` included) and whether it is variable.
fn word(bytes: &[u8], at: usize) -> (usize, bool) {
    let mut end = at;
    let mut seen = 0;
    let mut all = HEX;
    while let Some(&byte) = bytes.get(end) {
        let class = CLASS[byte as usize];
        if class & WORD != 0 {
            seen |= class;
            all &= class;
        } else if (byte == b'-' || byte == b'.')
            && end > at
            && bytes.get(end + 1).is_some_and(|next| CLASS[*next as usize] & WORD != 0)
        {
            if byte == b'.' {
                all = 0;
            }
        } else {
            break;
        }
        end += 1;
    }
    let word = &bytes[at..end];
    if seen & DIGIT != 0 {
        return (end, !is_name(word));
    }
    (end, all & HEX != 0 && word.len() >= HEX_MIN)
}

/// Names that carry a digit and are constant all the same.
fn is_name(word: &[u8]) -> bool {
    if let [b'v' | b'V', digit] = word {
        return digit.is_ascii_digit();
    }
    matches!(
        word,
        b"utf8"
            | b"UTF8"
            | b"utf-8"
            | b"UTF-8"
            | b"sha1"
            | b"sha256"
            | b"SHA256"
            | b"sha512"
            | b"md5"
            | b"MD5"
            | b"s3"
            | b"S3"
            | b"ec2"
            | b"EC2"
            | b"k8s"
            | b"http2"
            | b"HTTP2"
            | b"h2"
            | b"ipv4"
            | b"IPv4"
            | b"ipv6"
            | b"IPv6"
            | b"oauth2"
            | b"OAuth2"
            | b"base64"
            | b"log4j"
            | b"p50"
            | b"p90"
            | b"p95"
            | b"p99"
            | b"x86"
            | b"x509"
            | b"int32"
            | b"int64"
            | b"x86_64"
            | b"amd64"
            | b"arm64"
            | b"i18n"
            | b"l10n"
            | b"ext4"
            | b"EXT4"
    )
}

/// End (after the closing quote) of a quoted value that begins at `at`: it must look like one, not like an
/// apostrophe or a request line.
fn quoted(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let opens = at == 0 || matches!(bytes[at - 1], b' ' | b'=' | b'(' | b'[' | b':' | b',' | b'{');
    let inner = &bytes[at + 1..bytes.len().min(at + 2 + QUOTED_MAX)];
    if !opens || crate::log::record::is_method(inner) {
        return None;
    }
    let width = memchr::memchr(quote, inner)?;
    let after = inner.get(width + 1).copied().or_else(|| bytes.get(at + width + 2).copied());
    let closes = after.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (width > 0 && closes).then_some(at + width + 2)
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
