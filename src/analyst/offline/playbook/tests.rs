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
fn what_is_read_later_is_what_is_there() {
    let whole = FAMILIES.iter().flat_map(|text| toml::from_str::<Family>(text).unwrap().playbook);
    let registry = Registry::built_in();
    let mut read = registry.playbooks.iter();
    for whole in whole {
        let begun = read.next().unwrap();
        let later = format!("{:?}", (begun.checks(), begun.mitigations(), begun.follow_ups()));
        assert_eq!(later, format!("{:?}", (whole.checks(), whole.mitigations(), whole.follow_ups())));
        assert_eq!((begun.samples(), begun.not_samples()), (whole.samples(), whole.not_samples()));
        let head = |playbook: &Playbook| {
            let mut head = Playbook { text: None, whole: OnceLock::new(), ..playbook.clone() };
            (head.checks, head.mitigations, head.follow_ups) = Default::default();
            (head.samples, head.not_samples) = Default::default();
            format!("{head:?}")
        };
        assert_eq!(head(begun), head(&whole));
    }
    assert!(read.next().is_none());
}

#[test]
fn samples_match_and_others_do_not() {
    let registry = Registry::built_in();
    for playbook in &registry.playbooks {
        assert!(!playbook.samples().is_empty() || playbook.mechanism.is_empty(), "{}", playbook.id);
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
        assert!(!playbook.checks().is_empty() && !playbook.follow_ups().is_empty(), "{}", playbook.id);
    }
}

/// What a sample says for each playbook, best first; causes count more than consequences.
fn ranking(registry: &Registry, sample: &str) -> Vec<(usize, f64)> {
    let mut sums: Vec<(usize, f64)> = (0..registry.playbooks.len()).map(|index| (index, 0.0)).collect();
    let plain = |hit: &&Hit| hit.kind == SignalKind::Mechanism && !hit.vague;
    for hit in registry.hits(sample).iter().filter(plain) {
        let depth = f64::from(registry.playbooks[hit.playbook].depth);
        sums[hit.playbook].1 += hit.weight * (1.0 + 0.15 * depth);
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    sums
}

#[test]
fn a_sample_points_to_its_own_playbook_before_unrelated_ones() {
    let registry = Registry::built_in();
    let mut lost = Vec::new();
    for (index, playbook) in registry.playbooks.iter().enumerate() {
        for sample in playbook.samples() {
            let ranking = ranking(&registry, sample);
            let own = ranking.iter().find(|(other, _)| *other == index).map_or(0.0, |(_, sum)| *sum);
            let (first, best) = ranking[0];
            let winner = &registry.playbooks[first];
            let related = playbook.leads_to.contains(&winner.id) || winner.leads_to.contains(&playbook.id);
            if best > own && !related {
                lost.push((playbook.id.as_str(), winner.id.as_str(), sample.as_str()));
            }
        }
    }
    assert_eq!(lost, []);
}

#[test]
fn a_number_that_counts_something_is_no_code() {
    let registry = Registry::built_in();
    let large = registry.index("request-size").unwrap();
    let found = |text: &str| registry.hits(text).iter().any(|hit| hit.playbook == large);
    assert!(found("nginx answers 413 to every upload"));
    assert!(found("status=413"));
    for text in ["job 77 failed (attempt 413)", "took 413 ms", "ticket #413", "413 rows"] {
        assert!(!found(text), "{text}");
    }
}

#[test]
fn a_backlog_shows_by_its_size() {
    let registry = Registry::built_in();
    let lag = registry.index("queue-lag").unwrap();
    let found = |text: &str| registry.hits(text).iter().any(|hit| hit.playbook == lag && hit.signal == 2);
    for text in ["pay.q ready=184233 unacked=250", "queue depth 88,410", "queue size 310k", "任务堆积 18 万"]
    {
        assert!(found(text), "{text}");
    }
    for text in ["pay.q ready=3 unacked=250", "queue depth at 2026-05-21 11:10:07", "queue depth 12"] {
        assert!(!found(text), "{text}");
    }
}

#[test]
fn titles_are_told_in_full() {
    for playbook in &Registry::built_in().playbooks {
        assert!(playbook.title[0].chars().count() <= 100, "{}", playbook.id);
        let chinese = !playbook.title[1].is_ascii();
        assert!(chinese, "{} has no Chinese title", playbook.id);
    }
}
