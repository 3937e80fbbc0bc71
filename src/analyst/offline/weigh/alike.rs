//! What the report is like where signals show little: its words, in whichever phrases they stand.

use crate::analyst::offline::playbook::Registry;
use crate::analyst::offline::weigh::{Candidate, Carrier, ENOUGH};
use crate::evidence::statement::Reading;

/// How much more a mechanism counts whose words the report uses most.
const WORDS: f64 = 0.2;

/// Likeness from which a mechanism is put forward that no signal shows, how much more alike than any other it has to be,
/// and how many terms it has to share.
const ALIKE: (f64, f64, usize) = (4.5, 1.1, 4);

/// Mechanisms that are put forward so, at most, and the share of the greatest likeness that each of them needs.
const RIVALS: usize = 3;
const RIVAL: f64 = 0.7;

/// Share of the greatest likeness below which a mechanism that a single signal shows is doubted.
const UNLIKE: f64 = 0.4;

/// Statements by which likeness is shown.
const SHOWN: usize = 3;

/// Weighs the words of the report, in whichever phrases they stand: what they are like counts more, and is put forward
/// where no signal shows anything.
pub(super) fn compare(registry: &Registry, reading: &Reading<'_>, all: &mut [Candidate]) {
    let alike = registry.likeness().read(reading);
    let mut order: Vec<usize> = (0..alike.len()).collect();
    order.sort_by(|&a, &b| alike[b].score.total_cmp(&alike[a].score).then(a.cmp(&b)));
    let [first, second, ..] = order[..] else { return };
    let most = alike[first].score;
    if most <= 0.0 {
        return;
    }
    for (candidate, alike) in all.iter_mut().zip(&alike) {
        candidate.score *= 1.0 + WORDS * alike.score / most;
    }
    let (least, lead, terms) = ALIKE;
    let shown = all.iter().filter(|candidate| candidate.mechanism >= ENOUGH);
    let top = shown.max_by(|a, b| a.score.total_cmp(&b.score));
    let best = top.map_or(0.0, |top| top.score);
    let doubtful = top.is_some_and(|top| top.signals == 1 && alike[top.playbook].score < UNLIKE * most);
    let clear = most >= least && most >= lead * alike[second].score && alike[first].terms >= terms;
    if best == 0.0 && !clear {
        return;
    }
    for &playbook in order.iter().take(RIVALS) {
        let (candidate, alike) = (&mut all[playbook], &alike[playbook]);
        let near = alike.score >= least.max(RIVAL * most) && alike.terms >= terms;
        if candidate.mechanism >= ENOUGH || !near || !candidate.refuters.is_empty() {
            continue;
        }
        candidate.carriers.extend(alike.statements.iter().take(SHOWN).map(|&statement| Carrier {
            statement,
            weight: 3.0,
            signal: 0,
            at: 0,
            specific: false,
            vague: true,
        }));
        candidate.mechanism = ENOUGH;
        // It comes after what signals show, unless a single one stands against all other words.
        let before = playbook == first && clear && doubtful;
        let room = if best == 0.0 { ENOUGH } else { best * if before { 1.1 } else { 0.5 } };
        candidate.score = room * alike.score / most;
        candidate.alike = true;
    }
}
