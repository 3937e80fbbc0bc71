//! The log engine: follows sources, analyses them a bounded piece at a time, and answers what a pane, a search or an
//! analyst asks. Synchronous; a thread of the runtime drives it. Never reads the clock: `now` is an argument.

mod attention;
mod block;
mod census;
mod channel;
mod pane;
mod summary;
mod turns;

pub use crate::log::talk::{News, Request};

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::incident::{SourceId, SourceSpec};
use crate::log::crew::Crew;
use crate::log::digest::Digest;
use crate::log::engine::block::Desk;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::{Pane, Sources};
use crate::log::engine::summary::Summary;
use crate::log::engine::turns::Turns;
use crate::log::filter::Filter;
use crate::log::histogram::Counter;
use crate::log::lane::Shared;
use crate::log::search::Questions;
use crate::log::search::ground::{Ground, Grounds};
use crate::log::source::watch::Watch;
use crate::log::template::Miner;
use crate::log::view::{Move, Scope};

/// Bytes read at a time from one source. A fixed size keeps the order of reading, and so the result, the same.
pub(crate) const BLOCK: usize = 256 * 1024;
/// Sources looked at in one go for blocks to read ahead.
const PLANNED_MAX: usize = 64;
/// Bytes read in one step at most.
const STEP_BYTES: usize = 1024 * 1024;
/// Time one step takes at most, checked after each block.
const STEP_TIME: Duration = Duration::from_millis(2);
/// Time of a step that goes to what the pane shows, at most.
const PANE_TIME: Duration = Duration::from_millis(1);
/// Least time between digests when only counters moved.
const COUNTERS: SignedDuration = SignedDuration::from_millis(250);
/// Least time between digests when findings moved.
const FINDINGS: SignedDuration = SignedDuration::from_millis(20);
/// How often lasting findings are judged by the wall clock.
const JUDGED: SignedDuration = SignedDuration::from_secs(1);

/// The engine.
pub struct Engine {
    watch: Watch,
    channels: BTreeMap<SourceId, Channel>,
    shared: Shared,
    specs: Vec<SourceSpec>,
    discovered: BTreeSet<PathBuf>,
    /// Files that requests lead to beyond what is followed.
    left_out: BTreeMap<SourceSpec, usize>,
    /// Files that are followed through a link.
    linked: BTreeSet<PathBuf>,
    /// The sources behind the names that the watcher tells of.
    names: HashMap<PathBuf, Vec<SourceId>>,
    rescan_at: Option<Timestamp>,
    rescanned: Timestamp,
    pane: Option<Pane>,
    questions: Questions,
    news: Vec<News>,
    polling: bool,
    turns: Turns,
    desk: Desk,
    /// Somebody looks at lines, and wants their numbers.
    watched: bool,
    /// Somebody waits for the lines that were asked for last.
    awaited: bool,
    /// These lines are there, to be handed out before anything else is done.
    answering: bool,
    summary: Summary,
    now: Timestamp,
    zone: Option<TimeZone>,
}

impl Engine {
    /// A new engine. `wake` is called from the watcher's thread when something happened; it must be cheap.
    pub fn new(wake: Box<dyn Fn() + Send + Sync>) -> Self {
        Self {
            watch: Watch::new(wake),
            channels: BTreeMap::new(),
            shared: Shared::new(),
            specs: Vec::new(),
            discovered: BTreeSet::new(),
            left_out: BTreeMap::new(),
            linked: BTreeSet::new(),
            names: HashMap::new(),
            rescanned: Timestamp::UNIX_EPOCH,
            rescan_at: None,
            pane: None,
            questions: Questions::default(),
            news: Vec::new(),
            polling: false,
            turns: Turns::default(),
            desk: Desk::new(Crew::none()),
            watched: false,
            awaited: false,
            answering: false,
            summary: Summary::default(),
            now: Timestamp::UNIX_EPOCH,
            zone: None,
        }
    }

    /// Times that do not name their zone are of this one; of UTC without. For sources followed from now on.
    pub fn set_zone(&mut self, zone: Option<TimeZone>) {
        self.zone = zone;
    }

    /// The same engine with hands that help it with big backlogs; what comes out is the same.
    #[must_use]
    pub fn with_crew(mut self, crew: Crew) -> Self {
        self.desk = Desk::new(crew);
        self
    }

