//! `sevdeck logs records`: time, level and text of each record, or of each line.

use std::borrow::Cow;
use std::io::{self, BufWriter, StdoutLock, Write};

use jiff::Timestamp;

use crate::cli::Globals;
use crate::cli::logs::gather::{Gather, Record, Settled, Stop, Take};
use crate::cli::logs::input::Input;
use crate::cli::logs::table::Look;
use crate::cli::logs::totals::Totals;
use crate::log::clean::clean_line;
use crate::log::headless::{LineInfo, LineReader, Select};

/// Bytes that are written at once.
const BUFFER: usize = 128 * 1024;

/// Prints records as they are read.
pub(super) fn run(input: &Input, look: Look, globals: &Globals, now: Timestamp) -> Result<(), Stop> {
    let names = input.names()?;
    let zone = globals.zone.clone();
    let filter = input.filter(now, zone.as_ref())?;
    let select = Select::new(&filter).map_err(crate::failure::Failure::usage)?;
    let reader = || LineReader::new(now).in_zone(zone.clone());
    let mining = input.json || select.needs_template();
    let settled = if mining { Settled::read(reader(), &names)? } else { None };
    let out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut printer = Printer {
        out,
        look,
        quoted: names.iter().map(|name| serde_json::json!(name).to_string()).collect(),
        json: input.json,
        lines: input.lines,
        times: Times::default(),
        text: String::new(),
        totals: Totals::default(),
    };
    let mut reader = if mining && settled.is_none() { reader() } else { reader().without_templates() };
    let mut gather = Gather::new(&select).knowing(settled);
    gather.read(&mut reader, &names, &mut printer)?;
    printer.totals.lines = gather.lines;
    printer.totals.losses = reader.losses();
    if look.terminal && !input.json {
        let totals = printer.totals.text(look);
        writeln!(printer.out, "\n{totals}")?;
    }
    printer.out.flush()?;
    Ok(())
}

struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    look: Look,
    /// Names of the sources, as JSON.
    quoted: Vec<String>,
    json: bool,
    lines: bool,
    times: Times,
    /// A text under way.
    text: String,
    totals: Totals,
}

impl Take for Printer {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Stop> {
        if record.first {
            self.totals.note(record.info);
        }
        if self.lines {
            for (at, line) in (record.line..).zip(record.lines()) {
                self.row(record, at, harmless(line).as_ref())?;
            }
        } else if record.first {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            for line in record.lines() {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&harmless(line));
            }
            self.row(record, record.line, &text)?;
            self.text = text;
        }
        Ok(())
    }

    fn pause(&mut self) -> Result<(), Stop> {
        Ok(self.out.flush()?)
    }
}

impl Printer {
    fn row(&mut self, record: &Record<'_>, line: u64, text: &str) -> Result<(), Stop> {
        let LineInfo { at, level, .. } = *record.info;
        if !self.json {
            let at = self.times.rounded(at);
            let level = self.look.level(level, 6);
            writeln!(self.out, "{at:<24}  {level}  {text}")?;
            return Ok(());
        }
        self.out.write_all(b"{\"time\":")?;
        match self.times.exact(at) {
            Some(time) => write!(self.out, "\"{time}\"")?,
            None => self.out.write_all(b"null")?,
        }
        self.out.write_all(b",\"level\":")?;
        json_to(&mut self.out, &level)?;
        self.out.write_all(b",\"template\":")?;
        match record.id {
            // Hexadecimal digits.
            Some(id) => write!(self.out, "\"{id}\"")?,
            None => self.out.write_all(b"null")?,
        }
        self.out.write_all(b",\"text\":")?;
        string_to(&mut self.out, text)?;
        writeln!(self.out, ",\"source\":{},\"line\":{line}}}", self.quoted[record.source])?;
        Ok(())
    }
}

fn json_to(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}

/// Writes a text as JSON; most need no escapes.
fn string_to(out: &mut impl Write, text: &str) -> io::Result<()> {
    if text.bytes().any(|byte| byte < 0x20) {
        return json_to(out, &text);
    }
    out.write_all(b"\"")?;
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        out.write_all(&rest[..at])?;
        out.write_all(&[b'\\', rest[at]])?;
        rest = &rest[at + 1..];
    }
    out.write_all(rest)?;
    out.write_all(b"\"")
}

/// A line as it may be shown; most need no copy.
fn harmless(line: &[u8]) -> Cow<'_, str> {
    if line.iter().all(|byte| matches!(byte, 0x20..=0x7e))
        && let Ok(text) = std::str::from_utf8(line)
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(clean_line(line))
}

/// Writes times; the seconds of one are often those of the one before.
#[derive(Default)]
struct Times {
    second: Option<i64>,
    text: String,
    len: usize,
}

impl Times {
    /// To the millisecond, or nothing.
    fn rounded(&mut self, at: Option<Timestamp>) -> &str {
        let Some(at) = at else { return "" };
        self.seconds(at);
        let millis = at.as_millisecond().rem_euclid(1000);
        let _ = std::fmt::Write::write_fmt(&mut self.text, format_args!(".{millis:03}Z"));
        &self.text
    }

    /// As exact as it is known.
    fn exact(&mut self, at: Option<Timestamp>) -> Option<&str> {
        let at = at?;
        self.seconds(at);
        let micros = at.as_microsecond().rem_euclid(1_000_000);
        if micros > 0 {
            let _ = std::fmt::Write::write_fmt(&mut self.text, format_args!(".{micros:06}"));
            let digits = self.text.trim_end_matches('0').len();
            self.text.truncate(digits);
        }
        self.text.push('Z');
        Some(&self.text)
    }

    fn seconds(&mut self, at: Timestamp) {
        let second = at.as_microsecond().div_euclid(1_000_000);
        if self.second != Some(second) {
            self.second = Some(second);
            self.text = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            self.len = self.text.len();
        }
        self.text.truncate(self.len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_json() {
        for text in ["", "plain", "a \"b\" c\\", "\\\"", "two\nlines", "中文"] {
            let mut out = Vec::new();
            string_to(&mut out, text).unwrap();
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn times() {
        let mut times = Times::default();
        for text in [
            "2026-03-01T14:00:00Z",
            "2026-03-01T14:00:00.1Z",
            "2026-03-01T14:00:00.000001Z",
            "1969-12-31T23:59:59.5Z",
        ] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(times.exact(Some(at)), Some(text));
            assert_eq!(times.rounded(Some(at)), format!("{at:.3}"));
        }
        assert_eq!(times.exact(None), None);
        assert_eq!(times.rounded(None), "");
    }
}
