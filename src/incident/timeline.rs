//! What happened when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::Place;

/// The kinds of timeline entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimelineKind {
    /// A change to the system: deploy, configuration, migration, scaling.
    Deploy,
    /// A page or an alert.
    Alert,
    /// What users or metrics showed.
    Symptom,
    /// What a person said or noted.
    Human,
    /// What a person did.
    Action,
    /// What sevdeck noticed.
    Finding,
}

impl TimelineKind {
    /// Short English name, at most seven characters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Alert => "alert",
            Self::Symptom => "symptom",
            Self::Human => "human",
            Self::Action => "action",
            Self::Finding => "finding",
        }
    }
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When, UTC.
    pub at: Timestamp,
    /// What happened, in one line.
    pub text: String,
    /// Who or what says so: a source name, a person, `sevdeck`.
    pub source: String,
    /// The kind.
    pub kind: TimelineKind,
    /// Where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// True where the text gave a time of day only and the date was inferred.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub date_assumed: bool,
}

/// When the harm began: the earliest symptom, alert or finding. An entry that gives the minute alone yields to the first
/// one within that minute that says more.
pub fn onset(timeline: &[TimelineEntry]) -> Option<Timestamp> {
    let harm = |entry: &&TimelineEntry| {
        matches!(entry.kind, TimelineKind::Symptom | TimelineKind::Alert | TimelineKind::Finding)
    };
    let times = || timeline.iter().filter(harm).map(|entry| entry.at);
    let first = times().min()?;
    let within = |at: &Timestamp| at.as_second() < first.as_second() + 60 && !is_minute(*at);
    if is_minute(first) { times().filter(within).min().or(Some(first)) } else { Some(first) }
}

/// Whether a time says the minute alone.
fn is_minute(at: Timestamp) -> bool {
    at.as_second().rem_euclid(60) == 0 && at.subsec_nanosecond() == 0
}
