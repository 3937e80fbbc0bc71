//! The one hygiene function for text from outside: what it returns cannot drive a terminal, reorder text or hide.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;
/// Longest string of an escape sequence, bytes.
const STRING_MAX: usize = 2048;
/// Columns between tab stops.
const TAB: usize = 8;

/// One line of raw bytes as it may be shown: lossy UTF-8, without its line break, controls made visible, tabs
/// expanded.
pub fn clean_line(bytes: &[u8]) -> String {
    let bytes = without_colours(trim_break(bytes));
    if bytes.iter().all(|&byte| (0x20..0x7f).contains(&byte)) {
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut out = String::with_capacity(text.len() + 16);
    push_clean(&mut out, text.strip_prefix('\u{feff}').unwrap_or(&text));
    out
}

/// Text of several lines as it may be shown; line breaks stay (as `\n`).
pub fn clean_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let line = if number == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        push_clean(&mut out, line.strip_suffix('\r').unwrap_or(line));
    }
    out
}

/// Whether nothing of `text` has to be made visible or taken away; white space is harmless.
pub fn is_harmless(text: &str) -> bool {
    text.chars().all(|symbol| matches!(symbol, '\n' | '\r' | '\t') || matches!(shown(symbol), Shown::Itself))
}

/// The bytes without `\n` or `\r\n` at the end.
pub(crate) fn trim_break(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Puts `bytes` without its escape sequences into `plain`, if it has any.
pub(crate) fn uncolour(bytes: &[u8], plain: &mut Vec<u8>) -> bool {
    match without_escapes(bytes) {
        Cow::Borrowed(_) => false,
        Cow::Owned(own) => {
            *plain = own;
            true
        }
    }
}

/// Cuts `text` to at most `max` bytes at a character; tells whether it was cut.
pub(crate) fn cut(mut text: String, max: usize) -> (String, bool) {
    if text.len() <= max {
        return (text, false);
    }
    let end = (0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    (text, true)
}

/// `bytes` without a UTF-8 character that was cut in half at the end.
pub(crate) fn trim_partial_char(bytes: &[u8]) -> &[u8] {
    let tail = bytes.len().saturating_sub(3);
    for at in (tail..bytes.len()).rev() {
        let width = match bytes[at] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            0x80..=0xbf => continue,
            _ => return bytes,
        };
        return if at + width > bytes.len() { &bytes[..at] } else { bytes };
    }
    bytes
}

/// The bytes without escape sequences of a terminal: colours and other CSI, OSC and other strings, single escapes
/// (ECMA-48, 5.4 and 5.6). A sequence that does not end stays, its escape aside.
pub(crate) fn without_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    without(bytes, |_| true)
}

/// The bytes without colours and without the order to clear the rest of a line, which tools that colour add. Other
/// sequences stay, to be made visible.
fn without_colours(bytes: &[u8]) -> Cow<'_, [u8]> {
    without(bytes, |sequence| matches!(sequence, [ESCAPE, b'[', .., b'm' | b'K']))
}

/// Takes the colours out of lines without moving their breaks: what follows a colour closes up, and blanks fill the end
/// of its line. So a word with a colour in it can be found.
pub(crate) fn close_up(block: &mut [u8]) {
    let Some(first) = memchr::memchr(ESCAPE, block) else { return };
    let mut start = memchr::memrchr(b'\n', &block[..first]).map_or(0, |at| at + 1);
    while start < block.len() {
        let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
        let line = &mut block[start..end];
        let len = line.strip_suffix(b"\r").unwrap_or(line).len();
        if let Cow::Owned(plain) = without_colours(&line[..len]) {
            line[..plain.len()].copy_from_slice(&plain);
            line[plain.len()..len].fill(b' ');
        }
        start = end + 1;
    }
}

fn without(bytes: &[u8], drop: impl Fn(&[u8]) -> bool) -> Cow<'_, [u8]> {
    let Some(mut at) = memchr::memchr(ESCAPE, bytes) else { return Cow::Borrowed(bytes) };
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    loop {
        out.extend_from_slice(&bytes[from..at]);
        from = at + escape_len(&bytes[at..]);
        if !drop(&bytes[at..from]) {
            out.extend_from_slice(&bytes[at..from]);
        }
        match memchr::memchr(ESCAPE, &bytes[from..]) {
            Some(next) => at = from + next,
            None => break,
        }
    }
    out.extend_from_slice(&bytes[from..]);
    Cow::Owned(out)
}

