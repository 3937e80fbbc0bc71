//! Detector state -> findings. Visible fields move in steps, so that a finding is revised only when a person would
//! notice.

use std::collections::BTreeMap;

use crate::incident::finding::RateChange;
use crate::incident::source::clock_off_words;
use crate::incident::{Finding, FindingKind, Level, Place, Quote, SourceId};
use crate::log::finding::burst::{Burst, Tracker};
use crate::log::finding::common::Common;
use crate::log::finding::gauge::Measure;
use crate::log::finding::join::{add, blank, in_fives, round};
use crate::log::finding::meter::Moved;
use crate::log::finding::point::{Point, PointKind};
use crate::log::finding::shares::Shift;
use crate::log::finding::{Detectors, Probe};
use crate::log::quote::Span;
use crate::log::skew::{Disagreement, Off};
use crate::log::template::{Miner, Pattern};
use crate::log::time::{Micros, timestamp};

/// Longest subject, bytes.
pub(crate) const SUBJECT_MAX: usize = 160;

/// Starts and ends that come this often are work, not a restart of the process.
const WORK: u64 = 20;

/// Records of a template that a log begins with, from which on it is usual there.
const USUAL: u64 = 100;

/// Clocks against which a lasting finding is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    /// Latest time known: of the records, and of the wall when everything is read.
    pub(crate) known: Micros,
    /// The wall, when everything is read.
    pub(crate) wall: Option<Micros>,
}

impl Detectors {
    /// Adds the findings of this source to those of others; equal ids are one finding. In a text written by people
    /// (`prose`) only hostility counts. What is about the whole source goes to `common`, for [`told`].
    ///
    /// [`told`]: crate::log::finding::common::told
    pub(crate) fn report(
        &self,
        clocks: Clocks,
        prose: bool,
        miner: &Miner,
        into: &mut BTreeMap<String, Finding>,
        common: &mut Vec<Common>,
    ) {
        let patterns = miner.patterns();
        for (number, (hostility, sample)) in self.hostile.iter().enumerate() {
            let mut finding = blank(format!("hostile-{}-{number}", self.source.0), FindingKind::Hostile);
            finding.subject = format!("{} in {}", hostility.name(), self.name);
            finding.at = sample.at.and_then(timestamp);
            finding.strength = 60;
            finding.quotes.push(sample.quote.clone());
            add(into, finding);
        }
        if prose {
            return;
        }
        for (template, tracker) in self.trackers.iter().enumerate() {
            if let (Some(tracker), Some(pattern)) = (tracker, patterns.get(template)) {
                bursts(tracker, pattern, self.timeless(clocks), into);
            }
        }
        for ((kind, template, occurrence), point) in &self.points {
            let work = *kind == PointKind::Restart && self.occurrences(*kind, *template) > WORK;
            // What a log begins with and goes on with is not new in it.
            let usual = *kind == PointKind::New && !point.after_quiet && point.count >= USUAL;
            if work || usual {
                continue;
            }
            if let Some(pattern) = patterns.get(*template as usize) {
                add(into, point_finding(*kind, *occurrence, point, pattern));
            }
        }
        self.shifts(common);
        if let Probe::Metered(meter) = &self.requests
            && let Some(moved) = meter.moved()
        {
            let finding =
                moved_blank(format!("slower-requests-{}", self.source.0), FindingKind::Slowdown, &moved);
            let figures = [round(moved.before, 1), round(moved.since, 1)];
            common.push(self.common(format!("{}{}", moved.name, moved.part), "ms", figures, finding));
        }
        for (template, probe) in self.probes.iter().enumerate() {
            if let (Probe::Metered(meter), Some(pattern)) = (probe, patterns.get(template))
                && let Some(moved) = meter.moved()
            {
                add(into, moved_finding(&moved, pattern));
            }
        }
        if self.began.is_none() {
            // Numbers of records stood for times.
            for finding in into.values_mut().filter(|finding| self.is_alone_in(finding)) {
                (finding.at, finding.ended, finding.rate) = (None, None, None);
            }
        }
        self.silences(clocks, miner, into);
    }

