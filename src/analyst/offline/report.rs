//! Title and summary, and what they share with the other texts: the symptoms, and whether it is over.

use jiff::Timestamp;

use crate::analyst::offline::belief::Belief;
use crate::analyst::offline::belief::is_failing;
use crate::analyst::offline::cause;
use crate::analyst::offline::phrase::{self, phrase};
use crate::analyst::offline::scene::{Scene, room, untimed};
use crate::analyst::offline::severity;
use crate::analyst::offline::unknown;
use crate::analyst::offline::weigh::measures;
use crate::evidence::lexicon::{self, Sense};
use crate::evidence::statement::{Origin, Statement};
use crate::incident::Level;
use crate::incident::triage::Confidence;

/// One line that names the incident.
pub fn title(scene: &Scene<'_>) -> String {
    if !scene.case.title.is_empty() {
        return scene.case.title.clone();
    }
    let service = scene.service();
    let what = match scene.leading() {
        _ if scene.steady => scene
            .say("nothing notable: few errors at an even rate", "无明显异常：少量错误且频率平稳")
            .to_owned(),
        _ if scene.ended.is_some() => {
            scene.say("over, nothing wrong any more", "已恢复，目前无异常").to_owned()
        }
        Some(first) if unknown::is_logged(scene, first) => unknown::title(scene, first).unwrap_or_default(),
        Some(first) => scene.short(first.candidate.playbook),
        None => match symptoms(scene, 1).first().copied().or_else(|| reported(scene)) {
            Some(symptom) => phrase(untimed(symptom), 0, 60),
            None => scene.say("nothing notable so far", "暂无异常").to_owned(),
        },
    };
    match (service.is_empty(), scene.zh()) {
        (true, _) => what,
        (false, true) => format!("{service}：{what}"),
        (false, false) => format!("{service}: {what}"),
    }
}

/// What users and measurements showed, the most telling first.
pub(super) fn symptoms<'s>(scene: &'s Scene<'_>, wanted: usize) -> Vec<&'s Statement<'s>> {
    let all = scene.symptoms.get_or_init(|| by_weight(scene));
    all.iter().take(wanted).map(|&number| &scene.reading.statements[number]).collect()
}

/// All statements that show a symptom, the most telling first.
fn by_weight(scene: &Scene<'_>) -> Vec<usize> {
    let mut scored: Vec<(i32, usize)> = Vec::new();
    for (number, s) in scene.reading.statements.iter().enumerate().take(4000) {
        if s.hostile
            || !(s.is_bad() || s.senses.has(Sense::Alert) || s.claim && s.senses.has(Sense::Bad))
            || s.healthy
        {
            continue;
        }
        let mut score = 0;
        let machines = is_of_machines(s);
        score += if measures(s) && s.text.contains('%') && !machines { 4 } else { 0 };
        score += if is_of_requests(s) && !machines { 2 } else { 0 };
        score += if s.text.trim_start_matches("->").contains("->")
            || s.text.contains('→')
            || s.text.contains(" from ")
        {
            3
        } else {
            0
        };
        score += if is_about_users(s) { 2 } else { 0 };
        score -= if s.origin == Origin::Log && machines { 6 } else { 0 };
        score += i32::from(s.at.is_some());
        score -= if s.claim { 4 } else { 0 };
        score -= if s.change { 2 } else { 0 };
        score += if s.finding.is_some() { 3 } else { 0 };
        score -= if s.origin == Origin::Log && !is_failing(s) { 5 } else { 0 };
        score += if s.origin == Origin::Log && s.level.is_some_and(Level::is_bad) { 2 } else { 0 };
        scored.push((score, number));
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, number)| number).collect()
}

/// Whether its words, rather than the name of an account before them, are about users.
pub(super) fn is_about_users(statement: &Statement<'_>) -> bool {
    let never = statement.origin == Origin::Prose && !statement.senses.has(Sense::User);
    let about = || lexicon::senses(phrase::bare(statement.text)).has(Sense::User);
    !never && *statement.words.asides().users.get_or_init(about)
}

/// Whether it measures a machine rather than what users get.
pub(super) fn is_of_machines(statement: &Statement<'_>) -> bool {
    const WORDS: [&str; 17] = [
        "cpu",
        "memory",
        "disk",
        "heap",
        "_connections",
        "io wait",
        "iowait",
        "iops",
        "inode",
        "swap",
        "throttl",
        "heartbeat",
        "load average",
        "sectors",
        "df -",
        "内存",
        "磁盘",
    ];
    let lower = statement.words.lower();
    *statement.words.asides().machines.get_or_init(|| WORDS.iter().any(|word| lower.contains(word)))
}

