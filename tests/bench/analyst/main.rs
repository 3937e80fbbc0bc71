//! Measures the offline analyst: the first answer of a fresh process, one on 64 KiB of notes, and a revision while logs
//! grow.
//!
//!     cargo bench --bench analyst                  notes and logs of its own
//!     cargo bench --bench analyst -- --file TEXT   also a text of your own
//!
//! Nothing is asserted: times depend on the machine, and on what else it does. A revision is also told as a part of a
//! whole analysis, which depends on neither.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use sevdeck::analyst::Analyst;
use sevdeck::analyst::offline::Offline;
use sevdeck::evidence::CaseFile;
use sevdeck::incident::finding::RateChange;
use sevdeck::incident::triage::Triage;
use sevdeck::incident::{Finding, FindingKind, Level, Place, Quote, SourceId};
use sevdeck::log::digest::TemplateDigest;

/// Bytes of notes.
const NOTES: usize = 64 << 10;
/// Templates and findings that the digest of a large log brings.
const TEMPLATES: u64 = 200;
/// Runs of which the median is told.
const RUNS: usize = 41;
/// Fresh processes.
const PROCESSES: usize = 11;

#[derive(Debug, Parser)]
#[command(about = "Measures the offline analyst")]
struct Args {
    /// Another text to read.
    #[arg(long, value_name = "TEXT")]
    file: Vec<PathBuf>,
    /// Analyse this text once and print the microseconds: what a fresh process is started for.
    #[arg(long, hide = true)]
    once: Option<PathBuf>,
    /// And so many times again with the same analyst: what a profiler is pointed at.
    #[arg(long, hide = true, default_value_t = 0)]
    again: usize,
    /// And so many times again while logs grow beside it.
    #[arg(long, hide = true, default_value_t = 0)]
    grow: usize,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    let mut out = io::stdout().lock();
    if let Some(path) = &args.once {
        let text = fs::read_to_string(path)?;
        let case = Arc::new(case(&text, Vec::new(), Vec::new()));
        let mut analyst = Offline::new();
        let (took, _) = analyse(&mut analyst, &case);
        (0..args.again).for_each(|_| drop(analyse(&mut analyst, &case)));
        grow(&mut analyst, &text, args.grow);
        return writeln!(out, "{}", took.as_micros());
    }
    let dir = tempfile::TempDir::new()?;
    let notes = dir.path().join("notes.txt");
    fs::write(&notes, text())?;
    for path in [notes].iter().chain(&args.file) {
        let text = fs::read_to_string(path)?;
        writeln!(out, "\n{} KiB of notes", text.len() >> 10)?;
        tell(&mut out, "first answer of a fresh process", &mut fresh(path)?)?;
        let case = Arc::new(case(&text, Vec::new(), Vec::new()));
        tell(&mut out, "a fresh analyst, warm", &mut repeat(|| analyse(&mut Offline::new(), &case).0))?;
        let mut analyst = Offline::new();
        tell(&mut out, "the same case again", &mut repeat(|| analyse(&mut analyst, &case).0))?;
    }
    for (name, text) in [("logs alone", String::new()), ("logs beside 64 KiB of notes", text())] {
        writeln!(out, "\n{name}: {TEMPLATES} templates, {} findings", TEMPLATES / 2)?;
        let whole = Arc::new(logs(&text, 0, Triage::default()));
        let whole = tell(&mut out, "whole analysis", &mut repeat(|| analyse(&mut Offline::new(), &whole).0))?;
        let mut revisions = grow(&mut Offline::new(), &text, RUNS);
        let revision = tell(&mut out, "revision for a batch", &mut revisions)?;
        writeln!(
            out,
            "  {:<34} {:>8.2}",
            "as a part of the whole",
            revision.as_secs_f64() / whole.as_secs_f64()
        )?;
    }
    Ok(())
}

fn analyse(analyst: &mut Offline, case: &Arc<CaseFile>) -> (Duration, Triage) {
    let mut last = Triage::default();
    let started = Instant::now();
    analyst.analyse(case, &mut |triage| {
        last = triage;
        true
    });
    (started.elapsed(), last)
}

/// Revisions while logs grow beside `text`.
fn grow(analyst: &mut Offline, text: &str, batches: usize) -> Vec<Duration> {
    let mut previous = Triage::default();
    let revise = |batch| {
        let case = Arc::new(logs(text, batch, std::mem::take(&mut previous)));
        let (took, triage) = analyse(analyst, &case);
        previous = triage;
        took
    };
    (1..).take(batches).map(revise).collect()
}

fn repeat(mut run: impl FnMut() -> Duration) -> Vec<Duration> {
    (0..RUNS).map(|_| run()).collect()
}

