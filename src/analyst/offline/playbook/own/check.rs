//! What a parser cannot know about a playbook: whether it can be found, told and run.

use crate::analyst::command::{self, Effect};
use crate::analyst::offline::names;
use crate::analyst::offline::playbook::classes;
use crate::analyst::offline::playbook::own::misses;
use crate::analyst::offline::playbook::{Playbook, Registry, weighted};
use crate::analyst::offline::weigh::ENOUGH;

/// Weights that a signal may have.
const WEIGHTS: std::ops::RangeInclusive<f64> = 0.5..=10.0;

/// Something wrong, and words of the line where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Words of that line; empty for the playbook as a whole.
    pub(super) near: String,
    /// What is wrong.
    pub(super) text: String,
    /// What to write instead.
    pub(super) hint: String,
}

fn wrong(near: &str, text: String, hint: &str) -> Wrong {
    Wrong { near: near.to_owned(), text, hint: hint.to_owned() }
}

/// The first thing that is wrong with a playbook.
pub(super) fn check(playbook: &Playbook) -> Result<(), Wrong> {
    let id = &playbook.id;
    if !is_plain(id) {
        return Err(wrong(
            "id =",
            format!("{id:?} is no id"),
            "use small letters, digits and hyphens, as in connection-pool",
        ));
    }
    if playbook.depth > 2 {
        let text = format!("{id}: depth {} is not known", playbook.depth);
        return Err(wrong("depth", text, "0: more often a consequence, 1: either, 2: a cause"));
    }
    texts(playbook)?;
    signals(playbook)?;
    actions(playbook)?;
    samples(playbook)
}

fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(plain)
}

/// Texts reach the terminal: none of them may drive it.
fn texts(playbook: &Playbook) -> Result<(), Wrong> {
    let checks = playbook
        .checks
        .iter()
        .flat_map(|check| [&check.id, &check.en, &check.zh, &check.run, &check.see, &check.see_zh]);
    let remedies = playbook.mitigations.iter().flat_map(|fix| {
        [&fix.id, &fix.en, &fix.zh, &fix.run, &fix.risk, &fix.risk_zh, &fix.back, &fix.back_zh]
    });
    let tasks = playbook.follow_ups.iter().flat_map(|task| [&task.p, &task.owner, &task.en, &task.zh]);
    let pairs =
        playbook.title.iter().chain(playbook.clause.iter().flatten()).chain(playbook.counts.iter().flatten());
    let drives = |text: &&String| {
        text.chars().any(|c| {
            c.is_control() && c != '\n' && c != '\t'
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
    };
    match pairs.chain(checks).chain(remedies).chain(tasks).find(drives) {
        None => Ok(()),
        Some(text) => {
            let shown = format!("{}: {text:?} holds characters that drive a terminal", playbook.id);
            Err(wrong("", shown, "leave control and direction characters out"))
        }
    }
}

fn signals(playbook: &Playbook) -> Result<(), Wrong> {
    let id = &playbook.id;
    if playbook.mechanism.is_empty() {
        let hint = "mechanism = [\"5: too many clients | pool exhausted\"]: a weight, then phrases";
        return Err(wrong("mechanism", format!("{id}: nothing tells when it applies"), hint));
    }
    let lines = [&playbook.mechanism, &playbook.symptom, &playbook.trigger, &playbook.refute];
    for line in lines.into_iter().flatten() {
        let (weight, list) = weighted(line);
        if !WEIGHTS.contains(&weight) {
            let text = format!("{id}: {weight} is no weight, in {line:?}");
            return Err(wrong(
                line,
                text,
                "0.5 for a hint, 3 for a sign, 6 for what is unmistakable, 10 at most",
            ));
        }
        // One letter says something beside another phrase, never alone.
        let empty = |alternative: &&str| {
            alternative.split(" + ").any(|phrase| phrase.trim().is_empty()) || alternative.trim().len() < 2
        };
        if let Some(alternative) = list.split('|').find(empty) {
            let text = format!("{id}: {:?} is no phrase, in {line:?}", alternative.trim());
            let hint =
                "phrases are separated by | (either) and + (both), and one alone has two letters at least";
            return Err(wrong(line, text, hint));
        }
        list.split('|').try_for_each(|alternative| classes_of(id, line, alternative))?;
    }
    Ok(())
}

/// Classes of words are known ones, and stand beside a phrase.
fn classes_of(id: &str, line: &str, alternative: &str) -> Result<(), Wrong> {
    let names: Vec<&str> =
        alternative.split(" + ").filter_map(|part| part.trim().strip_prefix('~')).collect();
    let hint = || {
        let known: Vec<&str> = classes::names().collect();
        format!("known are ~{}, each beside a phrase: certificate + ~expired", known.join(", ~"))
    };
    if let Some(name) = names.iter().find(|name| classes::number(name).is_none()) {
        return Err(wrong(line, format!("{id}: ~{name} is no class of words, in {line:?}"), &hint()));
    }
    if !names.is_empty() && names.len() == alternative.split(" + ").count() {
        return Err(wrong(line, format!("{id}: {:?} has no phrase", alternative.trim()), &hint()));
    }
    Ok(())
}

fn actions(playbook: &Playbook) -> Result<(), Wrong> {
    let id = &playbook.id;
    let commands = playbook.checks.iter().map(|check| (&check.id, &check.run));
    let commands = commands.chain(playbook.mitigations.iter().map(|fix| (&fix.id, &fix.run)));
    for (own, run) in commands {
        if !is_plain(own) {
            return Err(wrong(
                own,
                format!("{id}: {own:?} is no id of a step"),
                "use small letters, digits and hyphens",
            ));
        }
        if let Some(slot) = names::unknown_slot(run) {
            let hint = format!(
                "known are {}; write <{slot}> for what the reader has to fill in",
                names::SLOT_NAMES.join(", ")
            );
            return Err(wrong(slot, format!("{id}: there is no name {{{slot}}}"), &hint));
        }
    }
    if let Some(check) = playbook.checks.iter().find(|check| command::effect(&check.run) >= Effect::Changes) {
        let text = format!("{id}: the check {:?} changes something: {}", check.id, check.run);
        return Err(wrong(
            &check.run,
            text,
            "checks only read; put it under mitigations, with risk and back",
        ));
    }
    let odd = playbook.follow_ups.iter().find(|task| !["P0", "P1", "P2", "P3"].contains(&task.p.as_str()));
    match odd {
        None => Ok(()),
        Some(task) => Err(wrong(&task.p, format!("{id}: {:?} is no priority", task.p), "P0, P1, P2 or P3")),
    }
}

fn samples(playbook: &Playbook) -> Result<(), Wrong> {
    let id = &playbook.id;
    if playbook.samples.is_empty() {
        return Err(wrong(
            "",
            format!("{id}: it has no samples"),
            "samples = [\"a line that shows it\"]: it is tried on them",
        ));
    }
    let registry = Registry::new(vec![playbook.clone()]);
    match misses(&registry).into_iter().next() {
        None => Ok(()),
        Some((_, sample, true)) => {
            let hint = format!("the weights of the phrases of mechanism found in it have to reach {ENOUGH}");
            Err(wrong(&sample, format!("{id}: its sample {sample:?} does not match"), &hint))
        }
        Some((_, sample, false)) => {
            let text = format!("{id}: {sample:?} is in not_samples, and matches");
            Err(wrong(&sample, text, "use longer phrases, or refute"))
        }
    }
}
