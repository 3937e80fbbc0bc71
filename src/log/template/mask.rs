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

/// Hexadecimal words with several digits are ids from this length on.
const SHORT_HEX_MIN: usize = 6;

/// Longest address with colons, bytes.
const COLON_HEX_MAX: usize = 60;

const WILD_TEXT: &[u8] = b"<*>";

/// Hash of the token `<*>`.
pub(crate) const WILD: u64 = hash(WILD_TEXT);

/// A masked message.
#[derive(Debug, Default)]
pub(crate) struct Masked {
    text: Vec<u8>,
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
        let mut gap = 0_u8;
        while at < bytes.len() && self.tokens.len() < TOKENS_MAX {
            if matches!(bytes[at], b' ' | b'\t') {
                at += 1;
                gap = gap.saturating_add(1);
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
            self.close(start, gap.max(1));
            gap = 0;
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

    fn close(&mut self, start: usize, gap: u8) {
        let token = &self.text[start..];
        let hash = hash(token);
        self.form = (self.form.rotate_left(5) ^ hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let constant = token != WILD_TEXT;
        self.tokens.push(Mark { end: self.text.len() as u32, gap, constant, hash });
    }

    /// Masks one token, from `at` to the next blank outside a masked quote; returns the index after it.
    fn token_from(&mut self, bytes: &[u8], mut at: usize, start: usize) -> usize {
        while at < bytes.len() {
            let byte = bytes[at];
            if matches!(byte, b' ' | b'\t') {
                break;
            }
            let class = CLASS[byte as usize];
            let address = if class & HEX != 0 || byte == b':' { colon_hex(bytes, at) } else { None };
            let value = match byte {
                _ if address.is_some() => address,
                b'/' => path(bytes, at),
                _ => None,
            };
            if let Some(end) = value {
                self.wild(start);
                at = end;
            } else if class & WORD != 0 {
                let (end, kept) = word(bytes, at);
                self.text.extend_from_slice(&bytes[at..kept]);
                if kept < end {
                    self.wild(start);
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
    fn wild(&mut self, start: usize) {
        let token = &self.text[start..];
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

/// The word at `at` (inner `-` and `.` included): its end, and the end of the part that is constant.
fn word(bytes: &[u8], at: usize) -> (usize, usize) {
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
    let hex = all & HEX != 0;
    if seen & DIGIT == 0 {
        if word.len() == 3 && is_date_part(word, &bytes[end..]) {
            return (end, at);
        }
        return (end, if hex && word.len() >= HEX_MIN { at } else { end });
    }
    (end, at + if is_name(word) { word.len() } else { constant_part(word, hex) })
}

/// End of an absolute path of two names or more; the path of a request is what it is about and stays.
fn path(bytes: &[u8], at: usize) -> Option<usize> {
    let begins = at == 0 || matches!(bytes[at - 1], b' ' | b'(' | b'[');
    if bytes[at] != b'/' || !begins || is_requested(&bytes[..at]) {
        return None;
    }
    let named = |byte: &u8| {
        CLASS[*byte as usize] & WORD != 0 || matches!(byte, b'/' | b'.' | b'-' | b'+' | b'~' | b'@' | b'%')
    };
    let text = &bytes[at..];
    let mut end = text.iter().position(|byte| !named(byte)).unwrap_or(text.len());
    while end > 0 && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    (memchr::memchr_iter(b'/', &text[..end]).count() > 1).then_some(at + end)
}

/// Whether the word before is an HTTP method.
fn is_requested(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let start = before.iter().rposition(|byte| !byte.is_ascii_uppercase()).map_or(0, |at| at + 1);
    matches!(&before[start..], b"GET" | b"POST" | b"PUT" | b"HEAD" | b"DELETE" | b"PATCH" | b"OPTIONS")
}

/// Whether a weekday or month stands before the rest of a date: `Fri Jul  1`.
fn is_date_part(word: &[u8], after: &[u8]) -> bool {
    let blanks = after.iter().take_while(|byte| **byte == b' ').count();
    let next = &after[blanks..];
    let month = |text: &[u8]| {
        matches!(
            text.get(..3),
            Some(
                b"Jan"
                    | b"Feb"
                    | b"Mar"
                    | b"Apr"
                    | b"May"
                    | b"Jun"
                    | b"Jul"
                    | b"Aug"
                    | b"Sep"
                    | b"Oct"
                    | b"Nov"
                    | b"Dec"
            )
        )
    };
    let weekday = matches!(word, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun");
    (1..=2).contains(&blanks)
        && ((weekday && month(next)) || (month(word) && next.first().is_some_and(u8::is_ascii_digit)))
}

/// End of groups of hexadecimal digits with colons between them, five at least: hardware and IPv6 addresses.
fn colon_hex(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + COLON_HEX_MAX)];
    // Most words end here: four digits, then a colon.
    let first = window.iter().take(4).take_while(|byte| CLASS[**byte as usize] & HEX != 0).count();
    if window.get(first) != Some(&b':') || (at > 0 && CLASS[bytes[at - 1] as usize] & WORD != 0) {
        return None;
    }
    let (mut end, mut run, mut colons) = (0, 0, 0);
    for (index, byte) in window.iter().enumerate() {
        if *byte == b':' {
            colons += 1;
            run = 0;
        } else if CLASS[*byte as usize] & HEX != 0 && run < 4 {
            run += 1;
            end = index + 1;
        } else if CLASS[*byte as usize] & WORD != 0 {
            return None;
        } else {
            break;
        }
    }
    (colons >= 4 && end > 0).then_some(at + end)
}

/// Length of the constant part of a word with digits: the stem of a name with a number (`blk_77`, `part-0001`,
/// `worker12`), all of a name with one digit in it (`ssh2`), nothing of an id.
fn constant_part(word: &[u8], hex: bool) -> usize {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let first = word.iter().position(u8::is_ascii_digit).unwrap_or(0);
    if first == 0 || (first == 1 && digits > 1) || (hex && digits > 1 && word.len() >= SHORT_HEX_MIN) {
        return 0;
    }
    let led = word.windows(2).position(|w| matches!(w[0], b'_' | b'-' | b'.') && w[1].is_ascii_digit());
    if let Some(separator) = led {
        // A sign is no separator: `blk_-77`.
        let signed = word[separator] == b'-' && separator > 0 && word[separator - 1] == b'_';
        let stem = if signed { separator } else { separator + 1 };
        let plain = word[..stem].iter().filter(|byte| byte.is_ascii_digit()).count() <= 1;
        return if plain { stem } else { first };
    }
    if digits == 1 {
        word.len()
    } else if word[first..].iter().all(u8::is_ascii_digit) {
        first
    } else {
        0
    }
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
#[inline]
fn quoted(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
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
