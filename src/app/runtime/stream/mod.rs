//! Streams: what has no file that can be followed in place. Each has a thread that copies it as text into a spool, from
//! which the engine reads; a program that writes to us is never held up for long.

mod command;
mod copy;
mod guard;
mod journal;
mod lines;
pub(crate) mod prune;

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::app::effect::Origin;
use crate::incident::{IncidentId, SourceChange, SourceId};
use crate::log::source::spool::{Keep, Spool};

/// Most bytes that are kept of a stream: an hour of two thousand lines a second.
pub const STREAM_MAX: u64 = 512 * 1024 * 1024;
/// Most bytes that are kept of a file that has an end: it was asked for as a whole.
const ARCHIVE_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Bytes copied at a time.
const BLOCK: usize = 64 * 1024;
/// How long threads are waited for when streams end.
const PARTING: Duration = Duration::from_millis(300);

/// A stream to start.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The incident it belongs to.
    pub incident: IncidentId,
    /// Its number there.
    pub source: SourceId,
    /// Where it comes from.
    pub origin: Origin,
}

/// How streams are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On and on; programs that fail are started again, and what is read stays for the next session.
    Live,
    /// To its end; nothing is left behind.
    Once,
}

/// Streams under way. Dropping them ends them, with the programs behind them.
pub struct Streams {
    folder: PathBuf,
    mode: Mode,
    running: Vec<Running>,
}

struct Running {
    /// The thread sees the other end close.
    lifeline: OwnedFd,
    thread: JoinHandle<()>,
    spool: Arc<Spool>,
    incident: IncidentId,
    source: SourceId,
    /// It is standard input, which cannot be opened again.
    stdin: bool,
    /// Nobody looks at its incident: what happens to it is not said.
    muted: Arc<AtomicBool>,
}

impl Streams {
    /// None yet; spools are kept below `folder`.
    pub fn new(folder: PathBuf, mode: Mode) -> Self {
        Self { folder, mode, running: Vec::new() }
    }

    /// Starts one. `wake` is called when there is more to read, `tell` when something happened to it.
    ///
    /// # Errors
    /// When there is no place to keep it, or none to read it from; in words for a person.
    pub fn start(
        &mut self,
        launch: Launch,
        wake: Box<dyn Fn() + Send + Sync>,
        tell: Box<dyn FnMut(SourceChange) + Send>,
    ) -> Result<Arc<Spool>, String> {
        let origin = launch.origin.clone();
        self.begin(launch, wake, tell, move |feed| feed.run(origin))
    }

    /// Starts a thread that does `work`, or goes on with one that was left running.
    fn begin(
        &mut self,
        launch: Launch,
        wake: Box<dyn Fn() + Send + Sync>,
        mut tell: Box<dyn FnMut(SourceChange) + Send>,
        work: impl FnOnce(&mut Feed) + Send + 'static,
    ) -> Result<Arc<Spool>, String> {
        let known =
            |running: &&Running| (&running.incident, running.source) == (&launch.incident, launch.source);
        if let Some(running) = self.running.iter().find(known).filter(|running| running.stdin) {
            running.muted.store(false, Ordering::Release);
            running.spool.set_wake(wake);
            return Ok(Arc::clone(&running.spool));
        }
        let folder = self.folder.join(format!("{}-{}", launch.incident, launch.source.0));
        let spool = Arc::new(self.spool(&folder, &launch.origin, wake)?);
        let failed = |error: io::Error| format!("the system gives no thread: {error}");
        let (stop, lifeline) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
            .map_err(|error| failed(error.into()))?;
        let muted = Arc::new(AtomicBool::new(false));
        let quiet = Arc::clone(&muted);
        let tell = Box::new(move |change| {
            if !quiet.load(Ordering::Acquire) {
                tell(change);
            }
        });
        let mut feed = Feed { spool: Arc::clone(&spool), tell, stop, mode: self.mode, refused: false };
        let work = move || {
            work(&mut feed);
            feed.spool.finish();
        };
        let thread = thread::Builder::new().name("sevdeck-stream".to_owned()).spawn(work).map_err(failed)?;
        let Launch { incident, source, origin } = launch;
        let stdin = origin == Origin::Stdin;
        self.running.push(Running {
            lifeline,
            thread,
            spool: Arc::clone(&spool),
            incident,
            source,
            stdin,
            muted,
        });
        Ok(spool)
    }

    /// Another incident is looked at: ends all but standard input. The program at its other end is neither held up nor
    /// broken off, and what it writes is there when its incident is looked at again.
    pub fn part(&mut self) {
        let (kept, ended) =
            self.running.drain(..).partition(|running| running.stdin && self.mode == Mode::Live);
        self.running = ended;
        self.stop();
        self.running = kept;
        for running in &self.running {
            running.muted.store(true, Ordering::Release);
            running.spool.set_wake(Box::new(|| {}));
        }
    }

