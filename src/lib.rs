//! sevdeck, a terminal cockpit for people who are on call.

pub mod analyst;
pub mod evidence;
pub mod export;
pub mod incident;
pub mod log;
