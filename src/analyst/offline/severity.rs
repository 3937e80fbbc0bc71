//! Severity by the written policy `prompts/severity.md`: the first rule that the evidence meets decides and is named.

use crate::analyst::offline::belief::is_failing;
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::playbook::percents;
use crate::analyst::offline::scene::{Scene, untimed};
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Statement};
use crate::incident::triage::{Severity, SeverityLevel};
use crate::incident::{Finding, FindingKind, Level};

const TOTAL: &[&str] = &[
    "all users",
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
    "全部用户",
    "所有用户",
    "全站",
    "完全不可用",
    "全部失败",
    "全量",
    "无人能",
    "全部请求",
];

const LOSS: &[&str] = &[
    "data loss",
    "lost data",
    "rows deleted",
    "deleted by mistake",
    "corrupt",
    "charged twice",
    "double charge",
    "duplicate charges",
    "double-charged",
    "leaked",
    "data exposed",
    "wrong balance",
    "balance wrong",
    "balances wrong",
    "negative balance",
    "余额错误",
    "other users' data",
    "breach",
    "数据丢失",
    "误删",
    "数据损坏",
    "重复扣款",
    "泄露",
    "扣了两次",
];

const PARTIAL: &[&str] = &[
    "some users",
    "region",
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

const CORE: &[&str] = &[
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

const NO_HARM: &[&str] = &[
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
];

const ERRORS: &[&str] = &[
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
    "失败",
    "错误",
    "超时",
    "报错",
    "拒绝",
    "不可用",
    "无法",
    "打不开",
];

const OF: &[&str] =
    &["delayed", "affected", "% of users", "% of requests", "% of orders", "% of traffic", "% of customers"];

const NOT_ERRORS: &[&str] = &[
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

/// The level and the rule that gives it.
pub fn judge(scene: &Scene<'_>) -> Severity {
    if scene.steady {
        return quiet(scene);
    }
    let judged = by_rules(scene);
    // Attempts that are refused hurt nobody: where only records tell of them, they are no outage.
    let attempts = scene.leading().filter(|first| scene.playbook(first.candidate.playbook).harmless);
    let alone = scene.reading.statements.iter().all(|s| s.origin == Origin::Log);
    let first = attempts.filter(|_| alone).and_then(|first| first.candidate.carriers.first());
    match first {
        Some(carrier) if judged.level < SeverityLevel::Sev3 => {
            rule(scene, SeverityLevel::Sev3, 'E', scene.statement(carrier.statement))
        }
        _ => judged,
    }
}

/// A sudden and strong rise, or a limit that is reached.
fn is_burst(finding: &Finding) -> bool {
    finding.strength >= 60 && matches!(finding.kind, FindingKind::Burst | FindingKind::Saturation)
}

fn quiet(scene: &Scene<'_>) -> Severity {
    let words = [
        "Rule G: few errors at an even rate; nothing in the logs says that anything changed.",
        "规则 G：少量错误且频率平稳；日志中没有变化的迹象。",
    ];
    Severity { level: SeverityLevel::Sev4, reasoning: scene.say(words[0], words[1]).to_owned() }
}

fn by_rules(scene: &Scene<'_>) -> Severity {
    let all: Vec<&Statement<'_>> =
        scene.reading.statements.iter().filter(|s| s.is_evidence()).take(5000).collect();
    let bad: Vec<&Statement<'_>> =
        all.iter().copied().filter(|s| s.is_bad() || s.senses.has(Sense::Alert)).collect();
    let has = |s: &Statement<'_>, words: &[&str]| {
        let lower = s.text.to_lowercase();
        words.iter().any(|word| lower.contains(word))
    };
    let avoided = |s: &Statement<'_>| has(s, &["avoid", "prevent", "no data loss", "避免", "防止"]);
    let find = |words: &[&str]| bad.iter().copied().find(|s| has(s, words));
    let uneven = |s: &Statement<'_>| {
        failing(s).is_some_and(|share| share >= 20.0)
            && percents(s.text).any(|share| share >= 95.0)
            && s.text.matches('%').count() > 2
    };
    let partial = bad.iter().any(|s| has(s, PARTIAL)) || all.iter().any(|s| uneven(s));
    let share = all.iter().filter_map(|s| failing(s).map(|share| (share, *s)));
    let worst = share.max_by(|a, b| a.0.total_cmp(&b.0));
    let known = scene.leading().is_some() || bad.len() >= 2;
    if let Some(s) = bad.iter().copied().find(|s| has(s, LOSS) && !avoided(s)) {
        return rule(scene, SeverityLevel::Sev1, 'A', s);
    }
    let total = find(TOTAL).or(worst.filter(|(share, _)| *share >= 50.0).map(|(_, s)| s));
    if let Some(s) = total.filter(|_| known) {
        let level = if partial { SeverityLevel::Sev2 } else { SeverityLevel::Sev1 };
        return rule(scene, level, if partial { 'C' } else { 'B' }, s);
    }
    if let Some(s) = all.iter().copied().find(|s| has(s, NO_HARM)) {
        return rule(scene, SeverityLevel::Sev4, 'G', s);
    }
    if let Some((_, s)) = worst.filter(|(share, _)| *share >= 5.0) {
        return rule(scene, SeverityLevel::Sev2, 'C', s);
    }
    let failing = |s: &&&Statement<'_>| (has(s, ERRORS) || s.level.is_some_and(Level::is_bad)) && !s.healthy;
    let errors: Vec<&Statement<'_>> = bad.iter().filter(failing).copied().collect();
    let paged = all.iter().any(|s| s.senses.has(Sense::Alert) && !s.text.contains("warning "));
    let free =
        all.iter().any(|s| has(s, &["no errors", "no error", "无报错", "没有报错"]) && s.text.len() < 120);
    if !free && known {
        if let Some(s) = errors.iter().copied().find(|s| has(s, CORE) && (s.senses.has(Sense::User) || paged))
        {
            return rule(scene, SeverityLevel::Sev2, 'D', s);
        }
        let reported = bad.iter().any(|s| s.senses.has(Sense::User));
        if let Some(s) = errors.first().filter(|_| (paged || reported) && errors.len() >= 2) {
            return rule(scene, SeverityLevel::Sev2, 'D', s);
        }
        let burst = errors.iter().copied().find(|s| s.finding.is_some_and(is_burst) && is_failing(s));
        if let Some(s) = burst {
            return rule(scene, SeverityLevel::Sev2, 'D', s);
        }
    }
    match bad.first().copied().or_else(|| reported(scene)) {
        Some(s) if known => rule(scene, SeverityLevel::Sev3, 'E', s),
        Some(s) => rule(scene, SeverityLevel::Sev3, 'F', s),
        None => Severity {
            level: SeverityLevel::Sev4,
            reasoning: scene
                .say(
                    "Rule G: nothing in the evidence says that anything is wrong.",
                    "规则 G：证据中没有任何异常。",
                )
                .to_owned(),
        },
    }
}

/// What a person says is wrong, be it a guess.
fn reported<'s>(scene: &'s Scene<'_>) -> Option<&'s Statement<'s>> {
    let says = |s: &&Statement<'_>| s.claim || s.origin == Origin::Prose && s.senses.has(Sense::Bad);
    scene.reading.statements.iter().filter(|s| !s.hostile).find(says)
}

