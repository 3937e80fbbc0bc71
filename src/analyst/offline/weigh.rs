//! Weighing: which mechanisms the evidence carries, by how much, and which statements speak for and against each. What
//! is denied is told apart in `denial`; how much of the `trouble` it is, and the `score`, come after.

use std::sync::Arc;

use crate::analyst::offline::background::Background;
use crate::analyst::offline::compare::Heard;
use crate::analyst::offline::pattern::{self, Shift};
use crate::analyst::offline::playbook::{Hit, Match, Registry, SignalKind};
use crate::analyst::offline::severity::ARTEFACTS;
use crate::evidence::lexicon::Sense;
use crate::evidence::memo::Memo;
use crate::evidence::statement::{Origin, Reading, Statement, Words};
use crate::incident::event::StepOutcome;

mod denial;
mod score;
mod trouble;

pub(super) use denial::is_denied;
use denial::{is_well, moves};
use score::{drop_needy, finish};
pub use trouble::Trouble;

/// A mechanism with what the evidence says about it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Index of the playbook.
    pub playbook: usize,
    /// How much the evidence carries it.
    pub score: f64,
    /// The part of the score that speaks for the mechanism itself.
    pub mechanism: f64,
    /// Different signals of the mechanism that were found.
    pub signals: usize,
    /// Statements for the mechanism, strongest first.
    pub carriers: Vec<Carrier>,
    /// Statements that fit its usual triggers.
    pub triggers: Vec<usize>,
    /// Statements against it.
    pub refuters: Vec<usize>,
    /// Statements in which a person only supposes it.
    pub claims: Vec<usize>,
}

/// A statement for a mechanism.
#[derive(Debug, Clone, Copy)]
pub struct Carrier {
    /// Index of the statement.
    pub statement: usize,
    /// Weight of the signal.
    pub weight: f64,
    /// Number of the signal.
    pub signal: usize,
    /// Where in the statement.
    pub at: usize,
    /// Whether the words say something by themselves.
    pub specific: bool,
    /// Whether only everyday words near each other say it.
    pub vague: bool,
}

/// What pieces of text tell the playbooks.
pub type Matches = Memo<Arc<Match>>;

/// What is remembered of the last weighing.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What matched.
    pub matches: Matches,
    patterns: pattern::Known,
}

fn matched(registry: &Registry, words: &Words, known: &mut Matches) -> Arc<Match> {
    known.get(words.text(), |_| Arc::new(registry.read(words)))
}

/// As [`matched`], for words for which `patterns` may have been found, too; what is remembered is told apart by them.
fn matched_with(registry: &Registry, words: &Words, patterns: &[&str], known: &mut Matches) -> Arc<Match> {
    let told = matched(registry, words, known);
    if patterns.is_empty() {
        return told;
    }
    let key = format!("{}\0{}", words.text(), patterns.join("\0"));
    known.get(&key, |_| {
        let hits = registry.hits_with(words, patterns);
        Arc::new(Match { hits, about: told.about.clone() })
    })
}

/// Mechanism points below which a mechanism is not put forward.
pub const ENOUGH: f64 = 4.0;

