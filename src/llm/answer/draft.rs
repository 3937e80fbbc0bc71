//! An answer as it grows: keeps the text, finds the document in it, reads what is there of it.

use crate::incident::opinion::Section;
use crate::llm::answer::json::{self, Node, Parsed, Value};
use crate::llm::answer::{Answer, decode};
use crate::llm::call::reader::TEXT_MAX;
use crate::llm::failure::{Failure, FailureKind, one_line};

/// Places looked at for the document: prose before it may hold braces too.
const PLACES: usize = 48;
/// Sections that make an object the document beyond doubt.
const SURE: usize = 3;
/// Levels of wrapping around the document: `{"triage":{"result":{…}}}`.
const WRAPPING: usize = 4;

/// The text of an answer under way.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    text: String,
    thinking: String,
    /// Where the document begins, once that is beyond doubt.
    start: Option<usize>,
}

/// A document in a text.
struct Found {
    start: usize,
    parsed: Parsed,
    score: usize,
}

impl Draft {
    /// Takes text of the answer in.
    pub fn push(&mut self, text: &str) {
        add(&mut self.text, text);
    }

    /// Takes text of thinking in: kept for showing, and because some models answer there.
    pub fn push_thinking(&mut self, text: &str) {
        add(&mut self.thinking, text);
    }

    /// The raw text of the answer so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The raw text of thinking so far.
    pub fn thinking(&self) -> &str {
        &self.thinking
    }

    /// What the answer says so far. Parses the whole text once; meant to be called once a frame.
    pub fn answer(&mut self) -> Answer {
        let from = self.start.unwrap_or(0);
        let Some(found) = find(&self.text[from..]) else { return Answer::default() };
        if found.score >= SURE {
            self.start = Some(from + found.start);
        }
        read(&found)
    }

    /// What is wrong with an answer that holds no document, as the end of a sentence.
    pub fn fault(&self) -> &'static str {
        let Some(open) = self.text.find('{') else { return "it is no JSON" };
        match json::parse(&self.text[open..]) {
            Some(Parsed { node: Node { done: true, value: Value::Object(_) }, .. }) => {
                "its JSON has none of the sections that the document has"
            }
            _ => "its JSON cannot be read to its end",
        }
    }

    /// What the answer says now that nothing more comes: a document, whole or not, or why there is none.
    pub fn finish(&mut self, name: &str) -> Result<Answer, Failure> {
        let found = find(&self.text).or_else(|| find(&self.thinking));
        if let Some(answer) = found.map(|found| read(&found)).filter(Answer::is_usable) {
            return Ok(answer);
        }
        let begins = one_line(&self.text.chars().take(120).collect::<String>());
        let message = if begins.is_empty() {
            format!("{name}: the answer is empty")
        } else {
            format!("{name}: the answer holds no triage; it begins {begins:?}")
        };
        Err(Failure::new(FailureKind::NoAnswer, message, "ask again, or use another model"))
    }
}

fn add(text: &mut String, more: &str) {
    let room = TEXT_MAX.saturating_sub(text.len());
    let end = (0..=more.len().min(room)).rev().find(|at| more.is_char_boundary(*at)).unwrap_or(0);
    text.push_str(&more[..end]);
}

fn read(found: &Found) -> Answer {
    let mut answer =
        document(&found.parsed.node, 0).map_or_else(Answer::default, |(node, _)| decode::answer(node));
    answer.left_out += found.parsed.left_out;
    answer
}

/// Finds the object that has most of the sections; of equals the first.
fn find(text: &str) -> Option<Found> {
    if let Some(inner) = quoted(text) {
        return find(&inner);
    }
    let mut best: Option<Found> = None;
    let mut at = 0;
    for _ in 0..PLACES {
        let Some(next) = memchr::memchr2(b'{', b'[', &text.as_bytes()[at..]) else { break };
        let start = at + next;
        at = start + 1;
        let Some(parsed) = json::parse(&text[start..]) else { continue };
        let score = document(&parsed.node, 0).map_or(0, |(_, score)| score);
        if parsed.node.done {
            // What is inside was looked at as a part of it.
            at = start + parsed.end.max(1);
        }
        if score > best.as_ref().map_or(0, |best| best.score) {
            best = Some(Found { start, parsed, score });
        }
        if best.as_ref().is_some_and(|best| best.score >= SURE) {
            break;
        }
    }
    best
}

/// The text in a text that is one JSON string: some models quote their JSON.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let inner = text.strip_prefix('"')?.trim_start();
    if !inner.starts_with(['{', '['])
        || !inner[1..].trim_start().trim_start_matches("\\n").trim_start().starts_with('\\')
    {
        return None;
    }
    // Quotes inside are escaped; so what is read here ends at the first that is not.
    match json::parse(text)?.node.value {
        Value::Text(inner) => Some(inner),
        _ => None,
    }
}

/// The object in `node` that looks most like the document, and how many sections it has.
fn document(node: &Node, level: usize) -> Option<(&Node, usize)> {
    if level > WRAPPING {
        return None;
    }
    let own = score(node);
    if own >= SURE {
        return Some((node, own));
    }
    let inner: Vec<&Node> = match &node.value {
        Value::Object(fields) => fields.iter().map(|(_, node)| node).collect(),
        Value::List(items) => items.iter().collect(),
        _ => return None,
    };
    let within = inner.into_iter().take(16).filter_map(|node| document(node, level + 1));
    let best = within.fold((node, own), |best, next| if next.1 > best.1 { next } else { best });
    (best.1 > 0).then_some(best)
}

/// How many sections of the document an object has, in a shape that says something. A schema has the same keys, but
/// what is under them describes instead of saying.
fn score(node: &Node) -> usize {
    let is_schema = |node: &Node| {
        ["type", "enum", "$ref", "properties", "anyOf"].iter().any(|key| node.get(key).is_some())
            && node.get("level").is_none()
    };
    let says = |node: &Node, section: Section| match (&node.value, section) {
        (Value::Null | Value::Bool(_), _)
        | (
            Value::Object(_),
            Section::Title
            | Section::Service
            | Section::Summary
            | Section::CustomerImpact
            | Section::Postmortem,
        ) => false,
        (Value::Text(text), _) => !text.trim().is_empty(),
        (Value::Number(_), section) => section == Section::Severity,
        (Value::List(items), _) => !items.is_empty(),
        (Value::Object(fields), _) => !fields.is_empty() && !is_schema(node),
    };
    let said = |section: &&Section| node.get(section.name()).is_some_and(|node| says(node, **section));
    Section::ALL.iter().filter(said).count()
}
