//! The terminal: entered once, always left, written to in whole frames.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::{fmt, panic};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
use rustix::termios::{QueueSelector, tcflush};
use unicode_width::UnicodeWidthStr;

/// A frame is gathered up to here before it is written; a full screen of 240x67 takes 27 KB.
const FRAME_BYTES: usize = 64 * 1024;
/// Begin and end of a synchronized update: terminals that know it show the frame at once, others ignore it.
const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";
const SYNC_END: &[u8] = b"\x1b[?2026l";

/// Whether the terminal is ours at the moment.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// The thread that draws: only its panic ends the program.
static DRAWS: OnceLock<ThreadId> = OnceLock::new();

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

/// Bytes on their way to the terminal. Flushing does nothing: a frame is sent as a whole.
#[derive(Debug, Clone)]
struct Pen(Arc<Mutex<Vec<u8>>>);

impl Pen {
    fn take(&self) -> Vec<u8> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *bytes, Vec::with_capacity(FRAME_BYTES))
    }
}

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a terminal shows, and the bytes that make it show something else.
pub struct Sheet {
    pen: Pen,
    backend: CrosstermBackend<Pen>,
    shown: Buffer,
    /// Everything on screen may be wrong: the next frame draws every cell.
    stale: bool,
}

impl Sheet {
    /// A terminal of which nothing is known.
    pub fn new() -> Self {
        let pen = Pen(Arc::new(Mutex::new(Vec::with_capacity(FRAME_BYTES))));
        let backend = CrosstermBackend::new(pen.clone());
        Self { pen, backend, shown: Buffer::default(), stale: true }
    }

    /// The bytes of a frame: the cells that differ from what is shown; none at all when none does.
    pub fn frame(
        &mut self,
        (columns, rows): (u16, u16),
        paint: impl FnOnce(&mut Buffer),
    ) -> io::Result<Vec<u8>> {
        let area = Rect::new(0, 0, columns, rows);
        let mut next = Buffer::empty(area);
        paint(&mut next);
        let resized = self.shown.area != area;
        let all: Buffer;
        let old = if resized || self.stale {
            // A cell that no frame draws, so that every cell differs, blank ones included.
            all = Buffer::filled(area, Cell::new(NOTHING));
            &all
        } else {
            &self.shown
        };
        let cells = old.diff(&next);
        if cells.is_empty() {
            return Ok(Vec::new());
        }
        self.pen.write_all(SYNC_BEGIN)?;
        if resized {
            queue!(self.pen, ResetColor, Clear(ClearType::All))?;
        }
        self.backend.draw(cells.into_iter())?;
        self.pen.write_all(SYNC_END)?;
        forget_halves(&mut next);
        self.shown = next;
        self.stale = false;
        Ok(self.pen.take())
    }

    /// The next frame draws every cell.
    pub fn redraw(&mut self) {
        self.stale = true;
    }
}

/// What no frame draws: a cell of which nothing is known.
const NOTHING: &str = "\u{fffe}";

/// Takes the second half of a wide character for unknown, so that whatever comes there is drawn. Terminals differ in what
/// they leave of it when something is written over the first half: its look, that of what is written, or none.
fn forget_halves(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width).max(1);
    for at in 1..buffer.content.len() {
        if at % width != 0 && buffer.content[at - 1].symbol().width() > 1 {
            buffer.content[at] = Cell::new(NOTHING);
        }
    }
}

impl Default for Sheet {
    fn default() -> Self {
        Self::new()
    }
}

/// The terminal while the cockpit has it. Dropping it gives it back.
pub struct Terminal {
    sheet: Sheet,
    /// Whether the terminal tells of the mouse.
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal over. Nothing is asked of it, so nothing can arrive late.
    pub fn enter() -> io::Result<Self> {
        let _ = DRAWS.set(thread::current().id());
        restore_on_panic();
        take_over()?;
        Ok(Self { sheet: Sheet::new(), mouse: false })
    }

