//! What is asked of a model: versioned prompts, and the case file as evidence within a budget of tokens.
//!
//! A prompt is a text with front matter that may be replaced by one of the user's ([`library`]). What is known goes
//! into it as fenced data (`case`, `fence`), redacted, cut to the budget ([`budget`]). What came back can be asked
//! whether it obeys the data instead of us ([`injection`]).

pub mod budget;
mod case;
mod excerpt;
mod fence;
pub mod injection;
pub mod library;
mod start;

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::evidence::CaseFile;
use crate::evidence::redaction::{Redactor, Vault};
use crate::incident::triage::Language;
pub use crate::llm::prompt::budget::Estimator;
pub use crate::llm::prompt::injection::{Guard, Obeyed, obeyed};
pub use crate::llm::prompt::library::{Library, Origin, Problem, Prompt};

/// What to compose a request from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What is known.
    pub case: &'a CaseFile,
    /// Tokens that system text and evidence may take together.
    pub budget: usize,
    /// JSON schema to write into the system text, for endpoints that take none; empty otherwise.
    pub schema: &'a str,
    /// Something of this incident that outsiders do not know, such as its id: fences and check word are made from it.
    pub seed: &'a str,
    /// How tokens are estimated.
    pub estimator: Estimator,
}

/// Which prompt, exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptId {
    /// Its name, such as `v2`.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// Language of the answer.
    pub language: Language,
    /// First 12 hexadecimal digits of the SHA-256 of its text and of what it includes.
    pub hash: String,
}

/// `v2.1 en 0123456789ab`: what goes into the record of a run.
impl fmt::Display for PromptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} {} {}", self.name, self.version, self.language, self.hash)
    }
}

/// A request as it would leave this host.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// Which prompt it is made of.
    pub id: PromptId,
    /// The system text: the same for every call with this prompt, so that endpoints can cache it.
    pub system: String,
    /// The evidence, what rarely changes first, and the question.
    pub user: String,
    /// How much stands for how much.
    pub weight: Weight,
    /// What did not fit the budget: how many, of what.
    pub left_out: Vec<(String, usize)>,
    /// Places masked.
    pub masked: usize,
    /// What the answer is checked with for obedience to the data.
    pub guard: Guard,
}

/// How much prompt stands for how much log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// Bytes of the request's texts.
    pub prompt_bytes: u64,
    /// Bytes of logs and texts that were read for it.
    pub log_bytes: u64,
    /// Tokens of the request, estimated.
    pub tokens: usize,
    /// Pieces of evidence that did not fit the budget.
    pub left_out: usize,
}

/// `4.1 KB of prompt stand for 1.2 GB of log`
impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of prompt stand for {} of log", bytes(self.prompt_bytes), bytes(self.log_bytes))
    }
}

/// A number of bytes for people, in powers of 1000.
fn bytes(count: u64) -> String {
    let units = ["KB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = "B";
    for larger in units {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if unit == "B" || value >= 99.5 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

impl Library {
    /// The request that asks for a triage with the prompt called `name`, in the case file's language. The same input
    /// gives the same request, byte for byte; what its placeholders stand for goes into `vault`.
    pub fn compose(
        &self,
        name: &str,
        request: &Request<'_>,
        redactor: &Redactor,
        vault: &Vault,
    ) -> Result<Composed, Problem> {
        let case = request.case;
        let prompt = self.find(name, case.language)?;
        let id = prompt.id();
        let canary = check_word(&id.hash, request.seed);
        let now = minute(case.now);
        let frame = self.render(
            prompt,
            &library::Values { evidence: "", schema: request.schema, canary: &canary, now: &now },
        )?;
        let fixed = request.estimator.tokens(&frame.0) + request.estimator.tokens(&frame.1);
        let room = request.budget.saturating_sub(fixed);
        let evidence = case::render(case, room, request.seed, request.estimator, redactor, vault);
        let values =
            library::Values { evidence: &evidence.text, schema: request.schema, canary: &canary, now: &now };
        let (system, user) = self.render(prompt, &values)?;
        let weight = Weight {
            prompt_bytes: (system.len() + user.len()) as u64,
            log_bytes: log_bytes(case),
            tokens: request.estimator.tokens(&system) + request.estimator.tokens(&user),
            left_out: evidence.left_out.iter().map(|(_, count)| count).sum(),
        };
        let guard = Guard { canary, marked: evidence.marked, rest: evidence.rest };
        Ok(Composed { id, system, user, weight, left_out: evidence.left_out, masked: evidence.masked, guard })
    }
}

/// Bytes that were read for a case file.
fn log_bytes(case: &CaseFile) -> u64 {
    let logs: u64 = case.sources.iter().map(|source| source.bytes_read).sum();
    logs + case.texts.iter().map(|text| text.text.len() as u64).sum::<u64>()
}

/// A word that stands nowhere else, so that an answer with it gives away its instructions.
fn check_word(hash: &str, seed: &str) -> String {
    format!("cw-{}", digest(&[b"check word", hash.as_bytes(), seed.as_bytes()], 10))
}

/// The first `length` hexadecimal digits of the SHA-256 of `parts`, each with its length before it.
fn digest(parts: &[&[u8]], length: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut text: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(length);
    text
}

/// `2026-03-01 14:02 UTC`
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests;