    /// Whether one of them has more to come.
    pub fn are_running(&self) -> bool {
        self.running.iter().any(|running| !running.spool.is_ended())
    }

    /// Ends all that can be ended: programs are told to, and what they still say is read.
    pub fn stop(&mut self) {
        let threads: Vec<JoinHandle<()>> = self
            .running
            .drain(..)
            .map(|running| {
                drop(running.lifeline);
                running.thread
            })
            .collect();
        // Programs that take longer are seen to by their guards.
        let deadline = std::time::Instant::now() + PARTING;
        for thread in threads {
            while !thread.is_finished() && std::time::Instant::now() < deadline {
                thread::sleep(Duration::from_millis(2));
            }
        }
    }

    fn spool(
        &self,
        folder: &Path,
        origin: &Origin,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Result<Spool, String> {
        let no_place = |error: io::Error| {
            format!(
                "it cannot be kept in {} ({error}): make room there, or set XDG_STATE_HOME",
                folder.display()
            )
        };
        let kept = self.mode == Mode::Live && has_files(folder);
        match origin {
            Origin::Kept if !kept => Err("what was read of it is not kept any more".to_owned()),
            Origin::Kept => {
                let spool = Spool::reopen(folder, STREAM_MAX, wake).map_err(no_place)?;
                spool.finish();
                Ok(spool)
            }
            Origin::Command(_) | Origin::Journal(_) if kept => {
                Spool::reopen(folder, STREAM_MAX, wake).map_err(no_place)
            }
            Origin::File(_) => Spool::create(folder, Keep::Unnamed, ARCHIVE_MAX, wake).map_err(no_place),
            Origin::Stdin | Origin::Command(_) | Origin::Journal(_) => {
                let keep = if self.mode == Mode::Live { Keep::Named } else { Keep::Unnamed };
                Spool::create(folder, keep, STREAM_MAX, wake).map_err(no_place)
            }
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        let spools: Vec<Arc<Spool>> = self.running.iter().map(|running| Arc::clone(&running.spool)).collect();
        self.stop();
        for spool in spools {
            // Of a spool whose files have no names, only the folder is left.
            spool.tidy();
        }
    }
}

fn has_files(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// The end of a stream at which it is read.
struct Feed {
    spool: Arc<Spool>,
    tell: Box<dyn FnMut(SourceChange) + Send>,
    stop: OwnedFd,
    mode: Mode,
    /// The last bytes were not kept, which was told.
    refused: bool,
}

impl Feed {
    fn run(&mut self, origin: Origin) {
        match origin {
            Origin::Stdin => copy::stdin(self),
            Origin::Command(command) => command::run(self, &mut command::Shell::new(command)),
            Origin::Journal(unit) => command::run(self, &mut journal::Journal::new(unit)),
            Origin::File(path) => copy::file(self, &path),
            Origin::Kept => {}
        }
    }

    /// Keeps bytes; says so when that fails, and when it works again.
    fn take(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match self.spool.append(bytes) {
            Ok(()) if self.refused => {
                self.refused = false;
                (self.tell)(SourceChange::Resumed);
            }
            Err(error) if !self.refused => {
                self.refused = true;
                let reason = crate::log::source::open::reason(&error);
                (self.tell)(SourceChange::NotKept { reason });
            }
            Ok(()) | Err(_) => {}
        }
    }

    fn unreadable(&mut self, reason: impl Into<String>) {
        (self.tell)(SourceChange::Unreadable { reason: reason.into() });
    }

    /// Waits until one of `inputs` has something, or the time is over.
    fn wait(&self, inputs: &[BorrowedFd<'_>], timeout: Option<Duration>) -> Ready {
        let mut watched: Vec<PollFd<'_>> =
            inputs.iter().map(|input| PollFd::new(input, PollFlags::IN)).collect();
        // Nothing is ever written to it: it only closes.
        watched.push(PollFd::from_borrowed_fd(self.stop.as_fd(), PollFlags::empty()));
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        match poll(&mut watched, timeout.as_ref()) {
            Ok(0) | Err(_) => return Ready::Nothing,
            Ok(_) => {}
        }
        if watched.last().is_some_and(|stop| !stop.revents().is_empty()) {
            return Ready::Stop;
        }
        watched.iter().position(|input| !input.revents().is_empty()).map_or(Ready::Nothing, Ready::Input)
    }

    fn is_stopped(&self) -> bool {
        self.wait(&[], Some(Duration::ZERO)) == Ready::Stop
    }
}

/// What a wait came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    /// The input of this index can be read, or is at its end.
    Input(usize),
    /// The stream is to end.
    Stop,
    /// The time is over.
    Nothing,
}

#[cfg(test)]
mod tests;
