//! Streams that are copied as they are: standard input, pipes with names, files that must be made text first.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use crate::app::runtime::Runtime;
use crate::app::runtime::stream::{BLOCK, Feed, Mode, Ready};
use crate::incident::SourceChange;
use crate::log::source::followed::Followed;
use crate::log::source::open::{Form, Text, explained, reason};

/// How long nothing may come before that is said.
const SOON: Duration = Duration::from_secs(2);
/// How often a file that grows is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Copies standard input to its end.
pub(super) fn stdin(feed: &mut Feed) {
    let input = io::stdin();
    // Two handles of one descriptor: the lock would be held for ever.
    match input.as_fd().try_clone_to_owned() {
        Ok(input) => {
            let hint = "nothing was piped in yet; lines appear as the program before the | writes them";
            in_order(feed, &mut File::from(input), hint);
        }
        Err(error) => feed.unreadable(explained(&error)),
    }
}

/// Copies what is read in order until it ends; where nothing comes for a while, `hint` says what is waited for.
pub(super) fn in_order(feed: &mut Feed, input: &mut File, hint: &str) {
    let mut block = vec![0; BLOCK];
    let mut patience = (feed.mode == Mode::Live).then_some(SOON);
    let mut waiting = false;
    loop {
        match feed.wait(&[input.as_fd()], patience) {
            Ready::Stop => return,
            Ready::Nothing if patience.take().is_some() => {
                waiting = true;
                (feed.tell)(SourceChange::Waiting { reason: hint.to_owned() });
                continue;
            }
            Ready::Nothing => continue,
            Ready::Input(_) => {}
        }
        match input.read(&mut block) {
            Ok(0) => return,
            Ok(count) => {
                patience = None;
                if std::mem::take(&mut waiting) {
                    (feed.tell)(SourceChange::Appeared);
                }
                feed.take(&block[..count]);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) => {
                feed.unreadable(explained(&error));
                return;
            }
        }
    }
}

/// Copies a file as text.
pub(super) fn file(feed: &mut Feed, path: &Path) {
    let opened = open(feed, path).and_then(|file| Ok((Form::of(&file)?, file)));
    match opened {
        Ok((Form::Pipe | Form::Sizeless, mut file)) => {
            let hint = format!(
                "it is a pipe that nobody has written to yet; start the writer, as in: PROGRAM > {}",
                path.display()
            );
            in_order(feed, &mut file, &hint);
        }
        Ok((Form::Utf16Le | Form::Utf16Be, _)) if feed.mode == Mode::Live => growing(feed, path),
        Ok((_, file)) => match Text::new(file) {
            Ok(text) => whole(feed, text),
            Err(error) => feed.unreadable(explained(&error)),
        },
        Err(error) => feed.unreadable(explained(&error)),
    }
}

/// Opens a file; a pipe without waiting for somebody at its other end.
fn open(feed: &Feed, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::FileTypeExt;
    let pipe = std::fs::metadata(path)?.file_type().is_fifo();
    if !pipe {
        return File::open(path);
    }
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    // The shell's `<(command)` ends with the command. One with a name of its own is written to again and again: open for
    // writing as well, it never ends.
    let named = !path.starts_with("/dev") && !path.starts_with("/proc");
    if named && feed.mode == Mode::Once {
        return Err(io::Error::other("it is a pipe, which may have nobody at its other end: pipe it in"));
    }
    if named {
        let both = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
        if both.is_ok() {
            return both;
        }
    }
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Copies a text that has an end.
fn whole(feed: &mut Feed, mut text: Text) {
    let mut block = vec![0; BLOCK];
    while !feed.is_stopped() {
        match text.read(&mut block) {
            Ok(0) => return,
            Ok(count) => feed.take(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                (feed.tell)(SourceChange::Damaged { reason: reason(&error) });
                return;
            }
        }
    }
}

/// Follows a file that grows, in another encoding.
fn growing(feed: &mut Feed, path: &Path) {
    let mut followed = Followed::new(path);
    let mut text = Vec::new();
    loop {
        followed.look(Runtime::now());
        while followed.read(&mut text) {
            feed.take(&text);
            text.clear();
        }
        for change in followed.changes() {
            (feed.tell)(change);
        }
        if feed.wait(&[], Some(LOOK)) == Ready::Stop {
            return;
        }
    }
}
