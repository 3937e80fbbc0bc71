//! Counts the lines of a big backlog ahead of their analysis, so that any line's number is known soon.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use crate::log::crew::Crew;
use crate::log::lane::Lane;
use crate::log::source::tape::{Segment, read_full};

/// Unread bytes from which on counting ahead is worth it.
const WORTH: u64 = 8 * 1024 * 1024;
/// Bytes counted by one task.
const CHUNK: u64 = 4 * 1024 * 1024;
/// Bytes read at a time; one start of a line is noted in each.
const BLOCK: usize = 256 * 1024;
/// Tasks under way.
const TASKS: usize = 2;

/// The line breaks of one chunk.
#[derive(Debug, Default)]
struct Chunk {
    /// Offsets in the file right after a line break, with the breaks of the chunk up to there.
    marks: Vec<(u64, u64)>,
    breaks: u64,
    /// All of it could be read.
    whole: bool,
}

/// The count of one file.
#[derive(Debug)]
pub(super) struct Census {
    file: Arc<File>,
    /// Logical offset of the file's first byte.
    base: u64,
    /// Offset in the file up to which tasks were given out.
    asked: u64,
    chunks: VecDeque<Receiver<Chunk>>,
    /// Lines before the first chunk under way.
    lines: u64,
}

impl Census {
    /// Begins where the complete lines of the analysis end, when much is unread.
    pub(super) fn begin(segment: &Segment, lane: &Lane) -> Option<Self> {
        let (start, lines) = lane.counted();
        let asked = start.checked_sub(segment.base)?;
        let file = if segment.len.saturating_sub(asked) >= WORTH { segment.share()? } else { return None };
        Some(Self { file, base: segment.base, asked, chunks: VecDeque::new(), lines })
    }

    /// Takes in what was counted and gives out more; false when there is nothing left to do here.
    pub(super) fn step(&mut self, segment: Option<&Segment>, lane: &mut Lane, crew: &Crew) -> bool {
        let Some(segment) = segment.filter(|segment| segment.is_of(&self.file)) else { return false };
        while let Some(answer) = self.chunks.front() {
            let chunk = match answer.try_recv() {
                Ok(chunk) => chunk,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return false,
            };
            self.chunks.pop_front();
            if !self.take(&chunk, lane) {
                return false;
            }
        }
        let size = segment.len;
        if crew.hands() == 0 {
            let (from, to) = (self.asked, size.min(self.asked + CHUNK));
            self.asked = to;
            return from == to || self.take(&count(&self.file, from, to), lane);
        }
        while self.chunks.len() < TASKS && self.asked < size {
            let (file, from, to) = (Arc::clone(&self.file), self.asked, size.min(self.asked + CHUNK));
            self.asked = to;
            self.chunks.push_back(crew.ask(true, move || count(&file, from, to)));
        }
        true
    }

    fn take(&mut self, chunk: &Chunk, lane: &mut Lane) -> bool {
        for (offset, breaks) in &chunk.marks {
            lane.index.count_ahead(self.base + offset, self.lines + breaks);
        }
        self.lines += chunk.breaks;
        chunk.whole
    }
}

/// Counts the line breaks between two offsets of a file.
fn count(file: &File, from: u64, to: u64) -> Chunk {
    let mut buffer = vec![0; BLOCK];
    let mut chunk = Chunk::default();
    let mut at = from;
    while at < to {
        let most = (to - at).min(BLOCK as u64) as usize;
        let Ok(read @ 1..) = read_full(file, &mut buffer[..most], at) else { return chunk };
        let bytes = &buffer[..read];
        chunk.breaks += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            chunk.marks.push((at + last as u64 + 1, chunk.breaks));
        }
        at += read as u64;
    }
    chunk.whole = true;
    chunk
}
