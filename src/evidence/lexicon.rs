//! Word classes: what kind of thing a statement says, by the words it uses. English and Chinese.

use std::sync::LazyLock;

use crate::evidence::phrases::{Found, Phrases};

/// What a word in a statement points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Something was changed: deploy, configuration, migration, flag.
    Change,
    /// It is said that nothing was changed.
    NoChange,
    /// Something is well.
    Healthy,
    /// Something is wrong.
    Bad,
    /// An alert or a page.
    Alert,
    /// A person or a machine acted to repair.
    Action,
    /// A guess.
    Guess,
    /// Users or customers.
    User,
    /// A change without effect on running code (texts, documents).
    Inert,
    /// A task that comes back by a clock.
    Schedule,
    /// Kubernetes, or an object of it.
    Cluster,
    /// A machine without Kubernetes: its own services, files and packages.
    Host,
}

impl Sense {
    const COUNT: usize = 12;
}

/// The senses found in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Senses([bool; Sense::COUNT]);

impl Senses {
    /// Whether a word of this sense was found.
    pub fn has(self, sense: Sense) -> bool {
        self.0[sense as usize]
    }

    /// Takes a sense away.
    pub fn remove(&mut self, sense: Sense) {
        self.0[sense as usize] = false;
    }

    /// Adds a sense.
    pub fn add(&mut self, sense: Sense) {
        self.0[sense as usize] = true;
    }
}

