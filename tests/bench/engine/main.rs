//! Measures the log engine: its stages one at a time, and the whole of it on files of several sizes and kinds.
//!
//!     cargo bench --bench engine                 logs of 100 MB and 1 GB, written to the temporary folder
//!     cargo bench --bench engine -- --quick      of 20 MB and 200 MB
//!     cargo bench --bench engine -- --file LOG   also a log of your own
//!
//! Beside it run, where they are installed, `wc -l`, `grep -c` and lnav, on the same files in the same run. Nothing is
//! asserted: times depend on the machine, and on what else it does; the processor time of a run, and the ratios, depend less
//! on it.

mod logs;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use sevdeck::log::probe::{Stage, run};
use tempfile::TempDir;

use crate::logs::Kind;

/// Bytes that go through single stages.
const STAGED: usize = 64 << 20;

#[derive(Debug, Parser)]
#[command(about = "Measures the log engine")]
struct Args {
    /// Smaller logs.
    #[arg(long)]
    quick: bool,
    /// Another log to read.
    #[arg(long, value_name = "LOG")]
    file: Vec<PathBuf>,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One run of a program.
struct Run {
    wall: Duration,
    /// Time on a processor, of all threads.
    busy: Duration,
    /// Most anonymous memory that was seen, KiB.
    anonymous: u64,
    /// Most resident memory, pages of files included, KiB.
    peak: u64,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let mut out = io::stdout().lock();
    let dir = TempDir::new()?;
    let size = if args.quick { 20_000_000 } else { 100_000_000 };
    let file = |name: &str, kind, bytes| -> io::Result<(PathBuf, u64)> {
        let path = dir.path().join(name);
        let lines = logs::write(&path, kind, bytes)?;
        Ok((path, lines))
    };
    for (name, kind) in [("plain", Kind::Plain), ("mixed", Kind::Mixed)] {
        let (small, lines) = file(&format!("{name}-small.log"), kind, size)?;
        writeln!(out, "\n{name}: stages, one core")?;
        stages(&mut out, &small)?;
        let (big, more) = file(&format!("{name}-big.log"), kind, 10 * size)?;
        writeln!(out, "\n{name}: the whole engine")?;
        let one = engine(&mut out, &small, Some(lines))?;
        let ten = engine(&mut out, &big, Some(more))?;
        linear(&mut out, 10, ten.busy, one.busy)?;
        peers(&mut out, &big, ten.wall)?;
        fs::remove_file(big)?;
        fs::remove_file(small)?;
    }
    let unusual = [
        ("no two lines alike", Kind::Unlike),
        ("one word of 100,000", Kind::Words),
        ("digits and nothing else", Kind::Digits),
        ("one line", Kind::OneLine),
    ];
    for (name, kind) in unusual {
        writeln!(out, "\n{name}")?;
        let (small, lines) = file("unusual-small.log", kind, size / 10)?;
        let (big, more) = file("unusual-big.log", kind, size)?;
        let one = engine(&mut out, &small, Some(lines))?;
        let ten = engine(&mut out, &big, Some(more))?;
        linear(&mut out, 10, ten.busy, one.busy)?;
    }
    for path in &args.file {
        writeln!(out, "\n{}", path.display())?;
        let run = engine(&mut out, path, None)?;
        peers(&mut out, path, run.wall)?;
    }
    Ok(())
}

fn stages(out: &mut impl Write, path: &Path) -> io::Result<()> {
    let mut bytes = fs::read(path)?;
    bytes.truncate(STAGED);
    let now = "2026-03-01T12:00:00Z".parse().map_err(io::Error::other)?;
    let stages = [
        (Stage::Frames, "framing"),
        (Stage::Heads, "and heads: time, level, message"),
        (Stage::Sketches, "and masking"),
        (Stage::Templates, "and mining"),
        (Stage::Batches, "a block ahead of its turn"),
    ];
    for (stage, name) in stages {
        let mut best = Duration::MAX;
        let mut lines = 0;
        for _ in 0..5 {
            let began = own_busy()?;
            (lines, _) = run(stage, &bytes, now);
            best = best.min(own_busy()?.saturating_sub(began));
        }
        let rate = lines as f64 / best.as_secs_f64() / 1e6;
        writeln!(out, "  {name:<34} {rate:>7.2} million lines/s  {:>6.0} ns a line", 1e3 / rate)?;
    }
    Ok(())
}

/// Time this process, which has one thread, was on a processor.
fn own_busy() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanos = text.split(' ').next().and_then(|field| field.parse().ok());
    nanos.map(Duration::from_nanos).ok_or_else(|| io::Error::other("no time in /proc/self/schedstat"))
}