    /// Takes a request in.
    pub fn handle(&mut self, request: Request, now: Timestamp) {
        self.now = now;
        self.watched |= matches!(request, Request::Show { .. });
        self.awaited |= matches!(request, Request::Show { .. } | Request::Move(_));
        match request {
            Request::Watch { spec } => self.watch_spec(spec),
            Request::Follow { source, name, path, resume, ended } => {
                if let Some(channel) = self.channels.get_mut(&source) {
                    channel.set_ended(ended);
                } else {
                    let channel = Channel::file(source, &name, path, resume, ended);
                    self.channels.insert(source, channel.in_zone(self.zone.as_ref()));
                    self.turns.add(source, false);
                }
                self.summary.count();
                self.look(source);
            }
            Request::Stream { source, name, spool, writer } => {
                let channel = Channel::stream(source, &name, spool, writer);
                self.replace(source, channel.in_zone(self.zone.as_ref()));
            }
            Request::Context { source, name, text } => {
                let channel = Channel::text(source, &name, text);
                self.replace(source, channel.in_zone(self.zone.as_ref()));
            }
            Request::Show { scope, filter, rows } => self.show(scope, filter, rows),
            Request::Move(step) => self.move_pane(step),
            Request::Search(request) => self.questions.search(Some(request), now),
            Request::CancelSearch => self.questions.search(None, now),
            Request::Count(request) => self.questions.count(request, now),
            Request::Zoom(request) => self.questions.zoom(request, now),
            Request::Poll(on) => {
                self.polling = on;
                self.look_everywhere();
            }
        }
    }

    /// Does a bounded piece of work; true when there is more to do right now.
    pub fn step(&mut self, now: Timestamp) -> bool {
        let began = Instant::now();
        self.now = now;
        self.notice();
        let looking = self.step_pane(began);
        if self.awaited && !looking && self.pane.as_ref().is_some_and(Pane::is_due) {
            // What somebody waits for goes out before anything else is read; once, so that reading goes on.
            (self.awaited, self.answering) = (false, true);
            return true;
        }
        let open = Open { channels: &self.channels, shared: &self.shared };
        let asking = self.questions.step(&open, began + STEP_TIME);
        let reading = self.read_round(began);
        self.summary.reading = reading;
        reading || asking || looking
    }

    /// Takes what there is to say: the newest window and the newest digest only.
    pub fn drain(&mut self) -> Vec<News> {
        let mut news = std::mem::take(&mut self.news);
        news.extend(self.watch.take_refusal().map(|reason| News::Untold { reason }));
        let open = Open { channels: &self.channels, shared: &self.shared };
        news.extend(self.questions.drain(&open, self.now));
        if let Some(pane) = &mut self.pane
            && pane.take_due()
        {
            let sources = Sources { channels: &self.channels, miner: &self.shared.miner };
            news.push(News::Window(pane.window(sources)));
            if std::mem::take(&mut self.answering) {
                // A digest takes longer to make than a window: it follows.
                return news;
            }
        }
        let (now, channels) = (self.now, &mut self.channels);
        if let Some(digest) = self.summary.due(now, channels, &self.shared) {
            news.push(News::Digest(Arc::new(digest)));
        }
        news
    }

