//! Severity by the written policy `prompts/severity.md`: the first rule that the evidence meets decides and is named.

use crate::analyst::offline::belief::{Belief, is_failing};
use crate::analyst::offline::ended;
use crate::analyst::offline::phrase::phrase;
use crate::analyst::offline::playbook::percents;
use crate::analyst::offline::report::{bare_quote, symptoms};
use crate::analyst::offline::scene::{Scene, untimed};
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Origin, Shares, Statement, fractions, is_gone, without_references};
use crate::incident::triage::{Severity, SeverityLevel};
use crate::incident::{Finding, FindingKind, Level};

mod words;

use words::{
    CALLS, CORE, ERRORS, GOOD, LOSS, NO_HARM, NOT_ERRORS, OF, PARTIAL, PAST, SHARES, SITES, SOON, TOTAL,
};

/// Share of the requests, percent, from which a core function fails for most users: those who try again meet it, too.
const MOST: f64 = 35.0;

/// The level and the rule that gives it.
pub fn judge(scene: &Scene<'_>) -> Severity {
    if scene.steady {
        return quiet(scene);
    }
    if let Some(closing) = scene.ended {
        return rule(scene, SeverityLevel::Sev4, 'G', scene.statement(closing));
    }
    let judged = calm(scene, by_rules(scene));
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

/// What is over, or but an alert of the monitoring's own making, is no outage any more; a loss stays one.
fn calm(scene: &Scene<'_>, judged: Severity) -> Severity {
    let lost = scene.say("Rule A", "规则 A");
    if judged.level >= SeverityLevel::Sev3 || judged.reasoning.starts_with(lost) {
        return judged;
    }
    let artefact = scene.leading().filter(|first| is_artefact(scene, first));
    if let Some(carrier) = artefact.and_then(|first| first.candidate.carriers.first()) {
        return rule(scene, SeverityLevel::Sev3, 'E', scene.statement(carrier.statement));
    }
    scene.over.map_or(judged, |number| rule(scene, SeverityLevel::Sev3, 'H', scene.statement(number)))
}

/// The playbooks of alerts without an incident.
pub(super) const ARTEFACTS: [&str; 5] =
    ["monitoring-artefact", "seasonal-dip", "late-alert", "load-test", "planned-work"];

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
    let avoided = |s: &Statement<'_>| has(s, &["avoid", "prevent", "no data loss", "避免", "防止"]);
    let find = |words: &[&str]| bad.iter().copied().find(|s| has(s, words));
    let uneven = |s: &Statement<'_>| {
        failing(s).is_some_and(|share| share >= 20.0)
            && percents(s.text).any(|share| share >= 95.0)
            && s.text.matches('%').count() > 2
    };
    let told = |s: &Statement<'_>| failing(s).or_else(|| counted(s)).or_else(|| spoken(s));
    let share = all.iter().filter_map(|s| told(s).map(|share| (share, *s)));
    let worst = share.max_by(|a, b| a.0.total_cmp(&b.0));
    let known = !scene.thin && (scene.leading().is_some() || bad.len() >= 2);
    if let Some(s) = all.iter().copied().find(|s| !s.healthy && has(s, LOSS) && !avoided(s)) {
        return rule(scene, SeverityLevel::Sev1, 'A', s);
    }
    let complained = bad.iter().any(|s| has(s, COMPLAINTS) && !s.text.contains('%'));
    let total = find(TOTAL).or(worst.filter(|(share, _)| *share >= MOST).map(|(_, s)| s));
    let none = all.iter().copied().find(|s| none_left(s));
    if let Some(s) = total.filter(|_| known).or(none) {
        // Calls to one dependency are a part of what is done for users.
        let partial = (has(s, PARTIAL) || has(s, CALLS)) && !has(s, TOTAL) || all.iter().any(|s| uneven(s));
        let level = if partial { SeverityLevel::Sev2 } else { SeverityLevel::Sev1 };
        return rule(scene, level, if partial { 'C' } else { 'B' }, s);
    }
    if let Some(s) = all.iter().copied().find(|s| has(s, SOON)).filter(|_| known) {
        return rule(scene, SeverityLevel::Sev2, 'D', s);
    }
    if let Some(s) = all.iter().copied().find(|s| has(s, NO_HARM) && !s.change && !has(s, &["expected"])) {
        return rule(scene, SeverityLevel::Sev4, 'G', s);
    }
    if let Some((_, s)) = worst.filter(|(share, _)| *share >= 5.0) {
        return rule(scene, SeverityLevel::Sev2, 'C', s);
    }
    if let Some((_, s)) = worst.filter(|(share, _)| *share > 0.0 && !complained) {
        return rule(scene, SeverityLevel::Sev3, 'E', s);
    }
    if let Some(severity) = unmeasured(scene, &all, &bad).filter(|_| known) {
        return severity;
    }
    let complaint = all.iter().copied().find(|s| has(s, COMPLAINTS) && !s.healthy);
    // Without a word of failure it is still what users came for that they miss.
    if let Some(s) = complaint.filter(|s| bad.is_empty() && known && has(s, CORE)) {
        return rule(scene, SeverityLevel::Sev2, 'D', s);
    }
    let carrier = scene.leading().and_then(|first| first.candidate.carriers.first());
    let carried = carrier.map(|carrier| scene.statement(carrier.statement));
    let shown = symptoms(scene, 1).first().copied().filter(|s| s.is_evidence());
    let shown = shown.or_else(|| bad.first().copied()).or_else(|| reported(scene));
    match shown.or(complaint).or(carried) {
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

/// Failures that are reported without a share: rule D.
fn unmeasured(scene: &Scene<'_>, all: &[&Statement<'_>], bad: &[&Statement<'_>]) -> Option<Severity> {
    let failing = |s: &&&Statement<'_>| (has(s, ERRORS) || s.level.is_some_and(Level::is_bad)) && !s.healthy;
    let errors: Vec<&Statement<'_>> = bad.iter().filter(failing).copied().collect();
    let paged = all.iter().any(|s| s.senses.has(Sense::Alert) && !s.text.contains("warning "));
    let free =
        all.iter().any(|s| has(s, &["no errors", "no error", "无报错", "没有报错"]) && s.text.len() < 120);
    if let Some(s) = scene.reading.statements.iter().find(|s| is_outcry(s)) {
        // Many who complain are hurt, whatever words they have for it.
        return Some(rule(scene, SeverityLevel::Sev2, 'D', s));
    }
    if !free {
        if let Some(s) = errors.iter().copied().find(|s| has(s, CORE) && (s.senses.has(Sense::User) || paged))
        {
            return Some(rule(scene, SeverityLevel::Sev2, 'D', s));
        }
        let told =
            |s: &&Statement<'_>| s.senses.has(Sense::User) || s.origin == Origin::Prose && s.level.is_none();
        let logged = errors.iter().any(|s| s.level.is_some_and(Level::is_bad));
        let reported = bad.iter().any(|s| if logged { told(s) } else { s.senses.has(Sense::User) });
        if let Some(s) = errors.first().filter(|_| (paged || reported) && errors.len() >= 2) {
            return Some(rule(scene, SeverityLevel::Sev2, 'D', s));
        }
        let burst = errors.iter().copied().find(|s| s.finding.is_some_and(is_burst) && is_failing(s));
        if let Some(s) = burst {
            return Some(rule(scene, SeverityLevel::Sev2, 'D', s));
        }
    }
    None
}

/// Whether a statement holds one of `words`.
fn has(statement: &Statement<'_>, words: &[&str]) -> bool {
    words::has(&statement.words, words)
}

/// What a person says is wrong, be it a guess.
fn reported<'s>(scene: &'s Scene<'_>) -> Option<&'s Statement<'s>> {
    let says =
        |s: &&Statement<'_>| s.claim || s.origin == Origin::Prose && s.senses.has(Sense::Bad) && !s.healthy;
    let shown = scene.leading().filter(|first| !is_artefact(scene, first));
    let carrier = shown.and_then(|first| first.candidate.carriers.first());
    let told = || scene.reading.statements.iter().filter(|s| !s.hostile);
    let plain = |s: &&Statement<'_>| scene.thin && s.origin == Origin::Prose && !s.healthy;
    told()
        .find(says)
        .or(carrier.map(|carrier| scene.statement(carrier.statement)))
        .or_else(|| told().find(plain))
}

