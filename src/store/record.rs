//! The store as the cockpit uses it: it never fails. One thread drives it.
//!
//! An append answers [`Kept::Durable`] when the events are synced, in the store or, while another sevdeck has the
//! store, in a journal beside it. Else they wait in memory, in order, and [`Record::retry`] writes them when it can.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::incident::{IncidentId, Recorded};
use crate::store::journal::{self, Journal};
use crate::store::owner::{Claim, Ownership, claim};
use crate::store::sled::make_private;
use crate::store::{Holder, IncidentSummary, Reading, Store, StoreError, Trouble, memory, sled, tally};

/// Where incidents are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Nowhere: they are gone with the process.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// Where events stand after an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// They, and all before them, are on disk.
    Durable,
    /// They wait in memory; [`Record::trouble`] says for what.
    Waiting,
}

/// The store and what is wrong with it.
pub struct Record {
    folder: PathBuf,
    me: Holder,
    engine: Option<Box<dyn Store>>,
    ownership: Option<Ownership>,
    journal: Journal,
    waiting: VecDeque<(IncidentId, Vec<Recorded>)>,
    /// What keeps the engine from being used; absent exactly while it is used.
    blocked: Option<Trouble>,
    /// What was wrong and is got around.
    notice: Option<Trouble>,
    /// Number of events in the store.
    tally: u64,
    /// The engine could be opened but failed afterwards: the next opening starts with a new one.
    distrusted: bool,
}

impl Record {
    /// Opens the store, as far as that is possible now.
    pub fn open(location: &Location, now: Timestamp) -> Self {
        let folder = match location {
            Location::Memory => PathBuf::new(),
            Location::Folder(folder) => folder.clone(),
        };
        let mut record = Self {
            me: Holder::here(now),
            engine: None,
            ownership: None,
            journal: Journal::new(folder.join("journal")),
            waiting: VecDeque::new(),
            blocked: None,
            notice: None,
            tally: 0,
            distrusted: false,
            folder,
        };
        if *location == Location::Memory {
            record.engine = Some(Box::new(memory()));
        } else {
            record.reopen(now);
        }
        record
    }

    /// Adds events to an incident.
    pub fn append(&mut self, incident: &IncidentId, events: &[Recorded]) -> Kept {
        if self.waiting.is_empty() && self.write(incident, events) {
            return Kept::Durable;
        }
        self.waiting.push_back((incident.clone(), events.to_vec()));
        Kept::Waiting
    }

    /// Tries again what did not work; to be called every second while there is trouble. Answers where the events
    /// that were waiting stand now.
    pub fn retry(&mut self, now: Timestamp) -> Kept {
        if self.engine.is_none() {
            self.reopen(now);
        }
        while let Some((incident, events)) = self.waiting.pop_front() {
            if !self.write(&incident, &events) {
                self.waiting.push_front((incident, events));
                return Kept::Waiting;
            }
        }
        Kept::Durable
    }

