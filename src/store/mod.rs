//! Where incidents are kept: a log of events for each, a summary beside it, and the state of the interface.
//!
//! [`Store`] is what an engine promises; [`Record`] drives one on behalf of the cockpit and never fails: a store
//! that is locked, full, damaged or gone is a [`Trouble`] to show, and the events wait or go to a journal.

mod guard;
mod journal;
mod keyed;
mod memory;
mod owner;
mod record;
mod similarity;
mod sled;
mod summary;
mod tally;
mod trouble;

use crate::incident::{IncidentId, Recorded};

pub use crate::store::memory::memory;
pub use crate::store::owner::Holder;
pub use crate::store::record::{Kept, Location, Record};
pub use crate::store::similarity::{similar, similarity};
pub use crate::store::sled::sled;
pub use crate::store::summary::IncidentSummary;
pub use crate::store::trouble::Trouble;

/// An engine that keeps incidents.
pub trait Store: Send {
    /// Adds events to the end of an incident's log; they are on disk when this returns. Events that are there
    /// already, byte for byte, are passed over, so that an append whose answer was lost can be repeated. Answers how
    /// many were new.
    fn append(&mut self, incident: &IncidentId, events: &[Recorded]) -> Result<u64, StoreError>;

    /// All events of an incident, oldest first; none when it is not known.
    fn read(&self, incident: &IncidentId) -> Result<Reading, StoreError>;

    /// Every incident, the newest first, from the summaries: no log is read.
    fn list(&self) -> Result<Vec<IncidentSummary>, StoreError>;

    /// State of the interface as it was last saved.
    fn session(&self, incident: &IncidentId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Saves the state of the interface; it survives a kill of the process, not necessarily a loss of power.
    fn save_session(&mut self, incident: &IncidentId, state: &[u8]) -> Result<(), StoreError>;
}

/// The log of an incident as it could be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The events. One that cannot be read is replaced by an [`crate::incident::Event::Unknown`] of kind
    /// [`Reading::DAMAGED`], so that positions and the fold stay what they were.
    pub events: Vec<Recorded>,
    /// Positions of the events that cannot be read.
    pub damaged: Vec<u64>,
}

impl Reading {
    /// Kind of the event that stands for one that cannot be read.
    pub const DAMAGED: &'static str = "damaged";
}

/// Why an engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The first event does not follow the last one that is stored.
    #[error("events of {incident} are missing: {expected} should come next, {found} came")]
    Hole {
        /// The incident.
        incident: IncidentId,
        /// Position that was due.
        expected: u64,
        /// Position that came.
        found: u64,
    },
    /// Another event is stored at this position.
    #[error("event {seq} of {incident} is stored already and says something else")]
    Conflict {
        /// The incident.
        incident: IncidentId,
        /// The position.
        seq: u64,
    },
    /// Another process has the engine open.
    #[error("in use by another process")]
    Locked,
    /// No space (or quota, or allowed file size) is left.
    #[error("no space left")]
    Full,
    /// The system refuses to read or write.
    #[error("{0}")]
    Refused(std::io::Error),
    /// What is on disk is not what the engine wrote.
    #[error("damaged: {0}")]
    Corrupt(String),
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, InvalidData, QuotaExceeded, StorageFull, UnexpectedEof};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full,
            InvalidData | UnexpectedEof => Self::Corrupt(error.to_string()),
            _ => Self::Refused(error),
        }
    }
}

#[cfg(test)]
mod tests;
