//! What the person wants. Every command has a name, a title, keys and a place; help, palette, key bar and keymap are
//! all made from this one table.

use crate::app::key::Key;
use crate::app::ui::Pane;

/// The commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is described in its own words in the table below")]
pub enum Command {
    NextPane,
    PreviousPane,
    FocusContext,
    FocusHypotheses,
    FocusChecklist,
    FocusTimeline,
    Zoom,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    NextSource,
    PreviousSource,
    Open,
    Close,
    Search,
    NextHit,
    PreviousHit,
    ToggleWrap,
    Tick,
    AsExpected,
    NotAsExpected,
    Skip,
    ConfirmHypothesis,
    RuleOutHypothesis,
    ReopenHypothesis,
    Copy,
    ShowText,
    AddNote,
    AddContext,
    Mitigations,
    Impact,
    Postmortem,
    FollowUps,
    Similar,
    OpenQuestions,
    Incidents,
    DeclareSev1,
    DeclareSev2,
    DeclareSev3,
    DeclareSev4,
    MarkMitigated,
    MarkResolved,
    MarkOpen,
    Palette,
    Help,
    NextTheme,
    Redraw,
    Suspend,
    Interrupt,
    Quit,
}

/// Where a command makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere outside a text being written.
    Anywhere,
    /// While this pane has the focus.
    In(Pane),
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// The command.
    pub command: Command,
    /// Name for the keymap and the palette.
    pub name: &'static str,
    /// One or two words for the key bar.
    pub short: &'static str,
    /// What it does, as a sentence without a full stop.
    pub title: &'static str,
    /// Keys; the first is the one shown.
    pub keys: &'static [Key],
    /// Where it makes sense.
    pub scope: Scope,
}

