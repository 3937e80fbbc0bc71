//! Advice: what to check, what to do, what is missing, and what remains for afterwards.

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::change::Change;
use crate::analyst::offline::scene::Scene;
use crate::analyst::offline::unknown;
use crate::evidence::lexicon::Sense;
use crate::incident::triage::{CommandEffect, FollowUp, HypothesisStatus, Missing, Mitigation, Step};

/// Most steps and mitigations listed.
const LISTED_MAX: usize = 8;

/// Steps of the investigation, the most deciding first. They only read.
pub fn checklist(scene: &Scene<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let open = scene.beliefs.iter().filter(|belief| belief.status != HypothesisStatus::RuledOut);
    for (rank, belief) in open.enumerate() {
        let own = scene.playbook(belief.candidate.playbook);
        let decides = own.id.clone();
        let root = belief.root.as_ref().map(|root| scene.playbook(root.playbook));
        let take = if rank == 0 { 3 } else { 1 };
        let checks = own.checks.iter().take(take).map(|check| (&own.id, check));
        let roots =
            root.into_iter().flat_map(|root| root.checks.iter().take(2).map(|check| (&root.id, check)));
        for (id, check) in checks.chain(roots) {
            let id = format!("{id}.{}", check.id);
            if let Some(known) = steps.iter_mut().find(|step| step.id == id) {
                known.decides.push(decides.clone());
            } else {
                steps.push(Step {
                    id,
                    step: scene.names.fill_prose(scene.say(&check.en, &check.zh)),
                    command: scene.names.fill(&check.run),
                    expected: scene.say(&check.see, &check.see_zh).to_owned(),
                    effect: CommandEffect::Reads,
                    decides: vec![decides.clone()],
                });
            }
        }
        if rank == 0 {
            steps.extend(change_check(scene, belief, &decides));
        }
    }
    let unknown = |first: &Belief| scene.playbook(first.candidate.playbook).mechanism.is_empty();
    let unsure = scene.leading().is_none_or(unknown);
    for step in general(scene) {
        if unsure || steps.len() < 4 {
            steps.push(step);
        }
    }
    steps.truncate(LISTED_MAX);
    steps
}

/// Whether the change that is suspected is really the one.
fn change_check(scene: &Scene<'_>, belief: &Belief, decides: &str) -> Option<Step> {
    let said = scene.words(*belief.triggers.first()?);
    let change = Change::of(scene, belief)?.named(scene.zh());
    let step = if scene.zh() {
        format!("是否确由该变更触发：{change}")
    } else {
        format!("Is this change really what set it off: {change}")
    };
    let command = scene.names.fill(match kind_of(said) {
        ChangeKind::Schedule => "kubectl get cronjobs -A; crontab -l",
        ChangeKind::Config => "git log -p --since='2 days ago' -- <configuration path>",
        ChangeKind::Release => "kubectl rollout history deployment/{service} -n {namespace}",
        ChangeKind::Other | ChangeKind::Outside => "git log --oneline --since='2 days ago'",
    });
    let expected = scene.say(
        "Its time lies directly before the onset, and what it did not touch is not affected",
        "变更时间紧接故障起点之前，且未变更的部分不受影响",
    );
    Some(Step {
        id: format!("{decides}.change"),
        step,
        command,
        expected: expected.to_owned(),
        effect: CommandEffect::Reads,
        decides: vec![decides.to_owned()],
    })
}

/// Questions that help with any incident: what is failing, what was changed, who is affected, what the logs say.
fn general(scene: &Scene<'_>) -> Vec<Step> {
    const STEPS: [[&str; 6]; 4] = [
        [
            "scope.errors",
            "Error rate and latency (p50, p95, p99) on the service dashboards, before and now",
            "在服务看板上看错误率与延迟（p50、p95、p99）的前后对比",
            "sum by (code) (rate(http_requests_total{job=\"<service>\"}[5m]))",
            "A step in the graph gives the time of onset; no step means that the report is local to some users",
            "曲线上的台阶给出起始时间；没有台阶说明只影响部分用户",
        ],
        [
            "scope.changes",
            "Deploys, releases, configuration and flag changes of the last hours",
            "最近几小时的发布、部署、配置与开关变更",
            "kubectl get replicasets -A --sort-by=.metadata.creationTimestamp | tail -20",
            "A change shortly before the onset is the first suspect",
            "起始时间之前不久的变更是首要嫌疑",
        ],
        [
            "scope.who",
            "Which users, region, page or client is affected, and how many (scope)",
            "哪些用户、地区、页面或客户端受影响，数量多少（范围）",
            "awk '{print $7, $9}' <access log> | sort | uniq -c | sort -rn | head -20",
            "One page, region or client in common narrows it down",
            "共同的页面、地区或客户端可缩小范围",
        ],
        [
            "scope.logs",
            "Errors in the logs and slow traces since the report; try one request by hand (synthetic check)",
            "上报以来日志中的错误与慢链路；手工发一次请求验证",
            "kubectl logs -n {namespace} deploy/{service} --since=30m | grep -i -E 'error|timeout|fatal' | tail -50",
            "A message that was not there before names the failing part",
            "之前没有的报错指向出问题的部分",
        ],
    ];
    let steps = STEPS.iter().map(|[id, en, zh, run, see, see_zh]| Step {
        id: (*id).to_owned(),
        step: scene.say(en, zh).to_owned(),
        command: scene.names.fill(run),
        expected: scene.say(see, see_zh).to_owned(),
        effect: CommandEffect::Reads,
        decides: Vec::new(),
    });
    steps.collect()
}

