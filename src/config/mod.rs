//! Settings: default < file < environment < flag. Bad settings are reported with file and line and passed over:
//! a typo must not keep anybody out of the cockpit at night.

mod file;
mod keys;
mod layer;
mod models;
mod paths;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::keys::KEYS;
pub use crate::config::keys::Value;
pub use crate::config::layer::{Layer, Origin};
pub use crate::config::models::ProviderSettings;
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
    /// Write little to the terminal: 16 colours, a frame of data every 1.25 s.
    pub slow: bool,
    /// Name of the person, for the record.
    pub name: String,
    /// The network is forbidden.
    pub offline: bool,
    /// The model to ask, `PROVIDER/NAME`; absent for none.
    pub model: Option<String>,
    /// Name of the prompt.
    pub prompt: String,
    /// Whether each request is shown before it leaves.
    pub ask_first: bool,
    /// Whether the model is asked without a key, when something new deserves it.
    pub automatic: bool,
    /// Least time between two calls that nobody asked for, seconds.
    pub interval_s: u64,
    /// Most US dollars for one incident; absent where nobody set it.
    pub budget_usd: Option<f64>,
    /// Most tokens for one incident, sent and received; absent where nobody set it.
    pub budget_tokens: Option<u64>,
    /// Most tokens of one request.
    pub request_tokens: u64,
    /// What is masked beyond secrets: `emails`, `addresses`, `hosts`, `customers`.
    pub mask: Vec<String>,
    /// Regular expressions of what is masked as well.
    pub mask_patterns: Vec<String>,
    /// What is set about providers of models, by name.
    pub models: BTreeMap<String, ProviderSettings>,
    /// Every setting with its value and where that comes from, in the order of the documentation.
    pub settings: Vec<Setting>,
}

/// A setting, as `sevdeck config` shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its key; of a provider's table `models.NAME.KEY`.
    pub key: String,
    /// Its value; absent where nobody set it and what holds depends.
    pub value: Option<Value>,
    /// Where the value comes from.
    pub origin: Origin,
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
    /// Languages sevdeck writes.
    pub const LANGUAGES: [&'static str; 2] = ["en", "zh"];

    /// Puts the layers together. `file` is the configuration file, whether it is there or not.
    pub fn load(file: &Path, env: Env<'_>, flags: Layer) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let from_file = file::read(file, &mut problems);
        let from_env = Layer::from_env(env, &mut problems);
        let layer = flags.over(from_env).over(from_file);
        (Self::of(layer, env), problems)
    }

    fn of(mut layer: Layer, env: Env<'_>) -> Self {
        let mut settings = Vec::new();
        for key in &KEYS {
            let (value, origin) = match layer.settings.remove(key.name) {
                Some((value, origin)) => (Some(value), origin),
                None if key.name == "name" => (Some(Value::Text(login(env))), Origin::Default),
                None => ((key.default)(), Origin::Default),
            };
            settings.push(Setting { key: key.name.to_owned(), value, origin });
        }
        let mut models: BTreeMap<String, ProviderSettings> = BTreeMap::new();
        for (key, (value, origin)) in layer.settings {
            if let Some((name, field)) = key.strip_prefix("models.").and_then(|rest| rest.rsplit_once('.')) {
                models.entry(name.to_owned()).or_default().take(field, &value);
            }
            settings.push(Setting { key, value: Some(value), origin });
        }
        let values = Values(&settings);
        Self {
            theme: values.text("theme"),
            language: values.text("language").unwrap_or_default(),
            store: values.text("store"),
            clipboard: values.text("clipboard"),
            ascii: values.switch("ascii"),
            poll: values.switch("poll"),
            slow: values.switch("slow"),
            name: values.text("name").unwrap_or_default(),
            offline: values.switch("offline"),
            model: values.text("model"),
            prompt: values.text("prompt").unwrap_or_default(),
            ask_first: values.switch("ask_first"),
            automatic: values.switch("automatic"),
            interval_s: values.whole("interval_s").unwrap_or_default(),
            budget_usd: values.number("budget_usd"),
            budget_tokens: values.whole("budget_tokens"),
            request_tokens: values.whole("request_tokens").unwrap_or_default(),
            mask: values.list("mask"),
            mask_patterns: values.list("mask_patterns"),
            models,
            settings,
        }
    }

    /// Where the value of a key comes from.
    pub fn origin(&self, key: &str) -> Origin {
        let found = self.settings.iter().find(|setting| setting.key == key);
        found.map_or(Origin::Default, |setting| setting.origin.clone())
    }
}

/// Values by their keys; the layers hold only what fits its key.
struct Values<'a>(&'a [Setting]);

impl Values<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|setting| setting.key == key)?.value.as_ref()
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn switch(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Switch(true)))
    }

    fn whole(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Whole(number) => Some(*number),
            _ => None,
        }
    }

    fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn list(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::List(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }
}

/// Who is sitting here: the login name, else the number of the user.
fn login(env: Env<'_>) -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| env(name).filter(|name| !name.is_empty()));
    named.unwrap_or_else(|| format!("uid{}", rustix::process::getuid().as_raw()))
}

#[cfg(test)]
mod tests;
