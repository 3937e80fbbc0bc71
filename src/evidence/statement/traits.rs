//! What a piece of text says about itself: guess or opinion, failure, health, change.

use crate::evidence::lexicon::{self, Sense, Senses};
use crate::incident::Level;

/// What a quoted line is when a time stands before it: what somebody said.
pub(super) fn is_speech(text: &str) -> bool {
    opening(text).starts_with(['"', '“', '「'])
}

/// A text from its first letter or opening quotation mark on.
fn opening(text: &str) -> &str {
    let body = text.trim_start_matches(|c: char| !c.is_alphabetic() && !matches!(c, '"' | '“' | '「' | '\''));
    body.strip_prefix("UTC").map_or(body, |rest| rest.trim_start_matches([' ', '-', '—', '–', ':']))
}

/// Guesses, opinions and questions.
pub(super) fn is_guess(text: &str, senses: Senses) -> bool {
    // What people say of themselves is about them.
    let body = opening(text);
    let own = ["i am ", "i'm ", "sorry"]
        .iter()
        .any(|start| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)));
    let end = text.trim_end_matches(['"', '”', '」', ')', ' ']);
    // A question, not the placeholder of a statement: `WHERE id = ?`.
    let asks = end.ends_with(['?', '？']) && !end.trim_end_matches(['?', ' ']).ends_with(['=', ',', '(']);
    asks || own || senses.has(Sense::Guess) && !is_pasted(body) || spoken(text).is_some_and(is_opinion)
}

/// What a program printed, behind its name: a guess in it (`postfix log: … likely unsolicited mail`) is nobody's opinion.
fn is_pasted(text: &str) -> bool {
    const PRINTED: [&str; 24] = [
        "log",
        "dmesg",
        "kernel",
        "journal",
        "journalctl",
        "stderr",
        "stdout",
        "console",
        "output",
        "events",
        "event",
        "error",
        "fatal",
        "kubelet",
        "systemd",
        "nginx",
        "haproxy",
        "envoy",
        "postgres",
        "mysqld",
        "php-fpm",
        "pipeline",
        "日志",
        "控制台",
    ];
    let head = text.split_once([':', '：']).map(|(head, _)| head.trim_end()).filter(|head| head.len() <= 40);
    head.is_some_and(|head| PRINTED.iter().any(|end| head.to_ascii_lowercase().ends_with(end)))
}

/// `no healthy upstream`, `healthy 0 of 9`: that something is well is denied.
pub(super) fn denies_health(lower: &str) -> bool {
    const DENIED: [&str; 14] = [
        "no healthy",
        "none healthy",
        "not healthy",
        "zero healthy",
        "healthy 0",
        "healthy=0",
        "healthy: 0",
        "0 healthy",
        "healthy hosts 0",
        "not fine",
        "not normal",
        "not ok",
        "不正常",
        "不健康",
    ];
    DENIED.iter().any(|words| {
        lower.match_indices(words).any(|(at, _)| {
            // `10 healthy`, `healthy 0.5`: another figure.
            let digits = |c: char| c.is_ascii_digit() || c == '.';
            !(words.starts_with('0') && lower[..at].ends_with(digits)
                || words.ends_with('0') && lower[at + words.len()..].starts_with(digits))
        })
    })
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
    (named && !is_pasted(body)).then_some(said.trim())
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
        || ["啊，", "吧，", "吧。"].iter().any(|end| said.contains(end))
        || plain.ends_with(['吧', '呢', '嘛'])
        || plain.ends_with(['!', '！']) && !figures
        || PROPOSALS.iter().any(|words| lower.contains(words))
}

/// Words in lower case that outweigh "normal" and its like in the same statement, as a limit that is reached does.
pub(super) fn is_alarming(lower: &str, senses: Senses, level: Option<Level>) -> bool {
    level.is_some_and(|level| level >= Level::Warn)
        || lower.contains("->")
        || lower.contains('→')
        || (senses.has(Sense::Bad) && strong_failure(lower))
}

