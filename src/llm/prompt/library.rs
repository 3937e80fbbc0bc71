//! The prompts: those that come with sevdeck, and this user's in their place. A prompt of the user's that cannot be
//! read is reported with file and line, and the built-in one is used.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};

use crate::incident::triage::Language;
use crate::llm::prompt::{PromptId, digest};

/// The line around front matter.
const FENCE: &str = "+++";
/// Longest prompt, bytes.
const TEXT_MAX: u64 = 256 * 1024;
/// Most files read from the user's folder.
const FILES_MAX: usize = 64;

/// Prompts by file name.
const BUILT_IN: [(&str, &str); 4] = [
    ("v1.en.md", include_str!("../../../prompts/v1.en.md")),
    ("v1.zh.md", include_str!("../../../prompts/v1.zh.md")),
    ("v2.en.md", include_str!("../../../prompts/v2.en.md")),
    ("v2.zh.md", include_str!("../../../prompts/v2.zh.md")),
];

/// What prompts include, by file name.
const PARTS: [(&str, &str); 2] = [
    ("document.md", include_str!("../../../prompts/document.md")),
    ("severity.md", include_str!("../../../prompts/severity.md")),
];

/// Where a prompt comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It comes with sevdeck.
    BuiltIn,
    /// It is the user's.
    File(PathBuf),
}

/// What stands at the head of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    id: String,
    version: u32,
    language: Language,
    title: String,
    #[serde(default)]
    changes: Vec<String>,
}

/// A prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    front: Front,
    /// Where it comes from.
    pub origin: Origin,
    /// The whole text, front matter included.
    pub text: String,
    /// Lines of the front matter.
    head: usize,
    hash: String,
}

impl Prompt {
    /// Which it is, exactly.
    pub fn id(&self) -> PromptId {
        PromptId {
            name: self.front.id.clone(),
            version: self.front.version,
            language: self.front.language,
            hash: self.hash.clone(),
        }
    }

    /// What it is about, in a line.
    pub fn title(&self) -> &str {
        &self.front.title
    }

    /// What changed with each version, newest last.
    pub fn changes(&self) -> &[String] {
        &self.front.changes
    }
}

/// A prompt that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or the name asked for.
    pub file: String,
    /// Line in it, from 1; 0 where it is about the whole.
    pub line: usize,
    /// What is wrong, and what happens instead.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

impl std::error::Error for Problem {}

/// What a prompt is filled with.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Values<'a> {
    pub(super) evidence: &'a str,
    pub(super) schema: &'a str,
    pub(super) canary: &'a str,
    pub(super) now: &'a str,
}

/// A sample to try a prompt with.
const SAMPLE: Values<'_> = Values { evidence: "[data]", schema: "{}", canary: "cw-sample", now: "now" };

/// All prompts in force.
#[derive(Debug, Clone)]
pub struct Library {
    prompts: Vec<Prompt>,
    parts: Vec<(String, String)>,
}

impl Default for Library {
    /// The prompts that come with sevdeck.
    fn default() -> Self {
        Self::with(&[]).0
    }
}

