//! Something notable about records, found by code.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Level, Quote};

/// The kinds of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A template came suddenly and often.
    Burst,
    /// A template of level warning or worse not seen before.
    NewTemplate,
    /// A template that used to come regularly stopped.
    Silence,
    /// A resource stands at its limit (`500 / 500`).
    Saturation,
    /// A process started, stopped or was reloaded.
    Restart,
    /// A deploy or a configuration change was logged.
    Deploy,
    /// The source said nothing for unusually long.
    Gap,
    /// Text in a source that addresses a model or tries to drive the terminal.
    Hostile,
    /// The share of warnings or errors among the records of a source moved, and stayed.
    LevelShift,
    /// A number that should stay low rises steadily: a lag, a queue.
    Growth,
    /// How long something takes moved as a whole, not just at its worst.
    Slowdown,
    /// The clock of a source disagrees with the others.
    Skew,
}

/// One finding. Its id is stable: the same log gives the same id, so a later revision updates it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id.
    pub id: String,
    /// What was noticed.
    pub kind: FindingKind,
    /// What it is about: the constant words of a template, the name of a resource, the version deployed.
    pub subject: String,
    /// When it began, by the clock of the log.
    pub at: Option<Timestamp>,
    /// When it was over; absent while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// How much it stands out, 0 to 100.
    pub strength: u8,
    /// Worst level of the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Rate before and at the peak, records per second, where a rate is what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateChange>,
    /// The lines it rests on, first occurrence first.
    pub quotes: Vec<Quote>,
    /// Id of the template it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// A change of rate in records per second, rounded so that it says what a person would notice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RateChange {
    /// Before the onset.
    pub before: f64,
    /// Highest since the onset.
    pub peak: f64,
}
