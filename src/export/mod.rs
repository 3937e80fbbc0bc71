//! An incident as a document: Markdown for people, JSON for programs. Pure.

mod markdown;

pub use markdown::markdown;

use crate::incident::Triage;

/// The triage as pretty-printed JSON, with the field names of the `--json` contract.
pub fn json(triage: &Triage) -> String {
    // A triage holds only strings, numbers and times, which always serialise.
    serde_json::to_string_pretty(triage).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}

#[cfg(test)]
mod tests;
