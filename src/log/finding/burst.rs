//! Bursts: a leaky bucket per template that drains at a multiple of the usual rate. The record that found it empty
//! is the onset; when it has filled up, the rate has risen (a one-sided CUSUM, after Page, Biometrika 1954).

use crate::incident::Level;
use crate::log::finding::Sample;
use crate::log::time::Micros;

/// Microseconds in a second.
const SECOND: f64 = 1_000_000.0;
/// Multiple of the usual rate that is still usual.
const USUAL: f64 = 3.0;
/// Rate that is usual for everything, per second.
const FLOOR: f64 = 0.2;
/// Seconds of log needed before a usual rate is known.
const WARM_UP: f64 = 10.0;
/// Seconds of full burst that the bucket can hold.
const DEPTH: f64 = 15.0;
/// Shortest silence that ends a burst, seconds.
const SILENT: f64 = 15.0;
/// A burst that comes back within this many seconds is the same burst.
const SAME: f64 = 600.0;
/// Most bursts told apart per template.
const BURSTS_MAX: usize = 5;
/// A log that begins with a burst consists of it to one part in this many.
const FILLS: u64 = 10;
/// Seconds of the window in which a rate is measured.
const WINDOW: usize = 10;
/// Gaps remembered for their median.
const GAPS: usize = 15;

/// What is known of the log a record stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogSoFar {
    /// Its first time.
    pub(crate) began: Micros,
    /// Its records.
    pub(crate) records: u64,
}

/// One burst.
#[derive(Debug, Clone)]
pub(crate) struct Burst {
    pub(crate) onset: Sample,
    /// The record at which it was certain.
    pub(crate) sure: Sample,
    /// Rate before, per second; absent when the log begins with the burst.
    pub(crate) before: Option<f64>,
    /// Peak as shown: moves when the true one has doubled.
    pub(crate) shown_peak: f64,
    peak: f64,
    pub(crate) worst: Option<Level>,
    /// Last record at the height of the burst.
    last_high: Micros,
    /// Highest fill of the bucket.
    top: f64,
    pub(crate) ended: Option<Micros>,
}

impl Burst {
    /// The peak to show once it is over.
    pub(crate) fn final_peak(&self) -> f64 {
        self.peak
    }
}

/// The records of one template in one source that report trouble.
#[derive(Debug)]
pub(crate) struct Tracker {
    last: Micros,
    /// Fill of the bucket.
    fill: f64,
    onset: Sample,
    /// Records since the onset.
    run: u64,
    /// Records outside bursts.
    quiet: u64,
    seconds: [u32; WINDOW],
    second: i64,
    gaps: [u32; GAPS],
    gap: usize,
    bursting: bool,
    pub(crate) bursts: Vec<Burst>,
}

impl Tracker {
    pub(crate) fn new() -> Self {
        Self {
            last: Micros::MIN,
            fill: 0.0,
            onset: Sample::default(),
            run: 0,
            quiet: 0,
            seconds: [0; WINDOW],
            second: 0,
            gaps: [0; GAPS],
            gap: 0,
            bursting: false,
            bursts: Vec::new(),
        }
    }

    /// Takes a record in; `sample` makes its quote when needed. Returns whether something changed that shows.
    pub(crate) fn record(
        &mut self,
        at: Micros,
        level: Option<Level>,
        log: LogSoFar,
        sample: impl Fn() -> Sample,
    ) -> bool {
        let began = log.began;
        let at = at.max(self.last);
        let first = self.last == Micros::MIN;
        let gap = if first { 0.0 } else { (at - self.last) as f64 / SECOND };
        let mut changed = false;
        if self.bursting && gap > self.silence() {
            changed = self.end(self.last);
        }
        let before = self.before(began);
        let leak = USUAL * before + FLOOR;
        self.fill = if self.bursting || self.run > 0 { (self.fill - leak * gap).max(0.0) } else { 0.0 };
        if self.fill == 0.0 {
            if self.bursting {
                let ended = self.bursts.last().map_or(at, |burst| burst.last_high);
                changed |= self.end(ended);
            }
            self.quiet += self.run;
            self.run = 0;
            self.onset = sample();
            self.onset.at = Some(at);
        }
        if !first {
            self.gaps[self.gap % GAPS] = (gap * 1000.0) as u32;
            self.gap += 1;
        }
        self.last = at;
        self.run += 1;
        self.fill += 1.0;
        self.count(at);
        if self.bursting {
            return self.go_on(at, level, leak) | changed;
        }
        let enough = match level {
            Some(level) if level.is_bad() => 6.0,
            _ => 9.0,
        };
        let onset = self.onset.at.unwrap_or(at);
        let known = (onset - began) as f64 / SECOND >= WARM_UP;
        // Many logs give whole seconds: a second's worth of the usual comes at once.
        if self.fill < enough + leak {
            return changed;
        }
        let fills_log = self.run * FILLS >= log.records;
        if known || (fills_log && level.is_some_and(Level::is_bad)) {
            self.begin(at, level, known.then_some(before), sample());
            return true;
        }
        // The log begins with it: nothing says that this is more than usual.
        self.quiet += self.run;
        self.run = 0;
        changed
    }

