//! Where the header of a log line ends: process ids, threads and logger names before the message.

/// How far a header reaches at most, bytes.
const REACH: usize = 320;
/// Longest name of a program with its number, bytes.
const TAG_MAX: usize = 64;
/// Ids after which words in capitals belong to a header.
const IDS_MIN: usize = 2;
/// Most words of a header.
const WORDS_MAX: usize = 10;

/// Whether everything in `text` looks like parts of a header: bracketed, numbers, dotted names, dashes.
pub(crate) fn is_header(text: &[u8]) -> bool {
    if text.len() > REACH {
        return false;
    }
    let mut depth = 0_usize;
    let (mut words, mut ids) = (0, 0);
    let mut at = 0;
    while at < text.len() {
        let mut made = Made::default();
        let start = at;
        let opened = depth;
        while let Some(kind) =
            text.get(at).map(|byte| KINDS[usize::from(*byte)]).filter(|kind| *kind != BLANK)
        {
            made.add(kind);
            if kind == BRACKET {
                depth = if matches!(text[at], b'[' | b'(') { depth + 1 } else { depth.saturating_sub(1) };
            }
            at += 1;
        }
        let word = &text[start..at];
        at += 1;
        if word.is_empty() {
            continue;
        }
        words += 1;
        let id = made.is_id();
        ids += usize::from(id);
        let part = |ids: usize| id || made.is_part(word) || (ids >= IDS_MIN && made.is_capital(word));
        if opened == 0 && !part(ids) || words > WORDS_MAX {
            return false;
        }
    }
    depth == 0
}

/// Start of the message after a logger's name: `[main] a.b.C - text`, `--- [exec-1] a.b.C : text`, `a.b.C: text`.
pub(crate) fn message_start(text: &[u8]) -> usize {
    let head = &text[..text.len().min(REACH)];
    for at in memchr::memchr2_iter(b'-', b':', head) {
        let blank_after = text.get(at + 1) == Some(&b' ');
        let blank_before = at > 0 && text[at - 1] == b' ';
        if !blank_after {
            continue;
        }
        // A name directly before a colon must be a dotted one: `error: text` is a message.
        let named = text[at] == b':' && !blank_before && is_dotted(last_word(&text[..at]));
        if (blank_before && at > 1 || named) && is_header(&text[..at]) {
            return at + 1 + text[at + 1..].iter().take_while(|byte| **byte == b' ').count();
        }
    }
    0
}

/// Where the first colon with a blank behind it stands.
pub(crate) fn colon_and_blank(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b':', text).find(|at| text.get(at + 1) == Some(&b' '))
}

/// Start of the message after the name of a program: `sshd(pam_unix)[19939]: text`, `kernel: text`, `Tag( 1766): text`.
pub(crate) fn tag_end(text: &[u8]) -> usize {
    let head = &text[..text.len().min(TAG_MAX)];
    let Some(colon) = colon_and_blank(head) else { return 0 };
    let name = &head[..colon];
    let width = name
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'@')))
        .unwrap_or(name.len());
    let numbered = || matches!(name[width], b'[' | b'(') && matches!(name[colon - 1], b']' | b')');
    let named = width > 0 && name[0].is_ascii_alphabetic() && (width == colon || numbered());
    if named { colon + 2 } else { 0 }
}

/// The same after the name of a host: `node-1 kubelet[7]: text`; the program must have a number.
pub(crate) fn host_and_tag_end(text: &[u8]) -> usize {
    let Some(blank) = memchr::memchr(b' ', &text[..text.len().min(TAG_MAX)]) else { return 0 };
    let end = tag_end(&text[blank + 1..]);
    let numbered = end > 2 && text[blank + end - 2] == b']';
    if numbered { blank + 1 + end } else { 0 }
}

/// Start of the message in what follows the time in a line of RFC 5424: host, program, process, kind of message,
/// structured data.
pub(crate) fn syslog_end(text: &[u8]) -> usize {
    let mut at = 0;
    for _ in 0..4 {
        let Some(blank) = memchr::memchr(b' ', &text[at..text.len().min(at + TAG_MAX)]) else { return 0 };
        at += blank + 1;
    }
    let data = &text[at..];
    let width = match data.first() {
        Some(b'-') => 1,
        Some(b'[') => memchr::memmem::find(data, b"] ").map_or(0, |end| end + 1),
        _ => 0,
    };
    let rest = &data[width..];
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let marked = rest[blanks..].starts_with(b"\xef\xbb\xbf");
    if width == 0 { at } else { at + width + blanks + if marked { 3 } else { 0 } }
}

fn last_word(text: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b' ', text).map_or(0, |at| at + 1);
    &text[start..]
}

fn is_dotted(word: &[u8]) -> bool {
    Made::of(word).is_dotted(word)
}