/// Whether a clause tells of a failure that no word of health beside it is about: `lookups fail, by address it works`.
/// Words that only name a measurement (`latency 12 ms`, `errors`) are no failure.
pub(super) fn is_mixed(text: &str) -> bool {
    const MEASURES: [&str; 15] = [
        "full", "latency", "errors", "error", "lag", "p99", "p95", "restarts", "backlog", "timeouts",
        "failures", "延迟", "错误", "报错", "告警",
    ];
    const DENIALS: [&str; 15] = [
        "no ", " not ", "none", "never", "without", "nothing", "isn't", "wasn't", "aren't", "didn't", "无",
        "没", "未", "不是", " 0",
    ];
    let lower = text.to_lowercase();
    let clauses = lower.split([',', '，', ';', '；', '、']).flat_map(|clause| clause.split(" but "));
    clauses.clone().count() > 1
        && clauses.into_iter().any(|clause| {
            let plain = MEASURES.iter().fold(clause.to_owned(), |text, word| text.replace(word, " "));
            let senses = lexicon::senses(&plain);
            senses.has(Sense::Bad)
                && !senses.has(Sense::Healthy)
                && !DENIALS.iter().any(|denial| clause.contains(denial))
        })
}

/// The name of an alert that tells of a failure: `LedgerTxFailed`, `ApiTimeouts`; what is `Down` may be a measuring point.
pub(super) fn names_failure(text: &str) -> bool {
    const ENDS: [&str; 13] = [
        "Failed",
        "Failing",
        "Failure",
        "Failures",
        "Error",
        "Errors",
        "Timeout",
        "Timeouts",
        "Unavailable",
        "Unreachable",
        "Stuck",
        "Exhausted",
        "Expired",
    ];
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        ENDS.iter().any(|end| {
            word.strip_suffix(end).is_some_and(|head| {
                head.len() >= 4
                    && head.starts_with(|c: char| c.is_ascii_uppercase())
                    && head.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            })
        })
    })
}

/// The head of a table: names of columns in capitals, set apart by wide gaps or bars. It reports nothing.
pub(super) fn is_columns(text: &str) -> bool {
    let wide = text.matches("  ").count().max(text.matches('|').count());
    let plain =
        !text.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()) && text.is_ascii();
    wide >= 2 && plain && text.split_whitespace().count() >= 3
}

/// Whether a text in lower case says that no alert came.
pub(super) fn denies_alert(lower: &str) -> bool {
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
    DENIALS.iter().any(|words| lower.contains(words))
}

pub(super) fn strong_failure(lower: &str) -> bool {
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
    STRONG.iter().any(|word| lower.contains(word)) && !DENIED.iter().any(|word| lower.contains(word))
}

/// A row of `kubectl get pods` that shows nothing wrong: `api-7c9-2xk 1/1 Running 0 3d`.
pub fn is_ready_row(text: &str) -> bool {
    let mut cells = text.split_whitespace().skip_while(|cell| !cell.contains('/'));
    let ready = cells.next().and_then(|cell| cell.split_once('/'));
    let all = ready.is_some_and(|(ready, of)| ready == of && of.bytes().all(|byte| byte.is_ascii_digit()));
    all && cells.next() == Some("Running") && cells.next() == Some("0")
}

/// A use of CPU, memory or disk well below its limit, in lower case.
pub(super) fn is_low(lower: &str) -> bool {
    const RESOURCES: [&str; 8] = ["cpu", "memory", "disk", "heap", "iowait", "内存", "磁盘", "网络"];
    if !RESOURCES.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let waits = ["iowait", "wait", "steal"].iter().any(|word| lower.contains(word));
    let mut any = false;
    for (at, _) in lower.match_indices('%') {
        let digits = lower[..at].bytes().rev().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if let Ok(percent) = lower[at - digits..at].parse::<f64>() {
            // Waiting for disks is no use of a resource: a third of the time is much.
            if percent >= 70.0 || waits && percent >= 20.0 {
                return false;
            }
            any = true;
        }
    }
    any
}

/// `09:05 refund-ui 2.0.1`: a name and its version behind a time, as lists of releases have them.
pub(super) fn is_release(text: &str) -> bool {
    let body = text.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut words = body.split_whitespace();
    let (Some(name), Some(version)) = (words.next(), words.next()) else { return false };
    let version = version.trim_start_matches(['v', 'V', 'r']).trim_end_matches([',', ';', ')']);
    let named =
        name.contains('-') && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    named
        && version.contains('.')
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && words.next().is_none_or(|next| next.starts_with(['"', '(', '“', '（', '#']))
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
