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
    Layout,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    NextSource,
    PreviousSource,
    PickSource,
    SourceInfo,
    Filter,
    ClearFilter,
    MoreSevere,
    LessSevere,
    OnlyTemplate,
    HideTemplate,
    Around,
    NextError,
    PreviousError,
    Bookmark,
    NextBookmark,
    PreviousBookmark,
    Bookmarks,
    GoTo,
    Templates,
    Strip,
    StripOff,
    StripIn,
    StripOut,
    StripEarlier,
    StripLater,
    StripWhole,
    Open,
    Close,
    Search,
    NextHit,
    PreviousHit,
    ToggleWrap,
    Tick,
    AsExpected,
    NotAsExpected,
    /// Write or paste what the step's command printed.
    Output,
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
    TimelineMore,
    TimelineBack,
    Replay,
    OpenLogs,
    Editor,
    Update,
    Handover,
    Undo,
    ForgetFilled,
    Postmortem,
    FollowUps,
    Similar,
    OpenQuestions,
    AskModel,
    StopModel,
    Request,
    Calls,
    Thoughts,
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
    ToggleMouse,
    Picture,
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

use Command as C;
use Scope::Anywhere;

/// A row of the table.
const fn row(
    command: Command,
    name: &'static str,
    short: &'static str,
    title: &'static str,
    keys: &'static [Key],
    scope: Scope,
) -> CommandInfo {
    CommandInfo { command, name, short, title, keys, scope }
}

const CONTEXT: Scope = Scope::In(Pane::Context);
const HYPOTHESES: Scope = Scope::In(Pane::Hypotheses);
const CHECKLIST: Scope = Scope::In(Pane::Checklist);
const TIMELINE: Scope = Scope::In(Pane::Timeline);

