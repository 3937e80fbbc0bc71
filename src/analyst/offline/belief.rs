//! Belief: from weighed mechanisms to a short ranked list of hypotheses, with confidence and the say of the persons.

use jiff::Timestamp;

use crate::analyst::offline::compare::Heard;
use crate::analyst::offline::fallback;
use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::trigger::{self, Marks};
use crate::analyst::offline::weigh::{Candidate, Carrier, ENOUGH, Trouble, measures, types};
use crate::evidence::CaseFile;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Reading, Statement, is_ready_row};
use crate::incident::Level;
use crate::incident::event::StepOutcome;
use crate::incident::triage::{Confidence, HypothesisStatus};

/// Most hypotheses listed.
const LISTED_MAX: usize = 5;

/// A later mechanism overtakes an earlier one only when it leads by this factor.
const LEAD: f64 = 1.2;

/// A surer mechanism goes first when its score is at least this share of the first one's.
const CLOSE: f64 = 0.6;

/// Most quotes under the first hypothesis and under the others.
const QUOTES: [usize; 2] = [12, 4];

/// A hypothesis before it is put into words.
#[derive(Debug, Clone)]
pub struct Belief {
    /// The weighed mechanism.
    pub candidate: Candidate,
    /// The mechanism that brought this one about, where the evidence carries one.
    pub root: Option<Candidate>,
    /// What it brought about, where the evidence carries that, too.
    pub effect: Option<Candidate>,
    /// Changes that may have set it off, most likely first.
    pub triggers: Vec<usize>,
    /// Statements for it, in the order to quote.
    pub evidence: Vec<usize>,
    /// Statements against it.
    pub against: Vec<usize>,
    /// How sure.
    pub confidence: Confidence,
    /// Where it stands.
    pub status: HypothesisStatus,
}

impl Belief {
    /// Whether the evidence carries the mechanism, rather than a person's guess alone.
    pub fn carried(&self) -> bool {
        self.candidate.mechanism >= ENOUGH
    }
}

/// The ranked hypotheses.
pub fn rank(
    case: &CaseFile,
    registry: &Registry,
    reading: &Reading<'_>,
    candidates: Vec<Candidate>,
    onset: Option<Timestamp>,
    heard: &[Heard],
) -> Vec<Belief> {
    let mut candidates = candidates;
    for candidate in &mut candidates {
        candidate.score *= results(heard, candidate.playbook);
    }
    settle(case, registry, &mut candidates);
    let mut beliefs: Vec<Belief> = Vec::new();
    let top = candidates.iter().find(|candidate| candidate.mechanism >= ENOUGH && candidate.score > 0.0);
    let best = top.map_or(0.0, |top| top.score);
    let root = top.and_then(|top| {
        let near = root_of(registry, &candidates, top)?;
        let far = root_of(registry, &candidates, near).filter(|far| far.playbook != top.playbook);
        Some(far.unwrap_or(near).clone())
    });
    let effect =
        top.filter(|_| root.is_none()).and_then(|top| effect_of(registry, &candidates, top)).cloned();
    let marks = Marks::of(reading);
    for candidate in &candidates {
        let verdict = verdict(case, &registry.playbooks[candidate.playbook].id);
        let told = root.iter().chain(&effect).any(|told| told.playbook == candidate.playbook);
        let supposed = candidate.mechanism < ENOUGH && !candidate.claims.is_empty();
        let carried = {
            // What a person looked into stays in sight, however weak it became.
            let tried = heard.iter().any(|heard| heard.playbook == candidate.playbook);
            candidate.mechanism >= ENOUGH && (candidate.score >= 0.35 * best || tried) && !told
        };
        let own = adds(&beliefs, candidate);
        if verdict.is_none() && !(supposed || carried && own) || beliefs.len() >= LISTED_MAX {
            continue;
        }
        let first = beliefs.is_empty() && carried;
        let mut belief =
            believe((reading, &marks), candidate, root.clone().filter(|_| first), onset, verdict);
        belief.effect = effect.clone().filter(|_| first);
        belief.confidence = after_steps(heard, &belief);
        beliefs.push(belief);
    }
    // What only an aside of a log speaks of does not lead.
    if top.is_none_or(|top| is_logged(reading, top) && !is_borne(reading, top)) {
        let own = fallback::unrecognised(registry, reading);
        if let Some(candidate) = own {
            let id = &registry.playbooks[candidate.playbook].id;
            let mut belief = believe((reading, &marks), &candidate, None, onset, verdict(case, id));
            belief.confidence = Confidence::Low;
            beliefs.insert(0, belief);
        }
    }
    promote(registry, reading, &mut beliefs);
    if let Some(first) = beliefs.first_mut() {
        corroborate(reading, first);
    }
    beliefs.sort_by_key(|belief| match belief.status {
        HypothesisStatus::Confirmed => 0,
        HypothesisStatus::Open => 1,
        HypothesisStatus::RuledOut => 2,
    });
    beliefs
}

