//! Remedies: what would stop the harm, with its risk and the way back. Taking back what set it off comes first.

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::change::Change;
use crate::analyst::offline::scene::Scene;
use crate::incident::triage::{CommandEffect, HypothesisStatus, Mitigation};

/// Most mitigations listed.
const LISTED_MAX: usize = 8;

/// What kind of change set it off; it decides how to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeKind {
    /// A task that runs by the clock.
    Schedule,
    /// Settings, rules, names.
    Config,
    /// Tables, columns, indexes.
    Schema,
    /// A version of a program.
    Release,
    /// Nothing of ours that could be taken back: a campaign, traffic.
    Outside,
    /// Anything else.
    Other,
}

/// The kind of change that a text tells.
pub(super) fn kind_of(said: &str) -> ChangeKind {
    let text = said.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if any(&["campaign", "push notification", "flash sale", "newsletter", "大促", "推送", "活动", "秒杀"])
    {
        ChangeKind::Outside
    } else if any(&[
        "drop index",
        "create index",
        "alter table",
        "drop column",
        "add column",
        "加字段",
        "删字段",
        "删除索引",
        "清理索引",
        "改表",
    ]) {
        ChangeKind::Schema
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
        for remedy in playbook.mitigations() {
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

/// Risk and way back of taking back a change, each in English and Chinese.
type Terms = [&'static str; 4];

const OF_JOB: Terms = [
    "What the job does is late until it runs again",
    "任务要做的工作会推迟",
    "Let the job run again (in Kubernetes: set suspend to false)",
    "恢复任务（Kubernetes 中将 suspend 设为 false）",
];

const OF_CONFIG: Terms = [
    "What the change was made for is missing again; check that nothing else depends on it by now",
    "该变更要解决的问题会重现；确认没有其他东西已依赖它",
    "Apply the change again from version control",
    "从版本库重新应用该变更",
];

const OF_SCHEMA: Terms = [
    "On a large table it takes long, locks writes or loads the server: build concurrently, and watch locks and load",
    "大表上耗时长，会锁写或加重负载：用并发方式重建，并盯住锁与负载",
    "Make the schema change again at a quiet time",
    "低峰期重新执行该结构变更",
];

const OF_RELEASE: Terms = [
    "Features and fixes of the release are gone; check first that its database migrations allow the older version",
    "该版本的功能和修复会丢失；先确认数据库迁移允许旧版本运行",
    "Deploy the newer version again",
    "重新发布新版本",
];

const OF_OTHER: Terms = [
    "What the change was made for is missing again",
    "该变更要解决的问题会重现",
    "Make the change again",
    "重新执行该变更",
];

/// Taking back the change that set it off.
fn take_back(scene: &Scene<'_>, first: &Belief) -> Option<Mitigation> {
    let number = first.triggers.first().copied().filter(|&number| scene.statement(number).change)?;
    let change = Change::of(scene, first)?;
    let zh = scene.zh();
    let named = change.named(zh);
    let (part, action, terms, command): (_, String, Terms, Option<String>) =
        match kind_of(scene.words(number)) {
            ChangeKind::Outside => return None,
            ChangeKind::Schedule => {
                let action = stop_job(&change, &named, zh);
                (
                    "stop-job",
                    action,
                    OF_JOB,
                    scene.platform.suspend().map(|command| scene.names.fill(command)),
                )
            }
            ChangeKind::Config => {
                let action = if zh {
                    format!("回滚（恢复）该变更：{named}")
                } else {
                    format!("Revert (roll back) the change: {named}")
                };
                ("revert", action, OF_CONFIG, None)
            }
            ChangeKind::Schema => {
                let action = if zh {
                    format!("撤销（恢复）该结构变更：{named}")
                } else {
                    format!("Undo (revert) the schema change: {named}")
                };
                ("revert", action, OF_SCHEMA, None)
            }
            ChangeKind::Release => {
                let action = match (change.release(), zh) {
                    (Some((service, version)), true) => {
                        format!("将 {service} 回滚到 {version} 之前的版本{}", change.aside(zh))
                    }
                    (Some((service, version)), false) => {
                        format!(
                            "Roll back (revert) {service} to the version before {version}{}",
                            change.aside(zh)
                        )
                    }
                    (None, true) => format!("回滚该发布：{named}"),
                    (None, false) => format!("Roll back (revert) the release: {named}"),
                };
                // Only what the change itself names is rolled back; another service of the notes is not touched.
                let service = change.release().map_or("<service>", |(service, _)| service);
                let command = scene.platform.roll_back(service);
                ("rollback", action, OF_RELEASE, command.map(|command| scene.names.fill(&command)))
            }
            ChangeKind::Other => {
                let action = if zh {
                    format!("如可撤销，先撤销（回滚）该变更：{named}")
                } else {
                    format!("Undo (revert) this change, where it can be taken back: {named}")
                };
                ("rollback", action, OF_OTHER, None)
            }
        };
    Some(Mitigation {
        // Set apart from the ways of the playbook, which may have the same names.
        id: format!("{}.change-{part}", scene.playbook(first.candidate.playbook).id),
        action,
        command,
        risk: scene.say(terms[0], terms[1]).to_owned(),
        rollback: scene.say(terms[2], terms[3]).to_owned(),
        effect: CommandEffect::Changes,
    })
}

fn stop_job(change: &Change, named: &str, zh: bool) -> String {
    match (change.release(), zh) {
        (None, true) => format!("暂停（停用）该定时任务：{named}"),
        (None, false) => format!("Suspend (disable) the scheduled job: {named}"),
        (Some((service, version)), true) => {
            format!("暂停（停用）随 {service} {version} 上线的定时任务{}；或将其回滚", change.aside(zh))
        }
        (Some((service, version)), false) => format!(
            "Suspend (disable) the scheduled job that came with {service} {version}{}, or roll that release back",
            change.aside(zh)
        ),
    }
}
