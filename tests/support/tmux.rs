//! A real terminal: a tmux server of its own, whose one window runs a shell that runs the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::support::home::Home;

/// How long a screen may take to show what is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A terminal; its server is killed when dropped.
pub(crate) struct Terminal {
    /// In the home, so that it is removed with it.
    socket: PathBuf,
    folder: PathBuf,
}

impl Terminal {
    /// A shell in a window of this size, in the environment of `home`.
    pub(crate) fn open(home: &Home, columns: u16, rows: u16) -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let terminal = Self { socket: home.path(format!("tmux-{number}")), folder: home.path("") };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let shell = "exec sh";
        let mut command = terminal.command();
        command.env_clear().envs(home.env()).env("ENV", "").env("PS1", "$ ").env("SHELL", "/bin/sh");
        command.args(["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", &rows, "-s", "t"]);
        command.args(["-c", home.path("").to_str().unwrap(), shell]);
        check(command.output().unwrap());
        terminal.wait("a prompt", |screen| screen.contains('$'));
        terminal
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.socket).current_dir(&self.folder);
        command
    }

    /// Runs a tmux command and answers what it prints.
    pub(crate) fn tmux(&self, args: &[&str]) -> String {
        check(self.command().args(args).output().unwrap())
    }

    /// Types text as it is.
    pub(crate) fn text(&self, text: &str) {
        self.tmux(&["send-keys", "-t", "t", "-l", text]);
    }

    /// Presses keys by tmux's names: `Enter`, `C-c`, `Tab`.
    pub(crate) fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys", "-t", "t"], keys].concat());
    }

    /// Types a command line and Enter.
    pub(crate) fn line(&self, line: &str) {
        self.text(line);
        self.keys(&["Enter"]);
    }

    /// Starts the program with these arguments.
    pub(crate) fn sevdeck(&self, arguments: &str) {
        self.line(&format!("{} {arguments}", env!("CARGO_BIN_EXE_sevdeck")));
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-t", "t"])
    }

    /// What is on the screen, with the escape sequences of its colours.
    pub(crate) fn colours(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e", "-t", "t"])
    }

    /// A value of tmux's formats, as in `alternate_on`.
    pub(crate) fn format(&self, name: &str) -> String {
        self.tmux(&["display-message", "-p", "-t", "t", &format!("#{{{name}}}")]).trim().to_owned()
    }

    /// Waits until the screen is as wanted, and answers it.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut screen = String::new();
        poll(
            what,
            || {
                screen = self.screen();
                wanted(&screen)
            },
            || self.screen(),
        );
        screen
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Process id of the program that the shell runs.
    pub(crate) fn child(&self) -> u32 {
        let shell = self.format("pane_pid");
        let children = format!("/proc/{shell}/task/{shell}/children");
        let mut found = None;
        poll(
            "the program's process",
            || {
                let text = std::fs::read_to_string(&children).unwrap_or_default();
                found = text.split_whitespace().next().and_then(|pid| pid.parse().ok());
                found.is_some()
            },
            || self.screen(),
        );
        found.unwrap()
    }

    /// Sends a signal by its name to the program that the shell runs.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.child(), name);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").output();
    }
}

/// Sends a signal by its name.
pub(crate) fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -s {name} {pid}");
}

/// Whether a process is there and not a zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

/// Looks again and again until `done`, at most [`PATIENCE`]; then fails showing `state`.
pub(crate) fn poll(what: &str, done: impl FnMut() -> bool, state: impl Fn() -> String) {
    poll_for(PATIENCE, what, done, state);
}

/// The same with another patience.
pub(crate) fn poll_for(
    patience: Duration,
    what: &str,
    mut done: impl FnMut() -> bool,
    state: impl Fn() -> String,
) {
    let deadline = Instant::now() + patience;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for {what}; there is:\n{}", state());
        std::thread::sleep(Duration::from_millis(15));
    }
}

fn check(output: Output) -> String {
    assert!(output.status.success(), "tmux: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