/// A mechanism that is shown in several ways, with what set it off, goes before a louder one that is less sure.
fn promote(registry: &Registry, reading: &Reading<'_>, beliefs: &mut [Belief]) {
    let Some(first) = beliefs.first() else { return };
    let near = CLOSE * first.candidate.score;
    // What is a consequence more often than a cause goes up only where it is sure.
    let depth = |belief: &Belief| registry.playbooks[belief.candidate.playbook].depth;
    let sure = |belief: &Belief| {
        belief.confidence > first.confidence
            && belief.carried()
            && (belief.confidence == Confidence::High || depth(belief) > 0 || depth(first) == 0)
            && belief.status == HypothesisStatus::Open
            && belief.candidate.score >= near
            && is_varied(reading, &belief.candidate)
    };
    if first.status != HypothesisStatus::Open || first.confidence == Confidence::High {
        return;
    }
    if let Some(at) = beliefs.iter().position(sure) {
        beliefs[..=at].rotate_right(1);
    }
}

/// Whether different statements speak for a mechanism; one record that comes again and again may be background.
fn is_varied(reading: &Reading<'_>, candidate: &Candidate) -> bool {
    let shape = |number: usize| -> String {
        reading.statements[number].text.chars().filter(|c| !c.is_ascii_digit()).collect()
    };
    let mut shapes: Vec<String> = candidate.carriers.iter().map(|carrier| shape(carrier.statement)).collect();
    shapes.sort();
    shapes.dedup();
    candidate.signals >= 2 || shapes.len() >= 3
}

/// Whether a record shows a failure, rather than ordinary work that became frequent.
pub fn is_failing(statement: &Statement<'_>) -> bool {
    statement.is_bad() && statement.level.is_none_or(|level| level >= Level::Warn)
}

/// What the results of its steps do to a mechanism's score.
fn results(heard: &[Heard], playbook: usize) -> f64 {
    let own = heard.iter().filter(|heard| heard.playbook == playbook);
    let factor = |heard: &Heard| match heard.outcome {
        StepOutcome::AsExpected => 1.5,
        StepOutcome::NotAsExpected => 0.4,
        StepOutcome::Todo | StepOutcome::Done | StepOutcome::Skipped => 1.0,
    };
    own.map(factor).product()
}

/// The confidence after what came out of the steps: one step that was not as expected makes it a level less sure, one
/// that was a level surer, where nothing speaks against it.
fn after_steps(heard: &[Heard], belief: &Belief) -> Confidence {
    let own = || heard.iter().filter(|heard| heard.playbook == belief.candidate.playbook);
    let against = own().any(|heard| heard.outcome == StepOutcome::NotAsExpected);
    let fits = own().any(|heard| heard.outcome == StepOutcome::AsExpected) && belief.against.is_empty();
    match (belief.status, belief.confidence) {
        (HypothesisStatus::Open, Confidence::High) if against => Confidence::Medium,
        (HypothesisStatus::Open, Confidence::Medium) if against => Confidence::Low,
        (HypothesisStatus::Open, Confidence::Low) if fits && !against && belief.carried() => {
            Confidence::Medium
        }
        (HypothesisStatus::Open, Confidence::Medium) if fits && !against => Confidence::High,
        (_, confidence) => confidence,
    }
}

fn verdict(case: &CaseFile, id: &str) -> Option<HypothesisStatus> {
    let found = case.verdicts.iter().find(|verdict| verdict.hypothesis == id)?;
    (found.status != HypothesisStatus::Open).then_some(found.status)
}

