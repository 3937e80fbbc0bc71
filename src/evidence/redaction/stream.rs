//! Redaction of a stream: bytes in, bytes out, line for line, with bounded memory whatever the length of a line.

use crate::evidence::redaction::bytes::{self, Set};
use crate::evidence::redaction::{Redactor, Vault, scan::Scanner};

/// Bytes of a line without an end that are looked at together.
const WINDOW: usize = 1024 * 1024;
/// Bytes at the end of such a window that wait for what follows: a secret may be cut there.
const MARGIN: usize = 16 * 1024;
/// Bytes before a window that it is read with: a name may stand there.
const CONTEXT: usize = 256;

/// A redaction under way.
#[derive(Debug)]
pub struct Stream<'a> {
    redactor: &'a Redactor,
    scanner: Scanner,
    pending: Vec<u8>,
    /// Bytes of `pending` that are out already and stand for context.
    out: usize,
    /// A secret longer than a window is passed over up to its end.
    swallowing: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(redactor: &'a Redactor) -> Self {
        Self { redactor, scanner: Scanner::default(), pending: Vec::new(), out: 0, swallowing: false }
    }

    /// Takes bytes as they come; what can be given on is added to `out`.
    pub fn feed(&mut self, bytes: &[u8], vault: &Vault, out: &mut Vec<u8>) {
        let mut bytes = bytes;
        while !bytes.is_empty() {
            if self.swallowing {
                let end = bytes.iter().position(|&byte| !is_inner(byte));
                self.swallowing = end.is_none();
                bytes = &bytes[end.unwrap_or(bytes.len())..];
                continue;
            }
            let room = (2 * WINDOW).saturating_sub(self.pending.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.pending.extend_from_slice(now);
            bytes = later;
            if let Some(last) = memchr::memrchr(b'\n', &self.pending[self.out..]) {
                self.lines(self.out + last + 1, vault, out);
            }
            if self.pending.len() >= WINDOW + self.out {
                self.piece(vault, out);
            }
        }
    }

    /// Gives on what is left.
    pub fn finish(&mut self, vault: &Vault, out: &mut Vec<u8>) {
        self.lines(self.pending.len(), vault, out);
    }

    /// Gives on the whole lines up to `end`.
    fn lines(&mut self, end: usize, vault: &Vault, out: &mut Vec<u8>) {
        let hits = self.redactor.hits(&mut self.scanner, &self.pending[..end]);
        self.redactor.write(&self.pending[..end], self.out, &hits, vault, out);
        self.pending.drain(..end);
        self.out = 0;
    }

    /// Gives on a part of a line that is longer than a window.
    fn piece(&mut self, vault: &Vault, out: &mut Vec<u8>) {
        let hits = self.redactor.hits(&mut self.scanner, &self.pending);
        let limit = self.pending.len() - MARGIN;
        let gap = self.pending[self.out..limit].iter().rposition(|&byte| !is_inner(byte));
        let mut cut = gap.map_or(limit, |gap| self.out + gap + 1);
        if let Some(hit) = hits.iter().find(|hit| hit.start < cut && cut < hit.end) {
            // A secret over the cut waits for its end, unless it is all there is.
            cut = if hit.start > self.out { hit.start } else { hit.end };
            self.swallowing = cut == self.pending.len();
        }
        let before: Vec<_> = hits.into_iter().filter(|hit| hit.end <= cut).collect();
        self.redactor.write(&self.pending[..cut], self.out, &before, vault, out);
        let from = if self.swallowing { cut } else { cut.saturating_sub(CONTEXT) };
        self.pending.drain(..from);
        self.out = cut - from;
    }
}

/// Whether a byte may stand within a secret.
fn is_inner(byte: u8) -> bool {
    bytes::is(byte, Set::Token) || bytes::is(byte, Set::Encoded)
}
