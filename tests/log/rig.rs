//! A test bench: drives an engine by its own wakes and deadlines until something is true.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sevdeck::incident::{SourceChange, SourceId, SourceSpec};
use sevdeck::log::digest::Digest;
use sevdeck::log::filter::{Filter, Reading};
use sevdeck::log::view::{CountAnswer, Line, Move, Scope, SearchAnswer, Window, ZoomAnswer};
use sevdeck::log::{Engine, News, Request};
use tempfile::TempDir;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) struct Rig {
    pub(crate) dir: TempDir,
    pub(crate) engine: Engine,
    wakes: Receiver<()>,
    pub(crate) window: Window,
    pub(crate) digest: Arc<Digest>,
    pub(crate) changes: Vec<SourceChange>,
    pub(crate) discovered: Vec<String>,
    pub(crate) indirect: Vec<PathBuf>,
    pub(crate) left_out: usize,
    pub(crate) found: Vec<SearchAnswer>,
    pub(crate) counted: Option<CountAnswer>,
    pub(crate) zoomed: Option<ZoomAnswer>,
}

pub(super) const ONE: SourceId = SourceId(1);

impl Rig {
    pub(super) fn new() -> Self {
        let (wake, wakes) = sync_channel(1);
        let engine = Engine::new(Box::new(move || {
            let _ = wake.try_send(());
        }));
        Self {
            dir: TempDir::new().unwrap(),
            engine,
            wakes,
            window: Window::default(),
            digest: Arc::default(),
            changes: Vec::new(),
            discovered: Vec::new(),
            indirect: Vec::new(),
            left_out: 0,
            found: Vec::new(),
            counted: None,
            zoomed: None,
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn append(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    pub(super) fn ask(&mut self, request: Request) {
        self.engine.handle(request, Timestamp::now());
    }

    pub(super) fn follow(&mut self, name: &str) {
        let path = self.path(name);
        self.ask(Request::Follow { source: ONE, name: name.to_owned(), path, resume: None, ended: false });
    }

    pub(super) fn show(&mut self, rows: usize) {
        self.ask(Request::Show { scope: Scope::Source(ONE), filter: Arc::default(), rows });
    }

    pub(super) fn go(&mut self, step: Move) {
        self.ask(Request::Move(step));
    }

    pub(super) fn watch(&mut self, spec: SourceSpec) {
        self.ask(Request::Watch { spec });
    }

    /// Drives the engine until `done`.
    #[track_caller]
    pub(super) fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let more = self.engine.step(Timestamp::now());
            for news in self.engine.drain() {
                match news {
                    News::Discovered { paths, .. } => self.discovered.extend(paths),
                    News::Changed { change, .. } => self.changes.push(change),
                    News::Indirect { path, .. } => self.indirect.push(path),
                    News::LeftOut { files, .. } => self.left_out = files,
                    News::Window(window) => self.window = window,
                    News::Digest(digest) => self.digest = digest,
                    News::Found(answer) => self.found.push(answer),
                    News::Searching { .. } | News::Untold { .. } => {}
                    News::Counted(answer) => self.counted = Some(answer),
                    News::Zoomed(answer) => self.zoomed = Some(answer),
                }
            }
            if !more && done(self) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "it never came: changes {:?}, {} lines, last {:?}",
                self.changes,
                self.lines(),
                self.window.lines.last()
            );
            if !more {
                let pause = self.engine.deadline(Timestamp::now()).unwrap_or(PATIENCE).min(PATIENCE);
                let _ = self.wakes.recv_timeout(pause);
            }
        }
    }

    /// Lines counted in the first source.
    pub(super) fn lines(&self) -> u64 {
        self.digest.sources.first().map_or(0, |source| source.lines)
    }

    pub(super) fn until_lines(&mut self, lines: u64) {
        self.until(|rig| rig.lines() >= lines);
    }

    /// All lines that can be read, through windows.
    pub(super) fn all_lines(&mut self) -> Vec<String> {
        self.show(900);
        self.go(Move::Start);
        self.until(|rig| rig.window.at_start);
        let mut all: Vec<String> = self.window.lines.iter().map(|line| line.text.clone()).collect();
        let mut last = self.window.lines.last().map(|line| line.start);
        while !self.window.at_end {
            self.go(Move::Lines(900));
            self.until(|_| true);
            all.extend(
                self.window.lines.iter().filter(|line| Some(line.start) > last).map(|line| line.text.clone()),
            );
            last = self.window.lines.last().map(|line| line.start);
        }
        all
    }

    pub(super) fn show_filtered(&mut self, scope: Scope, text: &str, rows: usize) {
        self.ask(Request::Show { scope, filter: filter(text), rows });
    }

    #[track_caller]
    pub(super) fn settle(&mut self) {
        self.until(|rig| rig.window.looking.is_none());
    }

    pub(super) fn texts(&self) -> Vec<&str> {
        self.window.lines.iter().map(|line| line.text.as_str()).collect()
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }
}

/// Numbered lines of a log, `from..to`.
pub(super) fn numbered(from: usize, to: usize) -> String {
    (from..to).flat_map(|number| [line(number), "\n".to_owned()]).collect()
}

/// One numbered line.
pub(super) fn line(number: usize) -> String {
    format!("2026-03-01T10:{:02}:{:02}Z INFO worker handled job seq={number}", number / 60 % 60, number % 60)
}

pub(super) fn expected(to: usize) -> Vec<String> {
    (0..to).map(line).collect()
}

fn filter(text: &str) -> Arc<Filter> {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let reading = Reading { now, last: "2026-03-01T11:00:00Z".parse().ok(), source: &|_| vec![] };
    Arc::new(Filter::parse(text, &reading).unwrap())
}

/// Whether two lines are the same of the same source, whatever was learnt about it since.
pub(super) fn is_same(one: &Line, other: &Line) -> bool {
    (one.source, one.start) == (other.source, other.start)
}

/// Lines of all sources together.
pub(super) fn lines_of(rig: &Rig) -> u64 {
    rig.digest.sources.iter().map(|source| source.lines).sum()
}
