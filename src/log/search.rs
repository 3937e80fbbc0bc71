//! Literal search through a source, a bounded piece at a time.

use memchr::memmem::Finder;

use crate::incident::{Place, SourceId};
use crate::log::source::tape::Tape;
use crate::log::view::{SearchAnswer, SearchRequest, Target};

/// Bytes looked through per piece.
const BLOCK: usize = 256 * 1024;
/// Longest text that is searched for, bytes.
const TEXT_MAX: usize = 1024;

/// A search under way.
#[derive(Debug)]
pub(crate) struct Search {
    request: SearchRequest,
    source: SourceId,
    /// Offset where it began.
    from: u64,
    needle: Vec<u8>,
    fold: bool,
    /// Where the next piece begins (forward) or ends (backward).
    at: u64,
    wrapped: bool,
    block: Vec<u8>,
}

impl Search {
    pub(crate) fn new(request: SearchRequest) -> Self {
        let text = match &request.target {
            Target::Text(pattern) => pattern.text.as_str(),
            Target::Bad => "",
        };
        let fold = !text.chars().any(char::is_uppercase);
        let mut needle = text.as_bytes()[..text.len().min(TEXT_MAX)].to_vec();
        if fold {
            needle.make_ascii_lowercase();
        }
        let edge = |place: Place| if request.backward { place.start } else { place.end };
        let from = request.from.map_or(if request.backward { u64::MAX } else { 0 }, edge);
        let source = request.scope.source().unwrap_or_default();
        Self { at: from, source, from, request, needle, fold, wrapped: false, block: Vec::new() }
    }

    pub(crate) fn source(&self) -> SourceId {
        self.source
    }

    pub(crate) fn request(&self) -> &SearchRequest {
        &self.request
    }

    /// Looks through one more piece; the answer once it is known.
    pub(crate) fn step(&mut self, tape: &Tape) -> Option<SearchAnswer> {
        if self.needle.is_empty() {
            return Some(self.answer(None));
        }
        if self.request.backward { self.step_back(tape) } else { self.step_on(tape) }
    }

    fn step_on(&mut self, tape: &Tape) -> Option<SearchAnswer> {
        self.at = self.at.max(tape.start());
        if self.at >= tape.end() || (self.wrapped && self.at > self.from) {
            if self.wrapped {
                return Some(self.answer(None));
            }
            self.wrapped = true;
            self.at = tape.start();
            return None;
        }
        let read = self.load(tape, self.at, BLOCK);
        if let Some(found) = Finder::new(&self.needle).find(&self.block) {
            return Some(self.answer(Some(self.at + found as u64)));
        }
        // A hit may lie across the border of two pieces; not across that of two generations.
        let whole = read < BLOCK || read < self.needle.len();
        self.at += if whole { read.max(1) } else { read - (self.needle.len() - 1) } as u64;
        None
    }

    fn step_back(&mut self, tape: &Tape) -> Option<SearchAnswer> {
        self.at = self.at.min(tape.end());
        if self.at <= tape.start() || (self.wrapped && self.at < self.from) {
            if self.wrapped {
                return Some(self.answer(None));
            }
            self.wrapped = true;
            self.at = tape.end();
            return None;
        }
        let Some((base, _)) = tape.bounds(self.at - 1) else {
            self.at = tape.start();
            return None;
        };
        let from = self.at.saturating_sub(BLOCK as u64).max(base);
        let size = (self.at - from) as usize;
        self.load(tape, from, size);
        if let Some(found) = memchr::memmem::rfind(&self.block, &self.needle) {
            return Some(self.answer(Some(from + found as u64)));
        }
        let overlap = (self.needle.len() - 1) as u64;
        self.at = if from > base && size as u64 > overlap { from + overlap } else { from };
        None
    }

    fn load(&mut self, tape: &Tape, at: u64, size: usize) -> usize {
        self.block.resize(size, 0);
        let read = tape.read(at, &mut self.block);
        self.block.truncate(read);
        if self.fold {
            self.block.make_ascii_lowercase();
        }
        read
    }

    fn answer(&self, start: Option<u64>) -> SearchAnswer {
        let hit =
            start.map(|start| Place { source: self.source, start, end: start + self.needle.len() as u64 });
        SearchAnswer { id: self.request.id, hit, wrapped: self.wrapped && hit.is_some() }
    }
}
