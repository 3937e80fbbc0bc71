//! The program in a real terminal. Ignored by default because they need tmux, which `.ci/run` installs.

mod demo;
mod editor;
mod ground;
mod hostile;
mod leave;
mod night;
mod record;
mod refuse;
mod ssh;
mod terms;

use std::fmt::Write;

use crate::support::home::Home;
use crate::support::tmux::Terminal;

/// Lines of a log that has something to find.
pub(crate) fn failing_log() -> String {
    let mut text = String::new();
    for second in 0..60 {
        let level = if second < 50 { "INFO  request served" } else { "ERROR connection refused: db:5432" };
        let _ = writeln!(text, "2026-03-01T14:01:{second:02}.000Z {level} in {} ms", 10 + second % 7);
    }
    text
}

/// A cockpit on a log in its home, past its first analysis.
pub(crate) fn cockpit(home: &Home, columns: u16, rows: u16) -> Terminal {
    cockpit_with(home, columns, rows, "")
}

/// The same, with a command line before it.
pub(crate) fn cockpit_with(home: &Home, columns: u16, rows: u16, before: &str) -> Terminal {
    let log = home.write("app.log", failing_log());
    let terminal = Terminal::open(home, columns, rows);
    terminal.line(before);
    terminal.sevdeck(&log.display().to_string());
    let analysed = |screen: &str| screen.contains("app.log") && screen.contains("refuses connections");
    terminal.wait("the cockpit", analysed);
    terminal
}

/// Writes a note and waits until it is shown as saved.
pub(crate) fn note(terminal: &Terminal, text: &str) {
    terminal.text("a");
    terminal.wait("the editor", |screen| screen.contains("Note"));
    terminal.text(text);
    terminal.keys(&["C-d"]);
    saved(terminal, text);
}

/// Waits until a text is shown and no line with it says that it is still being saved.
pub(crate) fn saved(terminal: &Terminal, text: &str) {
    terminal.wait(&format!("{text}, saved"), |screen| {
        // Lines of the timeline; the editor shows the text too, before it is a note.
        let noted = |line: &&str| line.contains("human") && line.contains(text);
        let mut lines = screen.lines().filter(noted).peekable();
        lines.peek().is_some() && lines.all(|line| !is_saving(line))
    });
}

/// Whether a line of the timeline says that it is not on disk yet.
pub(crate) fn is_saving(line: &str) -> bool {
    line.split('│').next().is_some_and(|timeline| timeline.trim_end().ends_with("saving"))
}