    /// How long the engine may be left alone without a wake; absent when there is nothing to wait for.
    pub fn deadline(&self, now: Timestamp) -> Option<Duration> {
        let looks = [self.turns.next_look(), self.rescan_at, self.summary.due_at(), self.questions.due_at()];
        let next = looks.into_iter().flatten().min()?;
        Some(Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO))
    }

    /// What is known now.
    pub fn digest(&self, now: Timestamp) -> Digest {
        self.summary.digest(now, &self.channels, &self.shared)
    }

    /// Puts a source in the place of the one that had its number.
    fn replace(&mut self, source: SourceId, mut channel: Channel) {
        channel.epoch = self.channels.get(&source).map_or(0, |old| old.epoch + 1);
        self.turns.add(source, channel.is_stream());
        self.channels.insert(source, channel);
        self.note(source);
        self.summary.touch();
    }

    fn show(&mut self, scope: Scope, filter: Arc<Filter>, rows: usize) {
        if let Some(pane) = self.pane.as_mut().filter(|pane| pane.shows(scope, &filter)) {
            pane.resize(rows);
            return;
        }
        let sources = Sources { channels: &self.channels, miner: &self.shared.miner };
        // A filter with a bad expression was refused where it was typed; one that comes otherwise changes nothing.
        let Ok(mut pane) = Pane::new(scope, filter, rows, sources) else { return };
        if let Some(old) = self.pane.as_ref().filter(|old| old.scope() == scope) {
            pane.stand_as(old);
        }
        self.pane = Some(pane);
    }

    fn move_pane(&mut self, step: Move) {
        if let (Some(pane), Move::Center(place)) = (&self.pane, step)
            && !pane.reads(place.source)
            && self.channels.contains_key(&place.source)
        {
            // Somebody points at that very line: no filter of other lines may hide it.
            let rows = pane.rows();
            self.show(Scope::Source(place.source), Arc::default(), rows);
        }
        if let Some(pane) = &mut self.pane {
            pane.go(step, Sources { channels: &self.channels, miner: &self.shared.miner });
        }
    }

    /// Looks on for what the pane shows.
    fn step_pane(&mut self, began: Instant) -> bool {
        let Some(pane) = &mut self.pane else { return false };
        let sources = Sources { channels: &self.channels, miner: &self.shared.miner };
        pane.work(sources, began + PANE_TIME)
    }

    /// The text of a source may have changed.
    fn note(&mut self, source: SourceId) {
        if let Some(pane) = &mut self.pane {
            pane.note(source);
        }
    }

    /// Passes on what happened to a source.
    fn tell(&mut self, source: SourceId) {
        let Some(channel) = self.channels.get_mut(&source) else { return };
        for change in channel.take_changes() {
            self.news.push(News::Changed { source, change });
        }
        if let Some(path) = channel.take_indirect() {
            self.news.push(News::Indirect { source, path });
        }
        let end = channel.tape().end();
        if let Some(pane) = self.pane.as_mut().filter(|pane| pane.reads(source)) {
            // A pane that follows moves; one that stands still may show the end, or learn line numbers.
            pane.touch();
            pane.note(source);
        }
        if channel.shown_end != end {
            channel.shown_end = end;
            self.summary.count();
        }
    }

    /// Reads a block of each source in turn until the step's budget is used up; true when there is more.
    fn read_round(&mut self, began: Instant) -> bool {
        let mut bytes = 0;
        self.turns.wake_streams();
        while let Some(source) = self.turns.next() {
            self.plan();
            let read = self.channels.get_mut(&source).and_then(|channel| {
                if self.watched {
                    channel.count_ahead(&self.desk.crew);
                }
                let read = channel.read(self.now, &mut self.desk, &mut self.shared);
                self.turns.look_at(source, channel.look_at());
                read
            });
            self.note(source);
            let Some(read) = read else {
                self.turns.rest(source);
                if self.channels.get(&source).is_some_and(Channel::is_indirect) {
                    self.tell(source);
                }
                continue;
            };
            bytes += read;
            self.summary.count();
            self.questions.touch();
            self.tell(source);
            if bytes >= STEP_BYTES || began.elapsed() >= STEP_TIME {
                return true;
            }
        }
        false
    }

    /// Has blocks read ahead, in the order of turns.
    fn plan(&mut self) {
        let mut passed = 0;
        while passed < PLANNED_MAX.min(self.turns.ready()) && self.desk.has_room() {
            let Some(source) = self.turns.next_to_plan() else { return };
            let planned = self.channels.get_mut(&source).is_some_and(|channel| channel.plan(&mut self.desk));
            passed = if planned { 0 } else { passed + 1 };
        }
    }
}

/// What questions are asked of.
struct Open<'a> {
    channels: &'a BTreeMap<SourceId, Channel>,
    shared: &'a Shared,
}

impl Grounds for Open<'_> {
    fn ground(&self, source: SourceId) -> Option<Ground<'_>> {
        let miner = &self.shared.miner;
        self.channels.get(&source).map(|channel| Ground { tape: channel.tape(), lane: &channel.lane, miner })
    }

    fn logs(&self) -> Vec<SourceId> {
        let logs = self.channels.iter().filter(|(_, channel)| !channel.lane.is_prose());
        logs.map(|(source, _)| *source).collect()
    }

    fn miner(&self) -> &Miner {
        &self.shared.miner
    }

    fn counter(&self) -> &Counter {
        &self.shared.counter
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("sources", &self.channels.len()).finish_non_exhaustive()
    }
}
