//! What endpoints and models are known to do, each on both wires: the right document, what can be read of it, or one
//! clear line. Nothing here panics, hangs or grows without limit.

mod documents;
mod errors;
mod streams;

use sevdeck::llm::{FailureKind, Wire};

use crate::llm::rig::{KEY, Outcome, block, call, events, run, script, settings, timing, triage};
use crate::support::endpoint::{Act, Endpoint};

fn play(wire: Wire, script: Vec<Act>) -> Outcome {
    let endpoint = Endpoint::start(vec![script]);
    block(run(call(&settings(wire, &endpoint.url("")), timing())))
}

/// What has to come of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Due {
    /// The whole document.
    Right,
    /// A document of which parts are missing or of another type.
    Usable,
    /// One line.
    Line(FailureKind),
}

fn assert_due(what: &str, wire: Wire, outcome: &Outcome, due: Due) {
    let what = format!("{what} {wire:?}");
    match (&outcome.end, due) {
        (Ok((_, answer)), Due::Right) => {
            assert!(answer.complete && answer.title == triage()["title"], "{what}: {answer:?}");
            assert_eq!(answer.summary, triage()["summary"].as_str().unwrap(), "{what}");
            assert_eq!(answer.hypotheses.len(), 1, "{what}");
            assert_eq!(answer.checklist[0].command, triage()["checklist"][0]["command"], "{what}");
        }
        (Ok((_, answer)), Due::Usable) => {
            assert!(answer.complete && answer.is_usable(), "{what}: {answer:?}");
        }
        (Err(failure), Due::Line(kind)) => {
            let line = failure.to_string();
            assert_eq!(failure.kind, kind, "{what}: {line}");
            assert!(!line.contains('\n') && line.len() < 900 && line.contains("; "), "{what}: {line}");
            assert!(!line.contains(KEY), "{what}: {line}");
        }
        (end, due) => panic!("{what}: {due:?} is due, not {end:?}\n{}", outcome.text),
    }
}

fn stream_of(wire: Wire, text: &str) -> Vec<Act> {
    script(&events(wire, text))
}
