//! A model's answer, judged: what it says is checked against the case file in code, and what stands the check is
//! blended into the offline triage. Pure: no IO, no clock; documents may be partial.
//!
//! A driver makes one [`Checker`] per call, gives it the document as far as it has arrived, and blends what comes out:
//!
//! ```text
//! Draft (partial JSON) -> Triage -> Checker::check -> Checked -> blend(offline, checked, on screen) -> Triage
//! ```
//!
//! The model never has the last word: an item without verified evidence stays `low`, what only injected text says is
//! withheld, commands that change the system are no steps of an investigation, and nothing that the offline analyst
//! found goes away.

mod actions;
mod alike;
pub mod blend;
pub mod cap;
mod causes;
pub mod check;
pub mod document;
pub mod facts;
pub mod guard;
mod lists;
mod order;
mod profile;
mod remarks;
mod severity;
mod tidy;
mod told;

pub use blend::blend;
pub use check::{Checked, Mark};
pub use document::{document, restored, sealed};
pub use facts::{Checker, Terms};

use crate::evidence::CaseFile;
use crate::incident::Triage;

/// Checks one answer of a model; `complete` tells whether it came to its end. Who checks an answer while it grows makes
/// one [`Checker`] and keeps it.
pub fn check(case: &CaseFile, answer: Triage, complete: bool) -> Checked {
    Checker::new(case, &Terms::default()).check(answer, complete)
}
