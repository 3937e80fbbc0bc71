//! The one integration test binary; every file below this folder is listed here or in its folder's `mod.rs`.

mod app;
mod flow;
mod house;
mod postgres;
mod support;
