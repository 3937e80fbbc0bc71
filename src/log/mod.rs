//! The log engine: bytes -> records -> templates -> findings, and answers to questions about them.
//!
//! Raw bytes stay where they are, on disk, and are read with `pread` in blocks. [`digest::Digest`] is what analysts
//! and counters read, [`view::Window`] what a pane shows. Only `source` does IO.

pub mod clean;
pub mod digest;
pub mod engine;
mod fields;
mod finding;
mod frame;
mod header;
pub mod headless;
mod histogram;
mod index;
mod lane;
mod level;
mod record;
mod search;
mod source;
mod template;
mod time;
pub mod view;

pub use engine::{Engine, News, Request};
