//! Settings: default < file < environment < flag. Bad settings are reported with file and line and passed over:
//! a typo must not keep anybody out of the cockpit at night.

mod file;
mod models;
mod paths;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

pub use crate::config::models::ModelSettings;
pub use crate::config::paths::Paths;

/// Reads a variable of the environment; tests give their own.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Name of the theme; absent for the one that fits the terminal.
    pub theme: Option<String>,
    /// Language of what is written: `en` or `zh`.
    pub language: String,
    /// Where incidents are kept: `memory:`, or a folder, with `sled:` before it or not. Absent for the state folder.
    pub store: Option<String>,
    /// Command that takes the text to copy on its standard input; absent for what the terminal offers.
    pub clipboard: Option<String>,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Look at files once a second instead of being told of changes, for file systems that do not tell.
    pub poll: bool,
    /// Name of the person, for the record.
    pub name: String,
    /// The model to ask, `PROVIDER/NAME`; absent for none.
    pub model: Option<String>,
    /// What is set about providers of models, by name.
    pub models: BTreeMap<String, ModelSettings>,
}

/// One layer of settings; what is absent is left to the layer below.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    /// See [`Config::theme`].
    pub theme: Option<String>,
    /// See [`Config::language`].
    pub language: Option<String>,
    /// See [`Config::store`].
    pub store: Option<String>,
    /// See [`Config::clipboard`].
    pub clipboard: Option<String>,
    /// See [`Config::ascii`].
    pub ascii: Option<bool>,
    /// See [`Config::poll`].
    pub poll: Option<bool>,
    /// See [`Config::name`].
    pub name: Option<String>,
    /// See [`Config::model`].
    pub model: Option<String>,
    /// See [`Config::models`].
    pub models: BTreeMap<String, ModelSettings>,
}

/// A setting that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file; absent for the environment.
    pub file: Option<PathBuf>,
    /// Line in the file, from 1; 0 when it is about the file as a whole or the environment.
    pub line: usize,
    /// What is wrong and what happens instead.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line) {
            (Some(file), 0) => write!(f, "{}: {}", file.display(), self.text),
            (Some(file), line) => write!(f, "{}:{line}: {}", file.display(), self.text),
            (None, _) => f.write_str(&self.text),
        }
    }
}

impl Config {
    /// Puts the layers together. `file` is the configuration file, whether it is there or not.
    pub fn load(file: &Path, env: Env<'_>, flags: Layer) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let from_file = file::read(file, &mut problems);
        let from_env = Layer::from_env(env, &mut problems);
        let layer = flags.over(from_env).over(from_file);
        let config = Self {
            theme: layer.theme,
            language: layer.language.unwrap_or_else(|| "en".to_owned()),
            store: layer.store,
            clipboard: layer.clipboard,
            ascii: layer.ascii.unwrap_or(false),
            poll: layer.poll.unwrap_or(false),
            name: layer.name.unwrap_or_else(|| login(env)),
            model: layer.model,
            models: layer.models,
        };
        (config, problems)
    }

    /// Languages sevdeck writes.
    pub const LANGUAGES: [&'static str; 2] = ["en", "zh"];
}

impl Layer {
    /// This layer over another one.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let mut models = below.models;
        models.extend(self.models);
        Self {
            theme: self.theme.or(below.theme),
            language: self.language.or(below.language),
            store: self.store.or(below.store),
            clipboard: self.clipboard.or(below.clipboard),
            ascii: self.ascii.or(below.ascii),
            poll: self.poll.or(below.poll),
            name: self.name.or(below.name),
            model: self.model.or(below.model),
            models,
        }
    }

    fn from_env(env: Env<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut layer = Self::default();
        for (variable, key) in VARIABLES {
            let Some(value) = env(variable).filter(|value| !value.is_empty()) else { continue };
            let value = match value.as_str() {
                "1" | "true" | "yes" if is_switch(key) => Value::Switch(true),
                "0" | "false" | "no" if is_switch(key) => Value::Switch(false),
                _ => Value::Text(value),
            };
            if let Err(wanted) = layer.set(key, value) {
                problems.push(Problem { file: None, line: 0, text: format!("{variable} must be {wanted}") });
            }
        }
        layer
    }

    /// Sets one key; answers what it takes when the value is something else.
    fn set(&mut self, key: &str, value: Value) -> Result<(), &'static str> {
        match (key, value) {
            ("theme", Value::Text(name)) => self.theme = Some(name),
            ("language", Value::Text(code)) if Config::LANGUAGES.contains(&code.as_str()) => {
                self.language = Some(code);
            }
            ("language", _) => return Err("\"en\" or \"zh\""),
            ("store", Value::Text(place)) => self.store = Some(place),
            ("clipboard", Value::Text(command)) => self.clipboard = Some(command),
            ("name", Value::Text(name)) => self.name = Some(name),
            ("model", Value::Text(name)) => self.model = Some(name),
            ("ascii", Value::Switch(on)) => self.ascii = Some(on),
            ("poll", Value::Switch(on)) => self.poll = Some(on),
            ("ascii" | "poll", _) => return Err("true or false"),
            _ => return Err("a text in quotes"),
        }
        Ok(())
    }
}

/// Variables of the environment and the keys they set.
const VARIABLES: [(&str, &str); 8] = [
    ("SEVDECK_THEME", "theme"),
    ("SEVDECK_LANG", "language"),
    ("SEVDECK_STORE", "store"),
    ("SEVDECK_CLIPBOARD", "clipboard"),
    ("SEVDECK_ASCII", "ascii"),
    ("SEVDECK_POLL", "poll"),
    ("SEVDECK_USER", "name"),
    ("SEVDECK_MODEL", "model"),
];

/// A value from a file or the environment.
#[derive(Debug)]
enum Value {
    Text(String),
    Switch(bool),
    Other,
}

fn is_switch(key: &str) -> bool {
    matches!(key, "ascii" | "poll")
}

/// Who is sitting here: the login name, else the number of the user.
fn login(env: Env<'_>) -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| env(name).filter(|name| !name.is_empty()));
    named.unwrap_or_else(|| format!("uid{}", rustix::process::getuid().as_raw()))
}

#[cfg(test)]
mod tests;
