//! `sevdeck redact`: standard input to standard output, as it would leave the host.

use std::io::{self, Read, Write};

use clap::Args;
use regex::bytes::Regex;

use crate::cli::{sources, warn};
use crate::evidence::redaction::{Policy, Redactor, Vault};
use crate::failure::Failure;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// Masks secrets in what is piped in, line for line: <secret:1>, the same for the same value.
#[derive(Debug, Args)]
pub(super) struct RedactArgs {
    /// Also e-mail addresses.
    #[arg(long)]
    emails: bool,
    /// Also IP addresses.
    #[arg(long)]
    addresses: bool,
    /// Also names of hosts.
    #[arg(long)]
    hosts: bool,
    /// Also ids of customers, users and accounts.
    #[arg(long)]
    customers: bool,
    /// All of these.
    #[arg(long)]
    all: bool,
    /// Also what a regular expression matches, or its first group; may be given again.
    #[arg(long, value_name = "REGEX")]
    pattern: Vec<String>,
    /// Say on standard error what was masked, without the values.
    #[arg(long)]
    summary: bool,
}

impl RedactArgs {
    fn policy(&self) -> Result<Policy, Failure> {
        let compile = |text: &String| {
            Regex::new(text).map_err(|error| {
                let last = error.to_string().lines().last().unwrap_or_default().to_owned();
                Failure::usage(format!("--pattern {text}: {last}")).hint("write it as for grep -E")
            })
        };
        Ok(Policy {
            emails: self.emails || self.all,
            addresses: self.addresses || self.all,
            hosts: self.hosts || self.all,
            customers: self.customers || self.all,
            patterns: self.pattern.iter().map(compile).collect::<Result<_, _>>()?,
        })
    }
}

/// Redacts what is piped in.
pub(super) fn run(args: &RedactArgs) -> Result<u8, Failure> {
    let redactor = Redactor::new(args.policy()?);
    if !sources::is_piped() {
        return Err(Failure::usage("there is nothing to redact: nothing is piped in")
            .hint("sevdeck redact < app.log > app.masked.log"));
    }
    let vault = Vault::default();
    let written = copy(&redactor, &vault, &mut io::stdin().lock(), &mut io::stdout().lock())?;
    if args.summary && written {
        summary(&vault);
    }
    Ok(0)
}

/// Whether all of it was taken; a reader that has seen enough (`| head`) is no failure.
fn copy(
    redactor: &Redactor,
    vault: &Vault,
    from: &mut impl Read,
    to: &mut impl Write,
) -> Result<bool, Failure> {
    let mut stream = redactor.stream();
    let mut block = vec![0; BLOCK];
    let mut out = Vec::with_capacity(2 * BLOCK);
    loop {
        let size = match from.read(&mut block) {
            Ok(size) => size,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::unreadable("standard input").because(error)),
        };
        if size == 0 {
            stream.finish(vault, &mut out);
        } else {
            stream.feed(&block[..size], vault, &mut out);
        }
        match to.write_all(&out).and_then(|()| to.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
            Err(error) => return Err(Failure::runtime("standard output").because(error)),
            Ok(()) => out.clear(),
        }
        if size == 0 {
            return Ok(true);
        }
    }
}

fn summary(vault: &Vault) {
    let mut kinds: Vec<(&str, usize, usize)> = Vec::new();
    for masked in vault.masked() {
        let name = masked.kind.name();
        match kinds.iter_mut().find(|(known, _, _)| *known == name) {
            Some((_, values, places)) => (*values, *places) = (*values + 1, *places + masked.count),
            None => kinds.push((name, 1, masked.count)),
        }
    }
    for (name, values, places) in kinds {
        warn(&format!("{name}: {values} masked, in {places} places"));
    }
}