const CLASSES: &[(Sense, &str)] = &[
    (
        Sense::Change,
        "deploy|deployed|deploys|deployment of|release|released|releases|shipped|rolled out|rollout|roll-out|upgrade|upgraded|upgrades|migration|migrated|migrate|config change|configuration change|config push|changed|change:|change |changes:|enabled|disabled|flag|feature flag|commit|merged|merge|pushed|push of|applied|apply|added|removed|restored|restore|rotated|replaced|switched|switch to|cutover|cut over|canary|image update|update:|updated|new version|config management|changelog|set to|raised to|lowered to|lowered|increased to|reduced to|reduced from|renamed|dropped column|alter table|create index|drop index|terraform|helm upgrade|puppet|chef|ansible|argocd|gitops|PR #|hotfix|patch|patched|reconfigured|tuned|published|one-off|manual change|hand edit|started sending|campaign|launched|launch|went live|go-live|onboarded|new customer|new tenant|import|backfill|maintenance window|failover|promoted|cronjob|new job|scheduled job|Put*Policy|PutBucketPolicy|created by|autoscaler added|reboot|rebooted|上线|发布|部署|变更|灰度|配置|迁移|升级|开启|关闭了|改为|调整|修改|新增|下线|切换|替换|合并|推送|回填|导入|活动开始|大促|改成|调大|调小|轮换|扩容|缩容|启用|禁用|割接|手工执行|开始把|开始将|手动执行|脚本执行|moved to|moved from|we moved|hardening|posted|pasted a|submitted|onboard|installed|swapped|turned on|turned off|decommissioned|deleted|truncated|resized|retention|inserted|执行|切到|删除了|搬到|关掉|uploads:|uploaded|imported|导入了|新机|换硬件|换了硬件|重装过|重装了",
    ),
    (
        Sense::NoChange,
        "no infra|no change|no changes|no deploy|no deploys|no release|no config|nothing deployed|nothing changed|not changed|unchanged|no recent change|no recent deploy|without changes|last deploy|days ago|weeks ago|months ago|天前|天未发布|天没有|无变更|没有变更|未变更|无发布|没有发布|未发布|没有改动|无改动|近期无|untouched|not touched|not yet migrated|没变化|未改动|没动过|没发过版",
    ),
    (
        Sense::Healthy,
        "normal|healthy|fine|ok|no error|no errors|0 errors|no change|unchanged|no loss|0% loss|idle|stable|steady|flat|green|in sync|as usual|no anomalies|no anomaly|not affected|unaffected|keeps up|keep running|keeps running|exist in|exists in|exist|works|work fine|succeeds|within limits|no drops|no throttling|no deadlock|no lock waits|cpu low|load low|usage low|is low|low cpu|low load|zero errors|zero 5xx|zero failures|zero drops|streaming|normally|正常|无异常|没有异常|健康|平稳|稳定|无报错|没有报错|无变化|空闲|没问题|未见异常|充足|丢包 0|丢包0|无丢包|不受影响|无告警|untouched|has nothing|nothing over|no flaps|no sign|no signs|no incident|no anomalous|nothing unusual|same as every|like every|same as last|same as yesterday|same as usual|as yesterday|as always|no complaint|no complaints|boring|unremarkable|nothing special|没变化|一直如此|和平时一样|与平时一致|无变化",
    ),
    (
        Sense::Bad,
        "error|errors|err|fail|fails|failed|failing|failure|failures|timeout|timeouts|timed out|timing out|refused|denied|declined|rejected|reject|exceeded|exceed|exception|fatal|panic|crash|crashed|crashing|crashloop|unavailable|unreachable|spike|spikes|jumped|climbed|rose|rising|slow|latency|stuck|backlog|lag|down|oom|killed|evicted|degraded|outage|broken|hang|hangs|hung|blocked|stalled|exhausted|full|leak|corrupt|lost|missing|expired|unauthorized|forbidden|unhealthy|not ready|notready|aborted|dropped|dropping|drops to|deadlock|throttled|overloaded|saturated|too many|cannot|could not|unable|not found|invalid|no space|read-only|out of|late|delayed|duplicate|duplicated|wrong|stale|empty|HTTP 5|HTTP 4| 500| 502| 503| 504|5xx|4xx|429|p99|p95|restarts|Pending|Insufficient cpu|Insufficient memory|untolerated taint|ImagePullBackOff|ErrImagePull|CrashLoopBackOff|OOMKilled|spins|失败|超时|错误|报错|拒绝|异常|飙升|上涨|升高|升至|涨到|上升|告警|延迟|不可用|卡住|卡顿|变慢|很慢|缓慢|堆积|积压|崩溃|重启|丢失|无法|打不开|满了|已满|耗尽|泄漏|过期|中断|下跌|下降|尖刺|抖动|阻塞|死锁|重复|slower|kills|gives up|gave up|throws|threw|overlap|overlapping|drowning|flood|flooded|throttling|throttles|again and again|bounced off|goes down|went down|never comes|comes back empty|times its|twice as slow|crawl|crawling|creeping|destroyed|burn rate|CLOSE_WAIT|TIME_WAIT|D state|stall|stalls|freezes|froze|frozen|freeze|dies|died|dead|gone|bounce|bounced|bounces|sluggish|unresponsive|not responding|no response|no answer|nobody can|no one can|nothing works|does not work|doesn't work|do not work|not working|stops answering|stopped|refuse|refuses|rejects|no longer|times out|time out|vanish|vanished|disappeared|piles up|pile up|cannot be|can't|could not be|blank page|white page|never arrive|never arrived|never returns|pegged|starved|starve|overload|挂了|挂掉|卡死|很卡|卡了|连不上|登不上|登录不上|起不来|写不进|打不进|收不到|用不了|白屏|不通|掉线|没反应|无响应|打满|跑满|打爆|全红|排队|满载|被拒|被限|不生效|失效|won't load|does not load|unusable|订不了|登不了|进不去|不能用|红了|告急|转圈|崩了|崩|砸到|卡着|卡住|掉了|没了|不动|缺失|漏了|上不去|刷不出|加载不出|掉到|跌到|掉了|too large|502 |503 |504 |500 internal|exceeds|nowhere|closed by|unauthenticated|lands in spam|overflow|unknown enum|not authorized|挂死|超限|报废|乱码|退信|无法解析|解析不",
    ),
    (
        Sense::Alert,
        "alert|alerts|alerted|alertmanager|paged|pager|pagerduty|opsgenie|firing|alarm|monitor:|warning |告警|报警|监控触发",
    ),
    (
        Sense::Action,
        "restarted|restarting|rolled back|rolling back|rollback|reverted|revert|scaled up|scaled out|scaled to|killed|drained|failed over|cleared|flushed|purged|paused|stopped|disabled|cordoned|silenced|acked|acknowledged|escalated|joined the call|opened a ticket|opened a bridge|terminated|increased the|bumped|cancelled|recreated|renewed|已重启|重启了|重启|回滚|已扩容|扩容|切流|摘除|下线了|清理了|已清理|暂停|已停|升级事故|联系|拉群|限流|降级",
    ),
    (
        Sense::Guess,
        "maybe|probably|perhaps|i think|i guess|suspect|suspected|suspects|it's always|it is always|always the |must be the |must be a |must be your|must be our|must be us|must be their|must be dns|might be|could be|seems to be|looks like|looks healthy|looks fine|guess|likely|theory|hypothesis|blame|blames|suspicion|so it is not|assume|怀疑|可能|是不是|应该是|猜测|估计|疑似|会不会|难道|for sure|definitely|surely|obviously|i bet|my guess|somebody says|someone says|i heard|could it be|could be us|did it!|肯定|大概率|一定是|那就是|八成|多半|我觉得|像是|说不定|听说|据说|ask whether|asks whether|asked whether|asks if|hoping|看吧|looks exactly like|looks a lot like|exactly like|just like|like last|reminds me|reminds us|we think|we believe|i believe|my money is on|imo|imho|像上次|和上次一样|跟上次|上次也是",
    ),
    (
        Sense::User,
        "user|users|customer|customers|client reports|support|cs reports|tickets|ticket|complaint|complaints|checkout|login|logins|sign-in|signup|sessions|merchants|merchant|buyers|orders|order|payments|app store|reviews|tenants|tenant|visitors|shoppers|sales|twitter|social media|passengers|drivers|riders|players|patients|students|subscribers|probe|availability|用户|客户|客服|投诉|工单|下单|支付|登录|订单|商户|买家|玩家|会员|司机|乘客|购物车|门店|反馈",
    ),
    (
        Sense::Inert,
        "frontend text|copy change|copy update|wording|typo|readme|docs only|documentation|translations|css|style change|colour|color|static assets|banner|icon|logo|newsletter|纯前端|图标|横幅|文案|样式|文档|翻译|注释",
    ),
    (
        Sense::Schedule,
        "cron|crontab|nightly|hourly|daily|weekly|every day|every hour|every night|scheduled|schedule|timer|定时任务|每天|每小时|每晚|每日|每周|凌晨|定时",
    ),
    (
        Sense::Cluster,
        "kubectl|kubernetes|k8s|kubelet|kube-proxy|kube-apiserver|pod|pods|namespace|configmap|daemonset|statefulset|replicaset|deployment/|deploy/|helm|eks|gke|aks|node pool|nodepool|notready|crashloopbackoff|imagepullbackoff|oomkilled|cronjob|sidecar|容器",
    ),
    (
        Sense::Host,
        "systemd|systemctl|journalctl|journal|dmesg|kern.log|syslog|/proc/|/etc/|/var/log/|crontab|init.d|rpm|dnf|yum|apt|apt-get|ulimit|supervisord|php-fpm|sshd|vm|vms|bare metal|hypervisor|smartctl|unit file|虚拟机|物理机|虚机",
    ),
];

