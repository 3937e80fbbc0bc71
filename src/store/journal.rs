//! Files that take events while another sevdeck has the store: one per incident, a JSON event a line, synced.
//! Whoever opens the store next merges them, and removes a file once its events are in the store.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;

use crate::incident::{IncidentId, Recorded, wire};
use crate::store::owner::{LOOK, LOOKS, try_lock};
use crate::store::sled::make_private;
use crate::store::summary::Fold;
use crate::store::{IncidentSummary, Reading};

/// The folder of journals and the files this process writes in it.
pub(crate) struct Journal {
    folder: PathBuf,
    open: BTreeMap<IncidentId, File>,
}

/// A journal that nobody else writes to or merges while this value lives.
pub(crate) struct Taken {
    _lock: Option<File>,
}

impl Journal {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, open: BTreeMap::new() }
    }

    /// Adds events and syncs them. A failed append leaves the file as it was.
    pub(crate) fn append(&mut self, incident: &IncidentId, events: &[Recorded]) -> io::Result<()> {
        let path = self.path(incident);
        if !self.open.contains_key(incident) {
            let file = self.claim(&path)?;
            self.open.insert(incident.clone(), file);
        }
        let Some(file) = self.open.get_mut(incident) else { return Ok(()) };
        write_lines(file, events)
    }

    /// Writes events that do not fit the store to a file that is never merged.
    pub(crate) fn set_aside(&self, incident: &IncidentId, events: &[Recorded]) -> io::Result<PathBuf> {
        let path = self.folder.join(format!("{incident}.aside.jsonl"));
        write_lines(&mut create(&self.folder, &path)?, events)?;
        Ok(path)
    }

    /// Incidents with a journal.
    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let name = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            IncidentId::parse(name.strip_suffix(".jsonl")?).ok()
        };
        let mut found: Vec<_> = entries.filter_map(|entry| name(entry.ok()?)).collect();
        found.sort();
        found
    }

    /// The events of a journal; none when there is no journal. A last line that was cut short was never
    /// acknowledged and is left out.
    pub(crate) fn read(&self, incident: &IncidentId) -> io::Result<Reading> {
        let mut bytes = Vec::new();
        match File::open(self.path(incident)) {
            Ok(mut file) => file.read_to_end(&mut bytes)?,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => 0,
            Err(error) => return Err(error),
        };
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let mut reading = Reading::default();
        for line in bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let due = reading.events.last().map_or(1, |event| event.seq + 1);
            let seq = wire::decode(line).map_or(due, |event| event.seq);
            reading.take(seq, line);
        }
        Ok(reading)
    }

    /// What a list shows of the journals.
    pub(crate) fn list(&self) -> Vec<IncidentSummary> {
        let summary = |id: IncidentId| {
            let reading = self.read(&id).ok()?;
            Some(reading.events.iter().fold(Fold::default(), Fold::with).summary(id))
        };
        let mut list: Vec<_> = self.incidents().into_iter().filter_map(summary).collect();
        list.sort_by(|a, b| b.opened_at.cmp(&a.opened_at).then_with(|| b.id.cmp(&a.id)));
        list
    }

    /// The saved state of the interface.
    pub(crate) fn session(&self, incident: &IncidentId) -> Option<Vec<u8>> {
        fs::read(self.session_path(incident)).ok()
    }

    /// Saves the state of the interface.
    pub(crate) fn save_session(&self, incident: &IncidentId, state: &[u8]) -> io::Result<()> {
        let path = self.session_path(incident);
        let new = path.with_extension("new");
        let mut file = create(&self.folder, &new)?;
        file.set_len(0)?;
        file.write_all(state)?;
        fs::rename(new, path)
    }

    /// Takes a journal for merging, so that nobody writes to it before it is removed; `None` when another process has
    /// it. The journals of this process are taken already.
    pub(crate) fn take(&self, incident: &IncidentId) -> Option<Taken> {
        if self.open.contains_key(incident) {
            return Some(Taken { _lock: None });
        }
        let file = File::open(self.path(incident)).ok()?;
        let mine = try_lock(&file).unwrap_or(false) && is_linked(&file).unwrap_or(false);
        mine.then_some(Taken { _lock: Some(file) })
    }

    /// Opens a journal for writing. One that is being merged is about to be removed: it is made anew then, since
    /// what is written to a removed file is lost.
    fn claim(&self, path: &Path) -> io::Result<File> {
        for _ in 0..LOOKS {
            let file = create(&self.folder, path)?;
            if try_lock(&file)? && is_linked(&file)? {
                return Ok(file);
            }
            thread::sleep(LOOK);
        }
        Err(io::Error::other(format!("{} is in use by another sevdeck", path.display())))
    }

    /// Removes a journal whose events are in the store.
    pub(crate) fn remove(&mut self, incident: &IncidentId) -> io::Result<()> {
        self.open.remove(incident);
        let _ = fs::remove_file(self.session_path(incident));
        fs::remove_file(self.path(incident))
    }

    fn path(&self, incident: &IncidentId) -> PathBuf {
        self.folder.join(format!("{incident}.jsonl"))
    }

    fn session_path(&self, incident: &IncidentId) -> PathBuf {
        self.folder.join(format!("{incident}.session"))
    }
}

/// Adds events to a file of this name, outside the folder of journals.
pub(crate) fn write_to(path: &Path, events: &[Recorded]) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    write_lines(&mut file?, events)
}

/// Opens a file for adding, and makes it (and the folder) durable when it is new.
fn create(folder: &Path, path: &Path) -> io::Result<File> {
    let new = !path.exists();
    if new {
        make_private(folder)?;
    }
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if new {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

/// Whether a file still has a name.
fn is_linked(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 0)
}

/// Adds whole lines or nothing.
fn write_lines(file: &mut File, events: &[Recorded]) -> io::Result<()> {
    let before = whole_lines(file)?;
    let mut lines = String::new();
    for event in events {
        lines.push_str(&wire::encode(event));
        lines.push('\n');
    }
    file.seek(SeekFrom::Start(before))?;
    let written = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
    if written.is_err() {
        let _ = file.set_len(before);
    }
    written
}

/// Length without a last line that a crash cut short.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    const BLOCK: u64 = 64 * 1024;
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = memchr::memrchr(b'\n', &block) {
            let whole = start + at as u64 + 1;
            file.set_len(whole)?;
            return Ok(whole);
        }
        end = start;
    }
    file.set_len(0)?;
    Ok(0)
}
