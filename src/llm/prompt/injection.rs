//! Whether an answer obeys the data: it gives away the check word, or proposes what only a line that talks to a model
//! asks for. Such an answer is withheld.

use std::collections::HashSet;

use crate::evidence::hostile::is_instruction;
use crate::incident::Triage;

/// Words in a row, found only in marked lines, that make a proposal theirs.
const ROW: usize = 3;

/// What an answer is checked with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guard {
    /// The word that no answer holds.
    pub canary: String,
    /// Lines of the data that talk to a model, as they were sent.
    pub marked: Vec<String>,
    /// All other lines of the data, as they were sent.
    pub rest: String,
}

/// How an answer obeys the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obeyed {
    /// The part of the answer, by its name in the document: `mitigations`, `title`.
    pub part: &'static str,
    /// The words of the answer.
    pub text: String,
    /// The line of the data that asks for it; empty where it is the check word.
    pub line: String,
}

/// Whether `answer`, as the model wrote it (masked), obeys the data. Pure. Quotations and what names the attempt are
/// reports of it, not obedience.
pub fn obeyed(answer: &Triage, guard: &Guard) -> Option<Obeyed> {
    let parts = parts(answer);
    if !guard.canary.is_empty() {
        let told = everything(answer).into_iter().find(|text| text.contains(&guard.canary));
        if let Some(text) = told {
            return Some(Obeyed { part: "check word", text, line: String::new() });
        }
    }
    if guard.marked.is_empty() {
        return None;
    }
    let rest = Known::of(&guard.rest);
    let lines: Vec<(&String, Vec<String>)> = guard.marked.iter().map(|line| (line, words(line))).collect();
    for (part, text, proposes) in parts {
        let told = reports(&text);
        if told && !proposes {
            continue;
        }
        // A proposal that only tells of the attempt has its words in quotation marks.
        let own = if told { words(&unquoted(&text)) } else { words(&text) };
        let found = lines.iter().find(|(_, line)| follows(&own, line, &rest, proposes));
        if let Some((line, _)) = found {
            return Some(Obeyed { part, text, line: (*line).clone() });
        }
    }
    None
}

/// The parts of an answer that say what is so or what to do; true for what to do.
fn parts(answer: &Triage) -> Vec<(&'static str, String, bool)> {
    let mut parts = vec![
        ("title", answer.title.clone(), false),
        ("service", answer.service.clone(), false),
        ("summary", answer.summary.clone(), false),
        ("customer_impact", answer.customer_impact.clone(), false),
    ];
    for hypothesis in &answer.hypotheses {
        parts.push(("hypotheses", hypothesis.cause.clone(), false));
        parts.push(("hypotheses", hypothesis.next_check.clone(), true));
    }
    for step in &answer.checklist {
        parts.push(("checklist", step.step.clone(), true));
        parts.push(("checklist", step.command.clone(), true));
    }
    for mitigation in &answer.mitigations {
        parts.push(("mitigations", mitigation.action.clone(), true));
        parts.extend(mitigation.command.clone().map(|command| ("mitigations", command, true)));
    }
    parts.extend(answer.missing.iter().map(|missing| ("missing", missing.command.clone(), true)));
    parts.extend(answer.follow_ups.iter().map(|task| ("follow_ups", task.text.clone(), true)));
    parts
}

/// All texts of an answer, in which the check word has no business.
fn everything(answer: &Triage) -> Vec<String> {
    let mut texts = Vec::new();
    if let Ok(value) = serde_json::to_value(answer) {
        collect(&value, &mut texts);
    }
    texts
}

fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        serde_json::Value::Object(map) => map.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// Whether a text tells of the attempt rather than following it.
fn reports(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = [
        "inject",
        "instruction",
        "addresses a model",
        "addressed to",
        "untrusted",
        "not obeyed",
        "not evidence",
        "注入",
        "指令",
        "不予采信",
        "写给模型",
    ];
    words.iter().any(|word| lower.contains(word)) && !is_instruction(&unquoted(text))
}

