//! Opens what stands under a name as UTF-8 text: plain, compressed, UTF-16. By the first bytes, never by the name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::Path;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::log::source::utf16::{Utf16, Utf16Reader};

/// Bytes of a compressed file read at a time.
const BLOCK: usize = 64 * 1024;
/// Most memory an xz stream may ask for, KiB; `xz -9` asks for 65 MiB.
const XZ_MEMORY: u32 = 512 * 1024;
/// File systems whose files have contents and no size: proc, sysfs, debugfs, tracefs, cgroup2. From statfs(2).
const SIZELESS: [u32; 5] = [0x9fa0, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x6367_7270];

/// What has to be done with a file before its bytes are lines of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Plain,
    /// Decompress gzip.
    Gzip,
    /// Decompress Zstandard.
    Zstd,
    /// Decompress bzip2.
    Bzip2,
    /// Decompress xz.
    Xz,
    /// Transcode UTF-16, little end first.
    Utf16Le,
    /// Transcode UTF-16, big end first.
    Utf16Be,
    /// Read in order as it comes: a pipe with a name.
    Pipe,
    /// Read in order, once: the kernel makes it up while it is read.
    Sizeless,
}

impl Form {
    /// The form of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        let meta = file.metadata()?;
        if meta.file_type().is_fifo() {
            return Ok(Self::Pipe);
        }
        // Not read before it is known that reading it changes nothing.
        if is_sizeless(file) {
            return Ok(Self::Sizeless);
        }
        let mut head = [0; 8];
        let read = if meta.is_file() { file.read_at(&mut head, 0)? } else { 0 };
        Ok(Self::of_head(&head[..read]))
    }

    /// The form of a file that begins with these bytes.
    pub fn of_head(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A block, or the end of an empty archive: text may begin with the first three letters.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Self::Xz,
            [0xff, 0xfe, ..] => Self::Utf16Le,
            [0xfe, 0xff, ..] => Self::Utf16Be,
            _ => Self::Plain,
        }
    }

    /// Whether the file is compressed: it has an end, and its contents do not grow.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd | Self::Bzip2 | Self::Xz)
    }
}

/// Whether the file lies where files have contents and no size, or a wrong one.
pub(crate) fn is_sizeless(file: &File) -> bool {
    rustix::fs::fstatfs(file.as_fd()).is_ok_and(|stat| SIZELESS.contains(&(stat.f_type as u32)))
}

/// A file as UTF-8 text. Where an archive is damaged, what can be read is read before the error.
pub struct Text {
    /// What was done with the file.
    pub form: Form,
    from: Box<dyn Read + Send>,
}

impl Text {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened, or is nothing that can be read as lines (a directory, a socket, a device).
    pub fn open(path: &Path) -> io::Result<Self> {
        refuse(&std::fs::metadata(path)?)?;
        Self::new(File::open(path)?)
    }

    /// The text of an open file, from where it stands.
    pub fn new(file: File) -> io::Result<Self> {
        let form = Form::of(&file)?;
        let buffered = |file| BufReader::with_capacity(BLOCK, file);
        let from: Box<dyn Read + Send> = match form {
            Form::Plain | Form::Pipe | Form::Sizeless => Box::new(file),
            // Of several archives behind each other, all are read.
            Form::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(buffered(file))),
            Form::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(buffered(file))),
            Form::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(buffered(file), true, XZ_MEMORY)),
            Form::Zstd => Box::new(Frames::new(buffered(file))),
            Form::Utf16Le | Form::Utf16Be => {
                Box::new(Utf16Reader::new(file, Utf16::new(form == Form::Utf16Be)))
            }
        };
        Ok(Self { form, from })
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("form", &self.form).finish_non_exhaustive()
    }
}

/// Whether an error means that a compressed file is damaged or cut off.
pub fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
        && error.raw_os_error().is_none()
}

/// The cause of an error, in the words of the system without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// Why something cannot be read, and what to do about it.
pub fn explained(error: &io::Error) -> String {
    use rustix::io::Errno;
    let cause = reason(error);
    let step = match Errno::from_io_error(error) {
        // Said where it was made, with its own next step.
        None => return cause,
        Some(Errno::ACCESS | Errno::PERM) => {
            "give this user read access, or follow it as cmd:'sudo tail -n +1 -F FILE'"
        }
        Some(Errno::NOENT | Errno::NOTDIR) => "check the name; it is read as soon as it is there",
        Some(Errno::MFILE | Errno::NFILE) => "raise the limit (ulimit -n) and start again",
        Some(Errno::LOOP) => "the link leads to itself: name the file",
        Some(Errno::NAMETOOLONG) => "check the name",
        Some(_) => "it is tried again every few seconds; dmesg may tell more",
    };
    format!("{cause}; {step}")
}

/// Refuses what holds no lines, with words that say what it is.
pub(crate) fn refuse(meta: &std::fs::Metadata) -> io::Result<()> {
    let kind = meta.file_type();
    let what = if kind.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory: name a file in it, or start again with the folder itself",
        ));
    } else if kind.is_socket() {
        "it is not a regular file but a socket: let a program read it, as in cmd:'socat - UNIX:FILE'"
    } else if kind.is_char_device() {
        "it is not a regular file but a device: pipe it in if you mean it"
    } else if kind.is_block_device() {
        "it is not a regular file but a disk: name a file on it"
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Zstandard frames behind each other.
struct Frames {
    source: BufReader<File>,
    decoder: FrameDecoder,
    open: bool,
}

impl Frames {
    fn new(source: BufReader<File>) -> Self {
        Self { source, decoder: FrameDecoder::new(), open: false }
    }

    /// Begins the next frame; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.source.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(damaged(&error)),
            }
        }
        Ok(false)
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.open {
                if !self.begin()? {
                    return Ok(0);
                }
                self.open = true;
            }
            if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let some = BlockDecodingStrategy::UptoBytes(buffer.len());
                let decoded = self.decoder.decode_blocks(&mut self.source, some);
                decoded.map_err(|error| damaged(&error))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.open = !self.decoder.is_finished();
        }
    }
}

fn damaged(error: &FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

#[cfg(test)]
mod tests;