/// Kinds of bytes that the parts of a header are told by.
const DIGIT: u16 = 1;
const CAPITAL_HEX: u16 = 1 << 1;
const CAPITAL: u16 = 1 << 2;
const SMALL_HEX: u16 = 1 << 3;
const SMALL: u16 = 1 << 4;
const UNDERSCORE: u16 = 1 << 5;
const DOLLAR: u16 = 1 << 6;
const COLON: u16 = 1 << 7;
const DASH: u16 = 1 << 8;
const DOT: u16 = 1 << 9;
const BRACKET: u16 = 1 << 10;
const OTHER: u16 = 1 << 11;
const BLANK: u16 = 1 << 12;

const CAPITALS: u16 = CAPITAL_HEX | CAPITAL;
const MARKS: u16 = COLON | DASH | DOT;

/// The kind of each byte.
const KINDS: [u16; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'A'..=b'F' => CAPITAL_HEX,
            b'G'..=b'Z' => CAPITAL,
            b'a'..=b'f' => SMALL_HEX,
            b'g'..=b'z' => SMALL,
            b'_' => UNDERSCORE,
            b'$' => DOLLAR,
            b':' => COLON,
            b'-' => DASH,
            b'.' => DOT,
            b'[' | b'(' | b']' | b')' => BRACKET,
            b' ' | b'\t' => BLANK,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

/// What a word is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Made {
    kinds: u16,
    dots: usize,
}

impl Made {
    #[inline]
    fn of(word: &[u8]) -> Self {
        let mut made = Self::default();
        for byte in word {
            made.add(KINDS[usize::from(*byte)]);
        }
        made
    }

    #[inline]
    fn add(&mut self, kind: u16) {
        self.kinds |= kind;
        self.dots += usize::from(kind == DOT);
    }

    /// Whether it is made of these kinds and no other.
    fn only(self, kinds: u16) -> bool {
        self.kinds & !kinds == 0
    }

    fn has(self, kinds: u16) -> bool {
        self.kinds & kinds != 0
    }

    /// `R02-M1-N0-C:J12-U11`: capitals and numbers, joined.
    fn is_id(self) -> bool {
        self.only(CAPITALS | DIGIT | MARKS) && self.has(DIGIT) && self.has(MARKS)
    }

    /// `KERNEL`: a subsystem, where places came before it.
    fn is_capital(self, word: &[u8]) -> bool {
        word.len() > 1 && self.only(CAPITALS | UNDERSCORE)
    }

    fn is_part(self, word: &[u8]) -> bool {
        matches!(word[0], b'[' | b'(' | b'<' | b'-' | b'|' | b'#' | b'*')
            || self.only(DIGIT | CAPITAL_HEX | SMALL_HEX | MARKS) && self.has(DIGIT)
            || self.is_dotted(word)
    }

    /// `a.b.C`, `org.apache.X$Y`: at least two dots, or one and a capital.
    fn is_dotted(self, word: &[u8]) -> bool {
        self.only(DOT | CAPITALS | SMALL_HEX | SMALL | DIGIT | UNDERSCORE | DOLLAR | DASH)
            && word.last() != Some(&b'.')
            && (self.dots >= 2 || (self.dots == 1 && self.has(CAPITALS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_program_is_no_message() {
        let table = [
            ("sshd[7]: session opened", "session opened"),
            ("su(pam_unix)[21416]: session opened", "session opened"),
            ("kernel: oom", "oom"),
            ("V8: ok", "ok"),
            ("two words: no", "two words: no"),
            ("10.0.0.1: refused", "10.0.0.1: refused"),
            ("no colon", "no colon"),
        ];
        for (text, message) in table {
            assert_eq!(&text[tag_end(text.as_bytes())..], message, "{text}");
        }
        let hosted = b"node-1 kubelet[7]: it broke";
        assert_eq!(&hosted[host_and_tag_end(hosted)..], b"it broke");
        assert_eq!(host_and_tag_end(b"payments order: 7"), 0);
        let modern = b"host app 77 ID47 [x@1 a=\"b\"] it broke";
        assert_eq!(&modern[syslog_end(modern)..], b"it broke");
        assert_eq!(syslog_end(b"host app - - - it broke"), 15);
    }

    #[test]
    fn messages_begin_after_the_logger() {
        let table = [
            ("[orders,ab12] --- [exec-3] c.shop.orders.Handler : order 3 failed", "order 3 failed"),
            ("12345 --- [main] c.s.Handler : up", "up"),
            ("[main] org.apache.hadoop.v2.app.MRAppMaster: Created it", "Created it"),
            (
                "[QuorumPeer[myid=1]/0:0:2181:Fast@774] - Notification time out: 3200",
                "Notification time out: 3200",
            ),
            ("[pool-1 thread 2] a.b.C - done - all", "done - all"),
            ("payments connection refused - retrying", "payments connection refused - retrying"),
            ("error: disk - full", "error: disk - full"),
            ("- a list item", "- a list item"),
            ("sshd[1]: session opened", "sshd[1]: session opened"),
        ];
        for (text, message) in table {
            assert_eq!(&text[message_start(text.as_bytes())..], message, "{text}");
        }
    }
}
