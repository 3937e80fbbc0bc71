//! What was acknowledged on the screen is never lost, and two cockpits get along.

use jiff::Timestamp;

use crate::support::home::Home;
use crate::support::tmux::{Terminal, is_alive, poll, signal};
use crate::terminal::{cockpit, is_saving, note, saved};
use sevdeck::incident::{Event, Incident};
use sevdeck::store::{Location, Record};

/// Times the program is killed.
const KILLS: usize = 50;

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn what_was_acknowledged_survives_fifty_kills() {
    let home = Home::new();
    let mut terminal = cockpit(&home, 100, 40);
    for kill in 0..KILLS {
        note(&terminal, &format!("note number {kill:02}"));
        let program = terminal.child();
        signal(program, "KILL");
        poll("the end of the program", || !is_alive(program), String::new);
        drop(terminal);
        terminal = Terminal::open(&home, 100, 40);
        terminal.sevdeck("resume");
        terminal.wait("the resumed cockpit", |screen| screen.contains(&format!("note number {kill:02}")));
    }
    terminal.text("q");
    terminal.wait_for("Kept as");

    let mut record = Record::open(&Location::Folder(home.store()), Timestamp::now());
    assert_eq!(record.trouble(), None);
    let list = record.list();
    assert_eq!(list.len(), 1);
    let reading = record.read(&list[0].id).unwrap();
    assert!(reading.damaged.is_empty());
    let seqs: Vec<u64> = reading.events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "no event is missing or doubled");
    let notes = reading.events.iter().filter_map(|event| match &event.event {
        Event::NoteAdded { text } => Some(text.clone()),
        _ => None,
    });
    let expected: Vec<_> = (0..KILLS).map(|kill| format!("note number {kill:02}")).collect();
    assert_eq!(notes.collect::<Vec<_>>(), expected);
    assert_eq!(
        Incident::replay(&reading.events),
        Incident::replay(&record.read(&list[0].id).unwrap().events)
    );
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_second_cockpit_works_beside_the_first() {
    let home = Home::new();
    let first = cockpit(&home, 140, 40);
    let other = home.write("other.log", super::failing_log());
    let second = Terminal::open(&home, 140, 40);
    second.sevdeck(&other.display().to_string());
    let pid = first.child().to_string();
    second.wait("the holder's name", |screen| screen.contains("other.log") && screen.contains(&pid));
    note(&second, "written beside the first");
    let listed = home.run(["incidents"]);
    assert!(listed.err.contains(&format!("pid {pid}")), "who has the store is said: {listed:?}");
    for terminal in [&second, &first] {
        terminal.text("q");
        terminal.wait_for("Kept as");
    }
    let listed = home.run(["incidents"]);
    let files = home.files();
    assert_eq!(listed.out.lines().count(), 2, "the second one's incident is merged: {listed:?}\n{files}");
    first.sevdeck("resume");
    first.wait_for("written beside the first");
}

/// A disk with no room is stood in for by a limit on the size of files, which the program is told to survive.
#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_full_disk_is_said_and_what_could_not_be_written_is_put_elsewhere() {
    let home = Home::new();
    let log = home.write("app.log", super::failing_log());
    let terminal = Terminal::open(&home, 140, 40);
    terminal.line("trap '' XFSZ; ulimit -f 8");
    terminal.sevdeck(&log.display().to_string());
    terminal.wait("the trouble", |screen| screen.contains("no space left"));
    terminal.text("q");
    let screen = terminal.wait_for("no space left");
    poll("the shell", || terminal.format("alternate_on") == "0", || terminal.screen());
    assert!(!screen.contains("Kept as"), "{screen}");
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn notes_wait_while_the_folder_cannot_be_written_and_are_saved_when_it_can() {
    let home = Home::new();
    let blocked = home.write(".local/state/sevdeck", "a file where the folder should be");
    let terminal = cockpit(&home, 140, 40);
    terminal.wait("the trouble", |screen| screen.contains("not a folder"));
    terminal.text("a");
    terminal.wait("the editor", |screen| screen.contains("Note"));
    terminal.text("written before it could be kept");
    terminal.keys(&["C-d"]);
    terminal.wait("the note, not yet saved", |screen| {
        screen.lines().any(|line| line.contains("written before it") && is_saving(line))
    });
    std::fs::remove_file(blocked).unwrap();
    saved(&terminal, "written before it could be kept");
    terminal.text("q");
    terminal.wait_for("Kept as");
    terminal.sevdeck("resume");
    terminal.wait_for("written before it could be kept");
}

#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_damaged_store_is_said_and_the_cockpit_works_on_a_new_one() {
    let home = Home::new();
    home.write(".local/state/sevdeck/store/conf", "not what was written");
    home.write(".local/state/sevdeck/store/db", "nor this");
    let terminal = cockpit(&home, 140, 40);
    terminal.wait("the trouble", |screen| screen.contains("damaged"));
    note(&terminal, "goes on");
    terminal.text("q");
    terminal.wait_for("Kept as");
    assert!(home.run(["incidents"]).out.contains("20"), "the new store has it");
}
