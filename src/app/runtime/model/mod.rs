//! The thread of the model: it writes requests, sends them, reads what streams back and has it checked. One call at a
//! time; dropping it closes the connection.

mod once;
mod quirks;
mod session;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::app::model::Outgoing;
use crate::app::msg::Msg;
use crate::app::runtime::Runtime;
pub use crate::app::runtime::model::once::{Ended, Question, once};
use crate::app::runtime::model::quirks::Memory;
use crate::app::runtime::model::session::{Session, Step};
pub use crate::app::runtime::model::source::{ModelSource, policy};
use crate::evidence::CaseFile;
use crate::evidence::redaction::{Redactor, Vault};
use crate::incident::ModelRequest;
use crate::llm::price::Prices;
use crate::llm::prompt::{Composed, Estimator, Library, Request};
use crate::llm::{Call, Link, Mode, Prompt, Repair, Usage, schema};

/// Jobs that may wait: there is one call at a time.
const JOBS: usize = 8;
/// An answer is read and shown at most this often.
const FRAME: Duration = Duration::from_millis(33);
/// Tokens of an answer that is paid for before it is known.
const ANSWER_TOKENS: u64 = 4_000;

/// Something to do.
pub(super) enum Job {
    /// Write a request.
    Prepare {
        call: u64,
        case: Arc<CaseFile>,
        reason: String,
        /// Something of the incident that outsiders do not know.
        seed: String,
        /// Where its secrets go.
        vault: Vault,
    },
    /// Send it.
    Send(u64),
    /// End it.
    Cancel(u64),
}

/// Starts the thread.
pub(super) fn start(source: ModelSource, sender: Sender<Msg>) -> std::io::Result<Sender<Job>> {
    let (jobs, inputs) = channel(JOBS);
    std::thread::Builder::new().name("sevdeck-model".to_owned()).spawn(move || {
        let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(executor) = executor {
            executor.block_on(Desk::new(source, sender).work(inputs));
        }
    })?;
    Ok(jobs)
}

/// What a request is about.
#[derive(Clone)]
struct Written {
    call: u64,
    case: Arc<CaseFile>,
    reason: String,
    vault: Vault,
}

/// A request that is written.
#[derive(Clone)]
struct Ready {
    written: Written,
    link: Link,
    prompt: Prompt,
    composed: Composed,
    /// Tokens of the request, estimated.
    tokens: u64,
}

struct Desk {
    source: ModelSource,
    sender: Sender<Msg>,
    /// What was learned of each model.
    memory: Memory,
    estimator: Estimator,
    ready: Option<Ready>,
}

impl Desk {
    fn new(source: ModelSource, sender: Sender<Msg>) -> Self {
        let memory = Memory::open(source.quirks.clone());
        Self { source, sender, memory, estimator: Estimator::default(), ready: None }
    }

