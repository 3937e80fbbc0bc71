//! Whether the harm is over, by what people and records say last.

use crate::evidence::statement::{Reading, Statement};

/// Words by which somebody, or a machine, says that it is over.
const OVER: [&str; 27] = [
    "all resolved",
    "resolved both",
    "resolved all",
    "status: resolved",
    "state: resolved",
    "[resolved]",
    "resolved:",
    "all clear",
    "resolved itself",
    "since then nothing",
    "nothing since",
    "back to normal",
    "back to baseline",
    "fully recovered",
    "has recovered",
    "recovered on its own",
    "recovered by itself",
    "cleared by itself",
    "cleared on its own",
    "standing down",
    "stood down",
    "no longer reproduc",
    "自动恢复",
    "全部恢复",
    "已恢复",
    "恢复正常",
    "全部正常",
];

/// Words that may be about a part alone: they count where nothing at all is told of a later time.
const CALM: [&str; 7] = [
    "all good",
    "all green",
    "everything green",
    "everything's green",
    "everythings green",
    "everything is green",
    "recovered, ",
];

/// Words that take it back: it is not over, or not yet.
const NOT_YET: [&str; 12] =
    ["not ", "n't ", "until", "once ", "when ", "if ", "waiting", "before ", "未", "没", "不", "等"];

/// The number of the statement that says that it is over, where nothing bad is told after it.
pub fn over(reading: &Reading<'_>) -> Option<usize> {
    let statements = &reading.statements;
    let told = |s: &Statement<'_>| s.is_evidence() && !s.change;
    let lists: [&[&str]; 2] = [&OVER, &CALM];
    let over = |s: &Statement<'_>, list: usize| {
        *s.words.asides().over[list].get_or_init(|| says(s.words.lower(), lists[list]))
    };
    let said = |list: usize| statements.iter().rposition(|s| told(s) && over(s, list));
    let sure = said(0).filter(|&number| !goes_on(statements, number, |s| s.is_bad()));
    sure.or_else(|| said(1).filter(|&number| !goes_on(statements, number, |s| s.is_evidence())))
}

/// Whether a statement that `counts` comes after that of `number`.
fn goes_on(statements: &[Statement<'_>], number: usize, counts: impl Fn(&Statement<'_>) -> bool) -> bool {
    let said = &statements[number];
    statements.iter().enumerate().any(|(at, s)| {
        let after = match (said.at, s.at) {
            (Some(said), Some(at)) => at > said,
            // Without a time the order of what is written tells.
            (None, _) => at > number,
            (Some(_), None) => false,
        };
        after && counts(s) && !std::ptr::eq(s.segment, said.segment)
    })
}

/// Whether a text in lower case says that it is over.
pub(super) fn is_said(lower: &str) -> bool {
    says(lower, &OVER)
}

fn says(lower: &str, list: &[&str]) -> bool {
    let said = list.iter().filter(|words| lower.contains(**words));
    let at = said.filter_map(|words| lower.find(words)).min();
    at.is_some_and(|at| !NOT_YET.iter().any(|word| lower[..at].contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_over_where_somebody_says_so_and_nothing_fails_after() {
        for words in ["p99 is 130 ms, all good, closing", "02:15:10 RESOLVED both", "08:15 错误率恢复正常"]
        {
            let lower = words.to_ascii_lowercase();
            assert!(says(&lower, &OVER) || says(&lower, &CALM), "{words}");
        }
        for words in
            ["not fully recovered", "尚未恢复正常", "wait until it is back to normal", "good morning all"]
        {
            assert!(!says(words, &OVER) && !says(words, &CALM), "{words}");
        }
    }
}