    /// Clocks for a log that may have no times: then the number of the newest record stands for both.
    fn timeless(&self, clocks: Clocks) -> Clocks {
        match self.began {
            Some(_) => clocks,
            None => Clocks { known: self.records as Micros * crate::log::finding::RECORD, wall: None },
        }
    }

    /// Whether a finding rests on lines of this source only.
    fn is_alone_in(&self, finding: &Finding) -> bool {
        finding.quotes.iter().all(|quote| quote.place.is_some_and(|place| place.source == self.source))
    }

    /// How often something that begins with a single record came, all in all.
    fn occurrences(&self, kind: PointKind, template: u32) -> u64 {
        let own = self.points.range((kind, template, 0)..=(kind, template, u32::MAX));
        own.map(|(_, point)| point.count).sum()
    }

    fn shifts(&self, common: &mut Vec<Common>) {
        let classes = [("errors", Level::Error), ("warnings", Level::Warn)];
        for ((name, level), shares) in classes.into_iter().zip(&self.shares) {
            if let Some(shift) = shares.shift() {
                let finding = shift_finding(format!("level-{name}-{}", self.source.0), level, &shift);
                let figures = [percent(shift.before), percent(shift.since)];
                common.push(self.common(name.to_owned(), "%", figures, finding));
            }
        }
    }

    fn common(&self, what: String, unit: &'static str, figures: [f64; 2], finding: Finding) -> Common {
        let mut one = Common { what, unit, figures, source: self.name.clone(), finding };
        if self.began.is_none() {
            // Numbers of records stood for times.
            (one.finding.at, one.finding.ended) = (None, None);
        }
        one
    }

    fn silences(&self, clocks: Clocks, miner: &Miner, into: &mut BTreeMap<String, Finding>) {
        let patterns = miner.patterns();
        for found in &self.pauses {
            // One case of a template that falls silent says nothing, and trouble that stops is no harm.
            let idle = |template: u32| {
                miner.settled(template) != template
                    || self.trackers.get(template as usize).is_some_and(Option::is_some)
            };
            if found.template.is_some_and(idle) {
                continue;
            }
            let mut finding = match found.template.and_then(|template| patterns.get(template as usize)) {
                Some(pattern) => silence(pattern, found.pause.from),
                None => self.gap(found.pause.from),
            };
            finding.ended = timestamp(found.pause.to);
            finding.quotes.push(found.quote.clone());
            add(into, finding);
        }
        let Some(latest) = self.latest else { return };
        if clocks.wall.is_some_and(|wall| self.live && self.pace.is_silent(wall)) {
            let mut gap = self.gap(latest);
            gap.quotes.extend(
                self.newest
                    .iter()
                    .max_by_key(|span| span.end)
                    .map(|span| unread(&self.name, self.source, *span)),
            );
            add(into, gap);
        }
        for (template, pace) in self.paces.iter().enumerate() {
            if self.trackers.get(template).is_some_and(Option::is_some) {
                // Trouble that stops is no silence; the burst says when it ended.
                continue;
            }
            if miner.settled(template as u32) != template as u32 {
                continue;
            }
            if let (true, Some(last), Some(pattern)) =
                (pace.is_silent(latest), pace.last(), patterns.get(template))
            {
                let mut finding = silence(pattern, last);
                finding.quotes.push(unread(&self.name, self.source, self.newest[template]));
                add(into, finding);
            }
        }
    }

    fn gap(&self, from: Micros) -> Finding {
        let mut finding = blank(format!("gap-{}-{}", self.source.0, from / 1_000_000), FindingKind::Gap);
        finding.subject = format!("{} says nothing", self.name);
        finding.at = timestamp(from);
        finding.strength = 40;
        finding
    }
}

