//! Which strand of a merged view has the next record: the keys of their heads in order, on one side of the view. A
//! step looks at the heads that moved only, however many strands there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::incident::SourceId;
use crate::log::time::Micros;

/// The heads on one side.
#[derive(Debug, Default)]
pub(super) struct Heads {
    order: BTreeSet<(Micros, SourceId)>,
    keys: BTreeMap<SourceId, Micros>,
    /// Strands that are to be asked anew.
    moved: BTreeSet<SourceId>,
}

impl Heads {
    /// Starts over with these strands.
    pub(super) fn reset(&mut self, sources: impl Iterator<Item = SourceId>) {
        self.order.clear();
        self.keys.clear();
        self.moved = sources.collect();
    }

    /// The head of a strand may be another.
    pub(super) fn outdate(&mut self, source: SourceId) {
        self.moved.insert(source);
    }

    /// Asks the strands that moved for the keys of their heads.
    pub(super) fn settle(&mut self, mut key: impl FnMut(SourceId) -> Option<Micros>) {
        for source in std::mem::take(&mut self.moved) {
            let key = key(source);
            let old = match key {
                Some(key) => self.keys.insert(source, key),
                None => self.keys.remove(&source),
            };
            if old != key {
                old.map(|old| self.order.remove(&(old, source)));
                key.map(|key| self.order.insert((key, source)));
            }
        }
    }

    /// The earliest head: of those with the same key, that of the first source.
    pub(super) fn first(&self) -> Option<(Micros, SourceId)> {
        self.order.first().copied()
    }

    /// The latest head: of those with the same key, that of the last source.
    pub(super) fn last(&self) -> Option<(Micros, SourceId)> {
        self.order.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_in_order_while_they_move() {
        let mut heads = Heads::default();
        let mut keys = [Some(5), Some(3), None, Some(3), Some(9)];
        heads.reset((0..5).map(SourceId));
        heads.settle(|source| keys[source.0 as usize]);
        assert_eq!((heads.first(), heads.last()), (Some((3, SourceId(1))), Some((9, SourceId(4)))));

        (keys[1], keys[4], keys[2]) = (None, Some(5), Some(1));
        heads.outdate(SourceId(1));
        heads.outdate(SourceId(4));
        heads.settle(|source| keys[source.0 as usize]);
        // What nobody said to have moved is not asked again.
        assert_eq!((heads.first(), heads.last()), (Some((3, SourceId(3))), Some((5, SourceId(4)))));
        heads.outdate(SourceId(2));
        heads.settle(|source| keys[source.0 as usize]);
        assert_eq!(heads.first(), Some((1, SourceId(2))));
        heads.reset(std::iter::empty());
        heads.settle(|_| None);
        assert_eq!((heads.first(), heads.last()), (None, None));
    }
}
