//! Classes of words that people use for one thing: a signal that names `~gone` is met by `deleted`, `wiped` or `删`.

use std::sync::LazyLock;

use crate::evidence::lexicon::{ends_word, starts_word};
use crate::evidence::phrases::Phrases;

/// The classes and their words, English and Chinese. Three letters or fewer have to be a whole word.
const CLASSES: &[(&str, &str)] = &[
    (
        "gone",
        "gone|deleted|removed|dropped|wiped|purged|erased|cleaned up|cleanup|no longer exist|lost|pruned|vanished|disappeared|deprovisioned|decommission|terminated|destroyed|retired|unpublished|yanked|taken down|took it down|moved to archive|delete|remove|missing|删|没了|清掉|清理|下线|丢了|不见|销毁|退役|回收|下架|撤回|缺失",
    ),
    (
        "old",
        "old|older|previous|former|stale|outdated|yesterday's|decommission|terminated|retired|no longer|replaced|dead|gone|still lists|still has|still point|still use|still send|still call|旧|老|已下线|下线|以前|原来的|已经不在|已销毁|还是用|还在用|还指向|还在调",
    ),
    (
        "moved",
        "moved|migrat|switched|swapped|replaced|changed|renamed|cut over|cutover|rebuilt|recreated|re-created|换|改|迁|切|搬|重建",
    ),
    (
        "hangs",
        "hang|hung|stuck|stall|freez|frozen|no answer|no reply|no response|not answer|never answer|never come|never arrive|never return|times out|timed out|time out|timing out|timeout|timeouts|i/o timeout|waits forever|forever|no route|卡|超时|没响应|无响应|不返回|没反应|没有回应|没有回包|收不到",
    ),
    (
        "fails",
        "fail|error|die|dies|died|broken|breaks|broke|cannot|can't|cant|could not|couldn't|unable|refuse|reject|denied|not work|stopped|crash|throws|400|401|403|404|500|502|503|504|5xx|4xx|down|red|exit code|失败|报错|错误|不了|不上|挂|拒绝|不通|不行|打不开|异常|全红|不可用",
    ),
    (
        "flaps",
        "sometimes|intermittent|sporadic|random|every other|flap|on and off|comes and goes|come and go|now and then|off and on|one in|one out of|refresh|again and ok|drops every|every minute|every few|half of|half the|a third|a quarter|about a third|some requests|works again|reconnect|偶发|间歇|时好时坏|有时|随机|一半|忽好忽坏|分之一|刷新|时断时续|一会儿|时通时断|断断续续|每隔",
    ),
    (
        "some",
        "only some|some of|one of|a few|half|part of|others are fine|others fine|others ok|others are ok|other is fine|the rest|only on|only in|only for|only one|two of|three of|certain|部分|有的|有些|其中|只有|其他正常|其他都|另一台|另外",
    ),
    (
        "expired",
        "expired|expires|expiry|expire|ran out|run out|lapsed|past its|overdue|not renewed|renewal|过期|到期|失效|没续|未续|续期",
    ),
    ("limit", "limit|quota|maximum|max|cap|ceiling|allowance|上限|配额|限制|额度|限额"),
    (
        "reached",
        "reached|exceed|hit|hits|over|exhausted|full|maxed|used up|at its|insufficient|not enough|too many|out of|beyond|达到|超|满|用完|打满|耗尽|不足|不够|触顶|到顶|到了",
    ),
    (
        "grows",
        "grow|rise|rising|rose|climb|increas|doubl|tripl|jump|spike|explod|more and more|never comes down|never goes down|keeps going up|goes up|went up|up from|x normal|times normal|times the usual|instead of|normally|usual|涨|升|增长|翻倍|暴增|激增|飙|越来越|平时",
    ),
    (
        "many",
        "thousand|million|hundreds|all at once|at the same moment|at the same time|at once|simultaneous|together|everybody|everyone|in one second|flood|herd|storm|上千|上万|同时|一起|瞬间|集中|齐刷刷|大量|万台|万个",
    ),
    (
        "restarted",
        "restart|reboot|came back|comes back|coming back|come back|bounced|failover|failed over|upgrade|rolled|redeploy|outage ended|power returned|recovered|重启|恢复|拉起|升级|重连|断电",
    ),
    (
        "helps",
        "helps|helped|cures|cured|fixes it|fixed it|fixed that|fixes that|fixed one|fine again|good again|ok again|works after|work after|well after|heals|is good|are good|好了|恢复|正常了|就正常|就好",
    ),
];

struct Classes {
    words: Phrases,
    class: Vec<usize>,
}

static KNOWN: LazyLock<Classes> = LazyLock::new(|| {
    let all = || CLASSES.iter().enumerate().flat_map(|(at, (_, list))| list.split('|').map(move |w| (at, w)));
    Classes { words: Phrases::new(all().map(|(_, word)| word)), class: all().map(|(at, _)| at).collect() }
});

/// The number of a class by the name with which signals call it.
pub(super) fn number(name: &str) -> Option<usize> {
    CLASSES.iter().position(|(class, _)| *class == name)
}

/// The names of all classes.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(name, _)| *name)
}

/// The classes that a text in lower case has words of, as bits by their number.
pub(super) fn found(lower: &str) -> u32 {
    let whole = |start: usize, end: usize| end - start > 3 || ends_word(lower, end);
    let hits = KNOWN.words.find(lower);
    let hits = hits.filter(|hit| starts_word(lower, hit.start) && whole(hit.start, hit.end));
    hits.fold(0, |bits, hit| bits | 1 << KNOWN.class[hit.phrase])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_languages_are_of_a_class() {
        let of = |text: &str| names().filter(|name| found(text) & 1 << number(name).unwrap() != 0).collect();
        let table: [(&str, &[&str]); 5] = [
            ("the record was wiped at noon", &["gone"]),
            ("老的 tag 被删", &["gone", "old"]),
            ("ssh hangs", &["hangs"]),
            ("capture the redirect", &[]),
            ("quota used up", &["limit", "reached"]),
        ];
        for (text, classes) in table {
            let found: Vec<&str> = of(text);
            assert_eq!(found, classes, "{text}");
        }
        assert!(names().count() <= 32, "as many as there are bits");
    }
}
