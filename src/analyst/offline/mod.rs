//! The offline analyst: a triage from rules and data alone, without model or network. Pure and deterministic: the same
//! case file gives the same bytes; the only clock is `case.now`.
//!
//! Reading order: `evidence::statement` cuts the case into statements, `weigh` matches them against `playbook`s,
//! `trigger` finds what set it off, `belief` ranks, and the remaining files write one section each.

pub mod advice;
pub mod background;
pub mod belief;
pub mod cause;
pub mod change;
pub mod compare;
pub mod ended;
pub mod fallback;
pub mod impact;
pub mod names;
pub mod pattern;
pub mod phrase;
pub mod platform;
pub mod playbook;
pub mod postmortem;
pub mod remedy;
pub mod report;
pub mod scene;
pub mod severity;
pub mod timeline;
pub mod trigger;
pub mod unknown;
pub mod weigh;

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::analyst::Analyst;
use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::names::{Names, Slots};
use crate::analyst::offline::platform::Platform;
use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::scene::{Clocks, Scene};
use crate::analyst::offline::weigh::Known;
use crate::evidence::memo::Memo;
use crate::evidence::provenance::{Figures, KnownFigures};
use crate::evidence::statement::{Origin, Reading, Statement, Vocabulary};
use crate::evidence::{CaseFile, contradiction};
use crate::incident::triage::{Confidence, Contradiction, Hypothesis, HypothesisStatus, Run};
use crate::incident::{self, TimelineEntry, Triage};

/// Analyses by playbooks.
#[derive(Debug, Clone, Default)]
pub struct Offline {
    /// Absent for the built-in ones, which are compiled when they are first needed: never before the first frame.
    registry: Option<Arc<Registry>>,
    /// What was found in the texts of the last revision.
    memory: Memory,
}

/// What depends on a piece of text alone, kept for the next revision: most of a case file is what it was a second ago.
#[derive(Debug, Clone, Default)]
struct Memory {
    words: Vocabulary,
    weighed: Known,
    names: Memo<Arc<Slots>>,
    figures: KnownFigures,
}

impl Memory {
    /// Ends a revision: forgets what it did not use.
    fn turn(&mut self) {
        self.words.turn();
        self.weighed.matches.turn();
        self.names.turn();
        self.figures.turn();
    }
}

impl Offline {
    /// The analyst with the built-in playbooks.
    pub fn new() -> Self {
        Self::default()
    }

    /// The analyst with these playbooks.
    pub fn with(registry: Arc<Registry>) -> Self {
        Self { registry: Some(registry), memory: Memory::default() }
    }

    /// The triage of `case`. `run.latency_ms` is 0: who calls measures.
    pub fn triage(&self, case: &CaseFile) -> Triage {
        self.revise(case, &mut Memory::default())
    }

    /// Pieces of text of which something is remembered from the last revision.
    pub fn remembered(&self) -> usize {
        let memory = &self.memory;
        memory.words.len() + memory.weighed.matches.len() + memory.names.len() + memory.figures.len()
    }

