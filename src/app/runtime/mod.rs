//! The only place that spawns threads, reads the clock and draws random numbers. It runs effects and turns what comes
//! back into messages. The interface thread never waits for a disk: engine, store, analyst and clipboard have a
//! thread each, and each queue has a limit.

mod analyst;
mod clipboard;
mod editor;
mod engine;
mod logs;
pub mod model;
mod outbox;
mod stop;
pub mod stream;
mod writer;

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::JoinHandle as JoinTask;
use tokio::time::{Interval, MissedTickBehavior};

use crate::analyst::offline::Offline;
use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::runtime::model::ModelSource;
use crate::app::runtime::outbox::Outbox;
use crate::app::runtime::stream::{Launch, Mode, Streams};
use crate::incident::SourceChange;
use crate::log::crew::Crew;
use crate::log::engine::{News, Request};
use crate::store::Location;

pub use clipboard::Pipe;
pub use stop::Signals;

/// Messages that may wait for the interface; senders keep what does not fit and try again.
const INBOX: usize = 1024;
/// Items of a pumped stream that may wait.
const ITEMS: usize = 64;
/// Longest wait for the store when the program ends.
const CLOSE_WAIT: Duration = Duration::from_secs(3);

/// What the runtime needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where incidents are kept.
    pub store: Location,
    /// Read files by polling only.
    pub poll: bool,
    /// The zone of times that do not name theirs; UTC without.
    pub zone: Option<TimeZone>,
    /// The person's editor, as a command line of the shell.
    pub editor: String,
    /// Folder for texts while they are written there.
    pub drafts: PathBuf,
    /// File that holds the last copied text.
    pub copy_file: PathBuf,
    /// Folder in which streams are kept.
    pub spools: PathBuf,
    /// Folders in which logs are looked for, where the person has not said which to read.
    pub log_folders: Vec<PathBuf>,
    /// The analyst that needs no model.
    pub offline: Offline,
    /// The model beside it; absent where there is none, or the network is forbidden.
    pub model: Option<ModelSource>,
}

/// The items of a stream; see [`Runtime::pump`].
#[derive(Debug)]
pub struct Pump<T> {
    items: mpsc::Receiver<T>,
    task: JoinTask<()>,
}

impl<T> Pump<T> {
    /// The next item; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<T> {
        self.items.recv().await
    }

    /// An item that is there already.
    pub fn try_next(&mut self) -> Option<T> {
        self.items.try_recv().ok()
    }

    /// Lets go of the stream: when this returns nothing reads from it any more.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// The world, as far as the interface needs it.
pub struct Runtime {
    inbox: mpsc::Receiver<Msg>,
    sender: mpsc::Sender<Msg>,
    engine: engine::Handle,
    streams: Streams,
    writer: SyncSender<writer::Job>,
    writer_thread: Option<JoinHandle<()>>,
    analyst: SyncSender<analyst::Job>,
    model: Option<mpsc::Sender<model::Job>>,
    wakes: BTreeSet<Timestamp>,
    clock: Interval,
    stop: Signals,
    settings: Settings,
}

