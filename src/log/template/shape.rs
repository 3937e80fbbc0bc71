//! What looks like a value in a message: numbers, ids, addresses, paths, quoted values, parts of dates.

/// Longest quoted value that is masked; longer quotes are text.
const QUOTED_MAX: usize = 120;
/// Hexadecimal words from this length on are ids, also without a digit.
const HEX_MIN: usize = 8;
/// Hexadecimal words with several digits are ids from this length on.
const SHORT_HEX_MIN: usize = 6;
/// Longest name that [`is_name`] knows, bytes.
const NAME_MAX: usize = 6;
/// Longest address with colons, bytes.
const COLON_HEX_MAX: usize = 60;

/// Class: part of a word.
pub(crate) const WORD: u8 = 1;
/// Class: hexadecimal digit.
pub(crate) const HEX: u8 = 2;

/// Class of each byte: part of a word, hexadecimal digit. Bytes of other scripts are parts of words.
pub(crate) const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let symbol = byte as u8;
        if symbol.is_ascii_alphanumeric() || symbol == b'_' || symbol >= 0x80 {
            table[byte] |= WORD;
        }
        if symbol.is_ascii_hexdigit() {
            table[byte] |= HEX;
        }
        byte += 1;
    }
    table
};

/// Each byte of eight.
const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte of eight.
const HIGH: u64 = 0x80 * EACH;

/// Classes of eight bytes at once: the highest bit of a byte tells whether it is of the class.
struct Eight {
    word: u64,
    digit: u64,
    hex: u64,
}

impl Eight {
    /// As in [`CLASS`]. (Comparisons within a word: Lamport, "Multiple byte processing with full-word instructions",
    /// CACM 1975.)
    #[inline]
    fn new(bytes: u64) -> Self {
        let foreign = bytes & HIGH;
        let low = bytes & !HIGH;
        let small = low | (0x20 * EACH);
        // Highest bit where a byte below 128 is at least `least`.
        let at_least = |bytes: u64, least: u8| bytes + u64::from(0x80 - least) * EACH;
        let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
        let from_a = at_least(small, b'a');
        let letter = from_a & !at_least(small, b'z' + 1);
        let hex = from_a & !at_least(small, b'f' + 1);
        let underscore = !at_least(low ^ (u64::from(b'_') * EACH), 1);
        Self {
            word: (digit | letter | underscore | foreign) & HIGH,
            digit: digit & !foreign & HIGH,
            hex: (digit | hex) & !foreign & HIGH,
        }
    }
}

/// The word at `at` (inner `-` and `.` included): its end, and the end of the part that is constant.
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize) -> (usize, usize) {
    let mut end = at;
    let (mut digits, mut hex) = (0, true);
    loop {
        loop {
            let eight = Eight::new(load(bytes, end));
            let others = !eight.word & HIGH;
            // All bytes below the first one that is no part of a word.
            let within = others.wrapping_sub(1) & !others;
            digits += ((eight.digit & within) >> 7).wrapping_mul(EACH) >> 56;
            hex &= !eight.hex & HIGH & within == 0;
            if others != 0 {
                end += others.trailing_zeros() as usize / 8;
                break;
            }
            end += 8;
        }
        match bytes.get(end) {
            Some(b'-') => {}
            Some(b'.') => hex = false,
            _ => break,
        }
        if bytes.get(end + 1).is_none_or(|next| CLASS[*next as usize] & WORD == 0) {
            break;
        }
        end += 1;
    }
    let word = &bytes[at..end];
    if digits == 0 {
        if word.len() == 3 && word[0].is_ascii_uppercase() && is_date_part(word, &bytes[end..]) {
            return (end, at);
        }
        return (end, if hex && word.len() >= HEX_MIN { at } else { end });
    }
    if word[0].is_ascii_digit() {
        return (end, at);
    }
    let named = word.len() <= NAME_MAX && is_name(word);
    (end, at + if named { word.len() } else { constant_part(word, digits, hex) })
}

/// The eight bytes at `at`, the first lowest; zeros beyond the end.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    if let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        return u64::from_le_bytes(*chunk);
    }
    if let Some(chunk) = bytes.last_chunk()
        && at < bytes.len()
    {
        return u64::from_le_bytes(*chunk) >> (8 * (at + 8 - bytes.len()));
    }
    let mut eight = [0; 8];
    for (to, from) in eight.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *to = *from;
    }
    u64::from_le_bytes(eight)
}

/// End of an absolute path of two names or more; the path of a request is what it is about and stays.
pub(crate) fn path(bytes: &[u8], at: usize) -> Option<usize> {
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
#[inline]
pub(crate) fn colon_hex(bytes: &[u8], at: usize) -> Option<usize> {
    // Most words end here: four digits at most, then a colon. (Zero bytes of a number: Mycroft, 1987.)
    let colons = load(bytes, at) ^ (u64::from(b':') * EACH);
    if colons.wrapping_sub(EACH) & !colons & HIGH >> 24 == 0 {
        return None;
    }
    colon_groups(bytes, at)
}

fn colon_groups(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + COLON_HEX_MAX)];
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
fn constant_part(word: &[u8], digits: u64, hex: bool) -> usize {
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
pub(crate) fn quoted(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let opens = at == 0 || matches!(bytes[at - 1], b' ' | b'=' | b'(' | b'[' | b':' | b',' | b'{');
    let inner = &bytes[at + 1..bytes.len().min(at + 2 + QUOTED_MAX)];
    if !opens || crate::log::status::is_method(inner) {
        return None;
    }
    let width = memchr::memchr(quote, inner)?;
    let after = inner.get(width + 1).copied().or_else(|| bytes.get(at + width + 2).copied());
    let closes = after.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    // A message that begins with a quote of several words, or with one before pairs, is that text (klog, logr).
    let rest = &bytes[at + width + 2..];
    let is_text = at == 0 && (inner[..width].contains(&b' ') || begins_pair(rest));
    if is_text {
        return None;
    }
    (width > 0 && closes).then_some(at + width + 2)
}

/// Whether ` key=` comes next.
fn begins_pair(rest: &[u8]) -> bool {
    let Some(rest) = rest.strip_prefix(b" ") else { return false };
    let key = rest.iter().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    key > 0 && rest.get(key) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_once_are_classed_as_each() {
        for byte in 0..=u8::MAX {
            let eight = Eight::new(u64::from_le_bytes([b'7', byte, b'-', byte, b'z', 0xff, byte, b'_']));
            let class = CLASS[byte as usize];
            for at in [1, 3, 6] {
                let is = |marks: u64| marks.to_le_bytes()[at] == 0x80;
                assert_eq!(is(eight.word), class & WORD != 0, "{byte}");
                assert_eq!(is(eight.hex), class & HEX != 0, "{byte}");
                assert_eq!(is(eight.digit), byte.is_ascii_digit(), "{byte}");
            }
            assert_eq!(eight.word & 0xff00_ff00_00ff_00ff, 0x8000_8000_0000_0080);
        }
    }

    #[test]
    fn bytes_are_loaded_up_to_the_end() {
        let bytes: Vec<u8> = (1..=20).collect();
        for len in 0..=20 {
            for at in 0..=len + 1 {
                let expected: Vec<u8> =
                    (0..8).map(|ahead| if at + ahead < len { bytes[at + ahead] } else { 0 }).collect();
                assert_eq!(load(&bytes[..len], at).to_le_bytes(), &expected[..], "{len} {at}");
            }
        }
    }
}
