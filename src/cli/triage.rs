//! `sevdeck triage`: read everything once, analyse it, print the document. No terminal, nothing kept.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::analyst::Analyst;
use crate::app::App;
use crate::app::effect::Effect;
use crate::app::msg::{Msg, Opening};
use crate::app::runtime::{Runtime, SPOOL_MAX};
use crate::app::update::update;
use crate::cli::sources::{self, Known};
use crate::cli::{Globals, print, warn};
use crate::evidence::CaseFile;
use crate::export;
use crate::failure::Failure;
use crate::incident::{Incident, IncidentId, SourceChange, SourceSpec, Triage};
use crate::log::digest::Digest;
use crate::log::engine::{Engine, News, Request};
use crate::store::{Record, similar};

/// One look, without a terminal.
#[derive(Debug, Args)]
pub(super) struct TriageArgs {
    /// Print one JSON object.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown, which is also what happens when nothing is said.
    #[arg(long)]
    markdown: bool,
    /// What to read: files, directories, 'patterns*', or - for standard input, which is also read when nothing is
    /// named and something is piped in.
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    #[command(flatten)]
    known: Known,
}

/// Reads, analyses and prints. The exit code is that of the last source that could not be read, where another could.
pub(super) fn run(args: &TriageArgs, globals: &Globals) -> Result<u8, Failure> {
    let mut specs = sources::specs(&args.sources)?;
    let known = args.known.opening()?;
    if specs.is_empty() && known.contexts.is_empty() {
        if !sources::is_piped() {
            return Err(Failure::usage(
                "there is nothing to read: no source is named and nothing is piped in",
            )
            .hint("sevdeck triage app.log, or: kubectl logs deploy/api | sevdeck triage"));
        }
        specs.push(SourceSpec::Stdin);
    }
    let mut unreadable: Vec<Failure> = specs.iter().filter_map(|spec| sources::check(spec).err()).collect();
    if !unreadable.is_empty() && unreadable.len() == specs.len() + known.contexts.len() {
        return Err(unreadable.remove(0));
    }
    let mut code = 0;
    for failure in &unreadable {
        warn(&failure.to_string());
        code = failure.kind.code();
    }
    let piped = specs.contains(&SourceSpec::Stdin);
    let spool = if piped { Some(Spool::fill(&globals.paths.runtime)?) } else { None };
    let now = Timestamp::now();
    let opening = Opening {
        incident: Some(IncidentId::new(now, Runtime::random())),
        language: globals.language(),
        specs,
        stdin_spool: spool.as_ref().map(Spool::path),
        ..known
    };
    let read = read(opening, &globals.config.name, now, None);
    complain(&read)?;
    let triage = analyse(globals, &read, now);
    let text = if args.json { export::json(&triage) } else { document(&read.incident, triage) };
    print(&text)?;
    Ok(code)
}

/// What there was to read.
pub(super) struct Read {
    incident: Incident,
    pub(super) digest: Arc<Digest>,
    changes: Vec<(String, SourceChange)>,
}

/// Opens the incident as the cockpit does, and lets the engine read to the end of every source. Times that do not name
/// their zone are of `zone`.
pub(super) fn read(opening: Opening, person: &str, now: Timestamp, zone: Option<TimeZone>) -> Read {
    let mut app = App { person: person.to_owned(), ..App::default() };
    let mut engine = Engine::new(Box::new(|| {})).with_crew(Runtime::crew());
    engine.set_zone(zone);
    let mut msgs = VecDeque::from([Msg::Opened(opening)]);
    let mut digest = Arc::default();
    let mut changes = Vec::new();
    loop {
        while let Some(msg) = msgs.pop_front() {
            for effect in update(&mut app, now, msg) {
                if let Effect::Log(mut request) = effect {
                    // What is there now is all there is: a last line without a break is complete.
                    if let Request::Follow { ended, .. } = &mut request {
                        *ended = true;
                    }
                    engine.handle(request, now);
                }
            }
        }
        while engine.step(now) {}
        for news in engine.drain() {
            match news {
                News::Digest(newer) => digest = newer,
                News::Changed { source, change } => {
                    changes.push((app.incident.source_name(source).to_owned(), change));
                }
                News::Discovered { .. } => msgs.push_back(Msg::Log(news)),
                News::Window(_)
                | News::Found(_)
                | News::Searching { .. }
                | News::Counted(_)
                | News::Zoomed(_) => {}
            }
        }
        if msgs.is_empty() {
            return Read { incident: app.incident, digest, changes };
        }
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

fn analyse(globals: &Globals, read: &Read, now: Timestamp) -> Triage {
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
    triage
}

/// The incident with this triage, as Markdown.
fn document(incident: &Incident, triage: Triage) -> String {
    export::markdown(&Incident { triage, ..incident.clone() })
}

/// Standard input in a file without a name: nothing is left of it, however the program ends.
pub(super) struct Spool {
    file: File,
}

impl Spool {
    pub(super) fn fill(folder: &Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            Failure::runtime(format!("keeping standard input in {}", folder.display()))
                .because(error)
                .hint("set XDG_RUNTIME_DIR to a folder with some space that you can write")
        };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let path = folder.join(format!("stdin-{}-{:08x}", std::process::id(), Runtime::random()));
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
        fs::remove_file(&path).map_err(failed)?;
        let mut input = io::Read::take(io::stdin().lock(), SPOOL_MAX + 1);
        if io::copy(&mut input, &mut file).map_err(failed)? > SPOOL_MAX {
            let limit = SPOOL_MAX / 1024 / 1024 / 1024;
            return Err(Failure::unreadable(format!("standard input: over {limit} GiB"))
                .hint("write it to a file and name that: files of any size are read where they are"));
        }
        Ok(Self { file })
    }

    /// A name under which this process can open it.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }
}
