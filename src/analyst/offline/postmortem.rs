//! The postmortem draft, filled as far as the evidence goes.

use crate::analyst::offline::report::confidence;
use crate::analyst::offline::scene::{Scene, excerpt, untimed};
use crate::evidence::provenance::FILL_IN;
use crate::evidence::statement::Statement;
use crate::incident::triage::{Contradiction, HypothesisStatus, Triage};
use crate::incident::{TimelineEntry, TimelineKind};

/// Minutes from the onset to the first alert, from which on the alert came late.
const LATE: i64 = 10;

/// The draft in Markdown, from the facts of the other sections.
pub fn postmortem(scene: &Scene<'_>, triage: &Triage) -> String {
    let mut out = format!("# {}\n", triage.title);
    let mut section = |en: &str, zh: &str, body: String| {
        out.extend([format!("\n## {}\n\n{}\n", scene.say(en, zh), body.trim_end())]);
    };
    section("Summary", "摘要", or_fill(&triage.summary));
    section("Timeline (UTC)", "时间线（UTC）", or_fill(&timeline(scene, triage)));
    let impact = triage.customer_impact.split("\n\n").next().unwrap_or_default();
    section("Impact", "影响", or_fill(impact));
    section("Root cause", "根因", root_cause(scene, triage));
    section("Detection", "发现", or_fill(&detection(scene, triage)));
    section("Response", "处置", or_fill(&response(scene, triage)));
    let (well, poorly) = lessons(scene, triage);
    section("What went well", "做得好的", or_fill(&well.join("\n")));
    section("What went poorly", "做得不好的", or_fill(&poorly.join("\n")));
    let items: Vec<String> = triage
        .follow_ups
        .iter()
        .map(|item| format!("- [ ] {} {} — {}", item.priority, item.text, item.owner))
        .collect();
    section("Action items", "行动项", or_fill(&items.join("\n")));
    out
}

fn or_fill(text: &str) -> String {
    if text.trim().is_empty() { FILL_IN.to_owned() } else { text.to_owned() }
}

fn timeline(scene: &Scene<'_>, triage: &Triage) -> String {
    let line = |entry: &TimelineEntry| {
        let mark = if entry.date_assumed { " *" } else { "" };
        let local = scene.local(entry.at).map(|local| format!(" / {local}")).unwrap_or_default();
        format!("- {}{local}{mark} — {}", entry.at.strftime("%Y-%m-%d %H:%M:%S"), entry.text)
    };
    let mut lines: Vec<String> = triage.timeline.iter().map(line).collect();
    if triage.timeline.iter().any(|entry| entry.date_assumed) {
        lines.push(scene.say("\n\\* date inferred", "\n\\* 日期为推断").to_owned());
    }
    lines.join("\n")
}

/// The leading cause with how far it is established.
fn root_cause(scene: &Scene<'_>, triage: &Triage) -> String {
    let Some((belief, first)) = scene.leading().zip(triage.hypotheses.first()) else {
        return FILL_IN.to_owned();
    };
    let sure = confidence(scene, first.confidence);
    match (belief.status, scene.zh()) {
        (HypothesisStatus::Confirmed, _) => first.cause.clone(),
        (_, true) => format!("尚未确认（可信度：{sure}）：{}", first.cause),
        (_, false) => format!("Not confirmed yet ({sure} confidence): {}", first.cause),
    }
}

fn of_kind(triage: &Triage, kind: TimelineKind) -> impl Iterator<Item = &TimelineEntry> {
    triage.timeline.iter().filter(move |entry| entry.kind == kind)
}

/// Minutes from the onset to an entry; absent where either is unknown or it came before.
fn delay(scene: &Scene<'_>, entry: &TimelineEntry) -> Option<i64> {
    let gap = entry.at.duration_since(scene.onset?);
    (!gap.is_negative()).then(|| gap.as_secs() / 60)
}

fn detection(scene: &Scene<'_>, triage: &Triage) -> String {
    let alert = of_kind(triage, TimelineKind::Alert).next();
    let entry = alert.or_else(|| of_kind(triage, TimelineKind::Symptom).next());
    let Some(entry) = entry else { return String::new() };
    let at = scene.clock_near(entry.at);
    let how = match (alert.is_some(), scene.zh()) {
        (true, true) => "由告警发现",
        (true, false) => "By an alert",
        (false, true) => "没有告警记录；最早的迹象",
        (false, false) => "No alert is on record; the first sign",
    };
    let after = delay(scene, entry).filter(|&minutes| alert.is_some() && minutes > 0);
    match (scene.zh(), after) {
        (true, Some(minutes)) => format!("- {how}（{at}，故障开始后 {minutes} 分钟）：{}", entry.text),
        (true, None) => format!("- {how}（{at}）：{}", entry.text),
        (false, Some(minutes)) => format!("- {how} at {at}, {minutes} min after the onset: {}", entry.text),
        (false, None) => format!("- {how} at {at}: {}", entry.text),
    }
}

fn response(scene: &Scene<'_>, triage: &Triage) -> String {
    let lines = of_kind(triage, TimelineKind::Action);
    let lines: Vec<String> =
        lines.map(|entry| format!("- {} {}", scene.clock_near(entry.at), entry.text)).collect();
    lines.join("\n")
}

/// What went well and what went poorly, as far as the evidence shows it.
fn lessons(scene: &Scene<'_>, triage: &Triage) -> (Vec<String>, Vec<String>) {
    let (mut well, mut poorly) = (Vec::new(), Vec::new());
    let alert = of_kind(triage, TimelineKind::Alert).next();
    match alert.and_then(|alert| delay(scene, alert).map(|minutes| (alert, minutes))) {
        Some((_, minutes)) if minutes > LATE => poorly.push(if scene.zh() {
            format!("- 首个告警在故障开始 {minutes} 分钟后才出现")
        } else {
            format!("- The first alert came {minutes} min after the onset")
        }),
        Some((_, minutes)) => well.push(if scene.zh() {
            format!("- 故障开始后 {minutes} 分钟内已有告警")
        } else {
            format!("- An alert came within {minutes} min of the onset")
        }),
        None => {}
    }
    let claimed = |item: &&Contradiction| {
        item.quotes.iter().any(|quote| {
            scene.reading.statements.iter().any(|s| s.claim && !s.hostile && s.place == quote.place)
        })
    };
    let told: Vec<&Contradiction> = triage.contradictions.iter().filter(claimed).collect();
    poorly.extend(told.iter().map(|item| format!("- {}", item.text)));
    let open = |s: &&Statement<'_>| {
        s.claim && !s.hostile && told.iter().flat_map(|item| &item.quotes).all(|quote| quote.place != s.place)
    };
    for statement in scene.reading.statements.iter().filter(open).take(2) {
        let words = excerpt(untimed(statement), 0, 100);
        poorly.push(if scene.zh() {
            format!("- 早期说法，资料中没有证据：“{words}”")
        } else {
            format!("- Said early on, and nothing in the evidence shows it: “{words}”")
        });
    }
    (well, poorly)
}
