//! Keys without a name or a prefix: long runs that are nothing but chance.

use crate::evidence::redaction::bytes::{self, Set};
use crate::evidence::redaction::{Hit, Kind};

/// Shortest value that is masked without a name or a prefix.
const BARE_MIN: usize = 32;

/// Long runs that are nothing but chance: keys without a name or a prefix. Looks at every 32nd byte first, since a run
/// that long has to pass over one of them.
pub(super) fn find(text: &[u8], hits: &mut Vec<Hit>) {
    let mut at = 0;
    while at + BARE_MIN <= text.len() {
        let probe = at + BARE_MIN - 1;
        if !bytes::is(text[probe], Set::Token) {
            at = probe + 1;
            continue;
        }
        let back = text[at..probe].iter().rposition(|&byte| !bytes::is(byte, Set::Token));
        let start = back.map_or(at, |back| at + back + 1);
        let end = bytes::run(text, probe, Set::Token);
        if end - start >= BARE_MIN {
            // A name and its mark may stand before it.
            let look = &text[start..end.min(start + 4096)];
            let from = look[..look.len() - 1]
                .iter()
                .rposition(|&byte| byte == b'=')
                .filter(|&at| look[at + 1] != b'=');
            let from = start + from.map_or(0, |at| at + 1);
            if end - from >= BARE_MIN && bytes::is_key_like(&text[from..end.min(from + 256)]) {
                hits.push(Hit { start: from, end, kind: Kind::Secret });
            }
        }
        at = end + 1;
    }
}