/// What kind of change set it off; it decides how to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChangeKind {
    Schedule,
    Config,
    Release,
    /// Nothing of ours that could be taken back: a campaign, traffic.
    Outside,
    Other,
}

fn kind_of(said: &str) -> ChangeKind {
    let text = said.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if any(&["campaign", "push notification", "flash sale", "newsletter", "大促", "推送", "活动", "秒杀"])
    {
        ChangeKind::Outside
    } else if any(&["cron", "nightly", "scheduled", "batch", "定时任务", "批处理", "跑批", "*/"]) {
        ChangeKind::Schedule
    } else if any(&[
        "policy", "config", "flag", "dns", "zone", "rule", "firewall", "配置", "开关", "策略", "规则",
        "commit", "setting", "limit", "acl",
    ]) {
        ChangeKind::Config
    } else if any(&[
        "deploy", "release", "shipped", "rollout", "image", "version", "canary", "上线", "发布", "部署",
        "版本", "灰度", "v1", "v2", "v3",
    ]) || any(&["at 100%", "upgrade", "升级"])
    {
        ChangeKind::Release
    } else {
        ChangeKind::Other
    }
}

/// What would stop the harm: taking back what set it off, then what the playbooks know.
pub fn mitigations(scene: &Scene<'_>) -> Vec<Mitigation> {
    let mut list: Vec<Mitigation> = Vec::new();
    let Some(first) = scene.leading() else { return list };
    list.extend(take_back(scene, first));
    let runner_up = scene.beliefs.get(1).filter(|belief| {
        belief.carried()
            && belief.status == HypothesisStatus::Open
            && belief.candidate.score >= 0.6 * first.candidate.score
    });
    let candidates = [
        Some(&first.candidate),
        first.root.as_ref(),
        first.effect.as_ref(),
        runner_up.map(|belief| &belief.candidate),
    ];
    for candidate in candidates.into_iter().flatten() {
        let playbook = scene.playbook(candidate.playbook);
        for remedy in &playbook.mitigations {
            let command = scene.names.fill(&remedy.run);
            list.push(Mitigation {
                id: format!("{}.{}", playbook.id, remedy.id),
                action: scene.names.fill_prose(scene.say(&remedy.en, &remedy.zh)),
                command: (!command.is_empty()).then_some(command),
                risk: scene.say(&remedy.risk, &remedy.risk_zh).to_owned(),
                rollback: scene.names.fill(scene.say(&remedy.back, &remedy.back_zh)),
                effect: CommandEffect::Changes,
            });
        }
    }
    list.truncate(LISTED_MAX);
    list
}

/// Action, risk and rollback for a scheduled job, each in English and Chinese.
const STOP_JOB: [&str; 6] = [
    "Disable (suspend) the scheduled batch job: {change}",
    "立即暂停（停用）该定时任务：{change}",
    "What the job does is late until it runs again",
    "任务要做的工作会推迟",
    "Resume the job (set suspend to false)",
    "恢复任务（suspend 设为 false）",
];

/// Taking back the change that set it off.
fn take_back(scene: &Scene<'_>, first: &Belief) -> Vec<Mitigation> {
    let id = &scene.playbook(first.candidate.playbook).id;
    let changed = first.triggers.first().copied().filter(|&number| scene.statement(number).change);
    let Some(number) = changed else { return Vec::new() };
    let Some(change) = Change::of(scene, first) else { return Vec::new() };
    let words = change.named(scene.zh());
    let kind = kind_of(scene.words(number));
    if kind == ChangeKind::Outside {
        return Vec::new();
    }
    let mut list = Vec::new();
    let mut add = |part: &str, texts: [&str; 6], command: Option<&str>| {
        let action = scene.say(texts[0], texts[1]).replace("{change}", &words);
        list.push(Mitigation {
            id: format!("{id}.{part}"),
            action,
            command: command.map(|command| scene.names.fill(command)),
            risk: scene.say(texts[2], texts[3]).to_owned(),
            rollback: scene.say(texts[4], texts[5]).to_owned(),
            effect: CommandEffect::Changes,
        });
    };
    if kind == ChangeKind::Schedule {
        add(
            "stop-job",
            STOP_JOB,
            Some("kubectl patch cronjob <job> -n {namespace} -p '{\"spec\":{\"suspend\":true}}'"),
        );
    }
    if kind == ChangeKind::Config {
        add(
            "revert",
            [
                "Revert (roll back) the change: {change}",
                "回滚（恢复）该变更：{change}",
                "What the change was made for is missing again; check that nothing else depends on it by now",
                "该变更要解决的问题会重现；确认没有其他东西已依赖它",
                "Apply the change again from version control",
                "从版本库重新应用该变更",
            ],
            None,
        );
    } else {
        let [en, zh] = if kind == ChangeKind::Other {
            [
                "Undo (revert) this change, where it can be taken back: {change}",
                "撤销（回滚）该变更（如可撤销）：{change}",
            ]
        } else {
            ["Roll back (revert) to the version before: {change}", "回滚到此变更之前的版本：{change}"]
        };
        add(
            "rollback",
            [
                en,
                zh,
                "Features and fixes of the change are gone; check first that its database migrations allow the older version",
                "该版本的功能和修复会丢失；先确认数据库迁移允许旧版本运行",
                "Deploy the newer version again",
                "重新发布新版本",
            ],
            (kind == ChangeKind::Release || kind == ChangeKind::Schedule)
                .then_some("kubectl rollout undo deployment/{service} -n {namespace}"),
        );
    }
    list
}

