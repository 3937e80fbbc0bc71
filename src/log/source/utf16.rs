//! UTF-16 as UTF-8.

use std::fs::File;
use std::io::{self, Read};

/// UTF-16 -> UTF-8, however the bytes are cut. What is no character becomes a replacement character.
#[derive(Debug, Default)]
pub struct Utf16 {
    big: bool,
    /// Byte of a unit whose other byte has not come.
    half: Option<u8>,
    /// First unit of a pair whose second has not come.
    high: Option<u16>,
    /// The byte order mark is passed.
    begun: bool,
}

impl Utf16 {
    /// A transcoder; `big` when the big end comes first.
    pub fn new(big: bool) -> Self {
        Self { big, ..Self::default() }
    }

    /// Takes bytes in and appends their text.
    pub fn push(&mut self, mut bytes: &[u8], text: &mut Vec<u8>) {
        if let (Some(half), Some(first)) = (self.half, bytes.first()) {
            self.half = None;
            self.unit([half, *first], text);
            bytes = &bytes[1..];
        }
        let (units, rest) = bytes.as_chunks::<2>();
        for unit in units {
            self.unit(*unit, text);
        }
        self.half = self.half.or(rest.first().copied());
    }

    /// Nothing more will come.
    pub fn finish(&mut self, text: &mut Vec<u8>) {
        if self.half.take().is_some() | self.high.take().is_some() {
            put(char::REPLACEMENT_CHARACTER, text);
        }
    }

    fn unit(&mut self, bytes: [u8; 2], text: &mut Vec<u8>) {
        let unit = if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
        if !std::mem::replace(&mut self.begun, true) && unit == 0xfeff {
            return;
        }
        if let Some(high) = self.high.take() {
            match char::decode_utf16([high, unit]).next() {
                Some(Ok(character)) => {
                    put(character, text);
                    return;
                }
                _ => put(char::REPLACEMENT_CHARACTER, text),
            }
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            _ => put(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), text),
        }
    }
}

fn put(character: char, text: &mut Vec<u8>) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// A file in UTF-16, read as UTF-8.
pub(crate) struct Utf16Reader {
    file: File,
    transcoder: Utf16,
    text: Vec<u8>,
    /// Bytes of `text` handed out.
    taken: usize,
}

impl Utf16Reader {
    /// The file, from where it stands.
    pub(crate) fn new(file: File, transcoder: Utf16) -> Self {
        Self { file, transcoder, text: Vec::new(), taken: 0 }
    }
}

impl Read for Utf16Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut block = [0; 8 * 1024];
        while self.taken == self.text.len() {
            self.text.clear();
            self.taken = 0;
            let read = self.file.read(&mut block)?;
            if read == 0 {
                self.transcoder.finish(&mut self.text);
                if self.text.is_empty() {
                    return Ok(0);
                }
            }
            self.transcoder.push(&block[..read], &mut self.text);
        }
        let read = buffer.len().min(self.text.len() - self.taken);
        buffer[..read].copy_from_slice(&self.text[self.taken..self.taken + read]);
        self.taken += read;
        Ok(read)
    }
}
