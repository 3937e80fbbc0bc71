//! The thread of the analyst.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;

use crate::analyst::Analyst;
use crate::analyst::offline::Offline;
use crate::app::msg::Msg;
use crate::evidence::CaseFile;
use crate::evidence::case_file::{CaseText, NOTES};
use crate::incident::{Incident, Triage};
use crate::log::digest::Digest;

/// A case file to analyse.
pub(super) type Job = Arc<CaseFile>;

/// What everything compiled on first use is compiled for.
const SAMPLE: &str = "14:02 UTC ana: error rate 0.1% -> 12% after deploy of api v2.41, 500 / 500 in use";

/// Compiles, on a thread of its own, what an analysis needs, so that it is there when the sources have been read.
pub(super) fn warm(analyst: Offline) {
    let work = move || {
        let mut case =
            CaseFile::freeze(&Incident::default(), &Digest::default(), &[], 0, Timestamp::UNIX_EPOCH);
        let (name, text) = (String::new(), SAMPLE.into());
        case.texts.push(CaseText { source: NOTES, name, text });
        analyst.triage(&case);
    };
    // Without the thread it is compiled when it is needed.
    let _ = thread::Builder::new().name("sevdeck-warm".to_owned()).spawn(work);
}

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
