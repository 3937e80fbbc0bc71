//! Which entries of the timeline are shown.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::incident::TimelineKind;
use crate::incident::state::TimelineLine;

/// Kinds of entries to look at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinds {
    /// Everything.
    #[default]
    All,
    /// What was changed: deploys, configuration, scaling.
    Changes,
    /// What went wrong: alerts, symptoms, findings.
    Harm,
    /// What persons said and did.
    People,
}

impl Kinds {
    /// All, in the order of switching.
    pub const ALL: [Self; 4] = [Self::All, Self::Changes, Self::Harm, Self::People];

    /// In a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::Changes => "changes only",
            Self::Harm => "harm only",
            Self::People => "people only",
        }
    }

    /// Whether an entry of this kind is shown.
    pub fn shows(self, kind: TimelineKind) -> bool {
        match kind {
            TimelineKind::Deploy => matches!(self, Self::All | Self::Changes),
            TimelineKind::Alert | TimelineKind::Symptom | TimelineKind::Finding => {
                matches!(self, Self::All | Self::Harm)
            }
            TimelineKind::Human | TimelineKind::Action => matches!(self, Self::All | Self::People),
        }
    }

    /// The one after, or before.
    #[must_use]
    pub fn turned(self, forward: bool) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        let by = if forward { 1 } else { Self::ALL.len() - 1 };
        Self::ALL[(at + by) % Self::ALL.len()]
    }
}

impl App {
    /// The entries of the timeline that are shown, oldest first.
    pub fn timeline(&self) -> Vec<TimelineLine<'_>> {
        let mut lines = self.incident.timeline();
        lines.retain(|line| self.ui.kinds.shows(line.entry.kind));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_shown_by_everything_and_by_one_other() {
        use TimelineKind::{Action, Alert, Deploy, Finding, Human, Symptom};
        for kind in [Deploy, Alert, Symptom, Human, Action, Finding] {
            let shown = Kinds::ALL.into_iter().filter(|kinds| kinds.shows(kind)).count();
            assert_eq!(shown, 2, "{kind:?}");
        }
    }

    #[test]
    fn switching_comes_round() {
        for kinds in Kinds::ALL {
            assert_eq!(kinds.turned(true).turned(false), kinds);
        }
    }
}