/// Keeps the order on screen unless a mechanism leads clearly.
fn settle(case: &CaseFile, registry: &Registry, candidates: &mut [Candidate]) {
    let before = |candidate: &Candidate| {
        let id = &registry.playbooks[candidate.playbook].id;
        case.previous.hypotheses.iter().position(|hypothesis| hypothesis.id == *id)
    };
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.playbook.cmp(&b.playbook)));
    for _ in 0..candidates.len().min(8) {
        let mut moved = false;
        for at in 1..candidates.len() {
            let (upper, lower) = (&candidates[at - 1], &candidates[at]);
            let (Some(was_upper), Some(was_lower)) = (before(upper), before(lower)) else { continue };
            if was_lower < was_upper && upper.score < LEAD * lower.score {
                candidates.swap(at - 1, at);
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// A mechanism that usually sets `top` off and is carried itself.
fn root_of<'c>(registry: &Registry, candidates: &'c [Candidate], top: &Candidate) -> Option<&'c Candidate> {
    let id = &registry.playbooks[top.playbook].id;
    candidates.iter().find(|candidate| {
        candidate.playbook != top.playbook
            && candidate.mechanism >= ENOUGH
            && candidate.score >= 0.35 * top.score
            && registry.playbooks[candidate.playbook].leads_to.contains(id)
    })
}

/// A mechanism that `top` usually brings about and that is carried itself.
fn effect_of<'c>(registry: &Registry, candidates: &'c [Candidate], top: &Candidate) -> Option<&'c Candidate> {
    let leads = &registry.playbooks[top.playbook].leads_to;
    candidates.iter().find(|candidate| {
        candidate.mechanism >= ENOUGH && leads.contains(&registry.playbooks[candidate.playbook].id)
    })
}

/// Whether a mechanism rests on a statement that no listed one rests on.
fn adds(beliefs: &[Belief], candidate: &Candidate) -> bool {
    let new = |carrier: &Carrier| {
        beliefs.iter().all(|belief| {
            let root = belief.root.iter().flat_map(|root| &root.carriers);
            belief.candidate.carriers.iter().chain(root).all(|other| other.statement != carrier.statement)
        })
    };
    beliefs.is_empty() || candidate.carriers.iter().any(|carrier| carrier.weight >= 4.0 && new(carrier))
}

fn believe(
    (reading, marks): (&Reading<'_>, &Marks<'_>),
    candidate: &Candidate,
    root: Option<Candidate>,
    onset: Option<Timestamp>,
    verdict: Option<HypothesisStatus>,
) -> Belief {
    let mut joined = candidate.clone();
    if let Some(root) = &root {
        joined.carriers.extend(root.carriers.iter().copied());
        joined.triggers.extend(root.triggers.iter().copied());
    }
    let triggers = if candidate.mechanism >= ENOUGH {
        trigger::triggers(reading, marks, &joined, onset)
    } else {
        Vec::new()
    };
    let mut evidence: Vec<usize> = Vec::new();
    let mut add = |number: usize| {
        if evidence.len() < QUOTES[1] + 2 && !evidence.contains(&number) {
            evidence.push(number);
        }
    };
    candidate.carriers.iter().take(4).for_each(|carrier| add(carrier.statement));
    root.iter().flat_map(|root| root.carriers.iter().take(2)).for_each(|carrier| add(carrier.statement));
    triggers.first().copied().into_iter().for_each(add);
    let mut against = candidate.refuters.clone();
    against.truncate(4);
    let supposed = candidate.mechanism < ENOUGH;
    let status = verdict.unwrap_or(match (supposed, against.is_empty()) {
        (true, false) => HypothesisStatus::RuledOut,
        _ => HypothesisStatus::Open,
    });
    let confidence = confidence(reading, candidate, &triggers, status);
    Belief {
        candidate: candidate.clone(),
        root,
        effect: None,
        triggers,
        evidence,
        against,
        confidence,
        status,
    }
}

