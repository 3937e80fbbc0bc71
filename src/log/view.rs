//! A window of lines for a pane, and how to ask for one; questions about the text, and their answers.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Level, Place, SourceId};
use crate::log::filter::{Filter, Pattern};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One source, in the order of its bytes.
    Source(SourceId),
    /// All logs, merged by the times of their records. Texts written by people are left out.
    Merged,
}

impl Scope {
    /// The source, where it is one.
    pub fn source(self) -> Option<SourceId> {
        match self {
            Self::Source(source) => Some(source),
            Self::Merged => None,
        }
    }
}

/// The lines that a pane can show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    /// What is looked at; absent while nothing is shown.
    pub scope: Option<Scope>,
    /// The lines, oldest first; at most the rows asked for.
    pub lines: Vec<Line>,
    /// The first line is the first of what is looked at (and passes the filter).
    pub at_start: bool,
    /// The last line is the newest.
    pub at_end: bool,
    /// Whether the window moves along as lines arrive.
    pub following: bool,
    /// Complete lines counted so far, filter aside.
    pub lines_total: u64,
    /// The engine is still looking for lines that pass the filter: so far it has this share, 0 to 1, of the text
    /// behind it. Absent when the window is complete.
    pub looking: Option<f32>,
}

/// One line, cleaned for display.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// Where it comes from.
    pub source: SourceId,
    /// Logical offset of its first byte in the source.
    pub start: u64,
    /// Logical offset one past its last byte, line break excluded.
    pub end: u64,
    /// Number from 1, where the source has been counted that far.
    pub number: Option<u64>,
    /// The text: control characters made visible, tabs expanded, at most [`Line::TEXT_MAX`] bytes.
    pub text: String,
    /// Whether the text was cut there.
    pub cut: bool,
    /// Level of its record.
    pub level: Option<Level>,
    /// Time of its record, UTC; also for continuation lines.
    pub at: Option<Timestamp>,
    /// Whether it continues the record of an earlier line (a stack trace).
    pub continuation: bool,
    /// Id of the template of its record, where that is known.
    pub template: Option<Arc<str>>,
    /// It does not pass the filter itself but stands around a line that does.
    pub around: bool,
}

impl Line {
    /// Longest text of a line in a window, bytes.
    pub const TEXT_MAX: usize = 8 * 1024;

    /// Whether this place begins in the line.
    pub fn holds(&self, place: Place) -> bool {
        self.source == place.source && self.start <= place.start && place.start <= self.end
    }
}

/// How to move the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// To the newest lines, and along with them.
    Follow,
    /// To the first line.
    Start,
    /// By whole lines, negative towards the start; stops following.
    Lines(i64),
    /// So that this offset is in the first line; stops following.
    Top(u64),
    /// So that this place is in the middle; stops following. Of a merged view: the record there.
    Center(Place),
    /// So that the first record at or after this moment is in the middle; stops following.
    Time(Timestamp),
    /// So that the line of this number, from 1, is in the middle; stops following. One source only.
    Line(u64),
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Text.
    Text(Pattern),
    /// A record of level error or worse.
    Bad,
}

/// A question: where is the next (or the one before)? Answered by [`SearchAnswer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// Number of the question; answers carry it, answers to older questions are dropped.
    pub id: u64,
    /// Where to look.
    pub scope: Scope,
    /// Only lines that pass count.
    pub filter: Arc<Filter>,
    /// What to look for.
    pub target: Target,
    /// Where to start: behind the end of this place, or before its start when searching backward. Absent: from the
    /// start, or from the end when searching backward.
    pub from: Option<Place>,
    /// Search towards the start.
    pub backward: bool,
}

/// A question: how many hits are there? Answered by [`CountAnswer`]s while the text is looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRequest {
    /// Number of the question.
    pub id: u64,
    /// Where to look.
    pub scope: Scope,
    /// Only lines that pass count.
    pub filter: Arc<Filter>,
    /// What to look for.
    pub target: Target,
    /// A hit whose place among all is to be told, too. Of one source; in a merged view there is no such place. The same
    /// question with another mark goes on where it was.
    pub mark: Option<Place>,
}

/// How many lines hold a hit, as far as the text was looked through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountAnswer {
    /// Number of the question.
    pub id: u64,
    /// Lines with a hit so far.
    pub lines: u64,
    /// Share of the text looked through, 0 to 1; 1 when done. Lines that arrive later are added.
    pub share: f32,
    /// Lines with a hit up to that of the mark, itself included; absent while it is not known.
    pub before: Option<u64>,
}

/// A question: how are the records of a stretch of time spread? Answered by [`ZoomAnswer`]s while the text is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoomRequest {
    /// Number of the question.
    pub id: u64,
    /// Where to look.
    pub scope: Scope,
    /// Only records that pass count.
    pub filter: Arc<Filter>,
    /// Start of the stretch.
    pub from: Timestamp,
    /// End of the stretch, itself left out.
    pub to: Timestamp,
    /// Buckets wanted, at most [`ZoomRequest::BUCKETS_MAX`].
    pub buckets: usize,
}

impl ZoomRequest {
    /// Most buckets of a histogram.
    pub const BUCKETS_MAX: usize = 400;
}

/// A histogram of a stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoomAnswer {
    /// Number of the question.
    pub id: u64,
    /// Start of the first bucket.
    pub from: Timestamp,
    /// End of the last bucket.
    pub to: Timestamp,
    /// Records per bucket: fatal, error, warning, all others.
    pub buckets: Vec<[u32; 4]>,
    /// Share of the text looked through, 0 to 1; 1 when done.
    pub share: f32,
}

/// The answer to a [`SearchRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchAnswer {
    /// Number of the question.
    pub id: u64,
    /// The hit; absent when there is none up to the end (or the start).
    pub hit: Option<Place>,
    /// The search went over the end (or the start) and found the hit from the other side.
    pub wrapped: bool,
    /// Why it cannot be looked for: what is wrong with the expression.
    pub problem: Option<String>,
}
