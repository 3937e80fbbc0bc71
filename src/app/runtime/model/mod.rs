//! The thread of the model: it writes requests, sends them, reads what streams back and has it checked. One call at a
//! time; dropping it closes the connection.

mod once;
mod session;
mod source;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::app::model::Outgoing;
use crate::app::msg::Msg;
pub use crate::app::runtime::model::once::{Ended, Question, once};
use crate::app::runtime::model::session::{Session, Step};
pub use crate::app::runtime::model::source::{ModelSource, policy};
use crate::evidence::CaseFile;
use crate::evidence::redaction::{Redactor, Vault};
use crate::incident::ModelRequest;
use crate::llm::price::{self, Prices};
use crate::llm::prompt::{Composed, Estimator, Library, Request};
use crate::llm::{Call, Link, Mode, Prompt, Quirks, Timing, schema};

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

/// A request that is written.
struct Ready {
    call: u64,
    case: Arc<CaseFile>,
    link: Link,
    prompt: Prompt,
    composed: Composed,
    vault: Arc<Vault>,
    /// Tokens of the request, estimated.
    tokens: u64,
}

struct Desk {
    source: ModelSource,
    sender: Sender<Msg>,
    /// What was learned of each model.
    quirks: HashMap<String, Quirks>,
    estimator: Estimator,
    ready: Option<Ready>,
}

impl Desk {
    fn new(source: ModelSource, sender: Sender<Msg>) -> Self {
        Self { source, sender, quirks: HashMap::new(), estimator: Estimator::default(), ready: None }
    }

    async fn work(mut self, mut jobs: Receiver<Job>) {
        while let Some(job) = jobs.recv().await {
            match job {
                Job::Prepare { call, case, reason, seed } => {
                    let outgoing = self.prepare(call, case, reason, &seed);
                    self.tell(Msg::Prepared { call, outgoing }).await;
                }
                Job::Send(call) => {
                    if let Some(ready) = self.ready.take_if(|ready| ready.call == call)
                        && !self.run(ready, &mut jobs).await
                    {
                        return;
                    }
                }
                Job::Cancel(_) => {}
            }
        }
    }

    async fn tell(&self, msg: Msg) {
        let _ = self.sender.send(msg).await;
    }

    /// Writes the request; the texts of failures hold no key.
    fn prepare(
        &mut self,
        call: u64,
        case: Arc<CaseFile>,
        reason: String,
        seed: &str,
    ) -> Result<Arc<Outgoing>, String> {
        let endpoint = self.source.endpoint().map_err(|failure| failure.to_string())?;
        let name = endpoint.name();
        let quirks = self.quirks.get(&name).cloned().unwrap_or_default();
        let (library, _) = Library::load(&self.source.prompts);
        let mut vault = Vault::default();
        let asked = quirks.mode(&endpoint) != Mode::Schema;
        let request = Request {
            case: &case,
            budget: self.source.request_tokens,
            schema: "",
            seed,
            estimator: self.estimator,
        };
        let redactor = Redactor::new(self.source.policy.clone());
        let composed = library
            .compose(&self.source.prompt, &request, &redactor, &mut vault)
            .map_err(|problem| problem.to_string())?;
        let prompt = Prompt {
            system: composed.system.clone(),
            user: composed.user.clone(),
            schema: Some(schema::TRIAGE),
        };
        let body = crate::llm::request::body(&endpoint, &prompt, &quirks);
        if vault.leaks(&body) {
            return Err("the request still holds a secret and is not sent: please report this".to_owned());
        }
        let shown =
            if asked { format!("{}\n\n{}", prompt.system, schema::TRIAGE) } else { prompt.system.clone() };
        let tokens = composed.weight.tokens as u64;
        let usage = price::Usage { input: tokens, output: ANSWER_TOKENS, ..price::Usage::default() };
        let (prices, _) = Prices::load(&self.source.prices);
        let outgoing = Outgoing {
            request: ModelRequest {
                model: name,
                prompt: format!("{}.{}", composed.id.name, composed.id.version),
                prompt_hash: composed.id.hash.clone(),
                language: case.language,
                reason,
                case_revision: case.revision,
                bytes: body.len() as u64,
                stands_for: composed.weight.log_bytes,
                tokens,
                cost_usd: prices.cost(&endpoint.provider, &endpoint.model, &usage).usd(),
                masked: composed.masked as u64,
            },
            url: endpoint.shown_url(),
            text: format!("{shown}\n\n{}", prompt.user).into(),
            masked: vault
                .masked()
                .map(|masked| (masked.placeholder.to_owned(), masked.kind.name().to_owned()))
                .collect(),
        };
        let link = Link::new(endpoint).map_err(|failure| failure.to_string())?;
        self.ready = Some(Ready { call, case, link, prompt, composed, vault: Arc::new(vault), tokens });
        Ok(Arc::new(outgoing))
    }

    /// One call to its end. False when the program is leaving.
    async fn run(&mut self, ready: Ready, jobs: &mut Receiver<Job>) -> bool {
        let name = ready.link.endpoint().name();
        let quirks = self.quirks.get(&name).cloned().unwrap_or_default();
        let jitter = u64::from(crate::app::runtime::Runtime::random());
        let (link, prompt) = (ready.link.clone(), ready.prompt.clone());
        let mut call = Call::new(link, prompt, quirks, Timing::default(), jitter);
        let number = ready.call;
        let mut session = Session::new(ready);
        let mut frame: Option<Instant> = None;
        loop {
            let due = async {
                match frame {
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
                () = due => {
                    frame = None;
                    Step::Tell(Box::new(session.draft()))
                }
            };
            match step {
                Step::Go => {}
                Step::Dirty => {
                    frame.get_or_insert_with(|| Instant::now() + FRAME);
                }
                Step::Learned(quirks) => {
                    self.quirks.insert(name.clone(), quirks);
                }
                Step::Tell(news) => self.tell(Msg::Call { call: number, news: *news }).await,
                Step::End(end) => {
                    // The connection is closed before anybody reads the end.
                    drop(call);
                    if let Some(actual) = end.tokens_in {
                        self.estimator = self.estimator.corrected(session.tokens() as usize, actual);
                    }
                    let (prices, _) = Prices::load(&self.source.prices);
                    let news = session.finish(*end, &prices);
                    self.tell(Msg::Call { call: number, news }).await;
                    return true;
                }
            }
        }
    }
}
