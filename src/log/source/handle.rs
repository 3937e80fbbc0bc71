//! Open files, fewer than the system allows: what was not used for a while is closed, and opened again by name when it
//! is needed. Descriptors belong to the whole process, so there is one pool of them.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirEntryExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use rustix::process::{Resource, getrlimit};

/// Most files held open, and the share of what the process may open.
const OPEN_MAX: u64 = 512;
const OPEN_SHARE: u64 = 4;
/// Most files of a directory looked at for one that was renamed.
const SIBLINGS_MAX: usize = 65_536;

static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    Pool { limit: (allowed / OPEN_SHARE).clamp(8, OPEN_MAX) as usize, open: Mutex::default() }
});

/// Files that are open and can be closed, in the order in which they are asked to give way.
struct Pool {
    limit: usize,
    open: Mutex<VecDeque<Weak<Inner>>>,
}

impl Pool {
    /// Takes a file in that was opened, and closes one that was not used since it was asked last.
    fn enter(&self, inner: &Arc<Inner>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push_back(Arc::downgrade(inner));
        // Each is passed over once at most, so this ends.
        let mut left = 2 * open.len();
        while open.len() > self.limit && left > 0 {
            left -= 1;
            let Some(oldest) = open.pop_front() else { return };
            let Some(file) = oldest.upgrade() else { continue };
            // What has no name any more cannot be opened again; there is room for some of that.
            let spared = open.len() < 2 * self.limit && file.is_unlinked();
            if file.used.swap(false, Ordering::Relaxed) || spared {
                open.push_back(oldest);
            } else {
                file.close();
            }
        }
    }
}

/// A file that is open, or can be opened again.
#[derive(Debug)]
pub(crate) struct Handle {
    inner: Arc<Inner>,
    device: u64,
    inode: u64,
}

#[derive(Debug)]
struct Inner {
    file: Mutex<Option<Arc<File>>>,
    /// Where it was last; absent for one that could not be found again.
    path: Option<Mutex<PathBuf>>,
    used: AtomicBool,
    /// It was closed, and is not found any more.
    lost: AtomicBool,
}

impl Inner {
    fn is_unlinked(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.as_ref().is_some_and(|file| file.metadata().is_ok_and(|meta| meta.nlink() == 0))
    }

    fn close(&self) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Handle {
    /// An open file that stands at `path`; without one, it stays open.
    pub(crate) fn new(file: File, path: Option<&Path>) -> io::Result<Self> {
        let meta = file.metadata()?;
        // What is there was opened by somebody, and cannot be found again by name.
        let path = path.filter(|path| !path.starts_with("/proc") && !path.starts_with("/dev"));
        let path = path.map(|path| Mutex::new(path.to_owned()));
        let closable = path.is_some();
        let file = Mutex::new(Some(Arc::new(file)));
        let handle = Self {
            inner: Arc::new(Inner { file, path, used: AtomicBool::new(true), lost: AtomicBool::new(false) }),
            device: meta.dev(),
            inode: meta.ino(),
        };
        if closable {
            POOL.enter(&handle.inner);
        }
        Ok(handle)
    }

    /// Device and inode number.
    pub(crate) fn identity(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// Whether it is open at present.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.file.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether it is open as this very file.
    pub(crate) fn is(&self, other: &Arc<File>) -> bool {
        let open = self.inner.file.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().is_some_and(|file| Arc::ptr_eq(file, other))
    }

    /// Whether it was closed, and was not found when it was needed again.
    pub(crate) fn is_lost(&self) -> bool {
        self.inner.lost.load(Ordering::Relaxed)
    }

    /// The file, opened again where it was closed.
    ///
    /// # Errors
    /// When it was closed and is not found any more.
    pub(crate) fn get(&self) -> io::Result<Arc<File>> {
        self.inner.used.store(true, Ordering::Relaxed);
        let mut open = self.inner.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &*open {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(self.find()?);
        *open = Some(Arc::clone(&file));
        drop(open);
        POOL.enter(&self.inner);
        Ok(file)
    }

    /// Opens the file where it was, or under its new name in the same directory.
    fn find(&self) -> io::Result<File> {
        let Some(path) = &self.inner.path else { return Err(io::ErrorKind::NotFound.into()) };
        let mut path = path.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = self.open_at(&path) {
            return Ok(file);
        }
        let real = fs::canonicalize(&*path).unwrap_or_else(|_| path.clone());
        let folder = real.parent().unwrap_or(Path::new("/"));
        let mut entries = fs::read_dir(folder)?.flatten().take(SIBLINGS_MAX);
        let renamed = entries.find(|entry| entry.ino() == self.inode).map(|entry| entry.path());
        let found = renamed.and_then(|renamed| Some((self.open_at(&renamed)?, renamed)));
        self.inner.lost.store(found.is_none(), Ordering::Relaxed);
        let (file, renamed) = found.ok_or(io::ErrorKind::NotFound)?;
        *path = renamed;
        Ok(file)
    }

    fn open_at(&self, path: &Path) -> Option<File> {
        let file = File::open(path).ok()?;
        let meta = file.metadata().ok()?;
        ((meta.dev(), meta.ino()) == self.identity()).then_some(file)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn text(handle: &Handle) -> io::Result<String> {
        let mut text = String::new();
        (&*handle.get()?).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_closed_file_is_opened_again_also_under_another_name() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.log");
        fs::write(&path, "one").unwrap();
        let handle = Handle::new(File::open(&path).unwrap(), Some(&path)).unwrap();
        handle.inner.close();
        assert!(!handle.is_open());
        assert_eq!(text(&handle).unwrap(), "one");
        handle.inner.close();
        fs::rename(&path, home.path().join("a.log.1")).unwrap();
        fs::write(&path, "two").unwrap();
        assert_eq!(text(&handle).unwrap(), "one");
        handle.inner.close();
        fs::remove_file(home.path().join("a.log.1")).unwrap();
        assert!(handle.get().is_err() && handle.is_lost(), "what stands there now is another file");
    }

    #[test]
    fn of_very_many_files_some_are_open_and_all_can_be_read() {
        let home = tempfile::tempdir().unwrap();
        let count = 3 * POOL.limit;
        let handles: Vec<Handle> = (0..count)
            .map(|number| {
                let path = home.path().join(number.to_string());
                fs::write(&path, number.to_string()).unwrap();
                Handle::new(File::open(&path).unwrap(), Some(&path)).unwrap()
            })
            .collect();
        for (number, handle) in handles.iter().enumerate() {
            assert_eq!(handle.get().unwrap().metadata().unwrap().len(), number.to_string().len() as u64);
        }
        let open = handles.iter().filter(|handle| handle.is_open()).count();
        assert!((1..=POOL.limit).contains(&open), "{open}");
    }
}
