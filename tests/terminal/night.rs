//! A night in a real terminal: started without knowing how, logs chosen, a command filled in and copied, an update sent, handed
//! over, looked back.

use crate::support::home::Home;
use crate::support::tmux::{Terminal, poll};
use crate::terminal::{failing_log, note};

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn from_the_first_start_to_the_hand_over() {
    let home = Home::new();
    home.write("app.log", failing_log());
    let terminal = Terminal::open(&home, 120, 36);
    terminal.sevdeck("");
    terminal.wait("the ways to begin", |screen| {
        screen.contains("Where to begin?") && screen.contains("found here") && screen.contains("1 Look")
    });
    terminal.text("o");
    terminal.wait_for("app.log");
    terminal.text("app.log");
    terminal.keys(&["Enter"]);
    terminal.wait("a cause", |screen| screen.contains("refuses connections"));
    note(&terminal, "namespace=payments is the one");

    terminal.text("U");
    terminal.wait_for("Update for those who wait");
    terminal.text("y");
    terminal.wait("the answer of the clipboard", |screen| screen.contains("ent to tmux"));
    let update = terminal.tmux(&["show-buffer"]);
    assert!(update.starts_with("[SEV") && update.contains("Next update by"), "{update:?}");

    terminal.text("DY");
    let card = terminal.wait_for("Last update:");
    assert!(card.contains("payments is the one"), "{card}");
    terminal.text("qq");

    terminal.text("R");
    terminal.wait_for("As it was at");
    terminal.text("g");
    terminal.wait_for("the incident was opened");
    terminal.keys(&["Escape"]);
    terminal.text("u");
    terminal.wait_for("Taken back: the note");

    terminal.text(":picture");
    terminal.keys(&["Enter"]);
    let pictures = home.path(".local/state/sevdeck/pictures");
    let drawn = || std::fs::read_dir(&pictures).is_ok_and(|mut files| files.next().is_some());
    poll("the picture", drawn, || terminal.screen());
    terminal.keys(&["F2"]);
    terminal.wait_for("Mouse on");
    terminal.text("q");
    terminal.wait_for("Kept as");
    assert_eq!(terminal.format("mouse_any_flag"), "0", "the mouse is the terminal's again");
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_filled_command_is_on_the_clipboard_exactly() {
    let home = Home::new();
    let terminal = crate::terminal::cockpit(&home, 120, 36);
    terminal.text("3");
    let screen = terminal.screen();
    assert!(screen.contains("$ "), "{screen}");
    terminal.text("y");
    terminal.wait("a question or the answer", |screen| {
        screen.contains("What is <") || screen.contains("ent to tmux")
    });
    while terminal.screen().contains("What is <") {
        terminal.text("my host");
        terminal.keys(&["Enter"]);
        terminal.wait("the next", |screen| !screen.contains("my host\n") || screen.contains("ent to tmux"));
    }
    terminal.wait("the answer of the clipboard", |screen| screen.contains("ent to tmux"));
    let copied = terminal.tmux(&["show-buffer"]);
    let kept = std::fs::read_to_string(home.path(".local/state/sevdeck/last-copy")).unwrap();
    assert_eq!(copied.trim_end(), kept.trim_end());
    assert!(!kept.contains('<') && !kept.ends_with('\n'), "{kept:?}");
}
