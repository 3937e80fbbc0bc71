//! Interface state: everything that makes two people with the same incident see different screens.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::fresh::Fresh;
use crate::app::split::{Border, Split};
use crate::app::templates::TemplateList;
use crate::app::timeline::Kinds;
use crate::incident::event::StepOutcome;
use crate::incident::triage::HypothesisStatus;
use crate::incident::{Bookmark, SourceId};
use crate::log::filter::Filter;
use crate::log::view::Scope;

pub mod context;
mod session;

pub use context::{ContextView, Searching, Seek, Strip};
pub use session::Session;

/// The panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pane {
    /// Lines of the sources.
    Context,
    /// Possible causes.
    #[default]
    Hypotheses,
    /// Steps of the investigation.
    Checklist,
    /// What happened when.
    Timeline,
}

impl Pane {
    /// All panes, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Context, Self::Hypotheses, Self::Checklist, Self::Timeline];

    /// Its number key, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|pane| *pane == self).map_or(1, |index| index + 1)
    }

    /// One short word for it, where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Self::Context => "Logs",
            Self::Hypotheses => "Why",
            Self::Checklist => "Steps",
            Self::Timeline => "Time",
        }
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Context => "Context",
            Self::Hypotheses => "Hypotheses",
            Self::Checklist => "Checklist",
            Self::Timeline => "Timeline",
        }
    }
}

/// Everything about the interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ui {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The pane with the focus.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub zoom: bool,
    /// How the screen is shared out.
    pub split: Split,
    /// The border that the mouse holds.
    pub grabbed: Option<Border>,
    /// A number written before a key that moves.
    pub count: Option<u32>,
    /// What changed since the person looked.
    pub fresh: Fresh,
    /// What is being written in another program, which has the terminal meanwhile.
    pub outside: Option<Purpose>,
    /// Cursor of the hypotheses pane; absent means the first.
    pub hypothesis: Option<HypothesisCursor>,
    /// Step under the cursor of the checklist; absent means the first.
    pub step: Option<String>,
    /// Row of the merged timeline under the cursor; absent means: follow the newest.
    pub timeline: Option<usize>,
    /// Which entries the timeline shows.
    pub kinds: Kinds,
    /// The context pane.
    pub context: ContextView,
    /// What lies over the panes, topmost last.
    pub overlays: Vec<Overlay>,
    /// A message for a few seconds.
    pub toast: Option<Toast>,
    /// Events up to this position are on disk; later ones are shown as not yet saved.
    pub durable_seq: u64,
    /// What is wrong with the store.
    pub store_trouble: Option<StoreTrouble>,
    /// Whether an analyst is at work.
    pub analysing: bool,
    /// Whether the terminal tells of the mouse.
    pub mouse: bool,
    /// Name of the theme.
    pub theme: String,
    /// Whether the incident is still being loaded from the store.
    pub loading: bool,
    /// Until when a second Ctrl-C quits.
    pub quit_armed: Option<Timestamp>,
    /// Where to return to from the line that a quote cites.
    pub back: Option<Back>,
    /// A text that was left unfinished, to go on with.
    pub kept_draft: Option<Input>,
    /// Filters written so far, newest last.
    pub filters: Vec<String>,
    /// Searches written so far, newest last.
    pub searches: Vec<String>,
    /// Which of them the text being written was taken from, counted from the newest; absent for a new text.
    pub recalled: Option<usize>,
}

/// Where a citation was followed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// The pane that had the focus.
    pub pane: Pane,
    /// What the context pane showed.
    pub scope: Option<Scope>,
    /// Which lines of it.
    pub filter: std::sync::Arc<Filter>,
}

/// A row of the hypotheses pane: a hypothesis, or one of its pieces of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HypothesisCursor {
    /// Id of the hypothesis.
    pub id: String,
    /// Index into its evidence followed by what speaks against it; absent on the hypothesis itself.
    pub piece: Option<usize>,
}

