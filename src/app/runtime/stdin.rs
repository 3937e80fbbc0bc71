//! Standard input as a source: kept in a private file, read from there like any other. It is always
//! read to its end: a program that writes to us is never held up.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc::Sender;

use crate::app::msg::Msg;
use crate::app::runtime::SPOOL_MAX;

/// Starts copying standard input to `spool`.
pub(super) fn start(sender: Sender<Msg>, spool: PathBuf) -> io::Result<()> {
    thread::Builder::new().name("sevdeck-stdin".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        if let Err(error) = copy(&mut input, &spool, SPOOL_MAX) {
            let reason = format!("{error}; lines after that are not kept ({})", spool.display());
            let _ = sender.blocking_send(Msg::StdinLost(reason));
            let _ = io::copy(&mut input, &mut io::sink());
        }
        let _ = sender.blocking_send(Msg::StdinEnded);
    })?;
    Ok(())
}

/// Copies up to `limit` bytes into a new file for this user alone.
fn copy(input: &mut impl Read, spool: &Path, limit: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(spool)?;
    let mut block = vec![0; 64 * 1024];
    let mut room = limit;
    loop {
        let count = match input.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let kept = room.min(count as u64);
        file.write_all(&block[..kept as usize])?;
        room -= kept;
        if kept < count as u64 {
            return Err(io::Error::other(format!("over {} MiB", limit / 1024 / 1024)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_kept_privately_up_to_the_limit_and_then_said_so() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let spool = home.path().join("spool");
        let text = "a line of a program\n".repeat(10_000);
        copy(&mut text.as_bytes(), &spool, text.len() as u64).unwrap();
        assert_eq!(std::fs::read_to_string(&spool).unwrap(), text);
        assert_eq!(std::fs::metadata(&spool).unwrap().permissions().mode() & 0o777, 0o600);

        let other = home.path().join("other");
        let mut input = text.as_bytes();
        assert!(copy(&mut input, &other, 100_000).is_err());
        assert_eq!(std::fs::read_to_string(&other).unwrap(), text[..100_000]);
    }
}
