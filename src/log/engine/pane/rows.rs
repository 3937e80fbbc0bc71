//! The rows of a view: records of all its sources, merged in both directions, and dropped where they are far away.

use crate::incident::SourceId;
use crate::log::engine::pane::record::{Item, Row};
use crate::log::engine::pane::strand::Strand;
use crate::log::engine::pane::{KEPT, Pane, Piece, Place, Sources};

impl Pane {
    /// Adds the next record towards the end, or looks on for it.
    pub(super) fn extend_ahead(&mut self, sources: Sources<'_>) -> Piece {
        let (timed, strands) = (self.tools.timed, &mut self.strands);
        self.heads_ahead.settle(|source| {
            let strand = strand_of(strands, source)?;
            strand.next_ahead(sources.channels.get(&source)?, timed).key()
        });
        let Some((_, source)) = self.heads_ahead.first() else { return Piece::Nothing };
        self.heads_ahead.outdate(source);
        let Some(strand) = strand_of(&mut self.strands, source) else { return Piece::Looked };
        if let Some(item) = strand.take_ahead() {
            self.insert(item, false);
            return Piece::Grew;
        }
        if let Some(channel) = sources.channels.get(&source) {
            strand.scan_ahead(channel, &mut self.tools, sources.miner);
        }
        Piece::Looked
    }

    /// Adds the next record towards the start, or looks on for it.
    pub(super) fn extend_behind(&mut self, sources: Sources<'_>) -> Piece {
        self.settle_behind(sources);
        let Some((_, source)) = self.heads_behind.last() else { return Piece::Nothing };
        self.heads_behind.outdate(source);
        let Some(strand) = strand_of(&mut self.strands, source) else { return Piece::Looked };
        if let Some(item) = strand.take_behind() {
            self.insert(item, true);
            return Piece::Grew;
        }
        if let Some(channel) = sources.channels.get(&source) {
            strand.scan_behind(channel, &mut self.tools, sources.miner);
        }
        Piece::Looked
    }

    fn settle_behind(&mut self, sources: Sources<'_>) {
        let (timed, strands) = (self.tools.timed, &mut self.strands);
        self.heads_behind.settle(|source| {
            let strand = strand_of(strands, source)?;
            strand.next_behind(sources.channels.get(&source)?, timed).key()
        });
    }

    /// Whether something behind belongs among the rows: a source has joined that speaks of the same time.
    pub(super) fn has_joined(&mut self, sources: Sources<'_>) -> bool {
        self.settle_behind(sources);
        let front = self.rows.front().map(|row| (row.key, row.source));
        front.is_some_and(|front| self.heads_behind.last() > Some(front))
    }

    /// Puts the rows of a record where they belong.
    fn insert(&mut self, item: Item, behind: bool) {
        let Some(first) = item.rows.first() else { return };
        let order = |row: &Row| (row.key, row.source, row.head);
        let own = order(first);
        let at = match (self.rows.front(), self.rows.back()) {
            (Some(front), _) if own < order(front) => 0,
            (_, Some(back)) if own < order(back) => self.rows.partition_point(|row| order(row) < own),
            _ => self.rows.len(),
        };
        // The row on top stays on top; before there is one, what is added behind comes above it.
        let last = at == self.rows.len();
        if let Place::Top(top) = self.place
            && (if last { behind } else { at == 0 || (at as i64) < top })
        {
            self.place = Place::Top(top + item.rows.len() as i64);
        }
        if last {
            self.rows.extend(item.rows);
        } else {
            for row in item.rows.into_iter().rev() {
                self.rows.insert(at, row);
            }
        }
    }

    /// Drops rows far away from what is shown.
    pub(super) fn trim(&mut self) {
        if matches!(self.place, Place::Pinned(..)) {
            return;
        }
        let most = self.top() + self.height + KEPT;
        while self.rows.len() > most && self.drop_last() {}
        while self.top() > KEPT && self.drop_first() {}
    }

    fn drop_last(&mut self) -> bool {
        let Some(last) = self.rows.back().cloned() else { return false };
        while self.rows.back().is_some_and(|row| (row.source, row.head) == (last.source, last.head)) {
            self.rows.pop_back();
        }
        if let Some(strand) = strand_of(&mut self.strands, last.source) {
            strand.give_back_ahead(&last);
            self.heads_ahead.outdate(last.source);
        }
        true
    }

    fn drop_first(&mut self) -> bool {
        let Some(first) = self.rows.front().cloned() else { return false };
        let before = self.rows.len();
        while self.rows.front().is_some_and(|row| (row.source, row.head) == (first.source, first.head)) {
            self.rows.pop_front();
        }
        if let Some(strand) = strand_of(&mut self.strands, first.source) {
            strand.give_back_behind(&first);
            self.heads_behind.outdate(first.source);
        }
        if let Place::Top(top) = self.place {
            self.place = Place::Top(top - (before - self.rows.len()) as i64);
        }
        true
    }
}

/// The strand of a source; they are in the order of their sources.
pub(super) fn strand_of(strands: &mut [Strand], source: SourceId) -> Option<&mut Strand> {
    let at = strands.binary_search_by_key(&source, |strand| strand.source).ok()?;
    strands.get_mut(at)
}
