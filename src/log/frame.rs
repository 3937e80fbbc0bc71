//! Bytes -> lines. Holds what is left of a line until its break arrives, with a limit.

/// Most bytes of one line that are kept while its break has not arrived; the rest is counted only.
pub(crate) const KEPT_MAX: usize = 64 * 1024;

/// A line, its break left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawLine<'a> {
    /// Logical offset of the first byte.
    pub(crate) start: u64,
    /// Logical offset one past the last byte, line break excluded.
    pub(crate) end: u64,
    /// The bytes, at most [`KEPT_MAX`].
    pub(crate) bytes: &'a [u8],
}

impl<'a> RawLine<'a> {
    /// The line of these bytes, to which a `\r` before the line break may still belong.
    #[inline]
    pub(crate) fn new(start: u64, line: &'a [u8]) -> Self {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Self { start, end: start + line.len() as u64, bytes: &line[..line.len().min(KEPT_MAX)] }
    }
}

/// Cuts a stream of blocks into lines; how the stream is cut into blocks makes no difference.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    /// The beginning of the line whose break has not arrived.
    rest: Vec<u8>,
    /// Its full length so far, also beyond what is kept.
    rest_len: u64,
    /// Logical offset of the next byte.
    at: u64,
    /// Whether the last byte seen of the unfinished line was `\r`.
    rest_cr: bool,
}

impl Framer {
    /// Starts at a logical offset.
    pub(crate) fn new(at: u64) -> Self {
        Self { at, ..Self::default() }
    }

    /// Logical offset of the next byte.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Logical offset of the first byte of the unfinished line.
    pub(crate) fn line_start(&self) -> u64 {
        self.at - self.rest_len
    }

    /// Passes over whole lines, at the start of a line.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.at += bytes as u64;
    }

    /// Takes a block in and hands out the lines it completes.
    pub(crate) fn push(&mut self, mut block: &[u8], take: &mut impl FnMut(RawLine<'_>)) {
        if self.rest_len > 0 {
            let Some(end) = memchr::memchr(b'\n', block) else {
                self.keep(block);
                return;
            };
            self.keep(&block[..end]);
            self.at += 1;
            block = &block[end + 1..];
            self.flush(1, take);
        }
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', block) {
            let line = &block[from..end];
            let start = self.at + from as u64;
            emit(start, line, take);
            from = end + 1;
        }
        self.at += from as u64;
        self.keep(&block[from..]);
    }

    /// The stream ends or goes on elsewhere: hands out the unfinished line, if there is one.
    pub(crate) fn finish(&mut self, take: &mut impl FnMut(RawLine<'_>)) {
        if self.rest_len > 0 {
            self.flush(0, take);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        let room = KEPT_MAX - self.rest.len();
        self.rest.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.rest_len += bytes.len() as u64;
        self.rest_cr = *last == b'\r';
        self.at += bytes.len() as u64;
    }

    fn flush(&mut self, line_break: u64, take: &mut impl FnMut(RawLine<'_>)) {
        let start = self.at - line_break - self.rest_len;
        let end = self.at - line_break - u64::from(self.rest_cr);
        let kept = self.rest.len().min((end - start) as usize);
        take(RawLine { start, end, bytes: &self.rest[..kept] });
        self.rest.clear();
        self.rest_len = 0;
        self.rest_cr = false;
    }
}

fn emit(start: u64, line: &[u8], take: &mut impl FnMut(RawLine<'_>)) {
    take(RawLine::new(start, line));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(blocks: &[&[u8]]) -> Vec<(u64, u64, Vec<u8>)> {
        let mut framer = Framer::new(0);
        let mut out = Vec::new();
        let mut take = |line: RawLine<'_>| out.push((line.start, line.end, line.bytes.to_vec()));
        for block in blocks {
            framer.push(block, &mut take);
        }
        framer.finish(&mut take);
        out
    }

    #[test]
    fn breaks_are_left_off_and_offsets_point_at_the_text() {
        let expected =
            vec![(0, 1, b"a".to_vec()), (3, 4, b"b".to_vec()), (5, 5, Vec::new()), (6, 7, b"c".to_vec())];
        assert_eq!(lines(&[b"a\r\nb\n\nc"]), expected);
        assert_eq!(lines(&[b"a\r", b"\nb", b"\n", b"\nc"]), expected);
    }

    #[test]
    fn a_huge_line_is_counted_whole_and_kept_in_part() {
        let block = vec![b'x'; 1 << 20];
        let mut framer = Framer::new(0);
        let mut seen = Vec::new();
        for _ in 0..10 {
            framer.push(&block, &mut |_| {});
        }
        framer.push(b"\nnext\n", &mut |line| seen.push((line.start, line.end, line.bytes.len())));
        assert_eq!(seen, vec![(0, 10 << 20, KEPT_MAX), ((10 << 20) + 1, (10 << 20) + 5, 4)]);
        assert!(framer.rest.capacity() <= 2 * KEPT_MAX);
    }

    proptest! {
        #[test]
        fn chunking_changes_nothing(text in "[ab\r\n]{0,60}", cuts in proptest::collection::vec(0_usize..60, 0..6)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut blocks = Vec::new();
            let mut from = 0;
            for cut in cuts {
                blocks.push(&bytes[from..cut]);
                from = cut;
            }
            blocks.push(&bytes[from..]);
            prop_assert_eq!(lines(&blocks), lines(&[bytes]));
        }
    }
}
