//! Classes of bytes, runs of them, and whether a run looks like chance.

/// Bytes that are looked at to tell whether something is a secret. Once it is, it is followed to its end.
pub(super) const LOOK: usize = 512;

/// Classes of bytes that secrets are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// `A-Z0-9`.
    Upper,
    /// `0-9a-f`.
    Hex,
    /// `0-9a-f-`.
    Uuid,
    /// Letters and digits.
    Alnum,
    /// And `_-`.
    Word,
    /// And `.`.
    Dotted,
    /// And `=`, `~`, `+`, `/`: tokens as RFC 6750 writes them.
    Token,
    /// Letters, digits, `+/=_-`.
    Base64,
    /// And `%`.
    Encoded,
    /// And `/.:@`: parts of an address.
    Path,
    /// Letters, digits, `./$=,+`: a hash as crypt(3) writes it.
    Crypt,
}

impl Set {
    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Each byte with the classes it belongs to.
const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let (upper, lower, digit) = (b.is_ascii_uppercase(), b.is_ascii_lowercase(), b.is_ascii_digit());
        let alnum = upper || lower || digit;
        let hex = digit || (b >= b'a' && b <= b'f');
        let mut bits = 0;
        if upper || digit {
            bits |= Set::Upper.bit();
        }
        if hex {
            bits |= Set::Hex.bit() | Set::Uuid.bit();
        }
        if b == b'-' {
            bits |= Set::Uuid.bit();
        }
        if alnum {
            bits |= Set::Alnum.bit() | Set::Crypt.bit();
        }
        if alnum || b == b'_' || b == b'-' {
            bits |= Set::Word.bit() | Set::Dotted.bit() | Set::Token.bit() | Set::Base64.bit();
            bits |= Set::Encoded.bit() | Set::Path.bit();
        }
        if matches!(b, b'+' | b'/' | b'=') {
            bits |= Set::Token.bit()
                | Set::Base64.bit()
                | Set::Encoded.bit()
                | Set::Path.bit()
                | Set::Crypt.bit();
        }
        if b == b'.' {
            bits |= Set::Dotted.bit() | Set::Token.bit() | Set::Path.bit() | Set::Crypt.bit();
        }
        if b == b'~' {
            bits |= Set::Token.bit();
        }
        if b == b'%' {
            bits |= Set::Encoded.bit() | Set::Path.bit();
        }
        if matches!(b, b':' | b'@') {
            bits |= Set::Path.bit();
        }
        if matches!(b, b'$' | b',') {
            bits |= Set::Crypt.bit();
        }
        table[byte] = bits;
        byte += 1;
    }
    table
};

/// Whether a byte belongs to a class.
pub(super) fn is(byte: u8, set: Set) -> bool {
    TABLE[byte as usize] & set.bit() != 0
}

/// The byte before `at`.
pub(super) fn before(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).map(|at| text[at])
}

/// Where the run of bytes of `set` that begins at `at` ends.
pub(super) fn run(text: &[u8], at: usize, set: Set) -> usize {
    text[at..].iter().position(|&byte| !is(byte, set)).map_or(text.len(), |width| at + width)
}

/// As [`run`], within the first bytes.
pub(super) fn short_run(text: &[u8], at: usize, set: Set) -> usize {
    run(&text[..text.len().min(at + LOOK)], at, set)
}

/// Where the run of bytes of `set` that ends before `at` begins, looking back at most `max`.
pub(super) fn run_back(text: &[u8], at: usize, set: Set, max: usize) -> usize {
    let from = at.saturating_sub(max);
    text[from..at].iter().rposition(|&byte| !is(byte, set)).map_or(from, |place| from + place + 1)
}

/// Whether there are letters and digits.
pub(super) fn is_mixed(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic)
}

/// Upper case, lower case, digit, none of these.
fn class(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    }
}

/// How often, of a hundred neighbours that are letters or digits, the one is of another class than the other. A capital
/// before small letters begins a word and does not count. Words and dates stay below 20, hexadecimal digits and base64
/// are near 47.
pub(super) fn restlessness(text: &[u8]) -> usize {
    let (mut pairs, mut changes) = (0, 0);
    for pair in text.windows(2) {
        let (a, b) = (class(pair[0]), class(pair[1]));
        if a != 0 && b != 0 {
            pairs += 1;
            changes += usize::from(a != b && (a, b) != (1, 2));
        }
    }
    (changes * 100_usize).checked_div(pairs).unwrap_or(0)
}

/// Whether a value looks like chance rather than like words: letters and digits, changing often. Marks within it are
/// those between words and figures, which change as well.
pub(super) fn is_random(text: &[u8]) -> bool {
    let whole = text.iter().all(u8::is_ascii_alphanumeric);
    is_mixed(text) && restlessness(text) >= if whole { 12 } else { 22 }
}

/// Whether three classes change so often that it is nothing but a key: for values that no name stands beside.
pub(super) fn is_key_like(text: &[u8]) -> bool {
    let has = |wanted: u8| text.iter().filter(|&&byte| class(byte) == wanted).take(2).count() == 2;
    has(1) && has(2) && has(3) && restlessness(text) >= 30
}

/// Whether `text` is one of these, in any case.
pub(super) fn is_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether `text` begins with `head`, in any case.
pub(super) fn starts(text: &[u8], head: &[u8]) -> bool {
    text.len() >= head.len() && text[..head.len()].eq_ignore_ascii_case(head)
}