    /// As [`Self::triage`], with what is remembered of an earlier case; which case that was makes no difference.
    fn revise(&self, case: &CaseFile, memory: &mut Memory) -> Triage {
        let registry = &*self.registry.clone().unwrap_or_else(Registry::built_in);
        let reading = Reading::with(case, &mut memory.words);
        let onset = trigger::onset(&reading);
        let heard = compare::heard(case, registry, &reading);
        let candidates = weigh::weigh(registry, &reading, &heard, &mut memory.weighed);
        let names = Names::find(case, &reading, &mut memory.names);
        let mut beliefs = belief::rank(case, registry, &reading, candidates, onset, &heard);
        let thin = is_thin(&reading);
        if thin {
            beliefs.retain(|belief| {
                belief.carried() && !registry.playbooks[belief.candidate.playbook].mechanism.is_empty()
            });
            for belief in &mut beliefs {
                belief.confidence = Confidence::Low;
            }
        }
        let ended =
            ended::closing(&reading).filter(|_| !beliefs.iter().any(|belief| is_shown(registry, belief)));
        if ended.is_some() {
            beliefs.clear();
        }
        let contradictions = contradiction::find(case, &reading);
        doubt(&reading, &contradictions, &mut beliefs);
        let steady = unknown::is_steady(case, &reading);
        if steady {
            for belief in &mut beliefs {
                belief.confidence = belief.confidence.min(Confidence::Low);
            }
        }
        let over = ended::over(&reading);
        if over.is_some() {
            // What nobody knows the mechanism of and is over is no finding.
            beliefs.retain(|belief| !registry.playbooks[belief.candidate.playbook].mechanism.is_empty());
        }
        let clocks = Clocks::of(&reading);
        let symptoms = OnceCell::new();
        let mut scene = Scene {
            case,
            registry,
            reading: &reading,
            names,
            beliefs,
            onset,
            thin,
            platform: Platform::of(&reading),
            over,
            steady,
            ended,
            clocks,
            symptoms,
        };
        let timeline = timeline::entries(&scene);
        scene.onset = agree(onset, incident::timeline::onset(&timeline));
        write(&scene, timeline, contradictions, &mut memory.figures)
    }
}

impl Analyst for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn analyse(&mut self, case: &Arc<CaseFile>, emit: &mut dyn FnMut(Triage) -> bool) {
        let mut memory = std::mem::take(&mut self.memory);
        let triage = self.revise(case, &mut memory);
        memory.turn();
        self.memory = memory;
        emit(triage);
    }
}

/// Whether a mechanism is more than a faint suspicion.
fn is_shown(registry: &Registry, belief: &Belief) -> bool {
    let known = !registry.playbooks[belief.candidate.playbook].mechanism.is_empty();
    known && belief.carried() && belief.confidence == Confidence::High
}

/// Almost nothing is known: no measurement, no log line, no change, only what somebody said.
pub(crate) fn is_thin(reading: &Reading<'_>) -> bool {
    if reading.statements.iter().any(|s| s.origin == Origin::Log) {
        return false;
    }
    let solid = reading.statements.iter().filter(|s| {
        s.is_evidence()
            && (s.level.is_some()
                || s.finding.is_some()
                || s.text.bytes().filter(u8::is_ascii_digit).count() >= 5)
    });
    let total: usize = reading.statements.iter().map(|s| s.text.chars().count()).sum();
    solid.count() < 2 && total < 240
}

/// A belief whose mechanism rests on statements which do not fit together is not held with high confidence. What does
/// not fit about the change that set it off is told, and leaves what broke as sure as it was.
fn doubt(reading: &Reading<'_>, contradictions: &[Contradiction], beliefs: &mut [Belief]) {
    let factual = |item: &&Contradiction| {
        item.quotes.iter().all(|quote| {
            reading.statements.iter().any(|s| s.place.is_some() && s.place == quote.place && s.is_evidence())
        })
    };
    let places: Vec<_> = contradictions
        .iter()
        .filter(factual)
        .flat_map(|item| &item.quotes)
        .filter_map(|quote| quote.place)
        .collect();
    for belief in beliefs.iter_mut().filter(|belief| belief.status == HypothesisStatus::Open) {
        let rests = belief.candidate.carriers.iter().filter(|carrier| carrier.weight >= 4.0);
        let shaken = rests
            .filter_map(|carrier| reading.statements[carrier.statement].place)
            .any(|place| places.contains(&place));
        if shaken && belief.confidence == Confidence::High {
            belief.confidence = Confidence::Medium;
        }
    }
}

/// Longest time before the onset in which an earlier sign still belongs to the same harm.
const SAME_HARM: SignedDuration = SignedDuration::from_hours(6);

/// One onset for all sections: that of the timeline, unless it begins with an old story.
fn agree(onset: Option<Timestamp>, told: Option<Timestamp>) -> Option<Timestamp> {
    match (onset, told) {
        (Some(onset), Some(told)) if onset.duration_since(told) > SAME_HARM => Some(onset),
        (onset, told) => told.or(onset),
    }
}

