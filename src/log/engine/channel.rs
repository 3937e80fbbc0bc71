//! One source in the engine: the file (or text) it is read from and the pipeline it goes through. What it holds, and
//! what it tells; [`read`] is how it goes on.

mod read;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::incident::{SourceChange, SourceId};
use crate::log::crew::Crew;
use crate::log::digest::Position;
use crate::log::engine::BLOCK;
use crate::log::engine::block::{Desk, Pending};
use crate::log::engine::census::Census;
use crate::log::lane::{Lane, PROSE_MAX};
use crate::log::skew::{NOTABLE, Off};
use crate::log::source::follow::Follower;
use crate::log::source::reel::Reel;
use crate::log::source::spool::Spool;
use crate::log::source::tape::{Segment, Tape};
use crate::log::source::watch::{Reach, Watch, names_of};
use crate::log::talk::Writer;
use crate::log::time::Micros;

/// A source.
pub(super) struct Channel {
    pub(super) lane: Lane,
    /// Zone of times that do not name theirs; UTC without.
    zone: Option<TimeZone>,
    input: Input,
    look_at: Option<Timestamp>,
    names: Vec<PathBuf>,
    changes: Vec<SourceChange>,
    /// What is at the other end of a pipe may be a person.
    piped: bool,
    /// How far its clock is off, as it was told.
    clock_off: Option<Micros>,
    /// Its first block was looked at.
    sniffed: bool,
    binary: bool,
    ended: bool,
    /// That it cannot be followed in place was told.
    indirect: bool,
    /// Grows when the text starts over: what stood at its offsets stands there no more.
    pub(super) epoch: u32,
    /// Everything there was to read has been read; what comes now is written now.
    caught_up: bool,
    /// End of the text when the pane was last told.
    pub(super) shown_end: u64,
    /// Blocks that are read ahead, in order.
    pending: VecDeque<Pending>,
    census: Option<Census>,
}

enum Input {
    File(Box<Follower>),
    Stream(Reel),
    Text { tape: Tape, read: u64 },
}

impl Channel {
    pub(super) fn file(
        source: SourceId,
        name: &str,
        path: PathBuf,
        resume: Option<Position>,
        ended: bool,
    ) -> Self {
        let follower = Follower::new(path, resume, ended);
        let lane = Lane::new(source, name, follower.read(), follower.resumed_lines);
        Self::new(lane, Input::File(Box::new(follower)))
    }

    pub(super) fn stream(source: SourceId, name: &str, spool: Arc<Spool>, writer: Writer) -> Self {
        let lines = spool.first_line();
        let reel = Reel::new(spool);
        let mut channel = Self::new(Lane::new(source, name, reel.read(), lines), Input::Stream(reel));
        channel.lane.set_log(writer != Writer::File);
        channel.piped = writer == Writer::Pipe;
        channel
    }

    pub(super) fn text(source: SourceId, name: &str, text: Arc<str>) -> Self {
        let mut tape = Tape::default();
        tape.replace(Segment::text(text));
        Self::new(Lane::context(source, name), Input::Text { tape, read: 0 })
    }

    fn new(lane: Lane, input: Input) -> Self {
        Self {
            lane,
            zone: None,
            input,
            look_at: None,
            names: Vec::new(),
            changes: Vec::new(),
            piped: false,
            clock_off: None,
            sniffed: false,
            binary: false,
            ended: false,
            indirect: false,
            epoch: 0,
            caught_up: false,
            shown_end: 0,
            pending: VecDeque::new(),
            census: None,
        }
    }

    /// The same with times that do not name their zone in this one.
    pub(super) fn in_zone(mut self, zone: Option<&TimeZone>) -> Self {
        self.zone = zone.cloned();
        self.lane.set_zone(self.zone.clone());
        self
    }

