//! Errors in every shape, as one line.
