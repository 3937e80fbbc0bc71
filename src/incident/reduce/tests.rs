//! The reducer by behaviour.
