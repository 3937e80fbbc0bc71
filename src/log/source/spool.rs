//! A stream without a file behind it, kept in a ring of files: one thread writes, the engine reads. The newest bytes
//! are kept up to a limit, what falls out is counted, and neither a full disk nor a slow reader stops the stream.

mod folder;
mod generation;

pub use folder::remove_unused;
pub(crate) use generation::Kept;

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::log::source::spool::folder::{generations, lock_folder, make_folder};
use crate::log::source::spool::generation::{Generation, count_lines};

/// Files of a full ring.
const GENERATIONS: u64 = 8;
/// Least bytes of one file of the ring.
const GENERATION_MIN: u64 = 64 * 1024;
/// A ring takes at most this share of what is free on its disk.
const FREE_SHARE: u64 = 2;
/// How long the writer waits for a reader that does not move before unread bytes fall out.
const PATIENCE: Duration = Duration::from_millis(250);

/// What becomes of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// They stay, for [`Spool::reopen`].
    Named,
    /// They have no name from the start: nothing is left, however the program ends.
    Unnamed,
}

#[derive(Debug, Default)]
struct State {
    generations: VecDeque<Generation>,
    /// Offset of the next byte, kept or not.
    end: u64,
    /// Lines before `end`.
    lines: u64,
    /// The last byte was a line break, or there is none.
    at_line: bool,
    /// Bytes were left out: what follows needs a file of its own.
    torn: bool,
}

/// A bounded copy of a stream on disk.
pub struct Spool {
    folder: PathBuf,
    keep: Keep,
    /// Most bytes of all files together, about.
    total: u64,
    /// Bytes after which a file is full.
    generation: u64,
    state: Mutex<State>,
    moved: Condvar,
    start: AtomicU64,
    end: AtomicU64,
    read: AtomicU64,
    dropped: AtomicU64,
    ended: AtomicBool,
    wake: Mutex<Box<dyn Fn() + Send + Sync>>,
    /// The folder, locked while it is in use: see [`remove_unused`].
    _lock: File,
}

impl Spool {
    /// A new spool of at most `total` bytes (less where the disk has little room) in a folder for this user alone.
    /// `wake` is called when there is more to read; it must be cheap.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn create(
        folder: &Path,
        keep: Keep,
        total: u64,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> io::Result<Self> {
        let lock = make_folder(folder)?;
        for (path, ..) in generations(folder)? {
            fs::remove_file(path)?;
        }
        Ok(Self::new(folder, keep, total, lock, wake))
    }

