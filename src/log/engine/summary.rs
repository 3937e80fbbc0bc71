//! Digests: when one is due, and what it says.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::incident::{Finding, Level, SourceId};
use crate::log::digest::{Digest, Losses, SourceDigest, TemplateDigest};
use crate::log::engine::channel::Channel;
use crate::log::engine::{COUNTERS, FINDINGS, JUDGED};
use crate::log::finding::{Clocks, QUOTE_MAX, Span, quote};
use crate::log::lane::Shared;
use crate::log::stats::Stat;
use crate::log::time::timestamp;

/// Most findings of a digest; the strongest are kept.
const FINDINGS_MAX: usize = 500;

/// Keeps track of what was published.
#[derive(Debug, Default)]
pub(super) struct Summary {
    revision: u64,
    findings: Vec<Finding>,
    templates: usize,
    /// Texts by people, with the offset up to which they go.
    prose: BTreeMap<SourceId, (u64, Arc<str>)>,
    published: Option<Timestamp>,
    judged: Option<Timestamp>,
    /// Counters moved since the last digest.
    counted: bool,
    /// Something an analyst reads may have moved.
    touched: bool,
    /// There is more to read right now.
    pub(super) reading: bool,
}

impl Summary {
    /// Counters moved.
    pub(super) fn count(&mut self) {
        self.counted = true;
    }

    /// A text was replaced.
    pub(super) fn touch(&mut self) {
        self.touched = true;
        self.counted = true;
        self.prose.clear();
    }

    /// When a digest is due, as far as it is known without anything happening.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        let published = self.published?;
        if self.touched {
            return Some(published + FINDINGS);
        }
        let counters = self.counted.then_some(published + COUNTERS);
        // Lasting findings end by the wall clock.
        let lasting = self.findings.iter().any(|finding| finding.ended.is_none() && finding.rate.is_some());
        let judged = self.judged.filter(|_| lasting).map(|judged| judged + JUDGED);
        counters.into_iter().chain(judged).min()
    }

    /// The digest, when one is due.
    pub(super) fn due(
        &mut self,
        now: Timestamp,
        channels: &mut BTreeMap<SourceId, Channel>,
        shared: &Shared,
    ) -> Option<Digest> {
        for channel in channels.values_mut() {
            self.touched |= channel.lane.detectors.take_changed();
        }
        let since = self.published.map(|published| now.duration_since(published));
        let quick = since.is_none_or(|since| since >= FINDINGS || since.is_negative());
        let slow = since.is_none_or(|since| since >= COUNTERS || since.is_negative());
        let judge = self.judged.is_none_or(|judged| now.duration_since(judged) >= JUDGED);
        let wanted = (self.touched && quick)
            || (self.counted && slow)
            || (self.counted && !self.reading && since.is_none());
        if !wanted && !judge {
            return None;
        }
        self.judged = Some(now);
        let findings = findings(now, channels, shared);
        let prose = self.read_prose(channels);
        let changed =
            findings != self.findings || shared.stats.all().len() != self.templates || prose != self.prose;
        if !wanted && !changed {
            return None;
        }
        self.revision += u64::from(changed);
        (self.findings, self.prose, self.templates) = (findings, prose, shared.stats.all().len());
        self.published = Some(now);
        (self.touched, self.counted) = (false, false);
        Some(self.compose(channels, shared))
    }

    /// The digest of this moment, whether due or not.
    pub(super) fn digest(
        &self,
        now: Timestamp,
        channels: &BTreeMap<SourceId, Channel>,
        shared: &Shared,
    ) -> Digest {
        let prose = self.read_prose(channels);
        let current = Self {
            revision: self.revision + 1,
            findings: findings(now, channels, shared),
            prose,
            ..Self::default()
        };
        current.compose(channels, shared)
    }

    /// The texts by people; one that has not grown is not read again.
    fn read_prose(&self, channels: &BTreeMap<SourceId, Channel>) -> BTreeMap<SourceId, (u64, Arc<str>)> {
        let text = |source: &SourceId, channel: &Channel| {
            let end = channel.tape().end();
            let known = self.prose.get(source).filter(|(known, _)| *known == end && channel.is_prose());
            known.map(|(_, text)| Arc::clone(text)).or_else(|| channel.prose()).map(|text| (end, text))
        };
        channels.iter().filter_map(|(source, channel)| Some((*source, text(source, channel)?))).collect()
    }

    fn compose(&self, channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> Digest {
        let mut sorted = self.findings.clone();
        sorted.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
        let sources = channels.values().map(|channel| self.source(channel)).collect();
        Digest {
            revision: self.revision,
            sources,
            templates: templates(channels, shared),
            templates_total: shared.stats.all().len(),
            findings: sorted,
            histogram: shared.counter.snapshot(),
        }
    }

    fn source(&self, channel: &Channel) -> SourceDigest {
        let lane = &channel.lane;
        let (bytes_read, bytes_known) = channel.progress();
        SourceDigest {
            source: lane.source,
            name: lane.name.clone(),
            bytes_read,
            bytes_known,
            lines: lane.lines,
            records: lane.records,
            first: lane.first.and_then(timestamp),
            last: lane.last.and_then(timestamp),
            prose: self.prose.get(&lane.source).map(|(_, text)| Arc::clone(text)),
            position: channel.position(),
            losses: Losses {
                dropped_bytes: channel.dropped_bytes(),
                cut_lines: lane.losses.cut,
                invalid_lines: lane.losses.invalid,
            },
            skew_ms: None,
        }
    }
}

