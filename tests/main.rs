//! The integration tests: one binary, a folder per area.

mod flow;
