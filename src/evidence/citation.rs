//! Citations: finding quoted words in the evidence, byte for byte.

use crate::evidence::CaseFile;
use crate::incident::{Place, Quote};

/// Longest quote that is looked for, bytes.
const QUOTE_MAX: usize = 8 * 1024;

/// Stands between the texts of an index; no quote holds it.
const SEPARATOR: &str = "\n\0\n";

/// Where `quote` stands in the evidence: exact first, then with other whitespace, case and typographic marks.
/// Prose is searched whole, logs in the lines that templates and findings carry as verified quotes.
pub fn locate(case: &CaseFile, quote: &str) -> Option<Place> {
    Index::new(case).find(quote).map(|found| found.place)
}

/// `quote` as a checked citation: with its place, source and line where it is found, unverified where it is not.
pub fn cite(case: &CaseFile, quote: &str) -> Quote {
    Index::new(case).cite(quote)
}

/// Line from 1 of a byte offset.
pub fn line_of(text: &str, offset: usize) -> u64 {
    let end = offset.min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() as u64 + 1
}

/// Where quoted words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Their bytes in the source.
    pub place: Place,
    /// Display name of the source.
    pub source: String,
    /// Line in the source, from 1, where it is known.
    pub line: Option<u64>,
}

/// The evidence of a case, laid out once for finding many quotes in it: each costs one scan of the text.
#[derive(Debug, Default)]
pub struct Index {
    /// All texts as they are, one after the other.
    exact: String,
    /// The same, folded.
    folded: String,
    /// Where each line begins, in `exact` and in `folded`.
    lines: Vec<[usize; 2]>,
    pieces: Vec<Piece>,
}

/// One text of the evidence: prose, or the line of a log.
#[derive(Debug)]
struct Piece {
    /// Its bytes in [`Index::exact`].
    start: usize,
    end: usize,
    /// Number of its first line among all lines.
    first_line: usize,
    name: String,
    /// Bytes of the source it stands for.
    place: Place,
    /// It is a record of a log, of which only the first line's number may be known; lines of prose are counted.
    record: bool,
    line: Option<u64>,
}

impl Index {
    /// Lays the evidence of `case` out.
    pub fn new(case: &CaseFile) -> Self {
        let mut index = Self::default();
        for text in &case.texts {
            let place = Place { source: text.source, start: 0, end: text.text.len() as u64 };
            index.add(&text.text, place, &text.name, None);
        }
        for known in log_quotes(case) {
            if let Some(place) = known.place.filter(|_| known.verified) {
                index.add(&known.quote, place, &known.source, Some(known));
            }
        }
        index
    }

    fn add(&mut self, text: &str, place: Place, name: &str, record: Option<&Quote>) {
        let (start, first_line) = (self.exact.len(), self.lines.len());
        self.exact.reserve(text.len() + SEPARATOR.len());
        for line in text.split_inclusive('\n') {
            self.lines.push([self.exact.len(), self.folded.len()]);
            self.exact.push_str(line);
            Fold { gap: true }.push_all(line, &mut self.folded);
        }
        let end = self.exact.len();
        let (name, line) = (name.to_owned(), record.and_then(|record| record.line));
        self.pieces.push(Piece { start, end, first_line, name, place, record: record.is_some(), line });
        self.exact.push_str(SEPARATOR);
        self.folded.push('\0');
    }

    /// `quote` as a checked citation: with its place, source and line where it is found, unverified where it is not.
    pub fn cite(&self, quote: &str) -> Quote {
        match self.find(quote) {
            Some(Found { place, source, line }) => {
                Quote { quote: quote.to_owned(), source, line, verified: true, place: Some(place) }
            }
            None => Quote { quote: quote.to_owned(), ..Quote::default() },
        }
    }

