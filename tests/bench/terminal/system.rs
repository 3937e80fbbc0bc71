//! What the kernel says about processes and the machine (proc(5)).

use std::fs;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;

/// The machine the figures are from.
pub(crate) fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    let memory = read("/proc/meminfo");
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).map_or(0, kibibytes);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{cores} cores ({}), {} GiB, Linux {}",
        model.trim_start_matches(['\t', ' ', ':']),
        (memory + (512 << 10)) >> 20,
        read("/proc/sys/kernel/osrelease").trim(),
    )
}

/// Anonymous memory of a process that is resident now, in KiB.
pub(crate) fn anonymous_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("RssAnon:")).map_or(0, kibibytes)
}

fn kibibytes(field: &str) -> u64 {
    field.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// How long processors worked, measured over a stretch of time.
pub(crate) struct Work {
    session: u32,
    since: Instant,
    machine: u64,
    program: u64,
    own: u64,
}

/// How busy one core was with what, in percent: 200 is two cores.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// With the program and its children.
    pub(crate) program: f64,
    /// With everything that is neither the program nor the benchmark.
    pub(crate) others: f64,
}

impl Work {
    /// Starts measuring a session.
    pub(crate) fn of(session: u32) -> Self {
        let (program, own) = (session_ticks(session), own_ticks());
        Self { session, since: Instant::now(), machine: machine_ticks(), program, own }
    }

    /// The load since then.
    pub(crate) fn load(&self) -> Load {
        let took = self.since.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        let percent = |ticks: u64| 100.0 * ticks as f64 / clock_ticks_per_second() as f64 / took;
        let program = session_ticks(self.session).saturating_sub(self.program);
        let own = own_ticks().saturating_sub(self.own);
        let machine = machine_ticks().saturating_sub(self.machine);
        Load { program: percent(program), others: percent(machine.saturating_sub(program + own)) }
    }
}

/// The numbers in a `stat` file after the name: state is the first, so field 14 of proc(5) is at 11.
fn stat(path: &str) -> Vec<u64> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    after.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect()
}

/// User and system time of all threads of the processes of a session.
fn session_ticks(session: u32) -> u64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = processes.filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit());
    let stats = numbered.map(|entry| stat(&format!("{}/stat", entry.path().display())));
    let ours = stats.filter(|stat| stat.get(3) == Some(&u64::from(session)));
    ours.map(|stat| stat.get(11..15).map_or(0, |times| times.iter().sum())).sum()
}

fn own_ticks() -> u64 {
    stat("/proc/self/stat").get(11..13).map_or(0, |times| times.iter().sum())
}

/// All work of the machine: without idle, waiting for disks, and the guests, which are counted as user already.
fn machine_ticks() -> u64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<u64> = text
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .take(8)
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let idle: u64 = fields.get(3..5).map_or(0, |fields| fields.iter().sum());
    fields.iter().sum::<u64>() - idle
}
