//! Contradictions: statements of the evidence that cannot all be true. Found by code, shown before anyone builds on
//! one of them.

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::CaseFile;
use crate::evidence::lexicon::Sense;
use crate::evidence::statement::{Reading, Statement, is_full};
use crate::incident::triage::{Contradiction, Language};

/// Most contradictions reported.
const CONTRADICTIONS_MAX: usize = 8;

/// Finds what does not fit in `reading`.
pub fn find(case: &CaseFile, reading: &Reading<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let zh = case.language == Language::Zh;
    hostile(reading, zh, &mut found);
    schedules(case, reading, zh, &mut found);
    health_claims(reading, zh, &mut found);
    unlogged_changes(reading, zh, &mut found);
    found.truncate(CONTRADICTIONS_MAX);
    found
}

fn hostile(reading: &Reading<'_>, zh: bool, found: &mut Vec<Contradiction>) {
    let quotes: Vec<_> =
        reading.statements.iter().filter(|s| s.hostile).take(3).map(Statement::quote).collect();
    if quotes.is_empty() {
        return;
    }
    let text = if zh {
        "证据中含有写给模型的指令（疑似提示注入）：不予采信、不执行，仅作为线索上报。"
    } else {
        "The evidence contains instructions addressed to a model (suspected prompt injection): ignored, not obeyed, and not counted as evidence."
    };
    found.push(Contradiction { text: text.to_owned(), quotes });
}

/// A period between runs, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Period(u64);

/// What one statement says about how often something runs.
struct Rhythm<'s, 'a> {
    statement: &'s Statement<'a>,
    period: Period,
    words: String,
}

static CRON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(:'\x22`（：,])((?:\*|\*/\d{1,2}|\d{1,2}(?:[-,/]\d{1,2})*)(?:\s+(?:\*|\*/\d{1,2}|\d{1,2}(?:[-,/]\d{1,2})*|[A-Za-z]{3})){4})")
        .ok()
});

static EVERY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bevery\s+(\d{1,4})?\s?(seconds?|secs?|s|minutes?|mins?|min|m|hours?|h|days?|nights?)\b|每\s?(\d{1,4})?\s?(秒|分钟|小时|天|日|晚)")
        .ok()
});

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(nightly|hourly|daily|weekly)\b|(每晚|每小时|每天|每日|每周|夜间)").ok()
});

/// The period of a five-field cron expression, where it is regular.
pub fn cron_period(expression: &str) -> Option<u64> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    let step =
        |field: &str| field.strip_prefix("*/").and_then(|step| step.parse::<u64>().ok()).filter(|&s| s > 0);
    let fixed = |field: &str| field.parse::<u64>().is_ok();
    let any_day = *day == "*" && *month == "*" && *weekday == "*";
    match (*minute, *hour) {
        ("*", "*") => Some(60),
        (minute, "*") if step(minute).is_some() => step(minute).map(|step| step * 60),
        (minute, "*") if fixed(minute) => Some(3600),
        (minute, hour) if fixed(minute) && step(hour).is_some() => step(hour).map(|step| step * 3600),
        (minute, hour) if fixed(minute) && fixed(hour) && any_day => Some(86_400),
        (minute, hour) if fixed(minute) && fixed(hour) && *weekday != "*" => Some(7 * 86_400),
        _ => None,
    }
}

fn unit_seconds(unit: &str) -> Option<u64> {
    let unit = unit.to_lowercase();
    Some(match unit.as_str() {
        "s" | "秒" => 1,
        "m" | "分钟" => 60,
        "h" | "小时" => 3600,
        "天" | "日" | "晚" => 86_400,
        unit if unit.starts_with("sec") => 1,
        unit if unit.starts_with("min") => 60,
        unit if unit.starts_with("hour") => 3600,
        unit if unit.starts_with("day") || unit.starts_with("night") => 86_400,
        _ => return None,
    })
}

fn spell(period: Period, zh: bool) -> String {
    let (count, en, han) = match period.0 {
        s if s % 604_800 == 0 => (s / 604_800, "week", "周"),
        s if s % 86_400 == 0 => (s / 86_400, "day", "天"),
        s if s % 3600 == 0 => (s / 3600, "hour", "小时"),
        s if s % 60 == 0 => (s / 60, "minute", "分钟"),
        s => (s, "second", "秒"),
    };
    match (zh, count) {
        (true, 1) => format!("每{han}"),
        (true, _) => format!("每 {count} {han}"),
        (false, 1) => format!("every {en}"),
        (false, _) => format!("every {count} {en}s"),
    }
}

