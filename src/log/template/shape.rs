//! What looks like a value in a message: numbers, ids, addresses, paths, quoted values, parts of dates.

use crate::log::eight::{EACH, HIGH, at_least, load, words};

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

/// The first index from `at` on where something variable may begin or be known by: a digit, `/`, `:`, a quote (or `#`,
/// `&`, which are told apart later); the length where there is none.
#[inline]
pub(crate) fn next_sign(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let eight = load(bytes, at);
        let low = eight & !HIGH;
        // These stand in a row: `/0123456789:`.
        let row = at_least(low, b'/') & !at_least(low, b':' + 1);
        // Two bits are all that `"` and `'` differ by.
        let others = at_least((low | (5 * EACH)) ^ (u64::from(b'\'') * EACH), 1)
            & at_least(low ^ (u64::from(b'`') * EACH), 1);
        let signs = (row | !others) & !eight & HIGH;
        if signs != 0 {
            return at + signs.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    bytes.len()
}

/// End of the word at `at`, inner `-` and `.` included.
#[inline]
pub(crate) fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        loop {
            let others = !words(load(bytes, end)) & HIGH;
            if others != 0 {
                end += others.trailing_zeros() as usize / 8;
                break;
            }
            end += 8;
        }
        let joins = matches!(bytes.get(end), Some(b'-' | b'.'))
            && bytes.get(end + 1).is_some_and(|next| CLASS[*next as usize] & WORD != 0);
        if !joins {
            return end;
        }
        end += 1;
    }
}

/// Start of the word that reaches up to `at`, not before `floor`.
#[inline]
pub(crate) fn word_start(bytes: &[u8], floor: usize, at: usize) -> usize {
    let is_word = |at: usize| bytes.get(at).is_some_and(|byte| CLASS[*byte as usize] & WORD != 0);
    let mut start = at;
    loop {
        while start > floor && is_word(start - 1) {
            start -= 1;
        }
        let joined = start < at || is_word(at);
        if !(joined && start >= floor + 2 && matches!(bytes[start - 1], b'-' | b'.') && is_word(start - 2)) {
            return start;
        }
        start -= 1;
    }
}

/// The word at `at` (inner `-` and `.` included): its end, and the end of the part that is constant.
pub(crate) fn word(bytes: &[u8], at: usize) -> (usize, usize) {
    let end = word_end(bytes, at);
    let word = &bytes[at..end];
    if word[0].is_ascii_digit() {
        return (end, at);
    }
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let hex = || word.iter().all(|byte| CLASS[*byte as usize] & HEX != 0 || *byte == b'-');
    if digits == 0 {
        if word.len() == 3 && word[0].is_ascii_uppercase() && is_date_part(word, &bytes[end..]) {
            return (end, at);
        }
        return (end, if word.len() >= HEX_MIN && hex() { at } else { end });
    }
    let named = word.len() <= NAME_MAX && is_name(word);
    (end, at + if named { word.len() } else { constant_part(word, digits, digits > 1 && hex()) })
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
    let weekday = matches!(word, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun");
    (1..=2).contains(&blanks)
        && ((weekday && is_month(next)) || (is_month(word) && next.first().is_some_and(u8::is_ascii_digit)))
}

/// Whether a text begins with the short name of a month.
pub(crate) fn is_month(text: &[u8]) -> bool {
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
}

/// An HTTP status stays as it is: it tells good from bad.
pub(crate) fn is_status(bytes: &[u8], at: usize) -> bool {
    let whole = bytes.get(at + 3).is_none_or(|byte| *byte == b' ');
    whole && bytes.get(at..at + 3).is_some_and(|status| status.iter().all(u8::is_ascii_digit))
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
fn constant_part(word: &[u8], digits: usize, hex: bool) -> usize {
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
            let bytes = [b' ', byte, b'-', byte, b'z', 0xff, byte, b'_'];
            let marks = words(u64::from_le_bytes(bytes)).to_le_bytes();
            for (byte, mark) in bytes.into_iter().zip(marks) {
                assert_eq!(mark == 0x80, CLASS[byte as usize] & WORD != 0, "{byte}");
            }
            let sign =
                byte.is_ascii_digit() || matches!(byte, b'/' | b':' | b'"' | b'\'' | b'`' | b'#' | b'&');
            for at in [0, 3, 7, 8, 12] {
                let mut bytes = *b"some words or so";
                bytes[at] = byte;
                assert_eq!(next_sign(&bytes, 0), if sign { at } else { bytes.len() }, "{byte} {at}");
            }
        }
    }

    #[test]
    fn a_word_ends_and_starts_where_it_does_from_the_other_side() {
        for text in ["a", "part-0001", "a.b-c9", "10.0.0.1", "x_y.z-", "ein-w\u{f6}rtchen.7-of-9-and-more"] {
            let padded = format!("({text})");
            let end = word_end(padded.as_bytes(), 1);
            assert_eq!(&padded[1..end], text.trim_end_matches('-'), "{text}");
            assert_eq!(word_start(padded.as_bytes(), 0, end), 1, "{text}");
            assert_eq!(word_start(padded.as_bytes(), 1, end - 1), 1, "{text}");
        }
        assert_eq!(word_start(b"a-.7", 0, 3), 3);
        assert_eq!(word_start(b"a-7", 1, 2), 2);
        assert_eq!(word_start(b"a-", 0, 2), 2);
    }
}
