//! The command line: arguments in, a mode of the program out.

pub mod demo;
