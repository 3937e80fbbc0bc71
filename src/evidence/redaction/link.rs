//! What stands between a name and its value.

use crate::evidence::redaction::bytes;
use crate::evidence::redaction::values::{self, Link};

/// What links the name that ends at `at` to its value, and where that begins.
pub(super) fn link(text: &[u8], at: usize, flag: bool) -> Option<(usize, Link)> {
    let mut at = at + values::quote_len(text, at);
    // `password[0]=`, `data[password]=`.
    if text[at..].starts_with(b"]") {
        at += 1;
    }
    let spaces =
        |from: usize| text[from..].iter().take(40).take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    let gap = spaces(at);
    let rest = &text[at + gap..];
    let marks: [(&[u8], Link); 10] = [
        (b"=>", Link::Tight),
        (b"==", Link::Tight),
        (b":=", Link::Tight),
        (b"=", Link::Tight),
        (b"%3d", Link::Tight),
        (b"%3a", Link::Tight),
        (b"\\u003d", Link::Tight),
        (b"\xef\xbc\x9a", Link::Loose),
        (b"::", Link::Tight),
        (b":", Link::Loose),
    ];
    if let Some((mark, kind)) = marks.iter().find(|(mark, _)| bytes::starts(rest, mark)) {
        let after = at + gap + mark.len();
        let space = spaces(after);
        let tight = *kind == Link::Tight || space == 0 || values::quote_len(text, after + space) > 0;
        return Some((after + space, if tight { Link::Tight } else { Link::Loose }));
    }
    // `<password>value</password>`
    if text[at..].starts_with(b">") {
        return Some((at + 1, Link::Tight));
    }
    let quoted = values::quote_len(text, at + gap) > 0;
    (gap > 0 && (flag || quoted)).then_some((at + gap, Link::Space))
}
