//! The engine on disk: one sled database in a folder.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{fs, io, thread};

use crate::store::guard::guarded;
use crate::store::keyed::{Change, KeyValue, Keyed, Pair};
use crate::store::owner::{LOOK, LOOKS};
use crate::store::{Store, StoreError};

/// Memory sled may use for pages, bytes. A few thousand small events are read once and appended to.
const CACHE: u64 = 8 * 1024 * 1024;
/// Space that has to be left before anything is written, bytes: sled writes whole segments of 512 KiB and does not
/// recover from a write that was cut short, so it is not asked to try.
const SPACE: u64 = 4 * 1024 * 1024;

/// Opens the store in `folder`, which is made when it is not there.
pub fn sled(folder: &Path) -> Result<impl Store + use<>, StoreError> {
    guarded(|| {
        make_private(folder)?;
        check_space(folder)?;
        let config = sled::Config::new().path(folder).cache_capacity(CACHE).flush_every_ms(None);
        let db = open(&config)?;
        let file = File::open(folder.join("db"))?;
        close_to_others(folder)?;
        Ok(Keyed(Sled { db, file, folder: folder.to_owned() }))
    })
}

/// Opens the database. Who opens it is settled before, so a lock on it is one that is about to be free.
fn open(config: &sled::Config) -> Result<sled::Db, StoreError> {
    for _ in 0..LOOKS {
        match config.open().map_err(StoreError::from) {
            Err(StoreError::Locked) => thread::sleep(LOOK),
            opened => return opened,
        }
    }
    Ok(config.open()?)
}

struct Sled {
    db: sled::Db,
    /// The data file once more, to sync it.
    file: File,
    folder: std::path::PathBuf,
}

impl KeyValue for Sled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(|| Ok(self.db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, StoreError> {
        guarded(|| {
            let pairs = self.db.scan_prefix(prefix);
            pairs.map(|pair| pair.map(|(k, v)| (k.to_vec(), v.to_vec())).map_err(StoreError::from)).collect()
        })
    }

    fn last(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(|| {
            let last = self.db.scan_prefix(prefix).next_back().transpose()?;
            Ok(last.map(|(key, _)| key.to_vec()))
        })
    }

    fn commit(&mut self, changes: Vec<Change>, durable: bool) -> Result<(), StoreError> {
        guarded(|| {
            check_space(&self.folder)?;
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => batch.insert(key, value),
                    None => batch.remove(key),
                }
            }
            self.db.apply_batch(batch)?;
            self.db.flush()?;
            if durable {
                // sled's flush is a sync_file_range on Linux, which does not survive a loss of power.
                self.file.sync_data()?;
            }
            Ok(())
        })
    }
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => Self::Locked,
            sled::Error::Io(error) => Self::from(error),
            other => Self::Corrupt(other.to_string().trim_end_matches(" backtrace ()").to_owned()),
        }
    }
}

/// Makes a folder that only its owner can enter.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// Takes the files away from others; sled makes them as the umask says.
fn close_to_others(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let mode = if entry.file_type()?.is_dir() { 0o700 } else { 0o600 };
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn check_space(folder: &Path) -> Result<(), StoreError> {
    let Ok(stat) = rustix::fs::statvfs(folder) else { return Ok(()) };
    // Some file systems do not know their size and report 0 blocks in all.
    let left = stat.f_bavail.saturating_mul(stat.f_frsize);
    if stat.f_blocks > 0 && left < SPACE { Err(StoreError::Full) } else { Ok(()) }
}
