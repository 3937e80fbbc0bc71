//! Words by which the policy of severity tells extent and harm, English and Chinese.

use std::sync::LazyLock;

use crate::evidence::phrases::Phrases;
use crate::evidence::statement::Words;

/// Lists that are looked for in every statement, all at once.
static LISTS: [&[&str]; 10] = [TOTAL, LOSS, PARTIAL, CALLS, CORE, NO_HARM, ERRORS, NOT_ERRORS, SOON, OVER];

/// The words of these lists, and the list that each is of.
static INDEX: LazyLock<(Phrases, Vec<usize>)> = LazyLock::new(|| {
    let all = LISTS.iter().enumerate().flat_map(|(list, words)| words.iter().map(move |word| (*word, list)));
    (Phrases::new(all.clone().map(|(word, _)| word)), all.map(|(_, list)| list).collect())
});

/// Whether one of `list` stands in `words`.
pub(super) fn has(words: &Words, list: &[&str]) -> bool {
    let Some(bit) = LISTS.iter().position(|known| std::ptr::eq(*known, list)) else {
        return list.iter().any(|word| words.lower().contains(word));
    };
    let (phrases, of) = &*INDEX;
    let found = |lower: &str| phrases.find_inside(lower).fold(0, |found, hit| found | 1 << of[hit.phrase]);
    words.lists(found) & 1 << bit != 0
}

/// All users or requests.
pub(super) static TOTAL: &[&str] = &[
    "all users",
    "customers down",
    "customers are down",
    "all customers",
    "every user",
    "everyone",
    "complete outage",
    "total outage",
    "site is down",
    "site down",
    "fully down",
    "completely down",
    "100% fail",
    "all requests",
    "no orders",
    "no one can",
    "nobody can",
    "all payments",
    "all writes",
    "all reads",
    "all orders",
    "all regions",
    "every region",
    "worldwide",
    "world wide",
    "全部用户",
    "所有用户",
    "全站",
    "完全不可用",
    "全部失败",
    "全量",
    "无人能",
    "全部请求",
    "nobody is able",
    "everything that",
    "nothing works",
    "nothing loads",
    "everything is down",
    "everything down",
    "everything is dead",
    "everything fails",
    "whole site",
    "entire site",
    "site dead",
    "drops to 0",
    "drops to ~0",
    "dropped to 0",
    "dropped to zero",
    "drops to zero",
    "fell to zero",
    "down to zero",
    "every request",
    "every login",
    "every order",
    "all logins",
    "all traffic fails",
    "cannot reach us",
    "from outside we are",
    "全挂",
    "全都挂",
    "全部挂",
    "都登不上",
    "都登录不",
    "登录全",
    "所有人",
    "谁都",
    "归零",
    "掉到 0",
    "跌到 0",
    "跌到0",
    "降到 0",
    "全断",
    "全部打不开",
    "完全访问不",
];

/// Shares in words, percent.
pub(super) static SHARES: &[(&str, f64)] = &[
    ("nearly all", 90.0),
    ("almost all", 90.0),
    ("practically every", 90.0),
    ("most of the", 60.0),
    ("most requests", 60.0),
    ("most users", 60.0),
    ("most customers", 60.0),
    ("two thirds", 66.0),
    ("half of", 50.0),
    ("every second request", 50.0),
    ("every other request", 50.0),
    ("one in two", 50.0),
    ("a third of", 33.0),
    ("one third", 33.0),
    ("one in three", 33.0),
    ("every third", 33.0),
    ("a quarter of", 25.0),
    ("one in four", 25.0),
    ("every fourth", 25.0),
    ("one in five", 20.0),
    ("every fifth", 20.0),
    ("one in ten", 10.0),
    ("every tenth", 10.0),
    ("绝大部分", 80.0),
    ("绝大多数", 80.0),
    ("大部分", 60.0),
    ("大多数", 60.0),
    ("一半", 50.0),
    ("半数", 50.0),
    ("三分之二", 66.0),
    ("三分之一", 33.0),
    ("四分之一", 25.0),
    ("五分之一", 20.0),
    ("十分之一", 10.0),
    ("八成", 80.0),
    ("七成", 70.0),
    ("六成", 60.0),
    ("四成", 40.0),
    ("三成", 30.0),
    ("两成", 20.0),
    ("一成", 10.0),
    ("千分之", 0.3),
    ("万分之", 0.1),
];

/// Data or money that is lost, wrong or exposed.
pub(super) static LOSS: &[&str] = &[
    "data loss",
    "lost data",
    "rows deleted",
    "deleted by mistake",
    "corrupt",
    "charged twice",
    "paid twice",
    "booked twice",
    "two payouts",
    "two payments",
    "two charges",
    "double payment",
    "overpaid",
    "重复付款",
    "重复支付",
    "重复打款",
    "double charge",
    "duplicate charges",
    "double-charged",
    "leaked",
    "data exposed",
    "wrong balance",
    "balance wrong",
    "balances wrong",
    "negative balance",
    "oversold",
    "oversell",
    "超卖",
    "余额错误",
    "other users' data",
    "breach",
    "数据丢失",
    "误删",
    "数据损坏",
    "重复扣款",
    "泄露",
    "扣了两次",
    "total 0.00",
    "total=0.00",
    "wrong price",
    "wrong amount",
    "someone else's",
    "somebody else's",
    "other people's",
    "another customer's",
    "another user's",
    "rows gone",
    "wiped",
    "by accident",
    "acknowledged writes",
    "rolled back writes",
    "removed documents",
    "rollback summary",
    "别人的订单",
    "别人的账号",
    "串号",
    "金额不对",
    "金额错误",
    "全清了",
    "清空了",
    "数据没了",
];

