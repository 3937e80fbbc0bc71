//! Line by line without an engine: what `sevdeck logs` prints for each input line.

use jiff::Timestamp;

use crate::incident::Level;
use crate::log::clean;
use crate::log::frame::{Framer, RawLine};
use crate::log::record::{Reader, Shape};
use crate::log::template::Miner;
use crate::log::time::timestamp;

/// What one line says.
#[derive(Debug, Clone, PartialEq)]
pub struct LineInfo {
    /// Whether it goes on with the record of an earlier line.
    pub continuation: bool,
    /// Time, UTC; of the record for a continuation.
    pub at: Option<Timestamp>,
    /// Level; of the record for a continuation.
    pub level: Option<Level>,
    /// Number of the template, for [`LineReader::template`]; of the record for a continuation.
    pub template: Option<u32>,
}

/// A line and what it says.
#[derive(Debug)]
pub struct ReadLine<'a> {
    /// The bytes without the break; of an endless line only the first 64 KiB.
    pub bytes: &'a [u8],
    /// What it says.
    pub info: LineInfo,
    /// Stable id of its template.
    pub id: Option<&'a str>,
}

/// Reads lines one after the other.
#[derive(Debug)]
pub struct LineReader {
    now: Timestamp,
    reader: Reader,
    framer: Framer,
    miner: Miner,
    last: Option<LineInfo>,
    /// A line without its colours.
    plain: Vec<u8>,
}

impl LineReader {
    /// A reader; `now` completes dates that a log leaves out.
    pub fn new(now: Timestamp) -> Self {
        let mut reader = Reader::default();
        reader.set_now(now);
        Self {
            now,
            reader,
            framer: Framer::default(),
            miner: Miner::default(),
            last: None,
            plain: Vec::new(),
        }
    }

    /// Goes on with another file: templates are kept, what was learnt about the format of the lines is not.
    pub fn next_source(&mut self) {
        self.reader = Reader::default();
        self.reader.set_now(self.now);
        self.framer = Framer::default();
        self.last = None;
    }

    /// Reads a block of bytes and hands out the lines it completes.
    pub fn push(&mut self, block: &[u8], take: &mut impl FnMut(ReadLine<'_>)) {
        let mut framer = std::mem::take(&mut self.framer);
        framer.push(block, &mut |line: RawLine<'_>| self.hand_out(line.bytes, take));
        self.framer = framer;
    }

    /// Hands out the last line, where it has no break.
    pub fn finish(&mut self, take: &mut impl FnMut(ReadLine<'_>)) {
        let mut framer = std::mem::take(&mut self.framer);
        framer.finish(&mut |line: RawLine<'_>| self.hand_out(line.bytes, take));
        self.framer = framer;
    }

    fn hand_out(&mut self, bytes: &[u8], take: &mut impl FnMut(ReadLine<'_>)) {
        let info = self.read(bytes);
        let pattern = info.template.and_then(|template| self.miner.patterns().get(template as usize));
        take(ReadLine { bytes, info, id: pattern.map(|pattern| pattern.id.as_str()) });
    }

    /// Reads the next line, with or without its break.
    pub fn read(&mut self, line: &[u8]) -> LineInfo {
        let line = clean::trim_break(line);
        let mut plain = std::mem::take(&mut self.plain);
        let coloured = clean::uncolour(line, &mut plain);
        let info = self.read_plain(if coloured { &plain } else { line });
        self.plain = plain;
        info
    }

    fn read_plain(&mut self, line: &[u8]) -> LineInfo {
        let head = self.reader.read(line);
        if !head.is_head() {
            let none = LineInfo { continuation: true, at: None, level: None, template: None };
            let record = self.last.clone().unwrap_or(none);
            return LineInfo { continuation: true, at: head.at.and_then(timestamp).or(record.at), ..record };
        }
        let mined = self.miner.mine(head.message, head.shape == Shape::Access);
        let info = LineInfo {
            continuation: false,
            at: head.at.and_then(timestamp),
            level: head.level,
            template: Some(mined.template),
        };
        self.last = Some(info.clone());
        info
    }

    /// Id and text of a template as it stands now: a text may still become more general with further lines.
    pub fn template(&self, template: u32) -> Option<(&str, String)> {
        let pattern = self.miner.patterns().get(template as usize)?;
        Some((&pattern.id, pattern.text()))
    }

    /// Id and text of every template, by number, now that all lines are known: templates that turned out to be cases
    /// of a more general one have its id and text.
    pub fn settled(&mut self) -> Vec<(String, String)> {
        self.miner.settle();
        (0..self.miner.patterns().len())
            .map(|number| {
                let pattern = &self.miner.patterns()[self.miner.settled(number as u32) as usize];
                (pattern.id.clone(), pattern.text())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_their_templates() {
        let mut reader = LineReader::new("2026-03-01T12:00:00Z".parse().unwrap());
        let head = reader.read(b"2026-03-01T10:00:00Z ERROR order 7 failed\n");
        let more = reader.read(b"\tat a.b(C.java:1)\n");
        assert_eq!(more, LineInfo { continuation: true, ..head.clone() });
        assert_eq!(head.level, Some(Level::Error));
        assert_eq!(reader.template(head.template.unwrap()).unwrap().1, "order <*> failed");
    }
}
