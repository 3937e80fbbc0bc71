//! `sevdeck triage`: read everything once, analyse it, print the document. No terminal, nothing kept.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::analyst::Analyst;
use crate::analyst::model::{blend, restored};
use crate::app::App;
use crate::app::effect::Effect;
use crate::app::msg::{Msg, Opening};
use crate::app::runtime::Runtime;
use crate::app::runtime::stream::{Launch, Mode, Streams};
use crate::app::update::update;
use crate::cli::sources::{self, Known};
use crate::cli::{Globals, model, print, warn};
use crate::evidence::CaseFile;
use crate::evidence::redaction::{Vault, redact};
use crate::export;
use crate::failure::{Failure, FailureKind};
use crate::incident::{Incident, IncidentId, SourceChange, SourceId, SourceSpec, Triage};
use crate::log::digest::Digest;
use crate::log::engine::{Engine, News, Request};
use crate::store::{Record, similar};

/// How often streams are looked at that say nothing.
const LOOK: Duration = Duration::from_millis(100);
/// Changes of streams that may wait.
const CHANGES: usize = 1024;

/// One look, without a terminal.
#[derive(Debug, Args)]
pub(super) struct TriageArgs {
    /// Print one JSON object.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown, which is also what happens when nothing is said.
    #[arg(long)]
    markdown: bool,
    /// What to read: files (also compressed), directories, 'patterns*', cmd:'COMMAND', journal:UNIT, or - for standard
    /// input, which is also read when nothing is named and something is piped in.
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    #[command(flatten)]
    known: Known,
}

/// Reads, analyses and prints. The exit code is that of the last source that could not be read, where another could.
pub(super) fn run(args: &TriageArgs, globals: &Globals) -> Result<u8, Failure> {
    Runtime::warm(globals.offline());
    let specs = sources::named_or_piped(
        &args.sources,
        &args.known,
        "sevdeck triage app.log, or: kubectl logs deploy/api | sevdeck triage",
    )?;
    let known = args.known.opening()?;
    let mut unreadable: Vec<Failure> = specs.iter().filter_map(|spec| sources::check(spec).err()).collect();
    if !unreadable.is_empty() && unreadable.len() == specs.len() + known.contexts.len() {
        return Err(unreadable.remove(0));
    }
    let mut code = 0;
    for failure in &unreadable {
        warn(&failure.to_string());
        code = failure.kind.code();
    }
    let now = Timestamp::now();
    let opening = Opening {
        incident: Some(IncidentId::new(now, Runtime::random())),
        language: globals.language(),
        specs,
        ..known
    };
    let read = read(opening, &globals.config.name, now, globals.zone.clone(), &globals.paths.runtime);
    complain(&read)?;
    let chosen = model::chosen(globals)?;
    let Analysed { case, mut triage } = analyse(globals, &read, now);
    if let Some(chosen) = chosen {
        let seed = read.incident.id.as_ref().map(ToString::to_string).unwrap_or_default();
        let case = CaseFile { previous: triage.clone(), ..CaseFile::clone(&case) };
        match chosen.ask(Arc::new(case), seed, read.vault.clone())? {
            Some(answer) => triage = blend(&triage, Some(&answer), &triage),
            None if code == 0 => code = FailureKind::Model.code(),
            None => {}
        }
    }
    // Nothing is kept here, and who asks has given the texts.
    let triage = restored(triage, &read.vault);
    let text = if args.json { export::json(&triage) } else { document(&read.incident, triage) };
    print(&text)?;
    Ok(code)
}

/// What there was to read.
pub(super) struct Read {
    pub(super) incident: Incident,
    pub(super) digest: Arc<Digest>,
    /// The secrets of what was given as a text.
    pub(super) vault: Vault,
    changes: Vec<(String, SourceChange)>,
}

/// Opens the incident as the cockpit does, and lets the engine read to the end of every source; streams are kept below
/// `folder` while it reads. Times that do not name their zone are of `zone`. Ctrl-C ends the commands among the sources:
/// what they said so far is what there is.
pub(super) fn read(
    opening: Opening,
    person: &str,
    now: Timestamp,
    zone: Option<TimeZone>,
    folder: &Path,
) -> Read {
    let interrupted = Arc::new(AtomicBool::new(false));
    let is_program = |spec: &SourceSpec| matches!(spec, SourceSpec::Command(_) | SourceSpec::Journal(_));
    let caught = opening
        .specs
        .iter()
        .any(is_program)
        .then(|| signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted)).ok());
    let mut reading = Reading::new(person, now, folder);
    reading.engine.set_zone(zone);
    let mut msgs = VecDeque::from([Msg::Opened(opening)]);
    loop {
        while let Some(msg) = msgs.pop_front() {
            for effect in update(&mut reading.app, now, msg) {
                reading.perform(effect);
            }
        }
        // Asked before reading: what a stream said before its end is read.
        let running = reading.streams.are_running();
        while reading.engine.step(now) {}
        msgs.extend(reading.drain());
        if msgs.is_empty() && !running {
            break;
        }
        if msgs.is_empty() {
            let _ = reading.wakes.recv_timeout(LOOK);
        }
        if interrupted.load(Ordering::Relaxed) {
            reading.streams.stop();
        }
    }
    if let Some(signal) = caught.flatten() {
        signal_hook::low_level::unregister(signal);
    }
    let digest = Arc::new(reading.engine.digest(now));
    let App { incident, vault, .. } = reading.app;
    Read { incident, digest, vault, changes: reading.changes }
}

