//! The order of items that two analysts rank: nothing moves for less than a clear lead.

use crate::incident::triage::{Confidence, HypothesisStatus};

/// What overtakes has to lead by this factor, as in the offline analyst's own ranking.
const LEAD: f64 = 1.2;

/// What a rank counts less than the one before it.
const FALL: f64 = 0.8;

/// An item to be placed.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub(super) id: String,
    /// Rank and confidence by the offline analyst.
    pub(super) offline: Option<(usize, Confidence)>,
    /// Rank and confidence by the model.
    pub(super) model: Option<(usize, Confidence)>,
    /// The model claimed more than what it quotes carries.
    pub(super) lowered: bool,
    pub(super) status: HypothesisStatus,
}

fn weight(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::Low => 1.0,
        Confidence::Medium => 2.0,
        Confidence::High => 4.0,
    }
}

/// Points of one analyst's list: never more than the item before has, so that its own order speaks. What was `lowered`
/// in the check holds down nothing.
fn points(
    items: &[Ranked],
    of: impl Fn(&Ranked) -> Option<(usize, Confidence)>,
    lowered: impl Fn(&Ranked) -> bool,
) -> Vec<f64> {
    let mut listed: Vec<(usize, usize, Confidence)> = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| of(item).map(|(rank, confidence)| (rank, at, confidence)))
        .collect();
    listed.sort_by_key(|(rank, at, _)| (*rank, *at));
    let mut points = vec![0.0; items.len()];
    let mut most = f64::MAX;
    for (place, (_, at, confidence)) in listed.into_iter().enumerate() {
        points[at] = most.min(weight(confidence) * FALL.powi(place as i32));
        if !lowered(&items[at]) {
            most = points[at];
        }
    }
    points
}

/// The order of `items` (indexes), which come as the offline analyst has them, then the model's own. What is on screen
/// keeps its place there; with `settled`, what leads clearly overtakes.
pub(super) fn arrange(items: &[Ranked], screen: &[&str], settled: bool) -> Vec<usize> {
    let shown = |at: usize| screen.iter().position(|id| *id == items[at].id);
    let mut order: Vec<usize> = (0..items.len()).filter(|&at| shown(at).is_some()).collect();
    order.sort_by_key(|&at| shown(at));
    for at in (0..items.len()).filter(|&at| shown(at).is_none()) {
        let place = if items[at].offline.is_some() {
            // After the item that the offline analyst has before it.
            let mut before = (0..at).rev().filter(|&other| items[other].offline.is_some());
            before
                .find_map(|other| order.iter().position(|&known| known == other))
                .map_or(0, |place| place + 1)
        } else {
            order.len()
        };
        order.insert(place, at);
    }
    if settled {
        settle(items, &mut order);
        order.sort_by_key(|&at| match items[at].status {
            HypothesisStatus::Confirmed => 0,
            HypothesisStatus::Open => 1,
            HypothesisStatus::RuledOut => 2,
        });
    }
    order
}

fn settle(items: &[Ranked], order: &mut [usize]) {
    let own = points(items, |item| item.offline, |_| false);
    let other = points(items, |item| item.model, |item| item.lowered);
    let score = |at: usize| own[at] + other[at];
    let ranked = |upper: usize, lower: usize| match (items[upper].offline, items[lower].offline) {
        (Some((above, _)), Some((below, _))) => below < above,
        _ => false,
    };
    for _ in 0..order.len() {
        let mut moved = false;
        for at in 1..order.len() {
            let (upper, lower) = (order[at - 1], order[at]);
            let leads = score(lower) >= LEAD * score(upper) && score(lower) > score(upper);
            if leads || ranked(upper, lower) && score(lower) >= score(upper) {
                order.swap(at - 1, at);
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// Ids in the order to show, where nothing is ranked: as the offline analyst has them, the model's own after the one
/// they follow on screen, new ones at the end.
pub(super) fn interleave(offline: &[&str], model: &[&str], screen: &[&str]) -> Vec<String> {
    let mut order: Vec<String> = offline.iter().map(|id| (*id).to_owned()).collect();
    let (mut known, new): (Vec<&str>, Vec<&str>) = model.iter().partition(|id| screen.contains(id));
    known.sort_by_key(|id| screen.iter().position(|shown| shown == id));
    for id in known {
        let at = screen.iter().position(|shown| *shown == id).unwrap_or(0);
        let before =
            screen[..at].iter().rev().find_map(|shown| order.iter().position(|known| known == shown));
        order.insert(before.map_or(0, |place| place + 1), id.to_owned());
    }
    order.extend(new.into_iter().map(ToOwned::to_owned));
    order
}
