//! `sevdeck logs findings`: what is notable, in the order it began, what began together in one group.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::json;

use crate::app::msg::Opening;
use crate::app::runtime::Runtime;
use crate::cli::logs::gather::Stop;
use crate::cli::logs::input::Input;
use crate::cli::logs::table::Look;
use crate::cli::logs::totals::Totals;
use crate::cli::triage;
use crate::cli::{Globals, print, sources};
use crate::failure::Failure;
use crate::incident::{Finding, IncidentId, SourceId};
use crate::log::clean::clean_line;
use crate::log::digest::Digest;
use crate::log::filter::Filter;
use crate::log::headless::{LineInfo, Select};

/// Columns from which on there is room for bars.
const WIDE: usize = 100;
/// Findings that began with less than this between them stand in one group, seconds.
const TOGETHER: i64 = 60;

/// Reads everything with the engine, then prints.
pub(super) fn run(input: &Input, look: Look, globals: &Globals, now: Timestamp) -> Result<(), Stop> {
    if input.lines {
        return Err(Failure::usage("findings are about many lines: there is not one for each line")
            .hint("leave --lines out; --json prints one finding a line, and records take --lines")
            .into());
    }
    let names = input.names()?;
    let zone = globals.zone.clone();
    let filter = input.filter(now, zone.as_ref())?;
    let select = Select::new(&Filter { sources: BTreeSet::new(), ..filter }).map_err(Failure::usage)?;
    let specs = names.iter().map(|name| sources::spec(name)).collect::<Result<Vec<_>, _>>()?;
    for spec in &specs {
        sources::check(spec)?;
    }
    let opening = Opening {
        incident: Some(IncidentId::new(now, Runtime::random())),
        language: globals.language(),
        specs,
        ..Opening::default()
    };
    let read = triage::read(opening, &globals.config.name, now, zone, &globals.paths.runtime);
    triage::complain(&read)?;
    let digest = &read.digest;
    let findings: Vec<&Finding> =
        digest.findings.iter().filter(|finding| is_wanted(&select, finding)).collect();
    let mut text = String::new();
    if input.json {
        for finding in findings {
            let _ = writeln!(text, "{}", json!(finding));
        }
    } else {
        table(&mut text, &findings, look);
        let _ = writeln!(text, "{}", totals(digest, findings.len()).text(look));
    }
    print(&text)?;
    Ok(())
}

/// Whether a finding is about what a filter lets pass: when it began, how bad it is, what its lines say.
fn is_wanted(select: &Select, finding: &Finding) -> bool {
    let mut lines = finding.subject.clone();
    for quote in &finding.quotes {
        lines.push('\n');
        lines.push_str(&quote.quote);
    }
    let info = LineInfo { continuation: false, at: finding.at, level: finding.level, template: None };
    select.wants(SourceId::default(), &info, finding.template.as_deref(), lines.as_bytes())
}

fn totals(digest: &Digest, findings: usize) -> Totals {
    let mut totals = Totals { findings: Some(findings as u64), ..Totals::default() };
    for source in &digest.sources {
        totals.lines += source.lines;
        totals.records += source.records;
        totals.first = [totals.first, source.first].into_iter().flatten().min();
        totals.last = totals.last.max(source.last);
        totals.losses.cut_lines += source.losses.cut_lines;
        totals.losses.invalid_lines += source.losses.invalid_lines;
        totals.losses.dropped_bytes += source.losses.dropped_bytes;
    }
    totals
}

fn table(text: &mut String, findings: &[&Finding], look: Look) {
    for group in findings.chunk_by(|one, next| began_together(one, next)) {
        let heading = group[0]
            .at
            .map_or_else(|| "without a time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        let _ = writeln!(text, "{}", look.bold(&heading));
        let mut group = group.to_vec();
        // What stands out most is read first; what began first, where they are alike.
        group.sort_by_key(|finding| Reverse(finding.strength));
        for finding in group {
            row(text, finding, look);
        }
        text.push('\n');
    }
}

fn began_together(one: &Finding, next: &Finding) -> bool {
    match (one.at, next.at) {
        (Some(one), Some(next)) => (next.as_second() - one.as_second()).abs() < TOGETHER,
        (one, next) => one == next,
    }
}

/// When, what, how strong, of what level, about what; then the line it rests on.
fn row(text: &mut String, finding: &Finding, look: Look) {
    let at = finding.at.map_or_else(String::new, |at| at.strftime("%H:%M:%S").to_string());
    let kind = json!(finding.kind);
    let kind = kind.as_str().unwrap_or_default().replace('_', " ");
    let wide = look.width >= WIDE;
    let bar = if wide { look.bar(f64::from(finding.strength) / 100.0, 5) + " " } else { String::new() };
    let level = look.level(finding.level, 6);
    let mut subject = String::new();
    if let Some(rate) = finding.rate {
        let _ = write!(subject, "{} {} {}/s  ", rate.before, look.arrow(), rate.peak);
    }
    if let Some(ended) = finding.ended {
        let _ = write!(subject, "until {}  ", ended.strftime("%H:%M:%S"));
    }
    subject.push_str(&clean_line(finding.subject.as_bytes()));
    let strength = finding.strength;
    let subject = look.rest(&subject, if wide { 45 } else { 39 });
    let _ = writeln!(text, "{at:<8}  {kind:<14}  {bar}{strength:>3}  {level}  {subject}");
    if let Some(quote) = finding.quotes.first() {
        let line = quote.line.map_or_else(String::new, |line| format!(":{line}"));
        let quoted = format!("{}{line}  {}", quote.source, quote.quote);
        let quoted = clean_line(quoted.as_bytes());
        let _ = writeln!(text, "{:10}{}", "", look.dim(&look.rest(&quoted, 10)));
    }
}
