//! What was acknowledged on the screen is never lost, and two cockpits get along.

use jiff::Timestamp;

use crate::support::home::Home;
use crate::support::tmux::{Terminal, is_alive, poll, signal};
use crate::terminal::{cockpit, note};
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
    poll("the shell", || terminal.format("alternate_on") == "0", || terminal.screen());

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
    second.text("q");
    poll("the shell", || second.format("alternate_on") == "0", || second.screen());
    first.text("q");
    poll("the shell", || first.format("alternate_on") == "0", || first.screen());
    let listed = home.run(["incidents"]);
    assert_eq!(listed.out.lines().count(), 2, "the second one's incident is merged: {listed:?}");
    first.sevdeck("resume");
    first.wait_for("written beside the first");
}

/// A disk with no room is stood in for by a limit on the size of files, which the program is told to survive.
#[test]
#[ignore = "needs tmux: .ci/run installs it"]
fn a_full_disk_is_said_and_what_could_not_be_written_is_put_elsewhere() {
    let home = Home::new();
    let log = home.write("app.log", super::failing_log());
    let folder = home.path(".local/state/sevdeck/store");
    let terminal = Terminal::open(&home, 140, 40);
    let roomy = home.path("tmp");
    terminal.line(&format!("TMPDIR={}; trap '' XFSZ; ulimit -f 8", roomy.display()));
    terminal.sevdeck(&log.display().to_string());
    terminal.wait("the trouble", |screen| screen.contains("no space left"));
    terminal.text("q");
    let screen = terminal.wait_for("no space left");
    poll("the shell", || terminal.format("alternate_on") == "0", || terminal.screen());
    assert!(!screen.contains("Kept as"), "{screen}");
    let (_, _) = (folder, roomy);
}
