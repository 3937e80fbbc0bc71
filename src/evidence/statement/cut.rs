//! Cutting prose: headings, pieces of a line with a time of their own, sentences.

use std::ops::Range;

use crate::evidence::clock::Moment;

/// Drops line breaks, bullets and table bars around a line.
pub(super) fn trim_line(raw: &str) -> &str {
    raw.trim().trim_matches('|').trim().trim_start_matches(['-', '*', '•', '>', '·']).trim_start()
}

pub(super) fn trim_piece(text: &str) -> &str {
    text.trim().trim_matches(['|', '；', ';']).trim()
}

/// The longest prefix of at most `max` bytes.
pub(super) fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A row of a table: a name with a number, then numbers (`q-26  12  488,120  1ms`), or cells of which two are numbers
/// behind such a name (`st-04  3  VX3-1920  K1.02  32763`).
pub(super) fn is_row(line: &str) -> bool {
    let mut cells = line.split_whitespace();
    let named = cells.next().is_some_and(|name| {
        name.starts_with(|c: char| c.is_alphabetic()) && name.ends_with(|c: char| c.is_ascii_digit())
    });
    let number = |cell: &&str| cell.starts_with(|c: char| c.is_ascii_digit());
    let wide = line.matches("  ").count() >= 2;
    let two = cells.clone().take(2).filter(number).count() == 2;
    named && (two || wide && cells.filter(number).count() >= 2)
}

/// Whether what stands at `range` is an age in a cell of a row, which looks like a time of day: `| idle | 00:27:51 |`.
pub(super) fn is_age(line: &str, range: &Range<usize>) -> bool {
    let Some(text) = line.get(range.clone()) else { return false };
    let (before, after) = (&line[..range.start], &line[range.end..]);
    let cell = before.trim_end().ends_with('|') && after.trim_start().starts_with('|');
    cell && line.matches('|').count() >= 3 && text.starts_with("00:") && text.matches(':').count() == 2
}

/// Lines that differ only in digits have the same shape: FNV-1a, 64 bits, of the line with each number as one nought.
pub(super) fn shape(line: &str) -> u64 {
    let (mut hash, mut digit) = (0xcbf2_9ce4_8422_2325_u64, false);
    for byte in line.bytes() {
        let number = byte.is_ascii_digit();
        if !(number && digit) {
            hash = (hash ^ u64::from(if number { b'0' } else { byte })).wrapping_mul(0x0100_0000_01b3);
        }
        digit = number;
    }
    hash
}

pub(super) fn is_heading(line: &str, timed: bool) -> bool {
    let short = line.chars().count() <= 48;
    let closed = line.ends_with([':', '：']) || line.starts_with('#');
    let bare = !line.contains([':', '：', '=', '%', '"', '/', '(']) && line.split_whitespace().count() <= 4;
    let date_only = line.chars().filter(char::is_ascii_digit).count() >= 6 && line.chars().count() <= 24;
    !timed && (short && (closed || bare) || date_only)
}

/// A heading over a list of changes.
pub(super) fn heads_changes(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "deploy",
        "change",
        "release",
        "rollout",
        "cloudtrail",
        "audit",
        "commits",
        "migrations",
        "变更",
        "发布",
        "上线",
        "部署",
        "操作记录",
        "审计",
    ];
    let lower = line.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Words behind a time that can only stand over a list of changes: `deploys today`.
pub(super) fn lists_changes(words: &str) -> bool {
    const LISTS: [&str; 12] = [
        "deploys",
        "changes",
        "releases",
        "deploy log",
        "deploy history",
        "change log",
        "changelog",
        "rollouts",
        "变更记录",
        "变更列表",
        "发布记录",
        "上线记录",
    ];
    let lower = words.trim().trim_start_matches('-').trim_start().to_lowercase();
    let bare =
        !lower.contains(['?', '？', ',', '，', '<']) && !lower.bytes().any(|byte| byte.is_ascii_digit());
    bare && lower.split_whitespace().count() <= 4 && LISTS.iter().any(|list| lower.starts_with(list))
}

/// Pieces of a line that begin with a time of their own.
pub(super) fn segments(line: &str, moments: &[Moment]) -> Vec<(usize, usize)> {
    let leads = moments.first().is_some_and(|first| {
        line[..first.range.start].chars().all(|c| !c.is_alphanumeric()) && first.range.start < 4
    });
    let mut cuts = vec![0];
    for moment in moments.iter().skip(usize::from(leads)) {
        let before = &line[..moment.range.start];
        let wide = before.ends_with("  ");
        let closes = before
            .trim_end()
            .ends_with(['"', '”', '」', '』', ';', '；', '。', '|', ')', '.', '?', '？', '！', '!']);
        let speaks = line[moment.range.end..].trim_start().starts_with(['"', '“', '「']);
        if before.ends_with([' ', '；', '。']) && (leads && (wide || closes) || closes && speaks) {
            cuts.push(moment.range.start);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([line.len()]).collect::<Vec<_>>();
    cuts.into_iter().zip(ends).collect()
}

/// Sentences of a segment; quoted parts stay whole.
pub(super) fn sentences(segment: &str) -> Vec<(usize, usize)> {
    const ABBREVIATIONS: [&str; 6] = ["e.g", "i.e", "vs", "approx", "etc", "no"];
    let mut out = Vec::new();
    let (mut start, mut quoted, mut depth) = (0, false, 0_i32);
    let mut chars = segment.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '(' | '（' => depth += 1,
            ')' | '）' => depth -= 1,
            '“' | '「' => quoted = true,
            '”' | '」' => quoted = false,
            '。' | '；' | '！' | '？' if !quoted && depth <= 0 => {
                out.push((start, at + c.len_utf8()));
                start = at + c.len_utf8();
            }
            '.' | ';' | '!' | '?' if !quoted && depth <= 0 => {
                let spaced = chars.peek().is_some_and(|&(_, next)| next == ' ');
                let word = segment[start..at].rsplit([' ', '(']).next().unwrap_or("");
                // Dots that stand alone are a range: `3% .. 11% .. 64%`.
                let range = c == '.' && word.trim_matches('.').is_empty();
                let short = range || ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str());
                if spaced && !short && at > start + 3 {
                    out.push((start, at + 1));
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    out.push((start, segment.len()));
    out
}
