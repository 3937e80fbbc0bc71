//! What the readers of statements find in a piece of text by itself, beyond its own words. It is kept with the text, so
//! that each is asked once for as long as the text is in a case file.

use std::ops::Range;
use std::sync::OnceLock;

/// Answers that depend on a text alone. Each is found by one reader, when it is first asked for.
#[derive(Debug, Default)]
pub struct Asides {
    /// Shares of requests.
    pub shares: OnceLock<Option<Shares>>,
    /// Share of customers or sites by a count, percent.
    pub counted: OnceLock<Option<f64>>,
    /// Share of requests in words, percent.
    pub spoken: OnceLock<Option<f64>>,
    /// Nothing of a pool is left.
    pub emptied: OnceLock<bool>,
    /// It is about users.
    pub users: OnceLock<bool>,
    /// It measures a machine.
    pub machines: OnceLock<bool>,
    /// It tells what becomes of requests.
    pub requests: OnceLock<bool>,
    /// It is a command that somebody typed.
    pub typed: OnceLock<bool>,
    /// It is a row of what runs as it should.
    pub ready: OnceLock<bool>,
    /// It tells a condition that had to break.
    pub latent: OnceLock<bool>,
    /// It is said that the harm is over, for sure or perhaps for a part of it.
    pub over: [OnceLock<bool>; 2],
    /// Something was taken back without effect.
    pub futile: OnceLock<bool>,
    /// Names that may be those of services, by place.
    pub services: OnceLock<Vec<Range<usize>>>,
    /// Names that a record labels as those of services.
    pub labels: OnceLock<Vec<String>>,
    /// Which of the things that claims are about it is about.
    pub subject: OnceLock<Option<usize>>,
}

/// Shares of requests that a text tells, percent, those of resources and what they are compared with left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The lowest one.
    pub lowest: f64,
    /// The highest one.
    pub highest: f64,
    /// The last one.
    pub last: f64,
    /// How many there are.
    pub count: usize,
    /// They are of what went well.
    pub good: bool,
    /// They are of requests or users that a failure meets.
    pub of: bool,
    /// They are of errors.
    pub errors: bool,
    /// They are told beside those of before.
    pub compared: bool,
}
