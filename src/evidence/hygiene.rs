//! Hygiene of text that a model or a person wrote: bounded, without what could drive a terminal, reorder or hide.

use crate::log::clean;

/// A text made fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tidy {
    /// The text.
    pub text: String,
    /// It was longer than allowed, and cut.
    pub cut: bool,
    /// It held characters that were made visible or taken away.
    pub odd: bool,
}

/// `text` as one line of at most `max` characters.
pub fn line(text: &str, max: usize) -> Tidy {
    tidy(text, max, " ")
}

/// `text` with its lines, of at most `max` characters.
pub fn lines(text: &str, max: usize) -> Tidy {
    tidy(text, max, "\n")
}

fn tidy(text: &str, max: usize, between: &str) -> Tidy {
    // What is cut away in any case is not looked at: a character has at most four bytes.
    let head = head(text, max.saturating_mul(4));
    let odd = !clean::is_harmless(head);
    let pieces = head.split(['\n', '\r']).map(|line| clean::clean_line(line.as_bytes()));
    let mut out = String::with_capacity(head.len());
    for piece in pieces {
        let piece = piece.trim_end();
        if between == " " && piece.trim().is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(if between == " " { piece.trim_start() } else { piece });
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    let cut = match out.char_indices().nth(max) {
        Some((end, _)) => {
            out.truncate(end);
            out.push('…');
            true
        }
        None => head.len() < text.len(),
    };
    Tidy { text: out, cut, odd }
}

/// The first `max` bytes, to the border of a character.
fn head(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_harmless() {
        let table = [
            ("plain", 10, "plain", false, false),
            ("two\n\n  lines\r\n", 20, "two lines", false, false),
            ("\u{1b}[31mred\u{1b}[0m", 20, "red", false, true),
            ("bidi \u{202e}x", 40, "bidi \\u{202e}x", false, true),
            ("数据库连接耗尽", 3, "数据库…", true, false),
            ("", 3, "", false, false),
        ];
        for (text, max, expected, cut, odd) in table {
            assert_eq!(line(text, max), Tidy { text: expected.into(), cut, odd }, "{text:?}");
        }
        assert_eq!(lines("# a\n\n- b\t\n", 40).text, "# a\n\n- b");
        assert!(line(&"x".repeat(1 << 20), 100).text.chars().count() == 101);
    }
}
