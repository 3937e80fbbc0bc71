//! Clipboard programs and the file that holds the last copy.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::app::msg::Msg;

/// A clipboard program has this long; `tmux` and `xclip` answer in milliseconds or hang.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at a running program.
const LOOK: Duration = Duration::from_millis(10);

/// A program that takes the text on its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipe {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// What it is given.
    pub input: Vec<u8>,
    /// What to say when it worked, such as "sent to tmux".
    pub sent: String,
}

/// Runs the first program that works, on a thread of its own.
pub(super) fn run(sender: Sender<Msg>, programs: Vec<Pipe>, sent: Option<String>) {
    let work = move || {
        let mut failures = Vec::new();
        let worked = programs.into_iter().find_map(|program| match pipe(&program) {
            Ok(()) => Some(program.sent),
            Err(why) => {
                failures.push(why);
                None
            }
        });
        let answer = worked.or(sent).ok_or_else(|| format!("Not copied: {}", failures.join("; ")));
        let _ = sender.blocking_send(Msg::Copied(answer));
    };
    let _ = thread::Builder::new().name("sevdeck-clipboard".to_owned()).spawn(work);
}

fn pipe(program: &Pipe) -> Result<(), String> {
    let name = program.argv.first().cloned().unwrap_or_default();
    let fail = |why: String| format!("{name}: {why}");
    let mut child = Command::new(&name)
        .args(program.argv.iter().skip(1))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| fail(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(&program.input).map_err(|error| fail(error.to_string()))?;
    }
    wait(&mut child).map_err(fail)
}

fn wait(child: &mut Child) -> Result<(), String> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(status.to_string()),
            Ok(None) if started.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {} s", PATIENCE.as_secs()));
            }
            Ok(None) => thread::sleep(LOOK),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Writes the last copied text to a private file; a convenience that fails silently.
pub(super) fn keep(file: PathBuf, text: String) {
    let work = move || {
        let _ = write_private(&file, text.as_bytes());
    };
    let _ = thread::Builder::new().name("sevdeck-copy".to_owned()).spawn(work);
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(bytes)
}
