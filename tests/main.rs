//! The one integration test binary; every file below this folder is listed here or in its folder's `mod.rs`.

mod house;
mod postgres;
mod support;
