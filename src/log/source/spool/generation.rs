//! One file of the ring that a spool is.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// One file of the ring.
#[derive(Debug)]
pub(super) struct Generation {
    /// Offset in the stream of its first byte.
    pub(super) base: u64,
    /// Lines of the stream before it.
    pub(super) lines: u64,
    pub(super) len: u64,
    pub(super) file: File,
    pub(super) path: Option<PathBuf>,
}

impl Generation {
    pub(super) fn end(&self) -> u64 {
        self.base + self.len
    }
}

/// A file of the ring as a reader sees it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) base: u64,
    pub(crate) lines: u64,
    pub(crate) len: u64,
    pub(crate) file: File,
}

/// Line breaks of a file, and whether the last byte is one.
pub(super) fn count_lines(generation: &Generation) -> io::Result<(u64, bool)> {
    let mut block = vec![0; 256 * 1024];
    let (mut at, mut lines, mut last) = (0, 0, b'\n');
    loop {
        let read = generation.file.read_at(&mut block, at)?;
        let Some(end) = block[..read].last() else { return Ok((lines, last == b'\n')) };
        last = *end;
        lines += memchr::memchr_iter(b'\n', &block[..read]).count() as u64;
        at += read as u64;
    }
}
