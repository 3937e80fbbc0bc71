//! The folder of a spool: made for this user alone, locked while it is in use, removed when nobody uses it.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{FlockOperation, flock};

/// Removes a spool that nobody uses and nothing was written to since `before`; whether it did.
///
/// # Errors
/// When it cannot be looked at or removed.
pub fn remove_unused(folder: &Path, before: SystemTime) -> io::Result<bool> {
    let lock = File::open(folder)?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(false);
    }
    // The folder's own time tells when the newest file was begun.
    let times = generations(folder)?.into_iter().map(|(path, ..)| fs::metadata(path)?.modified());
    let newest =
        times.chain([lock.metadata()?.modified()]).collect::<io::Result<Vec<_>>>()?.into_iter().max();
    let unused = newest.is_some_and(|newest| newest < before);
    if unused {
        fs::remove_dir_all(folder)?;
    }
    Ok(unused)
}

/// Makes the folder of a spool and locks it.
pub(super) fn make_folder(folder: &Path) -> io::Result<File> {
    loop {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        match lock_folder(folder) {
            // It was removed this moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
    }
}

/// Locks the folder of a spool as one in use.
pub(super) fn lock_folder(folder: &Path) -> io::Result<File> {
    let lock = File::open(folder)?;
    // A file system without locks holds nothing up.
    let _ = flock(&lock, FlockOperation::LockShared);
    let (held, named) = (lock.metadata()?, fs::metadata(folder)?);
    if (held.dev(), held.ino()) == (named.dev(), named.ino()) {
        Ok(lock)
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// The files of a ring in `folder` with their first byte and the lines before it, the oldest first.
pub(super) fn generations(folder: &Path) -> io::Result<Vec<(PathBuf, u64, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let parse = |stem: &str| {
            let (base, lines) = stem.split_once('-')?;
            Some((base.parse().ok()?, lines.parse().ok()?))
        };
        let log = path.extension().is_some_and(|extension| extension == "log");
        if let Some((base, lines)) =
            path.file_stem().and_then(|stem| stem.to_str()).filter(|_| log).and_then(parse)
        {
            found.push((path, base, lines));
        }
    }
    found.sort_by_key(|(_, base, _)| *base);
    Ok(found)
}
