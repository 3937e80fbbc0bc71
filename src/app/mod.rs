//! Where the parts meet: messages in, events and effects out.

pub mod command;
pub mod key;
pub mod keymap;
pub mod palette;
pub mod ui;

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::ui::Ui;
use crate::incident::Incident;
use crate::incident::triage::Similar;
use crate::log::digest::Digest;

pub use crate::log::digest::Histogram;
pub use crate::log::view::{Line, Window};

/// A past incident, as the picker lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastIncident {
    /// Its id.
    pub id: String,
    /// Title, service and severity for the list, empty where unknown.
    pub title: String,
    /// Service.
    pub service: String,
    /// `SEV1` to `SEV4`, or empty.
    pub severity: String,
    /// `open`, `mitigated` or `resolved`.
    pub status: String,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// The whole program state: the incident, what the engine says, the interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct App {
    /// The incident; written only by folding events.
    pub incident: Incident,
    /// The engine's latest digest.
    pub digest: Arc<Digest>,
    /// The interface.
    pub ui: Ui,
    /// The moment of the last message; the clocks on screen show it.
    pub now: Timestamp,
    /// Similar past incidents.
    pub similar: Vec<Similar>,
    /// Past incidents for the picker; absent until the store has listed them.
    pub past: Option<Vec<PastIncident>>,
}
