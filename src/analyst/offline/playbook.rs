//! Playbooks: what a mechanism looks like in evidence, what refutes it, and what to check and do. Data in
//! `playbooks/*.toml`, one file per family, compiled into one matcher.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer};

mod classes;
pub mod concepts;
mod figures;
pub mod own;
mod registry;

pub use registry::{Hit, Match, Registry, SignalKind};

/// The built-in families.
const FAMILIES: [&str; 23] = [
    include_str!("playbooks/database.toml"),
    include_str!("playbooks/storage.toml"),
    include_str!("playbooks/compute.toml"),
    include_str!("playbooks/network.toml"),
    include_str!("playbooks/flow.toml"),
    include_str!("playbooks/change.toml"),
    include_str!("playbooks/kubernetes.toml"),
    include_str!("playbooks/security.toml"),
    include_str!("playbooks/transactions.toml"),
    include_str!("playbooks/stores.toml"),
    include_str!("playbooks/runtime.toml"),
    include_str!("playbooks/paths.toml"),
    include_str!("playbooks/messaging.toml"),
    include_str!("playbooks/cluster.toml"),
    include_str!("playbooks/host.toml"),
    include_str!("playbooks/release.toml"),
    include_str!("playbooks/edges.toml"),
    include_str!("playbooks/consistency.toml"),
    include_str!("playbooks/code.toml"),
    include_str!("playbooks/platform.toml"),
    include_str!("playbooks/delivery.toml"),
    include_str!("playbooks/trust.toml"),
    include_str!("playbooks/engines.toml"),
];

/// One mechanism.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Stable id; hypotheses carry it.
    pub id: String,
    /// 0 a consequence more often than a cause, 1 either, 2 a cause.
    pub depth: u8,
    /// What broke, in English and Chinese; one text stands for both.
    #[serde(deserialize_with = "both")]
    pub title: [String; 2],
    /// How it reads inside a sentence, in English and Chinese.
    #[serde(default)]
    pub clause: Option<[String; 2]>,
    /// What its limit counts, after the figure: `500 / 500 in use`; in English and Chinese.
    #[serde(default)]
    pub counts: Option<[String; 2]>,
    /// Words for what it is about: measurements of these that are normal speak against it.
    #[serde(default)]
    pub about: Vec<String>,
    /// Mechanisms this one sets off.
    #[serde(default)]
    pub leads_to: Vec<String>,
    /// Counts only when one of these is in evidence, too.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Nobody is hurt by it as long as nothing else fails.
    #[serde(default)]
    pub harmless: bool,
    /// Signals of the mechanism itself: `weight: phrase | phrase + phrase`. `~gone` stands for any word of that class
    /// beside a phrase, `@full` for what a text says in figures.
    pub mechanism: Vec<String>,
    /// Signals of its effect.
    #[serde(default)]
    pub symptom: Vec<String>,
    /// Signals of what sets it off.
    #[serde(default)]
    pub trigger: Vec<String>,
    /// Phrases that speak against it.
    #[serde(default)]
    pub refute: Vec<String>,
    #[serde(default)]
    checks: Vec<Check>,
    #[serde(default)]
    mitigations: Vec<Remedy>,
    #[serde(default)]
    follow_ups: Vec<Task>,
    #[serde(default)]
    samples: Vec<String>,
    #[serde(default)]
    not_samples: Vec<String>,
    /// Where the five above are read when they are first asked for; absent where they are read.
    #[serde(skip)]
    text: Option<&'static str>,
    #[serde(skip)]
    whole: OnceLock<Box<Playbook>>,
}

/// What tells nothing about when a playbook applies: of most playbooks it is never asked for.
const LATER: [&str; 5] = ["checks", "mitigations", "follow_ups", "samples", "not_samples"];

