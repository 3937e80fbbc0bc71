//! `sevdeck logs templates`: the constant parts of the messages, counted, or the one of each line.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use serde_json::json;

use crate::cli::Globals;
use crate::cli::logs::gather::{Gather, Record, Settled, Stop, Take};
use crate::cli::logs::input::Input;
use crate::cli::logs::table::{Look, thousands};
use crate::cli::logs::totals::Totals;
use crate::failure::Failure;
use crate::log::digest::Histogram;
use crate::log::headless::{LineReader, Select, Tally, TemplateRow};

/// Columns from which on there is room for more than the necessary.
const WIDE: usize = 100;
/// Bytes that are written at once.
const BUFFER: usize = 128 * 1024;

/// Reads everything, then prints.
pub(super) fn run(input: &Input, look: Look, globals: &Globals, now: Timestamp) -> Result<(), Stop> {
    let names = input.names()?;
    let zone = globals.zone.clone();
    let filter = input.filter(now, zone.as_ref())?;
    let select = Select::new(&filter).map_err(Failure::usage)?;
    let mut reader = LineReader::new(now).in_zone(zone.clone());
    let settled = if select.needs_template() {
        Settled::read(LineReader::new(now).in_zone(zone), &names)?
    } else {
        None
    };
    let mut gather = Gather::new(&select).knowing(settled);
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    if input.lines {
        let mut each = Each::default();
        gather.read(&mut reader, &names, &mut each)?;
        each.print(&reader.settled(), &mut out, input.json)?;
    } else {
        let mut counted = Counted::default();
        gather.read(&mut reader, &names, &mut counted)?;
        let Counted(tally) = counted;
        let (histogram, settled) = (tally.histogram(), reader.settled());
        let mut totals = Totals {
            lines: gather.lines,
            records: tally.records,
            first: tally.first,
            last: tally.last,
            losses: reader.losses(),
            ..Totals::default()
        };
        let rows = tally.rows(&settled);
        totals.templates = Some(rows.len() as u64);
        if input.json {
            rows.iter().try_for_each(|row| writeln!(out, "{}", object(row, &histogram)))?;
        } else {
            table(&mut out, &rows, look)?;
            writeln!(out, "{}", totals.text(look))?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The template of each line.
#[derive(Default)]
struct Each(Vec<u32>);

impl Take for Each {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Stop> {
        let template = record.info.template.unwrap_or(u32::MAX);
        self.0.extend(std::iter::repeat_n(template, record.lines().count()));
        Ok(())
    }
}

impl Each {
    /// `id TAB template` for each line, now that all lines are known.
    fn print(&self, settled: &[(String, String)], out: &mut impl Write, json: bool) -> io::Result<()> {
        let line = |(id, text): &(String, String)| {
            if json {
                json!({"id": id, "template": text}).to_string() + "\n"
            } else {
                format!("{id}\t{text}\n")
            }
        };
        let lines: Vec<String> = settled.iter().map(line).collect();
        let none = if json { "{\"id\":null,\"template\":null}\n" } else { "-\t\n" };
        for template in &self.0 {
            let line = lines.get(*template as usize).map_or(none, String::as_str);
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Counted(Tally);

impl Take for Counted {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Stop> {
        if record.first {
            self.0.note(record.info, record.lines().next().unwrap_or_default());
        }
        Ok(())
    }
}

fn object(row: &TemplateRow, histogram: &Histogram) -> serde_json::Value {
    json!({
        "id": row.id, "template": row.text, "level": row.level, "count": row.count,
        "first": row.first.map(|at| at.to_string()), "last": row.last.map(|at| at.to_string()),
        "example": row.example,
        "trend": {
            "start": histogram.start.map(|at| at.to_string()), "bucket_s": histogram.bucket_s, "counts": row.trend,
        },
    })
}

fn table(out: &mut impl Write, rows: &[TemplateRow], look: Look) -> io::Result<()> {
    let Some(most) = rows.iter().map(|row| row.count).max() else { return Ok(()) };
    let (bar, trend) = if look.width >= WIDE { (8, 16) } else { (6, 12) };
    let count = thousands(most).len().max(5);
    let seen = Seen::of(rows, look);
    let used = count + bar + trend + 6 + 7 + seen.width();
    let heading = format!("{:>count$} {:bar$}  {:trend$}  {:<6}", "COUNT", "", "TREND", "LEVEL");
    writeln!(out, "{}", look.bold(&format!("{heading}  {}TEMPLATE", seen.heading())))?;
    for row in rows {
        let number = thousands(row.count);
        let share = row.count as f64 / most as f64;
        let (bar, trend) = (look.bar(share, bar), look.trend(&row.trend, trend));
        let (level, seen) = (look.level(row.level, 6), seen.text(row));
        writeln!(out, "{number:>count$} {bar}  {trend}  {level}  {seen}{}", look.rest(&row.text, used))?;
    }
    writeln!(out)
}

/// When a template was first and last seen, where there is room for it.
#[derive(Clone, Copy)]
enum Seen {
    No,
    /// All on one day.
    Times,
    Days,
}

impl Seen {
    fn of(rows: &[TemplateRow], look: Look) -> Self {
        let moments = || rows.iter().flat_map(|row| [row.first, row.last]).flatten();
        let day = |at: Timestamp| at.as_second().div_euclid(86_400);
        match (moments().map(day).min(), moments().map(day).max()) {
            (Some(first), Some(last)) if look.width >= WIDE && first == last => Self::Times,
            (Some(_), Some(_)) if look.width >= WIDE => Self::Days,
            _ => Self::No,
        }
    }

    fn column(self) -> usize {
        match self {
            Self::No => 0,
            Self::Times => 8,
            Self::Days => 11,
        }
    }

    fn width(self) -> usize {
        if let Self::No = self { 0 } else { 2 * (self.column() + 2) }
    }

    fn heading(self) -> String {
        let column = self.column();
        if column == 0 { String::new() } else { format!("{:column$}  {:column$}  ", "FIRST", "LAST") }
    }

    fn text(self, row: &TemplateRow) -> String {
        let (column, format) = match self {
            Self::No => return String::new(),
            Self::Times => (self.column(), "%H:%M:%S"),
            Self::Days => (self.column(), "%m-%d %H:%M"),
        };
        let shown = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.strftime(format).to_string());
        format!("{:column$}  {:column$}  ", shown(row.first), shown(row.last))
    }
}
