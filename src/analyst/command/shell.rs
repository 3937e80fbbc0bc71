//! A command line cut into simple commands: words, pipes, redirections, substitutions. Only what is needed to tell
//! whether it is well formed and what it runs; nothing is expanded or run.

/// Deepest nesting of substitutions that is followed.
const DEPTH_MAX: usize = 6;

/// Longest placeholder, `<like this>`, bytes.
const PLACEHOLDER_MAX: usize = 60;

/// What is wrong with the form of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A quotation mark is not closed.
    Quote,
    /// A bracket is not closed, or closes nothing.
    Bracket,
    /// A pipe or an operator has nothing before or after it.
    Operator,
    /// A redirection names no file.
    Redirection,
    /// It nests deeper than is followed.
    Depth,
}

/// A word, without its quotation marks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its text.
    pub text: String,
    /// First byte in the command.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Some of it was quoted or escaped.
    pub quoted: bool,
}

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simple {
    /// Program and arguments; assignments before the program are left out.
    pub words: Vec<Word>,
    /// Files that are written, by `>` and its like.
    pub writes: Vec<String>,
    /// A group in brackets stands here.
    group: bool,
}

impl Simple {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.writes.is_empty() && !self.group
    }
}

/// A command line, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// The simple commands, those of substitutions included.
    pub commands: Vec<Simple>,
    /// What is wrong with its form.
    pub faults: Vec<Fault>,
}

/// Reads a command line.
pub fn read(text: &str) -> Script {
    let mut script = Script::default();
    Reader { text, at: 0, ticks: false, script: &mut script }.list(None, 0);
    script.faults.dedup();
    script
}

struct Reader<'t, 's> {
    text: &'t str,
    at: usize,
    /// Inside backticks.
    ticks: bool,
    script: &'s mut Script,
}

