//! Finds a text or an expression in a block of lines; a hit lies inside one line and is never empty.

use memchr::memmem::{Finder, FinderRev};
use regex::bytes::Regex;

use crate::log::clean;
use crate::log::filter::Pattern;

/// Longest literal text, bytes.
const TEXT_MAX: usize = 1024;
/// Hits over the end of a line after which each line is searched on its own: such expressions (`a\s*b`, `[^"]*"`) would
/// run on to the end of the block at each line.
const CROSSINGS_MAX: u32 = 16;

/// Where a hit begins and ends, in bytes of the block.
pub(crate) type Hit = (usize, usize);

/// Looks for one thing.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// A literal text.
    Literal {
        ahead: Box<Finder<'static>>,
        back: Box<FinderRev<'static>>,
        /// Blocks are put in lower case first.
        fold: bool,
    },
    /// An expression.
    Regex { regex: Box<Regex>, crossings: u32 },
    /// What can be in no line.
    Nothing,
}

impl Matcher {
    /// Makes ready to look; says what is wrong with what cannot be looked for.
    pub(crate) fn new(pattern: &Pattern) -> Result<Self, String> {
        let text = pattern.text.as_str();
        if text.is_empty() {
            return Err("nothing to look for".to_owned());
        }
        if !pattern.regex && text.contains('\n') {
            return Ok(Self::Nothing);
        }
        let fold = !pattern.minds_case();
        if pattern.regex || (fold && !text.is_ascii()) || text.len() > TEXT_MAX {
            return Self::expression(pattern);
        }
        let needle = if fold { text.to_ascii_lowercase() } else { text.to_owned() }.into_bytes();
        let back = FinderRev::new(&needle).into_owned();
        Ok(Self::Literal { ahead: Box::new(Finder::new(&needle).into_owned()), back: Box::new(back), fold })
    }

    fn expression(pattern: &Pattern) -> Result<Self, String> {
        let regex = pattern.compile()?;
        if regex.is_match(b"") {
            return Err(format!("/{}/: it matches the empty text, and so everywhere", pattern.text));
        }
        Ok(Self::Regex { regex: Box::new(regex), crossings: 0 })
    }

    /// Makes a block ready to be searched; its length and its lines stay.
    pub(crate) fn prepare(&self, block: &mut [u8]) {
        clean::close_up(block);
        if let Self::Literal { fold: true, .. } = self {
            block.make_ascii_lowercase();
        }
    }

    /// The first hit that begins at or after `from`.
    pub(crate) fn next(&mut self, block: &[u8], from: usize) -> Option<Hit> {
        match self {
            Self::Literal { ahead, .. } => {
                let start = from + ahead.find(block.get(from..)?)?;
                Some((start, start + ahead.needle().len()))
            }
            Self::Regex { regex, crossings } => next_of(regex, crossings, block, from),
            Self::Nothing => None,
        }
    }

    /// Hits that begin at or after `from` and end at or before `to`, the last one first, until `take` says stop. Of an
    /// expression: those found one after the other from the left.
    pub(crate) fn each_back(
        &mut self,
        block: &[u8],
        from: usize,
        to: usize,
        take: &mut impl FnMut(Hit) -> bool,
    ) {
        let mut to = to.min(block.len());
        if let Self::Literal { ahead, back, .. } = self {
            let len = back.needle().len();
            // Forward is several times faster, and most blocks have no hit.
            if ahead.find(&block[from.min(to)..to]).is_none() {
                return;
            }
            while let Some(start) = back.rfind(&block[from.min(to)..to]).map(|start| from + start) {
                if !take((start, start + len)) {
                    return;
                }
                to = start;
            }
            return;
        }
        let mut hits = Vec::new();
        let mut at = from;
        while let Some(hit) = self.next(block, at).filter(|hit| hit.1 <= to) {
            hits.push(hit);
            at = hit.1;
        }
        let _ = hits.into_iter().rev().all(take);
    }

    /// How many lines hold a hit; the last one may be unfinished.
    pub(crate) fn count_lines(&mut self, block: &[u8], mut from: usize) -> u64 {
        let mut lines = 0;
        while let Some((_, end)) = self.next(block, from) {
            lines += 1;
            let Some(line_break) = memchr::memchr(b'\n', &block[end..]) else { break };
            from = end + line_break + 1;
        }
        lines
    }
}

fn next_of(regex: &Regex, crossings: &mut u32, block: &[u8], mut from: usize) -> Option<Hit> {
    while from <= block.len() {
        if *crossings > CROSSINGS_MAX {
            let end = memchr::memchr(b'\n', &block[from..]).map_or(block.len(), |at| from + at);
            if let Some(hit) = in_line(regex, block, from, end) {
                return Some(hit);
            }
            from = end + 1;
            continue;
        }
        let found = regex.find_at(block, from)?;
        if found.is_empty() {
            from = found.end() + 1;
            continue;
        }
        let (start, end) = (found.start(), found.end());
        let before_break = block[end - 1] == b'\r' && matches!(block.get(end), None | Some(b'\n'));
        let crossed = memchr::memchr(b'\n', &block[start..end]);
        if crossed.is_none() && !before_break {
            return Some((start, end));
        }
        *crossings += 1;
        let line_end = crossed.map_or(end, |at| start + at);
        if let Some(hit) = in_line(regex, block, start, line_end) {
            return Some(hit);
        }
        from = line_end + 1;
    }
    None
}

