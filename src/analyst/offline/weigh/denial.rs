//! What a text says by denying it, and what is well: `no packet loss`, `CRC errors 0`, `by address it works`.

use crate::evidence::lexicon::{self, Sense};

/// Whether the clause around byte `at` of a healthy statement is what is well: `by address it works` says nothing good of
/// the lookups that fail in the clause before it.
pub(super) fn is_well(text: &str, at: usize) -> bool {
    const ENDS: [char; 5] = [',', '，', ';', '；', '、'];
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return true };
    let start =
        before.rfind(ENDS).map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8));
    let end = after.find(ENDS).map_or(text.len(), |end| at + end);
    let whole = start == 0 && end == text.len();
    whole || all_well(text) || lexicon::senses(&text[start..end]).has(Sense::Healthy) || is_denied(text, at)
}

/// Whether the end of a text is about all that it lists: `cdn hits, dns, certs: ok`, `CPU、内存、磁盘都正常`.
fn all_well(text: &str) -> bool {
    const ALL: [&str; 6] = [" all ", " both ", "都", "均", "全", "也"];
    let last = text.rfind([',', '，', '、', ';', '；']).map_or(text, |at| &text[at..]);
    let told = last.rfind([':', '：', '=']).map(|at| &last[at..]);
    // `all on shard 3, the other shards are idle`: what is well is not what broke.
    let others = ["other", "the rest", "其他", "其它", "其余"].iter().any(|word| last.contains(word));
    let summed = !others && ALL.iter().any(|word| last.to_lowercase().contains(word));
    let said = told.or(summed.then_some(last));
    said.is_some_and(|said| {
        let senses = lexicon::senses(said);
        senses.has(Sense::Healthy) && !senses.has(Sense::Bad)
    })
}

/// Whether the words at byte `at` are denied: `no packet loss`, `not throttled`, `没有丢包`.
pub(in crate::analyst::offline) fn is_denied(text: &str, at: usize) -> bool {
    const DENIALS: [&str; 12] = [
        "no ", "not ", "never ", "without ", "isn't ", "wasn't ", "nor ", "没有", "不是", "并非", "未见",
        "并未",
    ];
    let Some(before) = text.get(..at) else { return false };
    // A denial with what stands before it is no longer than this.
    let near = (before.len().saturating_sub(16)..=before.len()).find(|&at| before.is_char_boundary(at));
    let lower = before[near.unwrap_or(0)..].to_ascii_lowercase();
    let word = |denial: &&str| {
        lower.strip_suffix(*denial).is_some_and(|head| {
            !denial.is_ascii() || !head.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    DENIALS.iter().any(word) || counts_none(&text[at..]) && !moves(text)
}

/// `CRC errors 0`, `dropped=0`: a count of failures that is nought.
fn counts_none(text: &str) -> bool {
    const FAILURES: [&str; 20] = [
        "error",
        "drop",
        "loss",
        "fail",
        "retrans",
        "timeout",
        "lag",
        "replicated",
        "redeliver",
        "evict",
        "dead",
        "throttl",
        "oom",
        "wait",
        "unassigned",
        "reject",
        "restart",
        "open",
        "eject",
        "overflow",
    ];
    let Some(digit) = text.bytes().take(48).position(|byte| byte.is_ascii_digit()) else { return false };
    let (head, tail) = text.split_at(digit);
    let head = head.to_ascii_lowercase();
    let plain =
        head.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '=' | ':' | '_' | '-' | '.'));
    let nought = tail
        .strip_prefix('0')
        .is_some_and(|rest| !rest.trim_start_matches(['.', ',']).starts_with(|c: char| c.is_ascii_digit()));
    plain && nought && FAILURES.iter().any(|word| head.contains(word))
}

/// A value that went from one to another: `0 -> 48k` is not the 0 that a refuting phrase means.
pub(super) fn moves(text: &str) -> bool {
    text.contains("->") || text.contains('→')
}
