//! Quoted evidence: words of a source and where they stand in it.

use serde::{Deserialize, Serialize};

use crate::incident::SourceId;

/// A byte range of a source. Offsets are logical: they keep growing across rotations of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// Words taken from a source. Unverified quotes are struck out on screen and never raise confidence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Quote {
    /// The quoted text, cleaned for display.
    pub quote: String,
    /// Display name of the source.
    #[serde(default)]
    pub source: String,
    /// Line number in the source, from 1; absent while the source is not counted that far.
    #[serde(default)]
    pub line: Option<u64>,
    /// Whether the words were found at `place` by code.
    #[serde(default)]
    pub verified: bool,
    /// Where the words stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}