/// Whether what leads is no failure of the service.
fn is_artefact(scene: &Scene<'_>, first: &Belief) -> bool {
    ARTEFACTS.contains(&scene.playbook(first.candidate.playbook).id.as_str())
}

/// Customers who say so themselves.
const COMPLAINTS: &[&str] = &[
    "support",
    "customers say",
    "complain",
    "tickets",
    "care desk",
    "客服",
    "投诉",
    "工单",
    "用户说",
    "用户反馈",
];

/// `30 tickets`, `60+ such contacts`, `CS flood`: complaints in numbers.
fn is_outcry(statement: &Statement<'_>) -> bool {
    const FLOOD: [&str; 6] = ["flood", "hundreds", "thousands", "dozens", "几百", "大量"];
    const FROM: [&str; 9] =
        ["support", "cs ", "customers", "care desk", "hotline", "tickets", "客服", "投诉", "工单"];
    const NOUNS: [&str; 5] = ["ticket", "complaint", "contacts", "calls", "chats"];
    const ZH: [&str; 4] = ["工单", "投诉", "进线", "反馈"];
    const FEW: usize = 10;
    if statement.hostile || statement.healthy || statement.origin != Origin::Prose {
        return false;
    }
    let lower = statement.text.to_lowercase();
    let number = |word: &str| {
        let digits = word.trim_start_matches(['~', '>', '+']).trim_end_matches(['+', '多', '个', '条', '起']);
        digits.replace(',', "").parse::<usize>().is_ok_and(|count| count >= FEW)
    };
    let words: Vec<&str> = lower.split_whitespace().collect();
    let counted = words.iter().enumerate().any(|(at, word)| {
        let noun = NOUNS.iter().any(|noun| word.starts_with(noun));
        noun && words[at.saturating_sub(3)..at].iter().any(|word| number(word))
    });
    let counted = counted
        || ZH.iter().any(|noun| {
            lower.match_indices(noun).any(|(at, _)| {
                let head = lower[..at].trim_end_matches(['个', '条', '起', '多', '+', '单', ' ']);
                let digits = head.len() - head.trim_end_matches(|c: char| c.is_ascii_digit()).len();
                number(&head[head.len() - digits..])
            })
        });
    let from = FROM.iter().any(|word| lower.contains(word));
    from && (counted || FLOOD.iter().any(|word| lower.contains(word)))
}