    /// Usual rate before the present run, per second.
    fn before(&self, began: Micros) -> f64 {
        let onset = if self.run > 0 { self.onset.at.unwrap_or(began) } else { self.last.max(began) };
        self.quiet as f64 / ((onset - began) as f64 / SECOND).max(WARM_UP)
    }

    fn begin(&mut self, at: Micros, level: Option<Level>, before: Option<f64>, sure: Sample) {
        self.bursting = true;
        let rate = self.rate(at);
        let again = self
            .bursts
            .last()
            .and_then(|burst| burst.ended)
            .is_some_and(|ended| (at - ended) as f64 / SECOND <= SAME || self.bursts.len() >= BURSTS_MAX);
        if again && let Some(burst) = self.bursts.last_mut() {
            burst.ended = None;
            burst.last_high = at;
            burst.top = self.fill;
            burst.worst = burst.worst.max(level);
            return;
        }
        self.bursts.push(Burst {
            onset: self.onset.clone(),
            sure,
            before,
            shown_peak: rate,
            peak: rate,
            worst: level,
            last_high: at,
            top: self.fill,
            ended: None,
        });
    }

    fn go_on(&mut self, at: Micros, level: Option<Level>, leak: f64) -> bool {
        self.fill = self.fill.min(9.0 + DEPTH * leak);
        let rate = self.rate(at);
        let Some(burst) = self.bursts.last_mut() else { return false };
        burst.top = burst.top.max(self.fill);
        if self.fill >= burst.top - 1.5 {
            burst.last_high = at;
        }
        let worse = level > burst.worst;
        burst.worst = burst.worst.max(level);
        burst.peak = burst.peak.max(rate);
        if burst.peak >= 2.0 * burst.shown_peak {
            burst.shown_peak = burst.peak;
            return true;
        }
        worse
    }

    fn end(&mut self, at: Micros) -> bool {
        self.bursting = false;
        self.run = 0;
        self.fill = 0.0;
        if let Some(burst) = self.bursts.last_mut() {
            burst.ended = Some(at);
        }
        true
    }

    /// When the present burst counts as over at `clock`: the time of its last record.
    pub(crate) fn over(&self, clock: Micros) -> Option<Micros> {
        let silent = (clock - self.last) as f64 / SECOND > self.silence();
        (self.bursting && silent).then_some(self.last)
    }

    /// Seconds without a record that end a burst.
    fn silence(&self) -> f64 {
        let known = self.gap.min(GAPS);
        let mut gaps = self.gaps;
        let gaps = &mut gaps[..known];
        gaps.sort_unstable();
        let median = gaps.get(known / 2).copied().unwrap_or(0);
        SILENT.max(5.0 * f64::from(median) / 1000.0)
    }

    fn count(&mut self, at: Micros) {
        let second = at.div_euclid(1_000_000);
        let skipped = (second - self.second).clamp(0, WINDOW as i64);
        for ahead in 1..=skipped {
            self.seconds[(self.second + ahead).rem_euclid(WINDOW as i64) as usize] = 0;
        }
        if second - self.second > WINDOW as i64 {
            self.seconds = [0; WINDOW];
        }
        self.second = second;
        self.seconds[second.rem_euclid(WINDOW as i64) as usize] += 1;
    }

    /// Rate since the onset, over the window at most.
    fn rate(&self, at: Micros) -> f64 {
        let onset = self.onset.at.unwrap_or(at);
        let elapsed = ((at - onset) as f64 / SECOND).clamp(1.0, WINDOW as f64);
        let in_window: u32 = self.seconds.iter().sum();
        (u64::from(in_window)).min(self.run) as f64 / elapsed
    }
}
