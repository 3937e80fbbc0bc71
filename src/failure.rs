//! What a person sees when something fails: the thing, the cause, the next step, and an exit code.

use std::error::Error;
use std::fmt::{self, Write};
use std::process::ExitCode;

/// The kinds of failure, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Something went wrong while running: 1.
    Runtime,
    /// The command line or the configuration asks for something impossible: 2.
    Usage,
    /// Input cannot be read: 3.
    Unreadable,
    /// The model failed; the offline result was still given: 4.
    Model,
}

impl FailureKind {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Runtime => 1,
            Self::Usage => 2,
            Self::Unreadable => 3,
            Self::Model => 4,
        }
    }
}

/// A failure as the person sees it.
#[derive(Debug)]
pub struct Failure {
    /// Its kind.
    pub kind: FailureKind,
    /// The thing that failed, and the cause where sevdeck itself knows it: no capital, no period.
    pub message: String,
    /// The cause, as a lower layer says it.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None, hint: None }
    }

    /// Something went wrong while running.
    pub fn runtime(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Runtime, message)
    }

    /// The command line or the configuration asks for something impossible.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Input cannot be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Unreadable, message)
    }

    /// With the cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// With the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }
}

/// `thing: cause`, and the next step indented on a line of its own.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_clean(f, &self.message)?;
        let mut cause = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(error) = cause {
            let text = error.to_string();
            // The system's "(os error 2)" helps nobody.
            let text = text.split(" (os error").next().unwrap_or(&text);
            f.write_str(": ")?;
            write_clean(f, &lower_first(text))?;
            cause = error.source();
        }
        match &self.hint {
            Some(hint) => {
                f.write_str("\n  ")?;
                write_clean(f, hint)
            }
            None => Ok(()),
        }
    }
}

/// Names of files are foreign text too: control characters and changes of direction are shown as escapes.
fn write_clean(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        let drives = c.is_control() && c != '\n'
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if drives { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
    }
    Ok(())
}

impl Error for Failure {}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_thing_the_cause_and_the_next_step() {
        let cause = std::io::Error::from_raw_os_error(2);
        let failure = Failure::unreadable("app.log").because(cause).hint("check the path");
        assert_eq!(failure.to_string(), "app.log: no such file or directory\n  check the path");
        assert_eq!(failure.kind.code(), 3);
    }

    #[test]
    fn names_of_files_cannot_drive_the_terminal() {
        let failure = Failure::unreadable("a\u{1b}[2J\u{202e}.log").hint("é\u{9b}ok");
        assert_eq!(failure.to_string(), "a\\u{1b}[2J\\u{202e}.log\n  é\\u{9b}ok");
    }
}
