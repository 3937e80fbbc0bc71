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
