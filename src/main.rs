//! The program: parse arguments, call the library, print the error with its next step, set the exit code.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match sevdeck::cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "sevdeck: {failure}");
            failure.exit_code()
        }
    }
}
