//! What is counted per template where there is no engine.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::incident::Level;
use crate::log::clean::{clean_line, cut};
use crate::log::digest::Histogram;
use crate::log::headless::LineInfo;
use crate::log::histogram::{Counter, Trend};

/// Bytes of an example that are kept.
const EXAMPLE_MAX: usize = 1024;

/// Counts records.
#[derive(Debug, Default)]
pub struct Tally {
    counter: Counter,
    all: Vec<Kept>,
    /// Records.
    pub records: u64,
    /// Earliest time.
    pub first: Option<Timestamp>,
    /// Latest time.
    pub last: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    level: Option<Level>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    example: String,
    trend: Trend,
}

/// One template of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateRow {
    /// Stable id.
    pub id: String,
    /// Text with `<*>` for variables.
    pub text: String,
    /// Records.
    pub count: u64,
    /// Worst level of them.
    pub level: Option<Level>,
    /// Earliest time.
    pub first: Option<Timestamp>,
    /// Latest time.
    pub last: Option<Timestamp>,
    /// First line of the first record, harmless.
    pub example: String,
    /// Records per bucket of the histogram.
    pub trend: Vec<u32>,
}

impl Tally {
    /// Counts a record by its first line.
    pub fn note(&mut self, info: &LineInfo, bytes: &[u8]) {
        let Some(template) = info.template else { return };
        let at = template as usize;
        if self.all.len() <= at {
            self.all.resize_with(at + 1, Kept::default);
        }
        self.records += 1;
        self.first = [self.first, info.at].into_iter().flatten().min();
        self.last = self.last.max(info.at);
        let kept = &mut self.all[at];
        if kept.count == 0 {
            kept.example = cut(clean_line(bytes), EXAMPLE_MAX).0;
        }
        kept.count += 1;
        kept.level = kept.level.max(info.level);
        if let Some(at) = info.at {
            kept.first = Some(kept.first.map_or(at, |first| first.min(at)));
            kept.last = kept.last.max(Some(at));
            let micros = at.as_microsecond();
            if self.counter.record(micros, info.level) {
                kept.trend.record(micros);
            }
        }
    }

    /// All records by time.
    pub fn histogram(&self) -> Histogram {
        self.counter.snapshot()
    }

    /// One row for each template that is left once all lines are known, the most frequent first; `settled` gives the
    /// id and the text that each template has then.
    pub fn rows(self, settled: &[(String, String)]) -> Vec<TemplateRow> {
        let mut rows: Vec<TemplateRow> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for ((id, text), kept) in settled.iter().zip(self.all).filter(|(_, kept)| kept.count > 0) {
            let trend = self.counter.align(&kept.trend);
            let at = *known.entry(id).or_insert(rows.len());
            let Some(row) = rows.get_mut(at) else {
                let (id, text) = (id.clone(), text.clone());
                let Kept { count, level, first, last, example, .. } = kept;
                rows.push(TemplateRow { id, text, count, level, first, last, example, trend });
                continue;
            };
            row.count += kept.count;
            row.level = row.level.max(kept.level);
            row.first = [row.first, kept.first].into_iter().flatten().min();
            row.last = row.last.max(kept.last);
            for (sum, more) in row.trend.iter_mut().zip(trend) {
                *sum = sum.saturating_add(more);
            }
        }
        rows.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.id.cmp(&other.id)));
        rows
    }
}