/// The table, in the order of help: command, name, word for the key bar, title, keys, scope.
#[rustfmt::skip]
pub const COMMANDS: &[CommandInfo] = &[
    row(C::NextPane, "next-pane", "pane", "Go to the next pane", &[Key::Tab], Anywhere),
    row(C::PreviousPane, "previous-pane", "pane back", "Go to the previous pane", &[Key::BackTab], Anywhere),
    row(C::FocusContext, "context", "context", "Go to the context pane", &[Key::Char('1')], Anywhere),
    row(C::FocusHypotheses, "hypotheses", "hypotheses", "Go to the hypotheses", &[Key::Char('2')], Anywhere),
    row(C::FocusChecklist, "checklist", "checklist", "Go to the checklist", &[Key::Char('3')], Anywhere),
    row(C::FocusTimeline, "timeline", "timeline", "Go to the timeline", &[Key::Char('4')], Anywhere),
    row(C::Zoom, "zoom", "zoom", "Give the whole screen to this pane, or back", &[Key::Char('z')], Anywhere),
    row(C::Layout, "layout", "layout", "Share the screen out another way: alike, logs, causes, timeline",
        &[Key::Char('Z')], Anywhere),
    row(C::Up, "up", "up", "Up", &[Key::Char('k'), Key::Up], Anywhere),
    row(C::Down, "down", "move", "Down", &[Key::Char('j'), Key::Down], Anywhere),
    row(C::PageUp, "page-up", "page up", "Half a page up", &[Key::Ctrl('u'), Key::PageUp], Anywhere),
    row(C::PageDown, "page-down", "page down", "Half a page down",
        &[Key::Ctrl('d'), Key::PageDown], Anywhere),
    row(C::First, "first", "first", "To the first line, or to that of the number before it", &[Key::Char('g'), Key::Home], Anywhere),
    row(C::Last, "last", "follow", "To the last line, and follow it; 7G goes to the seventh", &[Key::Char('G'), Key::End], Anywhere),
    row(C::PreviousSource, "previous-source", "source", "Show the previous source",
        &[Key::Char('['), Key::Left, Key::Char('h')], CONTEXT),
    row(C::NextSource, "next-source", "source", "Show the next source",
        &[Key::Char(']'), Key::Right, Key::Char('l')], CONTEXT),
    row(C::PickSource, "pick-source", "sources", "Choose a source by a few letters of its name",
        &[Key::Char('s')], CONTEXT),
    row(C::SourceInfo, "source-info", "about", "About the source shown: path, size, times, what was lost",
        &[Key::Char('S')], CONTEXT),
    row(C::Open, "open", "open", "Open: the line a quote cites, or the details", &[Key::Enter], Anywhere),
    row(C::Close, "close", "back", "Close what is on top", &[Key::Esc], Anywhere),
    row(C::Search, "search", "search", "Search in the context: words, or an /expression/",
        &[Key::Char('/')], Anywhere),
    row(C::NextHit, "next-hit", "next hit", "Next hit of the search", &[Key::Char('n')], CONTEXT),
    row(C::PreviousHit, "previous-hit", "previous hit", "Previous hit of the search",
        &[Key::Char('N')], CONTEXT),
    row(C::NextError, "next-error", "next error", "Next error", &[Key::Char('e')], CONTEXT),
    row(C::PreviousError, "previous-error", "error before", "Previous error", &[Key::Char('E')], CONTEXT),
    row(C::Filter, "filter", "filter", "Choose which lines the context shows: level:warn -healthz /time ?out/",
        &[Key::Char('f')], Anywhere),
    row(C::ClearFilter, "clear-filter", "show all", "Show all lines again", &[Key::Char('c')], CONTEXT),
    row(C::MoreSevere, "more-severe", "level", "Only warnings and worse, only errors, only fatal",
        &[Key::Char('v')], CONTEXT),
    row(C::LessSevere, "less-severe", "level back", "A level less severe again, up to all levels",
        &[Key::Char('V')], CONTEXT),
    row(C::OnlyTemplate, "only-this", "only these", "Only lines like the one under the cursor",
        &[Key::Char('o')], CONTEXT),
    row(C::HideTemplate, "hide-this", "hide these", "Hide lines like the one under the cursor",
        &[Key::Char('x')], CONTEXT),
    row(C::Around, "around", "around", "Also show 3, then 10, then no lines around those that pass the filter",
        &[Key::Char('C')], CONTEXT),
    row(C::GoTo, "go-to", "go to", "Go to a time or a line: 14:02, -10m, 4711", &[Key::Char('@')], Anywhere),
    row(C::Bookmark, "bookmark", "bookmark", "Mark the line, with a name if you like; or take the mark away",
        &[Key::Char('b')], CONTEXT),
    row(C::NextBookmark, "next-bookmark", "next mark", "Next bookmark", &[Key::Char('}')], CONTEXT),
    row(C::PreviousBookmark, "previous-bookmark", "mark before", "Previous bookmark",
        &[Key::Char('{')], CONTEXT),
    row(C::Bookmarks, "bookmarks", "bookmarks", "All bookmarks", &[Key::Char('B')], Anywhere),
    row(C::Templates, "templates", "patterns", "The patterns of the lines: how many of each, since when",
        &[Key::Char('T')], Anywhere),
    row(C::Strip, "histogram", "histogram", "Walk the histogram: h and l move, Enter goes there, Esc leaves",
        &[Key::Char('H')], CONTEXT),
    row(C::StripIn, "histogram-in", "zoom in", "Zoom the histogram in", &[Key::Char('+'), Key::Char('=')], CONTEXT),
    row(C::StripOut, "histogram-out", "zoom out", "Zoom the histogram out", &[Key::Char('-')], CONTEXT),
    row(C::StripEarlier, "histogram-earlier", "earlier", "Move the histogram to earlier times",
        &[Key::Char('<')], CONTEXT),
    row(C::StripLater, "histogram-later", "later", "Move the histogram to later times",
        &[Key::Char('>')], CONTEXT),
    row(C::StripWhole, "histogram-all", "all times", "Show all times in the histogram",
        &[Key::Char('0')], CONTEXT),
    row(C::StripOff, "histogram-off", "histogram", "Put the histogram away, or back", &[], CONTEXT),
    row(C::ToggleWrap, "wrap", "wrap", "Wrap long lines, or cut them at the edge",
        &[Key::Char('W')], CONTEXT),
    row(C::Tick, "tick", "tick", "Tick or untick the step", &[Key::Char(' ')], CHECKLIST),
    row(C::AsExpected, "as-expected", "as expected", "The step's output was as expected (with a note)",
        &[Key::Char('e')], CHECKLIST),
    row(C::NotAsExpected, "not-as-expected", "unexpected", "The step's output was not as expected (with a note)",
        &[Key::Char('x')], CHECKLIST),
    row(C::Output, "output", "output", "Paste what the step's command printed: it is compared, and is evidence",
        &[Key::Char('o')], CHECKLIST),
    row(C::Skip, "skip", "skip", "Skip the step (with a note)", &[Key::Char('s')], CHECKLIST),
    row(C::ConfirmHypothesis, "confirm", "confirm", "Confirm the hypothesis (with a reason)",
        &[Key::Char('c')], HYPOTHESES),
    row(C::RuleOutHypothesis, "rule-out", "rule out", "Rule the hypothesis out (with a reason)",
        &[Key::Char('x')], HYPOTHESES),
    row(C::ReopenHypothesis, "reopen", "reopen", "Take the verdict on the hypothesis back",
        &[Key::Char('o')], HYPOTHESES),
    row(C::Copy, "copy", "copy", "Copy the command or the text under the cursor",
        &[Key::Char('y')], Anywhere),
    row(C::ShowText, "show-text", "plain text", "Show the text plainly, to select it with the terminal",
        &[Key::Char('Y')], Anywhere),
    row(C::AddNote, "note", "note", "Write a note into the timeline", &[Key::Char('a')], Anywhere),
    row(C::AddContext, "paste", "paste", "Paste or write context: chat, alerts, metrics",
        &[Key::Char('p')], Anywhere),
    row(C::Mitigations, "mitigations", "mitigate", "Mitigations with risk and rollback",
        &[Key::Char('m')], Anywhere),
    row(C::Impact, "impact", "impact", "Severity, summary and customer impact", &[Key::Char('i')], Anywhere),
    row(C::TimelineMore, "timeline-kinds", "show only", "Show only changes, only harm, only what people did, or everything",
        &[Key::Char('v')], TIMELINE),
    row(C::TimelineBack, "timeline-kinds-back", "show back", "The same the other way round", &[Key::Char('V')], TIMELINE),
    row(C::Replay, "replay", "as it was", "Look at the incident as it was at any moment", &[Key::Char('R')], Anywhere),
    row(C::OpenLogs, "open-logs", "open logs", "Open more logs: choose files, or write a path, cmd:… or journal:…",
        &[Key::Char('L')], Anywhere),
    row(C::Update, "update", "update", "Update for those who wait: copy it, and the time to the next one starts",
        &[Key::Char('U')], Anywhere),
    row(C::Handover, "hand-over", "hand over", "Card for whoever takes over: causes, what is unchecked, next step",
        &[Key::Char('D')], Anywhere),
    row(C::Editor, "editor", "in $EDITOR", "Write in $EDITOR: the text under way, the postmortem, or a new note",
        &[Key::F(4)], Anywhere),
    row(C::Undo, "undo", "undo", "Take back what you did last: a verdict, a tick, a note, a severity",
        &[Key::Char('u')], Anywhere),
    row(C::ForgetFilled, "forget-values", "forget", "Forget what was filled into commands: they ask again", &[], Anywhere),
    row(C::Postmortem, "postmortem", "postmortem", "Postmortem draft", &[Key::Char('P')], Anywhere),
    row(C::FollowUps, "follow-ups", "follow-ups", "Follow-ups", &[Key::Char('F')], Anywhere),
    row(C::Similar, "similar", "similar", "Similar past incidents", &[Key::Char('r')], Anywhere),
    row(C::OpenQuestions, "questions", "questions", "Contradictions, and what is missing to decide",
        &[Key::Char('w')], Anywhere),
    row(C::AskModel, "ask", "ask model", "Ask the model what it makes of this", &[Key::Char('t')], Anywhere),
    row(C::StopModel, "stop", "stop model", "End the call of the model, and keep what arrived", &[], Anywhere),
    row(C::Request, "request", "what leaves", "What leaves this host: the model's request, and what is masked in it",
        &[Key::Char('O')], Anywhere),
    row(C::Calls, "calls", "calls", "Calls of the model: why, how they ended, what they cost",
        &[Key::Char('$')], Anywhere),
    row(C::Thoughts, "thoughts", "thoughts", "What the model thinks aloud before it answers",
        &[Key::Char('M')], Anywhere),
    row(C::Incidents, "incidents", "incidents", "Past incidents, to resume one", &[Key::Char('I')], Anywhere),
    row(C::DeclareSev1, "sev1", "SEV1", "Declare SEV1", &[], Anywhere),
    row(C::DeclareSev2, "sev2", "SEV2", "Declare SEV2", &[], Anywhere),
    row(C::DeclareSev3, "sev3", "SEV3", "Declare SEV3", &[], Anywhere),
    row(C::DeclareSev4, "sev4", "SEV4", "Declare SEV4", &[], Anywhere),
    row(C::MarkMitigated, "mitigated", "mitigated", "Mark the incident mitigated", &[], Anywhere),
    row(C::MarkResolved, "resolved", "resolved", "Mark the incident resolved", &[], Anywhere),
    row(C::MarkOpen, "reopen-incident", "reopen", "Reopen the incident", &[], Anywhere),
    row(C::Palette, "palette", "commands", "All commands, found by a few letters",
        &[Key::Char(':'), Key::Ctrl('p')], Anywhere),
    row(C::Help, "help", "help", "Keys and what they do", &[Key::Char('?'), Key::F(1)], Anywhere),
    row(C::NextTheme, "theme", "theme", "Switch to the next theme", &[Key::F(3)], Anywhere),
    row(C::ToggleMouse, "mouse", "mouse", "Mouse on or off; off, the terminal selects text with it", &[Key::F(2)], Anywhere),
    row(C::Picture, "picture", "picture", "Save a picture of the screen (SVG)", &[], Anywhere),
    row(C::Redraw, "redraw", "redraw", "Draw the screen anew", &[Key::Ctrl('l')], Anywhere),
    row(C::Suspend, "suspend", "suspend", "Back to the shell; fg returns", &[Key::Ctrl('z')], Anywhere),
    row(C::Interrupt, "interrupt", "interrupt", "Press twice to quit", &[Key::Ctrl('c')], Anywhere),
    row(C::Quit, "quit", "quit", "Quit; the incident is kept, resume returns to it",
        &[Key::Char('q')], Anywhere),
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
                if matches!(info.scope, Anywhere) || info.scope == Scope::In(pane) {
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
