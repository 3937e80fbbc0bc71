//! One question beside a command that runs once, on the thread that the cockpit uses.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::model::{CallNews, Outgoing};
use crate::app::msg::Msg;
use crate::app::runtime::model::{Job, ModelSource, start};
use crate::evidence::CaseFile;
use crate::evidence::redaction::Vault;
use crate::incident::ModelOutcome;
use crate::incident::model::{Estimated, Spent};
use crate::incident::opinion::Checked;
use crate::incident::triage::Run;

/// News that may wait.
const NEWS: usize = 64;
/// The number of the first call.
const FIRST: u64 = 1;

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The case.
    pub case: Arc<CaseFile>,
    /// Why.
    pub reason: String,
    /// Something of the incident that outsiders do not know.
    pub seed: String,
    /// Its secrets.
    pub vault: Vault,
}

/// How a question ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub outcome: ModelOutcome,
    /// Latency, tokens and cost of each call that was made, and which of them are estimates.
    pub runs: Vec<(Run, Estimated)>,
    /// What was let through of the answer.
    pub answer: Option<Box<Checked>>,
}

/// Asks and waits for the end; Ctrl-C ends the call. `may_send` sees each request before it leaves, with what was spent
/// so far, and answers why it must not; `tell` hears what happens meanwhile.
///
/// # Errors
/// When the system refuses a thread or a signal handler.
pub fn once(
    source: ModelSource,
    question: Question,
    may_send: impl FnMut(&Outgoing, &Spent) -> Result<(), String>,
    tell: impl FnMut(&CallNews),
) -> io::Result<Ended> {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    executor.block_on(async move {
        let interrupt = signal(SignalKind::interrupt())?;
        let (sender, msgs) = channel(NEWS);
        let jobs = start(source, sender)?;
        let desk = Once { jobs, msgs, interrupt, call: None, spent: Spent::default(), runs: Vec::new() };
        Ok(desk.run(question, may_send, tell).await)
    })
}

struct Once {
    jobs: Sender<Job>,
    msgs: Receiver<Msg>,
    interrupt: Signal,
    /// The call that is out.
    call: Option<u64>,
    spent: Spent,
    runs: Vec<(Run, Estimated)>,
}

impl Once {
    async fn run(
        mut self,
        question: Question,
        mut may_send: impl FnMut(&Outgoing, &Spent) -> Result<(), String>,
        mut tell: impl FnMut(&CallNews),
    ) -> Ended {
        let Question { case, reason, seed, vault } = question;
        let job = Job::Prepare { call: FIRST, case, reason, seed, vault: vault.clone() };
        let _ = self.jobs.send(job).await;
        loop {
            let msg = tokio::select! {
                _ = self.interrupt.recv() => match self.call {
                    None => return self.ended(ModelOutcome::Cancelled, None),
                    Some(call) => {
                        let _ = self.jobs.send(Job::Cancel(call)).await;
                        continue;
                    }
                },
                msg = self.msgs.recv() => msg,
            };
            let (call, outgoing) = match msg {
                Some(Msg::Prepared { call, outgoing }) => (call, outgoing),
                Some(Msg::Call {
                    call,
                    news: CallNews::Ended { outcome, run, estimated, answer, repair },
                }) => {
                    self.account(run, estimated);
                    let Some(outgoing) = repair else {
                        let answer = answer.map(|mut answer| {
                            answer.each_text(&mut |text| *text = vault.restore(text));
                            answer
                        });
                        return self.ended(outcome, answer);
                    };
                    let why = match outcome {
                        ModelOutcome::Failed { why } => why,
                        _ => String::new(),
                    };
                    tell(&CallNews::Waits(why));
                    (call + 1, Ok(outgoing))
                }
                Some(Msg::Call { news, .. }) => {
                    tell(&news);
                    continue;
                }
                Some(_) => continue,
                None => (FIRST, Err("the thread of the model is gone: please report this".to_owned())),
            };
            if let Err(why) = outgoing.and_then(|outgoing| may_send(&outgoing, &self.spent)) {
                return self.ended(ModelOutcome::Failed { why }, None);
            }
            self.call = Some(call);
            let _ = self.jobs.send(Job::Send(call)).await;
        }
    }

    fn account(&mut self, run: Run, estimated: Estimated) {
        self.spent.calls += 1;
        self.spent.tokens += run.tokens_in.unwrap_or(0) + run.tokens_out.unwrap_or(0);
        self.spent.cost_usd += run.cost_usd.unwrap_or(0.0);
        self.spent.at_least |= run.cost_usd.is_none();
        self.spent.about_tokens |= estimated.up || estimated.down;
        self.spent.about_cost |= estimated.cost;
        self.runs.push((run, estimated));
    }

    fn ended(self, outcome: ModelOutcome, answer: Option<Box<Checked>>) -> Ended {
        Ended { outcome, runs: self.runs, answer }
    }
}