fn write(
    scene: &Scene<'_>,
    timeline: Vec<TimelineEntry>,
    contradictions: Vec<Contradiction>,
    known: &mut KnownFigures,
) -> Triage {
    let case = scene.case;
    let mut triage = Triage {
        service: scene.service().to_owned(),
        title: report::title(scene),
        severity: Some(severity::judge(scene)),
        summary: report::summary(scene),
        hypotheses: cause::hypotheses(scene, &contradictions),
        checklist: advice::checklist(scene),
        mitigations: remedy::mitigations(scene),
        customer_impact: impact::impact(scene),
        timeline,
        contradictions,
        missing: advice::missing(scene),
        follow_ups: advice::follow_ups(scene),
        postmortem: String::new(),
        similar: case.similar.clone(),
        opinion: None,
        run: Some(Run {
            analyst: "offline".to_owned(),
            model: None,
            prompt: None,
            language: case.language,
            latency_ms: 0,
            tokens_in: None,
            tokens_out: None,
            tokens_cached: None,
            cost_usd: None,
            at: case.now,
        }),
    };
    if triage.hypotheses.is_empty() && scene.ended.is_none() {
        triage.hypotheses.extend(unknown(scene));
    }
    trace(scene, &mut triage, known);
    triage.postmortem = postmortem::postmortem(scene, &triage);
    triage
}

/// The honest answer when the evidence carries no cause.
fn unknown(scene: &Scene<'_>) -> Option<Hypothesis> {
    if scene.ended.is_some() {
        return None;
    }
    let mut known: Vec<_> = scene.reading.statements.iter().filter(|s| !s.hostile && !s.healthy).collect();
    known.retain(|s| s.origin == Origin::Prose || s.is_bad() || s.finding.is_some());
    // The heading of a document reports nothing.
    known.retain(|s| !s.text.starts_with('#'));
    let tells =
        |s: &Statement<'_>| s.is_bad() || s.claim || s.origin == Origin::Prose && (scene.thin || !s.change);
    if !known.iter().any(|s| tells(s)) {
        return None;
    }
    let first = known.first()?;
    let bad = report::reported(scene).unwrap_or(first);
    let words = phrase::phrase(bad.text, 0, 120);
    let words = report::bare_quote(&words);
    let cause = if scene.zh() {
        format!("资料不足，原因未知：目前只有“{words}”，还不能指向具体机制")
    } else {
        format!("Not enough evidence, the cause is unknown: “{words}” alone does not point to a mechanism")
    };
    Some(Hypothesis {
        id: "not-enough-evidence".to_owned(),
        confidence: Confidence::Low,
        cause,
        evidence: known.iter().take(4).map(|s| s.quote()).collect(),
        against: Vec::new(),
        status: HypothesisStatus::Open,
        next_check: scene
            .say(
                "Look at error rate and latency, and list what was changed",
                "查看错误率与延迟，并列出近期变更",
            )
            .to_owned(),
    })
}

/// Replaces figures that the evidence does not hold.
fn trace(scene: &Scene<'_>, triage: &mut Triage, known: &mut KnownFigures) {
    let mut figures = Figures::with(scene.case, known);
    for at in unknown::figures(scene.case) {
        figures.learn(&at);
    }
    let told = scene.beliefs.iter().filter_map(|belief| change::Change::of(scene, belief)?.at);
    let dated = scene.reading.statements.iter().filter(|s| s.origin == Origin::Prose).filter_map(|s| s.at);
    let mut moments: Vec<Timestamp> = told.chain(dated).chain(scene.onset).collect();
    moments.sort_unstable();
    moments.dedup();
    for at in moments {
        figures.learn_moment(Some(at));
        if let Some(local) = scene.local(at) {
            figures.learn(&local);
        }
    }
    for text in [&mut triage.title, &mut triage.summary, &mut triage.customer_impact] {
        *text = figures.trace_unquoted(text);
    }
    if let Some(severity) = &mut triage.severity {
        severity.reasoning = figures.trace_unquoted(&severity.reasoning);
    }
    for hypothesis in &mut triage.hypotheses {
        hypothesis.cause = figures.trace_unquoted(&hypothesis.cause);
    }
}
