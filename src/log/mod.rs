//! The log engine: bytes -> records -> templates -> findings, and answers to questions about them.
//!
//! Raw bytes stay where they are, on disk, and are read with `pread` in blocks. [`digest::Digest`] is what analysts
//! and counters read, [`view::Window`] what a pane shows. Only `source` does IO.

pub mod clean;
pub mod crew;
pub mod digest;
mod eight;
pub mod engine;
mod envelope;
mod facts;
mod fields;
pub mod filter;
mod finding;
mod frame;
mod header;
pub mod headless;
mod histogram;
mod index;
mod lane;
mod level;
mod losses;
pub mod probe;
mod quote;
mod record;
mod search;
mod skew;
pub mod source;
mod stamped;
mod stats;
mod status;
mod talk;
mod template;
mod time;
mod trace;
pub mod view;

pub use engine::{Engine, News, Request};
pub use talk::Writer;

/// Whether a line tells when it was written.
pub fn is_dated(line: &[u8]) -> bool {
    record::Reader::default().read(line).at.is_some()
}

/// The level that a word names, in any of the usual spellings: `warn`, `ERRO`, `critical`.
pub fn level_named(word: &str) -> Option<crate::incident::Level> {
    level::word(word.as_bytes())
}

/// Where the words of a record begin in its first line, after time, process, level and logger; 0 where the line is all
/// words.
pub fn message_start(line: &str) -> usize {
    let first = line.lines().next().unwrap_or("");
    let mut reader = record::Reader::default();
    let message = reader.read(first.as_bytes()).message[0];
    let start = (message.as_ptr() as usize).wrapping_sub(first.as_ptr() as usize);
    if !message.is_empty() && start < first.len() && first.is_char_boundary(start) { start } else { 0 }
}
