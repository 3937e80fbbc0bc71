//! What went wrong with a model, as one line: the thing, the cause, the next step.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::evidence::clean_line;
use crate::evidence::redaction::redact;

/// The kinds of failure: what a person can do about it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The settings name no usable endpoint.
    Settings,
    /// No key, a wrong key, or no access with it.
    Key,
    /// The model or the address is not known there.
    NotFound,
    /// The balance or the quota is used up.
    Billing,
    /// Too many requests or tokens for now.
    RateLimit,
    /// The prompt does not fit the model's context.
    Context,
    /// The endpoint does not take the request as it is.
    Request,
    /// The endpoint fails or is overloaded.
    Server,
    /// The endpoint cannot be reached.
    Network,
    /// The endpoint points elsewhere.
    Redirect,
    /// Nothing arrived for too long.
    Silent,
    /// The answer ended before its end.
    Cut,
    /// What arrived is not what the wire says.
    Damaged,
    /// More arrived than is taken.
    TooMuch,
    /// The model or a filter declines to answer.
    Refused,
    /// An answer without content, or content without a triage.
    NoAnswer,
}

/// A failure of a call. Its texts are clean, short and free of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// The thing and the cause: no capital, no period.
    pub message: String,
    /// The next step.
    pub hint: String,
    /// HTTP status, where there was one.
    pub status: Option<u16>,
    /// Name of the request in the endpoint's own records, for its support.
    pub request_id: Option<String>,
    /// Whether a part of the answer had arrived: it is kept, and nothing was sent again.
    pub after_content: bool,
}

/// Longest message, characters.
const MESSAGE: usize = 300;

impl Failure {
    /// A failure; `message` may hold text from outside.
    pub fn new(kind: FailureKind, message: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: one_line(message.as_ref()),
            hint: one_line(hint.as_ref()),
            status: None,
            request_id: None,
            after_content: false,
        }
    }

    /// With what identifies it on the other side.
    #[must_use]
    pub fn at(mut self, status: Option<u16>, request_id: Option<String>) -> Self {
        self.status = status;
        self.request_id = request_id.map(|id| one_line(&id));
        self
    }
}

/// `message; hint`, in one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Foreign text as part of a message: one clean line, secrets masked, cut.
pub(crate) fn one_line(text: &str) -> String {
    // Cut first: a page of HTML need not be cleaned to its end.
    let cut: String = text.chars().take(4 * MESSAGE).collect();
    let flat = cut.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = redact(&clean_line(flat.as_bytes())).text;
    if clean.chars().count() <= MESSAGE {
        return clean;
    }
    clean.chars().take(MESSAGE - 1).chain(['…']).collect()
}

/// Takes the key out of text that came from the endpoint: some echo it, whole or in part.
pub(crate) fn without_key(text: &str, key: Option<&SecretString>) -> String {
    /// Shortest part of a key that gives something away.
    const PART: usize = 8;
    let Some(key) = key.map(ExposeSecret::expose_secret).filter(|key| !key.is_empty()) else {
        return text.to_owned();
    };
    let mut text = text.replace(key, "[masked:key]");
    if key.is_ascii() && key.len() > PART {
        for part in [&key[..PART], &key[key.len() - PART..]] {
            // A limit, for a key that is part of the mask itself.
            for _ in 0..16 {
                let Some(at) = text.find(part) else { break };
                let word = |c: char| c.is_ascii_alphanumeric() || "-_.*+/=".contains(c);
                let start = text[..at]
                    .rfind(|c| !word(c))
                    .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
                let end = text[at..].find(|c| !word(c)).map_or(text.len(), |after| at + after);
                text.replace_range(start..end, "[masked:key]");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_clean_line() {
        let failure =
            Failure::new(FailureKind::Server, "openai: 502:\n<b>\u{1b}[2J bad\u{202e}", "try again")
                .at(Some(502), Some("req\n1".into()));
        assert_eq!(failure.to_string(), "openai: 502: <b>\\e[2J bad\\u{202e}; try again (request req 1)");
        let long = Failure::new(FailureKind::Server, "x".repeat(100_000), "");
        assert_eq!(long.to_string().chars().count(), MESSAGE);
    }

    #[test]
    fn the_key_is_taken_out_whole_and_in_part() {
        let key = SecretString::from("abcdefgh-ijklmnop-qrstuvwx");
        let table = [
            ("wrong key abcdefgh-ijklmnop-qrstuvwx!", "wrong key [masked:key]!"),
            ("wrong key: abcdefgh-*****uvwx.", "wrong key: [masked:key]"),
            ("ends in ***qrstuvwx", "ends in [masked:key]"),
            ("nothing", "nothing"),
        ];
        for (text, expected) in table {
            assert_eq!(without_key(text, Some(&key)), expected);
        }
        assert_eq!(without_key("text", None), "text");
    }
}
