//! Severity of one log record.

use serde::{Deserialize, Serialize};

/// Log level, ordered from the least to the most severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Finest detail.
    Trace,
    /// For developers.
    Debug,
    /// Normal operation.
    Info,
    /// Normal but significant (syslog "notice").
    Notice,
    /// Something may go wrong.
    Warn,
    /// Something went wrong.
    Error,
    /// The process, a connection or the system cannot go on (FATAL, CRITICAL, ALERT, EMERG, PANIC).
    Fatal,
}

impl Level {
    /// Upper-case name, at most six characters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Notice => "NOTICE",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    /// Whether the record reports a failure.
    pub fn is_bad(self) -> bool {
        self >= Self::Error
    }
}