/// Only a part of the users.
pub(super) static PARTIAL: &[&str] = &[
    "some users",
    "one region",
    "a region",
    "in region",
    "this region",
    "single region",
    "region only",
    "shard",
    "subset",
    "users in",
    "only ",
    "one of",
    "tenant",
    "canary",
    "a few",
    "partial",
    "部分",
    "个别",
    "单个",
    "某些",
    "仅",
];

/// Calls that we make, rather than those that users make.
pub(super) static CALLS: &[&str] =
    &["calls to ", "requests to ", "connects to ", "connections to ", "webhook", "callback", "调用", "回调"];

/// What users come for.
pub(super) static CORE: &[&str] = &[
    "checkout",
    "payment",
    "login",
    "log in",
    "sign-in",
    "sign in",
    "order",
    "writes",
    "write",
    "publish",
    "upload",
    "download",
    "booking",
    "search",
    "api",
    "cart",
    "transfer",
    "withdraw",
    "dispatch",
    "stream",
    "call",
    "mail",
    "invoice",
    "session",
    "下单",
    "支付",
    "登录",
    "订单",
    "写入",
    "购物车",
    "提现",
    "转账",
    "上传",
    "下载",
    "发送",
    "播放",
    "挂号",
    "接口",
];

/// Nobody is hurt.
pub(super) static NO_HARM: &[&str] = &[
    "no user impact",
    "no customer impact",
    "no users affected",
    "no customers affected",
    "staging only",
    "test environment",
    "无用户影响",
    "用户无感知",
    "未影响用户",
    "测试环境",
    "zero 5xx",
    "nobody noticed",
    "user traffic flat",
    "as every night",
    "no user noticed",
    "no impact so far",
    "no one is affected",
    "用户没感觉",
    "没有用户受影响",
    "没有影响用户",
];

/// Requests or jobs that fail.
pub(super) static ERRORS: &[&str] = &[
    "error",
    "fail",
    "5xx",
    "4xx",
    "500",
    "502",
    "503",
    "504",
    "422",
    "429",
    "timeout",
    "timed out",
    "refused",
    "denied",
    "declined",
    "rejected",
    "empty",
    "blank",
    "为空",
    "白屏",
    "unavailable",
    "cannot",
    "stopped",
    "down",
    "burn rate",
    " 401",
    " 403",
    "missing",
    "crash",
    "never arriv",
    "not arriv",
    "失败",
    "错误",
    "超时",
    "报错",
    "拒绝",
    "不可用",
    "无法",
    "打不开",
];

/// What a share of is well.
pub(super) static GOOD: &[&str] =
    &["availab", "success", "delivered", "delivery rate", "成功率", "可用率", "可用性", "送达率", "到达率"];

/// What a share of is harm.
pub(super) static OF: &[&str] =
    &["delayed", "affected", "% of users", "% of requests", "% of orders", "% of traffic", "% of customers"];

/// What a share of is a resource.
pub(super) static NOT_ERRORS: &[&str] = &[
    "cpu",
    "disk",
    "memory",
    "throttl",
    "hit ratio",
    "hit rate",
    "df ",
    "/dev/",
    "used",
    "heap",
    "命中",
    "内存",
    "磁盘",
    "of limit",
];

/// A limit that a measured growth will reach within hours.
pub(super) static SOON: &[&str] = &[
    "at this pace",
    "at this rate",
    "will be full",
    "runs out at",
    "runs out in",
    "按这个速度",
    "照这个速度",
    "还能撑",
    "即将写满",
    "即将耗尽",
];

/// It is over, for all.
pub(super) static OVER: &[&str] = &[
    "all resolved",
    "all clear",
    "resolved itself",
    "since then nothing",
    "nothing since",
    "back to normal",
    "fully recovered",
    "recovered on its own",
    "recovered by itself",
    "自动恢复",
    "全部恢复",
    "全部正常",
];

/// A measurement of another time.
pub(super) static PAST: &[&str] = &["last time", "last year", "back then", "那次", "上次", "去年"];

/// Those that a count of is a share of the customers.
pub(super) static SITES: &[&str] = &[
    "agents",
    "probes",
    "locations",
    "clinics",
    "stores",
    "shops",
    "branches",
    "offices",
    "warehouses",
    "customers",
    "merchants",
    "tenants",
    "partners",
    "users",
    "regions",
    "门店",
    "网点",
    "商户",
    "用户",
    "租户",
    "仓库",
    "地区",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_as_by_a_search_for_each_of_its_words() {
        for (at, list) in LISTS.iter().enumerate() {
            for word in *list {
                let words = Words::of(format!("x{word}y").into());
                let found: Vec<bool> = LISTS.iter().map(|list| has(&words, list)).collect();
                let wanted = LISTS.iter().map(|list| list.iter().any(|word| words.lower().contains(word)));
                assert_eq!(found, wanted.collect::<Vec<_>>(), "{word}");
                assert!(found[at], "{word}");
            }
        }
    }
}
