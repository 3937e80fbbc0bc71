//! Findings that several sources, or several templates, have in common become one; figures are rounded for people.

use std::collections::BTreeMap;

use crate::incident::finding::RateChange;
use crate::incident::{Finding, FindingKind};

/// Most quotes of a finding that several sources share.
const QUOTES_MAX: usize = 6;

pub(crate) fn blank(id: String, kind: FindingKind) -> Finding {
    Finding {
        id,
        kind,
        subject: String::new(),
        at: None,
        ended: None,
        strength: 0,
        level: None,
        rate: None,
        quotes: Vec::new(),
        template: None,
    }
}

/// Adds a finding, or lets it join the one of the same id from another source.
pub(crate) fn add(into: &mut BTreeMap<String, Finding>, finding: Finding) {
    let Some(known) = into.get_mut(&finding.id) else {
        into.insert(finding.id.clone(), finding);
        return;
    };
    known.at = match (known.at, finding.at) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    known.ended = match (known.ended, finding.ended) {
        (Some(one), Some(other)) => Some(one.max(other)),
        _ => None,
    };
    known.strength = known.strength.max(finding.strength);
    known.level = known.level.max(finding.level);
    known.rate = match (known.rate, finding.rate) {
        (Some(one), Some(other)) => Some(RateChange {
            before: round(one.before + other.before, 1),
            peak: round(one.peak + other.peak, 2),
        }),
        (one, other) => one.or(other),
    };
    let room = QUOTES_MAX.saturating_sub(known.quotes.len());
    known.quotes.extend(finding.quotes.into_iter().take(room));
}

/// Lets a finding join another one of the same thing, which began before it.
pub(crate) fn join(known: &mut Finding, other: Finding) {
    let mut one = BTreeMap::from([(known.id.clone(), known.clone())]);
    let rate = match (known.rate, other.rate) {
        (Some(one), Some(other)) => Some(RateChange { before: one.before, peak: one.peak.max(other.peak) }),
        (one, other) => one.or(other),
    };
    add(&mut one, Finding { id: known.id.clone(), ..other });
    if let Some(joined) = one.remove(&known.id) {
        *known = Finding { rate, ..joined };
    }
}

/// Rounds to `digits` significant digits.
pub(crate) fn round(value: f64, digits: i32) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let shift = digits - 1 - value.log10().floor() as i32;
    if shift >= 0 {
        let scale = 10_f64.powi(shift);
        (value * scale).round() / scale
    } else {
        let scale = 10_f64.powi(-shift);
        (value / scale).round() * scale
    }
}

pub(crate) fn in_fives(strength: f64) -> u8 {
    ((strength / 5.0).round() * 5.0).clamp(0.0, 100.0) as u8
}