impl Playbook {
    /// A playbook that comes with sevdeck, of which is read what tells when it applies.
    fn begun(text: &'static str) -> Option<Self> {
        let mut kept = true;
        let head = text.split_inclusive('\n').filter(|line| {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                kept = !LATER.iter().any(|key| line.starts_with(key));
            }
            kept
        });
        let playbook = Self::parsed(&head.collect::<String>())?;
        Some(Self { text: Some(text), ..playbook })
    }

    fn parsed(text: &str) -> Option<Self> {
        toml::from_str::<Family>(text).ok()?.playbook.into_iter().next()
    }

    fn whole(&self) -> &Self {
        let Some(text) = self.text else { return self };
        self.whole.get_or_init(|| {
            let whole = Self::parsed(text).unwrap_or_else(|| Self { text: None, ..self.clone() });
            Box::new(whole)
        })
    }

    /// Steps of the investigation; they only read.
    pub fn checks(&self) -> &[Check] {
        &self.whole().checks
    }

    /// Ways to stop the harm.
    pub fn mitigations(&self) -> &[Remedy] {
        &self.whole().mitigations
    }

    /// Work for afterwards.
    pub fn follow_ups(&self) -> &[Task] {
        &self.whole().follow_ups
    }

    /// Lines that must match.
    pub fn samples(&self) -> &[String] {
        &self.whole().samples
    }

    /// Lines that must not match.
    pub fn not_samples(&self) -> &[String] {
        &self.whole().not_samples
    }

    /// Whether the table it is about belongs into a sentence on it.
    pub fn family_of_tables(&self) -> bool {
        self.checks().iter().any(|check| check.run.contains("{table}"))
    }
}

/// A step of the investigation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Id within the playbook.
    pub id: String,
    /// The question, English.
    pub en: String,
    /// The question, Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
    /// The command, with `{slots}` for names and `<placeholders>`.
    pub run: String,
    /// What the output says, English.
    pub see: String,
    /// What the output says, Chinese; the English text where it is left out.
    #[serde(default)]
    pub see_zh: String,
}

/// A way to stop the harm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Id within the playbook.
    pub id: String,
    /// What to do, English.
    pub en: String,
    /// What to do, Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
    /// The command; may be empty.
    #[serde(default)]
    pub run: String,
    /// What can go wrong, English.
    pub risk: String,
    /// What can go wrong, Chinese; the English text where it is left out.
    #[serde(default)]
    pub risk_zh: String,
    /// How to take it back, English.
    pub back: String,
    /// How to take it back, Chinese; the English text where it is left out.
    #[serde(default)]
    pub back_zh: String,
}

/// Work for afterwards.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// `P0` to `P3`.
    pub p: String,
    /// Role: service, database, platform, network, security.
    pub owner: String,
    /// English.
    pub en: String,
    /// Chinese; the English text where it is left out.
    #[serde(default)]
    pub zh: String,
}

/// A text in English and Chinese, or one for both.
fn both<'de, D: Deserializer<'de>>(from: D) -> Result<[String; 2], D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text, or two: English and Chinese")]
    enum Texts {
        One(String),
        Two([String; 2]),
    }
    Ok(match Texts::deserialize(from)? {
        Texts::One(text) => [text.clone(), text],
        Texts::Two(texts) => texts,
    })
}

#[derive(Debug, Deserialize)]
struct Family {
    playbook: Vec<Playbook>,
}

/// Splits `5: a | b`; a line without a weight has 1.
pub(in crate::analyst::offline) fn weighted(line: &str) -> (f64, &str) {
    match line.split_once(": ") {
        Some((weight, list)) if weight.trim().parse::<f64>().is_ok() => {
            (weight.trim().parse().unwrap_or(1.0), list)
        }
        _ => (1.0, line),
    }
}

/// The percentages of a text.
pub fn percents(text: &str) -> impl Iterator<Item = f64> + '_ {
    text.match_indices('%').filter_map(|(at, _)| {
        let left = text[..at].trim_end();
        let digits = left.bytes().rev().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        left[left.len() - digits..].parse().ok()
    })
}

#[cfg(test)]
mod tests;
