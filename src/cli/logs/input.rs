//! What `sevdeck logs` reads, and which records of it are wanted.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::path::Path;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::cli::sources;
use crate::failure::Failure;
use crate::incident::SourceId;
use crate::log::filter::{Filter, Reading};
use crate::log::headless::LineReader;
use crate::log::source::open::Text;

/// Bytes at the end of a file in which its newest time is looked for.
const END: u64 = 256 * 1024;

#[derive(Debug, Args)]
pub(super) struct Input {
    /// Print JSON, one object a line.
    #[arg(long)]
    pub(super) json: bool,
    /// Print one line for each line of the input, of those records that are wanted.
    #[arg(long)]
    pub(super) lines: bool,
    /// Only from this moment on: 14:02 (of the log's last day), 2026-03-01T14:02Z, 15m (before now) or '15m ago'.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,
    /// Only before this moment.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,
    /// Only this level and worse: trace, debug, info, notice, warn, error or fatal.
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// Only what passes a filter, as typed in the cockpit: timeout -healthcheck level:warn /5\d\d/ "exact words".
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// What to read: files, or - for standard input, which is also read when nothing is named.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<String>,
}

impl Input {
    /// The files to read, `-` among them.
    pub(super) fn names(&self) -> Result<Vec<String>, Failure> {
        if !self.files.is_empty() {
            return Ok(self.files.clone());
        }
        if sources::is_piped() {
            return Ok(vec!["-".to_owned()]);
        }
        Err(Failure::usage("there is nothing to read: no file is named and nothing is piped in")
            .hint("sevdeck logs templates app.log, or: kubectl logs deploy/api | sevdeck logs templates"))
    }

    /// Which records are wanted.
    pub(super) fn filter(&self, now: Timestamp, zone: Option<&TimeZone>) -> Result<Filter, Failure> {
        let names = &self.files;
        let reading = Reading { now, last: None, source: &|wanted| sources_named(wanted, names) };
        let mut filter = match &self.filter {
            Some(text) => Filter::parse(text, &reading).map_err(|problem| {
                Failure::usage(format!("--filter {problem}"))
                    .hint("sevdeck logs records --filter 'timeout -healthcheck level:warn' app.log")
            })?,
            None => Filter::default(),
        };
        if let Some(level) = &self.level {
            let read = Filter::parse(&format!("level:{level}"), &reading).ok();
            let found = read.filter(|read| read.terms.is_empty()).and_then(|read| read.level);
            filter.level = Some(found.ok_or_else(|| {
                Failure::usage(format!("--level {level}: not a level"))
                    .hint("use one of: trace, debug, info, notice, warn, error, fatal")
            })?);
        }
        let moment = |flag: &str, text: &str| {
            self.moment(text, now, zone).ok_or_else(|| {
                Failure::usage(format!("{flag} {text}: not a time"))
                    .hint("use 14:02, 2026-03-01T14:02:00Z, yesterday, 15m or '15 minutes ago'")
            })
        };
        if let Some(text) = &self.since {
            filter.since = Some(moment("--since", text)?);
        }
        if let Some(text) = &self.until {
            filter.until = Some(moment("--until", text)?);
        }
        if let (Some(since), Some(until)) = (filter.since, filter.until)
            && since >= until
        {
            return Err(Failure::usage(format!("nothing lies between {since} and {until}"))
                .hint("--since names the earlier moment, --until the later one"));
        }
        Ok(filter)
    }

    /// A moment; one without a zone is of the zone of the log, a time of day of its last day.
    fn moment(&self, text: &str, now: Timestamp, zone: Option<&TimeZone>) -> Option<Timestamp> {
        let text = text.trim();
        if let Ok(at) = text.parse() {
            return Some(at);
        }
        let back = text.strip_suffix("ago").map_or(text, str::trim);
        let bare = short_units(back.trim_start_matches('-'));
        let utc = TimeZone::UTC;
        let zone = zone.unwrap_or(&utc);
        let none = |_: &str| Vec::new();
        let read = |text: &str, last: Option<Timestamp>| {
            let reading = Reading { now, last, source: &none };
            Filter::parse(&format!("since:{text}"), &reading).ok()?.since
        };
        let is_length = bare.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && bare.ends_with(['s', 'm', 'h', 'd'])
            && bare.starts_with(|first: char| first.is_ascii_digit());
        if let Some(days) = ["today", "yesterday"].iter().position(|day| *day == text) {
            let day = now.to_zoned(zone.clone()).date().checked_sub((days as i64).days()).ok()?;
            return Some(day.to_zoned(zone.clone()).ok()?.timestamp());
        }
        if is_length || text == "now" {
            return read(&if is_length { format!("-{bare}") } else { text.to_owned() }, None);
        }
        let of_day = text.bytes().take(3).any(|byte| byte == b':');
        let last = if of_day { self.last(now, zone).unwrap_or(now) } else { now };
        // As the clock on the wall there shows it.
        let east = SignedDuration::from_secs(i64::from(zone.to_offset(last).seconds()));
        let local = read(&text.replacen(' ', "T", 1), Some(last.saturating_add(east).ok()?))?;
        zone.to_timestamp(TimeZone::UTC.to_datetime(local)).ok()
    }

