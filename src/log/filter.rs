//! Which records are shown: level, time, source, template and text, each to include or to leave out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Level, SourceId};

mod language;
mod sieve;

pub use language::Reading;
pub(crate) use sieve::{RecordText, Sieve};

/// A text to look for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pattern {
    /// Literal text or regular expression; case matters only when it holds an upper-case letter (of an expression: one
    /// that is not part of an escape).
    pub text: String,
    /// Whether it is a regular expression, in the syntax of the crate `regex`.
    pub regex: bool,
}

/// One condition on text or template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// What the record must have.
    pub what: What,
    /// It must not have it.
    pub exclude: bool,
}

/// What a record can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A text in one of its lines.
    Text(Pattern),
    /// The template of this id.
    Template(String),
}

/// Conditions on records; all must hold. The default lets everything pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// This level or a worse one; records without a level do not pass.
    pub level: Option<Level>,
    /// At or after this moment; records without a time do not pass.
    pub since: Option<Timestamp>,
    /// Before this moment; records without a time do not pass.
    pub until: Option<Timestamp>,
    /// Only these sources; all of them when empty. For merged views.
    pub sources: BTreeSet<SourceId>,
    /// Conditions on text and template.
    pub terms: Vec<Term>,
    /// Lines of the source before and after each record that are shown with it.
    pub around: usize,
}

impl Filter {
    /// Most lines around a record.
    pub const AROUND_MAX: usize = 100;

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.level.is_none()
            && self.since.is_none()
            && self.until.is_none()
            && self.sources.is_empty()
            && self.terms.is_empty()
    }
}

#[cfg(test)]
mod tests;
