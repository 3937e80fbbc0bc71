//! The vault: which placeholder stands for which value. It stays on this host.

use std::collections::HashMap;
use std::fmt;

use crate::evidence::redaction::{Kind, Masked};

/// Most values that are told apart.
const VALUES_MAX: usize = 100_000;
/// Most bytes of values that are kept.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest placeholder, bytes.
const PLACEHOLDER_MAX: usize = 24;

/// Values and their placeholders: the same value has the same one as long as the vault lives.
#[derive(Clone, Default)]
pub struct Vault {
    by_value: HashMap<Box<[u8]>, usize>,
    by_placeholder: HashMap<String, usize>,
    entries: Vec<Entry>,
    bytes: usize,
    last: HashMap<&'static str, u32>,
}

#[derive(Clone)]
struct Entry {
    value: Box<[u8]>,
    placeholder: String,
    kind: Kind,
    count: usize,
}

/// Values are not shown.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("values", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Vault {
    /// The placeholder of a value. When the vault is full, one without a number, which cannot be put back.
    pub(super) fn placeholder(&mut self, value: &[u8], kind: Kind) -> String {
        if let Some(&index) = self.by_value.get(value) {
            self.entries[index].count += 1;
            return self.entries[index].placeholder.clone();
        }
        if self.entries.len() >= VALUES_MAX || self.bytes + value.len() > BYTES_MAX {
            return format!("<{}>", kind.noun());
        }
        let last = self.last.entry(kind.noun()).or_default();
        *last += 1;
        let placeholder = format!("<{}:{last}>", kind.noun());
        let index = self.entries.len();
        self.bytes += value.len();
        self.by_value.insert(value.into(), index);
        self.by_placeholder.insert(placeholder.clone(), index);
        self.entries.push(Entry { value: value.into(), placeholder: placeholder.clone(), kind, count: 1 });
        placeholder
    }

    /// Leaves out the numbers of what looks like a placeholder in a text that has not been redacted: it stands for
    /// nothing, and must not come to stand for a secret.
    pub(super) fn leave_out(&mut self, text: &[u8]) {
        let mut from = 0;
        while let Some(step) = memchr::memchr(b'<', &text[from..]) {
            let at = from + step;
            from = at + 1;
            let Some((name, _)) = placeholder_at(&text[at..]) else { continue };
            if self.by_placeholder.contains_key(&name) {
                continue;
            }
            let inner = name.trim_matches(['<', '>']);
            let Some((noun, number)) = inner.split_once(':') else { continue };
            if let (Some(kind), Ok(number)) = (Kind::of_noun(noun), number.parse::<u32>())
                && number < 1_000_000
            {
                let last = self.last.entry(kind.noun()).or_default();
                *last = (*last).max(number);
            }
        }
    }

    /// `text` with every known placeholder replaced by its value; for this host only.
    pub fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        while let Some(step) = memchr::memchr(b'<', &text.as_bytes()[from..]) {
            let at = from + step;
            let known = placeholder_at(&text.as_bytes()[at..])
                .and_then(|(name, width)| Some((*self.by_placeholder.get(&name)?, width)));
            out.push_str(&text[from..at]);
            if let Some((index, width)) = known {
                out.push_str(&String::from_utf8_lossy(&self.entries[index].value));
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
    pub fn masked(&self) -> impl Iterator<Item = Masked<'_>> {
        self.entries.iter().map(|entry| Masked {
            placeholder: &entry.placeholder,
            kind: entry.kind,
            count: entry.count,
        })
    }

    /// How many different values were masked.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was masked.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether `text` holds a value of the vault as it is: what must not leave.
    pub fn leaks(&self, text: &str) -> bool {
        // Short values are words too.
        let long = |entry: &&Entry| entry.value.len() >= 6;
        self.entries
            .iter()
            .filter(long)
            .any(|entry| memchr::memmem::find(text.as_bytes(), &entry.value).is_some())
    }
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
