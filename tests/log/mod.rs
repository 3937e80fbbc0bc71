//! The log engine on real files: every way a file can change while it is followed.

// Helpers of tests fail the test, too.
#![allow(clippy::unwrap_used)]

mod analysis;
mod bad;
mod filters;
mod load;
mod many;
mod merged;
mod parallel;
mod questions;
mod rig;
mod rotation;
mod scrolling;
mod views;
