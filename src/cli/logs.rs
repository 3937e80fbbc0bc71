//! `sevdeck logs`: the log engine without a screen: records, templates or findings, for people and for pipes.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::app::msg::Opening;
use crate::app::runtime::Runtime;
use crate::cli::triage;
use crate::cli::{Globals, print, sources, warn};
use crate::failure::Failure;
use crate::incident::{Finding, IncidentId, Level, SourceSpec};
use crate::log::clean::clean_line;
use crate::log::headless::{LineInfo, LineReader, ReadLine};
use crate::log::source::open::{Text, is_damage, reason};

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;
/// Most bytes of the continuation lines of one record that are printed with it.
const RECORD_MAX: usize = 64 * 1024;

/// The log engine, without a screen.
#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The constant parts of the messages, the most frequent first.
    Templates(Input),
    /// One record a line: time, level, text.
    Records(Input),
    /// What is notable: bursts, new templates, limits reached, restarts, deploys.
    Findings(Input),
}

#[derive(Debug, Args)]
struct Input {
    /// Print JSON, one object a line.
    #[arg(long)]
    json: bool,
    /// Print exactly one line for each line of the input.
    #[arg(long)]
    lines: bool,
    /// What to read: files, or - for standard input, which is also read when nothing is named.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
}

/// Reads everything once and prints what was asked for.
pub(super) fn run(args: &LogsArgs, globals: &Globals) -> Result<u8, Failure> {
    match &args.what {
        What::Templates(input) if input.lines => quiet(template_lines(input)),
        What::Templates(input) => templates(input),
        What::Records(input) => quiet(records(input)),
        What::Findings(input) => findings(input, globals),
    }
}

