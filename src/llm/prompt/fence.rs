//! Data within a prompt: each block between lines that its writers cannot have known, each line behind a label.

use crate::evidence::hostile::is_instruction;
use crate::llm::prompt::digest;

/// Digits of a fence.
const ID: usize = 16;

/// A block of data. Its fence is made from what it holds, so that the same block is the same text in every request
/// (endpoints cache it), and none of its own lines can hold the fence.
pub(super) fn block(name: &str, note: &str, body: &str, seed: &str) -> String {
    let name = label(name);
    let id = (0..u32::MAX)
        .map(|try_| digest(&[seed.as_bytes(), name.as_bytes(), body.as_bytes(), &try_.to_le_bytes()], ID))
        .find(|id| !body.contains(id.as_str()))
        .unwrap_or_default();
    format!("[data {name} {id}] {note}\n{body}[end {id}]\n")
}

/// A name as it may stand in the head of a block or before a bar.
pub(super) fn label(name: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '[' | ']' | '|' | '!');
    let short: String = name.chars().map(|c| if odd(c) { '_' } else { c }).take(80).collect();
    if short.is_empty() { "unnamed".to_owned() } else { short }
}

/// Lines of data, and which of them talk to a model.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Those that do, without their labels.
    pub(super) marked: Vec<String>,
    /// All others.
    pub(super) rest: String,
}

impl Lines {
    /// One line of data behind its label, with its break.
    pub(super) fn line(&mut self, label: &str, text: &str) -> String {
        if is_instruction(text) {
            self.marked.push(text.to_owned());
            format!("{label}!| {text}\n")
        } else {
            self.rest.push_str(text);
            self.rest.push('\n');
            format!("{label}| {text}\n")
        }
    }
}
