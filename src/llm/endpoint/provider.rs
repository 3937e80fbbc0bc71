//! The providers known by name: where they are, how they are talked to, which variables name their keys.

use crate::llm::endpoint::Wire;
use crate::llm::request::Mode;

/// What convention knows about a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// Name in `PROVIDER/NAME`.
    pub name: &'static str,
    /// How it is talked to.
    pub wire: Wire,
    /// Base address; absent where everybody has an own one.
    pub url: Option<&'static str>,
    /// Variables that name the base address.
    pub url_env: &'static [&'static str],
    /// Variables that hold a key.
    pub key_env: &'static [&'static str],
    /// Variables that hold a token, sent as a bearer's.
    pub token_env: &'static [&'static str],
    /// Whether it answers nobody without a key.
    pub needs_key: bool,
    /// The strongest structured output it has.
    pub mode: Mode,
    /// Whether it caps answers by `max_completion_tokens`; the others know `max_tokens`.
    pub new_cap: bool,
}

const CHAT: Provider = Provider {
    name: "",
    wire: Wire::Chat,
    url: None,
    url_env: &[],
    key_env: &[],
    token_env: &[],
    needs_key: false,
    mode: Mode::Schema,
    new_cap: false,
};

/// All providers known by name.
pub const PROVIDERS: [Provider; 9] = [
    Provider {
        name: "openai",
        url: Some("https://api.openai.com/v1"),
        url_env: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
        key_env: &["OPENAI_API_KEY"],
        needs_key: true,
        new_cap: true,
        ..CHAT
    },
    Provider {
        name: "anthropic",
        wire: Wire::Messages,
        url: Some("https://api.anthropic.com"),
        url_env: &["ANTHROPIC_BASE_URL"],
        key_env: &["ANTHROPIC_API_KEY"],
        token_env: &["ANTHROPIC_AUTH_TOKEN"],
        needs_key: true,
        ..CHAT
    },
    Provider {
        name: "deepseek",
        url: Some("https://api.deepseek.com/v1"),
        url_env: &["DEEPSEEK_BASE_URL", "DEEPSEEK_API_BASE"],
        key_env: &["DEEPSEEK_API_KEY"],
        needs_key: true,
        mode: Mode::Object,
        ..CHAT
    },
    Provider {
        name: "openrouter",
        url: Some("https://openrouter.ai/api/v1"),
        url_env: &["OPENROUTER_BASE_URL", "OPENROUTER_API_BASE"],
        key_env: &["OPENROUTER_API_KEY"],
        needs_key: true,
        ..CHAT
    },
    Provider {
        name: "azure",
        url_env: &["AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"],
        key_env: &["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
        token_env: &["AZURE_OPENAI_AD_TOKEN"],
        needs_key: true,
        new_cap: true,
        ..CHAT
    },
    Provider { name: "ollama", url: Some("http://127.0.0.1:11434/v1"), key_env: &["OLLAMA_API_KEY"], ..CHAT },
    Provider { name: "llamacpp", url: Some("http://127.0.0.1:8080/v1"), key_env: &["LLAMA_API_KEY"], ..CHAT },
    Provider {
        name: "vllm",
        url: Some("http://127.0.0.1:8000/v1"),
        url_env: &["HOSTED_VLLM_API_BASE"],
        key_env: &["HOSTED_VLLM_API_KEY"],
        ..CHAT
    },
    Provider {
        name: "litellm",
        url: Some("http://127.0.0.1:4000/v1"),
        url_env: &["LITELLM_PROXY_API_BASE"],
        key_env: &["LITELLM_PROXY_API_KEY"],
        ..CHAT
    },
];

/// The provider of this name.
pub(crate) fn find(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

/// What variables of a provider that is not known by name begin with.
pub(crate) fn prefix(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
