//! Line numbers of byte offsets: a sparse index that thins itself out, so that its size is bounded.

/// Most entries; at the limit every second one is dropped.
const ENTRIES_MAX: usize = 16_384;
/// Bytes between entries at first.
const STRIDE: u64 = 64 * 1024;

/// Remembers which line some offsets are at the start of.
#[derive(Debug)]
pub(crate) struct Index {
    /// Start of a line and the number of lines before it; ascending.
    entries: Vec<(u64, u64)>,
    stride: u64,
}

impl Index {
    /// Begins at an offset with a number of lines before it.
    pub(crate) fn new(start: u64, lines: u64) -> Self {
        Self { entries: vec![(start, lines)], stride: STRIDE }
    }

    /// Notes that `lines` lines stand before the line that begins at `start`.
    #[inline]
    pub(crate) fn note(&mut self, start: u64, lines: u64) {
        let due = self.entries.last().is_none_or(|(last, _)| start >= last + self.stride);
        if due {
            self.entries.push((start, lines));
            if self.entries.len() >= ENTRIES_MAX {
                let mut keep = false;
                self.entries.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
        }
    }

    /// Notes a start of a line that must not be missed: where a generation begins.
    pub(crate) fn note_exact(&mut self, start: u64, lines: u64) {
        if self.entries.last().is_none_or(|(last, _)| start > *last) {
            self.entries.push((start, lines));
        }
    }

    /// The last known start of a line at or before `offset`, with the number of lines before it.
    pub(crate) fn before(&self, offset: u64) -> Option<(u64, u64)> {
        let after = self.entries.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).map(|at| self.entries[at])
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
        }
        assert!(index.entries.len() < ENTRIES_MAX);
        let (start, lines) = index.before(4_999_999 * 1000 + 5).unwrap();
        assert_eq!(start, lines * 1000);
        assert!(5_000_000_000 - start < 4 * 1024 * 1024);
    }
}