impl Reader<'_, '_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn starts(&self, with: &str) -> bool {
        self.text[self.at..].starts_with(with)
    }

    fn fault(&mut self, fault: Fault) {
        if !self.script.faults.contains(&fault) {
            self.script.faults.push(fault);
        }
    }

    /// Commands up to `close`, or to the end.
    fn list(&mut self, close: Option<char>, depth: usize) {
        if depth > DEPTH_MAX {
            self.fault(Fault::Depth);
            self.at = self.text.len();
            return;
        }
        let mut simple = Simple::default();
        // Whether an operator waits for a command after it.
        let mut owed = false;
        loop {
            let Some(c) = self.peek() else {
                if close.is_some() {
                    self.fault(if close == Some('`') { Fault::Quote } else { Fault::Bracket });
                }
                break;
            };
            match c {
                _ if Some(c) == close => {
                    self.next();
                    break;
                }
                '\n' | ';' => {
                    self.next();
                    if owed && c == ';' {
                        self.fault(Fault::Operator);
                    }
                    self.end(&mut simple);
                }
                c if c.is_whitespace() => {
                    self.next();
                }
                '#' => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.next();
                    }
                }
                '|' | '&' if !self.starts("&>") => {
                    owed = self.operator(&mut simple, owed);
                }
                '(' => {
                    self.next();
                    self.list(Some(')'), depth + 1);
                    simple.group = true;
                    owed = false;
                }
                ')' => {
                    self.next();
                    self.fault(Fault::Bracket);
                }
                '>' | '<' | '&' => {
                    self.redirection(&mut simple, depth);
                    owed = false;
                }
                _ => {
                    let start = self.at;
                    let word = self.word(depth);
                    if self.at == start {
                        // What belongs to no word here closes something that was not opened here.
                        self.fault(Fault::Quote);
                        self.next();
                    }
                    owed = false;
                    let assigned = simple.words.is_empty() && is_assignment(&word);
                    if !(self.is_descriptor(&word) || assigned) {
                        simple.words.push(word);
                    }
                }
            }
        }
        if owed {
            self.fault(Fault::Operator);
        }
        self.end(&mut simple);
    }

    /// `2` of `2>&1`.
    fn is_descriptor(&self, word: &Word) -> bool {
        let digits = !word.quoted && !word.text.is_empty() && word.text.bytes().all(|b| b.is_ascii_digit());
        digits && matches!(self.peek(), Some('>' | '<')) && self.placeholder().is_none()
    }

    fn end(&mut self, simple: &mut Simple) {
        let simple = std::mem::take(simple);
        if !simple.words.is_empty() || !simple.writes.is_empty() {
            self.script.commands.push(simple);
        }
    }

    /// `|`, `||`, `|&`, `&&` or `&`; tells whether a command has to follow.
    fn operator(&mut self, simple: &mut Simple, owed: bool) -> bool {
        let c = self.next();
        let doubled = self.peek() == c;
        if doubled || c == Some('|') && self.peek() == Some('&') {
            self.next();
        }
        if owed || simple.is_empty() {
            self.fault(Fault::Operator);
        }
        self.end(simple);
        c == Some('|') || doubled
    }

    fn redirection(&mut self, simple: &mut Simple, depth: usize) {
        if self.starts("<(") || self.starts(">(") {
            self.at += 2;
            self.list(Some(')'), depth + 1);
            simple.words.push(Word { text: "<()".to_owned(), start: 0, end: 1, quoted: true });
            return;
        }
        if self.placeholder().is_some() {
            let word = self.word(depth);
            simple.words.push(word);
            return;
        }
        let start = self.at;
        while matches!(self.peek(), Some('>' | '<' | '&' | '|')) {
            self.next();
        }
        let mark = self.text[start..self.at].to_owned();
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.next();
        }
        let target = self.word(depth);
        if target.text.is_empty() && !target.quoted {
            self.fault(Fault::Redirection);
            return;
        }
        let duplicates =
            mark.ends_with('&') && (target.text == "-" || target.text.bytes().all(|b| b.is_ascii_digit()));
        if mark.contains('>') && !duplicates {
            simple.writes.push(target.text);
        }
    }

    /// A placeholder `<so>` that begins here: its bytes.
    fn placeholder(&self) -> Option<usize> {
        let rest = self.text[self.at..].strip_prefix('<')?;
        let end = rest.find('>').filter(|end| (1..=PLACEHOLDER_MAX).contains(end))?;
        let inner = &rest[..end];
        let first = inner.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let plain = inner.chars().all(|c| c.is_alphanumeric() || " _-./:,".contains(c));
        (first && plain && !inner.ends_with(' ')).then_some(end + 2)
    }

    fn word(&mut self, depth: usize) -> Word {
        let mut word = Word { start: self.at, ..Word::default() };
        while let Some(c) = self.peek() {
            match c {
                '<' => {
                    let Some(len) = self.placeholder() else { break };
                    word.text.push_str(&self.text[self.at..self.at + len]);
                    self.at += len;
                }
                '\'' => {
                    self.next();
                    word.quoted = true;
                    let Some(len) = self.text[self.at..].find('\'') else {
                        self.fault(Fault::Quote);
                        word.text.push_str(&self.text[self.at..]);
                        self.at = self.text.len();
                        break;
                    };
                    word.text.push_str(&self.text[self.at..self.at + len]);
                    self.at += len + 1;
                }
                '"' => {
                    self.next();
                    word.quoted = true;
                    self.double_quoted(&mut word, depth);
                }
                '`' if self.ticks => break,
                '$' | '`' => self.dollar(&mut word, depth),
                '\\' => {
                    self.next();
                    word.quoted = true;
                    word.text.extend(self.next().filter(|c| *c != '\n'));
                }
                c if c.is_whitespace() || ";|&()>".contains(c) => break,
                c => {
                    word.text.push(c);
                    self.next();
                }
            }
        }
        word.end = self.at;
        word
    }

    fn double_quoted(&mut self, word: &mut Word, depth: usize) {
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.next();
                    return;
                }
                '\\' => {
                    self.next();
                    let escaped = self.next();
                    // Within quotation marks it stands for itself before anything else.
                    if !escaped.is_some_and(|c| "$`\"\\\n".contains(c)) {
                        word.text.push('\\');
                    }
                    word.text.extend(escaped);
                }
                '`' if self.ticks => break,
                '$' | '`' => self.dollar(word, depth),
                c => {
                    word.text.push(c);
                    self.next();
                }
            }
        }
        self.fault(Fault::Quote);
    }

    /// Goes behind `end`. What runs within is not followed.
    fn skip_to(&mut self, end: &str) {
        let rest = &self.text[self.at..];
        let found = rest.find(end);
        let inner = &rest[..found.unwrap_or(rest.len())];
        let (runs, len) = (inner.contains("$(") || inner.contains('`'), inner.len());
        self.at += found.map_or(len, |at| at + end.len());
        if found.is_none() {
            self.fault(Fault::Bracket);
        }
        if runs {
            self.fault(Fault::Depth);
        }
    }

    /// `$name`, `${name}`, `$(command)` or `` `command` ``.
    fn dollar(&mut self, word: &mut Word, depth: usize) {
        let c = self.next();
        if c == Some('`') {
            self.ticks = true;
            self.list(Some('`'), depth + 1);
            self.ticks = false;
            word.quoted = true;
        } else if self.starts("((") {
            self.skip_to("))");
        } else if self.peek() == Some('(') {
            self.next();
            // A backtick within opens a substitution of its own.
            let ticks = std::mem::take(&mut self.ticks);
            self.list(Some(')'), depth + 1);
            self.ticks = ticks;
            word.quoted = true;
        } else if self.peek() == Some('{') {
            let start = self.at;
            self.skip_to("}");
            word.text.push('$');
            word.text.push_str(&self.text[start..self.at]);
        } else {
            word.text.push('$');
        }
    }
}

/// `NAME=value`.
fn is_assignment(word: &Word) -> bool {
    let Some((name, _)) = word.text.split_once('=') else { return false };
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
