//! Measures the program as a person meets it: the real binary on a real terminal (a pty), reading real files.
//!
//!     cargo bench --bench terminal                          all phases, in about three minutes
//!     cargo bench --bench terminal -- --quick               fewer and shorter
//!     cargo bench --bench terminal -- --only start,keys     some of them
//!     cargo bench --bench terminal -- --rate 100000         the same with more lines a second
//!     cargo bench --bench terminal -- --big                 also a log of 1 GiB, written to the temporary folder
//!
//! Where lnav is installed, it is measured in the same run and compared with. Nothing is asserted: times depend on the
//! machine, and on what else it does, which is printed for each phase.
//!
//! What the program writes is only stamped with the time while it runs. Afterwards it is replayed through a terminal
//! emulator, which tells when a text was on screen. Lines are appended with one write(2); a time runs from just before
//! the write, or the key, until the piece of output that completes the text has been read.

mod load;
mod phase;
mod pty;
mod screen;
mod system;
mod table;

use std::io::{self, Write};
use std::process::{Command, Stdio};

use clap::{Parser, ValueEnum};

use crate::phase::{Bench, Phase, Program};
use crate::table::Measure;

#[derive(Debug, Parser)]
#[command(about = "Measures the program on a terminal of its own")]
struct Args {
    /// Fewer and shorter measurements.
    #[arg(long)]
    quick: bool,
    /// Only these phases.
    #[arg(long, value_delimiter = ',', value_name = "PHASE")]
    only: Vec<Phase>,
    /// Also open a log of 1 GiB.
    #[arg(long)]
    big: bool,
    /// Lines a second that arrive in `keys` and `flood`.
    #[arg(long, default_value_t = 20_000, value_name = "LINES")]
    rate: u64,
    /// Do not compare with lnav.
    #[arg(long)]
    alone: bool,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let bench = Bench::new(args.quick, args.rate)?;
    let programs = programs(args.alone);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", system::machine())?;
    writeln!(out, "terminal {} x {}, TERM=xterm-256color", pty::COLUMNS, pty::ROWS)?;
    let mut results: Vec<Vec<Measure>> = programs.iter().map(|_| Vec::new()).collect();
    for phase in Phase::value_variants() {
        let wanted = args.only.is_empty() || args.only.contains(phase);
        if wanted && (args.big || *phase != Phase::Open) {
            run(&bench, *phase, &programs, &mut results, &mut out)?;
        }
    }
    let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
    writeln!(out, "\n{}", table::render(&names, &results))
}

fn programs(alone: bool) -> Vec<Program> {
    let sevdeck = env!("CARGO_BIN_EXE_sevdeck").to_owned();
    let mut programs = vec![Program { name: "sevdeck", command: sevdeck, prompt: b"/", cancel: b"\x1b" }];
    let version = Command::new("lnav").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !alone && version.is_ok_and(|status| status.success()) {
        programs.push(Program { name: "lnav", command: "lnav".to_owned(), prompt: b":", cancel: b"\x07" });
    }
    programs
}

/// Runs a phase for all programs, in turns, so that a change of the machine's mood meets all of them.
fn run(
    bench: &Bench,
    phase: Phase,
    programs: &[Program],
    results: &mut [Vec<Measure>],
    out: &mut impl Write,
) -> io::Result<()> {
    let mut found: Vec<Vec<Measure>> = programs.iter().map(|_| Vec::new()).collect();
    let mut others = vec![0.0_f64; programs.len()];
    for round in 0..bench.rounds(phase) {
        for (index, program) in programs.iter().enumerate() {
            let (measures, load) = match bench.run(phase, program, round) {
                Ok(figures) => figures,
                // What another program cannot do is left out.
                Err(error) if index > 0 => {
                    writeln!(out, "{phase:?}: {}: {error}", program.name)?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            others[index] = others[index].max(load.others);
            if found[index].is_empty() {
                found[index] = measures;
            } else {
                for (all, one) in found[index].iter_mut().zip(measures) {
                    all.merge(one);
                }
            }
        }
    }
    let loads = programs.iter().zip(&others);
    let loads: Vec<String> =
        loads.map(|(program, others)| format!("{others:.0} % during {}", program.name)).collect();
    writeln!(out, "{phase:?}: other processes used {} of a core", loads.join(", "))?;
    for (all, found) in results.iter_mut().zip(found) {
        all.extend(found);
    }
    Ok(())
}
