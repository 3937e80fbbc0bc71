//! What a measurement is compared with: remarks in brackets that give a threshold or what is usual.

/// What a measurement is compared with.
const REFERENCES: &[&str] = &[
    "threshold",
    "limit",
    "baseline",
    "usual",
    "normal",
    "avg",
    "average",
    "was ",
    "before",
    "yesterday",
    "target",
    "slo",
    "阈值",
    "平时",
    "正常",
    "基线",
    "均值",
    "昨天",
    "上周",
    "目标",
];

/// A text without the remarks in brackets that give a threshold or what is usual: `5xx 18% (threshold 2%)`.
pub fn without_references(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(['(', '（']) {
        let Some((inner, tail)) = after.split_once([')', '）']) else { break };
        kept.push_str(before);
        let lower = inner.to_lowercase();
        if !REFERENCES.iter().any(|word| lower.contains(word)) {
            kept.push(' ');
            kept.push_str(inner);
            kept.push(' ');
        }
        rest = tail;
    }
    kept.push_str(rest);
    kept
}