fn fresh(path: &Path) -> io::Result<Vec<Duration>> {
    let program = std::env::current_exe()?;
    let once = |_| {
        let output = Command::new(&program).arg("--once").arg(path).output()?;
        let micros = String::from_utf8_lossy(&output.stdout).trim().parse().map_err(io::Error::other)?;
        Ok(Duration::from_micros(micros))
    };
    (0..PROCESSES).map(once).collect()
}

fn tell(out: &mut impl Write, name: &str, times: &mut [Duration]) -> io::Result<Duration> {
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    writeln!(
        out,
        "  {name:<34} {:>8.2} ms at the median, {:>8.2} at worst, n={}",
        ms(median),
        ms(worst),
        times.len()
    )?;
    Ok(median)
}

/// Notes as they pile up in a channel: chat, alerts, metrics, log lines, deploys.
fn text() -> String {
    let kinds = [
        "alert CheckoutErrors: error rate 0.1% -> 12%, p99 4.8s on checkout-api",
        "ana: is it the network? packet loss graph looks flat to me",
        "checkout-api ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms (order {n})",
        "db-1 active_connections: 498 / 500 (max_connections), waiting_queries: {n}, cpu 35%",
        "deploybot: cart-svc v3.{n} rolled out to 6/6 pods, changelog: \"price cache, retry budget\"",
        "告警：支付接口超时率 {n}%，客服反馈下单失败",
        "node ip-10-0-3-{n} NotReady, kubelet stopped posting node status; 3 pods evicted from shop",
        "bob: restarted checkout-api-7d9f8c5b4-x2x{n}, no effect, still failing",
    ];
    let mut text = String::from("checkout incident, 2026-11-21 (UTC)\n");
    for number in 0_usize.. {
        if text.len() >= NOTES {
            break;
        }
        let (hour, minute) = (9 + number / 240, number / 4 % 60);
        let line = kinds[number % kinds.len()].replace("{n}", &(number % 97).to_string());
        // Words that differ, so that no line is left out as a repetition of another.
        let mark: String =
            format!("{number:03}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect();
        text.extend([format!("{hour:02}:{minute:02} {line} [{mark}]\n")]);
    }
    text
}

fn case(text: &str, templates: Vec<TemplateDigest>, findings: Vec<Finding>) -> CaseFile {
    let texts: &[&str] = if text.is_empty() { &[] } else { &[text] };
    CaseFile { templates, findings, ..CaseFile::of_texts(texts, start() + SignedDuration::from_hours(4)) }
}

fn start() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap_or_default()
}

/// The digest of large logs after so many batches: counts grow, and each batch brings a template.
fn logs(text: &str, batch: u64, previous: Triage) -> CaseFile {
    let words = [
        "timed out waiting for a connection",
        "connection refused by db-1:5432",
        "retry scheduled for job",
        "request served",
    ];
    let templates = (0..TEMPLATES + batch).map(|number| {
        let level = [Level::Error, Level::Fatal, Level::Warn, Level::Info][number as usize % 4];
        let line = format!(
            "{} worker {} {}",
            ["ERROR", "FATAL", "WARN", "INFO"][number as usize % 4],
            words[number as usize % 4],
            name(number)
        );
        let first = start() + SignedDuration::from_secs(i64::try_from(number).unwrap_or(0) * 7);
        TemplateDigest {
            id: format!("t{number}"),
            text: line.clone(),
            level: Some(level),
            count: 50 + number + batch * 3,
            trend: Vec::new(),
            first: Some(first),
            last: Some(first + SignedDuration::from_mins(90)),
            example: quote(&line, number),
            newest: quote(&line, number + 1000),
        }
    });
    let templates: Vec<TemplateDigest> = templates.collect();
    let findings = templates.iter().step_by(2).map(|template| Finding {
        id: format!("burst-{}", template.id),
        kind: FindingKind::Burst,
        subject: template.text.clone(),
        at: template.first,
        ended: None,
        strength: 70,
        level: template.level,
        rate: Some(RateChange { before: 0.0, peak: 12.0 }),
        quotes: vec![template.example.clone()],
        template: Some(template.id.clone()),
    });
    CaseFile { previous, revision: batch + 1, ..case(text, templates.clone(), findings.collect()) }
}

fn name(number: u64) -> String {
    format!("{number:04}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

fn quote(text: &str, number: u64) -> Quote {
    let start = number * 200;
    let place = Place { source: SourceId(2), start, end: start + text.len() as u64 };
    Quote {
        quote: text.to_owned(),
        source: "app.log".to_owned(),
        line: Some(number + 1),
        verified: true,
        place: Some(place),
    }
}
