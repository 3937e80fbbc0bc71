//! Short phrases from long lines: the words that say something, without process numbers, accounts and identifiers.

use crate::analyst::offline::scene::excerpt;
use crate::evidence::statement::level_of;
use crate::incident::Level;

/// At most `max` characters of the words of `text` around byte `at`.
pub fn phrase(text: &str, at: usize, max: usize) -> String {
    let line = text.lines().next().unwrap_or(text);
    if let Some(said) = message_of(line) {
        return excerpt(said, 0, max);
    }
    let bare = bare(line);
    let skipped = line.len() - bare.len();
    let bare = bare.trim_end();
    // Identifiers of one request say nothing about all of them.
    let words: Vec<&str> = bare.split_whitespace().filter(|word| !is_identifier(word)).collect();
    // Where nothing else is said, they are what is said.
    let clean = if words.is_empty() { bare.to_owned() } else { words.join(" ") };
    let clean = clean.trim_end_matches([',', ';', ':', '，', '；', '：', '—', ' ']);
    let near = at.saturating_sub(skipped).min(clean.len());
    let near = (0..=near).rev().find(|&near| clean.is_char_boundary(near)).unwrap_or(0);
    excerpt(clean, near, max)
}

/// What an object in JSON says: its summary, its message, or the name of its alert.
fn message_of(line: &str) -> Option<&str> {
    const KEYS: [&str; 7] = [
        "\"summary\":",
        "\"description\":",
        "\"message\":",
        "\"msg\":",
        "\"error\":",
        "\"title\":",
        "\"alertname\":",
    ];
    if !line.trim_start().starts_with('{') {
        return None;
    }
    KEYS.iter().find_map(|key| {
        let value = line.split_once(key)?.1.trim_start().strip_prefix('"')?;
        let said = value.split('"').next()?.trim_end_matches('\\');
        (said.trim().len() >= 4).then_some(said)
    })
}

/// The text from its first telling word on: without `[pid]`, `user@database`, a level and the name of a bot.
pub fn bare(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', '\t', '-', '>', '→']);
    for _ in 0..6 {
        let Some((word, after)) = rest.split_once(char::is_whitespace) else { return rest };
        let after = after.trim_start();
        let label = word.trim_end_matches(':');
        // `1)` and `2.` of a list.
        let item = word.strip_suffix([')', '.']).is_some_and(|item| {
            item.len() <= 2 && item.bytes().all(|b| b.is_ascii_digit()) && !item.is_empty()
        });
        let number =
            item || is_stamp(word) || word.starts_with('[') && word.ends_with([']', ':']) && word.len() <= 40;
        let account = word.contains('@') && !word.contains(['.', '/']);
        let level = word.ends_with(':') && level_of(label).is_some_and(|level| level >= Level::Debug)
            || label == "LOG";
        let bot = word.ends_with("bot:");
        if !(number || account || level || bot) || after.is_empty() {
            return rest;
        }
        rest = after;
    }
    rest
}

/// `2026-05-06T13:26:08.114Z`, `13:26:08.114`: a time of a log, which is told apart from its words.
fn is_stamp(word: &str) -> bool {
    let word = word.trim_matches(['[', ']', ',']);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6
        && word.matches('.').count() < 3
        && (word.matches(':').count() >= 2 || word.matches(['-', '/']).count() == 2)
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"-/:.,TZ+".contains(&byte))
}

/// `order=ord_3c94ef21ef`: a name with a long value that differs from record to record.
fn is_identifier(word: &str) -> bool {
    let Some((name, value)) = word.split_once('=') else { return false };
    let name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    name && value.len() >= 8
        && digits >= 3
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_goes() {
        let table = [
            (
                "[52117] pay_app@payments FATAL:  sorry, too many clients already",
                "sorry, too many clients already",
            ),
            ("unhandled exception, order=ord_003bc49b32", "unhandled exception"),
            ("deploybot: payment-svc v2.41 shipped", "payment-svc v2.41 shipped"),
            (
                "connection refused: payment-svc -> postgres-primary:5432",
                "connection refused: payment-svc -> postgres-primary:5432",
            ),
            ("ERROR: relation \"a\" does not exist", "relation \"a\" does not exist"),
            ("2026-05-06T13:26:08.114Z INFO: pool is empty", "pool is empty"),
            ("10.0.0.9:50010: got exception", "10.0.0.9:50010: got exception"),
            ("FATAL:", "FATAL"),
            (r#"{"alerts":[{"labels":{"alertname":"HighErrorRate"},"summary":""}]}"#, "HighErrorRate"),
            (r#"{"level":"error","msg":"cannot reach the store","id":7}"#, "cannot reach the store"),
            ("1) id 9912 KEYS cart:tmp", "id 9912 KEYS cart:tmp"),
            ("rpl_semi_sync_timeout=1000000000", "rpl_semi_sync_timeout=1000000000"),
        ];
        for (line, words) in table {
            assert_eq!(phrase(line, 0, 80), words, "{line}");
        }
    }
}
