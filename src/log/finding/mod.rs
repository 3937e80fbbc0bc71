//! Findings: what is notable about the records of one source. Works in event time and one record at a time, so the
//! same records give the same findings however their bytes arrived.

mod access;
mod burst;
pub(crate) mod common;
mod gauge;
pub(crate) mod hostile;
mod join;
mod limit;
mod meter;
mod point;
mod regular;
mod report;
mod settle;
mod shares;

pub(crate) use report::{Clocks, clock_off, skewed_clocks};
pub(crate) use settle::settled;

use std::collections::BTreeMap;

use crate::incident::{Level, Quote, SourceId};
use crate::log::clean;
use crate::log::finding::burst::{LogSoFar, Tracker};
use crate::log::finding::hostile::Hostility;
use crate::log::finding::meter::Meter;
use crate::log::finding::point::{Point, PointKind};
use crate::log::finding::regular::{Pace, Pause};
use crate::log::finding::shares::Shares;
use crate::log::quote::{Span, quote};
use crate::log::template::words::Traits;
use crate::log::time::Micros;

/// Most silences and gaps remembered per source.
const PAUSES_MAX: usize = 32;
/// Most hostile lines remembered per source.
const HOSTILE_MAX: usize = 16;
/// Most templates of a source whose numbers are followed.
const METERS_MAX: usize = 128;
/// Records of a template after which it is known whether its lines name a number.
const PROBED: u8 = 3;
/// Time between the records of a log without times, microseconds: what is a second there, is ten records here.
const RECORD: Micros = 100_000;
/// A record's time and its first line, quoted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) at: Option<Micros>,
    pub(crate) quote: Quote,
}

/// A record as the detectors see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed<'a> {
    pub(crate) template: u32,
    pub(crate) traits: Traits,
    pub(crate) at: Option<Micros>,
    pub(crate) level: Option<Level>,
    /// Logical offsets of the first line.
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) number: Option<u64>,
    pub(crate) bytes: &'a [u8],
    /// It is an HTTP access line.
    pub(crate) access: bool,
}

#[derive(Debug, Clone)]
struct PauseFound {
    template: Option<u32>,
    pause: Pause,
    quote: Quote,
}

/// Whether the lines of a template name a number worth following.
#[derive(Debug)]
enum Probe {
    /// So many lines were looked at.
    Looked(u8),
    Metered(Box<Meter>),
}

/// The detectors of one source.
#[derive(Debug)]
pub(crate) struct Detectors {
    source: SourceId,
    name: String,
    began: Option<Micros>,
    latest: Option<Micros>,
    /// The newest record was read as it was written, so the wall clock goes on from it.
    live: bool,
    records: u64,
    trackers: Vec<Option<Box<Tracker>>>,
    paces: Vec<Pace>,
    /// Where the newest record of each template stands.
    newest: Vec<Span>,
    pace: Pace,
    /// Shares of errors and of warnings.
    shares: [Shares; 2],
    probes: Vec<Probe>,
    meters: usize,
    /// How long requests took, over all access lines.
    requests: Probe,
    points: BTreeMap<(PointKind, u32, u32), Point>,
    pauses: Vec<PauseFound>,
    hostile: Vec<(Hostility, Sample)>,
    changed: bool,
}

impl Detectors {
    pub(crate) fn new(source: SourceId, name: &str) -> Self {
        Self {
            source,
            name: name.to_owned(),
            began: None,
            latest: None,
            live: false,
            records: 0,
            trackers: Vec::new(),
            paces: Vec::new(),
            newest: Vec::new(),
            pace: Pace::default(),
            shares: [Shares::default(), Shares::default()],
            probes: Vec::new(),
            meters: 0,
            requests: Probe::Looked(0),
            points: BTreeMap::new(),
            pauses: Vec::new(),
            hostile: Vec::new(),
            changed: false,
        }
    }

    /// Whether something that shows changed since the last call.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Latest time of a record.
    pub(crate) fn latest(&self) -> Option<Micros> {
        self.latest
    }

    /// Takes a record in; `now` is the wall clock, which only tells whether the log is live.
    pub(crate) fn record(&mut self, record: &Observed<'_>, now: Micros) {
        self.records += 1;
        if let Some(at) = record.at {
            if self.began.is_none() {
                self.forget_numbered();
            }
            self.began = Some(self.began.map_or(at, |began| began.min(at)));
            self.latest = self.latest.max(Some(at));
            self.live = (now - at).abs() < 60_000_000;
            self.keep_pace(record, at);
        }
        let troubled = match record.level {
            Some(level) => level >= Level::Warn || (record.traits.bad && level >= Level::Info),
            None => record.traits.bad,
        };
        if let Some(at) = self.clock(record) {
            self.share(record, at);
            self.measure(record, at);
        }
        if troubled {
            self.trouble(record);
        }
        if record.traits.limit && record.level.is_none_or(|level| level >= Level::Info) {
            let line = String::from_utf8_lossy(record.bytes);
            if let Some(found) = limit::at_limit(&line) {
                self.point(PointKind::Limit, record, || found.figures);
            }
        }
        if record.traits.restart && record.level.is_none_or(|level| level >= Level::Info) {
            self.point(PointKind::Restart, record, || None);
        }
        if record.traits.deploy && record.level.is_none_or(|level| level >= Level::Info) {
            let subject = || Some(clean::cut(clean::clean_line(record.bytes), 160).0);
            self.point(PointKind::Deploy, record, subject);
        }
    }

