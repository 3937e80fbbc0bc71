//! Levels in their usual spellings.

use crate::incident::Level;
use crate::log::eight;

/// How far into the text after the timestamp a level is looked for.
const REACH: usize = 140;

/// A level and where its word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) level: Level,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// By the first letter of a word: the second letters that a word for a level can have, one bit each.
const BEGINNINGS: [u32; 32] = {
    const PAIRS: &[u8] = b"TRFIVEDEDBINLODEHISTCONOSYWAWRERSEFACRALEMPAFT";
    let mut table = [0; 32];
    let mut at = 0;
    while at < PAIRS.len() {
        table[(PAIRS[at] & 31) as usize] |= 1 << (PAIRS[at + 1] & 31);
        at += 2;
    }
    table
};

/// Whether a text begins as a word for a level does. Most words end here.
#[inline]
fn begins_level(text: &[u8]) -> bool {
    matches!(text, [first, second, ..] if BEGINNINGS[usize::from(first & 31)] >> (second & 31) & 1 == 1)
}

/// The level a word names, whatever its case.
#[inline]
pub(crate) fn word(word: &[u8]) -> Option<Level> {
    if word.len() <= 13 && begins_level(word) { named(word) } else { None }
}

/// The level a word of at most 13 bytes names.
fn named(word: &[u8]) -> Option<Level> {
    let mut upper = [0; 13];
    let upper = &mut upper[..word.len()];
    for (to, from) in upper.iter_mut().zip(word) {
        *to = from.to_ascii_uppercase();
    }
    Some(match &*upper {
        b"TRACE" | b"FINEST" | b"FINER" | b"VERBOSE" | b"TRC" | b"TRCE" => Level::Trace,
        b"DEBUG" | b"DEBUG1" | b"DEBUG2" | b"DEBUG3" | b"DEBUG4" | b"DEBUG5" | b"FINE" | b"DBG" | b"DEBU"
        | b"DBUG" => Level::Debug,
        b"INFO" | b"INFORMATION" | b"INFORMATIONAL" | b"INF" | b"LOG" | b"DETAIL" | b"HINT"
        | b"STATEMENT" | b"CONTEXT" | b"CONFIG" => Level::Info,
        b"NOTICE" | b"NOTE" | b"SYSTEM" => Level::Notice,
        b"WARN" | b"WARNING" | b"WRN" => Level::Warn,
        b"ERROR" | b"ERR" | b"SEVERE" | b"ERRO" | b"FAILURE" | b"FAIL" => Level::Error,
        b"FATAL" | b"CRIT" | b"CRITICAL" | b"ALERT" | b"EMERG" | b"EMERGENCY" | b"PANIC" | b"FTL"
        | b"CRI" => Level::Fatal,
        _ => return None,
    })
}

/// The level a JSON or logfmt value names: a word, a letter, or a number (syslog 0-7, bunyan and pino 10-60).
pub(crate) fn value(value: &[u8]) -> Option<Level> {
    if let Some(level) = word(value) {
        return Some(level);
    }
    match value {
        [byte] if byte.is_ascii_digit() => syslog(u32::from(byte - b'0')),
        [byte] => letter(*byte),
        b"10" => Some(Level::Trace),
        b"20" => Some(Level::Debug),
        b"30" => Some(Level::Info),
        b"40" => Some(Level::Warn),
        b"50" => Some(Level::Error),
        b"60" => Some(Level::Fatal),
        _ => None,
    }
}

/// The level of a syslog severity number (RFC 5424, 6.2.1).
pub(crate) fn syslog(severity: u32) -> Option<Level> {
    Some(match severity {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 => Level::Notice,
        6 => Level::Info,
        7 => Level::Debug,
        _ => return None,
    })
}

/// The level a single letter names (klog, logcat, cups, log4j short forms).
pub(crate) fn letter(letter: u8) -> Option<Level> {
    Some(match letter.to_ascii_uppercase() {
        b'V' | b'T' => Level::Trace,
        b'D' => Level::Debug,
        b'I' => Level::Info,
        b'N' => Level::Notice,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' | b'C' | b'A' | b'X' => Level::Fatal,
        _ => return None,
    })
}

/// The level of an HTTP status.
pub(crate) fn status(status: u32) -> Level {
    match status {
        500.. => Level::Error,
        400..=499 => Level::Warn,
        _ => Level::Info,
    }
}

/// `In(14)`, or one letter and a blank, right after the time.
pub(crate) fn short(rest: &[u8]) -> Option<Level> {
    match rest {
        [a, b, b'(', digit, ..] if digit.is_ascii_digit() => match [*a, *b] {
            [b'D', b'b'] => Some(Level::Debug),
            [b'I', b'n'] => Some(Level::Info),
            [b'N', b'o'] => Some(Level::Notice),
            [b'W', b'a'] => Some(Level::Warn),
            [b'E', b'r'] => Some(Level::Error),
            [b'C', b'r'] | [b'A', b'l'] | [b'E', b'm'] => Some(Level::Fatal),
            _ => None,
        },
        [mark @ (b'T' | b'V' | b'D' | b'I' | b'W' | b'E' | b'F'), b' ', ..] => letter(*mark),
        _ => None,
    }
}

