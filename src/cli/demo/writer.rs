//! Writes a scenario into real files: the history at once, the rest as time goes by.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::cli::demo::generate::{Generator, Written};
use crate::cli::demo::scenario::Scenario;

/// A scenario being written; it stops when this is dropped.
pub(crate) struct Running {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    files: Vec<PathBuf>,
}

impl Running {
    /// The files, in the order of the scenario.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Makes a folder for the files that only this person can enter, under `parent`.
pub(crate) fn fresh_folder(parent: &Path, name: &str, now: Timestamp) -> io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%d-%H%M%S");
    let base = format!("sevdeck-demo-{name}-{stamp}-{}", std::process::id());
    for copy in 0..100 {
        let path = parent.join(if copy == 0 { base.clone() } else { format!("{base}-{copy}") });
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Writes the history into `folder` and starts a thread that goes on. The caller owns the thread by the answer.
pub(crate) fn start(scenario: Scenario, folder: &Path, speed: f64, now: Timestamp) -> io::Result<Running> {
    let mut paths = Vec::new();
    let mut files = Vec::new();
    for file in &scenario.files {
        let path = folder.join(&file.name);
        files.push(OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?);
        paths.push(path);
    }
    let history: Vec<Written> = {
        let generator = Generator::new(&scenario, now, speed);
        (-i64::from(scenario.history)..0).flat_map(|second| generator.second(second)).collect()
    };
    append(&mut files, &history)?;
    let begun = Instant::now();
    let (stop, stopped) = sync_channel::<()>(1);
    let thread = std::thread::Builder::new().name("demo".to_owned()).spawn(move || {
        let generator = Generator::new(&scenario, now, speed);
        let mut due = Vec::new().into_iter().peekable();
        let mut second = 0;
        loop {
            let Some(next): Option<f64> = due.peek().map(|line: &Written| line.at) else {
                due = generator.second(second).into_iter().peekable();
                second += 1;
                if due.peek().is_none() && wait(&stopped, begun, second as f64 / speed) {
                    return;
                }
                continue;
            };
            if wait(&stopped, begun, next / speed) {
                return;
            }
            let reached = begun.elapsed().as_secs_f64() * speed;
            let batch: Vec<_> = std::iter::from_fn(|| due.next_if(|line| line.at <= reached)).collect();
            if append(&mut files, &batch).is_err() {
                // The disk is full or the files are gone: there is nothing left to show.
                return;
            }
        }
    })?;
    Ok(Running { stop: Some(stop), thread: Some(thread), files: paths })
}

/// Waits until so many seconds after `begun`; true when it is time to stop.
fn wait(stopped: &std::sync::mpsc::Receiver<()>, begun: Instant, until: f64) -> bool {
    let left = Duration::from_secs_f64(until.max(0.0)).saturating_sub(begun.elapsed());
    // A little longer than asked for, so that lines of one moment are one write.
    let left = left + Duration::from_millis(1);
    !matches!(stopped.recv_timeout(left), Err(RecvTimeoutError::Timeout))
}

fn append(files: &mut [File], lines: &[Written]) -> io::Result<()> {
    for (number, file) in files.iter_mut().enumerate() {
        let text: String =
            lines.iter().filter(|line| line.file == number).map(|line| line.text.as_str()).collect();
        if !text.is_empty() {
            file.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}
