//! `sevdeck keys`: every command with its keys, and what is wrong with the person's own file of keys.

use std::fmt::Write as _;
use std::fs;

use clap::Args;

use crate::app::command::{COMMANDS, CommandInfo, Scope};
use crate::app::keymap::Keymap;
use crate::app::ui::Pane;
use crate::cli::{Globals, print, warn};
use crate::failure::Failure;

/// The keys in force.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    /// As tables in Markdown, of the keys that come with sevdeck.
    #[arg(long)]
    markdown: bool,
}

/// Prints them.
pub(super) fn run(args: &KeysArgs, globals: &Globals) -> Result<u8, Failure> {
    if args.markdown {
        print(&markdown(&Keymap::default()))?;
        return Ok(0);
    }
    let keymap = own(globals);
    let mut text = String::new();
    for (title, infos) in groups() {
        let _ = writeln!(text, "{title}");
        for info in infos {
            let keys = shown(&keymap, info);
            let _ = writeln!(text, "  {keys:<18} {:<22} {}", info.name, info.title);
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "Change them in {}: name = \"key\" or [\"key\", \"key\"]",
        globals.paths.keys_file().display()
    );
    print(&text)?;
    Ok(0)
}

/// The keymap of this user; what is wrong with it goes to standard error.
pub(super) fn own(globals: &Globals) -> Keymap {
    let file = globals.paths.keys_file();
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Keymap::default(),
        Err(error) => {
            warn(&format!("{}: {error}; the keys are the usual ones", file.display()));
            return Keymap::default();
        }
    };
    let (keymap, problems) = Keymap::read(&text);
    for (line, problem) in problems {
        warn(&format!("{}:{line}: {problem}", file.display()));
    }
    keymap
}

/// Commands by where they work.
fn groups() -> impl Iterator<Item = (String, Vec<&'static CommandInfo>)> {
    let panes = Pane::ALL.into_iter().map(|pane| (format!("In {}", pane.title()), Scope::In(pane)));
    let all = std::iter::once(("Everywhere".to_owned(), Scope::Anywhere)).chain(panes);
    all.map(|(title, scope)| (title, COMMANDS.iter().filter(|info| info.scope == scope).collect()))
}

fn shown(keymap: &Keymap, info: &CommandInfo) -> String {
    let keys: Vec<String> = keymap.keys(info.command).iter().map(ToString::to_string).collect();
    keys.join(" ")
}

/// A table for each place; commands without a key are in the palette.
fn markdown(keymap: &Keymap) -> String {
    let mut text = String::new();
    for (title, infos) in groups() {
        let _ = writeln!(text, "| {title} | |\n|---|---|");
        for info in infos.into_iter().filter(|info| !keymap.keys(info.command).is_empty()) {
            let keys: Vec<String> = keymap.keys(info.command).iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(text, "| {} | {} |", keys.join(" "), info.title.replace('|', "\\|"));
        }
        text.push('\n');
    }
    text
}
