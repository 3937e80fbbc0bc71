//! Where the cockpit cannot run it says so before it touches anything; tiny and plain terminals it can.

use crate::support::home::Home;
use crate::support::tmux::{Terminal, poll};

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_terminal_that_cannot_place_text_is_refused_untouched() {
    let home = Home::new();
    let log = home.write("app.log", super::failing_log());
    let terminal = Terminal::open(&home, 100, 20);
    terminal.line(&format!("TERM=dumb {} {}; echo code $?", env!("CARGO_BIN_EXE_sevdeck"), log.display()));
    let screen = terminal.wait_for("code 2");
    assert!(screen.contains("TERM") && screen.contains("sevdeck triage"), "{screen}");
    assert_eq!(terminal.format("alternate_on"), "0");
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn keys_work_while_the_log_comes_from_a_pipe() {
    let home = Home::new();
    home.write("app.log", super::failing_log());
    let terminal = Terminal::open(&home, 100, 30);
    terminal.line(&format!("cat app.log | {} -", env!("CARGO_BIN_EXE_sevdeck")));
    terminal.wait("the cockpit", |screen| screen.contains("stdin") && screen.contains("connection refused"));
    terminal.text("q");
    poll("the shell", || terminal.format("alternate_on") == "0", || terminal.screen());
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn twenty_columns_and_five_rows_are_enough_to_see_and_to_leave() {
    let home = Home::new();
    let log = home.write("app.log", super::failing_log());
    let terminal = Terminal::open(&home, 20, 5);
    terminal.sevdeck(&log.display().to_string());
    poll("the cockpit", || terminal.format("alternate_on") == "1", || terminal.screen());
    terminal.wait("something to read", |screen| !screen.trim().is_empty());
    terminal.tmux(&["resize-window", "-t", "t", "-x", "100", "-y", "30"]);
    terminal.wait_for("Hypotheses");
    terminal.tmux(&["resize-window", "-t", "t", "-x", "20", "-y", "5"]);
    terminal.text("q");
    poll("the shell", || terminal.format("alternate_on") == "0", || terminal.screen());
}
