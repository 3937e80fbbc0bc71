//! Terminals by their names in `TERM`: each is sent only what it understands, and is left as it was found.

use std::collections::BTreeSet;

use crate::support::home::Home;
use crate::support::tmux::{Terminal, poll};
use crate::terminal::failing_log;

/// Escape sequences in bytes, each without its numbers: `CSI ? h`, `OSC`, and the private modes that are set.
fn sequences(bytes: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == 0x1b) {
        rest = &rest[at + 1..];
        match rest.first() {
            Some(b'[') => {
                let end = rest.iter().skip(1).position(|byte| (0x40..=0x7e).contains(byte)).unwrap_or(0) + 1;
                let inner = String::from_utf8_lossy(&rest[1..=end.min(rest.len() - 1)]).into_owned();
                let plain: String = match inner.strip_prefix('?') {
                    // Which mode matters, and so does which attribute.
                    Some(mode) => format!("?{mode}"),
                    None if inner.ends_with('m') => "m".to_owned(),
                    None => inner.chars().filter(|c| !c.is_ascii_digit() && *c != ';').collect(),
                };
                for number in inner.trim_end_matches('m').split(';').filter(|_| plain == "m") {
                    found.insert(format!("m {number}"));
                }
                found.insert(plain);
            }
            Some(other) => {
                found.insert(format!("ESC {}", char::from(*other)));
            }
            None => {}
        }
    }
    found
}

/// All that the program writes from its start to its end in a terminal called so.
fn session(term: &str) -> (Vec<u8>, String) {
    let home = Home::new();
    let log = home.write("app.log", failing_log());
    let terminal = Terminal::open(&home, 80, 24);
    let raw = home.path("raw");
    let start = format!("TERM={term} {} {}", env!("CARGO_BIN_EXE_sevdeck"), log.display());
    terminal.line("clear");
    terminal.wait("a clear screen", |screen| screen.trim() == "$");
    terminal.tmux(&["pipe-pane", "-t", "t", &format!("cat > {}", raw.display())]);
    terminal.line(&start);
    let screen = terminal.wait_for("refuses connections");
    terminal.text("3jz?");
    terminal.wait_for("Everywhere");
    terminal.keys(&["Escape"]);
    terminal.wait("the pane", |screen| !screen.contains("Everywhere"));
    terminal.text("q");
    terminal.wait_for("Kept as");
    terminal.wait("the prompt", |screen| screen.trim_end().ends_with('$'));
    assert_eq!(terminal.format("alternate_on"), "0", "{term}");
    assert_eq!(terminal.format("cursor_flag"), "1", "{term}");
    terminal.tmux(&["pipe-pane", "-t", "t"]);
    poll(
        "the record",
        || std::fs::read(&raw).is_ok_and(|bytes| bytes.ends_with(b"$ ")),
        || terminal.screen(),
    );
    let bytes = std::fs::read(&raw).unwrap();
    // From what is typed at the prompt on nothing is the program's.
    let begin = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    (bytes[begin..].to_vec(), screen)
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn an_old_terminal_gets_nothing_that_it_does_not_know() {
    // Cursor, wiping, attributes: what a VT100 knows (its user guide, chapter 3).
    let vt100 = ["H", "J", "K", "C", "m", "m ", "m 0", "m 1", "m 4", "m 7"];
    for (term, known, private) in
        [("vt100", &vt100[..], &[][..]), ("linux", &vt100[..], &["?25l", "?25h"][..])]
    {
        let (bytes, screen) = session(term);
        let found = sequences(&bytes);
        let colour = |one: &str| {
            let number = one.strip_prefix("m ").and_then(|number| number.parse::<u16>().ok());
            term == "linux"
                && number.is_some_and(|number| matches!(number, 30..=37 | 40..=47 | 90..=97 | 100..=107))
        };
        let unknown: Vec<&String> = found
            .iter()
            .filter(|one| !known.contains(&one.as_str()) && !private.contains(&one.as_str()) && !colour(one))
            .collect();
        assert!(unknown.is_empty(), "{term}: {unknown:?} of {found:?}");
        assert!(screen.is_ascii(), "{term} has no other signs:\n{screen}");
    }
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn todays_terminals_get_whole_frames_and_are_left_without_modes() {
    for (term, asked) in [("xterm-256color", true), ("screen", false), ("tmux-256color", true)] {
        let (bytes, screen) = session(term);
        let found = sequences(&bytes);
        for mode in ["1049", "2004", "1004", "2026"] {
            for state in ["h", "l"] {
                assert!(found.contains(&format!("?{mode}{state}")), "{term}: ?{mode}{state} in {found:?}");
            }
        }
        assert_eq!(found.contains("ESC ]"), asked, "{term}: {found:?}");
        assert!(screen.contains('─'), "{term}:\n{screen}");
        // Numbers that only terminals with so many colours know.
        assert!(!found.contains("m 38"), "{term}: the terminal's own 16 colours do: {found:?}");
    }
}
