//! A text written in the person's own editor: it has the keys and the screen to itself, and both come back.

use crate::support::home::Home;
use crate::support::tmux::poll;
use crate::terminal::{cockpit_with, saved};

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn the_editor_gets_every_key_and_the_text_comes_back() {
    let home = Home::new();
    // An editor that says it is there and writes the line it is given behind what it finds.
    let script = "#!/bin/sh\necho the editor has it\nread line\nbefore=$(cat \"$1\")\necho \"$before $line\" > \"$1\"\n";
    let editor = home.write("editor", script);
    let terminal = cockpit_with(&home, 100, 30, &format!("export EDITOR='sh {}'", editor.display()));
    terminal.text("a");
    terminal.wait_for("Note");
    terminal.text("begun here,");
    terminal.keys(&["F4"]);
    terminal.wait_for("the editor has it");
    assert_eq!(terminal.format("alternate_on"), "0");
    terminal.line("gone on there: q?:jk");
    poll("the cockpit", || terminal.format("alternate_on") == "1", || terminal.screen());
    // Every key went there, none to the cockpit.
    terminal.wait("both parts", |screen| {
        screen.contains("begun here, gone on there: q?:jk") && screen.contains("Ctrl-d keeps it")
    });
    terminal.keys(&["C-d"]);
    saved(&terminal, "gone on there");
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn an_editor_that_fails_or_is_missing_is_said_in_a_line() {
    for (editor, said) in [("false", "the text is as it was"), ("no-such-editor", "not found")] {
        let home = Home::new();
        let terminal = cockpit_with(&home, 100, 30, &format!("export EDITOR={editor}"));
        terminal.text("a");
        terminal.wait_for("Note");
        terminal.text("not lost");
        terminal.keys(&["F4"]);
        terminal.wait_for(said);
        poll("the cockpit", || terminal.format("alternate_on") == "1", || terminal.screen());
        terminal.wait_for("not lost");
        terminal.keys(&["C-d"]);
        saved(&terminal, "not lost");
    }
}
