//! Lines of all inputs, gathered into the records that are wanted.

use std::io::{self, Read};

use jiff::Timestamp;

use crate::cli::logs::input::{Opened, number};
use crate::cli::logs::table::thousands;
use crate::cli::warn;
use crate::failure::Failure;
use crate::log::filter::Filter;
use crate::log::headless::{LineInfo, LineReader, ReadLine, Select};
use crate::log::source::open::{is_damage, reason};

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;
/// Most bytes of one piece of a record.
const PIECE_MAX: usize = 64 * 1024;

/// Why printing stopped.
pub(super) enum Stop {
    Failed(Failure),
    /// The reader of our output has seen enough.
    Pipe(io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error)
    }
}

/// A record, or the next piece of one that is very long.
pub(super) struct Record<'a> {
    /// Which input it is from.
    pub(super) source: usize,
    /// Number of its first line there.
    pub(super) line: u64,
    /// What its first line says.
    pub(super) info: &'a LineInfo,
    /// Id of its template, as it is known by now.
    pub(super) id: Option<&'a str>,
    /// Its lines, each with a break.
    pub(super) text: &'a [u8],
    /// It is the first piece.
    pub(super) first: bool,
}

impl<'a> Record<'a> {
    /// Its lines, without their breaks.
    pub(super) fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let text = self.text;
        let mut from = 0;
        std::iter::from_fn(move || {
            let end = memchr::memchr(b'\n', text.get(from..)?)? + from;
            let line = &text[from..end];
            from = end + 1;
            Some(line)
        })
    }
}

/// What is done with records.
pub(super) trait Take {
    /// Takes a record, or a piece of one.
    fn take(&mut self, record: &Record<'_>) -> Result<(), Stop>;

    /// There may be nothing to read for some time.
    fn pause(&mut self) -> Result<(), Stop> {
        Ok(())
    }
}

/// Gathers lines.
pub(super) struct Gather<'a> {
    select: &'a Select,
    /// Lines read.
    pub(super) lines: u64,
    /// First and last time in them.
    span: Option<(Timestamp, Timestamp)>,
    /// Whether a record passed.
    any: bool,
    /// Number of the line in its source.
    number: u64,
    /// Records before the one that is open.
    records: u64,
    settled: Option<Settled>,
    open: Open,
}

/// The templates of a first reading. The text of a template, and so its id, is settled only when all is read.
pub(super) struct Settled {
    /// A number for each record.
    templates: Vec<u32>,
    ids: Vec<String>,
}

impl Settled {
    /// Reads everything once, where it can be read twice.
    pub(super) fn read(mut reader: LineReader, names: &[String]) -> Result<Option<Self>, Stop> {
        struct Numbers(Vec<u32>);
        impl Take for Numbers {
            fn take(&mut self, record: &Record<'_>) -> Result<(), Stop> {
                if record.first {
                    self.0.push(record.info.template.unwrap_or(u32::MAX));
                }
                Ok(())
            }
        }
        // Opening an archive reads its head: back to where it began.
        let lasts = |opened: Opened| opened.is_lasting && opened.rewind().is_ok();
        if !names.iter().all(|name| Opened::open(name).is_ok_and(lasts)) {
            return Ok(None);
        }
        let everything = Select::new(&Filter::default()).map_err(Failure::usage)?;
        let mut numbers = Numbers(Vec::new());
        Gather::new(&everything).read(&mut reader, names, &mut numbers)?;
        let ids = reader.settled().into_iter().map(|(id, _)| id).collect();
        Ok(Some(Self { templates: numbers.0, ids }))
    }

    /// The id of the template of a record; of what was added since the first reading there is none.
    fn id(&self, record: u64) -> Option<&str> {
        let template = self.templates.get(usize::try_from(record).ok()?)?;
        self.ids.get(*template as usize).map(String::as_str)
    }
}

/// The record that may go on.
#[derive(Default)]
struct Open {
    info: Option<LineInfo>,
    line: u64,
    id: Option<String>,
    text: Vec<u8>,
    /// Whether it is wanted, once a piece of it was judged.
    wanted: Option<bool>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(select: &'a Select) -> Self {
        Self {
            select,
            lines: 0,
            span: None,
            any: false,
            number: 0,
            records: 0,
            settled: None,
            open: Open::default(),
        }
    }

    /// The same with templates that are known already.
    pub(super) fn knowing(self, settled: Option<Settled>) -> Self {
        Self { settled, ..self }
    }