    /// The newest time in the files.
    fn last(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let newest = |name: &String| {
            let mut file =
                File::open(name).ok().filter(|file| file.metadata().is_ok_and(|is| is.is_file()))?;
            let len = file.metadata().ok()?.len();
            file.seek(SeekFrom::Start(len.saturating_sub(END))).ok()?;
            let mut end = Vec::new();
            file.take(END).read_to_end(&mut end).ok()?;
            let mut reader = LineReader::new(now).in_zone(Some(zone.clone())).without_templates();
            let mut last = None;
            let mut take = |line: crate::log::headless::ReadLine<'_>| last = last.max(line.info.at);
            reader.push(&end, &mut take);
            reader.finish(&mut take);
            last
        };
        self.files.iter().filter_map(newest).max()
    }
}

/// `1 hour 30 min` as `1h30m`.
fn short_units(text: &str) -> String {
    let mut short = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
        let (unit, rest) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphabetic()).len());
        short.push_str(match unit {
            "sec" | "secs" | "second" | "seconds" => "s",
            "min" | "mins" | "minute" | "minutes" => "m",
            "hr" | "hrs" | "hour" | "hours" => "h",
            "day" | "days" => "d",
            other => other,
        });
        short.extend(rest.chars().filter(|c| !c.is_whitespace()));
    }
    short
}

/// The number of a source in the filter of a headless run.
pub(super) fn number(at: usize) -> SourceId {
    SourceId(u32::try_from(at + 1).unwrap_or(u32::MAX))
}

fn sources_named(wanted: &str, names: &[String]) -> Vec<SourceId> {
    let is = |name: &String| name == wanted || Path::new(name).file_name().is_some_and(|file| file == wanted);
    names.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| number(at)).collect()
}

/// Something that is read from start to end.
pub(super) struct Opened {
    from: Box<dyn Read>,
    /// It can be read twice.
    pub(super) is_lasting: bool,
    /// Standard input that is a file, and where reading of it began.
    back: Option<(File, u64)>,
}

impl Opened {
    /// Opens a file, or standard input as `-`.
    pub(super) fn open(name: &str) -> io::Result<Self> {
        if name != "-" {
            let is_lasting = std::fs::metadata(name)?.is_file();
            return Ok(Self { from: Box::new(Text::open(Path::new(name))?), is_lasting, back: None });
        }
        let mut file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let back = match file.stream_position() {
            Ok(start) if file.metadata()?.is_file() => Some((file.try_clone()?, start)),
            _ => None,
        };
        let is_lasting = back.is_some();
        let from: Box<dyn Read> = if is_lasting { Box::new(Text::new(file)?) } else { Box::new(file) };
        Ok(Self { from, is_lasting, back })
    }

    /// Goes back to where reading began.
    pub(super) fn rewind(self) -> io::Result<()> {
        self.back.map_or(Ok(()), |(mut file, start)| file.seek(SeekFrom::Start(start)).map(|_| ()))
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn moments() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.log");
        std::fs::write(&file, "2026-03-01T23:30:00Z INFO one\n2026-03-01T23:40:00Z INFO two\n").unwrap();
        let input = Input {
            json: false,
            lines: false,
            since: None,
            until: None,
            level: None,
            filter: None,
            files: vec![file.to_str().unwrap().to_owned()],
        };
        let berlin = TimeZone::fixed(Offset::from_seconds(3600).unwrap());
        let table = [
            ("2026-03-01T14:02:00+02:00", "2026-03-01T12:02:00Z", "2026-03-01T12:02:00Z"),
            ("23:35", "2026-03-01T23:35:00Z", "2026-03-01T22:35:00Z"),
            ("2026-03-01 14:02", "2026-03-01T14:02:00Z", "2026-03-01T13:02:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z", "2026-02-28T23:00:00Z"),
            ("15m", "2026-03-02T08:45:00Z", "2026-03-02T08:45:00Z"),
            ("-15m", "2026-03-02T08:45:00Z", "2026-03-02T08:45:00Z"),
            ("1h 30m ago", "2026-03-02T07:30:00Z", "2026-03-02T07:30:00Z"),
            ("10 min ago", "2026-03-02T08:50:00Z", "2026-03-02T08:50:00Z"),
            ("1 hour 30 minutes ago", "2026-03-02T07:30:00Z", "2026-03-02T07:30:00Z"),
            ("2days", "2026-02-28T09:00:00Z", "2026-02-28T09:00:00Z"),
            ("today", "2026-03-02T00:00:00Z", "2026-03-01T23:00:00Z"),
            ("yesterday", "2026-03-01T00:00:00Z", "2026-02-28T23:00:00Z"),
            ("now", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ];
        for (text, utc, east) in table {
            let told = |zone: Option<&TimeZone>| input.moment(text, now, zone).map(|at| at.to_string());
            assert_eq!(told(None).as_deref(), Some(utc), "{text}");
            assert_eq!(told(Some(&berlin)).as_deref(), Some(east), "{text}, an hour east");
        }
        for text in ["", "soon", "25:00", "15x", "ago", "-", "since:1"] {
            assert_eq!(input.moment(text, now, None), None, "{text}");
        }
    }
}
