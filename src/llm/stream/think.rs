//! Thinking that a model writes into its answer, between tags, told apart from the answer.

/// Tags that open thinking.
const TAGS: [&str; 4] = ["think", "thinking", "thought", "reasoning"];

/// Splits text into thinking and answer. Only tags at the very beginning count: later ones may be quoted log text.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    state: State,
    held: String,
}

#[derive(Debug, Default, PartialEq)]
enum State {
    /// Nothing but white space or the beginning of a tag so far.
    #[default]
    Start,
    /// Inside of a tag, which ends with this.
    Thinking(String),
    /// In the answer.
    Answer,
}

/// Text of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Thinking(String),
    Answer(String),
}

impl Splitter {
    /// Takes text in, gives what is certain of it.
    pub(crate) fn push(&mut self, text: String) -> Vec<Part> {
        if self.state == State::Answer {
            return vec![Part::Answer(text)];
        }
        self.held.push_str(&text);
        let mut parts = Vec::new();
        if self.state == State::Start {
            self.start(&mut parts);
        }
        if let State::Thinking(close) = &self.state {
            if let Some(at) = self.held.find(close.as_str()) {
                let answer = self.held.split_off(at + close.len());
                self.held.truncate(at);
                parts.push(Part::Thinking(std::mem::take(&mut self.held)));
                parts.push(Part::Answer(answer));
                self.state = State::Answer;
            } else {
                let open = unfinished(&self.held, close);
                let tail = self.held.split_off(self.held.len() - open);
                parts.push(Part::Thinking(std::mem::replace(&mut self.held, tail)));
            }
        }
        parts.retain(|part| !matches!(part, Part::Thinking(text) | Part::Answer(text) if text.is_empty()));
        parts
    }

    /// The stream is over: what was held back.
    pub(crate) fn finish(&mut self) -> Option<Part> {
        let held = std::mem::take(&mut self.held);
        let part =
            if matches!(self.state, State::Thinking(_)) { Part::Thinking(held) } else { Part::Answer(held) };
        (!matches!(&part, Part::Thinking(text) | Part::Answer(text) if text.is_empty())).then_some(part)
    }

    fn start(&mut self, parts: &mut Vec<Part>) {
        let text = self.held.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let opening = TAGS.iter().find(|tag| {
            text.strip_prefix('<')
                .and_then(|text| text.strip_prefix(**tag))
                .is_some_and(|text| text.starts_with('>'))
        });
        if let Some(tag) = opening {
            self.held = text[tag.len() + 2..].to_owned();
            self.state = State::Thinking(format!("</{tag}>"));
        } else if !TAGS.iter().any(|tag| format!("<{tag}>").starts_with(text)) {
            parts.push(Part::Answer(std::mem::take(&mut self.held)));
            self.state = State::Answer;
        }
    }
}

/// Bytes at the end of `text` that may be the beginning of `tag`.
fn unfinished(text: &str, tag: &str) -> usize {
    (1..tag.len()).rev().find(|&length| text.ends_with(&tag[..length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> (String, String) {
        let mut splitter = Splitter::default();
        let (mut thinking, mut answer) = (String::new(), String::new());
        let mut parts: Vec<Part> =
            pieces.iter().flat_map(|piece| splitter.push((*piece).to_owned())).collect();
        parts.extend(splitter.finish());
        for part in parts {
            match part {
                Part::Thinking(text) => thinking.push_str(&text),
                Part::Answer(text) => answer.push_str(&text),
            }
        }
        (thinking, answer)
    }

    #[test]
    fn tags_at_the_beginning_are_thinking_wherever_they_are_cut() {
        let table = [
            ("<think>a < b</think>{\"x\":1}", "a < b", "{\"x\":1}"),
            ("\n <thinking>why</thinking>\n{}", "why", "\n{}"),
            ("<think>never ends </thin", "never ends </thin", ""),
            ("{\"cause\":\"<think>\"}", "", "{\"cause\":\"<think>\"}"),
            ("<thin> air", "", "<thin> air"),
            ("  ", "", "  "),
        ];
        for (text, thinking, answer) in table {
            assert_eq!(split(&[text]), (thinking.to_owned(), answer.to_owned()), "{text}");
            let letters: Vec<String> = text.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(split(&letters), (thinking.to_owned(), answer.to_owned()), "{text} by letters");
        }
    }
}
