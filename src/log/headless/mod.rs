//! Line by line without an engine: what `sevdeck logs` prints for each input line.

mod tally;

pub use tally::{Tally, TemplateRow};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::{Level, SourceId};
use crate::log::clean;
use crate::log::digest::Losses;
use crate::log::filter::{Filter, RecordText, Sieve};
use crate::log::frame::{Framer, RawLine};
use crate::log::losses::LineLosses;
use crate::log::record::{Reader, Shape};
use crate::log::template::Miner;
use crate::log::time::timestamp;

/// What one line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Which records are wanted.
#[derive(Debug)]
pub struct Select {
    sieve: Sieve,
}

impl Select {
    /// By a filter; the error says which expression is wrong.
    pub fn new(filter: &Filter) -> Result<Self, String> {
        Sieve::new(filter).map(|sieve| Self { sieve })
    }

    /// Whether all are.
    pub fn is_open(&self) -> bool {
        self.sieve.is_open()
    }

    /// Whether the first line of a record does not tell: all its lines are looked at.
    pub fn needs_text(&self) -> bool {
        self.sieve.needs_text()
    }

    /// Whether templates are looked at.
    pub fn needs_template(&self) -> bool {
        self.sieve.needs_template()
    }

    /// Whether a record of this source, template and text is wanted.
    pub fn wants(&self, source: SourceId, info: &LineInfo, template: Option<&str>, text: &[u8]) -> bool {
        let at = info.at.map(Timestamp::as_microsecond);
        self.sieve.passes(&RecordText { source, at, level: info.level, template, text })
    }
}

/// Reads lines one after the other.
#[derive(Debug)]
pub struct LineReader {
    now: Timestamp,
    reader: Reader,
    framer: Framer,
    miner: Miner,
    last: Option<LineInfo>,
    losses: LineLosses,
    /// Templates are found.
    mining: bool,
    zone: Option<TimeZone>,
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
            losses: LineLosses::default(),
            mining: true,
            zone: None,
        }
    }

    /// Times that do not name their zone are of this one; of UTC without.
    #[must_use]
    pub fn in_zone(mut self, zone: Option<TimeZone>) -> Self {
        self.zone = zone;
        self.reader.set_zone(self.zone.clone());
        self.reader.set_now(self.now);
        self
    }

    /// Templates are not looked for.
    #[must_use]
    pub fn without_templates(mut self) -> Self {
        self.mining = false;
        self
    }

    /// Lines that could not be read as they stand.
    pub fn losses(&self) -> Losses {
        Losses { cut_lines: self.losses.cut, invalid_lines: self.losses.invalid, ..Losses::default() }
    }

    /// Goes on with another file: templates are kept, what was learnt about the format of the lines is not.
    pub fn next_source(&mut self) {
        self.reader = Reader::default();
        self.reader.set_zone(self.zone.clone());
        self.reader.set_now(self.now);
        self.framer = Framer::default();
        self.last = None;
    }

    /// Reads a block of bytes and hands out the lines it completes.
    pub fn push(&mut self, block: &[u8], take: &mut impl FnMut(ReadLine<'_>)) {
        let mut framer = std::mem::take(&mut self.framer);
        self.losses.begin(block, framer.line_start() < framer.at());
        framer.push(block, &mut |line: RawLine<'_>| self.hand_out(line, take));
        self.framer = framer;
    }

    /// Hands out the last line, where it has no break.
    pub fn finish(&mut self, take: &mut impl FnMut(ReadLine<'_>)) {
        let mut framer = std::mem::take(&mut self.framer);
        framer.finish(&mut |line: RawLine<'_>| self.hand_out(line, take));
        self.framer = framer;
    }

    fn hand_out(&mut self, line: RawLine<'_>, take: &mut impl FnMut(ReadLine<'_>)) {
        self.losses.note(line);
        let bytes = line.bytes;
        let info = self.read(bytes);
        let pattern = info.template.and_then(|template| self.miner.patterns().get(template as usize));
        take(ReadLine { bytes, info, id: pattern.map(|pattern| pattern.id.as_str()) });
    }

    /// Reads the next line, with or without its break.
    pub fn read(&mut self, line: &[u8]) -> LineInfo {
        let line = clean::without_escapes(clean::trim_break(line));
        self.read_plain(&line)
    }

    fn read_plain(&mut self, line: &[u8]) -> LineInfo {
        let head = self.reader.read(line);
        if !head.is_head() {
            let none = LineInfo { continuation: true, at: None, level: None, template: None };
            let record = self.last.unwrap_or(none);
            return LineInfo { continuation: true, at: head.at.and_then(timestamp).or(record.at), ..record };
        }
        let access = head.shape == Shape::Access;
        let template = self.mining.then(|| self.miner.mine(head.message, access).template);
        let info =
            LineInfo { continuation: false, at: head.at.and_then(timestamp), level: head.level, template };
        self.last = Some(info);
        info
    }

    /// Id and text of a template as it stands now: a text may still become more general with further lines.
    pub fn template(&self, template: u32) -> Option<(&str, String)> {
        let pattern = self.miner.patterns().get(template as usize)?;
        Some((&pattern.id, pattern.text()))
    }

    /// Id and text of every template, by number, now that all lines are known: templates that turned out to be cases
    /// of a more general one have its id and text. The id is that of the text, so that it is the same in every file.
    pub fn settled(&mut self) -> Vec<(String, String)> {
        (0..self.miner.patterns().len())
            .map(|number| {
                let settled = self.miner.settled(number as u32);
                (self.miner.id(settled), self.miner.patterns()[settled as usize].text())
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
        assert_eq!(more, LineInfo { continuation: true, ..head });
        assert_eq!(head.level, Some(Level::Error));
        assert_eq!(reader.template(head.template.unwrap()).unwrap().1, "order <*> failed");
    }
}
