//! Rotation faster than we look: the files that came between the one read now and the one that has its name.

use std::fs::{self, File};
use std::os::unix::fs::{DirEntryExt, MetadataExt};
use std::path::Path;

use crate::log::source::open::Form;

/// Most files between two looks.
const BETWEEN_MAX: usize = 64;
/// Most files of a directory that are looked at.
const SIBLINGS_MAX: usize = 65_536;
/// How often it is looked again when a rotation happened while we looked.
const TRIES: usize = 5;

/// The files that were rotated away after the one with this inode number, the oldest first, opened; absent while files
/// are being renamed.
pub(crate) fn between(path: &Path, inode: u64) -> Option<Vec<File>> {
    (0..TRIES).find_map(|_| once(path, inode))
}

/// One look; absent when something moved meanwhile.
fn once(path: &Path, inode: u64) -> Option<Vec<File>> {
    let real = fs::canonicalize(path).ok()?;
    let (folder, name) = (real.parent()?, real.file_name()?.to_str()?);
    let entries = fs::read_dir(folder).ok()?.flatten().take(SIBLINGS_MAX);
    let mut suffixes = Vec::new();
    let mut own = None;
    for entry in entries {
        let file = entry.file_name();
        let Some(suffix) = file.to_str().and_then(|file| file.strip_prefix(name)).map(str::to_owned) else {
            continue;
        };
        if suffix.is_empty() {
            continue;
        }
        if entry.ino() == inode {
            own = Some(suffix.clone());
        }
        suffixes.push(suffix);
    }
    let Some(own) = own else { return Some(Vec::new()) };
    let newest = fs::metadata(&real).ok()?.ino();
    let suffixes = newer(&own, suffixes);
    let open = |suffix: &String| File::open(folder.join(format!("{name}{suffix}"))).ok();
    let files: Vec<File> = suffixes.iter().map(open).collect::<Option<_>>()?;
    // They are what they were taken for only if nothing was renamed while they were opened.
    let still = fs::metadata(folder.join(format!("{name}{own}"))).is_ok_and(|meta| meta.ino() == inode)
        && fs::metadata(&real).is_ok_and(|meta| meta.ino() == newest);
    still.then(|| files.into_iter().filter(is_text).collect())
}

/// Of the endings of rotated files those that are newer than `own`, the oldest first: smaller numbers, later dates.
fn newer(own: &str, suffixes: Vec<String>) -> Vec<String> {
    let number = |suffix: &str| suffix.strip_prefix('.').and_then(|digits| digits.parse::<u32>().ok());
    let mut found: Vec<String> = if let Some(own) = number(own).filter(|_| own.len() < 6) {
        let mut found: Vec<String> =
            suffixes.into_iter().filter(|it| number(it).is_some_and(|it| it < own)).collect();
        found.sort_by_key(|suffix| std::cmp::Reverse(number(suffix)));
        found
    } else {
        let form = |suffix: &str| -> String {
            suffix.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect()
        };
        let dated = own.bytes().filter(u8::is_ascii_digit).count() >= 6;
        let mut found: Vec<String> =
            suffixes.into_iter().filter(|it| dated && form(it) == form(own) && it.as_str() > own).collect();
        found.sort();
        found
    };
    found.truncate(BETWEEN_MAX);
    found
}

/// Whether it was not compressed meanwhile.
fn is_text(file: &File) -> bool {
    Form::of(file).is_ok_and(|form| form == Form::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_down_and_dates_up() {
        let newer = |own: &str, all: &[&str]| newer(own, all.iter().map(ToString::to_string).collect());
        assert_eq!(newer(".3", &[".1", ".10", ".2", ".3", ".4", ".bak", ".2.gz"]), [".2", ".1"]);
        let dated = ["-20260301", "-20260302", "-20260303", "-2026.bak", "-20260303.gz"];
        assert_eq!(newer("-20260301", &dated), ["-20260302", "-20260303"]);
        assert!(newer(".bak", &[".1", ".bau"]).is_empty(), "a name that tells nothing of the order");
    }

    #[test]
    fn what_came_between_is_found_by_the_file_that_is_read() {
        let home = tempfile::tempdir().unwrap();
        let path = |suffix: &str| home.path().join(format!("app.log{suffix}"));
        for (suffix, text) in [(".3", "older"), (".2", "ours"), (".1", "between"), ("", "newest")] {
            fs::write(path(suffix), text).unwrap();
        }
        let inode = fs::metadata(path(".2")).unwrap().ino();
        let mut text = String::new();
        for mut file in between(&path(""), inode).unwrap() {
            std::io::Read::read_to_string(&mut file, &mut text).unwrap();
        }
        assert_eq!(text, "between");
        assert!(between(&path(""), u64::MAX).unwrap().is_empty());
    }
}