/// The share of a level in a source moved.
fn shift_finding(id: String, level: Level, shift: &Shift) -> Finding {
    let mut finding = blank(id, FindingKind::LevelShift);
    finding.at = shift.onset.at.and_then(timestamp);
    finding.ended = shift.ended.and_then(timestamp);
    finding.level = Some(level);
    let base = if level.is_bad() { 45.0 } else { 30.0 };
    finding.strength = in_fives(base + 25.0 * shift.since);
    finding.quotes = vec![shift.onset.quote.clone()];
    finding
}

fn silence(pattern: &Pattern, from: Micros) -> Finding {
    let mut finding = blank(format!("silence-{}-{}", pattern.id, from / 1_000_000), FindingKind::Silence);
    finding.subject = subject(pattern);
    finding.at = timestamp(from);
    finding.strength = 25;
    finding.template = Some(pattern.id.clone());
    finding
}

fn bursts(tracker: &Tracker, pattern: &Pattern, clocks: Clocks, into: &mut BTreeMap<String, Finding>) {
    let last = tracker.bursts.len();
    for (number, burst) in tracker.bursts.iter().enumerate() {
        let id = match number {
            0 => format!("burst-{}", pattern.id),
            number => format!("burst-{}-{}", pattern.id, number + 1),
        };
        let over = if number + 1 == last { tracker.over(clocks.known) } else { None };
        let ended = burst.ended.or(over);
        let peak = if ended.is_some() { burst.final_peak() } else { burst.shown_peak };
        let mut finding = blank(id, FindingKind::Burst);
        finding.subject = subject(pattern);
        finding.at = burst.onset.at.and_then(timestamp);
        finding.ended = ended.and_then(timestamp);
        finding.level = burst.worst;
        finding.strength = burst_strength(burst);
        finding.rate =
            Some(RateChange { before: round(burst.before.unwrap_or(0.0), 1), peak: round(peak, 2) });
        finding.quotes = vec![burst.onset.quote.clone()];
        if burst.sure.quote.place != burst.onset.quote.place {
            finding.quotes.push(burst.sure.quote.clone());
        }
        finding.template = Some(pattern.id.clone());
        add(into, finding);
    }
}

fn burst_strength(burst: &Burst) -> u8 {
    let base = match burst.worst {
        Some(Level::Fatal) => 75.0,
        Some(Level::Error) => 65.0,
        Some(Level::Warn) => 50.0,
        _ => 40.0,
    };
    // How many times the usual rate, in powers of ten; a burst that the log begins with may be usual.
    let rise = match burst.before {
        Some(before) => (burst.shown_peak / before.max(0.01)).log10().clamp(0.0, 4.0) * 6.0,
        None => burst.shown_peak.max(1.0).log10().clamp(0.0, 3.0) * 4.0 - 10.0,
    };
    in_fives(base + rise)
}

fn point_finding(kind: PointKind, occurrence: u32, point: &Point, pattern: &Pattern) -> Finding {
    let (name, kind, strength) = match kind {
        PointKind::New => {
            let level = match point.level {
                Some(Level::Fatal) => 50.0,
                Some(Level::Error) => 35.0,
                _ => 20.0,
            };
            let news = if point.after_quiet { 15.0 + 5.0 * f64::from(steps(point.count)) } else { 0.0 };
            ("new", FindingKind::NewTemplate, level + news)
        }
        PointKind::Limit => {
            ("saturation", FindingKind::Saturation, 60.0 + 5.0 * f64::from(steps(point.count).min(2)))
        }
        PointKind::Restart => ("restart", FindingKind::Restart, routine(point, 25.0)),
        PointKind::Deploy => ("deploy", FindingKind::Deploy, routine(point, 55.0)),
    };
    let id = match occurrence {
        0 => format!("{name}-{}", pattern.id),
        number => format!("{name}-{}-{}", pattern.id, number + 1),
    };
    let mut finding = blank(id, kind);
    finding.subject = point.subject.clone().unwrap_or_else(|| subject(pattern));
    finding.at = point.first.at.and_then(timestamp);
    finding.level = point.level;
    finding.strength = in_fives(strength);
    finding.quotes = vec![point.first.quote.clone()];
    finding.template = Some(pattern.id.clone());
    finding
}

