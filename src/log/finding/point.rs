//! Findings that begin with a single record: a new template, a limit that is reached, a restart, a deploy.

use crate::incident::Level;
use crate::log::finding::{Detectors, Observed, Sample, report};
use crate::log::time::Micros;

/// Most findings of one kind per source that begin with a single record.
const POINTS_MAX: usize = 100;
/// Occurrences of one restart or deploy template that are told apart.
const OCCURRENCES_MAX: u32 = 3;
/// Occurrences within this time are one, microseconds.
const OCCURRENCE_GAP: Micros = 60_000_000;
/// Log time after which a template that was never seen before is new, microseconds.
const NEW_AFTER: Micros = 30_000_000;
/// Records after which, in a log without times, a template that was never seen before is new.
const NEW_AFTER_RECORDS: u64 = 30;

/// Kinds of finding that begin with a single record of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PointKind {
    New,
    Limit,
    Restart,
    Deploy,
}

/// A finding that began with a single record.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) first: Sample,
    pub(super) last: Option<Micros>,
    pub(super) level: Option<Level>,
    pub(super) count: u64,
    /// It came after a while of other records.
    pub(super) after_quiet: bool,
    /// What it is about, where that is not the template.
    pub(super) subject: Option<String>,
}

impl Point {
    /// Counts a further record; true when something that shows changed.
    fn again(&mut self, record: &Observed<'_>) -> bool {
        let before = (report::steps(self.count), self.level);
        self.count += 1;
        self.last = self.last.max(record.at);
        self.level = self.level.max(record.level);
        before != (report::steps(self.count), self.level)
    }
}

impl Detectors {
    pub(super) fn new_template(&mut self, record: &Observed<'_>) {
        let after_quiet = match (record.at, self.began) {
            (Some(at), Some(began)) => at - began >= NEW_AFTER,
            _ => self.records > NEW_AFTER_RECORDS,
        };
        let key = (PointKind::New, record.template, 0);
        let bad = record.level.is_some_and(Level::is_bad);
        if let Some(point) = self.points.get_mut(&key) {
            self.changed |= point.again(record);
        } else if bad || (after_quiet && self.is_first(record)) {
            self.add_point(key, record, after_quiet, None);
        }
    }

    /// Whether this is the first record of its template (whose pace has just been noted).
    fn is_first(&self, record: &Observed<'_>) -> bool {
        let tracked = self.trackers.get(record.template as usize).is_some_and(Option::is_some);
        !tracked
    }

    pub(super) fn point(
        &mut self,
        kind: PointKind,
        record: &Observed<'_>,
        subject: impl FnOnce() -> Option<String>,
    ) {
        for occurrence in 0..OCCURRENCES_MAX {
            let key = (kind, record.template, occurrence);
            let Some(point) = self.points.get_mut(&key) else {
                self.add_point(key, record, false, subject());
                return;
            };
            let near = match (record.at, point.last) {
                (Some(at), Some(last)) => at - last <= OCCURRENCE_GAP,
                _ => true,
            };
            if near || kind == PointKind::Limit || occurrence + 1 == OCCURRENCES_MAX {
                self.changed |= point.again(record);
                return;
            }
        }
    }

    fn add_point(
        &mut self,
        key: (PointKind, u32, u32),
        record: &Observed<'_>,
        after_quiet: bool,
        subject: Option<String>,
    ) {
        if self.points.range((key.0, 0, 0)..=(key.0, u32::MAX, u32::MAX)).count() >= POINTS_MAX {
            return;
        }
        let point = Point {
            first: self.sample(record),
            last: record.at,
            level: record.level,
            count: 1,
            after_quiet,
            subject,
        };
        self.points.insert(key, point);
        self.changed = true;
    }
}
