//! Every way out leaves the terminal as it was found.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::home::Home;
use crate::support::tmux::{PATIENCE, Terminal, is_alive, poll, poll_for, signal};
use crate::terminal::{cockpit, note};
use sevdeck::tui::terminal::Dialect;

/// The modes of a terminal that a shell can be used in, as `stty` and tmux tell them.
fn modes(terminal: &Terminal) -> String {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let end = format!("end of answer {}", ASKED.fetch_add(1, Ordering::Relaxed));
    terminal.line(&format!("clear; stty -a | tail -n +2; echo '{end}'"));
    let screen = terminal.wait(&end, |screen| screen.lines().any(|line| line.trim() == end));
    let settings: Vec<&str> = screen.lines().take_while(|line| line.trim() != end).collect();
    let flags = ["alternate_on", "cursor_flag", "mouse_any_flag", "keypad_cursor_flag", "keypad_flag"];
    let flags: Vec<String> = flags.iter().map(|flag| format!("{flag}={}", terminal.format(flag))).collect();
    format!("{}\n{}", settings.join("\n"), flags.join(" "))
}

fn leaves_sane(leave: impl Fn(&Terminal)) {
    let home = Home::new();
    let terminal = Terminal::open(&home, 100, 60);
    let before = modes(&terminal);
    terminal.line("clear; echo before");
    terminal.wait_for("before");
    let log = home.write("app.log", super::failing_log());
    terminal.sevdeck(&log.display().to_string());
    terminal.wait("the cockpit", |screen| screen.contains("Hypotheses") && screen.contains("app.log"));
    assert_eq!(terminal.format("alternate_on"), "1");
    let program = terminal.child();
    leave(&terminal);
    // What is typed before the program is gone may be its input, and lost.
    poll("the end", || !is_alive(program), || terminal.screen());
    poll("the shell's screen", || terminal.format("alternate_on") == "0", || terminal.screen());
    let screen = terminal.wait("the prompt", |screen| screen.trim_end().ends_with('$'));
    assert!(screen.contains("before"), "what was on the screen is there again:\n{screen}");
    assert_eq!(modes(&terminal), before);
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn by_the_key_for_it() {
    leaves_sane(|terminal| terminal.text("q"));
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn by_two_interrupts_and_not_by_one() {
    leaves_sane(|terminal| {
        terminal.keys(&["C-c"]);
        terminal.wait_for("Ctrl-C again");
        assert_eq!(terminal.format("alternate_on"), "1");
        terminal.keys(&["C-c"]);
    });
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn by_a_signal() {
    for name in ["TERM", "HUP"] {
        leaves_sane(|terminal| terminal.signal(name));
    }
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn for_a_while_and_back_again() {
    let home = Home::new();
    let terminal = cockpit(&home, 100, 60);
    let program = terminal.child();
    terminal.keys(&["C-z"]);
    poll("the shell's screen", || terminal.format("alternate_on") == "0", || terminal.screen());
    assert!(is_alive(program));
    let stopped = modes(&terminal);
    assert!(stopped.contains("icanon") && !stopped.contains("-icanon"), "{stopped}");
    assert!(stopped.contains("cursor_flag=1"), "{stopped}");
    terminal.line("fg");
    poll("the cockpit's screen", || terminal.format("alternate_on") == "1", || terminal.screen());
    terminal.wait_for("Hypotheses");
    terminal.text("q");
    poll("the end", || !is_alive(program), || terminal.screen());
    assert_eq!(modes(&terminal), stopped);
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_terminal_that_vanishes_ends_the_program() {
    let home = Home::new();
    let terminal = cockpit(&home, 100, 30);
    let program = terminal.child();
    drop(terminal);
    poll("the end of the program", || !is_alive(program), String::new);
}

/// A shell that ignores hang-ups (nohup) hands that on; the program has to notice by itself.
#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_terminal_that_vanishes_ends_the_program_also_when_the_signal_is_ignored() {
    let home = Home::new();
    let log = home.write("app.log", super::failing_log());
    let terminal = Terminal::open(&home, 100, 30);
    terminal.line("trap '' HUP");
    terminal.sevdeck(&log.display().to_string());
    terminal.wait_for("Hypotheses");
    let program = terminal.child();
    drop(terminal);
    poll_for(PATIENCE, "the end of the program", || !is_alive(program), String::new);
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn by_a_panic() {
    let home = Home::new();
    let terminal = Terminal::open(&home, 160, 60);
    let before = modes(&terminal);
    let program = std::env::current_exe().unwrap();
    let test = "terminal::leave::panic_with_the_terminal_entered";
    terminal
        .line(&format!("SEVDECK_TEST_PANIC=1 {} --ignored --exact {test} --nocapture", program.display()));
    terminal.wait("the panic's message", |screen| screen.contains("something unforeseen"));
    assert_eq!(terminal.format("alternate_on"), "0");
    terminal.wait("the prompt", |screen| screen.trim_end().ends_with('$'));
    assert_eq!(modes(&terminal), before);
}

/// Run by the test above, in a terminal of its own; by itself it does nothing.
#[test]
#[ignore = "run by another test"]
fn panic_with_the_terminal_entered() {
    if std::env::var_os("SEVDECK_TEST_PANIC").is_some()
        && sevdeck::tui::terminal::check(std::env::var("TERM").ok().as_deref()).is_ok()
    {
        let _terminal = sevdeck::tui::terminal::Terminal::enter(Dialect::MODERN).unwrap();
        panic!("something unforeseen");
    }
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_kill_is_the_one_way_that_cannot_and_the_store_is_free_at_once() {
    let home = Home::new();
    let terminal = cockpit(&home, 100, 30);
    note(&terminal, "kept");
    let program = terminal.child();
    signal(program, "KILL");
    poll("the end of the program", || !is_alive(program), String::new);
    let run = home.run(["incidents"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
}