    pub(super) fn tape(&self) -> &Tape {
        match &self.input {
            Input::File(follower) => &follower.tape,
            Input::Stream(reel) => &reel.tape,
            Input::Text { tape, .. } => tape,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Path> {
        self.names.iter().map(PathBuf::as_path)
    }

    pub(super) fn look_at(&self) -> Option<Timestamp> {
        self.look_at
    }

    pub(super) fn look_again(&mut self, at: Timestamp) {
        self.look_at = (matches!(self.input, Input::File(_)) && !self.ended && !self.indirect).then_some(at);
    }

    /// Whether it is read from a spool.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.input, Input::Stream(_))
    }

    pub(super) fn set_ended(&mut self, ended: bool) {
        if let Input::File(follower) = &mut self.input {
            follower.ended |= ended;
        }
    }

    /// Whether a file is or was read here.
    pub(super) fn knows(&self, device: u64, inode: u64) -> bool {
        matches!(&self.input, Input::File(follower) if follower.tape.knows(device, inode))
    }

    /// The file, when it cannot be followed in place; told once.
    pub(super) fn take_indirect(&mut self) -> Option<PathBuf> {
        let Input::File(follower) = &self.input else { return None };
        let indirect = follower.indirect && !self.indirect;
        self.indirect |= indirect;
        indirect.then(|| follower.path().to_owned())
    }

    /// Whether that it cannot be followed in place is still to be told.
    pub(super) fn is_indirect(&self) -> bool {
        matches!(&self.input, Input::File(follower) if follower.indirect && !self.indirect)
    }

    pub(super) fn is_unsettled(&self) -> bool {
        matches!(&self.input, Input::File(follower) if follower.is_unsettled())
    }

    pub(super) fn take_changes(&mut self) -> Vec<SourceChange> {
        if let Input::File(follower) = &mut self.input {
            self.changes.extend(follower.take_changes());
        }
        let off = self.lane.arrivals.off().filter(|_| !self.lane.is_prose());
        // Told again when it is another thing: a clock that comes and goes by a little is told once.
        let known = |off: &Off| {
            self.clock_off.is_some_and(|told| (off.ahead - told).abs() <= NOTABLE.max(told.abs() / 8))
        };
        if let Some(off) = off.filter(|off| !known(off)) {
            self.clock_off = Some(off.ahead);
            self.changes.push(SourceChange::ClockOff { ahead_ms: off.ahead / 1000 });
        }
        std::mem::take(&mut self.changes)
    }

    /// Whether there is something to read.
    pub(super) fn has_more(&self) -> bool {
        match &self.input {
            Input::File(follower) => follower.has_more(),
            Input::Stream(reel) => reel.has_more(),
            Input::Text { tape, read } => *read < tape.end(),
        }
    }

    /// Bytes read so far, and known.
    pub(super) fn progress(&self) -> (u64, u64) {
        match &self.input {
            Input::File(follower) => (follower.read(), follower.tape.end().max(follower.read())),
            Input::Stream(reel) => (reel.read(), reel.spool().end().max(reel.read())),
            Input::Text { tape, read } => (*read, tape.end()),
        }
    }

    pub(super) fn position(&self) -> Option<Position> {
        match &self.input {
            Input::File(follower) => follower.position(self.lane.base_lines),
            Input::Stream(_) | Input::Text { .. } => None,
        }
    }

    /// Bytes of a stream that fell out of its spool.
    pub(super) fn dropped_bytes(&self) -> u64 {
        match &self.input {
            Input::Stream(reel) => reel.spool().dropped(),
            Input::File(_) | Input::Text { .. } => 0,
        }
    }

    /// Whether it is a short text that people wrote, there as a whole.
    pub(super) fn is_prose(&self) -> bool {
        let short = matches!(self.input, Input::Text { .. }) || self.tape().end() <= PROSE_MAX;
        short && self.lane.is_prose() && !self.binary && self.tape().start() == 0
    }

    /// The whole text, when people wrote it and it is short.
    pub(super) fn prose(&self) -> Option<Arc<str>> {
        if !self.is_prose() {
            return None;
        }
        let tape = self.tape();
        let mut bytes = vec![0; tape.end() as usize];
        let read = tape.fill(0, &mut bytes);
        bytes.truncate(read);
        Some(match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
        })
    }

    /// Looks at the file; tells how far the watcher can be relied on for it.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        taken: &dyn Fn(u64, u64) -> bool,
        watch: &mut Watch,
    ) -> Reach {
        let Input::File(follower) = &mut self.input else { return Reach::Told };
        // Watch first, then look: nothing falls between.
        self.names = names_of(follower.path());
        let reach = self.names.iter().map(|name| watch.file(name)).min().unwrap_or(Reach::Deaf);
        follower.check(now, taken);
        if follower.numbers_lost {
            self.lane.numbered = false;
        }
        reach
    }

    /// Has a block read ahead of its turn, where many wait to be read; false when there is none.
    pub(super) fn plan(&mut self, desk: &mut Desk) -> bool {
        let Input::File(follower) = &self.input else { return false };
        if !self.sniffed || !self.lane.analysed {
            return false;
        }
        let next = self.pending.back().map_or(follower.read(), |last| last.plan.offset + BLOCK as u64);
        let behind = follower.tape.end().saturating_sub(next);
        if self.pending.is_empty() && behind < 2 * BLOCK as u64 {
            return false;
        }
        let Some(plan) = follower.plan(next, BLOCK) else { return false };
        self.pending.push_back(desk.ask(plan, self.lane.reader()));
        true
    }

    /// Counts the lines of a big backlog ahead of their analysis.
    pub(super) fn count_ahead(&mut self, crew: &Crew) {
        let Input::File(follower) = &self.input else { return };
        let segment = follower.tape.current();
        if self.census.is_none() && self.sniffed {
            self.census = segment.and_then(|segment| Census::begin(segment, &self.lane));
        }
        let Some(census) = &mut self.census else { return };
        let going = census.step(segment, &mut self.lane, crew);
        let passed = self.lane.index.counted_ahead().is_some_and(|(to, _)| to <= self.lane.counted_to());
        if !going || passed {
            self.census = None;
            self.lane.index.forget_ahead();
        }
    }
}
