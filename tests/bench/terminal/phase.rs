//! What is measured. Each function starts a fresh program on a fresh log with an empty home folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use tempfile::TempDir;

use crate::load::{self, Random};
use crate::pty::Terminal;
use crate::screen::{self, Wanted};
use crate::system::{self, Load, Work};
use crate::table::Measure;

/// Longest wait for a log's newest line.
const PATIENCE: Duration = Duration::from_secs(60);
/// Size of the log in all phases but `open`.
const SMALL: u64 = 1 << 20;
/// Size of the log of `open`.
const BIG: u64 = 1 << 30;
/// How long the newest line may take after a flood before it counts as never shown.
const CATCH_UP: Duration = Duration::from_secs(5);
/// Letters no text on the screen has side by side.
const LETTERS: &[u8] = b"zqxjkvwbfh";

/// A program to measure.
pub(crate) struct Program {
    /// Its name.
    pub(crate) name: &'static str,
    /// What to run; the log follows.
    pub(crate) command: String,
    /// Keys that open a prompt to type into.
    pub(crate) prompt: &'static [u8],
    /// Keys that leave it.
    pub(crate) cancel: &'static [u8],
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Phase {
    /// From start to the first output and to the newest line of a log of 1 MiB.
    Start,
    /// From the append of a line to a quiet log to the line on screen.
    Append,
    /// From a key to its letter on screen, on a quiet and on a flooded log.
    Keys,
    /// How far the screen is behind a flood, and what following it costs.
    Flood,
    /// What doing nothing costs.
    Idle,
    /// A log of 1 GiB; only with --big.
    Open,
}

/// Where and how thoroughly to measure.
pub(crate) struct Bench {
    folder: TempDir,
    quick: bool,
    /// Lines a second of a flood.
    rate: u64,
}

/// Figures, and what else the machine did meanwhile.
pub(crate) type Figures = (Vec<Measure>, Load);

impl Bench {
    pub(crate) fn new(quick: bool, rate: u64) -> io::Result<Self> {
        Ok(Self { folder: tempfile::Builder::new().prefix("terminal-bench-").tempdir()?, quick, rate })
    }

    /// How often a phase is run for each program, in turns.
    pub(crate) fn rounds(&self, phase: Phase) -> usize {
        match phase {
            Phase::Start if self.quick => 3,
            Phase::Start => 15,
            Phase::Open if !self.quick => 3,
            _ => 1,
        }
    }

    /// Measures a phase of a program once.
    pub(crate) fn run(&self, phase: Phase, program: &Program, round: usize) -> io::Result<Figures> {
        let home = tempfile::tempdir_in(&self.folder)?;
        let seed = 100 * phase as u64 + round as u64 + 1;
        let site = Site { home: home.path(), program, random: Random::new(seed), seed, rate: self.rate };
        match phase {
            Phase::Start => site.start(),
            Phase::Append => site.append(if self.quick { 8 } else { 40 }),
            Phase::Keys => site.keys(self.seconds()),
            Phase::Flood => site.flood(self.seconds()),
            Phase::Idle => site.idle(self.seconds()),
            Phase::Open => self.open(&site),
        }
    }

    fn seconds(&self) -> Duration {
        Duration::from_secs(if self.quick { 4 } else { 10 })
    }

    /// The big log is written once; writing it anew would measure the disk.
    fn open(&self, site: &Site) -> io::Result<Figures> {
        let (log, note) = (self.folder.path().join("big.log"), self.folder.path().join("word"));
        if !note.exists() {
            std::fs::write(&note, load::fill(&log, BIG, 1)?)?;
        }
        site.open(&log, &std::fs::read_to_string(&note)?)
    }
}

struct Site<'a> {
    home: &'a Path,
    program: &'a Program,
    random: Random,
    seed: u64,
    rate: u64,
}