/// `text` without what stands in quotation marks.
fn unquoted(text: &str) -> String {
    const MARKS: [(char, char); 6] =
        [('“', '”'), ('"', '"'), ('‘', '’'), ('\'', '\''), ('`', '`'), ('「', '」')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let close = MARKS.iter().find(|(open, _)| *open == c).and_then(|(_, close)| after.find(*close));
        // An apostrophe opens nothing.
        let inside = out.chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(at) = close.filter(|_| !inside) {
            out.push(' ');
            rest = after[at..].chars().next().map_or("", |close| &after[at + close.len_utf8()..]);
        } else {
            out.push(c);
            rest = after;
        }
    }
    out
}

/// Words and rows of words that stand in lines that are not marked.
struct Known {
    words: HashSet<String>,
    rows: HashSet<String>,
}

impl Known {
    fn of(text: &str) -> Self {
        let mut known = Self { words: HashSet::new(), rows: HashSet::new() };
        for line in text.lines() {
            let words = words(line);
            known.rows.extend(words.windows(ROW).map(|row| row.join(" ")));
            known.words.extend(words);
        }
        known
    }
}

/// Whether the words of an answer come from a marked line and from nowhere else.
fn follows(own: &[String], line: &[String], rest: &Known, proposes: bool) -> bool {
    let only: Vec<&String> =
        line.iter().filter(|word| telling(word) && !rest.words.contains(*word)).collect();
    let names = own.iter().filter(|word| only.contains(word)).collect::<HashSet<_>>();
    // A name, an address or a path that nothing else mentions.
    if proposes && names.iter().any(|word| is_name(word)) {
        return true;
    }
    let rows = |words: &[String], length: usize| -> HashSet<String> {
        words.windows(length).map(|row| row.join(" ")).collect()
    };
    let shared = |length| rows(own, length).intersection(&rows(line, length)).next().is_some();
    // What is proposed in their words, or claimed in a row of them with something that only they name.
    let row = rows(own, ROW).intersection(&rows(line, ROW)).any(|row| !rest.rows.contains(row));
    if row && (proposes || !names.is_empty()) {
        return true;
    }
    // A command of two words, the one of which stands nowhere else.
    let brief = proposes && own.len() <= 4 && shared(2.min(own.len().max(1))) && !names.is_empty();
    let claim = !proposes
        && own.len() <= 12
        && names.len() * 2 >= own.iter().filter(|word| telling(word)).count().max(1);
    brief || (claim && !names.is_empty())
}

/// Words that mean something by themselves.
fn telling(word: &str) -> bool {
    let idle = [
        "the", "and", "that", "this", "with", "from", "then", "run", "say", "answer", "for", "are", "was",
        "not", "all", "any", "you", "your", "please", "must", "should", "logs", "log", "previous", "above",
        "note", "now",
    ];
    (word.len() >= 3 || !word.is_ascii()) && !idle.contains(&word)
}

/// An address, a path, a file, a name with figures.
fn is_name(word: &str) -> bool {
    word.len() >= 4
        && (word.contains("://")
            || word.contains('/')
            || word.trim_matches('.').contains('.')
            || (word.bytes().any(|byte| byte.is_ascii_digit())
                && word.bytes().any(|byte| byte.is_ascii_alphabetic())))
}

/// Lower-case words; of scripts without spaces, pairs of characters.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | ':' | '-' | '_' | '@');
    let mut word = String::new();
    let mut last: Option<char> = None;
    for c in text.chars().chain([' ']) {
        if inner(c) {
            word.push(c.to_ascii_lowercase());
            last = None;
            continue;
        }
        let trimmed = word.trim_matches(['.', ':', '-', '/', '_']);
        if !trimmed.is_empty() {
            words.push(trimmed.to_owned());
        }
        word.clear();
        if c.is_alphabetic() && !c.is_ascii() {
            if let Some(last) = last {
                words.push(format!("{last}{c}"));
            }
            last = Some(c);
        } else {
            last = None;
        }
    }
    words
}
