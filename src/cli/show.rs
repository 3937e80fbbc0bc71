//! `sevdeck show`: one earlier incident.

use clap::Args;
use jiff::Timestamp;

use crate::cli::incidents::failure;
use crate::cli::{Globals, print, warn};
use crate::export;
use crate::failure::Failure;
use crate::incident::{Incident, IncidentId, handover};
use crate::log::clean::clean_text;
use crate::store::Record;

/// An earlier incident.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Its id, or the start of it.
    #[arg(value_name = "ID")]
    id: String,
    /// Only the card for whoever takes over, at most 25 lines.
    #[arg(long)]
    handover: bool,
}

/// Prints the incident as Markdown.
pub(super) fn run(args: &ShowArgs, globals: &Globals) -> Result<u8, Failure> {
    let mut record = Record::open(&globals.location(), Timestamp::now());
    let id = find(&mut record, &args.id)?;
    let reading = record.read(&id).map_err(|trouble| failure(&trouble))?;
    if !reading.damaged.is_empty() {
        let positions: Vec<_> = reading.damaged.iter().map(u64::to_string).collect();
        warn(&format!(
            "{id}: events {} cannot be read\n  the rest is shown; copy the store before anything else",
            positions.join(", ")
        ));
    }
    let incident = Incident::replay(&reading.events);
    if args.handover {
        let card = handover::text(&incident, Timestamp::now());
        print(&format!("{}\n", clean_text(&card)))?;
        return Ok(0);
    }
    print(&export::markdown(&incident))?;
    Ok(0)
}

/// The incident a person means by the start of an id.
fn find(record: &mut Record, wanted: &str) -> Result<IncidentId, Failure> {
    let list = record.list();
    let trouble = record.trouble().map(failure);
    let found: Vec<_> =
        list.iter().map(|summary| &summary.id).filter(|id| id.as_str().starts_with(wanted)).collect();
    match (&found[..], found.iter().find(|id| id.as_str() == wanted)) {
        (_, Some(exact)) => Ok((**exact).clone()),
        ([one], None) => Ok((*one).clone()),
        ([], None) => Err(trouble.unwrap_or_else(|| {
            Failure::usage(format!("no incident is called {wanted:?}")).hint("sevdeck incidents lists them")
        })),
        (several, None) => {
            let names: Vec<_> = several.iter().take(5).map(|id| id.as_str()).collect();
            Err(Failure::usage(format!("{} incidents begin with {wanted:?}", several.len()))
                .hint(format!("say which: {}", names.join(", "))))
        }
    }
}
