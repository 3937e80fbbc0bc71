//! The model's severity against the written policy `prompts/severity.md`.

use crate::analyst::model::check::{Pass, Quoted};
use crate::analyst::offline::severity as policy;
use crate::incident::Quote;
use crate::incident::opinion::{RemarkKind, Section};
use crate::incident::triage::{Severity, SeverityLevel};

/// The level that a rule of the policy gives.
fn level_of(rule: char) -> Option<SeverityLevel> {
    match rule {
        'A' | 'B' => Some(SeverityLevel::Sev1),
        'C' | 'D' => Some(SeverityLevel::Sev2),
        'E' | 'F' => Some(SeverityLevel::Sev3),
        'G' => Some(SeverityLevel::Sev4),
        _ => None,
    }
}

/// The rule that a reasoning names.
fn rule_of(reasoning: &str) -> Option<char> {
    let lower = reasoning.to_ascii_lowercase();
    ["rule", "规则"].iter().find_map(|word| {
        let at = lower.find(word)? + word.len();
        let rest = reasoning[at..].trim_start_matches([' ', ':', '：', '*', '(', '（']);
        let mut letters = rest.chars();
        let rule = letters.next()?.to_ascii_uppercase();
        let alone = !letters.next().is_some_and(|c| c.is_ascii_alphanumeric());
        (alone && rule.is_ascii_uppercase()).then_some(rule)
    })
}

/// The severity with its figures traced, and whether it follows from the policy and a verified line.
pub(super) fn check(pass: &mut Pass<'_>, mut severity: Severity) -> (Severity, bool) {
    let reasoning = std::mem::take(&mut severity.reasoning);
    let quoted = quotations(&reasoning);
    severity.reasoning = pass.traced(Section::Severity, "", reasoning.clone());
    let invented = severity.reasoning != reasoning;
    let Some(rule) = rule_of(&reasoning) else {
        let said = pass.say("no rule of the policy is named", "未指明定级规则");
        pass.remarks.add(RemarkKind::Severity, Section::Severity, "", said);
        return (severity, false);
    };
    let level = level_of(rule);
    if level != Some(severity.level) {
        let text = match level {
            Some(level) => {
                format!("{} {rule}: {}", pass.say("by the policy rule", "按定级规则"), level.name())
            }
            None => pass.say("the policy has no such rule", "没有这条定级规则").to_owned(),
        };
        pass.remarks.add(RemarkKind::Severity, Section::Severity, "", text);
        return (severity, false);
    }
    let mut quotes: Vec<_> = quoted.into_iter().map(|quote| Quote { quote, ..Quote::default() }).collect();
    let looked = pass.quotes(Section::Severity, "", &mut quotes);
    let meets = |(quoted, quote): (&Quoted, &Quote)| quoted.counts() && policy::meets(rule, &quote.quote);
    let shown = looked.iter().zip(&quotes).any(meets);
    (severity, shown && !invented)
}

/// What stands in quotation marks.
fn quotations(text: &str) -> Vec<String> {
    const MARKS: [(char, char); 4] = [('“', '”'), ('"', '"'), ('「', '」'), ('`', '`')];
    let mut found = Vec::new();
    for (open, close) in MARKS {
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            let inner = &rest[start + open.len_utf8()..];
            let Some(end) = inner.find(close) else { break };
            if end > 0 && found.len() < 8 {
                found.push(inner[..end].to_owned());
            }
            rest = &inner[end + close.len_utf8()..];
        }
    }
    found
}