impl Site<'_> {
    fn log(&self) -> io::Result<(PathBuf, String)> {
        let log = self.home.join("service.log");
        let word = load::fill(&log, SMALL, self.seed)?;
        Ok((log, word))
    }

    fn spawn(&self, log: &Path) -> io::Result<Terminal> {
        Terminal::start(&[self.program.command.clone(), log.display().to_string()], self.home)
    }

    /// The program on a fresh log, shown and settled.
    fn settled(&self) -> io::Result<(Terminal, PathBuf)> {
        let (log, word) = self.log()?;
        let mut terminal = self.spawn(&log)?;
        if !terminal.read_until_written(&word, Instant::now() + PATIENCE)? {
            return Err(io::Error::other("the newest line of the log never came"));
        }
        terminal.settle(Duration::from_millis(700), Instant::now() + Duration::from_secs(4))?;
        Ok((terminal, log))
    }

    fn start(&self) -> io::Result<Figures> {
        let (log, word) = self.log()?;
        let mut terminal = self.spawn(&log)?;
        let work = Work::of(terminal.id());
        terminal.read_until_written(&word, Instant::now() + PATIENCE)?;
        let load = work.load();
        let first = terminal.chunks.first().map(|chunk| chunk.at - terminal.started);
        let newest = screen::first_shown(&terminal.chunks, &word).map(|at| at - terminal.started);
        let measures = vec![
            Measure::times("start: first output", [first]),
            Measure::times("start: newest line of 1 MiB", [newest]),
        ];
        Ok((measures, load))
    }

    fn append(mut self, times: usize) -> io::Result<Figures> {
        let (mut terminal, log) = self.settled()?;
        let mut file = load::open(&log)?;
        let work = Work::of(terminal.id());
        let mut wanted = Vec::new();
        for _ in 0..times {
            terminal.read_until(Instant::now() + self.random.between(300, 900))?;
            let word = self.random.word();
            wanted.push(Wanted { since: Instant::now(), text: word.clone() });
            load::append(&mut file, &word)?;
        }
        terminal.read_until(Instant::now() + Duration::from_secs(2))?;
        let load = work.load();
        let delays = screen::delays(&terminal.chunks, &wanted);
        Ok((vec![Measure::times("append: line to screen", delays)], load))
    }

    fn keys(mut self, lasts: Duration) -> io::Result<Figures> {
        let (mut terminal, log) = self.settled()?;
        let mut wanted = Vec::new();
        self.type_until(&mut terminal, Instant::now() + lasts, &mut wanted)?;
        let quiet = wanted.len();
        let flood = load::flood(&log, self.rate, lasts + Duration::from_secs(1))?;
        terminal.read_until(Instant::now() + Duration::from_millis(500))?;
        let work = Work::of(terminal.id());
        self.type_until(&mut terminal, Instant::now() + lasts, &mut wanted)?;
        let load = work.load();
        terminal.read_until(Instant::now() + CATCH_UP)?;
        let lag = screen::lag(&terminal.chunks, &join(flood)?);
        let mut delays = screen::delays(&terminal.chunks, &wanted);
        let flooded = delays.split_off(quiet);
        let measures = vec![
            Measure::times("key to letter, quiet log", delays),
            Measure::times(format!("key to letter, {} lines/s", self.rate), flooded),
            Measure::times("  newest line behind meanwhile", lag.samples.into_iter().map(Some)),
        ];
        Ok((measures, load))
    }

    /// Opens the prompt, types a few letters, leaves it, and again. The first letter of a word alone could be found
    /// anywhere on the screen: it is typed and not measured.
    fn type_until(
        &mut self,
        terminal: &mut Terminal,
        end: Instant,
        wanted: &mut Vec<Wanted>,
    ) -> io::Result<()> {
        while Instant::now() + Duration::from_millis(800) < end {
            terminal.send(self.program.prompt)?;
            terminal.read_until(Instant::now() + self.random.between(90, 130))?;
            let mut word = String::new();
            while word.len() < 6 {
                word.push(char::from(LETTERS[self.random.below(LETTERS.len() as u64) as usize]));
                let letter = &word.as_bytes()[word.len() - 1..];
                if word.len() > 1 {
                    wanted.push(Wanted { since: Instant::now(), text: word.clone() });
                }
                terminal.send(letter)?;
                terminal.read_until(Instant::now() + self.random.between(40, 110))?;
            }
            terminal.send(self.program.cancel)?;
            terminal.read_until(Instant::now() + self.random.between(90, 130))?;
        }
        terminal.read_until(end)
    }

    fn flood(self, lasts: Duration) -> io::Result<Figures> {
        let (mut terminal, log) = self.settled()?;
        let before = terminal.chunks.len();
        let work = Work::of(terminal.id());
        let flood = load::flood(&log, self.rate, lasts)?;
        terminal.read_until(Instant::now() + lasts)?;
        let load = work.load();
        let bytes: usize = terminal.chunks[before..].iter().map(|chunk| chunk.bytes.len()).sum();
        terminal.read_until(Instant::now() + CATCH_UP)?;
        let written = join(flood)?;
        let lag = screen::lag(&terminal.chunks, &written);
        let per_second = bytes as f64 / lasts.as_secs_f64() / 1000.0;
        let rate = self.rate;
        let name = |what: &str| format!("{rate} lines/s: {what}");
        let measures = vec![
            Measure::times(name("newest line behind"), lag.samples.into_iter().map(Some)),
            Measure::times(name("last line after the end"), [lag.catch_up]),
            Measure::one(name("processor"), "%", load.program),
            Measure::one(name("to the terminal"), "kB/s", per_second),
            memory(name("anonymous memory"), &terminal),
        ];
        Ok((measures, load))
    }

    fn idle(self, lasts: Duration) -> io::Result<Figures> {
        let (mut terminal, _) = self.settled()?;
        // What a program still finds out about the log is not idling.
        terminal.read_until(Instant::now() + Duration::from_secs(5))?;
        let before = terminal.chunks.len();
        let since = Instant::now();
        let work = Work::of(terminal.id());
        terminal.read_until(since + lasts)?;
        let load = work.load();
        let chunks = &terminal.chunks[before..];
        let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
        let per_second = |count: usize| count as f64 / lasts.as_secs_f64();
        let measures = vec![
            Measure::one("idle: processor", "%", load.program),
            Measure::one("idle: to the terminal", "B/s", per_second(bytes)),
            Measure::one("idle: writes to the terminal", "1/s", per_second(chunks.len())),
            Measure::one("idle: rows that changed", "", screen::rows_changed(&terminal.chunks, since) as f64),
            memory("idle: anonymous memory".to_owned(), &terminal),
        ];
        Ok((measures, load))
    }

    fn open(&self, log: &Path, word: &str) -> io::Result<Figures> {
        let mut terminal = self.spawn(log)?;
        let work = Work::of(terminal.id());
        terminal.read_until_written(word, Instant::now() + PATIENCE)?;
        // A program may go on reading in the background: it is done when it does not work any more.
        let mut done = Instant::now();
        while done.elapsed() < Duration::from_secs(1) && terminal.started.elapsed() < 2 * PATIENCE {
            let busy = Work::of(terminal.id());
            terminal.read_until(Instant::now() + Duration::from_millis(250))?;
            if busy.load().program > 10.0 {
                done = Instant::now();
            }
        }
        let load = work.load();
        let since_start = |at: Instant| at - terminal.started;
        let any = load::SIGNS.iter().filter_map(|sign| screen::first_shown(&terminal.chunks, sign)).min();
        let newest = screen::first_shown(&terminal.chunks, word);
        let measures = vec![
            Measure::times("open 1 GiB: first line", [any.map(since_start)]),
            Measure::times("open 1 GiB: newest line", [newest.map(since_start)]),
            Measure::times("open 1 GiB: no more work", [Some(since_start(done))]),
            memory("open 1 GiB: anonymous memory".to_owned(), &terminal),
        ];
        Ok((measures, load))
    }
}

fn memory(name: String, terminal: &Terminal) -> Measure {
    Measure::one(name, "MiB", system::anonymous_memory(terminal.id()) as f64 / 1024.0)
}

fn join<T>(thread: std::thread::JoinHandle<io::Result<T>>) -> io::Result<T> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the writer of the flood broke")))
}
