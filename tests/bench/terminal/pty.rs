//! A program on a pseudoterminal of its own. What it writes is only kept with the time it came; what was on screen
//! when is worked out afterwards, so that the work of the emulator is in no figure.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use memchr::memmem;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Size of the terminal: a large window on a laptop.
pub(crate) const ROWS: u16 = 50;
pub(crate) const COLUMNS: u16 = 160;
/// What a terminal asks for at a time.
const READ: usize = 64 << 10;
/// Questions a program may ask a plain terminal, and what that says: where the cursor is, whether it is well, and
/// what it is (a VT220 with colours). Everything else stays without an answer.
const ANSWERS: [(&[u8], &[u8]); 4] = [
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[5n", b"\x1b[0n"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[0c", b"\x1b[?62;22c"),
];
/// Variables that would make a program look at the terminal the benchmark itself runs in.
const FOREIGN: [&str; 8] =
    ["TMUX", "TMUX_PANE", "STY", "SSH_TTY", "SSH_CONNECTION", "NO_COLOR", "LINES", "COLUMNS"];

/// What a program wrote at one time.
pub(crate) struct Chunk {
    pub(crate) at: Instant,
    pub(crate) bytes: Vec<u8>,
}

/// A running program and all it has written.
pub(crate) struct Terminal {
    master: OwnedFd,
    child: Child,
    /// When it was started.
    pub(crate) started: Instant,
    /// Everything it wrote.
    pub(crate) chunks: Vec<Chunk>,
}

impl Terminal {
    /// Starts a program with an empty home folder. `setsid` of util-linux makes the terminal its controlling one and
    /// then becomes the program: without it, that takes unsafe code. It costs every program the same millisecond.
    pub(crate) fn start(argv: &[String], home: &Path) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let size = Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size)?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = open(&*ptsname(&master, Vec::new())?, flags, Mode::empty())?;
        let mut command = Command::new("setsid");
        command.arg("--ctty").args(argv).current_dir(home);
        command.stdin(Stdio::from(slave.try_clone()?)).stdout(Stdio::from(slave.try_clone()?)).stderr(slave);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if FOREIGN.contains(&&*name) || name.starts_with("SEVDECK_") || name.starts_with("LC_") {
                command.env_remove(&*name);
            }
        }
        command.env("HOME", home).env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        for (name, folder) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache")]
        {
            command.env(name, home.join(folder));
        }
        let started = Instant::now();
        let child =
            command.spawn().map_err(|error| io::Error::new(error.kind(), format!("setsid: {error}")))?;
        Ok(Self { master, child, started, chunks: Vec::new() })
    }

    /// The process, which is also the session all its children belong to.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Presses keys.
    pub(crate) fn send(&self, keys: &[u8]) -> io::Result<()> {
        rustix::io::write(&self.master, keys)?;
        Ok(())
    }

    /// Takes what the program writes until then.
    pub(crate) fn read_until(&mut self, end: Instant) -> io::Result<()> {
        while self.read_once(end)? {}
        Ok(())
    }

    /// Takes what the program writes until it has written `word` in one piece, and a little longer; false when it
    /// has not by the deadline. Only good enough to know when to go on.
    pub(crate) fn read_until_written(&mut self, word: &str, end: Instant) -> io::Result<bool> {
        let mut seen = 0;
        loop {
            if !self.read_once(end)? {
                return Ok(false);
            }
            // A word may be cut by the end of a piece: look at the last one again.
            let recent: Vec<u8> =
                self.chunks[seen..].iter().flat_map(|chunk| chunk.bytes.iter().copied()).collect();
            seen = self.chunks.len().saturating_sub(1);
            if memmem::find(&recent, word.as_bytes()).is_some() {
                self.read_until(Instant::now() + Duration::from_millis(100))?;
                return Ok(true);
            }
        }
    }

    /// Takes what the program writes until it is silent for this long.
    pub(crate) fn settle(&mut self, quiet: Duration, end: Instant) -> io::Result<()> {
        loop {
            let count = self.chunks.len();
            self.read_until((Instant::now() + quiet).min(end))?;
            if self.chunks.len() == count || Instant::now() >= end {
                return Ok(());
            }
        }
    }

    /// Waits for one piece of output; false at the end of the time.
    fn read_once(&mut self, end: Instant) -> io::Result<bool> {
        loop {
            let wait = end.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Ok(false);
            }
            let timeout = Timespec {
                tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(wait.subsec_nanos()),
            };
            let mut waiting = [PollFd::new(&self.master, PollFlags::IN)];
            match poll(&mut waiting, Some(&timeout)) {
                Ok(0) | Err(Errno::INTR) => continue,
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            let mut bytes = vec![0; READ];
            let count = rustix::io::read(&self.master, bytes.as_mut_slice())
                .map_err(|error| io::Error::other(format!("the program ended early ({error})")))?;
            let at = Instant::now();
            bytes.truncate(count);
            self.answer(&bytes)?;
            self.chunks.push(Chunk { at, bytes });
            return Ok(true);
        }
    }

    fn answer(&self, bytes: &[u8]) -> io::Result<()> {
        for (question, answer) in ANSWERS {
            for _ in memmem::find_iter(bytes, question) {
                self.send(answer)?;
            }
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