/// What is not known and would decide.
pub fn missing(scene: &Scene<'_>) -> Vec<Missing> {
    let all = &scene.reading.statements;
    let has = |sense: Sense| all.iter().any(|s| s.senses.has(sense) && s.is_evidence());
    let figures = all.iter().any(|s| s.is_bad() && s.text.contains('%'));
    let changes = all.iter().any(|s| s.change && s.is_evidence());
    let mut list: Vec<Missing> = unknown::missing(scene).into_iter().collect();
    let mut add = |wanted: bool, at: usize, why: [&str; 2]| {
        let step = &general(scene)[at];
        if wanted {
            list.push(Missing {
                what: step.step.clone(),
                why: scene.say(why[0], why[1]).to_owned(),
                command: step.command.clone(),
            });
        }
    };
    add(!figures, 0, ["The extent and the time of onset are not measured", "影响程度与起始时间没有度量"]);
    add(!changes, 1, ["No change is on record that could have set it off", "没有可能触发故障的变更记录"]);
    add(!has(Sense::User), 2, ["It is not known who is affected", "不清楚影响了谁"]);
    let logs = all.iter().any(|s| s.level.is_some() || s.finding.is_some());
    add(!logs, 3, ["There is no log line that shows the failure", "没有显示故障的日志"]);
    list
}

/// Work for afterwards.
pub fn follow_ups(scene: &Scene<'_>) -> Vec<FollowUp> {
    let mut list: Vec<FollowUp> = Vec::new();
    if let Some(first) = scene.leading() {
        let roots = first.root.iter().map(|root| root.playbook);
        for index in [first.candidate.playbook].into_iter().chain(roots) {
            for task in &scene.playbook(index).follow_ups {
                list.push(FollowUp {
                    priority: task.p.clone(),
                    text: scene.say(&task.en, &task.zh).to_owned(),
                    owner: owner(scene, &task.owner),
                });
            }
        }
        if let Some(change) = Change::of(scene, first) {
            let words = change.named(scene.zh());
            let text = if scene.zh() {
                format!("复盘该变更为何能未被拦截地生效：{words}")
            } else {
                format!("Find out why this change could take effect unnoticed: {words}")
            };
            list.push(FollowUp { priority: "P1".to_owned(), text, owner: owner(scene, "service") });
        }
    }
    let alerted = scene.reading.statements.iter().any(|s| s.senses.has(Sense::Alert) && s.is_evidence());
    let text = if alerted {
        scene.say(
            "Link the alert to this runbook and measure the time from onset to page",
            "告警关联处置手册，并统计从起始到告警的时间",
        )
    } else {
        scene.say(
            "Add an alert that would have caught this before users or people did",
            "补充告警，做到先于用户发现",
        )
    };
    list.push(FollowUp { priority: "P2".to_owned(), text: text.to_owned(), owner: owner(scene, "platform") });
    if scene.leading().is_none() {
        let text = scene.say(
            "Collect metrics, deploys, scope and logs, then decide whether this is an incident",
            "收集指标、变更、影响范围与日志，再判断是否构成事故",
        );
        list.insert(
            0,
            FollowUp { priority: "P1".to_owned(), text: text.to_owned(), owner: owner(scene, "on-call") },
        );
    }
    list.sort_by(|a, b| a.priority.cmp(&b.priority));
    list.dedup_by(|a, b| a.text == b.text);
    list
}

fn owner(scene: &Scene<'_>, role: &str) -> String {
    let (en, zh) = match role {
        "service" => ("service team", "业务团队"),
        "database" => ("database team", "数据库团队"),
        "network" => ("network team", "网络团队"),
        "security" => ("security team", "安全团队"),
        "on-call" => ("on-call", "值班"),
        _ => ("platform team", "平台团队"),
    };
    scene.say(en, zh).to_owned()
}
