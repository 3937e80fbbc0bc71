//! `sevdeck completions` and `sevdeck man`: made from the definition of the arguments, as `--help` is.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::{Cli, print};
use crate::failure::Failure;

/// Completions for a shell.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// bash, zsh, fish, elvish or powershell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script that the shell reads.
pub(super) fn completions(args: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sevdeck", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// Prints the manual page, as troff.
pub(super) fn page() -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| Failure::runtime("the manual page").because(error))?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(0)
}
