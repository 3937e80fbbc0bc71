//! The case file as evidence: what people wrote, what they found, findings, templates, sources, similar incidents, and
//! the offline triage to start from. What changes least comes first, so that endpoints can cache it.

use std::fmt::Write;

use jiff::Timestamp;

use crate::evidence::CaseFile;
use crate::evidence::hostile::clean_text;
use crate::evidence::redaction::{Redactor, Vault};
use crate::incident::event::StepOutcome;
use crate::incident::triage::HypothesisStatus;
use crate::incident::{Finding, Level, Quote};
use crate::llm::prompt::budget::{self, Estimator, Piece};
use crate::llm::prompt::fence::{self, Lines};
use crate::llm::prompt::{excerpt, start};

/// Longest line of a text by people, bytes.
const PROSE_MAX: usize = 1000;
/// Longest line of a log, bytes.
const LOG_MAX: usize = 400;
/// Quotes of a finding.
const QUOTES_MAX: usize = 3;

/// Evidence as it stands in a request.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The blocks.
    pub(super) text: String,
    /// Lines that talk to a model.
    pub(super) marked: Vec<String>,
    /// All other lines.
    pub(super) rest: String,
    /// Places masked.
    pub(super) masked: usize,
    /// Pieces that did not fit: how many, of what.
    pub(super) left_out: Vec<(String, usize)>,
}

/// A block before its size is known.
struct Section {
    name: String,
    note: &'static str,
    /// What its pieces are called.
    what: &'static str,
    share: f64,
    pieces: Vec<Piece>,
}

impl Section {
    /// What its pieces are called among those of others.
    fn pieces_name(&self) -> String {
        match (self.what, self.name.as_str()) {
            ("lines", name) => format!("lines of {name}"),
            ("entries", "start") => "entries of the offline triage".to_owned(),
            ("entries", _) => "results and verdicts".to_owned(),
            (what, _) => what.to_owned(),
        }
    }
}

/// Renders `case` into `room` tokens.
pub(super) fn render(
    case: &CaseFile,
    room: usize,
    seed: &str,
    estimator: Estimator,
    redactor: &Redactor,
    vault: &Vault,
) -> Evidence {
    let mut writer = Writer { redactor, vault, lines: Lines::default(), masked: 0 };
    let mut sections = writer.texts(case);
    sections.push(writer.people(case));
    sections.push(writer.findings(case));
    sections.push(writer.templates(case));
    sections.push(writer.sources(case));
    sections.push(writer.similar(case));
    sections.push(Section {
        name: "start".to_owned(),
        note: "what the rule-based analyst made of it so far: to check, not evidence",
        what: "entries",
        share: 0.12,
        pieces: start::pieces(&case.previous, &mut writer),
    });
    sections.retain(|section| !section.pieces.is_empty());
    // The frames of the blocks take room as well.
    let frames = sections.len() * 40;
    let shares: Vec<(f64, &[Piece])> =
        sections.iter().map(|section| (section.share, section.pieces.as_slice())).collect();
    let chosen = budget::choose(&shares, room.saturating_sub(frames), estimator);
    let mut evidence = Evidence { masked: writer.masked, ..Evidence::default() };
    for (section, chosen) in sections.iter().zip(&chosen) {
        let (body, left_out) = excerpt::with_gaps(&section.pieces, chosen, section.what);
        if left_out > 0 {
            evidence.left_out.push((section.pieces_name(), left_out));
        }
        evidence.text.push_str(&fence::block(&section.name, section.note, &body, seed));
        evidence.text.push('\n');
    }
    evidence.text.truncate(evidence.text.trim_end().len());
    vault.cover().apply(&mut evidence.text);
    evidence.marked = writer.lines.marked;
    evidence.rest = writer.lines.rest;
    evidence
}

/// Writes lines of data: clean, masked, marked.
pub(super) struct Writer<'a> {
    redactor: &'a Redactor,
    vault: &'a Vault,
    lines: Lines,
    masked: usize,
}

