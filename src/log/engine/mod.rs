//! The log engine: follows sources, analyses them a bounded piece at a time, and answers what a pane, a search or an
//! analyst asks. Synchronous; a thread of the runtime drives it. Never reads the clock: `now` is an argument.

mod channel;
mod pane;
mod summary;
mod talk;

pub use talk::{News, Request};

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::incident::{SourceId, SourceSpec};
use crate::log::digest::Digest;
use crate::log::engine::channel::Channel;
use crate::log::engine::pane::Pane;
use crate::log::engine::summary::Summary;
use crate::log::lane::Shared;
use crate::log::search::Search;
use crate::log::source::watch::{Reach, Watch};
use crate::log::source::{discover, watch};
use crate::log::view::{Move, Scope, SearchAnswer, Window};

/// Bytes read at a time from one source. A fixed size keeps the order of reading, and so the result, the same.
const BLOCK: usize = 256 * 1024;
/// Bytes read in one step at most.
const STEP_BYTES: usize = 1024 * 1024;
/// Time one step takes at most, checked after each block.
const STEP_TIME: Duration = Duration::from_millis(2);
/// How often a source is looked at although the watcher says nothing.
const SAFETY: SignedDuration = SignedDuration::from_secs(5);
/// How often a source is looked at where the watcher is not told of writes.
const UNTOLD: SignedDuration = SignedDuration::from_secs(2);
/// How often a source is looked at without a watcher.
const POLLED: SignedDuration = SignedDuration::from_secs(1);
/// How often a source is looked at in the middle of a rotation.
const UNSETTLED: SignedDuration = SignedDuration::from_millis(100);
/// How often patterns and directories are looked at although the watcher says nothing.
const RESCAN: SignedDuration = SignedDuration::from_secs(10);
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
    rescan_at: Option<Timestamp>,
    pane: Option<Pane>,
    pane_dirty: bool,
    search: Option<Search>,
    news: Vec<News>,
    polling: bool,
    /// Source to go on with.
    turn: SourceId,
    buffer: Vec<u8>,
    summary: Summary,
    now: Timestamp,
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
            rescan_at: None,
            pane: None,
            pane_dirty: false,
            search: None,
            news: Vec::new(),
            polling: false,
            turn: SourceId(0),
            buffer: vec![0; BLOCK],
            summary: Summary::default(),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// Takes a request in.
    pub fn handle(&mut self, request: Request, now: Timestamp) {
        self.now = now;
        match request {
            Request::Watch { spec } => self.watch_spec(spec),
            Request::Follow { source, name, path, resume, ended } => {
                if let Some(channel) = self.channels.get_mut(&source) {
                    channel.set_ended(ended);
                } else {
                    let channel = Channel::file(source, &name, path, resume, ended);
                    self.channels.insert(source, channel);
                }
                self.summary.count();
                self.look(source);
            }
            Request::Stream { source, name, spool } => {
                self.channels.insert(source, Channel::stream(source, &name, spool));
                self.pane_dirty = true;
                self.summary.touch();
            }
            Request::Context { source, name, text } => {
                self.channels.insert(source, Channel::text(source, &name, text));
                self.summary.touch();
            }
            Request::Show { scope: Scope::Merged, .. } | Request::Count(_) | Request::Zoom(_) => {}
            Request::Show { scope: Scope::Source(source), rows, .. } => {
                let same = self.pane.filter(|pane| pane.source == source);
                let top = same.and_then(|pane| pane.top);
                self.pane = Some(Pane { top, ..Pane::new(source, rows) });
                self.pane_dirty = true;
            }
            Request::Move(step) => self.move_pane(step),
            Request::Search(request) => self.search = Some(Search::new(request)),
            Request::CancelSearch => self.search = None,
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
        let searching = self.step_search(began);
        let reading = self.read_round(began);
        self.summary.reading = reading;
        reading || searching
    }

    /// Takes what there is to say: the newest window and the newest digest only.
    pub fn drain(&mut self) -> Vec<News> {
        let mut news = std::mem::take(&mut self.news);
        if std::mem::take(&mut self.pane_dirty)
            && let Some(window) = self.window()
        {
            news.push(News::Window(window));
        }
        let (now, channels) = (self.now, &mut self.channels);
        if let Some(digest) = self.summary.due(now, channels, &self.shared) {
            news.push(News::Digest(Arc::new(digest)));
        }
        news
    }

    /// How long the engine may be left alone without a wake; absent when there is nothing to wait for.
    pub fn deadline(&self, now: Timestamp) -> Option<Duration> {
        let looks = self.channels.values().filter_map(Channel::look_at);
        let all = looks.chain(self.rescan_at).chain(self.summary.due_at());
        let next = all.min()?;
        Some(Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO))
    }

    /// What is known now.
    pub fn digest(&self, now: Timestamp) -> Digest {
        self.summary.digest(now, &self.channels, &self.shared)
    }

    fn window(&self) -> Option<Window> {
        let pane = self.pane?;
        let channel = self.channels.get(&pane.source)?;
        Some(pane.window(channel.tape(), &channel.lane))
    }

    fn move_pane(&mut self, step: Move) {
        let Some(mut pane) = self.pane else { return };
        if let Move::Center(place) = step
            && self.channels.contains_key(&place.source)
        {
            pane.source = place.source;
        }
        if let Some(channel) = self.channels.get(&pane.source) {
            pane.apply(step, channel.tape());
        }
        self.pane = Some(pane);
        self.pane_dirty = true;
    }

    fn watch_spec(&mut self, spec: SourceSpec) {
        match &spec {
            SourceSpec::File(path) if !std::path::Path::new(path).is_dir() => {
                self.news.push(News::Discovered { path: path.clone(), spec });
                return;
            }
            SourceSpec::File(path) => self.specs.push(SourceSpec::Directory(path.clone())),
            SourceSpec::Glob(_) | SourceSpec::Directory(_) => self.specs.push(spec),
            SourceSpec::Command(_) | SourceSpec::Journal(_) | SourceSpec::Stdin | SourceSpec::Context(_) => {
                return;
            }
        }
        self.discover(true);
    }

    /// Looks for new files of patterns and directories. Later on, what rotation leaves behind is no new source.
    fn discover(&mut self, first: bool) {
        let mut reach = if self.polling { Reach::Deaf } else { Reach::Told };
        for spec in self.specs.clone() {
            for directory in discover::directories(&spec) {
                reach = reach.min(self.watch.directory(&directory));
            }
            for path in discover::files(&spec) {
                let rotated = self.discovered.iter().any(|known| discover::is_rotated(known, &path));
                if !self.discovered.contains(&path) && (first || !rotated) {
                    self.discovered.insert(path.clone());
                    let path = path.to_string_lossy().into_owned();
                    self.news.push(News::Discovered { spec: spec.clone(), path });
                }
            }
        }
        let pause = if reach == Reach::Told { RESCAN } else { UNTOLD };
        self.rescan_at = (!self.specs.is_empty()).then(|| self.now + pause);
    }

    /// Looks where the watcher, or the time that has passed, says so.
    fn notice(&mut self) {
        let noticed = self.watch.take();
        if noticed.everything {
            self.look_everywhere();
        }
        if noticed.appeared || noticed.everything || self.rescan_at.is_some_and(|at| at <= self.now) {
            self.discover(false);
        }
        let now = self.now;
        let due: Vec<SourceId> = self
            .channels
            .iter()
            .filter(|(_, channel)| {
                let told = channel.names().any(|name| noticed.files.contains(name));
                told || channel.look_at().is_some_and(|at| at <= now)
            })
            .map(|(source, _)| *source)
            .collect();
        // The source on screen first.
        let shown = self.pane.map(|pane| pane.source);
        for source in due.iter().filter(|source| Some(**source) == shown) {
            self.look(*source);
        }
        for source in due.iter().filter(|source| Some(**source) != shown) {
            self.look(*source);
        }
    }

    fn look_everywhere(&mut self) {
        let all: Vec<SourceId> = self.channels.keys().copied().collect();
        for source in all {
            self.look(source);
        }
    }

    /// Looks at one source and settles when to look again.
    fn look(&mut self, source: SourceId) {
        let Some(mut channel) = self.channels.remove(&source) else { return };
        let others = &self.channels;
        let taken = |device, inode| others.values().any(|other| other.knows(device, inode));
        let reach = channel.look(self.now, &taken, &mut self.watch);
        let pause = match reach {
            _ if channel.is_unsettled() => UNSETTLED,
            Reach::Told if !self.polling => SAFETY,
            Reach::Untold if !self.polling => UNTOLD,
            _ => POLLED,
        };
        channel.look_again(self.now + pause);
        self.channels.insert(source, channel);
        self.tell(source);
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
        if let Some(pane) = self.pane.filter(|pane| pane.source == source) {
            // A pane that follows moves; one that stands still may show the end, or learn line numbers.
            self.pane_dirty |= channel.shown_end != end || channel.has_more() || pane.top.is_none();
        }
        if channel.shown_end != end {
            channel.shown_end = end;
            self.summary.count();
        }
    }

    /// Reads a block of each source in turn until the step's budget is used up; true when there is more.
    fn read_round(&mut self, began: Instant) -> bool {
        let mut bytes = 0;
        let mut idle = 0;
        while idle < self.channels.len() {
            let next = self
                .channels
                .range((std::ops::Bound::Excluded(self.turn), std::ops::Bound::Unbounded))
                .next();
            let Some(source) = next.or_else(|| self.channels.iter().next()).map(|(source, _)| *source) else {
                break;
            };
            self.turn = source;
            let read = match self.channels.get_mut(&source) {
                Some(channel) => channel.read(self.now, &mut self.buffer, &mut self.shared),
                None => None,
            };
            let Some(read) = read else {
                if self.channels.get(&source).is_some_and(Channel::is_indirect) {
                    self.tell(source);
                }
                idle += 1;
                continue;
            };
            idle = 0;
            bytes += read;
            self.summary.count();
            self.tell(source);
            if bytes >= STEP_BYTES || began.elapsed() >= STEP_TIME {
                return self.channels.values().any(Channel::has_more);
            }
        }
        false
    }

    fn step_search(&mut self, began: Instant) -> bool {
        let Some(search) = &mut self.search else { return false };
        let Some(channel) = self.channels.get(&search.source()) else {
            let id = search.request().id;
            self.news.push(News::Found(SearchAnswer { id, hit: None, wrapped: false }));
            self.search = None;
            return false;
        };
        while began.elapsed() < STEP_TIME {
            if let Some(answer) = search.step(channel.tape()) {
                self.news.push(News::Found(answer));
                self.search = None;
                return false;
            }
        }
        true
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("sources", &self.channels.len()).finish_non_exhaustive()
    }
}

/// Names by which the watcher tells of a file: as given, and where links lead.
fn names_of(path: &std::path::Path) -> Vec<PathBuf> {
    let given = watch::parent(path).join(path.file_name().unwrap_or_default());
    let given = given.strip_prefix("./").map_or_else(|_| given.clone(), std::path::Path::to_path_buf);
    let real = std::fs::canonicalize(path).ok().filter(|real| *real != given);
    std::iter::once(given).chain(real).collect()
}