struct Lexicon {
    phrases: Phrases,
    senses: Vec<Sense>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let all = CLASSES.iter().flat_map(|(sense, list)| list.split('|').map(|phrase| (*sense, phrase)));
    Lexicon {
        phrases: Phrases::new(all.clone().map(|(_, phrase)| phrase)),
        senses: all.map(|(sense, _)| sense).collect(),
    }
});

/// The senses of the words of `text`.
pub fn senses(text: &str) -> Senses {
    senses_of(&text.to_ascii_lowercase())
}

/// The senses of the words of a text that is in lower case.
pub(super) fn senses_of(lower: &str) -> Senses {
    let mut found = Senses::default();
    for hit in LEXICON.phrases.find(lower) {
        let sense = LEXICON.senses[hit.phrase];
        if !found.has(sense) && is_word(lower, hit.start, hit.end) && !is_other(sense, lower, &hit) {
            found.add(sense);
        }
    }
    found
}

/// Whether the words around a word take its sense away: `does not exist`, `idle in transaction`, a COMMIT of SQL.
fn is_other(sense: Sense, lower: &str, hit: &Found) -> bool {
    const DENIALS: [&str; 13] = [
        "not ",
        "n't ",
        "no longer ",
        "never ",
        "cannot ",
        "nothing ",
        "nobody ",
        "none ",
        "not yet ",
        "不",
        "不太",
        "未能",
        "没恢复",
    ];
    const SQL: [&str; 10] = [
        "transaction",
        "wait",
        "begin",
        "in commit",
        "commit;",
        "session",
        "hang",
        "syncrep",
        "insert",
        "fsync",
    ];
    let (word, after) = (&lower[hit.start..hit.end], &lower[hit.end..]);
    match sense {
        Sense::Healthy => {
            let before = &lower[..hit.start];
            let own =
                ["no", "0", "not", "within", "无", "没", "未", "不", "nothing", "untouched", "unaffected"];
            let denies = !own.iter().any(|start| word.starts_with(start));
            // `vs 12k normal`, `normal 4k`: what it is compared with.
            let usual = word.starts_with("normal") || word.starts_with("正常");
            let figure = after.trim_start().starts_with(|c: char| c.is_ascii_digit());
            let near = before.len() - before.len().min(12);
            let near = (near..=before.len()).find(|&at| before.is_char_boundary(at)).unwrap_or(0);
            let compared = usual && (figure || before[near..].contains("vs "));
            // What is asked for is no news.
            let asked = lower.contains("select ") && lower.contains(" from ");
            let taken = compared
                || asked
                || word == "idle" && (after.starts_with(" in trans") || after.starts_with("=0"));
            taken || denies && DENIALS.iter().any(|denial| before.ends_with(denial))
        }
        Sense::Change => word == "commit" && SQL.iter().any(|word| lower.contains(word)),
        _ => false,
    }
}

