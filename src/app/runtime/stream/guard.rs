//! Sees to it that a program ends when we end, in whatever way: killed, out of memory, by a panic. A process that dies
//! can do nothing, so another one waits for it: a shell that reads from a pipe which only we hold open.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

/// Waits for our end, or a word that all is over; then ends the process group given: first kindly.
const SCRIPT: &str = r#"read -r _ && exit; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1""#;

/// A guarded process group.
pub(super) struct Guard {
    group: Pid,
    lifeline: Option<ChildStdin>,
    process: Option<Child>,
}

impl Guard {
    /// Guards the group that `child` leads.
    pub(super) fn of(child: &Child) -> io::Result<Self> {
        let group = Pid::from_child(child);
        let mut process = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "sevdeck-guard", &group.as_raw_nonzero().to_string()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Self { group, lifeline: process.stdin.take(), process: Some(process) })
    }

    /// Asks the group to end.
    pub(super) fn terminate(&self) {
        let _ = kill_process_group(self.group, Signal::TERM);
    }

    /// Ends the group.
    pub(super) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }
}

impl Drop for Guard {
    /// The group is over: so is the guard.
    fn drop(&mut self) {
        if let Some(mut lifeline) = self.lifeline.take() {
            let _ = lifeline.write_all(b"over\n");
        }
        if let Some(mut process) = self.process.take() {
            let _ = process.wait();
        }
    }
}
