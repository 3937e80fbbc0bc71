//! The wire to models against a scripted endpoint.

mod calls;
mod faults;
mod rig;
mod secrets;
