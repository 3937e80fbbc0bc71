//! A program whose output is a source: run in a process group of its own, started again when it fails, ended when we
//! end.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::app::runtime::Runtime;
use crate::app::runtime::stream::guard::Guard;
use crate::app::runtime::stream::lines::{Known, Lines};
use crate::app::runtime::stream::{BLOCK, Feed, Mode, Ready};
use crate::incident::SourceChange;

/// First and longest pause before a program is started again.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A program that ran this long worked: the pauses begin anew.
const WORKED: Duration = Duration::from_secs(30);
/// A program that ends well sooner than this has said all it has to say; one that ends well later was following
/// something that went away, and is started again.
const FOLLOWED: Duration = Duration::from_secs(10);
/// How long a program is given to end.
const GRACE: Duration = Duration::from_secs(2);
/// How often a program that closed its outputs is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Exit codes of a shell: not found, and found but no program.
const NOT_FOUND: i32 = 127;
const NO_PROGRAM: i32 = 126;

/// What is run, and what its lines mean.
pub(super) trait Program {
    /// The process to start.
    fn command(&self, mode: Mode) -> Command;

    /// A line of an output, with its break; appends what is to be kept of it.
    fn line(&mut self, error: bool, line: &[u8], text: &mut Vec<u8>);

    /// It is started again; whether it followed something before, for a while.
    fn start_again(&mut self, follower: bool);

    /// Why it cannot work at all, when that is so; with the next step.
    fn hopeless(&self, end: &End) -> Option<String>;

    /// What was kept of it by an earlier session ends like this.
    fn kept(&mut self, tail: &[u8]);
}

/// How a program ended.
#[derive(Debug)]
pub(super) enum End {
    /// It could not be started.
    Unstarted(io::Error),
    /// It ended by itself.
    Exited {
        status: ExitStatus,
        /// The last line it wrote to its standard error.
        last_words: String,
    },
    /// We ended it.
    Stopped,
}

/// A command for the shell.
pub(super) struct Shell {
    command: String,
    known: Known,
}

impl Shell {
    pub(super) fn new(command: String) -> Self {
        Self { command, known: Known::default() }
    }
}

impl Program for Shell {
    fn command(&self, _mode: Mode) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &self.command]);
        command
    }

    /// Errors are lines like others: many programs log there.
    fn line(&mut self, _error: bool, line: &[u8], text: &mut Vec<u8>) {
        if self.known.is_new(line) {
            text.extend_from_slice(line);
        }
    }

    fn start_again(&mut self, follower: bool) {
        self.known.start_again(follower);
    }

    fn hopeless(&self, end: &End) -> Option<String> {
        match end {
            End::Unstarted(error) => Some(format!("/bin/sh cannot be started: {error}")),
            End::Exited { status, last_words } if status.code() == Some(NOT_FOUND) => {
                Some(format!("there is no such program (exit code 127: {last_words}): check the command"))
            }
            End::Exited { status, last_words } if status.code() == Some(NO_PROGRAM) => {
                Some(format!("it is not a program that may be run (exit code 126: {last_words})"))
            }
            End::Exited { .. } | End::Stopped => None,
        }
    }

    /// Whether a line was kept before is known from the lines of this session, and from the end of the last.
    fn kept(&mut self, tail: &[u8]) {
        Lines::default().push(tail, &mut |line| {
            self.known.is_new(line);
        });
        self.known.start_again(true);
    }
}

/// Runs a program until it is over or we are.
pub(super) fn run(feed: &mut Feed, program: &mut impl Program) {
    let mut pause = PAUSE;
    let mut told: Option<String> = None;
    let tail = feed.spool.tail(16 * 1024 * 1024);
    if !tail.is_empty() {
        feed.spool.break_line();
        program.kept(&tail);
    }
    loop {
        let started = Instant::now();
        let before = feed.spool.end();
        let end = once(feed, program, &mut told);
        let ran = started.elapsed();
        if let Some(reason) = program.hopeless(&end) {
            feed.unreadable(reason);
            return;
        }
        let End::Exited { status, last_words } = end else { return };
        feed.spool.break_line();
        let said_all = status.success() && (ran < FOLLOWED || feed.spool.end() == before);
        if feed.mode == Mode::Once || said_all {
            if !status.success() {
                (feed.tell)(SourceChange::Exited { how: how(status, &last_words), again_s: None });
            }
            return;
        }
        if ran >= WORKED {
            (pause, told) = (PAUSE, None);
        }
        let how = how(status, &last_words);
        // A program that fails again and again in the same way is said once.
        if told.as_ref() != Some(&how) {
            (feed.tell)(SourceChange::Exited { how: how.clone(), again_s: Some(pause.as_secs()) });
            told = Some(how);
        }
        if feed.wait(&[], Some(jitter(pause))) == Ready::Stop {
            return;
        }
        pause = (pause * 2).min(PAUSE_MAX);
        program.start_again(ran >= FOLLOWED);
    }
}

