//! `sevdeck doctor`: what works here, what does not, and what to do about it.

mod model;

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;

use crate::cli::{Globals, print, sources};
use crate::evidence::clean_line;
use crate::failure::Failure;
use crate::store::{Location, Record};
use crate::tui::clipboard::{ClipboardEnv, Route, plan};
use crate::tui::glyphs;
use crate::tui::terminal;
use crate::tui::theme::Depth;

/// What works here.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Sources to look at as well, written as for the cockpit.
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
}

/// What came of a look at one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It works.
    Fine,
    /// It is not there, or less than it could be; nothing is broken.
    Note,
    /// It does not work.
    Broken,
}

/// A look at one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    state: State,
    /// The thing.
    what: &'static str,
    /// What was seen.
    said: String,
    /// What to do; empty for nothing.
    hint: String,
}

impl Look {
    fn new(state: State, what: &'static str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state, what, said: said.into(), hint: hint.into() }
    }

    fn fine(what: &'static str, said: impl Into<String>) -> Self {
        Self::new(State::Fine, what, said, "")
    }

    fn note(what: &'static str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(State::Note, what, said, hint)
    }

    fn broken(what: &'static str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(State::Broken, what, said, hint)
    }

    fn text(&self) -> String {
        let word = match self.state {
            State::Fine => "ok",
            State::Note => "note",
            State::Broken => "FAIL",
        };
        let mut text = format!("{word:<4}  {:<10} {}\n", self.what, clean_line(self.said.as_bytes()));
        if !self.hint.is_empty() {
            let _ = writeln!(text, "{:16} {}", "", clean_line(self.hint.as_bytes()));
        }
        text
    }
}

/// Looks at everything, the slow things last, and says what it sees as it goes; 1 when something does not work.
pub(super) fn run(args: &DoctorArgs, globals: &Globals) -> Result<u8, Failure> {
    let mut broken = false;
    let mut tell = |look: Look| {
        broken |= look.state == State::Broken;
        print(&look.text())
    };
    for look in [settings(globals), screen(), colours(globals), clipboard(globals), store(globals)] {
        tell(look)?;
    }
    for spec in sources::specs(&args.sources)? {
        tell(match sources::check(&spec) {
            Ok(()) => Look::fine("source", spec.to_string()),
            Err(failure) => of_failure("source", &failure),
        })?;
    }
    model::look(globals, &mut tell)?;
    Ok(u8::from(broken))
}

fn of_failure(what: &'static str, failure: &Failure) -> Look {
    let text = failure.to_string();
    let (said, hint) = text.split_once("\n  ").unwrap_or((&text, ""));
    Look::broken(what, said, hint)
}

fn settings(globals: &Globals) -> Look {
    let file = globals.config_file.display();
    if globals.problems > 0 {
        let said = format!("{} of them are wrong: see the lines above", globals.problems);
        return Look::broken("settings", said, format!("edit {file}; sevdeck config shows what holds"));
    }
    let there = if globals.config_file.is_file() { "" } else { ", which is not there: defaults hold" };
    Look::fine("settings", format!("{file}{there}"))
}

fn screen() -> Look {
    match terminal::check(std::env::var("TERM").ok().as_deref()) {
        Ok(()) => {
            let (columns, rows) = terminal::size();
            let said = format!("{} {columns}x{rows}", std::env::var("TERM").unwrap_or_default());
            if columns < 80 || rows < 24 {
                return Look::note("terminal", said, "panes need 80x24 to stand side by side");
            }
            Look::fine("terminal", said)
        }
        Err(unfit) => Look::note("terminal", format!("no cockpit here: {unfit}"), ""),
    }
}

fn colours(globals: &Globals) -> Look {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let depth = match Depth::detect(env) {
        Depth::Mono => "none (NO_COLOR)",
        Depth::Ansi => "16",
        Depth::Indexed => "256",
        Depth::True => "all",
    };
    if globals.config.ascii || glyphs::locale_is_utf8(env) {
        let letters = if globals.config.ascii { "ASCII" } else { "UTF-8" };
        return Look::fine("colours", format!("{depth}; {letters}"));
    }
    let said = format!("{depth}; the locale is not UTF-8, so ASCII is drawn");
    Look::note("colours", said, "export LANG=C.UTF-8 for lines and bars")
}

fn clipboard(globals: &Globals) -> Look {
    let command = globals.config.clipboard.as_ref();
    let command = command.map(|command| command.split_whitespace().map(str::to_owned).collect());
    let routes = plan(&ClipboardEnv::detect(command, |name| std::env::var(name).ok()), "x");
    let ways: Vec<String> = routes
        .into_iter()
        .map(|route| match route {
            Route::Command { argv, .. } => argv.join(" "),
            Route::Bytes { .. } => "OSC 52 to the terminal".to_owned(),
        })
        .collect();
    Look::fine("clipboard", ways.join(", "))
}

fn store(globals: &Globals) -> Look {
    let location = globals.location();
    let mut record = Record::open(&location, Timestamp::now());
    let count = record.list().len();
    if let Some(trouble) = record.trouble() {
        return Look::broken("store", trouble.message(), trouble.next_step());
    }
    match location {
        Location::Memory => Look::note("store", "memory: nothing is kept", ""),
        Location::Folder(folder) => Look::fine("store", format!("{}, {count} incidents", folder.display())),
    }
}
