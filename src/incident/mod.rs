//! The core: what an incident is. Events are facts; the incident is their fold. No IO, clock, async or drawing here.

pub mod bookmark;
pub mod briefing;
pub mod event;
pub mod finding;
pub mod handover;
pub mod id;
pub mod level;
pub mod model;
pub mod opinion;
pub mod patch;
pub mod quote;
pub mod reduce;
pub mod source;
pub mod state;
#[cfg(test)]
mod story;
pub mod texts;
pub mod timeline;
pub mod triage;
pub mod undo;
pub mod wire;

pub use bookmark::Bookmark;
pub use event::{Author, Event, Recorded};
pub use finding::{Finding, FindingKind};
pub use id::{IncidentId, SourceId};
pub use level::Level;
pub use model::{ModelCall, ModelOutcome, ModelRequest};
pub use opinion::{Checked, Opinion};
pub use patch::TriagePatch;
pub use quote::{Place, Quote};
pub use source::{SourceChange, SourceSpec};
pub use state::Incident;
pub use timeline::{TimelineEntry, TimelineKind};
pub use triage::Triage;
