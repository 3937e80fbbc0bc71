//! The whole program without a screen: real files, the real engine, analyst and store, messages instead of keys.

mod cancel;
mod cockpit;
mod live;
mod model;
mod resume;
pub(crate) mod secrets;
mod streams;
