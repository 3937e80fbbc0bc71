//! The text of one source under logical offsets: the file read now and the last few before it.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use crate::log::source::handle::Handle;

/// Earlier generations whose files are kept open.
const PAST_MAX: usize = 3;
/// Bytes at the start of a file that identify it.
const PRINT_MAX: u64 = 1024;

/// Hash of the first bytes of a file, with their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Print {
    pub(crate) hash: u64,
    pub(crate) len: u64,
}

impl Print {
    /// The fingerprint of the first bytes, at most `len` of them.
    pub(crate) fn of(file: &File, len: u64) -> io::Result<Self> {
        let mut bytes = [0; PRINT_MAX as usize];
        let wanted = &mut bytes[..len.min(PRINT_MAX) as usize];
        let read = read_full(file, wanted, 0)?;
        Ok(Self { hash: crate::log::template::mask::hash(&wanted[..read]), len: read as u64 })
    }

    /// Whether `file` still begins with the same bytes.
    pub(crate) fn matches(self, file: &File) -> bool {
        Self::of(file, self.len).is_ok_and(|now| now == self)
    }

    fn can_grow(self) -> bool {
        self.len < PRINT_MAX
    }
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn read_full(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], at + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[derive(Debug)]
enum Data {
    File(Handle),
    Text(Arc<str>),
    /// Its bytes were overwritten.
    Gone,
}

/// One generation of a source.
#[derive(Debug)]
pub(crate) struct Segment {
    data: Data,
    /// Logical offset of its first byte.
    pub(crate) base: u64,
    /// Bytes it is known to hold.
    pub(crate) len: u64,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) print: Print,
}

impl Segment {
    /// A file whose first byte is at `base`. One that has a path may be closed while it is not used.
    pub(crate) fn file(file: File, path: Option<&Path>, base: u64) -> io::Result<Self> {
        let len = file.metadata()?.len();
        let print = Print::of(&file, len)?;
        let handle = Handle::new(file, path)?;
        let (device, inode) = handle.identity();
        Ok(Self { data: Data::File(handle), base, len, device, inode, print })
    }

    /// A text in memory.
    pub(crate) fn text(text: Arc<str>) -> Self {
        let len = text.len() as u64;
        Self { data: Data::Text(text), base: 0, len, device: 0, inode: 0, print: Print::default() }
    }

