//! What integration tests share: a home of their own, the real binary, a terminal.

pub(crate) mod endpoint;
pub(crate) mod home;
pub(crate) mod postgres;
pub(crate) mod sshd;
pub(crate) mod tmux;
