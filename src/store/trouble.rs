//! What is wrong with the store, in words for the person: the thing, the cause, the next step.

use std::fmt;
use std::path::PathBuf;

use crate::incident::IncidentId;
use crate::store::Holder;

/// Something wrong with the store. None of these stops the cockpit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Another sevdeck has the store open. New events go to a journal on disk and are merged later.
    Locked {
        /// Folder of the store.
        folder: PathBuf,
        /// The other process, where it says who it is.
        by: Option<Holder>,
    },
    /// No space is left; events wait in memory.
    Full {
        /// Folder of the store.
        folder: PathBuf,
    },
    /// The folder cannot be read or written; events wait in memory.
    Unwritable {
        /// Folder of the store.
        folder: PathBuf,
        /// The cause, as the system says it.
        cause: String,
    },
    /// The store was damaged and moved aside; a new one is in use.
    Corrupt {
        /// Where the damaged store is now.
        moved_to: PathBuf,
        /// The cause, as the engine says it.
        cause: String,
    },
    /// The store was damaged; what could be read of it is in use.
    Lost {
        /// Number of events that are gone.
        events: u64,
        /// Where a copy of the store as it was found is.
        copied_to: PathBuf,
    },
    /// A part of the store cannot be read.
    Damaged {
        /// Folder of the store.
        folder: PathBuf,
        /// The cause, as the engine says it.
        cause: String,
    },
    /// Events did not fit the log that is stored; they were written to a file of their own.
    SetAside {
        /// The incident.
        incident: IncidentId,
        /// The file.
        file: PathBuf,
        /// Why they did not fit.
        cause: String,
    },
}

impl Trouble {
    /// The thing and the cause, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Locked { by, .. } => {
                let by = by.as_ref().map_or_else(|| "another process".to_owned(), Holder::to_string);
                format!("store in use by {by}")
            }
            Self::Full { folder } => format!("store {}: no space left", folder.display()),
            Self::Unwritable { folder, cause } => format!("store {}: {cause}", folder.display()),
            Self::Corrupt { moved_to, cause } => {
                format!("store damaged ({cause}): moved to {}, a new one is in use", moved_to.display())
            }
            Self::Lost { events, copied_to } => {
                format!("store damaged: {events} events are gone; a copy is in {}", copied_to.display())
            }
            Self::Damaged { folder, cause } => format!("store {}: damaged ({cause})", folder.display()),
            Self::SetAside { incident, file, cause } => {
                format!("{incident}: {cause}; the events are in {}", file.display())
            }
        }
    }

    /// Whether new events are in memory only: they are gone when the program dies. A locked store is no such danger,
    /// its events are in a journal on disk.
    pub fn at_risk(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Unwritable { .. })
    }

    /// What the person can do, in one line.
    pub fn next_step(&self) -> String {
        match self {
            Self::Locked { by, .. } => {
                let place = match by {
                    Some(Holder { tty, .. }) if !tty.is_empty() => format!("go to {tty} or quit"),
                    Some(Holder { pid, .. }) => format!("find pid {pid} or quit"),
                    None => "find and quit".to_owned(),
                };
                format!("{place} that sevdeck for the other incidents; new events are journalled and merged")
            }
            Self::Full { .. } => "events wait in memory: free some space and they are written".to_owned(),
            Self::Unwritable { .. } => {
                "events wait in memory: make the folder writable, or start with --store FOLDER".to_owned()
            }
            Self::Corrupt { .. } => "keep the moved folder; incidents from before are in there".to_owned(),
            Self::Lost { .. } => {
                "look through the newest incidents and note again what is missing".to_owned()
            }
            Self::Damaged { .. } => "copy the folder before anything else, then start again".to_owned(),
            Self::SetAside { .. } => "nothing is lost; the file has one JSON event a line".to_owned(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message(), self.next_step())
    }
}
