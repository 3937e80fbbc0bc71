//! Commands, looked at and never run: are they well formed, do they only look, which names do they use. One judge for
//! both analysts: the checks of the playbooks are tried on it, and every command of a model passes it.

pub mod effect;
pub mod names;
pub mod query;
pub mod shell;
mod special;
mod sql;
mod tools;

pub use effect::{Effect, effect};
pub use shell::Fault;

/// Longest command that is judged, bytes; a longer one is nobody's to copy.
pub const COMMAND_MAX: usize = 2000;

/// What is wrong with the form of `command`, the first fault only.
pub fn fault(command: &str) -> Option<Fault> {
    let command = command.trim();
    if query::is_query(command) || sql::statement(command).is_some() {
        return (!query::is_balanced(command)).then_some(Fault::Bracket);
    }
    shell::read(command).faults.first().copied()
}

#[cfg(test)]
mod tests;