/// Between three and five quarters of a pause: programs that failed together do not come back together.
fn jitter(pause: Duration) -> Duration {
    pause * 3 / 4 + pause / 2 * (Runtime::random() % 1000) / 1000
}

fn how(status: ExitStatus, last_words: &str) -> String {
    let mut how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => "it ended".to_owned(),
    };
    if !status.success() && !last_words.is_empty() {
        how = format!("{how}: {last_words}");
    }
    how
}

/// Starts the program and reads what it says until it ends. How it failed before is forgotten once it stays.
fn once(feed: &mut Feed, program: &mut impl Program, told: &mut Option<String>) -> End {
    let mut command = program.command(feed.mode);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return End::Unstarted(error),
    };
    let guard = match Guard::of(&child) {
        Ok(guard) => guard,
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            return End::Unstarted(error);
        }
    };
    let outputs = [child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from)];
    let mut reading = Reading { outputs: outputs.map(|output| output.map(File::from)), ..Reading::default() };
    let stopped = reading.read(feed, program, told);
    let status = if stopped { None } else { wait(feed, &mut child) };
    let Some(status) = status else {
        end(&guard, &mut child);
        return End::Stopped;
    };
    guard.terminate();
    End::Exited { status, last_words: reading.last_words }
}

/// The outputs of a running program.
#[derive(Default)]
struct Reading {
    outputs: [Option<File>; 2],
    lines: [Lines; 2],
    last_words: String,
}

impl Reading {
    /// Reads until both outputs are over; true when we are to end first.
    fn read(&mut self, feed: &mut Feed, program: &mut impl Program, told: &mut Option<String>) -> bool {
        let mut block = vec![0; BLOCK];
        let stays_at = Instant::now() + FOLLOWED;
        let mut said = false;
        loop {
            // One that fails again and again begins to speak each time: it works when it stays.
            if said && told.is_some() && Instant::now() >= stays_at {
                *told = None;
                (feed.tell)(SourceChange::Resumed);
            }
            let open: Vec<usize> = (0..2).filter(|at| self.outputs[*at].is_some()).collect();
            if open.is_empty() {
                return false;
            }
            let inputs: Vec<_> =
                open.iter().filter_map(|at| self.outputs[*at].as_ref().map(AsFd::as_fd)).collect();
            let pause = (said && told.is_some()).then(|| stays_at.saturating_duration_since(Instant::now()));
            let at = match feed.wait(&inputs, pause) {
                Ready::Stop => return true,
                Ready::Nothing => continue,
                Ready::Input(at) => open[at],
            };
            let read = match self.outputs[at].as_mut().map(|output| output.read(&mut block)) {
                Some(Ok(read)) => read,
                Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Some(Err(_)) | None => 0,
            };
            let text = self.take(at, &block[..read], program);
            said |= !text.is_empty();
            feed.take(&text);
        }
    }

    /// Takes bytes of an output in, none at its end; what is to be kept of them.
    fn take(&mut self, at: usize, bytes: &[u8], program: &mut impl Program) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        let last_words = &mut self.last_words;
        let mut line = |line: &[u8]| {
            if at == 1 {
                *last_words = words(line).unwrap_or_else(|| std::mem::take(last_words));
            }
            program.line(at == 1, line, &mut text);
        };
        if bytes.is_empty() {
            self.lines[at].finish(&mut line);
            self.outputs[at] = None;
        } else {
            self.lines[at].push(bytes, &mut line);
        }
        text
    }
}

/// A line in short, for a message.
fn words(line: &[u8]) -> Option<String> {
    let text = crate::log::clean::clean_line(line);
    let text: String = text.trim().chars().take(200).collect();
    (!text.is_empty()).then_some(text)
}

/// Waits for the end of a program that has closed its outputs; absent when we are to end first.
fn wait(feed: &Feed, child: &mut Child) -> Option<ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if feed.wait(&[], Some(LOOK)) == Ready::Stop {
            return None;
        }
    }
}

/// Ends a program, kindly at first.
fn end(guard: &Guard, child: &mut Child) {
    guard.terminate();
    let deadline = Instant::now() + GRACE;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    guard.kill();
    let _ = child.wait();
}