/// Whether it tells what becomes of requests: what those who wait for news ask about.
fn is_of_requests(statement: &Statement<'_>) -> bool {
    const WORDS: [&str; 14] = [
        "5xx",
        "error rate",
        "error ratio",
        "errors",
        "timeouts",
        "time out",
        "p99",
        "p95",
        "fail",
        "latency",
        "错误率",
        "超时",
        "失败",
        "延迟",
    ];
    let lower = statement.words.lower();
    statement.origin == Origin::Prose
        && statement.level.is_none()
        && *statement.words.asides().requests.get_or_init(|| WORDS.iter().any(|word| lower.contains(word)))
}

/// What is going on, in a few sentences.
pub fn summary(scene: &Scene<'_>) -> String {
    let symptom = symptoms(scene, 1).first().map(|symptom| shown(scene, symptom));
    if scene.steady {
        return steady(scene, symptom);
    }
    if let Some(closing) = scene.ended {
        let alerted =
            scene.reading.statements[..closing].iter().find(|s| s.is_bad() || s.senses.has(Sense::Alert));
        return over(scene, scene.statement(closing), alerted.map(|s| shown(scene, s)));
    }
    let Some(first) = scene.leading() else {
        let said = symptom.or_else(|| reported(scene).map(|s| shown(scene, s)));
        return unsure(scene, said);
    };
    let cause = cause::cause(scene, first);
    if unknown::is_logged(scene, first) {
        return format!("{cause}{}{}", scene.say(".", "。"), state(scene));
    }
    let sure = confidence(scene, first.confidence);
    if is_harmless(scene, first) {
        return if scene.zh() {
            format!("资料中没有用户受影响的记录。最可能的解释（可信度：{sure}）：{cause}。{}", state(scene))
        } else {
            format!(
                "No harm to users is on record. Likeliest reading ({sure} confidence): {cause}.{}",
                state(scene)
            )
        };
    }
    let mut text = trouble(scene);
    let colon = scene.say(": ", "：");
    text.push_str(&symptom.map_or_else(String::new, |symptom| format!("{colon}{symptom}")));
    let likely = if scene.zh() {
        format!("。最可能的原因（可信度：{sure}）：{cause}。")
    } else {
        format!(". Most likely cause ({sure} confidence): {cause}.")
    };
    text.extend([likely, state(scene)]);
    text
}

/// Whether what leads hurts nobody by itself: refused attempts, an alert of the monitoring's own making.
pub(super) fn is_harmless(scene: &Scene<'_>, first: &Belief) -> bool {
    let playbook = scene.playbook(first.candidate.playbook);
    playbook.harmless || severity::ARTEFACTS.contains(&playbook.id.as_str())
}

/// Which service is in trouble and since when, without a full stop.
pub(super) fn trouble(scene: &Scene<'_>) -> String {
    let onset = scene.onset.map(|onset| scene.clock(onset));
    let service = scene.service();
    let over = matches!(harm(scene), Harm::Over(_));
    let mut text = String::new();
    if scene.zh() {
        text.push_str(if service.is_empty() { "服务" } else { service });
        text.push_str(if service.is_empty() { "" } else { " " });
        match (onset, over) {
            (Some(onset), true) => text.extend(["自 ", &onset, " 起曾出现异常"]),
            (Some(onset), false) => text.extend(["自 ", &onset, " 起出现异常"]),
            (None, true) => text.push_str("曾出现异常"),
            (None, false) => text.push_str("出现异常"),
        }
    } else {
        text.push_str(if service.is_empty() { "The service" } else { service });
        match (onset, over) {
            (Some(onset), true) => text.extend([" was in trouble from ", &onset]),
            (Some(onset), false) => text.extend([" has been in trouble since ", &onset]),
            (None, true) => text.push_str(" was in trouble"),
            (None, false) => text.push_str(" is in trouble"),
        }
    }
    text
}

/// A symptom as a part of a sentence: a person's words as they are, a record's words in quotation marks.
fn shown(scene: &Scene<'_>, symptom: &Statement<'_>) -> String {
    let said = untimed(symptom);
    let max = room(scene.zh(), said, if symptom.origin == Origin::Prose { 120 } else { 70 });
    let words = phrase(said, 0, max);
    if symptom.origin == Origin::Prose && symptom.level.is_none() { words } else { format!("“{words}”") }
}

/// How sure, in words.
pub(super) fn confidence(scene: &Scene<'_>, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => scene.say("high", "高"),
        Confidence::Medium => scene.say("medium", "中"),
        Confidence::Low => scene.say("low", "低"),
    }
}

