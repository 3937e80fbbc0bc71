//! Where it is used: over ssh, in tmux inside tmux, on the connection that breaks.

use crate::support::home::Home;
use crate::support::sshd::Sshd;
use crate::support::tmux::{Terminal, is_alive, poll};
use crate::terminal::{failing_log, note};

/// A terminal of this size, logged in.
fn logged_in(home: &Home, server: &Sshd, columns: u16, rows: u16, variables: &str) -> Terminal {
    let terminal = Terminal::open(home, columns, rows);
    // It lets programs set its clipboard, as terminals do.
    terminal.tmux(&["set-option", "-g", "set-clipboard", "on"]);
    login(&terminal, home, server, variables);
    terminal
}

fn login(terminal: &Terminal, home: &Home, server: &Sshd, variables: &str) {
    terminal.line(&server.login(home, "far>", variables));
    terminal.wait("the far prompt", |screen| screen.trim_end().ends_with("far>"));
}

/// Copies the command of the first step and answers what the terminal's clipboard holds then.
fn copied(terminal: &Terminal, home: &Home) -> (String, String) {
    terminal.text("3y");
    terminal.wait("the answer of the clipboard", |screen| screen.contains("ent to"));
    poll("the clipboard", || !terminal.tmux(&["list-buffers"]).is_empty(), || terminal.screen());
    let kept = home.path(".local/state/sevdeck/last-copy");
    poll("the file of the last copy", || kept.exists(), || terminal.screen());
    (terminal.tmux(&["show-buffer"]), std::fs::read_to_string(kept).unwrap())
}

#[test]
#[ignore = "needs tmux and sshd: .ci/run installs them"]
fn the_demo_is_worked_on_and_a_command_reaches_the_clipboard_of_the_terminal_at_home() {
    let home = Home::new();
    let server = Sshd::start(&home);
    let terminal = logged_in(&home, &server, 80, 24, "");
    terminal.sevdeck("demo --speed 4");
    let screen = terminal.wait("the cause", |screen| screen.contains("connections are exhausted"));
    assert!(screen.lines().all(|line| line.chars().count() <= 80) && screen.lines().count() <= 24);
    let (copied, kept) = copied(&terminal, &home);
    assert!(copied.contains("pg_stat_activity"), "{copied:?}");
    assert_eq!(copied, kept, "exactly the command");
    terminal.text("q");
    terminal.wait_for("Kept as");
}

#[test]
#[ignore = "needs tmux and sshd: .ci/run installs them"]
fn a_connection_that_breaks_loses_nothing_and_resume_goes_on_in_another_window() {
    for (name, cut) in [
        ("the client is gone", (|terminal, _| Terminal::signal(terminal, "KILL")) as fn(&Terminal, &Sshd)),
        ("the server is gone", |_, server| server.drop_sessions()),
    ] {
        let home = Home::new();
        let server = Sshd::start(&home);
        let log = home.write("app.log", failing_log());
        let terminal = logged_in(&home, &server, 120, 36, "");
        terminal.sevdeck(&log.display().to_string());
        terminal.wait_for("refuses connections");
        note(&terminal, "written before the line broke");
        terminal.text("a");
        terminal.wait_for("Note");
        terminal.text("half a thought");
        terminal.wait_for("half a thought");
        let program = server.process("sevdeck").unwrap();
        cut(&terminal, &server);
        poll(name, || !is_alive(program), || terminal.screen());
        drop(terminal);

        let terminal = logged_in(&home, &server, 80, 24, "");
        terminal.sevdeck("resume");
        terminal.wait_for("refuses connections");
        terminal.text("4");
        terminal.wait_for("written before the line broke");
        terminal.text("a");
        terminal.wait("the unfinished note", |screen| screen.contains("half a thought"));
        terminal.keys(&["C-d"]);
        terminal.wait_for("half a thought");
    }
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn from_tmux_inside_tmux_a_command_reaches_the_outer_clipboard() {
    let home = Home::new();
    let log = home.write("app.log", failing_log());
    let outer = Terminal::open(&home, 100, 30);
    outer.tmux(&["set-option", "-g", "set-clipboard", "on"]);
    let inner = home.path("inner");
    // The inner one is as it comes; somebody who nests them has to take TMUX away.
    let start =
        format!("env -u TMUX TERM=tmux-256color tmux -S {} -f /dev/null new-session sh", inner.display());
    outer.line(&start);
    outer.wait("the inner one", |screen| screen.lines().last().is_some_and(|line| line.contains("[0]")));
    outer.sevdeck(&log.display().to_string());
    outer.wait_for("refuses connections");
    let (copied, kept) = copied(&outer, &home);
    assert_eq!(copied, kept, "exactly the command");
    outer.text("q");
    outer.wait_for("Kept as");
    outer.line("exit");
}

#[test]
#[ignore = "needs tmux and sshd: .ci/run installs them"]
fn over_ssh_from_inside_tmux_to_tmux_there_a_command_comes_home() {
    let home = Home::new();
    let server = Sshd::start(&home);
    let log = home.write("app.log", failing_log());
    let terminal = logged_in(&home, &server, 100, 30, "");
    terminal.line(&format!("tmux -S {} -f /dev/null new-session sh", home.path("far").display()));
    terminal.wait("the far one", |screen| screen.lines().last().is_some_and(|line| line.contains("[0]")));
    terminal.sevdeck(&log.display().to_string());
    terminal.wait_for("refuses connections");
    let (copied, kept) = copied(&terminal, &home);
    assert_eq!(copied, kept, "exactly the command");
    terminal.text("q");
    terminal.wait_for("Kept as");
    terminal.line("exit");
}

#[test]
#[ignore = "needs tmux and sshd: .ci/run installs them"]
fn a_locale_without_signs_gets_ascii() {
    let home = Home::new();
    let server = Sshd::start(&home);
    let log = home.write("app.log", failing_log());
    let terminal = logged_in(&home, &server, 80, 24, "LANG=C");
    terminal.sevdeck(&log.display().to_string());
    let screen = terminal.wait_for("refuses connections");
    assert!(screen.is_ascii(), "{screen}");
}
