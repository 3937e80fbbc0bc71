//! The cause statement: what broke and what set it off, in the words and figures of the evidence.

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::scene::{Scene, excerpt};
use crate::analyst::offline::weigh::Candidate;
use crate::incident::triage::{Hypothesis, HypothesisStatus};

/// Characters of one quoted fragment.
const FRAGMENT: usize = 84;

/// Characters of the quoted change.
const CHANGE: usize = 120;

/// The hypotheses of the scene as documents.
pub fn hypotheses(scene: &Scene<'_>) -> Vec<Hypothesis> {
    scene.beliefs.iter().map(|belief| hypothesis(scene, belief)).collect()
}

fn hypothesis(scene: &Scene<'_>, belief: &Belief) -> Hypothesis {
    let playbook = scene.playbook(belief.candidate.playbook);
    let next = playbook.checks.first().map(|check| scene.say(&check.en, &check.zh));
    let quotes = |numbers: &[usize]| numbers.iter().map(|&number| scene.statement(number).quote()).collect();
    let mut against = belief.against.clone();
    against.extend(belief.candidate.claims.iter().filter(|_| !belief.carried()).take(2));
    Hypothesis {
        id: playbook.id.clone(),
        confidence: belief.confidence,
        cause: cause(scene, belief),
        evidence: quotes(&belief.evidence),
        against: quotes(&against),
        status: belief.status,
        next_check: next.unwrap_or_default().to_owned(),
    }
}

/// What broke and what set it off.
pub fn cause(scene: &Scene<'_>, belief: &Belief) -> String {
    let title = scene.title(belief.candidate.playbook);
    if !belief.carried() {
        let said = match (belief.status, scene.zh()) {
            (HypothesisStatus::RuledOut, true) => "有人提出，但证据不支持，已排除",
            (HypothesisStatus::RuledOut, false) => "supposed by a person; the evidence speaks against it",
            (_, true) => "仅为推测，尚无证据",
            (_, false) => "supposed by a person; nothing in the evidence shows it yet",
        };
        return if scene.zh() { format!("{title}（{said}）") } else { format!("{title} ({said})") };
    }
    let mut quoted: Vec<String> = Vec::new();
    let change = belief.triggers.first().map(|&number| scene.statement(number).segment);
    let wanted = if scene.playbook(belief.candidate.playbook).mechanism.is_empty() { 3 } else { 2 };
    fragments(scene, &belief.candidate, wanted, change, &mut quoted);
    if quoted.is_empty() {
        let shown = belief.evidence.iter().map(|&number| scene.statement(number));
        let failure =
            shown.filter(|s| s.is_bad() && !same(change, s.segment)).map(|s| excerpt(s.text, 0, FRAGMENT));
        quoted.extend(failure.take(1));
    }
    if quoted.is_empty() {
        fragments(scene, &belief.candidate, 1, None, &mut quoted);
    }
    let mut text = title.to_owned();
    if let Some(effect) = &belief.effect {
        let title = scene.title(effect.playbook);
        let short = title.split([':', '：', '(', '（']).next().unwrap_or(title).trim();
        text.extend([if scene.zh() {
            format!("，导致{short}")
        } else {
            format!("; as a consequence: {short}")
        }]);
    }
    text.push_str(scene.say(": ", "："));
    text.push_str(&list(scene, &quoted));
    if let Some(root) = &belief.root {
        let known = quoted.len();
        fragments(scene, root, 1, change, &mut quoted);
        let title = scene.title(root.playbook);
        let short = title.split([':', '：']).next().unwrap_or(title);
        text.extend([if scene.zh() {
            format!("；由“{short}”引起")
        } else {
            format!("; brought about by: {short}")
        }]);
        if quoted.len() > known {
            let fragment = &quoted[known];
            text.extend([if scene.zh() {
                format!("（“{fragment}”）")
            } else {
                format!(" (“{fragment}”)")
            }]);
        }
    }
    if let Some(change) = set_off(scene, belief) {
        let words = scene.say("; set off by", "；由以下变更或条件触发：");
        text.push_str(words);
        text.extend([if scene.zh() { format!("“{change}”") } else { format!(" “{change}”") }]);
    }
    text
}

fn list(scene: &Scene<'_>, quoted: &[String]) -> String {
    let parts: Vec<String> = quoted.iter().map(|fragment| format!("“{fragment}”")).collect();
    parts.join(scene.say(", ", "，"))
}

fn same(change: Option<&str>, segment: &str) -> bool {
    change.is_some_and(|change| std::ptr::eq(change, segment))
}

/// Excerpts of the strongest statements, one per signal where there are several; not of the change, which is quoted
/// on its own.
fn fragments(
    scene: &Scene<'_>,
    candidate: &Candidate,
    wanted: usize,
    change: Option<&str>,
    quoted: &mut Vec<String>,
) {
    let max = if scene.zh() { FRAGMENT * 2 / 3 } else { FRAGMENT };
    let mut signals = Vec::new();
    let full = quoted.len() + wanted;
    for carrier in &candidate.carriers {
        if quoted.len() >= full {
            return;
        }
        let statement = scene.statement(carrier.statement);
        if same(change, statement.segment) {
            continue;
        }
        let fragment = excerpt(statement.text, carrier.at, max);
        let known = quoted.iter().any(|other| other.contains(&fragment) || fragment.contains(other.as_str()));
        if signals.contains(&carrier.signal) || known {
            continue;
        }
        signals.push(carrier.signal);
        quoted.push(fragment);
    }
}

/// The change that set it off, in its own words.
pub fn set_off(scene: &Scene<'_>, belief: &Belief) -> Option<String> {
    let number = *belief.triggers.first()?;
    let own = scene.words(number);
    let at = if scene.zh() { CHANGE * 2 / 3 } else { CHANGE };
    Some(excerpt(own, 0, at))
}
