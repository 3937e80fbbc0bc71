//! Text measured, cut and wrapped by columns of the terminal, never in the middle of a character.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Stands where text was left out.
pub const ELLIPSIS: &str = "…";
/// The end of a text begins with a whole word of a name where that loses no more bytes than this.
const WORD_SLACK: usize = 6;

/// Whether a character could drive the terminal or reorder what stands beside it: controls, bidirectional marks,
/// invisible separators, the emoji selector that makes terminals disagree about widths.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{61c}' | '\u{feff}' | '\u{fe0f}' | '\u{fff9}'..='\u{fffb}')
}

/// `text` without hostile characters: white space becomes a space, marks vanish, controls become visible. Sources are
/// cleaned where they are read; this is the last gate before the screen.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let cleaned = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' => Some(' '),
        c if c.is_control() => Some('\u{fffd}'),
        c if is_hostile(c) => None,
        c => Some(c),
    });
    Cow::Owned(cleaned.collect())
}

/// Columns `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The longest beginning of `text` that fits into `columns`, in bytes.
pub fn fitting(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > columns {
            return start;
        }
    }
    text.len()
}

/// `text`, or its beginning and an ellipsis where it does not fit; cut at the end of a word.
pub fn cut(text: &str, columns: usize) -> String {
    if text.len() <= columns && text.is_ascii() || fitting(text, columns) == text.len() {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let end = fitting(text, columns - 1);
    format!("{}{ELLIPSIS}", text[..word_end(text, end)].trim_end())
}

/// Where the last word ends that ends by `end`: before a blank, before what joins the words of a name or a path, beside a
/// wide character. A word that takes more than half of the room is cut anywhere: its beginning says more than nothing.
fn word_end(text: &str, end: usize) -> usize {
    let mut before_is_wide = false;
    let ends = text.grapheme_indices(true).take_while(|(at, _)| *at <= end).filter_map(|(at, grapheme)| {
        let wide = grapheme.width() > 1;
        let joint = grapheme.chars().all(|c| c == ' ' || "-_/.:,;=)]}|\"'”".contains(c));
        let here = (at > 0 && (wide || before_is_wide || joint)).then_some(at);
        before_is_wide = wide;
        here
    });
    ends.last().filter(|at| *at * 2 >= end).unwrap_or(end)
}

/// `text`, or an ellipsis and its end where it does not fit; cut before a word of a name where that costs little.
pub fn ending(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        let Some(rest) = left.checked_sub(grapheme.width()) else { break };
        left = rest;
        start = at;
    }
    let word = text[start..].match_indices(['-', '_', '.', '/', ' ']).map(|(at, sign)| at + sign.len());
    let at_word = word.filter(|at| *at <= WORD_SLACK && start + at < text.len()).max();
    format!("{ELLIPSIS}{}", &text[start + at_word.unwrap_or(0)..])
}

/// `text` in lines of at most `first` (the first line) and `rest` columns. Breaks at spaces and between wide
/// characters; longer words are split. Line breaks of the text are kept. At least one line.
pub fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, paragraph) in text.split('\n').enumerate() {
        let first = if number == 0 { first } else { rest };
        wrap_paragraph(&clean(paragraph), first.max(1), rest.max(1), &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, first: usize, rest: usize, lines: &mut Vec<String>) {
    let mut left = text.trim_end();
    let mut columns = first;
    loop {
        let end = fitting(left, columns);
        if end == left.len() {
            lines.push(left.to_owned());
            return;
        }
        let at = break_before(left, end);
        lines.push(left[..at].trim_end().to_owned());
        left = left[at..].trim_start();
        columns = rest;
        if left.is_empty() {
            return;
        }
    }
}

/// Where to break `text` so that the line holds at most `end` bytes; always after at least one character.
fn break_before(text: &str, end: usize) -> usize {
    if text[end..].starts_with(' ') {
        return end;
    }
    let mut best = 0;
    let mut before_is_wide = false;
    for (start, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme.width() > 1;
        if start > 0 && start <= end && ((wide && may_start_line(grapheme)) || before_is_wide && !wide) {
            best = start;
        }
        if grapheme == " " && start < end {
            best = start + 1;
        }
        if start >= end {
            break;
        }
        before_is_wide = wide;
    }
    let indent = text.len() - text.trim_start().len();
    if best > indent {
        return best;
    }
    let first = text.graphemes(true).next().map_or(text.len(), str::len);
    end.max(first)
}

/// Closing punctuation of Chinese and Japanese does not begin a line.
fn may_start_line(grapheme: &str) -> bool {
    !"，。、；：！？）」』】》〉”’".contains(grapheme)
}

#[cfg(test)]
mod tests;
