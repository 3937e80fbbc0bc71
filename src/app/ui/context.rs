//! What the context pane shows and how: the source or all of them, which lines, where in them, and the strip above.

use std::sync::Arc;

use jiff::Timestamp;

use crate::incident::Place;
use crate::log::filter::{Filter, Pattern};
use crate::log::view::{CountAnswer, Scope, Window, ZoomAnswer};

/// The context pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContextView {
    /// What is shown: a source, or all logs merged.
    pub scope: Option<Scope>,
    /// Whether the person chose it; otherwise it may change while sources are found.
    pub chosen: bool,
    /// Which lines of it.
    pub filter: Arc<Filter>,
    /// The lines, as the engine last gave them.
    pub window: Window,
    /// Row of the cursor in the window; absent while following.
    pub cursor: Option<usize>,
    /// A cited place to stand out.
    pub highlight: Option<Place>,
    /// What is searched for; an empty text when nothing is.
    pub query: Pattern,
    /// How many lines hold it, or pass the filter while nothing is searched for; absent while not known.
    pub hits: Option<CountAnswer>,
    /// Whether they are being counted.
    pub counting: bool,
    /// Number of the latest count.
    pub count_id: u64,
    /// Lines counted when following stopped, for "+N new".
    pub lines_seen: u64,
    /// Rows the pane has for lines.
    pub rows: usize,
    /// What was asked for: the cursor goes there when the lines arrive.
    pub seek: Option<Seek>,
    /// Whether the search goes towards the start.
    pub backward: bool,
    /// Number of the latest search.
    pub search_id: u64,
    /// The search under way.
    pub searching: Option<Searching>,
    /// Whether long lines are wrapped; absent means: where the pane has the whole screen.
    pub wrap: Option<bool>,
    /// Records over time, above the lines.
    pub strip: Strip,
}

/// A search under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Searching {
    /// What is said where nothing is found, up to the name of what was looked through.
    pub words: String,
    /// Share of the text looked through, 0 to 1; absent while it is not worth saying.
    pub share: Option<f32>,
    /// It is the query that is looked for: what is found is one of the hits that are counted.
    pub counted: bool,
}

/// A place the cursor goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// The line that holds this place.
    Place(Place),
    /// The first line at or after this moment.
    Time(Timestamp),
    /// The line of this number.
    Line(u64),
}

/// Records over time, above the lines of the context pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    /// Columns for buckets; 0 while it is not on screen.
    pub columns: usize,
    /// The person put it away.
    pub hidden: bool,
    /// The stretch of time it shows; absent: all of it.
    pub range: Option<(Timestamp, Timestamp)>,
    /// The moment under its cursor, while it has the keys.
    pub cursor: Option<Timestamp>,
    /// Number of the latest question.
    pub id: u64,
    /// The latest answer.
    pub answer: Option<ZoomAnswer>,
    /// When it was asked.
    pub asked_at: Option<Timestamp>,
    /// There is more than the answer tells.
    pub stale: bool,
}

impl ContextView {
    /// Whether only some of the lines are shown.
    pub fn is_filtered(&self) -> bool {
        !self.filter.is_empty()
    }

    /// Whether something is searched for.
    pub fn is_searching(&self) -> bool {
        !self.query.text.is_empty()
    }

    /// The line under the cursor, the newest one while following.
    pub fn current(&self) -> Option<&crate::log::view::Line> {
        let last = self.window.lines.len().checked_sub(1)?;
        self.window.lines.get(self.cursor.unwrap_or(last).min(last))
    }
}
