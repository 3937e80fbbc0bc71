//! Evidence: what is known at a moment, and the proof that quotes and figures come from it.

pub mod case_file;
pub mod citation;
pub mod clock;
pub mod contradiction;
pub mod hostile;
pub mod hygiene;
pub mod lexicon;
pub mod memo;
pub mod phrases;
pub mod provenance;
pub mod redaction;
pub mod statement;

pub use case_file::CaseFile;

/// The hygiene of text from outside, for what a model or a server says.
pub use crate::log::clean::{clean_line, clean_text};
