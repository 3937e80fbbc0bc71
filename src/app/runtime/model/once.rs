//! One call beside a command that runs once, on the thread that the cockpit uses.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::channel;

use crate::app::model::{CallNews, Outgoing};
use crate::app::msg::Msg;
use crate::app::runtime::model::{Job, ModelSource, start};
use crate::evidence::CaseFile;
use crate::incident::ModelOutcome;
use crate::incident::opinion::Checked;
use crate::incident::triage::Run;

/// News that may wait.
const NEWS: usize = 64;
/// The number of the call: there is one.
const CALL: u64 = 1;

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The case.
    pub case: Arc<CaseFile>,
    /// Why.
    pub reason: String,
    /// Something of the incident that outsiders do not know.
    pub seed: String,
}

/// How a call ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub outcome: ModelOutcome,
    /// Latency, tokens, cost; absent where nothing was sent.
    pub run: Option<Run>,
    /// Whether tokens and cost are estimates.
    pub estimated: bool,
    /// What was let through of the answer.
    pub answer: Option<Box<Checked>>,
}

impl Ended {
    fn unsent(outcome: ModelOutcome) -> Self {
        Self { outcome, run: None, estimated: false, answer: None }
    }
}

/// Asks once and waits for the end; Ctrl-C ends the call. `may_send` sees the request before it leaves, and answers why
/// it must not; `tell` hears what happens meanwhile.
///
/// # Errors
/// When the system refuses a thread or a signal handler.
pub fn once(
    source: ModelSource,
    question: Question,
    may_send: impl FnOnce(&Outgoing) -> Result<(), String>,
    mut tell: impl FnMut(&CallNews),
) -> io::Result<Ended> {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    executor.block_on(async move {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (sender, mut msgs) = channel(NEWS);
        let jobs = start(source, sender)?;
        let Question { case, reason, seed } = question;
        let _ = jobs.send(Job::Prepare { call: CALL, case, reason, seed }).await;
        let mut may_send = Some(may_send);
        loop {
            let msg = tokio::select! {
                _ = interrupt.recv() => {
                    if may_send.is_some() {
                        return Ok(Ended::unsent(ModelOutcome::Cancelled));
                    }
                    let _ = jobs.send(Job::Cancel(CALL)).await;
                    continue;
                }
                msg = msgs.recv() => msg,
            };
            match msg {
                Some(Msg::Prepared { outgoing, .. }) => {
                    let allowed = outgoing.and_then(|outgoing| match may_send.take() {
                        Some(ask) => ask(&outgoing),
                        None => Ok(()),
                    });
                    if let Err(why) = allowed {
                        return Ok(Ended::unsent(ModelOutcome::Failed { why }));
                    }
                    let _ = jobs.send(Job::Send(CALL)).await;
                }
                Some(Msg::Call { news: CallNews::Ended { outcome, run, estimated, answer }, .. }) => {
                    return Ok(Ended { outcome, run: Some(run), estimated, answer });
                }
                Some(Msg::Call { news, .. }) => tell(&news),
                Some(_) => {}
                None => {
                    let why = "the thread of the model is gone: please report this".to_owned();
                    return Ok(Ended::unsent(ModelOutcome::Failed { why }));
                }
            }
        }
    })
}
