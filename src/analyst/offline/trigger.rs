//! What set it off: the change closest before the onset that shares words or mechanism with what broke.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::analyst::offline::weigh::Candidate;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Reading, Statement};

/// When the harm began, by the evidence: the start of the last cluster of bad statements.
pub fn onset(reading: &Reading<'_>) -> Option<Timestamp> {
    let cluster = |pick: &dyn Fn(&Statement<'_>) -> bool| {
        let mut times: Vec<Timestamp> =
            reading.statements.iter().filter(|s| is_harm(s) && pick(s)).filter_map(began).collect();
        times.sort_unstable();
        let mut onset = times.pop()?;
        while let Some(earlier) = times.pop() {
            if onset.duration_since(earlier) > SignedDuration::from_hours(6) {
                break;
            }
            onset = earlier;
        }
        Some(precise(reading, onset, pick))
    };
    let told = |s: &Statement<'_>| s.origin == Origin::Prose || s.finding.is_some();
    let severe = |s: &Statement<'_>| told(s) || s.level.is_some_and(crate::incident::Level::is_bad);
    cluster(&|s| !s.change && told(s))
        .or_else(|| cluster(&|s| !s.change && severe(s)))
        .or_else(|| cluster(&severe))
}

/// When what a statement tells began: in `12:00 0, 12:10 212, 12:20 340` at the first count that is not nought.
fn began(statement: &Statement<'_>) -> Option<Timestamp> {
    let base = statement.text.as_ptr() as usize - statement.segment.as_ptr() as usize;
    let none = |moment: &&crate::evidence::clock::Moment| {
        let after = moment.range.end.checked_sub(base).and_then(|at| statement.text.get(at..));
        let rest = after.unwrap_or("").trim_start_matches([' ', ':', '=']);
        rest.strip_prefix('0').is_some_and(|rest| rest.starts_with([',', ';', ' ', '|']))
    };
    let counted = statement.moments.len() > 1 && statement.moments.first().is_some_and(|first| none(&first));
    let later = statement.moments.iter().find(|moment| !none(moment)).filter(|_| counted);
    later.map(|moment| moment.at).or(statement.at)
}

/// Whether a statement shows harm, or an alert tells of it.
fn is_harm(statement: &Statement<'_>) -> bool {
    statement.is_bad()
        || statement.origin == Origin::Prose
            && statement.is_evidence()
            && !statement.healthy
            && statement.senses.has(Sense::Alert)
}

/// A person writes 14:02 for what a log knows to the second: the record within that minute says more.
fn precise(reading: &Reading<'_>, onset: Timestamp, pick: &dyn Fn(&Statement<'_>) -> bool) -> Timestamp {
    if onset.as_second().rem_euclid(60) != 0 {
        return onset;
    }
    let found = reading.statements.iter().filter(|s| s.finding.is_some() && s.is_bad() && pick(s));
    let within = |at: &Timestamp| (0..60).contains(&(at.as_second() - onset.as_second()));
    found.filter_map(|s| s.at).filter(within).min().unwrap_or(onset)
}

/// Points of a change that came after the onset.
const AFTER: f64 = -9.0;

/// Points that a change loses when it reads like a failure.
const FAILURE: f64 = 1.5;

/// Identifiers of a reading: they tie a change to what broke.
#[derive(Debug)]
pub struct Marks<'r> {
    /// How many statements name each.
    holders: HashMap<&'r str, u32>,
    /// Those that the failures name.
    loud: HashSet<&'r str>,
}

impl<'r> Marks<'r> {
    /// Finds them.
    pub fn of(reading: &'r Reading<'_>) -> Self {
        let mut holders = HashMap::new();
        for mark in reading.statements.iter().take(4000).flat_map(Statement::marks) {
            *holders.entry(mark.as_str()).or_default() += 1;
        }
        let bad = reading.statements.iter().filter(|s| s.is_bad() && !s.change).take(400);
        Self { holders, loud: bad.flat_map(Statement::marks).map(String::as_str).collect() }
    }
}

/// Changes that may have set `candidate` off, most likely first.
pub fn triggers(
    reading: &Reading<'_>,
    marks: &Marks<'_>,
    candidate: &Candidate,
    onset: Option<Timestamp>,
) -> Vec<usize> {
    let shared = weights(reading, marks, candidate);
    let mut changes: Vec<(usize, Option<Timestamp>)> = Vec::new();
    for (number, s) in reading.statements.iter().enumerate() {
        let condition = candidate.triggers.contains(&number) && latent(s);
        let failure = s.level.is_some() && s.is_bad();
        if s.is_evidence()
            && !failure
            && (s.change || condition)
            && !s.healthy
            && !s.senses.has(Sense::NoChange)
        {
            // A change that is told later has its own time in the same sentence.
            let told = s.moments.iter().map(|moment| moment.at).min();
            changes.push((number, told.or(s.at)));
        }
    }
    let near = |at: Option<Timestamp>| {
        let (Some(at), Some(onset)) = (at, onset) else { return None };
        (at <= onset).then(|| onset.duration_since(at))
    };
    let mut gaps: Vec<SignedDuration> = changes.iter().filter_map(|&(_, at)| near(at)).collect();
    gaps.sort_unstable();
    gaps.dedup();
    let undone = undone(reading, &changes);
    let mut scored: Vec<(f64, usize)> = changes
        .iter()
        .map(|&(number, at)| {
            let s = &reading.statements[number];
            let mut score = if candidate.triggers.contains(&number) { 3.0 } else { 0.0 };
            score += tie(&shared, s);
            score += when(at, onset, near(at), &gaps);
            score += about(marks, s);
            // What tells of a failure shows what broke rather than what set it off.
            score -= if s.is_bad() && !candidate.triggers.contains(&number) { FAILURE } else { 0.0 };
            score -= if undone.contains(&number) { 5.0 } else { 0.0 };
            score += if s.senses.has(Sense::Change) { 0.5 } else { 0.0 };
            score -= if s.senses.has(Sense::Inert) { 4.0 } else { 0.0 };
            score -= if s.senses.has(Sense::Alert) { 2.0 } else { 0.0 };
            score += if latent(s) { 1.0 } else { 0.0 };
            (score, number)
        })
        .filter(|&(score, _)| score >= 2.0)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, number)| number).collect()
}

