//! What has ended: whether the harm is over by what people and records say last, and whether there was any. Notes that
//! end with good news, in which nobody was hurt and nobody had to repair anything, ask for no cause.

use crate::analyst::offline::weigh::is_denied;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::Level;

/// Words with which people close what is over.
const CLOSED: [&str; 54] = [
    "all good",
    "all clear",
    "all green again",
    "closing",
    "closed as",
    "can be closed",
    "back to normal",
    "normal again",
    "still normal",
    "normal since",
    "fine since",
    "fine again",
    "quiet since",
    "healthy again",
    "nothing since",
    "resolved itself",
    "resolved by itself",
    "recovered on its own",
    "recovered by itself",
    "recovered without",
    "fully recovered",
    "stand down",
    "no action needed",
    "恢复正常",
    "一切正常",
    "已自动恢复",
    "自动恢复",
    "自行恢复",
    "自愈",
    "无异常，关闭",
    "关闭告警",
    "closed it",
    "close it",
    "nothing to do",
    "false alarm",
    "false positive",
    "no user impact",
    "no customer impact",
    "no users affected",
    "never mind",
    "works as intended",
    "误报",
    "无用户影响",
    "不用处理",
    "无需处理",
    "无需操作",
    "closed.",
    "nothing for us to do",
    "change done, no",
    "变更关闭",
    "变更完成",
    "无业务影响",
    "无影响",
    "忽略",
];

/// The statement with which the notes close an incident that is over, by number.
pub fn closing(reading: &Reading<'_>) -> Option<usize> {
    let all = &reading.statements;
    if all.len() > MOST || all.iter().any(|s| s.origin == Origin::Log || is_harm(s)) {
        return None;
    }
    let closes = |s: &Statement<'_>| {
        let lower = s.words.lower();
        if ["resolved", "closed", "closing", "已恢复"].contains(&bare(lower)) {
            return true;
        }
        let said = CLOSED.iter().find_map(|words| lower.find(words));
        s.is_evidence() && said.is_some_and(|at| !is_denied(lower, at))
    };
    let last = all.iter().rposition(closes)?;
    let quiet = all[last + 1..].iter().all(|s| s.healthy || !(s.is_bad() || s.senses.has(Sense::Bad)));
    // Good news alone is no end of anything.
    let begun = all[..=last].iter().any(|s| s.is_bad() || s.senses.has(Sense::Alert));
    (quiet && (begun || all.iter().filter(|s| closes(s)).count() > 1)).then_some(last)
}

/// A text from its first letter to its last, without the time before it.
fn bare(lower: &str) -> &str {
    lower.trim_matches(|c: char| !c.is_alphabetic())
}

/// Statements of a note that a person closes; what is longer is the record of an incident.
const MOST: usize = 16;

/// Somebody was hurt, something failed outright, or somebody had to repair it: then the cause is wanted.
fn is_harm(s: &Statement<'_>) -> bool {
    s.level.is_some_and(Level::is_bad)
        || s.is_bad() && s.senses.has(Sense::User) && !s.senses.has(Sense::Alert)
        || s.senses.has(Sense::Action)
            && !s.healthy
            && !s.senses.has(Sense::Schedule)
            && !s.words.lower().contains("planned")
}

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
    let sure = said(0).filter(|&number| !goes_on(statements, number, Statement::is_bad));
    sure.or_else(|| said(1).filter(|&number| !goes_on(statements, number, Statement::is_evidence)))
}

/// Whether a statement that `counts` comes after that of `number`.
fn goes_on<'a>(statements: &[Statement<'a>], number: usize, counts: fn(&Statement<'a>) -> bool) -> bool {
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
    // To ask whether is much cheaper than to ask where.
    let said = list.iter().filter(|words| lower.contains(**words));
    let at = said.filter_map(|words| lower.find(words)).min();
    at.is_some_and(|at| !NOT_YET.iter().any(|word| lower[..at].contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::CaseFile;

    fn closed(text: &str) -> bool {
        let case = CaseFile::of_texts(&[text], "2026-11-21T15:00:00Z".parse().unwrap());
        closing(&Reading::new(&case)).is_some()
    }

    #[test]
    fn what_ended_by_itself_is_over() {
        assert!(closed("08:10 pager: high latency p99 2.1s\n08:12 p99 140ms\n08:30 all good, closing"));
        assert!(closed(
            "02:00 备份期间磁盘 IO 高，告警一次\n02:25 备份结束，IO 恢复正常\n03:00 无异常，关闭"
        ));
    }

    #[test]
    fn what_hurt_or_was_repaired_or_comes_back_is_not() {
        for text in [
            "08:10 pager: p99 2.1s\n08:12 all good, closing\n08:20 p99 2.4s, errors again",
            "08:10 checkout fails for all users\n08:30 back to normal",
            "08:10 pager: p99 2.1s\n08:15 rolled back r18\n08:20 back to normal",
            "08:10 pager: p99 2.1s\n08:30 not back to normal",
            "all good, deploy finished",
        ] {
            assert!(!closed(text), "{text}");
        }
    }

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
