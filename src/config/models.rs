//! `[models.PROVIDER]`: what is set about a provider of models. Keys themselves do not belong here, only where they are.

use std::path::PathBuf;

use toml::de::DeValue;

/// What is set about one provider; what is absent is left to convention.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelSettings {
    /// Base address.
    pub url: Option<String>,
    /// Variable of the environment that holds the key.
    pub key_env: Option<String>,
    /// File that holds the key.
    pub key_file: Option<PathBuf>,
    /// Command that prints the key.
    pub key_command: Option<String>,
    /// `chat` or `messages`.
    pub wire: Option<String>,
    /// Date of Azure's dated interface.
    pub api_version: Option<String>,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Cap on the tokens of an answer.
    pub max_tokens: Option<u32>,
    /// Effort of reasoning models.
    pub reasoning: Option<String>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
}

/// The keys of a provider's table.
const KEYS: [&str; 10] = [
    "url",
    "key_env",
    "key_file",
    "key_command",
    "wire",
    "api_version",
    "ca_file",
    "max_tokens",
    "reasoning",
    "temperature",
];

impl ModelSettings {
    /// Sets one key; answers what is wrong with it.
    pub(super) fn set(&mut self, key: &str, value: &DeValue<'_>) -> Result<(), String> {
        let text = || match value {
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(format!("{key} must be a text in quotes; it is passed over")),
        };
        match key {
            "url" => self.url = Some(text()?),
            "key_env" => self.key_env = Some(text()?),
            "key_file" => self.key_file = Some(text()?.into()),
            "key_command" => self.key_command = Some(text()?),
            "wire" => self.wire = Some(text()?),
            "api_version" => self.api_version = Some(text()?),
            "ca_file" => self.ca_file = Some(text()?.into()),
            "reasoning" => self.reasoning = Some(text()?),
            "max_tokens" => {
                self.max_tokens = Some(whole(value).ok_or("max_tokens must be a whole number above 0")?);
            }
            "temperature" => {
                self.temperature = Some(number(value).ok_or("temperature must be a number from 0 to 2")?);
            }
            "key" | "api_key" => {
                return Err(
                    "a key in the settings would be shown with them: use key_env, key_file or key_command"
                        .into(),
                );
            }
            _ => return Err(format!("unknown key {key:?} is passed over; known keys: {}", KEYS.join(", "))),
        }
        Ok(())
    }
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| *number > 0)
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let written = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        _ => return None,
    };
    written.parse().ok().filter(|number| (0.0..=2.0).contains(number))
}
