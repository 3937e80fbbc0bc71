//! The rows of a view: records of all its sources, merged in both directions, and dropped where they are far away.

use crate::log::engine::pane::record::{Item, Row};
use crate::log::engine::pane::strand::Next;
use crate::log::engine::pane::{KEPT, Pane, Piece, Place, Sources};

impl Pane {
    /// Adds the next record towards the end, or looks on for it.
    pub(super) fn extend_ahead(&mut self, sources: Sources<'_>) -> Piece {
        let timed = self.tools.timed;
        let mut best: Option<(Next, usize)> = None;
        for (at, strand) in self.strands.iter_mut().enumerate() {
            let Some(channel) = sources.channels.get(&strand.source) else { continue };
            let next = strand.next_ahead(channel, timed);
            let (Next::Record(key) | Next::Unknown(key)) = next else { continue };
            let better = match best {
                Some((Next::Record(least) | Next::Unknown(least), _)) => key < least,
                _ => true,
            };
            if better {
                best = Some((next, at));
            }
        }
        let Some((next, at)) = best else { return Piece::Nothing };
        let strand = &mut self.strands[at];
        match (next, sources.channels.get(&strand.source)) {
            (Next::Unknown(_), Some(channel)) => strand.scan_ahead(channel, &mut self.tools, sources.miner),
            _ => {
                if let Some(item) = strand.take_ahead() {
                    self.insert(item, false);
                    return Piece::Grew;
                }
            }
        }
        Piece::Looked
    }

    /// Adds the next record towards the start, or looks on for it.
    pub(super) fn extend_behind(&mut self, sources: Sources<'_>) -> Piece {
        let timed = self.tools.timed;
        let mut best: Option<(Next, usize)> = None;
        for (at, strand) in self.strands.iter_mut().enumerate() {
            let Some(channel) = sources.channels.get(&strand.source) else { continue };
            let next = strand.next_behind(channel, timed);
            let (Next::Record(key) | Next::Unknown(key)) = next else { continue };
            let better = match best {
                Some((Next::Record(most) | Next::Unknown(most), _)) => key >= most,
                _ => true,
            };
            if better {
                best = Some((next, at));
            }
        }
        let Some((next, at)) = best else { return Piece::Nothing };
        let strand = &mut self.strands[at];
        match (next, sources.channels.get(&strand.source)) {
            (Next::Unknown(_), Some(channel)) => strand.scan_behind(channel, &mut self.tools, sources.miner),
            _ => {
                if let Some(item) = strand.take_behind() {
                    self.insert(item, true);
                    return Piece::Grew;
                }
            }
        }
        Piece::Looked
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
        if let Some(strand) = self.strands.iter_mut().find(|strand| strand.source == last.source) {
            strand.give_back_ahead(&last);
        }
        true
    }

    fn drop_first(&mut self) -> bool {
        let Some(first) = self.rows.front().cloned() else { return false };
        let before = self.rows.len();
        while self.rows.front().is_some_and(|row| (row.source, row.head) == (first.source, first.head)) {
            self.rows.pop_front();
        }
        if let Some(strand) = self.strands.iter_mut().find(|strand| strand.source == first.source) {
            strand.give_back_behind(&first);
        }
        if let Place::Top(top) = self.place {
            self.place = Place::Top(top - (before - self.rows.len()) as i64);
        }
        true
    }
}
