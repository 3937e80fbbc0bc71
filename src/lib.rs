//! sevdeck, a terminal cockpit for people who are on call.

pub mod analyst;
pub mod app;
pub mod evidence;
pub mod incident;
pub mod log;
pub mod tui;
