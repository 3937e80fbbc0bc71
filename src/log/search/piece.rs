//! Reads the text of a source a bounded piece at a time, cut at the ends of lines, in both directions.

use crate::log::source::tape::Tape;

/// Bytes of a piece at most.
pub(crate) const PIECE: usize = 256 * 1024;
/// Bytes by which the pieces of a line longer than a piece overlap: a hit as long as this is found in such lines too.
pub(crate) const OVERLAP: usize = 4 * 1024;

/// Some whole lines, or a part of a line that is longer than a piece.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Logical offset of the first byte.
    pub(crate) at: u64,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// The first byte is the first of a line.
    pub(crate) opens: bool,
    /// The last line is complete: it has a break, or nothing can follow.
    pub(crate) closes: bool,
    /// Where the next piece begins.
    pub(crate) next: u64,
}

impl Piece {
    /// Reads on from `at`, not beyond `to`; false at the end of the text. `opens` tells whether a line begins at `at`.
    pub(crate) fn ahead(&mut self, tape: &Tape, at: u64, to: u64, opens: bool) -> bool {
        let Some((at, end)) = readable(tape, at) else { return false };
        if at >= to {
            return false;
        }
        let end = end.min(to);
        let most = (end - at).min(PIECE as u64) as usize;
        let read = self.load(tape, at, most);
        (self.at, self.opens) = (at, opens);
        if read == 0 {
            // What cannot be read is passed over.
            (self.closes, self.next) = (true, end);
            return true;
        }
        let goes_on = at + (read as u64) < end;
        match memchr::memrchr(b'\n', &self.bytes) {
            Some(last) if goes_on || end == tape.end() => {
                self.bytes.truncate(last + 1);
                (self.closes, self.next) = (true, at + last as u64 + 1);
            }
            None if goes_on => {
                (self.closes, self.next) = (false, at + (read - OVERLAP.min(read / 2)) as u64);
            }
            // A generation that is over ends its last line; at the end of the text the line may go on.
            _ => (self.closes, self.next) = (end < tape.end(), at + read as u64),
        }
        true
    }

    /// Reads back from `end`, where a line ends or begins, not below `floor`, about `size` bytes; false at the start of
    /// the text. The next piece ends at `next`.
    pub(crate) fn back(&mut self, tape: &Tape, end: u64, floor: u64, size: usize) -> bool {
        let floor = floor.max(tape.start());
        if end <= floor {
            return false;
        }
        let Some((base, segment_end)) = tape.bounds(end - 1) else {
            let before = tape.before(end).map_or(floor, |(_, before)| before);
            (self.at, self.next) = (end, before.max(floor));
            self.bytes.clear();
            return true;
        };
        let base = base.max(floor);
        let mut size = size.min(PIECE);
        loop {
            let from = end.saturating_sub(size as u64).max(base);
            let wanted = (end.min(segment_end) - from) as usize;
            let read = self.load(tape, from, wanted);
            (self.at, self.opens, self.closes, self.next) = (from, true, true, from);
            if read < wanted {
                self.bytes.clear();
                self.next = base;
                return true;
            }
            if from == base {
                return true;
            }
            // The break right at the end ends the line that is looked at.
            let inner = &self.bytes[..read - 1];
            if let Some(first) = memchr::memchr(b'\n', inner) {
                self.bytes.drain(..=first);
                self.at = from + first as u64 + 1;
                self.next = self.at;
                return true;
            }
            if size == PIECE {
                self.opens = false;
                self.next = from + OVERLAP as u64;
                return true;
            }
            size = (size * 4).min(PIECE);
        }
    }

    fn load(&mut self, tape: &Tape, at: u64, size: usize) -> usize {
        self.bytes.resize(size, 0);
        let read = tape.read(at, &mut self.bytes);
        self.bytes.truncate(read);
        read
    }
}

/// Where reading goes on at or after `at`, and the end of that segment.
fn readable(tape: &Tape, at: u64) -> Option<(u64, u64)> {
    let at = at.max(tape.start());
    match tape.bounds(at) {
        Some((_, end)) if at < end => Some((at, end)),
        _ => tape.after(at),
    }
}

/// Where the line begins that holds `offset`; not more than `OVERLAP` bytes before it, with whether it is the start.
pub(crate) fn line_start(tape: &Tape, offset: u64) -> (u64, bool) {
    let Some((base, _)) = tape.bounds(offset) else { return (offset, true) };
    let from = offset.saturating_sub(OVERLAP as u64).max(base);
    let mut bytes = vec![0; (offset - from) as usize];
    let read = tape.read(from, &mut bytes);
    match memchr::memrchr(b'\n', &bytes[..read]) {
        Some(at) => (from + at as u64 + 1, true),
        None => (from, from == base),
    }
}

/// Where the line ends that holds `offset`, its break included; not more than `OVERLAP` bytes after it.
pub(crate) fn line_end(tape: &Tape, offset: u64) -> u64 {
    let Some((_, end)) = tape.bounds(offset) else { return offset };
    let mut bytes = vec![0; OVERLAP.min((end - offset) as usize)];
    let read = tape.read(offset, &mut bytes);
    memchr::memchr(b'\n', &bytes[..read]).map_or(offset + read as u64, |at| offset + at as u64 + 1)
}
