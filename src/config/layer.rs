//! One layer of settings: from the file, the environment, or the command line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::config::keys::{KEYS, Key, Value};
use crate::config::{Env, Problem};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Variable(&'static str),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file, line) => write!(f, "{}:{line}", file.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// Settings by their keys, those of a provider as `models.NAME.KEY`; what is absent is left to the layer below.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    pub(super) settings: BTreeMap<String, (Value, Origin)>,
}

impl Layer {
    /// With the value of a flag.
    ///
    /// # Errors
    /// What the value must be, where it is not.
    pub fn flag(&mut self, key: &str, flag: &str, text: &str) -> Result<(), String> {
        let Some(known) = KEYS.iter().find(|known| known.name == key) else {
            return Err("a setting".to_owned());
        };
        let value = known.kind.of_text(text)?;
        self.put(key, value, Origin::Flag(flag.to_owned()));
        Ok(())
    }

    pub(super) fn put(&mut self, key: &str, value: Value, origin: Origin) {
        self.settings.insert(key.to_owned(), (value, origin));
    }

    /// What holds while a guard cannot be read; says so, else what holds without it.
    pub(super) fn careful(&mut self, key: &Key, origin: Origin) -> String {
        match key.careful {
            Some((switch, on)) => {
                self.put(switch, Value::Switch(on), origin);
                match switch {
                    "offline" => "no model is asked until it is right".to_owned(),
                    _ => format!("{switch} is {on} until it is right"),
                }
            }
            None => "it is passed over".to_owned(),
        }
    }

    /// This layer over another one.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let mut settings = below.settings;
        settings.extend(self.settings);
        Self { settings }
    }

    pub(super) fn from_env(env: Env<'_>, problems: &mut Vec<Problem>) -> Self {
        let mut layer = Self::default();
        for key in KEYS.iter().filter(|key| !key.variable.is_empty()) {
            let Some(text) = env(key.variable).filter(|text| !text.is_empty()) else { continue };
            let origin = Origin::Variable(key.variable);
            match key.kind.of_text(&text) {
                Ok(value) => layer.put(key.name, value, origin),
                Err(wanted) => {
                    let then = layer.careful(key, origin);
                    let text = format!("{} must be {wanted}; {then}", key.variable);
                    problems.push(Problem { file: None, line: 0, text });
                }
            }
        }
        layer
    }
}
