//! Rotation of every kind: no line is lost, none comes twice.

use std::fs;
use std::os::unix::fs::symlink;

use sevdeck::incident::{SourceChange, SourceId, SourceSpec};
use sevdeck::log::Request;

use crate::log::rig::{ONE, Rig, expected, line, numbered};

#[test]
fn rename_and_create() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 100));
    rig.follow("app.log");
    rig.until_lines(100);
    rig.append("app.log", numbered(100, 150));
    rig.rename("app.log", "app.log.1");
    rig.append("app.log.1", numbered(150, 160));
    rig.append("app.log", numbered(160, 200));
    rig.until_lines(200);
    assert_eq!(rig.changes, vec![SourceChange::Rotated]);
    assert_eq!(rig.all_lines(), expected(200));
    assert_eq!(rig.lines(), 200);
}

#[test]
fn a_writer_that_reopens_late_is_followed_until_it_does() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.follow("app.log");
    rig.until_lines(10);
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", "");
    rig.append("app.log.1", numbered(10, 20));
    rig.until_lines(20);
    rig.append("app.log", numbered(20, 30));
    rig.until_lines(30);
    assert_eq!(rig.all_lines(), expected(30));
}

#[test]
fn several_rotations_between_two_looks_keep_what_can_be_kept() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.follow("app.log");
    rig.until_lines(10);
    for turn in 1..4 {
        rig.rename("app.log", "app.log.1");
        rig.append("app.log", numbered(turn * 10, turn * 10 + 10));
        rig.until_lines(turn as u64 * 10 + 10);
    }
    assert_eq!(rig.all_lines(), expected(40));
}

#[test]
fn delete_and_create() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 50));
    rig.follow("app.log");
    rig.until_lines(50);
    rig.append("app.log", numbered(50, 60));
    rig.remove("app.log");
    rig.append("app.log", numbered(60, 100));
    rig.until_lines(100);
    assert_eq!(rig.all_lines(), expected(100));
}

#[test]
fn copy_and_truncate_reads_the_rest_from_the_copy() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 50));
    rig.follow("app.log");
    rig.until_lines(50);
    rig.append("app.log", numbered(50, 80));
    fs::copy(rig.path("app.log"), rig.path("app.log.1")).unwrap();
    fs::OpenOptions::new().write(true).open(rig.path("app.log")).unwrap().set_len(0).unwrap();
    rig.append("app.log", numbered(80, 100));
    rig.until_lines(100);
    assert_eq!(rig.changes, vec![SourceChange::Truncated { missing: 0 }]);
    assert_eq!(rig.all_lines(), expected(100));
}

#[test]
fn truncation_without_a_copy_goes_on_and_says_so() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 50));
    rig.follow("app.log");
    rig.until_lines(50);
    fs::OpenOptions::new().write(true).open(rig.path("app.log")).unwrap().set_len(0).unwrap();
    rig.append("app.log", numbered(50, 60));
    rig.until_lines(60);
    assert_eq!(rig.changes, vec![SourceChange::Truncated { missing: 0 }]);
    assert_eq!(rig.all_lines(), expected(60)[50..]);
    assert_eq!(rig.window.lines[0].number, Some(51));
}

#[test]
fn a_file_cut_and_grown_beyond_its_size_is_noticed_by_its_first_bytes() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.follow("app.log");
    rig.until_lines(10);
    fs::write(rig.path("app.log"), numbered(10, 60)).unwrap();
    rig.until_lines(60);
    assert_eq!(rig.all_lines(), expected(60)[10..]);
}

#[test]
fn an_unfinished_line_ends_with_its_file() {
    let mut rig = Rig::new();
    rig.append("app.log", format!("{}{}", numbered(0, 3), line(3)));
    rig.follow("app.log");
    rig.until_lines(3);
    rig.show(10);
    rig.until(|rig| rig.window.lines.len() == 4);
    assert_eq!(rig.lines(), 3);
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(4, 6));
    rig.until_lines(6);
    assert_eq!(rig.all_lines(), expected(6));
    let numbers: Vec<_> = rig.window.lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, (1..=6).map(Some).collect::<Vec<_>>());
}

#[test]
fn a_link_that_is_switched() {
    let mut rig = Rig::new();
    let other = tempfile::TempDir::new().unwrap();
    fs::write(other.path().join("a"), numbered(0, 10)).unwrap();
    fs::write(other.path().join("b"), numbered(10, 20)).unwrap();
    symlink(other.path().join("a"), rig.path("app.log")).unwrap();
    rig.follow("app.log");
    rig.until_lines(10);
    symlink(other.path().join("b"), rig.path("next")).unwrap();
    rig.rename("next", "app.log");
    rig.until_lines(20);
    assert_eq!(rig.all_lines(), expected(20));
}