/// `0/10 healthy`, `0 ready tasks of 2,240`: nothing of a pool is left.
fn none_left(statement: &Statement<'_>) -> bool {
    let emptied = || is_emptied(statement.text, statement.words.lower());
    statement.is_evidence() && !statement.change && *statement.words.asides().emptied.get_or_init(emptied)
}

fn is_emptied(text: &str, lower: &str) -> bool {
    let pool = ["healthy", "ready", "pool", "available", "backends", "in service", "健康", "就绪", "可用"];
    let pooled = pool.iter().any(|word| lower.contains(word));
    pooled && fractions(text).any(|fraction| fraction.used == 0 && fraction.limit >= 2)
        || lower.contains("0 ready") && lower.contains(" of ")
        || fractions(text).any(|fraction| {
            let end = fraction.words.as_ptr() as usize - text.as_ptr() as usize + fraction.words.len();
            fraction.used == fraction.limit && fraction.limit >= 2 && is_gone(&text[end..])
        })
}

/// Share of customers or sites, percent, by a count: `14 of 37 clinics`.
fn counted(statement: &Statement<'_>) -> Option<f64> {
    let told = || sites(statement.text);
    let says = statement.is_evidence() && !statement.healthy;
    if says { *statement.words.asides().counted.get_or_init(told) } else { None }
}

fn sites(text: &str) -> Option<f64> {
    fractions(text).filter(|fraction| fraction.limit >= 4 && fraction.used < fraction.limit).find_map(
        |fraction| {
            let end = fraction.words.as_ptr() as usize - text.as_ptr() as usize + fraction.words.len();
            let noun = text[end..].trim_start();
            let of_sites = SITES.iter().any(|site| noun.starts_with(site));
            of_sites.then(|| fraction.used as f64 / fraction.limit as f64 * 100.0)
        },
    )
}

/// Share of requests that fail, percent, where a statement gives it in words: `one in three`, `every fifth`, `一半`.
fn spoken(statement: &Statement<'_>) -> Option<f64> {
    let told = || in_words(statement.text, statement.words.lower());
    if statement.is_bad() { *statement.words.asides().spoken.get_or_init(told) } else { None }
}

