//! Line by line without an engine: what `sevdeck logs` prints for each input line.

use jiff::Timestamp;

use crate::incident::Level;
use crate::log::clean;
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

/// Reads lines one after the other.
#[derive(Debug)]
pub struct LineReader {
    reader: Reader,
    miner: Miner,
    last: Option<LineInfo>,
}

impl LineReader {
    /// A reader; `now` completes dates that a log leaves out.
    pub fn new(now: Timestamp) -> Self {
        let mut reader = Reader::default();
        reader.set_now(now);
        Self { reader, miner: Miner::default(), last: None }
    }

    /// Reads the next line, with or without its break.
    pub fn read(&mut self, line: &[u8]) -> LineInfo {
        let head = self.reader.read(clean::trim_break(line));
        if !head.is_head() {
            let none = LineInfo { continuation: true, at: None, level: None, template: None };
            return self.last.clone().map_or(none, |last| LineInfo { continuation: true, ..last });
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