    /// Reads everything.
    pub(super) fn read(
        &mut self,
        reader: &mut LineReader,
        names: &[String],
        take: &mut impl Take,
    ) -> Result<(), Stop> {
        let mut block = vec![0; BLOCK];
        for (source, name) in names.iter().enumerate() {
            let unreadable = |error: io::Error| {
                let hint = match error.kind() {
                    io::ErrorKind::IsADirectory => {
                        format!("name the files in it, as in {}/*.log", name.trim_end_matches('/'))
                    }
                    io::ErrorKind::PermissionDenied => {
                        format!("ask for read access, or pipe it in: sudo cat {name} | sevdeck logs … -")
                    }
                    _ => "name files with lines of text, or -".to_owned(),
                };
                Failure::unreadable(name.clone()).because(error).hint(hint)
            };
            let mut from = Opened::open(name).map_err(unreadable)?;
            reader.next_source();
            (self.number, self.open) = (0, Open::default());
            let mut over = false;
            while !over {
                let read = match from.read(&mut block) {
                    Ok(read) => read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    // What is before the damage in an archive was read; what follows in the next file is.
                    Err(error) if is_damage(&error) => {
                        warn(&format!("{name}: damaged; what is before it was read: {}", reason(&error)));
                        0
                    }
                    Err(error) => return Err(unreadable(error).into()),
                };
                over = read == 0;
                let mut outcome = Ok(());
                let mut each = |line: ReadLine<'_>| {
                    if outcome.is_ok() {
                        outcome = self.line(source, &line, take);
                    }
                };
                if over {
                    reader.finish(&mut each);
                } else {
                    reader.push(&block[..read], &mut each);
                }
                outcome?;
                if read < BLOCK {
                    take.pause()?;
                }
            }
            self.hand_out(source, take)?;
            self.records += u64::from(self.open.info.is_some());
            from.rewind().map_err(unreadable)?;
        }
        if !self.any && self.lines > 0 && !self.select.is_open() {
            warn(&self.nothing());
        }
        Ok(())
    }

    /// What is said where no record passes: between which times a person can look.
    fn nothing(&self) -> String {
        let lines =
            if self.lines == 1 { "1 line".to_owned() } else { format!("{} lines", thousands(self.lines)) };
        let span = match self.span {
            Some((first, last)) => {
                let moment = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                format!("they go from {} to {}", moment(first), moment(last))
            }
            None => "they carry no times".to_owned(),
        };
        format!("nothing passes --since, --until, --level and --filter: {lines} read, {span}")
    }

    fn line(&mut self, source: usize, line: &ReadLine<'_>, take: &mut impl Take) -> Result<(), Stop> {
        self.lines += 1;
        self.number += 1;
        if !line.info.continuation || self.open.info.is_none() {
            self.hand_out(source, take)?;
            self.records += u64::from(self.open.info.is_some());
            if let Some(at) = line.info.at {
                let (first, last) = self.span.unwrap_or((at, at));
                self.span = Some((first.min(at), last.max(at)));
            }
            (self.open.info, self.open.line, self.open.wanted) = (Some(line.info), self.number, None);
            let settled = self.settled.as_ref();
            let id = settled.map_or(line.id, |settled| settled.id(self.records));
            keep(&mut self.open.id, id);
        } else if self.open.text.len() + line.bytes.len() > PIECE_MAX || self.is_retimed(line.info) {
            self.hand_out(source, take)?;
            self.open.line = self.number;
            if let Some(open) = &mut self.open.info {
                open.at = line.info.at;
            }
        }
        self.open.text.extend_from_slice(line.bytes);
        self.open.text.push(b'\n');
        Ok(())
    }

    /// Whether a line that is no record has a time of its own: a line of nothing but a time stands for those below it.
    fn is_retimed(&self, info: LineInfo) -> bool {
        self.open.info.is_some_and(|open| open.at != info.at)
    }

    /// Hands out what was gathered, where it is wanted.
    fn hand_out(&mut self, source: usize, take: &mut impl Take) -> Result<(), Stop> {
        let Open { info: Some(info), line, id, text, wanted, .. } = &mut self.open else { return Ok(()) };
        let id = id.as_deref();
        let first = wanted.is_none();
        let select = self.select;
        let judge = || select.is_open() || select.wants(number(source), info, id, text);
        let outcome = if *wanted.get_or_insert_with(judge) {
            self.any = true;
            take.take(&Record { source, line: *line, info, id, text, first })
        } else {
            Ok(())
        };
        text.clear();
        outcome
    }
}

fn keep(kept: &mut Option<String>, id: Option<&str>) {
    match (kept, id) {
        (Some(kept), Some(id)) => {
            kept.clear();
            kept.push_str(id);
        }
        (kept, id) => *kept = id.map(str::to_owned),
    }
}
