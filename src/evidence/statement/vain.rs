//! What was tried and changed nothing: `cache flushed, no change`. It speaks against what it would have helped with.

/// Words of an outcome that is none.
const NOTHING: [&str; 31] = [
    "no change",
    "no effect",
    "no difference",
    "no improvement",
    "no better",
    "no luck",
    "without effect",
    "without success",
    "to no avail",
    "made no difference",
    "did not help",
    "didn't help",
    "didnt help",
    "doesn't help",
    "does not help",
    "not helping",
    "nothing changed",
    "nothing changes",
    "still the same",
    "same result",
    "same thing",
    "same error",
    "无变化",
    "没变化",
    "没有变化",
    "无效",
    "没用",
    "没效果",
    "没有效果",
    "没好转",
    "没有好转",
];

/// Longest outcome that says nothing but that, in characters.
const OUTCOME: usize = 28;

/// Whether the last clause of a text in lower case says that what stands before it changed nothing.
pub(super) fn is_vain(lower: &str) -> bool {
    let end = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = end.rfind([',', '，', ';', '；', '。', '>', '、']).map_or(0, |at| at + 1);
    let Some(clause) = end.get(start..).or_else(|| end.get(start + 2..)) else { return false };
    start > 0 && is_outcome(clause)
}

/// Whether a text in lower case says of what was told before it that it changed nothing, and nothing else.
pub(super) fn is_outcome(lower: &str) -> bool {
    let said = lower.trim_matches(|c: char| !c.is_alphanumeric());
    said.chars().count() <= OUTCOME && (said == "same" || NOTHING.iter().any(|words| said.contains(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_that_is_none_ends_the_statement() {
        for text in [
            "cache flushed, no change",
            "restarted the pods -> no effect.",
            "rolled it 4.1 -> 4.0, same",
            "后端调完 somaxconn 并滚动重启，无变化",
        ] {
            assert!(is_vain(text), "{text}");
        }
        for text in [
            "no change in the network, errors at 12 %",
            "no effect",
            "same disk, new controller",
            "缓存命中率无变化的同时错误率上涨",
        ] {
            assert!(!is_vain(text), "{text}");
        }
        assert!(
            is_outcome("no effect") && is_outcome("same") && !is_outcome("same disk as on the other host")
        );
    }
}
