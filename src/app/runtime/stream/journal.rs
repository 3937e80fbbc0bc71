//! The journal of a systemd unit, as lines with time, host, process and, where it is bad, level.

use std::io;
use std::process::Command;

use jiff::Timestamp;
use serde_json::Value;

use crate::app::runtime::stream::Mode;
use crate::app::runtime::stream::command::{End, Program};
use crate::log::clean::clean_line;

/// Entries before now that are read at first.
const PAST_LIVE: &str = "10000";
const PAST_ONCE: &str = "100000";
/// What is read of an entry.
const FIELDS: &str = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_PID,_HOSTNAME";
/// Names of the priorities of syslog that are bad, in the order of their numbers.
const BAD: [&str; 5] = ["EMERG", "ALERT", "CRIT", "ERROR", "WARNING"];

/// The journal of a unit.
pub(super) struct Journal {
    unit: String,
    /// Time of the newest entry read, microseconds: none is read twice.
    newest: Option<i64>,
    /// Time up to which entries were read before the program was started.
    after: Option<i64>,
}

impl Journal {
    pub(super) fn new(unit: String) -> Self {
        Self { unit, newest: None, after: None }
    }
}

impl Program for Journal {
    fn command(&self, mode: Mode) -> Command {
        let mut command = Command::new("journalctl");
        command.args(["--output=json", "--all", "--no-pager", "--utc"]);
        command.arg(format!("--output-fields={FIELDS}"));
        command.arg(format!("--unit={}", self.unit));
        match (mode, self.after) {
            (Mode::Live, None) => command.args(["--follow", "--lines", PAST_LIVE]),
            (Mode::Live, Some(after)) => {
                let since = format!("--since=@{}.{:06}", after / 1_000_000, after % 1_000_000);
                command.args(["--follow", "--lines=all", &since])
            }
            (Mode::Once, _) => command.args(["--lines", PAST_ONCE]),
        };
        command
    }

    fn line(&mut self, error: bool, line: &[u8], text: &mut Vec<u8>) {
        if error {
            return;
        }
        let Some(entry) = Entry::read(line) else {
            text.extend_from_slice(line);
            return;
        };
        if entry.at.is_some() && entry.at <= self.after {
            return;
        }
        self.newest = self.newest.max(entry.at);
        entry.write(text);
    }

    fn start_again(&mut self, _follower: bool) {
        self.after = self.newest;
    }

    fn hopeless(&self, end: &End) -> Option<String> {
        match end {
            End::Unstarted(error) if error.kind() == io::ErrorKind::NotFound => Some(
                "journalctl is not installed here: name a log file, or run sevdeck where systemd is"
                    .to_owned(),
            ),
            End::Unstarted(error) => Some(format!("journalctl cannot be started: {error}")),
            End::Exited { status, last_words } if !status.success() && is_denied(last_words) => {
                Some(format!(
                    "{last_words}: join the group systemd-journal, or pipe it in: sudo journalctl -f -u {} | sevdeck -",
                    self.unit
                ))
            }
            End::Exited { status, last_words }
                if !status.success() && last_words.contains("Failed to add") =>
            {
                Some(format!("{last_words}: check the name with systemctl list-units"))
            }
            End::Exited { .. } | End::Stopped => None,
        }
    }

    /// The last line that was kept begins with its time.
    fn kept(&mut self, tail: &[u8]) {
        let newest = tail.rsplit(|byte| *byte == b'\n').find_map(|line| {
            let stamp = line.split(|byte| *byte == b' ').next()?;
            std::str::from_utf8(stamp).ok()?.parse::<Timestamp>().ok()
        });
        self.newest = newest.map(Timestamp::as_microsecond);
        self.after = self.newest;
    }
}

fn is_denied(words: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("permission") || words.contains("not seeing messages") || words.contains("access denied")
}

/// An entry of the journal.
struct Entry {
    at: Option<i64>,
    host: String,
    process: String,
    priority: Option<usize>,
    message: String,
}