/// Why printing stopped.
enum Stop {
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

/// A reader that has seen enough (`| head`) is no failure.
fn quiet(result: Result<(), Stop>) -> Result<u8, Failure> {
    match result {
        Ok(()) => Ok(0),
        Err(Stop::Pipe(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(Stop::Pipe(error)) => Err(Failure::runtime("standard output").because(error)),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// Hands every line of every input to `take`, with the name of its file.
fn each_line(
    input: &Input,
    reader: &mut LineReader,
    mut take: impl FnMut(&str, ReadLine<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let standard = ["-".to_owned()];
    let files = if input.files.is_empty() { &standard[..] } else { &input.files };
    if input.files.is_empty() && !sources::is_piped() {
        return Err(Failure::usage("there is nothing to read: no file is named and nothing is piped in")
            .hint("sevdeck logs templates app.log, or: kubectl logs deploy/api | sevdeck logs templates")
            .into());
    }
    let mut block = vec![0; BLOCK];
    for name in files {
        let unreadable = |error| {
            Failure::unreadable(name.clone()).because(error).hint("name files with lines of text, or -")
        };
        let mut from: Box<dyn Read> = match name.as_str() {
            "-" => Box::new(io::stdin().lock()),
            path => Box::new(Text::open(Path::new(path)).map_err(unreadable)?),
        };
        reader.next_source();
        loop {
            let mut outcome = Ok(());
            let mut each = |line: ReadLine<'_>| {
                if outcome.is_ok() {
                    outcome = take(name, line);
                }
            };
            match from.read(&mut block) {
                Ok(0) => {
                    reader.finish(&mut each);
                    outcome?;
                    break;
                }
                Ok(read) => reader.push(&block[..read], &mut each),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What is before the damage in an archive was read; what follows in the next file is.
                Err(error) if is_damage(&error) => {
                    warn(&format!("{name}: damaged; what is before the damage was read: {}", reason(&error)));
                    reader.finish(&mut each);
                    outcome?;
                    break;
                }
                Err(error) => return Err(unreadable(error).into()),
            }
            outcome?;
        }
    }
    Ok(())
}

/// `id TAB template` for each line, once all lines are known.
fn template_lines(input: &Input) -> Result<(), Stop> {
    let mut reader = LineReader::new(Timestamp::now());
    let mut lines = Vec::new();
    each_line(input, &mut reader, |_, line| {
        lines.push(line.info.template);
        Ok(())
    })?;
    let texts = reader.settled();
    let mut out = BufWriter::new(io::stdout().lock());
    for template in lines {
        match template.and_then(|template| texts.get(template as usize)) {
            Some((id, text)) if input.json => writeln!(out, "{}", json!({"id": id, "template": text}))?,
            Some((id, text)) => writeln!(out, "{id}\t{text}")?,
            None if input.json => writeln!(out, "{}", json!({"id": null, "template": null}))?,
            None => writeln!(out, "-\t")?,
        }
    }
    out.flush()?;
    Ok(())
}

/// What is counted of a template.
#[derive(Debug, Clone, Default)]
struct Tally {
    count: u64,
    level: Option<Level>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    example: String,
}

fn templates(input: &Input) -> Result<u8, Failure> {
    let mut reader = LineReader::new(Timestamp::now());
    let mut tallies: Vec<Tally> = Vec::new();
    let read = each_line(input, &mut reader, |_, line| {
        let info = line.info;
        let Some(template) = info.template.filter(|_| !info.continuation) else { return Ok(()) };
        let at = template as usize;
        if tallies.len() <= at {
            tallies.resize_with(at + 1, Tally::default);
        }
        let tally = &mut tallies[at];
        if tally.count == 0 {
            tally.example = clean_line(line.bytes);
        }
        tally.count += 1;
        tally.level = tally.level.max(info.level);
        tally.first = [tally.first, info.at].into_iter().flatten().min();
        tally.last = tally.last.max(info.at);
        Ok(())
    });
    quiet(read)?;
    let rows = joined(&reader.settled(), tallies);
    let mut text = String::new();
    if !input.json && !rows.is_empty() {
        let _ = writeln!(text, "{:>9}  {:<6}  {:<19}  {:<19}  TEMPLATE", "COUNT", "LEVEL", "FIRST", "LAST");
    }
    for (id, template, tally) in rows {
        if input.json {
            let row = json!({
                "id": id, "template": template, "level": tally.level, "count": tally.count,
                "first": tally.first.map(|at| at.to_string()), "last": tally.last.map(|at| at.to_string()),
                "example": tally.example,
            });
            let _ = writeln!(text, "{row}");
        } else {
            let level = tally.level.map_or("", Level::name);
            let (first, last) = (second(tally.first), second(tally.last));
            let _ = writeln!(text, "{:>9}  {level:<6}  {first:<19}  {last:<19}  {template}", tally.count);
        }
    }
    print(&text)?;
    Ok(0)
}

/// One row for each template that is left once all lines are known, the most frequent first.
fn joined(texts: &[(String, String)], tallies: Vec<Tally>) -> Vec<(String, String, Tally)> {
    let mut rows: Vec<(String, String, Tally)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for ((id, text), tally) in texts.iter().zip(tallies).filter(|(_, tally)| tally.count > 0) {
        let at = *known.entry(id.clone()).or_insert(rows.len());
        let Some((_, _, row)) = rows.get_mut(at) else {
            rows.push((id.clone(), text.clone(), tally));
            continue;
        };
        row.count += tally.count;
        row.level = row.level.max(tally.level);
        row.first = [row.first, tally.first].into_iter().flatten().min();
        row.last = row.last.max(tally.last);
    }
    rows.sort_by(|(a_id, _, a), (b_id, _, b)| b.count.cmp(&a.count).then_with(|| a_id.cmp(b_id)));
    rows
}

fn second(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// A record on its way out.
struct Row {
    source: String,
    line: u64,
    info: LineInfo,
    id: Option<String>,
    text: String,
}

impl Row {
    fn print(&self, out: &mut impl Write, json: bool) -> io::Result<()> {
        if json {
            let row = json!({
                "time": self.info.at.map(|at| at.to_string()), "level": self.info.level, "template": self.id,
                "text": self.text, "source": self.source, "line": self.line,
            });
            return writeln!(out, "{row}");
        }
        let at = self.info.at.map_or_else(String::new, |at| format!("{at:.3}"));
        writeln!(out, "{at:<24}  {:<6}  {}", self.info.level.map_or("", Level::name), self.text)
    }
}

fn records(input: &Input) -> Result<(), Stop> {
    let mut reader = LineReader::new(Timestamp::now());
    let mut out = BufWriter::new(io::stdout().lock());
    let mut number = 0;
    let mut open: Option<Row> = None;
    each_line(input, &mut reader, |source, line| {
        let text = clean_line(line.bytes);
        let same = open.as_mut().filter(|row| row.source == source);
        number = if same.is_some() { number + 1 } else { 1 };
        if let Some(row) = same.filter(|_| !input.lines && line.info.continuation) {
            if row.text.len() + text.len() < RECORD_MAX {
                row.text.push('\n');
                row.text.push_str(&text);
            }
            return Ok(());
        }
        let id = line.id.map(str::to_owned);
        let row = Row { source: source.to_owned(), line: number, info: line.info, id, text };
        if let Some(before) = open.replace(row) {
            before.print(&mut out, input.json)?;
        }
        Ok(())
    })?;
    if let Some(row) = open {
        row.print(&mut out, input.json)?;
    }
    out.flush()?;
    Ok(())
}

/// The findings of the engine, oldest onset first.
fn findings(input: &Input, globals: &Globals) -> Result<u8, Failure> {
    let mut specs = input.files.iter().map(|file| sources::spec(file)).collect::<Result<Vec<_>, _>>()?;
    if specs.is_empty() {
        specs.push(SourceSpec::Stdin);
    }
    for spec in &specs {
        sources::check(spec)?;
    }
    let now = Timestamp::now();
    let opening = Opening {
        incident: Some(IncidentId::new(now, Runtime::random())),
        title: String::new(),
        service: String::new(),
        language: globals.language(),
        specs,
        contexts: Vec::new(),
    };
    let read = triage::read(opening, &globals.config.name, now, &globals.paths.runtime);
    triage::complain(&read)?;
    let mut text = String::new();
    for finding in &read.digest.findings {
        if input.json {
            let _ = writeln!(text, "{}", json!(finding));
        } else {
            finding_row(&mut text, finding);
        }
    }
    print(&text)?;
    Ok(0)
}

fn finding_row(text: &mut String, finding: &Finding) {
    let kind = json!(finding.kind);
    let kind = kind.as_str().unwrap_or_default();
    let subject = clean_line(finding.subject.as_bytes());
    let _ = writeln!(text, "{:<19}  {kind:<13}  {:>3}  {subject}", second(finding.at), finding.strength);
    if let Some(quote) = finding.quotes.first() {
        let line = quote.line.map_or_else(String::new, |line| format!(":{line}"));
        let _ = writeln!(text, "{:<19}  {}{line}  {}", "", quote.source, quote.quote);
    }
}
