//! The engine in memory: for tests, and for `--store memory:`.

use std::collections::BTreeMap;

use crate::store::keyed::{Change, KeyValue, Keyed, Pair};
use crate::store::{Store, StoreError};

/// A store that is gone with the process.
pub fn memory() -> impl Store {
    Keyed(Memory::default())
}

#[derive(Default)]
struct Memory(BTreeMap<Vec<u8>, Vec<u8>>);

impl Memory {
    fn from(&self, prefix: &[u8]) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        let prefix = prefix.to_vec();
        self.0.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&prefix))
    }
}

impl KeyValue for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, StoreError> {
        Ok(self.from(prefix).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn last(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.from(prefix).last().map(|(key, _)| key.clone()))
    }

    fn commit(&mut self, changes: Vec<Change>, _durable: bool) -> Result<(), StoreError> {
        for (key, value) in changes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
        Ok(())
    }
}