/// The table, in the order of help.
pub const COMMANDS: &[CommandInfo] = &[
    CommandInfo {
        command: Command::NextPane,
        name: "next-pane",
        short: "pane",
        title: "Go to the next pane",
        keys: &[Key::Tab],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::PreviousPane,
        name: "previous-pane",
        short: "pane back",
        title: "Go to the previous pane",
        keys: &[Key::BackTab],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::FocusContext,
        name: "context",
        short: "context",
        title: "Go to the context pane",
        keys: &[Key::Char('1')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::FocusHypotheses,
        name: "hypotheses",
        short: "hypotheses",
        title: "Go to the hypotheses",
        keys: &[Key::Char('2')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::FocusChecklist,
        name: "checklist",
        short: "checklist",
        title: "Go to the checklist",
        keys: &[Key::Char('3')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::FocusTimeline,
        name: "timeline",
        short: "timeline",
        title: "Go to the timeline",
        keys: &[Key::Char('4')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Zoom,
        name: "zoom",
        short: "zoom",
        title: "Give the whole screen to this pane, or back",
        keys: &[Key::Char('z')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Up,
        name: "up",
        short: "up",
        title: "Up",
        keys: &[Key::Char('k'), Key::Up],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Down,
        name: "down",
        short: "move",
        title: "Down",
        keys: &[Key::Char('j'), Key::Down],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::PageUp,
        name: "page-up",
        short: "page up",
        title: "Half a page up",
        keys: &[Key::Ctrl('u'), Key::PageUp],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::PageDown,
        name: "page-down",
        short: "page down",
        title: "Half a page down",
        keys: &[Key::Ctrl('d'), Key::PageDown],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::First,
        name: "first",
        short: "first",
        title: "To the first line",
        keys: &[Key::Char('g'), Key::Home],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Last,
        name: "last",
        short: "follow",
        title: "To the last line, and follow it",
        keys: &[Key::Char('G'), Key::End],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::PreviousSource,
        name: "previous-source",
        short: "source",
        title: "Show the previous source",
        keys: &[Key::Char('['), Key::Left, Key::Char('h')],
        scope: Scope::In(Pane::Context),
    },
    CommandInfo {
        command: Command::NextSource,
        name: "next-source",
        short: "source",
        title: "Show the next source",
        keys: &[Key::Char(']'), Key::Right, Key::Char('l')],
        scope: Scope::In(Pane::Context),
    },
    CommandInfo {
        command: Command::Open,
        name: "open",
        short: "open",
        title: "Open: the line a quote cites, or the details",
        keys: &[Key::Enter],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Close,
        name: "close",
        short: "back",
        title: "Close what is on top",
        keys: &[Key::Esc],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Search,
        name: "search",
        short: "search",
        title: "Search in the context",
        keys: &[Key::Char('/')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::NextHit,
        name: "next-hit",
        short: "next hit",
        title: "Next hit of the search",
        keys: &[Key::Char('n')],
        scope: Scope::In(Pane::Context),
    },
    CommandInfo {
        command: Command::PreviousHit,
        name: "previous-hit",
        short: "previous hit",
        title: "Previous hit of the search",
        keys: &[Key::Char('N')],
        scope: Scope::In(Pane::Context),
    },
    CommandInfo {
        command: Command::ToggleWrap,
        name: "wrap",
        short: "wrap",
        title: "Wrap long lines, or cut them at the edge",
        keys: &[Key::Char('W')],
        scope: Scope::In(Pane::Context),
    },
    CommandInfo {
        command: Command::Tick,
        name: "tick",
        short: "tick",
        title: "Tick or untick the step",
        keys: &[Key::Char(' ')],
        scope: Scope::In(Pane::Checklist),
    },
    CommandInfo {
        command: Command::AsExpected,
        name: "as-expected",
        short: "as expected",
        title: "The step's output was as expected (with a note)",
        keys: &[Key::Char('e')],
        scope: Scope::In(Pane::Checklist),
    },
    CommandInfo {
        command: Command::NotAsExpected,
        name: "not-as-expected",
        short: "unexpected",
        title: "The step's output was not as expected (with a note)",
        keys: &[Key::Char('x')],
        scope: Scope::In(Pane::Checklist),
    },
    CommandInfo {
        command: Command::Skip,
        name: "skip",
        short: "skip",
        title: "Skip the step (with a note)",
        keys: &[Key::Char('s')],
        scope: Scope::In(Pane::Checklist),
    },
    CommandInfo {
        command: Command::ConfirmHypothesis,
        name: "confirm",
        short: "confirm",
        title: "Confirm the hypothesis (with a reason)",
        keys: &[Key::Char('c')],
        scope: Scope::In(Pane::Hypotheses),
    },
    CommandInfo {
        command: Command::RuleOutHypothesis,
        name: "rule-out",
        short: "rule out",
        title: "Rule the hypothesis out (with a reason)",
        keys: &[Key::Char('x')],
        scope: Scope::In(Pane::Hypotheses),
    },
    CommandInfo {
        command: Command::ReopenHypothesis,
        name: "reopen",
        short: "reopen",
        title: "Take the verdict on the hypothesis back",
        keys: &[Key::Char('u')],
        scope: Scope::In(Pane::Hypotheses),
    },
    CommandInfo {
        command: Command::Copy,
        name: "copy",
        short: "copy",
        title: "Copy the command or the text under the cursor",
        keys: &[Key::Char('y')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::ShowText,
        name: "show-text",
        short: "plain text",
        title: "Show the text plainly, to select it with the terminal",
        keys: &[Key::Char('Y')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::AddNote,
        name: "note",
        short: "note",
        title: "Write a note into the timeline",
        keys: &[Key::Char('a')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::AddContext,
        name: "paste",
        short: "paste",
        title: "Paste or write context: chat, alerts, metrics",
        keys: &[Key::Char('p')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Mitigations,
        name: "mitigations",
        short: "mitigate",
        title: "Mitigations with risk and rollback",
        keys: &[Key::Char('m')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Impact,
        name: "impact",
        short: "impact",
        title: "Severity, summary and customer impact",
        keys: &[Key::Char('i')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Postmortem,
        name: "postmortem",
        short: "postmortem",
        title: "Postmortem draft",
        keys: &[Key::Char('P')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::FollowUps,
        name: "follow-ups",
        short: "follow-ups",
        title: "Follow-ups",
        keys: &[Key::Char('f')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Similar,
        name: "similar",
        short: "similar",
        title: "Similar past incidents",
        keys: &[Key::Char('r')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::OpenQuestions,
        name: "questions",
        short: "questions",
        title: "Contradictions, and what is missing to decide",
        keys: &[Key::Char('w')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Incidents,
        name: "incidents",
        short: "incidents",
        title: "Past incidents, to resume one",
        keys: &[Key::Char('I')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::DeclareSev1,
        name: "sev1",
        short: "SEV1",
        title: "Declare SEV1",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::DeclareSev2,
        name: "sev2",
        short: "SEV2",
        title: "Declare SEV2",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::DeclareSev3,
        name: "sev3",
        short: "SEV3",
        title: "Declare SEV3",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::DeclareSev4,
        name: "sev4",
        short: "SEV4",
        title: "Declare SEV4",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::MarkMitigated,
        name: "mitigated",
        short: "mitigated",
        title: "Mark the incident mitigated",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::MarkResolved,
        name: "resolved",
        short: "resolved",
        title: "Mark the incident resolved",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::MarkOpen,
        name: "reopen-incident",
        short: "reopen",
        title: "Reopen the incident",
        keys: &[],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Palette,
        name: "palette",
        short: "commands",
        title: "All commands, found by a few letters",
        keys: &[Key::Char(':'), Key::Ctrl('p')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Help,
        name: "help",
        short: "help",
        title: "Keys and what they do",
        keys: &[Key::Char('?'), Key::F(1)],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::NextTheme,
        name: "theme",
        short: "theme",
        title: "Switch to the next theme",
        keys: &[Key::Char('T')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Redraw,
        name: "redraw",
        short: "redraw",
        title: "Draw the screen anew",
        keys: &[Key::Ctrl('l')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Suspend,
        name: "suspend",
        short: "suspend",
        title: "Back to the shell; fg returns",
        keys: &[Key::Ctrl('z')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Interrupt,
        name: "interrupt",
        short: "interrupt",
        title: "Press twice to quit",
        keys: &[Key::Ctrl('c')],
        scope: Scope::Anywhere,
    },
    CommandInfo {
        command: Command::Quit,
        name: "quit",
        short: "quit",
        title: "Quit; the incident is kept, resume returns to it",
        keys: &[Key::Char('q')],
        scope: Scope::Anywhere,
    },
];

impl Command {
    /// The command's row.
    pub fn info(self) -> &'static CommandInfo {
        COMMANDS.iter().find(|info| info.command == self).unwrap_or(&COMMANDS[0])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_no_key_means_two_things_in_one_place() {
        let names: HashSet<_> = COMMANDS.iter().map(|info| info.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        for pane in Pane::ALL {
            let mut seen = HashSet::new();
            for info in COMMANDS {
                if matches!(info.scope, Scope::Anywhere) || info.scope == Scope::In(pane) {
                    for key in info.keys {
                        assert!(seen.insert(*key), "{key} is bound twice in {pane:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_default_key_collides_with_flow_control_or_a_multiplexer() {
        for info in COMMANDS {
            for taken in ['s', 'q', 'b', 'a', 'o', 'i', 'm'] {
                assert!(!info.keys.contains(&Key::Ctrl(taken)), "{}", info.name);
            }
        }
    }
}
