//! What a model's answer adds to the offline triage: which items are whose, where the two disagree, and what the
//! checker had to say about the answer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::incident::Triage;
use crate::incident::triage::Run;

/// Sections of the triage document, in the order in which a model writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The document as a whole.
    #[default]
    Document,
    /// See [`crate::incident::Triage::title`].
    Title,
    /// See [`crate::incident::Triage::service`].
    Service,
    /// See [`crate::incident::Triage::severity`].
    Severity,
    /// See [`crate::incident::Triage::summary`].
    Summary,
    /// See [`crate::incident::Triage::hypotheses`].
    Hypotheses,
    /// See [`crate::incident::Triage::checklist`].
    Checklist,
    /// See [`crate::incident::Triage::mitigations`].
    Mitigations,
    /// See [`crate::incident::Triage::customer_impact`].
    CustomerImpact,
    /// See [`crate::incident::Triage::timeline`].
    Timeline,
    /// See [`crate::incident::Triage::contradictions`].
    Contradictions,
    /// See [`crate::incident::Triage::missing`].
    Missing,
    /// See [`crate::incident::Triage::follow_ups`].
    FollowUps,
    /// See [`crate::incident::Triage::postmortem`].
    Postmortem,
}

impl Section {
    /// All sections; [`Self::Document`] is the whole they make.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Service,
        Self::Severity,
        Self::Summary,
        Self::Hypotheses,
        Self::Checklist,
        Self::Mitigations,
        Self::CustomerImpact,
        Self::Timeline,
        Self::Contradictions,
        Self::Missing,
        Self::FollowUps,
        Self::Postmortem,
    ];

    /// Its name in the document, which is its key there.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Title => "title",
            Self::Service => "service",
            Self::Severity => "severity",
            Self::Summary => "summary",
            Self::Hypotheses => "hypotheses",
            Self::Checklist => "checklist",
            Self::Mitigations => "mitigations",
            Self::CustomerImpact => "customer_impact",
            Self::Timeline => "timeline",
            Self::Contradictions => "contradictions",
            Self::Missing => "missing",
            Self::FollowUps => "follow_ups",
            Self::Postmortem => "postmortem",
        }
    }
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The offline analyst alone.
    #[default]
    Offline,
    /// The model alone.
    Model,
    /// Both.
    Both,
}

/// Whose an item of the document is. Items of the offline analyst alone are not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The section it stands in.
    pub section: Section,
    /// Its id, or its text where items of the section have no id; empty for a section of prose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Place of the item in the model's answer (`hypotheses/0`), by which it keeps its id while the answer grows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// Who says it.
    pub by: By,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// How bad it is.
    Severity,
    /// Which cause leads.
    LeadingCause,
    /// How sure a cause is.
    Confidence,
    /// Whether a cause is ruled out.
    Status,
}

/// A point in which the two analysts disagree. Both are told; `shown` is the one in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The point.
    pub about: Subject,
    /// Id of the hypothesis, where it is about one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What the offline analyst says.
    pub offline: String,
    /// What the model says.
    pub model: String,
    /// Whose word stands in the document.
    pub shown: By,
}

/// Kinds of remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// A quote does not stand in the sources.
    Quote,
    /// A figure or a time does not stand in the sources.
    Figure,
    /// A confidence was lowered to what the verified evidence carries.
    Confidence,
    /// A severity does not follow from the policy.
    Severity,
    /// A command is not well formed.
    Syntax,
    /// A command changes the system, or is not known to only read.
    Effect,
    /// A name stands nowhere in the case.
    Name,
    /// A way to stop the harm comes without its risk or its way back.
    Risk,
    /// Text was held back because it obeys text of the sources that addresses a model.
    Withheld,
    /// Text was cleaned, cut or left out because of its form or its length.
    Form,
    /// A section of prose was not taken over.
    Prose,
}

/// One change that the checker made to a model's answer, or one doubt about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Its kind.
    pub kind: RemarkKind,
    /// The section it is about.
    pub section: Section,
    /// The item it is about, as [`Said::key`]; empty for a section as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What it says, one line.
    pub text: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.section.name(), self.text)
    }
}

/// The part of a model in a triage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Opinion {
    /// Name of the model.
    pub model: String,
    /// Number of the call, within the incident; parts of one answer have the same.
    pub call: u64,
    /// Revision of the case file that the model saw.
    pub case_revision: u64,
    /// Whether the answer came to its end; a half one is kept and marked.
    pub complete: bool,
    /// What has changed since the model saw the case, where that matters; one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stale: String,
    /// Why the answer is not shown; one line, empty where it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub withheld: String,
    /// Whose the items are.
    pub said: Vec<Said>,
    /// Where the two analysts disagree.
    pub differences: Vec<Difference>,
    /// What the checker found.
    pub remarks: Vec<Remark>,
}

impl Opinion {
    /// Who says the item of `section` with this key (its id, or its text where it has none; empty for prose).
    pub fn by(&self, section: Section, key: &str) -> By {
        let found = self.said.iter().find(|said| said.section == section && said.key == key);
        found.map_or(By::Offline, |said| said.by)
    }

    /// Remarks on one item.
    pub fn remarks_on<'a>(&'a self, section: Section, key: &'a str) -> impl Iterator<Item = &'a Remark> {
        self.remarks.iter().filter(move |remark| remark.section == section && remark.key == key)
    }
}

/// An answer that was checked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Checked {
    /// What of the answer stands. Ids of hypotheses, steps and mitigations follow from their contents.
    pub triage: Triage,
    /// Model, call, revision, and the remarks; whose an item is and what differs is found by blending.
    pub opinion: Opinion,
    /// Where each item stood in the answer, and how the model named it.
    pub marks: Vec<Mark>,
    /// Whether the severity follows from the policy and from a verified line.
    pub severity_proven: bool,
    /// Id of the offline hypothesis that led when the model saw the case.
    pub leading: Option<String>,
    /// What the call cost, where it is known; the caller's to set.
    pub run: Option<Run>,
}

/// Where an item stood in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The section it stands in now.
    pub section: Section,
    /// Its id now.
    pub id: String,
    /// Section and number in the answer: `checklist/3`.
    pub origin: String,
    /// The id that the model gave it.
    pub claimed: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_claimed_is_the_offline_analysts() {
        let said =
            Said { section: Section::Checklist, key: "m-1".into(), origin: String::new(), by: By::Model };
        let opinion = Opinion { said: vec![said], ..Opinion::default() };
        assert_eq!(opinion.by(Section::Checklist, "m-1"), By::Model);
        assert_eq!(opinion.by(Section::Hypotheses, "m-1"), By::Offline);
        assert_eq!(opinion.by(Section::Summary, ""), By::Offline);
    }

    #[test]
    fn an_older_or_shorter_stored_form_is_read() {
        let opinion: Opinion = serde_json::from_str(r#"{"model":"m","added_later":1}"#).unwrap();
        assert_eq!(opinion, Opinion { model: "m".into(), ..Opinion::default() });
    }
}
