//! Eight bytes at a time, as the bytes of one number: which of them are of a kind is told by their highest bits.
//! (Comparisons within a word: Lamport, "Multiple byte processing with full-word instructions", CACM 1975.)

/// Each byte of eight.
pub(crate) const EACH: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte of eight.
pub(crate) const HIGH: u64 = 0x80 * EACH;

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

/// Which of eight bytes, all below 128, are at least `least`.
#[inline]
pub(crate) const fn at_least(bytes: u64, least: u8) -> u64 {
    bytes + (0x80 - least as u64) * EACH
}

/// Which of eight bytes are ASCII letters.
#[inline]
pub(crate) const fn letters(bytes: u64) -> u64 {
    let small = (bytes & !HIGH) | (0x20 * EACH);
    at_least(small, b'a') & !at_least(small, b'z' + 1) & !bytes & HIGH
}

/// Which of eight bytes are parts of words: ASCII letters and digits, `_`, and the bytes of other scripts.
#[inline]
pub(crate) const fn words(bytes: u64) -> u64 {
    let low = bytes & !HIGH;
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
    let underscore = !at_least(low ^ (b'_' as u64 * EACH), 1);
    letters(bytes) | (digit | underscore | bytes) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_once_are_classed_as_each() {
        for byte in 0..=u8::MAX {
            let bytes = [b' ', byte, b'-', byte, b'z', 0xff, byte, b'_'];
            let marks = |marks: u64| marks.to_le_bytes().map(|mark| mark == 0x80);
            let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
            assert_eq!(marks(words(u64::from_le_bytes(bytes))), bytes.map(word), "{byte}");
            let letter = |byte: u8| byte.is_ascii_alphabetic();
            assert_eq!(marks(letters(u64::from_le_bytes(bytes))), bytes.map(letter), "{byte}");
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