fn moved_finding(moved: &Moved, pattern: &Pattern) -> Finding {
    let (name, kind, unit) = match moved.measure {
        Measure::Level => ("growth", FindingKind::Growth, ""),
        Measure::Duration => ("slower", FindingKind::Slowdown, " ms"),
    };
    let mut finding = moved_blank(format!("{name}-{}", pattern.id), kind, moved);
    let (before, since) = (round(moved.before, 1), round(moved.since, 1));
    let text = crate::log::clean::cut(pattern.text(), SUBJECT_MAX).0;
    finding.subject = format!("{}{} {before} \u{2192} {since}{unit}: {text}", moved.name, moved.part);
    finding.template = Some(pattern.id.clone());
    finding
}

/// What all findings of numbers that moved have in common.
fn moved_blank(id: String, kind: FindingKind, moved: &Moved) -> Finding {
    let mut finding = blank(id, kind);
    finding.at = moved.onset.at.and_then(timestamp);
    finding.ended = moved.ended.and_then(timestamp);
    let times = (moved.since / moved.before.max(1.0)).max(1.0).log10().min(3.0);
    finding.strength = in_fives(40.0 + 10.0 * times);
    finding.quotes = vec![moved.onset.quote.clone()];
    finding
        .quotes
        .extend(moved.top.iter().map(|top| top.quote.clone()).filter(|top| *top != moved.onset.quote));
    finding
}

/// Two sources hold the same ids at times too far apart.
pub(crate) fn skewed_clocks(found: &Disagreement, one: &str, other: &str) -> Finding {
    let sources = (found.one.source.0, found.other.source.0);
    let mut finding = blank(format!("skew-{}-{}", sources.0, sources.1), FindingKind::Skew);
    let (fast, slow) = if found.ahead > 0 { (other, one) } else { (one, other) };
    let seconds = round(found.ahead.abs() as f64 / 1e6, 2);
    finding.subject = format!("the clock of {fast} is {seconds} s ahead of {slow}");
    finding.strength = 30;
    let sightings = [(found.one, one), (found.other, other)];
    finding.quotes = sightings.into_iter().map(|(seen, name)| unread(name, seen.source, seen.span)).collect();
    finding
}

/// The lines of a source are dated too far from when they are written. No time: it says nothing of when trouble began.
pub(crate) fn clock_off(off: &Off, source: SourceId, name: &str) -> Finding {
    let mut finding = blank(format!("skew-{}", source.0), FindingKind::Skew);
    finding.subject = clock_off_words(name, off.ahead / 1000);
    finding.strength = 30;
    finding.quotes = vec![unread(name, source, off.span)];
    finding
}

/// A quote of a line whose text is not at hand; whoever has the text puts it in.
fn unread(name: &str, source: SourceId, span: Span) -> Quote {
    Quote {
        quote: String::new(),
        source: name.to_owned(),
        line: span.number,
        verified: true,
        place: Some(Place { source, start: span.start, end: span.end }),
    }
}

/// A share in percent, rounded to what a person would notice.
fn percent(share: f64) -> f64 {
    round(share * 100.0, if share >= 0.1 { 2 } else { 1 })
}

/// What comes all the time is routine.
fn routine(point: &Point, strength: f64) -> f64 {
    if steps(point.count) >= 2 { 10.0 } else { strength }
}

/// Count in powers of ten, four at most.
pub(crate) fn steps(count: u64) -> u32 {
    count.checked_ilog10().unwrap_or(0).min(4)
}

fn subject(pattern: &Pattern) -> String {
    crate::log::clean::cut(pattern.text(), SUBJECT_MAX).0
}