/// Everything being read to its end.
struct Reading {
    app: App,
    engine: Engine,
    streams: Streams,
    wake: SyncSender<()>,
    wakes: Receiver<()>,
    tell: SyncSender<(SourceId, SourceChange)>,
    told: Receiver<(SourceId, SourceChange)>,
    changes: Vec<(String, SourceChange)>,
    now: Timestamp,
}

impl Reading {
    fn new(person: &str, now: Timestamp, folder: &Path) -> Self {
        let (wake, wakes) = sync_channel(1);
        let (tell, told) = sync_channel(CHANGES);
        Self {
            app: App { person: person.to_owned(), ..App::default() },
            engine: Engine::new(Box::new(|| {})).with_crew(Runtime::crew()),
            streams: Streams::new(folder.to_owned(), Mode::Once),
            wake,
            wakes,
            tell,
            told,
            changes: Vec::new(),
            now,
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            // Nobody looks at lines while they are read: none are looked up, or counted ahead, for a screen.
            Effect::Log(Request::Show { .. } | Request::Move(_)) => {}
            Effect::Log(mut request) => {
                // What is there now is all there is: a last line without a break is complete.
                if let Request::Follow { ended, .. } = &mut request {
                    *ended = true;
                }
                self.engine.handle(request, self.now);
            }
            Effect::Stream { incident, source, name, origin } => {
                let writer = origin.writer();
                let (wake, tell) = (self.wake.clone(), self.tell.clone());
                let wake = Box::new(move || {
                    let _ = wake.try_send(());
                });
                let tell = Box::new(move |change| {
                    let _ = tell.try_send((source, change));
                });
                match self.streams.start(Launch { incident, source, origin }, wake, tell) {
                    Ok(spool) => {
                        self.engine.handle(Request::Stream { source, name, spool, writer }, self.now);
                    }
                    Err(reason) => self.changes.push((name, SourceChange::Unreadable { reason })),
                }
            }
            _ => {}
        }
    }

    /// What there is to act on; what happened is noted.
    fn drain(&mut self) -> Vec<Msg> {
        let mut msgs = Vec::new();
        for news in self.engine.drain() {
            match news {
                News::Changed { source, change } => self.note(source, change),
                News::LeftOut { spec, files } => {
                    warn(&format!("{spec}: {files} files are left out, the oldest: name fewer at a time"));
                }
                News::Discovered { .. } | News::Indirect { .. } => msgs.push(Msg::Log(news)),
                News::Digest(_)
                | News::Window(_)
                | News::Found(_)
                | News::Searching { .. }
                | News::Untold { .. }
                | News::Counted(_)
                | News::Zoomed(_) => {}
            }
        }
        while let Ok((source, change)) = self.told.try_recv() {
            self.note(source, change);
        }
        msgs
    }

    fn note(&mut self, source: SourceId, change: SourceChange) {
        self.changes.push((self.app.incident.source_name(source).to_owned(), change));
    }
}

/// Says what could not be read as it should; a failure when that is everything.
pub(super) fn complain(read: &Read) -> Result<(), Failure> {
    if read.incident.sources.is_empty() {
        let names: Vec<String> = read.incident.requested.iter().map(ToString::to_string).collect();
        return Err(Failure::unreadable(format!("{}: no log files in there", names.join(", ")))
            .hint("name the files, or a quoted pattern"));
    }
    let mut unreadable = 0;
    for (name, change) in &read.changes {
        let why = match change {
            SourceChange::Exited { how, .. } => {
                warn(&redact(&format!("{name}: the command failed: {how}")).text);
                continue;
            }
            SourceChange::Damaged { reason } => {
                warn(&format!("{name}: damaged; what is before the damage was read: {reason}"));
                continue;
            }
            SourceChange::NotKept { reason } => {
                warn(&format!("{name}: not all of it can be kept: {reason}"));
                continue;
            }
            SourceChange::Binary => "does not look like text and is not analysed".to_owned(),
            SourceChange::Unreadable { reason } => format!("cannot be read: {reason}"),
            SourceChange::Disappeared => "is gone".to_owned(),
            _ => continue,
        };
        unreadable += 1;
        if unreadable == read.incident.sources.len() {
            return Err(Failure::unreadable(format!("{name}: {why}")).hint("name files with lines of text"));
        }
        warn(&format!("{name}: {why}"));
    }
    if read.digest.sources.iter().all(|source| source.bytes_known == 0) {
        warn("the sources are empty: there is no evidence to go by");
    }
    Ok(())
}

/// A case and what the offline analyst makes of it.
pub(super) struct Analysed {
    pub(super) case: Arc<CaseFile>,
    pub(super) triage: Triage,
}

/// What the offline analyst makes of it.
pub(super) fn analyse(globals: &Globals, read: &Read, now: Timestamp) -> Analysed {
    let past = Record::open(&globals.location(), now).list();
    let symptoms: Vec<&str> = read.digest.findings.iter().map(|finding| finding.subject.as_str()).collect();
    let text = format!("{} {} {}", read.incident.title(), read.incident.service(), symptoms.join(" "));
    let alike = read.incident.id.as_ref().map(|id| similar(&text, &past, id, now)).unwrap_or_default();
    let case = Arc::new(CaseFile::freeze(&read.incident, &read.digest, &alike, 1, now));
    let started = Instant::now();
    let mut triage = Triage::default();
    globals.offline().analyse(&case, &mut |revision| {
        triage = revision;
        true
    });
    if let Some(run) = &mut triage.run {
        run.latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    Analysed { case, triage }
}

/// The incident with this triage, as Markdown.
fn document(incident: &Incident, triage: Triage) -> String {
    export::markdown(&Incident { triage, ..incident.clone() })
}
