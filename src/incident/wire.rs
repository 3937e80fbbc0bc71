//! The stored form of events, written by hand so that the types of this program can change and stored incidents
//! cannot. One JSON object per event: `{"v":1,"seq":…,"at":…,"by":…,"kind":…,"body":{…}}`.
//!
//! Rules: a kind is never reused; a changed body gets a higher version and this module reads all older ones; a kind
//! or version from the future is kept as [`Event::Unknown`] and written back unchanged.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::incident::event::{Author, Event, Recorded};

/// Version of the bodies written by this program.
pub const VERSION: u64 = 1;

/// Why stored bytes are not an event.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Not a JSON object.
    #[error("a stored event is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// A part of the envelope, or of the body of a known kind and version, is missing or wrong.
    #[error("a stored event has no valid {field:?}")]
    Field {
        /// The part.
        field: &'static str,
    },
}

/// The stored form of one event.
pub fn encode(recorded: &Recorded) -> String {
    let (kind, version, body) = body(&recorded.event);
    json!({
        "v": version,
        "seq": recorded.seq,
        "at": recorded.at.to_string(),
        "by": author(&recorded.by),
        "kind": kind,
        "body": body,
    })
    .to_string()
}

/// Reads one stored event.
pub fn decode(stored: &[u8]) -> Result<Recorded, WireError> {
    let mut envelope: Map<String, Value> = serde_json::from_slice(stored)?;
    let seq = envelope.get("seq").and_then(Value::as_u64).ok_or(WireError::Field { field: "seq" })?;
    let at: Timestamp = take(&mut envelope, "at")?;
    let by = envelope.get("by").and_then(Value::as_str).ok_or(WireError::Field { field: "by" })?;
    let by = read_author(by);
    let version = envelope.get("v").and_then(Value::as_u64).ok_or(WireError::Field { field: "v" })?;
    let kind: String = take(&mut envelope, "kind")?;
    let body = envelope.remove("body").unwrap_or(Value::Null);
    let event = event(kind, version, body)?;
    Ok(Recorded { seq, at, by, event })
}

fn author(by: &Author) -> String {
    match by {
        Author::Sevdeck => "sevdeck".to_owned(),
        Author::Person(name) => format!("person:{name}"),
        Author::Analyst(name) => format!("analyst:{name}"),
    }
}

fn read_author(text: &str) -> Author {
    match text.split_once(':') {
        Some(("person", name)) => Author::Person(name.to_owned()),
        Some(("analyst", name)) => Author::Analyst(name.to_owned()),
        _ => Author::Sevdeck,
    }
}

fn body(event: &Event) -> (&str, u64, Value) {
    let (kind, body) = match event {
        Event::IncidentOpened { incident, title, service, language } => (
            "incident_opened",
            json!({"incident": incident, "title": title, "service": service, "language": language}),
        ),
        Event::IncidentRenamed { title, service } => {
            ("incident_renamed", json!({"title": title, "service": service}))
        }
        Event::SourcesRequested { specs } => ("sources_requested", json!({"specs": specs})),
        Event::SourceAttached { source, spec, path, name } => {
            ("source_attached", json!({"source": source, "spec": spec, "path": path, "name": name}))
        }
        Event::SourceChanged { source, change } => {
            ("source_changed", json!({"source": source, "change": change}))
        }
        Event::ContextAdded { source, name, text } => {
            ("context_added", json!({"source": source, "name": name, "text": text}))
        }
        Event::NoteAdded { text } => ("note_added", json!({"text": text})),
        Event::FindingRaised { finding } => ("finding_raised", json!({"finding": finding})),
        Event::TriageRevised { case_revision, patch } => {
            ("triage_revised", json!({"case_revision": case_revision, "patch": patch}))
        }
        Event::HypothesisJudged { hypothesis, verdict, reason } => {
            ("hypothesis_judged", json!({"hypothesis": hypothesis, "verdict": verdict, "reason": reason}))
        }
        Event::StepMarked { step, outcome, note, output: None } => {
            ("step_marked", json!({"step": step, "outcome": outcome, "note": note}))
        }
        Event::StepMarked { step, outcome, note, output } => {
            ("step_marked", json!({"step": step, "outcome": outcome, "note": note, "output": output}))
        }
        Event::CommandCopied { command } => ("command_copied", json!({"command": command})),
        Event::LineBookmarked { bookmark } => ("line_bookmarked", json!({"bookmark": bookmark})),
        Event::BookmarkRemoved { place } => ("bookmark_removed", json!({"place": place})),
        Event::SeverityDeclared { level, reason } => {
            ("severity_declared", json!({"level": level, "reason": reason}))
        }
        Event::StatusChanged { status } => ("status_changed", json!({"status": status})),
        Event::UpdateSent { text } => ("update_sent", json!({"text": text})),
        Event::PostmortemWritten { text } => ("postmortem_written", json!({"text": text})),
        Event::PlaceholderFilled { name, value } => {
            ("placeholder_filled", json!({"name": name, "value": value}))
        }
        Event::Undone { of } => ("undone", json!({"of": of})),
        Event::ModelAsked { call, request } => ("model_asked", json!({"call": call, "request": request})),
        Event::ModelAnswered { call, outcome, run, estimated, answer } => (
            "model_answered",
            json!({"call": call, "outcome": outcome, "run": run, "estimated": estimated, "answer": answer}),
        ),
        Event::Unknown { kind, version, body } => return (kind, *version, body.clone()),
    };
    (kind, VERSION, body)
}

