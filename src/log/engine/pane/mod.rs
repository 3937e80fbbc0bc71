//! What a pane shows: the records of a source, or of all logs merged, that pass a filter, as rows around one place.
//!
//! Rows are found on disk, a bounded piece at a time, and kept while the view moves: rows ahead and behind are added,
//! rows far away are dropped. What lies between the first and the last row is complete at any time, so that scrolling
//! there and back shows the same.

mod heads;
mod page;
mod place;
mod record;
mod renew;
mod rows;
mod seek;
mod show;
mod skip;
mod strand;
mod tools;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use crate::incident::SourceId;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::heads::Heads;
use crate::log::engine::pane::place::{Pin, Place};
use crate::log::engine::pane::record::Row;
use crate::log::engine::pane::seek::Seek;
use crate::log::engine::pane::strand::Strand;
use crate::log::engine::pane::tools::Tools;
use crate::log::filter::{Filter, Sieve};
use crate::log::template::Miner;
use crate::log::view::{Scope, Window};

/// Most rows of a window.
const ROWS_MAX: usize = 1000;
/// Rows kept on either side of what is shown.
const KEPT: usize = 2000;
/// Records that wait to be merged, of all sources, and least of each.
const WAITING: usize = 8192;
const WAITING_MIN: usize = 16;
/// Bytes that arrived at once from which on a view that follows goes to the end instead of through them.
const JUMP: u64 = 1024 * 1024;

/// The sources a view reads.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) channels: &'a BTreeMap<SourceId, Channel>,
    pub(super) miner: &'a Miner,
}

/// What is shown, and how far it was found.
#[derive(Debug)]
pub(super) struct Pane {
    scope: Scope,
    filter: Arc<Filter>,
    height: usize,
    /// In the order of their sources.
    strands: Vec<Strand>,
    /// Which of them is next, towards the end and towards the start.
    heads_ahead: Heads,
    heads_behind: Heads,
    rows: VecDeque<Row>,
    place: Place,
    /// A place to be found before anything else.
    seek: Option<Seek>,
    /// The place found last.
    sought: Option<Seek>,
    tools: Tools,
    /// What was last found is to be told.
    dirty: bool,
    /// Sources whose text may have changed.
    noted: BTreeSet<SourceId>,
    /// There is more to do.
    busy: bool,
    /// The window told last was not complete.
    told_looking: bool,
}

/// What a piece of work came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// A row was added.
    Grew,
    /// Some text was looked at.
    Looked,
    /// There is nothing more on this side.
    Nothing,
}

impl Pane {
    /// A view of the newest rows; the error says what is wrong with the filter.
    pub(super) fn new(
        scope: Scope,
        filter: Arc<Filter>,
        height: usize,
        sources: Sources<'_>,
    ) -> Result<Self, String> {
        let mut wanted = (*filter).clone();
        if scope.source().is_some() {
            wanted.sources.clear();
        }
        let sieve = Sieve::new(&wanted)?;
        let tools = Tools::new(sieve, wanted.around.min(Filter::AROUND_MAX), scope == Scope::Merged);
        let mut pane = Self {
            scope,
            filter,
            height: height.clamp(1, ROWS_MAX),
            strands: Vec::new(),
            heads_ahead: Heads::default(),
            heads_behind: Heads::default(),
            rows: VecDeque::new(),
            place: Place::End,
            seek: None,
            sought: None,
            tools,
            noted: BTreeSet::new(),
            dirty: true,
            busy: true,
            told_looking: false,
        };
        pane.cut(sources, |channel| channel.tape().end());
        Ok(pane)
    }

    pub(super) fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether it shows exactly this.
    pub(super) fn shows(&self, scope: Scope, filter: &Filter) -> bool {
        self.scope == scope && *self.filter == *filter
    }

    /// Its rows.
    pub(super) fn rows(&self) -> usize {
        self.height
    }

    /// Gives the pane another number of rows.
    pub(super) fn resize(&mut self, height: usize) {
        self.height = height.clamp(1, ROWS_MAX);
        self.touch();
    }

    /// Something may have changed that is shown.
    pub(super) fn touch(&mut self) {
        self.dirty = true;
        self.busy = true;
    }

    /// The text of a source may have changed.
    pub(super) fn note(&mut self, source: SourceId) {
        self.noted.insert(source);
    }

    /// Whether the window is to be told anew.
    pub(super) fn is_due(&self) -> bool {
        // A place that is looked for is not shown before it is found.
        self.dirty && self.seek.is_none()
    }

    /// The same; once told, it is told.
    pub(super) fn take_due(&mut self) -> bool {
        let due = self.is_due();
        self.dirty &= !due;
        due
    }

    /// Whether a source is part of it.
    pub(super) fn reads(&self, source: SourceId) -> bool {
        match self.scope {
            Scope::Source(one) => one == source,
            Scope::Merged => true,
        }
    }

