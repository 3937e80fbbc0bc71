//! `sevdeck config`: the settings in force, and where each comes from. No secrets.

use std::fmt::Write as _;

use clap::Args;

use crate::cli::{Globals, print};
use crate::config::{Origin, Setting, Value};
use crate::evidence::clean_line;
use crate::evidence::redaction::redact;
use crate::failure::Failure;

/// The settings in force, as a file of settings.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Only what is not a default.
    #[arg(long)]
    changed: bool,
}

/// Prints TOML that can be kept as a file: what nobody set is a comment.
pub(super) fn run(args: &ConfigArgs, globals: &Globals) -> Result<u8, Failure> {
    let there = if globals.config_file.is_file() { "" } else { " (not there)" };
    let mut text = format!("# {}{there}\n", globals.config_file.display());
    let mut table = String::new();
    for setting in &globals.config.settings {
        if args.changed && setting.origin == Origin::Default {
            continue;
        }
        let mut key = setting.key.as_str();
        if let Some((provider, field)) = key.strip_prefix("models.").and_then(|rest| rest.rsplit_once('.')) {
            key = field;
            if table != provider {
                provider.clone_into(&mut table);
                let bare = provider.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
                let name = if bare { provider.to_owned() } else { format!("{provider:?}") };
                let _ = writeln!(text, "\n[models.{name}]");
            }
        }
        line(&mut text, key, setting);
    }
    print(&text)?;
    Ok(0)
}

fn line(text: &mut String, key: &str, setting: &Setting) {
    let (comment, value) = match &setting.value {
        Some(value) => ("", shown(key, value)),
        None => ("# ", unset(key).to_owned()),
    };
    let line = format!("{comment}{key} = {value}");
    let line = clean_line(line.as_bytes());
    let _ = writeln!(text, "{line:<40} # {}", clean_line(setting.origin.to_string().as_bytes()));
}

/// What holds where nobody set a key.
fn unset(key: &str) -> &'static str {
    match key {
        "budget_usd" => "1.0, where the price is known and no budget is set",
        "budget_tokens" => "500000, where the price is not known and no budget is set",
        "store" => "the state folder",
        "theme" => "what fits the terminal",
        "clipboard" => "what the terminal offers",
        _ => "none",
    }
}

/// A value without what may be secret in it: a command may hold a key, and so may the parameters of an address.
fn shown(key: &str, value: &Value) -> String {
    let Value::Text(text) = value else { return redact(&value.to_string()).text };
    let text = match key {
        "key_command" => match text.split_once(char::is_whitespace) {
            Some((program, _)) => format!("{program} …"),
            None => text.clone(),
        },
        "url" => match text.split_once('?') {
            Some((address, _)) => format!("{address}?…"),
            None => text.clone(),
        },
        _ => text.clone(),
    };
    Value::Text(redact(&text).text).to_string()
}
