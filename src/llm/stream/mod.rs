//! What streams back: bytes to frames, frames to pieces of an answer.

pub(crate) mod decode;
pub(crate) mod fault;
pub(crate) mod frame;
pub(crate) mod runaway;
pub(crate) mod sse;
pub(crate) mod think;
