//! Which model is asked, and where: provider, address, key.

mod key;
mod provider;
mod proxy;
mod url;

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;

pub use crate::llm::endpoint::key::{Auth, Key};
pub use crate::llm::endpoint::provider::{PROVIDERS, Provider};
pub use crate::llm::endpoint::proxy::Proxy;
pub(crate) use crate::llm::endpoint::url::host as host_of;

use crate::llm::failure::{Failure, FailureKind};
use crate::llm::request::Mode;

/// The two ways to talk to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `OpenAI` Chat Completions and what is compatible with it.
    Chat,
    /// Anthropic Messages.
    Messages,
}

/// What the person set about a model. Everything but `model` may be absent: convention fills it in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `PROVIDER/NAME`.
    pub model: String,
    /// Base address.
    pub url: Option<String>,
    /// Variable of the environment that holds the key.
    pub key_env: Option<String>,
    /// File that holds the key.
    pub key_file: Option<PathBuf>,
    /// Command that prints the key.
    pub key_command: Option<String>,
    /// `chat` or `messages`, for a provider that is not known by name.
    pub wire: Option<String>,
    /// Azure's dated interface: its date.
    pub api_version: Option<String>,
    /// Certificates in PEM that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Cap on the tokens of the answer, thinking included.
    pub max_tokens: Option<u32>,
    /// Effort of reasoning models, as the provider names it.
    pub reasoning: Option<String>,
    /// Sampling temperature; many reasoning models take none.
    pub temperature: Option<f64>,
}

/// What resolving may read: variables of the environment, and the output of a command that prints a key.
pub struct World<'a> {
    /// Reads a variable of the environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Runs a command line and gives its standard output, or why there is none.
    pub run: &'a dyn Fn(&str) -> Result<String, String>,
}

impl World<'_> {
    /// A variable that is set and not empty.
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

/// A model at an address, ready to be asked. Shows no key in any form.
#[derive(Clone)]
pub struct Endpoint {
    /// Name of the provider.
    pub provider: String,
    /// Name of the model there.
    pub model: String,
    /// How it is talked to.
    pub wire: Wire,
    /// The strongest structured output it is known to have.
    pub mode: Mode,
    /// Whether the answer is capped by `max_completion_tokens` rather than by `max_tokens`.
    pub new_cap: bool,
    /// See [`Settings::max_tokens`].
    pub max_tokens: Option<u32>,
    /// See [`Settings::reasoning`].
    pub reasoning: Option<String>,
    /// See [`Settings::temperature`].
    pub temperature: Option<f64>,
    pub(crate) url: Url,
    pub(crate) key: Option<Key>,
    pub(crate) ca: Option<Vec<u8>>,
    pub(crate) proxy: Option<Proxy>,
}

impl Endpoint {
    /// Fills in what convention knows and checks the whole.
    pub fn resolve(settings: &Settings, world: &World<'_>) -> Result<Self, Failure> {
        let (name, model) = split(&settings.model)?;
        let known = provider::find(name);
        let wire = wire_of(settings, known, name)?;
        let address = settings.url.clone().or_else(|| url_from_env(name, known, world));
        let address = match (address, known.and_then(|provider| provider.url)) {
            (Some(address), _) => address,
            (None, Some(default)) => default.to_owned(),
            (None, None) => return Err(no_address(name, known)),
        };
        let api_version = settings
            .api_version
            .clone()
            .or_else(|| (name == "azure").then(|| azure_version(world)).flatten());
        let url = url::normalise(&address, &url::Shape { provider: name, wire, model, api_version })
            .map_err(|why| Failure::new(FailureKind::Settings, format!("{name}: {why}"), "set url"))?;
        let key = key::find(settings, name, known, wire, &url, world)?;
        let ca = settings.ca_file.as_deref().map(|path| read_ca(name, path)).transpose()?;
        Ok(Self {
            provider: name.to_owned(),
            model: model.to_owned(),
            wire,
            mode: known.map_or(Mode::Schema, |provider| provider.mode),
            new_cap: known.is_some_and(|provider| provider.new_cap),
            max_tokens: settings.max_tokens,
            reasoning: settings.reasoning.clone(),
            temperature: settings.temperature,
            proxy: Proxy::find(&url, world)?,
            url,
            key,
            ca,
        })
    }