/// High needs the mechanism shown by two signals (or one that stands for itself many times) and what set it off, and
/// nothing against it.
fn confidence(
    reading: &Reading<'_>,
    candidate: &Candidate,
    triggers: &[usize],
    status: HypothesisStatus,
) -> Confidence {
    match status {
        HypothesisStatus::Confirmed => return Confidence::High,
        HypothesisStatus::RuledOut => return Confidence::Low,
        HypothesisStatus::Open => {}
    }
    let verified =
        candidate.carriers.iter().any(|carrier| reading.statements[carrier.statement].place.is_some());
    if candidate.mechanism < ENOUGH || !verified {
        return Confidence::Low;
    }
    if is_logged(reading, candidate) && !is_borne(reading, candidate) {
        return Confidence::Low;
    }
    let strong = candidate.carriers.iter().any(|carrier| carrier.specific && carrier.weight >= 5.0);
    let many = candidate.signals >= 2 || candidate.carriers.len() >= 3;
    match (strong && many && !triggers.is_empty(), candidate.refuters.is_empty()) {
        (true, true) => Confidence::High,
        (true, false) | (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    }
}

/// Whether only records of logs speak for a mechanism.
fn is_logged(reading: &Reading<'_>, candidate: &Candidate) -> bool {
    candidate.carriers.iter().all(|carrier| reading.statements[carrier.statement].origin == Origin::Log)
}

/// Share of the bad records that makes one template frequent.
const FREQUENT: f64 = 0.1;

/// Whether records carry a mechanism: two templates that say so independently, or one that is much of the trouble.
fn is_borne(reading: &Reading<'_>, candidate: &Candidate) -> bool {
    let trouble = Trouble::of(reading);
    let telling = candidate.carriers.iter().filter(|carrier| carrier.specific && carrier.weight >= 3.0);
    let mut templates: Vec<usize> = telling.map(|carrier| carrier.statement).collect();
    templates.sort_unstable();
    templates.dedup();
    let frequent = |&number: &usize| trouble.share(&reading.statements[number]) >= FREQUENT;
    let together = trouble.part(reading, candidate) >= FREQUENT / 2.0;
    templates.len() >= 2 && together || templates.iter().any(frequent)
}

/// Fills the first hypothesis' evidence: what shares identifiers with it, what measures the harm, and what rules out
/// the alternatives.
fn corroborate(reading: &Reading<'_>, belief: &mut Belief) {
    let mut ties: Vec<String> = Vec::new();
    for &number in belief.evidence.iter().chain(belief.triggers.iter().take(2)) {
        ties.extend(reading.statements[number].marks().iter().cloned());
    }
    ties.sort();
    ties.dedup();
    let total = reading.statements.len();
    let frequent = |mark: &String| {
        let holders =
            reading.statements.iter().take(4000).filter(|s| s.words.lower().contains(mark.as_str()));
        holders.count() * 3 > total.max(18)
    };
    ties.retain(|mark| !frequent(mark));
    ties.truncate(64);
    let mut scored: Vec<(f64, usize)> = Vec::new();
    for (number, s) in reading.statements.iter().enumerate().take(4000) {
        let loud = s.finding.is_some_and(|finding| finding.level.is_some_and(|level| level >= Level::Warn));
        let quiet = s.origin == Origin::Log && !loud && !s.change;
        let silent = belief.against.contains(&number)
            || types(s)
            || *s.words.asides().ready.get_or_init(|| is_ready_row(s.text));
        if !s.is_evidence()
            || quiet
            || silent
            || belief.evidence.contains(&number)
            || s.text.chars().count() < 8
        {
            continue;
        }
        let lower = s.words.lower();
        let shared = ties.iter().filter(|mark| lower.contains(mark.as_str())).count();
        let mut score = 2.0 * shared.min(3) as f64;
        score += if belief.triggers.contains(&number) { 2.5 } else { 0.0 };
        score += if belief.candidate.triggers.contains(&number) { 1.5 } else { 0.0 };
        score += if measures(s) { 1.5 } else { 0.0 };
        score += if s.level.is_some_and(Level::is_bad) { 1.5 } else { 0.0 };
        score += if s.senses.has(Sense::User) { 0.5 } else { 0.0 };
        score += if s.healthy { 1.0 } else { 0.0 };
        score += if s.change { 0.5 } else { 0.0 };
        if score >= 1.5 {
            scored.push((score, number));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let room = QUOTES[0].saturating_sub(belief.evidence.len());
    belief.evidence.extend(scored.into_iter().take(room).map(|(_, number)| number));
}
