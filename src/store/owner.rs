//! Which sevdeck has the store: a lock on the file `owner`, and in it the process, its terminal and since when.
//!
//! The lock is the kernel's, so it is free as soon as its process is gone, however it went.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

/// How often and in which steps a lock that is about to be free is waited for.
pub(crate) const LOOKS: u32 = 30;
pub(crate) const LOOK: Duration = Duration::from_millis(10);

/// A process that has the store open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// Its terminal, as in `pts/3`; empty when it has none.
    pub tty: String,
    /// When it opened the store.
    pub since: Timestamp,
}

impl Holder {
    /// This process.
    pub fn here(now: Timestamp) -> Self {
        let name = |fd| rustix::termios::ttyname(fd, Vec::new()).ok()?.into_string().ok();
        let tty = name(rustix::stdio::stdin())
            .or_else(|| name(rustix::stdio::stdout()))
            .or_else(|| name(rustix::stdio::stderr()));
        let tty = tty.map(|tty| tty.trim_start_matches("/dev/").to_owned()).unwrap_or_default();
        Self { pid: std::process::id(), tty, since: now }
    }

    /// Whether the process is there and not dead or dying (a zombie holds no lock by itself, its threads may).
    fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
        !matches!(state, None | Some('Z' | 'X'))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sevdeck (pid {}", self.pid)?;
        if !self.tty.is_empty() {
            write!(f, " on {}", self.tty)?;
        }
        write!(f, ", since {} UTC)", self.since.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// The right to open the store; given back when dropped.
#[derive(Debug)]
pub(crate) struct Ownership {
    _file: File,
}

/// What asking for the store comes to.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is ours.
    Granted(Ownership),
    /// Another process has it; which one, as far as it says so.
    Taken(Option<Holder>),
}

/// Asks for the store whose owner is written in `path`. An owner that was killed may still be on its way out of a
/// write, and a child this process is just starting has its files until it runs a program of its own: both are given
/// a moment.
pub(crate) fn claim(path: &Path, me: &Holder) -> io::Result<Claim> {
    for _ in 0..LOOKS {
        match try_claim(path, me)? {
            Claim::Taken(Some(holder)) if !holder.is_running() || holder.pid == me.pid => thread::sleep(LOOK),
            answer => return Ok(answer),
        }
    }
    try_claim(path, me)
}

fn try_claim(path: &Path, me: &Holder) -> io::Result<Claim> {
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if !try_lock(&file)? {
        let mut text = String::new();
        let _ = (&mut file).take(4096).read_to_string(&mut text);
        return Ok(Claim::Taken(serde_json::from_str(&text).ok()));
    }
    // The lock is what counts: on a full disk the name may stay unwritten.
    let text = serde_json::to_vec(me).unwrap_or_default();
    let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&text));
    Ok(Claim::Granted(Ownership { _file: file }))
}

/// Locks an open file for this process alone; false when another one has it.
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
