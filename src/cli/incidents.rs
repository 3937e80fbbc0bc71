//! `sevdeck incidents`: earlier incidents, the newest first.

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;

use crate::cli::{Globals, print, warn};
use crate::failure::Failure;
use crate::incident::event::IncidentStatus;
use crate::log::clean::clean_text;
use crate::store::{IncidentSummary, Record, Trouble};

/// Earlier incidents.
#[derive(Debug, Args)]
pub(super) struct IncidentsArgs {
    /// Words that the id, title, service or summary has to have.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
}

/// Prints a line for each.
pub(super) fn run(args: &IncidentsArgs, globals: &Globals) -> Result<u8, Failure> {
    let mut record = Record::open(&globals.location(), Timestamp::now());
    let list = record.list();
    let words: Vec<String> = args.query.iter().map(|word| word.to_lowercase()).collect();
    let found: Vec<_> = list.iter().filter(|summary| matches(summary, &words)).collect();
    match record.trouble() {
        Some(trouble) if list.is_empty() => return Err(failure(trouble)),
        Some(trouble) => warn(&failure(trouble).to_string()),
        None => {}
    }
    if found.is_empty() {
        let what = if list.is_empty() { "no incidents yet" } else { "no incident has these words" };
        warn(&format!("{what}\n  sevdeck demo shows one; sevdeck incidents lists all"));
        return Ok(0);
    }
    let mut text = String::new();
    for summary in found {
        let _ = writeln!(
            text,
            "{:<22}  {}  {:<4}  {:<9}  {}",
            summary.id,
            summary.opened_at.strftime("%Y-%m-%d %H:%M"),
            summary.severity.map_or("", |severity| severity.name()),
            status_name(summary.status),
            clean_text(&name_of(summary)),
        );
    }
    print(&text)?;
    Ok(0)
}

/// What is wrong with the store, as the person sees it.
pub(super) fn failure(trouble: &Trouble) -> Failure {
    Failure::runtime(trouble.message()).hint(trouble.next_step())
}

fn matches(summary: &IncidentSummary, words: &[String]) -> bool {
    let text = format!("{} {} {} {}", summary.id, summary.title, summary.service, summary.summary);
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn name_of(summary: &IncidentSummary) -> String {
    match (summary.service.as_str(), summary.title.as_str()) {
        ("", "") => "(no title yet)".to_owned(),
        ("", title) => title.to_owned(),
        (service, title) => format!("{service}  {title}"),
    }
}

fn status_name(status: IncidentStatus) -> &'static str {
    match status {
        IncidentStatus::Open => "open",
        IncidentStatus::Mitigated => "mitigated",
        IncidentStatus::Resolved => "resolved",
    }
}
