//! The vault: which placeholder stands for which value. It stays on this host.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::evidence::redaction::{Kind, Masked};

/// Most values that are told apart.
const VALUES_MAX: usize = 100_000;
/// Most bytes of values that are kept.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest placeholder, bytes.
const PLACEHOLDER_MAX: usize = 24;

/// Values and their placeholders: the same value has the same one as long as the vault lives. A clone is the same vault:
/// whoever masks or puts back for one incident shares it.
#[derive(Clone, Default)]
pub struct Vault {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    by_value: HashMap<Box<[u8]>, usize>,
    by_placeholder: HashMap<String, usize>,
    entries: Vec<Entry>,
    bytes: usize,
    last: HashMap<&'static str, u32>,
}

struct Entry {
    value: Box<[u8]>,
    placeholder: String,
    kind: Kind,
    count: usize,
}

/// Values are not shown.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("values", &self.len()).finish_non_exhaustive()
    }
}

/// Two are equal when they are the same one.
impl PartialEq for Vault {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Vault {
    /// A thread that panicked with the vault open left no half entry that matters.
    fn open(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The placeholder of a value. When the vault is full, one without a number, which cannot be put back.
    pub(super) fn placeholder(&self, value: &[u8], kind: Kind) -> String {
        let mut inner = self.open();
        if let Some(&index) = inner.by_value.get(value) {
            inner.entries[index].count += 1;
            return inner.entries[index].placeholder.clone();
        }
        if inner.entries.len() >= VALUES_MAX || inner.bytes + value.len() > BYTES_MAX {
            return format!("<{}>", kind.noun());
        }
        let last = inner.last.entry(kind.noun()).or_default();
        *last += 1;
        let placeholder = format!("<{}:{last}>", kind.noun());
        let index = inner.entries.len();
        inner.bytes += value.len();
        inner.by_value.insert(value.into(), index);
        inner.by_placeholder.insert(placeholder.clone(), index);
        inner.entries.push(Entry { value: value.into(), placeholder: placeholder.clone(), kind, count: 1 });
        placeholder
    }

    /// Leaves out the numbers of what looks like a placeholder in a text that has not been redacted, or was by an
    /// earlier vault: it stands for nothing here, and must not come to stand for another secret.
    pub fn leave_out(&self, text: &[u8]) {
        let mut from = 0;
        while let Some(step) = memchr::memchr(b'<', &text[from..]) {
            let at = from + step;
            from = at + 1;
            let Some((name, _)) = placeholder_at(&text[at..]) else { continue };
            let mut inner = self.open();
            if inner.by_placeholder.contains_key(&name) {
                continue;
            }
            let Some((noun, number)) = name.trim_matches(['<', '>']).split_once(':') else { continue };
            if let (Some(kind), Ok(number)) = (Kind::of_noun(noun), number.parse::<u32>())
                && number < 1_000_000
            {
                let last = inner.last.entry(kind.noun()).or_default();
                *last = (*last).max(number);
            }
        }
    }

    /// `text` with every known placeholder replaced by its value; for this host only.
    pub fn restore(&self, text: &str) -> String {
        let inner = self.open();
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        while let Some(step) = memchr::memchr(b'<', &text.as_bytes()[from..]) {
            let at = from + step;
            let known = placeholder_at(&text.as_bytes()[at..])
                .and_then(|(name, width)| Some((*inner.by_placeholder.get(&name)?, width)));
            out.push_str(&text[from..at]);
            if let Some((index, width)) = known {
                out.push_str(&String::from_utf8_lossy(&inner.entries[index].value));
                from = at + width;
            } else {
                out.push('<');
                from = at + 1;
            }
        }
        out.push_str(&text[from..]);
        out
    }

    /// What was masked so far, in the order of first appearance. The values stay in the vault.
    pub fn masked(&self) -> Vec<Masked> {
        let masked = |entry: &Entry| Masked {
            placeholder: entry.placeholder.clone(),
            kind: entry.kind,
            count: entry.count,
        };
        self.open().entries.iter().map(masked).collect()
    }

    /// How many different values were masked.
    pub fn len(&self) -> usize {
        self.open().entries.len()
    }

    /// Whether nothing was masked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `text` holds a value of the vault as it is: what must not leave. A value that could be a word proves
    /// nothing where it stands by itself.
    pub fn leaks(&self, text: &str) -> bool {
        let inner = self.open();
        let mut values = inner.entries.iter().filter(|entry| !is_wordlike(&entry.value));
        values.any(|entry| memchr::memmem::find(text.as_bytes(), &entry.value).is_some())
    }

    /// What puts the placeholders of secrets in the place of their values again, wherever these stand by themselves.
    /// Of values that could be words as well, those whose placeholders `used` holds: there they were put back.
    pub fn veil(&self, used: &str) -> Veil {
        self.veil_over(|entry| {
            entry.kind.is_secret() && (!is_wordlike(&entry.value) || used.contains(&entry.placeholder))
        })
    }

    /// What hides every value of the vault but those that could be words: a text that was cut before it was masked may
    /// hold one without what it was known by.
    pub fn cover(&self) -> Veil {
        self.veil_over(|entry| !is_wordlike(&entry.value))
    }

    fn veil_over(&self, is_hidden: impl Fn(&Entry) -> bool) -> Veil {
        let inner = self.open();
        let entries = inner.entries.iter().filter(|entry| is_hidden(entry));
        let hidden: Vec<(Box<[u8]>, String)> =
            entries.map(|entry| (entry.value.clone(), entry.placeholder.clone())).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(hidden.iter().map(|(value, _)| value))
            .ok()
            .filter(|_| !hidden.is_empty());
        Veil { automaton, hidden }
    }
}

/// Whether a value could be a word of any text: letters of one case, or very short.
fn is_wordlike(value: &[u8]) -> bool {
    let lower = value.iter().all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii());
    let upper = value.iter().all(u8::is_ascii_uppercase);
    value.len() < 6 || lower || upper
}

/// Hides the values of a vault in texts that are kept.
#[derive(Default)]
pub struct Veil {
    automaton: Option<AhoCorasick>,
    /// Values and their placeholders.
    hidden: Vec<(Box<[u8]>, String)>,
}

/// Values are not shown.
impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Veil").field("values", &self.hidden.len()).finish_non_exhaustive()
    }
}

