//! Server-sent events as endpoints really write them: borders anywhere, any line ends, a byte order mark, bytes that
//! are no UTF-8, blank lines left out. Comments are told, because they say that the other side lives.
//!
//! After the WHATWG HTML standard, 9.2.6, with these differences: two documents in one event are kept apart where the
//! blank line is missing, an event that the end of the stream cuts off is still told, and bytes outside of any event
//! are told too, since gateways write their errors there.

use std::mem;

/// Most bytes of one event.
pub(crate) const EVENT_MAX: usize = 4 << 20;
/// Most bytes kept of a line that belongs to no event.
const STRAY_MAX: usize = 512;

/// What a stream consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The data of an event.
    Data {
        /// Its lines, joined.
        data: String,
        /// Whether the event is named `error`.
        error: bool,
    },
    /// A line that is no event: the text of a gateway, most likely.
    Stray(String),
    /// An event or a line above [`EVENT_MAX`]; nothing can follow.
    TooLong,
}

/// Cuts bytes into frames.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    error: bool,
    started: bool,
    after_cr: bool,
    overflow: bool,
}

impl Framer {
    /// Takes bytes in, gives the frames that end in them.
    pub(crate) fn push(&mut self, mut bytes: &[u8], frames: &mut Vec<Frame>) {
        while !bytes.is_empty() && !self.overflow {
            if mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + self.data.len() + part.len() > EVENT_MAX {
                self.overflow = true;
                frames.push(Frame::TooLong);
                return;
            }
            self.line.extend_from_slice(part);
            bytes = rest;
            if end.is_some() {
                self.after_cr = bytes[0] == b'\r';
                bytes = &bytes[1..];
                self.end_line(frames);
            }
        }
    }

    /// The stream is over.
    pub(crate) fn finish(&mut self, frames: &mut Vec<Frame>) {
        if self.overflow {
            return;
        }
        if !self.line.is_empty() {
            self.end_line(frames);
        }
        self.end_event(frames);
    }

    fn end_line(&mut self, frames: &mut Vec<Frame>) {
        let mut line = mem::take(&mut self.line);
        if !mem::replace(&mut self.started, true) && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.is_empty() {
            self.end_event(frames);
            return;
        }
        let colon = memchr::memchr(b':', &line);
        let (field, value) = match colon {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (&line[..], &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                // No JSON has a line that begins a document right after one that ends one.
                if self.has_data && self.data.ends_with(b"}") && begins_document(value) {
                    self.end_event(frames);
                }
                if mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
            }
            b"event" => self.error = value == b"error",
            b"" | b"id" | b"retry" => {}
            _ => {
                let kept = &line[..line.len().min(STRAY_MAX)];
                frames.push(Frame::Stray(String::from_utf8_lossy(kept).into_owned()));
            }
        }
        // The room is used again, unless one line made it large.
        if line.capacity() <= 64 * 1024 {
            line.clear();
            self.line = line;
        }
    }

    fn end_event(&mut self, frames: &mut Vec<Frame>) {
        let error = mem::take(&mut self.error);
        if mem::take(&mut self.has_data) {
            let data = String::from_utf8_lossy(&self.data).into_owned();
            self.data = Vec::new();
            frames.push(Frame::Data { data, error });
        }
    }
}

fn begins_document(value: &[u8]) -> bool {
    let value = value.trim_ascii_start();
    value.starts_with(b"{") || value.starts_with(b"[DONE]")
}

#[cfg(test)]
mod tests;
