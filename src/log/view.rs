//! A window of lines for a pane, and how to ask for one.

use jiff::Timestamp;

use crate::incident::{Level, Place, SourceId};

/// The lines of one source that a pane can show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    /// The source; absent while nothing is shown.
    pub source: Option<SourceId>,
    /// The lines, oldest first; at most the rows asked for.
    pub lines: Vec<Line>,
    /// The first line is the first of the source.
    pub at_start: bool,
    /// The last line is the newest of the source.
    pub at_end: bool,
    /// Whether the window moves along as lines arrive.
    pub following: bool,
    /// Complete lines of the source counted so far.
    pub lines_total: u64,
}

/// One line, cleaned for display.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
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
}

impl Line {
    /// Longest text of a line in a window, bytes.
    pub const TEXT_MAX: usize = 8 * 1024;
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
    /// So that this place is in the middle; stops following.
    Center(Place),
}

/// A question about a source's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// Number of the question; answers carry it, answers to older questions are dropped.
    pub id: u64,
    /// The source.
    pub source: SourceId,
    /// Literal text; case matters only when it holds an upper-case letter.
    pub text: String,
    /// Logical offset to start from.
    pub from: u64,
    /// Search towards the start.
    pub backward: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchAnswer {
    /// Number of the question.
    pub id: u64,
    /// The hit; absent when there is none up to the end (or the start).
    pub hit: Option<Place>,
    /// The search went over the end (or the start) and found the hit from the other side.
    pub wrapped: bool,
}
