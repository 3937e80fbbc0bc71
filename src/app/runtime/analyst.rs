//! The thread of the analyst.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use tokio::sync::mpsc::Sender;

use crate::analyst::Analyst;
use crate::analyst::offline::Offline;
use crate::app::msg::Msg;
use crate::evidence::CaseFile;
use crate::incident::Triage;

/// A case file to analyse.
pub(super) type Job = Arc<CaseFile>;

/// Starts the analyst. The interface has one analysis under way at most; the second place is for an incident that
/// was switched to meanwhile.
pub(super) fn start(sender: Sender<Msg>, mut analyst: Offline) -> std::io::Result<SyncSender<Job>> {
    let (jobs, inputs) = sync_channel::<Job>(2);
    thread::Builder::new().name("sevdeck-analyst".to_owned()).spawn(move || {
        while let Ok(case) = inputs.recv() {
            let started = Instant::now();
            let mut last: Option<Triage> = None;
            let run = AssertUnwindSafe(|| {
                analyst.analyse(&case, &mut |triage| {
                    last = Some(triage);
                    true
                });
            });
            let failed = catch_unwind(run).is_err();
            let msg = match last {
                Some(mut triage) if !failed => {
                    if let Some(run) = &mut triage.run {
                        run.latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                    }
                    let (analyst, triage) = (analyst.name().to_owned(), Box::new(triage));
                    Msg::Triaged { analyst, revision: case.revision, triage, done: true }
                }
                _ => Msg::AnalystFailed { revision: case.revision },
            };
            if sender.blocking_send(msg).is_err() {
                return;
            }
        }
    })?;
    Ok(jobs)
}
