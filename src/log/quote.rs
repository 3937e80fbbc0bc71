//! Quotes of lines, with the place they stand at.

use crate::incident::{Place, Quote, SourceId};
use crate::log::clean;

/// Bytes of a line that a quote keeps.
pub(crate) const QUOTE_MAX: usize = 2048;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) number: Option<u64>,
}

/// The verified quote of a line: the text was just read there.
pub(crate) fn quote(name: &str, source: SourceId, bytes: &[u8], span: Span) -> Quote {
    let bytes = clean::trim_partial_char(&bytes[..bytes.len().min(QUOTE_MAX)]);
    Quote {
        quote: clean::cut(clean::clean_line(bytes), QUOTE_MAX).0,
        source: name.to_owned(),
        line: span.number,
        verified: true,
        place: Some(Place { source, start: span.start, end: span.end }),
    }
}
