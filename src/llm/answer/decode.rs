//! From JSON of nearly the right shape to an [`Answer`]: what has another type is taken for what it means where that is
//! plain, and left out where it is not.

use crate::evidence::clean_text;
use crate::incident::TimelineKind;
use crate::incident::opinion::Section;
use crate::incident::triage::{CommandEffect, Confidence, HypothesisStatus, SeverityLevel};
use crate::llm::answer::json::{Node, Value};
use crate::llm::answer::{
    Answer, SaidContradiction, SaidFollowUp, SaidHypothesis, SaidMissing, SaidMitigation, SaidMoment,
    SaidQuote, SaidSeverity, SaidStep,
};

/// Longest text of a field, bytes.
const TEXT: usize = 16 * 1024;
/// Longest postmortem, bytes.
const POSTMORTEM: usize = 96 * 1024;
/// Most items of a section; nobody reads more at night.
const ITEMS: usize = 64;

/// Reads the document.
pub(super) fn answer(node: &Node) -> Answer {
    let mut reader = Reader::default();
    let get = |section: Section| node.get(section.name());
    Answer {
        title: reader.line(get(Section::Title)),
        service: reader.line(get(Section::Service)),
        severity: reader.severity(get(Section::Severity)),
        summary: reader.text(get(Section::Summary), TEXT),
        hypotheses: reader.list(get(Section::Hypotheses), "cause", Reader::hypothesis),
        checklist: reader.list(get(Section::Checklist), "step", Reader::step),
        mitigations: reader.list(get(Section::Mitigations), "action", Reader::mitigation),
        customer_impact: reader.text(get(Section::CustomerImpact), TEXT),
        timeline: reader.list(get(Section::Timeline), "text", Reader::moment),
        contradictions: reader.list(get(Section::Contradictions), "text", Reader::contradiction),
        missing: reader.list(get(Section::Missing), "what", Reader::missing),
        follow_ups: reader.list(get(Section::FollowUps), "text", Reader::follow_up),
        postmortem: reader.text(get(Section::Postmortem), POSTMORTEM),
        done: Section::ALL
            .into_iter()
            .filter(|section| get(*section).is_some_and(|node| node.done))
            .collect(),
        complete: node.done,
        left_out: reader.left_out,
    }
}

#[derive(Default)]
struct Reader {
    left_out: usize,
}

impl Reader {
    /// Text that may be shown, and may still grow.
    fn text(&mut self, node: Option<&Node>, max: usize) -> String {
        let Some(node) = node else { return String::new() };
        let text = match &node.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(on) => on.to_string(),
            Value::List(items) => {
                let lines =
                    items.iter().map(|item| self.text(Some(item), max)).filter(|line| !line.is_empty());
                lines.collect::<Vec<_>>().join("\n")
            }
            Value::Null | Value::Object(_) => String::new(),
        };
        // A number that may go on is another number.
        if matches!(node.value, Value::Number(_)) && !node.done {
            return String::new();
        }
        let end = (0..=text.len().min(max)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        if end < text.len() {
            self.left_out += 1;
        }
        clean_text(text[..end].trim())
    }

    /// Text in one line.
    fn line(&mut self, node: Option<&Node>) -> String {
        self.text(node, TEXT).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Text that means something else while it is not complete: a command, a name.
    fn held(&mut self, node: Option<&Node>) -> String {
        self.text(node.filter(|node| node.done), TEXT)
    }

    /// Items of a section. One that is no list is its only item; one that is words has them under `main`.
    fn list<T>(&mut self, node: Option<&Node>, main: &str, read: fn(&mut Self, &Node) -> T) -> Vec<T> {
        let Some(node) = node else { return Vec::new() };
        let single;
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Null | Value::Bool(_) | Value::Number(_) => return Vec::new(),
            Value::Text(text) if is_nothing(text) => return Vec::new(),
            Value::Object(fields) if node.get(main).is_none() => {
                // A map from names to items.
                let found = fields.iter().filter(|(_, item)| item.get(main).is_some());
                let found: Vec<&Node> = found.map(|(_, item)| item).collect();
                self.left_out += found.len().saturating_sub(ITEMS);
                return found.into_iter().take(ITEMS).map(|item| read(self, item)).collect();
            }
            _ => {
                single = [node.clone()];
                &single[..]
            }
        };
        self.left_out += items.len().saturating_sub(ITEMS);
        let items = items.iter().take(ITEMS).filter(|item| !matches!(item.value, Value::Null));
        let read_one = |item: &Node| match &item.value {
            Value::Text(_) => {
                let field = (main.to_owned(), item.clone());
                read(self, &Node { value: Value::Object(vec![field]), done: item.done })
            }
            _ => read(self, item),
        };
        items.map(read_one).collect()
    }

    fn severity(&mut self, node: Option<&Node>) -> SaidSeverity {
        let Some(node) = node else { return SaidSeverity::default() };
        let level = if matches!(node.value, Value::Object(_)) { node.get("level") } else { Some(node) };
        let words = self.held(level);
        let level = level_of(&words);
        let unknown = if level.is_none() { words } else { String::new() };
        SaidSeverity { level, unknown, reasoning: self.text(node.get("reasoning"), TEXT) }
    }

    fn quotes(&mut self, node: Option<&Node>) -> Vec<SaidQuote> {
        self.list(node, "quote", |reader, node| SaidQuote {
            quote: reader.text(node.get("quote").or_else(|| node.get("text")), TEXT),
            source: reader.line(node.get("source").filter(|source| source.done)),
            line: reader.held(node.get("line")).parse().ok().filter(|line| *line > 0),
            done: node.done,
        })
    }