    /// The spool that an earlier session kept in `folder`, to be read again and gone on with.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn reopen(folder: &Path, total: u64, wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let spool = Self::new(folder, Keep::Named, total, lock_folder(folder)?, wake);
        let mut state = spool.lock();
        for (path, base, lines) in generations(folder)? {
            let file = OpenOptions::new().read(true).write(true).open(&path)?;
            let len = file.metadata()?.len();
            state.generations.push_back(Generation { base, lines, len, file, path: Some(path) });
        }
        let Some(last) = state.generations.back() else { return Err(io::ErrorKind::NotFound.into()) };
        let (lines, ends_line) = count_lines(last)?;
        (state.end, state.lines) = (last.end(), last.lines + lines);
        state.at_line = ends_line;
        let start = state.generations.front().map_or(0, |first| first.base);
        spool.start.store(start, Ordering::Release);
        spool.dropped.store(start, Ordering::Release);
        spool.end.store(state.end, Ordering::Release);
        drop(state);
        Ok(spool)
    }

    fn new(folder: &Path, keep: Keep, total: u64, lock: File, wake: Box<dyn Fn() + Send + Sync>) -> Self {
        let free = rustix::fs::statvfs(folder).map_or(u64::MAX, |disk| disk.f_bavail * disk.f_frsize);
        let total = total.min(free / FREE_SHARE).max(GENERATIONS * GENERATION_MIN);
        Self {
            folder: folder.to_owned(),
            keep,
            total,
            generation: total / GENERATIONS,
            state: Mutex::new(State { at_line: true, ..State::default() }),
            moved: Condvar::new(),
            start: AtomicU64::new(0),
            end: AtomicU64::new(0),
            read: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            wake: Mutex::new(wake),
            _lock: lock,
        }
    }

    /// Somebody else reads it from now on: `wake` is called when there is more to read.
    pub fn set_wake(&self, wake: Box<dyn Fn() + Send + Sync>) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = wake;
        self.wake();
    }

    fn wake(&self) {
        (self.wake.lock().unwrap_or_else(PoisonError::into_inner))();
    }

    /// Takes more of the stream. What cannot be kept is counted and left out.
    ///
    /// # Errors
    /// Why bytes were left out; later ones may be kept again.
    pub fn append(&self, mut block: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let mut outcome = Ok(());
        while !block.is_empty() {
            let written;
            (state, written) = self.write(state, block);
            match written {
                Ok(count) => block = &block[count..],
                Err(error) => {
                    state.pass(block);
                    state.torn = true;
                    self.dropped.fetch_add(block.len() as u64, Ordering::AcqRel);
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.end.store(state.end, Ordering::Release);
        drop(state);
        self.wake();
        outcome
    }

    /// Ends an unfinished line, before something else writes.
    pub fn break_line(&self) {
        let at_line = self.lock().at_line;
        if !at_line {
            let _ = self.append(b"\n");
        }
    }

    /// No more bytes will come.
    pub fn finish(&self) {
        self.ended.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether [`Self::finish`] was called.
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Bytes of the stream that fell out, or never were kept.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Acquire)
    }

    /// Offset one past the newest byte.
    pub fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// The last bytes that are kept, at most so many.
    pub fn tail(&self, most: usize) -> Vec<u8> {
        let state = self.lock();
        let Some(last) = state.generations.back() else { return Vec::new() };
        let mut bytes = vec![0; last.len.min(most as u64) as usize];
        let at = last.len - bytes.len() as u64;
        if last.file.read_exact_at(&mut bytes, at).is_ok() { bytes } else { Vec::new() }
    }

    /// Removes the folder when there is nothing in it.
    pub fn tidy(&self) {
        let _ = fs::remove_dir(&self.folder);
    }

    /// Offset of the first byte that is kept.
    pub(crate) fn start(&self) -> u64 {
        self.start.load(Ordering::Acquire)
    }

    /// Lines before the first byte that is kept.
    pub(crate) fn first_line(&self) -> u64 {
        self.lock().generations.front().map_or(0, |first| first.lines)
    }

    /// A reader stands at this offset.
    pub(crate) fn note_read(&self, offset: u64) {
        self.read.store(offset, Ordering::Release);
        self.moved.notify_one();
    }

    /// The files that end after `offset`, with a handle each, the oldest first.
    pub(crate) fn files_after(&self, offset: u64) -> io::Result<Vec<Kept>> {
        let state = self.lock();
        let later = state.generations.iter().filter(|generation| generation.end() > offset);
        later
            .map(|generation| {
                let (base, lines, len) = (generation.base, generation.lines, generation.len);
                Ok(Kept { base, lines, len, file: generation.file.try_clone()? })
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a piece of `block`, up to where a file should end; how much.
    fn write<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        block: &[u8],
    ) -> (MutexGuard<'a, State>, io::Result<usize>) {
        let full = |current: &Generation| current.len >= self.generation;
        let endless = |current: &Generation| current.len >= 2 * self.generation;
        let next = match state.generations.back() {
            Some(current) => state.torn || full(current) && state.at_line || endless(current),
            None => true,
        };
        if next {
            state = self.make_room(state);
            if let Err(error) = self.begin(&mut state) {
                return (state, Err(error));
            }
        }
        let count = state.generations.back().map_or(0, |current| self.cut(current, block));
        loop {
            let Some(current) = state.generations.back() else { return (state, Ok(0)) };
            match current.file.write_at(&block[..count], current.len) {
                Ok(0) => return (state, Err(io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    if let Some(current) = state.generations.back_mut() {
                        current.len += written as u64;
                    }
                    state.pass(&block[..written]);
                    return (state, Ok(written));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The older half makes room for the newer one, before anything new is left out.
                Err(_) if state.generations.len() > 1 => self.drop_oldest(&mut state),
                Err(error) => return (state, Err(error)),
            }
        }
    }

    /// How much of `block` belongs into the present file: lines are not torn unless they have no end.
    fn cut(&self, current: &Generation, block: &[u8]) -> usize {
        let room = self.generation.saturating_sub(current.len) as usize;
        if block.len() <= room {
            return block.len();
        }
        let from = room.saturating_sub(1);
        let most = (2 * self.generation).saturating_sub(current.len).max(1) as usize;
        let end = memchr::memchr(b'\n', &block[from..]).map_or(block.len(), |at| from + at + 1);
        end.min(most)
    }

    /// Lets the oldest file fall out while the ring is full. A reader that is at work is given the time to read it.
    fn make_room<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        loop {
            let held: u64 = state.generations.iter().map(|generation| generation.len).sum();
            if held + self.generation <= self.total || state.generations.len() < 2 {
                return state;
            }
            let oldest = state.generations.front().map_or(0, Generation::end);
            let mut before = self.read.load(Ordering::Acquire);
            while before < oldest {
                // The reader waits for the lock, and learns of the bytes by the wake.
                self.end.store(state.end, Ordering::Release);
                self.wake();
                let waited = self.moved.wait_timeout(state, PATIENCE);
                let timeout;
                (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                let now = self.read.load(Ordering::Acquire);
                if timeout.timed_out() && now == before {
                    break;
                }
                before = now;
            }
            self.drop_oldest(&mut state);
        }
    }

    fn drop_oldest(&self, state: &mut State) {
        let Some(oldest) = state.generations.pop_front() else { return };
        self.dropped.fetch_add(oldest.len, Ordering::AcqRel);
        // A reader may have it open: its space is to be free all the same.
        let _ = oldest.file.set_len(0);
        if let Some(path) = &oldest.path {
            let _ = fs::remove_file(path);
        }
        let start = state.generations.front().map_or(state.end, |first| first.base);
        self.start.store(start, Ordering::Release);
    }

    /// Begins another file at the present end.
    fn begin(&self, state: &mut State) -> io::Result<()> {
        let (base, lines) = (state.end, state.lines);
        let path = self.folder.join(format!("{base:020}-{lines:020}.log"));
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let path = match self.keep {
            Keep::Named => Some(path),
            Keep::Unnamed => {
                fs::remove_file(&path)?;
                None
            }
        };
        // One that nothing was written to holds no place.
        if state.generations.back().is_some_and(|last| last.len == 0)
            && let Some(empty) = state.generations.pop_back()
            && empty.path != path
        {
            let _ = empty.path.map(fs::remove_file);
        }
        state.generations.push_back(Generation { base, lines, len: 0, file, path });
        state.torn = false;
        Ok(())
    }
}

impl State {
    /// Goes past these bytes.
    fn pass(&mut self, bytes: &[u8]) {
        self.end += bytes.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.at_line = bytes.last().map_or(self.at_line, |last| *last == b'\n');
    }
}

impl PartialEq for Spool {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool")
            .field("folder", &self.folder)
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