impl Writer<'_> {
    /// `text` on one line, without what must not leave or drive anything, cut to `max` bytes.
    pub(super) fn plain(&mut self, text: &str, max: usize) -> String {
        // Masked before it is cut: half a secret is no longer recognised as one.
        let text = self.masked(text);
        cut(&clean_text(&text).replace('\n', " / "), max)
    }

    fn masked(&mut self, text: &str) -> String {
        let redacted = self.redactor.redact(text, self.vault);
        self.masked += redacted.masked;
        redacted.text
    }

    /// A name as it may stand before a bar, masked.
    fn name(&mut self, name: &str) -> String {
        fence::label(&self.plain(name, LOG_MAX))
    }

    /// One line of data.
    pub(super) fn line(&mut self, label: &str, text: &str, max: usize) -> String {
        let text = self.plain(text, max);
        self.lines.line(label, &text)
    }

    /// A quoted line behind the name of its source and its number.
    pub(super) fn quote(&mut self, quote: &Quote) -> String {
        let source = self.name(&quote.source);
        let label = match quote.line {
            Some(line) => format!("  {source}:{line}"),
            None => format!("  {source}"),
        };
        self.line(&label, &quote.quote, LOG_MAX)
    }

    /// Texts by people, line by line with their numbers.
    fn texts(&mut self, case: &CaseFile) -> Vec<Section> {
        let share = 0.4 / case.texts.len().max(1) as f64;
        let mut sections = Vec::new();
        for text in &case.texts {
            // Masked as a whole, since a key runs over many lines; lines stay lines.
            let whole = clean_text(&self.masked(&text.text));
            let pieces = whole.lines().enumerate().map(|(at, line)| {
                let text = self.lines.line(&(at + 1).to_string(), &cut(line, PROSE_MAX));
                Piece { text, rank: excerpt::rank(line, at) }
            });
            let pieces = pieces.collect();
            sections.push(Section {
                name: self.name(&text.name),
                note: "written or pasted by people",
                what: "lines",
                share,
                pieces,
            });
        }
        sections
    }

    /// What people found and how they judged.
    fn people(&mut self, case: &CaseFile) -> Section {
        let mut pieces = Vec::new();
        for result in &case.results {
            let outcome = match result.outcome {
                StepOutcome::Todo => continue,
                StepOutcome::Done => "done",
                StepOutcome::AsExpected => "done, as expected",
                StepOutcome::NotAsExpected => "done, not as expected",
                StepOutcome::Skipped => "left out on purpose",
            };
            let step = case.previous.checklist.iter().find(|step| step.id == result.step);
            let what = step.map_or("", |step| step.step.as_str());
            let text = format!("check {}: {outcome}. {what} Seen: {}", result.step, result.note);
            pieces.push(Piece { text: self.line("check", &text, PROSE_MAX), rank: 10 });
        }
        for verdict in &case.verdicts {
            let status = match verdict.status {
                HypothesisStatus::Open => "open again",
                HypothesisStatus::Confirmed => "confirmed",
                HypothesisStatus::RuledOut => "ruled out",
            };
            let cause = case.previous.hypotheses.iter().find(|known| known.id == verdict.hypothesis);
            let cause = cause.map_or("", |cause| cause.cause.as_str());
            let text = format!(
                "hypothesis {} {status} by a person: {} ({cause})",
                verdict.hypothesis, verdict.reason
            );
            pieces.push(Piece { text: self.line("verdict", &text, PROSE_MAX), rank: 20 });
        }
        for (what, text) in [("title", &case.title), ("service", &case.service)] {
            if !text.is_empty() {
                pieces.push(Piece { text: self.line(what, text, PROSE_MAX), rank: 30 });
            }
        }
        Section {
            name: "people".to_owned(),
            note: "results of checks and verdicts of people; these stand",
            what: "entries",
            share: 0.1,
            pieces,
        }
    }

    fn findings(&mut self, case: &CaseFile) -> Section {
        let mut pieces = Vec::new();
        for finding in &case.findings {
            let mut text = self.line(&fence::label(&finding.id), &headline(finding), LOG_MAX);
            for quote in finding.quotes.iter().take(QUOTES_MAX) {
                text.push_str(&self.quote(quote));
            }
            pieces.push(Piece { text, rank: i64::from(finding.strength) });
        }
        Section {
            name: "findings".to_owned(),
            note: "noticed by code in the logs, oldest onset first",
            what: "findings",
            share: 0.18,
            pieces,
        }
    }

    fn templates(&mut self, case: &CaseFile) -> Section {
        let mut pieces = Vec::new();
        let total = case.templates.len() as i64;
        for (at, template) in (0..).zip(&case.templates) {
            let level = template.level.map_or("-", Level::name);
            let times = span(template.first, template.last);
            let head = format!("{} x, {level}{times}: {}", template.count, template.text);
            let mut text = self.line(&fence::label(&template.id), &head, LOG_MAX);
            text.push_str(&self.quote(&template.example));
            if template.newest.place != template.example.place && template.count > 1 {
                text.push_str(&self.quote(&template.newest));
            }
            // The digest lists what matters most first.
            pieces.push(Piece { text, rank: total - at });
        }
        Section {
            name: "templates".to_owned(),
            note: "log lines with the same words, how many there are, the first and the newest",
            what: "templates",
            share: 0.15,
            pieces,
        }
    }

    fn sources(&mut self, case: &CaseFile) -> Section {
        let mut pieces = Vec::new();
        for source in &case.sources {
            let mut text = format!(
                "{} lines, {} records, {}{}",
                source.lines,
                source.records,
                super::bytes(source.bytes_read),
                span(source.first, source.last)
            );
            if let Some(skew) = source.skew_ms {
                let _ = write!(text, ", its clock is off by {} s against the others", skew / 1000);
            }
            if source.losses.dropped_bytes > 0 {
                let _ = write!(text, ", {} of it are lost", super::bytes(source.losses.dropped_bytes));
            }
            let label = self.name(&source.name);
            pieces.push(Piece { text: self.line(&label, &text, LOG_MAX), rank: 1 });
        }
        Section {
            name: "sources".to_owned(),
            note: "the logs that were read",
            what: "logs",
            share: 0.03,
            pieces,
        }
    }

    fn similar(&mut self, case: &CaseFile) -> Section {
        let mut pieces = Vec::new();
        for past in &case.similar {
            let text = format!("{} % alike: {}. {}", past.percent, past.title, past.summary);
            let label = fence::label(&past.id);
            pieces.push(Piece { text: self.line(&label, &text, LOG_MAX), rank: i64::from(past.percent) });
        }
        Section {
            name: "similar".to_owned(),
            note: "earlier incidents that look alike; their causes need not be this one's",
            what: "incidents",
            share: 0.02,
            pieces,
        }
    }
}

