//! A line that a person marked, to find it again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::Place;

/// A marked line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The whole line.
    pub place: Place,
    /// What the person calls it; may be empty.
    #[serde(default)]
    pub name: String,
    /// The line's text, cleaned for display, at most [`Bookmark::TEXT_MAX`] bytes of it.
    pub text: String,
    /// Its number in the source, from 1, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The time of its record, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl Bookmark {
    /// Most of a line's text that is kept, bytes.
    pub const TEXT_MAX: usize = 400;
}
