//! The difference between two revisions of a triage: the sections that changed, each whole.

use serde::{Deserialize, Deserializer, Serialize};

use crate::incident::opinion::Opinion;
use crate::incident::timeline::TimelineEntry;
use crate::incident::triage::{
    Contradiction, FollowUp, Hypothesis, Missing, Mitigation, Run, Severity, Similar, Step, Triage,
};

macro_rules! patch {
    ($($(#[$doc:meta])* $field:ident: $type:ty),* $(,)?) => {
        /// New contents of the sections that changed; absent sections stay as they were.
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub struct TriagePatch {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)*
            /// The run that produced this revision.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub run: Option<Run>,
        }

        impl TriagePatch {
            /// What turns `old` into `new`, or `None` when a person would notice no difference (the run alone).
            pub fn between(old: &Triage, new: &Triage) -> Option<Self> {
                let mut patch = Self { run: new.run.clone(), ..Self::default() };
                let mut changed = false;
                $(if old.$field != new.$field {
                    patch.$field = Some(new.$field.clone());
                    changed = true;
                })*
                changed.then_some(patch)
            }

            /// Puts the new sections into `triage`.
            pub fn apply(&self, triage: &mut Triage) {
                $(if let Some(section) = &self.$field {
                    triage.$field.clone_from(section);
                })*
                if self.run.is_some() {
                    triage.run.clone_from(&self.run);
                }
            }
        }
    };
}

patch! {
    /// See [`Triage::title`].
    title: String,
    /// See [`Triage::service`].
    service: String,
    /// See [`Triage::severity`].
    #[serde(deserialize_with = "present")]
    severity: Option<Severity>,
    /// See [`Triage::summary`].
    summary: String,
    /// See [`Triage::hypotheses`].
    hypotheses: Vec<Hypothesis>,
    /// See [`Triage::checklist`].
    checklist: Vec<Step>,
    /// See [`Triage::mitigations`].
    mitigations: Vec<Mitigation>,
    /// See [`Triage::customer_impact`].
    customer_impact: String,
    /// See [`Triage::timeline`].
    timeline: Vec<TimelineEntry>,
    /// See [`Triage::contradictions`].
    contradictions: Vec<Contradiction>,
    /// See [`Triage::missing`].
    missing: Vec<Missing>,
    /// See [`Triage::follow_ups`].
    follow_ups: Vec<FollowUp>,
    /// See [`Triage::postmortem`].
    postmortem: String,
    /// See [`Triage::similar`].
    similar: Vec<Similar>,
    /// See [`Triage::opinion`].
    #[serde(deserialize_with = "present")]
    opinion: Option<Opinion>,
}

/// Reads a section that is there, `null` included: "no severity any more" is not "severity unchanged".
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(section: D) -> Result<Option<T>, D::Error> {
    T::deserialize(section).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applying_a_difference_gives_the_new_document() {
        let old = Triage { title: "a".into(), summary: "s".into(), ..Triage::default() };
        let new = Triage { title: "b".into(), severity: None, ..Triage::default() };
        let patch = TriagePatch::between(&old, &new).unwrap();
        assert_eq!(patch.customer_impact, None, "unchanged sections stay out of the patch");
        let mut patched = old;
        patch.apply(&mut patched);
        assert_eq!(patched, new);
    }

    #[test]
    fn a_new_run_alone_is_not_a_revision() {
        let old = Triage::default();
        let run = Run {
            analyst: "offline".into(),
            model: None,
            prompt: None,
            language: crate::incident::triage::Language::En,
            latency_ms: 3,
            tokens_in: None,
            tokens_out: None,
            tokens_cached: None,
            cost_usd: None,
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        assert_eq!(TriagePatch::between(&old, &Triage { run: Some(run), ..Triage::default() }), None);
    }
}