    /// Looks on until what the pane shows is found or the time is up; true when there is more to do.
    pub(super) fn work(&mut self, sources: Sources<'_>, until: Instant) -> bool {
        self.refresh(sources);
        if !self.busy {
            return false;
        }
        if self.place == Place::End && self.tools.sieve.is_open() && self.unread() > JUMP {
            self.cut(sources, |channel| channel.tape().end());
        }
        let void = self.tools.void;
        self.tools.take_hints(sources.miner);
        if self.tools.void != void {
            self.start_over(sources);
        }
        if self.tools.void {
            // A place to go to is nowhere.
            self.seek = None;
        }
        // Where every record passes, a page is a few looks away: it is found whatever the clock says, which runs on while
        // the machine does something else.
        let mut owed = if self.tools.sieve.is_open() { 2 * self.height } else { 0 };
        while self.work_once(sources) {
            if owed == 0 && Instant::now() >= until {
                self.trim();
                return self.busy;
            }
            owed = owed.saturating_sub(1);
        }
        self.busy = false;
        self.dirty |= self.told_looking;
        self.trim();
        self.busy
    }

    /// A bounded piece of work; false when there is none.
    fn work_once(&mut self, sources: Sources<'_>) -> bool {
        if let Some(seek) = self.seek.take() {
            self.seek = self.find(seek, sources);
            self.dirty = true;
            return !self.waits(sources);
        }
        let piece = match self.place {
            Place::End => {
                let piece = self.extend_ahead(sources);
                let short = self.rows.len() <= self.height;
                let more = piece == Piece::Nothing && (short || self.has_joined(sources));
                if more { self.extend_behind(sources) } else { piece }
            }
            Place::Pinned(pin, screen) => {
                let found = match pin {
                    Pin::First => (!self.rows.is_empty()).then_some(0),
                    Pin::At(source, offset) => self.row_at(source, offset),
                };
                let piece = if found.is_some() { Piece::Looked } else { self.extend_ahead(sources) };
                if found.is_some() || piece == Piece::Nothing {
                    let row = found.unwrap_or(self.rows.len());
                    self.place = Place::Top(row as i64 - screen);
                    return true;
                }
                piece
            }
            Place::Top(top) => self.fill_page(top, sources),
        };
        let worked = piece != Piece::Nothing || self.number_one(sources);
        self.dirty |= worked;
        worked
    }

    /// Finds rows for a page with this row on top; one more on either side tells whether it is the first or the last.
    fn fill_page(&mut self, top: i64, sources: Sources<'_>) -> Piece {
        let height = self.height as i64;
        if top < 0 {
            let piece = self.extend_behind(sources);
            if piece == Piece::Nothing {
                self.place = Place::Top(0);
                return Piece::Looked;
            }
            return piece;
        }
        if top + height >= self.rows.len() as i64 {
            let piece = self.extend_ahead(sources);
            if piece != Piece::Nothing {
                return piece;
            }
            let last = self.rows.len() as i64 - height;
            if top > last && !(top == 0 && self.strands.iter().all(Strand::is_exhausted_behind)) {
                self.place = Place::Top(last);
                return Piece::Looked;
            }
        }
        if top == 0 { self.extend_behind(sources) } else { Piece::Nothing }
    }

    /// The row that holds an offset, or the first behind it.
    fn row_at(&self, source: SourceId, offset: u64) -> Option<usize> {
        let behind = |row: &Row| row.source == source && row.end >= offset && !row.around;
        let found = self.rows.iter().position(behind);
        // Between rows of one source that hold the offset and those behind it nothing else can be nearer.
        found.or_else(|| {
            let strand = self.strands.binary_search_by_key(&source, |strand| strand.source);
            strand.is_err().then_some(0).filter(|_| !self.rows.is_empty())
        })
    }

    fn unread(&self) -> u64 {
        self.strands.iter().map(Strand::rest_ahead).sum()
    }

    /// Index of the row on top, as far as it is found.
    fn top(&self) -> usize {
        match self.place {
            Place::End | Place::Pinned(..) => self.rows.len().saturating_sub(self.height),
            Place::Top(top) => top.max(0) as usize,
        }
    }

    /// The window as far as it is found.
    pub(super) fn window(&mut self, sources: Sources<'_>) -> Window {
        let shown = self.shown();
        let full = shown.len() >= self.height;
        let settled = match self.place {
            Place::End => full,
            Place::Top(top) => top >= 0 && full,
            Place::Pinned(..) => false,
        };
        self.told_looking = self.busy && !settled;
        Window {
            scope: Some(self.scope),
            at_start: shown.start == 0 && self.strands.iter().all(Strand::is_exhausted_behind),
            at_end: shown.end == self.rows.len() && self.strands.iter().all(Strand::is_exhausted_ahead),
            lines: self.lines(sources),
            following: self.place == Place::End,
            lines_total: self.counted(sources),
            looking: self.told_looking.then(|| self.share()),
        }
    }

    fn share(&self) -> f32 {
        let add = |(done, all): (u64, u64), strand: &Strand| {
            let (own, of) = strand.progress();
            (done + own, all + of)
        };
        let (done, all) = self.strands.iter().fold((0, 0), add);
        if all == 0 { 1.0 } else { (done as f32 / all as f32).min(1.0) }
    }

    fn counted(&self, sources: Sources<'_>) -> u64 {
        let lines = |strand: &Strand| {
            sources.channels.get(&strand.source).map_or(0, |channel| channel.lane.counted().1)
        };
        self.strands.iter().map(lines).sum()
    }
}
