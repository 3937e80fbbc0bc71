//! What is no good log: each kind is read as far as it goes or refused in words, and nothing stalls.

use std::fs::{self, File, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use sevdeck::incident::{SourceChange, SourceId};
use sevdeck::log::Request;
use sevdeck::log::view::Move;

use crate::log::rig::{ONE, Rig, expected, line, numbered};

fn reason(rig: &Rig) -> &str {
    match rig.changes.last() {
        Some(SourceChange::Unreadable { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sockets_and_devices_are_refused_in_words_and_pipes_are_left_to_a_reader() {
    let mut rig = Rig::new();
    let _socket = UnixListener::bind(rig.path("socket")).unwrap();
    rig.follow("socket");
    rig.until(|rig| !rig.changes.is_empty());
    assert!(reason(&rig).contains("a socket"), "{:?}", rig.changes);

    let mut rig = Rig::new();
    let path = "/dev/zero".into();
    rig.ask(Request::Follow { source: ONE, name: "zero".into(), path, resume: None, ended: false });
    rig.until(|rig| !rig.changes.is_empty());
    assert!(reason(&rig).contains("a device"), "{:?}", rig.changes);

    let mut rig = Rig::new();
    assert!(std::process::Command::new("mkfifo").arg(rig.path("pipe")).status().unwrap().success());
    rig.follow("pipe");
    rig.until(|rig| rig.indirect.len() == 1);
    assert!(rig.changes.is_empty(), "nobody is at its other end, and nobody waits");
}

#[test]
fn files_of_the_kernel_and_compressed_ones_are_left_to_a_reader() {
    let mut rig = Rig::new();
    let path = "/proc/self/status".into();
    rig.ask(Request::Follow { source: ONE, name: "status".into(), path, resume: None, ended: false });
    rig.until(|rig| rig.indirect.len() == 1);
    rig.append("late.gz", "");
    let (source, path) = (SourceId(2), rig.path("late.gz"));
    rig.ask(Request::Follow { source, name: "late".into(), path, resume: None, ended: false });
    rig.append("late.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
    rig.until(|rig| rig.indirect.len() == 2);
}

#[test]
fn a_sparse_file_of_two_gigabytes_is_passed_through() {
    let mut rig = Rig::new();
    let file = File::create(rig.path("sparse.log")).unwrap();
    file.set_len(2 * 1024 * 1024 * 1024).unwrap();
    rig.append("sparse.log", "\nend\n");
    rig.follow("sparse.log");
    rig.until_lines(2);
    assert_eq!(rig.lines(), 2);
    assert_eq!(rig.changes, [SourceChange::Binary]);
    rig.show(4);
    rig.until(|rig| rig.window.lines.last().is_some_and(|line| line.text == "end"));
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_followed_from_where_it_was_cut() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 200_000));
    rig.follow("app.log");
    rig.until_lines(1);
    OpenOptions::new().write(true).open(rig.path("app.log")).unwrap().set_len(0).unwrap();
    rig.append("app.log", numbered(0, 10));
    rig.until(|rig| rig.changes.iter().any(|change| matches!(change, SourceChange::Truncated { .. })));
    let before = rig.lines();
    rig.append("app.log", numbered(10, 20));
    rig.until_lines(before + 1);
    rig.show(20);
    rig.until(|rig| rig.window.lines.last().is_some_and(|last| last.text == line(19)));
}

#[test]
fn a_folder_that_disappears_is_missed_and_found_again() {
    let mut rig = Rig::new();
    fs::create_dir(rig.path("logs")).unwrap();
    rig.append("logs/app.log", numbered(0, 10));
    rig.follow("logs/app.log");
    rig.until_lines(10);
    fs::remove_dir_all(rig.path("logs")).unwrap();
    rig.until(|rig| rig.changes == [SourceChange::Disappeared]);
    fs::create_dir(rig.path("logs")).unwrap();
    rig.append("logs/app.log", numbered(10, 20));
    rig.until_lines(20);
    assert_eq!(rig.lines(), 20);
}

#[test]
fn leave_to_read_that_is_taken_away_is_said_and_what_was_open_goes_on() {
    let mut rig = Rig::new();
    rig.append("app.log", numbered(0, 10));
    rig.follow("app.log");
    rig.until_lines(10);
    let leave = |mode| fs::set_permissions(rig.path("app.log"), fs::Permissions::from_mode(mode)).unwrap();
    leave(0o200);
    rig.append("app.log", numbered(10, 20));
    leave(0o600);
    rig.until_lines(20);
    assert_eq!(rig.all_lines(), expected(20));
}

#[test]
fn names_of_any_bytes_are_followed() {
    let mut rig = Rig::new();
    let name = std::ffi::OsStr::from_bytes(b"a\nb\x1b[31m \xff.log");
    let path = rig.dir.path().join(name);
    fs::write(&path, numbered(0, 3)).unwrap();
    rig.ask(Request::Follow { source: ONE, name: "odd".into(), path, resume: None, ended: false });
    rig.until_lines(3);
    assert_eq!(rig.all_lines(), expected(3));
}

#[test]
fn a_mark_of_utf8_at_the_start_is_no_text() {
    let mut rig = Rig::new();
    rig.append("app.log", format!("\u{feff}{}", numbered(0, 3)));
    rig.follow("app.log");
    rig.until_lines(3);
    assert_eq!(rig.all_lines(), expected(3));
    let digest = &rig.digest.sources[0];
    assert_eq!((digest.records, digest.first.unwrap().to_string()), (3, "2026-03-01T10:00:00Z".to_owned()));
}

#[test]
fn characters_torn_at_the_borders_of_blocks_are_whole() {
    let mut rig = Rig::new();
    // Lines of three-byte characters, of a length that no size of a block is a multiple of.
    let text = "错误：数据库连接被拒绝，正在重试\n".repeat(20_000);
    rig.append("app.log", &text);
    rig.follow("app.log");
    rig.until_lines(20_000);
    assert_eq!(rig.digest.sources[0].losses.invalid_lines, 0);
    rig.show(5);
    rig.go(Move::Start);
    rig.until(|rig| rig.window.at_start);
    assert!(rig.window.lines.iter().all(|line| line.text == text.lines().next().unwrap()));
}
