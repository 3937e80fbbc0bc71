//! `[models.PROVIDER]`: what is set about a provider of models. Keys themselves do not belong here, only where they are.

use std::path::PathBuf;

use crate::config::keys::Value;

/// What is set about one provider; what is absent is left to convention.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProviderSettings {
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

impl ProviderSettings {
    /// Takes a value that fits its key.
    pub(super) fn take(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("url", Value::Text(text)) => self.url = Some(text.clone()),
            ("key_env", Value::Text(text)) => self.key_env = Some(text.clone()),
            ("key_file", Value::Text(text)) => self.key_file = Some(text.into()),
            ("key_command", Value::Text(text)) => self.key_command = Some(text.clone()),
            ("wire", Value::Text(text)) => self.wire = Some(text.clone()),
            ("api_version", Value::Text(text)) => self.api_version = Some(text.clone()),
            ("ca_file", Value::Text(text)) => self.ca_file = Some(text.into()),
            ("reasoning", Value::Text(text)) => self.reasoning = Some(text.clone()),
            ("max_tokens", Value::Whole(number)) => self.max_tokens = u32::try_from(*number).ok(),
            ("temperature", Value::Number(number)) => self.temperature = Some(*number),
            _ => {}
        }
    }
}