    fn hypothesis(&mut self, node: &Node) -> SaidHypothesis {
        SaidHypothesis {
            id: self.held(node.get("id")),
            confidence: confidence_of(&self.held(node.get("confidence"))),
            cause: self.text(node.get("cause"), TEXT),
            evidence: self.quotes(node.get("evidence")),
            against: self.quotes(node.get("against")),
            status: status_of(&self.held(node.get("status"))),
            next_check: self.text(node.get("next_check"), TEXT),
            done: node.done,
        }
    }

    fn step(&mut self, node: &Node) -> SaidStep {
        let decides = node.get("decides").map(|node| match &node.value {
            Value::List(items) => items.iter().take(ITEMS).map(|item| self.held(Some(item))).collect(),
            _ => vec![self.held(Some(node))],
        });
        SaidStep {
            id: self.held(node.get("id")),
            step: self.text(node.get("step"), TEXT),
            command: self.held(node.get("command")),
            expected: self.text(node.get("expected"), TEXT),
            effect: effect_of(&self.held(node.get("effect"))),
            decides: decides.unwrap_or_default().into_iter().filter(|id| !id.is_empty()).collect(),
            done: node.done,
        }
    }

    fn mitigation(&mut self, node: &Node) -> SaidMitigation {
        SaidMitigation {
            id: self.held(node.get("id")),
            action: self.text(node.get("action"), TEXT),
            command: self.held(node.get("command")),
            risk: self.text(node.get("risk"), TEXT),
            rollback: self.held(node.get("rollback")),
            effect: effect_of(&self.held(node.get("effect"))),
            done: node.done,
        }
    }

    fn moment(&mut self, node: &Node) -> SaidMoment {
        SaidMoment {
            at: self.held(node.get("at")),
            text: self.line(node.get("text")),
            source: self.line(node.get("source")),
            kind: kind_of(&self.held(node.get("kind"))),
            done: node.done,
        }
    }

    fn contradiction(&mut self, node: &Node) -> SaidContradiction {
        SaidContradiction {
            text: self.text(node.get("text"), TEXT),
            quotes: self.quotes(node.get("quotes")),
            done: node.done,
        }
    }

    fn missing(&mut self, node: &Node) -> SaidMissing {
        SaidMissing {
            what: self.text(node.get("what"), TEXT),
            why: self.text(node.get("why"), TEXT),
            command: self.held(node.get("command")),
            done: node.done,
        }
    }

    fn follow_up(&mut self, node: &Node) -> SaidFollowUp {
        let priority = self.held(node.get("priority")).to_ascii_uppercase();
        let known = ["P0", "P1", "P2", "P3"].contains(&priority.as_str());
        SaidFollowUp {
            priority: if known { priority } else { String::new() },
            text: self.text(node.get("text"), TEXT),
            owner: self.line(node.get("owner")),
            done: node.done,
        }
    }
}

/// Words for an empty list.
fn is_nothing(text: &str) -> bool {
    let word = text.trim().trim_end_matches('.').to_ascii_lowercase();
    ["", "none", "n/a", "null", "-", "无"].contains(&word.as_str())
}

/// `SEV1`, `sev-1`, `Severity 1`, `1`.
fn level_of(words: &str) -> Option<SeverityLevel> {
    let lower = words.to_ascii_lowercase();
    let digits = match lower.find("sev") {
        Some(at) => lower[at + 3..].trim_start_matches("erity"),
        None => lower.as_str(),
    };
    let digit = digits.trim_start_matches([' ', '-', '_', ':', '=']).chars().next()?;
    let alone = lower.contains("sev") || lower.trim().len() == 1;
    let index = digit.to_digit(10).filter(|_| alone)?.checked_sub(1)?;
    SeverityLevel::ALL.get(index as usize).copied()
}

/// A word, or a share of certainty (`82%`, `0.82`, `82`) by thirds.
fn confidence_of(words: &str) -> Option<Confidence> {
    let lower = words.trim().to_ascii_lowercase();
    if let Some(word) =
        [Confidence::Low, Confidence::Medium, Confidence::High].into_iter().find(|c| c.name() == lower)
    {
        return Some(word);
    }
    let number: f64 = lower.trim_end_matches('%').trim().parse().ok()?;
    let share = if lower.ends_with('%') || number > 1.0 { number / 100.0 } else { number };
    match share {
        0.0..0.34 => Some(Confidence::Low),
        0.34..0.67 => Some(Confidence::Medium),
        0.67..=1.0 => Some(Confidence::High),
        _ => None,
    }
}

fn status_of(words: &str) -> Option<HypothesisStatus> {
    match words.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "open" => Some(HypothesisStatus::Open),
        "confirmed" => Some(HypothesisStatus::Confirmed),
        "ruled_out" => Some(HypothesisStatus::RuledOut),
        _ => None,
    }
}

fn effect_of(words: &str) -> Option<CommandEffect> {
    let lower = words.trim().to_ascii_lowercase();
    if lower.starts_with("read") {
        Some(CommandEffect::Reads)
    } else if lower.starts_with("change") {
        Some(CommandEffect::Changes)
    } else {
        None
    }
}

fn kind_of(words: &str) -> Option<TimelineKind> {
    let all = [
        TimelineKind::Deploy,
        TimelineKind::Alert,
        TimelineKind::Symptom,
        TimelineKind::Human,
        TimelineKind::Action,
        TimelineKind::Finding,
    ];
    let lower = words.trim().to_ascii_lowercase();
    all.into_iter().find(|kind| kind.name() == lower)
}