    /// Where `quote` stands.
    pub fn find(&self, quote: &str) -> Option<Found> {
        let wanted = quote.trim();
        if wanted.is_empty() || wanted.len() > QUOTE_MAX || wanted.contains('\0') {
            return None;
        }
        let exact = memchr::memmem::find(self.exact.as_bytes(), wanted.as_bytes());
        let (start, end) = match exact {
            Some(start) => (start, start + wanted.len()),
            None => self.tolerant(wanted)?,
        };
        let at = self.pieces.partition_point(|piece| piece.start <= start).checked_sub(1)?;
        let piece = self.pieces.get(at)?;
        let place = narrow(piece.place, piece.end - piece.start, start - piece.start, end - piece.start);
        let number = self.lines.partition_point(|line| line[0] <= start);
        let line = if piece.record { piece.line } else { Some((number - piece.first_line) as u64) };
        Some(Found { place, source: piece.name.clone(), line })
    }

    /// Whether the folded words stand anywhere, at the borders of words.
    pub fn holds_word(&self, word: &str) -> bool {
        holds_word(&self.folded, &fold(word))
    }

    fn tolerant(&self, wanted: &str) -> Option<(usize, usize)> {
        let needle = fold(wanted);
        if needle.is_empty() {
            return None;
        }
        let start = memchr::memmem::find(self.folded.as_bytes(), needle.as_bytes())?;
        self.unfold(start, start + needle.len())
    }

    /// The bytes of the text that a range of the folded text stands for.
    fn unfold(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|line| line[1] <= start).checked_sub(1)?;
        // A line of nothing but white space folds to nothing: the last of equal starts is the one with the words.
        let (mut begin, mut at) = (None, self.lines[line][1]);
        for number in line..self.lines.len() {
            let from = self.lines[number][0];
            at = self.lines[number][1].max(at);
            let to = self.lines.get(number + 1).map_or(self.exact.len(), |next| next[0]);
            let mut fold = Fold { gap: true };
            let mut one = String::new();
            for (offset, c) in self.exact[from..to].char_indices() {
                one.clear();
                fold.push(c, &mut one);
                let next = at + one.len();
                if begin.is_none() && next > start {
                    begin = Some(from + offset);
                }
                if next >= end && next > at {
                    return Some((begin?, from + offset + c.len_utf8()));
                }
                at = next;
            }
        }
        None
    }
}

/// Whether `word` stands in `text` at the borders of words.
pub fn holds_word(text: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    if word.is_empty() {
        return false;
    }
    let open = inner(word.chars().next());
    let close = inner(word.chars().next_back());
    memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()).any(|at| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !(open && inner(before) || close && inner(after))
    })
}

/// The part of a piece's place that was asked for. Quotes of logs are cleaned for display; where that changed their
/// length, the whole place is the answer.
fn narrow(place: Place, len: usize, start: usize, end: usize) -> Place {
    if place.end.checked_sub(place.start) == Some(len as u64) {
        Place { start: place.start + start as u64, end: place.start + end as u64, ..place }
    } else {
        place
    }
}

fn log_quotes(case: &CaseFile) -> impl Iterator<Item = &Quote> {
    let templates = case.templates.iter().flat_map(|template| [&template.example, &template.newest]);
    templates.chain(case.findings.iter().flat_map(|finding| &finding.quotes))
}

/// Lower case, one space for any whitespace, plain quotes and dashes.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    Fold { gap: true }.push_all(text, &mut folded);
    folded.truncate(folded.trim_end().len());
    folded
}

/// Folds character by character.
struct Fold {
    /// White space would add nothing here.
    gap: bool,
}

impl Fold {
    fn push_all(&mut self, text: &str, out: &mut String) {
        for c in text.chars() {
            self.push(c, out);
        }
    }

    fn push(&mut self, c: char, out: &mut String) {
        match c {
            '“' | '”' | '„' | '«' | '»' => out.push('"'),
            '‘' | '’' => out.push('\''),
            '–' | '—' => out.push('-'),
            '`' => {}
            c if c.is_whitespace() => {
                if !self.gap {
                    out.push(' ');
                }
            }
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            c => out.extend(c.to_lowercase()),
        }
        self.gap = c.is_whitespace() || (self.gap && c == '`');
    }
}

#[cfg(test)]
mod tests;
