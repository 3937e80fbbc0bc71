//! Values: where one ends, and whether it can be a secret of the kind that its name tells of.

use crate::evidence::redaction::bytes::{self, LOOK, Set};
use crate::evidence::redaction::names::Tells;

/// Longest value in quotation marks that is followed to its closing mark, bytes.
const QUOTED_MAX: usize = 4096;

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// `=`, `=>`, `:=`, or a colon within JSON and the like.
    Tight,
    /// A colon and a space, as in prose and YAML.
    Loose,
    /// A space: `--password VALUE`.
    Space,
}

/// A value and how it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    /// First byte, behind a quotation mark.
    pub(super) start: usize,
    /// One past the last byte, before a quotation mark.
    pub(super) end: usize,
    /// It stands in quotation marks.
    pub(super) quoted: bool,
}

/// The quotation mark at `at`: its bytes. Within JSON inside a string it is escaped, once or twice.
fn quote(text: &[u8], at: usize) -> Option<&[u8]> {
    let rest = text.get(at..).unwrap_or_default();
    let slashes = rest.iter().take(4).take_while(|&&byte| byte == b'\\').count();
    match rest.get(slashes) {
        Some(b'"' | b'\'' | b'`') => Some(&rest[..=slashes]),
        _ if bytes::starts(rest, b"%22") || bytes::starts(rest, b"%27") => Some(&rest[..3]),
        _ if bytes::starts(rest, b"&quot;") => Some(&rest[..6]),
        _ => None,
    }
}

/// How many bytes the quotation mark at `at` takes; none where there is none.
pub(super) fn quote_len(text: &[u8], at: usize) -> usize {
    quote(text, at).map_or(0, <[u8]>::len)
}

/// The value that begins at `at`.
pub(super) fn value(text: &[u8], at: usize) -> Value {
    // `b'…'` of Python, `@"…"` of C#.
    let prefix = usize::from(
        matches!(text.get(at), Some(b'b' | b'u' | b'r' | b'@'))
            && matches!(text.get(at + 1), Some(b'"' | b'\'')),
    );
    let mut at = at + prefix;
    // The first of a list.
    if text.get(at) == Some(&b'[') && quote(text, at + 1).is_some() {
        at += 1;
    }
    if let Some(mark) = quote(text, at) {
        let start = at + mark.len();
        let reach = &text[start..text.len().min(start + QUOTED_MAX)];
        let end = closing(reach, mark).map_or_else(|| line_end(text, start, QUOTED_MAX), |end| start + end);
        return Value { start, end, quoted: true };
    }
    Value { start: at, end: plain_end(text, at), quoted: false }
}

/// Where the quotation mark that closes stands.
fn closing(text: &[u8], mark: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&text[from..], mark) {
        let at = from + found;
        if memchr::memchr(b'\n', &text[from..at]).is_some() {
            return None;
        }
        let slashes = text[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        // Of a mark that is itself escaped, one that is escaped more often belongs to the value.
        if slashes % 2 == 0 || (mark.len() > 1 && slashes == 0) {
            return Some(at);
        }
        from = at + mark.len();
    }
    None
}

/// The end of the line, or of `max` bytes.
pub(super) fn line_end(text: &[u8], at: usize, max: usize) -> usize {
    let reach = &text[at..text.len().min(at + max)];
    at + memchr::memchr2(b'\n', b'\r', reach).unwrap_or(reach.len())
}

/// Whether a byte ends a value without quotation marks.
fn ends(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b',' | b';' | b'&' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b'\\')
}

/// Where a value of which only the first bytes were looked at ends in truth: where the byte behind it ends it, or the
/// first one after that does.
pub(super) fn true_end(text: &[u8], start: usize, end: usize) -> usize {
    let quoted = start > 0 && quote_len(text, start - 1) == 1;
    if quoted {
        return end;
    }
    text[end..].iter().position(|&byte| ends(byte)).map_or(text.len(), |width| end + width)
}

/// Where a value without quotation marks ends, within the first bytes.
pub(super) fn plain_end(text: &[u8], at: usize) -> usize {
    let text = &text[..text.len().min(at + LOOK)];
    let end = text[at..].iter().position(|&byte| ends(byte)).map_or(text.len(), |width| at + width);
    if end - at == LOOK {
        return end;
    }
    // Brackets that close what was opened before the value, and the mark at the end of a sentence.
    let mut value = &text[at..end];
    while let Some((last, head)) = value.split_last() {
        let opener = match last {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            b'.' | b':' | b'?' if end == text.len() || text[end] <= b' ' => 0,
            _ => break,
        };
        if opener != 0 && head.contains(&opener) {
            break;
        }
        value = head;
    }
    // In `{a=secret}{b}` and `f(secret), g()` the first closing bracket ends it.
    let closes = value.iter().position(|&byte| matches!(byte, b'}' | b')' | b']'));
    let opens = value.iter().position(|&byte| matches!(byte, b'{' | b'(' | b'['));
    let width = match (closes, opens) {
        (Some(close), None) => close,
        (Some(close), Some(open)) if close < open => close,
        _ => value.len(),
    };
    at + width
}