/// Share of requests that fail, percent, where a statement gives one.
fn failing(statement: &Statement<'_>) -> Option<f64> {
    // A statement may give several measurements; those of resources are left out.
    let clauses = statement.text.split([',', '，', ';', '；', '、']);
    let of_resource = |clause: &&str| {
        let lower = clause.to_lowercase();
        NOT_ERRORS.iter().any(|word| lower.contains(word))
    };
    let text = clauses.filter(|clause| !of_resource(clause)).collect::<Vec<_>>().join(", ");
    let lower = text.to_lowercase();
    let contains = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let mut shares: Vec<f64> = percents(&text).filter(|share| *share <= 100.0).collect();
    if shares.is_empty() {
        return None;
    }
    if contains(&["availab", "success rate", "success ratio", "成功率", "可用率", "可用性"]) {
        return shares.iter().copied().min_by(f64::total_cmp).map(|lowest| 100.0 - lowest);
    }
    if statement.healthy || statement.level.is_some_and(|level| level <= Level::Info) {
        return None;
    }
    if contains(OF) && statement.is_bad() {
        return shares.into_iter().max_by(f64::total_cmp);
    }
    if !(contains(ERRORS) || statement.senses.has(Sense::Alert)) {
        return None;
    }
    if shares.len() > 1 && contains(&["baseline", "before"]) {
        return shares.into_iter().max_by(f64::total_cmp);
    }
    shares.pop()
}

fn rule(scene: &Scene<'_>, level: SeverityLevel, rule: char, statement: &Statement<'_>) -> Severity {
    let (en, zh) = match rule {
        'A' => ("data is lost, wrong or exposed", "数据丢失、错误或泄露"),
        'B' => ("a core function fails for most users", "核心功能对大多数用户不可用"),
        'C' => (
            "a core function fails for a considerable part of the requests or of the users",
            "核心功能对相当一部分请求或用户失败",
        ),
        'D' => (
            "requests or jobs fail, and users, an alert or a burst in the log report it",
            "请求或任务失败，且用户、告警或日志中的突增已反映",
        ),
        'E' => (
            "degraded: slow, late or few affected; no failing core function in the evidence",
            "性能下降、延迟或少量受影响；证据中没有核心功能失败",
        ),
        _ => (
            "reported but unconfirmed: the extent is not known, so it is kept modest",
            "有人反馈但未证实：影响范围未知，定级从低",
        ),
    };
    let words = phrase(untimed(statement), 0, 110);
    let reasoning = if scene.zh() {
        format!("规则 {rule}：{zh}。依据：“{words}”")
    } else {
        format!("Rule {rule}: {en}. Evidence: “{words}”")
    };
    Severity { level, reasoning }
}
