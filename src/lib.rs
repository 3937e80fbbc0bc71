//! sevdeck, a terminal cockpit for people who are on call.

pub mod analyst;
pub mod cli;
pub mod config;
pub mod evidence;
pub mod failure;
pub mod incident;
pub mod log;
pub mod store;