/// What can lie over the panes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Keys and commands; the number is the first row shown.
    Help(usize),
    /// Commands found by a few letters.
    Palette {
        /// The letters.
        query: String,
        /// Row under the cursor.
        selected: usize,
    },
    /// A text being written.
    Input(Input),
    /// A document to read.
    Document {
        /// Which.
        view: View,
        /// First row shown, or the item under the cursor where the view has items.
        selected: usize,
    },
    /// Where to begin.
    Start {
        /// Row under the cursor.
        selected: usize,
    },
    /// Likely logs, to open some.
    Logs {
        /// Letters to find one by, or a source written out.
        query: String,
        /// Row under the cursor.
        selected: usize,
        /// Paths that are marked.
        marked: BTreeSet<String>,
    },
    /// The incident as it was; see [`crate::app::App::replay`].
    Replay,
    /// Past incidents, to resume one.
    Incidents {
        /// Letters to find one by.
        query: String,
        /// Row under the cursor.
        selected: usize,
    },
    /// Sources, to show one.
    Sources {
        /// Letters to find one by.
        query: String,
        /// Row under the cursor.
        selected: usize,
    },
    /// Templates of the logs, to look at or to hide one.
    Templates(TemplateList),
    /// A command that changes the system, before it is copied.
    Caution(Caution),
    /// A text shown plainly for selection with the terminal.
    Plain {
        /// The text.
        text: String,
        /// First row shown.
        top: usize,
    },
}

/// A way to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Go on with this incident.
    Resume(String),
    /// Choose among all past incidents.
    Past,
    /// Choose logs of this host.
    Logs,
    /// Paste what is known.
    Paste,
    /// Watch a shipped incident.
    Demo,
}

/// A command that changes the system, with what a person has to know before it is copied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caution {
    /// The command, as the analyst wrote it.
    pub command: String,
    /// What can go wrong; may be empty.
    pub risk: String,
    /// How it is taken back; may be empty.
    pub rollback: String,
}

/// A text being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// What for.
    pub purpose: Purpose,
    /// The text so far.
    pub text: String,
}

/// What a text is written for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A note for the timeline.
    Note,
    /// Context.
    Context,
    /// A search in the context pane.
    Search,
    /// Which lines the context pane shows.
    Filter,
    /// A time or a line number to go to in the context pane.
    GoTo,
    /// The name of a bookmark.
    Bookmark {
        /// The bookmark, without its name.
        bookmark: Box<Bookmark>,
    },
    /// An update for those who wait.
    Update,
    /// The postmortem.
    Postmortem,
    /// What stands for a `<name>` in a command that is to be copied.
    Placeholder {
        /// The name, without its brackets.
        name: String,
        /// The command, as the analyst wrote it.
        command: String,
        /// Names that are to stay as they stand.
        left: Vec<String>,
    },
    /// The reason of a verdict.
    Reason {
        /// The hypothesis.
        hypothesis: String,
        /// The verdict.
        verdict: HypothesisStatus,
    },
    /// What was seen at a step.
    StepNote {
        /// The step.
        step: String,
        /// The outcome.
        outcome: StepOutcome,
    },
}

impl Purpose {
    /// Whether Enter ends the text; otherwise Enter starts a new line and Ctrl-D or Ctrl-Enter ends it.
    pub fn one_line(&self) -> bool {
        !matches!(self, Self::Note | Self::Context | Self::Update | Self::Postmortem)
    }

    /// Whether several lines pasted into the text are the output of a command, which is kept whole.
    pub fn takes_output(&self) -> bool {
        matches!(self, Self::StepNote { .. })
    }

    /// Whether Up and Down bring earlier texts, or suggestions.
    pub fn has_history(&self) -> bool {
        matches!(self, Self::Filter | Self::Search | Self::Placeholder { .. })
    }
}

/// The documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// A hypothesis with all its evidence and history.
    Hypothesis(String),
    /// A step with its whole command, what is expected and the note.
    Step(String),
    /// Mitigations with risk and rollback.
    Mitigations,
    /// Severity, summary and customer impact.
    Impact,
    /// An update for those who wait.
    Update,
    /// The card for whoever takes over.
    Handover,
    /// Postmortem draft.
    Postmortem,
    /// Follow-ups.
    FollowUps,
    /// Similar past incidents.
    Similar,
    /// This incident beside a past one; see [`crate::app::App::other`].
    Compare,
    /// Contradictions and what is missing.
    Questions,
    /// A source: where it is, how much of it there is, what could not be read.
    Source(SourceId),
    /// The same about all logs.
    Logs,
    /// Lines that a person marked.
    Bookmarks,
    /// What leaves this host: the request that waits or was sent last, and what was masked in it.
    Request,
    /// Calls of the model: what was asked, how it ended, what it cost.
    Calls,
    /// What the model thinks aloud before it answers.
    Thoughts,
}

/// What is wrong with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreTrouble {
    /// Which, and what to do, in one line.
    pub text: String,
    /// Whether new events are in memory only.
    pub at_risk: bool,
}

/// A message for a few seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The message.
    pub text: String,
    /// Whether something failed.
    pub bad: bool,
    /// When it goes away.
    pub until: Timestamp,
}