impl Entry {
    fn read(line: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let field = |name: &str| value.get(name).map(text_of).filter(|text| !text.is_empty());
        let name = field("SYSLOG_IDENTIFIER").or_else(|| field("_COMM"));
        let process = name.map(|name| match field("_PID") {
            Some(pid) => format!("{name}[{pid}]"),
            None => name,
        });
        Some(Self {
            at: field("__REALTIME_TIMESTAMP").and_then(|at| at.parse().ok()),
            host: field("_HOSTNAME").unwrap_or_else(|| "-".to_owned()),
            process: process.unwrap_or_else(|| "-".to_owned()),
            priority: field("PRIORITY").and_then(|priority| priority.parse().ok()),
            message: field("MESSAGE")?,
        })
    }

    /// Appends the entry as a line. What a service writes to its output has the priority of a note whatever it says, so
    /// only a bad one is worth a word.
    fn write(&self, text: &mut Vec<u8>) {
        use io::Write;
        let at = self.at.and_then(|at| Timestamp::from_microsecond(at).ok());
        let stamp = at.map_or_else(String::new, |at| format!("{at:.6} "));
        let level = self.priority.and_then(|priority| BAD.get(priority)).map(|level| format!("{level}: "));
        let level = level.unwrap_or_default();
        let mut lines = self.message.lines();
        let first = lines.next().unwrap_or_default();
        let _ =
            writeln!(text, "{stamp}{} {}: {level}{}", self.host, self.process, clean_line(first.as_bytes()));
        for line in lines {
            // Indented, so that it is seen to belong to the line before.
            let _ = writeln!(text, "    {line}");
        }
    }
}

/// A field: a text, or the bytes of one that is not.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(Value::as_u64).map(|byte| byte as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(journal: &mut Journal, entries: &[&str]) -> String {
        let mut text = Vec::new();
        for entry in entries {
            journal.line(false, entry.as_bytes(), &mut text);
        }
        String::from_utf8(text).unwrap()
    }

    const ONE: &str = r#"{"__REALTIME_TIMESTAMP":"1772373720123456","_HOSTNAME":"db1","SYSLOG_IDENTIFIER":"postgres","_PID":"71","PRIORITY":"3","MESSAGE":"too many clients\nDETAIL: 500 of 500"}"#;
    const TWO: &str = r#"{"__REALTIME_TIMESTAMP":"1772373721000000","_HOSTNAME":"db1","_COMM":"sh","PRIORITY":"6","MESSAGE":[104,105,255]}"#;

    #[test]
    fn entries_become_lines_with_time_host_process_and_a_bad_level() {
        let mut journal = Journal::new("postgresql".to_owned());
        assert_eq!(
            lines(&mut journal, &[ONE, TWO]),
            "2026-03-01T14:02:00.123456Z db1 postgres[71]: ERROR: too many clients\n    DETAIL: 500 of 500\n\
             2026-03-01T14:02:01.000000Z db1 sh: hi\u{fffd}\n"
        );
        journal.start_again(true);
        assert_eq!(lines(&mut journal, &[ONE, TWO]), "", "none is read twice");
    }

    #[test]
    fn what_is_no_entry_is_shown_as_it_is_and_a_later_session_goes_on_after_the_last() {
        let mut journal = Journal::new("a".to_owned());
        assert_eq!(
            lines(&mut journal, &["-- No entries --\n", "{\"x\":1}\n"]),
            "-- No entries --\n{\"x\":1}\n"
        );
        journal.kept(b"2026-03-01T14:02:00.123456Z db1 postgres[71]: ERROR: too many clients\n    DETAIL\n");
        let since = "--since=@1772373720.123456";
        assert!(journal.command(Mode::Live).get_args().any(|argument| argument == since));
        assert_eq!(lines(&mut journal, &[ONE]), "");
        assert!(lines(&mut journal, &[TWO]).ends_with("hi\u{fffd}\n"));
    }

    #[test]
    fn a_unit_is_one_argument_whatever_it_is_called() {
        let journal = Journal::new("a b; rm -rf $HOME".to_owned());
        assert!(
            journal.command(Mode::Once).get_args().any(|argument| argument == "--unit=a b; rm -rf $HOME")
        );
    }
}
