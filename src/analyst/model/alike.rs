//! Likeness of texts and of commands, by their words.

use std::collections::BTreeSet;

use crate::analyst::command::shell;
use crate::evidence::citation::fold;

/// Most words of a text that are compared.
const WORDS_MAX: usize = 200;

/// Words that say nothing about what a text is about.
const EMPTY: [&str; 58] = [
    "the", "and", "for", "with", "from", "that", "this", "are", "was", "were", "has", "have", "had", "not",
    "but", "its", "is", "it", "in", "on", "of", "to", "by", "as", "at", "an", "be", "or", "if", "so", "do",
    "does", "did", "since", "because", "which", "when", "while", "after", "before", "into", "than", "then",
    "there", "all", "any", "can", "could", "should", "may", "might", "will", "would", "most", "likely",
    "cause", "caused", "due",
];

/// The telling words of a text: words and numbers of the Latin script, pairs of characters of the Chinese one.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut found = BTreeSet::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for c in folded.chars().chain(std::iter::once(' ')) {
        if found.len() >= WORDS_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() || c == '_' || c.is_alphabetic() && c < '\u{2e80}' {
            word.push(c);
            before = None;
            continue;
        }
        // What joins parts of a name stays in it: `v2.41`, `payment-svc`.
        if !word.is_empty() && matches!(c, '.' | '-' | '/' | ':') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            let whole = word.trim_end_matches(['.', '-', '/', ':']);
            if whole.len() > 1 && !EMPTY.contains(&whole) {
                found.insert(stem(whole).to_owned());
            }
            word.clear();
        }
        if c.is_alphanumeric() {
            if let Some(first) = before {
                found.insert([first, c].iter().collect());
            }
            before = Some(c);
        } else {
            before = None;
        }
    }
    found
}

/// The word without the ending of a plural.
fn stem(word: &str) -> &str {
    let plural = word.len() > 4
        && word.ends_with('s')
        && !word.ends_with("ss")
        && word.bytes().all(|b| b.is_ascii_lowercase());
    if plural { &word[..word.len() - 1] } else { word }
}

/// How much of the smaller set of words is in the larger one, 0 to 1.
pub(super) fn share(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let least = one.len().min(other.len());
    if least == 0 { 0.0 } else { one.intersection(other).count() as f64 / least as f64 }
}

/// How much two sets of words have in common, of all their words, 0 to 1.
pub(super) fn common(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let all = one.union(other).count();
    if all == 0 { 0.0 } else { one.intersection(other).count() as f64 / all as f64 }
}

/// A command in one spelling: without quotation marks, spacing and the words within placeholders.
pub(super) fn spelling(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    for (number, simple) in shell::read(command).commands.iter().enumerate() {
        if number > 0 {
            out.push('|');
        }
        for word in &simple.words {
            let folded = fold(&word.text);
            let placeholder = folded.starts_with('<') && folded.ends_with('>');
            out.push_str(if placeholder { "<>" } else { &folded });
            out.push(' ');
        }
    }
    out
}

/// A short id that the content alone decides (FNV-1a, 64 bits, of which 40 are told).
pub(super) fn id(section: &str, content: &str) -> String {
    let folded = fold(content);
    let bytes = section.bytes().chain([0]).chain(folded.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("m-{:010x}", hash >> 24)
}
