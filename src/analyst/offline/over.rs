//! Whether what is told is over, and was an alert alone: somebody looked, found it well, and closed it.

use crate::evidence::lexicon::{self, Sense};
use crate::evidence::statement::{Origin, Reading, Statement};

/// Words with which people close what needs nothing more.
const CLOSED: [&str; 32] = [
    "all good",
    "closing",
    "closed",
    "close it",
    "resolved",
    "nothing to do",
    "no action",
    "false alarm",
    "false positive",
    "no impact",
    "no user impact",
    "no customer impact",
    "no users affected",
    "back to normal",
    "recovered by itself",
    "recovered on its own",
    "went away by itself",
    "never mind",
    "nothing wrong",
    "works as intended",
    "无影响",
    "无用户影响",
    "没有影响",
    "关闭",
    "误报",
    "已恢复",
    "自行恢复",
    "自动恢复",
    "恢复正常",
    "不用处理",
    "无需处理",
    "无需操作",
];

/// What an alert or a person says that needs more than closing.
const OPEN: [&str; 16] = [
    "not resolved",
    "not closing",
    "came back",
    "again",
    "reopened",
    "still",
    "not yet",
    "unresolved",
    "will reopen",
    "keep open",
    "未恢复",
    "又出现",
    "仍然",
    "还是",
    "再次",
    "复现",
];

/// Words of what went as it should.
const PASSED: [&str; 6] = ["passed", "succeeded", "no errors", "as expected", "成功", "通过"];

/// Names of measurements, which say nothing by themselves.
const MEASURES: [&str; 14] = [
    "p99",
    "p95",
    "p50",
    "latency",
    "errors",
    "error",
    "timeouts",
    "5xx",
    "lag",
    "backlog",
    "restarts",
    "延迟",
    "错误",
    "失败率",
];

/// Statements at the end among which the closing one has to be.
const LAST: usize = 3;

/// Whether people closed the matter, and nothing but alerts ever told of harm.
pub fn is_over(reading: &Reading<'_>) -> bool {
    let told: Vec<&Statement<'_>> = reading.statements.iter().filter(|s| !s.hostile).collect();
    if told.is_empty() || told.iter().any(|s| s.origin == Origin::Log) {
        return false;
    }
    let says = |s: &Statement<'_>, words: &[&str]| words.iter().any(|word| s.words.lower().contains(word));
    let from = told.len().saturating_sub(LAST);
    let Some(closed) = told[from..].iter().position(|s| says(s, &CLOSED)) else { return false };
    let closed = from + closed;
    if told[closed..].iter().any(|s| says(s, &OPEN) || s.is_bad() && !says(s, &CLOSED)) {
        return false;
    }
    // What went wrong is what an alert said, or nothing at all.
    let before = &told[..closed];
    let alarmed = before.iter().any(|s| s.senses.has(Sense::Alert));
    let passed = told.iter().any(|s| says(s, &PASSED));
    (alarmed || passed) && !before.iter().any(|s| !s.senses.has(Sense::Alert) && harms(s))
}

/// Whether a statement tells of a failure, rather than naming what is measured (`p99 140 ms`, `error ratio 0.02 %`).
fn harms(statement: &Statement<'_>) -> bool {
    let plain =
        MEASURES.iter().fold(statement.words.lower().to_owned(), |text, word| text.replace(word, " "));
    statement.is_bad() && !statement.healthy && lexicon::senses(&plain).has(Sense::Bad)
}
