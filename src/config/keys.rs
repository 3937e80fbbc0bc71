//! The keys of the settings: what each takes, which variable of the environment sets it, what holds without it.

use std::fmt;

use regex::bytes::Regex;
use toml::de::DeValue;

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// On or off.
    Switch(bool),
    /// A whole number.
    Whole(u64),
    /// A number.
    Number(f64),
    /// Texts.
    List(Vec<String>),
}

/// As TOML has it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Switch(on) => write!(f, "{on}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::List(texts) => write!(f, "{texts:?}"),
        }
    }
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    OneOf(&'static [&'static str]),
    Switch,
    Whole(u64, u64),
    Number(f64, f64),
    /// Words of this list.
    Words(&'static [&'static str]),
    /// Regular expressions.
    Patterns,
    /// `PROVIDER/NAME`.
    Model,
    /// Name of a variable: what is not in capitals may well be the key itself.
    Variable,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Variable of the environment; empty for none.
    pub(super) variable: &'static str,
    pub(super) kind: Kind,
    pub(super) default: fn() -> Option<Value>,
    /// A guard that cannot be read must not be missing: this switch is set instead, until it can.
    pub(super) careful: Option<(&'static str, bool)>,
}

const fn key(name: &'static str, variable: &'static str, kind: Kind) -> Key {
    Key { name, variable, kind, default: || None, careful: None }
}

/// What is masked beyond secrets.
const MASKS: &[&str] = &["emails", "addresses", "hosts", "customers"];

/// The keys of the file.
pub(super) const KEYS: [Key; 19] = [
    key("theme", "SEVDECK_THEME", Kind::Text),
    Key {
        default: || Some(Value::Text("en".to_owned())),
        ..key("language", "SEVDECK_LANG", Kind::OneOf(&["en", "zh"]))
    },
    key("store", "SEVDECK_STORE", Kind::Text),
    key("clipboard", "SEVDECK_CLIPBOARD", Kind::Text),
    Key { default: || Some(Value::Switch(false)), ..key("ascii", "SEVDECK_ASCII", Kind::Switch) },
    Key { default: || Some(Value::Switch(false)), ..key("poll", "SEVDECK_POLL", Kind::Switch) },
    Key { default: || Some(Value::Switch(false)), ..key("slow", "SEVDECK_SLOW", Kind::Switch) },
    key("name", "SEVDECK_USER", Kind::Text),
    Key {
        default: || Some(Value::Switch(false)),
        careful: Some(("offline", true)),
        ..key("offline", "SEVDECK_OFFLINE", Kind::Switch)
    },
    key("model", "SEVDECK_MODEL", Kind::Model),
    Key { default: || Some(Value::Text("v2".to_owned())), ..key("prompt", "SEVDECK_PROMPT", Kind::Text) },
    Key {
        default: || Some(Value::Switch(false)),
        careful: Some(("ask_first", true)),
        ..key("ask_first", "SEVDECK_ASK_FIRST", Kind::Switch)
    },
    Key {
        default: || Some(Value::Switch(true)),
        careful: Some(("automatic", false)),
        ..key("automatic", "SEVDECK_AUTOMATIC", Kind::Switch)
    },
    Key { default: || Some(Value::Whole(60)), ..key("interval_s", "", Kind::Whole(1, 86_400)) },
    Key {
        careful: Some(("automatic", false)),
        ..key("budget_usd", "SEVDECK_BUDGET_USD", Kind::Number(0.0, 100_000.0))
    },
    Key {
        careful: Some(("automatic", false)),
        ..key("budget_tokens", "SEVDECK_BUDGET_TOKENS", Kind::Whole(0, u64::MAX))
    },
    Key {
        default: || Some(Value::Whole(16_000)),
        ..key("request_tokens", "", Kind::Whole(1_000, 1_000_000))
    },
    Key {
        default: || Some(Value::List(Vec::new())),
        careful: Some(("offline", true)),
        ..key("mask", "SEVDECK_MASK", Kind::Words(MASKS))
    },
    Key {
        default: || Some(Value::List(Vec::new())),
        careful: Some(("offline", true)),
        ..key("mask_patterns", "", Kind::Patterns)
    },
];

/// The keys of a provider's table.
pub(super) const MODEL_KEYS: [Key; 10] = [
    Key { careful: Some(("offline", true)), ..key("url", "", Kind::Text) },
    Key { careful: Some(("offline", true)), ..key("key_env", "", Kind::Variable) },
    Key { careful: Some(("offline", true)), ..key("key_file", "", Kind::Text) },
    Key { careful: Some(("offline", true)), ..key("key_command", "", Kind::Text) },
    key("wire", "", Kind::OneOf(&["chat", "messages"])),
    key("api_version", "", Kind::Text),
    key("ca_file", "", Kind::Text),
    key("max_tokens", "", Kind::Whole(1, 10_000_000)),
    key("reasoning", "", Kind::Text),
    key("temperature", "", Kind::Number(0.0, 2.0)),
];

