//! Where lines come from. The only IO of the log engine: files are followed by name through every kind of rotation
//! and read with `pread`; one watcher tells when to look.

pub(crate) mod discover;
pub(crate) mod follow;
pub mod followed;
pub(crate) mod handle;
pub mod open;
pub(crate) mod plan;
pub(crate) mod reel;
pub(crate) mod rotation;
pub mod spool;
pub(crate) mod tape;
pub mod utf16;
pub(crate) mod watch;
