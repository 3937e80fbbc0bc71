//! Key and focus -> command.

use crate::app::command::{COMMANDS, Command, CommandInfo, Scope};
use crate::app::key::Key;
use crate::app::ui::Pane;

/// The command a key means while `pane` has the focus; a key of the pane wins over a general one.
pub fn command(key: Key, pane: Pane) -> Option<Command> {
    let bound = |scope: Scope| {
        COMMANDS.iter().find(|info| info.scope == scope && info.keys.contains(&key)).map(|info| info.command)
    };
    bound(Scope::In(pane)).or_else(|| bound(Scope::Anywhere))
}

/// The commands for the key bar while `pane` has the focus, most useful first; the bar drops what does not fit from
/// the end.
pub fn hints(pane: Pane) -> Vec<&'static CommandInfo> {
    let own: &[Command] = match pane {
        Pane::Context => &[
            Command::Search,
            Command::Filter,
            Command::NextError,
            Command::Templates,
            Command::Help,
            Command::GoTo,
            Command::NextSource,
            Command::Bookmark,
            Command::Last,
        ],
        Pane::Hypotheses => &[Command::Open, Command::ConfirmHypothesis, Command::RuleOutHypothesis],
        Pane::Checklist => {
            &[Command::Tick, Command::Copy, Command::Output, Command::AsExpected, Command::NotAsExpected]
        }
        Pane::Timeline => &[Command::Open, Command::TimelineMore, Command::Replay],
    };
    let general = [
        Command::Help,
        Command::NextPane,
        Command::Down,
        Command::AddNote,
        Command::Mitigations,
        Command::Palette,
        Command::AddContext,
        Command::Impact,
        Command::Postmortem,
        Command::Quit,
    ];
    let general = general.iter().filter(|command| !own.contains(command));
    own.iter().chain(general).map(|command| command.info()).collect()
}