fn event(kind: String, version: u64, body: Value) -> Result<Event, WireError> {
    if version > VERSION {
        return Ok(Event::Unknown { kind, version, body });
    }
    let mut body = match body {
        Value::Object(body) => body,
        body => return Ok(Event::Unknown { kind, version, body }),
    };
    let b = &mut body;
    Ok(match kind.as_str() {
        "incident_opened" => Event::IncidentOpened {
            incident: take(b, "incident")?,
            title: take(b, "title")?,
            service: take(b, "service")?,
            language: take(b, "language")?,
        },
        "incident_renamed" => {
            Event::IncidentRenamed { title: take(b, "title")?, service: take(b, "service")? }
        }
        "sources_requested" => Event::SourcesRequested { specs: take(b, "specs")? },
        "source_attached" => Event::SourceAttached {
            source: take(b, "source")?,
            spec: take(b, "spec")?,
            path: take(b, "path")?,
            name: take(b, "name")?,
        },
        "source_changed" => Event::SourceChanged { source: take(b, "source")?, change: take(b, "change")? },
        "context_added" => {
            Event::ContextAdded { source: take(b, "source")?, name: take(b, "name")?, text: take(b, "text")? }
        }
        "note_added" => Event::NoteAdded { text: take(b, "text")? },
        "finding_raised" => Event::FindingRaised { finding: take(b, "finding")? },
        "triage_revised" => {
            Event::TriageRevised { case_revision: take(b, "case_revision")?, patch: take(b, "patch")? }
        }
        "hypothesis_judged" => Event::HypothesisJudged {
            hypothesis: take(b, "hypothesis")?,
            verdict: take(b, "verdict")?,
            reason: take(b, "reason")?,
        },
        "step_marked" => Event::StepMarked {
            step: take(b, "step")?,
            outcome: take(b, "outcome")?,
            note: take(b, "note")?,
            output: take(b, "output")?,
        },
        "command_copied" => Event::CommandCopied { command: take(b, "command")? },
        "line_bookmarked" => Event::LineBookmarked { bookmark: take(b, "bookmark")? },
        "bookmark_removed" => Event::BookmarkRemoved { place: take(b, "place")? },
        "severity_declared" => {
            Event::SeverityDeclared { level: take(b, "level")?, reason: take(b, "reason")? }
        }
        "status_changed" => Event::StatusChanged { status: take(b, "status")? },
        "update_sent" => Event::UpdateSent { text: take(b, "text")? },
        "postmortem_written" => Event::PostmortemWritten { text: take(b, "text")? },
        "placeholder_filled" => Event::PlaceholderFilled { name: take(b, "name")?, value: take(b, "value")? },
        "undone" => Event::Undone { of: take(b, "of")? },
        "model_asked" => Event::ModelAsked { call: take(b, "call")?, request: take(b, "request")? },
        "model_answered" => Event::ModelAnswered {
            call: take(b, "call")?,
            outcome: take(b, "outcome")?,
            run: take(b, "run")?,
            estimated: take(b, "estimated")?,
            answer: take(b, "answer")?,
        },
        _ => Event::Unknown { kind, version, body: Value::Object(body) },
    })
}

fn take<T: DeserializeOwned>(object: &mut Map<String, Value>, field: &'static str) -> Result<T, WireError> {
    let value = object.remove(field).unwrap_or(Value::Null);
    serde_json::from_value(value).map_err(|_| WireError::Field { field })
}

#[cfg(test)]
mod tests;