/// A level given as one bit, after brackets: `[nss] [accept] (0x0020): …` (sssd, `man sssd.conf`, "debug levels").
pub(crate) fn masked(rest: &[u8]) -> Option<Level> {
    if rest.first() != Some(&b'[') {
        return None;
    }
    let at = memchr::memmem::find(&rest[..rest.len().min(120)], b"] (0x")?;
    match rest.get(at + 5..at + 10)? {
        b"0010)" | b"0020)" => Some(Level::Fatal),
        b"0040)" => Some(Level::Error),
        b"0080)" => Some(Level::Warn),
        b"0100)" | b"0200)" => Some(Level::Info),
        b"0400)" | b"1000)" => Some(Level::Debug),
        b"2000)" | b"4000)" => Some(Level::Trace),
        _ => None,
    }
}

/// The level in a syslog priority, `<34>`.
pub(crate) fn priority(before: &[u8]) -> Option<Level> {
    let inner = before.strip_prefix(b"<")?;
    let end = inner.iter().take(4).position(|byte| *byte == b'>')?;
    let number: u32 = std::str::from_utf8(&inner[..end]).ok()?.parse().ok()?;
    syslog(number & 7)
}

/// A system call that failed, in a trace of system calls: `openat(…) = -1 ENOENT (…)`.
pub(crate) fn traced(text: &[u8]) -> Option<Level> {
    let ends = matches!(text.last(), Some(b')' | b'>'));
    let failed = ends
        && (memchr::memmem::find(text, b") = -1 E").or_else(|| memchr::memmem::find(text, b") = ? E")))
            .is_some();
    failed.then_some(Level::Error)
}

/// The first level word in the head of `text`: written in capitals, or marked as one (`[error]`, `core:error]`,
/// `<warn>`, `error:`).
pub(crate) fn find(text: &[u8]) -> Option<Found> {
    let reach = text.len().min(REACH);
    let (mut at, mut before) = (0, 0);
    while at < reach {
        let letters = eight::letters(eight::load(text, at));
        // A letter behind a letter begins no word.
        let mut starts = letters & !(letters << 8 | before);
        before = letters >> 56;
        while starts != 0 {
            let start = at + starts.trailing_zeros() as usize / 8;
            starts &= starts - 1;
            if start >= reach {
                return None;
            }
            let found = begins_level(&text[start..]).then(|| found_at(text, start)).flatten();
            if found.is_some() {
                return found;
            }
        }
        at += 8;
    }
    None
}

/// The level that the word at `start` names, if it is one.
fn found_at(text: &[u8], start: usize) -> Option<Found> {
    let part = |byte: &u8| PARTS[usize::from(*byte)];
    // After digits and `_` only where no letter comes before these.
    if text[..start].iter().rev().find(|byte| part(byte) != INNER).is_some_and(|byte| part(byte) == LETTER) {
        return None;
    }
    let end = text[start..].iter().position(|byte| part(byte) == 0).map_or(text.len(), |width| start + width);
    let level = is_marked(text, start, end).then(|| word(&text[start..end])).flatten()?;
    Some(Found { level, start, end })
}

/// Letters, at which a word may begin.
const LETTER: u8 = 1;
/// What else a word is made of.
const INNER: u8 = 2;

/// Which bytes words are made of.
const PARTS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let symbol = byte as u8;
        if symbol.is_ascii_alphabetic() {
            table[byte] = LETTER;
        } else if symbol.is_ascii_digit() || symbol == b'_' {
            table[byte] = INNER;
        }
        byte += 1;
    }
    table
};

fn is_marked(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map_or(b' ', |at| text[at]);
    let after = text.get(end).copied().unwrap_or(b' ');
    if text[start..end].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        let free_before = matches!(
            before,
            b' ' | b'\t' | b'[' | b'(' | b'<' | b'|' | b':' | b'"' | b'-' | b']' | b')' | b'.'
        );
        // The log of vPostgres puts a number directly before.
        let numbered = before.is_ascii_digit() && text[end..].starts_with(b":  ");
        return (free_before || numbered)
            && matches!(after, b' ' | b'\t' | b']' | b')' | b'>' | b'|' | b':' | b'"' | b'-' | b',');
    }
    match before {
        b'[' | b'<' | b'|' | b'(' => matches!(after, b']' | b'>' | b'|' | b':' | b')'),
        b':' => after == b']',
        b'.' => matches!(after, b' ' | b':') && is_facility(&text[..start - 1]),
        _ if start == 0 && matches!(after, b' ' | b'\t') => {
            is_plain(&text[..end]) || (is_capitalised(&text[..end]) && is_column(&text[end..]))
        }
        b' ' if is_plain(&text[start..end]) && after == b' ' && is_thread(&text[..start - 1]) => true,
        b' ' => after == b':' || text[end..].starts_with(b" : ") || (start == 1 && after == b' '),
        _ => start == 0 && after == b':',
    }
}

