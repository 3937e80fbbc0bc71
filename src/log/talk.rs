//! What the engine is asked, and what it has to say.

use std::path::PathBuf;
use std::sync::Arc;

use crate::incident::{SourceChange, SourceId, SourceSpec};
use crate::log::digest::{Digest, Position};
use crate::log::filter::Filter;
use crate::log::source::spool::Spool;
use crate::log::view::{
    CountAnswer, CountRequest, Move, Scope, SearchAnswer, SearchRequest, Window, ZoomAnswer, ZoomRequest,
};

/// Who writes a stream, which tells whether it can be a text that people wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// A program: its lines are a log, whatever they look like.
    Program,
    /// Whoever is at the other end of a pipe: a log while it is open, then what it looks like.
    Pipe,
    /// A file that is no plain text: what it looks like.
    File,
}

/// What is asked of the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Find what this leads to, now and later; answered by [`News::Discovered`].
    Watch {
        /// What the person pointed at.
        spec: SourceSpec,
    },
    /// Follow a file under a number.
    Follow {
        /// The number.
        source: SourceId,
        /// Short name for quotes.
        name: String,
        /// The file.
        path: PathBuf,
        /// Where an earlier session stood.
        resume: Option<Position>,
        /// No more bytes will come: end of standard input. May be sent again for the same source to say so.
        ended: bool,
    },
    /// Read a stream, kept in a spool, under a number.
    Stream {
        /// The number.
        source: SourceId,
        /// Short name for quotes.
        name: String,
        /// What is kept of it. It says itself when it is over.
        spool: Arc<Spool>,
        /// Who writes it.
        writer: Writer,
    },
    /// A text in memory; replaces the earlier text of that source.
    Context {
        /// The number.
        source: SourceId,
        /// Short name for quotes.
        name: String,
        /// The text.
        text: Arc<str>,
    },
    /// Show the newest lines in a pane of so many rows. Where the same scope is shown already, the place is kept: with
    /// another filter, as near to it as lines pass.
    Show {
        /// What to look at.
        scope: Scope,
        /// Which lines.
        filter: Arc<Filter>,
        /// Rows of the pane.
        rows: usize,
    },
    /// Move within what is shown.
    Move(Move),
    /// Search; replaces a search under way.
    Search(SearchRequest),
    /// Drop the search under way.
    CancelSearch,
    /// Count hits, and go on counting as lines arrive; replaces a count under way. Absent: stop.
    Count(Option<CountRequest>),
    /// A histogram of a stretch of time; replaces one under way. Absent: stop.
    Zoom(Option<ZoomRequest>),
    /// Look at every file each second whatever the watcher says.
    Poll(bool),
}

/// What the engine has to say.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Files were found, all that one look at a request yields; follow each with [`Request::Follow`].
    Discovered {
        /// The request they come from.
        spec: SourceSpec,
        /// The files, in the order of their names.
        paths: Vec<String>,
    },
    /// What stands there cannot be followed in place (it is compressed, UTF-16, a pipe): let it be copied as text into
    /// a spool, and say so with [`Request::Stream`].
    Indirect {
        /// Which.
        source: SourceId,
        /// The file.
        path: PathBuf,
    },
    /// A request leads to more files than are followed.
    LeftOut {
        /// The request.
        spec: SourceSpec,
        /// How many files are left out.
        files: usize,
    },
    /// Changes of files are not told of by the system any more, and are looked for.
    Untold {
        /// Why, and what to do about it.
        reason: String,
    },
    /// Something happened to a source.
    Changed {
        /// Which.
        source: SourceId,
        /// What.
        change: SourceChange,
    },
    /// What the pane shows now.
    Window(Window),
    /// What is known now.
    Digest(Arc<Digest>),
    /// The answer to a search.
    Found(SearchAnswer),
    /// A search is still under way, which takes long.
    Searching {
        /// Number of the question.
        id: u64,
        /// Share of the text looked through, 0 to 1.
        share: f32,
    },
    /// The answer to a count, so far.
    Counted(CountAnswer),
    /// The answer to a question for a histogram, so far.
    Zoomed(ZoomAnswer),
}
