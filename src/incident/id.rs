//! Names of incidents and sources. Random parts come from the runtime; this module only checks and formats.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An incident's name: lower-case letters, digits and dashes, sortable by the time it was opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId(String);

/// Why a text is not an incident id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not an incident id: ids are 1 to 64 lower-case letters, digits and dashes")]
pub struct BadIncidentId(String);

impl IncidentId {
    /// Builds `yyyymmdd-hhmmss-xxxx` (UTC) from the opening time and a random number.
    pub fn new(opened: Timestamp, random: u32) -> Self {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let suffix: String =
            (0..5).map(|i| char::from(DIGITS[(random >> (i * 5)) as usize % DIGITS.len()])).collect();
        Self(format!("{}-{suffix}", opened.strftime("%Y%m%d-%H%M%S")))
    }

    /// Reads an id a person typed or a store returned.
    pub fn parse(text: &str) -> Result<Self, BadIncidentId> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > 64 || !text.chars().all(allowed) {
            return Err(BadIncidentId(text.chars().take(80).collect()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IncidentId {
    type Error = BadIncidentId;

    fn try_from(text: String) -> Result<Self, BadIncidentId> {
        Self::parse(&text)
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> Self {
        id.0
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A source of one incident, numbered in the order of attachment from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_survive_a_round_trip() {
        let early = IncidentId::new("2026-03-01T10:00:00Z".parse().unwrap(), u32::MAX);
        let late = IncidentId::new("2026-03-01T10:00:01Z".parse().unwrap(), 0);
        assert!(early < late);
        assert_eq!(IncidentId::parse(early.as_str()).unwrap(), early);
    }

    #[test]
    fn hostile_ids_are_refused() {
        for text in ["", "../x", "A", "a b", "\u{1b}[2J", &"a".repeat(65)] {
            assert!(IncidentId::parse(text).is_err(), "{text:?}");
        }
    }
}