/// A finding in a line.
fn headline(finding: &Finding) -> String {
    let kind = serde_json::to_value(finding.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("finding").replace('_', " ");
    let mut text = format!("{kind}, strength {}", finding.strength);
    if let Some(level) = finding.level {
        let _ = write!(text, ", {}", level.name());
    }
    text.push_str(&span(finding.at, finding.ended));
    if let Some(rate) = finding.rate {
        let _ = write!(text, ", {} -> {} per second", rate.before, rate.peak);
    }
    let _ = write!(text, ": {}", finding.subject);
    text
}

/// `, 2026-03-01 14:02:11Z to 14:07:33Z`
fn span(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    let Some(first) = first else { return String::new() };
    let mut text = format!(", {}", first.strftime("%Y-%m-%d %H:%M:%SZ"));
    if let Some(last) = last.filter(|last| *last != first) {
        let same = first.strftime("%Y-%m-%d").to_string() == last.strftime("%Y-%m-%d").to_string();
        let _ = write!(text, " to {}", last.strftime(if same { "%H:%M:%SZ" } else { "%Y-%m-%d %H:%M:%SZ" }));
    }
    text
}

/// `text` cut to `max` bytes at a character, saying how much is missing.
fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{} …(+{} bytes)", &text[..end], text.len() - end)
}
