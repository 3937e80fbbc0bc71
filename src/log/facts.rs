//! What the lines of a block say by themselves. A function of the bytes: blocks are read in any order, by any thread,
//! and judged in theirs ([`crate::log::lane`]).

use crate::incident::Level;
use crate::log::finding::hostile::Guard;
use crate::log::frame::RawLine;
use crate::log::record::{self, Bearing, Head, Shape};
use crate::log::template;
use crate::log::time::{Clock, Micros};

/// What one line says, without its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) bearing: Bearing,
    pub(crate) shape: Shape,
    pub(crate) level: Option<Level>,
    /// It may hold something hostile.
    pub(crate) suspicious: bool,
    pub(crate) at: Option<Micros>,
    /// Where the parts of the message begin in the line, and how long they are.
    message: [(u16, u16); 2],
    /// Sketch of the masked form of the message.
    pub(crate) sketch: u64,
}

impl Facts {
    /// Whether it begins a record, as far as it tells by itself.
    pub(crate) fn is_head(&self) -> bool {
        !matches!(self.shape, Shape::Continuation | Shape::Blank)
    }

    /// The head that this is the gist of, of the analysed part of its line.
    #[inline]
    pub(crate) fn head<'a>(&self, line: &'a [u8]) -> Head<'a> {
        let part = |(start, len): (u16, u16)| {
            line.get(usize::from(start)..usize::from(start) + usize::from(len)).unwrap_or_default()
        };
        Head {
            shape: self.shape,
            at: self.at,
            level: self.level,
            message: [part(self.message[0]), part(self.message[1])],
        }
    }
}

/// Sketch of the masked form of a message.
pub(crate) fn sketch(head: &Head<'_>) -> u64 {
    let bad = head.level.is_some_and(Level::is_bad);
    template::sketch_of(head.message, head.shape == Shape::Access, bad)
}

/// Looks at lines, one at a time; nothing is remembered but buffers.
#[derive(Debug)]
pub(crate) struct Looker {
    guard: Guard,
}

impl Default for Looker {
    fn default() -> Self {
        Self { guard: Guard::new() }
    }
}

impl Looker {
    /// What a line says by itself.
    pub(crate) fn look(&self, line: &[u8], clock: &mut Clock) -> Facts {
        let suspicious = self.guard.suspects(line);
        Self::facts(line, clock, suspicious)
    }

    fn facts(line: &[u8], clock: &mut Clock, suspicious: bool) -> Facts {
        // Colours are taken off first, which makes another line of it.
        let coloured = suspicious && memchr::memchr(0x1b, line).is_some();
        let in_turn = || (Head::none(Shape::Blank), Bearing::InTurn);
        let (head, bearing) = if coloured { in_turn() } else { record::look(line, clock) };
        Self::gist(line, &head, bearing, suspicious)
    }

    fn gist(line: &[u8], head: &Head<'_>, bearing: Bearing, suspicious: bool) -> Facts {
        let sketch = if head.is_head() { sketch(head) } else { 0 };
        let line = record::analysed(line);
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
            if part.is_empty() { (0, 0) } else { (start as u16, part.len() as u16) }
        };
        Facts {
            bearing,
            shape: head.shape,
            level: head.level,
            suspicious,
            at: head.at,
            message: [place(head.message[0]), place(head.message[1])],
            sketch,
        }
    }
}

/// The whole lines of a block, with what they say.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    looker: Looker,
    lines: Vec<(u32, u32, Facts)>,
    /// End of the first line break: what stands before it ends a line of the block before.
    head: usize,
    /// End of the last line break: what stands after it begins a line of the block after.
    tail: usize,
}

impl Batch {
    /// Looks at the lines of a block that both begin and end in it, except the first.
    pub(crate) fn read(&mut self, block: &[u8], clock: &mut Clock) {
        self.lines.clear();
        let mut breaks = memchr::memchr_iter(b'\n', block);
        let Some(first) = breaks.next() else {
            (self.head, self.tail) = (0, 0);
            return;
        };
        self.head = first + 1;
        let suspicious = self.looker.guard.suspects(block);
        let mut from = self.head;
        for end in breaks {
            let line = RawLine::new(0, &block[from..end]).bytes;
            let suspicious = suspicious && self.looker.guard.suspects(line);
            let facts = Looker::facts(line, clock, suspicious);
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

    /// The whole lines of the block (which begins at `at`), with what they say.
    pub(crate) fn lines<'a>(
        &'a self,
        block: &'a [u8],
        at: u64,
    ) -> impl Iterator<Item = (RawLine<'a>, &'a Facts)> {
        self.lines.iter().map(move |(start, end, facts)| {
            (RawLine::new(at + u64::from(*start), &block[*start as usize..*end as usize]), facts)
        })
    }

    /// Bytes of the whole lines.
    pub(crate) fn len(&self) -> usize {
        self.tail - self.head
    }
}
