//! Evidence: what is known at a moment, and the proof that quotes and figures come from it.

pub mod case_file;

pub use case_file::CaseFile;
