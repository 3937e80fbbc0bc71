//! Lines of a program: what it writes to its two outputs is joined line by line, and what a program that was started
//! again says again is left out.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Most bytes of a line that wait for its end; a longer one goes on its way in pieces.
const LINE_MAX: usize = 1024 * 1024;
/// Lines remembered, to know again what is said again.
const KNOWN_MAX: usize = 200_000;

/// Cuts the bytes of one output into whole lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes bytes in; hands out each line that is complete, with its break.
    pub(super) fn push(&mut self, mut bytes: &[u8], take: &mut impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end + 1);
            if self.rest.is_empty() {
                take(line);
            } else {
                self.rest.extend_from_slice(line);
                take(&self.rest);
                self.rest.clear();
            }
            bytes = rest;
        }
        self.rest.extend_from_slice(bytes);
        if self.rest.len() > LINE_MAX {
            take(&self.rest);
            self.rest.clear();
        }
    }

    /// The output is over: what is left is a line.
    pub(super) fn finish(&mut self, take: &mut impl FnMut(&[u8])) {
        if !self.rest.is_empty() {
            self.rest.push(b'\n');
            take(&self.rest);
            self.rest.clear();
        }
    }
}

/// Knows lines again.
#[derive(Debug, Default)]
pub(super) struct Known {
    hashes: HashSet<u64>,
    order: VecDeque<u64>,
    again: bool,
    /// The program followed something for a while before: what it says again, it reads again.
    follower: bool,
    /// The line before was left out.
    leaving: bool,
}

impl Known {
    /// The program begins anew, and may say again what it said. One that did not stay says the same each time it fails,
    /// which is news each time, unless its lines are dated.
    pub(super) fn start_again(&mut self, follower: bool) {
        (self.again, self.follower, self.leaving) = (true, follower, false);
    }

    /// Whether a line is new. After a new beginning the first lines that were said before are not, up to the first
    /// that is.
    pub(super) fn is_new(&mut self, line: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        let hash = hasher.finish();
        if self.again && self.hashes.contains(&hash) {
            self.leaving = self.leaving || self.follower || crate::log::is_dated(line);
        } else {
            (self.again, self.leaving) = (false, false);
        }
        if self.leaving {
            return false;
        }
        if self.hashes.insert(hash) {
            self.order.push_back(hash);
            if self.order.len() > KNOWN_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.hashes.remove(&oldest);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_however_they_come_and_a_huge_one_does_not_wait() {
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for bytes in [&b"a\nb"[..], b"", b"c\n\nd"] {
            lines.push(bytes, &mut |line| all.push(line.to_vec()));
        }
        lines.finish(&mut |line| all.push(line.to_vec()));
        assert_eq!(all, [&b"a\n"[..], b"bc\n", b"\n", b"d\n"]);
        let mut length = 0;
        lines.push(&vec![b'x'; 3 * LINE_MAX], &mut |line| length += line.len());
        assert_eq!(length, 3 * LINE_MAX);
    }

    #[test]
    fn what_is_said_again_after_a_new_beginning_is_known() {
        let mut known = Known::default();
        let mut new = |lines: &[&str]| -> Vec<bool> {
            lines.iter().map(|line| known.is_new(line.as_bytes())).collect()
        };
        assert_eq!(new(&["1", "2", "2"]), [true, true, true]);
        known.start_again(true);
        let mut new = |lines: &[&str]| -> Vec<bool> {
            lines.iter().map(|line| known.is_new(line.as_bytes())).collect()
        };
        assert_eq!(new(&["1", "2", "2", "3", "1"]), [false, false, false, true, true]);
    }

    #[test]
    fn what_a_crash_loop_says_each_time_is_news_unless_it_is_dated() {
        let mut known = Known::default();
        let mut run = |lines: &[&str]| -> usize {
            known.start_again(false);
            lines.iter().filter(|line| known.is_new(line.as_bytes())).count()
        };
        let crash = ["starting", "panic: no route to db", "  at main.rs:7"];
        assert_eq!((run(&crash), run(&crash), run(&crash)), (3, 3, 3));
        let dated = ["2026-03-01T10:00:00Z ERROR no route to db", "  at main.rs:7"];
        assert_eq!((run(&dated), run(&dated)), (2, 0));
        assert_eq!(run(&["2026-03-01T10:00:00Z ERROR no route to db", "2026-03-01T10:00:09Z INFO ok"]), 1);
    }
}
