//! Digests: when one is due, and what it says.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::incident::{Finding, Level, SourceId};
use crate::log::digest::{Digest, Losses, SourceDigest, TemplateDigest};
use crate::log::engine::channel::Channel;
use crate::log::engine::{COUNTERS, FINDINGS, JUDGED};
use crate::log::finding::common::told;
use crate::log::finding::{Clocks, clock_off, skewed_clocks};
use crate::log::lane::Shared;
use crate::log::quote::{QUOTE_MAX, Span, quote};
use crate::log::skew::NOTABLE;
use crate::log::stats::Stat;
use crate::log::time::{Micros, timestamp};

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
        let skews = shared.ids.skews();
        let skew = |channel: &Channel| skews.get(&channel.lane.source).copied();
        let sources = channels.values().map(|channel| self.source(channel, skew(channel))).collect();
        Digest {
            revision: self.revision,
            sources,
            templates: templates(channels, shared),
            templates_total: shared.stats.all().len(),
            findings: sorted,
            histogram: shared.counter.snapshot(),
        }
    }

    fn source(&self, channel: &Channel, skew: Option<Micros>) -> SourceDigest {
        let lane = &channel.lane;
        let (bytes_read, bytes_known) = channel.progress();
        SourceDigest {
            source: lane.source,
            name: lane.name.clone(),
            bytes_read,
            bytes_known,
            lines: lane.counted().1,
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
            skew_ms: lane.arrivals.off().map(|off| off.ahead).or(skew).map(|skew| skew / 1000),
        }
    }
}

/// Findings of all sources, by id.
fn findings(now: Timestamp, channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> Vec<Finding> {
    let caught_up = !channels.values().any(Channel::has_more);
    let latest = channels.values().filter_map(|channel| channel.lane.detectors.latest()).max();
    let (mut all, mut common) = (BTreeMap::new(), Vec::new());
    for channel in channels.values() {
        let own = channel.lane.detectors.latest().unwrap_or(0);
        // While others are still being read, a source is judged by its own clock.
        let wall = caught_up.then(|| now.as_microsecond());
        let known = wall.map_or(own, |wall| wall.max(latest.unwrap_or(wall)));
        let clocks = Clocks { known, wall };
        channel.lane.detectors.report(clocks, channel.lane.is_prose(), &shared.miner, &mut all, &mut common);
    }
    all.extend(told(common).into_iter().map(|finding| (finding.id.clone(), finding)));
    let name = |source| channels.get(&source).map(|channel| channel.lane.name.clone()).unwrap_or_default();
    for channel in channels.values().filter(|channel| !channel.lane.is_prose()) {
        let finding =
            channel.lane.arrivals.off().map(|off| clock_off(&off, channel.lane.source, &channel.lane.name));
        all.extend(finding.map(|finding| (finding.id.clone(), finding)));
    }
    // Where a clock is known to be off by ours, that others see it too says nothing more.
    let is_off = |source| channels.get(&source).is_some_and(|channel| channel.lane.arrivals.off().is_some());
    let skewed = shared.ids.disagreements();
    let skewed = skewed.iter().filter(|found| found.ahead.abs() >= NOTABLE);
    for found in skewed.filter(|found| !is_off(found.one.source) && !is_off(found.other.source)) {
        let finding = skewed_clocks(found, &name(found.one.source), &name(found.other.source));
        all.insert(finding.id.clone(), finding);
    }
    let mut all = crate::log::finding::settled(all, &shared.miner);
    for finding in &mut all {
        read_quotes(finding, channels);
    }
    if all.len() > FINDINGS_MAX {
        all.sort_by(|one, other| other.strength.cmp(&one.strength).then_with(|| one.id.cmp(&other.id)));
        all.truncate(FINDINGS_MAX);
    }
    all
}

/// Puts the text in where a finding knows only the place.
fn read_quotes(finding: &mut Finding, channels: &BTreeMap<SourceId, Channel>) {
    finding.quotes.retain_mut(|known| {
        if !known.quote.is_empty() {
            return true;
        }
        let Some(place) = known.place else { return false };
        let span = Span { start: place.start, end: place.end, number: known.line };
        let read = channels.get(&place.source).and_then(|channel| quote_of(channel, span));
        *known = read.unwrap_or_else(|| known.clone());
        !known.quote.is_empty()
    });
}

/// What is known of a settled template, over all its cases.
struct Family<'a> {
    template: u32,
    count: u64,
    level: Option<Level>,
    first: Option<Micros>,
    last: Option<Micros>,
    /// Records per bucket of the histogram, once filled in.
    trend: Vec<u32>,
    /// The case seen first, and the one with the newest record.
    oldest: &'a Stat,
    newest: &'a Stat,
}

