//! The wire to models against a scripted endpoint.

mod calls;
mod faults;
mod recordings;
pub(crate) mod rig;
mod scenarios;
pub(crate) mod secrets;
mod tls;
