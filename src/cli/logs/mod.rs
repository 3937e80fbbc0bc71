//! `sevdeck logs`: the log engine without a screen: records, templates or findings, for people and for pipes.

mod findings;
mod gather;
mod input;
mod records;
mod table;
mod templates;
mod totals;

use std::io;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::cli::Globals;
use crate::cli::logs::gather::Stop;
use crate::cli::logs::input::Input;
use crate::cli::logs::table::Look;
use crate::failure::Failure;

/// The log engine, without a screen.
#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The constant parts of the messages, the most frequent first.
    ///
    /// With --lines: the id of the template of each line, a tab, and its text with <*> for what varies.
    Templates(Input),
    /// One record a line: time, level, text.
    ///
    /// With --json: time, level, template, text, source and line of each record, or with --lines of each line. Ids of
    /// templates are those that `templates` prints, except for what is read from a pipe: there they are those known so
    /// far.
    Records(Input),
    /// What is notable: bursts, new templates, limits reached, restarts, deploys.
    Findings(Input),
}

/// Reads everything once and prints what was asked for.
pub(super) fn run(args: &LogsArgs, globals: &Globals) -> Result<u8, Failure> {
    let (look, now) = (Look::of(globals), Timestamp::now());
    let result = match &args.what {
        What::Templates(input) => templates::run(input, look, globals, now),
        What::Records(input) => records::run(input, look, globals, now),
        What::Findings(input) => findings::run(input, look, globals, now),
    };
    match result {
        Ok(()) => Ok(0),
        // A reader that has seen enough (`| head`) is no failure.
        Err(Stop::Pipe(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(Stop::Pipe(error)) => Err(Failure::runtime("standard output").because(error)),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}
