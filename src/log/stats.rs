//! What is counted per template, over all sources.

use crate::incident::{Level, Quote, SourceId};
use crate::log::histogram::{Counter, Trend};
use crate::log::quote::Span;
use crate::log::record::Head;
use crate::log::time::Micros;

/// Counts of one template.
#[derive(Debug)]
pub(crate) struct Stat {
    pub(crate) level: Option<Level>,
    pub(crate) count: u64,
    pub(crate) first: Option<Micros>,
    pub(crate) last: Option<Micros>,
    pub(crate) example: Quote,
    /// Source of the newest record.
    pub(crate) source: SourceId,
    /// Where the newest record's first line stands; absent when it stands nowhere any more.
    pub(crate) newest: Option<Span>,
    /// Time of the first record that counts.
    counted: Option<Micros>,
    /// Records by time; from the second one on, the first one included.
    pub(crate) trend: Option<Box<Trend>>,
}

/// Counts of all templates, by index.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    all: Vec<Stat>,
}

impl Stat {
    /// Records per bucket of the histogram; none where no record has a time.
    pub(crate) fn trend(&self, counter: &Counter) -> Vec<u32> {
        match (&self.trend, self.counted) {
            (Some(trend), _) => counter.align(trend),
            (None, Some(at)) => {
                let mut trend = Trend::default();
                trend.record(at);
                counter.align(&trend)
            }
            _ => Vec::new(),
        }
    }
}

impl Stats {
    /// Counts a record; `example` makes its quote when it is the first of its template. Templates are numbered in the
    /// order of their first records.
    #[inline]
    pub(crate) fn note(
        &mut self,
        template: u32,
        source: SourceId,
        head: &Head<'_>,
        span: Span,
        example: impl FnOnce() -> Quote,
    ) {
        if template as usize >= self.all.len() {
            let example = example();
            self.all.push(Stat {
                level: None,
                count: 0,
                first: None,
                last: None,
                example,
                source,
                newest: None,
                counted: None,
                trend: None,
            });
        }
        let stat = &mut self.all[template as usize];
        stat.count += 1;
        stat.level = stat.level.max(head.level);
        if let Some(at) = head.at {
            stat.first = Some(stat.first.map_or(at, |first| first.min(at)));
            stat.last = stat.last.max(Some(at));
        }
        (stat.source, stat.newest) = (source, Some(span));
    }

    /// Notes the time of the record counted last, which the histogram counts too.
    #[inline]
    pub(crate) fn note_time(&mut self, template: u32, at: Micros) {
        let stat = &mut self.all[template as usize];
        match &mut stat.trend {
            Some(trend) => trend.record(at),
            None => {
                // Most templates of a log where each line has its own are seen once: they keep no trend.
                if let Some(first) = stat.counted.replace(at) {
                    let trend = stat.trend.insert(Box::default());
                    trend.record(first);
                    trend.record(at);
                }
            }
        }
    }

    /// A source starts over: what stood in it stands nowhere any more.
    pub(crate) fn forget(&mut self, source: SourceId) {
        for stat in self.all.iter_mut().filter(|stat| stat.source == source) {
            stat.newest = None;
        }
    }

    /// All counts, by template.
    pub(crate) fn all(&self) -> &[Stat] {
        &self.all
    }
}
