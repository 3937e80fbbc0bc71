//! What a piece of text says about itself: level, guess, limit reached, change.

use crate::evidence::lexicon::{self, Sense, Senses};
use crate::evidence::statement::cut::clip;
use crate::evidence::statement::pairs::pairs;
use crate::incident::Level;

/// Level of a log line by its level word, which logs write in capitals.
pub fn level_of(text: &str) -> Option<Level> {
    const WORDS: [(&str, Level); 17] = [
        ("FATAL", Level::Fatal),
        ("PANIC", Level::Fatal),
        ("CRITICAL", Level::Fatal),
        ("CRIT", Level::Fatal),
        ("EMERG", Level::Fatal),
        ("ERROR", Level::Error),
        ("SEVERE", Level::Error),
        ("[error]", Level::Error),
        ("[warning]", Level::Warn),
        ("WARNING", Level::Warn),
        ("WARN", Level::Warn),
        ("[notice]", Level::Notice),
        ("[info]", Level::Info),
        ("INFO", Level::Info),
        ("DEBUG", Level::Debug),
        ("LOG:  ", Level::Info),
        ("level=error", Level::Error),
    ];
    let head = clip(text, 160);
    let capitals = head.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_uppercase));
    if !capitals && !head.contains('[') && !head.contains("level=") {
        return None;
    }
    WORDS
        .iter()
        .find(|(word, _)| head.find(word).is_some_and(|at| lexicon::is_word(head, at, at + word.len())))
        .map(|(_, level)| *level)
}

/// What a quoted line is when a time stands before it: what somebody said.
pub(super) fn is_speech(text: &str) -> bool {
    let body = text.trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '"' | '“' | '「' | '\''));
    let body =
        body.strip_prefix("UTC").map_or(body, |rest| rest.trim_start_matches([' ', '-', '—', '–', ':']));
    body.starts_with(['"', '“', '「'])
}

/// Guesses, opinions and questions.
pub(super) fn is_guess(text: &str, senses: Senses) -> bool {
    let end = text.trim_end_matches(['"', '”', '」', ')', ' ']);
    // A question, not the placeholder of a statement: `WHERE id = ?`.
    let asks = end.ends_with(['?', '？']) && !end.trim_end_matches(['?', ' ']).ends_with(['=', ',', '(']);
    asks || senses.has(Sense::Guess) || spoken(text).is_some_and(is_opinion)
}

/// What a person says in a chat, after the name: `jules: `, `@ines  `, `运维小祁：`.
fn spoken(text: &str) -> Option<&str> {
    let body = text.trim_start_matches(|c: char| !c.is_alphabetic() && c != '@');
    let (name, said) = match body.strip_prefix('@') {
        Some(called) => called.split_once([' ', ':', '：'])?,
        None => body.split_once(": ").or_else(|| body.split_once('：'))?,
    };
    let words = name.split_whitespace().count();
    let named =
        (1..=3).contains(&words) && name.chars().count() <= 24 && !name.contains(['=', '/', '.', '_']);
    named.then_some(said.trim())
}

/// A question, a proposal or an exclamation: what somebody thinks, not what was seen.
fn is_opinion(said: &str) -> bool {
    const PROPOSALS: [&str; 12] = [
        "lets ",
        "let's ",
        "should i ",
        "should we ",
        "shall we ",
        "can we ",
        "we should ",
        "先回滚",
        "要不要",
        "不是磁盘的",
        "别往这",
        "建议",
    ];
    let lower = said.to_lowercase();
    let plain = said.trim_end_matches(['"', '”', '」', ')', '）', ' ', '。', '.']);
    let asks = said.match_indices(['?', '？']).any(|(at, mark)| {
        said[at + mark.len()..]
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || "\"”」".contains(next))
    });
    let figures = said.bytes().any(|byte| byte.is_ascii_digit());
    asks && !figures
        || said.contains("啊，")
        || plain.ends_with(['吧', '!', '！', '呢', '嘛'])
        || PROPOSALS.iter().any(|words| lower.contains(words))
}

/// Words that outweigh "normal" and its like in the same statement, as a limit that is reached does.
pub(super) fn is_alarming(text: &str, senses: Senses, level: Option<Level>) -> bool {
    level.is_some_and(|level| level >= Level::Warn)
        || text.contains("->")
        || text.contains('→')
        || (senses.has(Sense::Bad) && strong_failure(text))
}

/// Whether a text says that no alert came.
pub(super) fn denies_alert(text: &str) -> bool {
    const DENIALS: [&str; 12] = [
        "no alert",
        "no alarm",
        "without an alert",
        "nobody was paged",
        "not paged",
        "no page ",
        "没有告警",
        "没有任何告警",
        "没收到告警",
        "没有收到告警",
        "无告警",
        "未告警",
    ];
    let lower = text.to_lowercase();
    DENIALS.iter().any(|words| lower.contains(words))
}