/// Whether a record says outright that something was deployed, migrated or configured anew. Words such as `added` or
/// `release` alone are daily work of machines.
pub fn names_change(record: &str) -> bool {
    const OUTRIGHT: [&str; 22] = [
        "deployed",
        "deploying",
        "deployment of",
        "deploy of",
        "rollout",
        "rolled out",
        "rolling out",
        "rolled back",
        "released version",
        "new version",
        "version changed",
        "upgraded to",
        "upgraded from",
        "config change",
        "config reload",
        "configuration changed",
        "configuration change",
        "reloading configuration",
        "feature flag",
        "migration",
        "migrations",
        "alter table",
    ];
    let lower = record.to_ascii_lowercase();
    OUTRIGHT
        .iter()
        .any(|words| lower.match_indices(words).any(|(at, words)| is_word(&lower, at, at + words.len())))
}

/// Whether the bytes from `start` to `end` are not a part of a longer ASCII word.
pub fn is_word(text: &str, start: usize, end: usize) -> bool {
    starts_word(text, start) && ends_word(text, end)
}

/// Whether an ASCII word begins at `start` (or what stands there is no ASCII word).
pub fn starts_word(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    let inside = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    start == 0 || !(inside(start) && inside(start - 1))
}

/// Whether an ASCII word ends at `end`.
pub fn ends_word(text: &str, end: usize) -> bool {
    let bytes = text.as_bytes();
    let inside = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    end == 0 || !(inside(end - 1) && inside(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_found_inside_other_words() {
        assert!(!senses("terrific rooms").has(Sense::Bad));
        assert!(senses("OOM in cart").has(Sense::Bad));
    }

    #[test]
    fn words_of_health_that_are_denied_are_none() {
        for text in [
            "900k attempts/min vs 12k normal",
            "lag 40s, normal 2",
            "relation does not exist",
            "nothing works",
            "9912 | idle in transaction | 9h",
            "接口不正常",
        ] {
            assert!(!senses(text).has(Sense::Healthy), "{text}");
        }
        for text in ["not affected", "all files exist", "workers idle", "接口正常"] {
            assert!(senses(text).has(Sense::Healthy), "{text}");
        }
        assert!(!senses("sessions hang in COMMIT").has(Sense::Change));
        assert!(senses("deployed commit 4f2a").has(Sense::Change));
    }

    #[test]
    fn both_languages_are_known() {
        assert!(senses("09:52 cart-cleaner 定时任务 1.0 上线").has(Sense::Change));
        assert!(senses("该时段丢包 0").has(Sense::Healthy));
        assert!(senses("No infra/DB changes in past 7 days").has(Sense::NoChange));
    }
}
