//! The programs that people on call use, and by what their commands look or change. Data, by the manuals of the
//! programs; what is not listed is not known to only look.

mod platform;
mod stores;
mod system;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analyst::command::effect::Effect;

/// Decides by a program's arguments; the number tells how deep programs run programs here.
pub(super) type Special = fn(&[&str], usize) -> Effect;

/// How to tell what a program does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// It looks, whatever its arguments.
    Reads,
    /// It changes something, whatever its arguments.
    Changes,
    /// It takes data away.
    Destroys,
    /// It looks unless one of these arguments is given.
    Unless(&'static [&'static str]),
    /// It looks only where one of these arguments is given.
    Only(&'static [&'static str]),
    /// Its verb tells, of one word or of two; a `*` stands for any ending.
    Verbs {
        /// Flags before the verb that take a value.
        values: &'static [&'static str],
        /// Verbs that look.
        looks: &'static [&'static str],
        /// Verbs that take data away.
        destroys: &'static [&'static str],
    },
    /// It runs the command that follows its own arguments.
    Wraps {
        /// Flags that take a value.
        values: &'static [&'static str],
        /// Arguments of its own before the command.
        positions: usize,
    },
    /// It runs a text as a command.
    Shell {
        /// Flags before the text.
        flags: &'static [&'static str],
        /// Arguments before the text where there is no such flag; 0 where a file would be run.
        positions: usize,
    },
    /// It runs SQL.
    Sql {
        /// Flags before a statement.
        flags: &'static [&'static str],
    },
    /// Anything else.
    Special(Special),
}

/// The rule of a program.
pub(super) fn rule(program: &str) -> Option<&'static Rule> {
    RULES.get(program).copied()
}

static RULES: LazyLock<HashMap<&'static str, &'static Rule>> = LazyLock::new(|| {
    let rows = [system::TOOLS, platform::TOOLS, stores::TOOLS]
        .into_iter()
        .flatten()
        .flat_map(|(names, rule)| names.split_whitespace().map(move |name| (name, rule)));
    rows.collect()
});