/// `sevdeck logs findings`, the best of three runs.
fn engine(out: &mut impl Write, path: &Path, lines: Option<u64>) -> io::Result<Run> {
    let mut best: Option<Run> = None;
    for _ in 0..3 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sevdeck"));
        command.args(["logs", "findings"]).arg(path);
        let run = timed(&mut command)?;
        if best.as_ref().is_none_or(|best| run.busy < best.busy) {
            best = Some(run);
        }
    }
    let Some(run) = best else { return Err(io::Error::other("no run")) };
    let bytes = fs::metadata(path)?.len();
    let per_second = |count: u64| count as f64 / run.wall.as_secs_f64() / 1e6;
    let rate =
        lines.map_or_else(String::new, |lines| format!("{:>6.2} million lines/s  ", per_second(lines)));
    writeln!(
        out,
        "  {:>5} MB  {:>7.3} s  busy {:>7.2} s  {:>6.0} MB/s  {rate}anonymous {:>3} MiB, resident {:>3} MiB",
        bytes / 1_000_000,
        run.wall.as_secs_f64(),
        run.busy.as_secs_f64(),
        per_second(bytes),
        run.anonymous >> 10,
        run.peak >> 10,
    )?;
    Ok(run)
}

/// Runs a program to its end and watches its memory.
fn timed(command: &mut Command) -> io::Result<Run> {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let stat = PathBuf::from(format!("/proc/{}/stat", child.id()));
    let mut run = Run { wall: Duration::ZERO, busy: Duration::ZERO, anonymous: 0, peak: 0 };
    loop {
        // Until it is waited for, what it took is told also when it is over.
        let text = fs::read_to_string(&stat)?;
        let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or("").split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        run.busy = Duration::from_secs(ticks(11) + ticks(12)) / ticks_per_second();
        if fields[0] == "Z" {
            break;
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
        };
        run.anonymous = run.anonymous.max(field("RssAnon:"));
        run.peak = run.peak.max(field("VmHWM:"));
        std::thread::sleep(Duration::from_millis(2));
    }
    run.wall = began.elapsed();
    child.wait()?;
    Ok(run)
}

/// The unit of processor times in `/proc` (proc(5)).
fn ticks_per_second() -> u32 {
    u32::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100)
}

/// What a file of so many times the size costs.
fn linear(out: &mut impl Write, times: u32, big: Duration, small: Duration) -> io::Result<()> {
    if small < Duration::from_millis(50) {
        return writeln!(out, "  too little work for the clock to compare");
    }
    let cost = big.as_secs_f64() / small.as_secs_f64();
    writeln!(out, "  {times} times the file takes {cost:.1} times as much of a processor")
}

/// Other programs on the same file, and what the whole engine takes beside each.
fn peers(out: &mut impl Write, path: &Path, own: Duration) -> io::Result<()> {
    let home = TempDir::new()?;
    let programs: [(&str, &str, &[&str]); 3] = [
        ("wc -l", "wc", &["-l"]),
        ("grep -c error", "grep", &["-c", "error"]),
        ("lnav, all indexed", "lnav", &["-n", "-c", ";SELECT count(*) FROM all_logs"]),
    ];
    for (name, program, arguments) in programs {
        let mut command = Command::new(program);
        command.args(arguments).arg(path).env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
        let Ok(run) = timed(&mut command) else {
            writeln!(out, "  {name:<18} is not installed")?;
            continue;
        };
        let times = own.as_secs_f64() / run.wall.as_secs_f64().max(1e-9);
        writeln!(
            out,
            "  {name:<18} {:>7.3} s   the engine takes {times:.2} times as long",
            run.wall.as_secs_f64()
        )?;
    }
    Ok(())
}
