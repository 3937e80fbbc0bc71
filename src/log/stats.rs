//! What is counted per template, over all sources.

use crate::incident::{Level, Quote, SourceId};
use crate::log::finding::Span;
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
}

/// Counts of all templates, by index.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    all: Vec<Stat>,
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
