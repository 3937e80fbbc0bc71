//! Lines that cannot be read as they stand: too long to be analysed whole, or no valid UTF-8.

use crate::log::frame::RawLine;
use crate::log::record::ANALYSED_MAX;

/// Counts such lines of one source.
#[derive(Debug, Default)]
pub(crate) struct LineLosses {
    /// Lines longer than what is analysed.
    pub(crate) cut: u64,
    /// Lines that are no valid UTF-8.
    pub(crate) invalid: u64,
    /// The blocks that the next lines stand in are ASCII, and so need no closer look.
    ascii: bool,
}

impl LineLosses {
    /// A block follows; `carried`: a line began in the one before.
    pub(crate) fn begin(&mut self, block: &[u8], carried: bool) {
        self.ascii = block.is_ascii() && (self.ascii || !carried);
    }

    /// Looks at a line.
    #[inline]
    pub(crate) fn note(&mut self, line: RawLine<'_>) {
        let cut = line.end - line.start > ANALYSED_MAX as u64;
        self.cut += u64::from(cut);
        if !self.ascii {
            self.invalid += u64::from(is_invalid(line));
        }
    }
}

/// Whether its bytes are no valid UTF-8, as far as they are kept; a character cut in half there is none of its faults.
fn is_invalid(line: RawLine<'_>) -> bool {
    let whole = line.end - line.start == line.bytes.len() as u64;
    std::str::from_utf8(line.bytes).is_err_and(|error| whole || error.error_len().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::frame::Framer;

    #[test]
    fn lines_are_counted_however_blocks_are_cut() {
        let long = "é".repeat(ANALYSED_MAX);
        let huge = "x".repeat(100_000) + &"é".repeat(100_000);
        let mut text = format!("plain\ncaf\u{e9}\n{long}\n{huge}\n").into_bytes();
        text.extend(b"latin caf\xe9\nplain again\ntorn \xe2\x82\n\xff\n");
        for size in [1, 7, 4096, text.len()] {
            let (mut losses, mut framer) = (LineLosses::default(), Framer::new(0));
            for block in text.chunks(size) {
                losses.begin(block, framer.line_start() < framer.at());
                framer.push(block, &mut |line| losses.note(line));
            }
            assert_eq!((losses.cut, losses.invalid), (2, 3), "blocks of {size}");
        }
    }
}