/// Values that say that there is no secret here.
const NOTHING: &[&str] = &[
    "null",
    "none",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "ok",
    "empty",
    "missing",
    "expired",
    "unset",
    "set",
    "required",
    "invalid",
    "valid",
    "undefined",
    "n/a",
    "na",
    "redacted",
    "masked",
    "hidden",
    "filtered",
    "removed",
    "string",
    "str",
    "text",
    "bytes",
    "bool",
    "boolean",
    "int",
    "char",
    "object",
    "optional",
    "any",
    "unknown",
    "failed",
    "failure",
    "error",
    "denied",
    "incorrect",
    "wrong",
    "mismatch",
    "not",
    "is",
    "was",
    "the",
    "for",
    "from",
    "and",
    "or",
    "must",
    "can",
    "cannot",
    "could",
    "should",
    "has",
    "have",
    "rejected",
    "accepted",
    "disabled",
    "enabled",
    "default",
    "present",
    "absent",
    "found",
    "refused",
    "unauthorized",
    "forbidden",
    "authentication",
    "bearer",
    "basic",
    "password",
    "secret",
    "token",
    "in",
    "of",
    "to",
    "at",
    "by",
    "with",
    "a",
    "an",
    "no-cache",
    "new",
    "old",
    "anonymous",
    "public",
];

/// Whether a value stands for no secret: nothing, a mask, a variable, a placeholder.
pub(super) fn is_nothing(value: &[u8]) -> bool {
    let Some(&first) = value.first() else { return true };
    if bytes::is_any(value, NOTHING)
        || value.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'_'))
    {
        return true;
    }
    let opens: [&[u8]; 13] = [
        b"${",
        b"{{",
        b"$(",
        b"%(",
        b"[redacted",
        b"[filtered",
        b"[masked",
        b"(null",
        b"(redacted",
        b"<redacted",
        b"process.env",
        b"os.environ",
        b"vault:",
    ];
    if opens.iter().any(|open| bytes::starts(value, open)) || value.starts_with(b"***") {
        return true;
    }
    let variable = first == b'$' && value[1..].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    variable || is_placeholder(value)
}

/// `<password>`, `<secret:3>`.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b' ');
    value.first() == Some(&b'<')
        && value[1..].iter().position(|byte| !inner(byte)).is_some_and(|at| value[1 + at] == b'>')
}

/// Whether `value` can be what its name tells of.
pub(super) fn is_plausible(text: &[u8], value: Value, tells: Tells, link: Link) -> bool {
    let all = &text[value.start..value.end];
    let look = &all[..all.len().min(LOOK)];
    // What is called is not written here.
    if is_nothing(look) || (!value.quoted && text.get(value.end) == Some(&b'(')) {
        return false;
    }
    // A thing printed as a program sees it: `Token{a64f992`, `com.example.Token@1a2b3c`.
    let thing = |byte: &u8| matches!(byte, b'{' | b'(' | b'[' | b'@');
    if tells != Tells::Password && !value.quoted && look.iter().any(thing) {
        return false;
    }
    match tells {
        Tells::Password => is_password(text, value, look, link),
        Tells::Secret => is_secret(look),
        Tells::Perhaps => is_perhaps(look),
        Tells::Session => is_perhaps(look) && !is_uuid(look),
        Tells::Code => {
            (4..=10).contains(&look.len()) && look.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4
        }
        Tells::Cookie | Tells::Authorization => false,
    }
}

fn is_password(text: &[u8], value: Value, look: &[u8], link: Link) -> bool {
    if look.len() < 3 {
        return false;
    }
    if value.quoted {
        // Several words in quotation marks are a sentence about it.
        return memchr::memchr_iter(b' ', look).count() < 3;
    }
    let odd = look.iter().any(|byte| !byte.is_ascii_lowercase()) && !is_worded(look);
    match link {
        Link::Tight => !look.starts_with(b"http") && (odd || look.len() >= 4),
        Link::Space => true,
        Link::Loose => {
            let rest = &text[value.end..line_end(text, value.end, LOOK)];
            let alone =
                rest.iter().all(|&byte| byte <= b' ' || matches!(byte, b',' | b'.' | b')' | b'}' | b']'));
            odd || alone
        }
    }
}

/// `Failed`, `per-user`, `at/once`: letters as in a word, with marks between words.
fn is_worded(look: &[u8]) -> bool {
    look.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'/' | b'.'))
        && bytes::restlessness(look) < 20
}

fn is_secret(look: &[u8]) -> bool {
    let figures = look.iter().any(u8::is_ascii_digit);
    let letters = look.iter().any(u8::is_ascii_alphabetic);
    match look.len() {
        0..6 => false,
        6..16 => figures && !look.starts_with(b"0x") && !is_measure(look),
        _ => {
            (figures && letters && bytes::restlessness(look) >= 8)
                || (!figures && bytes::restlessness(look) >= 20)
        }
    }
}

fn is_perhaps(look: &[u8]) -> bool {
    look.len() >= 14 && !bytes::starts(look, b"0x") && !look.starts_with(b"http") && bytes::is_random(look)
}

/// `c580b3ef-0011-88a5-b2af-7ca7e74114c8`
fn is_uuid(look: &[u8]) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, &u8)| if dash(at) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    look.len() == 36 && look.iter().enumerate().all(fits)
}

/// `12:30:05`, `3600ms`, `1,024`, `2026-03-01`: a figure, no secret.
fn is_measure(look: &[u8]) -> bool {
    let digits = look.iter().filter(|byte| byte.is_ascii_digit()).count();
    let marks = look.iter().filter(|byte| matches!(byte, b':' | b'.' | b',' | b'-' | b'/' | b'%')).count();
    digits + marks + 2 >= look.len() && (marks > 0 || digits < look.len())
}

/// Where a token as RFC 6750 writes it ends.
pub(super) fn token_end(text: &[u8], at: usize) -> usize {
    bytes::run(text, at, Set::Token)
}
