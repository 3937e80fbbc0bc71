//! What a source is called and what can happen to it. Reading it is the business of `log::source`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the person pointed sevdeck at. One request may yield many sources (a glob, a directory).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "target")]
pub enum SourceSpec {
    /// One file, followed by name through rotation.
    File(String),
    /// A shell-like pattern; files that appear later are picked up.
    Glob(String),
    /// The log files in a directory; files that appear later are picked up.
    Directory(String),
    /// Standard input, kept in a spool file.
    Stdin,
    /// Output of a shell command, which is started again when it ends; kept in a spool file.
    Command(String),
    /// The journal of a systemd unit.
    Journal(String),
    /// Text a person pasted or passed with `--context`.
    Context(String),
}

impl SourceSpec {
    /// Whether `text` holds glob characters.
    pub fn is_pattern(text: &str) -> bool {
        text.contains(['*', '?', '['])
    }
}

impl fmt::Display for SourceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Glob(path) | Self::Directory(path) => f.write_str(path),
            Self::Stdin => f.write_str("stdin"),
            Self::Command(command) => write!(f, "cmd:{command}"),
            Self::Journal(unit) => write!(f, "journal:{unit}"),
            Self::Context(name) => f.write_str(name),
        }
    }
}

/// Something that happened to a source while it was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum SourceChange {
    /// The name now leads to another file (rename rotation, recreation, symlink switch); reading goes on there.
    Rotated,
    /// The file was cut (copytruncate); `missing` bytes may have been lost between the copy and the cut.
    Truncated {
        /// Bytes known to the file before the cut that were never read.
        missing: u64,
    },
    /// The file is gone; it is picked up again when it returns.
    Disappeared,
    /// The file is there (again).
    Appeared,
    /// The file cannot be read.
    Unreadable {
        /// The cause, as the system says it.
        reason: String,
    },
    /// Nothing has come from it yet, and nothing is wrong.
    Waiting {
        /// What is waited for, and how to bring it about.
        reason: String,
    },
    /// Its lines are dated so far from when they are written.
    ClockOff {
        /// How far its clock is ahead of this machine's (negative: behind), milliseconds.
        ahead_ms: i64,
    },
    /// The source has no more lines to come (end of standard input).
    Ended,
    /// The source does not look like text.
    Binary,
    /// The command behind it ended.
    Exited {
        /// How: the exit code and its last words.
        how: String,
        /// Seconds after which it is started again; absent when it is not.
        again_s: Option<u64>,
    },
    /// What comes from it cannot be kept, and is passed over.
    NotKept {
        /// The cause, as the system says it.
        reason: String,
    },
    /// It goes on after it ended, or could not be kept.
    Resumed,
    /// A compressed file is damaged; what is before the damage was read.
    Damaged {
        /// The cause.
        reason: String,
    },
}

/// That the lines of a source are dated `ahead_ms` from when they are written, in words.
pub fn clock_off_words(name: &str, ahead_ms: i64) -> String {
    let side = if ahead_ms > 0 { "ahead of" } else { "behind" };
    if let Some(zones) = zones_apart(ahead_ms) {
        let amount = length(zones);
        return format!("the times of {name} are {amount} {side} this machine's: another time zone? (--tz)");
    }
    let amount = length(ahead_ms.unsigned_abs());
    let or = if ahead_ms > 0 { "" } else { ", or its lines come late" };
    format!("the clock of {name} is {amount} {side} this machine's{or}")
}

/// How far two time zones are apart where a difference is one of them: quarters of hours, from half an hour to
/// fourteen; milliseconds.
fn zones_apart(ahead_ms: i64) -> Option<u64> {
    const QUARTER: u64 = 900_000;
    const NEAR: u64 = 20_000;
    let ahead = ahead_ms.unsigned_abs();
    let quarters = (ahead + QUARTER / 2) / QUARTER;
    ((2..=56).contains(&quarters) && ahead.abs_diff(quarters * QUARTER) <= NEAR).then_some(quarters * QUARTER)
}

/// `4.9 s`, `2 min 4 s`, `2 h 0 min`, `3 d 1 h`
fn length(milliseconds: u64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    match seconds {
        0..60 => format!("{:.1} s", milliseconds as f64 / 1e3),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_with_what_it_may_mean() {
        for (ahead_ms, expected) in [
            (-123_800, "the clock of pg is 2 min 4 s behind this machine's, or its lines come late"),
            (4_940, "the clock of pg is 4.9 s ahead of this machine's"),
            (7_199_400, "the times of pg are 2 h 0 min ahead of this machine's: another time zone? (--tz)"),
            (-270_000_000, "the clock of pg is 3 d 3 h behind this machine's, or its lines come late"),
        ] {
            assert_eq!(clock_off_words("pg", ahead_ms), expected);
        }
    }
}
