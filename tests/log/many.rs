//! Very many files, links to them, and what rotation faster than anybody looks leaves.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use sevdeck::incident::{SourceChange, SourceId, SourceSpec};
use sevdeck::log::Request;
use sevdeck::log::view::{Move, Scope};

use crate::log::rig::{Rig, expected, line, numbered};

/// Follows what was found, under numbers from 1.
fn follow_found(rig: &mut Rig) {
    let mut found = std::mem::take(&mut rig.discovered);
    found.sort();
    for (number, path) in (1..).zip(&found) {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
        let (source, path) = (SourceId(number), path.into());
        rig.ask(Request::Follow { source, name, path, resume: None, ended: false });
    }
}

fn all_lines(rig: &Rig) -> u64 {
    rig.digest.sources.iter().map(|source| source.lines).sum()
}

/// Descriptors of this process that lead into a folder.
fn open_in(folder: &Path) -> usize {
    let links = fs::read_dir("/proc/self/fd").unwrap().flatten();
    links.filter(|link| fs::read_link(link.path()).is_ok_and(|target| target.starts_with(folder))).count()
}

#[test]
fn ten_thousand_files_are_followed_with_few_descriptors() {
    const FILES: usize = 10_000;
    let mut rig = Rig::new();
    for number in 0..FILES {
        fs::write(rig.path(&format!("{number:05}.log")), format!("{}\n", line(number))).unwrap();
    }
    let pattern = rig.path("*.log").to_str().unwrap().to_owned();
    rig.watch(SourceSpec::Glob(pattern));
    rig.until(|rig| rig.discovered.len() == FILES);
    assert_eq!(rig.left_out, 0);
    follow_found(&mut rig);
    rig.until(|rig| all_lines(rig) == FILES as u64);
    let open = open_in(rig.dir.path());
    assert!(open <= 600, "{open} files are open");

    // A few are written to, and one is rotated, long after they were closed.
    for number in [0, 17, 4711, 9999] {
        rig.append(&format!("{number:05}.log"), format!("{}\n", line(1)));
    }
    rig.rename("00042.log", "00042.log.1");
    rig.append("00042.log", numbered(0, 2));
    rig.until(|rig| all_lines(rig) == FILES as u64 + 6);
    assert_eq!(rig.changes, [SourceChange::Rotated]);
    rig.ask(Request::Show { scope: Scope::Source(SourceId(43)), filter: std::sync::Arc::default(), rows: 9 });
    rig.go(Move::Start);
    rig.until(|rig| rig.window.lines.len() == 3);
    assert_eq!(rig.window.lines[0].text, line(42), "what was closed is opened again to be shown");
}

#[test]
fn beyond_the_most_files_it_is_said_how_many_are_left_out() {
    let mut rig = Rig::new();
    for number in 0..10_007 {
        fs::write(rig.path(&format!("{number}.log")), "x\n").unwrap();
    }
    let folder = rig.dir.path().to_str().unwrap().to_owned();
    rig.watch(SourceSpec::Directory(folder));
    rig.until(|rig| rig.discovered.len() == 10_000);
    assert_eq!(rig.left_out, 7);
}

#[test]
fn links_to_files_that_are_followed_are_no_sources_of_their_own() {
    let mut rig = Rig::new();
    rig.append("app.2026.log", numbered(0, 10));
    symlink(rig.path("app.2026.log"), rig.path("app.current.log")).unwrap();
    symlink(rig.path("nowhere"), rig.path("broken.log")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("other.log"), "x\n").unwrap();
    symlink(elsewhere.path().join("other.log"), rig.path("one.log")).unwrap();
    symlink(elsewhere.path().join("other.log"), rig.path("two.log")).unwrap();
    let folder = rig.dir.path().to_str().unwrap().to_owned();
    rig.watch(SourceSpec::Directory(folder.clone()));
    rig.watch(SourceSpec::Glob(format!("{folder}/*.log")));
    rig.until(|rig| rig.discovered.len() == 2);
    let names: Vec<&str> = rig.discovered.iter().map(|path| path.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["app.2026.log", "one.log"]);
}

#[test]
fn a_pattern_that_names_compressed_files_means_them() {
    let mut rig = Rig::new();
    rig.append("app.log", "x\n");
    rig.append("app.log.1.gz", b"\x1f\x8b\x08\0\0\0\0\0");
    let pattern = |rest: &str| SourceSpec::Glob(rig.path(rest).to_str().unwrap().to_owned());
    let (plain, packed) = (pattern("app*"), pattern("*.gz"));
    rig.watch(plain);
    rig.until(|rig| rig.discovered.len() == 1);
    rig.watch(packed);
    rig.until(|rig| rig.discovered.len() == 2);
    assert!(rig.discovered[1].ends_with("app.log.1.gz"));
}

#[test]
fn generations_that_came_and_went_between_two_looks_are_read() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.follow("app.log");
    rig.until_lines(10);
    // Nobody looks meanwhile.
    for turn in 1..4 {
        for number in (0..turn).rev() {
            let name =
                |number: usize| if number == 0 { "app.log".into() } else { format!("app.log.{number}") };
            rig.rename(&name(number), &name(number + 1));
        }
        rig.append("app.log", numbered(turn * 10, turn * 10 + 10));
    }
    rig.until_lines(40);
    assert_eq!(rig.lines(), 40);
    assert_eq!(rig.all_lines(), expected(40));
    assert_eq!(rig.changes, vec![SourceChange::Rotated; 3]);
}