/// The first hit at or after `from` in the line that ends at `end`.
fn in_line(regex: &Regex, block: &[u8], from: usize, end: usize) -> Option<Hit> {
    let start = memchr::memrchr(b'\n', &block[..from]).map_or(0, |at| at + 1);
    let line = block[start..end].strip_suffix(b"\r").unwrap_or(&block[start..end]);
    let mut at = from - start;
    while at <= line.len() {
        let found = regex.find_at(line, at)?;
        if !found.is_empty() {
            return Some((start + found.start(), start + found.end()));
        }
        at = found.end() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matcher(text: &str, regex: bool) -> Matcher {
        Matcher::new(&Pattern { text: text.to_owned(), regex }).unwrap()
    }

    fn naive(regex: &Regex, text: &[u8]) -> Vec<Hit> {
        let mut at = 0;
        let mut hits = Vec::new();
        for line in text.split(|byte| *byte == b'\n') {
            let bare = line.strip_suffix(b"\r").unwrap_or(line);
            let found = regex.find_iter(bare).filter(|found| !found.is_empty());
            hits.extend(found.map(|found| (at + found.start(), at + found.end())));
            at += line.len() + 1;
        }
        hits
    }

    #[test]
    fn case_matters_when_there_is_an_upper_case_letter() {
        let table = [
            ("error", false, "an ERROR", Some((3, 8))),
            ("Error", false, "an ERROR", None),
            ("über", false, "Über", Some((0, 5))),
            (r"err\S+", true, "an ERROR", Some((3, 8))),
            (r"Err\S+", true, "an ERROR", None),
            ("a.c", false, "abc a.c", Some((4, 7))),
        ];
        for (text, regex, line, expected) in table {
            let mut matcher = matcher(text, regex);
            let mut block = line.as_bytes().to_vec();
            matcher.prepare(&mut block);
            assert_eq!(matcher.next(&block, 0), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_looked_for_is_said() {
        for (text, regex) in [("", false), ("(", true), ("x*", true), ("a{1000}{1000}{1000}", true)] {
            let problem = Matcher::new(&Pattern { text: text.to_owned(), regex }).unwrap_err();
            assert!(!problem.is_empty() && !problem.contains('\n'), "{problem}");
        }
    }

    proptest! {
        #[test]
        fn hits_lie_in_one_line(
            text in "[ab \r\n]{0,80}",
            pattern in prop::sample::select(vec![r"a\s*b", r"^a+", r"b$", r"[^b]+b", r"\bb", "(?s)a.*b", "a|ba", r"\s"]),
        ) {
            let mut matcher = matcher(pattern, true);
            let Matcher::Regex { regex, .. } = &matcher else { unreachable!() };
            let regex = regex.as_ref().clone();
            let bytes = text.as_bytes();
            let expected = naive(&regex, bytes);
            let mut hits = Vec::new();
            let mut from = 0;
            while let Some(hit) = matcher.next(bytes, from) {
                hits.push(hit);
                from = hit.1;
            }
            prop_assert_eq!(&hits, &expected);
            hits.clear();
            matcher.each_back(bytes, 0, bytes.len(), &mut |hit| {
                hits.push(hit);
                true
            });
            prop_assert_eq!(hits, expected.iter().rev().copied().collect::<Vec<_>>());
            let number = |hit: &Hit| memchr::memchr_iter(b'\n', &bytes[..hit.0]).count();
            let mut lines: Vec<usize> = expected.iter().map(number).collect();
            lines.dedup();
            prop_assert_eq!(matcher.count_lines(bytes, 0), lines.len() as u64);
        }
    }

    #[test]
    fn a_colour_inside_a_word_hides_nothing() {
        let block = b"one time\x1b[1;31mout\x1b[0m two\r\nplain\ntime\x1b[31mout";
        for (text, regex) in [("timeout", false), ("Timeout two", false), ("^one timeout two *$|out$", true)]
        {
            let pattern = Pattern { text: text.to_lowercase(), regex };
            let mut matcher = Matcher::new(&pattern).unwrap();
            let mut plain = block.to_vec();
            matcher.prepare(&mut plain);
            assert_eq!(plain.len(), block.len());
            let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).collect::<Vec<_>>();
            assert_eq!(lines(&plain), lines(block), "{text}");
            let (start, end) = matcher.next(&plain, 0).unwrap();
            assert!(end <= 29 && start < 29, "{text}: {start}..{end}");
        }
    }
}
