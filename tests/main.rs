//! The one integration test binary; every file below this folder is listed here or in its folder's `mod.rs`.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot go on fails")]

mod app;
mod flow;
mod house;
mod log;
mod postgres;
mod support;
mod terminal;