    /// `PROVIDER/NAME`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }

    /// The final address, as it may be shown: values of parameters other than the version are left out.
    pub fn shown_url(&self) -> String {
        url::shown(&self.url)
    }

    /// Host and port.
    pub fn host(&self) -> String {
        url::host(&self.url)
    }

    /// Whether the model runs on this machine.
    pub fn is_local(&self) -> bool {
        url::is_loopback(&self.url)
    }

    /// Where the key comes from, in words; absent when none is sent.
    pub fn key_origin(&self) -> Option<&str> {
        self.key.as_ref().map(Key::origin)
    }

    /// The proxy in between, as it may be shown.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_ref().map(Proxy::shown)
    }

    /// What the person should know before using it.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.url.scheme() == "http" && !self.is_local() {
            let what = if self.key.is_some() { "the key and the prompt go" } else { "the prompt goes" };
            warnings.push(format!("{what} to {} unencrypted: use https", self.host()));
        }
        warnings
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name())
            .field("url", &self.shown_url())
            .field("key", &self.key_origin())
            .field("proxy", &self.proxy())
            .finish_non_exhaustive()
    }
}

fn split(model: &str) -> Result<(&str, &str), Failure> {
    let parts = model.trim().split_once('/').filter(|(name, rest)| !name.is_empty() && !rest.is_empty());
    let known = PROVIDERS.map(|provider| provider.name).join(", ");
    parts.ok_or_else(|| {
        let message = format!("{:?} names no model", model.trim());
        Failure::new(FailureKind::Settings, message, format!("write PROVIDER/NAME; providers: {known}"))
    })
}

fn wire_of(settings: &Settings, known: Option<&Provider>, name: &str) -> Result<Wire, Failure> {
    match settings.wire.as_deref() {
        Some("chat") => Ok(Wire::Chat),
        Some("messages") => Ok(Wire::Messages),
        Some(other) => {
            let message = format!("{name}: wire {other:?} is not known");
            Err(Failure::new(FailureKind::Settings, message, "write \"chat\" or \"messages\""))
        }
        None => Ok(known.map_or(Wire::Chat, |provider| provider.wire)),
    }
}

fn url_from_env(name: &str, known: Option<&Provider>, world: &World<'_>) -> Option<String> {
    if name == "ollama"
        && let Some(host) = world.var("OLLAMA_HOST")
    {
        return Some(url::ollama(&host));
    }
    if let Some(provider) = known {
        return provider.url_env.iter().find_map(|variable| world.var(variable));
    }
    let prefix = provider::prefix(name);
    ["BASE_URL", "API_BASE"].iter().find_map(|suffix| world.var(&format!("{prefix}_{suffix}")))
}

fn azure_version(world: &World<'_>) -> Option<String> {
    ["OPENAI_API_VERSION", "AZURE_API_VERSION"].iter().find_map(|variable| world.var(variable))
}

fn no_address(name: &str, known: Option<&Provider>) -> Failure {
    let or = match known.and_then(|provider| provider.url_env.first()) {
        Some(variable) => format!(" or {variable}"),
        None => format!(", or use one of {}", PROVIDERS.map(|provider| provider.name).join(", ")),
    };
    let hint = format!("set url in [models.{name}]{or}");
    Failure::new(FailureKind::Settings, format!("{name}: the address of this provider is not known"), hint)
}

/// Largest file of certificates, bytes.
const CA_MAX: u64 = 4 << 20;

fn read_ca(name: &str, path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    key::read_file(path, CA_MAX).map_err(|why| {
        let message = format!("{name}: certificates in {}: {why}", path.display());
        Failure::new(FailureKind::Settings, message, "check ca_file")
    })
}

#[cfg(test)]
mod tests;