/// Least part of a value that is hidden where a text was cut within it, bytes.
const PART_MIN: usize = 4;

impl Veil {
    /// Hides the values in `text`.
    pub fn apply(&self, text: &mut String) {
        if let Some(hidden) = self.hide(text) {
            *text = hidden;
        }
    }

    /// `text` without the values; absent where it holds none.
    pub fn hide(&self, text: &str) -> Option<String> {
        let automaton = self.automaton.as_ref()?;
        let bytes = text.as_bytes();
        let inner =
            |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        let mut out = String::new();
        let mut from = 0;
        for found in automaton.find_iter(text) {
            // A part of a longer word or figure is not the value.
            let value = &bytes[found.range()];
            let begins = value.first().is_some_and(u8::is_ascii_alphanumeric);
            let ends = value.last().is_some_and(u8::is_ascii_alphanumeric);
            let whole = text.is_char_boundary(found.start()) && text.is_char_boundary(found.end());
            if !whole || begins && inner(found.start().checked_sub(1)) || ends && inner(Some(found.end())) {
                continue;
            }
            out.push_str(&text[from..found.start()]);
            out.push_str(&self.hidden[found.pattern()].1);
            from = found.end();
        }
        out.push_str(&text[from..]);
        let cut = self.hide_cut(&mut out);
        (from > 0 || cut).then_some(out)
    }

    /// Hides the beginnings of values that a cut left before its mark; whether there was one.
    fn hide_cut(&self, text: &mut String) -> bool {
        let mut from = 0;
        let mut any = false;
        while let Some(mark) = text[from..].find('…').map(|at| from + at) {
            let head = &text.as_bytes()[..mark];
            let part =
                |value: &[u8]| (PART_MIN..value.len()).rev().find(|&length| head.ends_with(&value[..length]));
            let longest = self.hidden.iter().filter_map(|(value, name)| Some((part(value)?, name))).max();
            from = mark + '…'.len_utf8();
            if let Some((length, name)) = longest.filter(|(length, _)| text.is_char_boundary(mark - length)) {
                text.replace_range(mark - length..mark, name);
                from = from + name.len() - length;
                any = true;
            }
        }
        any
    }
}

/// The placeholders in a text, each once, with what they stand for.
pub fn placeholders(text: &str) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = Vec::new();
    for at in memchr::memchr_iter(b'<', text.as_bytes()) {
        let Some((name, _)) = placeholder_at(&text.as_bytes()[at..]) else { continue };
        let noun = name.trim_matches(['<', '>']).split(':').next().unwrap_or_default();
        if let Some(kind) = Kind::of_noun(noun).filter(|_| !found.iter().any(|(known, _)| *known == name)) {
            let kind = if kind.is_secret() { Kind::Secret } else { kind };
            found.push((name, kind.name()));
        }
    }
    found
}

/// The placeholder that `text` begins with, in its one spelling, and how many bytes it takes. Models write them with
/// a space or a capital now and then.
fn placeholder_at(text: &[u8]) -> Option<(String, usize)> {
    let reach = &text[..text.len().min(PLACEHOLDER_MAX)];
    let close = memchr::memchr(b'>', reach)?;
    let inner = std::str::from_utf8(&reach[1..close]).ok()?;
    let (noun, number) = inner.split_once(':')?;
    let kind = Kind::of_noun(&noun.trim().to_ascii_lowercase())?;
    let number: u32 = number.trim().parse().ok()?;
    Some((format!("<{}:{number}>", kind.noun()), close + 1))
}
