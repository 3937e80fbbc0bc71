//! [`Store`] over an ordered map of bytes, the shape that both engines have.
//!
//! Keys, each with the incident's id, which holds no NUL:
//! `e id NUL seq piece` an event, `i id` a summary, `s id NUL piece` a session. Values are cut into pieces of
//! [`PIECE`] bytes: sled writes a page that passes a part of a segment to a file of its own and never syncs that
//! file, and a page holds up to 17 values.

use crate::incident::event::{Author, Event};
use crate::incident::wire;
use crate::incident::{IncidentId, Recorded};
use crate::store::summary::Fold;
use crate::store::{IncidentSummary, Reading, Store, StoreError};

/// Longest value handed to an engine, bytes.
const PIECE: usize = 4096;

/// One change of a batch: a key with its new value, or none to remove it.
pub(crate) type Change = (Vec<u8>, Option<Vec<u8>>);
/// A key and its value.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// An ordered map of bytes.
pub(crate) trait KeyValue: Send {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// All pairs whose key starts so, in order.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, StoreError>;
    /// The last key that starts so.
    fn last(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Applies all changes or none. With `durable` they are on the disk when this returns.
    fn commit(&mut self, changes: Vec<Change>, durable: bool) -> Result<(), StoreError>;
}

/// The store over such a map.
pub(crate) struct Keyed<K>(pub(crate) K);

impl<K: KeyValue> Store for Keyed<K> {
    fn append(&mut self, incident: &IncidentId, events: &[Recorded]) -> Result<u64, StoreError> {
        let Some(first) = events.first() else { return Ok(0) };
        let mut fold = self.fold(incident)?;
        let mut last = self.last_seq(incident)?;
        if fold.last_seq != last {
            fold = self.read(incident)?.events.iter().fold(Fold::default(), Fold::with);
        }
        if first.seq > last + 1 {
            return Err(StoreError::Hole {
                incident: incident.clone(),
                expected: last + 1,
                found: first.seq,
            });
        }
        let before = last;
        let mut changes = Vec::new();
        for event in events {
            let stored = wire::encode(event);
            if event.seq <= last {
                self.check_same(incident, event.seq, stored.as_bytes())?;
                continue;
            }
            if event.seq != last + 1 {
                let (incident, expected) = (incident.clone(), last + 1);
                return Err(StoreError::Hole { incident, expected, found: event.seq });
            }
            last = event.seq;
            cut(&event_key(incident, event.seq), stored.as_bytes(), &mut changes);
            fold = fold.with(event);
        }
        if changes.is_empty() {
            return Ok(0);
        }
        changes.push((summary_key(incident), Some(fold.encode())));
        self.0.commit(changes, true)?;
        Ok(last - before)
    }

    fn read(&self, incident: &IncidentId) -> Result<Reading, StoreError> {
        let prefix = log_prefix(incident);
        let mut reading = Reading::default();
        let mut stored: Option<(u64, Vec<u8>)> = None;
        for (key, value) in self.0.scan(&prefix)? {
            let Some(seq) = seq_of(&key, prefix.len()) else { continue };
            match &mut stored {
                Some((open, bytes)) if *open == seq => bytes.extend_from_slice(&value),
                _ => {
                    if let Some((seq, bytes)) = stored.replace((seq, value)) {
                        reading.take(seq, &bytes);
                    }
                }
            }
        }
        if let Some((seq, bytes)) = stored {
            reading.take(seq, &bytes);
        }
        Ok(reading)
    }

    fn list(&self) -> Result<Vec<IncidentSummary>, StoreError> {
        let mut list: Vec<IncidentSummary> = Vec::new();
        for (key, value) in self.0.scan(b"i")? {
            let id = std::str::from_utf8(&key[1..]).ok().and_then(|id| IncidentId::parse(id).ok());
            let Some(id) = id else { continue };
            let fold = match Fold::decode(&value) {
                Some(fold) => fold,
                None => self.read(&id)?.events.iter().fold(Fold::default(), Fold::with),
            };
            list.push(fold.summary(id));
        }
        list.sort_by(|a, b| b.opened_at.cmp(&a.opened_at).then_with(|| b.id.cmp(&a.id)));
        Ok(list)
    }

    fn session(&self, incident: &IncidentId) -> Result<Option<Vec<u8>>, StoreError> {
        let pieces = self.0.scan(&session_prefix(incident))?;
        Ok((!pieces.is_empty()).then(|| pieces.into_iter().flat_map(|(_, value)| value).collect()))
    }

    fn save_session(&mut self, incident: &IncidentId, state: &[u8]) -> Result<(), StoreError> {
        let prefix = session_prefix(incident);
        let mut changes = Vec::new();
        cut(&prefix, state, &mut changes);
        let kept = changes.len();
        let old = self.0.scan(&prefix)?;
        changes.extend(old.into_iter().skip(kept).map(|(key, _)| (key, None)));
        self.0.commit(changes, false)
    }
}

impl<K: KeyValue> Keyed<K> {
    fn fold(&self, incident: &IncidentId) -> Result<Fold, StoreError> {
        let stored = self.0.get(&summary_key(incident))?;
        Ok(stored.and_then(|stored| Fold::decode(&stored)).unwrap_or_default())
    }

    fn last_seq(&self, incident: &IncidentId) -> Result<u64, StoreError> {
        let prefix = log_prefix(incident);
        Ok(self.0.last(&prefix)?.and_then(|key| seq_of(&key, prefix.len())).unwrap_or(0))
    }

    fn check_same(&self, incident: &IncidentId, seq: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let pieces = self.0.scan(&event_key(incident, seq))?;
        let stored: Vec<u8> = pieces.into_iter().flat_map(|(_, value)| value).collect();
        if stored == bytes || wire::decode(&stored).is_err() {
            return Ok(());
        }
        Err(StoreError::Conflict { incident: incident.clone(), seq })
    }
}

impl Reading {
    /// Adds the event stored at `seq`, or what stands for it.
    pub(crate) fn take(&mut self, seq: u64, bytes: &[u8]) {
        let known = wire::decode(bytes).ok().filter(|event| event.seq == seq);
        let event = known.unwrap_or_else(|| {
            self.damaged.push(seq);
            let before = self.events.last().map_or(jiff::Timestamp::UNIX_EPOCH, |event| event.at);
            let kind = Self::DAMAGED.to_owned();
            let event = Event::Unknown { kind, version: wire::VERSION, body: serde_json::Value::Null };
            Recorded { seq, at: before, by: Author::Sevdeck, event }
        });
        self.events.push(event);
    }
}

fn cut(key: &[u8], value: &[u8], changes: &mut Vec<Change>) {
    let pieces = value.chunks(PIECE).chain(value.is_empty().then_some(&[][..]));
    for (number, piece) in (0_u32..).zip(pieces) {
        changes.push(([key, &number.to_be_bytes()].concat(), Some(piece.to_vec())));
    }
}

fn log_prefix(incident: &IncidentId) -> Vec<u8> {
    [b"e", incident.as_str().as_bytes(), b"\0"].concat()
}

fn event_key(incident: &IncidentId, seq: u64) -> Vec<u8> {
    [&log_prefix(incident)[..], &seq.to_be_bytes()].concat()
}

fn summary_key(incident: &IncidentId) -> Vec<u8> {
    [b"i", incident.as_str().as_bytes()].concat()
}

fn session_prefix(incident: &IncidentId) -> Vec<u8> {
    [b"s", incident.as_str().as_bytes(), b"\0"].concat()
}

fn seq_of(key: &[u8], prefix: usize) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(prefix..prefix + 8)?.try_into().ok()?))
}
