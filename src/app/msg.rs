//! Everything that can arrive.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::PastIncident;
use crate::app::key::Key;
use crate::app::model::{CallNews, Outgoing};
use crate::app::split::Border;
use crate::app::ui::{Pane, StoreTrouble};
use crate::incident::triage::{Language, Similar};
use crate::incident::{IncidentId, Recorded, SourceSpec, Triage};
use crate::log::engine::News;

/// Something that arrived.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    // From the person.
    /// A key outside a text being written, or Esc inside one.
    Key(Key),
    /// Text pasted outside a text being written, or too long for one.
    Paste(String),
    /// The text being written changed.
    DraftEdited(String),
    /// The text being written is done.
    DraftSubmitted,
    /// The terminal has another size, or the context pane has.
    Resized {
        /// Columns of the terminal.
        columns: u16,
        /// Rows of the terminal.
        rows: u16,
        /// Rows of the context pane for lines.
        context_rows: usize,
        /// Columns of the histogram above them; 0 where there is none.
        strip_columns: usize,
    },
    /// A command line asked for a new incident.
    Opened(Opening),

    /// The mouse was pressed over a pane.
    Clicked(Pane),
    /// The mouse was pressed on a border.
    Grabbed(Border),
    /// It was moved while it held a border: to this share of what lies around it, percent.
    Dragged(u16),
    /// It let go.
    Released,
    /// A text comes back from the program it was written in; or why not, and where it is.
    Written(Result<String, String>),
    /// The wheel was turned, over a pane or over what lies on them, by rows.
    Wheel(Option<Pane>, i64),
    /// The theme in use is another one.
    Themed(String),

    // From the system.
    /// The program is to end with this exit code: a signal, or the terminal is gone.
    Stop(i32),
    /// A part stopped working; the text says which and what to do.
    Broken(String),

    // From the clock.
    /// Time passed; nothing else happened.
    Tick,

    // From the log engine.
    /// The engine has news.
    Log(News),

    // From the analyst.
    /// A triage for the case file of this revision.
    Triaged {
        /// Name of the analyst.
        analyst: String,
        /// Revision of its case file.
        revision: u64,
        /// The document so far.
        triage: Box<Triage>,
        /// Whether this is the whole answer.
        done: bool,
    },

    /// The analyst gave up on the case file of this revision.
    AnalystFailed {
        /// Revision of its case file.
        revision: u64,
    },

    // From the model.
    /// A request is written, or could not be (why, and what to do).
    Prepared {
        /// Number of its call.
        call: u64,
        /// The request.
        outgoing: Result<Arc<Outgoing>, String>,
    },
    /// Something happened to a call.
    Call {
        /// Its number.
        call: u64,
        /// What.
        news: CallNews,
    },

    // From the store.
    /// Events up to this position are on disk.
    Stored {
        /// The incident.
        incident: IncidentId,
        /// Position of the last one.
        upto: u64,
    },
    /// The store is in trouble, or out of it.
    StoreTrouble(Option<StoreTrouble>),
    /// An incident was read back.
    Resumed {
        /// Its events.
        events: Vec<Recorded>,
        /// Its interface state as stored.
        session: Option<Vec<u8>>,
    },
    /// An incident could not be read back.
    ResumeFailed(String),
    /// All events of an incident, or why they cannot be read.
    History {
        /// The incident.
        incident: IncidentId,
        /// Its events, oldest first.
        events: Result<Vec<Recorded>, String>,
    },
    /// Files that are likely logs, those that changed last first.
    Logs(Vec<LogFile>),
    /// Past incidents, newest first.
    Past(Vec<PastIncident>),
    /// Past incidents that look like this one.
    Similar(Vec<Similar>),

    // From the clipboard.
    /// A copy was sent (how), or failed (why).
    Copied(Result<String, String>),
}

/// A file that is likely a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last written to.
    pub changed: Timestamp,
}

/// What a command line asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Id for the incident, when it comes to be.
    pub incident: Option<IncidentId>,
    /// Title; may be empty.
    pub title: String,
    /// Service; may be empty.
    pub service: String,
    /// Language to write in.
    pub language: Language,
    /// What to read.
    pub specs: Vec<SourceSpec>,
    /// Context files: name and text.
    pub contexts: Vec<(String, String)>,
    /// Nothing was said: the person is asked where to begin.
    pub welcome: bool,
}
