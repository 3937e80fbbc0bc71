//! The terminal: entered once, always left, written to in whole frames.

mod dialect;
mod painter;
mod pen;
mod sheet;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError, TryLockError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};
use std::{fmt, panic};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::buffer::Buffer;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use rustix::termios::{QueueSelector, tcflush};

pub use crate::tui::terminal::dialect::Dialect;
use crate::tui::terminal::painter::Painter;
pub use crate::tui::terminal::sheet::{Sheet, page};

/// How long a terminal that takes nothing is waited for when it is given back.
const LEAVE: Duration = Duration::from_millis(500);
/// Between two looks at who writes.
const LOOK: Duration = Duration::from_millis(5);
/// Asks for the colour of the ground (xterm's OSC 11).
const ASK_GROUND: &[u8] = b"\x1b]11;?\x1b\\";

/// Whether the terminal is ours at the moment.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// What it understands, once it was ours.
static DIALECT: OnceLock<Dialect> = OnceLock::new();
/// Held while bytes are written, so that none come between the parts of others.
static WRITES: Mutex<()> = Mutex::new(());
/// The thread that paints: only its panic ends the program.
static PAINTS: OnceLock<ThreadId> = OnceLock::new();

/// Why the cockpit cannot run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Standard output is a file or a pipe.
    #[error("standard output is not a terminal: `sevdeck triage` works without one")]
    NotATerminal,
    /// There is no terminal to read keys from.
    #[error("there is no terminal to read keys from: `sevdeck triage` works without one")]
    NoKeys,
    /// The terminal cannot move its cursor.
    #[error("TERM is {0}, a terminal that cannot be drawn on: set TERM, or use `sevdeck triage`")]
    Dumb(Term),
}

/// What `TERM` says where it rules a cockpit out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// `dumb`.
    Dumb,
    /// Nothing.
    Unset,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Dumb { "dumb" } else { "not set" })
    }
}

/// Whether the cockpit can run here; looked at before any mode is touched. Standard input may be a pipe: keys then
/// come from the controlling terminal.
pub fn check(term: Option<&str>) -> Result<(), Unfit> {
    if !io::stdout().is_terminal() {
        return Err(Unfit::NotATerminal);
    }
    if !io::stdin().is_terminal() && File::open("/dev/tty").is_err() {
        return Err(Unfit::NoKeys);
    }
    match term {
        None | Some("") => Err(Unfit::Dumb(Term::Unset)),
        Some("dumb") => Err(Unfit::Dumb(Term::Dumb)),
        Some(_) => Ok(()),
    }
}

/// The terminal while the cockpit has it. Dropping it gives it back.
pub struct Terminal {
    painter: Painter,
    dialect: Dialect,
    /// Whether the terminal tells of the mouse.
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When it has no modes to set, or the system refuses a thread.
    pub fn enter(dialect: Dialect) -> io::Result<Self> {
        let _ = PAINTS.set(thread::current().id());
        let _ = DIALECT.set(dialect);
        restore_on_panic();
        take_over(dialect)?;
        let painter = Painter::start(Sheet::new(dialect), send_while_ours)?;
        Ok(Self { painter, dialect, mouse: false })
    }

    /// Lays a frame ready and returns at once; the longest a write took since the last frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, page: Buffer) -> io::Result<Duration> {
        self.painter.draw(page)
    }

    /// The next frame draws every cell.
    pub fn redraw(&mut self) {
        self.painter.redraw();
    }

    /// Writes bytes that are no cells (a clipboard sequence), never inside a frame.
    ///
    /// # Errors
    /// When too many wait already.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.painter.write(bytes)
    }

    /// Asks for the colour of the ground, where that can be asked; the answer, if one comes, comes among the keys.
    pub fn ask_ground(&mut self) -> bool {
        self.dialect.questions && self.painter.write(ASK_GROUND).is_ok()
    }

    /// Lets the terminal tell of the mouse, or leaves it to its own selection; whether it can.
    pub fn mouse(&mut self, on: bool) -> bool {
        if !self.dialect.modes {
            return false;
        }
        self.mouse = on;
        let mut bytes = Vec::new();
        // Writing into memory cannot fail.
        let _ = if on { queue!(bytes, EnableMouseCapture) } else { queue!(bytes, DisableMouseCapture) };
        self.painter.write(&bytes).is_ok()
    }

    /// Gives the terminal back to the shell until the program is continued, then it can be taken over again. Does
    /// nothing for a session leader: there is no shell to return to.
    pub fn suspend(&mut self) {
        if getsid(None).is_ok_and(|leader| leader == getpid()) {
            return;
        }
        self.lend();
        let _ = kill_current_process_group(Signal::STOP);
    }

    /// Gives the terminal to another program.
    pub fn lend(&mut self) {
        self.painter.settle(LEAVE);
        restore();
    }

    /// Takes it over again after [`Self::lend`]; the next frame draws every cell.
    ///
    /// # Errors
    /// When it is gone.
    pub fn take_back(&mut self) -> io::Result<()> {
        if !ENTERED.load(Ordering::SeqCst) {
            take_over(self.dialect)?;
        }
        if self.mouse {
            self.mouse(true);
        }
        self.redraw();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.painter.settle(LEAVE);
        restore();
    }
}

