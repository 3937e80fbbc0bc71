//! Citations: finding quoted words in the evidence, byte for byte.

use crate::evidence::CaseFile;
use crate::incident::{Place, Quote};

/// Longest quote that is looked for, bytes.
const QUOTE_MAX: usize = 8 * 1024;

/// Where `quote` stands in the evidence: exact first, then with other whitespace, case and typographic marks.
/// Prose is searched whole, logs in the lines that templates and findings carry as verified quotes.
pub fn locate(case: &CaseFile, quote: &str) -> Option<Place> {
    find(case, quote).map(|(place, _, _)| place)
}

/// `quote` as a checked citation: with its place, source and line where it is found, unverified where it is not.
pub fn cite(case: &CaseFile, quote: &str) -> Quote {
    match find(case, quote) {
        Some((place, source, line)) => {
            Quote { quote: quote.to_owned(), source, line, verified: true, place: Some(place) }
        }
        None => Quote { quote: quote.to_owned(), ..Quote::default() },
    }
}

/// Line from 1 of a byte offset.
pub fn line_of(text: &str, offset: usize) -> u64 {
    let end = offset.min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() as u64 + 1
}

fn find(case: &CaseFile, quote: &str) -> Option<(Place, String, Option<u64>)> {
    let wanted = quote.trim();
    if wanted.is_empty() || wanted.len() > QUOTE_MAX {
        return None;
    }
    for tolerant in [false, true] {
        for text in &case.texts {
            let range =
                if tolerant { tolerant_find(&text.text, wanted) } else { exact_find(&text.text, wanted) };
            if let Some((start, end)) = range {
                let place = Place { source: text.source, start: start as u64, end: end as u64 };
                return Some((place, text.name.clone(), Some(line_of(&text.text, start))));
            }
        }
        for known in log_quotes(case) {
            let Some(place) = known.place.filter(|_| known.verified) else { continue };
            let range =
                if tolerant { tolerant_find(&known.quote, wanted) } else { exact_find(&known.quote, wanted) };
            if let Some((start, end)) = range {
                let place = narrow(place, &known.quote, start, end);
                return Some((place, known.source.clone(), known.line));
            }
        }
    }
    None
}

/// The part of a log quote's place that was asked for. Quotes are cleaned for display; where that changed their
/// length, the whole place is the answer.
fn narrow(place: Place, quote: &str, start: usize, end: usize) -> Place {
    if place.end.checked_sub(place.start) == Some(quote.len() as u64) {
        Place { start: place.start + start as u64, end: place.start + end as u64, ..place }
    } else {
        place
    }
}

fn log_quotes(case: &CaseFile) -> impl Iterator<Item = &Quote> {
    let templates = case.templates.iter().flat_map(|template| [&template.example, &template.newest]);
    templates.chain(case.findings.iter().flat_map(|finding| &finding.quotes))
}

fn exact_find(text: &str, wanted: &str) -> Option<(usize, usize)> {
    memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).map(|start| (start, start + wanted.len()))
}

/// Lower case, one space for any whitespace, plain quotes and dashes; with the byte range each byte came from.
struct Folded {
    text: String,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), starts: Vec::new(), ends: Vec::new() };
    let mut gap = true;
    for (at, c) in text.char_indices() {
        let before = folded.text.len();
        match c {
            '“' | '”' | '„' | '«' | '»' => folded.text.push('"'),
            '‘' | '’' => folded.text.push('\''),
            '–' | '—' => folded.text.push('-'),
            '`' => {}
            c if c.is_whitespace() => {
                if !gap {
                    folded.text.push(' ');
                }
            }
            c => folded.text.extend(c.to_lowercase()),
        }
        gap = c.is_whitespace() || (gap && c == '`');
        for _ in before..folded.text.len() {
            folded.starts.push(at);
            folded.ends.push(at + c.len_utf8());
        }
    }
    folded
}

fn tolerant_find(text: &str, wanted: &str) -> Option<(usize, usize)> {
    let needle = fold(wanted);
    let needle = needle.text.trim_end();
    if needle.is_empty() {
        return None;
    }
    let hay = fold(text);
    let start = memchr::memmem::find(hay.text.as_bytes(), needle.as_bytes())?;
    let end = start + needle.len();
    Some((*hay.starts.get(start)?, *hay.ends.get(end.checked_sub(1)?)?))
}

#[cfg(test)]
mod tests;
