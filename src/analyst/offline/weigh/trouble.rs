//! The bad records of the logs, and the part of them that something stands for.

use crate::analyst::offline::weigh::Candidate;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::FindingKind;

/// The bad records of the logs together.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    bad: u64,
}

impl Trouble {
    /// Counts them.
    pub fn of(reading: &Reading<'_>) -> Self {
        let logged = reading.statements.iter().filter(|s| s.origin == Origin::Log && s.is_bad());
        Self { bad: logged.map(|s| s.count).sum() }
    }

    /// How many there are.
    pub fn records(self) -> u64 {
        self.bad
    }

    /// The part of them that tells of `candidate` in words of its own, 0 to 1.
    pub fn part(self, reading: &Reading<'_>, candidate: &Candidate) -> f64 {
        let telling = candidate.carriers.iter().filter(|carrier| carrier.specific && carrier.weight >= 3.0);
        let mut numbers: Vec<usize> = telling.map(|carrier| carrier.statement).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let records = numbers.iter().map(|&number| &reading.statements[number]);
        let logged: u64 = records.filter(|s| s.origin == Origin::Log).map(|s| s.count).sum();
        if self.bad == 0 { 0.0 } else { (logged as f64 / self.bad as f64).min(1.0) }
    }

    /// The part of them that `statement` stands for, 0 to 1; all where it is of a burst or at a limit.
    pub fn share(self, statement: &Statement<'_>) -> f64 {
        let sudden = statement
            .finding
            .is_some_and(|finding| matches!(finding.kind, FindingKind::Burst | FindingKind::Saturation));
        if sudden || self.bad == 0 { 1.0 } else { statement.count as f64 / self.bad as f64 }
    }
}
