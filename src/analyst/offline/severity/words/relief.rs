//! What makes a harm smaller, denies it or ends it, and what a share of is no harm.

/// Only a part of the users.
pub(in crate::analyst::offline::severity) static PARTIAL: &[&str] = &[
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
pub(in crate::analyst::offline::severity) static CALLS: &[&str] =
    &["calls to ", "requests to ", "connects to ", "connections to ", "webhook", "callback", "调用", "回调"];

/// Nobody is hurt.
pub(in crate::analyst::offline::severity) static NO_HARM: &[&str] = &[
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

/// What a share of is well.
pub(in crate::analyst::offline::severity) static GOOD: &[&str] =
    &["availab", "success", "delivered", "delivery rate", "成功率", "可用率", "可用性", "送达率", "到达率"];

/// What a share of is a resource.
pub(in crate::analyst::offline::severity) static NOT_ERRORS: &[&str] = &[
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
/// A measurement of another time.
pub(in crate::analyst::offline::severity) static PAST: &[&str] =
    &["last time", "last year", "back then", "那次", "上次", "去年"];
