//! The fallback where no playbook knows the mechanism: the statements that say most about what broke.

use std::collections::HashMap;

use crate::analyst::offline::belief::is_failing;
use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::weigh::{Candidate, Carrier, ENOUGH, Trouble, magnitude};
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::{FindingKind, Level};

/// The statements that say most about what broke, where no playbook knows the mechanism.
pub fn unrecognised(registry: &Registry, reading: &Reading<'_>) -> Option<Candidate> {
    let playbook = registry.index("unrecognised")?;
    let bad = reading.statements.iter().filter(|s| s.is_bad()).count();
    let enough =
        reading.statements.len().max(usize::try_from(Trouble::of(reading).records()).unwrap_or(usize::MAX));
    if bad == 0 || enough < 4 {
        return None;
    }
    let mut seen: HashMap<&String, usize> = HashMap::new();
    let all = || reading.statements.iter().take(2000).enumerate().filter(|(_, s)| s.is_evidence());
    for (_, s) in all() {
        for mark in s.marks() {
            *seen.entry(mark).or_default() += 1;
        }
    }
    let mut carriers: Vec<Carrier> = Vec::new();
    for (number, s) in all() {
        if s.healthy || s.change && !s.is_bad() {
            continue;
        }
        if s.origin == Origin::Log {
            if is_failing(s) {
                carriers.push(Carrier {
                    statement: number,
                    weight: loudness(s),
                    signal: number,
                    at: 0,
                    specific: true,
                    vague: false,
                });
            }
            continue;
        }
        let tied = s.marks().iter().filter(|mark| seen.get(*mark).is_some_and(|&count| count > 1)).count();
        let mut weight = 1.0 + 0.5 * s.marks().len().min(4) as f64 + 0.5 * tied.min(3) as f64;
        weight += if s.level.is_some_and(|level| level >= Level::Warn) { 1.5 } else { 0.0 };
        weight += if s.is_bad() { 1.0 } else { 0.0 };
        weight -= if s.senses.has(Sense::User) || s.senses.has(Sense::Alert) { 1.0 } else { 0.0 };
        if weight >= 2.0 {
            carriers.push(Carrier {
                statement: number,
                weight,
                signal: number,
                at: 0,
                specific: true,
                vague: false,
            });
        }
    }
    carriers.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.statement.cmp(&b.statement)));
    carriers.truncate(6);
    if carriers.is_empty() {
        return None;
    }
    Some(Candidate {
        playbook,
        score: ENOUGH,
        mechanism: ENOUGH,
        signals: 1,
        carriers,
        triggers: Vec::new(),
        refuters: Vec::new(),
        claims: Vec::new(),
    })
}

/// How much a bad record says where nothing else is known: by level, by how often, by a sudden rise.
fn loudness(statement: &Statement<'_>) -> f64 {
    let level = if statement.level.is_some_and(Level::is_bad) { 4.0 } else { 2.0 };
    let burst = statement.finding.is_some_and(|finding| finding.kind == FindingKind::Burst);
    level + 0.5 * f64::from(magnitude(statement)) + if burst { 0.5 } else { 0.0 }
}