fn in_words(text: &str, lower: &str) -> Option<f64> {
    let said = SHARES.iter().find(|(words, _)| lower.contains(words)).map(|&(_, share)| share);
    let share = said.or_else(|| one_in(lower))?;
    let past = PAST.iter().any(|words| text.contains(words));
    let of_resource = NOT_ERRORS.iter().any(|word| lower.contains(word));
    (!past && !of_resource).then_some(share)
}

/// `1 in 8`: the share, percent.
fn one_in(text: &str) -> Option<f64> {
    text.match_indices("1 in ").find_map(|(at, words)| {
        let digits: String = text[at + words.len()..].chars().take_while(char::is_ascii_digit).collect();
        let whole = at == 0 || !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        digits.parse::<f64>().ok().filter(|&of| whole && of >= 2.0).map(|of| 100.0 / of)
    })
}

/// Share of requests that fail, percent, where a statement gives one.
fn failing(statement: &Statement<'_>) -> Option<f64> {
    let told = (*statement.words.asides().shares.get_or_init(|| shares(statement.text)))?;
    if told.good {
        return Some(100.0 - told.lowest);
    }
    if statement.healthy || statement.level.is_some_and(|level| level <= Level::Info) {
        return None;
    }
    if told.of && statement.is_bad() {
        return Some(told.highest);
    }
    if !(told.errors || statement.senses.has(Sense::Alert)) {
        return None;
    }
    Some(if told.count > 1 && told.compared { told.highest } else { told.last })
}

/// The shares of requests that a text tells.
fn shares(text: &str) -> Option<Shares> {
    if !text.contains('%') || PAST.iter().any(|words| text.contains(words)) {
        return None;
    }
    // A statement may give several measurements; those of resources and what they are compared with are left out.
    let told = without_references(text);
    let clauses = told.split([',', '，', ';', '；', '、']);
    let of_resource = |clause: &&str| {
        let lower = clause.to_lowercase();
        NOT_ERRORS.iter().any(|word| lower.contains(word))
    };
    let text = clauses.filter(|clause| !of_resource(clause)).collect::<Vec<_>>().join(", ");
    let lower = text.to_lowercase();
    let contains = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let shares: Vec<f64> = percents(&text).filter(|share| *share <= 100.0).collect();
    Some(Shares {
        lowest: shares.iter().copied().min_by(f64::total_cmp)?,
        highest: shares.iter().copied().max_by(f64::total_cmp)?,
        last: *shares.last()?,
        count: shares.len(),
        good: contains(GOOD),
        of: contains(OF),
        errors: contains(ERRORS),
        compared: contains(&["baseline", "before"]),
    })
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
        'H' => {
            ("it is over by the evidence; what it was stays to be found out", "证据表明已恢复；原因仍需查明")
        }
        'E' => (
            "degraded: slow, late or few affected; no failing core function in the evidence",
            "性能下降、延迟或少量受影响；证据中没有核心功能失败",
        ),
        'G' => ("no harm to users is on record", "资料中没有用户受影响的记录"),
        _ => (
            "reported but unconfirmed: the extent is not known, so it is kept modest",
            "有人反馈但未证实：影响范围未知，定级从低",
        ),
    };
    let words = phrase(untimed(statement), 0, 110);
    let words = bare_quote(&words);
    let letter = if rule == 'H' { 'E' } else { rule };
    let reasoning = if scene.zh() {
        format!("规则 {letter}：{zh}。依据：“{words}”")
    } else {
        format!("Rule {letter}: {en}. Evidence: “{words}”")
    };
    Severity { level, reasoning }
}

/// Whether words of the evidence meet a rule of the policy by themselves.
pub(crate) fn meets(rule: char, words: &str) -> bool {
    let lower = words.to_lowercase();
    let says = |list: &[&str]| list.iter().any(|word| lower.contains(word));
    let share = percents(words).filter(|share| *share <= 100.0).fold(0.0, f64::max);
    let failing = says(ERRORS) || says(OF);
    match rule {
        'A' => says(LOSS),
        'B' => says(TOTAL) || share >= MOST && failing,
        'C' => failing && (share >= 5.0 || says(PARTIAL)),
        'D' => failing || says(SOON),
        'E' | 'F' => true,
        'G' => says(NO_HARM) || ended::is_said(&lower),
        _ => false,
    }
}