/// Columns and rows; 80x24 where the terminal does not say.
pub fn size() -> (u16, u16) {
    terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or((80, 24))
}

fn take_over(dialect: Dialect) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut bytes = Vec::new();
    if dialect.second_screen {
        queue!(bytes, EnterAlternateScreen)?;
    }
    if dialect.modes {
        queue!(bytes, EnableBracketedPaste, EnableFocusChange)?;
    }
    if dialect.cursor {
        queue!(bytes, Hide)?;
    }
    queue!(bytes, Clear(ClearType::All))?;
    let _writing = WRITES.lock().unwrap_or_else(PoisonError::into_inner);
    send(&bytes)
}

/// Gives the terminal back as it was found. Called on every way out; does nothing the second time.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let dialect = DIALECT.get().copied().unwrap_or(Dialect::MODERN);
    // Whoever writes is let finish, unless the terminal takes nothing any more.
    let _writing = writes_within(LEAVE);
    if is_writable(Some(LEAVE)) {
        let _ = send(&farewell(dialect));
    }
    // Reports that the terminal sent meanwhile must not appear on the shell's prompt.
    if let Ok(tty) = File::open("/dev/tty") {
        let _ = tcflush(tty.as_fd(), QueueSelector::IFlush);
    }
    let _ = terminal::disable_raw_mode();
}

/// What undoes [`take_over`].
fn farewell(dialect: Dialect) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    if dialect.modes {
        bytes.extend_from_slice(sheet::SYNC_END);
        let _ = queue!(bytes, DisableMouseCapture, DisableFocusChange, DisableBracketedPaste);
    }
    let _ = queue!(bytes, ResetColor, MoveTo(0, 0));
    let _ = if dialect.second_screen {
        queue!(bytes, LeaveAlternateScreen)
    } else {
        queue!(bytes, Clear(ClearType::All))
    };
    if dialect.cursor {
        let _ = queue!(bytes, Show);
    }
    bytes
}

/// The right to write, where it can be had in time.
fn writes_within(patience: Duration) -> Option<MutexGuard<'static, ()>> {
    let started = Instant::now();
    loop {
        match WRITES.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if started.elapsed() > patience => return None,
            Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
        }
    }
}

/// Writes for the thread of the frames; nothing while another program has the terminal.
fn send_while_ours(bytes: &[u8]) -> io::Result<()> {
    let _writing = WRITES.lock().unwrap_or_else(PoisonError::into_inner);
    if ENTERED.load(Ordering::SeqCst) { send(bytes) } else { Ok(()) }
}

/// One write to standard output, around the standard library's line buffer, which would cut a frame into pieces.
fn send(bytes: &[u8]) -> io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => left = &left[written..],
            Err(rustix::io::Errno::INTR) => {}
            // Another program that shares the terminal may have made it non-blocking.
            Err(rustix::io::Errno::AGAIN) => {
                is_writable(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether standard output takes bytes, waited for at most so long.
fn is_writable(patience: Option<Duration>) -> bool {
    let stdout = rustix::stdio::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::OUT)];
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    poll(&mut watched, patience.as_ref()).is_ok_and(|ready| ready > 0)
}

/// A panic of the thread that paints gives the terminal back before it is reported. A panic elsewhere is reported by
/// whoever waits for that thread; printing it would tear the screen.
fn restore_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let paints = PAINTS.get().is_some_and(|thread| *thread == thread::current().id());
            if paints {
                restore();
            }
            if paints || !ENTERED.load(Ordering::SeqCst) {
                report(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restoring_what_was_never_entered_writes_nothing() {
        restore();
        assert!(!ENTERED.load(Ordering::SeqCst));
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        for unfit in [Unfit::NotATerminal, Unfit::NoKeys, Unfit::Dumb(Term::Dumb), Unfit::Dumb(Term::Unset)] {
            assert!(unfit.to_string().contains("sevdeck triage"), "{unfit}");
        }
    }
}