/// Counts of settled templates, in the order of their first records.
fn families<'a>(channels: &BTreeMap<SourceId, Channel>, shared: &'a Shared) -> Vec<Family<'a>> {
    let prose = |source: SourceId| channels.get(&source).is_none_or(|channel| channel.lane.is_prose());
    let mut families: Vec<Family<'a>> = Vec::new();
    let mut known: HashMap<u32, usize> = HashMap::new();
    for (at, stat) in shared.stats.all().iter().enumerate().filter(|(_, stat)| !prose(stat.source)) {
        let template = shared.miner.settled(at as u32);
        let index = *known.entry(template).or_insert(families.len());
        let (count, level, first, last) = (stat.count, stat.level, stat.first, stat.last);
        let Some(family) = families.get_mut(index) else {
            let (oldest, newest) = (stat, stat);
            families.push(Family { template, count, level, first, last, trend: Vec::new(), oldest, newest });
            continue;
        };
        family.count += count;
        family.level = family.level.max(level);
        family.first = [family.first, first].into_iter().flatten().min();
        if (last, stat.newest.map(|span| span.start))
            > (family.last, family.newest.newest.map(|span| span.start))
        {
            family.newest = stat;
        }
        family.last = family.last.max(last);
    }
    families
}

/// Adds counts bucket by bucket.
fn add(counts: &mut Vec<u32>, others: &[u32]) {
    counts.resize(counts.len().max(others.len()), 0);
    for (count, other) in counts.iter_mut().zip(others) {
        *count = count.saturating_add(*other);
    }
}

/// Sums up the trends of the cases of each of these.
fn fill_trends(families: &mut [Family<'_>], shared: &Shared) {
    let known: HashMap<u32, usize> =
        families.iter().enumerate().map(|(at, family)| (family.template, at)).collect();
    for (at, stat) in shared.stats.all().iter().enumerate() {
        if let Some(&index) = known.get(&shared.miner.settled(at as u32)) {
            add(&mut families[index].trend, &stat.trend(&shared.counter));
        }
    }
}

/// The templates that matter most, each with its first and its newest record.
fn templates(channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> Vec<TemplateDigest> {
    let mut order = families(channels, shared);
    let weight = |family: &Family<'_>| {
        let level = family.level.unwrap_or(Level::Info).max(Level::Info);
        (std::cmp::Reverse(level), family.count, family.template)
    };
    if order.len() > Digest::TEMPLATES_MAX {
        order.select_nth_unstable_by_key(Digest::TEMPLATES_MAX, weight);
        order.truncate(Digest::TEMPLATES_MAX);
    }
    order.sort_unstable_by_key(weight);
    fill_trends(&mut order, shared);
    let mut all: Vec<TemplateDigest> = Vec::with_capacity(order.len());
    for one in order.into_iter().map(|family| template(&family, channels, shared)) {
        // Two that became the same text are one.
        match all.iter_mut().find(|known| known.text == one.text && known.id == one.id) {
            Some(known) => absorb(known, one),
            None => all.push(one),
        }
    }
    all
}

fn absorb(known: &mut TemplateDigest, other: TemplateDigest) {
    add(&mut known.trend, &other.trend);
    known.count += other.count;
    known.level = known.level.max(other.level);
    known.first = [known.first, other.first].into_iter().flatten().min();
    if other.last > known.last {
        (known.last, known.newest) = (other.last, other.newest);
    }
}

fn template(family: &Family<'_>, channels: &BTreeMap<SourceId, Channel>, shared: &Shared) -> TemplateDigest {
    let stat = family.newest;
    let newest =
        stat.newest.zip(channels.get(&stat.source)).and_then(|(span, channel)| quote_of(channel, span));
    TemplateDigest {
        id: shared.miner.id(family.template),
        text: shared.patterns()[family.template as usize].text(),
        level: family.level,
        count: family.count,
        first: family.first.and_then(timestamp),
        last: family.last.and_then(timestamp),
        trend: family.trend.clone(),
        example: family.oldest.example.clone(),
        newest: newest.unwrap_or_else(|| stat.example.clone()),
    }
}

fn quote_of(channel: &Channel, span: Span) -> Option<crate::incident::Quote> {
    let mut bytes = vec![0; (span.end - span.start).min(QUOTE_MAX as u64) as usize];
    let read = channel.tape().fill(span.start, &mut bytes);
    (read == bytes.len()).then(|| quote(&channel.lane.name, channel.lane.source, &bytes, span))
}
