//! Spools of long ago: what was kept of streams is removed when nobody has written to it for a month.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::log::source::spool::remove_unused;

/// How long a spool is kept after the last byte was written to it.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Looks through the spools below `folder` on a thread of its own.
pub(crate) fn start(folder: PathBuf) -> std::io::Result<()> {
    let work = move || prune(&folder, SystemTime::now());
    std::thread::Builder::new().name("sevdeck-prune".to_owned()).spawn(work).map(drop)
}

/// Removes the spools that are in nobody's use and too old. One that cannot be removed stays.
fn prune(folder: &Path, now: SystemTime) {
    let Some(before) = now.checked_sub(KEPT) else { return };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let _ = remove_unused(&entry.path(), before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::source::spool::{Keep, Spool};

    fn spool(folder: &Path) -> Spool {
        let spool = Spool::create(folder, Keep::Named, 1 << 20, Box::new(|| {})).unwrap();
        spool.append(b"one\ntwo\n").unwrap();
        spool
    }

    /// Prunes until a spool is gone. The lock of a spool outlives it for a moment where another test starts a process:
    /// the child holds a copy of every descriptor until it runs its program.
    fn gone(folder: &Path, spool: &Path, now: SystemTime) -> bool {
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while spool.exists() && std::time::Instant::now() < end {
            prune(folder, now);
            std::thread::yield_now();
        }
        !spool.exists()
    }

    #[test]
    fn old_spools_that_nobody_uses_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (idle, used) = (folder.path().join("inc-1-1"), folder.path().join("inc-2-1"));
        drop(spool(&idle));
        let kept = spool(&used);
        let today = SystemTime::now();
        prune(folder.path(), today + KEPT / 2);
        assert!(idle.exists(), "it is not old");
        assert!(gone(folder.path(), &idle, today + 2 * KEPT) && used.exists());
        assert_eq!(kept.tail(10), b"one\ntwo\n");
        drop(kept);
        assert!(gone(folder.path(), &used, today + 2 * KEPT));
        prune(&folder.path().join("none"), today);
    }
}