#[test]
fn a_file_that_comes_late() {
    let mut rig = Rig::new();
    rig.follow("app.log");
    rig.until(|rig| !rig.changes.is_empty());
    assert!(matches!(rig.changes[0], SourceChange::Unreadable { .. }));
    rig.append("app.log", numbered(0, 5));
    rig.until_lines(5);
    assert_eq!(rig.changes.last(), Some(&SourceChange::Appeared));
    assert_eq!(rig.all_lines(), expected(5));
}

#[test]
fn a_file_that_goes_is_missed_and_picked_up_again() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 5));
    rig.follow("app.log");
    rig.until_lines(5);
    rig.remove("app.log");
    rig.until(|rig| rig.changes == [SourceChange::Disappeared]);
    rig.append("app.log", numbered(5, 10));
    rig.until_lines(10);
    assert_eq!(rig.all_lines(), expected(10));
}

#[test]
fn a_directory_is_no_file() {
    let mut rig = Rig::new();
    fs::create_dir(rig.path("app.log")).unwrap();
    rig.follow("app.log");
    rig.until(|rig| !rig.changes.is_empty());
    let said =
        |part: &str| matches!(&rig.changes[0], SourceChange::Unreadable { reason } if reason.contains(part));
    assert!(said("it is a directory") && said("name a file"), "{:?}", rig.changes);
}

#[test]
fn polling_follows_as_well() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 5));
    rig.ask(Request::Poll(true));
    rig.follow("app.log");
    rig.until_lines(5);
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(5, 10));
    rig.until_lines(10);
    assert_eq!(rig.all_lines(), expected(10));
}

#[test]
fn resuming_reads_a_renamed_file_to_its_end_first() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 20));
    rig.follow("app.log");
    rig.until_lines(20);
    let position = rig.digest.sources[0].position.clone();
    assert!(position.is_some());
    rig.append("app.log", numbered(20, 25));
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(25, 30));

    let mut again = Rig::new();
    std::mem::swap(&mut rig.dir, &mut again.dir);
    let path = again.path("app.log");
    again.ask(Request::Follow { source: ONE, name: "app.log".into(), path, resume: position, ended: false });
    again.until_lines(30);
    assert_eq!(again.all_lines(), expected(30));
}

#[test]
fn patterns_and_directories_find_files_also_later_ones() {
    let mut rig = Rig::new();
    rig.append("a.log", "x\n");
    rig.append("b.log.gz", "x\n");
    rig.append("c.bin", "x\n");
    rig.append("d.log", b"\0\0\0\0\0\0");
    let directory = rig.dir.path().to_string_lossy().into_owned();
    rig.watch(SourceSpec::Directory(directory.clone()));
    rig.until(|rig| rig.discovered.len() == 1);
    assert!(rig.discovered[0].ends_with("a.log"));
    rig.append("late.log", "x\n");
    rig.until(|rig| rig.discovered.len() == 2);
    assert!(rig.discovered[1].ends_with("late.log"));
    rig.rename("late.log", "late.log.1");
    rig.append("late.log", "x\n");
    rig.append("last.log", "x\n");
    rig.until(|rig| rig.discovered.len() == 3);
    assert!(rig.discovered[2].ends_with("last.log"), "what rotation leaves is no new source");

    let mut rig = Rig::new();
    rig.append("one.txt", "x\n");
    let pattern = rig.path("*.txt").to_string_lossy().into_owned();
    rig.watch(SourceSpec::Glob(pattern));
    rig.until(|rig| rig.discovered.len() == 1);
    rig.append("two.txt", "x\n");
    rig.until(|rig| rig.discovered.len() == 2);
}

#[test]
fn a_rotated_file_that_another_source_reads_is_not_read_twice() {
    let mut rig = Rig::new();
    rig.append("app.log.1", numbered(0, 10));
    rig.append("app.log", numbered(10, 20));
    rig.follow("app.log");
    let path = rig.path("app.log.1");
    let source = SourceId(2);
    rig.ask(Request::Follow { source, name: "app.log.1".into(), path, resume: None, ended: false });
    rig.until(|rig| rig.digest.sources.iter().map(|source| source.lines).sum::<u64>() == 20);
    rig.rename("app.log.1", "app.log.2");
    rig.rename("app.log", "app.log.1");
    rig.append("app.log", numbered(20, 30));
    rig.until_lines(20);
    rig.until(|rig| rig.changes.contains(&SourceChange::Rotated));
    assert_eq!(rig.digest.sources.iter().map(|source| source.lines).collect::<Vec<_>>(), [20, 10]);
}
