//! What the engine knows about all sources at one moment.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::{Finding, Level, Quote, SourceId};

/// A frozen summary of everything read so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Digest {
    /// Grows when anything changed that an analyst would read: a finding, a template's first record, the text of a
    /// prose source. Counters alone do not move it.
    pub revision: u64,
    /// Every source, by number.
    pub sources: Vec<SourceDigest>,
    /// The templates that matter most (bad levels and rare ones first), at most [`Digest::TEMPLATES_MAX`].
    pub templates: Vec<TemplateDigest>,
    /// How many templates there are in all.
    pub templates_total: usize,
    /// Findings, oldest onset first.
    pub findings: Vec<Finding>,
    /// Records per time bucket over all sources, for the sparkline.
    pub histogram: Histogram,
}

impl Digest {
    /// Most templates a digest carries.
    pub const TEMPLATES_MAX: usize = 400;
}

/// One source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceDigest {
    /// Its number.
    pub source: SourceId,
    /// Its short name.
    pub name: String,
    /// Bytes read, over all generations of the file.
    pub bytes_read: u64,
    /// Bytes there are to read as far as known; equal to `bytes_read` when caught up.
    pub bytes_known: u64,
    /// Complete lines read.
    pub lines: u64,
    /// Records read.
    pub records: u64,
    /// Earliest record time, UTC.
    pub first: Option<Timestamp>,
    /// Latest record time, UTC.
    pub last: Option<Timestamp>,
    /// What could not be read as it stands.
    pub losses: Losses,
    /// How far its clock is ahead of the other clocks (negative: behind), milliseconds, where it is known and more than
    /// a second.
    pub skew_ms: Option<i64>,
    /// The whole text, where the source is short and written by people rather than a machine log.
    pub prose: Option<Arc<str>>,
    /// Where reading stands, to go on from after a restart.
    pub position: Option<Position>,
}

/// What of a source could not be read as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Bytes of a stream that fell out of its bounded file.
    pub dropped_bytes: u64,
    /// Lines too long to be analysed whole.
    pub cut_lines: u64,
    /// Lines that are not valid UTF-8; their odd bytes are shown as replacement characters.
    pub invalid_lines: u64,
}

/// Where reading of a file stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Device number of the file.
    pub device: u64,
    /// Inode number of the file.
    pub inode: u64,
    /// Bytes of this file that were read.
    pub offset: u64,
    /// Logical offset in the source of this file's first byte.
    pub base: u64,
    /// Lines before this file's first byte.
    pub base_lines: u64,
    /// Hash of the file's first bytes (up to 1 KiB), with their number: tells a rewritten file from a grown one.
    pub fingerprint: (u64, u64),
}

/// The constant part of many records.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDigest {
    /// Stable id: the same template text has the same id in every run and file.
    pub id: String,
    /// Text with `<*>` for variables.
    pub text: String,
    /// Worst level of its records.
    pub level: Option<Level>,
    /// Records so far.
    pub count: u64,
    /// Earliest record time.
    pub first: Option<Timestamp>,
    /// Latest record time.
    pub last: Option<Timestamp>,
    /// Records per bucket of [`Digest::histogram`], as far as counted that finely; empty where it is not.
    pub trend: Vec<u32>,
    /// Its first record, as a verified quote.
    pub example: Quote,
    /// Its newest record, as a verified quote.
    pub newest: Quote,
}

/// Records per time bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    /// Start of the first bucket.
    pub start: Option<Timestamp>,
    /// Width of a bucket, seconds; doubles as the span grows so that there are at most [`Histogram::BUCKETS_MAX`].
    pub bucket_s: u32,
    /// All records.
    pub all: Vec<u32>,
    /// Records of level error and worse.
    pub bad: Vec<u32>,
    /// Records of level warning.
    pub warnings: Vec<u32>,
}

impl Histogram {
    /// Most buckets a histogram carries.
    pub const BUCKETS_MAX: usize = 240;
}
