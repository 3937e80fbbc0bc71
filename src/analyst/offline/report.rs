//! Summary, title, customer impact and the postmortem draft.

use jiff::Timestamp;

use crate::analyst::offline::belief::is_failing;
use crate::analyst::offline::cause;
use crate::analyst::offline::phrase::{self, phrase};
use crate::analyst::offline::scene::{Scene, excerpt, room, untimed};
use crate::analyst::offline::unknown;
use crate::analyst::offline::weigh::measures;
use crate::evidence::lexicon::{self, Sense};
use crate::evidence::provenance::FILL_IN;
use crate::evidence::statement::{Origin, Statement};
use crate::incident::triage::Triage;
use crate::incident::{Level, TimelineEntry, TimelineKind};

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
        Some(first) if unknown::is_logged(scene, first) => unknown::title(scene, first).unwrap_or_default(),
        Some(first) => {
            let title = scene.title(first.candidate.playbook);
            title.split([':', '：', '(', '（']).next().unwrap_or(title).trim().to_owned()
        }
        None => match symptoms(scene, 1).first() {
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
fn symptoms<'s>(scene: &'s Scene<'_>, wanted: usize) -> Vec<&'s Statement<'s>> {
    let mut scored: Vec<(i32, usize)> = Vec::new();
    for (number, s) in scene.reading.statements.iter().enumerate().take(4000) {
        if s.hostile
            || !(s.is_bad() || s.senses.has(Sense::Alert) || s.claim && s.senses.has(Sense::Bad))
            || s.healthy
        {
            continue;
        }
        let mut score = 0;
        score += if measures(s) && s.text.contains('%') { 4 } else { 0 };
        score +=
            if s.text.contains("->") || s.text.contains('→') || s.text.contains(" from ") { 3 } else { 0 };
        score += if is_about_users(s) { 2 } else { 0 };
        score -= if s.origin == Origin::Log && is_of_machines(s) { 6 } else { 0 };
        score += i32::from(s.at.is_some());
        score -= if s.claim { 4 } else { 0 };
        score -= if s.change { 2 } else { 0 };
        score += if s.finding.is_some() { 3 } else { 0 };
        score -= if s.origin == Origin::Log && !is_failing(s) { 5 } else { 0 };
        score += if s.origin == Origin::Log && s.level.is_some_and(Level::is_bad) { 2 } else { 0 };
        scored.push((score, number));
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().take(wanted).map(|(_, number)| &scene.reading.statements[number]).collect()
}

/// Whether its words, rather than the name of an account before them, are about users.
fn is_about_users(statement: &Statement<'_>) -> bool {
    lexicon::senses(phrase::bare(statement.text)).has(Sense::User)
}

/// Whether it measures a machine rather than what users get.
fn is_of_machines(statement: &Statement<'_>) -> bool {
    let lower = statement.text.to_lowercase();
    ["cpu", "memory", "disk", "heap", "_connections", "内存", "磁盘"].iter().any(|word| lower.contains(word))
}

/// What is going on, in a few sentences.
pub fn summary(scene: &Scene<'_>) -> String {
    let symptom = symptoms(scene, 1).first().map(|symptom| shown(scene, symptom));
    let onset = scene.onset_words();
    let service = scene.service();
    if scene.steady {
        return steady(scene, symptom);
    }
    let Some(first) = scene.leading() else {
        return unsure(scene, symptom, onset);
    };
    let cause = cause::cause(scene, first);
    if unknown::is_logged(scene, first) {
        return format!("{cause}{}{}", scene.say(".", "。"), state(scene));
    }
    let over = matches!(harm(scene), Harm::Over(_));
    let mut text = String::new();
    if scene.zh() {
        let subject = if service.is_empty() { "服务" } else { service };
        text.extend([subject, if over { " 曾出现异常" } else { " 出现异常" }]);
        text.push_str(&onset.map_or_else(String::new, |onset| format!("，约从 {onset} 开始")));
        text.push_str(&symptom.map_or_else(String::new, |symptom| format!("：{symptom}")));
        text.extend([format!("。最可能的原因（可信度：{}）：{cause}。", confidence_zh(scene))]);
    } else {
        text.push_str(if service.is_empty() { "The service" } else { service });
        text.push_str(if over { " was in trouble" } else { " is in trouble" });
        text.push_str(&onset.map_or_else(String::new, |onset| format!(" since about {onset}")));
        text.push_str(&symptom.map_or_else(String::new, |symptom| format!(": {symptom}")));
        text.extend([format!(". Most likely cause ({} confidence): {cause}.", first.confidence.name())]);
    }
    text.push_str(&state(scene));
    text
}

/// A symptom as a part of a sentence: a person's words as they are, a record's words in quotation marks.
fn shown(scene: &Scene<'_>, symptom: &Statement<'_>) -> String {
    let said = untimed(symptom);
    let max = room(scene.zh(), said, if symptom.origin == Origin::Prose { 120 } else { 70 });
    let words = phrase(said, 0, max);
    if symptom.origin == Origin::Prose && symptom.level.is_none() { words } else { format!("“{words}”") }
}

fn confidence_zh(scene: &Scene<'_>) -> &'static str {
    use crate::incident::triage::Confidence;
    match scene.leading().map(|first| first.confidence) {
        Some(Confidence::High) => "高",
        Some(Confidence::Medium) => "中",
        _ => "低",
    }
}

fn unsure(scene: &Scene<'_>, symptom: Option<String>, onset: Option<String>) -> String {
    match (scene.zh(), symptom) {
        (true, Some(symptom)) => format!(
            "资料不足，尚不能判断原因。目前只知道“{symptom}”{}。需要先了解：错误率与延迟指标、最近的发布与变更、影响范围（哪些用户、地区、页面）以及日志或链路。",
            onset.map_or_else(String::new, |onset| format!("（{onset}）"))
        ),
        (false, Some(symptom)) => format!(
            "There is not enough evidence to name a cause. What is known: “{symptom}”{}. Needed first: error rate and latency, recent deploys and changes, the scope (which users, region, page), and logs or a trace.",
            onset.map_or_else(String::new, |onset| format!(" ({onset})"))
        ),
        (true, None) => "目前的资料中没有发现异常。".to_owned(),
        (false, None) => "Nothing in the evidence shows a failure so far.".to_owned(),
    }
}

/// The summary of a log that holds nothing but background.
fn steady(scene: &Scene<'_>, symptom: Option<String>) -> String {
    match (scene.zh(), symptom) {
        (_, None) => unsure(scene, None, None),
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

/// How the harm that the log shows stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// No finding of harm.
    Unknown,
    /// It lasts.
    Lasts,
    /// It is over since then.
    Over(Timestamp),
}

fn harm(scene: &Scene<'_>) -> Harm {
    let bursts = scene.case.findings.iter().filter(|finding| {
        finding.level.is_some_and(Level::is_bad) && finding.strength >= 40 && finding.rate.is_some()
    });
    let ends: Vec<Option<Timestamp>> = bursts.map(|finding| finding.ended).collect();
    match ends.iter().max() {
        None => Harm::Unknown,
        Some(Some(last)) if ends.iter().all(Option::is_some) => Harm::Over(*last),
        Some(_) => Harm::Lasts,
    }
}

/// Whether it is over, where findings say so.
fn state(scene: &Scene<'_>) -> String {
    match harm(scene) {
        Harm::Unknown => String::new(),
        Harm::Over(ended) => {
            let at = ended.strftime("%H:%M:%S UTC");
            if scene.zh() {
                format!("日志显示异常已于 {at} 结束。")
            } else {
                format!(" By the log it ended at {at}.")
            }
        }
        Harm::Lasts => scene.say(" By the log it is still going on.", "日志显示异常仍在持续。").to_owned(),
    }
}

/// Who is hurt and how, as far as the evidence says.
pub fn impact(scene: &Scene<'_>) -> String {
    let said: Vec<String> = {
        let mut users: Vec<&Statement<'_>> = symptoms(scene, 40);
        users.retain(|s| is_about_users(s) || s.text.contains('%') && !is_of_machines(s));
        users.truncate(3);
        let mut words: Vec<String> = users
            .iter()
            .map(|s| format!("“{}”", phrase(untimed(s), 0, room(scene.zh(), s.text, 120))))
            .collect();
        words.dedup();
        words
    };
    match (scene.zh(), said.is_empty()) {
        (true, true) => {
            format!("客户影响尚不清楚，资料中没有记录：{FILL_IN}（受影响的用户数量、功能与时长）。")
        }
        (true, false) => {
            format!("资料中关于客户影响的记录：{}。受影响的用户数量与持续时长：{FILL_IN}。", said.join("；"))
        }
        (false, true) => {
            format!("Not recorded in the evidence: {FILL_IN} (how many customers, which function, how long).")
        }
        (false, false) => format!(
            "What the evidence says about customers: {}. Number of customers and duration: {FILL_IN}.",
            said.join("; ")
        ),
    }
}

/// Postmortem draft in Markdown, from the facts of the other sections.
pub fn postmortem(scene: &Scene<'_>, triage: &Triage) -> String {
    let mut out = format!("# {}\n", triage.title);
    let mut section = |en: &str, zh: &str, body: String| {
        out.extend([format!("\n## {}\n\n{}\n", scene.say(en, zh), body.trim_end())]);
    };
    section("Summary", "摘要 (Summary)", or_fill(&triage.summary));
    let line = |entry: &TimelineEntry| {
        let mark = if entry.date_assumed { " *" } else { "" };
        format!("- {}{mark} — {}", entry.at.strftime("%Y-%m-%d %H:%M:%S"), entry.text)
    };
    let timeline: Vec<String> = triage.timeline.iter().map(line).collect();
    let assumed = triage.timeline.iter().any(|entry| entry.date_assumed);
    let note = if assumed { scene.say("\n\n\\* date inferred", "\n\n\\* 日期为推断") } else { "" };
    section("Timeline (UTC)", "时间线 (Timeline, UTC)", or_fill(&timeline.join("\n")) + note);
    section("Impact", "影响 (Impact)", or_fill(&triage.customer_impact));
    let leading = scene.leading().and(triage.hypotheses.first());
    section(
        "Root cause",
        "根因 (Root cause)",
        leading.map_or_else(|| FILL_IN.to_owned(), |first| first.cause.clone()),
    );
    section("Detection", "发现 (Detection)", or_fill(&of_kind(triage, TimelineKind::Alert)));
    section("Response", "处置 (Response)", or_fill(&of_kind(triage, TimelineKind::Action)));
    section("What went well", "做得好的 (What went well)", went_well(scene, triage));
    section("What went poorly", "做得不好的 (What went poorly)", went_poorly(scene, triage));
    let items: Vec<String> = triage
        .follow_ups
        .iter()
        .map(|item| format!("- [ ] {} {} — {}", item.priority, item.text, item.owner))
        .collect();
    section("Action items", "行动项 (Action items)", or_fill(&items.join("\n")));
    out
}

fn or_fill(text: &str) -> String {
    if text.trim().is_empty() { FILL_IN.to_owned() } else { text.to_owned() }
}

fn of_kind(triage: &Triage, kind: TimelineKind) -> String {
    let lines = triage.timeline.iter().filter(|entry| entry.kind == kind);
    lines
        .map(|entry| format!("- {} {}", entry.at.strftime("%H:%M"), entry.text))
        .collect::<Vec<_>>()
        .join("\n")
}

fn went_well(scene: &Scene<'_>, triage: &Triage) -> String {
    let alert = triage.timeline.iter().find(|entry| entry.kind == TimelineKind::Alert);
    match (alert, scene.zh()) {
        (Some(alert), true) => format!("- 监控已告警：{}", alert.text),
        (Some(alert), false) => format!("- Monitoring raised an alert: {}", alert.text),
        (None, _) => FILL_IN.to_owned(),
    }
}

fn went_poorly(scene: &Scene<'_>, triage: &Triage) -> String {
    let mut lines: Vec<String> =
        triage.contradictions.iter().map(|item| format!("- {}", item.text)).collect();
    let told = |s: &&Statement<'_>| {
        triage.contradictions.iter().flat_map(|item| &item.quotes).all(|quote| quote.place != s.place)
    };
    for statement in scene.reading.statements.iter().filter(|s| s.claim && !s.hostile).filter(told).take(3) {
        let words = excerpt(untimed(statement), 0, 100);
        lines.push(if scene.zh() {
            format!("- 早期猜测，未被证实：{words}")
        } else {
            format!("- Early guess that the evidence does not show: {words}")
        });
    }
    or_fill(&lines.join("\n"))
}
