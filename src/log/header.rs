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
    for word in text.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()) {
        words += 1;
        let id = is_id(word);
        ids += usize::from(id);
        if depth == 0 && !(id || is_part(word) || (ids >= IDS_MIN && is_capital(word))) || words > WORDS_MAX {
            return false;
        }
        for byte in word {
            match byte {
                b'[' | b'(' => depth += 1,
                b']' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
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

/// Start of the message after the name of a program: `sshd(pam_unix)[19939]: text`, `kernel: text`, `Tag( 1766): text`.
pub(crate) fn tag_end(text: &[u8]) -> usize {
    let head = &text[..text.len().min(TAG_MAX)];
    let Some(colon) = memchr::memmem::find(head, b": ") else { return 0 };
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

/// `R02-M1-N0-C:J12-U11`: capitals and numbers, joined.
fn is_id(word: &[u8]) -> bool {
    word.iter()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b':' | b'-' | b'.'))
        && word.iter().any(u8::is_ascii_digit)
        && word.iter().any(|byte| matches!(byte, b':' | b'-' | b'.'))
}

/// `KERNEL`: a subsystem, where places came before it.
fn is_capital(word: &[u8]) -> bool {
    word.len() > 1 && word.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
}

fn is_part(word: &[u8]) -> bool {
    matches!(word[0], b'[' | b'(' | b'<' | b'-' | b'|' | b'#' | b'*')
        || word.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.'))
            && word.iter().any(u8::is_ascii_digit)
        || is_dotted(word)
}

/// `a.b.C`, `org.apache.X$Y`: at least two dots, or one and a capital.
fn is_dotted(word: &[u8]) -> bool {
    let (mut dots, mut capital) = (0, false);
    for byte in word {
        match byte {
            b'.' => dots += 1,
            b'A'..=b'Z' => capital = true,
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'$' | b'-' => {}
            _ => return false,
        }
    }
    word[word.len() - 1] != b'.' && (dots >= 2 || (dots == 1 && capital))
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