/// Whether a change names what is in trouble; one of something that nothing else speaks of is likely unrelated.
fn about(marks: &Marks<'_>, change: &Statement<'_>) -> f64 {
    if change.marks().iter().any(|mark| marks.loud.contains(mark.as_str())) { 1.5 } else { 0.0 }
}

/// Changes that were taken back without effect: what is gone and did not help did not cause it. The one that is meant
/// shares a name with the saying, else it is the last one before.
fn undone(reading: &Reading<'_>, changes: &[(usize, Option<Timestamp>)]) -> Vec<usize> {
    const BACK: [&str; 8] =
        ["rolled back", "rollback", "roll back", "reverted", "switched back", "回滚", "撤回", "还原"];
    const FUTILE: [&str; 17] = [
        "no effect",
        "no change",
        "no difference",
        "no improvement",
        "did not help",
        "didn't help",
        "does not help",
        "nothing",
        "still ",
        "same error",
        "没变化",
        "无变化",
        "没有变化",
        "没用",
        "无效",
        "没效果",
        "没有改善",
    ];
    let mut found = Vec::new();
    for (number, s) in reading.statements.iter().enumerate().filter(|(_, s)| !s.hostile) {
        let lower = s.around.lower();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if !*s.around.asides().futile.get_or_init(|| says(&BACK) && says(&FUTILE)) {
            continue;
        }
        let named = s.around.marks();
        let shares = |other: usize| reading.statements[other].marks().iter().any(|mark| named.contains(mark));
        let same = |other: usize| reading.statements[other].line == s.line;
        let earlier = |at: Option<Timestamp>| s.at.is_none_or(|said| at.is_none_or(|at| at <= said));
        let before: Vec<usize> = changes
            .iter()
            .filter(|&&(other, at)| other != number && earlier(at))
            .map(|&(other, _)| other)
            .collect();
        let meant: Vec<usize> =
            before.iter().copied().filter(|&other| shares(other) || same(other)).collect();
        let last =
            changes.iter().filter(|(other, at)| before.contains(other) && at.is_some() && !same(*other));
        let last = last.max_by_key(|(_, at)| *at).map(|&(other, _)| other);
        found.push(number);
        if meant.is_empty() { found.extend(last) } else { found.extend(meant) }
    }
    found
}

/// As [`is_latent`], for a statement.
fn latent(statement: &Statement<'_>) -> bool {
    *statement.words.asides().latent.get_or_init(|| is_latent(statement.text))
}

/// A condition that was there before and had to break: an end of validity, a setting left behind, growth.
pub(crate) fn is_latent(text: &str) -> bool {
    const WORDS: [&str; 21] = [
        "lifetime",
        " created 20",
        "有效期",
        " since ",
        "expired",
        "expires",
        "validity",
        "missing since",
        "left behind",
        "left over",
        "left in ",
        "was set to",
        "added in",
        "doubled",
        "no longer",
        "过期",
        "到期",
        "自从",
        "以来",
        "翻倍",
        "未恢复",
    ];
    WORDS.iter().any(|word| text.contains(word))
}

fn when(
    at: Option<Timestamp>,
    onset: Option<Timestamp>,
    gap: Option<SignedDuration>,
    gaps: &[SignedDuration],
) -> f64 {
    match (at, onset, gap) {
        (Some(_), Some(_), Some(gap)) => {
            let rank = gaps.iter().position(|&known| known == gap).unwrap_or(gaps.len()) as f64;
            if gap <= SignedDuration::from_hours(24) { (3.5 - rank).max(0.5) } else { 0.5 }
        }
        (Some(at), Some(onset), None) => {
            if at.duration_since(onset) <= SignedDuration::from_mins(1) {
                1.0
            } else {
                AFTER
            }
        }
        _ => 0.0,
    }
}

/// How much each identifier of the carriers ties to another statement: rare ones more.
fn weights<'r>(reading: &'r Reading<'_>, marks: &Marks<'_>, candidate: &Candidate) -> HashMap<&'r str, f64> {
    let total = reading.statements.len().max(1) as f64;
    let carriers = candidate.carriers.iter().take(12).map(|carrier| &reading.statements[carrier.statement]);
    let weight = |mark: &'r String| {
        let holders = f64::from(marks.holders.get(mark.as_str()).copied().unwrap_or(0));
        (mark.as_str(), if holders <= 2.0 || holders / total < 0.15 { 1.5 } else { 0.5 })
    };
    carriers.flat_map(Statement::marks).map(weight).collect()
}

fn tie(shared: &HashMap<&str, f64>, statement: &Statement<'_>) -> f64 {
    let sum: f64 = statement.marks().iter().filter_map(|mark| shared.get(mark.as_str())).sum();
    sum.min(4.5)
}
