//! Light letters on dark, dark letters on light: the terminal is asked, and its answer is never taken for keys.

use crate::support::home::Home;
use crate::support::tmux::{Terminal, poll};

/// A cockpit in a terminal of all colours; the theme for a light ground uses those beyond the terminal's own 16.
fn cockpit(home: &Home, prepare: &str) -> Terminal {
    let log = home.write("app.log", super::failing_log());
    let terminal = Terminal::open(home, 100, 30);
    terminal.line(&format!("export COLORTERM=truecolor TERM=xterm-256color {prepare}"));
    terminal.tmux(&[
        "set-option",
        "-g",
        "window-style",
        if prepare.is_empty() { "default" } else { "bg=#fdf6e3" },
    ]);
    terminal.sevdeck(&log.display().to_string());
    terminal.wait_for("refuses connections");
    terminal
}

fn is_light(terminal: &Terminal) -> bool {
    terminal.colours().contains("38;2;")
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_terminal_that_says_it_is_light_gets_dark_letters() {
    let home = Home::new();
    let terminal = cockpit(&home, "COLORFGBG=15;0");
    poll("the theme for a light ground", || is_light(&terminal), || terminal.colours());
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn an_answer_that_comes_late_is_understood_and_is_no_key() {
    let home = Home::new();
    let terminal = cockpit(&home, "");
    assert!(!is_light(&terminal), "nothing was answered");
    terminal.text("3");
    let before = terminal.wait_for("━ 3 Checklist");
    let answer: Vec<String> =
        "\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\".bytes().map(|byte| format!("{byte:02x}")).collect();
    let bytes: Vec<&str> = answer.iter().map(String::as_str).collect();
    terminal.tmux(&[&["send-keys", "-t", "t", "-H"][..], &bytes].concat());
    poll("the theme for a light ground", || is_light(&terminal), || terminal.colours());
    // Its `1` would go to a pane, its `b` or `:` would open something.
    let after = terminal.wait_for("━ 3 Checklist");
    assert_eq!(before.lines().count(), after.lines().count());
    assert!(!after.contains("Commands") && !after.contains("Bookmark"), "{after}");
    terminal.text("q");
    terminal.wait_for("Kept as");
}