fn unsure(scene: &Scene<'_>, symptom: Option<String>) -> String {
    let since = scene.onset.map(|onset| scene.clock(onset));
    if let Some(over) = scene.over {
        let words = shown(scene, scene.statement(over));
        let words = bare_quote(&words);
        return if scene.zh() {
            format!("证据表明已恢复（“{words}”），目前没有异常。原因未知，资料中没有指向具体机制的记录。")
        } else {
            format!(
                "By the evidence it is over (“{words}”), and nothing is wrong any longer. What it was is not known."
            )
        };
    }
    match (scene.zh(), symptom) {
        (true, Some(symptom)) => format!(
            "资料不足，尚不能判断原因。目前只知道“{}”{}。需要先了解：错误率与延迟指标、最近的发布与变更、影响范围（哪些用户、地区、页面）以及日志或链路。",
            bare_quote(&symptom),
            since.map_or_else(String::new, |since| format!("（{since}）"))
        ),
        (false, Some(symptom)) => format!(
            "There is not enough evidence to name a cause. What is known: “{}”{}. Needed first: error rate and latency, recent deploys and changes, the scope (which users, region, page), and logs or a trace.",
            bare_quote(&symptom),
            since.map_or_else(String::new, |since| format!(" ({since})"))
        ),
        (true, None) => "目前的资料中没有发现异常。".to_owned(),
        (false, None) => "Nothing in the evidence shows a failure so far.".to_owned(),
    }
}

/// The summary of what is over: how it was closed, and what had been seen.
fn over(scene: &Scene<'_>, closing: &Statement<'_>, symptom: Option<String>) -> String {
    let closed = phrase(untimed(closing), 0, 80);
    let closed = bare_quote(&closed);
    let since = scene.onset.map(|onset| scene.clock(onset)).unwrap_or_default();
    match (scene.zh(), symptom) {
        (false, Some(symptom)) => format!(
            "Nothing is wrong any more: “{closed}”. What was seen{}{since}: “{}”. No harm to users is on record.",
            if since.is_empty() { "" } else { " at " },
            bare_quote(&symptom)
        ),
        (false, None) => format!("Nothing is wrong any more: “{closed}”."),
        (true, Some(symptom)) => format!(
            "目前已无异常：“{closed}”。此前{since}{}看到：“{}”。资料中没有用户受影响的记录。",
            if since.is_empty() { "" } else { " " },
            bare_quote(&symptom)
        ),
        (true, None) => format!("目前已无异常：“{closed}”。"),
    }
}

/// What is known where no mechanism is: a failure, else what a person reports.
pub(super) fn reported<'s>(scene: &'s Scene<'_>) -> Option<&'s Statement<'s>> {
    let all = || scene.reading.statements.iter().filter(|s| !s.hostile && !s.healthy);
    let claimed = all().find(|s| s.claim && s.senses.has(Sense::Bad));
    let plain = |s: &&Statement<'_>| scene.thin && s.origin == Origin::Prose && !s.text.starts_with('#');
    all().find(|s| s.is_bad()).or(claimed).or_else(|| all().find(plain))
}

/// Words without the quotation marks around all of them.
pub(super) fn bare_quote(words: &str) -> &str {
    words.strip_prefix('“').and_then(|words| words.strip_suffix('”')).unwrap_or(words)
}

/// The summary of a log that holds nothing but background.
fn steady(scene: &Scene<'_>, symptom: Option<String>) -> String {
    match (scene.zh(), symptom) {
        (_, None) => unsure(scene, None),
        (false, Some(symptom)) => format!(
            "Nothing notable: a few errors come at an even rate, among them {symptom}. No burst, no change of rate and no limit reached is on record."
        ),
        (true, Some(symptom)) => {
            format!(
                "无明显异常：少量错误以平稳的频率出现，例如{symptom}。没有突增、频率变化或达到上限的记录。"
            )
        }
    }
}

/// How the harm stands, by the log, or else by what people say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// Nothing says.
    Unknown,
    /// The log shows that it lasts.
    Lasts,
    /// The log shows that it is over since then.
    Over(Timestamp),
}

pub(super) fn harm(scene: &Scene<'_>) -> Harm {
    let bursts = scene.case.findings.iter().filter(|finding| {
        finding.level.is_some_and(Level::is_bad) && finding.strength >= 40 && finding.rate.is_some()
    });
    let ends: Vec<Option<Timestamp>> = bursts.map(|finding| finding.ended).collect();
    let said = scene.over.and_then(|number| scene.statement(number).at);
    match ends.iter().max() {
        None => said.map_or(Harm::Unknown, Harm::Over),
        Some(Some(last)) if ends.iter().all(Option::is_some) => Harm::Over(*last),
        Some(_) => Harm::Lasts,
    }
}

/// Whether it is over, where findings say so.
fn state(scene: &Scene<'_>) -> String {
    match harm(scene) {
        Harm::Unknown => String::new(),
        Harm::Over(ended) => {
            let at = scene.clock(ended);
            if scene.zh() {
                format!("证据显示异常已于 {at} 结束。")
            } else {
                format!(" By the evidence it ended at {at}.")
            }
        }
        Harm::Lasts => scene.say(" By the log it is still going on.", "日志显示异常仍在持续。").to_owned(),
    }
}
