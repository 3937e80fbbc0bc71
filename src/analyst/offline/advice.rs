//! Advice: what to check, what is missing, and what remains for afterwards.

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::change::Change;
use crate::analyst::offline::compare;
use crate::analyst::offline::remedy::{ChangeKind, kind_of};
use crate::analyst::offline::scene::Scene;
use crate::analyst::offline::unknown;
use crate::evidence::lexicon::Sense;
use crate::incident::triage::{CommandEffect, FollowUp, HypothesisStatus, Missing, Step};

/// Most steps listed.
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
        let checks = own.checks().iter().take(take).map(|check| (&own.id, check));
        let roots =
            root.into_iter().flat_map(|root| root.checks().iter().take(2).map(|check| (&root.id, check)));
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
                    compared: None,
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
    for step in &mut steps {
        step.compared = compare::compare(scene.case, scene.registry, scene.reading, &step.id);
    }
    steps
}

/// Whether the change that is suspected is really the one.
fn change_check(scene: &Scene<'_>, belief: &Belief, decides: &str) -> Option<Step> {
    let number = *belief.triggers.first()?;
    let change = Change::of(scene, belief)?;
    let named = change.named(scene.zh());
    let step = if scene.zh() {
        format!("是否由该变更引起：{named}；对比变更时间与故障起点，以及有无该变更的部分")
    } else {
        format!(
            "Did this change set it off: {named}? Compare its time with the onset, and what has it with what has not"
        )
    };
    let command = match kind_of(scene.words(number)) {
        ChangeKind::Schedule => scene.platform.jobs().to_owned(),
        ChangeKind::Config => "git log -p --since='2 days ago' -- <configuration path>".to_owned(),
        ChangeKind::Schema => "psql -c \"\\d+ <table>\"".to_owned(),
        ChangeKind::Release => {
            let service = change.release().map(|(service, _)| service.to_owned());
            let service = service.unwrap_or_else(|| scene.names.fill("{service}"));
            scene.names.fill(&scene.platform.releases(&service))
        }
        ChangeKind::Other | ChangeKind::Outside => "git log --oneline --since='2 days ago'".to_owned(),
    };
    let onset = scene.onset.map(|onset| scene.clock_near(onset));
    let expected = match (scene.zh(), onset) {
        (true, Some(onset)) => format!("生效早于 {onset}，没有该变更的部分正常；若故障先于变更，则不是它"),
        (true, None) => "生效早于故障起点，没有该变更的部分正常；若故障先于变更，则不是它".to_owned(),
        (false, Some(onset)) => format!(
            "It took effect before {onset}, and what runs without it is well; failures older than the change clear it"
        ),
        (false, None) => "It took effect before the first failure, and what runs without it is well; failures older than the change clear it".to_owned(),
    };
    Some(Step {
        id: format!("{decides}.suspect"),
        step,
        command,
        expected,
        effect: CommandEffect::Reads,
        decides: vec![decides.to_owned()],
        compared: None,
    })
}

/// Questions that help with any incident: what is failing, what was changed, who is affected, what the logs say.
fn general(scene: &Scene<'_>) -> Vec<Step> {
    let steps: [[&str; 6]; 4] = [
        [
            "scope.errors",
            "Error rate and latency (p50, p95, p99) on the service dashboards, before and now",
            "在服务看板上看错误率与延迟（p50、p95、p99）的前后对比",
            "sum by (code) (rate(http_requests_total{job=\"{service}\"}[5m]))",
            "A step in the graph gives the time of onset; no step means that the report is local to some users",
            "曲线上的台阶给出起始时间；没有台阶说明只影响部分用户",
        ],
        [
            "scope.changes",
            "Deploys, releases, configuration and flag changes of the last hours",
            "最近几小时的发布、部署、配置与开关变更",
            scene.platform.changes(),
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
            scene.platform.errors(),
            "A message that was not there before names the failing part",
            "之前没有的报错指向出问题的部分",
        ],
    ];
    let steps = steps.iter().map(|[id, en, zh, run, see, see_zh]| Step {
        id: (*id).to_owned(),
        step: scene.say(en, zh).to_owned(),
        command: scene.names.fill(run),
        expected: scene.say(see, see_zh).to_owned(),
        effect: CommandEffect::Reads,
        decides: Vec::new(),
        compared: None,
    });
    steps.collect()
}

