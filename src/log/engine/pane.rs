//! The window of lines a pane shows: by logical byte offset, with backward reads, so that the end of a huge file is
//! there at once.

use crate::incident::SourceId;
use crate::log::clean;
use crate::log::lane::Lane;
use crate::log::record::{Reader, Shape};
use crate::log::source::tape::Tape;
use crate::log::time::timestamp;
use crate::log::view::{Line, Move, Scope, Window};

/// Bytes read at a time.
const BLOCK: usize = 16 * 1024;
/// Bytes of a line read for display: enough for its cleaned text.
const LINE_READ: u64 = Line::TEXT_MAX as u64;
/// Lines looked through backwards for the head of a record.
const HEAD_LINES: usize = 60;
/// Bytes of text counted at most to number the first line.
const COUNT_MAX: u64 = 4 * 1024 * 1024;
/// Most rows of a window.
const ROWS_MAX: usize = 1000;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pane {
    pub(crate) source: SourceId,
    pub(crate) rows: usize,
    /// Offset of the first line; absent while following.
    pub(crate) top: Option<u64>,
}

impl Pane {
    pub(crate) fn new(source: SourceId, rows: usize) -> Self {
        Self { source, rows: rows.clamp(1, ROWS_MAX), top: None }
    }

    /// Moves within the text.
    pub(crate) fn apply(&mut self, step: Move, tape: &Tape) {
        match step {
            Move::Follow => self.top = None,
            Move::Start => self.top = Some(tape.start()),
            Move::Top(offset) => self.top = Some(line_start(tape, offset.clamp(tape.start(), tape.end()))),
            Move::Lines(count) => {
                let top = self.top.unwrap_or_else(|| last_page(tape, self.rows));
                let moved = if count < 0 {
                    back(tape, top, count.unsigned_abs() as usize)
                } else {
                    forward(tape, top, count as usize).min(last_page(tape, self.rows))
                };
                self.top = Some(moved);
            }
            Move::Time(_) | Move::Line(_) => {}
            Move::Center(place) => {
                let line = line_start(tape, place.start.clamp(tape.start(), tape.end()));
                self.top = Some(back(tape, line, self.rows / 2).min(last_page(tape, self.rows)));
            }
        }
    }

    /// The window as it is now.
    pub(crate) fn window(&self, tape: &Tape, lane: &Lane) -> Window {
        let following = self.top.is_none();
        let top = self.top.map_or_else(|| last_page(tape, self.rows), |top| top.max(tape.start()));
        let mut lines = Vec::with_capacity(self.rows);
        let mut reader = lane.reader();
        let mut number = number_of(tape, lane, top);
        let (counted, lines_total) = lane.counted();
        let (mut at, mut level) = head_of(tape, &mut reader, top);
        let mut offset = top;
        while lines.len() < self.rows && offset < tape.end() {
            let (end, next) = line_end(tape, offset);
            let mut line = show(tape, &mut reader, offset, end);
            if line.continuation {
                (line.at, line.level) = (at, level);
            } else {
                (at, level) = (line.at, line.level);
            }
            line.source = self.source;
            line.number = number.filter(|_| lane.numbered && offset <= counted);
            number = number.map(|number| number + 1);
            lines.push(line);
            offset = next;
        }
        Window {
            scope: Some(Scope::Source(self.source)),
            at_start: top <= tape.start(),
            at_end: offset >= tape.end(),
            lines,
            following,
            lines_total,
            looking: None,
        }
    }
}

/// One line, cleaned.
fn show(tape: &Tape, reader: &mut Reader, start: u64, end: u64) -> Line {
    let mut bytes = vec![0; (end - start).min(LINE_READ) as usize];
    let read = fill(tape, start, &mut bytes);
    let bytes = clean::trim_partial_char(&bytes[..read]);
    let bytes = if end - start <= LINE_READ { clean::trim_break(bytes) } else { bytes };
    let head = reader.read(bytes);
    let (text, cut) = clean::cut(clean::clean_line(bytes), Line::TEXT_MAX);
    Line {
        source: SourceId::default(),
        start,
        end: if end - start <= LINE_READ { start + bytes.len() as u64 } else { end },
        number: None,
        text,
        cut: cut || end - start > LINE_READ,
        level: head.level,
        at: head.at.and_then(timestamp),
        continuation: head.shape == Shape::Continuation,
        template: None,
        around: false,
    }
}

