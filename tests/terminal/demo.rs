//! The first minutes of somebody who has just cloned this: the demo, all the way to resuming it.

use crate::support::home::Home;
use crate::support::tmux::{Terminal, poll};
use crate::terminal::note;

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn the_shipped_incident_is_found_worked_on_left_and_resumed() {
    let home = Home::new();
    let terminal = Terminal::open(&home, 140, 45);
    terminal.sevdeck("demo --speed 4");
    let found = |screen: &str| {
        screen.contains("connections are exhausted") && screen.contains("too many clients") && screen.contains('✓')
    };
    terminal.wait("the cause, with evidence that was checked", found);

    terminal.text("3 ");
    terminal.wait("the tick", |screen| screen.contains("1 of "));
    terminal.text("y");
    terminal.wait("the answer of the clipboard", |screen| screen.contains("ent to tmux"));
    let copied = terminal.tmux(&["show-buffer"]);
    assert!(copied.contains("pg_stat_activity") && !copied.ends_with('\n'), "{copied:?}");

    terminal.text("2j");
    terminal.keys(&["Enter"]);
    terminal.wait("the cited line", |screen| {
        let context: Vec<&str> = screen.lines().filter_map(|line| line.split('│').next()).collect();
        !screen.contains("following") && context.iter().any(|line| line.contains("too many clients"))
    });
    note(&terminal, "disabled the settlement batch");
    terminal.text("q");
    let screen = terminal.wait_for("Kept as");
    let id = screen.split("Kept as ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    assert_eq!(terminal.format("alternate_on"), "0");

    let listed = home.run(["incidents"]);
    assert!(listed.out.contains(&id) && listed.out.contains("payment-svc"), "{listed:?}");
    terminal.sevdeck("resume");
    poll("the cockpit", || terminal.format("alternate_on") == "1", || terminal.screen());
    terminal.wait("everything as it was", |screen| {
        screen.contains("disabled the settlement batch") && screen.contains("1 of ") && found(screen)
    });
}
