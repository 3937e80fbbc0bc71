//! Where the parts meet: messages in, events and effects out.

pub mod command;
pub mod effect;
pub mod filter;
pub mod fresh;
pub mod key;
pub mod keymap;
pub mod model;
pub mod moment;
pub mod msg;
pub mod palette;
pub mod placeholder;
pub mod query;
pub mod replay;
pub mod runtime;
pub mod sources;
pub mod split;
mod strip;
pub mod templates;
pub mod timeline;
pub mod ui;
pub mod update;

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::keymap::Keymap;
use crate::app::model::Desk;
use crate::app::msg::{LogFile, Opening};
use crate::app::replay::Replay;
use crate::app::ui::{Session, Start, Ui};
use crate::evidence::redaction::Vault;
use crate::incident::triage::Similar;
use crate::incident::{Incident, Triage};

pub use crate::log::digest::{Digest, Histogram, SourceDigest, TemplateDigest};
pub use crate::log::filter::{Filter, Pattern, What};
pub use crate::log::view::{CountAnswer, Line, Scope, Window, ZoomAnswer};

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
    /// Likely logs for the picker; absent until they have been looked for.
    pub logs_here: Option<Vec<LogFile>>,
    /// The incident as it was, while that is looked at.
    pub replay: Option<Replay>,
    /// A past incident that this one is compared with.
    pub other: Option<Box<Incident>>,
    /// Which keys mean which command.
    pub keymap: Keymap,
    /// The program is to end and show the demo.
    pub wants_demo: bool,
    /// Login name of the person at the keyboard.
    pub person: String,
    /// What the command line asked for.
    pub opening: Opening,
    /// Where the analyst stands.
    pub analysis: Analysis,
    /// What the cockpit knows about its model.
    pub model: Desk,
    /// Secrets of this incident by their placeholders. It lives in memory: what is kept or leaves has placeholders, and
    /// after a restart they stay.
    pub vault: Vault,
    /// Why the program ended, where that was not the person's wish.
    pub fatal: Option<String>,
    /// The interface state as last stored.
    pub saved_session: Session,
    /// When it was stored.
    pub session_saved_at: Timestamp,
}

/// Where the analyst stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Analysis {
    /// Something changed that an analyst would read.
    pub wanted: bool,
    /// Revision of the case file being analysed.
    pub running: Option<u64>,
    /// When that analysis, or the last one, started.
    pub started: Option<Timestamp>,
    /// Revision of the latest case file.
    pub case_revision: u64,
    /// The latest answer of the offline analyst, which an answer of a model is laid over.
    pub offline: Triage,
    /// Revision of its case file.
    pub offline_revision: u64,
}

/// How many past incidents the start offers by name.
const RECENT: usize = 3;

impl App {
    /// Where a person can begin who was asked.
    pub fn ways(&self) -> Vec<Start> {
        let past = self.past.as_deref().unwrap_or_default();
        let recent = past.iter().take(RECENT).map(|one| Start::Resume(one.id.clone()));
        let more = (past.len() > RECENT).then_some(Start::Past);
        recent.chain(more).chain([Start::Logs, Start::Paste, Start::Demo]).collect()
    }
}
