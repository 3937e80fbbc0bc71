//! The thread of the log engine.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use crate::app::msg::Msg;
use crate::app::runtime::Runtime;
use crate::app::runtime::outbox::Outbox;
use crate::log::crew::Crew;
use crate::log::digest::Digest;
use crate::log::engine::{Engine, News, Request};
use crate::log::view::Window;

/// Requests that may wait for the engine.
const REQUESTS: usize = 4096;
/// News that may wait for the interface.
const NEWS: usize = 256;
/// How soon the engine tries again what the interface had no room for.
const RETRY: Duration = Duration::from_millis(5);

/// Most threads beside the engine's own: one core cannot judge what more of them look at.
const HANDS_MAX: usize = 6;

enum Input {
    Request(Request),
    Wake,
}

/// The interface's end of the engine. Dropping it ends the thread, and drops its news: what an engine said about one
/// incident never reaches the next.
pub(super) struct Handle {
    inbox: mpsc::Receiver<Msg>,
    requests: SyncSender<Input>,
    woken: Arc<AtomicBool>,
    /// A window, or a digest, is in the inbox and not taken yet: newer ones wait and replace each other.
    window_sent: Arc<AtomicBool>,
    digest_sent: Arc<AtomicBool>,
}

impl Handle {
    pub(super) fn request(&self, request: Request) {
        let _ = self.requests.send(Input::Request(request));
    }

    /// Wakes the engine, from any thread.
    pub(super) fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let (requests, woken) = (self.requests.clone(), Arc::clone(&self.woken));
        Box::new(move || {
            if !woken.swap(true, Ordering::AcqRel) {
                let _ = requests.try_send(Input::Wake);
            }
        })
    }

    /// The next news; pends for ever when the engine is gone.
    pub(super) async fn next(&mut self) -> Msg {
        match self.inbox.recv().await {
            Some(msg) => self.delivered(msg),
            None => std::future::pending().await,
        }
    }

    /// News that are there already.
    pub(super) fn try_next(&mut self) -> Option<Msg> {
        let msg = self.inbox.try_recv().ok()?;
        Some(self.delivered(msg))
    }

    /// Notes that the interface has taken a message, so that the next window or digest may follow.
    fn delivered(&self, msg: Msg) -> Msg {
        let sent = match &msg {
            Msg::Log(News::Window(_)) => &self.window_sent,
            Msg::Log(News::Digest(_)) => &self.digest_sent,
            _ => return msg,
        };
        sent.store(false, Ordering::Release);
        let _ = self.requests.try_send(Input::Wake);
        msg
    }
}

struct Driver {
    engine: Engine,
    inputs: Receiver<Input>,
    woken: Arc<AtomicBool>,
    outbox: Outbox,
    window: Option<Window>,
    digest: Option<Arc<Digest>>,
    window_sent: Arc<AtomicBool>,
    digest_sent: Arc<AtomicBool>,
}

/// Starts the engine on a thread of its own.
pub(super) fn start(poll: bool, zone: Option<TimeZone>) -> std::io::Result<Handle> {
    let (requests, inputs) = sync_channel(REQUESTS);
    let (sender, inbox) = mpsc::channel(NEWS);
    let woken = Arc::new(AtomicBool::new(false));
    let window_sent = Arc::new(AtomicBool::new(false));
    let digest_sent = Arc::new(AtomicBool::new(false));
    let handle = Handle {
        inbox,
        requests: requests.clone(),
        woken: Arc::clone(&woken),
        window_sent: Arc::clone(&window_sent),
        digest_sent: Arc::clone(&digest_sent),
    };
    let wakes = requests;
    let thread = thread::Builder::new().name("sevdeck-log".to_owned());
    thread.spawn(move || {
        let failures = sender.clone();
        let run = AssertUnwindSafe(move || {
            let signal = Arc::clone(&woken);
            let wake = move || {
                if !signal.swap(true, Ordering::AcqRel) {
                    let _ = wakes.try_send(Input::Wake);
                }
            };
            let mut engine = Engine::new(Box::new(wake)).with_crew(crew());
            engine.set_zone(zone);
            engine.handle(Request::Poll(poll), Runtime::now());
            let outbox = Outbox::new(sender);
            let (window, digest) = (None, None);
            Driver { engine, inputs, woken, outbox, window, digest, window_sent, digest_sent }.run();
        });
        if catch_unwind(run).is_err() {
            let _ = failures.blocking_send(Msg::Broken("The log engine stopped: quit and resume".to_owned()));
        }
    })?;
    Ok(handle)
}

/// Threads that help an engine, one for each core but its own.
pub(super) fn crew() -> Crew {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let hire = |work| thread::Builder::new().name("sevdeck-hand".to_owned()).spawn(work).is_ok();
    Crew::new((cores - 1).min(HANDS_MAX), hire)
}

impl Driver {
    fn run(mut self) {
        loop {
            self.woken.store(false, Ordering::Release);
            let now = Runtime::now();
            while let Ok(input) = self.inputs.try_recv() {
                self.take(input);
            }
            let more = self.engine.step(now);
            for news in self.engine.drain() {
                match news {
                    News::Window(window) => self.window = Some(window),
                    News::Digest(digest) => self.digest = Some(digest),
                    other => self.outbox.push(Msg::Log(other)),
                }
            }
            let sent = self.publish();
            if self.outbox.is_closed() {
                return;
            }
            if more {
                continue;
            }
            let idle = self.engine.deadline(Runtime::now()).unwrap_or(Duration::from_secs(3600));
            match self.inputs.recv_timeout(if sent { idle } else { RETRY.min(idle) }) {
                Ok(input) => self.take(input),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, input: Input) {
        if let Input::Request(request) = input {
            self.engine.handle(request, Runtime::now());
        }
    }

    /// Sends what the interface has room for: one window and one digest at a time, the newest. A window held back
    /// is sent when the earlier one has been taken, which wakes this thread.
    fn publish(&mut self) -> bool {
        if let Some(window) = self.window.take_if(|_| !self.window_sent.swap(true, Ordering::AcqRel)) {
            self.outbox.push(Msg::Log(News::Window(window)));
        }
        if let Some(digest) = self.digest.take_if(|_| !self.digest_sent.swap(true, Ordering::AcqRel)) {
            self.outbox.push(Msg::Log(News::Digest(digest)));
        }
        self.outbox.flush()
    }
}
