//! Analysts: a case file in, revisions of a triage out.

pub mod command;
pub mod model;
pub mod offline;

use std::sync::Arc;

use crate::evidence::CaseFile;
use crate::incident::Triage;

/// Something that reads a case file and writes a triage.
pub trait Analyst: Send {
    /// Name for the record: `offline`, or a model's name.
    fn name(&self) -> &str;

    /// Analyses `case`, giving each revision to `emit`; the last one given is the complete answer. `emit` returns
    /// false when nobody wants the rest.
    fn analyse(&mut self, case: &Arc<CaseFile>, emit: &mut dyn FnMut(Triage) -> bool);
}
