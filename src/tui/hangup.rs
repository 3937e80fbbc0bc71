//! Notices that the terminal is gone. crossterm 0.29 then spins a core (crossterm issue 793), so something else has to.

use std::fs::File;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// Blocks until the controlling terminal hangs up. Asking for no event at all leaves hang-up and error, which are
/// always reported, so this costs nothing meanwhile and never takes a byte of input.
pub fn wait() {
    match File::open("/dev/tty") {
        Ok(tty) => wait_on(tty.as_fd()),
        Err(_) => wait_on(std::io::stdout()),
    }
}

/// Blocks until the other side of `fd` is gone.
fn wait_on(fd: impl AsFd) {
    let mut watched = [PollFd::new(&fd, PollFlags::empty())];
    loop {
        match poll(&mut watched, None) {
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
            Ok(_) if watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => {
                return;
            }
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn waiting_ends_when_the_other_side_is_gone_and_not_before() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let waiter = std::thread::spawn(move || wait_on(ours));
        (&theirs).write_all(b"input is not a hang-up").unwrap();
        std::thread::yield_now();
        assert!(!waiter.is_finished());
        drop(theirs);
        waiter.join().unwrap();
    }
}
