//! The one integration test binary; every file below this folder is listed here or in its folder's `mod.rs`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod analyst;
mod app;
mod cli;
mod flow;
mod house;
mod llm;
mod log;
mod postgres;
mod support;
mod terminal;
