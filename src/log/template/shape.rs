//! What looks like a value in a message: numbers, ids, addresses, paths, quoted values, parts of dates.

/// Longest quoted value that is masked; longer quotes are text.
const QUOTED_MAX: usize = 120;
/// Hexadecimal words from this length on are ids, also without a digit.
const HEX_MIN: usize = 8;
/// Hexadecimal words with several digits are ids from this length on.
const SHORT_HEX_MIN: usize = 6;
/// Longest address with colons, bytes.
const COLON_HEX_MAX: usize = 60;

/// Class: part of a word.
pub(crate) const WORD: u8 = 1;
/// Class: decimal digit.
const DIGIT: u8 = 2;
/// Class: hexadecimal digit.
pub(crate) const HEX: u8 = 4;

/// Class of each byte: part of a word, digit, hexadecimal digit. Bytes of other scripts are parts of words.
pub(crate) const CLASS: [u8; 256] = {
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
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize) -> (usize, usize) {
    let mut end = at;
    let mut seen = 0;
    let mut all = HEX;
    loop {
        while let Some(&byte) = bytes.get(end)
            && CLASS[byte as usize] & WORD != 0
        {
            seen |= CLASS[byte as usize];
            all &= CLASS[byte as usize];
            end += 1;
        }
        match bytes.get(end) {
            Some(b'-') => {}
            Some(b'.') => all = 0,
            _ => break,
        }
        if bytes.get(end + 1).is_none_or(|next| CLASS[*next as usize] & WORD == 0) {
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
    if word[0].is_ascii_digit() {
        return (end, at);
    }
    (end, at + if is_name(word) { word.len() } else { constant_part(word, hex) })
}

/// The eight bytes at `at`, the first lowest; zeros beyond the end.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    if let Some(chunk) = bytes.get(at..at + 8) {
        eight.copy_from_slice(chunk);
    } else if let Some(rest) = bytes.get(at..) {
        for (to, from) in eight.iter_mut().zip(rest) {
            *to = *from;
        }
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
    let colons = load(bytes, at) ^ 0x3a3a_3a3a_3a3a_3a3a;
    if colons.wrapping_sub(0x0101_0101_0101_0101) & !colons & 0x80_8080_8080 == 0 {
        return None;
    }
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
