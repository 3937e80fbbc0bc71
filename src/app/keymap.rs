//! Key and focus -> command: the keys of the table of commands, and what a person's own file changes of them.

use toml::de::{DeTable, DeValue};

use crate::app::command::{COMMANDS, Command, CommandInfo, Scope};
use crate::app::key::Key;
use crate::app::ui::Pane;

/// Keys that mean the same for everybody, so that there is always a way out.
const FIXED: [Key; 2] = [Key::Ctrl('c'), Key::Esc];
/// Keys that a terminal, tmux or screen takes for itself.
const TAKEN: [(Key, &str); 4] = [
    (Key::Ctrl('s'), "stops the terminal's output"),
    (Key::Ctrl('q'), "starts the terminal's output again"),
    (Key::Ctrl('b'), "is tmux's own key"),
    (Key::Ctrl('a'), "is screen's own key"),
];

/// Which keys mean which command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    /// Commands whose keys differ from the table.
    own: Vec<(Command, Vec<Key>)>,
}

impl Keymap {
    /// The keys of a command; the first is the one shown.
    pub fn keys(&self, command: Command) -> &[Key] {
        let own = self.own.iter().find(|(known, _)| *known == command);
        own.map_or_else(|| command.info().keys, |(_, keys)| keys)
    }

    /// The command a key means while `pane` has the focus; a key of the pane wins over a general one.
    pub fn command(&self, key: Key, pane: Pane) -> Option<Command> {
        let bound = |scope: Scope| {
            let here = COMMANDS.iter().filter(|info| info.scope == scope);
            here.map(|info| info.command).find(|command| self.keys(*command).contains(&key))
        };
        bound(Scope::In(pane)).or_else(|| bound(Scope::Anywhere))
    }

    /// Whether the key means something in any pane.
    pub fn knows(&self, key: Key) -> bool {
        COMMANDS.iter().any(|info| self.keys(info.command).contains(&key))
    }

    /// Reads a file of keys, `command = "key"` or `command = ["key", "key"]`, an empty list for none; and what is wrong
    /// with it, with the lines. What is wrong is passed over.
    pub fn read(text: &str) -> (Self, Vec<(usize, String)>) {
        let mut reading = Reading { text, map: Self::default(), lines: Vec::new(), problems: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => {
                for (name, value) in table.get_ref() {
                    reading.row(name.get_ref(), name.span().start, value.get_ref());
                }
                reading.clashes();
            }
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reading.problem(at, format!("{}; the keys are the usual ones", error.message().trim()));
            }
        }
        (reading.map, reading.problems)
    }

    fn set(&mut self, command: Command, keys: Vec<Key>) {
        self.own.retain(|(known, _)| *known != command);
        self.own.push((command, keys));
    }
}

/// A file of keys being read.
struct Reading<'a> {
    text: &'a str,
    map: Keymap,
    /// Where the file speaks of a command: bytes from its beginning.
    lines: Vec<(Command, usize)>,
    problems: Vec<(usize, String)>,
}