fn rhythms<'s, 'a>(statement: &'s Statement<'a>, out: &mut Vec<Rhythm<'s, 'a>>) {
    let mut push = |period, words: &str| {
        out.push(Rhythm { statement, period: Period(period), words: words.trim().to_owned() });
    };
    if let Some(re) = statement.text.contains('*').then(|| CRON.as_ref()).flatten() {
        for caps in re.captures_iter(statement.text) {
            let expression = caps.get(1).map_or("", |found| found.as_str());
            if let Some(period) = cron_period(expression) {
                push(period, expression);
            }
        }
    }
    let lower = statement.words.lower();
    let every = lower.contains("every") || lower.contains('每');
    if let Some(re) = every.then(|| EVERY.as_ref()).flatten() {
        for caps in re.captures_iter(statement.text) {
            let count =
                caps.get(1).or_else(|| caps.get(3)).map_or(Ok(1), |count| count.as_str().parse::<u64>());
            let unit = caps.get(2).or_else(|| caps.get(4)).and_then(|unit| unit_seconds(unit.as_str()));
            let counted = caps.get(1).or_else(|| caps.get(3)).is_some();
            if let (Ok(count @ 1..), Some(unit), Some(whole), true) = (count, unit, caps.get(0), counted) {
                push(count * unit, whole.as_str());
            }
        }
    }
    let named = ["ly", "每", "夜间"].iter().any(|part| lower.contains(part));
    if let Some(re) = named.then(|| NAMED.as_ref()).flatten() {
        for caps in re.captures_iter(statement.text) {
            let word = caps.get(0).map_or("", |found| found.as_str());
            let period = match word.to_lowercase().as_str() {
                "hourly" | "每小时" => 3600,
                "weekly" | "每周" => 604_800,
                _ => 86_400,
            };
            push(period, word);
        }
    }
}

/// Runs that a log shows at a steady pace, of a task that shares a name with `cron`.
fn observed<'s, 'a>(
    case: &CaseFile,
    reading: &'s Reading<'a>,
    cron: &Statement<'_>,
    zh: bool,
    out: &mut Vec<Rhythm<'s, 'a>>,
) {
    // The name of the task is the word that the cron expression follows most closely.
    let before = cron.text.split('*').next().unwrap_or("").to_ascii_lowercase();
    let service = case.service.to_ascii_lowercase();
    let task: Vec<&str> = before
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| word.len() >= 6 && !service.contains(word) && !SCHEDULED.contains(word))
        .filter(|word| !NAMED.as_ref().is_some_and(|named| named.is_match(word)))
        .rev()
        .take(2)
        .collect();
    for template in case.templates.iter().filter(|template| template.count >= 6) {
        let (Some(first), Some(last)) = (template.first, template.last) else { continue };
        let line = template.example.quote.to_ascii_lowercase();
        let named = SCHEDULED.iter().any(|word| line.contains(word));
        if !named || !task.iter().any(|word| line.contains(word)) {
            continue;
        }
        let pace = last.duration_since(first).as_secs_f64() / (template.count - 1) as f64;
        let period = pace.round() as u64;
        let steady = period >= 5 && period.is_multiple_of(5) && (pace - pace.round()).abs() < 0.02 * pace;
        let place = template.example.place.map(|place| (place.source, place.end));
        let ends = |s: &&Statement<'_>| s.place.map(|place| (place.source, place.end)) == place;
        if let Some(statement) = reading.statements.iter().find(ends).filter(|_| steady) {
            let words = spell(Period(period), zh);
            out.push(Rhythm { statement, period: Period(period), words });
        }
    }
}

/// Words of a record that tells of a run of a task.
const SCHEDULED: [&str; 6] = ["batch", "job", "run ", "task", "started", "cron"];

/// Different rhythms said of what is likely the same task: at least one is a schedule (a cron expression), and the
/// statements are of one change or share its time frame.
fn schedules(case: &CaseFile, reading: &Reading<'_>, zh: bool, found: &mut Vec<Contradiction>) {
    let mut all = Vec::new();
    let sayings = reading.statements.iter().filter(|s| !s.hostile);
    sayings
        .filter(|s| memchr::memchr2(b'*', b'y', s.text.as_bytes()).is_some() || !s.text.is_ascii())
        .for_each(|s| {
            if all.len() < 64 {
                rhythms(s, &mut all);
            }
        });
    let Some(cron) = all.iter().find(|rhythm| rhythm.words.contains('*')) else { return };
    let cron = Rhythm { statement: cron.statement, period: cron.period, words: cron.words.clone() };
    observed(case, reading, cron.statement, zh, &mut all);
    let differing: Vec<&Rhythm<'_, '_>> = all.iter().filter(|other| other.period != cron.period).collect();
    if differing.is_empty() {
        return;
    }
    let mut parts = vec![if zh {
        format!("cron “{}” 表示{}", cron.words, spell(cron.period, zh))
    } else {
        format!("cron “{}” means {}", cron.words, spell(cron.period, zh))
    }];
    let mut quotes = vec![cron.statement.quote()];
    let mut seen = vec![cron.period];
    for other in differing {
        if seen.contains(&other.period) {
            continue;
        }
        seen.push(other.period);
        parts.push(match (zh, other.words.chars().any(|c| c.is_ascii_digit())) {
            (true, true) => format!("观察到的是“{}”", other.words),
            (true, false) => format!("文字说的是“{}”", other.words),
            (false, true) => format!("what was observed is “{}”", other.words),
            (false, false) => format!("the text says “{}”", other.words),
        });
        let quote = other.statement.quote();
        if !quotes.contains(&quote) {
            quotes.push(quote);
        }
    }
    let text = if zh {
        format!("周期对不上：{}。在确认之前，不能认定它们是同一个任务。", parts.join("，"))
    } else {
        format!(
            "The schedule does not fit: {}. Until that is explained, they may not be the same task.",
            parts.join(", ")
        )
    };
    found.push(Contradiction { text, quotes });
}

