//! Findings of templates that turned out to be cases of one: they become one finding. The one that began first keeps its
//! id, so what a person has seen stays what it was while the templates settle.

use std::collections::BTreeMap;

use crate::incident::{Finding, FindingKind};
use crate::log::clean;
use crate::log::finding::join::join;
use crate::log::finding::report::SUBJECT_MAX;
use crate::log::template::Miner;

/// All findings by id -> findings of settled templates.
pub(crate) fn settled(all: BTreeMap<String, Finding>, miner: &Miner) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut groups: BTreeMap<(FindingKind, u32), Vec<Finding>> = BTreeMap::new();
    for finding in all.into_values() {
        match finding.template.as_deref().and_then(|id| miner.find(id)) {
            Some(template) => {
                groups.entry((finding.kind, miner.settled(template))).or_default().push(finding);
            }
            None => out.push(finding),
        }
    }
    for ((kind, template), mut group) in groups {
        group.sort_by_cached_key(|finding| {
            (finding.at, finding.quotes.first().and_then(|q| q.place), finding.id.clone())
        });
        let mut joined: Vec<Finding> = Vec::new();
        for finding in group {
            match joined.last_mut() {
                Some(known) if is_one(kind, known, &finding) => join(known, finding),
                _ => joined.push(finding),
            }
        }
        let id = miner.id(template);
        let text = miner.patterns()[template as usize].text();
        for mut finding in joined {
            finding.template = Some(id.clone());
            if matches!(kind, FindingKind::Burst | FindingKind::NewTemplate | FindingKind::Silence) {
                finding.subject = clean::cut(text.clone(), SUBJECT_MAX).0;
            }
            out.push(finding);
        }
    }
    out
}

/// Whether two findings of cases of one template, the later one second, are one.
fn is_one(kind: FindingKind, known: &Finding, later: &Finding) -> bool {
    match kind {
        FindingKind::NewTemplate | FindingKind::Saturation | FindingKind::Growth | FindingKind::Slowdown => {
            true
        }
        FindingKind::Burst => known.ended.is_none_or(|ended| later.at.is_none_or(|at| at <= ended)),
        _ => false,
    }
}
