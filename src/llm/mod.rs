//! Models: prompts, what a call costs, and the wire.

pub mod price;
pub mod prompt;
