//! The program: parse arguments, call the library, print the error with its hint, set the exit code.

fn main() {}
