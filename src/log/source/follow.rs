//! Follows one file by name: rename rotation, copy-and-truncate, recreation, symlink switch, late appearance, loss.

mod generation;

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::incident::SourceChange;
use crate::log::digest::Position;
use crate::log::source::open::{self, Form, explained};
use crate::log::source::plan::{Drawn, Plan};
use crate::log::source::tape::{Segment, Tape};

/// How long a name may be missing before it is said: a rotation takes a moment between its two steps.
const MISSING: SignedDuration = SignedDuration::from_secs(2);
/// Said of a name behind which nothing was ever found.
const NOT_YET: &str = "it does not exist yet; check the name, it is read as soon as it is there";

/// What reading gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// So many bytes, from this logical offset.
    Bytes(usize, u64),
    /// The generation is over; the next begins here.
    Over(u64),
    /// Nothing at present.
    Nothing,
}

/// A file that is followed.
#[derive(Debug)]
pub(crate) struct Follower {
    path: PathBuf,
    pub(crate) tape: Tape,
    /// Logical offset of the next byte to read.
    read: u64,
    /// The files to go on with when the present one is read to its end, and whether a rotation is to be told.
    next: VecDeque<(File, bool)>,
    /// The generation was cut short, which is still to be told by [`Piece::Over`].
    over: bool,
    missing_since: Option<Timestamp>,
    told: Option<SourceChange>,
    /// No more bytes will come once the end is reached.
    pub(crate) ended: bool,
    changes: Vec<SourceChange>,
    resume: Option<Position>,
    /// The lines before the present generation could not be counted.
    pub(crate) numbers_lost: bool,
    /// Lines before logical offset `base`, where a position was resumed.
    pub(crate) resumed_lines: u64,
    /// Its bytes are read as they are, whatever they are.
    raw: bool,
    /// Files are being renamed this moment.
    moving: bool,
    /// Size and time of the last change of the file at the last look.
    stamp: Option<(u64, i64, i64)>,
    /// What is there cannot be followed in place.
    pub(crate) indirect: bool,
}

impl Follower {
    pub(crate) fn new(path: PathBuf, resume: Option<Position>, ended: bool) -> Self {
        let (read, lines) = resume.as_ref().map_or((0, 0), |position| (position.base, position.base_lines));
        Self {
            path,
            tape: Tape::default(),
            read,
            next: VecDeque::new(),
            over: false,
            missing_since: None,
            told: None,
            ended,
            changes: Vec::new(),
            resume,
            numbers_lost: false,
            resumed_lines: lines,
            raw: false,
            moving: false,
            stamp: None,
            indirect: false,
        }
    }

