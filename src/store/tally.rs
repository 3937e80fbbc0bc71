//! How many events the store holds, in a file beside it.
//!
//! sled drops everything behind a damaged spot of its file without a word. The number is written after every
//! durable append and not synced, so it is never ahead of the store: more here than there means that events are gone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The number last written; 0 when there is none.
pub(crate) fn read(path: &Path) -> u64 {
    fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Writes the number.
pub(crate) fn write(path: &Path, events: u64) -> io::Result<()> {
    // One write of fixed length: a reader finds the old number or the new one.
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.write_all(format!("{events:020}\n").as_bytes())
}