impl Kind {
    /// The value that the file gives; else what it must be. The text of a wrong value is not told: it may be a key.
    pub(super) fn of_toml(self, value: &DeValue<'_>) -> Result<Value, String> {
        let whole = |value: &DeValue<'_>| {
            let number = value.as_integer()?;
            u64::from_str_radix(number.as_str(), number.radix()).ok()
        };
        let raw = match (self, value) {
            (Self::Number(..), DeValue::Float(number)) => number.as_str().parse().ok().map(Value::Number),
            (Self::Number(..), _) => whole(value).map(|number| Value::Number(number as f64)),
            (_, DeValue::String(text)) => Some(Value::Text(text.to_string())),
            (_, DeValue::Boolean(on)) => Some(Value::Switch(*on)),
            (_, DeValue::Integer(_)) => whole(value).map(Value::Whole),
            (_, DeValue::Array(items)) => items
                .iter()
                .map(|item| item.get_ref().as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Value::List),
            _ => None,
        };
        raw.and_then(|value| self.checked(value)).ok_or_else(|| self.wanted())
    }

    /// The value that a variable of the environment or a flag gives; else what it must be.
    pub(super) fn of_text(self, text: &str) -> Result<Value, String> {
        let raw = match self {
            Self::Switch => match text {
                "1" | "true" | "yes" | "on" => Some(Value::Switch(true)),
                "0" | "false" | "no" | "off" => Some(Value::Switch(false)),
                _ => None,
            },
            Self::Whole(..) => text.parse().ok().map(Value::Whole),
            Self::Number(..) => text.parse().ok().map(Value::Number),
            Self::Words(_) | Self::Patterns => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Some(Value::List(words.map(str::to_owned).collect()))
            }
            Self::Text | Self::OneOf(_) | Self::Model | Self::Variable => Some(Value::Text(text.to_owned())),
        };
        raw.and_then(|value| self.checked(value)).ok_or_else(|| self.wanted())
    }

    fn checked(self, value: Value) -> Option<Value> {
        let fits = match (self, &value) {
            (Self::Text, Value::Text(_)) | (Self::Switch, Value::Switch(_)) => true,
            (Self::OneOf(words), Value::Text(text)) => words.contains(&text.as_str()),
            (Self::Whole(least, most), Value::Whole(number)) => (least..=most).contains(number),
            (Self::Number(least, most), Value::Number(number)) => (least..=most).contains(number),
            (Self::Words(known), Value::List(words)) => {
                words.iter().all(|word| known.contains(&word.as_str()))
            }
            (Self::Patterns, Value::List(patterns)) => patterns.iter().all(|one| Regex::new(one).is_ok()),
            (Self::Model, Value::Text(text)) => {
                text.split_once('/').is_some_and(|(provider, name)| !provider.is_empty() && !name.is_empty())
            }
            (Self::Variable, Value::Text(text)) => {
                let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
                text.chars().all(capital)
                    && !text.starts_with(|c: char| c.is_ascii_digit())
                    && !text.is_empty()
            }
            _ => false,
        };
        fits.then_some(value)
    }

    /// What it must be.
    fn wanted(self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::OneOf(words) => {
                words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" or ")
            }
            Self::Switch => "true or false".to_owned(),
            Self::Whole(least, u64::MAX) => format!("a whole number from {least} up"),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Words(words) => format!("a list of {}", words.join(", ")),
            Self::Patterns => "a list of regular expressions".to_owned(),
            Self::Model => "a model as PROVIDER/NAME".to_owned(),
            Self::Variable => "the name of a variable, in capitals".to_owned(),
        }
    }
}

/// The key of this name; else the nearest one, if one is near.
pub(super) fn find<'a>(keys: &'a [Key], name: &str) -> Result<&'a Key, Option<&'a Key>> {
    if let Some(key) = keys.iter().find(|key| key.name == name) {
        return Ok(key);
    }
    let near = keys.iter().map(|key| (distance(key.name, name), key)).min_by_key(|(distance, _)| *distance);
    Err(near.filter(|(distance, key)| *distance <= key.name.len().div_ceil(3)).map(|(_, key)| key))
}

/// Letters to insert, delete or exchange between two words (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.iter().enumerate() {
            let cost = (diagonal + usize::from(a != *b)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[other.len()]
}
