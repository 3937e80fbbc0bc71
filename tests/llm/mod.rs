//! The wire to models against a scripted endpoint.

mod calls;
mod faults;
pub(crate) mod rig;
mod scenarios;
mod secrets;
mod tls;
