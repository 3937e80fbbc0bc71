//! What the world is asked to do. Answers come back as messages.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::evidence::CaseFile;
use crate::evidence::redaction::Vault;
use crate::incident::{IncidentId, Recorded, SourceId};
use crate::log::Writer;
use crate::log::engine::Request;

/// Where a stream comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// The output of a shell command.
    Command(String),
    /// The journal of a systemd unit.
    Journal(String),
    /// A file that cannot be followed in place: compressed, in UTF-16, a pipe with a name.
    File(PathBuf),
    /// What an earlier session kept; no more will come.
    Kept,
}

impl Origin {
    /// Who writes what comes from there.
    pub fn writer(&self) -> Writer {
        match self {
            Self::Command(_) | Self::Journal(_) => Writer::Program,
            Self::Stdin => Writer::Pipe,
            Self::File(_) | Self::Kept => Writer::File,
        }
    }
}

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
    /// Copy a stream into a spool and let the engine read it from there; what happens to it comes back as news of the
    /// engine.
    Stream {
        /// The incident.
        incident: IncidentId,
        /// The number of the source.
        source: SourceId,
        /// Its name.
        name: String,
        /// Where it comes from.
        origin: Origin,
    },
    /// Start over with a new log engine, for another incident.
    ResetLog,
    /// Run the analyst; answered by `Triaged`.
    Analyse(Arc<CaseFile>),
    /// Write the request of a call; answered by `Prepared`.
    Prepare {
        /// Number of the call.
        call: u64,
        /// What it is about.
        case: Arc<CaseFile>,
        /// Why it is made.
        reason: String,
        /// Something of the incident that outsiders do not know: marks in the request are made from it.
        seed: String,
        /// Where its secrets go.
        vault: Vault,
    },
    /// Send the request that was written last; answered by `Call`.
    Send(u64),
    /// End a call: the connection is closed at once, the last `Call` says what arrived.
    CancelCall(u64),
    /// List past incidents; answered by `Past`.
    ListPast,
    /// Read an incident back, by its id or a part of it that no other has, or the one that changed last for an empty
    /// text; answered by `Resumed` or `ResumeFailed`.
    Load(String),
    /// Read all events of an incident; answered by `History`.
    History(IncidentId),
    /// Look for files on this host that are likely logs; answered by `Logs`.
    FindLogs,
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
    /// Let the person write a text in a program of their own, which gets the terminal; answered by `Written`.
    Edit {
        /// What the file is called.
        name: String,
        /// The text to begin with.
        text: String,
    },
    /// Send `Tick` at this moment.
    Wake(Timestamp),
    /// Write a picture of the screen; answered by `Copied` or `Broken`.
    Picture,
    /// Let the terminal tell of the mouse, or not.
    Mouse(bool),
    /// Draw with the next theme.
    NextTheme,
    /// Draw the whole screen anew.
    Redraw,
    /// Give the terminal back to the shell until the program is continued.
    Suspend,
    /// End the program with this exit code.
    Quit(i32),
}