    /// Follows a file whose bytes are no text yet.
    pub(crate) fn raw(path: PathBuf) -> Self {
        Self { raw: true, ..Self::new(path, None, false) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Logical offset of the next byte to read.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// What happened since the last call.
    pub(crate) fn take_changes(&mut self) -> Vec<SourceChange> {
        std::mem::take(&mut self.changes)
    }

    /// Whether the file should be looked at again soon, whatever the watcher says.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.moving || !self.next.is_empty() || (self.missing_since.is_some() && self.told.is_none())
    }

    /// Whether there is something to read.
    pub(crate) fn has_more(&self) -> bool {
        let unread = self.tape.current().is_some_and(|segment| self.read < segment.end());
        if self.indirect {
            return false;
        }
        self.over
            || unread
            || self.next.len() > 1
            || self.next.front().is_some_and(|(file, _)| file.metadata().is_ok_and(|meta| meta.len() > 0))
    }

    /// Looks at the name and the file behind it. `taken` tells whether another source reads a file already.
    pub(crate) fn check(&mut self, now: Timestamp, taken: &dyn Fn(u64, u64) -> bool) {
        match self.look() {
            Ok(meta) => {
                self.indirect |= meta.file_type().is_fifo();
                if self.indirect {
                    return;
                }
                let result = self.found(&meta, taken);
                self.missing_since = None;
                match result {
                    Ok(()) if self.told.take().is_some() => self.changes.push(SourceChange::Appeared),
                    Ok(()) => {}
                    Err(error) => self.tell(SourceChange::Unreadable { reason: explained(&error) }),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.refresh();
                let since = *self.missing_since.get_or_insert(now);
                if self.tape.current().is_none() {
                    self.tell(SourceChange::Unreadable { reason: NOT_YET.to_owned() });
                } else if now.duration_since(since) >= MISSING {
                    self.tell(SourceChange::Disappeared);
                }
            }
            Err(error) => {
                self.refresh();
                self.tell(SourceChange::Unreadable { reason: explained(&error) });
            }
        }
    }

    /// Reads on into `buffer`.
    pub(crate) fn next(&mut self, buffer: &mut [u8]) -> Piece {
        let read = self.read;
        if std::mem::take(&mut self.over) {
            return Piece::Over(read);
        }
        let Some(segment) = self.tape.current_mut() else { return Piece::Nothing };
        let at = read - segment.base;
        if at < segment.len {
            let read = segment.read(at, buffer);
            let coded = |count: &usize| Form::of_head(&buffer[..*count]) != Form::Plain;
            if at == 0 && !self.raw && read.as_ref().is_ok_and(coded) {
                self.indirect = true;
                return Piece::Nothing;
            }
            // Only what was read before the file was cut is from this generation: look after reading.
            let whole = |count: &usize| segment.size().is_ok_and(|size| size >= at + *count as u64);
            let sound = read.as_ref().is_ok_and(whole) && segment.is_same();
            return self.take(read, sound);
        }
        self.go_on()
    }

    /// Takes in what was read at the present place.
    fn take(&mut self, read: io::Result<usize>, sound: bool) -> Piece {
        let at = self.read;
        match read {
            Ok(count) if count > 0 && sound => {
                if let Some(segment) = self.tape.current_mut() {
                    segment.grow_print();
                }
                self.read += count as u64;
                return Piece::Bytes(count, at);
            }
            Ok(_) => self.recheck(),
            Err(error) => {
                // Tried again at the next look.
                if let Some(segment) = self.tape.current_mut() {
                    segment.len = at - segment.base;
                }
                self.tell(SourceChange::Unreadable { reason: explained(&error) });
            }
        }
        Piece::Nothing
    }

    /// How to read `len` bytes at a logical offset ahead of their turn; absent where they are not all there.
    pub(crate) fn plan(&self, offset: u64, len: usize) -> Option<Plan> {
        let segment = self.tape.current().filter(|_| !self.over)?;
        // The first block tells whether it is plain text.
        let known = self.raw || offset > segment.base;
        let there = known && offset >= self.read && offset + len as u64 <= segment.end();
        let file = segment.share().filter(|_| there)?;
        Some(Plan { file, offset, at: offset - segment.base, print: segment.print })
    }

    /// Whether what was planned is what comes next.
    pub(crate) fn is_next(&self, plan: &Plan) -> bool {
        let same = self.tape.current().is_some_and(|segment| segment.is_of(&plan.file));
        same && plan.offset == self.read && !self.over
    }

    /// Takes in what was read ahead, as [`Self::next`] would have read it; it is next.
    pub(crate) fn take_planned(&mut self, drawn: Drawn) -> Piece {
        self.take(drawn.count, drawn.sound)
    }

    /// At the end of the present file: goes on with the next one, when there is one with something in it.
    fn go_on(&mut self) -> Piece {
        let Some((file, _)) = self.next.front() else { return Piece::Nothing };
        // A writer that has not reopened its file yet still writes to the old one.
        let waiting = self.next.len() == 1 && file.metadata().map_or(true, |meta| meta.len() == 0);
        self.refresh();
        let unread = self.tape.current().is_some_and(|segment| self.read < segment.end());
        if waiting || unread {
            return Piece::Nothing;
        }
        if let Some((file, rotated)) = self.next.pop_front() {
            match Segment::file(file, Some(&self.path), self.read) {
                Ok(segment) => {
                    self.tape.advance(segment);
                    if rotated {
                        self.changes.push(SourceChange::Rotated);
                    }
                }
                Err(error) => self.tell(SourceChange::Unreadable { reason: explained(&error) }),
            }
        }
        Piece::Over(self.read)
    }

    /// The position to resume from.
    pub(crate) fn position(&self, base_lines: u64) -> Option<Position> {
        let segment = self.tape.current()?;
        Some(Position {
            device: segment.device,
            inode: segment.inode,
            offset: self.read - segment.base,
            base: segment.base,
            base_lines,
            fingerprint: (segment.print.hash, segment.print.len),
        })
    }

    fn look(&self) -> io::Result<Metadata> {
        let meta = fs::metadata(&self.path)?;
        open::refuse(&meta)?;
        Ok(meta)
    }

    /// Says what is wrong, once.
    fn tell(&mut self, change: SourceChange) {
        if self.told.as_ref() != Some(&change) {
            self.told = Some(change.clone());
            self.changes.push(change);
        }
    }
}