    /// What is wrong now; the worst of it.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.blocked.as_ref().or(self.notice.as_ref())
    }

    /// Takes a trouble that is got around (a damaged store moved aside, events set aside) off the screen.
    pub fn acknowledge(&mut self) {
        self.notice = None;
    }

    /// Number of events that are not on disk.
    pub fn waiting(&self) -> usize {
        self.waiting.iter().map(|(_, events)| events.len()).sum()
    }

    /// The events of an incident; none when it is not known. Without the store only its journal can be read, and an
    /// incident that is not there is answered with what stands in the way.
    pub fn read(&mut self, incident: &IncidentId) -> Result<Reading, Trouble> {
        self.merge();
        let stored = match &self.engine {
            Some(engine) => engine.read(incident),
            None => self.journal.read(incident).map_err(StoreError::from),
        };
        let mut reading = stored.map_err(|error| self.trouble_of(&error))?;
        let last = reading.events.last().map_or(0, |event| event.seq);
        let waiting = self.waiting.iter().filter(|(id, _)| id == incident).flat_map(|(_, events)| events);
        reading.events.extend(waiting.filter(|event| event.seq > last).cloned());
        match &self.blocked {
            Some(trouble) if reading.events.is_empty() => Err(trouble.clone()),
            _ => Ok(reading),
        }
    }

    /// Every incident that can be seen now, the newest first; [`Record::trouble`] says what keeps the others away.
    pub fn list(&mut self) -> Vec<IncidentSummary> {
        self.merge();
        let Some(engine) = &self.engine else { return self.journal.list() };
        engine.list().unwrap_or_else(|error| {
            self.notice = Some(self.trouble_of(&error));
            Vec::new()
        })
    }

    /// State of the interface as it was last saved.
    pub fn session(&self, incident: &IncidentId) -> Option<Vec<u8>> {
        match &self.engine {
            Some(engine) => engine.session(incident).ok()?,
            None => self.journal.session(incident),
        }
    }

    /// Saves the state of the interface, where that is possible: it is a convenience, not a fact.
    pub fn save_session(&mut self, incident: &IncidentId, state: &[u8]) {
        let locked = self.is_locked();
        match &mut self.engine {
            Some(engine) => {
                if let Err(error) = engine.save_session(incident, state) {
                    self.fail(&error);
                }
            }
            None if locked => {
                let _ = self.journal.save_session(incident, state);
            }
            None => {}
        }
    }

    /// Closes the store. Events that still cannot be written go to files in `rescue`; the answer says where they
    /// are, or that they are gone.
    pub fn close(mut self, now: Timestamp, rescue: &Path) -> Option<String> {
        let kept = self.retry(now);
        self.engine = None;
        self.ownership = None;
        if kept == Kept::Durable {
            return None;
        }
        let cause = self.trouble().map(Trouble::message).unwrap_or_default();
        let count = self.waiting();
        let mut files = BTreeSet::new();
        for (incident, events) in &self.waiting {
            let path = rescue.join(format!("sevdeck-{incident}.jsonl"));
            match journal::write_to(&path, events) {
                Ok(()) => files.insert(path.display().to_string()),
                Err(error) => {
                    return Some(format!(
                        "{count} events were not saved: {cause}; {}: {error}",
                        path.display()
                    ));
                }
            };
        }
        let (files, folder) = (Vec::from_iter(files).join(", "), self.folder.join("journal"));
        Some(format!(
            "{cause}\n  {count} events are in {files}: as {}/ID.jsonl they are merged when the store works again",
            folder.display()
        ))
    }

    /// Writes to the store or the journal; false when the events have to wait.
    fn write(&mut self, incident: &IncidentId, events: &[Recorded]) -> bool {
        let locked = self.is_locked();
        let written = match &mut self.engine {
            Some(engine) => engine.append(incident, events),
            None if locked => self.journal.append(incident, events).map(|()| 0).map_err(StoreError::from),
            None => return false,
        };
        match written {
            Ok(new) => {
                self.count(new);
                true
            }
            Err(error @ (StoreError::Hole { .. } | StoreError::Conflict { .. })) => {
                self.set_aside(incident, events, &error)
            }
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    fn count(&mut self, new: u64) {
        if new > 0 && self.ownership.is_some() {
            self.tally += new;
            let _ = tally::write(&self.folder.join("tally"), self.tally);
        }
    }

    fn set_aside(&mut self, incident: &IncidentId, events: &[Recorded], why: &StoreError) -> bool {
        match self.journal.set_aside(incident, events) {
            Ok(file) => {
                let (incident, cause) = (incident.clone(), why.to_string());
                self.notice = Some(Trouble::SetAside { incident, file, cause });
                true
            }
            Err(error) => {
                self.fail(&error.into());
                false
            }
        }
    }

    /// The engine (or the journal) failed: it is closed, and opened again by a retry.
    fn fail(&mut self, error: &StoreError) {
        if matches!(error, StoreError::Corrupt(_)) {
            self.distrusted = self.engine.is_some();
        }
        self.blocked = Some(self.trouble_of(error));
        self.engine = None;
    }

    fn is_locked(&self) -> bool {
        matches!(self.blocked, Some(Trouble::Locked { .. }))
    }

    fn reopen(&mut self, now: Timestamp) {
        match self.open_engine(now) {
            Ok(engine) => {
                self.engine = Some(engine);
                self.blocked = None;
                self.distrusted = false;
                self.merge();
            }
            Err(trouble) => self.blocked = Some(trouble),
        }
    }

    fn open_engine(&mut self, now: Timestamp) -> Result<Box<dyn Store>, Trouble> {
        let refused = |record: &Self, error: std::io::Error| record.trouble_of(&error.into());
        make_private(&self.folder).map_err(|error| refused(self, error))?;
        if self.ownership.is_none() {
            let claimed =
                claim(&self.folder.join("owner"), &self.me).map_err(|error| refused(self, error))?;
            match claimed {
                Claim::Granted(ownership) => self.ownership = Some(ownership),
                Claim::Taken(by) => return Err(Trouble::Locked { folder: self.folder.clone(), by }),
            }
        }
        let store = self.folder.join("store");
        let opened = if self.distrusted {
            Err(StoreError::Corrupt("it failed twice".to_owned()))
        } else {
            open_sled(&store)
        };
        let cause = match opened.and_then(|engine| self.check(engine, &store, now)) {
            Ok(engine) => return Ok(engine),
            Err(StoreError::Corrupt(cause)) => cause,
            Err(error) => return Err(self.trouble_of(&error)),
        };
        let moved_to = spare_name(&store, now);
        fs::rename(&store, &moved_to).map_err(|error| refused(self, error))?;
        self.notice = Some(Trouble::Corrupt { moved_to, cause });
        self.tally = 0;
        let _ = tally::write(&self.folder.join("tally"), 0);
        open_sled(&store).map_err(|error| self.trouble_of(&error))
    }

    /// Compares the number of events with the number there were. When some are gone, the store is copied before
    /// anything is written to it.
    fn check(
        &mut self,
        engine: Box<dyn Store>,
        store: &Path,
        now: Timestamp,
    ) -> Result<Box<dyn Store>, StoreError> {
        self.tally = engine.list()?.iter().map(|summary| summary.events).sum();
        let expected = tally::read(&self.folder.join("tally"));
        if self.tally >= expected {
            return Ok(engine);
        }
        drop(engine);
        let copied_to = spare_name(store, now);
        copy(store, &copied_to)?;
        self.notice = Some(Trouble::Lost { events: expected - self.tally, copied_to });
        tally::write(&self.folder.join("tally"), self.tally)?;
        open_sled(store)
    }

    /// Takes over the journals that other processes left.
    fn merge(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let mut merged = 0;
        for incident in self.journal.incidents() {
            let Ok(reading) = self.journal.read(&incident) else { continue };
            match engine.append(&incident, &reading.events) {
                Ok(new) => merged += new,
                Err(error @ (StoreError::Hole { .. } | StoreError::Conflict { .. })) => {
                    let Ok(file) = self.journal.set_aside(&incident, &reading.events) else { continue };
                    let cause = error.to_string();
                    self.notice = Some(Trouble::SetAside { incident: incident.clone(), file, cause });
                }
                Err(_) => continue,
            }
            if let Some(session) = self.journal.session(&incident) {
                let _ = engine.save_session(&incident, &session);
            }
            let _ = self.journal.remove(&incident);
        }
        self.count(merged);
    }

    fn trouble_of(&self, error: &StoreError) -> Trouble {
        let folder = self.folder.clone();
        match error {
            StoreError::Locked => Trouble::Locked { folder, by: None },
            StoreError::Full => Trouble::Full { folder },
            StoreError::Corrupt(cause) => Trouble::Damaged { folder, cause: cause.clone() },
            _ if folder.exists() && !folder.is_dir() => {
                Trouble::Unwritable { folder, cause: "is a file, not a folder".to_owned() }
            }
            other => {
                let cause = other.to_string();
                // The system's "(os error 13)" helps nobody.
                let cause = cause.split(" (os error").next().unwrap_or_default().to_owned();
                Trouble::Unwritable { folder, cause }
            }
        }
    }
}

fn open_sled(folder: &Path) -> Result<Box<dyn Store>, StoreError> {
    Ok(Box::new(sled(folder)?))
}

/// A free name for a damaged store.
fn spare_name(store: &Path, now: Timestamp) -> PathBuf {
    let name = format!("store.corrupt-{}", now.strftime("%Y%m%d-%H%M%S"));
    let numbered = (2..).map(|copy| store.with_file_name(format!("{name}-{copy}")));
    let mut names = std::iter::once(store.with_file_name(&name)).chain(numbered);
    names.find(|name| !name.exists()).unwrap_or_else(|| store.with_file_name(&name))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    make_private(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
