//! The thread that owns the store. Appends that have gathered are written in one batch: one sync for all of them.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::Sender;

use crate::app::PastIncident;
use crate::app::msg::Msg;
use crate::app::runtime::Runtime;
use crate::app::runtime::outbox::Outbox;
use crate::incident::{IncidentId, Recorded};
use crate::store::{IncidentSummary, Kept, Location, Record, similar};

/// Jobs that may wait for the disk.
const JOBS: usize = 4096;
/// How often the store is tried again while it is in trouble.
const RETRY: Duration = Duration::from_secs(1);

/// Something for the store to do.
pub(super) enum Job {
    Append { incident: IncidentId, events: Vec<Recorded> },
    SaveSession { incident: IncidentId, session: Vec<u8> },
    List,
    Load(IncidentId),
    Similar { incident: IncidentId, opened_at: Timestamp, text: String },
    Close(SyncSender<()>),
}

struct Writer {
    record: Record,
    outbox: Outbox,
    trouble: Option<String>,
    /// Position of the last event given to the store, by incident.
    given: BTreeMap<IncidentId, u64>,
    /// Position up to which the interface was told that events are durable.
    told: BTreeMap<IncidentId, u64>,
}

/// Starts the writer; it opens the store on its own thread.
pub(super) fn start(
    sender: Sender<Msg>,
    location: Location,
) -> std::io::Result<(SyncSender<Job>, JoinHandle<()>)> {
    let (jobs, inputs) = sync_channel(JOBS);
    let builder = thread::Builder::new().name("sevdeck-store".to_owned());
    let thread = builder.spawn(move || {
        let record = Record::open(&location, Runtime::now());
        let outbox = Outbox::new(sender);
        let (given, told) = (BTreeMap::new(), BTreeMap::new());
        Writer { record, outbox, trouble: None, given, told }.run(&inputs);
    })?;
    Ok((jobs, thread))
}

impl Writer {
    fn run(mut self, inputs: &Receiver<Job>) {
        loop {
            self.report_trouble();
            let flushed = self.outbox.flush();
            let waits = !flushed || self.record.trouble().is_some();
            let first = if waits {
                match inputs.recv_timeout(RETRY) {
                    Err(RecvTimeoutError::Timeout) => {
                        self.retry();
                        continue;
                    }
                    other => other.ok(),
                }
            } else {
                inputs.recv().ok()
            };
            let Some(first) = first else { return };
            let mut appends: BTreeMap<IncidentId, Vec<Recorded>> = BTreeMap::new();
            let mut job = Some(first);
            while let Some(current) = job {
                match current {
                    Job::Append { incident, mut events } => {
                        appends.entry(incident).or_default().append(&mut events);
                    }
                    other => {
                        self.append(std::mem::take(&mut appends));
                        if let Job::Close(done) = other {
                            self.close(&done);
                            return;
                        }
                        self.answer(other);
                    }
                }
                job = inputs.try_recv().ok();
            }
            self.append(appends);
        }
    }

    fn append(&mut self, appends: BTreeMap<IncidentId, Vec<Recorded>>) {
        for (incident, events) in appends {
            if let Some(last) = events.last() {
                self.given.insert(incident.clone(), last.seq);
            }
            if self.record.append(&incident, &events) == Kept::Durable {
                self.tell_durable();
            }
        }
    }

    fn retry(&mut self) {
        if self.record.retry(Runtime::now()) == Kept::Durable {
            self.tell_durable();
        }
    }

    /// Durable means: everything given so far is.
    fn tell_durable(&mut self) {
        for (incident, upto) in &self.given {
            if self.told.get(incident) != Some(upto) {
                self.told.insert(incident.clone(), *upto);
                self.outbox.push(Msg::Stored { incident: incident.clone(), upto: *upto });
            }
        }
    }

    fn answer(&mut self, job: Job) {
        match job {
            Job::SaveSession { incident, session } => self.record.save_session(&incident, &session),
            Job::List => {
                let past = self.record.list().into_iter().map(past).collect();
                self.outbox.push(Msg::Past(past));
            }
            Job::Load(incident) => {
                let answer = self.load(&incident);
                self.outbox.push(answer);
            }
            Job::Similar { incident, opened_at, text } => {
                let found = similar(&text, &self.record.list(), &incident, opened_at);
                self.outbox.push(Msg::Similar(found));
            }
            Job::Append { .. } | Job::Close(_) => {}
        }
    }

    fn load(&mut self, incident: &IncidentId) -> Msg {
        match self.record.read(incident) {
            Ok(reading) if reading.events.is_empty() => {
                Msg::ResumeFailed(format!("There is no incident {incident}: `sevdeck incidents` lists them"))
            }
            Ok(reading) => {
                let session = self.record.session(incident);
                Msg::Resumed { events: reading.events, session }
            }
            Err(trouble) => Msg::ResumeFailed(trouble.to_string()),
        }
    }

    fn report_trouble(&mut self) {
        let trouble = self.record.trouble().map(ToString::to_string);
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            self.outbox.push(Msg::StoreTrouble(trouble));
        }
    }

    fn close(self, done: &SyncSender<()>) {
        self.record.close(Runtime::now());
        let _ = done.try_send(());
    }
}

fn past(summary: IncidentSummary) -> PastIncident {
    PastIncident {
        id: summary.id.to_string(),
        title: summary.title,
        service: summary.service,
        severity: summary.severity.map(|severity| severity.name().to_owned()).unwrap_or_default(),
        status: format!("{:?}", summary.status).to_lowercase(),
        opened_at: summary.opened_at,
    }
}
