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
use crate::app::ui::StoreTrouble;
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
    Load(String),
    History(IncidentId),
    Similar { incident: IncidentId, opened_at: Timestamp, text: String },
    Close(SyncSender<Option<String>>),
}

struct Writer {
    record: Record,
    outbox: Outbox,
    trouble: Option<StoreTrouble>,
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
            Job::Load(wanted) => {
                let answer = self.load(&wanted).unwrap_or_else(Msg::ResumeFailed);
                self.outbox.push(answer);
            }
            Job::History(incident) => {
                let events = self.record.read(&incident).map(|reading| reading.events);
                let events = events.map_err(|trouble| trouble.to_string());
                self.outbox.push(Msg::History { incident, events });
            }
            Job::Similar { incident, opened_at, text } => {
                let found = similar(&text, &self.record.list(), &incident, opened_at);
                self.outbox.push(Msg::Similar(found));
            }
            Job::Append { .. } | Job::Close(_) => {}
        }
    }

    fn load(&mut self, wanted: &str) -> Result<Msg, String> {
        let incident = self.find(wanted)?;
        let reading = self.record.read(&incident).map_err(|trouble| trouble.to_string())?;
        if reading.events.is_empty() {
            return Err(format!("there is no incident {incident}\n  `sevdeck incidents` lists them"));
        }
        let session = self.record.session(&incident);
        Ok(Msg::Resumed { events: reading.events, session })
    }

    /// The incident that is meant: by its id, by a part of it that no other has, or the one that changed last.
    fn find(&mut self, wanted: &str) -> Result<IncidentId, String> {
        let all = self.record.list();
        if let Some(exact) = all.iter().find(|one| one.id.as_str() == wanted) {
            return Ok(exact.id.clone());
        }
        let trouble = self.record.trouble().map(ToString::to_string);
        let mut fitting = all.iter().filter(|one| one.id.as_str().contains(wanted));
        if wanted.is_empty() {
            let last = fitting.max_by_key(|one| one.updated_at).map(|one| one.id.clone());
            return last.ok_or(trouble.unwrap_or_else(|| {
                "there is no incident yet\n  start one: sevdeck FILE, or try: sevdeck demo".to_owned()
            }));
        }
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only.id.clone()),
            (Some(_), Some(_)) => Err(format!("{wanted} is part of several ids\n  give more of it")),
            (None, _) => Err(trouble.unwrap_or_else(|| {
                format!("there is no incident {wanted}\n  `sevdeck incidents` lists them")
            })),
        }
    }

    fn report_trouble(&mut self) {
        let trouble = self
            .record
            .trouble()
            .map(|trouble| StoreTrouble { text: trouble.to_string(), at_risk: trouble.at_risk() });
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            self.outbox.push(Msg::StoreTrouble(trouble));
        }
    }

    fn close(self, done: &SyncSender<Option<String>>) {
        let unsaved = self.record.close(Runtime::now(), &std::env::temp_dir());
        let _ = done.try_send(unsaved);
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
