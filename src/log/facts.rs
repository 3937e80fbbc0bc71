//! What the lines of a block say, found out ahead of their turn. How a line reads depends a little on the lines before
//! it, so a block is read by a guess at what the reader knows where it begins. When its turn comes, the guess is
//! checked: lines up to where the reader agrees with the guess are read again, the others stand. So blocks may be read
//! in any order, by any thread, and the same comes out.

use crate::incident::Level;
use crate::log::clean;
use crate::log::finding::hostile;
use crate::log::frame::RawLine;
use crate::log::record::{Head, Reader, Shape};
use crate::log::template;
use crate::log::time::Micros;

/// Lines between two states of the reader that are kept.
const STATES: usize = 64;

/// What one line says, without its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) shape: Shape,
    pub(crate) level: Option<Level>,
    /// It may hold something hostile.
    pub(crate) suspicious: bool,
    /// It was read without its colours.
    coloured: bool,
    pub(crate) at: Option<Micros>,
    /// Where the parts of the message begin in the line, and how long they are.
    message: [(u16, u16); 2],
    /// Sketch of the masked form of the message.
    pub(crate) sketch: u64,
}

impl Facts {
    fn new(line: &[u8], head: Head<'_>, suspicious: bool, coloured: bool) -> Self {
        let mut sketch = 0;
        if head.is_head() {
            let bad = head.level.is_some_and(Level::is_bad);
            sketch = template::sketch_of(head.message, head.shape == Shape::Access, bad);
        }
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
            if part.is_empty() { (0, 0) } else { (start as u16, part.len() as u16) }
        };
        Self {
            shape: head.shape,
            level: head.level,
            suspicious,
            coloured,
            at: head.at,
            message: [place(head.message[0]), place(head.message[1])],
            sketch,
        }
    }

    /// The head that this is the gist of, without its message.
    #[inline]
    pub(crate) fn head(&self) -> Head<'static> {
        Head { shape: self.shape, at: self.at, level: self.level, message: [b"", b""] }
    }

    /// The message in its line; `plain` is a buffer.
    pub(crate) fn message<'a>(&self, line: &'a [u8], plain: &'a mut Vec<u8>) -> [&'a [u8]; 2] {
        let line = if self.coloured && clean::uncolour(line, plain) { plain } else { line };
        self.message.map(|(start, len)| {
            let (start, len) = (usize::from(start), usize::from(len));
            line.get(start..start + len).unwrap_or_default()
        })
    }
}

/// Looks at lines, one at a time.
#[derive(Debug, Default)]
pub(crate) struct Looker {
    /// A line without its colours.
    plain: Vec<u8>,
}

impl Looker {
    /// What a line says.
    pub(crate) fn look(&mut self, line: &[u8], reader: &mut Reader) -> Facts {
        let suspicious = hostile::suspects(line);
        self.read(line, reader, suspicious)
    }

    fn read(&mut self, line: &[u8], reader: &mut Reader, suspicious: bool) -> Facts {
        let coloured = suspicious && clean::uncolour(line, &mut self.plain);
        let line = if coloured { &self.plain[..] } else { line };
        Facts::new(line, reader.read(line), suspicious, coloured)
    }
}

/// The whole lines of a block, with what they say.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    looker: Looker,
    lines: Vec<(u32, u32, Facts)>,
    /// What the reader was guessed to know before the line of this number; ascending.
    states: Vec<(usize, Reader)>,
    /// What it knows after the last line.
    last: Reader,
    /// End of the first line break: what stands before it ends a line of the block before.
    head: usize,
    /// End of the last line break: what stands after it begins a line of the block after.
    tail: usize,
}

impl Batch {
    /// Looks at the lines of a block that both begin and end in it, except the first; `reader` is the guess.
    pub(crate) fn read(&mut self, block: &[u8], reader: &Reader) {
        self.lines.clear();
        self.states.clear();
        self.last = reader.clone();
        let mut breaks = memchr::memchr_iter(b'\n', block);
        let Some(first) = breaks.next() else {
            (self.head, self.tail) = (0, 0);
            return;
        };
        self.head = first + 1;
        let suspicious = hostile::suspects(block);
        let mut from = self.head;
        for (number, end) in breaks.enumerate() {
            if number % STATES == 0 || (number < STATES && number.is_power_of_two()) {
                self.states.push((number, self.last.clone()));
            }
            let line = RawLine::new(0, &block[from..end]).bytes;
            let suspicious = suspicious && hostile::suspects(line);
            let facts = self.looker.read(line, &mut self.last, suspicious);
            self.lines.push((from as u32, end as u32, facts));
            from = end + 1;
        }
        self.tail = from;
    }

    /// What stands before and after the whole lines: up to the first break, and from behind the last one. Without a
    /// break all is after.
    pub(crate) fn borders<'a>(&self, block: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        (&block[..self.head], &block[self.tail..])
    }

    /// Bytes of the whole lines.
    pub(crate) fn len(&self) -> usize {
        self.tail - self.head
    }

    /// Hands out the whole lines of the block (which begins at `at`), with what they say to `reader`, which then knows
    /// what it would know had it read them.
    pub(crate) fn settle(
        &self,
        block: &[u8],
        at: u64,
        reader: &mut Reader,
        looker: &mut Looker,
        mut take: impl FnMut(RawLine<'_>, &Facts),
    ) {
        let mut states = self.states.iter().peekable();
        let mut agrees = false;
        for (number, (start, end, facts)) in self.lines.iter().enumerate() {
            let line = RawLine::new(at + u64::from(*start), &block[*start as usize..*end as usize]);
            if !agrees && let Some((_, state)) = states.next_if(|(before, _)| *before == number) {
                agrees = state == reader;
            }
            if agrees {
                take(line, facts);
            } else {
                take(line, &looker.read(line.bytes, reader, facts.suspicious));
            }
        }
        if agrees {
            reader.clone_from(&self.last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<u8> {
        let mut text = String::from("the end of a line\n");
        for number in 0..300 {
            text.push_str(match number % 50 {
                0..20 => "2026-03-01T10:00:00Z INFO served\n",
                20 => "Mar  1 10:00:00 host app[7]: served\n",
                _ => "2026-03-01T10:00:00Z ERROR failed\nsome words\n",
            });
        }
        text.into_bytes()
    }

    fn settled(batch: &Batch, block: &[u8], mut reader: Reader) -> (Vec<String>, Reader, usize) {
        let mut all = Vec::new();
        let mut again = 0;
        batch.settle(block, 0, &mut reader, &mut Looker::default(), |line, facts| {
            again += usize::from(batch.lines.iter().all(|(.., own)| !std::ptr::eq(own, facts)));
            all.push(format!("{} {facts:?}", line.start));
        });
        (all, reader, again)
    }

    #[test]
    fn a_wrong_guess_costs_a_few_lines_and_changes_nothing() {
        let block = lines();
        let mut actual = Reader::default();
        for _ in 0..20 {
            actual.read(b"2026-03-01T10:00:00Z INFO served");
        }
        let mut batch = Batch::default();
        batch.read(&block, &actual);
        let expected = settled(&batch, &block, actual.clone());
        assert_eq!(expected.2, 0);
        let mut wrong = Reader::default();
        wrong.read(b"words");
        batch.read(&block, &wrong);
        let (all, reader, again) = settled(&batch, &block, actual);
        assert_eq!((all, reader), (expected.0, expected.1));
        assert!((1..64).contains(&again), "{again}");
    }
}
