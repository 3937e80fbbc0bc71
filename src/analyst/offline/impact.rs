//! Who is hurt, and what can be told to those who wait for news: only what the evidence says.

use crate::analyst::offline::change::Change;
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::report::{
    Harm, bare_quote, confidence, harm, is_about_users, is_harmless, is_of_machines, symptoms, trouble,
};
use crate::analyst::offline::scene::{Scene, room, untimed};
use crate::analyst::offline::unknown;
use crate::evidence::lexicon::Sense;
use crate::evidence::provenance::FILL_IN;
use crate::evidence::statement::{Origin, Statement};
use crate::incident::triage::Confidence;

/// Most records quoted on customers.
const QUOTED_MAX: usize = 3;

/// Characters of one of them.
const WORDS: usize = 120;

/// Who is hurt and how, and below it the update for stakeholders.
pub fn impact(scene: &Scene<'_>) -> String {
    format!("{}\n\n{}", customers(scene), update(scene))
}

fn customers(scene: &Scene<'_>) -> String {
    if scene.ended.is_some() {
        return scene.say("No harm to users is on record.", "资料中没有用户受影响的记录。").to_owned();
    }
    let said = said(scene);
    if said.is_empty() {
        return if scene.zh() {
            format!("资料中没有客户影响的记录：{FILL_IN}（受影响的用户数量、功能与时长）。")
        } else {
            format!("Not recorded in the evidence: {FILL_IN} (how many customers, which function, how long).")
        };
    }
    let words: Vec<String> = said.iter().map(|words| format!("“{}”", bare_quote(words))).collect();
    let lasted = lasted(scene);
    if scene.zh() {
        format!("资料中关于客户影响的记录：{}。{lasted}受影响的用户数量：{FILL_IN}。", words.join("；"))
    } else {
        format!("On record: {}. {lasted}Number of customers: {FILL_IN}.", words.join("; "))
    }
}

/// From when to when, as a sentence.
fn lasted(scene: &Scene<'_>) -> String {
    let Some(onset) = scene.onset.map(|onset| scene.clock(onset)) else { return String::new() };
    match (harm(scene), scene.zh()) {
        (Harm::Over(ended), true) => format!("时间：{onset} 至 {}。", scene.clock(ended)),
        (Harm::Over(ended), false) => format!("From {onset} to {}. ", scene.clock(ended)),
        (_, true) => format!("自 {onset} 起，结束时间未见记录。"),
        (_, false) => format!("Since {onset}; no end is on record. "),
    }
}

/// The words of the records that are about users, those of one kind once.
fn said(scene: &Scene<'_>) -> Vec<String> {
    let mut users: Vec<&Statement<'_>> = symptoms(scene, 40);
    users.retain(|s| is_about_users(s) || s.text.contains('%') && !is_of_machines(s));
    // A heading names the incident, and a line of a log one request; people and alerts tell how many.
    let (telling, others): (Vec<_>, Vec<_>) = users.into_iter().partition(|s| {
        let logged = s.origin == Origin::Log || s.level.is_some();
        let heading = s.line == Some(1) && s.moments.is_empty() && !s.text.contains('%');
        !logged && !heading
    });
    let mut words: Vec<String> = Vec::new();
    let mut shapes: Vec<String> = Vec::new();
    let chosen = if telling.is_empty() { others } else { telling };
    for s in chosen {
        let text = untimed(s);
        let shape: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        if words.len() < QUOTED_MAX && !shapes.contains(&shape) {
            shapes.push(shape);
            words.push(phrase(text, 0, room(scene.zh(), text, WORDS)));
        }
    }
    words
}

/// The update for stakeholders: what is seen, what is thought, what was done, and when the next one comes.
fn update(scene: &Scene<'_>) -> String {
    let symptom = symptoms(scene, 1).first().map(|s| {
        let text = untimed(s);
        bare_quote(&phrase(text, 0, room(scene.zh(), text, WORDS))).to_owned()
    });
    let mut parts: Vec<String> = Vec::new();
    match symptom {
        _ if scene.ended.is_some() => {
            parts.push(
                scene
                    .say("The alert is over and nothing is wrong any more.", "告警已恢复，目前无异常。")
                    .to_owned(),
            );
            return labelled(scene, &parts);
        }
        _ if scene.steady || scene.leading().is_some_and(|first| is_harmless(scene, first)) => {}
        None => {}
        Some(symptom) if scene.zh() => parts.push(format!("{}（“{symptom}”）。", trouble(scene))),
        Some(symptom) => parts.push(format!("{} (“{symptom}”).", trouble(scene))),
    }
    if parts.is_empty() {
        let calm = scene.say("No failure is confirmed at this time.", "目前没有确认的故障。");
        parts.push(calm.to_owned());
    } else {
        parts.push(suspicion(scene));
        parts.extend(done(scene));
        let next = scene.say("Next update", "下次通报");
        parts.push(format!("{next}{}{FILL_IN}{}", scene.say(": ", "："), scene.say(".", "。")));
    }
    labelled(scene, &parts)
}

fn labelled(scene: &Scene<'_>, parts: &[String]) -> String {
    let label = scene.say("Update for stakeholders: ", "对外通报草稿：");
    format!("{label}{}", parts.join(scene.say(" ", "")))
}

fn suspicion(scene: &Scene<'_>) -> String {
    let known = scene.leading().filter(|first| !unknown::is_logged(scene, first));
    let Some(first) = known.filter(|first| !scene.playbook(first.candidate.playbook).mechanism.is_empty())
    else {
        return scene.say("The cause is being looked for.", "原因正在排查。").to_owned();
    };
    let title = scene.short(first.candidate.playbook);
    let change = Change::of(scene, first).map(|change| change.named(scene.zh()));
    let sure = confidence(scene, first.confidence);
    match (scene.zh(), change, first.confidence) {
        (true, Some(change), Confidence::High) => {
            format!("初步判断：{title}，与变更 {change} 有关，仍在核实。")
        }
        (true, ..) => format!("怀疑的原因：{title}（可信度：{sure}），尚未证实。"),
        (false, Some(change), Confidence::High) => {
            format!("Working assumption: {title}, set off by {change}; being verified.")
        }
        (false, ..) => format!("Suspected cause ({sure} confidence, not verified): {title}."),
    }
}

/// The last thing that was done, in the words of the evidence.
fn done(scene: &Scene<'_>) -> Option<String> {
    let acted = |s: &&Statement<'_>| {
        let late = s.at.zip(scene.onset).is_some_and(|(at, onset)| at >= onset);
        s.is_evidence()
            && late
            && s.origin == Origin::Prose
            && s.level.is_none()
            && s.senses.has(Sense::Action)
    };
    let last = scene.reading.statements.iter().filter(acted).max_by_key(|s| s.at)?;
    let (words, at) = (phrase(untimed(last), 0, WORDS), scene.clock_near(last.at?));
    Some(if scene.zh() {
        format!("已做：“{words}”（{at}）。")
    } else {
        format!("Done so far: “{words}” ({at}).")
    })
}
