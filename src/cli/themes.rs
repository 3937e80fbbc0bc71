//! `sevdeck themes`: what there is, shown in its own colours.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use clap::Args;

use crate::cli::{Globals, print, warn};
use crate::failure::Failure;
use crate::tui::picture;
use crate::tui::theme::{Depth, Themes};

/// The themes.
#[derive(Debug, Args)]
pub(super) struct ThemesArgs {
    /// Names only.
    #[arg(long)]
    names: bool,
}

/// Prints every theme with a sample, where standard output is a terminal that shows colours.
pub(super) fn run(args: &ThemesArgs, globals: &Globals) -> Result<u8, Failure> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let depth = Depth::detect(env);
    let folder = globals.paths.config.join("themes");
    let (themes, refused) = Themes::with_own(&folder, depth);
    for refused in refused {
        warn(&format!("{refused}; it is left out"));
    }
    let samples = io::stdout().is_terminal() && !args.names;
    let mut text = String::new();
    for name in themes.names() {
        if args.names {
            let _ = writeln!(text, "{name}");
            continue;
        }
        let purpose = picture::purpose(name);
        let purpose = if purpose.is_empty() { "Your own." } else { purpose };
        let _ = writeln!(text, "{name:<16} {purpose}");
        if samples {
            let _ = writeln!(text, "{}", picture::ansi(&picture::sample(&themes.get(name))));
        }
    }
    if !args.names {
        let _ = writeln!(
            text,
            "\nF3 goes from one to the next; --theme NAME or theme = \"NAME\" chooses one; your own: {}/NAME.toml",
            folder.display()
        );
    }
    print(&text)?;
    Ok(0)
}
