//! Frames on their way to the terminal, on a thread of their own: a terminal that takes no more stalls nothing else, and
//! what it shows when it goes on is the newest frame, not all that it missed.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;

use crate::app::runtime::Runtime;
use crate::tui::terminal::sheet::Sheet;

/// Bytes beside frames (clipboard, modes) that may wait; more are refused.
const WAITING_MAX: usize = 1024 * 1024;

/// The thread that writes, seen from the one that paints.
#[derive(Debug)]
pub(super) struct Painter {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

/// What lies ready for the thread, and what it tells.
#[derive(Debug, Default)]
struct Desk {
    /// The newest frame. One that was not taken in time gives way to the next.
    page: Option<Buffer>,
    /// The next frame draws every cell.
    redraw: bool,
    /// Written before the frame.
    bytes: Vec<u8>,
    /// When the write began that is under way.
    writing: Option<Instant>,
    /// The longest write since it was asked for.
    slowest: Duration,
    /// Why nothing can be written any more.
    broken: Option<io::ErrorKind>,
    closed: bool,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Painter {
    /// Starts the thread; `send` writes all of its bytes before it returns.
    pub(super) fn start(
        sheet: Sheet,
        send: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Leaving(Arc::clone(&shared));
        Runtime::beside("sevdeck-screen", move || theirs.work(sheet, send))?;
        Ok(Self { shared })
    }

    /// Lays a frame ready; the longest a write took since the last time, the one under way included.
    pub(super) fn draw(&self, page: Buffer) -> io::Result<Duration> {
        let mut desk = self.shared.desk();
        if let Some(kind) = desk.broken {
            return Err(kind.into());
        }
        desk.page = Some(page);
        let under_way = desk.writing.map_or(Duration::ZERO, |since| since.elapsed());
        let slowest = std::mem::take(&mut desk.slowest).max(under_way);
        drop(desk);
        self.shared.changed.notify_all();
        Ok(slowest)
    }

    /// Lays bytes ready that are no cells, never inside a frame.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut desk = self.shared.desk();
        if desk.bytes.len() + bytes.len() > WAITING_MAX {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        desk.bytes.extend_from_slice(bytes);
        drop(desk);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// The next frame draws every cell.
    pub(super) fn redraw(&self) {
        self.shared.desk().redraw = true;
    }

    /// Waits until everything is written, at most so long; whether it is.
    pub(super) fn settle(&self, patience: Duration) -> bool {
        let waits = |desk: &mut Desk| {
            desk.broken.is_none() && (desk.page.is_some() || !desk.bytes.is_empty() || desk.writing.is_some())
        };
        let waited = self.shared.changed.wait_timeout_while(self.shared.desk(), patience, waits);
        let (desk, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(desk);
        !timeout.timed_out()
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        self.shared.desk().closed = true;
        self.shared.changed.notify_all();
    }
}

/// The thread's side. However it ends, the other side is told.
struct Leaving(Arc<Shared>);

impl Leaving {
    fn work(self, mut sheet: Sheet, mut send: impl FnMut(&[u8]) -> io::Result<()>) {
        loop {
            let idle = |desk: &mut Desk| desk.page.is_none() && desk.bytes.is_empty() && !desk.closed;
            let waited = self.0.changed.wait_while(self.0.desk(), idle);
            let mut desk = waited.unwrap_or_else(PoisonError::into_inner);
            if desk.closed {
                return;
            }
            let (bytes, page) = (std::mem::take(&mut desk.bytes), desk.page.take());
            if std::mem::take(&mut desk.redraw) {
                sheet.redraw();
            }
            let started = Instant::now();
            desk.writing = Some(started);
            drop(desk);
            let frame = page.map(|page| sheet.frame(page)).unwrap_or_default();
            let sent = send(&bytes).and_then(|()| send(&frame));
            let mut desk = self.0.desk();
            desk.writing = None;
            desk.slowest = desk.slowest.max(started.elapsed());
            if let Err(error) = sent {
                desk.broken = Some(error.kind());
                return;
            }
            drop(desk);
            self.0.changed.notify_all();
        }
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut desk = self.0.desk();
        desk.writing = None;
        desk.broken = desk.broken.or(Some(io::ErrorKind::BrokenPipe));
        drop(desk);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use ratatui::style::Style;

    use super::*;
    use crate::tui::terminal::dialect::Dialect;
    use crate::tui::terminal::sheet::page;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn page_with(text: &str) -> Buffer {
        let mut page = page((40, 1));
        page.set_string(0, 0, text, Style::new());
        page
    }

    /// A terminal that takes a write only when it is let.
    fn stuck() -> (Painter, Receiver<String>, SyncSender<()>) {
        let (written, writes) = sync_channel(100);
        let (let_go, gate) = sync_channel::<()>(100);
        let send = move |bytes: &[u8]| {
            if !bytes.is_empty() {
                gate.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
                written.send(String::from_utf8_lossy(bytes).into_owned()).unwrap();
            }
            Ok(())
        };
        (Painter::start(Sheet::new(Dialect::MODERN), send).unwrap(), writes, let_go)
    }

    #[test]
    fn a_terminal_that_takes_nothing_stalls_nobody_and_then_shows_the_newest_frame_only() {
        let (painter, writes, let_go) = stuck();
        painter.draw(page_with("first")).unwrap();
        // The first is being written, or is about to be; either way none of these waits.
        for number in 0..100 {
            painter.draw(page_with(&format!("frame {number}"))).unwrap();
        }
        assert!(!painter.settle(Duration::from_millis(1)), "it is not written yet");
        for _ in 0..3 {
            let_go.send(()).unwrap();
        }
        assert!(painter.settle(PATIENCE));
        let written: Vec<String> = writes.try_iter().collect();
        assert!(written.len() <= 2, "{written:?}");
        assert!(written.last().unwrap().contains("99"), "{written:?}");
    }

    #[test]
    fn how_long_a_write_takes_is_told_while_it_lasts_and_once_afterwards() {
        let (painter, _writes, let_go) = stuck();
        painter.draw(page_with("slow")).unwrap();
        let seen = loop {
            let seen = painter.draw(page_with("next")).unwrap();
            if seen > Duration::from_millis(5) {
                break seen;
            }
            std::thread::yield_now();
        };
        assert!(seen > Duration::from_millis(5));
        let_go.send(()).unwrap();
        let_go.send(()).unwrap();
        assert!(painter.settle(PATIENCE));
        assert!(painter.draw(page_with("more")).unwrap() >= seen);
        let_go.send(()).unwrap();
        assert!(painter.settle(PATIENCE));
    }

    #[test]
    fn what_cannot_be_written_is_told_with_the_next_frame() {
        let (painter, _writes, let_go) = stuck();
        drop(let_go);
        painter.draw(page_with("lost")).unwrap();
        painter.settle(PATIENCE);
        assert!(painter.draw(page_with("later")).is_err());
    }

    #[test]
    fn bytes_come_before_the_frame_and_have_a_limit() {
        let (painter, writes, let_go) = stuck();
        painter.draw(page_with("first")).unwrap();
        assert!(painter.write(&vec![b'x'; WAITING_MAX]).is_ok());
        let_go.send(()).unwrap();
        let_go.send(()).unwrap();
        assert!(painter.settle(PATIENCE));
        assert!(painter.write(&vec![b'x'; WAITING_MAX + 1]).is_err());
        assert_eq!(writes.try_iter().count(), 2);
    }
}
