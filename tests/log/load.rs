//! Rotation of every kind while lines are written as fast as they can be: each line is counted once.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use sevdeck::log::view::Move;

use crate::log::rig::{Rig, line};

const LINES: u64 = 400;

/// A program that writes numbered lines and rotates its log, with what the reader has counted so far.
struct Writer {
    folder: PathBuf,
    file: File,
    written: u64,
    read: Arc<AtomicU64>,
}

impl Writer {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn open(folder: &Path) -> File {
        OpenOptions::new().append(true).create(true).open(folder.join("app.log")).unwrap()
    }

    fn reopen(&mut self) {
        self.file = Self::open(&self.folder);
    }

    fn write(&mut self, count: u64) {
        for _ in 0..count {
            writeln!(self.file, "{}", line(self.written as usize)).unwrap();
            self.written += 1;
        }
    }

    /// Waits until all lines but the newest `but` were counted.
    fn wait_for_reader(&self, but: u64) {
        while self.read.load(Ordering::Acquire) + but < self.written {
            thread::yield_now();
        }
    }

    /// `.4` is forgotten, `.3` becomes `.4`, and so on; the log itself becomes `.1`.
    fn shift(&self, last: u32) {
        for number in (1..last).rev() {
            let _ = fs::rename(
                self.path(&format!("app.log.{number}")),
                self.path(&format!("app.log.{}", number + 1)),
            );
        }
        fs::rename(self.path("app.log"), self.path("app.log.1")).unwrap();
    }
}

/// Lets the writer go on when the test fails.
struct Release(Arc<AtomicU64>);

impl Drop for Release {
    fn drop(&mut self) {
        self.0.store(u64::MAX / 2, Ordering::Release);
    }
}

/// Lets `rotate` rotate again and again, and counts what is read.
fn follow(rotations: u64, rotate: impl Fn(&mut Writer, u64) + Send + 'static) -> Rig {
    let mut rig = Rig::new();
    let read = Arc::new(AtomicU64::new(0));
    let folder = rig.dir.path().to_owned();
    let file = Writer::open(&folder);
    let mut writer = Writer { folder, file, written: 0, read: Arc::clone(&read) };
    rig.follow("app.log");
    let _release = Release(Arc::clone(&read));
    let total = Arc::new(AtomicU64::new(u64::MAX));
    let written = Arc::clone(&total);
    let writing = thread::spawn(move || {
        for turn in 0..rotations {
            writer.write(LINES);
            rotate(&mut writer, turn);
        }
        writer.write(LINES);
        written.store(writer.written, Ordering::Release);
    });
    rig.until(|rig| {
        read.store(rig.lines(), Ordering::Release);
        rig.lines() >= total.load(Ordering::Acquire)
    });
    writing.join().unwrap();
    let written = total.load(Ordering::Acquire);
    // What would come twice comes now.
    rig.until(|_| true);
    assert_eq!(rig.lines(), written, "{:?}", rig.changes);
    rig.show(LINES as usize / 2);
    rig.go(Move::Follow);
    rig.until(|rig| rig.window.lines.len() as u64 == LINES / 2);
    let shown: Vec<_> = rig.window.lines.iter().map(|line| (line.number, line.text.clone())).collect();
    let last = (written - LINES / 2..written).map(|number| (Some(number + 1), line(number as usize)));
    assert_eq!(shown, last.collect::<Vec<_>>(), "numbers tell the lines before");
    rig
}

#[test]
fn renamed_and_made_anew_along_a_chain() {
    // No more rotations than names in the chain while the reader is behind: what left the chain unread is gone.
    follow(60, |writer, turn| {
        writer.shift(40);
        writer.reopen();
        if turn % 30 == 29 {
            writer.wait_for_reader(0);
        }
    });
}

#[test]
fn renamed_while_the_writer_goes_on_for_a_while() {
    follow(60, |writer, turn| {
        writer.shift(40);
        writer.write(50);
        drop(Writer::open(&writer.folder));
        writer.write(50);
        writer.reopen();
        if turn % 20 == 19 {
            writer.wait_for_reader(0);
        }
    });
}

#[test]
fn renamed_with_the_date() {
    follow(60, |writer, turn| {
        let dated = writer.path(&format!("app.log-20260301{turn:04}"));
        fs::rename(writer.path("app.log"), dated).unwrap();
        writer.reopen();
    });
}

#[test]
fn copied_and_cut() {
    // What is written between the copy and the cut is lost to everybody; a copy that is overwritten, or cut before
    // the reader has seen the file at all, is lost to the reader.
    follow(12, |writer, _| {
        writer.wait_for_reader(LINES - 1);
        fs::copy(writer.path("app.log"), writer.path("app.log.1")).unwrap();
        writer.file.set_len(0).unwrap();
        writer.wait_for_reader(0);
    });
}

#[test]
fn deleted_and_made_anew() {
    // What is deleted unread, and not yet open, is lost to everybody.
    follow(12, |writer, _| {
        writer.wait_for_reader(LINES - 1);
        fs::remove_file(writer.path("app.log")).unwrap();
        writer.write(50);
        writer.reopen();
        writer.write(1);
        writer.wait_for_reader(0);
    });
}

#[test]
fn a_link_that_is_switched_to_the_next_file() {
    follow(24, |writer, turn| {
        let real = writer.path(&format!("real.{turn}"));
        let file = OpenOptions::new().append(true).create(true).open(&real).unwrap();
        symlink(&real, writer.path("next")).unwrap();
        fs::rename(writer.path("next"), writer.path("app.log")).unwrap();
        writer.file = file;
        writer.write(1);
        writer.wait_for_reader(0);
    });
}