/// Time and level of the record that the line at `top` goes on with.
fn head_of(
    tape: &Tape,
    reader: &mut Reader,
    top: u64,
) -> (Option<jiff::Timestamp>, Option<crate::incident::Level>) {
    let (end, _) = line_end(tape, top);
    if top >= tape.end() || !show(tape, reader, top, end).continuation {
        return (None, None);
    }
    let mut offset = top;
    for _ in 0..HEAD_LINES {
        let before = back(tape, offset, 1);
        if before == offset {
            break;
        }
        offset = before;
        let (end, _) = line_end(tape, offset);
        let line = show(tape, reader, offset, end);
        if !line.continuation {
            return (line.at, line.level);
        }
    }
    (None, None)
}

/// Number of the line that begins at `offset`, where counting got that far.
pub(crate) fn number_of(tape: &Tape, lane: &Lane, offset: u64) -> Option<u64> {
    let (counted_to, counted) = lane.counted();
    if offset > counted_to {
        return None;
    }
    if offset == counted_to {
        return Some(counted + 1);
    }
    let (mut at, mut lines) = lane.index.before(offset)?;
    if offset - at > COUNT_MAX {
        return None;
    }
    let mut block = vec![0; BLOCK];
    while at < offset {
        let most = (offset - at).min(BLOCK as u64) as usize;
        let read = tape.read(at, &mut block[..most]);
        if read == 0 {
            return None;
        }
        lines += memchr::memchr_iter(b'\n', &block[..read]).count() as u64;
        at += read as u64;
        // A generation that ends without a line break ends a line all the same.
        let border = at < offset && tape.bounds(at).is_some_and(|(base, _)| base == at);
        if border && block[read - 1] != b'\n' {
            lines += 1;
        }
    }
    Some(lines + 1)
}

/// Start of the last page of `rows` lines.
fn last_page(tape: &Tape, rows: usize) -> u64 {
    back(tape, tape.end(), rows)
}

/// Start of the line that holds `offset`.
fn line_start(tape: &Tape, offset: u64) -> u64 {
    tape.bounds(offset).map_or(offset, |(base, _)| scan_back(tape, base, offset, 1).0)
}

/// Start of the line `count` lines before the one that begins at `offset`.
fn back(tape: &Tape, offset: u64, count: usize) -> u64 {
    let mut at = offset;
    let mut left = count;
    while left > 0 {
        let inside = tape.bounds(at).filter(|(base, _)| *base < at);
        let Some((base, end)) = inside.or_else(|| tape.before(at)) else { break };
        let from = at.min(end);
        // The break right before `from` ends the line that is looked for.
        let mut last = [0];
        let ends_line = tape.read(from - 1, &mut last) == 1 && last[0] == b'\n';
        let (start, passed) = scan_back(tape, base, from - u64::from(ends_line), left);
        at = start;
        left -= passed;
    }
    at
}

/// Goes back from `end` over up to `count` starts of lines, not below `base`: the offset reached, and how many.
fn scan_back(tape: &Tape, base: u64, end: u64, count: usize) -> (u64, usize) {
    let mut block = vec![0; BLOCK];
    let mut passed = 0;
    let mut at = end;
    while at > base {
        let size = (at - base).min(BLOCK as u64) as usize;
        let from = at - size as u64;
        let read = tape.read(from, &mut block[..size]);
        for position in memchr::memrchr_iter(b'\n', &block[..read]) {
            passed += 1;
            if passed == count {
                return (from + position as u64 + 1, passed);
            }
        }
        at = from;
    }
    (base, passed + 1)
}

/// Start of the line `count` lines after the one that begins at `offset`.
fn forward(tape: &Tape, offset: u64, count: usize) -> u64 {
    let mut at = offset;
    for _ in 0..count {
        let (_, next) = line_end(tape, at);
        if next >= tape.end() {
            break;
        }
        at = next;
    }
    at
}

/// End of the line that begins at `offset` (break excluded) and start of the next one.
fn line_end(tape: &Tape, offset: u64) -> (u64, u64) {
    let Some((_, segment_end)) = tape.bounds(offset) else { return (offset, offset) };
    let mut block = vec![0; BLOCK];
    let mut at = offset;
    while at < segment_end {
        let most = (segment_end - at).min(BLOCK as u64) as usize;
        let read = tape.read(at, &mut block[..most]);
        if read == 0 {
            break;
        }
        if let Some(position) = memchr::memchr(b'\n', &block[..read]) {
            let end = at + position as u64;
            return (end, end + 1);
        }
        at += read as u64;
    }
    (segment_end, segment_end)
}

/// Fills the buffer as far as the text goes.
pub(crate) fn fill(tape: &Tape, at: u64, buffer: &mut [u8]) -> usize {
    let mut done = 0;
    while done < buffer.len() {
        let read = tape.read(at + done as u64, &mut buffer[done..]);
        if read == 0 {
            break;
        }
        done += read;
    }
    done
}
