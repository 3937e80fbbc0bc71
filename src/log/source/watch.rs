//! One watcher for everything. It watches the directories that hold the names of interest and remembers which of
//! them something happened to; where it cannot work, the sources are polled.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{ModifyKind, RenameMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use rustix::io::Errno;

/// Most names remembered between two looks; beyond that everything is looked at.
const CHANGED_MAX: usize = 1024;

#[derive(Debug, Default)]
struct Seen {
    files: HashSet<PathBuf>,
    /// Directories in which new names matter.
    directories: HashSet<PathBuf>,
    changed: HashSet<PathBuf>,
    /// Directories with a watch, and those of them that are gone or have another name now.
    watched: HashSet<PathBuf>,
    gone: Vec<PathBuf>,
    appeared: bool,
    everything: bool,
}

/// How far the watcher can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Not at all: there is no watch.
    Deaf,
    /// The file system may not tell of every write.
    Untold,
    /// It tells of every write.
    Told,
}

/// What happened since the last look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Noticed {
    /// Files of interest that changed.
    pub(crate) files: HashSet<PathBuf>,
    /// Names appeared in a directory of interest.
    pub(crate) appeared: bool,
    /// Too much happened, or some of it was lost: look everywhere.
    pub(crate) everything: bool,
}

/// Watches directories.
pub(crate) struct Watch {
    watcher: Option<RecommendedWatcher>,
    seen: Arc<Mutex<Seen>>,
    /// Directories watched, and how far the watcher can be relied on there.
    directories: HashMap<PathBuf, Reach>,
    /// Why the system grants no more watches, until it is told, and whether it was.
    refused: Option<String>,
    told: bool,
}

impl Watch {
    /// Starts; `wake` is called when something of interest happened.
    pub(crate) fn new(wake: Box<dyn Fn() + Send + Sync>) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let handler = {
            let seen = Arc::clone(&seen);
            move |event: notify::Result<Event>| {
                if note(&mut seen.lock().unwrap_or_else(PoisonError::into_inner), event) {
                    wake();
                }
            }
        };
        let mut watch = Self { watcher: None, seen, directories: HashMap::new(), refused: None, told: false };
        match notify::recommended_watcher(handler) {
            Ok(watcher) => watch.watcher = Some(watcher),
            Err(error) => watch.refuse(&error),
        }
        watch
    }

    /// Why the system grants no more watches, and what to do; told once.
    pub(crate) fn take_refusal(&mut self) -> Option<String> {
        self.refused.take()
    }

    fn refuse(&mut self, error: &notify::Error) {
        if let Some(why) = limit(error).filter(|_| !self.told) {
            self.told = true;
            self.refused = Some(why);
        }
    }

    /// Takes an interest in a file. Returns how far the watcher can be relied on for it.
    pub(crate) fn file(&mut self, path: &Path) -> Reach {
        self.lock(|seen| seen.files.insert(path.to_owned()));
        let mut reach = self.directory_of(path);
        // The name may be a link: what it leads to is written in another directory.
        if let Ok(real) = std::fs::canonicalize(path)
            && real != path
        {
            reach = reach.min(self.directory_of(&real));
            self.lock(|seen| seen.files.insert(real));
        }
        reach
    }

    /// Takes an interest in names that appear in a directory.
    pub(crate) fn directory(&mut self, path: &Path) -> Reach {
        self.lock(|seen| seen.directories.insert(path.to_owned()));
        self.watch(path)
    }

    /// What happened since the last call.
    pub(crate) fn take(&mut self) -> Noticed {
        let mut noticed = Noticed::default();
        let gone = self.lock(|seen| {
            noticed.files = std::mem::take(&mut seen.changed);
            noticed.appeared = std::mem::take(&mut seen.appeared);
            noticed.everything = std::mem::take(&mut seen.everything);
            std::mem::take(&mut seen.gone)
        });
        // A directory of the same name is another one: it is watched when somebody looks there again.
        for directory in gone {
            self.directories.remove(&directory);
            if let Some(watcher) = &mut self.watcher {
                let _ = watcher.unwatch(&directory);
            }
        }
        noticed
    }

    fn lock<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn directory_of(&mut self, path: &Path) -> Reach {
        let parent = parent(path);
        self.watch(&parent)
    }

    fn watch(&mut self, directory: &Path) -> Reach {
        if let Some(reach) = self.directories.get(directory) {
            return *reach;
        }
        let Some(watcher) = &mut self.watcher else { return Reach::Deaf };
        if let Err(error) = watcher.watch(directory, RecursiveMode::NonRecursive) {
            self.refuse(&error);
            return Reach::Deaf;
        }
        self.lock(|seen| seen.watched.insert(directory.to_owned()));
        let reach = if delivers_events(directory) { Reach::Told } else { Reach::Untold };
        self.directories.insert(directory.to_owned(), reach);
        reach
    }
}