impl Runtime {
    /// Starts the threads. Nothing here waits: the store opens on its own thread. `stop` is older than the runtime: the
    /// terminal is entered before it.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(settings: Settings, stop: Signals) -> std::io::Result<Self> {
        let (sender, inbox) = mpsc::channel(INBOX);
        let engine = engine::start(settings.poll, settings.zone.clone())?;
        let (writer, writer_thread) = writer::start(sender.clone(), settings.store.clone())?;
        let analyst = analyst::start(sender.clone(), settings.offline.clone())?;
        let model = settings.model.clone().map(|source| model::start(source, sender.clone())).transpose()?;
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let writer_thread = Some(writer_thread);
        let wakes = BTreeSet::new();
        stream::prune::start(settings.spools.clone())?;
        let streams = Streams::new(settings.spools.clone(), Mode::Live);
        Ok(Self {
            inbox,
            sender,
            engine,
            streams,
            writer,
            writer_thread,
            analyst,
            model,
            wakes,
            clock,
            stop,
            settings,
        })
    }

    /// The present moment.
    pub fn now() -> Timestamp {
        Timestamp::now()
    }

    /// Compiles what an analysis needs while something else is done, such as reading.
    pub fn warm(offline: Offline) {
        analyst::warm(offline);
    }

    /// Threads that help an engine.
    pub fn crew() -> Crew {
        engine::crew()
    }

    /// A number that differs from run to run.
    pub fn random() -> u32 {
        RandomState::new().build_hasher().finish() as u32
    }

    /// A sender of messages for what the interface loop watches itself (a vanished terminal).
    pub fn sender(&self) -> mpsc::Sender<Msg> {
        self.sender.clone()
    }

    /// Waits on a thread of its own for something outside, and then sends `msg`.
    pub fn watch(&self, wait: impl FnOnce() + Send + 'static, msg: Msg) {
        let sender = self.sender.clone();
        let work = move || {
            wait();
            let _ = sender.blocking_send(msg);
        };
        let _ = std::thread::Builder::new().name("sevdeck-watch".to_owned()).spawn(work);
    }

    /// Does work on a thread of its own, for a part that must not wait for it.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn beside(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
    }

    /// The items of a stream, taken by a task that does nothing else. For a stream that keeps the first waker it sees
    /// and yields the processor whenever it is looked at: crossterm's does both, so it must be looked at by one task
    /// only, and only when it has something.
    pub fn pump<S>(mut stream: S) -> Pump<S::Item>
    where
        S: Stream + Send + Unpin + 'static,
        S::Item: Send,
    {
        let (sender, items) = mpsc::channel(ITEMS);
        let task = tokio::spawn(async move {
            while let Some(item) = stream.next().await {
                if sender.send(item).await.is_err() {
                    return;
                }
            }
        });
        Pump { items, task }
    }

    /// The next message from anywhere but the terminal.
    pub async fn next(&mut self) -> Msg {
        let wake = self.wakes.first().map(|at| until(*at));
        let timer = async {
            match wake {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = self.stop.next() => Msg::Stop(128 + signal),
            Some(msg) = self.inbox.recv() => msg,
            msg = self.engine.next() => msg,
            () = timer => {
                self.wakes.pop_first();
                Msg::Tick
            }
            _ = self.clock.tick() => Msg::Tick,
        }
    }

    /// A message that is there already.
    pub fn try_next(&mut self) -> Option<Msg> {
        self.inbox.try_recv().ok().or_else(|| self.engine.try_next())
    }

    /// Starts what an effect asks for. Effects on the terminal are the interface loop's own.
    pub fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Append { incident, events } => self.write(writer::Job::Append { incident, events }),
            Effect::SaveSession { incident, session } => {
                self.write(writer::Job::SaveSession { incident, session });
            }
            Effect::ListPast => self.write(writer::Job::List),
            Effect::Load(incident) => self.write(writer::Job::Load(incident)),
            Effect::History(incident) => self.write(writer::Job::History(incident)),
            Effect::Edit { name, text } => {
                let (editor, folder) = (self.settings.editor.clone(), self.settings.drafts.clone());
                editor::run(self.sender.clone(), editor, folder, name, text);
            }
            Effect::FindLogs => logs::find(self.sender.clone(), self.settings.log_folders.clone()),
            Effect::FindSimilar { incident, opened_at, text } => {
                self.write(writer::Job::Similar { incident, opened_at, text });
            }
            Effect::Log(request) => self.engine.request(request),
            Effect::Stream { incident, source, name, origin } => {
                self.stream(Launch { incident, source, origin }, name);
            }
            Effect::ResetLog => {
                self.streams.part();
                if let Ok(engine) = engine::start(self.settings.poll, self.settings.zone.clone()) {
                    self.engine = engine;
                }
            }
            Effect::Analyse(case) => {
                let _ = self.analyst.try_send(case);
            }
            Effect::Prepare { call, case, reason, seed, vault } => {
                self.ask(model::Job::Prepare { call, case, reason, seed, vault });
            }
            Effect::Send(call) => self.ask(model::Job::Send(call)),
            Effect::CancelCall(call) => self.ask(model::Job::Cancel(call)),
            Effect::Wake(at) => {
                self.wakes.insert(at);
            }
            Effect::Copy(_)
            | Effect::Mouse(_)
            | Effect::Picture
            | Effect::NextTheme
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit(_) => {}
        }
    }

    /// A job for the model; its queue is longer than the jobs that can wait.
    fn ask(&self, job: model::Job) {
        if let Some(model) = &self.model {
            let _ = model.try_send(job);
        }
    }

    fn stream(&mut self, launch: Launch, name: String) {
        let (source, writer) = (launch.source, launch.origin.writer());
        let mut outbox = Outbox::new(self.sender.clone());
        let mut tell = move |change| outbox.push(Msg::Log(News::Changed { source, change }));
        let started = self.streams.start(launch, self.engine.waker(), Box::new(tell.clone()));
        match started {
            Ok(spool) => self.engine.request(Request::Stream { source, name, spool, writer }),
            Err(reason) => tell(SourceChange::Unreadable { reason }),
        }
    }

    /// Runs clipboard programs, the first that works; answered by `Copied`. `sent` says what the terminal was sent
    /// already, so that the answer tells the whole way.
    pub fn pipe(&self, programs: Vec<Pipe>, sent: Option<String>) {
        clipboard::run(self.sender.clone(), programs, sent);
    }

    /// Keeps the copied text in a file of its own, for terminals that refuse.
    pub fn keep_copy(&self, text: &str) {
        clipboard::keep(self.settings.copy_file.clone(), text.to_owned());
    }

    /// Ends the threads. Everything recorded is on disk when this returns; else it answers what is where.
    pub fn finish(mut self) -> Option<String> {
        self.streams.stop();
        let (done, closed) = std::sync::mpsc::sync_channel(1);
        let mut unsaved = None;
        if self.writer.send(writer::Job::Close(done)).is_ok() {
            self.inbox.close();
            unsaved = closed.recv_timeout(CLOSE_WAIT).unwrap_or_else(|_| {
                Some(format!(
                    "the store gave no answer within {} s: the newest events may be missing",
                    CLOSE_WAIT.as_secs()
                ))
            });
        }
        if let Some(thread) = self.writer_thread.take()
            && thread.is_finished()
        {
            let _ = thread.join();
        }
        unsaved
    }

    /// Events are never dropped: a full queue makes the interface wait for the disk.
    fn write(&self, job: writer::Job) {
        let _ = self.writer.send(job);
    }
}

fn until(at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(Runtime::now())).unwrap_or_default()
}
