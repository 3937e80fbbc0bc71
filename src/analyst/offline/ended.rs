//! What is over: notes that end with good news, after which nothing bad is told, and in which nobody was hurt and nobody
//! had to repair anything. Whoever reads them is told so, rather than a cause that no one has to act on.

use crate::analyst::offline::weigh::is_denied;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Reading, Statement};
use crate::incident::Level;

/// Words with which people close what is over.
const CLOSED: [&str; 31] = [
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
];

/// The statement with which the notes close an incident that is over, by number.
pub fn closing(reading: &Reading<'_>) -> Option<usize> {
    let all = &reading.statements;
    if all.len() > MOST || all.iter().any(|s| s.origin == Origin::Log || is_harm(s)) {
        return None;
    }
    let closes = |s: &Statement<'_>| {
        let lower = s.words.lower();
        let said = CLOSED.iter().find_map(|words| lower.find(words));
        s.is_evidence() && said.is_some_and(|at| !is_denied(lower, at))
    };
    let last = all.iter().rposition(closes)?;
    let quiet = all[last + 1..].iter().all(|s| s.healthy || !(s.is_bad() || s.senses.has(Sense::Bad)));
    // Good news alone is no end of anything.
    (quiet && all[..last].iter().any(|s| s.is_bad() || s.senses.has(Sense::Alert))).then_some(last)
}

/// Statements of a note that a person closes; what is longer is the record of an incident.
const MOST: usize = 16;

/// Somebody was hurt, something failed outright, or somebody had to repair it: then the cause is wanted.
fn is_harm(s: &Statement<'_>) -> bool {
    s.level.is_some_and(Level::is_bad)
        || s.is_bad() && s.senses.has(Sense::User) && !s.senses.has(Sense::Alert)
        || s.senses.has(Sense::Action) && !s.healthy && !s.senses.has(Sense::Schedule)
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
}
