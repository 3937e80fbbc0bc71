//! Lines that try to drive the terminal change nothing outside their cells.

use std::fmt::Write;

use crate::support::home::Home;
use crate::support::tmux::Terminal;

/// Each tries something else: clipboard, titles, clearing, cursor, modes, colours, C1, bidi, device queries.
const LINES: [&str; 12] = [
    "\u{1b}]52;c;aGFja2Vk\u{7}clipboard",
    "\u{1b}]0;owned title\u{7}title",
    "\u{1b}]2;owned title\u{1b}\\title again",
    "\u{1b}[2J\u{1b}[Hcleared",
    "\u{1b}[10;10Hjumped",
    "\u{1b}[?1049lleft the screen",
    "\u{1b}[?25hcursor \u{1b}[?1000hmouse \u{1b}[?2004lpaste",
    "\u{1b}[31;44;5mcolours",
    "\u{9b}2J\u{9d}0;c1 title\u{9c}c1",
    "\u{202e}desrever\u{202c} \u{2066}isolated",
    "\u{1b}c\u{1b}[!preset \r\u{8}\u{8}\u{8}overwritten",
    "\u{1b}P+q544e\u{1b}\\\u{1b}[c\u{1b}[6nqueries",
];

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_hostile_line_stays_in_its_cells() {
    let home = Home::new();
    let mut text = String::new();
    for (second, line) in LINES.iter().enumerate() {
        let _ = writeln!(text, "2026-03-01T14:02:{second:02}Z ERROR {line}");
    }
    text.push_str("2026-03-01T14:03:00Z ERROR the last line\n");
    let log = home.write("hostile.log", text);
    let terminal = Terminal::open(&home, 120, 40);
    terminal.tmux(&["set-option", "-g", "set-clipboard", "on"]);
    terminal.tmux(&["select-pane", "-T", "untouched"]);
    terminal.sevdeck(&log.display().to_string());
    terminal.wait_for("the last line");
    terminal.text("1z");
    let screen = terminal.wait("the lines", |screen| {
        ["clipboard", "title again", "cleared", "jumped", "colours", "queries"]
            .iter()
            .all(|word| screen.contains(word))
    });
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{9b}') && !screen.contains('\u{202e}'));
    assert_eq!(terminal.format("pane_title"), "untouched");
    assert_eq!(terminal.format("alternate_on"), "1");
    assert_eq!(terminal.format("mouse_any_flag"), "0");
    assert_eq!(terminal.tmux(&["list-buffers"]), "", "nothing reached the clipboard");
    let colours = terminal.colours();
    let line = colours.lines().find(|line| line.contains("colours")).unwrap();
    assert!(!line.contains("31;44;5m") && !line.contains("\u{1b}[5m"), "colours are left out: {line:?}");
    terminal.text("q");
    terminal.wait("the shell", |_| terminal.format("alternate_on") == "0");
    assert_eq!(terminal.format("pane_title"), "untouched");
}