    /// Takes a hostile line in.
    pub(crate) fn hostile(&mut self, hostility: Hostility, sample: Sample) {
        let known = self.hostile.iter().any(|(_, known)| known.quote.quote == sample.quote.quote);
        if !known && self.hostile.len() < HOSTILE_MAX {
            self.hostile.push((hostility, sample));
            self.changed = true;
        }
    }

    /// The quote of a line of this source.
    pub(crate) fn quote(&self, bytes: &[u8], start: u64, end: u64, number: Option<u64>) -> Quote {
        quote(&self.name, self.source, bytes, Span { start, end, number })
    }

    /// The time of a record; in a log that has shown none so far its number stands for it.
    fn clock(&self, record: &Observed<'_>) -> Option<Micros> {
        match self.began {
            Some(_) => record.at,
            None => Some(self.records as Micros * RECORD),
        }
    }

    /// The log has times after all: what went by numbers of records is void.
    fn forget_numbered(&mut self) {
        self.trackers.clear();
        self.shares = [Shares::default(), Shares::default()];
        self.probes.clear();
        self.meters = 0;
        self.requests = Probe::Looked(0);
    }

    fn share(&mut self, record: &Observed<'_>, at: Micros) {
        let bad = record.level.is_some_and(Level::is_bad);
        let warning = record.level == Some(Level::Warn);
        let [errors, warnings] = &mut self.shares;
        errors.record(at, bad, || sample_of(&self.name, self.source, record));
        warnings.record(at, warning, || sample_of(&self.name, self.source, record));
    }

    fn measure(&mut self, record: &Observed<'_>, at: Micros) {
        if record.access && self.measure_request(record, at) {
            return;
        }
        let index = record.template as usize;
        if index >= self.probes.len() {
            self.probes.resize_with(index + 1, || Probe::Looked(0));
        }
        let sample = || sample_of(&self.name, self.source, record);
        match &mut self.probes[index] {
            Probe::Looked(PROBED) => {}
            Probe::Looked(_) if self.meters >= METERS_MAX => {}
            Probe::Looked(looked) => {
                *looked += 1;
                if let Some(mut meter) = Meter::new(record.bytes, at) {
                    meter.record(at, record.bytes, sample);
                    self.meters += 1;
                    self.probes[index] = Probe::Metered(Box::new(meter));
                }
            }
            Probe::Metered(meter) => meter.record(at, record.bytes, sample),
        }
    }

    /// Takes the duration of a request in; false where access lines have none without a name.
    fn measure_request(&mut self, record: &Observed<'_>, at: Micros) -> bool {
        let sample = || sample_of(&self.name, self.source, record);
        match &mut self.requests {
            Probe::Looked(PROBED) => return false,
            Probe::Looked(looked) => {
                *looked += 1;
                let Some(mut meter) = Meter::access(record.bytes, at) else { return false };
                meter.record(at, record.bytes, sample);
                self.requests = Probe::Metered(Box::new(meter));
            }
            Probe::Metered(meter) => meter.record(at, record.bytes, sample),
        }
        true
    }

    fn sample(&self, record: &Observed<'_>) -> Sample {
        sample_of(&self.name, self.source, record)
    }

    fn keep_pace(&mut self, record: &Observed<'_>, at: Micros) {
        let index = record.template as usize;
        if index >= self.paces.len() {
            self.paces.resize(index + 1, Pace::default());
            self.newest.resize(index + 1, Span::default());
        }
        self.newest[index] = Span { start: record.start, end: record.end, number: record.number };
        let own = self.paces[index].record(at).map(|pause| (Some(record.template), pause));
        let all = self.pace.record(at).map(|pause| (None, pause));
        // When the whole source was silent, the silence of one template says nothing more.
        if let Some((template, pause)) = all.or(own)
            && self.pauses.len() < PAUSES_MAX
        {
            let quote = self.quote(record.bytes, record.start, record.end, record.number);
            self.pauses.push(PauseFound { template, pause, quote });
            self.changed = true;
        }
    }

    fn trouble(&mut self, record: &Observed<'_>) {
        if record.level.is_some_and(|level| level >= Level::Warn) {
            self.new_template(record);
        }
        let Some(at) = self.clock(record) else { return };
        let began = self.began.unwrap_or(0);
        let log = LogSoFar { began, records: self.records };
        let index = record.template as usize;
        if index >= self.trackers.len() {
            self.trackers.resize_with(index + 1, || None);
        }
        let mut tracker = self.trackers[index].take().unwrap_or_else(|| Box::new(Tracker::new()));
        self.changed |= tracker.record(at, record.level, log, || self.sample(record));
        self.trackers[index] = Some(tracker);
    }
}

fn sample_of(name: &str, source: SourceId, record: &Observed<'_>) -> Sample {
    let span = Span { start: record.start, end: record.end, number: record.number };
    Sample { at: record.at, quote: quote(name, source, record.bytes, span) }
}

#[cfg(test)]
mod tests;
