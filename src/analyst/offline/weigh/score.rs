//! The score of a mechanism: what its signals, what set it off, and what speaks against it come to.

use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::weigh::trouble::Trouble;
use crate::analyst::offline::weigh::{Candidate, ENOUGH};
use crate::evidence::lexicon::{self, Sense};
use crate::evidence::statement::Reading;

/// Points for a mechanism that all the bad records speak of.
const SHARE: f64 = 3.0;

/// Share of its score that a mechanism has for which only everyday words speak.
const GUESSED: f64 = 0.8;

/// Weight from which a signal says a mechanism outright.
const PLAIN: f64 = 3.0;

/// Sums up what was found for and against a candidate.
pub(super) fn finish(
    registry: &Registry,
    reading: &Reading<'_>,
    candidate: &mut Candidate,
    trouble: Trouble,
) {
    let refuters = candidate.refuters.clone();
    candidate.carriers.retain(|carrier| !refuters.contains(&carrier.statement));
    // Everyday words count where nothing says it outright.
    if candidate.carriers.iter().any(|carrier| !carrier.vague && carrier.weight >= PLAIN) {
        candidate.carriers.retain(|carrier| !carrier.vague);
    }
    let mut seen: Vec<usize> = Vec::new();
    for carrier in &candidate.carriers {
        let statement = &reading.statements[carrier.statement];
        if seen.contains(&carrier.signal) {
            candidate.mechanism += 0.3;
        } else {
            seen.push(carrier.signal);
            candidate.mechanism += carrier.weight;
        }
        if statement.count >= 50 && statement.is_bad() {
            candidate.mechanism += 1.0;
        }
    }
    candidate.signals = seen.len();
    // Many sayings of one thing are one thing: what goes over the signals' own weight is bounded.
    let own: f64 = seen.iter().map(|signal| best(candidate, *signal)).sum();
    candidate.mechanism = candidate.mechanism.min(own + 2.0);
    let changes = candidate.triggers.iter().filter(|&&number| reading.statements[number].change).count();
    let triggers = if changes > 0 { 2.5 } else { 1.0_f64.min(candidate.triggers.len() as f64) };
    let against = 2.5 * candidate.refuters.len().min(2) as f64;
    // What broke shows as a failure; a mechanism that only a change speaks of is rather what set it off.
    let shown = candidate.carriers.iter().any(|carrier| {
        let s = &reading.statements[carrier.statement];
        !s.change || s.is_bad() && fails(s.text)
    });
    if !shown {
        candidate.mechanism *= 0.6;
    }
    let depth = f64::from(registry.playbooks[candidate.playbook].depth);
    let symptom = candidate.score;
    let part = SHARE * trouble.part(reading, candidate);
    let guessed = candidate.carriers.iter().all(|carrier| carrier.vague);
    let sure = if guessed { GUESSED } else { 1.0 };
    let sum = sure * (candidate.mechanism + symptom + triggers + part) - against;
    candidate.score = if candidate.mechanism > 0.0 { sum.max(0.1) * (1.0 + 0.15 * depth) } else { 0.0 };
}

/// Most that a statement counts for `signal`.
fn best(candidate: &Candidate, signal: usize) -> f64 {
    let of_signal = candidate.carriers.iter().filter(|carrier| carrier.signal == signal);
    of_signal.map(|carrier| carrier.weight).fold(0.0, f64::max)
}

/// Whether the words of a change tell of a failure, rather than of what the change itself forbids or takes away.
fn fails(text: &str) -> bool {
    const RULES: [&str; 14] = [
        "denied", "deny", "declined", "reject", "refuse", "block", "dropp", "drop", "cannot", "拒绝", "禁止",
        "阻断", "限流", "中断",
    ];
    // What is refused here came back to somebody as an error.
    const REFUSED: [&str; 9] = [
        "accessdenied",
        "access denied",
        "permission denied",
        "permission_denied",
        "not authorized",
        "authorizationfailed",
        "does not have permission",
        "没有权限",
        "权限不足",
    ];
    let lower = text.to_lowercase();
    let plain = RULES.iter().fold(lower.clone(), |text, word| text.replace(word, " "));
    lexicon::senses(&plain).has(Sense::Bad) || REFUSED.iter().any(|words| lower.contains(words))
}

/// A playbook that needs another one does not stand alone.
pub(super) fn drop_needy(registry: &Registry, all: &mut [Candidate]) {
    let carried: Vec<bool> = all.iter().map(|candidate| candidate.mechanism >= ENOUGH).collect();
    for candidate in all.iter_mut() {
        let needs = &registry.playbooks[candidate.playbook].needs;
        let met =
            needs.is_empty() || needs.iter().any(|id| registry.index(id).is_some_and(|index| carried[index]));
        if !met {
            candidate.mechanism = 0.0;
            candidate.score = 0.0;
        }
    }
}