impl Library {
    /// The built-in prompts with the user's `files` (path and text) in place of those of the same name and language, or
    /// beside them; and what is wrong with the files that were left out. A file named as a part that prompts include
    /// (`severity.md`, `document.md`) takes its place.
    pub fn with(files: &[(PathBuf, String)]) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let built_in = PARTS.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let mut library = Self { prompts: Vec::new(), parts: built_in.to_vec() };
        for (path, text) in files {
            if let Some(part) = library.parts.iter().position(|(part, _)| *part == name(path)) {
                let before = std::mem::replace(&mut library.parts[part].1, text.clone());
                if let Err(problem) = library.environment("", "").map_err(|error| problem_of(path, 0, &error))
                {
                    problems.push(problem);
                    library.parts[part].1 = before;
                }
            }
        }
        for (name, text) in BUILT_IN {
            match library.read(Origin::BuiltIn, Path::new(name), text) {
                Ok(prompt) => library.prompts.push(prompt),
                Err(problem) => problems.push(problem),
            }
        }
        for (path, text) in files {
            if library.parts.iter().any(|(part, _)| *part == name(path)) {
                continue;
            }
            match library.read(Origin::File(path.clone()), path, text) {
                Ok(prompt) => library.put(prompt),
                Err(problem) => problems.push(problem),
            }
        }
        (library, problems)
    }

    /// As [`Library::with`], with the `*.md` files of a folder; one that is not there is empty. Loading again is all
    /// that is needed to see a change.
    pub fn load(folder: &Path) -> (Self, Vec<Problem>) {
        let (files, mut problems) = files(folder);
        let (library, more) = Self::with(&files);
        problems.extend(more);
        (library, problems)
    }

    /// All prompts, by name and language.
    pub fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    /// The prompt of a name and a language; that of English where there is none of the language.
    pub fn find(&self, name: &str, language: Language) -> Result<&Prompt, Problem> {
        let of = |language| {
            self.prompts.iter().find(|prompt| prompt.front.id == name && prompt.front.language == language)
        };
        of(language).or_else(|| of(Language::En)).or_else(|| of(Language::Zh)).ok_or_else(|| {
            let mut names: Vec<&str> = self.prompts.iter().map(|prompt| prompt.front.id.as_str()).collect();
            names.dedup();
            Problem {
                file: name.to_owned(),
                line: 0,
                text: format!("no prompt is called that; there are {}", names.join(", ")),
            }
        })
    }

    fn put(&mut self, prompt: Prompt) {
        let same = |other: &Prompt| {
            other.front.id == prompt.front.id && other.front.language == prompt.front.language
        };
        match self.prompts.iter().position(same) {
            Some(at) => self.prompts[at] = prompt,
            None => self.prompts.push(prompt),
        }
        self.prompts.sort_by(|a, b| {
            (&a.front.id, a.front.language.code()).cmp(&(&b.front.id, b.front.language.code()))
        });
    }

    /// Reads a prompt, and tries it.
    fn read(&self, origin: Origin, path: &Path, text: &str) -> Result<Prompt, Problem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let problem = |line, text: String| Problem { file: path.display().to_string(), line, text };
        let front = text.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n'));
        let (front, body) = front.and_then(|rest| rest.split_once("\n+++\n")).ok_or_else(|| {
            problem(1, format!("begins with no front matter between lines of {FENCE}{INSTEAD}"))
        })?;
        let head = front.matches('\n').count() + 3;
        let front: Front = toml::from_str(front).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(front.len()));
            problem(front[..at].matches('\n').count() + 2, format!("{}{INSTEAD}", error.message()))
        })?;
        if front.version == 0
            || front.id.is_empty()
            || front.id.len() > 40
            || front.id.contains(char::is_whitespace)
        {
            return Err(problem(2, format!("id must be a short word and version 1 or more{INSTEAD}")));
        }
        let hash = {
            let mut parts: Vec<&[u8]> = vec![text.as_bytes()];
            parts.extend(
                self.parts
                    .iter()
                    .filter(|(name, _)| body.contains(name.as_str()))
                    .map(|(_, part)| part.as_bytes()),
            );
            digest(&parts, 12)
        };
        let prompt = Prompt { front, origin, text, head, hash };
        let (system, user) = self.render(&prompt, &SAMPLE)?;
        if !user.contains(SAMPLE.evidence) {
            return Err(problem(
                prompt.head,
                format!("the block user does not hold {{{{ evidence }}}}{INSTEAD}"),
            ));
        }
        if system.trim().is_empty() {
            return Err(problem(prompt.head, format!("the block system is empty{INSTEAD}")));
        }
        Ok(prompt)
    }

    fn environment<'s>(&'s self, name: &'s str, body: &'s str) -> Result<Environment<'s>, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        for (part, text) in &self.parts {
            environment.add_template(part, text)?;
        }
        environment.add_template(name, body)?;
        Ok(environment)
    }

    /// The system text and the user's text.
    pub(super) fn render(&self, prompt: &Prompt, values: &Values<'_>) -> Result<(String, String), Problem> {
        let file = match &prompt.origin {
            Origin::BuiltIn => PathBuf::from(format!("{}.{}.md", prompt.front.id, prompt.front.language)),
            Origin::File(path) => path.clone(),
        };
        let body = prompt.text.splitn(prompt.head + 1, '\n').last().unwrap_or_default();
        let render = || -> Result<(String, String), minijinja::Error> {
            let environment = self.environment("prompt", body)?;
            let mut whole = environment.get_template("prompt")?.render_captured(values)?;
            let system = whole.with_state_mut(|state| state.render_block("system"))?;
            let user = whole.with_state_mut(|state| state.render_block("user"))?;
            Ok((system.trim().to_owned(), user.trim().to_owned()))
        };
        render().map_err(|error| problem_of(&file, prompt.head, &error))
    }
}

/// What a message about a prompt that is left out ends with.
const INSTEAD: &str = "; the prompt is left out";

fn problem_of(file: &Path, head: usize, error: &minijinja::Error) -> Problem {
    let own = error.name().is_none_or(|name| name == "prompt");
    let line = if own { error.line().map_or(0, |line| line + head) } else { error.line().unwrap_or(0) };
    let detail = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    let part = if own { String::new() } else { format!(" (in {})", error.name().unwrap_or_default()) };
    Problem { file: file.display().to_string(), line, text: format!("{detail}{part}{INSTEAD}") }
}

/// The `*.md` files of a folder by name, and those that cannot be read.
fn files(folder: &Path) -> (Vec<(PathBuf, String)>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut problem = |path: &Path, text: String| {
        problems.push(Problem { file: path.display().to_string(), line: 0, text });
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (files, problems),
        Err(error) => {
            problem(folder, format!("cannot be read, the built-in prompts are used: {error}"));
            return (files, problems);
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md") && path.is_file());
    paths.sort();
    if paths.len() > FILES_MAX {
        problem(folder, format!("holds more than {FILES_MAX} prompts; the first by name are read"));
        paths.truncate(FILES_MAX);
    }
    for path in paths {
        let mut text = Vec::new();
        match File::open(&path).and_then(|file| file.take(TEXT_MAX + 1).read_to_end(&mut text)) {
            Ok(size) if size as u64 > TEXT_MAX => {
                problem(&path, format!("is longer than {} KB{INSTEAD}", TEXT_MAX / 1024));
            }
            Ok(_) => match String::from_utf8(text) {
                Ok(text) => files.push((path, text)),
                Err(_) => problem(&path, format!("is not UTF-8{INSTEAD}")),
            },
            Err(error) => problem(&path, format!("cannot be read: {error}{INSTEAD}")),
        }
    }
    (files, problems)
}