    /// Draws a frame, in one write; see [`Sheet::frame`].
    pub fn draw(&mut self, size: (u16, u16), paint: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        let bytes = self.sheet.frame(size, paint)?;
        send(&bytes)
    }

    /// The next frame draws every cell.
    pub fn redraw(&mut self) {
        self.sheet.redraw();
    }

    /// Writes bytes that are no cells (a clipboard sequence), never inside a frame.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        send(bytes)
    }

    /// Lets the terminal tell of the mouse, or leaves it to its own selection.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        let mut bytes = Vec::new();
        if on {
            queue!(bytes, EnableMouseCapture)?;
        } else {
            queue!(bytes, DisableMouseCapture)?;
        }
        send(&bytes)
    }

    /// Gives the terminal back to the shell until the program is continued. Does nothing for a session leader: there
    /// is no shell to return to.
    pub fn suspend(&mut self) -> io::Result<()> {
        if getsid(None).is_ok_and(|leader| leader == getpid()) {
            return Ok(());
        }
        restore();
        kill_current_process_group(Signal::STOP)?;
        take_over()?;
        if self.mouse {
            self.mouse(true)?;
        }
        self.redraw();
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Columns and rows; 80x24 where the terminal does not say.
pub fn size() -> (u16, u16) {
    terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or((80, 24))
}

fn take_over() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut bytes = Vec::new();
    queue!(
        bytes,
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        Hide,
        Clear(ClearType::All)
    )?;
    send(&bytes)
}

/// Gives the terminal back as it was found. Called on every way out; does nothing the second time.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = SYNC_END.to_vec();
    // Writing into memory cannot fail.
    let _ = queue!(
        bytes,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        ResetColor,
        MoveTo(0, 0),
        LeaveAlternateScreen,
        Show
    );
    let _ = send(&bytes);
    // Reports that the terminal sent meanwhile must not appear on the shell's prompt.
    if let Ok(tty) = File::open("/dev/tty") {
        let _ = tcflush(tty.as_fd(), QueueSelector::IFlush);
    }
    let _ = terminal::disable_raw_mode();
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
            Err(rustix::io::Errno::AGAIN) => writable()?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn writable() -> io::Result<()> {
    let stdout = rustix::stdio::stdout();
    let mut watched = [rustix::event::PollFd::new(&stdout, rustix::event::PollFlags::OUT)];
    rustix::event::poll(&mut watched, None)?;
    Ok(())
}

/// A panic of the thread that draws gives the terminal back before it is reported. A panic elsewhere is reported by
/// whoever waits for that thread; printing it would tear the screen.
fn restore_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let draws = DRAWS.get().is_some_and(|thread| *thread == thread::current().id());
            if draws {
                restore();
            }
            if draws || !ENTERED.load(Ordering::SeqCst) {
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

    #[test]
    fn no_background_is_left_behind_a_wide_character_that_moved() {
        use ratatui::style::{Color, Style};
        let mut sheet = Sheet::new();
        let marked = Style::new().bg(Color::Yellow);
        let first = sheet.frame((6, 1), |buffer| buffer.set_string(2, 0, "连", marked)).unwrap();
        assert!(!first.is_empty());
        let second = sheet.frame((6, 1), |buffer| buffer.set_string(1, 0, "连", Style::new())).unwrap();
        let text = String::from_utf8(second).unwrap();
        // Behind the character, whose cells are the second and the third, the fourth is written too.
        assert!(
            text.contains("连") && text.split("连").nth(1).is_some_and(|rest| rest.contains(' ')),
            "{text:?}"
        );
        assert!(
            sheet.frame((6, 1), |buffer| buffer.set_string(1, 0, "连", Style::new())).unwrap().is_empty()
        );
    }

    #[test]
    fn a_pen_gathers_until_it_is_taken() {
        let mut pen = Pen(Arc::default());
        pen.write_all(b"a").unwrap();
        pen.flush().unwrap();
        pen.write_all(b"b").unwrap();
        assert_eq!(pen.take(), b"ab");
        assert_eq!(pen.take(), b"");
    }
}
