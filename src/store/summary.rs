//! What a list of incidents shows about each, kept up to date event by event.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::event::{Event, IncidentStatus};
use crate::incident::triage::SeverityLevel;
use crate::incident::{IncidentId, Recorded};

/// Longest text kept in a summary, bytes; the log has the whole of it.
const TEXT_MAX: usize = 1024;

/// One incident in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentSummary {
    /// Its name.
    pub id: IncidentId,
    /// The person's title, else the analyst's; may be empty.
    pub title: String,
    /// The person's service, else the analyst's; may be empty.
    pub service: String,
    /// The person's severity, else the analyst's.
    pub severity: Option<SeverityLevel>,
    /// Where it stands.
    pub status: IncidentStatus,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its last event was recorded.
    pub updated_at: Timestamp,
    /// Number of events.
    pub events: u64,
    /// The analyst's summary, at most 1 KiB of it.
    pub summary: String,
}

/// The stored form: what a summary needs to go on with the next event.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Fold {
    given_title: String,
    title: String,
    given_service: String,
    service: String,
    declared: Option<SeverityLevel>,
    severity: Option<SeverityLevel>,
    status: u8,
    opened_at: Timestamp,
    updated_at: Timestamp,
    pub(crate) last_seq: u64,
    summary: String,
}

impl Fold {
    /// With one more event.
    pub(crate) fn with(mut self, recorded: &Recorded) -> Self {
        if self.last_seq == 0 {
            self.opened_at = recorded.at;
        }
        self.last_seq = recorded.seq;
        self.updated_at = recorded.at;
        match &recorded.event {
            Event::IncidentOpened { title, service, .. } | Event::IncidentRenamed { title, service } => {
                self.given_title = short(title);
                self.given_service = short(service);
            }
            Event::TriageRevised { patch, .. } => {
                let text = |field: &mut String, new: &Option<String>| {
                    if let Some(new) = new {
                        *field = short(new);
                    }
                };
                text(&mut self.title, &patch.title);
                text(&mut self.service, &patch.service);
                text(&mut self.summary, &patch.summary);
                if let Some(severity) = &patch.severity {
                    self.severity = severity.as_ref().map(|severity| severity.level);
                }
            }
            Event::SeverityDeclared { level, .. } => self.declared = Some(*level),
            Event::StatusChanged { status } => {
                self.status = match status {
                    IncidentStatus::Open => 0,
                    IncidentStatus::Mitigated => 1,
                    IncidentStatus::Resolved => 2,
                };
            }
            _ => {}
        }
        self
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn decode(stored: &[u8]) -> Option<Self> {
        serde_json::from_slice(stored).ok()
    }

    pub(crate) fn summary(self, id: IncidentId) -> IncidentSummary {
        let given = |given: String, other: String| if given.is_empty() { other } else { given };
        IncidentSummary {
            id,
            title: given(self.given_title, self.title),
            service: given(self.given_service, self.service),
            severity: self.declared.or(self.severity),
            status: match self.status {
                1 => IncidentStatus::Mitigated,
                2 => IncidentStatus::Resolved,
                _ => IncidentStatus::Open,
            },
            opened_at: self.opened_at,
            updated_at: self.updated_at,
            events: self.last_seq,
            summary: self.summary,
        }
    }
}

fn short(text: &str) -> String {
    let end = (0..=TEXT_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].to_owned()
}
