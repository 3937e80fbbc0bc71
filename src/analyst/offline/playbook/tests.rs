//! Every playbook is tried on its own samples.

use super::*;

#[test]
fn every_family_parses() {
    for text in FAMILIES {
        if let Err(error) = toml::from_str::<Family>(text) {
            panic!("{error}");
        }
    }
    assert!(Registry::built_in().playbooks.len() >= 25);
}

fn mechanism(registry: &Registry, playbook: usize, text: &str) -> bool {
    let hits = registry.hits(text);
    let own = hits.iter().filter(|hit| hit.playbook == playbook && hit.kind == SignalKind::Mechanism);
    own.map(|hit| hit.weight).sum::<f64>() >= crate::analyst::offline::weigh::ENOUGH
}

#[test]
fn samples_match_and_others_do_not() {
    let registry = Registry::built_in();
    let mut wrong = Vec::new();
    for (index, playbook) in registry.playbooks.iter().enumerate() {
        assert!(!playbook.samples.is_empty() || playbook.mechanism.is_empty(), "{}", playbook.id);
        for sample in &playbook.samples {
            if !mechanism(registry, index, sample) {
                wrong.push(format!("{}: no match: {sample}", playbook.id));
            }
        }
        for sample in &playbook.not_samples {
            let refuted = registry
                .hits(sample)
                .iter()
                .any(|hit| hit.playbook == index && hit.kind == SignalKind::Refuter);
            if mechanism(registry, index, sample) && !refuted {
                wrong.push(format!("{}: match: {sample}", playbook.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_relations_lead_somewhere() {
    let registry = Registry::built_in();
    for playbook in &registry.playbooks {
        assert_eq!(registry.playbooks.iter().filter(|other| other.id == playbook.id).count(), 1);
        for other in playbook.leads_to.iter().chain(&playbook.needs) {
            assert!(registry.index(other).is_some(), "{} names {other}", playbook.id);
        }
        assert!(!playbook.checks.is_empty() && !playbook.follow_ups.is_empty(), "{}", playbook.id);
    }
}
