//! Standard input as a source: kept in a private file, read from there like any other.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc::Sender;

use crate::app::msg::Msg;

/// Starts copying standard input to `spool`.
pub(super) fn start(sender: Sender<Msg>, spool: PathBuf) -> std::io::Result<()> {
    thread::Builder::new().name("sevdeck-stdin".to_owned()).spawn(move || {
        let failure = copy(&spool).err().map(|error| {
            format!(
                "Standard input could not be kept in {}: {error}; later lines are missing",
                spool.display()
            )
        });
        if let Some(failure) = failure {
            let _ = sender.blocking_send(Msg::Broken(failure));
        }
        let _ = sender.blocking_send(Msg::StdinEnded);
    })?;
    Ok(())
}

fn copy(spool: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(spool)?;
    let mut input = std::io::stdin().lock();
    let mut block = vec![0; 64 * 1024];
    loop {
        match input.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(count) => file.write_all(&block[..count])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
