//! What the world is asked to do. Answers come back as messages.

use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::CaseFile;
use crate::incident::{IncidentId, Recorded};
use crate::log::engine::Request;

/// Something to do outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put events on disk, in order; answered by `Stored`.
    Append {
        /// The incident.
        incident: IncidentId,
        /// The events.
        events: Vec<Recorded>,
    },
    /// Keep the interface state beside the events.
    SaveSession {
        /// The incident.
        incident: IncidentId,
        /// The state.
        session: Vec<u8>,
    },
    /// Ask the log engine.
    Log(Request),
    /// Start over with a new log engine, for another incident.
    ResetLog,
    /// Run the analyst; answered by `Triaged`.
    Analyse(Arc<CaseFile>),
    /// List past incidents; answered by `Past`.
    ListPast,
    /// Read an incident back, by its id or a part of it that no other has, or the one that changed last for an empty
    /// text; answered by `Resumed` or `ResumeFailed`.
    Load(String),
    /// Look for past incidents like this text; answered by `Similar`.
    FindSimilar {
        /// The incident that asks, which is left out.
        incident: IncidentId,
        /// When it was opened.
        opened_at: Timestamp,
        /// Title, service and symptoms.
        text: String,
    },
    /// Send a text to the clipboard; answered by `Copied`.
    Copy(String),
    /// Send `Tick` at this moment.
    Wake(Timestamp),
    /// Draw with the next theme.
    NextTheme,
    /// Draw the whole screen anew.
    Redraw,
    /// Give the terminal back to the shell until the program is continued.
    Suspend,
    /// End the program with this exit code.
    Quit(i32),
}
