//! Which files a pattern or a directory means.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::incident::SourceSpec;

/// Most files one request yields; the most recently written ones are taken.
const FILES_MAX: usize = 10_000;
/// Bytes looked at to tell text from binary.
const SNIFF: usize = 1024;
/// One NUL byte in so many makes a block binary.
const NUL_SHARE: usize = 20;
/// One control character in so many that no text has makes a block binary. Compressed bytes, where all values are as
/// likely, have about one in ten; text in any encoding that keeps ASCII has none to speak of.
const CONTROL_SHARE: usize = 25;
/// Fewer bytes than this say nothing about shares of control characters.
const CONTROL_MIN: usize = 64;
/// First bytes of gzip, bzip2, xz, Zstandard, LZ4, zip and 7z files.
const COMPRESSED: [&[u8]; 7] = [
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"PK\x03\x04",
    b"7z\xbc\xaf\x27\x1c",
];

/// The files `spec` leads to, in the order of their names, and how many more there are. What is `known` is not looked
/// into again.
pub(crate) fn files(spec: &SourceSpec, known: &BTreeSet<PathBuf>) -> (Vec<PathBuf>, usize) {
    let found: Vec<PathBuf> = match spec {
        SourceSpec::Glob(pattern) => {
            // Compressed files are meant when the pattern says so.
            let packed = is_compressed(Path::new(pattern));
            let is_meant = |path: &PathBuf| {
                known.contains(path) || (packed || !is_compressed(path)) && is_readable(path)
            };
            glob::glob(pattern)
                .map_or_else(|_| Vec::new(), |paths| paths.flatten().filter(is_meant).collect())
        }
        SourceSpec::Directory(path) => match fs::read_dir(path) {
            Ok(entries) => {
                let paths = entries.flatten().map(|entry| entry.path());
                paths.filter(|path| known.contains(path) || is_log(path)).collect()
            }
            Err(_) => Vec::new(),
        },
        SourceSpec::File(_)
        | SourceSpec::Command(_)
        | SourceSpec::Journal(_)
        | SourceSpec::Stdin
        | SourceSpec::Context(_) => Vec::new(),
    };
    let left_out = found.len().saturating_sub(FILES_MAX);
    let mut paths = if left_out > 0 { newest(found) } else { found };
    paths.sort();
    (paths, left_out)
}

/// Whether `spec` leads to a file of this name.
pub(crate) fn covers(spec: &SourceSpec, path: &Path) -> bool {
    match spec {
        SourceSpec::Directory(folder) => path.parent() == Some(Path::new(folder)) && is_log(path),
        SourceSpec::Glob(pattern) => {
            glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_path(path))
        }
        _ => false,
    }
}

/// The most recently written ones of too many files.
fn newest(found: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut dated: Vec<(i64, PathBuf)> =
        found.into_iter().map(|path| (fs::metadata(&path).map_or(0, |meta| meta.mtime()), path)).collect();
    dated.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    dated.truncate(FILES_MAX);
    dated.into_iter().map(|(_, path)| path).collect()
}

/// Whether something with lines may stand there: a file, or a pipe with a name.
fn is_readable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() || meta.file_type().is_fifo())
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
        SourceSpec::File(_)
        | SourceSpec::Command(_)
        | SourceSpec::Journal(_)
        | SourceSpec::Stdin
        | SourceSpec::Context(_) => Vec::new(),
    }
}

/// Whether `later` is what rotation leaves of one of `names` (`app.log.1`, `app.log-20260301`).
pub(crate) fn is_rotated(names: &BTreeSet<PathBuf>, later: &Path) -> bool {
    let bytes = later.as_os_str().as_bytes();
    let ends = memchr::memchr3_iter(b'.', b'-', b'_', bytes).filter(|end| end + 1 < bytes.len());
    ends.map(|end| Path::new(OsStr::from_bytes(&bytes[..end]))).any(|name| names.contains(name))
}

/// Whether the first block of a file looks binary: compressed, or rich in NUL bytes or other control characters.
pub(crate) fn is_binary(block: &[u8]) -> bool {
    let head = &block[..block.len().min(SNIFF)];
    let nuls = memchr::memchr_iter(0, head).count();
    let controls = head.iter().filter(|byte| is_never_text(**byte)).count();
    COMPRESSED.iter().any(|magic| head.starts_with(magic) && !head.is_ascii())
        || nuls > 0 && nuls * NUL_SHARE >= head.len()
        || head.len() >= CONTROL_MIN && controls * CONTROL_SHARE >= head.len()
}

/// Control characters that neither layout nor terminal colours nor shift states of East Asian encodings need.
fn is_never_text(byte: u8) -> bool {
    matches!(byte, 0x00..=0x06 | 0x10..=0x1a | 0x1c..=0x1f | 0x7f)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of every value, as in encrypted or compressed files.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    #[test]
    fn compressed_files_and_programs_are_no_text() {
        assert!(is_binary(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03short"));
        assert!(is_binary(b"BZh91AY&SY\xd0\x11"));
        assert!(is_binary(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(is_binary(&noise(200)) && is_binary(&noise(100_000)));
    }

    #[test]
    fn text_in_any_encoding_and_with_a_few_odd_bytes_is_text() {
        let lines = [
            b"".as_slice(),
            b"x",
            b"2026-03-01 INFO started\n",
            b"BZhang joined the channel\n",
            b"\x1b[31mERROR\x1b[0m \x1b[1mred\x1b[0m and \x1b[4mbold\x1b[0m \x07\x08\n",
            b"caf\xe9 \xb4\xed\xce\xf3: \xc1\xac\xbd\xd3\xb1\xbb\xbe\xdc\xbe\xf8\n",
            "连接被拒绝：数据库不可用\n".as_bytes(),
            b"2026-03-01T14:02:00Z ERROR one \x00 or \x01 two odd bytes in a line of the usual length are no reason\n",
        ];
        for line in lines {
            assert!(!is_binary(line), "{}", String::from_utf8_lossy(line));
            assert!(!is_binary(&line.repeat(40)), "{}", String::from_utf8_lossy(line));
        }
    }
}