/// Weighs all playbooks in the light of what came out of the steps (`heard`); only those that something points to are
/// returned, best first. What is `known` is not looked for again.
pub fn weigh(
    registry: &Registry,
    reading: &Reading<'_>,
    heard: &[Heard],
    known: &mut Known,
) -> Vec<Candidate> {
    let trouble = Trouble::of(reading);
    let background = Background::of(reading);
    let patterns = known.patterns.find(reading);
    let known = &mut known.matches;
    let mut all: Vec<Candidate> = (0..registry.playbooks.len()).map(blank).collect();
    let calm: Vec<bool> = (0..all.len()).map(|playbook| is_calm(registry, playbook)).collect();
    for (number, statement) in reading.statements.iter().enumerate().filter(|(_, s)| !s.hostile) {
        let found: Vec<&str> =
            patterns.named.range((number, "")..(number + 1, "")).map(|&(_, name)| name).collect();
        let told = matched_with(registry, &statement.words, &found, known);
        // A measurement that moved by much is a part of the trouble, whatever words it has.
        let moved = found.contains(&"->") && !statement.healthy;
        let share = if moved { share(statement).max(1.0) } else { share(statement) };
        let trouble = trouble.share(statement);
        for &hit in &told.hits {
            // An output that does not show what its step was to show is no evidence for it, whatever words it has.
            let silent = |heard: &Heard| {
                heard.playbook == hit.playbook
                    && heard.output == Some(statement.source)
                    && heard.outcome != StepOutcome::AsExpected
            };
            if hit.kind == SignalKind::Mechanism && heard.iter().any(silent) {
                continue;
            }
            let hit =
                if background.has(number) { Hit { weight: ALWAYS_SO * hit.weight, ..hit } } else { hit };
            take(&mut all[hit.playbook], number, statement, hit, (trouble, share, calm[hit.playbook]));
        }
        if statement.healthy {
            // A normal measurement speaks against what is about the same thing.
            for &playbook in &told.about {
                // What another clause of it speaks for is not refuted by it.
                if all[playbook].carriers.iter().all(|carrier| carrier.statement != number) {
                    push(&mut all[playbook].refuters, number);
                }
            }
        }
    }
    for heard in heard.iter().filter(|heard| heard.outcome == StepOutcome::NotAsExpected) {
        if let Some(line) = heard.line {
            push(&mut all[heard.playbook].refuters, line);
        }
    }
    across(registry, reading, known, &mut all);
    columns(registry, reading, &patterns.shifts, known, &mut all);
    for candidate in &mut all {
        candidate.carriers.sort_by(|a, b| {
            let often = |carrier: &Carrier| magnitude(&reading.statements[carrier.statement]);
            let by_weight = b.weight.total_cmp(&a.weight);
            by_weight.then(often(b).cmp(&often(a))).then(a.statement.cmp(&b.statement))
        });
        finish(registry, reading, candidate, trouble);
    }
    drop_needy(registry, &mut all);
    all.retain(|candidate| candidate.mechanism > 0.0 || !candidate.claims.is_empty());
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.playbook.cmp(&b.playbook)));
    all
}

/// Share of its weight that a signal counts in what was there before the trouble began.
const ALWAYS_SO: f64 = 0.3;

/// Share of its weight that a signal counts whose words stand in different sentences.
const ACROSS: f64 = 0.75;

/// Signals whose words are spread over the sentences of one piece of line: what a person says in two sentences.
fn across(registry: &Registry, reading: &Reading<'_>, known: &mut Matches, all: &mut [Candidate]) {
    let statements = &reading.statements;
    let mut from = 0;
    while from < statements.len() {
        let segment = statements[from].segment;
        let same = statements[from..].iter().take_while(|s| std::ptr::eq(s.segment, segment)).count();
        let group = &statements[from..from + same];
        if same > 1 && group.iter().all(|s| s.is_evidence() && !s.healthy && s.origin == Origin::Prose) {
            let told = matched(registry, &group[0].around, known);
            for hit in told.hits.iter().filter(|hit| hit.kind == SignalKind::Mechanism) {
                let told = all[hit.playbook].carriers.iter().any(|known| known.signal == hit.signal);
                let holder = group.iter().position(|s| {
                    let start = s.text.as_ptr() as usize - segment.as_ptr() as usize;
                    (start..start + s.text.len()).contains(&hit.at)
                });
                let Some(holder) = holder.filter(|_| !told && !is_denied(segment, hit.at)) else { continue };
                let at = hit.at - (group[holder].text.as_ptr() as usize - segment.as_ptr() as usize);
                all[hit.playbook].carriers.push(Carrier {
                    statement: from + holder,
                    weight: ACROSS * hit.weight * share(&group[holder]),
                    signal: hit.signal,
                    at,
                    specific: hit.specific,
                    vague: hit.vague,
                });
            }
        }
        from += same.max(1);
    }
}

/// Signals in columns of tables that moved; the row in which it shows carries them.
fn columns(
    registry: &Registry,
    reading: &Reading<'_>,
    shifts: &[Shift],
    known: &mut Matches,
    all: &mut [Candidate],
) {
    for shift in shifts {
        let told = matched(registry, &Words::of(shift.said.as_str().into()), known);
        for hit in told.hits.iter().filter(|hit| hit.kind == SignalKind::Mechanism) {
            let carriers = &mut all[hit.playbook].carriers;
            let told =
                carriers.iter().any(|known| known.signal == hit.signal && known.statement == shift.row);
            if !told && !is_denied(&shift.said, hit.at) && reading.statements[shift.row].is_evidence() {
                let (statement, signal, specific) = (shift.row, hit.signal, hit.specific);
                carriers.push(Carrier {
                    statement,
                    weight: hit.weight,
                    signal,
                    at: 0,
                    specific,
                    vague: hit.vague,
                });
            }
        }
    }
}

/// How often a record came, roughly, so that the order does not change with each record; 0 for what a person wrote.
pub fn magnitude(statement: &Statement<'_>) -> u32 {
    if statement.origin == Origin::Log { statement.count.max(1).ilog2() / 2 } else { 0 }
}

