//! Rows as lines that can be drawn: their text, cleaned, their numbers and their templates.

use std::ops::Range;
use std::sync::Arc;

use crate::log::clean;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::record::{Row, template_of};
use crate::log::engine::pane::{Pane, Sources};
use crate::log::lane::Lane;
use crate::log::source::tape::Tape;
use crate::log::time::timestamp;
use crate::log::view::Line;

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;
/// Bytes of a line read for display: enough for its cleaned text.
const LINE_READ: u64 = Line::TEXT_MAX as u64;
/// Bytes of text counted at most to number a line.
const COUNT_MAX: u64 = 64 * 1024 * 1024;

impl Pane {
    /// Rows on screen.
    pub(super) fn shown(&self) -> Range<usize> {
        let len = self.rows.len();
        let top = self.top().min(len);
        top..len.min(top + self.height)
    }

    /// The lines on screen.
    pub(super) fn lines(&mut self, sources: Sources<'_>) -> Vec<Line> {
        let shown = self.shown();
        let mut lines = Vec::with_capacity(shown.len());
        for at in shown {
            let Some(channel) = sources.channels.get(&self.rows[at].source) else { continue };
            if self.rows[at].template.is_none() {
                self.rows[at].template = self.template(at, channel, sources);
            }
            let row = &self.rows[at];
            let id = |template| sources.miner.id(sources.miner.settled(template));
            lines.push(Line { template: row.template.map(|at| Arc::from(id(at))), ..line(row, channel) });
        }
        lines
    }

    /// The template of a row's record.
    fn template(&self, at: usize, channel: &Channel, sources: Sources<'_>) -> Option<u32> {
        let row = &self.rows[at];
        if at > 0 && row.continuation {
            let above = &self.rows[at - 1];
            if above.source == row.source && above.end < row.start && above.template.is_some() {
                return above.template;
            }
        }
        let mut of = row;
        if row.continuation {
            let above = self.rows.iter().take(at).rev().take_while(|above| above.source == row.source);
            of = above.take(200).find(|above| !above.continuation)?;
        }
        let mut bytes = vec![0; (of.end - of.start).min(LINE_READ) as usize];
        let read = channel.tape().fill(of.start, &mut bytes);
        template_of(channel, sources.miner, &bytes[..read])
    }

    /// Numbers one more row on screen that can be numbered; false when there is none.
    pub(super) fn number_one(&mut self, sources: Sources<'_>) -> bool {
        for at in self.shown() {
            let row = &self.rows[at];
            if row.number.is_some() {
                continue;
            }
            let Some(channel) = sources.channels.get(&row.source) else { continue };
            if !channel.lane.numbered || row.start > channel.lane.counted().0 {
                continue;
            }
            let above = at.checked_sub(1).map(|above| &self.rows[above]);
            let above = above.filter(|above| above.source == row.source && above.start < row.start);
            let known = above.and_then(|above| Some((above.start, above.number? - 1)));
            if let Some(number) = number_of(channel.tape(), &channel.lane, row.start, known) {
                self.rows[at].number = Some(number);
                return true;
            }
        }
        false
    }
}

/// One line, cleaned.
fn line(row: &Row, channel: &Channel) -> Line {
    let long = row.end - row.start > LINE_READ;
    let mut bytes = vec![0; (row.end - row.start).min(LINE_READ) as usize];
    let read = channel.tape().fill(row.start, &mut bytes);
    let bytes = if long { clean::trim_partial_char(&bytes[..read]) } else { &bytes[..read] };
    let (text, cut) = clean::cut(clean::clean_line(bytes), Line::TEXT_MAX);
    Line {
        source: row.source,
        start: row.start,
        end: row.end,
        number: row.number,
        text,
        cut: cut || long,
        level: row.level,
        at: row.at.and_then(timestamp),
        continuation: row.continuation,
        template: None,
        around: row.around,
    }
}

/// Offset of the line of a number, from 1; of the last one that was counted, where there are fewer. Absent where lines
/// are not numbered.
pub(super) fn line_offset(channel: &Channel, number: u64) -> Option<u64> {
    let (tape, lane) = (channel.tape(), &channel.lane);
    let (end, lines) = lane.counted();
    let before = number.saturating_sub(1).min(lines);
    let (start, known) = lane.index.of_line(before)?;
    let (mut offset, mut left) = (start.max(tape.start()), before - known);
    let mut block = vec![0; BLOCK];
    while left > 0 && offset < end {
        let most = (end - offset).min(BLOCK as u64) as usize;
        let read = tape.read(offset, &mut block[..most]);
        if read == 0 {
            break;
        }
        let found = memchr::memchr_iter(b'\n', &block[..read]).nth(left as usize - 1);
        let breaks =
            if found.is_some() { left } else { memchr::memchr_iter(b'\n', &block[..read]).count() as u64 };
        left -= breaks;
        offset += found.map_or(read, |found| found + 1) as u64;
    }
    Some(offset)
}

/// Number of the line that begins at `offset`, where counting got that far; `known` is an earlier line with the number
/// of lines before it.
fn number_of(tape: &Tape, lane: &Lane, offset: u64, known: Option<(u64, u64)>) -> Option<u64> {
    let (counted_to, counted) = lane.counted();
    if offset > counted_to {
        return None;
    }
    if offset == counted_to {
        return Some(counted + 1);
    }
    let indexed = lane.index.before(offset);
    let (mut at, mut lines) = known.into_iter().chain(indexed).max()?;
    if offset - at > COUNT_MAX {
        return None;
    }
    let mut block = vec![0; BLOCK.min((offset - at) as usize)];
    while at < offset {
        let most = (offset - at).min(block.len() as u64) as usize;
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
