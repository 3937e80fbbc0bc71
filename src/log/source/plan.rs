//! Reading ahead: bytes of a file that is followed, read beside the one who takes them in.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::log::source::tape::{Print, read_full};

/// Bytes to be read ahead of their turn.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The file.
    pub(crate) file: Arc<File>,
    /// Logical offset.
    pub(crate) offset: u64,
    /// Offset in the file.
    pub(crate) at: u64,
    /// What tells its generation.
    pub(crate) print: Print,
}

/// What reading ahead gave.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// Bytes read.
    pub(crate) count: io::Result<usize>,
    /// They are of the generation that was meant.
    pub(crate) sound: bool,
}

impl Plan {
    /// Reads, and looks after reading whether the file was cut before.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Drawn {
        let count = read_full(&self.file, buffer, self.at);
        let whole =
            |count: &usize| self.file.metadata().is_ok_and(|meta| meta.len() >= self.at + *count as u64);
        let sound = count.as_ref().is_ok_and(whole) && self.print.matches(&self.file);
        Drawn { count, sound }
    }
}
