//! Which file stands behind the name: rotated away, cut, copied, resumed.

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::incident::SourceChange;
use crate::log::source::follow::Follower;
use crate::log::source::open;
use crate::log::source::rotation;
use crate::log::source::tape::{Print, Segment};

/// Most files of a directory that are looked at for a copy or a renamed file.
const SIBLINGS_MAX: usize = 4096;

impl Follower {
    /// What stands behind the name now, and what came between.
    pub(super) fn found(&mut self, meta: &Metadata, taken: &dyn Fn(u64, u64) -> bool) -> io::Result<()> {
        let Some(current) = self.tape.current() else { return self.open() };
        if (current.device, current.inode) == (meta.dev(), meta.ino()) {
            self.next.clear();
            self.moving = false;
            // What was closed because nothing happens is opened again when something does.
            let stamp = (meta.len(), meta.mtime(), meta.mtime_nsec());
            let quiet = self.stamp.replace(stamp) == Some(stamp) && !current.is_open();
            if quiet {
                return Ok(());
            }
            // Closed, it may not be opened any more.
            current.size()?;
            let cut = meta.len() < self.read - current.base || !current.is_same();
            if cut {
                self.truncated();
            } else {
                self.refresh();
            }
            return Ok(());
        }
        self.refresh();
        let known = self.next.back().is_some_and(|(file, _)| {
            file.metadata().is_ok_and(|next| (next.dev(), next.ino()) == (meta.dev(), meta.ino()))
        });
        if !known && !taken(meta.dev(), meta.ino()) {
            let newest = File::open(&self.path)?;
            let last = self.next.back().and_then(|(file, _)| file.metadata().ok()).map(|meta| meta.ino());
            let last = last.or_else(|| self.tape.current().map(|current| current.inode));
            let own = newest.metadata()?.ino();
            let between = last.map_or_else(|| Some(Vec::new()), |last| rotation::between(&self.path, last));
            self.moving = between.is_none();
            let Some(between) = between else { return Ok(()) };
            for file in between {
                let Ok(meta) = file.metadata() else { continue };
                if meta.ino() == own {
                    // It was rotated away this moment: what came after it is found at the next look.
                    break;
                }
                if !taken(meta.dev(), meta.ino()) {
                    self.next.push_back((file, true));
                }
            }
            self.next.push_back((newest, true));
        }
        Ok(())
    }

    pub(super) fn refresh(&mut self) {
        let read = self.read;
        if let Some(segment) = self.tape.current_mut()
            && let Ok(size) = segment.size()
        {
            segment.len = size.max(read - segment.base);
        }
    }

    /// Reading failed or is in doubt: is it another generation?
    pub(super) fn recheck(&mut self) {
        let Some(segment) = self.tape.current() else { return };
        let cut = segment.size().is_ok_and(|size| size < self.read - segment.base) || !segment.is_same();
        if cut {
            self.truncated();
        } else if let Some((read, segment)) = Some(self.read).zip(self.tape.current_mut()) {
            // Shorter than it was known to be, but no shorter than what was read.
            segment.len = segment.size().unwrap_or(0).max(read - segment.base);
        }
    }

    /// The file was cut: reads the rest from the copy, if there is one, then goes on from the start.
    fn truncated(&mut self) {
        let Some(old) = self.tape.current() else { return };
        let (base, print, known) = (old.base, old.print, old.len);
        let read = self.read - base;
        let Ok(file) = File::open(&self.path) else {
            // It is gone as well; the next look tells.
            if let Some(old) = self.tape.current_mut() {
                old.len = read;
            }
            return;
        };
        let copy = self.sibling(|file, meta| print.len > 0 && meta.len() >= read && print.matches(file));
        if let Some(segment) = copy.and_then(|copy| Segment::file(copy, Some(&self.path), base).ok()) {
            let missing = known.saturating_sub(segment.len);
            self.changes.push(SourceChange::Truncated { missing });
            self.tape.swap(segment);
            self.next = VecDeque::from([(file, false)]);
            return;
        }
        self.changes.push(SourceChange::Truncated { missing: known.saturating_sub(read) });
        self.next.clear();
        if let Some(old) = self.tape.current_mut() {
            old.len = read;
            old.forget();
        }
        if let Ok(segment) = Segment::file(file, Some(&self.path), self.read) {
            self.tape.advance(segment);
        }
        self.over = true;
    }

    fn open(&mut self) -> io::Result<()> {
        let file = File::open(&self.path)?;
        if open::is_sizeless(&file) && !self.raw {
            self.indirect = true;
            return Ok(());
        }
        let Some(position) = self.resume.take() else {
            self.tape.replace(Segment::file(file, Some(&self.path), self.read)?);
            return Ok(());
        };
        let print = Print { hash: position.fingerprint.0, len: position.fingerprint.1 };
        let same = |file: &File, meta: &Metadata| {
            (meta.dev(), meta.ino()) == (position.device, position.inode)
                && meta.len() >= position.offset
                && print.matches(file)
        };
        let meta = file.metadata()?;
        if same(&file, &meta) {
            self.tape.replace(Segment::file(file, Some(&self.path), position.base)?);
            return Ok(());
        }
        let renamed = self.sibling(same);
        let copied = || {
            self.sibling(|file, meta| print.len > 0 && meta.len() >= position.offset && print.matches(file))
        };
        if let Some(old) = renamed.or_else(copied) {
            self.tape.replace(Segment::file(old, Some(&self.path), position.base)?);
            self.next = VecDeque::from([(file, true)]);
            return Ok(());
        }
        self.numbers_lost = true;
        self.read = position.base + position.offset;
        self.tape.replace(Segment::file(file, Some(&self.path), self.read)?);
        self.changes.push(SourceChange::Rotated);
        Ok(())
    }

    /// A file beside this one whose name begins like its name, and that `accept` takes.
    fn sibling(&self, accept: impl Fn(&File, &Metadata) -> bool) -> Option<File> {
        let real = fs::canonicalize(&self.path).ok()?;
        let own = fs::metadata(&real).ok().map(|meta| meta.ino());
        let stem = real.file_stem()?.to_os_string().into_encoded_bytes();
        let entries = fs::read_dir(real.parent()?).ok()?.flatten().take(SIBLINGS_MAX);
        let mut named: Vec<PathBuf> = entries
            .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(&stem))
            .map(|entry| entry.path())
            .filter(|path| *path != real)
            .collect();
        named.sort();
        named.into_iter().find_map(|path| {
            let meta = fs::metadata(&path).ok().filter(|meta| meta.is_file() && Some(meta.ino()) != own)?;
            let file = File::open(&path).ok()?;
            accept(&file, &meta).then_some(file)
        })
    }
}
