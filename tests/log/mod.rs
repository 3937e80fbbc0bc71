//! The log engine on real files: every way a file can change while it is followed.

mod analysis;
mod rig;
mod rotation;
mod views;
