//! Files on this host that are likely logs, for the person who has not said which: the newest first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::Timestamp;
use rustix::fs::{Access, access};
use tokio::sync::mpsc::Sender;

use crate::app::msg::{LogFile, Msg};

/// Most files told of.
const FILES: usize = 500;
/// Most entries of folders looked at; a host with more is searched in part.
const ENTRIES: usize = 20_000;
/// How deep below a folder.
const DEPTH: usize = 3;
/// Folders in which there is much and no log.
const PASSED: [&str; 5] = ["node_modules", "target", "journal", "private", "vendor"];

/// Looks on a thread of its own; answered by `Msg::Logs`.
pub(super) fn find(sender: Sender<Msg>, roots: Vec<PathBuf>) {
    let work = move || {
        let _ = sender.blocking_send(Msg::Logs(below(&roots)));
    };
    let _ = thread::Builder::new().name("sevdeck-find".to_owned()).spawn(work);
}

/// The likely logs below `roots`, those that changed last first.
fn below(roots: &[PathBuf]) -> Vec<LogFile> {
    let mut left = ENTRIES;
    let mut found = BTreeSet::new();
    let mut files = Vec::new();
    let mut folders: Vec<(PathBuf, usize)> = roots.iter().rev().map(|root| (root.clone(), 0)).collect();
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            if left == 0 {
                break;
            }
            left -= 1;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEPTH && !name.starts_with('.') && !PASSED.contains(&name.as_str()) {
                folders.push((path, depth + 1));
            } else if kind.is_file() && is_likely(&path, &name) && found.insert(path.clone()) {
                files.extend(described(&path, &entry));
            }
        }
    }
    files.sort_by(|one, other| other.changed.cmp(&one.changed).then_with(|| one.path.cmp(&other.path)));
    files.truncate(FILES);
    files
}

/// Whether a file is called like a log; what was rotated away and compressed is left to those who name it.
fn is_likely(path: &Path, name: &str) -> bool {
    let lower = name.to_lowercase();
    if [".gz", ".xz", ".bz2", ".zst", ".zip"].iter().any(|end| lower.ends_with(end)) {
        return false;
    }
    let ends = [".log", ".out", ".err", ".jsonl", ".ndjson", "_log"].iter().any(|end| lower.ends_with(end));
    let named =
        ["syslog", "messages", "auth.log", "kern.log", "daemon.log", "dmesg"].contains(&lower.as_str());
    ends || named
        || lower.contains(".log.")
        || path.to_string_lossy().contains("/logs/") && path.extension().is_some_and(|end| end == "txt")
}

/// The file, where it can be read and holds something.
fn described(path: &Path, entry: &fs::DirEntry) -> Option<LogFile> {
    let meta = entry.metadata().ok().filter(|meta| meta.len() > 0)?;
    access(path, Access::READ_OK).ok()?;
    let changed = Timestamp::try_from(meta.modified().ok()?).ok()?;
    Some(LogFile { path: path.to_str()?.to_owned(), bytes: meta.len(), changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_found_newest_first_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, age: u64| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_770_000_000 - age);
            fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        write("app.log", "x", 50);
        write("pg/postgresql-16.log", "x", 10);
        write("nginx/access.log.1", "x", 90);
        write("a/b/c/d/deep.log", "x", 1);
        write("old.log.gz", "x", 1);
        write("empty.log", "", 1);
        write("main.rs", "x", 1);
        write("node_modules/x/y.log", "x", 1);
        let roots = [folder.path().to_owned(), folder.path().join("pg")];
        let names: Vec<String> = below(&roots)
            .iter()
            .map(|file| file.path.strip_prefix(folder.path().to_str().unwrap()).unwrap().to_owned())
            .collect();
        assert_eq!(names, ["/pg/postgresql-16.log", "/app.log", "/nginx/access.log.1"]);
    }
}