/// Words a claim of health may be about, with other names of the same thing.
const SUBJECTS: &[&[&str]] = &[
    &["db", "database", "postgres", "mysql", "数据库", "connections", "connection", "连接"],
    &["cpu", "throttl", "限流"],
    &["redis", "cache", "缓存"],
    &["network", "packet", "网络", "丢包"],
    &["disk", "storage", "磁盘"],
    &["memory", "heap", "内存"],
    &["queue", "broker", "kafka", "rabbit", "队列", "consumer", "消费"],
    &["dns", "resolv", "解析"],
];

fn subject_of(statement: &Statement<'_>) -> Option<usize> {
    let about = || {
        let lower = statement.text.to_lowercase();
        SUBJECTS.iter().position(|words| words.iter().any(|word| lower.contains(word)))
    };
    *statement.words.asides().subject.get_or_init(about)
}

/// "DB looks healthy" beside `500 / 500`; a guess beside a measurement that speaks against it.
fn health_claims(reading: &Reading<'_>, zh: bool, found: &mut Vec<Contradiction>) {
    let claims = reading.statements.iter().filter(|s| s.claim && !s.hostile);
    for claim in claims.take(40) {
        let Some(subject) = subject_of(claim) else { continue };
        let well = claim.senses.has(Sense::Healthy);
        let against = reading.statements.iter().find(|s| {
            s.is_evidence()
                && subject_of(s) == Some(subject)
                && if well { is_full(s.text) && !s.change } else { s.healthy }
        });
        let Some(against) = against else { continue };
        let text = match (zh, well) {
            (true, true) => "有人认为一切正常，但测量值已到上限",
            (true, false) => "有人怀疑此处，但测量值显示正常",
            (false, true) => "Said to be healthy, yet a limit is reached",
            (false, false) => "Suspected by a person, yet measured as normal",
        };
        found.push(Contradiction {
            text: if zh {
                format!("{text}：“{}” 与 “{}”。", claim.text, against.text)
            } else {
                format!("{text}: “{}” against “{}”.", claim.text, against.text)
            },
            quotes: vec![claim.quote(), against.quote()],
        });
    }
}

/// Whether a statement says itself that something was not changed: "web-shop rolled out, no database change".
fn denies(statement: &Statement<'_>) -> bool {
    let lower = statement.text.to_lowercase();
    let told = lower.match_indices("no ").any(|(at, _)| {
        crate::evidence::lexicon::starts_word(&lower, at)
            && lower[at..].find(" change").is_some_and(|distance| distance < 24)
    });
    told || statement.senses.has(Sense::NoChange)
}

/// "No database changes" beside a logged change to the database.
fn unlogged_changes(reading: &Reading<'_>, zh: bool, found: &mut Vec<Contradiction>) {
    let denials = reading.statements.iter().filter(|s| s.senses.has(Sense::NoChange) && !s.hostile);
    for denial in denials.take(20) {
        let Some(subject) = subject_of(denial) else { continue };
        let change = reading.statements.iter().find(|s| {
            s.change
                && !denies(s)
                && s.at.is_some()
                && s.is_evidence()
                && subject_of(s) == Some(subject)
                && s.place != denial.place
        });
        let Some(change) = change else { continue };
        let text = if zh {
            format!("有人说没有变更，但记录中有一次：“{}” 与 “{}”。", denial.text, change.text)
        } else {
            format!(
                "Said to be unchanged, yet a change is on record: “{}” against “{}”.",
                denial.text, change.text
            )
        };
        found.push(Contradiction { text, quotes: vec![denial.quote(), change.quote()] });
    }
}

#[cfg(test)]
mod tests;
