//! Which line, and which times, stand at a byte offset: a sparse index that thins itself out, so that its size is
//! bounded.

use crate::log::time::Micros;

/// Most stretches; at the limit every two become one.
const STRETCHES_MAX: usize = 16_384;
/// Bytes of a stretch at first.
const STRIDE: u64 = 64 * 1024;

/// Some lines that stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Offset of its first line.
    pub(crate) start: u64,
    /// Lines before it.
    pub(crate) lines: u64,
    /// Earliest time of its records; `Micros::MAX` without one.
    pub(crate) first: Micros,
    /// Latest time of its records; `Micros::MIN` without one.
    pub(crate) last: Micros,
    /// Records of level error and worse.
    pub(crate) bad: u32,
}

impl Stretch {
    fn new(start: u64, lines: u64) -> Self {
        Self { start, lines, first: Micros::MAX, last: Micros::MIN, bad: 0 }
    }

    fn join(&mut self, next: Self) {
        self.first = self.first.min(next.first);
        self.last = self.last.max(next.last);
        self.bad = self.bad.saturating_add(next.bad);
    }
}

/// Remembers stretches of lines, ascending by offset.
#[derive(Debug)]
pub(crate) struct Index {
    stretches: Vec<Stretch>,
    stride: u64,
    /// Starts of lines that were counted but not analysed, with the lines before them; ascending.
    ahead: Vec<(u64, u64)>,
    ahead_stride: u64,
}

impl Index {
    /// Begins at an offset with a number of lines before it.
    pub(crate) fn new(start: u64, lines: u64) -> Self {
        let stretches = vec![Stretch::new(start, lines)];
        Self { stretches, stride: STRIDE, ahead: Vec::new(), ahead_stride: STRIDE }
    }

    /// Notes that `lines` lines stand before the line that begins at `start`.
    #[inline]
    pub(crate) fn note(&mut self, start: u64, lines: u64) {
        let due = self.stretches.last().is_none_or(|last| start >= last.start + self.stride);
        if due {
            self.stretches.push(Stretch::new(start, lines));
            if self.stretches.len() >= STRETCHES_MAX {
                self.thin_out();
            }
        }
    }

    /// Notes a start of a line that must not be missed: where a generation begins.
    pub(crate) fn note_exact(&mut self, start: u64, lines: u64) {
        if self.stretches.last().is_none_or(|last| start > last.start) {
            self.stretches.push(Stretch::new(start, lines));
        }
    }

    /// Notes a record of the line that was noted last.
    #[inline]
    pub(crate) fn record(&mut self, at: Option<Micros>, bad: bool) {
        let Some(last) = self.stretches.last_mut() else { return };
        if let Some(at) = at {
            last.first = last.first.min(at);
            last.last = last.last.max(at);
        }
        last.bad = last.bad.saturating_add(u32::from(bad));
    }

    /// The last known start of a line at or before `offset`, with the number of lines before it.
    pub(crate) fn before(&self, offset: u64) -> Option<(u64, u64)> {
        let after = self.ahead.partition_point(|(start, _)| *start <= offset);
        if let Some(at) = after.checked_sub(1) {
            return Some(self.ahead[at]);
        }
        let after = self.stretches.partition_point(|stretch| stretch.start <= offset);
        after.checked_sub(1).map(|at| (self.stretches[at].start, self.stretches[at].lines))
    }

    /// The last known start of a line with at most so many lines before it, and their number.
    pub(crate) fn of_line(&self, before: u64) -> Option<(u64, u64)> {
        let after = self.ahead.partition_point(|(_, lines)| *lines <= before);
        if let Some(at) = after.checked_sub(1) {
            return Some(self.ahead[at]);
        }
        let after = self.stretches.partition_point(|stretch| stretch.lines <= before);
        after.checked_sub(1).map(|at| (self.stretches[at].start, self.stretches[at].lines))
    }

    /// Notes that `lines` lines stand before the one that begins at `start`, beyond what was analysed.
    pub(crate) fn count_ahead(&mut self, start: u64, lines: u64) {
        let newest = self.ahead.len();
        if newest > 1 && start < self.ahead[newest - 2].0 + self.ahead_stride {
            self.ahead[newest - 1] = (start, lines);
            return;
        }
        self.ahead.push((start, lines));
        if self.ahead.len() >= STRETCHES_MAX {
            let mut number = 0;
            self.ahead.retain(|_| {
                number += 1;
                number % 2 == 1 || number == STRETCHES_MAX
            });
            self.ahead_stride *= 2;
        }
    }

    /// The furthest start of a line that was counted ahead, with the lines before it.
    pub(crate) fn counted_ahead(&self) -> Option<(u64, u64)> {
        self.ahead.last().copied()
    }

    /// Forgets what was counted ahead: it was analysed, or is not there any more.
    pub(crate) fn forget_ahead(&mut self) {
        self.ahead = Vec::new();
        self.ahead_stride = STRIDE;
    }

    /// All stretches, ascending. One ends where the next begins, the last where analysis stands.
    pub(crate) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    fn thin_out(&mut self) {
        let mut kept: Vec<Stretch> = Vec::with_capacity(STRETCHES_MAX / 2 + 1);
        for (number, stretch) in self.stretches.iter().enumerate() {
            match kept.last_mut() {
                Some(last) if number % 2 == 1 => last.join(*stretch),
                _ => kept.push(*stretch),
            }
        }
        self.stretches = kept;
        self.stride *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_small_and_right() {
        let mut index = Index::new(0, 0);
        for line in 0..5_000_000_u64 {
            index.note(line * 1000, line);
            index.record(Some(line as Micros), line % 1000 == 0);
        }
        assert!(index.stretches.len() < STRETCHES_MAX);
        let (start, lines) = index.before(4_999_999 * 1000 + 5).unwrap();
        assert_eq!(start, lines * 1000);
        assert!(5_000_000_000 - start < 4 * 1024 * 1024);
        let mut expected = 0;
        for stretch in index.stretches() {
            assert_eq!((stretch.first, stretch.lines), (expected, stretch.lines));
            expected = stretch.last + 1;
        }
        assert_eq!(expected, 5_000_000);
        assert_eq!(index.stretches().iter().map(|stretch| stretch.bad).sum::<u32>(), 5000);
    }

    #[test]
    fn lines_counted_ahead_are_found_until_they_are_forgotten() {
        let mut index = Index::new(0, 0);
        index.note(100, 1);
        for line in 1..3_000_000_u64 {
            index.count_ahead(line * 1000, line);
        }
        assert!(index.ahead.len() < STRETCHES_MAX);
        assert_eq!(index.before(999), Some((0, 0)));
        assert_eq!(index.counted_ahead(), Some((2_999_999_000, 2_999_999)));
        for offset in [1000, 5_000_500, 1_500_000_001, 2_999_999_999] {
            let (start, lines) = index.before(offset).unwrap();
            assert_eq!(start, lines * 1000);
            assert!(offset - start < 4 * 1024 * 1024, "{offset} {start}");
        }
        let (start, lines) = index.of_line(777_777).unwrap();
        assert!(start == lines * 1000 && lines <= 777_777 && 777_777 - lines < 4096, "{lines}");
        index.forget_ahead();
        assert_eq!(index.before(5_000_500), Some((0, 0)));
        assert_eq!(index.of_line(777_777), Some((0, 0)));
    }
}
