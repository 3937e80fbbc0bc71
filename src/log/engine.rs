//! The engine.

use std::path::PathBuf;
use std::sync::Arc;

use crate::incident::{SourceChange, SourceId, SourceSpec};
use crate::log::digest::{Digest, Position};
use crate::log::view::{Move, SearchAnswer, SearchRequest, Window};

/// What the engine is asked.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Request {
    Watch { spec: SourceSpec },
    Follow { source: SourceId, name: String, path: PathBuf, resume: Option<Position>, ended: bool },
    Context { source: SourceId, name: String, text: Arc<str> },
    Show { source: SourceId, rows: usize },
    Move(Move),
    Search(SearchRequest),
    CancelSearch,
    Poll(bool),
}

/// What the engine says.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum News {
    Discovered { spec: SourceSpec, path: String },
    Changed { source: SourceId, change: SourceChange },
    Window(Window),
    Digest(Arc<Digest>),
    Found(SearchAnswer),
}

pub struct Engine;
impl Engine {
    pub fn new(_: Box<dyn Fn() + Send + Sync>) -> Self {
        Self
    }
    pub fn handle(&mut self, _: Request, _: jiff::Timestamp) {}
    pub fn step(&mut self, _: jiff::Timestamp) -> bool {
        false
    }
    pub fn drain(&mut self) -> Vec<News> {
        vec![]
    }
    pub fn deadline(&self, _: jiff::Timestamp) -> Option<std::time::Duration> {
        None
    }
}