/// Findings of all sources, by id.
fn findings(now: Timestamp, channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> Vec<Finding> {
    let caught_up = !channels.values().any(Channel::has_more);
    let latest = channels.values().filter_map(|channel| channel.lane.detectors.latest()).max();
    let mut all = BTreeMap::new();
    for channel in channels.values() {
        let own = channel.lane.detectors.latest().unwrap_or(0);
        // While others are still being read, a source is judged by its own clock.
        let wall = caught_up.then(|| now.as_microsecond());
        let known = wall.map_or(own, |wall| wall.max(latest.unwrap_or(wall)));
        let clocks = Clocks { known, wall };
        channel.lane.detectors.report(clocks, channel.lane.is_prose(), shared.patterns(), &mut all);
    }
    let mut all: Vec<Finding> = all.into_values().collect();
    if all.len() > FINDINGS_MAX {
        all.sort_by(|one, other| other.strength.cmp(&one.strength).then_with(|| one.id.cmp(&other.id)));
        all.truncate(FINDINGS_MAX);
    }
    all
}

/// The templates that matter most, each with its first and its newest record.
fn templates(channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> Vec<TemplateDigest> {
    let prose = |source: SourceId| channels.get(&source).is_none_or(|channel| channel.lane.is_prose());
    let mut order: Vec<usize> =
        (0..shared.stats.all().len()).filter(|at| !prose(shared.stats.all()[*at].source)).collect();
    let weight = |at: &usize| {
        let stat = &shared.stats.all()[*at];
        let level = stat.level.unwrap_or(Level::Info).max(Level::Info);
        (std::cmp::Reverse(level), stat.count, *at)
    };
    if order.len() > Digest::TEMPLATES_MAX {
        order.select_nth_unstable_by_key(Digest::TEMPLATES_MAX, weight);
        order.truncate(Digest::TEMPLATES_MAX);
    }
    order.sort_unstable_by_key(weight);
    order.into_iter().map(|at| template(&shared.stats.all()[at], at, channels, shared)).collect()
}

fn template(
    stat: &Stat,
    at: usize,
    channels: &BTreeMap<SourceId, Channel>,
    shared: &Shared,
) -> TemplateDigest {
    let pattern = &shared.patterns()[at];
    let newest =
        stat.newest.zip(channels.get(&stat.source)).and_then(|(span, channel)| quote_of(channel, span));
    TemplateDigest {
        id: pattern.id.clone(),
        text: pattern.text(),
        level: stat.level,
        count: stat.count,
        first: stat.first.and_then(timestamp),
        last: stat.last.and_then(timestamp),
        trend: stat.trend(&shared.counter),
        example: stat.example.clone(),
        newest: newest.unwrap_or_else(|| stat.example.clone()),
    }
}

fn quote_of(channel: &Channel, span: Span) -> Option<crate::incident::Quote> {
    let mut bytes = vec![0; (span.end - span.start).min(QUOTE_MAX as u64) as usize];
    let read = crate::log::engine::pane::fill(channel.tape(), span.start, &mut bytes);
    (read == bytes.len()).then(|| quote(&channel.lane.name, channel.lane.source, &bytes, span))
}