/// Length of the escape sequence that `bytes` begins with; of one that does not end, of its escape.
fn escape_len(bytes: &[u8]) -> usize {
    let end = match bytes.get(1) {
        Some(b'[') => bytes[2..].iter().position(|byte| !(0x20..0x40).contains(byte)).and_then(|at| {
            let last = bytes[2 + at];
            (0x40..0x7f).contains(&last).then_some(at + 3)
        }),
        Some(b']' | b'P' | b'^' | b'_' | b'X') => {
            let reach = &bytes[..bytes.len().min(STRING_MAX)];
            reach.iter().enumerate().skip(2).find_map(|(at, byte)| match byte {
                0x07 => Some(at + 1),
                &ESCAPE if reach.get(at + 1) == Some(&b'\\') => Some(at + 2),
                _ => None,
            })
        }
        Some(0x20..0x30) => Some(3),
        Some(0x30..0x7f) => Some(2),
        _ => None,
    };
    end.filter(|end| *end <= bytes.len()).unwrap_or(1)
}

fn push_clean(out: &mut String, text: &str) {
    let mut column = 0;
    for symbol in text.chars() {
        match shown(symbol) {
            Shown::Itself => {
                out.push(symbol);
                column += 1;
            }
            Shown::Tab => {
                let width = TAB - column % TAB;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            Shown::Nothing => {}
            Shown::Escape(escape) => {
                column += escape.len();
                out.push_str(&escape);
            }
        }
    }
}

enum Shown {
    Itself,
    Tab,
    Nothing,
    Escape(Cow<'static, str>),
}

/// C0, DEL and C1 controls, bidirectional controls, line separators and invisible characters that can smuggle text
/// (Unicode tags, zero-width ones) become escapes. The emoji variation selector is dropped: terminals disagree on
/// its width.
fn shown(symbol: char) -> Shown {
    match symbol {
        '\t' => Shown::Tab,
        '\u{1b}' => Shown::Escape(Cow::Borrowed("\\e")),
        '\r' => Shown::Escape(Cow::Borrowed("\\r")),
        '\n' => Shown::Escape(Cow::Borrowed("\\n")),
        '\0'..='\u{1f}' | '\u{7f}' => Shown::Escape(Cow::Owned(format!("\\x{:02x}", symbol as u32))),
        '\u{fe0f}' => Shown::Nothing,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Shown::Escape(Cow::Owned(format!("\\u{{{:x}}}", symbol as u32))),
        _ => Shown::Itself,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_made_harmless() {
        let table: &[(&[u8], &str)] = &[
            (b"plain text", "plain text"),
            (b"ends\r\n", "ends"),
            (b"a\tb", "a       b"),
            (b"\x1b[2Jgone", "\\e[2Jgone"),
            (b"\x1b[1;31mERROR\x1b[0m it\x1b[K \x1b[38:5:1mfailed", "ERROR it failed"),
            (b"cut \x1b[31", "cut \\e[31"),
            (b"\x1b]0;title\x07 10%\r20%", "\\e]0;title\\x07 10%\\r20%"),
            (b"nul\0here", "nul\\x00here"),
            (b"over\rwrite", "over\\rwrite"),
            (b"bad \xff utf8", "bad \u{fffd} utf8"),
            (b"\xef\xbb\xbfwith bom", "with bom"),
            ("bidi \u{202e}txt".as_bytes(), "bidi \\u{202e}txt"),
            ("c1 \u{9b}31m".as_bytes(), "c1 \\u{9b}31m"),
            ("tag \u{e0041}".as_bytes(), "tag \\u{e0041}"),
            ("中文 ✓".as_bytes(), "中文 ✓"),
        ];
        for (raw, expected) in table {
            assert_eq!(clean_line(raw), *expected, "{raw:?}");
        }
    }

    #[test]
    fn what_is_read_has_no_escapes() {
        let table: &[(&[u8], &[u8])] = &[
            (b"plain", b"plain"),
            (b"\x1b[31mERROR\x1b[0m x", b"ERROR x"),
            (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x07!", b"link!"),
            (b"\x1b(Ba\x1b7b", b"ab"),
            (b"open \x1b]0;never ends", b"open ]0;never ends"),
            (b"end \x1b", b"end "),
            (b"end \x1b[", b"end ["),
        ];
        for (raw, expected) in table {
            assert_eq!(without_escapes(raw), *expected, "{raw:?}");
        }
    }

    #[test]
    fn text_keeps_its_lines() {
        assert_eq!(clean_text("a\r\nb\n\x07"), "a\nb\n\\x07");
    }

    #[test]
    fn half_characters_are_left_off() {
        assert_eq!(trim_partial_char("ab中".as_bytes()).len(), 5);
        assert_eq!(trim_partial_char(&"ab中".as_bytes()[..4]), b"ab");
        assert_eq!(trim_partial_char(b"abc"), b"abc");
    }
}
