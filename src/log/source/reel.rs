//! Reads a spool as the engine reads a file.

use std::sync::Arc;

use crate::log::source::follow::Piece;
use crate::log::source::spool::Spool;
use crate::log::source::tape::{Segment, Tape};

/// A spool that is read.
#[derive(Debug)]
pub(crate) struct Reel {
    spool: Arc<Spool>,
    pub(crate) tape: Tape,
    /// Offset of the next byte to read.
    read: u64,
    /// First byte of the file read last.
    base: Option<u64>,
    /// Lines before bytes that fell out unread, when that happened.
    jumped: Option<u64>,
    /// Lines before each file on the tape.
    lines: Vec<(u64, u64)>,
}

impl Reel {
    pub(crate) fn new(spool: Arc<Spool>) -> Self {
        let read = spool.start();
        Self { spool, tape: Tape::default(), read, base: None, jumped: None, lines: Vec::new() }
    }

    pub(crate) fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Offset of the next byte to read.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// Whether there is something to read.
    pub(crate) fn has_more(&self) -> bool {
        self.read < self.spool.end()
    }

    /// Whether no more bytes will come.
    pub(crate) fn is_over(&self) -> bool {
        // In this order: what was written before the end is seen.
        self.spool.is_ended() && !self.has_more()
    }

    /// The number of lines before the present place, when unread bytes before it fell out since the last call.
    pub(crate) fn take_jump(&mut self) -> Option<u64> {
        self.jumped.take()
    }

    /// Reads on into `buffer`.
    pub(crate) fn next(&mut self, buffer: &mut [u8]) -> Piece {
        if !self.has_more() {
            return Piece::Nothing;
        }
        self.catch_up();
        let Some((base, end)) = self.tape.bounds(self.read).filter(|(_, end)| self.read < *end) else {
            return self.jump();
        };
        debug_assert!(self.read < end);
        if self.base.replace(base).is_some_and(|before| before != base) {
            return Piece::Over(self.read);
        }
        let (at, count) = (self.read, self.tape.read(self.read, buffer));
        if count == 0 {
            // It fell out this moment.
            return self.jump();
        }
        self.read += count as u64;
        self.spool.note_read(self.read);
        Piece::Bytes(count, at)
    }

    /// The bytes at the present place are gone: goes on with the next ones that are there.
    fn jump(&mut self) -> Piece {
        self.catch_up();
        let next = self.lines.iter().find(|(base, _)| *base > self.read).copied();
        let (base, lines) = match next {
            Some(next) => next,
            // All of it is gone.
            None if self.tape.bounds(self.read).is_none_or(|(_, end)| end <= self.read) => {
                self.read = self.spool.end();
                self.spool.note_read(self.read);
                return Piece::Nothing;
            }
            None => return Piece::Nothing,
        };
        self.read = base;
        self.base = Some(base);
        self.jumped = Some(lines);
        self.spool.note_read(base);
        Piece::Over(base)
    }

    /// Learns what was written, and forgets what fell out.
    fn catch_up(&mut self) {
        let start = self.spool.start();
        self.tape.forget_before(start);
        self.lines.retain(|(base, _)| *base >= start);
        if self.tape.end() >= self.spool.end() {
            return;
        }
        let known = self.tape.current().map(|current| current.base);
        for kept in self.spool.files_after(self.tape.end().max(start)).unwrap_or_default() {
            if known == Some(kept.base) {
                if let Some(current) = self.tape.current_mut() {
                    current.len = kept.len;
                }
            } else if let Ok(mut segment) = Segment::file(kept.file, None, kept.base) {
                segment.len = kept.len;
                self.tape.append(segment);
                self.lines.push((kept.base, kept.lines));
            }
        }
    }
}