    /// Logical offset one past its last known byte.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.len
    }

    /// Size of the file now.
    pub(crate) fn size(&self) -> io::Result<u64> {
        match &self.data {
            Data::File(file) => Ok(file.get()?.metadata()?.len()),
            Data::Text(_) | Data::Gone => Ok(self.len),
        }
    }

    /// Whether its first bytes are those it was known by.
    pub(crate) fn is_same(&self) -> bool {
        match &self.data {
            Data::File(file) => file.get().is_ok_and(|file| self.print.matches(&file)),
            Data::Text(_) => true,
            Data::Gone => false,
        }
    }

    /// Lets the fingerprint cover more once the file has more.
    pub(crate) fn grow_print(&mut self) {
        if let Data::File(file) = &self.data
            && self.print.can_grow()
            && self.len > self.print.len
            && let Ok(file) = file.get()
        {
            self.print = Print::of(&file, self.len).unwrap_or(self.print);
        }
    }

    /// The file, for reading beside the one who reads it in order.
    pub(crate) fn share(&self) -> Option<Arc<File>> {
        match &self.data {
            Data::File(file) => file.get().ok(),
            Data::Text(_) | Data::Gone => None,
        }
    }

    /// Whether it is read from this very file.
    pub(crate) fn is_of(&self, other: &Arc<File>) -> bool {
        matches!(&self.data, Data::File(file) if file.is(other))
    }

    /// Whether its file is open at present, or it has none.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(&self.data, Data::File(file) if !file.is_open())
    }

    /// Forgets bytes that were overwritten.
    pub(crate) fn forget(&mut self) {
        self.data = Data::Gone;
    }

    /// Whether nothing of it can be read any more.
    fn is_gone(&self) -> bool {
        match &self.data {
            Data::File(file) => file.is_lost(),
            Data::Text(_) => false,
            Data::Gone => true,
        }
    }

    /// Reads from an offset in the file.
    pub(crate) fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.len.saturating_sub(at).min(buffer.len() as u64) as usize;
        match &self.data {
            Data::File(file) => read_full(&*file.get()?, &mut buffer[..most], at),
            Data::Text(text) => {
                let from = (at as usize).min(text.len());
                let bytes = &text.as_bytes()[from..(from + most).min(text.len())];
                buffer[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
            Data::Gone => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// All of a source that can still be read.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    past: VecDeque<Segment>,
    current: Option<Segment>,
}

impl Tape {
    pub(crate) fn current(&self) -> Option<&Segment> {
        self.current.as_ref()
    }

    pub(crate) fn current_mut(&mut self) -> Option<&mut Segment> {
        self.current.as_mut()
    }

    /// Goes on with another segment; the one before stays readable.
    pub(crate) fn advance(&mut self, segment: Segment) {
        if let Some(old) = self.current.replace(segment) {
            self.past.push_back(old);
            if self.past.len() > PAST_MAX {
                self.past.pop_front();
            }
        }
    }

    /// Goes on with another segment; all before stay readable.
    pub(crate) fn append(&mut self, segment: Segment) {
        self.past.extend(self.current.replace(segment));
    }

    /// Forgets the segments before `offset`.
    pub(crate) fn forget_before(&mut self, offset: u64) {
        while self.past.front().is_some_and(|first| first.end() <= offset) {
            self.past.pop_front();
        }
        if self.current.as_ref().is_some_and(|current| current.end() <= offset && current.base < offset) {
            self.current = None;
        }
    }

    /// Puts another file in the place of the current one: the same bytes, elsewhere.
    pub(crate) fn swap(&mut self, segment: Segment) {
        self.current = Some(segment);
    }

    /// Starts over with one segment.
    pub(crate) fn replace(&mut self, segment: Segment) {
        self.past.clear();
        self.current = Some(segment);
    }

    /// First logical offset that can be read.
    pub(crate) fn start(&self) -> u64 {
        self.segments().map(|segment| segment.base).next().unwrap_or(0)
    }

    /// Logical offset one past the last known byte.
    pub(crate) fn end(&self) -> u64 {
        self.segments().map(Segment::end).last().unwrap_or(0)
    }

    /// Base and end of the segment that holds `offset`; at a border, of the later one, at the very end of the last.
    pub(crate) fn bounds(&self, offset: u64) -> Option<(u64, u64)> {
        let bounds = |segment: &Segment| (segment.base, segment.end());
        self.holding(offset)
            .map(bounds)
            .or_else(|| self.segments().last().map(bounds).filter(|(_, end)| *end == offset))
    }

    /// Base and end of the segment before the one that begins at `base`.
    pub(crate) fn before(&self, base: u64) -> Option<(u64, u64)> {
        let earlier = self.segments().filter(|segment| segment.base < base && segment.len > 0);
        earlier.last().map(|segment| (segment.base, segment.end()))
    }

    /// Base and end of the first segment that begins after `offset`.
    pub(crate) fn after(&self, offset: u64) -> Option<(u64, u64)> {
        let later = self.segments().filter(|segment| segment.base > offset && segment.len > 0);
        later.map(|segment| (segment.base, segment.end())).next()
    }

    /// Reads at a logical offset, up to the end of its segment; nothing where the bytes are gone.
    pub(crate) fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let Some(segment) = self.holding(offset) else { return 0 };
        let is_current = self.current.as_ref().is_some_and(|current| current.base == segment.base);
        if !is_current && !segment.is_same() {
            return 0;
        }
        segment.read(offset - segment.base, buffer).unwrap_or(0)
    }

    /// Fills the buffer as far as the text goes; how far.
    pub(crate) fn fill(&self, at: u64, buffer: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buffer.len() {
            let read = self.read(at + done as u64, &mut buffer[done..]);
            if read == 0 {
                break;
            }
            done += read;
        }
        done
    }

    /// Whether a file is or was read here.
    pub(crate) fn knows(&self, device: u64, inode: u64) -> bool {
        self.past
            .iter()
            .chain(&self.current)
            .any(|segment| (segment.device, segment.inode) == (device, inode))
    }

    fn holding(&self, offset: u64) -> Option<&Segment> {
        self.segments().filter(|segment| segment.base <= offset && offset < segment.end()).last()
    }

    fn segments(&self) -> impl Iterator<Item = &Segment> {
        // What was overwritten is not there any more; a tape reads as if it began after it.
        let from = self.past.iter().rposition(Segment::is_gone).map_or(0, |at| at + 1);
        self.past.iter().skip(from).chain(&self.current)
    }
}