/// Whether a text is the number of a thread in hexadecimal: `[7F03ECE76700`.
fn is_thread(text: &[u8]) -> bool {
    let number = text.trim_ascii_start();
    let number = number.strip_prefix(b"[").unwrap_or(number);
    number.len() >= 6 && number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F'))
}

/// `Info` and the like.
fn is_capitalised(word: &[u8]) -> bool {
    word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase)
}

/// Whether what follows a word begins in another column: `Info                  CBS`.
fn is_column(after: &[u8]) -> bool {
    after.starts_with(b"  ") || after.starts_with(b"\t")
}

/// Words that name a level also in small letters at the start of a text.
fn is_plain(word: &[u8]) -> bool {
    matches!(
        word,
        b"trace"
            | b"debug"
            | b"verbose"
            | b"info"
            | b"notice"
            | b"warn"
            | b"warning"
            | b"error"
            | b"fatal"
            | b"critical"
    )
}

/// Whether `text` ends in the name of a syslog facility (`user.warn`).
fn is_facility(text: &[u8]) -> bool {
    let start = text.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let name = &text[start..];
    name.starts_with(b"local")
        || matches!(
            name,
            b"kern"
                | b"user"
                | b"mail"
                | b"daemon"
                | b"auth"
                | b"authpriv"
                | b"syslog"
                | b"cron"
                | b"news"
                | b"lpr"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_words_are_levels() {
        let table = [
            (" ERROR x", Some(Level::Error)),
            (" [pid 7] WARN  x", Some(Level::Warn)),
            ("FATAL:  sorry", Some(Level::Fatal)),
            (" LOG:  checkpoint", Some(Level::Info)),
            ("[error] 7#7: x", Some(Level::Error)),
            ("] [core:error] [pid 1] x", Some(Level::Error)),
            ("<warning> x", Some(Level::Warn)),
            ("host app: error: disk", Some(Level::Error)),
            (" info starting", Some(Level::Info)),
            ("host kernel: EXT4-fs error (device)", None),
            ("no information here", None),
            ("an ERRORLIST", None),
            ("info wcp [eam:148] going", Some(Level::Info)),
            ("[25376]INFO:module:text", Some(Level::Info)),
            ("local.INFO: User logged in", Some(Level::Info)),
            ("UDM-Pro user.warn kernel: IN=br46", Some(Level::Warn)),
            ("note that this is text", None),
        ];
        for (text, expected) in table {
            assert_eq!(find(text.as_bytes()).map(|found| found.level), expected, "{text}");
        }
    }

    #[test]
    fn a_level_is_found_wherever_its_word_begins() {
        for lead in 0..40 {
            let text = format!("{} ERROR x", "-".repeat(lead));
            assert_eq!(find(text.as_bytes()).map(|found| found.start), Some(lead + 1), "{text}");
            let text = format!("{}ab ERROR x", "xy ".repeat(lead));
            assert_eq!(find(text.as_bytes()).map(|found| found.end), Some(lead * 3 + 8), "{text}");
            let number = format!("{} 7ERROR:  x", "-".repeat(lead));
            assert_eq!(find(number.as_bytes()).map(|found| found.start), Some(lead + 2), "{number}");
            for none in ["a7ERROR:  x", "_ERROR x", "aERROR x", "\u{e9}rror: x"] {
                assert_eq!(find(format!("{} {none}", "-".repeat(lead)).as_bytes()), None, "{none}");
            }
        }
        let far = format!("{}ERROR x", " ".repeat(REACH));
        assert_eq!(find(far.as_bytes()), None);
        assert!(find(&far.as_bytes()[1..]).is_some());
    }

    #[test]
    fn each_word_for_a_level_passes_by_its_beginning() {
        let words = "TRACE FINEST FINER VERBOSE TRC TRCE DEBUG DEBUG1 DEBUG2 DEBUG3 DEBUG4 DEBUG5 FINE DBG DEBU DBUG \
                     INFO INFORMATION INFORMATIONAL INF LOG DETAIL HINT STATEMENT CONTEXT CONFIG NOTICE NOTE SYSTEM \
                     WARN WARNING WRN ERROR ERR SEVERE ERRO FAILURE FAIL FATAL CRIT CRITICAL ALERT EMERG EMERGENCY \
                     PANIC FTL CRI";
        for text in words.split_whitespace() {
            assert!(word(text.as_bytes()).is_some(), "{text}");
            assert!(word(text.to_lowercase().as_bytes()).is_some(), "{text}");
        }
        assert_eq!(word(b"INFORMATIONALLY"), None);
        assert_eq!(word(b"T"), None);
    }

    #[test]
    fn values_of_fields() {
        for (text, expected) in [
            ("warn", Level::Warn),
            ("Critical", Level::Fatal),
            ("50", Level::Error),
            ("3", Level::Error),
            ("E", Level::Error),
        ] {
            assert_eq!(value(text.as_bytes()), Some(expected), "{text}");
        }
    }
}
