//! The level that a log line names.

use crate::evidence::lexicon;
use crate::evidence::statement::cut::clip;
use crate::incident::Level;

/// Level of a log line by its level word, which logs write in capitals.
pub fn level_of(text: &str) -> Option<Level> {
    const WORDS: [(&str, Level); 16] = [
        ("FATAL", Level::Fatal),
        ("PANIC", Level::Fatal),
        ("CRITICAL", Level::Fatal),
        ("CRIT", Level::Fatal),
        ("EMERG", Level::Fatal),
        ("ERROR", Level::Error),
        ("SEVERE", Level::Error),
        ("[error]", Level::Error),
        ("[warning]", Level::Warn),
        ("WARNING", Level::Warn),
        ("WARN", Level::Warn),
        ("[notice]", Level::Notice),
        ("[info]", Level::Info),
        ("INFO", Level::Info),
        ("DEBUG", Level::Debug),
        ("LOG:  ", Level::Info),
    ];
    let head = clip(text, 160);
    let capitals = head.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_uppercase));
    if !capitals && !head.contains('[') {
        return field_level(head);
    }
    // Where each of the words stands first.
    let mut first = [None; WORDS.len()];
    let opens = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'[';
    for (at, _) in head.bytes().enumerate().filter(|(_, byte)| opens(byte)) {
        let rest = &head[at..];
        for ((word, _), first) in WORDS.iter().zip(&mut first) {
            if first.is_none() && rest.starts_with(word) {
                *first = Some(at);
            }
        }
    }
    WORDS
        .iter()
        .zip(first)
        .find(|((word, _), first)| first.is_some_and(|at| lexicon::is_word(head, at, at + word.len())))
        .map(|((_, level), _)| *level)
        .or_else(|| field_level(head))
}

/// The level that a field of a record names: `level=fatal`, `lvl=eror`, `"level":"error"`.
fn field_level(text: &str) -> Option<Level> {
    const FIELDS: [&str; 5] = ["level=", "lvl=", "\"level\":", "\"lvl\":", "\"severity\":"];
    FIELDS.iter().find_map(|field| {
        let at = text.find(field)?;
        if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            return None;
        }
        let value = text[at + field.len()..].trim_start_matches([' ', '"']);
        let end = value.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(value.len());
        crate::log::level_named(&value[..end])
    })
}