    async fn work(mut self, mut jobs: Receiver<Job>) {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Prepare { call, case, reason, seed, vault } => {
                    let outgoing = self.prepare(Written { call, case, reason, vault }, &seed);
                    self.tell(Msg::Prepared { call, outgoing }).await;
                }
                Job::Send(call) => {
                    if let Some(ready) = self.ready.take_if(|ready| ready.written.call == call)
                        && !self.run(ready, &mut jobs).await
                    {
                        return;
                    }
                }
                Job::Cancel(_) => {}
            }
        }
    }

    /// Whether what was told before has not been heard yet.
    fn is_behind(&self) -> bool {
        self.sender.capacity() < self.sender.max_capacity()
    }

    async fn tell(&self, msg: Msg) {
        let _ = self.sender.send(msg).await;
    }

    /// Writes the request; the texts of failures hold no key.
    fn prepare(&mut self, written: Written, seed: &str) -> Result<Arc<Outgoing>, String> {
        let endpoint = self.source.endpoint().map_err(|failure| failure.to_string())?;
        let (library, _) = Library::load(&self.source.prompts);
        let request = Request {
            case: &written.case,
            budget: self.source.request_tokens,
            schema: "",
            seed,
            estimator: self.estimator,
        };
        let redactor = Redactor::new(self.source.policy.clone());
        let composed = library
            .compose(&self.source.prompt, &request, &redactor, &written.vault)
            .map_err(|problem| problem.to_string())?;
        let prompt = Prompt {
            system: composed.system.clone(),
            user: composed.user.clone(),
            schema: Some(schema::TRIAGE),
            repair: None,
        };
        let link = Link::new(endpoint).map_err(|failure| failure.to_string())?;
        let tokens = composed.weight.tokens as u64;
        self.offer(Ready { written, link, prompt, composed, tokens })
    }

    /// The request that asks once more, after an answer that holds no document.
    fn repair(&mut self, ready: Ready, repair: Repair) -> Option<Arc<Outgoing>> {
        let tokens = ready.tokens
            + self.estimator.tokens(&repair.said) as u64
            + self.estimator.tokens(&repair.words()) as u64;
        let reason = format!("once more, for of the answer before it {}", repair.wrong);
        let written = Written { call: ready.written.call + 1, reason, ..ready.written };
        let prompt = Prompt { repair: Some(repair), ..ready.prompt };
        self.offer(Ready { written, prompt, tokens, ..ready }).ok()
    }

    /// Lays a request out to be looked at, and keeps it to be sent.
    fn offer(&mut self, ready: Ready) -> Result<Arc<Outgoing>, String> {
        let Ready { written, link, prompt, composed, tokens } = &ready;
        let endpoint = link.endpoint();
        let quirks = self.memory.of(endpoint, Runtime::now());
        let body = crate::llm::request::body(endpoint, prompt, &quirks);
        if written.vault.leaks(&body) {
            return Err("the request still holds a secret and is not sent: please report this".to_owned());
        }
        let usage = Usage { prompt: Some(*tokens), output: Some(ANSWER_TOKENS), ..Usage::default() };
        let (prices, _) = Prices::load(&self.source.prices);
        let schema = if quirks.mode(endpoint) == Mode::Schema { "" } else { schema::TRIAGE };
        let again = prompt.repair.as_ref().map(|repair| [repair.said.clone(), repair.words()].join("\n\n"));
        let parts = [&prompt.system, schema, &prompt.user, again.as_deref().unwrap_or_default()];
        let text = parts.map(str::trim).into_iter().filter(|part| !part.is_empty());
        let text = text.collect::<Vec<_>>().join("\n\n");
        let masked = written.vault.masked().into_iter().filter(|masked| text.contains(&masked.placeholder));
        let masked: Vec<(String, String)> =
            masked.map(|masked| (masked.placeholder, masked.kind.name().to_owned())).collect();
        let places: usize = masked.iter().map(|(name, _)| text.matches(name.as_str()).count()).sum();
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        for (_, kind) in &masked {
            *kinds.entry(kind.clone()).or_default() += 1;
        }
        let outgoing = Outgoing {
            request: ModelRequest {
                model: endpoint.name(),
                prompt: format!("{}.{}", composed.id.name, composed.id.version),
                prompt_hash: composed.id.hash.clone(),
                language: written.case.language,
                url: endpoint.shown_url(),
                reason: written.reason.clone(),
                case_revision: written.case.revision,
                bytes: body.len() as u64,
                stands_for: composed.weight.log_bytes,
                tokens: *tokens,
                cost_usd: prices.cost(&endpoint.provider, &endpoint.model, &usage).usd(),
                masked: places as u64,
                kinds,
                left_out: composed.weight.left_out as u64,
            },
            text: text.into(),
            masked,
            left_out: composed.left_out.clone(),
        };
        self.ready = Some(ready);
        Ok(Arc::new(outgoing))
    }

    /// One call to its end. False when the program is leaving.
    async fn run(&mut self, ready: Ready, jobs: &mut Receiver<Job>) -> bool {
        let quirks = self.memory.of(ready.link.endpoint(), Runtime::now());
        let jitter = u64::from(Runtime::random());
        let (link, prompt) = (ready.link.clone(), ready.prompt.clone());
        let mut call = Call::new(link, prompt, quirks, self.source.timing, jitter);
        let number = ready.written.call;
        let mut session = Session::new(ready.clone());
        let mut arming = tokio::task::spawn_blocking({
            let ready = ready.clone();
            move || session::checker(&ready)
        });
        let mut frame: Option<Instant> = None;
        loop {
            let armed = session.is_ready();
            let due = async {
                match frame.filter(|_| armed) {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let step = tokio::select! {
                biased;
                job = jobs.recv() => match job {
                    None => return false,
                    Some(Job::Cancel(wanted)) if wanted == number => Step::End(session.cancelled()),
                    Some(_) => Step::Go,
                },
                event = call.next() => match event {
                    Some(event) => session.take(event),
                    None => Step::End(session.cancelled()),
                },
                made = &mut arming, if !armed => {
                    // A panic in there comes again where it is needed, and is told there.
                    session.arm(made.unwrap_or_else(|_| session::checker(&ready)));
                    Step::Go
                }
                () = due => {
                    frame = None;
                    // Whoever has not seen the last draft yet does not wait for this one.
                    if self.is_behind() { Step::Dirty } else { Step::Tell(Box::new(session.draft())) }
                }
            };
            match step {
                Step::Go => {}
                Step::Dirty => {
                    frame.get_or_insert_with(|| Instant::now() + FRAME);
                }
                Step::Learned(quirks) => {
                    self.memory.learn(ready.link.endpoint(), quirks, Runtime::now());
                }
                Step::Tell(news) => self.tell(Msg::Call { call: number, news: *news }).await,
                Step::End(end) => {
                    // The connection is closed before anybody reads the end.
                    drop(call);
                    if !session.is_ready() && session.has_text() {
                        session.arm(arming.await.unwrap_or_else(|_| session::checker(&ready)));
                    }
                    if let Some(actual) = end.tokens_in {
                        self.estimator = self.estimator.corrected(session.tokens() as usize, actual);
                    }
                    let (prices, _) = Prices::load(&self.source.prices);
                    let repair = session.repair(&end).and_then(|repair| self.repair(ready, repair));
                    let news = session.finish(*end, &prices, repair);
                    self.tell(Msg::Call { call: number, news }).await;
                    return true;
                }
            }
        }
    }
}
