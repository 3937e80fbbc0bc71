//! Whose turn it is: which sources may have something to read, and when each is to be looked at, so that a step costs no
//! more with ten thousand files that are silent.

use std::collections::BTreeSet;
use std::ops::Bound;

use jiff::Timestamp;

use crate::incident::SourceId;

/// The order in which sources are read and looked at.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Sources that may have something to read.
    ready: BTreeSet<SourceId>,
    /// Sources that do not say which of them has something to read.
    streams: BTreeSet<SourceId>,
    /// Looks that are due; of a source the one it was given last counts.
    looks: BTreeSet<(Timestamp, SourceId)>,
    /// Source read last.
    turn: SourceId,
    /// Source that was last asked for blocks to read ahead.
    plan_turn: SourceId,
}

impl Turns {
    /// A source came, or came anew.
    pub(super) fn add(&mut self, source: SourceId, stream: bool) {
        self.ready.insert(source);
        if stream {
            self.streams.insert(source);
        } else {
            self.streams.remove(&source);
        }
    }

    /// A source may have something to read.
    pub(super) fn is_ready(&mut self, source: SourceId) {
        self.ready.insert(source);
    }

    /// A source has nothing to read for now.
    pub(super) fn rest(&mut self, source: SourceId) {
        self.ready.remove(&source);
    }

    /// Any stream may have something to read.
    pub(super) fn wake_streams(&mut self) {
        self.ready.extend(&self.streams);
    }

    /// The next source to read.
    pub(super) fn next(&mut self) -> Option<SourceId> {
        self.turn = after(&self.ready, self.turn)?;
        Some(self.turn)
    }

    /// The next source to ask for blocks to read ahead.
    pub(super) fn next_to_plan(&mut self) -> Option<SourceId> {
        self.plan_turn = after(&self.ready, self.plan_turn)?;
        Some(self.plan_turn)
    }

    /// How many sources may have something to read.
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// A source is to be looked at then.
    pub(super) fn look_at(&mut self, source: SourceId, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.looks.insert((at, source));
        }
    }

    /// The next source that is to be looked at by now, and when it was to be.
    pub(super) fn take_late(&mut self, now: Timestamp) -> Option<(Timestamp, SourceId)> {
        self.looks.first().filter(|(at, _)| *at <= now)?;
        self.looks.pop_first()
    }

    /// When somebody is to be looked at.
    pub(super) fn next_look(&self) -> Option<Timestamp> {
        self.looks.first().map(|(at, _)| *at)
    }
}

/// The source after this one, in turn.
fn after(sources: &BTreeSet<SourceId>, source: SourceId) -> Option<SourceId> {
    let next = sources.range((Bound::Excluded(source), Bound::Unbounded)).next();
    next.or_else(|| sources.first()).copied()
}
