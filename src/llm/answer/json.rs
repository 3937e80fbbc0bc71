//! A parser for the JSON that models write: cut anywhere, or with the slips that are common (trailing and missing
//! commas, comments, single quotes, bare keys, raw line breaks, quotes inside of text). It says of every value whether
//! it is complete, which is what lets a reader hold back half a number.

/// Deepest nesting; the triage has four levels.
const DEPTH: usize = 48;
/// Most items of a list and most keys of an object that are kept.
const ITEMS: usize = 256;
/// Longest number that is kept, bytes.
const NUMBER: usize = 64;

/// A value and whether its end was seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) done: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key; of several the last, as parsers of JSON commonly have it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(fields) => fields.iter().rev().find(|(name, _)| name == key).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// A value at the beginning of a text.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The value, as far as it goes.
    pub(crate) node: Node,
    /// Where it ends.
    pub(crate) end: usize,
    /// Items and keys that were left out.
    pub(crate) left_out: usize,
}

/// Reads the value that `text` begins with; nothing when it begins with none.
pub(crate) fn parse(text: &str) -> Option<Parsed> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, left_out: 0 };
    let node = parser.value(0).ok()?;
    Some(Parsed { node, end: parser.at, left_out: parser.left_out })
}

/// No value where one should be. Whatever is around it ends there, unfinished.
struct Broken;

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    left_out: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
                self.at += 1;
            }
            let rest = &self.text[self.at..];
            let skip = if rest.starts_with("//") {
                rest.find('\n')
            } else if rest.starts_with("/*") {
                rest.find("*/").map(|at| at + 2)
            } else if rest.starts_with(['\u{feff}', '\u{a0}', '\u{3000}']) {
                rest.chars().next().map(char::len_utf8)
            } else {
                return;
            };
            self.at += skip.unwrap_or(rest.len());
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Broken> {
        self.space();
        match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH => Err(Broken),
            Some(b'{') => Ok(self.object(depth)),
            Some(b'[') => Ok(self.list(depth)),
            Some(quote @ (b'"' | b'\'')) => {
                let (text, done) = self.string(quote);
                Ok(Node { value: Value::Text(text), done })
            }
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => Ok(self.number()),
            Some(byte) if byte.is_ascii_alphabetic() => Ok(self.word()),
            _ => Err(Broken),
        }
    }

    fn object(&mut self, depth: usize) -> Node {
        self.at += 1;
        let mut fields = Vec::new();
        let done = loop {
            self.separators();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break true;
                }
                None => break false,
                Some(_) => {}
            }
            let Some(key) = self.key() else { break false };
            let Ok(node) = self.value(depth + 1) else { break false };
            let done = node.done;
            if fields.len() < ITEMS {
                fields.push((key, node));
            } else {
                self.left_out += 1;
            }
            if !done {
                break false;
            }
        };
        Node { value: Value::Object(fields), done }
    }

    fn list(&mut self, depth: usize) -> Node {
        self.at += 1;
        let mut items = Vec::new();
        let done = loop {
            self.separators();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break true;
                }
                None => break false,
                Some(_) => {}
            }
            let Ok(node) = self.value(depth + 1) else { break false };
            let done = node.done;
            if items.len() < ITEMS {
                items.push(node);
            } else {
                self.left_out += 1;
            }
            if !done {
                break false;
            }
        };
        Node { value: Value::List(items), done }
    }

    fn separators(&mut self) {
        self.space();
        while self.peek() == Some(b',') {
            self.at += 1;
            self.space();
        }
    }

    /// A key and its colon; nothing when either is not all there.
    fn key(&mut self) -> Option<String> {
        let key = match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let (key, done) = self.string(quote);
                done.then_some(key)?
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let rest = &self.text[self.at..];
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))?;
                self.at += end;
                rest[..end].to_owned()
            }
            _ => return None,
        };
        self.space();
        (self.peek() == Some(b':')).then(|| self.at += 1)?;
        Some(key)
    }

    fn string(&mut self, quote: u8) -> (String, bool) {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.bytes[self.at..];
            let Some(stop) = memchr::memchr2(quote, b'\\', rest) else {
                out.push_str(&self.text[self.at..]);
                self.at = self.bytes.len();
                return (out, false);
            };
            out.push_str(&self.text[self.at..self.at + stop]);
            self.at += stop;
            if self.bytes[self.at] == b'\\' {
                if !self.escape(&mut out) {
                    self.at = self.bytes.len();
                    return (out, false);
                }
            } else {
                self.at += 1;
                if self.bytes[self.at..].trim_ascii().is_empty() {
                    // What follows decides.
                    self.at = self.bytes.len();
                    return (out, false);
                }
                if self.ends_string() {
                    return (out, true);
                }
                out.push(char::from(quote));
            }
        }
    }

    /// Whether a quote just read ends its string: what follows tells it from one that was not escaped.
    fn ends_string(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let broken_line = rest[..gap].contains(&b'\n');
        match rest.get(gap) {
            // A backtick: a fence without a line of its own.
            Some(b',' | b'}' | b']' | b':' | b'`') => true,
            Some(b'/') => matches!(rest.get(gap + 1), Some(b'/' | b'*') | None),
            // A forgotten comma between lines.
            Some(b'"' | b'\'' | b'{' | b'[') => broken_line,
            _ => false,
        }
    }

    /// One escape; false when it is cut off.
    fn escape(&mut self, out: &mut String) -> bool {
        let Some(kind) = self.bytes.get(self.at + 1) else { return false };
        let plain = match kind {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\'' | b'\\' | b'/' => char::from(*kind),
            b'u' => return self.unicode(out),
            _ => {
                // Not an escape of JSON: a pattern or a path in a command. The backslash is meant.
                out.push('\\');
                self.at += 1;
                return true;
            }
        };
        out.push(plain);
        self.at += 2;
        true
    }

    fn unicode(&mut self, out: &mut String) -> bool {
        let unit = |at: usize| {
            let digits = self.text.get(at + 2..at + 6)?;
            let escape = self.text.get(at..at + 2)? == "\\u";
            (escape && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let Some(first) = unit(self.at) else {
            if self.at + 6 > self.bytes.len() {
                return false;
            }
            out.push('\\');
            self.at += 1;
            return true;
        };
        let (code, length) = match (first, unit(self.at + 6)) {
            (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
                (0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12)
            }
            // The other half may still come.
            (0xd800..0xdc00, None) if self.at + 12 > self.bytes.len() => return false,
            _ => (first, 6),
        };
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        self.at += length;
        true
    }

    fn number(&mut self) -> Node {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-._%".contains(c)));
        self.at += length.unwrap_or(rest.len());
        let written = &rest[..length.unwrap_or(rest.len())];
        let kept = written.get(..written.len().min(NUMBER)).unwrap_or_default();
        Node { value: Value::Number(kept.to_owned()), done: length.is_some() }
    }

    /// `true`, `false`, `null`, or a word without its quotes.
    fn word(&mut self) -> Node {
        let rest = &self.text[self.at..];
        let length = rest.find([',', '}', ']', '\n', ':', '"']);
        self.at += length.unwrap_or(rest.len());
        let word = rest[..length.unwrap_or(rest.len())].trim_end();
        let value = match word {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" | "undefined" => Value::Null,
            word => Value::Text(word.to_owned()),
        };
        Node { value, done: length.is_some() }
    }
}

#[cfg(test)]
mod tests;