fn blank(playbook: usize) -> Candidate {
    Candidate {
        playbook,
        score: 0.0,
        mechanism: 0.0,
        signals: 0,
        carriers: Vec::new(),
        triggers: Vec::new(),
        refuters: Vec::new(),
        claims: Vec::new(),
    }
}

fn push(list: &mut Vec<usize>, number: usize) {
    if list.last() != Some(&number) {
        list.push(number);
    }
}

/// Whether a playbook is of alerts without an incident: what is well speaks for it.
fn is_calm(registry: &Registry, playbook: usize) -> bool {
    ARTEFACTS.contains(&registry.playbooks[playbook].id.as_str())
}

fn take(
    candidate: &mut Candidate,
    number: usize,
    statement: &Statement<'_>,
    hit: Hit,
    (trouble, share, calm): (f64, f64, bool),
) {
    // A log is full of records that merely mention things; only those that fail or change something tell.
    let routine = statement.origin == Origin::Log && !statement.is_bad() && !statement.change;
    if routine && statement.finding.is_none() {
        return;
    }
    if hit.kind == SignalKind::Mechanism && is_denied(statement.text, hit.at) {
        if statement.is_evidence() {
            push(&mut candidate.refuters, number);
        }
        return;
    }
    match hit.kind {
        // What was tried and changed nothing is not what broke, and did not set it off.
        SignalKind::Mechanism if statement.vain => push(&mut candidate.refuters, number),
        SignalKind::Trigger if statement.vain => {}
        SignalKind::Mechanism if statement.claim => push(&mut candidate.claims, number),
        SignalKind::Mechanism if statement.healthy && !calm && is_well(statement.text, hit.at) => {
            push(&mut candidate.refuters, number);
        }
        SignalKind::Mechanism => candidate.carriers.push(Carrier {
            statement: number,
            weight: heard(statement, hit, trouble) * share,
            signal: hit.signal,
            at: hit.at,
            specific: hit.specific,
            vague: hit.vague,
        }),
        SignalKind::Trigger if statement.is_evidence() => push(&mut candidate.triggers, number),
        SignalKind::Symptom if statement.is_bad() => {
            candidate.score = candidate.score.max(hit.weight);
        }
        SignalKind::Refuter if statement.is_evidence() && !moves(statement.text) => {
            push(&mut candidate.refuters, number);
        }
        _ => {}
    }
}

/// Points that one everyday word in a record may count.
const WORD: f64 = 1.0;

/// How much a signal counts: in full where a person says it; in a record by how specific its words are and by how
/// much the record is a part of the trouble.
fn heard(statement: &Statement<'_>, hit: Hit, trouble: f64) -> f64 {
    match (statement.origin, hit.specific) {
        (Origin::Log, false) => hit.weight.min(WORD),
        (Origin::Log, true) if trouble < RARE => 0.5 * hit.weight,
        (Origin::Prose, _) | (Origin::Log, true) => hit.weight,
    }
}

/// Share of the bad records below which a template is an aside.
const RARE: f64 = 0.02;

/// Whether a text is a command that somebody typed.
pub fn is_typed(text: &str) -> bool {
    const TYPED: [&str; 10] =
        ["$ ", "# ", "kubectl ", "select ", "SELECT ", "redis-cli", "psql", "curl ", "dig ", "mysql>"];
    const PROMPTS: [&str; 6] = ["=> select", "=> SELECT", "=# select", "=# SELECT", "> select ", "> SELECT "];
    // What came out of it may stand on the same line.
    let colon = text.find(": ").filter(|&at| at <= 40 && !text[..at].contains('"'));
    let answered = text.contains("-> ") || colon.is_some();
    let shell = TYPED.iter().any(|start| text.starts_with(start));
    shell && !answered || PROMPTS.iter().any(|prompt| text.contains(prompt))
}

/// Whether a statement is a command that somebody typed.
pub fn types(statement: &Statement<'_>) -> bool {
    *statement.words.asides().typed.get_or_init(|| is_typed(statement.text))
}

/// What a failure or a change says counts full, other things less, a command that was typed least.
fn share(statement: &Statement<'_>) -> f64 {
    if types(statement) {
        0.5
    } else if statement.is_bad() || statement.change || statement.level.is_some() {
        1.0
    } else {
        0.85
    }
}

/// Whether a statement gives a measurement.
pub fn measures(statement: &Statement<'_>) -> bool {
    let text = statement.text;
    text.bytes().any(|byte| byte.is_ascii_digit())
        && (text.contains('%')
            || text.contains("->")
            || text.contains('→')
            || statement.senses.has(Sense::User)
            || statement.senses.has(Sense::Bad))
}
