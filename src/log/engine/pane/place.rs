//! Where a view stands, and where a move takes it.

use crate::incident::SourceId;
use crate::log::engine::pane::record::Row;
use crate::log::engine::pane::seek::Seek;
use crate::log::engine::pane::{Pane, Sources};
use crate::log::view::Move;

/// Farthest move, lines.
const FARTHEST: i64 = 100_000_000;

/// Where the view stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the newest rows.
    End,
    /// The row with this index is on top; below zero until enough rows are found.
    Top(i64),
    /// Cut in somewhere; the row that is meant comes to this row of the pane.
    Pinned(Pin, i64),
}

/// The row that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pin {
    /// The first one ahead.
    First,
    /// The one that holds an offset, or the first behind it.
    At(SourceId, u64),
}

impl Pane {
    /// Stands where another view of the same scope stood, as near as rows pass.
    pub(in crate::log::engine) fn stand_as(&mut self, other: &Self) {
        self.place = match other.place {
            Place::Top(top) => {
                let shown =
                    other.rows.range(top.clamp(0, other.rows.len() as i64) as usize..).take(other.height);
                match shown.clone().find(|row| !row.around).or_else(|| shown.clone().next()) {
                    Some(row) => {
                        let is_it = |other: &&Row| (other.source, other.start) == (row.source, row.start);
                        let screen = shown.take_while(|above| !is_it(above)).count();
                        self.seek = Some(Seek::Offset(row.source, row.start));
                        Place::Pinned(Pin::At(row.source, row.start), screen as i64)
                    }
                    None => Place::End,
                }
            }
            Place::Pinned(..) => {
                self.seek.clone_from(&other.sought);
                self.sought.clone_from(&other.sought);
                other.place
            }
            Place::End => Place::End,
        };
    }

    /// Moves the view.
    pub(in crate::log::engine) fn go(&mut self, step: Move, sources: Sources<'_>) {
        self.touch();
        let middle = self.height as i64 / 2;
        match step {
            Move::Follow => {
                if self.place != Place::End || self.seek.is_some() {
                    self.place = Place::End;
                    // A place that was looked for has left the sources cut in at different times.
                    if self.seek.take().is_some() || self.unread() > 0 {
                        self.cut(sources, |channel| channel.tape().end());
                    }
                }
            }
            Move::Start => {
                self.seek = None;
                self.place = Place::Top(0);
                self.cut(sources, |channel| channel.tape().start());
            }
            Move::Lines(count) => {
                let count = count.clamp(-FARTHEST, FARTHEST);
                self.place = match self.place {
                    Place::End => {
                        Place::Top((self.rows.len() as i64 - self.height as i64).saturating_add(count))
                    }
                    Place::Top(top) => Place::Top(top.saturating_add(count)),
                    Place::Pinned(pin, row) => Place::Pinned(pin, row.saturating_sub(count)),
                };
            }
            Move::Top(offset) => {
                if let Some(source) = self.scope.source().or_else(|| self.rows.front().map(|row| row.source))
                {
                    self.pin(Seek::Offset(source, offset), Pin::At(source, offset), 0);
                }
            }
            Move::Center(place) => {
                self.pin(Seek::Offset(place.source, place.start), Pin::At(place.source, place.start), middle);
            }
            Move::Time(at) => self.pin(Seek::Time(at.as_microsecond()), Pin::First, middle),
            Move::Line(number) => {
                if let Some(source) = self.scope.source() {
                    self.pin(Seek::Line(source, number), Pin::First, middle);
                }
            }
        }
    }

    pub(super) fn pin(&mut self, seek: Seek, pin: Pin, row: i64) {
        self.sought = Some(seek.clone());
        self.seek = Some(seek);
        self.place = Place::Pinned(pin, row);
    }
}