/// The directory a name stands in.
pub(crate) fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Names by which the watcher tells of a file: as given, and where links lead.
pub(crate) fn names_of(path: &Path) -> Vec<PathBuf> {
    let given = parent(path).join(path.file_name().unwrap_or_default());
    let given = given.strip_prefix("./").map_or_else(|_| given.clone(), Path::to_path_buf);
    let real = std::fs::canonicalize(path).ok().filter(|real| *real != given);
    std::iter::once(given).chain(real).collect()
}

/// What is said where the system has no more watches to give.
fn limit(error: &notify::Error) -> Option<String> {
    // inotify(7): too many watches are ENOSPC, too many watchers EMFILE.
    let setting = match &error.kind {
        ErrorKind::MaxFilesWatch => "fs.inotify.max_user_watches",
        ErrorKind::Io(cause) => match Errno::from_io_error(cause)? {
            Errno::NOSPC => "fs.inotify.max_user_watches",
            Errno::MFILE => "fs.inotify.max_user_instances",
            _ => return None,
        },
        _ => return None,
    };
    Some(format!(
        "the system tells of no more folders: files are looked at each second; raise {setting} (sysctl)"
    ))
}

/// Notes an event; tells whether it is of interest.
fn note(seen: &mut Seen, event: notify::Result<Event>) -> bool {
    let Ok(event) = event else {
        seen.everything = true;
        return true;
    };
    if event.need_rescan() {
        seen.everything = true;
        return true;
    }
    let appears = match event.kind {
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)) => true,
        EventKind::Modify(_) | EventKind::Remove(_) => false,
        _ => return false,
    };
    let leaves =
        matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)));
    let mut interesting = false;
    for path in &event.paths {
        if leaves && seen.watched.remove(path) {
            seen.gone.push(path.clone());
            interesting = true;
        }
        if seen.files.contains(path) || path.strip_prefix("./").is_ok_and(|path| seen.files.contains(path)) {
            interesting = true;
            if seen.changed.len() >= CHANGED_MAX {
                seen.everything = true;
            } else {
                seen.changed.insert(path.strip_prefix("./").unwrap_or(path).to_owned());
            }
        }
        if appears && seen.directories.contains(&parent(path)) {
            interesting = true;
            seen.appeared = true;
        }
    }
    interesting
}

/// Whether the kernel tells about writes on the file system of `directory`: network and user-space ones are written
/// to behind its back, and overlays may show a lower layer. Numbers from statfs(2).
fn delivers_events(directory: &Path) -> bool {
    const SILENT: [u32; 8] = [
        0x6969,      // NFS
        0x6573_5546, // FUSE
        0x0102_1997, // 9p
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB2
        0x794c_7630, // overlay
        0x00c3_6400, // Ceph
    ];
    rustix::fs::statfs(directory).is_ok_and(|stat| !SILENT.contains(&(stat.f_type as u32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_the_system_are_named_once() {
        let full = notify::Error::new(ErrorKind::MaxFilesWatch);
        let many = notify::Error::io(Errno::MFILE.into());
        let other = notify::Error::io(std::io::ErrorKind::NotFound.into());
        assert!(limit(&full).is_some_and(|said| said.contains("max_user_watches")));
        assert!(limit(&many).is_some_and(|said| said.contains("max_user_instances")));
        assert_eq!(limit(&other), None);
        let mut watch = Watch::new(Box::new(|| {}));
        watch.refuse(&other);
        assert_eq!(watch.take_refusal(), None);
        watch.refuse(&full);
        watch.refuse(&many);
        assert_eq!(watch.take_refusal(), limit(&full));
        watch.refuse(&full);
        assert_eq!(watch.take_refusal(), None, "it was said");
    }

    #[test]
    fn a_directory_that_is_removed_and_made_again_is_watched_again() {
        let (sender, woken) = std::sync::mpsc::sync_channel(64);
        let mut watch = Watch::new(Box::new(move || {
            let _ = sender.try_send(());
        }));
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        let file = logs.join("app.log");
        for turn in ["first", "second"] {
            std::fs::create_dir(&logs).unwrap();
            watch.file(&file);
            assert!(watch.directories.contains_key(&logs), "{turn}");
            std::fs::write(&file, turn).unwrap();
            while !watch.take().files.contains(&file) {
                woken.recv_timeout(std::time::Duration::from_secs(20)).expect(turn);
            }
            std::fs::remove_dir_all(&logs).unwrap();
            while watch.directories.contains_key(&logs) {
                woken.recv_timeout(std::time::Duration::from_secs(20)).expect(turn);
                watch.take();
            }
        }
    }
}