pub(super) fn strong_failure(text: &str) -> bool {
    const STRONG: [&str; 32] = [
        "unhealthy",
        "unreachable",
        "stuck",
        "crash",
        "killed",
        "evicted",
        "expired",
        "hang",
        "不可用",
        "卡住",
        "打不开",
        "denied",
        "refused",
        "timed out",
        "exhausted",
        "unauthorized",
        "failed",
        "fatal",
        "missing",
        "失败",
        "超时",
        "拒绝",
        "耗尽",
        "很卡",
        "卡死",
        "订不了",
        "用不了",
        "登不上",
        "进不去",
        "连不上",
        "白屏",
        "崩了",
    ];
    const DENIED: [&str; 6] = ["no errors", "no error", "not failed", "0 failed", "no failed", "没有失败"];
    let lower = text.to_lowercase();
    STRONG.iter().any(|word| lower.contains(word)) && !DENIED.iter().any(|word| lower.contains(word))
}

/// `500 / 500` and its like: a resource that stands at its limit (a third more is a limit that is passed).
pub fn is_full(text: &str) -> bool {
    fractions(text).any(|fraction| fraction.is_full())
}

/// Measurements against limits, all of them with room left.
pub fn is_within(text: &str) -> bool {
    let mut all = fractions(text).filter(|fraction| fraction.limit >= 4).peekable();
    all.peek().is_some() && all.all(|fraction| fraction.used * 100 < fraction.limit * 80)
}

/// A measurement against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction<'t> {
    /// In use.
    pub used: u64,
    /// The limit.
    pub limit: u64,
    /// The words, as they stand in the text.
    pub words: &'t str,
    /// Counts what is well: pods that run, checks that pass.
    pub of_ready: bool,
}

impl Fraction<'_> {
    /// Whether the limit is reached.
    pub fn is_full(&self) -> bool {
        !self.of_ready
            && self.limit >= 4
            && self.used * 100 >= self.limit * 97
            && self.used * 3 <= self.limit * 4
    }
}

/// Fractions `a / b`, `a/b` and `a of b` of whole numbers that are no dates, paths or versions, and uses beside their
/// limits.
pub fn fractions(text: &str) -> impl Iterator<Item = Fraction<'_>> + '_ {
    const READY: [&str; 16] = [
        "green",
        "healthy",
        "passing",
        "up ",
        "available",
        "正常",
        "pods",
        "pod ",
        "replicas",
        "instances",
        "hosts",
        "nodes",
        "tests",
        "checks",
        "ready",
        "running",
    ];
    text.match_indices('/')
        .map(|(at, _)| (at, 1))
        .chain(text.match_indices(" of ").map(|(at, _)| (at, 4)))
        .filter_map(|(at, len)| {
            let left = text[..at].trim_end();
            let digits =
                left.len() - left.bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let before = left[..digits].chars().next_back();
            let right = text[at + len..].trim_start();
            let end = right.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
            let after = right[end..].chars().next();
            let odd = |c: char| c.is_alphanumeric() && c.is_ascii() || matches!(c, '/' | '-' | '.' | ':');
            if before.is_some_and(odd) || after.is_some_and(|c| odd(c) && !matches!(c, '.')) {
                return None;
            }
            let number = |text: &str| text.replace(',', "").parse::<u64>().ok();
            let (used, limit) = (number(&left[digits..])?, number(&right[..end])?);
            let rest = right[end..].trim_start();
            let stop = text.len() - right.len() + end;
            let words = text[digits..stop].trim_end_matches(',');
            let of_ready = READY.iter().any(|word| rest.starts_with(word)) || is_rolled(rest) || goes(rest);
            Some(Fraction { used, limit, words, of_ready })
        })
        .chain(pairs(text))
}

/// `20/20 on r2210`: how far a version is rolled out.
fn is_rolled(rest: &str) -> bool {
    let version = rest.strip_prefix("on ").map(|version| version.trim_start_matches(['r', 'v']));
    version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// `10/10 -> 7/10 healthy`: what was well before.
fn goes(rest: &str) -> bool {
    let after = rest.strip_prefix("->").or_else(|| rest.strip_prefix('→'));
    after.is_some_and(|after| {
        ["healthy", "ready", "in service"].iter().any(|word| clip(after, 32).contains(word))
    })
}

/// A use of CPU, memory or disk well below its limit.
pub(super) fn is_low(text: &str) -> bool {
    const RESOURCES: [&str; 8] = ["cpu", "memory", "disk", "heap", "iowait", "内存", "磁盘", "网络"];
    let lower = text.to_lowercase();
    if !RESOURCES.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let mut any = false;
    for (at, _) in text.match_indices('%') {
        let digits = text[..at].bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if let Ok(percent) = text[at - digits..at].parse::<f64>() {
            if percent >= 70.0 {
                return false;
            }
            any = true;
        }
    }
    any
}

/// Names of cloud calls that change something, as audit logs write them: `PutBucketPolicy`, `ModifyDBInstance`.
pub(super) fn is_api_change(text: &str) -> bool {
    const VERBS: [&str; 12] = [
        "Put",
        "Update",
        "Delete",
        "Modify",
        "Create",
        "Attach",
        "Detach",
        "Revoke",
        "Authorize",
        "Replace",
        "Set",
        "Disable",
    ];
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        VERBS.iter().any(|verb| {
            word.strip_prefix(verb)
                .is_some_and(|rest| rest.len() > 4 && rest.starts_with(|c: char| c.is_ascii_uppercase()))
        })
    })
}
