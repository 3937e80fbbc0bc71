//! Every playbook is tried on its own samples.

use super::*;

#[test]
fn every_family_parses() {
    for text in FAMILIES {
        if let Err(error) = toml::from_str::<Family>(text) {
            panic!("{error}");
        }
    }
    assert!(Registry::built_in().playbooks.len() >= 110);
}

#[test]
fn samples_match_and_others_do_not() {
    let registry = Registry::built_in();
    for playbook in &registry.playbooks {
        assert!(!playbook.samples.is_empty() || playbook.mechanism.is_empty(), "{}", playbook.id);
    }
    assert_eq!(own::misses(&registry), []);
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
