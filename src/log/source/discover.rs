//! Which files a pattern or a directory means.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::incident::SourceSpec;

/// Most files one request yields; the most recently written ones are taken.
const FILES_MAX: usize = 256;
/// Bytes looked at to tell text from binary.
const SNIFF: usize = 1024;
/// Share of NUL bytes from which a block is binary.
const NUL_SHARE: usize = 20;

/// The files `spec` leads to, in the order of their names.
pub(crate) fn files(spec: &SourceSpec) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = match spec {
        SourceSpec::Glob(pattern) => match glob::glob(pattern) {
            Ok(paths) => paths.flatten().filter(|path| path.is_file() && !is_compressed(path)).collect(),
            Err(_) => Vec::new(),
        },
        SourceSpec::Directory(path) => match fs::read_dir(path) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).filter(|path| is_log(path)).collect(),
            Err(_) => Vec::new(),
        },
        SourceSpec::File(_) | SourceSpec::Stdin | SourceSpec::Context(_) => Vec::new(),
    };
    let mut dated: Vec<(i64, PathBuf)> =
        found.into_iter().map(|path| (fs::metadata(&path).map_or(0, |meta| meta.mtime()), path)).collect();
    dated.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    dated.truncate(FILES_MAX);
    let mut paths: Vec<PathBuf> = dated.into_iter().map(|(_, path)| path).collect();
    paths.sort();
    paths
}

/// The directories in which files for `spec` may appear.
pub(crate) fn directories(spec: &SourceSpec) -> Vec<PathBuf> {
    match spec {
        SourceSpec::Directory(path) => vec![PathBuf::from(path)],
        SourceSpec::Glob(pattern) => {
            let parent = crate::log::source::watch::parent(Path::new(pattern));
            if SourceSpec::is_pattern(&parent.to_string_lossy()) {
                let found = glob::glob(&parent.to_string_lossy());
                found.map_or_else(
                    |_| Vec::new(),
                    |paths| paths.flatten().filter(|path| path.is_dir()).collect(),
                )
            } else {
                vec![parent]
            }
        }
        SourceSpec::File(_) | SourceSpec::Stdin | SourceSpec::Context(_) => Vec::new(),
    }
}

/// Whether `later` is what rotation leaves of `name` (`app.log.1`, `app.log-20260301`).
pub(crate) fn is_rotated(name: &Path, later: &Path) -> bool {
    let (name, later) = (name.to_string_lossy(), later.to_string_lossy());
    let Some(suffix) = later.strip_prefix(&*name) else { return false };
    suffix.starts_with(['.', '-', '_']) && suffix.len() > 1
}

/// Whether a block looks binary: rich in NUL bytes.
pub(crate) fn is_binary(block: &[u8]) -> bool {
    let head = &block[..block.len().min(SNIFF)];
    let nuls = memchr::memchr_iter(0, head).count();
    nuls > 0 && nuls * NUL_SHARE >= head.len()
}

/// Names of logs without an extension.
const NAMES: [&str; 12] = [
    "syslog", "messages", "auth", "kern", "daemon", "secure", "dmesg", "maillog", "cron", "boot", "debug",
    "user",
];
/// Extensions of logs.
const KINDS: [&str; 7] = ["log", "txt", "out", "err", "json", "jsonl", "trace"];

fn is_log(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else { return false };
    let kind = name.rsplit('.').next().unwrap_or_default();
    let named = NAMES.contains(&name.as_str())
        || KINDS.contains(&kind)
        || name.contains(".log.")
        || name.contains(".log-");
    named && !name.starts_with('.') && path.is_file() && !is_compressed(path) && !holds_binary(path)
}

fn is_compressed(path: &Path) -> bool {
    let kind = path.extension().map(|kind| kind.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(
        kind.as_str(),
        "gz" | "bz2" | "xz" | "zst" | "zip" | "lz4" | "tgz" | "7z" | "lzma" | "z" | "swp" | "db"
    )
}

fn holds_binary(path: &Path) -> bool {
    let mut block = [0; SNIFF];
    let read = File::open(path).and_then(|file| file.read_at(&mut block, 0));
    read.is_ok_and(|read| is_binary(&block[..read]))
}