/// What is not known and would decide.
pub fn missing(scene: &Scene<'_>) -> Vec<Missing> {
    let all = &scene.reading.statements;
    let has = |sense: Sense| all.iter().any(|s| s.senses.has(sense) && s.is_evidence());
    let figures = all.iter().any(|s| s.is_bad() && s.text.contains('%'));
    let changes = all.iter().any(|s| s.change && s.is_evidence());
    let mut list: Vec<Missing> = unknown::missing(scene).into_iter().collect();
    let mut add = |wanted: bool, at: usize, what: [&str; 2], why: [&str; 2]| {
        if wanted {
            list.push(Missing {
                what: scene.say(what[0], what[1]).to_owned(),
                why: scene.say(why[0], why[1]).to_owned(),
                command: general(scene)[at].command.clone(),
            });
        }
    };
    add(
        !figures,
        0,
        [
            "How many requests fail or are slow, and since when exactly",
            "有多少请求失败或变慢，准确从何时开始",
        ],
        ["The severity rests on it, and the time points to the change", "定级取决于此，时间也指向变更"],
    );
    add(
        !changes,
        1,
        ["What was changed in the hours before", "故障前几小时有哪些变更"],
        ["Nothing on record could have set it off", "资料中没有可能的触发因素"],
    );
    add(
        !has(Sense::User),
        2,
        ["Who is affected", "影响了谁"],
        ["One page, region or client in common narrows the search", "共同的页面、地区或客户端能缩小范围"],
    );
    let logs = all.iter().any(|s| s.level.is_some() || s.finding.is_some());
    add(
        !logs,
        3,
        ["A log line or a trace of a failing request", "失败请求的日志或链路"],
        ["It names the part that fails", "它指明出问题的环节"],
    );
    list
}

/// Work for afterwards.
pub fn follow_ups(scene: &Scene<'_>) -> Vec<FollowUp> {
    let mut list: Vec<FollowUp> = Vec::new();
    if let Some(first) = scene.leading() {
        let roots = first.root.iter().map(|root| root.playbook);
        for index in [first.candidate.playbook].into_iter().chain(roots) {
            for task in scene.playbook(index).follow_ups() {
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
                format!("补上能在上线前拦住此类变更的检查：{words}")
            } else {
                format!("Add the check that would have stopped this change before production: {words}")
            };
            list.push(FollowUp { priority: "P1".to_owned(), text, owner: owner(scene, "service") });
        }
    }
    list.extend(alerting(scene));
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

/// Minutes from the onset to the first alert that are soon enough.
const SOON: i64 = 5;

/// What is to be done about the alerting: nothing where an alert came soon.
fn alerting(scene: &Scene<'_>) -> Option<FollowUp> {
    let onset = scene.onset?;
    let alerts = scene.reading.statements.iter().filter(|s| s.senses.has(Sense::Alert) && s.is_evidence());
    let first = alerts.filter(|s| !s.healthy).filter_map(|s| s.at).min();
    let text = match (first, scene.zh()) {
        (None, true) => format!("补充告警：本次 {} 起的故障没有告警记录", scene.clock(onset)),
        (None, false) => {
            format!("Add an alert for this failure: none is on record since {}", scene.clock(onset))
        }
        (Some(at), zh) => {
            let minutes = at.duration_since(onset).as_mins();
            if minutes <= SOON {
                return None;
            }
            let times = [scene.clock_near(onset), scene.clock_near(at)];
            if zh {
                format!("告警提前：从 {} 到 {} 过了 {minutes} 分钟才告警", times[0], times[1])
            } else {
                format!("Alert earlier: {minutes} min passed from {} to the alert at {}", times[0], times[1])
            }
        }
    };
    Some(FollowUp { priority: "P2".to_owned(), text, owner: owner(scene, "platform") })
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
