//! What the engine is asked, and what it has to say.

use std::path::PathBuf;
use std::sync::Arc;

use crate::incident::{SourceChange, SourceId, SourceSpec};
use crate::log::digest::{Digest, Position};
use crate::log::view::{Move, SearchAnswer, SearchRequest, Window};

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
    /// A text in memory; replaces the earlier text of that source.
    Context {
        /// The number.
        source: SourceId,
        /// Short name for quotes.
        name: String,
        /// The text.
        text: Arc<str>,
    },
    /// Show the newest lines of a source in a pane of so many rows.
    Show {
        /// The source.
        source: SourceId,
        /// Rows of the pane.
        rows: usize,
    },
    /// Move within what is shown.
    Move(Move),
    /// Search; replaces a search under way.
    Search(SearchRequest),
    /// Drop the search under way.
    CancelSearch,
    /// Look at every file each second whatever the watcher says.
    Poll(bool),
}

/// What the engine has to say.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A file was found; follow it with [`Request::Follow`].
    Discovered {
        /// The request it comes from.
        spec: SourceSpec,
        /// The file.
        path: String,
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
}