impl Reading<'_> {
    fn problem(&mut self, at: usize, text: String) {
        let before = self.text.get(..at).unwrap_or(self.text);
        self.problems.push((before.matches('\n').count() + 1, text));
    }

    fn row(&mut self, name: &str, at: usize, value: &DeValue<'_>) {
        let Some(info) = COMMANDS.iter().find(|info| info.name == name) else {
            let near = nearest(name).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
            return self.problem(at, format!("no command is called {name:?}{near}; sevdeck keys lists them"));
        };
        let words: Option<Vec<&str>> = match value {
            DeValue::String(word) => Some(vec![word.as_ref()]),
            DeValue::Array(words) => words.iter().map(|word| word.get_ref().as_str()).collect(),
            _ => None,
        };
        let Some(words) = words else {
            return self
                .problem(at, format!("{name} must be a key or a list of keys, as in [\"x\", \"F5\"]"));
        };
        let mut keys = Vec::new();
        for word in words {
            match word.parse::<Key>() {
                Ok(key) if FIXED.contains(&key) => {
                    self.problem(
                        at,
                        format!("{name}: {key} means the same for everybody; it is passed over"),
                    );
                }
                Ok(key) => {
                    if let Some((_, why)) = TAKEN.iter().find(|(taken, _)| *taken == key) {
                        self.problem(at, format!("{name}: {key} {why}, and may never arrive"));
                    }
                    keys.push(key);
                }
                Err(()) => self.problem(
                    at,
                    format!(
                        "{name}: {word:?} is no key; keys are x, Ctrl-x, Alt-x, F5, Enter, PgUp, Space …"
                    ),
                ),
            }
        }
        keys.extend(FIXED.into_iter().filter(|fixed| info.keys.contains(fixed)));
        self.lines.push((info.command, at));
        self.map.set(info.command, keys);
    }

    /// A key means one command in one place: what the file says wins over the table, what it says first over the rest.
    fn clashes(&mut self) {
        for (number, (command, at)) in self.lines.clone().into_iter().enumerate() {
            let info = command.info();
            for key in self.map.keys(command).to_vec() {
                for other in COMMANDS.iter().filter(|other| other.command != command) {
                    if !self.map.keys(other.command).contains(&key) {
                        continue;
                    }
                    let later = self.lines.iter().position(|(known, _)| *known == other.command);
                    match (other.scope == info.scope, later) {
                        (true, Some(later)) if later < number => {}
                        (true, _) => {
                            let mut left = self.map.keys(other.command).to_vec();
                            left.retain(|one| *one != key);
                            self.map.set(other.command, left);
                            self.problem(at, format!("{key} is {} now; {} loses it", info.name, other.name));
                        }
                        (false, _) if info.scope == Scope::Anywhere => {
                            self.problem(
                                at,
                                format!(
                                    "{key} is {}, but {} where that pane has the keys",
                                    info.name, other.name
                                ),
                            );
                        }
                        (false, _) => {}
                    }
                }
            }
        }
    }
}

/// The name of a command that is written almost like `name`.
fn nearest(name: &str) -> Option<&'static str> {
    let near = COMMANDS.iter().map(|info| (distance(name, info.name), info.name)).min()?;
    (near.0 <= 2 || near.0 * 3 <= name.len()).then_some(near.1)
}

/// Letters to change, add or take away to make one word of the other (Levenshtein 1965).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[other.len()]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_keys_and_the_rest_stays() {
        let (map, problems) = Keymap::read("zoom = [\"F5\", \"X\"]\nquit = []\n");
        assert_eq!(problems, []);
        assert_eq!(map.command(Key::F(5), Pane::Timeline), Some(Command::Zoom));
        assert_eq!(map.command(Key::Char('z'), Pane::Timeline), None);
        assert_eq!(map.command(Key::Char('q'), Pane::Timeline), None);
        assert_eq!(map.command(Key::Char('j'), Pane::Timeline), Some(Command::Down));
        assert_eq!(map.keys(Command::Zoom), [Key::F(5), Key::Char('X')]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_passed_over() {
        let text =
            "# mine\nzom = \"F5\"\nhelp = 3\nnote = \"Strg-x\"\nquit = \"Ctrl-c\"\nimpact = \"Ctrl-b\"\n";
        let (map, problems) = Keymap::read(text);
        let lines: Vec<usize> = problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines.iter().sum::<usize>(), 2 + 3 + 4 + 5 + 6, "{problems:?}");
        assert!(problems.iter().any(|(line, text)| *line == 2 && text.contains("did you mean zoom?")));
        assert_eq!(map.command(Key::Char('?'), Pane::Context), Some(Command::Help));
        let (map, problems) = Keymap::read("zoom = ");
        assert_eq!((map, problems.len()), (Keymap::default(), 1));
    }

    #[test]
    fn a_key_means_one_thing_in_one_place_and_conflicts_are_said() {
        let (map, problems) = Keymap::read("impact = \"a\"\nmitigations = \"a\"\n");
        assert_eq!(map.command(Key::Char('a'), Pane::Timeline), Some(Command::Impact));
        assert!(!map.keys(Command::AddNote).contains(&Key::Char('a')));
        assert!(!map.keys(Command::Mitigations).contains(&Key::Char('a')));
        assert_eq!(problems.len(), 2, "{problems:?}");
        let (_, problems) = Keymap::read("impact = \"b\"\n");
        assert!(problems[0].1.contains("bookmark where that pane"), "{problems:?}");
        for pane in Pane::ALL {
            for info in COMMANDS {
                for key in map.keys(info.command) {
                    assert!(map.command(*key, pane).is_some() || info.scope != Scope::In(pane));
                }
            }
        }
    }
}
